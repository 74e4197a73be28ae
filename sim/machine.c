/* The simulator's loop; see machine.h.
 *
 * One thread does everything in turn: frames in, the pedal, the clock, the arm, frames out, wait.  The executor's heartbeats
 * come out of the same loop that moves the arm, so that a simulator that hangs falls silent, as a real one must. */
#include "sim/machine.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/realtime.h"
#include "base/version.h"
#include "link/key.h"
#include "protocol/message.h"
#include "sim/body_ur5e.h"
#include "sim/body_witness.h"

enum {
    SPACING_DOTS = 4096, /* 4 us to look at */
    BUFFER_DOTS = 1024,  /* 5,000 dots/s and outcomes acknowledged within 200 ms */
    EVENTS_US = 2000,
    TICK_US = 10000,     /* the executor wants to be ticked so often */
    ARM_SLICE_US = 1000, /* virtual dots in one turn of the loop: a stop waits so long for its turn */
    BLOCKED_US = 1000,
    FRAMES_PER_TURN = 256,
    FAREWELL_US = 300000, /* after the end, at most: for answers that got lost */
    SILENCE_US = 60000    /* two heartbeats missed: nobody is there to answer */
};

typedef struct machine {
    const sim_machine_options *options;
    sim_journal_file journal;
    sim_record record;
    sim_trace trace;
    sim_body *body;
    sim_witness *witness; /* NULL: nobody looks */
    sim_body *asked_body; /* of the arm that is asked what it reaches; NULL before it was */
    sim_arm asked;
    sim_body *watched; /* BODY, looked at by WITNESS; NULL without one */
    sim_arm arm;
    np_link *link;
    np_link *stop_link; /* plain, for STOP alone; NULL: none */
    void *memory;
    size_t memory_size;
    np_wire_executor *executor;
    uint8_t operators[SIM_MACHINE_MAX_OPERATORS][32], link_key[32];
    sim_operator operator;
    np_error failed;               /* why the arm was stopped for good */
    np_link_peer member, stranger; /* who sent the last frame of the present epoch, and the last outside any */
    np_wire_executor_info last;    /* of the last session that was loaded for more than the question what is reached */
} machine;

/* ---- what the executor calls ---- */

static uint64_t clock_us(void *context)
{
    (void)context;
    return np_clock_us();
}

/* Seconds since 1970, by which approvals end. */
static uint64_t unix_s(void *context)
{
    (void)context;
    time_t now = time(NULL);
    return now > 0 ? (uint64_t)now : 0;
}

static void random_bytes(void *context, uint8_t *out_bytes, size_t size)
{
    (void)context;
    randombytes_buf(out_bytes, size);
}

static void say(void *context, const char *text)
{
    machine *m = context;
    fprintf(m->options->log, "needlepath-sim: %s\n", text);
}

/* For the witness: which dot it is that the tool goes to. */
static void name_move(machine *m, const np_wire_move *move)
{
    if (m->watched)
        sim_body_witness_name(m->watched, move->dot ? move->dot->id : 0);
}

static void begin(void *context, const np_wire_move *move)
{
    machine *m = context;
    sim_trace_begin(&m->trace, np_clock_us(), move->dot->id);
    name_move(m, move);
    sim_arm_begin(&m->arm, np_clock_us(), SIM_ARM_DOT, move);
}

static void travel(void *context, const np_wire_move *move)
{
    machine *m = context;
    name_move(m, move);
    sim_arm_begin(&m->arm, np_clock_us(), SIM_ARM_TRAVEL, move);
}

static void retract(void *context)
{
    machine *m = context;
    sim_arm_retract(&m->arm, np_clock_us());
}

static void reload(void *context, const np_wire_move *move)
{
    machine *m = context;
    name_move(m, move);
    sim_arm_begin(&m->arm, np_clock_us(), SIM_ARM_RELOAD, move);
}

/* An arm beside the one that moves goes the same way in no time, with neither a head nor a record to leave anything in.  Before it finds out that a way leads
 * nowhere the lease may be over; asked again it knows. */
static bool reach(void *context, const np_wire_move *move)
{
    machine *m = context;
    sim_arm_report report = {.unreachable = true};
    np_error err = {0};
    if (!m->asked_body && sim_body_ur5e_create(&m->asked_body, &err) != NP_OK) {
        say(m, err.text);
        return false;
    }
    if (move->from_home || !m->asked.config.body) {
        sim_body_ur5e_stand_at_home(m->asked_body);
        sim_arm_init(&m->asked, &(sim_arm_config){.body = m->asked_body}, 0);
    }
    sim_arm_begin(&m->asked, 0, move->dot ? SIM_ARM_DOT : SIM_ARM_TRAVEL, move);
    sim_arm_step(&m->asked, 0, &report, &err);
    return !report.unreachable;
}

/* ---- set-up ---- */

static np_link_keys curve_of(machine *m)
{
    const sim_machine_options *o = m->options;
    return (np_link_keys){.key = o->curve_key, .allow = o->allow, .n_allow = o->n_allow, .log = say, .log_context = m};
}

static np_status read_keys(machine *m, np_error *err)
{
    const sim_machine_options *o = m->options;
    np_status status = NP_OK;
    for (int i = 0; i < o->n_operators && status == NP_OK; i++)
        status = np_link_read_key(o->operators[i], NP_KEY_FILE_OPERATOR_PUBLIC, m->operators[i], err);
    if (status == NP_OK && o->link_key) {
        np_link_lock_key(m, sizeof *m, say, m);
        status = np_link_read_key(o->link_key, NP_KEY_FILE_LINK, m->link_key, err);
    }
    if (status == NP_OK && o->stop_listen && strncmp(o->stop_listen, "zmq:", 4) != 0)
        status = np_error_set(err, NP_ERR_USAGE, "--stop-listen %.80s: expected a target zmq:tcp://HOST:PORT",
                              o->stop_listen);
    if (status == NP_OK && o->stop_listen)
        status = np_link_check_target(o->stop_listen, true, err);
    np_link_keys curve = curve_of(m);
    if (status == NP_OK)
        status = np_link_keys_check_for(o->listen, &curve, true, err);
    return status;
}

static np_status start_executor(machine *m, np_error *err)
{
    const sim_machine_options *o = m->options;
    np_wire_executor_config config = {
        .storage = sim_journal_file_storage(&m->journal),
        .motion = {.context = m,
                   .begin = begin,
                   .travel = travel,
                   .retract = retract,
                   .reach = reach,
                   .reload = o->supplies == NP_WIRE_SUPPLIES_BY_ARM ? reload : NULL},
        .supplies = o->supplies,
        .needle_life = o->needle_life,
        .context = m,
        .clock_us = clock_us,
        .unix_s = unix_s,
        .random = random_bytes,
        .log = o->listen ? say : NULL,
        .name = "needlepath-sim " NP_VERSION,
        .link_key = o->link_key ? m->link_key : NULL,
        .link_knows_peers = o->curve_key != NULL,
        .operators = (const uint8_t(*)[32])m->operators,
        .n_operators = (size_t)o->n_operators,
        .limits = {NP_WIRE_DEPTH_MIN_UM, NP_WIRE_DEPTH_MAX_UM, NP_WIRE_TILT_MAX_URAD},
        .workspace = o->workspace,
        .head_up_min_ppm = o->head_up_min_ppm,
        .max_dots = NP_WIRE_MAX_DOTS,
        .buffer_dots = BUFFER_DOTS,
        .spacing_dots = SPACING_DOTS,
        .durable = m->journal.file >= 0,
        .events_interval_us = EVENTS_US,
    };
    size_t size = np_wire_executor_size(&config);
    m->memory = malloc(size);
    if (!m->memory)
        return np_error_no_memory(err, "the executor");
    m->memory_size = size;
    if (o->link_key)
        np_link_lock_key(m->memory, size, say, m);
    np_wire_status status = np_wire_executor_init(&config, m->memory, size, &m->executor);
    if (status != NP_WIRE_OK)
        return np_error_set(err, NP_ERR_INTERNAL, "the executor cannot be set up: %s", np_wire_status_text(status));
    np_wire_executor_get_info(m->executor, &m->last);
    if (m->last.state == NP_WIRE_STATE_FAULT)
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: %s; it is kept as it is: move it away only if you know what was done", o->journal,
                            m->last.text);
    return NP_OK;
}

static np_status open_links(machine *m, np_error *err)
{
    const sim_machine_options *o = m->options;
    np_link_keys curve = curve_of(m);
    np_status status =
        np_link_open(&(np_link_options){.target = o->listen, .listen = true, .pty_link = o->pty_link, .keys = &curve},
                     &m->link, err);
    if (status == NP_OK && o->stop_listen)
        status = np_link_open(&(np_link_options){.target = o->stop_listen, .listen = true}, &m->stop_link, err);
    if (status == NP_OK && !o->curve_key && np_link_is_exposed(o->listen, true))
        say(m, "NOT ENCRYPTED: the link is open to the network without CURVE; see --curve-key");
    return status;
}

static np_status make_body(machine *m, np_error *err)
{
    const sim_machine_options *o = m->options;
    const sim_tool tool = sim_tool_default();
    sim_head_mesh mesh = {0};
    np_status status = sim_body_ur5e_create(&m->body, err);
    if (status != NP_OK || !o->head)
        return status;
    status = sim_head_mesh_read(o->head, &mesh, err);
    if (status == NP_OK)
        status = sim_witness_create(&mesh, &tool, o->head_tolerance_mm, &m->witness, err);
    return status == NP_OK ? sim_body_witness_create(m->body, m->witness, &m->watched, err) : status;
}

static np_status open_journal(machine *m, np_error *err)
{
    const sim_machine_options *o = m->options;
    if (sodium_init() < 0)
        return np_error_set(err, NP_ERR_INTERNAL, "libsodium cannot be started: no source of random numbers");
    np_status status = sim_journal_file_open(&m->journal, o->journal, o->new_journal, err);
    return status == NP_OK ? sim_journal_file_check(&m->journal, err) : status;
}

static void say_identity(machine *m)
{
    char id[2 * NP_WIRE_IDENTITY_BYTES + 1];
    np_hex_write(m->last.identity, sizeof m->last.identity, id);
    fprintf(m->options->log, "needlepath-sim: this executor is %s (for `needlepath approve --executor`)\n", id);
}

static np_status start(machine *m, np_error *err)
{
    const sim_machine_options *o = m->options;
    np_status status = np_link_check_target(o->listen, true, err);
    if (status == NP_OK)
        status = read_keys(m, err);
    if (status == NP_OK)
        status = open_journal(m, err);
    if (status == NP_OK && o->record)
        status = sim_record_open(&m->record, o->record, err);
    if (status == NP_OK && o->trace)
        status = sim_trace_open(&m->trace, o->trace, err);
    if (status == NP_OK)
        status = start_executor(m, err);
    if (status == NP_OK)
        status = make_body(m, err);
    if (status == NP_OK && o->realtime)
        np_realtime_begin(o->cpu, say, m);
    if (status == NP_OK)
        status = open_links(m, err);
    if (status != NP_OK)
        return status;
    sim_arm_init(&m->arm,
                 &(sim_arm_config){.body = m->watched ? m->watched : m->body,
                                   .real_time = o->real_time,
                                   .repeatability_mm = o->repeatability_mm,
                                   .seed = o->seed,
                                   .record = &m->record,
                                   .reload_s = o->reload_s,
                                   .faults = o->faults,
                                   .n_faults = o->n_faults},
                 np_clock_us());
    say_identity(m);
    say(m, m->journal.file < 0 ? "the journal is kept in memory: after a restart nothing is known of what was done"
                               : "the journal is synced before and after each dot");
    np_wire_executor_at_home(m->executor, np_clock_us());
    sim_operator_init(&m->operator, & o->operator, m->executor, o->log);
    say(m, "the pedal is pressed by the simulator itself whenever it is asked for");
    if (m->stop_link)
        fprintf(o->log, "needlepath-sim: anybody may STOP at %s\n", np_link_name(m->stop_link));
    fprintf(o->out, "listening on %s\n", np_link_name(m->link));
    fflush(o->out);
    return NP_OK;
}

/* ---- one turn of the loop ---- */

/* The epoch stands in the frame's header; 0 is outside any, where HELLO and its answers are. */
static bool is_outside(const uint8_t *frame)
{
    return (frame[4] | frame[5] | frame[6] | frame[7]) == 0;
}

/* False if the link took no more frames while there were some left. */
static bool frames_out(machine *m)
{
    uint8_t frame[NP_WIRE_FRAME_MAX];
    while (np_link_can_send(m->link)) {
        size_t size = np_wire_executor_send(m->executor, np_clock_us(), frame);
        if (size == 0)
            return true;
        np_link_send(m->link, is_outside(frame) ? &m->stranger : &m->member, frame, size);
    }
    return false;
}

/* At the stop address nothing but STOP is looked at, and nobody is answered. */
static void stops_in(machine *m)
{
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    np_link_wait(m->stop_link, 0, false);
    for (int i = 0; i < FRAMES_PER_TURN && np_link_receive(m->stop_link, frame, &size, NULL); i++)
        if (size > NP_WIRE_HEADER_BYTES && frame[1] == NP_WIRE_MSG_STOP)
            np_wire_executor_receive_unlisted(m->executor, np_clock_us(), frame, size);
}

static void frame_in(machine *m, const np_link_peer *peer, const uint8_t *frame, size_t size)
{
    np_wire_status status = (peer->may_only_stop ? np_wire_executor_receive_unlisted
                                                 : np_wire_executor_receive)(m->executor, np_clock_us(), frame, size);
    bool outside = size < NP_WIRE_HEADER_BYTES || is_outside(frame) || status == NP_WIRE_OTHER_VERSION;
    if (!outside && status == NP_WIRE_OK) {
        m->member = *peer;
        m->trace.heard_us = np_clock_us();
    }
    /* What is answered outside an epoch goes back to whoever asked, before the next one is heard. */
    if (outside && size > 1 && frame[1] != NP_WIRE_MSG_STOP) {
        m->stranger = *peer;
        frames_out(m);
    }
}

/* Whoever cannot get in cannot STOP. */
static void hold_if_starved(machine *m)
{
    if (np_link_is_starved(m->link) || (m->stop_link && np_link_is_starved(m->stop_link)))
        np_wire_executor_hold(m->executor, np_clock_us(),
                              "no more connections can be let in, so that nobody could STOP: held");
}

/* Returns how many frames there were. */
static int frames_in(machine *m)
{
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    np_link_peer peer;
    int i = 0;
    if (m->stop_link)
        stops_in(m);
    for (; i < FRAMES_PER_TURN && np_link_receive(m->link, frame, &size, &peer); i++)
        frame_in(m, &peer, frame, size);
    hold_if_starved(m);
    return i;
}

static void report_task(machine *m, uint32_t id, const sim_arm_report *report)
{
    uint64_t now = np_clock_us();
    char text[NP_WIRE_TEXT_BYTES];
    if (report->task == SIM_ARM_DOT)
        np_wire_executor_motion_done(m->executor, now, report->outcome, report->depth_um, report->force_mn);
    else if (report->task == SIM_ARM_RELOAD)
        np_wire_executor_reload_done(m->executor, now, report->arrived);
    else
        np_wire_executor_arrived(m->executor, now, report->arrived);
    if (!report->unreachable)
        return;
    /* No way leads past it: the head, or the arm, has to stand elsewhere. */
    if (id)
        snprintf(text, sizeof text, "the way to dot %u is out of the arm's reach: move the head, or the arm", id);
    np_wire_executor_motion_fault(m->executor, now, id ? text : "the way home is out of the arm's reach");
}

/* The arm failed, or its tool is in the head: it stops for good. */
static void stop_for_good(machine *m, const np_error *why)
{
    if (m->failed.status != NP_OK)
        return;
    m->failed = *why;
    sim_arm_retract(&m->arm, np_clock_us());
    np_wire_executor_motion_fault(m->executor, np_clock_us(), why->text);
}

/* Lets the arm move; in virtual time as many dots as fit into the slice. */
static void work_arm(machine *m)
{
    uint64_t end = np_clock_us() + ARM_SLICE_US, now = end - ARM_SLICE_US;
    sim_arm_report report;
    np_error err = {0};
    do {
        uint32_t id = m->arm.dot.id;
        bool over = sim_arm_step(&m->arm, now, &report, &err);
        if (err.status == NP_OK && m->watched)
            sim_body_witness_verdict(m->watched, &err);
        if (err.status != NP_OK)
            stop_for_good(m, &err);
        if (m->failed.status != NP_OK || !over)
            return;
        report_task(m, id, &report);
        now = np_clock_us();
        np_wire_executor_tick(m->executor, now);
    } while (now < end);
}

static uint64_t time_to_wait(const machine *m, bool blocked)
{
    uint64_t now = np_clock_us(), until = now + TICK_US;
    uint64_t executor = np_wire_executor_deadline(m->executor, now), arm = sim_arm_deadline(&m->arm, now);
    /* What cannot be sent yet is always due; the link says when it can, and the lease is looked at every millisecond. */
    if (blocked && executor < now + BLOCKED_US)
        executor = now + BLOCKED_US;
    until = executor < until ? executor : until;
    until = arm < until ? arm : until;
    return until > now ? until - now : 0;
}

static void trace_state(machine *m, const np_wire_executor_info *info)
{
    sim_trace_state(&m->trace, np_clock_us(),
                    info->state == NP_WIRE_STATE_ARMED || info->state == NP_WIRE_STATE_RUNNING);
}

/* Whoever is at the machine drives the arm home. */
static void drive_home(machine *m)
{
    if (!m->operator.drives_home || m->arm.task != SIM_ARM_IDLE)
        return;
    m->operator.drives_home = false;
    if (!np_wire_executor_at_home(m->executor, np_clock_us()))
        return;
    sim_arm_drive_home(&m->arm);
    say(m, "the arm was driven home");
}

/* True when a session that was loaded has come to its end. */
static bool turn(machine *m)
{
    frames_in(m);
    np_wire_executor_info info;
    np_wire_executor_get_info(m->executor, &info);
    trace_state(m, &info);
    sim_operator_work(&m->operator);
    drive_home(m);
    np_wire_executor_tick(m->executor, np_clock_us());
    work_arm(m);
    bool sent = frames_out(m);

    np_wire_executor_get_info(m->executor, &info);
    trace_state(m, &info);
    bool ended = m->last.session && !info.session && info.state == NP_WIRE_STATE_AUTHENTICATED &&
                 info.reason == NP_WIRE_REASON_NONE && m->last.epoch == info.epoch;
    if (info.session && info.air != NP_WIRE_AIR_REACH)
        m->last = info;
    if (!ended || !m->options->once)
        np_link_wait(m->link, time_to_wait(m, !sent), !sent);
    return ended;
}

/* ---- the end ---- */

/* Runs on for a moment: the needle comes out, the last dot is reported, lost answers are repeated. */
static void say_farewell(machine *m)
{
    uint64_t now = np_clock_us(), end = now + FAREWELL_US, heard = now;
    np_wire_executor_hold(m->executor, now, "the simulator was stopped");
    do {
        heard = frames_in(m) ? now : heard;
        work_arm(m);
        np_link_wait(m->link, frames_out(m) ? TICK_US : 1000, false);
        now = np_clock_us();
    } while (m->arm.task != SIM_ARM_IDLE || (now < end && now - heard < SILENCE_US));
}

static void sum_up(const machine *m, sim_machine_summary *out)
{
    np_wire_executor_info info = {0};
    if (m->executor)
        np_wire_executor_get_info(m->executor, &info);
    const np_wire_executor_info *of = info.session && info.air != NP_WIRE_AIR_REACH ? &info : &m->last;
    *out = (sim_machine_summary){.punctures = m->arm.punctures,
                                 .unreachable = m->arm.unreached,
                                 .reloads = m->arm.reloads,
                                 .session = of->session,
                                 .dots = of->n_dots,
                                 .rehearsed = of->air != NP_WIRE_AIR_NOT,
                                 .done = of->done,
                                 .in_doubt = of->in_doubt,
                                 .other = of->other,
                                 .time_s = m->arm.time_s,
                                 .frames = info.frames,
                                 .bad_frames = info.bad_frames,
                                 .journal_bytes = info.journal_bytes,
                                 .syncs = m->journal.syncs};
}

/* ---- the journal alone ---- */

static np_status revoke_plan(machine *m, np_error *err)
{
    uint8_t digest[NP_WIRE_RECORD_DIGEST_BYTES];
    const char *text = m->options->revoke;
    if (!sim_operator_read_digest(text, digest))
        return np_error_set(
            err, NP_ERR_USAGE,
            "--revoke %.80s: expected a plan's digest, 32 or 64 digits of 0-9 and a-f, as `needlepath show` "
            "prints it",
            text);
    if (!np_wire_executor_revoke(m->executor, np_clock_us(), digest))
        return np_error_set(err, NP_ERR_IO, "%s: the journal cannot be written", m->options->journal);
    fprintf(m->options->log, "needlepath-sim: plan %.8s is made here no more\n", text);
    return NP_OK;
}

static np_status keep(machine *m, np_error *err)
{
    char id[2 * NP_WIRE_IDENTITY_BYTES + 1];
    if (strcmp(m->options->journal, "memory") == 0)
        return np_error_set(err, NP_ERR_USAGE, "--journal memory is another executor each time: name a file");
    np_status status = open_journal(m, err);
    if (status == NP_OK)
        status = start_executor(m, err);
    if (status == NP_OK && m->options->revoke)
        return revoke_plan(m, err);
    np_hex_write(m->last.identity, sizeof m->last.identity, id);
    if (status == NP_OK && (fprintf(m->options->out, "%s\n", id) < 0 || fflush(m->options->out) != 0))
        return np_error_set(err, NP_ERR_IO, "the identity could not be printed");
    return status;
}

np_status sim_machine_keep(const sim_machine_options *options, np_error *err)
{
    machine *m = calloc(1, sizeof *m);
    if (!m)
        return np_error_no_memory(err, "the simulator");
    m->options = options;
    m->journal.file = -1;
    np_status status = keep(m, err);
    sim_journal_file_close(&m->journal);
    free(m->memory);
    free(m);
    return status;
}

np_status sim_machine_run(const sim_machine_options *options, sim_machine_summary *out_summary, np_error *err)
{
    machine *m = calloc(1, sizeof *m);
    *out_summary = (sim_machine_summary){0};
    if (!m)
        return np_error_no_memory(err, "the simulator");
    m->options = options;
    m->journal.file = -1;
    np_status status = start(m, err);
    if (status == NP_OK) {
        while (!*options->stop && m->failed.status == NP_OK && !(turn(m) && options->once))
            ;
        say_farewell(m);
    }
    if (m->failed.status != NP_OK)
        status = np_error_set(err, m->failed.status, "%s; so the arm was stopped", m->failed.text);
    sum_up(m, out_summary);
    np_link_close(&m->link);
    np_link_close(&m->stop_link);
    sim_record_close(&m->record);
    np_status traced = sim_trace_close(&m->trace, status == NP_OK ? err : NULL);
    status = status == NP_OK ? traced : status;
    sim_journal_file_close(&m->journal);
    sim_body_destroy(m->watched);
    sim_body_destroy(m->asked_body);
    sim_witness_destroy(m->witness);
    sim_body_destroy(m->body);
    if (m->memory)
        sodium_munlock(m->memory, m->memory_size);
    free(m->memory);
    sodium_munlock(m, sizeof *m);
    free(m);
    return status;
}
