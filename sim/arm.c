/* The phases of a dot; see arm.h. */
#include "sim/arm.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static const np_rng_stream REPEATABILITY = 0x53494d01;

/* The legs of a dot behind those of its move. */
enum { INSERTION = 1, WITHDRAWAL = 2 };

void sim_arm_init(sim_arm *arm, const sim_arm_config *config, uint64_t now_us)
{
    *arm = (sim_arm){.config = *config, .now_us = now_us, .head = np_frame3_identity(), .at_home = true};
    if (config->record)
        arm->time_s = config->record->last_time_s;
}

bool sim_arm_fault_parse(const char *text, sim_arm_fault *out_fault)
{
    static const char *const names[] = {"skipped", "too-deep", "no-contact", "in-doubt"};
    const char *colon = strchr(text, ':');
    char *end = NULL;
    *out_fault = (sim_arm_fault){0};
    if (!colon || colon[1] < '0' || colon[1] > '9')
        return false;
    for (int i = 0; i < 4; i++)
        if (strlen(names[i]) == (size_t)(colon - text) && strncmp(names[i], text, strlen(names[i])) == 0)
            out_fault->kind = (sim_arm_fault_kind)(SIM_ARM_SKIPS + i);
    unsigned long long id = strtoull(colon + 1, &end, 10);
    out_fault->id = (uint32_t)id;
    return out_fault->kind != SIM_ARM_SOUND && *end == '\0' && id >= 1 && id <= UINT32_MAX;
}

static sim_arm_fault_kind fault_of(const sim_arm *arm, uint32_t id)
{
    for (int i = 0; i < arm->config.n_faults; i++)
        if (arm->config.faults[i].id == id)
            return arm->config.faults[i].kind;
    return SIM_ARM_SOUND;
}

static np_vec3 from_um(const int32_t v[3])
{
    return (np_vec3){v[0] * 1e-3, v[1] * 1e-3, v[2] * 1e-3};
}

static np_vec3 from_ppm(const int32_t v[3])
{
    return np_vec3_normalize((np_vec3){v[0], v[1], v[2]});
}

static np_frame3 from_pose(const np_wire_pose *pose)
{
    double w = pose->rotation_ppm[0], x = pose->rotation_ppm[1], y = pose->rotation_ppm[2], z = pose->rotation_ppm[3];
    double k = 2 / (w * w + x * x + y * y + z * z);
    return (np_frame3){.x = {1 - k * (y * y + z * z), k * (x * y + w * z), k * (x * z - w * y)},
                       .y = {k * (x * y - w * z), 1 - k * (x * x + z * z), k * (y * z + w * x)},
                       .z = {k * (x * z + w * y), k * (y * z - w * x), 1 - k * (x * x + y * y)},
                       .p = from_um(pose->translation_um)};
}

/* The head's frame in the executor's: where the registration says the head (or what tracks it) is, then how the head has
 * moved since. */
static np_frame3 head_frame(const np_wire_pose *registration, const np_wire_pose *head)
{
    np_frame3 frame = from_pose(registration);
    if (head) {
        np_frame3 moved = from_pose(head);
        frame = np_frame3_compose(&frame, &moved);
    }
    return frame;
}

/* The tip's error, the same for the same dot and seed. */
static np_vec3 tip_error(const sim_arm *arm)
{
    double e[3];
    for (uint32_t i = 0; i < 3; i++)
        e[i] = arm->config.repeatability_mm * np_rng_normal(arm->config.seed, REPEATABILITY, arm->dot.id, i);
    return (np_vec3){e[0], e[1], e[2]};
}

static sim_leg travel_to(const sim_arm *arm, np_vec3 tip, np_vec3 axis)
{
    return (sim_leg){.to = {np_frame3_place(&arm->head, tip), np_frame3_turn(&arm->head, axis)},
                     .speed_mm_s = SIM_ARM_TIP_SPEED_MM_S};
}

/* The legs of a new move: its stops, and the hover of its dot. */
static void take_way(sim_arm *arm, const np_wire_move *move)
{
    arm->n_way = arm->way_left = 0;
    for (uint32_t i = 0; i < move->n_stops; i++)
        arm->way[arm->n_way++] = travel_to(arm, from_um(move->stops[i].tip_um), from_ppm(move->stops[i].axis_ppm));
    if (!move->dot)
        return;
    np_vec3 axis = from_ppm(move->dot->axis_ppm), skin = np_vec3_add(from_um(move->dot->position_um), tip_error(arm));
    arm->way[arm->n_way++] = travel_to(arm, np_vec3_mad(skin, axis, -move->dot->hover_um * 1e-3), axis);
}

/* How far the tip goes from the hover into the skin, along the needle's axis. */
static double insertion_mm(const sim_arm *arm)
{
    double depth_mm =
        arm->fault == SIM_ARM_NO_CONTACT ? -1 : arm->dot.depth_um * 1e-3 + 0.5 * (arm->fault == SIM_ARM_TOO_DEEP);
    double across = -np_vec3_dot(from_ppm(arm->dot.axis_ppm), from_ppm(arm->dot.normal_ppm));
    return arm->dot.hover_um * 1e-3 + depth_mm / across;
}

static bool punctures(const sim_arm *arm)
{
    return arm->task == SIM_ARM_DOT && !arm->air && arm->fault != SIM_ARM_SKIPS;
}

/* Sets the body out on what is left of the way, and what follows it; false if it cannot go there. */
static bool set_out(sim_arm *arm)
{
    sim_leg legs[SIM_BODY_MAX_LEGS];
    int n = 0;
    for (int i = arm->way_left; i < arm->n_way; i++)
        legs[n++] = arm->way[i];
    if (n == 0) /* it stands at the end of its way already */
        legs[n++] = arm->way[arm->n_way - 1];
    arm->travel = n - 1;
    sim_leg *end = &legs[arm->travel];
    if (arm->task == SIM_ARM_RELOAD)
        end->pause_s = arm->config.reload_s;
    if (arm->task == SIM_ARM_DOT && arm->air)
        end->pause_s = arm->dot.dwell_us * 1e-6;
    if (punctures(arm)) {
        sim_pose deep = {np_vec3_mad(end->to.tip, end->to.axis, insertion_mm(arm)), end->to.axis};
        legs[n++] = (sim_leg){
            .to = deep, .speed_mm_s = SIM_ARM_APPROACH_MM_S, .puncture = true, .pause_s = arm->dot.dwell_us * 1e-6};
        legs[n++] = (sim_leg){.to = end->to, .speed_mm_s = SIM_ARM_APPROACH_MM_S, .puncture = true};
    }
    return sim_body_follow(arm->config.body, &arm->head, legs, n);
}

/* Whoever drove the arm home has driven it to where the first move begins, in a way of his own. */
static void stand_at_home(sim_arm *arm)
{
    sim_body *body = arm->config.body;
    sim_leg home = arm->way[0];
    home.by_hand = true;
    if (!sim_body_follow(body, &arm->head, &home, 1))
        return; /* and the move is out of reach as well */
    sim_body_stop(body, sim_body_arrives_s(body, 0));
    arm->way_left = 1;
}

/* Seconds from the arm's time to NOW_US, which may have been read a moment before. */
static double since(const sim_arm *arm, uint64_t now_us)
{
    return now_us > arm->now_us ? (double)(now_us - arm->now_us) * 1e-6 : 0;
}

void sim_arm_begin(sim_arm *arm, uint64_t now_us, sim_arm_task task, const np_wire_move *move)
{
    if (arm->config.real_time)
        arm->time_s += since(arm, now_us);
    arm->now_us = now_us;
    arm->task = task;
    arm->pulled = arm->written = arm->withdrawing = false;
    arm->air = move->air;
    arm->dot = move->dot ? *move->dot : (np_wire_dot){0};
    arm->head = head_frame(move->registration, move->head);
    arm->begun_s = arm->time_s;
    arm->depth_mm = 0;
    arm->fault = task == SIM_ARM_DOT ? fault_of(arm, arm->dot.id) : SIM_ARM_SOUND;
    if (!move->goes_on)
        take_way(arm, move);
    if (arm->at_home && arm->way_left == 0 && arm->n_way > 0)
        stand_at_home(arm);
    arm->at_home = false;
    arm->unreachable = arm->n_way == 0 || !set_out(arm);
}

void sim_arm_drive_home(sim_arm *arm)
{
    arm->at_home = true;
}

/* Where the needle goes through the skin, and how deep its tip is, from where the tool is alone.  Head frame. */
static double depth_of(const sim_arm *arm, const sim_pose *tool, np_vec3 *out_through)
{
    np_vec3 tip = np_frame3_place_back(&arm->head, tool->tip), axis = np_frame3_turn_back(&arm->head, tool->axis);
    np_vec3 skin = from_um(arm->dot.position_um), normal = from_ppm(arm->dot.normal_ppm);
    double depth = -np_vec3_dot(np_vec3_sub(tip, skin), normal);
    *out_through = np_vec3_mad(tip, axis, depth / np_vec3_dot(axis, normal));
    return depth;
}

/* The needle is as deep as it gets for this dot: into the record if it is in the skin. */
static np_status note_puncture(sim_arm *arm, double seconds, bool cut_short, np_error *err)
{
    arm->written = true;
    /* On the way to the hover the tip is above some skin, but need not be above the plane that stands for this dot's. */
    if (!punctures(arm) || seconds < sim_body_arrives_s(arm->config.body, arm->travel))
        return NP_OK;
    sim_pose tool = sim_body_tool(arm->config.body, seconds);
    sim_puncture p = {.time_s = arm->begun_s + seconds, .id = arm->dot.id, .cut_short = cut_short};
    p.depth_mm = depth_of(arm, &tool, &p.position);
    if (!(p.depth_mm > 0))
        return NP_OK;
    arm->depth_mm = p.depth_mm;
    arm->punctures++;
    return arm->config.record ? sim_record_write(arm->config.record, &p, err) : NP_OK;
}

void sim_arm_retract(sim_arm *arm, uint64_t now_us)
{
    if (arm->task == SIM_ARM_IDLE || arm->unreachable || arm->pulled)
        return;
    /* In virtual time no time has passed since the task began. */
    arm->pulled = true;
    arm->pulled_s = arm->config.real_time ? since(arm, now_us) : 0;
}

static double whole_s(const sim_arm *arm)
{
    const sim_body *body = arm->config.body;
    if (arm->unreachable)
        return 0;
    if (punctures(arm))
        return sim_body_arrives_s(body, arm->travel + WITHDRAWAL);
    double pause_s = arm->task == SIM_ARM_RELOAD            ? arm->config.reload_s
                     : arm->task == SIM_ARM_DOT && arm->air ? arm->dot.dwell_us * 1e-6
                                                            : 0;
    return sim_body_arrives_s(body, arm->travel) + pause_s;
}

/* When the needle is as deep as it gets, or the arm at the end of its move. */
static double deepest_s(const sim_arm *arm)
{
    return arm->unreachable ? 0 : sim_body_arrives_s(arm->config.body, arm->travel + (punctures(arm) ? INSERTION : 0));
}

/* What the arm can tell of the dot that has just ended, from what it measured. */
static np_wire_outcome outcome_of(const sim_arm *arm, bool at_hover)
{
    if (arm->unreachable || !at_hover)
        return NP_WIRE_OUTCOME_NONE;
    if (arm->fault == SIM_ARM_SKIPS)
        return NP_WIRE_OUTCOME_SKIPPED;
    if (arm->depth_mm <= 0)
        return arm->pulled ? NP_WIRE_OUTCOME_NONE : arm->air ? NP_WIRE_OUTCOME_DONE : NP_WIRE_OUTCOME_NO_CONTACT;
    if (arm->fault == SIM_ARM_CANNOT_TELL)
        return NP_WIRE_OUTCOME_IN_DOUBT;
    return arm->depth_mm > arm->dot.depth_um * 1e-3 + SIM_ARM_TOO_DEEP_MM ? NP_WIRE_OUTCOME_TOO_DEEP
                                                                          : NP_WIRE_OUTCOME_DONE;
}

/* The tool stops where it is: at the end of its move, or on the way, of which then some is left. */
static bool stop_body(sim_arm *arm, double seconds)
{
    sim_body *body = arm->config.body;
    int legs = arm->travel + 1, gone = 0;
    if (arm->unreachable)
        return false;
    if (arm->withdrawing) {
        sim_body_stop(body, seconds - arm->pulled_s);
        arm->way_left = arm->n_way;
        return true;
    }
    while (gone < legs && seconds >= sim_body_arrives_s(body, gone))
        gone++;
    arm->way_left = arm->n_way - (legs - gone);
    sim_body_stop(body, seconds);
    return gone == legs;
}

/* The arm rests again: where it stands, and what became of what it was to do. */
static void end_task(sim_arm *arm, double seconds, sim_arm_report *out_report)
{
    bool at_end = stop_body(arm, seconds), whole = !arm->pulled && !arm->unreachable;
    arm->time_s = arm->begun_s + seconds;
    arm->now_us += arm->config.real_time ? (uint64_t)(seconds * 1e6) : 0;
    arm->unreached += arm->unreachable;
    arm->reloads += arm->task == SIM_ARM_RELOAD && whole;
    *out_report = (sim_arm_report){.task = arm->task,
                                   .outcome = outcome_of(arm, at_end),
                                   .arrived = arm->task == SIM_ARM_RELOAD ? whole : at_end,
                                   .unreachable = arm->unreachable};
    if (arm->task == SIM_ARM_DOT && arm->fault != SIM_ARM_CANNOT_TELL) {
        out_report->depth_um = (int32_t)lround(arm->depth_mm * 1000);
        out_report->force_mn = (int32_t)lround(arm->depth_mm * SIM_ARM_STIFFNESS_N_MM * 1000);
    }
    arm->task = SIM_ARM_IDLE;
}

/* Pulled between hover and depth, the needle comes out along its axis. */
static np_status withdraw(sim_arm *arm, np_error *err)
{
    const sim_leg out = {.to = arm->way[arm->n_way - 1].to, .speed_mm_s = SIM_ARM_APPROACH_MM_S, .puncture = true};
    sim_body_stop(arm->config.body, arm->pulled_s);
    arm->withdrawing = true;
    return sim_body_follow(arm->config.body, &arm->head, &out, 1)
               ? NP_OK
               : np_error_set(err, NP_ERR_INTERNAL, "dot %u: the arm finds no way out of the skin", arm->dot.id);
}

/* When the task is over, in seconds since it began, as far as that is known. */
static double end_s(const sim_arm *arm)
{
    if (arm->withdrawing)
        return arm->pulled_s + sim_body_arrives_s(arm->config.body, 0);
    return arm->pulled ? fmin(arm->pulled_s, whole_s(arm)) : whole_s(arm);
}

/* Lets the body go on to where it is SECONDS after the dot began, at most to the end of its motion. */
static void go_on(sim_arm *arm, double seconds)
{
    double to = fmin(seconds, end_s(arm));
    if (arm->config.real_time && !arm->unreachable)
        sim_body_tool(arm->config.body, arm->withdrawing ? to - arm->pulled_s : to);
}

bool sim_arm_step(sim_arm *arm, uint64_t now_us, sim_arm_report *out_report, np_error *err)
{
    if (arm->task == SIM_ARM_IDLE)
        return false;
    double seconds = arm->config.real_time ? since(arm, now_us) : HUGE_VAL;
    np_status status = NP_OK;
    if (!arm->unreachable && !arm->withdrawing) {
        /* Deepest when fully in, or when the needle was pulled on the way down. */
        double deepest = deepest_s(arm), reached = fmin(fmin(seconds, end_s(arm)), deepest);
        if (!arm->written && reached >= fmin(end_s(arm), deepest))
            status = note_puncture(arm, reached, reached < deepest, err);
        go_on(arm, seconds);
        if (status == NP_OK && arm->pulled && punctures(arm) &&
            arm->pulled_s > sim_body_arrives_s(arm->config.body, arm->travel))
            status = withdraw(arm, err);
    }
    if (status == NP_OK && arm->withdrawing)
        go_on(arm, fmax(seconds, arm->pulled_s));
    if (status == NP_OK && seconds < end_s(arm))
        return false;
    end_task(arm, status == NP_OK ? end_s(arm) : fmin(seconds, end_s(arm)), out_report);
    if (status != NP_OK)
        out_report->outcome = NP_WIRE_OUTCOME_IN_DOUBT;
    return true;
}

uint64_t sim_arm_deadline(const sim_arm *arm, uint64_t now_us)
{
    if (arm->task == SIM_ARM_IDLE)
        return UINT64_MAX;
    if (!arm->config.real_time || (arm->pulled && !arm->withdrawing))
        return now_us;
    double next = arm->written || arm->withdrawing ? end_s(arm) : deepest_s(arm);
    return arm->now_us + (uint64_t)(next * 1e6) + 1;
}
