/* The stops of a program for an arm; see private/script.h. */
#include "report/private/script.h"

#include <stdlib.h>

#include "base/grow.h"

/* What is being filled; ERR and STATUS of the first thing that went wrong. */
typedef struct filling {
    report_script *script;
    const np_export_request *request;
    np_status status;
    np_error *err;
} filling;

void report_script_fini(report_script *script)
{
    free(script->stops);
    free(script->poses);
    free(script->turns.poses);
    *script = (report_script){0};
}

/* Adds a stop at TIP and AXIS, head frame. */
static void add(filling *f, np_vec3 tip, np_vec3 axis, report_stop stop, double plunge_mm)
{
    report_script *s = f->script;
    const np_registration *r = f->request->registration;
    if (f->status == NP_OK)
        f->status = NP_GROW(s->stops, s->stops_capacity, s->n + 1, "the program's stops", f->err);
    if (f->status == NP_OK)
        f->status = NP_GROW(s->poses, s->poses_capacity, s->n + 1, "the program's stops", f->err);
    if (f->status != NP_OK)
        return;
    np_turns_stop pose = {.tip = np_registration_apply(r, tip), .plunge_mm = plunge_mm};
    pose.axis = np_vec3_normalize(np_vec3_sub(np_registration_apply(r, axis), r->translation));
    pose.is_near = stop.dot && s->n > 0 && s->stops[s->n - 1].dot &&
                   np_vec3_distance(pose.tip, s->poses[s->n - 1].tip) < REPORT_NEAR_MM;
    s->stops[s->n] = stop;
    s->poses[s->n++] = pose;
}

static void add_via(filling *f, const np_plan_via *via, bool reload)
{
    np_vec3 tip = {via->tip_um[0] / 1e3, via->tip_um[1] / 1e3, via->tip_um[2] / 1e3};
    np_vec3 axis = {via->axis_ppm[0] / 1e6, via->axis_ppm[1] / 1e6, via->axis_ppm[2] / 1e6};
    add(f, tip, axis, (report_stop){.reload = reload}, 0);
}

static void add_vias(filling *f, const np_plan_move *move)
{
    for (uint32_t v = 0; move && v < move->n_vias; v++)
        add_via(f, &f->request->plan->moves.vias[move->via + v], false);
}

/* From FROM's hover to the stop before TO's: by vias, and by the station where the plan says so. */
static void add_way(filling *f, int64_t from, int64_t to)
{
    const np_plan_moves *moves = &f->request->plan->moves;
    int session = f->request->session;
    const np_plan_move *to_station = np_plan_moves_find(moves, session, from, NP_PLAN_STATION);
    if (to_station && to >= 0) {
        add_vias(f, to_station);
        add_via(f, &moves->station, true);
        from = NP_PLAN_STATION;
    }
    add_vias(f, np_plan_moves_find(moves, session, from, to));
}

static void add_hover(filling *f, const np_dot *d, bool makes)
{
    const np_plan *plan = f->request->plan;
    double hover_mm = plan->moves.hover_um[d - plan->dots] / 1e3;
    /* the depth counts along the normal: a tilted needle travels farther */
    double travel_mm = d->depth_mm / -np_vec3_dot(d->axis, d->normal);
    add(f, np_vec3_mad(d->position, d->axis, -hover_mm), d->axis, (report_stop){.dot = makes ? d : NULL},
        makes ? hover_mm + travel_mm : 0);
}

/* The way home from the last dot of a piece: on to the next piece's first dot, and from there as that piece will come. */
static void add_way_home(filling *f, const report_part *part, int64_t last, const np_dot *next)
{
    const np_plan_moves *moves = &f->request->plan->moves;
    if (!part->goes_on) {
        add_way(f, last, NP_PLAN_HOME);
    } else {
        const np_plan_move *entry = np_plan_moves_find(moves, f->request->session, NP_PLAN_HOME, part->end);
        add_way(f, last, part->end);
        add_hover(f, next, false);
        for (uint32_t v = entry->n_vias; v-- > 0;)
            add_via(f, &moves->vias[entry->via + v], false);
    }
    add_via(f, &moves->home, false);
}

np_status report_script_fill(report_script *script, const np_export_request *request, const report_part *part,
                             np_error *err)
{
    filling f = {script, request, NP_OK, err};
    int64_t last = NP_PLAN_HOME;
    size_t i = 0;
    const np_dot *d;
    add_via(&f, &request->plan->moves.home, false);
    while ((d = np_export_next(request, &i)) && d->order < part->end) {
        if (d->order < part->first)
            continue;
        add_way(&f, last, d->order);
        add_hover(&f, d, true);
        last = d->order;
    }
    add_way_home(&f, part, last, d);
    return f.status;
}

/* The shortest turn from axis to axis at every stop and no other.  The tool looks the same from every side of its needle, and a controller
 * turns between two poses at a steady rate about one line: only so the needle stays in the plane for which the way was proved. */
static np_status turn_least(report_script *script, np_error *err)
{
    np_turns_pose *poses = script->turns.poses = calloc(script->n, sizeof *poses);
    if (!poses)
        return np_error_no_memory(err, "the program's stops");
    const np_turns_stop *stops = script->poses;
    np_vec3 axis;
    poses[0].x = np_vec3_perpendicular(stops[0].axis);
    for (size_t k = 1; k < script->n; k++)
        poses[k].x = np_turns_carry(poses[k - 1].x, stops[k - 1].axis, stops[k].axis, 1, &axis);
    return NP_OK;
}

/* The turns for the request's arm with its handpiece at MOUNT_RAD. */
static np_status choose(const report_script *script, const np_export_request *request, double mount_rad,
                        np_turns_result *out, np_error *err)
{
    np_ur_rig rig = {request->robot, REPORT_TOOL_MM, mount_rad};
    np_vec3 middle = np_registration_apply(request->registration, (np_vec3){0, 0, NP_UR_HEAD_MIDDLE_MM});
    return np_turns_choose(&rig, script->poses, script->n, middle, out, err);
}

/* What there is to do for an arm that cannot follow: another angle of the handpiece that was tried for this piece, if one does. */
static void advise(const report_script *script, const np_export_request *request, char *out, size_t size)
{
    static const double others_deg[] = {15, 30, 45, 60};
    for (size_t i = 0; i < sizeof others_deg / sizeof *others_deg; i++) {
        np_turns_result turns;
        np_status status = choose(script, request, np_angle_rad(others_deg[i]), &turns, NULL);
        free(turns.poses);
        if (status != NP_OK)
            continue;
        snprintf(out, size, "with the handpiece held at %.0f degrees (--mount %.0f) it follows this piece",
                 others_deg[i], others_deg[i]);
        return;
    }
    snprintf(out, size,
             "nor does it with the handpiece at 15, 30, 45 or 60 degrees (--mount): stand arm or head elsewhere "
             "(--fiducials)");
}

/* The first dot from the stop on that is not reached, as a place to look for. */
static np_status refuse(const report_script *script, const np_export_request *request, np_error *err)
{
    size_t k = script->turns.reached;
    char where[60] = "on its way home", advice[160];
    while (k + 1 < script->n && !script->stops[k].dot)
        k++;
    if (k < script->n && script->stops[k].dot)
        snprintf(where, sizeof where, "on its way to dot %u", script->stops[k].dot->id);
    advise(script, request, advice, sizeof advice);
    return np_error_set(err, NP_ERR_UNSAFE,
                        "session %d, piece %d: a %s whose needle is held at %.1f degrees to its flange's axis gets no "
                        "farther than %zu of %zu stops (%s): out of reach, a joint at its end, or a link at the head; "
                        "%s",
                        request->session, request->piece ? request->piece : 1, request->robot->name,
                        np_angle_deg(request->mount_rad), script->turns.reached, script->n, where, advice);
}

np_status report_script_turn(report_script *script, const np_export_request *request, np_error *err)
{
    script->chosen = request->robot != NULL;
    if (!script->chosen)
        return turn_least(script, err);
    np_status status = choose(script, request, request->mount_rad, &script->turns, err);
    return status == NP_ERR_UNSAFE ? refuse(script, request, err) : status;
}
