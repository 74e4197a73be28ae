/* A program for Universal Robots arms: over each dot, in, and back. */
#include <math.h>
#include <stdlib.h>

#include "base/angle.h"
#include "plan/binding.h"
#include "report/private/robot.h"
#include "report/private/script.h"

/* Of one program, some 200 kB: more than a controller loads without a murmur, nobody promises.  Pieces begin where a session can be entered. */
#define PIECE_DOTS 1024
_Static_assert(PIECE_DOTS % NP_PLAN_ENTRY_DOTS == 0, "a piece begins where a session can be entered");

/* How far joints may be from the home posture as a program begins: no other posture of the same pose is so near. */
#define HOME_RAD 0.05

/* Turning in place: so far at once at most. */
#define TURN_PART_RAD (NP_PI / 2)

/* The program as it is written. */
typedef struct writing {
    const np_export_request *request;
    const report_script *script;
    FILE *out;
} writing;

/* The rotation vector (axis times angle) of the frame whose x and z are X and Z. */
static np_vec3 rotation_vector(np_vec3 x, np_vec3 z)
{
    np_vec3 y = np_vec3_cross(z, x);
    double trace = x.x + y.y + z.z;
    double angle = acos(fmin(1, fmax(-1, (trace - 1) / 2)));
    np_vec3 v = {y.z - z.y, z.x - x.z, x.y - y.x};
    double s = np_vec3_length(v);
    if (s > 1e-6)
        return np_vec3_scale(v, angle / s);
    if (angle < 1)
        return np_vec3_make(0, 0, 0);
    /* half a turn: the axis is the column of (R + 1) that is longest */
    np_vec3 columns[3] = {{x.x + 1, x.y, x.z}, {y.x, y.y + 1, y.z}, {z.x, z.y, z.z + 1}};
    int best = 0;
    for (int i = 1; i < 3; i++)
        best = np_vec3_length(columns[i]) > np_vec3_length(columns[best]) ? i : best;
    return np_vec3_scale(np_vec3_normalize(columns[best]), angle);
}

/* The pose DEEP_MM along the axis from stop number K, with the tool's x at X. */
static void write_pose(const writing *w, size_t k, double deep_mm, np_vec3 x)
{
    const np_turns_stop *stop = &w->script->poses[k];
    np_vec3 p = np_vec3_mad(stop->tip, stop->axis, deep_mm), v = rotation_vector(x, stop->axis);
    fprintf(w->out, "p[%.6f, %.6f, %.6f, %.6f, %.6f, %.6f]", p.x / 1e3, p.y / 1e3, p.z / 1e3, v.x, v.y, v.z);
}

static void write_travel(const writing *w, size_t k, np_vec3 x, const char *why)
{
    fputs("  travel(", w->out);
    write_pose(w, k, 0, x);
    fprintf(w->out, ")%s\n", why);
}

/* What a person does at stop number K, the station. */
static void write_reload(const writing *w, size_t k)
{
    const report_script *script = w->script;
    const np_dot *before = NULL, *next = NULL;
    char label[REPORT_ROBOT_CARTRIDGE_BYTES];
    for (size_t i = 0; i < script->n && !next; i++) {
        before = i < k && script->stops[i].dot ? script->stops[i].dot : before;
        next = i > k ? script->stops[i].dot : NULL;
    }
    if (next && report_robot_cartridge(w->request->plan, before, next, label))
        fprintf(w->out, "  popup(\"put in the cartridge %s, dip it, then continue\", blocking=True)\n", label);
    else
        fputs("  popup(\"reload the pigment, then continue\", blocking=True)\n", w->out);
}

/* Stop number K, and turning in place before the next one. */
static void write_stop(const writing *w, size_t k)
{
    const report_stop *stop = &w->script->stops[k];
    const np_turns_pose *turn = &w->script->turns.poses[k];
    bool large = w->script->poses[k].is_near && turn->turn_rad > np_angle_rad(NP_TURNS_NEAR_DEG);
    if (large)
        fprintf(w->out, "  # to dot %u a joint turns by %.0f degrees\n", stop->dot->id, np_angle_deg(turn->turn_rad));
    if (stop->dot) {
        fputs("  dot(", w->out);
        write_pose(w, k, 0, turn->x);
        fputs(", ", w->out);
        write_pose(w, k, w->script->poses[k].plunge_mm, turn->x);
        fprintf(w->out, ", %.4f) # %u\n", stop->dot->dwell_ms / 1e3, stop->dot->id);
    } else {
        write_travel(w, k, turn->x, "");
    }
    if (stop->reload)
        write_reload(w, k);
    /* A controller turns by the shorter way: never by half a circle at once. */
    int parts = (int)ceil(fabs(turn->onwards_rad) / TURN_PART_RAD);
    for (int i = 1; i <= parts; i++)
        write_travel(w, k, np_vec3_rotate(turn->x, w->script->poses[k].axis, turn->onwards_rad * i / parts),
                     " # turns about its needle, in place");
}

static void write_joints(const np_joints *joints, double unit, int digits, FILE *out)
{
    for (int i = 0; i < NP_UR_JOINTS; i++)
        fprintf(out, "%s%.*f", i ? ", " : "", digits, joints->q[i] / unit);
}

/* What is known of the arm that is to follow, as comments. */
static void write_about_arm(const writing *w)
{
    const np_turns_result *turns = &w->script->turns;
    if (!w->script->chosen) {
        fputs("# No arm was named (--robot): nobody has looked whether one reaches these poses, what its joints do on "
              "the way, or whether\n"
              "# its links come near to the head.\n",
              w->out);
        return;
    }
    size_t n_near = 0;
    for (size_t k = 0; k < w->script->n; k++)
        n_near += w->script->poses[k].is_near;
    fprintf(
        w->out,
        "# The arm is a %s with its nominal lengths, and the machine's frame is its base frame.  It reaches all of "
        "this, within its joints'\n"
        "# ranges, and its links stay off a ball around the head (rough: of shoulders, head rest and cables nothing "
        "is known).\n"
        "# Of %zu ways between dots less than %.0f mm apart %zu turn a joint by more than %.0f degrees; the most is "
        "%.1f.\n"
        "# Home posture, degrees: ",
        w->request->robot->name, n_near, REPORT_NEAR_MM, turns->n_large, NP_TURNS_NEAR_DEG,
        np_angle_deg(turns->most_near_rad));
    write_joints(&turns->poses[0].joints, np_angle_rad(1), 2, w->out);
    fputs("\n", w->out);
}

/* A pose alone does not say in which posture the arm is, and from another one it would go another way. */
static void write_home_check(const writing *w)
{
    const np_joints *home = &w->script->turns.poses[0].joints;
    fputs("  home = [", w->out);
    write_joints(home, 1, 6, w->out);
    fputs("]\n  here = get_actual_joint_positions()\n  if norm([", w->out);
    for (int i = 0; i < NP_UR_JOINTS; i++)
        fprintf(w->out, "%shere[%d] - home[%d]", i ? ", " : "", i, i);
    fprintf(w->out,
            "]) > %.2f:\n"
            "    popup(\"the arm does not stand in its home posture: see the head of the program\", error=True, "
            "blocking=True)\n"
            "    halt\n"
            "  end\n",
            HOME_RAD);
}

static void write_header(const writing *w, const report_part *part)
{
    const np_export_request *request = w->request;
    double plunge_m_s = request->plunge_mm_s / 1e3, tool_m = REPORT_TOOL_MM / 1e3;
    double c = cos(request->mount_rad), s = sin(request->mount_rad);
    report_robot_header(request, "#", w->out);
    fprintf(w->out, "# piece %d: dots at places %lld to %lld of the session's tour\n",
            request->piece ? request->piece : 1, (long long)part->first, (long long)part->end - 1);
    fprintf(w->out,
            "# Not a session: no pedal, no lease, no record, no depth measured. The controller's own safety stays in "
            "charge.\n"
            "# The tool is the one for which the ways were proved: %.0f mm from the flange to the needle's tip, at "
            "%.1f degrees to the\n"
            "# flange's z (--mount) towards its -x, at most 28 mm wide. Its mass and centre of mass are set here too: "
            "weigh yours.\n"
            "# Begin with the tool at home, the first pose: the way from there on keeps the tool clear of the head, no "
            "way to it is\n"
            "# known.  Ways are straight from pose to pose: no blending.\n",
            REPORT_TOOL_MM, np_angle_deg(request->mount_rad));
    write_about_arm(w);
    /* 50 mm/s, the lower end of what is borne near a head (domain.md 4), reached within a tenth of a second. */
    fprintf(w->out,
            "def needlepath_session_%d():\n"
            "  set_tcp(p[%.6f, 0, %.6f, 0, %.6f, 0])\n"
            "  set_payload(%.2f, [%.6f, 0, %.6f])\n"
            "  def travel(to):\n"
            "    movel(to, a=0.5, v=0.05)\n"
            "  end\n"
            "  def dot(over, deep, dwell):\n"
            "    movel(over, a=0.5, v=0.05)\n"
            "    movel(deep, a=0.5, v=%.4f)\n"
            "    sleep(dwell)\n"
            "    movel(over, a=0.5, v=%.4f)\n"
            "  end\n",
            request->session, 0 - tool_m * s, tool_m * c, 0 - request->mount_rad, REPORT_TOOL_KG, 0 - tool_m * s / 2,
            tool_m * c / 2, plunge_m_s, plunge_m_s);
    if (w->script->chosen)
        write_home_check(w);
}

/* Names the near dots on the way to which a joint turns far, for the person who has the program written. */
static void note_large(const writing *w)
{
    const np_export_request *request = w->request;
    size_t used = 0;
    if (!request->note || !w->script->chosen || w->script->turns.n_large == 0)
        return;
    for (size_t k = 0; k < w->script->n && used + 20 < request->note_size; k++)
        if (w->script->poses[k].is_near && w->script->turns.poses[k].turn_rad > np_angle_rad(NP_TURNS_NEAR_DEG))
            used += (size_t)snprintf(request->note + used, request->note_size - used, "%s%u", used ? ", " : "",
                                     w->script->stops[k].dot->id);
}

static np_status find_part(const np_export_request *request, report_part *out, np_error *err)
{
    const np_plan_moves *moves = &request->plan->moves;
    int64_t n = (int64_t)np_export_count(request), pieces = (n + PIECE_DOTS - 1) / PIECE_DOTS;
    int session = request->session, piece = request->piece ? request->piece : 1;
    if (piece > pieces || (request->piece == 0 && pieces > 1))
        return np_error_set(err, NP_ERR_USAGE,
                            "session %d has %lld dots, which are %lld pieces of at most %d that a controller loads: "
                            "--piece 1 to %lld, one after the other",
                            session, (long long)n, (long long)pieces, PIECE_DOTS, (long long)pieces);
    *out = (report_part){(piece - 1) * (int64_t)PIECE_DOTS, piece * (int64_t)PIECE_DOTS, piece < pieces};
    out->end = out->goes_on ? out->end : n;
    if ((out->first > 0 && !np_plan_moves_find(moves, session, NP_PLAN_HOME, out->first)) ||
        (out->goes_on && !np_plan_moves_find(moves, session, NP_PLAN_HOME, out->end)))
        return np_error_set(err, NP_ERR_INVALID,
                            "the plan has no ways from home into its sessions (an older needlepath made it), so that "
                            "they cannot be cut; plan the case again");
    return NP_OK;
}

/* Writes the stops of SCRIPT as a program. */
static void write_program(const writing *w, const report_part *part)
{
    size_t n;
    const np_dot *dots = np_plan_session_dots(w->request->plan, w->request->session, &n);
    char label[REPORT_ROBOT_CARTRIDGE_BYTES];
    write_header(w, part);
    if (report_robot_cartridge(w->request->plan, NULL, &dots[part->first], label))
        fprintf(w->out, "  popup(\"this piece begins with the cartridge %s\", blocking=True)\n", label);
    for (size_t k = 0; k < w->script->n; k++)
        write_stop(w, k);
    fprintf(w->out, "end\nneedlepath_session_%d()\n", w->request->session);
    note_large(w);
}

static np_status write_urscript(const np_export_request *request, FILE *out, np_error *err)
{
    if (!request->plan->moves.hover_um)
        return np_error_set(
            err, NP_ERR_INVALID,
            "the plan says nothing of the ways between its dots (an older needlepath made it), and straight ways "
            "may go through the head; plan the case again");
    report_part part = {0};
    report_script script = {0};
    np_status status = find_part(request, &part, err);
    if (status == NP_OK)
        status = report_script_fill(&script, request, &part, err);
    if (status == NP_OK)
        status = report_script_turn(&script, request, err);
    if (status == NP_OK)
        write_program(&(writing){request, &script, out}, &part);
    report_script_fini(&script);
    return status;
}

const np_exporter np_exporter_urscript = {true, write_urscript, false,
                                          "fiducials piece plunge robot mount early unapproved"};
