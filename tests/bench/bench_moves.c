/* Plans the moves of a plan that was exported, and says what they cost:
 *
 *   bench_moves CASE.yaml DOTS.csv [--tilt DEG] [--body MM] [--reload N] [--check N] [--repeat K]
 *
 * CASE.yaml names the scan; DOTS.csv is what `needlepath export` writes.  --tilt leans every needle by so much, towards a
 * side that turns from dot to dot; --body is the handpiece's diameter.  --check N lays points on the tool in every Nth move and puncture and counts those that
 * are too near.  Prints one JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/arm/witness.h"
#include "base/clock.h"
#include "case/case.h"
#include "head/face.h"
#include "head/scan.h"

typedef struct options {
    const char *case_file, *dots;
    double tilt_rad, body_mm;
    size_t reload, check;
    int repeat;
} options;

typedef struct session {
    np_arm_puncture *punctures;
    size_t n;
} session;

#define MAX_SESSIONS 8

static bool parse(int argc, char **argv, options *o)
{
    *o = (options){.body_mm = np_arm_tool_default().body_diameter_mm, .reload = 100, .repeat = 1};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (argv[i][0] != '-') {
            *(o->case_file ? &o->dots : &o->case_file) = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--tilt") == 0)
            o->tilt_rad = np_angle_rad(strtod(value, NULL));
        else if (strcmp(argv[i], "--body") == 0)
            o->body_mm = strtod(value, NULL);
        else if (strcmp(argv[i], "--reload") == 0)
            o->reload = strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--check") == 0)
            o->check = strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--repeat") == 0)
            o->repeat = (int)strtol(value, NULL, 10);
        else
            return false;
        i++;
    }
    return o->case_file && o->dots && o->repeat > 0;
}

static void lean(np_arm_puncture *p, double tilt_rad, size_t i)
{
    np_vec3 hinge = np_vec3_rotate(np_vec3_perpendicular(p->normal), p->normal, (double)i * 0.1);
    p->axis = np_vec3_scale(np_vec3_rotate(p->normal, hinge, tilt_rad), -1);
}

/* The dots of all sessions, each in its order. */
static bool read_dots(const options *o, session sessions[MAX_SESSIONS])
{
    FILE *f = fopen(o->dots, "r");
    char line[512];
    if (!f || !fgets(line, sizeof line, f))
        return false;
    while (fgets(line, sizeof line, f)) {
        np_arm_puncture p = {0};
        int number;
        unsigned order;
        if (sscanf(line, "%" SCNu32 ",%d,%u,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf", &p.id, &number, &order,
                   &p.position.x, &p.position.y, &p.position.z, &p.normal.x, &p.normal.y, &p.normal.z, &p.axis.x,
                   &p.axis.y, &p.axis.z, &p.depth_mm) != 13 ||
            number < 1 || number > MAX_SESSIONS)
            return false;
        session *s = &sessions[number - 1];
        s->punctures = realloc(s->punctures, (s->n + 1) * sizeof *s->punctures);
        p.normal = np_vec3_normalize(p.normal);
        p.axis = np_vec3_normalize(p.axis);
        p.reload_before = o->reload > 0 && s->n > 0 && s->n % o->reload == 0;
        if (o->tilt_rad > 0)
            lean(&p, o->tilt_rad, s->n);
        s->punctures[s->n++] = p;
    }
    fclose(f);
    return true;
}

static np_arm_request request_of(const session *s, const np_case_arm *arm)
{
    return (np_arm_request){
        .punctures = s->punctures,
        .n = s->n,
        .home = {{-150, 0, 300}, {0, 0, -1}},
        .station = {arm->reload_station_mm, {0, 0, -1}},
        .rates = {arm->speed_mm_s, arm->acceleration_mm_s2, np_angle_rad(arm->rotation_deg_s),
                  np_angle_rad(arm->rotation_acceleration_deg_s2), arm->lift_mm, arm->approach_mm_s},
    };
}

typedef struct figures {
    size_t dots, moves, with_vias, vias, near_with_vias;
    size_t leans[NP_ARM_LEAN_MOST_DEG / NP_ARM_LEAN_STEP_DEG + 1]; /* dots with so many steps of lean */
    double planner_s, plan_s, time_s, straight_s, hover_mm, hover_max_mm;
} figures;

/* What the tour counts for a move: straight, at the lift. */
static double straight_s(const np_arm_moves *moves, size_t i, const np_arm_request *r)
{
    const uint32_t ends[2] = {moves->moves[i].from, moves->moves[i].to};
    np_arm_pose pose[2];
    double sum = 0;
    for (int k = 0; k < 2; k++) {
        bool puncture = ends[k] < NP_ARM_STATION;
        pose[k] = puncture ? np_arm_hover(&r->punctures[ends[k]], 0) : witness_end(moves, r, ends[k]);
        sum += puncture ? np_arm_lift_s(&r->rates, r->rates.lift_mm) : 0;
    }
    return sum + np_arm_travel_s(&r->rates, np_vec3_distance(pose[0].tip, pose[1].tip),
                                 np_arm_angle(pose[0].axis, pose[1].axis));
}

static void count(const np_arm_moves *moves, const np_arm_request *r, figures *f)
{
    f->dots += moves->n_punctures;
    f->moves += moves->n_moves;
    f->vias += moves->n_vias;
    for (size_t i = 0; i < moves->n_moves; i++) {
        const np_arm_move *m = &moves->moves[i];
        f->with_vias += m->vias > 0;
        if (m->vias > 0 && m->from < NP_ARM_STATION && m->to < NP_ARM_STATION)
            f->near_with_vias += np_vec3_distance(r->punctures[m->from].position, r->punctures[m->to].position) < 12;
        f->time_s += np_arm_move_time_s(moves, i, r);
        f->straight_s += straight_s(moves, i, r);
    }
    for (size_t i = 0; i < moves->n_punctures; i++) {
        f->leans[moves->lean_deg[i] / NP_ARM_LEAN_STEP_DEG]++;
        f->hover_mm += moves->hover_um[i] / 1000.0;
        f->hover_max_mm = fmax(f->hover_max_mm, moves->hover_um[i] / 1000.0);
    }
}

static void check(const np_arm_moves *moves, const np_arm_request *r, size_t every, witness *w)
{
    for (size_t i = 0; i < moves->n_moves; i++)
        if (i % every == 0 || moves->moves[i].vias > 0)
            witness_move(w, moves, r, i);
    for (size_t i = 0; i < moves->n_punctures; i += every)
        witness_puncture(w, &r->punctures[i], moves->hover_um[i]);
}

static np_status run(const options *o, const np_case *c, np_error *err)
{
    np_scan *scan;
    np_status status = np_scan_create(&c->scan, NULL, &scan, err);
    if (status != NP_OK)
        return status;
    np_arm_tool tool = np_arm_tool_default();
    tool.body_diameter_mm = o->body_mm;
    np_arm_clearances clearances = {.travel_mm = NP_ARM_TRAVEL_CLEARANCE_MM,
                                    .puncture_mm = NP_ARM_PUNCTURE_CLEARANCE_MM,
                                    .floor_z_mm = np_face_chin_z_mm(scan),
                                    .eye_mm = NP_ARM_EYE_MM};
    np_face_eyes(scan, clearances.eyes);
    witness w = {.surface = &scan->surface,
                 .tool = tool,
                 .step_mm = 0.25,
                 .clearance_mm = 2,
                 .floor_z_mm = clearances.floor_z_mm,
                 .least_mm = INFINITY};
    session sessions[MAX_SESSIONS] = {0};
    figures f = {0};
    if (!read_dots(o, sessions))
        status = np_error_set(err, NP_ERR_IO, "%s: no dots as `needlepath export` writes them", o->dots);
    for (int k = 0; status == NP_OK && k < o->repeat; k++) {
        np_arm_planner *planner;
        f = (figures){.planner_s = np_clock_s()};
        status = np_arm_planner_create(&scan->surface, &tool, &clearances, &planner, err);
        f.planner_s = np_clock_s() - f.planner_s;
        for (int i = 0; status == NP_OK && i < MAX_SESSIONS && sessions[i].n > 0; i++) {
            np_arm_request r = request_of(&sessions[i], &c->arm);
            np_arm_moves moves;
            double start = np_clock_s();
            status = np_arm_plan(planner, &r, &moves, err);
            f.plan_s += np_clock_s() - start;
            if (status == NP_OK)
                count(&moves, &r, &f);
            if (status == NP_OK && o->check > 0 && k == 0)
                check(&moves, &r, o->check, &w);
            np_arm_moves_fini(&moves);
        }
        np_arm_planner_destroy(planner);
    }
    printf("{\"leans\": [");
    for (int k = 0; k <= NP_ARM_LEAN_MOST_DEG / NP_ARM_LEAN_STEP_DEG; k++)
        printf("%s%zu", k ? ", " : "", f.leans[k]);
    printf(
        "], \"dots\": %zu, \"moves\": %zu, \"with_vias\": %zu, \"vias\": %zu, \"with_vias_under_12_mm\": %zu, "
        "\"planner_s\": %.4f, \"plan_s\": %.4f, \"moves_time_s\": %.1f, \"straight_time_s\": %.1f, \"hover_mm\": %.3f, "
        "\"hover_max_mm\": %.3f, \"samples\": %zu, \"below\": %zu, \"least_mm\": %.4f}\n",
        f.dots, f.moves, f.with_vias, f.vias, f.near_with_vias, f.planner_s, f.plan_s, f.time_s, f.straight_s,
        f.hover_mm / (double)f.dots, f.hover_max_mm, w.samples, w.below, w.least_mm);
    for (int i = 0; i < MAX_SESSIONS; i++)
        free(sessions[i].punctures);
    np_scan_destroy(scan);
    return status;
}

int main(int argc, char **argv)
{
    options o;
    np_error err = {0};
    np_case *c;
    if (!parse(argc, argv, &o)) {
        fputs("usage: bench moves CASE.yaml DOTS.csv [--tilt DEG] [--body MM] [--reload N] [--check N] [--repeat K]\n",
              stderr);
        return 2;
    }
    np_status status = np_case_read(o.case_file, &c, &err);
    if (status == NP_OK) {
        status = run(&o, c, &err);
        np_case_destroy(c);
    }
    if (status != NP_OK)
        fprintf(stderr, "bench_moves: %s\n", err.text);
    return np_status_exit(status);
}
