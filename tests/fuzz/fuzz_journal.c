/* The executor's journal: four bytes of setting, the rest is the file.  With the lowest bit of the first byte
 * set the marks, serial numbers and checksums of all whole records are made good first, so that what is
 * behind them is reached. */
#include "fuzz.h"
#include "protocol/frame.h"
#include "protocol/journal.h"

#define DOTS_MAX 300

static void mend(uint8_t *bytes, size_t size, bool digest)
{
    for (size_t at = 0, serial = 0; at + NP_WIRE_RECORD_BYTES <= size; at += NP_WIRE_RECORD_BYTES, serial++) {
        uint8_t *r = bytes + at;
        memcpy(r, "NPJ1", 4);
        for (int i = 0; i < 4; i++)
            r[20 + i] = (uint8_t)(serial >> (24 - 8 * i));
        if (digest)
            memset(r + 40, 0, 20);
        memset(r + 56, 0, 4);
        uint32_t crc = np_wire_crc32c(r, 60);
        for (int i = 0; i < 4; i++)
            r[60 + i] = (uint8_t)(crc >> (24 - 8 * i));
    }
}

static void check_records(const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at + NP_WIRE_RECORD_BYTES <= size; at += NP_WIRE_RECORD_BYTES) {
        np_wire_record record;
        uint8_t again[NP_WIRE_RECORD_BYTES];
        if (np_wire_record_decode(bytes + at, &record) != NP_WIRE_OK)
            continue;
        np_wire_record_encode(&record, again);
        NP_FUZZ_EXPECT(memcmp(again, bytes + at, sizeof again) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t digest[NP_WIRE_HASH_BYTES] = {0};
    fuzz_input in = {data, size};
    uint32_t setting = fuzz_take(&in, 1), session = fuzz_take(&in, 1), n_dots = fuzz_take(&in, 2) % DOTS_MAX;
    uint8_t *bytes = malloc(in.left ? in.left : 1), map[2][NP_WIRE_MAP_BYTES(DOTS_MAX)] = {{0}, {0}};
    NP_FUZZ_EXPECT(bytes);
    memcpy(bytes, in.at, in.left);
    if (setting & 1)
        mend(bytes, in.left, setting & 2);
    check_records(bytes, in.left);
    np_wire_journal_scan scan, again;
    const uint8_t *look_for = setting & 4 ? NULL : digest;
    np_wire_status status = np_wire_journal_recover(bytes, in.left, look_for, session, n_dots, map[0], &scan);
    NP_FUZZ_EXPECT(scan.valid_bytes <= in.left && scan.valid_bytes == (uint64_t)scan.records * 64);
    if (status == NP_WIRE_OK) {
        uint32_t counted = 0;
        for (uint32_t i = 0; look_for && i < n_dots; i++)
            counted += np_wire_map_get(map[0], i) != NP_WIRE_OUTCOME_NONE;
        NP_FUZZ_EXPECT(!look_for || counted == scan.done + scan.in_doubt + scan.other);
        /* Cut to what is valid it is whole, and says the same. */
        NP_FUZZ_EXPECT(np_wire_journal_recover(bytes, (size_t)scan.valid_bytes, look_for, session, n_dots, map[1],
                                               &again) == NP_WIRE_OK);
        NP_FUZZ_EXPECT(memcmp(map[0], map[1], sizeof map[0]) == 0 && again.records == scan.records);
        NP_FUZZ_EXPECT(again.last_epoch == scan.last_epoch);
    }
    free(bytes);
    return 0;
}
