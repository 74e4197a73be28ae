/* The executor's journal in a file: what is in it after a crash at any byte, a full disk, and a second simulator. */
#include "../test.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "sim/journal_file.h"

enum { DOTS = 12 };

static char path[64];
static const uint8_t digest[32] = {1, 2, 3};

static int make_path(void **state)
{
    (void)state;
    /* in memory where there is such a place: thousands of syncs are not what is tested */
    strcpy(path, "/dev/shm/np-test-journal-XXXXXX");
    int file = mkstemp(path);
    if (file < 0) {
        strcpy(path, "/tmp/np-test-journal-XXXXXX");
        file = mkstemp(path);
    }
    return file < 0 ? -1 : close(file);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void put(const np_wire_storage *s, uint32_t serial, np_wire_record_kind kind, uint32_t order)
{
    np_wire_record r = {.kind = (uint8_t)kind, .session = 1, .dot_id = order + 100, .order = order, .serial = serial};
    uint8_t bytes[NP_WIRE_RECORD_BYTES];
    r.outcome = kind == NP_WIRE_RECORD_RESULT ? NP_WIRE_OUTCOME_DONE : 0;
    memcpy(r.digest, digest, sizeof r.digest);
    np_wire_record_encode(&r, bytes);
    assert_true(s->append(s->context, bytes, sizeof bytes));
    assert_true(s->sync(s->context));
}

/* All of it, through the callback, in odd pieces. */
static size_t read_all(const np_wire_storage *s, uint8_t *out, size_t capacity)
{
    size_t size = 0, got;
    do {
        assert_true(s->read(s->context, size, out + size, capacity - size < 37 ? capacity - size : 37, &got));
        size += got;
    } while (got);
    return size;
}

static void fill(sim_journal_file *j)
{
    np_wire_storage s = sim_journal_file_storage(j);
    for (uint32_t i = 0; i < DOTS; i++) {
        put(&s, 2 * i, NP_WIRE_RECORD_INTENT, i);
        put(&s, 2 * i + 1, NP_WIRE_RECORD_RESULT, i);
    }
}

static void test_truncated_at_every_byte(void **state)
{
    (void)state;
    sim_journal_file j;
    np_error err = {0};
    uint8_t bytes[2 * DOTS * NP_WIRE_RECORD_BYTES + 64], map[NP_WIRE_MAP_BYTES(DOTS + 1)];
    uint8_t full[2 * DOTS * NP_WIRE_RECORD_BYTES];
    assert_int_equal(sim_journal_file_open(&j, path, true, &err), NP_OK);
    fill(&j);
    np_wire_storage all = sim_journal_file_storage(&j);
    assert_int_equal(read_all(&all, full, sizeof full), sizeof full);
    sim_journal_file_close(&j);
    for (size_t size = 0; size <= sizeof full; size++) {
        FILE *f = fopen(path, "wb");
        assert_int_equal(fwrite(full, 1, size, f), size);
        fclose(f);
        /* Opened again: as many whole records as there are, at most one dot in doubt, and room to go on. */
        assert_int_equal(sim_journal_file_open(&j, path, size == 0, &err), NP_OK);
        assert_int_equal(sim_journal_file_check(&j, &err),
                         size && !(size / NP_WIRE_RECORD_BYTES) ? NP_ERR_FORMAT : NP_OK);
        np_wire_storage s = sim_journal_file_storage(&j);
        np_wire_journal_scan scan;
        size_t held = read_all(&s, bytes, sizeof bytes), whole = size / NP_WIRE_RECORD_BYTES;
        assert_int_equal(held, size);
        assert_int_equal(np_wire_journal_recover(bytes, held, digest, 1, DOTS + 1, map, &scan), NP_WIRE_OK);
        assert_int_equal(scan.records, whole);
        assert_int_equal(scan.done, whole / 2);
        assert_int_equal(scan.in_doubt, whole % 2);
        assert_true(s.truncate(s.context, scan.valid_bytes));
        put(&s, scan.records, NP_WIRE_RECORD_INTENT, DOTS);
        held = read_all(&s, bytes, sizeof bytes);
        assert_int_equal(np_wire_journal_recover(bytes, held, digest, 1, DOTS + 1, map, &scan), NP_WIRE_OK);
        assert_int_equal(scan.records, whole + 1);
        sim_journal_file_close(&j);
    }
}

static void test_memory(void **state)
{
    (void)state;
    sim_journal_file j;
    np_error err = {0};
    uint8_t bytes[2 * DOTS * NP_WIRE_RECORD_BYTES + 64];
    assert_int_equal(sim_journal_file_open(&j, "memory", false, &err), NP_OK);
    fill(&j);
    np_wire_storage s = sim_journal_file_storage(&j);
    assert_int_equal(read_all(&s, bytes, sizeof bytes), 2 * DOTS * NP_WIRE_RECORD_BYTES);
    assert_true(s.truncate(s.context, 64));
    assert_false(s.truncate(s.context, 128));
    assert_int_equal(read_all(&s, bytes, sizeof bytes), 64);
    assert_int_equal(j.syncs, 2 * DOTS);
    sim_journal_file_close(&j);
}

static void test_refused(void **state)
{
    (void)state;
    sim_journal_file j, second;
    np_error err = {0};
    char long_path[400];
    unlink(path);
    assert_int_equal(sim_journal_file_open(&j, path, false, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "begins one with --new-journal"));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(sim_journal_file_open(&j, path, true, &err), NP_OK);
    assert_int_equal(sim_journal_file_open(&second, path, true, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "another simulator"));
    sim_journal_file_close(&j);
    assert_int_equal(sim_journal_file_open(&j, "/nowhere/journal", true, &err), NP_ERR_IO);
    assert_int_equal(sim_journal_file_open(&j, "/dev/null", true, &err), NP_ERR_IO);
    memset(long_path, 'x', sizeof long_path);
    long_path[399] = '\0';
    assert_int_equal(sim_journal_file_open(&j, long_path, true, &err), NP_ERR_IO);
    sim_journal_file_close(&j);
}

/* One that is there is not begun anew, and what never was a journal is none. */
static void test_what_is_there(void **state)
{
    (void)state;
    sim_journal_file j;
    np_error err = {0};
    unlink(path);
    assert_int_equal(sim_journal_file_open(&j, path, true, &err), NP_OK);
    assert_int_equal(sim_journal_file_check(&j, &err), NP_OK);
    fill(&j);
    sim_journal_file_close(&j);
    assert_int_equal(sim_journal_file_open(&j, path, true, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "leave --new-journal out"));
    assert_int_equal(sim_journal_file_open(&j, path, false, &err), NP_OK);
    assert_int_equal(sim_journal_file_check(&j, &err), NP_OK);
    sim_journal_file_close(&j);
    for (size_t size = 1; size <= 1000; size += 37) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        for (size_t i = 0; i < size; i++)
            fputc("hello world"[i % 11], f);
        fclose(f);
        assert_int_equal(sim_journal_file_open(&j, path, false, &err), NP_OK);
        assert_int_equal(sim_journal_file_check(&j, &err), NP_ERR_FORMAT);
        assert_non_null(strstr(err.text, "not an executor's journal"));
        assert_int_equal(j.size, size);
        sim_journal_file_close(&j);
    }
}

/* A full disk is a false from append, and nothing is taken to be there that is not. */
static void test_full_disk(void **state)
{
    (void)state;
    sim_journal_file j = {.file = open("/dev/full", O_RDWR)};
    uint8_t bytes[NP_WIRE_RECORD_BYTES] = {0};
    np_wire_storage s = sim_journal_file_storage(&j);
    assert_true(j.file >= 0);
    assert_false(s.append(s.context, bytes, sizeof bytes));
    assert_int_equal(j.size, 0);
    sim_journal_file_close(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_what_is_there),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
