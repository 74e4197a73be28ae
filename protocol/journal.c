/* Records of the executor's journal and what they add up to; see journal.h.  Reading is one pass of constant memory, so
 * that firmware can do it over flash. */
#include "protocol/journal.h"

#include <string.h>

#include "protocol/private/bytes.h"
#include "protocol/frame.h"

static const uint8_t magic[4] = {'N', 'P', 'J', '1'};

#define LOT_AT 24
#define POSE_AT 24
#define POSE_END (POSE_AT + 28)
#define TOKEN_AT 24
_Static_assert(NP_WIRE_NONCE_BYTES == NP_WIRE_IDENTITY_BYTES, "both stand in the same place");

static bool is_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

static bool has_token(uint8_t kind)
{
    return kind == NP_WIRE_RECORD_EPOCH || kind == NP_WIRE_RECORD_IDENTITY;
}

/* The text of a LOT: not empty, padded with zeros. */
static bool decode_lot(const uint8_t *bytes, char out_lot[NP_WIRE_LOT_BYTES])
{
    memcpy(out_lot, bytes, NP_WIRE_LOT_BYTES - 1);
    out_lot[NP_WIRE_LOT_BYTES - 1] = 0;
    for (size_t i = strlen(out_lot); i < NP_WIRE_LOT_BYTES; i++)
        if (out_lot[i])
            return false;
    return out_lot[0] && np_wire_lot_is_valid(out_lot);
}

static void encode_pose(const np_wire_pose *pose, uint8_t *bytes)
{
    for (int i = 0; i < 4; i++)
        wire_put_u32(bytes + POSE_AT + 4 * i, (uint32_t)pose->rotation_ppm[i]);
    for (int i = 0; i < 3; i++)
        wire_put_u32(bytes + POSE_AT + 16 + 4 * i, (uint32_t)pose->translation_um[i]);
}

static np_wire_pose decode_pose(const uint8_t *bytes)
{
    np_wire_pose pose;
    for (int i = 0; i < 4; i++)
        pose.rotation_ppm[i] = (int32_t)wire_get_u32(bytes + POSE_AT + 4 * i);
    for (int i = 0; i < 3; i++)
        pose.translation_um[i] = (int32_t)wire_get_u32(bytes + POSE_AT + 16 + 4 * i);
    return pose;
}

void np_wire_record_encode(const np_wire_record *record, uint8_t out_bytes[NP_WIRE_RECORD_BYTES])
{
    memset(out_bytes, 0, NP_WIRE_RECORD_BYTES);
    memcpy(out_bytes, magic, sizeof magic);
    out_bytes[4] = record->kind;
    out_bytes[5] = record->outcome;
    wire_put_u16(out_bytes + 6, record->session);
    wire_put_u32(out_bytes + 8, record->dot_id);
    wire_put_u32(out_bytes + 12, record->order);
    wire_put_u32(out_bytes + 16, record->epoch);
    wire_put_u32(out_bytes + 20, record->serial);
    wire_put_u64(out_bytes + 24, record->time_us);
    wire_put_u32(out_bytes + 32, (uint32_t)record->depth_um);
    wire_put_u32(out_bytes + 36, (uint32_t)record->force_mn);
    memcpy(out_bytes + 40, record->digest, NP_WIRE_RECORD_DIGEST_BYTES);
    if (record->kind == NP_WIRE_RECORD_LOT || record->kind == NP_WIRE_RECORD_POSE)
        memset(out_bytes + LOT_AT, 0, NP_WIRE_LOT_BYTES - 1);
    if (record->kind == NP_WIRE_RECORD_LOT)
        memcpy(out_bytes + LOT_AT, record->lot, NP_WIRE_LOT_BYTES - 1);
    if (record->kind == NP_WIRE_RECORD_POSE)
        encode_pose(&record->pose, out_bytes);
    if (has_token(record->kind))
        memcpy(out_bytes + TOKEN_AT, record->token, sizeof record->token);
    wire_put_u32(out_bytes + 60, np_wire_crc32c(out_bytes, 60));
}

np_wire_status np_wire_record_decode(const uint8_t bytes[NP_WIRE_RECORD_BYTES], np_wire_record *out_record)
{
    if (wire_get_u32(bytes + 60) != np_wire_crc32c(bytes, 60))
        return NP_WIRE_CHECKSUM;
    if (memcmp(bytes, magic, sizeof magic) != 0)
        return NP_WIRE_FORMAT;
    *out_record = (np_wire_record){.kind = bytes[4],
                                   .outcome = bytes[5],
                                   .session = wire_get_u16(bytes + 6),
                                   .dot_id = wire_get_u32(bytes + 8),
                                   .order = wire_get_u32(bytes + 12),
                                   .epoch = wire_get_u32(bytes + 16),
                                   .serial = wire_get_u32(bytes + 20),
                                   .time_us = wire_get_u64(bytes + 24),
                                   .depth_um = (int32_t)wire_get_u32(bytes + 32),
                                   .force_mn = (int32_t)wire_get_u32(bytes + 36)};
    memcpy(out_record->digest, bytes + 40, NP_WIRE_RECORD_DIGEST_BYTES);
    for (size_t i = 40 + NP_WIRE_RECORD_DIGEST_BYTES; i < 60; i++)
        if (bytes[i] != 0) /* written as zero: whatever stands there, it is no record of this version */
            return NP_WIRE_FORMAT;
    if (out_record->kind < NP_WIRE_RECORD_EPOCH || out_record->kind > NP_WIRE_RECORD_REVOKED ||
        out_record->outcome >= NP_WIRE_OUTCOME_LEFT)
        return NP_WIRE_FORMAT;
    if (out_record->kind != NP_WIRE_RECORD_LOT && out_record->kind != NP_WIRE_RECORD_POSE &&
        !has_token(out_record->kind))
        return NP_WIRE_OK;
    out_record->time_us = 0;
    out_record->depth_um = out_record->force_mn = 0;
    if (has_token(out_record->kind)) {
        memcpy(out_record->token, bytes + TOKEN_AT, sizeof out_record->token);
        return NP_WIRE_OK;
    }
    memset(out_record->digest, 0, sizeof out_record->digest);
    if (out_record->kind == NP_WIRE_RECORD_POSE) {
        out_record->pose = decode_pose(bytes);
        bool zeros = is_zero(bytes + POSE_END, NP_WIRE_RECORD_BYTES - 4 - POSE_END);
        return zeros && np_wire_pose_is_valid(&out_record->pose) ? NP_WIRE_OK : NP_WIRE_FORMAT;
    }
    return decode_lot(bytes + LOT_AT, out_record->lot) ? NP_WIRE_OK : NP_WIRE_FORMAT;
}

bool np_wire_outcome_can_be_taken_back(uint32_t outcome)
{
    return outcome == NP_WIRE_OUTCOME_IN_DOUBT || outcome == NP_WIRE_OUTCOME_SKIPPED ||
           outcome == NP_WIRE_OUTCOME_NO_CONTACT;
}

uint32_t np_wire_map_get(const uint8_t *map, uint32_t order)
{
    return (order & 1) ? map[order / 2] >> 4 : map[order / 2] & 15;
}

void np_wire_map_set(uint8_t *map, uint32_t order, uint32_t outcome)
{
    uint8_t old = map[order / 2];
    map[order / 2] = (uint8_t)((order & 1) ? (old & 0x0f) | outcome << 4 : (old & 0xf0) | outcome);
}

void np_wire_journal_scan_init(np_wire_journal_scan *scan, const uint8_t *digest, uint32_t session, uint32_t n_dots,
                               uint8_t *map)
{
    *scan = (np_wire_journal_scan){.digest = digest, .session = session, .n_dots = n_dots, .map = map};
    if (map)
        memset(map, 0, NP_WIRE_MAP_BYTES(n_dots));
}

/* A needle or pigment of the session is new from this record on. */
static void apply_supply(np_wire_journal_scan *scan, const np_wire_record *record)
{
    bool needle = record->kind == NP_WIRE_RECORD_NEEDLE;
    uint32_t place = scan->supplies - scan->first_wanted;
    if (scan->wanted && scan->supplies >= scan->first_wanted && place < scan->n_wanted) {
        scan->wanted[place] = (np_wire_supply){.kind = needle ? NP_WIRE_SUPPLY_NEEDLE : NP_WIRE_SUPPLY_PIGMENT,
                                               .order = record->order,
                                               .time_us = record->time_us};
        memcpy(scan->wanted[place].lot, scan->lot, sizeof scan->lot);
    }
    scan->supplies++;
    if (needle) {
        scan->needle_known = true;
        scan->needle_lost = false;
        scan->needle_used = 0;
        scan->needle_order = record->order;
    } else {
        scan->pigment_known = scan->is_begun = true;
        scan->pigment_lost = false;
        scan->reload_order = record->order;
    }
}

/* What was put into the arm for another session, or made a dot of it, is none of this one's any more. */
static void apply_another(np_wire_journal_scan *scan, uint32_t kind)
{
    bool dot = kind == NP_WIRE_RECORD_INTENT;
    if (dot || kind == NP_WIRE_RECORD_NEEDLE) {
        scan->needle_lost |= scan->needle_known;
        scan->needle_known = false;
    }
    scan->pigment_lost |= scan->is_begun && (dot || kind == NP_WIRE_RECORD_RELOAD);
}

/* The session's dots are made with the head where the record before says. */
static bool apply_registration(np_wire_journal_scan *scan, bool of_session)
{
    if (scan->kind_before != NP_WIRE_RECORD_POSE)
        return false;
    scan->pose_known |= of_session;
    if (of_session)
        scan->pose = scan->pose_before;
    return true;
}

/* A journal is one executor's. */
static bool apply_identity(np_wire_journal_scan *scan, const np_wire_record *record)
{
    if (scan->identity_known)
        return false;
    scan->identity_known = true;
    memcpy(scan->identity, record->token, sizeof scan->identity);
    return true;
}

/* What a record does to the map of its session.  A record that the rules of this file could not have written
 * (a RESULT for a dot without INTENT, an INTENT for a dot that is final) is damage. */
static bool apply(np_wire_journal_scan *scan, const np_wire_record *record)
{
    bool supply = record->kind == NP_WIRE_RECORD_NEEDLE || record->kind == NP_WIRE_RECORD_RELOAD;
    bool of_none = record->kind == NP_WIRE_RECORD_EPOCH || record->kind == NP_WIRE_RECORD_LOT ||
                   record->kind == NP_WIRE_RECORD_POSE;
    bool of_plan = scan->digest && !of_none && memcmp(record->digest, scan->digest, NP_WIRE_RECORD_DIGEST_BYTES) == 0;
    bool of_session = of_plan && record->session == scan->session && record->kind != NP_WIRE_RECORD_REVOKED;
    if (record->kind == NP_WIRE_RECORD_IDENTITY)
        return apply_identity(scan, record);
    if (record->kind == NP_WIRE_RECORD_EPOCH)
        scan->noted_found |= scan->noted && memcmp(record->token, scan->noted, sizeof record->token) == 0;
    if (record->kind == NP_WIRE_RECORD_REGISTRATION)
        return apply_registration(scan, of_session);
    scan->revoked |= of_plan && record->kind == NP_WIRE_RECORD_REVOKED;
    if (!of_session) {
        apply_another(scan, record->kind);
        return true;
    }
    if (supply && record->order <= scan->n_dots) {
        apply_supply(scan, record);
        return true;
    }
    if (record->order >= scan->n_dots)
        return false;
    scan->is_begun |= record->kind == NP_WIRE_RECORD_INTENT;
    scan->needle_used += record->kind == NP_WIRE_RECORD_INTENT;
    scan->needle_used -= record->kind == NP_WIRE_RECORD_WITHDRAWN && scan->needle_used > 0;
    if (!scan->map)
        return true;
    uint32_t before = np_wire_map_get(scan->map, record->order);
    bool in_doubt = before == NP_WIRE_OUTCOME_IN_DOUBT;
    switch (record->kind) {
    case NP_WIRE_RECORD_INTENT:
        np_wire_map_set(scan->map, record->order, NP_WIRE_OUTCOME_IN_DOUBT);
        return before == NP_WIRE_OUTCOME_NONE;
    case NP_WIRE_RECORD_WITHDRAWN:
        np_wire_map_set(scan->map, record->order, NP_WIRE_OUTCOME_NONE);
        return in_doubt;
    case NP_WIRE_RECORD_REVIEW:
        np_wire_map_set(scan->map, record->order, record->outcome);
        return in_doubt || (record->outcome == NP_WIRE_OUTCOME_NONE && np_wire_outcome_can_be_taken_back(before)) ||
               (record->outcome == NP_WIRE_OUTCOME_DONE && before == NP_WIRE_OUTCOME_NONE);
    default: /* RESULT */
        np_wire_map_set(scan->map, record->order, record->outcome);
        return in_doubt;
    }
}

void np_wire_journal_scan_push(np_wire_journal_scan *scan, const uint8_t bytes[NP_WIRE_RECORD_BYTES])
{
    np_wire_record record;
    bool zero = is_zero(bytes, NP_WIRE_RECORD_BYTES);
    if (scan->bad) {
        /* Only zeros may follow the first bad record: a file system may lengthen a file before it fills it. */
        scan->torn_bytes += NP_WIRE_RECORD_BYTES;
        scan->damaged |= !zero;
        return;
    }
    np_wire_status status = np_wire_record_decode(bytes, &record);
    if (status != NP_WIRE_OK) {
        scan->bad = true;
        scan->torn_bytes = NP_WIRE_RECORD_BYTES;
        scan->unknown = scan->damaged = status == NP_WIRE_FORMAT; /* whole, and so no torn one */
        return;
    }
    if (record.serial != scan->records || !apply(scan, &record)) {
        scan->bad = scan->damaged = true;
        return;
    }
    memcpy(scan->lot, record.lot, sizeof scan->lot); /* of a LOT; else there is none any more */
    scan->kind_before = record.kind;
    scan->pose_before = record.pose;
    scan->records++;
    scan->valid_bytes += NP_WIRE_RECORD_BYTES;
    scan->last_epoch = record.epoch;
}

np_wire_status np_wire_journal_scan_finish(np_wire_journal_scan *scan, size_t tail_bytes)
{
    /* Part of a record is always a torn one.  What is not synced lies in one block: a crash leaves nothing beyond that. */
    scan->torn_bytes += tail_bytes;
    scan->too_long = !scan->damaged &&
                     scan->valid_bytes % NP_WIRE_JOURNAL_BLOCK_BYTES + scan->torn_bytes > NP_WIRE_JOURNAL_BLOCK_BYTES;
    scan->damaged |= scan->too_long;
    for (uint32_t i = 0; scan->map && i < scan->n_dots; i++) {
        uint32_t outcome = np_wire_map_get(scan->map, i);
        scan->done += outcome == NP_WIRE_OUTCOME_DONE;
        scan->in_doubt += outcome == NP_WIRE_OUTCOME_IN_DOUBT;
        scan->other += outcome > NP_WIRE_OUTCOME_DONE;
    }
    return scan->damaged ? NP_WIRE_CORRUPT : NP_WIRE_OK;
}

np_wire_status np_wire_journal_recover(const uint8_t *bytes, size_t size, const uint8_t *digest, uint32_t session,
                                       uint32_t n_dots, uint8_t *map, np_wire_journal_scan *out_scan)
{
    np_wire_journal_scan_init(out_scan, digest, session, n_dots, map);
    size_t whole = size / NP_WIRE_RECORD_BYTES;
    for (size_t i = 0; i < whole; i++)
        np_wire_journal_scan_push(out_scan, bytes + i * NP_WIRE_RECORD_BYTES);
    return np_wire_journal_scan_finish(out_scan, size % NP_WIRE_RECORD_BYTES);
}
