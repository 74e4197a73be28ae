/* The executor's journal: cut at every byte, damaged, and against the rules. */
#include "../test.h"

#include "protocol/private/bytes.h"
#include "protocol/frame.h"
#include "protocol/journal.h"

#define DOTS 60

static const uint8_t digest[32] = {1, 2, 3, 4}, other_digest[32] = {9};

typedef struct ledger {
    uint8_t bytes[64 * 300];
    size_t size;
    uint32_t serial;
} ledger;

static void add(ledger *l, uint8_t kind, uint32_t order, uint8_t outcome, const uint8_t *of)
{
    np_wire_record r = {.kind = kind,
                        .outcome = outcome,
                        .session = 1,
                        .dot_id = 100 + order,
                        .order = order,
                        .epoch = 7,
                        .serial = l->serial++,
                        .time_us = 123456789,
                        .depth_um = -5,
                        .force_mn = 6};
    memcpy(r.digest, of, sizeof r.digest);
    np_wire_record_encode(&r, l->bytes + l->size);
    l->size += NP_WIRE_RECORD_BYTES;
}

/* EPOCH, then dots 0.. done one after the other, another plan's records between them. */
static void fill(ledger *l, uint32_t dots)
{
    memset(l, 0, sizeof *l);
    add(l, NP_WIRE_RECORD_EPOCH, 0, 0, digest);
    for (uint32_t i = 0; i < dots; i++) {
        add(l, NP_WIRE_RECORD_INTENT, i, 0, digest);
        add(l, NP_WIRE_RECORD_RESULT, i, NP_WIRE_OUTCOME_DONE, digest);
        add(l, NP_WIRE_RECORD_INTENT, i, 0, other_digest);
    }
}

static np_wire_status recover(const ledger *l, size_t size, uint8_t *map, np_wire_journal_scan *scan)
{
    return np_wire_journal_recover(l->bytes, size, digest, 1, DOTS, map, scan);
}

static void records_come_back(void **state)
{
    (void)state;
    np_wire_record r = {.kind = NP_WIRE_RECORD_RESULT,
                        .outcome = NP_WIRE_OUTCOME_TOO_DEEP,
                        .session = 65535,
                        .dot_id = UINT32_MAX,
                        .order = 5,
                        .epoch = 6,
                        .serial = 7,
                        .time_us = UINT64_MAX,
                        .depth_um = INT32_MIN,
                        .force_mn = INT32_MAX,
                        .digest = {1, 2, 3}},
                   back;
    uint8_t bytes[64];
    np_wire_record_encode(&r, bytes);
    assert_int_equal(np_wire_record_decode(bytes, &back), NP_WIRE_OK);
    assert_int_equal(back.dot_id, r.dot_id);
    assert_true(back.time_us == r.time_us);
    assert_true(back.depth_um == r.depth_um);
    assert_true(back.force_mn == r.force_mn);
    assert_memory_equal(back.digest, r.digest, 16);
    for (int bit = 0; bit < 512; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(np_wire_record_decode(bytes, &back), NP_WIRE_OK);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    /* what is written as zero must be zero, whatever the checksum says */
    bytes[57] = 1;
    wire_put_u32(bytes + 60, np_wire_crc32c(bytes, 60));
    assert_int_equal(np_wire_record_decode(bytes, &back), NP_WIRE_FORMAT);
    r.kind = NP_WIRE_RECORD_REVOKED + 1;
    np_wire_record_encode(&r, bytes);
    assert_int_equal(np_wire_record_decode(bytes, &back), NP_WIRE_FORMAT);
}

static void identities_and_tokens_stand_in_records(void **state)
{
    (void)state;
    static const uint8_t kinds[] = {NP_WIRE_RECORD_IDENTITY, NP_WIRE_RECORD_EPOCH};
    for (int i = 0; i < 2; i++) {
        np_wire_record r = {.kind = kinds[i],
                            .epoch = 3,
                            .serial = 1,
                            .time_us = 77,
                            .depth_um = 5,
                            .token = {1, [15] = 16}},
                       back;
        uint8_t bytes[64];
        np_wire_record_encode(&r, bytes);
        assert_int_equal(bytes[24], 1);
        assert_int_equal(bytes[39], 16);
        assert_int_equal(np_wire_record_decode(bytes, &back), NP_WIRE_OK);
        assert_memory_equal(back.token, r.token, sizeof r.token);
        assert_true(back.time_us == 0);
        assert_int_equal(back.depth_um, 0);
    }
}

/* Who reads it finds whose journal it is, whether an epoch is in it, and which plans were revoked. */
static void a_journal_says_whose_it_is(void **state)
{
    (void)state;
    const uint8_t mine[32] = {1}, other[32] = {2}, known[16] = {3}, unknown[16] = {4};
    np_wire_record records[] = {{.kind = NP_WIRE_RECORD_IDENTITY, .token = {9}},
                                {.kind = NP_WIRE_RECORD_EPOCH, .epoch = 1, .token = {3}},
                                {.kind = NP_WIRE_RECORD_REVOKED, .epoch = 1, .session = 7, .digest = {1}},
                                {.kind = NP_WIRE_RECORD_IDENTITY, .epoch = 1, .token = {9}}};
    uint8_t bytes[4][64], map[NP_WIRE_MAP_BYTES(5)];
    for (uint32_t i = 0; i < 4; i++) {
        records[i].serial = i;
        np_wire_record_encode(&records[i], bytes[i]);
    }
    for (int i = 0; i < 4; i++) {
        np_wire_journal_scan scan;
        np_wire_journal_scan_init(&scan, i & 1 ? mine : other, 1, 5, map);
        scan.noted = i & 2 ? known : unknown;
        for (int k = 0; k < 3; k++)
            np_wire_journal_scan_push(&scan, bytes[k]);
        assert_int_equal(np_wire_journal_scan_finish(&scan, 0), NP_WIRE_OK);
        assert_true(scan.identity_known);
        assert_int_equal(scan.identity[0], 9);
        assert_int_equal(scan.revoked, i & 1);
        assert_int_equal(scan.noted_found, i >> 1);
    }
    np_wire_journal_scan two;
    assert_int_equal(np_wire_journal_recover(bytes[0], sizeof bytes, NULL, 0, 0, NULL, &two), NP_WIRE_CORRUPT);
}

static void maps_hold_four_bits_a_dot(void **state)
{
    (void)state;
    uint8_t map[NP_WIRE_MAP_BYTES(5)] = {0};
    for (uint32_t i = 0; i < 5; i++)
        np_wire_map_set(map, i, i + 1);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(np_wire_map_get(map, i), i + 1);
    np_wire_map_set(map, 2, 0);
    assert_int_equal(np_wire_map_get(map, 2), 0);
    assert_int_equal(np_wire_map_get(map, 3), 4);
    assert_int_equal(sizeof map, 3);
}

/* Cut at every byte: what was whole before the cut counts, the dot under way is in doubt, nothing else is. */
static void a_cut_at_any_byte_loses_only_what_is_behind_it(void **state)
{
    (void)state;
    static ledger l;
    uint8_t map[NP_WIRE_MAP_BYTES(DOTS)];
    np_wire_journal_scan scan;
    fill(&l, 30);
    for (size_t cut = 0; cut <= l.size; cut++) {
        assert_int_equal(recover(&l, cut, map, &scan), NP_WIRE_OK);
        uint32_t whole = (uint32_t)(cut / 64);
        assert_int_equal(scan.records, whole);
        assert_true(scan.valid_bytes == whole * 64);
        assert_int_equal(scan.done, whole < 3 ? 0 : (whole - 3) / 3 + 1);
        assert_int_equal(scan.in_doubt, whole >= 2 && (whole - 2) % 3 == 0);
        assert_int_equal(scan.last_epoch, whole ? 7 : 0);
    }
}

static void a_torn_end_is_dropped_and_damage_before_it_is_told(void **state)
{
    (void)state;
    static ledger l;
    uint8_t map[NP_WIRE_MAP_BYTES(DOTS)];
    np_wire_journal_scan scan;
    fill(&l, 10);
    size_t last = l.size - 64;
    for (size_t i = 0; i < 64; i++) {
        l.bytes[last + i] ^= 0xff;
        assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_OK);
        assert_int_equal(scan.records, 30);
        l.bytes[last + i] ^= 0xff;
    }
    /* Any byte before the last record. */
    for (size_t i = 0; i < last; i += 13) {
        l.bytes[i] ^= 0x40;
        assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_CORRUPT);
        l.bytes[i] ^= 0x40;
    }
}

/* Zeros behind the end, as a file system may leave them of what was not synced: up to the end of their block, and no byte more. */
static void zeros_are_torn_to_the_end_of_their_block_alone(void **state)
{
    (void)state;
    static ledger l;
    uint8_t map[NP_WIRE_MAP_BYTES(DOTS)];
    np_wire_journal_scan scan;
    for (uint32_t dots = 1; dots < 12; dots++) {
        fill(&l, dots);
        size_t room = NP_WIRE_JOURNAL_BLOCK_BYTES - l.size % NP_WIRE_JOURNAL_BLOCK_BYTES;
        memset(l.bytes + l.size, 0, 1200);
        for (size_t zeros = 0; zeros <= 1200; zeros++) {
            bool torn = zeros <= room;
            assert_int_equal(recover(&l, l.size + zeros, map, &scan), torn ? NP_WIRE_OK : NP_WIRE_CORRUPT);
            assert_int_equal(scan.torn_bytes, zeros);
            assert_int_equal(scan.too_long, !torn);
            assert_int_equal(scan.valid_bytes, l.size);
            assert_int_equal(scan.done, dots);
        }
    }
}

static void a_missing_doubled_or_swapped_record_is_damage(void **state)
{
    (void)state;
    static ledger l;
    uint8_t map[NP_WIRE_MAP_BYTES(DOTS)], keep[64];
    np_wire_journal_scan scan;
    fill(&l, 10);
    memmove(l.bytes + 640, l.bytes + 704, l.size - 704);
    assert_int_equal(recover(&l, l.size - 64, map, &scan), NP_WIRE_CORRUPT);
    /* Another plan's record is missing: nothing of this plan contradicts itself, only the numbers tell. */
    fill(&l, 10);
    memmove(l.bytes + 192, l.bytes + 256, l.size - 256);
    assert_int_equal(recover(&l, l.size - 64, map, &scan), NP_WIRE_CORRUPT);
    fill(&l, 10);
    memcpy(l.bytes + 640, l.bytes + 576, 64);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_CORRUPT);
    fill(&l, 10);
    memcpy(keep, l.bytes + 640, 64);
    memcpy(l.bytes + 640, l.bytes + 704, 64);
    memcpy(l.bytes + 704, keep, 64);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_CORRUPT);
}

static void what_the_rules_forbid_is_damage(void **state)
{
    (void)state;
    static ledger l;
    uint8_t map[NP_WIRE_MAP_BYTES(DOTS)];
    np_wire_journal_scan scan;
    /* A second INTENT for a dot that is done; a RESULT without INTENT; a dot outside the session. */
    fill(&l, 3);
    add(&l, NP_WIRE_RECORD_INTENT, 1, 0, digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_CORRUPT);
    fill(&l, 3);
    add(&l, NP_WIRE_RECORD_RESULT, 5, NP_WIRE_OUTCOME_DONE, digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_CORRUPT);
    fill(&l, 3);
    add(&l, NP_WIRE_RECORD_INTENT, DOTS, 0, digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_CORRUPT);
}

static void withdrawn_and_reviewed_dots(void **state)
{
    (void)state;
    static ledger l;
    uint8_t map[NP_WIRE_MAP_BYTES(DOTS)];
    np_wire_journal_scan scan;
    fill(&l, 0);
    add(&l, NP_WIRE_RECORD_INTENT, 0, 0, digest);
    add(&l, NP_WIRE_RECORD_WITHDRAWN, 0, 0, digest);
    add(&l, NP_WIRE_RECORD_INTENT, 1, 0, digest);
    add(&l, NP_WIRE_RECORD_REVIEW, 1, NP_WIRE_OUTCOME_DONE, digest);
    add(&l, NP_WIRE_RECORD_INTENT, 2, 0, digest);
    add(&l, NP_WIRE_RECORD_REVIEW, 2, NP_WIRE_OUTCOME_NONE, digest);
    add(&l, NP_WIRE_RECORD_INTENT, 2, 0, digest);
    add(&l, NP_WIRE_RECORD_RESULT, 2, NP_WIRE_OUTCOME_NO_CONTACT, digest);
    add(&l, NP_WIRE_RECORD_INTENT, 3, 0, digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_OK);
    assert_int_equal(np_wire_map_get(map, 0), NP_WIRE_OUTCOME_NONE);
    assert_int_equal(np_wire_map_get(map, 1), NP_WIRE_OUTCOME_DONE);
    assert_int_equal(np_wire_map_get(map, 2), NP_WIRE_OUTCOME_NO_CONTACT);
    assert_int_equal(np_wire_map_get(map, 3), NP_WIRE_OUTCOME_IN_DOUBT);
    assert_int_equal(scan.done, 1);
    assert_int_equal(scan.in_doubt, 1);
    assert_int_equal(scan.other, 1);
    /* Not punctured: a person may order it again, and nothing else of it. */
    add(&l, NP_WIRE_RECORD_REVIEW, 2, NP_WIRE_OUTCOME_NONE, digest);
    add(&l, NP_WIRE_RECORD_INTENT, 2, 0, digest);
    add(&l, NP_WIRE_RECORD_RESULT, 2, NP_WIRE_OUTCOME_SKIPPED, digest);
    add(&l, NP_WIRE_RECORD_REVIEW, 2, NP_WIRE_OUTCOME_NONE, digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_OK);
    assert_int_equal(np_wire_map_get(map, 2), NP_WIRE_OUTCOME_NONE);
    size_t good = l.size;
    add(&l, NP_WIRE_RECORD_REVIEW, 2, NP_WIRE_OUTCOME_NONE, digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_CORRUPT);
    l.size = good, l.serial--;
    static const uint8_t final[] = {NP_WIRE_OUTCOME_DONE, NP_WIRE_OUTCOME_TOO_DEEP};
    for (int i = 0; i < 2; i++) {
        add(&l, NP_WIRE_RECORD_INTENT, 2, 0, digest);
        add(&l, NP_WIRE_RECORD_RESULT, 2, final[i], digest);
        add(&l, NP_WIRE_RECORD_REVIEW, 2, NP_WIRE_OUTCOME_NONE, digest);
        assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_CORRUPT);
        l.size = good, l.serial -= 3;
    }
    /* Another session of the same plan, and another plan, know nothing of it. */
    assert_int_equal(np_wire_journal_recover(l.bytes, l.size, digest, 2, DOTS, map, &scan), NP_WIRE_OK);
    assert_int_equal(scan.done + scan.in_doubt + scan.other, 0);
    assert_int_equal(np_wire_journal_recover(l.bytes, l.size, other_digest, 1, DOTS, map, &scan), NP_WIRE_OK);
    assert_int_equal(scan.done + scan.in_doubt + scan.other, 0);
    assert_int_equal(scan.records, 14);
}

static void add_lot(ledger *l, const char *lot)
{
    np_wire_record r = {.kind = NP_WIRE_RECORD_LOT, .session = 1, .epoch = 7, .serial = l->serial++};
    strcpy(r.lot, lot);
    np_wire_record_encode(&r, l->bytes + l->size);
    l->size += NP_WIRE_RECORD_BYTES;
}

static void supplies_are_counted_and_keep_their_lots(void **state)
{
    (void)state;
    static ledger l;
    uint8_t map[NP_WIRE_MAP_BYTES(DOTS)];
    np_wire_journal_scan scan;
    np_wire_supply found[3];
    fill(&l, 5); /* another plan's dots between ours count for nothing */
    add_lot(&l, "exactly thirty-two bytes of lot!");
    add(&l, NP_WIRE_RECORD_NEEDLE, 5, 0, digest);
    add(&l, NP_WIRE_RECORD_INTENT, 5, 0, digest);
    add(&l, NP_WIRE_RECORD_WITHDRAWN, 5, 0, digest);
    add(&l, NP_WIRE_RECORD_INTENT, 5, 0, digest);
    add(&l, NP_WIRE_RECORD_RESULT, 5, NP_WIRE_OUTCOME_DONE, digest);
    add_lot(&l, "nobody's: a crash came between");
    add(&l, NP_WIRE_RECORD_EPOCH, 0, 0, digest);
    add(&l, NP_WIRE_RECORD_RELOAD, 6, 0, digest);
    add(&l, NP_WIRE_RECORD_NEEDLE, 6, 0, other_digest);
    add(&l, NP_WIRE_RECORD_RELOAD, DOTS, 0, digest);
    np_wire_journal_scan_init(&scan, digest, 1, DOTS, map);
    scan.wanted = found;
    scan.n_wanted = 2;
    for (size_t at = 0; at < l.size; at += 64)
        np_wire_journal_scan_push(&scan, l.bytes + at);
    memset(&found[2], 0x5a, sizeof found[2]);
    assert_int_equal(np_wire_journal_scan_finish(&scan, 0), NP_WIRE_OK);
    assert_int_equal(scan.supplies, 3);
    assert_int_equal(scan.needle_used, 1);
    assert_int_equal(scan.reload_order, DOTS);
    assert_int_equal(found[0].kind, NP_WIRE_SUPPLY_NEEDLE);
    assert_int_equal(found[0].order, 5);
    assert_true(found[0].time_us == 123456789);
    assert_string_equal(found[0].lot, "exactly thirty-two bytes of lot!");
    assert_int_equal(found[1].kind, NP_WIRE_SUPPLY_PIGMENT);
    assert_string_equal(found[1].lot, "");
    assert_int_equal(found[2].order, 0x5a5a5a5a);
    /* A needle that was put in for another plan or session, or made a dot there, is none for this one any more. */
    assert_false(scan.needle_known);
    assert_true(scan.needle_lost);
    assert_true(scan.pigment_known);
    assert_false(scan.pigment_lost);
    add(&l, NP_WIRE_RECORD_NEEDLE, 6, 0, digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_OK);
    assert_true(scan.needle_known);
    assert_false(scan.needle_lost);
    add(&l, NP_WIRE_RECORD_INTENT, 0, 0, other_digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_OK);
    assert_false(scan.needle_known);
    assert_true(scan.needle_lost);
    assert_true(scan.pigment_lost);
    add(&l, NP_WIRE_RECORD_RELOAD, 6, 0, digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_OK);
    assert_true(scan.needle_lost);
    assert_false(scan.pigment_lost);
    add(&l, NP_WIRE_RECORD_RELOAD, 0, 0, other_digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_OK);
    assert_true(scan.pigment_lost);
    /* Behind the last dot there is nothing to be made with it. */
    add(&l, NP_WIRE_RECORD_NEEDLE, DOTS + 1, 0, digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_CORRUPT);
}

static void what_was_never_put_in_is_not_lost(void **state)
{
    (void)state;
    static ledger l;
    uint8_t map[NP_WIRE_MAP_BYTES(DOTS)];
    np_wire_journal_scan scan;
    l.size = 0;
    add(&l, NP_WIRE_RECORD_EPOCH, 0, 0, digest);
    add(&l, NP_WIRE_RECORD_NEEDLE, 0, 0, other_digest);
    add(&l, NP_WIRE_RECORD_RELOAD, 0, 0, other_digest);
    add(&l, NP_WIRE_RECORD_INTENT, 0, 0, other_digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_OK);
    assert_false(scan.needle_lost || scan.pigment_lost);
    add(&l, NP_WIRE_RECORD_INTENT, 0, 0, digest);
    add(&l, NP_WIRE_RECORD_INTENT, 1, 0, other_digest);
    assert_int_equal(recover(&l, l.size, map, &scan), NP_WIRE_OK);
    assert_false(scan.needle_lost);
    assert_true(scan.pigment_lost);
    assert_false(scan.pigment_known);
}

static void a_lot_is_text_and_zeros(void **state)
{
    (void)state;
    static ledger l;
    np_wire_record back;
    fill(&l, 0);
    size_t at = l.size;
    add_lot(&l, "A");
    assert_int_equal(np_wire_record_decode(l.bytes + at, &back), NP_WIRE_OK);
    assert_string_equal(back.lot, "A");
    assert_true(back.time_us == 0);
    assert_true(back.depth_um == 0);
    assert_true(back.force_mn == 0);
    static const struct {
        size_t byte;
        uint8_t value;
    } wrong[] = {{26, 'B'}, {55, 1}, {24, 0}, {24, '\n'}, {24, 0xff}};
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint8_t bytes[64];
        memcpy(bytes, l.bytes + at, 64);
        bytes[wrong[i].byte] = wrong[i].value;
        wire_put_u32(bytes + 60, np_wire_crc32c(bytes, 60));
        assert_int_equal(np_wire_record_decode(bytes, &back), NP_WIRE_FORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back),
        cmocka_unit_test(identities_and_tokens_stand_in_records),
        cmocka_unit_test(a_journal_says_whose_it_is),
        cmocka_unit_test(maps_hold_four_bits_a_dot),
        cmocka_unit_test(a_cut_at_any_byte_loses_only_what_is_behind_it),
        cmocka_unit_test(a_torn_end_is_dropped_and_damage_before_it_is_told),
        cmocka_unit_test(zeros_are_torn_to_the_end_of_their_block_alone),
        cmocka_unit_test(a_missing_doubled_or_swapped_record_is_damage),
        cmocka_unit_test(what_the_rules_forbid_is_damage),
        cmocka_unit_test(withdrawn_and_reviewed_dots),
        cmocka_unit_test(supplies_are_counted_and_keep_their_lots),
        cmocka_unit_test(what_was_never_put_in_is_not_lost),
        cmocka_unit_test(a_lot_is_text_and_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
