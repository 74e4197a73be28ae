/* LOAD and CHUNKS: what an executor wants to see before it accepts a session, and the journal's word on it.
 */
#include "protocol/private/executor.h"

#include <stdarg.h>
#include <string.h>

#include "protocol/private/print.h"

#define READ_RECORDS 16

/* ---- the journal ---- */

np_wire_status wire_executor_scan_journal(np_wire_executor *x, np_wire_journal_scan *scan)
{
    const np_wire_storage *s = &x->config.storage;
    uint8_t bytes[READ_RECORDS * NP_WIRE_RECORD_BYTES];
    size_t held = 0, got;
    uint64_t offset = 0;
    do {
        if (!s->read(s->context, offset, bytes + held, sizeof bytes - held, &got))
            return NP_WIRE_STORAGE;
        offset += got;
        held += got;
        size_t whole = held / NP_WIRE_RECORD_BYTES;
        for (size_t i = 0; i < whole; i++)
            np_wire_journal_scan_push(scan, bytes + i * NP_WIRE_RECORD_BYTES);
        held -= whole * NP_WIRE_RECORD_BYTES;
        memmove(bytes, bytes + whole * NP_WIRE_RECORD_BYTES, held);
    } while (got);
    return np_wire_journal_scan_finish(scan, held);
}

/* The journal says whose it is.  One that is begun, or comes from before journals did, gets an identity of its own.  False: FAULT. */
static bool begin_identity(np_wire_executor *x)
{
    np_wire_record record = {.kind = NP_WIRE_RECORD_IDENTITY, .epoch = x->last_epoch};
    x->config.random(x->config.context, record.token, sizeof record.token);
    memcpy(x->identity, record.token, sizeof x->identity);
    return wire_executor_append(x, &record);
}

/* What a person at a journal that cannot be relied on is told; NULL: nothing beside the reason.  TEXT: room for it. */
static const char *damage_text(const np_wire_journal_scan *scan, char text[NP_WIRE_TEXT_BYTES])
{
    if (scan->unknown)
        return "the executor's journal has a record that this version does not know: a newer one wrote it";
    if (!scan->too_long)
        return NULL;
    wire_print(text, NP_WIRE_TEXT_BYTES,
               "the executor's journal ends with %llu bytes of no record, more than a crash leaves: look at the skin; "
               "whole are the first %llu",
               (unsigned long long)scan->torn_bytes, (unsigned long long)scan->valid_bytes);
    return text;
}

/* Cuts off what a crash tore, and says so.  A crash may also have left records that were never synced: what is relied on from here on
 * must be durable. */
static bool cut_torn(np_wire_executor *x, const np_wire_journal_scan *scan)
{
    const np_wire_storage *s = &x->config.storage;
    char text[NP_WIRE_TEXT_BYTES];
    if (scan->torn_bytes) {
        wire_print(text, sizeof text, "%llu bytes that a crash tore are cut off the journal, behind %lu whole records",
                   (unsigned long long)scan->torn_bytes, (unsigned long)scan->records);
        wire_executor_say(x, text);
    }
    return s->truncate(s->context, scan->valid_bytes) && s->sync(s->context);
}

/* Leaves BOOT: to LOCKED, or to FAULT when the record of what was done cannot be relied on. */
void wire_executor_open_journal(np_wire_executor *x)
{
    np_wire_journal_scan scan;
    char text[NP_WIRE_TEXT_BYTES];
    x->journal_ok = x->unsynced = false;
    np_wire_journal_scan_init(&scan, NULL, 0, 0, NULL);
    np_wire_status status = wire_executor_scan_journal(x, &scan);
    if (status == NP_WIRE_OK && !cut_torn(x, &scan))
        status = NP_WIRE_STORAGE;
    if (status != NP_WIRE_OK) {
        wire_executor_enter_fault(x, status == NP_WIRE_CORRUPT ? NP_WIRE_REASON_JOURNAL : NP_WIRE_REASON_STORAGE,
                                  damage_text(&scan, text));
        return;
    }
    x->serial = scan.records;
    x->journal_bytes = scan.valid_bytes;
    x->last_epoch = scan.last_epoch > x->last_epoch ? scan.last_epoch : x->last_epoch;
    x->journal_ok = true;
    memcpy(x->identity, scan.identity, sizeof x->identity);
    if (!scan.identity_known && !begin_identity(x))
        return;
    wire_executor_set_state(x, NP_WIRE_STATE_LOCKED, NP_WIRE_REASON_NONE, NULL);
}

/* ---- LOAD ---- */

void wire_executor_refuse_load(np_wire_executor *x, np_wire_reason reason, const char *format, ...)
{
    va_list args;
    x->load_reason = reason;
    va_start(args, format);
    wire_print_list(x->load_text, sizeof x->load_text, format, args);
    va_end(args);
    wire_executor_say(x, x->load_text);
}

static bool binding_is_accepted(np_wire_executor *x, const np_wire_load *load)
{
    uint8_t digest[NP_WIRE_HASH_BYTES];
    np_wire_plan_digest(load->header_hash, load->sessions, load->n_sessions, digest);
    if (memcmp(digest, load->digest, sizeof digest) != 0 || memcmp(digest, x->hello.digest, sizeof digest) != 0)
        wire_executor_refuse_load(x, NP_WIRE_REASON_DIGEST, "%s", np_wire_reason_text(NP_WIRE_REASON_DIGEST));
    else
        return wire_executor_takes_approval(x, load);
    return false;
}

static bool wants_supplies(const np_wire_load *load)
{
    return load->reload_every || load->needle_life || load->n_cartridges;
}

static bool session_is_accepted(np_wire_executor *x, const np_wire_load *load)
{
    char text[NP_WIRE_TEXT_BYTES];
    bool can_tell = x->config.motion.reach || wire_executor_has_workspace(&x->config);
    const np_wire_limits *own = &x->config.limits, *l = &load->limits;
    uint32_t n = load->session <= load->n_sessions ? load->sessions[load->session - 1].n_dots : 0;
    if (load->session != x->hello.session || n == 0)
        wire_executor_refuse_load(x, NP_WIRE_REASON_DIGEST,
                                  "session %lu was named, and the plan has %lu sessions and %lu dots there",
                                  (unsigned long)load->session, (unsigned long)load->n_sessions, (unsigned long)n);
    else if (n > x->config.max_dots)
        wire_executor_refuse_load(x, NP_WIRE_REASON_TOO_BIG, "the session has %lu dots; this executor holds %lu",
                                  (unsigned long)n, (unsigned long)x->config.max_dots);
    else if (l->depth_min_um < own->depth_min_um || l->depth_max_um > own->depth_max_um ||
             l->tilt_max_urad > own->tilt_max_urad)
        wire_executor_refuse_load(
            x, NP_WIRE_REASON_LIMITS,
            "the plan allows %ld..%ld um and %ld urad of tilt; this executor %ld..%ld um and %ld urad",
            (long)l->depth_min_um, (long)l->depth_max_um, (long)l->tilt_max_urad, (long)own->depth_min_um,
            (long)own->depth_max_um, (long)own->tilt_max_urad);
    else if (!np_wire_pose_is_valid(&load->registration))
        wire_executor_refuse_load(x, NP_WIRE_REASON_LIMITS, "the registration's rotation is no unit quaternion");
    else if (!wire_executor_head_is_upright(x, &load->registration, text))
        wire_executor_refuse_load(x, NP_WIRE_REASON_LIMITS, "%s", text);
    else if ((load->air == NP_WIRE_AIR_REACH || load->only_reachable) && !can_tell)
        wire_executor_refuse_load(x, NP_WIRE_REASON_REACH, "%s", np_wire_reason_text(NP_WIRE_REASON_REACH));
    else if (load->only_reachable && x->config.buffer_dots < 2 * NP_WIRE_CHUNK_DOTS)
        wire_executor_refuse_load(x, NP_WIRE_REASON_REACH,
                                  "this executor has no room for two chunks of dots, and so can leave none out");
    else if (x->config.supplies == NP_WIRE_SUPPLIES_NONE && !load->air && wants_supplies(load))
        wire_executor_refuse_load(x, NP_WIRE_REASON_UNABLE, "%s", np_wire_reason_text(NP_WIRE_REASON_UNABLE));
    else
        return true;
    return false;
}

void wire_executor_take_load(np_wire_executor *x, const np_wire_load *load)
{
    x->answers |= WIRE_ANSWER_LOADED;
    /* The same LOAD again is a repetition: the answer tells how far we are. */
    if (x->load_accepted && memcmp(&x->load, load, sizeof *load) == 0)
        return;
    if (wire_executor_is_latched(x)) {
        wire_executor_refuse_load(x, NP_WIRE_REASON_LATCHED, "%s", x->text);
        return;
    }
    if (x->busy || x->reloading || x->travelling || wire_executor_is_armed(x) || x->state == NP_WIRE_STATE_HOLDING) {
        wire_executor_refuse_load(x, NP_WIRE_REASON_STATE, "%s",
                                  x->busy         ? "the last dot is still in progress"
                                  : x->reloading  ? "the arm is still at its pigment station"
                                  : x->travelling ? "the arm is still on its way"
                                                  : "another session is under way");
        return;
    }
    wire_executor_unload(x);
    x->state = NP_WIRE_STATE_AUTHENTICATED;
    x->load_text[0] = '\0';
    if (!binding_is_accepted(x, load) || !session_is_accepted(x, load))
        return;
    x->load = *load;
    x->load_accepted = true;
    x->load_reason = NP_WIRE_REASON_NONE;
    x->n_dots = load->sessions[load->session - 1].n_dots;
}

/* Whether all is there that the sender notes: an older copy of the journal, or another executor's, does not know what was made
 * since.  And whether the plan may be made here at all. */
static bool record_is_accepted(np_wire_executor *x, const np_wire_journal_scan *scan)
{
    np_wire_reason reason = scan->revoked                       ? NP_WIRE_REASON_REVOKED
                            : scan->noted && !scan->noted_found ? NP_WIRE_REASON_RECORD
                                                                : NP_WIRE_REASON_NONE;
    if (reason == NP_WIRE_REASON_NONE)
        return true;
    wire_executor_unload(x);
    wire_executor_refuse_load(x, reason, "%s", np_wire_reason_text(reason));
    return false;
}

/* Reads what the journal says of the session; of a rehearsal nothing is in it.  False: refused, or FAULT. */
static bool read_record(np_wire_executor *x, np_wire_journal_scan *out_scan)
{
    static const uint8_t nothing[NP_WIRE_NONCE_BYTES];
    np_wire_journal_scan_init(out_scan, x->load.digest, x->load.session, x->n_dots, x->map);
    out_scan->noted = memcmp(x->load.noted, nothing, sizeof nothing) != 0 ? x->load.noted : NULL;
    np_wire_status status = wire_executor_sync(x) ? wire_executor_scan_journal(x, out_scan) : NP_WIRE_STORAGE;
    if (status != NP_WIRE_OK || out_scan->records != x->serial) {
        wire_executor_enter_fault(x, status == NP_WIRE_CORRUPT ? NP_WIRE_REASON_JOURNAL : NP_WIRE_REASON_STORAGE, NULL);
        wire_executor_unload(x);
        wire_executor_refuse_load(x, NP_WIRE_REASON_LATCHED, "%s", x->text);
        return false;
    }
    if (!record_is_accepted(x, out_scan))
        return false;
    if (x->load.air)
        np_wire_journal_scan_init(out_scan, x->load.digest, x->load.session, x->n_dots, x->map);
    return true;
}

/* All chunk hashes are here: the root decides, then the journal tells what was done. */
static void complete_load(np_wire_executor *x)
{
    uint8_t root[NP_WIRE_HASH_BYTES];
    np_wire_journal_scan scan;
    np_wire_session_root(x->load.session, x->n_dots, x->chunk_hashes, root);
    if (memcmp(root, x->load.sessions[x->load.session - 1].root, sizeof root) != 0) {
        wire_executor_unload(x);
        wire_executor_refuse_load(x, NP_WIRE_REASON_DIGEST, "the dots' hashes are not those of the approved plan");
        return;
    }
    if (!read_record(x, &scan))
        return;
    x->done = scan.done;
    x->in_doubt = scan.in_doubt;
    x->other = scan.other;
    x->supplies = scan.supplies;
    x->needle_known = scan.needle_known;
    x->needle_used = scan.needle_used;
    x->needle_order = scan.needle_order;
    x->reload_order = scan.reload_order;
    x->needle_lost = scan.needle_lost;
    x->pigment_lost = scan.pigment_lost && (x->load.reload_every || scan.pigment_known);
    x->journal_pose_known = scan.pose_known;
    x->journal_pose = scan.pose;
    char text[NP_WIRE_TEXT_BYTES];
    if (!wire_executor_registration_is_accepted(x, text)) {
        wire_executor_unload(x);
        wire_executor_refuse_load(x, NP_WIRE_REASON_MOVED, "%s", text);
        return;
    }
    x->load_complete = true;
    x->outside_said = false;
    wire_executor_tell_workspace(x, x->load_text);
    wire_executor_recall_reach(x);
    wire_executor_set_state(x, NP_WIRE_STATE_LOADED, NP_WIRE_REASON_NONE, NULL);
    wire_executor_skip_final(x);
    wire_executor_drop_buffer(x);
    if (!x->load.terms.n_executors)
        wire_executor_say(x, "the plan is approved for ANY executor");
}

void wire_executor_take_chunks(np_wire_executor *x, const np_wire_chunks *chunks)
{
    if (!x->load_accepted)
        return;
    uint32_t count = np_wire_chunk_count(x->n_dots);
    x->answers |= WIRE_ANSWER_LOADED;
    for (uint32_t i = 0; i < chunks->n && !x->load_complete; i++) {
        /* Only the next hash in turn is taken; repetitions and gaps are answered with how far we are. */
        if (chunks->first + i != x->chunks_held || x->chunks_held >= count)
            continue;
        memcpy(x->chunk_hashes + (size_t)x->chunks_held * NP_WIRE_HASH_BYTES, chunks->hashes[i], NP_WIRE_HASH_BYTES);
        x->chunks_held++;
    }
    if (!x->load_complete && x->chunks_held == count)
        complete_load(x);
}
