/* A sender, an executor, their journals and the channel between them, in virtual time, with seeded faults.
 *
 * Everything that can go wrong is drawn from one seed: frames lost, doubled, flipped, late and out of order, clocks that jump, a head that is lost from sight,
 * the cable cut, either side crashing at any step, the executor's storage torn at any byte.  The skin is the
 * witness: it counts needle movements.  What must hold whatever happens is in job_check.  Used by
 * test_faults.c and by the soak program. */
#ifndef NP_TESTS_UNIT_PROTOCOL_HARNESS_H
#define NP_TESTS_UNIT_PROTOCOL_HARNESS_H

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/executor.h"
#include "protocol/sender.h"

#include "approved_plan.h"
#include "channel.h"
#include "moves.h"

#define JOB_SUPPLIES 20000

typedef struct job_faults {
    pipe_faults pipe;                    /* each way */
    double cut;                          /* per virtual second: both ways are dead for a while */
    double crash_sender, crash_executor; /* per virtual second */
    double tear;         /* of a crash at the executor: what was appended and not synced is cut at any byte */
    double fail_sync;    /* per sync: it fails, and a person resets the executor */
    double motion_fault; /* per dot */
    uint64_t motion_us;
    uint32_t reload_every, needle_life; /* of the plan and of the executor; 0: no supplies */
    bool by_hand;                       /* pigment, too */
    bool nobody;                        /* renews anything but the test itself */
    double jump;                        /* per virtual second: one of the two clocks jumps */
    double move_head;                   /* whenever the sender is started: it says so, and a person confirms it */
} job_faults;

typedef struct job {
    job_random random;
    job_faults faults;
    job_plan plan;
    uint64_t now_us, cut_until_us;
    uint64_t executor_ahead_us, sender_ahead_us; /* of the two clocks against the true time; less than 0 wraps */
    uint64_t executor_mask, sender_mask;         /* bits that a clock has; 0: all */
    job_pipe to_executor, to_sender;
    const uint8_t *sender_key, *executor_key;
    uint32_t buffer_dots, dots_per_frame, spacing_dots;

    void *executor_memory, *sender_memory;
    np_wire_executor *executor;
    np_wire_sender *sender;
    uint64_t executor_off_until_us, sender_off_until_us;

    /* The executor's file: bytes up to `synced` survive a crash for sure. */
    uint8_t *file;
    size_t file_size, file_synced, file_capacity;
    bool crash_in_storage; /* crash at the next storage call */
    bool crashed;
    uint64_t storage_calls, crash_at_call; /* crash at that very call; 0: never */
    uint64_t fail_from_call, fail_calls;   /* so many calls from that one on fail: a full disk, then room again */
    size_t keep_unsynced; /* of what a crash finds unsynced, if crash_at_call is set and faults.tear is not */

    /* The sender's journal; entries survive once committed. */
    uint8_t *journal, *journal_committed;
    bool may_differ; /* a journal was cut by hand */
    uint32_t differences;
    uint8_t *durable; /* per dot: what the synced part of the executor's file says */

    /* Needle and pigment: what is really in the machine, and what the two journals say of it. */
    uint32_t needle_made, reload_made; /* dots with this needle; order of the last reload */
    bool needle_in, reloading;
    uint64_t reload_end_us;
    uint32_t lots;                               /* given so far: "lot N" */
    np_wire_supply *supplies, *supplies_durable; /* of the sender, and in the synced part of the executor's file */
    uint32_t n_supplies, n_supplies_durable;
    char lot[NP_WIRE_LOT_BYTES]; /* of a LOT that is read back */

    /* Where the head is, by the synced part of the executor's file; of a POSE that is read back. */
    np_wire_pose placed, pose;
    uint32_t confirmed; /* that it was moved */

    /* Head tracking, if the executor wants it. */
    bool tracking;
    int32_t head_um;
    uint64_t camera_us, good_pose_us; /* next measurement; when the executor last got a good one */

    /* The arm and the skin. */
    job_place place, bound;
    bool travelling;
    uint64_t travel_end_us, moves;
    uint32_t asked, out_of_reach; /* ways that it was asked for; order of a dot that it does not reach */
    uint32_t asked_at;            /* where the arm that is asked stands */
    double gaps;                  /* how much is out of reach (reach.h); the sender asks for what is reachable alone */
    uint64_t gap_seed;
    np_wire_pose begun_at;
    uint8_t *left; /* per dot: told to be left out, since the sender was started */
    bool motion_busy;
    uint64_t motion_end_us;
    uint32_t motion_order;
    uint32_t *punctures; /* per dot */
    bool told_armed;     /* the sender has heard that something may be made */
    bool awaits_armed;   /* there is one, and it has not */
    uint32_t last_begun, begun_out_of_order;
    uint64_t last_frame_us; /* the last frame that renews the lease reached the executor */
    uint32_t frame_epoch, frame_sequence;
    uint32_t crashes, doubts_allowed;
    uint64_t steps;
    char trouble[256];
} job;

static inline void job_trouble(job *j, const char *text, uint32_t order)
{
    if (!j->trouble[0])
        snprintf(j->trouble, sizeof j->trouble, "%s (order %u, %.3f s)", text, order, (double)j->now_us * 1e-6);
}

/* What the two clocks show. */
static inline uint64_t job_clock_shows(const job *j, uint64_t ahead_us, uint64_t mask)
{
    return (j->now_us + ahead_us) & (mask ? mask : UINT64_MAX);
}

static inline uint64_t job_executor_us(const job *j)
{
    return job_clock_shows(j, j->executor_ahead_us, j->executor_mask);
}

static inline uint64_t job_sender_us(const job *j)
{
    return job_clock_shows(j, j->sender_ahead_us, j->sender_mask);
}

/* When a clock that SHOWS this now will show DEADLINE. */
static inline uint64_t job_true_us(const job *j, uint64_t deadline, uint64_t shows)
{
    return deadline == UINT64_MAX ? UINT64_MAX : j->now_us + (deadline - shows);
}

static inline void job_put(job *j, job_pipe *p, const uint8_t *bytes, size_t size)
{
    pipe_put(p, &j->faults.pipe, &j->random, j->now_us, j->now_us < j->cut_until_us, bytes, size);
}

#include "reach.h"

#include "clocks.h"

#include "arm.h"
#include "supplies.h"

#include "storage.h"

static inline uint64_t job_clock(void *context)
{
    return job_executor_us(context);
}

static inline void job_random_bytes(void *context, uint8_t *out, size_t size)
{
    random_fill(&((job *)context)->random, out, size);
}

/* ---- the sender's journal ---- */

static inline bool journal_event(void *context, const np_wire_event *event)
{
    job *j = context;
    if (event->outcome == NP_WIRE_OUTCOME_LEFT) {
        j->left[event->order] = 1;
        if (j->journal[event->order] != NP_WIRE_OUTCOME_NONE)
            job_trouble(j, "a dot was left out that has an outcome", event->order);
        return true;
    }
    if (j->journal[event->order] > NP_WIRE_OUTCOME_IN_DOUBT)
        job_trouble(j, "an outcome was reported twice", event->order);
    if (event->id != j->plan.dots[event->order].id)
        job_trouble(j, "an outcome was reported for another id", event->order);
    j->journal[event->order] = (uint8_t)event->outcome;
    return true;
}

static inline bool journal_armed(void *context)
{
    job *j = context;
    j->told_armed = true;
    j->awaits_armed = false;
    return true;
}

static inline bool journal_commit(void *context)
{
    job *j = context;
    memcpy(j->journal_committed, j->journal, j->plan.n);
    return true;
}

static inline void journal_difference(void *context, uint32_t order, uint32_t id, uint32_t known, uint32_t executor)
{
    job *j = context;
    (void)id, (void)known, (void)executor;
    j->differences++;
    if (!j->may_differ)
        job_trouble(j, "the two journals differ", order);
}

/* ---- either side up ---- */

static inline np_wire_executor_config job_executor_config(job *j)
{
    return (np_wire_executor_config){.storage = {j, storage_append, storage_sync, storage_read, storage_truncate},
                                     .motion = {j, motion_begin, motion_travel, motion_retract,
                                                j->faults.by_hand ? NULL : motion_reload, motion_reach},
                                     .context = j,
                                     .clock_us = job_clock,
                                     .random = job_random_bytes,
                                     .name = "harness 1",
                                     .link_key = j->executor_key,
                                     .limits = np_wire_limits_default(),
                                     .max_dots = j->plan.n,
                                     .buffer_dots = j->buffer_dots,
                                     .supplies = j->faults.by_hand ? NP_WIRE_SUPPLIES_BY_HAND : NP_WIRE_SUPPLIES_BY_ARM,
                                     .needle_life = j->faults.needle_life,
                                     .spacing_dots = j->spacing_dots,
                                     .tracking_required = j->tracking,
                                     .durable = true};
}

static inline void job_start_executor(job *j)
{
    np_wire_executor_config c = job_executor_config(j);
    size_t size = np_wire_executor_size(&c);
    j->crashed = j->crash_in_storage = j->motion_busy = j->reloading = j->travelling = false;
    free(j->executor_memory);
    j->executor_memory = malloc(size);
    if (np_wire_executor_init(&c, j->executor_memory, size, &j->executor) != NP_WIRE_OK)
        job_trouble(j, "the executor did not start", 0);
    else if (j->place.kind == JOB_AT_HOME)
        np_wire_executor_at_home(j->executor, job_executor_us(j));
}

static inline void job_start_sender(job *j)
{
    plan_reload_every(&j->plan, j->faults.reload_every);
    if (random_hits(&j->random, j->faults.move_head)) {
        j->plan.load.registration.translation_um[random_next(&j->random) % 3] += 1000;
        j->plan.load.moved_um = 1000;
    }
    j->awaits_armed = !j->told_armed;
    np_wire_sender_config c = {.dots = j->plan.dots,
                               .n_dots = j->plan.n,
                               .stops = j->plan.stops,
                               .load = j->plan.load,
                               .known = j->journal_committed,
                               .context = j,
                               .random = job_random_bytes,
                               .event = journal_event,
                               .commit = journal_commit,
                               .difference = journal_difference,
                               .supply = journal_supply,
                               .armed = journal_armed,
                               .known_supplies = j->n_supplies,
                               .name = "harness 1",
                               .link_key = j->sender_key,
                               .dots_per_frame = j->dots_per_frame,
                               .line_bytes_per_s =
                                   j->faults.pipe.byte_ns ? (uint32_t)(1000000000 / j->faults.pipe.byte_ns) : 0,
                               .ask_after_hold = true};
    size_t size = np_wire_sender_size(&c);
    char text[NP_WIRE_TEXT_BYTES];
    c.load.only_reachable = j->gaps > 0;
    memset(j->left, 0, j->plan.n);
    memcpy(j->journal, j->journal_committed, j->plan.n);
    free(j->sender_memory);
    j->sender_memory = malloc(size);
    if (np_wire_sender_init(&c, job_sender_us(j), j->sender_memory, size, &j->sender, text) != NP_WIRE_OK)
        job_trouble(j, text, 0);
}

static inline void job_init(job *j, uint32_t n, uint64_t seed, const job_faults *faults)
{
    memset(j, 0, sizeof *j);
    j->random.state = seed * 0x2545f4914f6cdd1du + 1;
    j->faults = *faults;
    j->now_us = 1000000;
    j->buffer_dots = 256;
    j->last_begun = UINT32_MAX;
    j->place.kind = JOB_AT_HOME;
    plan_make(&j->plan, n, seed);
    if (faults->reload_every && !faults->by_hand) {
        plan_move(&j->plan, faults->reload_every, seed);
        plan_seal(&j->plan);
    }
    j->punctures = calloc(n, sizeof *j->punctures);
    j->journal = calloc(n, 1);
    j->journal_committed = calloc(n, 1);
    j->durable = calloc(n, 1);
    j->left = calloc(n, 1);
    j->gap_seed = seed;
    j->out_of_reach = UINT32_MAX;
    j->supplies = calloc(JOB_SUPPLIES, sizeof *j->supplies);
    j->supplies_durable = calloc(JOB_SUPPLIES, sizeof *j->supplies_durable);
}

static inline void job_start(job *j)
{
    job_start_executor(j);
    job_start_sender(j);
}

static inline void job_free(job *j)
{
    free(j->executor_memory);
    free(j->sender_memory);
    free(j->file);
    free(j->journal);
    free(j->journal_committed);
    free(j->durable);
    free(j->left);
    free(j->supplies);
    free(j->supplies_durable);
    free(j->punctures);
    plan_free(&j->plan);
}

/* ---- one step ---- */

static inline void job_crash_executor(job *j)
{
    j->crashes++;
    /* A dot under way is a puncture whose end nobody saw. */
    j->doubts_allowed++;
    if (random_hits(&j->random, j->faults.tear) && j->file_size > j->file_synced)
        file_is_torn(j);
    else if (j->crash_at_call && j->file_size - j->file_synced > j->keep_unsynced)
        j->file_size = j->file_synced + j->keep_unsynced;
    j->executor = NULL;
    j->executor_off_until_us = j->now_us + 20000 + random_next(&j->random) % 300000;
    j->motion_busy = j->reloading = j->travelling = false;
    j->place.kind = j->place.kind == JOB_AT_HOME ? JOB_AT_HOME : JOB_NOWHERE; /* nobody knows any more */
}

static inline void job_check_durable(job *j, uint32_t order, uint32_t outcome)
{
    if (j->plan.load.air)
        return; /* a rehearsal leaves no record */
    if (order < j->plan.n && outcome == NP_WIRE_OUTCOME_LEFT) {
        if (j->durable[order] != NP_WIRE_OUTCOME_NONE || j->gaps <= 0)
            job_trouble(j, "a dot was left out that has an outcome, or where nothing was to be", order);
        return;
    }
    if (order >= j->plan.n || (outcome > NP_WIRE_OUTCOME_IN_DOUBT && j->durable[order] != outcome))
        job_trouble(j, "an outcome was reported before it was durable", order);
}

/* What renews the lease, by the harness's own book-keeping: a newer frame of the present epoch. */
static inline void job_note_frame(job *j, const job_packet *p)
{
    np_wire_frame f;
    if (np_wire_frame_decode(p->bytes, p->size, &f) != NP_WIRE_OK || f.epoch < j->frame_epoch || !f.epoch)
        return;
    if (f.epoch == j->frame_epoch && f.sequence <= j->frame_sequence)
        return;
    j->frame_epoch = f.epoch;
    j->frame_sequence = f.sequence;
    j->last_frame_us = j->now_us;
}

/* No outcome is said that a crash could still take back. */
static inline void job_check_reported(job *j, const uint8_t *bytes, size_t size)
{
    np_wire_frame f;
    np_wire_message m;
    if (np_wire_frame_decode(bytes, size, &f) != NP_WIRE_OK ||
        np_wire_message_decode(f.type, f.payload, f.payload_size, &m, NULL) != NP_WIRE_OK)
        job_trouble(j, "the executor sent what cannot be read", 0);
    else if (m.type == NP_WIRE_MSG_EVENTS)
        for (uint32_t i = 0; i < m.u.events.n; i++)
            job_check_durable(j, m.u.events.first + i, m.u.events.events[i].outcome);
    else if (m.type == NP_WIRE_MSG_RESUME_INFO)
        for (uint32_t i = 0; i < m.u.resume_info.n_dots; i++)
            job_check_durable(j, m.u.resume_info.first + i, np_wire_map_get(m.u.resume_info.map, i));
}

static inline void job_executor_step(job *j)
{
    const job_packet *p;
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    if (!j->executor) {
        if (j->now_us < j->executor_off_until_us)
            return;
        job_start_executor(j);
        j->last_begun = UINT32_MAX;
    }
    np_wire_executor *x = j->executor;
    while (!j->crashed && pipe_take(&j->to_executor, j->now_us, &p)) {
        job_note_pose(j, p);
        if (np_wire_executor_receive(x, job_executor_us(j), p->bytes, p->size) == NP_WIRE_OK)
            job_note_frame(j, p);
    }
    if (!j->crashed && j->motion_busy && j->now_us >= j->motion_end_us) {
        j->motion_busy = false;
        j->place = j->bound;
        if (random_hits(&j->random, j->faults.motion_fault)) {
            j->doubts_allowed++;
            np_wire_executor_motion_fault(x, job_executor_us(j), "the arm has lost a step");
        } else {
            np_wire_executor_motion_done(x, job_executor_us(j), NP_WIRE_OUTCOME_DONE,
                                         j->plan.dots[j->motion_order].depth_um, 0);
        }
    }
    if (!j->crashed)
        job_moves_step(j);
    if (!j->crashed)
        job_supplies_step(j);
    if (!j->crashed)
        job_person_at_arm(j);
    if (!j->crashed)
        job_person_at_head(j);
    if (!j->crashed)
        np_wire_executor_tick(x, job_executor_us(j));
    /* The person at the machine: presses the pedal when asked, and resets after looking. */
    np_wire_executor_info info;
    np_wire_executor_get_info(x, &info);
    if (!j->crashed && info.waits_for_pedal) {
        np_wire_executor_pedal(x, job_executor_us(j), false);
        np_wire_executor_pedal(x, job_executor_us(j), true);
    }
    if (!j->crashed && (info.state == NP_WIRE_STATE_FAULT || info.state == NP_WIRE_STATE_ESTOP) &&
        random_hits(&j->random, 0.001)) {
        j->doubts_allowed++;
        np_wire_executor_reset(x, job_executor_us(j));
    }
    if (!j->crashed && j->to_sender.line_free_us <= j->now_us &&
        (size = np_wire_executor_send(x, job_executor_us(j), frame)) > 0) {
        job_check_reported(j, frame, size);
        job_put(j, &j->to_sender, frame, size);
    }
    if (j->crashed)
        job_crash_executor(j);
}

static inline void job_sender_step(job *j)
{
    const job_packet *p;
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    if (!j->sender) {
        if (j->now_us < j->sender_off_until_us)
            return;
        job_start_sender(j);
    }
    while (pipe_take(&j->to_sender, j->now_us, &p))
        np_wire_sender_receive(j->sender, job_sender_us(j), p->bytes, p->size);
    job_camera_step(j);
    if (j->to_executor.line_free_us <= j->now_us &&
        (size = np_wire_sender_send(j->sender, job_sender_us(j), frame)) > 0)
        job_put(j, &j->to_executor, frame, size);
}

/* Advances to the next time at which something can happen, at least 100 us, at most 5 ms. */
static inline void job_advance(job *j)
{
    uint64_t next = j->now_us + 5000, candidate;
    candidate = pipe_next(&j->to_executor);
    next = candidate < next ? candidate : next;
    candidate = pipe_next(&j->to_sender);
    next = candidate < next ? candidate : next;
    if (j->motion_busy && j->motion_end_us < next)
        next = j->motion_end_us;
    if (j->travelling && j->travel_end_us < next)
        next = j->travel_end_us;
    if (j->reloading && j->reload_end_us < next)
        next = j->reload_end_us;
    uint64_t shows = job_sender_us(j);
    if (j->sender && (candidate = job_true_us(j, np_wire_sender_deadline(j->sender, shows), shows)) < next)
        next = candidate;
    shows = job_executor_us(j);
    if (j->executor && (candidate = job_true_us(j, np_wire_executor_deadline(j->executor, shows), shows)) < next)
        next = candidate;
    uint64_t dt = next > j->now_us + 100 ? next - j->now_us : 100;
    double s = (double)dt * 1e-6;
    j->now_us += dt;
    job_clocks_step(j, s);
    if (random_hits(&j->random, j->faults.cut * s))
        j->cut_until_us = j->now_us + random_next(&j->random) % 1500000;
    if (j->executor && random_hits(&j->random, j->faults.crash_executor * s))
        j->crash_in_storage = true; /* at its next write, or at once: */
    if (j->executor && j->crash_in_storage && random_hits(&j->random, 0.05))
        job_crash_executor(j);
    if (j->sender && random_hits(&j->random, j->faults.crash_sender * s)) {
        j->sender = NULL;
        j->sender_off_until_us = j->now_us + 20000 + random_next(&j->random) % 700000;
    }
}

/* Runs until the sender is done or LIMIT_S virtual seconds are over.  A sender that failed (a fault at the
 * executor) is started again, as a person would. */
static inline bool job_run(job *j, double limit_s)
{
    uint64_t end_us = j->now_us + (uint64_t)(limit_s * 1e6);
    while (j->now_us < end_us && !j->trouble[0]) {
        j->steps++;
        job_executor_step(j);
        job_sender_step(j);
        if (j->sender) {
            np_wire_sender_info info;
            np_wire_sender_get_info(j->sender, &info);
            if (info.phase == NP_WIRE_PHASE_DONE)
                return true;
            if (info.finished) {
                j->sender = NULL;
                j->sender_off_until_us = j->now_us + 500000;
            }
        }
        job_advance(j);
    }
    if (!j->trouble[0])
        job_trouble(j, "the session did not end in time", 0);
    return false;
}

/* What must hold at the end: every dot at most once, all reported, in doubt only where something broke. */
static inline bool job_check(job *j)
{
    uint32_t in_doubt = 0;
    for (uint32_t i = 0; i < j->plan.n; i++) {
        uint8_t outcome = j->journal_committed[i];
        in_doubt += outcome == NP_WIRE_OUTCOME_IN_DOUBT;
        if (outcome == NP_WIRE_OUTCOME_NONE && (job_can_be_made(j, i) || !j->left[i]))
            job_trouble(j, "a dot was lost", i);
        if (outcome == NP_WIRE_OUTCOME_NONE && (j->punctures[i] || j->durable[i]))
            job_trouble(j, "a dot that was left out was begun", i);
        if (outcome == NP_WIRE_OUTCOME_DONE && j->punctures[i] != 1)
            job_trouble(j, "a dot is journalled as done and was not punctured once", i);
        if (j->punctures[i] > 1)
            job_trouble(j, "a dot was punctured twice", i);
    }
    if (j->n_supplies != j->n_supplies_durable)
        job_trouble(j, "a reload or needle change was lost", j->n_supplies);
    if (in_doubt > j->doubts_allowed)
        job_trouble(j, "more dots in doubt than things that broke", in_doubt);
    return !j->trouble[0];
}

#endif
