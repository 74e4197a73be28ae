/* A program for Universal Robots arms: over each dot, in, and back. */
#include <math.h>

#include "report/private/robot.h"

/* The tool of arm/tool.h, from the flange to the tip; and what a handpiece with its cartridge weighs [E]. */
#define TOOL_MM 150.0
#define TOOL_KG 0.25
/* Of one program, some 200 kB: more than a controller loads without a murmur, nobody promises.  Pieces begin where a session can be entered. */
#define PIECE_DOTS 1024
_Static_assert(PIECE_DOTS % NP_PLAN_ENTRY_DOTS == 0, "a piece begins where a session can be entered");

/* The program as it is written: where needle and the tool's x pointed last.  The tool looks the same from every side of its needle, so it
 * turns from one axis to the next by the shortest way and never about the needle: the controller turns between two poses at a
 * steady rate about one line, and only then does the needle stay in the plane for which the way was proved. */
typedef struct writing {
    const np_export_request *request;
    FILE *out;
    np_vec3 axis, x; /* machine frame, unit; zero before the first pose */
} writing;

/* The rotation vector (axis times angle) of the tool frame whose z is the needle's AXIS. */
static np_vec3 tool_rotation(writing *w, np_vec3 axis)
{
    np_vec3 hinge = np_vec3_cross(w->axis, axis), x = w->x;
    double sine = np_vec3_length(hinge);
    if (sine > 1e-9)
        x = np_vec3_rotate(x, np_vec3_scale(hinge, 1 / sine), atan2(sine, np_vec3_dot(w->axis, axis)));
    x = np_vec3_reject(x, axis);
    x = w->x = np_vec3_length(x) > 1e-3 ? np_vec3_normalize(x) : np_vec3_perpendicular(axis);
    w->axis = axis;
    np_vec3 y = np_vec3_cross(axis, x);
    double trace = x.x + y.y + axis.z;
    double angle = acos(fmin(1, fmax(-1, (trace - 1) / 2)));
    np_vec3 v = {y.z - axis.y, axis.x - x.z, x.y - y.x};
    double s = np_vec3_length(v);
    if (s > 1e-6)
        return np_vec3_scale(v, angle / s);
    if (angle < 1)
        return np_vec3_make(0, 0, 0);
    /* half a turn: the axis is the column of (R + 1) that is longest */
    np_vec3 columns[3] = {{x.x + 1, x.y, x.z}, {y.x, y.y + 1, y.z}, {axis.x, axis.y, axis.z + 1}};
    int best = 0;
    for (int i = 1; i < 3; i++)
        best = np_vec3_length(columns[i]) > np_vec3_length(columns[best]) ? i : best;
    return np_vec3_scale(np_vec3_normalize(columns[best]), angle);
}

/* TIP and AXIS (head frame) as a pose of the machine. */
static void write_pose(writing *w, np_vec3 tip, np_vec3 axis)
{
    const np_registration *r = w->request->registration;
    np_vec3 p = np_registration_apply(r, tip);
    np_vec3 turned = np_vec3_normalize(np_vec3_sub(np_registration_apply(r, axis), r->translation));
    np_vec3 v = tool_rotation(w, turned);
    fprintf(w->out, "p[%.6f, %.6f, %.6f, %.6f, %.6f, %.6f]", p.x / 1e3, p.y / 1e3, p.z / 1e3, v.x, v.y, v.z);
}

static void write_travel(writing *w, const np_plan_via *via)
{
    np_vec3 tip = {via->tip_um[0] / 1e3, via->tip_um[1] / 1e3, via->tip_um[2] / 1e3};
    np_vec3 axis = {via->axis_ppm[0] / 1e6, via->axis_ppm[1] / 1e6, via->axis_ppm[2] / 1e6};
    fputs("  travel(", w->out);
    write_pose(w, tip, axis);
    fputs(")\n", w->out);
}

static void write_vias(writing *w, const np_plan_move *move)
{
    for (uint32_t v = 0; move && v < move->n_vias; v++)
        write_travel(w, &w->request->plan->moves.vias[move->via + v]);
}

/* From FROM's hover to the stop before TO's: by vias, and by the station where the plan says so. */
static void write_way(writing *w, int64_t from, int64_t to)
{
    const np_plan_moves *moves = &w->request->plan->moves;
    int session = w->request->session;
    const np_plan_move *to_station = np_plan_moves_find(moves, session, from, NP_PLAN_STATION);
    if (to_station && to >= 0) {
        write_vias(w, to_station);
        write_travel(w, &moves->station);
        fputs("  popup(\"reload the pigment, then continue\", blocking=True)\n", w->out);
        from = NP_PLAN_STATION;
    }
    write_vias(w, np_plan_moves_find(moves, session, from, to));
}

static np_vec3 hover_of(const writing *w, const np_dot *d)
{
    return np_vec3_mad(d->position, d->axis, -w->request->plan->moves.hover_um[d - w->request->plan->dots] / 1e3);
}

static void write_dot(writing *w, const np_dot *d)
{
    /* the depth counts along the normal: a tilted needle travels farther */
    double travel = d->depth_mm / -np_vec3_dot(d->axis, d->normal);
    fputs("  dot(", w->out);
    write_pose(w, hover_of(w, d), d->axis);
    fputs(", ", w->out);
    write_pose(w, np_vec3_mad(d->position, d->axis, travel), d->axis);
    fprintf(w->out, ", %.4f) # %u\n", d->dwell_ms / 1e3, d->id);
}

/* The places in the tour that a program makes: FIRST up to but not END. */
typedef struct script_part {
    int64_t first, end;
    bool goes_on; /* another piece begins at END */
} script_part;

static void write_header(const np_export_request *request, const script_part *part, FILE *out)
{
    double plunge_m_s = request->plunge_mm_s / 1e3;
    report_robot_header(request, "#", out);
    fprintf(out, "# piece %d: dots at places %lld to %lld of the session's tour\n", request->piece ? request->piece : 1,
            (long long)part->first, (long long)part->end - 1);
    /* 50 mm/s, the lower end of what is borne near a head (domain.md 4), reached within a tenth of a second. */
    fprintf(
        out,
        "# Not a session: no pedal, no lease, no record, no depth measured. The controller's own safety stays in "
        "charge.\n"
        "# The tool is the one for which the ways were proved: %.0f mm from the flange to the needle's tip, along the "
        "flange's z, at most\n"
        "# 28 mm wide. Its mass and centre of mass are set here too: weigh yours.\n"
        "# Begin with the tool at home, the first pose: the way from there on keeps the tool clear of the head, no "
        "way to it is\n"
        "# known.  Ways are straight from pose to pose: no blending.\n"
        "def needlepath_session_%d():\n"
        "  set_tcp(p[0, 0, %.3f, 0, 0, 0])\n"
        "  set_payload(%.2f, [0, 0, %.3f])\n"
        "  def travel(to):\n"
        "    movel(to, a=0.5, v=0.05)\n"
        "  end\n"
        "  def dot(over, deep, dwell):\n"
        "    movel(over, a=0.5, v=0.05)\n"
        "    movel(deep, a=0.5, v=%.4f)\n"
        "    sleep(dwell)\n"
        "    movel(over, a=0.5, v=%.4f)\n"
        "  end\n",
        TOOL_MM, request->session, TOOL_MM / 1e3, TOOL_KG, TOOL_MM / 2e3, plunge_m_s, plunge_m_s);
}

/* The way home from the last dot of a piece: on to the next piece's first dot, and from there as that piece will come. */
static void write_way_home(writing *w, const script_part *part, int64_t last, const np_dot *next)
{
    const np_plan_moves *moves = &w->request->plan->moves;
    if (!part->goes_on) {
        write_way(w, last, NP_PLAN_HOME);
    } else {
        const np_plan_move *entry = np_plan_moves_find(moves, w->request->session, NP_PLAN_HOME, part->end);
        write_way(w, last, part->end);
        fputs("  travel(", w->out);
        write_pose(w, hover_of(w, next), next->axis);
        fputs(")\n", w->out);
        for (uint32_t v = entry->n_vias; v-- > 0;)
            write_travel(w, &moves->vias[entry->via + v]);
    }
    write_travel(w, &moves->home);
}

static np_status find_part(const np_export_request *request, script_part *out, np_error *err)
{
    const np_plan_moves *moves = &request->plan->moves;
    int64_t n = (int64_t)np_export_count(request), pieces = (n + PIECE_DOTS - 1) / PIECE_DOTS;
    int session = request->session, piece = request->piece ? request->piece : 1;
    if (piece > pieces || (request->piece == 0 && pieces > 1))
        return np_error_set(err, NP_ERR_USAGE,
                            "session %d has %lld dots, which are %lld pieces of at most %d that a controller loads: "
                            "--piece 1 to %lld, one after the other",
                            session, (long long)n, (long long)pieces, PIECE_DOTS, (long long)pieces);
    *out = (script_part){(piece - 1) * (int64_t)PIECE_DOTS, piece * (int64_t)PIECE_DOTS, piece < pieces};
    out->end = out->goes_on ? out->end : n;
    if ((out->first > 0 && !np_plan_moves_find(moves, session, NP_PLAN_HOME, out->first)) ||
        (out->goes_on && !np_plan_moves_find(moves, session, NP_PLAN_HOME, out->end)))
        return np_error_set(err, NP_ERR_INVALID,
                            "the plan has no ways from home into its sessions (an older needlepath made it), so that "
                            "they cannot be cut; plan the case again");
    return NP_OK;
}

static np_status write_urscript(const np_export_request *request, FILE *out, np_error *err)
{
    if (!request->plan->moves.hover_um)
        return np_error_set(
            err, NP_ERR_INVALID,
            "the plan says nothing of the ways between its dots (an older needlepath made it), and straight ways "
            "may go through the head; plan the case again");
    script_part part = {0};
    np_status status = find_part(request, &part, err);
    if (status != NP_OK)
        return status;
    writing w = {.request = request, .out = out, .x = {1, 0, 0}};
    write_header(request, &part, out);
    write_travel(&w, &request->plan->moves.home);
    int64_t last = NP_PLAN_HOME;
    size_t i = 0;
    const np_dot *d;
    while ((d = np_export_next(request, &i)) && d->order < part.end) {
        if (d->order < part.first)
            continue;
        write_way(&w, last, d->order);
        write_dot(&w, d);
        last = d->order;
    }
    write_way_home(&w, &part, last, d);
    fprintf(out, "end\nneedlepath_session_%d()\n", request->session);
    return NP_OK;
}

const np_exporter np_exporter_urscript = {true, write_urscript, false, "fiducials piece plunge"};
