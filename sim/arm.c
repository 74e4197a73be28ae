/* The phases of a dot; see arm.h. */
#include "sim/arm.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static const np_rng_stream REPEATABILITY = 0x53494d01;

/* The legs of a dot. */
enum { TRAVEL, INSERTION, WITHDRAWAL, LEGS };

void sim_arm_init(sim_arm *arm, const sim_arm_config *config, uint64_t now_us)
{
    *arm = (sim_arm){.config = *config, .now_us = now_us, .head = sim_frame3_identity()};
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

static sim_frame3 from_pose(const np_wire_pose *pose)
{
    double w = pose->rotation_ppm[0], x = pose->rotation_ppm[1], y = pose->rotation_ppm[2], z = pose->rotation_ppm[3];
    double k = 2 / (w * w + x * x + y * y + z * z);
    return (sim_frame3){.x = {1 - k * (y * y + z * z), k * (x * y + w * z), k * (x * z - w * y)},
                        .y = {k * (x * y - w * z), 1 - k * (x * x + z * z), k * (y * z + w * x)},
                        .z = {k * (x * z + w * y), k * (y * z - w * x), 1 - k * (x * x + y * y)},
                        .p = from_um(pose->translation_um)};
}

/* The head's frame in the executor's: where the registration says the head (or what tracks it) is, then how the head has
 * moved since. */
static sim_frame3 head_frame(const np_wire_pose *registration, const np_wire_pose *head)
{
    sim_frame3 frame = from_pose(registration);
    if (head) {
        sim_frame3 moved = from_pose(head);
        frame = sim_frame3_compose(&frame, &moved);
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

/* Sets the body out on the dot's legs; false if it cannot get there. */
static bool set_out(sim_arm *arm)
{
    np_vec3 normal = from_ppm(arm->dot.normal_ppm), axis = from_ppm(arm->dot.axis_ppm);
    np_vec3 skin = np_vec3_add(from_um(arm->dot.position_um), tip_error(arm));
    double above = arm->air ? SIM_ARM_AIR_MM + SIM_ARM_LIFT_MM : SIM_ARM_LIFT_MM;
    double depth_mm =
        arm->fault == SIM_ARM_NO_CONTACT ? -1 : arm->dot.depth_um * 1e-3 + 0.5 * (arm->fault == SIM_ARM_TOO_DEEP);
    double below = arm->air ? -SIM_ARM_AIR_MM : depth_mm / -np_vec3_dot(axis, normal);

    np_vec3 to = sim_frame3_turn(&arm->head, axis);
    arm->hover = (sim_pose){sim_frame3_place(&arm->head, np_vec3_mad(skin, axis, -above)), to};
    sim_pose deep = {np_vec3_mad(arm->hover.tip, to, above + below), to};
    const sim_leg legs[LEGS] = {
        [TRAVEL] = {.to = arm->hover, .speed_mm_s = SIM_ARM_TIP_SPEED_MM_S},
        [INSERTION] = {.to = deep,
                       .speed_mm_s = SIM_ARM_APPROACH_MM_S,
                       .puncture = true,
                       .pause_s = arm->dot.dwell_us * 1e-6},
        [WITHDRAWAL] = {.to = arm->hover, .speed_mm_s = SIM_ARM_APPROACH_MM_S, .puncture = true},
    };
    return sim_body_follow(arm->config.body, &arm->head, legs, LEGS);
}

/* Seconds from the arm's time to NOW_US, which may have been read a moment before. */
static double since(const sim_arm *arm, uint64_t now_us)
{
    return now_us > arm->now_us ? (double)(now_us - arm->now_us) * 1e-6 : 0;
}

void sim_arm_begin(sim_arm *arm, uint64_t now_us, const np_wire_dot *dot, const np_wire_pose *registration,
                   const np_wire_pose *head, bool air)
{
    if (arm->config.real_time)
        arm->time_s += since(arm, now_us);
    arm->now_us = now_us;
    arm->busy = true;
    arm->pulled = arm->written = arm->withdrawing = false;
    arm->air = air;
    arm->dot = *dot;
    arm->head = head_frame(registration, head);
    arm->begun_s = arm->time_s;
    arm->depth_mm = 0;
    arm->fault = fault_of(arm, dot->id);
    arm->unreachable = arm->fault != SIM_ARM_SKIPS && !set_out(arm);
}

/* Where the needle goes through the skin, and how deep its tip is, from where the tool is alone.  Head frame. */
static double depth_of(const sim_arm *arm, const sim_pose *tool, np_vec3 *out_through)
{
    np_vec3 tip = sim_frame3_place_back(&arm->head, tool->tip), axis = sim_frame3_turn_back(&arm->head, tool->axis);
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
    if (seconds < sim_body_arrives_s(arm->config.body, TRAVEL))
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

/* The dot in progress is over before it began. */
static bool stays(const sim_arm *arm)
{
    return arm->unreachable || arm->fault == SIM_ARM_SKIPS;
}

void sim_arm_retract(sim_arm *arm, uint64_t now_us)
{
    if (!(arm->reloading || (arm->busy && !stays(arm))) || arm->pulled)
        return;
    /* In virtual time no time has passed since the dot began. */
    arm->pulled = true;
    arm->pulled_s = arm->config.real_time ? since(arm, now_us) : 0;
}

static double whole_s(const sim_arm *arm)
{
    return stays(arm) ? 0 : sim_body_arrives_s(arm->config.body, WITHDRAWAL);
}

/* What the arm can tell of the dot that has just ended, from what it measured. */
static np_wire_outcome outcome_of(const sim_arm *arm)
{
    if (stays(arm))
        return NP_WIRE_OUTCOME_SKIPPED;
    if (arm->depth_mm <= 0)
        return arm->pulled ? NP_WIRE_OUTCOME_NONE : arm->air ? NP_WIRE_OUTCOME_DONE : NP_WIRE_OUTCOME_NO_CONTACT;
    if (arm->fault == SIM_ARM_CANNOT_TELL)
        return NP_WIRE_OUTCOME_IN_DOUBT;
    return arm->depth_mm > arm->dot.depth_um * 1e-3 + SIM_ARM_TOO_DEEP_MM ? NP_WIRE_OUTCOME_TOO_DEEP
                                                                          : NP_WIRE_OUTCOME_DONE;
}

/* The arm rests again, SECONDS after the dot began: what became of the dot. */
static void end_dot(sim_arm *arm, double seconds, sim_arm_report *out_report)
{
    if (!stays(arm))
        sim_body_stop(arm->config.body, arm->withdrawing ? seconds - arm->pulled_s : seconds);
    arm->time_s = arm->begun_s + seconds;
    arm->now_us += arm->config.real_time ? (uint64_t)(seconds * 1e6) : 0;
    arm->busy = false;
    arm->unreached += arm->unreachable;
    *out_report = (sim_arm_report){.outcome = outcome_of(arm), .unreachable = arm->unreachable};
    if (arm->fault != SIM_ARM_CANNOT_TELL) {
        out_report->depth_um = (int32_t)lround(arm->depth_mm * 1000);
        out_report->force_mn = (int32_t)lround(arm->depth_mm * SIM_ARM_STIFFNESS_N_MM * 1000);
    }
}

/* Pulled between hover and depth, the needle comes out along its axis. */
static np_status withdraw(sim_arm *arm, np_error *err)
{
    const sim_leg out = {.to = arm->hover, .speed_mm_s = SIM_ARM_APPROACH_MM_S, .puncture = true};
    sim_body_stop(arm->config.body, arm->pulled_s);
    arm->withdrawing = true;
    return sim_body_follow(arm->config.body, &arm->head, &out, 1)
               ? NP_OK
               : np_error_set(err, NP_ERR_INTERNAL, "dot %u: the arm finds no way out of the skin", arm->dot.id);
}

/* When the dot is over, in seconds since it began, as far as that is known. */
static double end_s(const sim_arm *arm)
{
    if (arm->withdrawing)
        return arm->pulled_s + sim_body_arrives_s(arm->config.body, 0);
    return arm->pulled ? arm->pulled_s : whole_s(arm);
}

/* Lets the body go on to where it is SECONDS after the dot began, at most to the end of its motion. */
static void go_on(sim_arm *arm, double seconds)
{
    double to = fmin(seconds, end_s(arm));
    if (arm->config.real_time && !stays(arm))
        sim_body_tool(arm->config.body, arm->withdrawing ? to - arm->pulled_s : to);
}

bool sim_arm_step(sim_arm *arm, uint64_t now_us, sim_arm_report *out_report, np_error *err)
{
    if (!arm->busy)
        return false;
    double seconds = arm->config.real_time ? since(arm, now_us) : HUGE_VAL;
    np_status status = NP_OK;
    if (!stays(arm) && !arm->withdrawing) {
        /* Deepest when fully in, or when the needle was pulled on the way down. */
        double deepest = sim_body_arrives_s(arm->config.body, INSERTION),
               reached = fmin(fmin(seconds, end_s(arm)), deepest);
        if (!arm->written && reached >= fmin(end_s(arm), deepest))
            status = note_puncture(arm, reached, reached < deepest, err);
        go_on(arm, seconds);
        if (status == NP_OK && arm->pulled && arm->pulled_s > sim_body_arrives_s(arm->config.body, TRAVEL))
            status = withdraw(arm, err);
    }
    if (status == NP_OK && arm->withdrawing)
        go_on(arm, fmax(seconds, arm->pulled_s));
    if (status == NP_OK && seconds < end_s(arm))
        return false;
    end_dot(arm, status == NP_OK ? end_s(arm) : fmin(seconds, end_s(arm)), out_report);
    if (status != NP_OK)
        out_report->outcome = NP_WIRE_OUTCOME_IN_DOUBT;
    return true;
}

/* ---- the pigment station ---- */

void sim_arm_reload(sim_arm *arm, uint64_t now_us)
{
    if (arm->config.real_time)
        arm->time_s += since(arm, now_us);
    arm->now_us = now_us;
    arm->reloading = true;
    arm->pulled = false;
    arm->begun_s = arm->time_s;
    sim_body *body = arm->config.body;
    const sim_leg leg = {
        .to = sim_body_rest(body), .speed_mm_s = SIM_ARM_TIP_SPEED_MM_S, .pause_s = arm->config.reload_s};
    arm->unreachable = !sim_body_follow(body, &arm->head, &leg, 1);
}

/* Whole seconds of a reload: the way there and the time at the station. */
static double reload_s(const sim_arm *arm)
{
    return arm->unreachable ? 0 : sim_body_arrives_s(arm->config.body, 0) + arm->config.reload_s;
}

bool sim_arm_step_reload(sim_arm *arm, uint64_t now_us, bool *out_done)
{
    if (!arm->reloading)
        return false;
    double whole = reload_s(arm), seconds = arm->config.real_time ? since(arm, now_us) : whole;
    *out_done = !arm->pulled && !arm->unreachable;
    if (arm->pulled)
        seconds = fmin(arm->pulled_s, whole);
    else if (seconds < whole)
        return false;
    else
        seconds = whole;
    if (!arm->unreachable)
        sim_body_stop(arm->config.body, seconds);
    arm->time_s = arm->begun_s + seconds;
    arm->now_us += arm->config.real_time ? (uint64_t)(seconds * 1e6) : 0;
    arm->reloading = false;
    arm->reloads += *out_done;
    return true;
}

uint64_t sim_arm_deadline(const sim_arm *arm, uint64_t now_us)
{
    if (!arm->busy && !arm->reloading)
        return UINT64_MAX;
    if (arm->reloading && arm->config.real_time && !arm->pulled)
        return arm->now_us + (uint64_t)(reload_s(arm) * 1e6) + 1;
    if (!arm->config.real_time || (arm->pulled && !arm->withdrawing))
        return now_us;
    double next =
        arm->written || stays(arm) || arm->withdrawing ? end_s(arm) : sim_body_arrives_s(arm->config.body, INSERTION);
    return arm->now_us + (uint64_t)(next * 1e6) + 1;
}
