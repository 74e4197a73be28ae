/* The executor's file in the harness: what of it is durable, what a crash leaves of the rest, and calls that fail.  A part of
 * harness.h, which includes it. */
#ifndef NP_TESTS_UNIT_PROTOCOL_STORAGE_H
#define NP_TESTS_UNIT_PROTOCOL_STORAGE_H

/* Everything in the file is durable now: reads what is new of it. */
static inline void file_is_synced(job *j)
{
    for (; j->file_synced + NP_WIRE_RECORD_BYTES <= j->file_size; j->file_synced += NP_WIRE_RECORD_BYTES) {
        np_wire_record r;
        if (np_wire_record_decode(j->file + j->file_synced, &r) != NP_WIRE_OK)
            continue;
        if (r.kind == NP_WIRE_RECORD_NEEDLE || r.kind == NP_WIRE_RECORD_RELOAD)
            note_supply(j, &r);
        else if (r.kind == NP_WIRE_RECORD_REGISTRATION)
            j->placed = j->pose;
        else if (r.kind >= NP_WIRE_RECORD_INTENT && r.kind <= NP_WIRE_RECORD_REVIEW)
            j->durable[r.order] = r.kind == NP_WIRE_RECORD_INTENT ? NP_WIRE_OUTCOME_IN_DOUBT : r.outcome;
        memcpy(j->lot, r.lot, sizeof j->lot);
        j->pose = r.pose;
    }
    j->file_synced = j->file_size;
}

/* A crash while the file was unsynced: any of its blocks got to the disk, the last perhaps in part, and
 * blocks that did not read as zeros. */
static inline void file_is_torn(job *j)
{
    size_t end = j->file_synced + (size_t)(random_next(&j->random) % (j->file_size - j->file_synced + 1));
    for (size_t at = j->file_synced; at < end;) {
        size_t block_end = (at / NP_WIRE_JOURNAL_BLOCK_BYTES + 1) * NP_WIRE_JOURNAL_BLOCK_BYTES;
        block_end = block_end < end ? block_end : end;
        if (random_hits(&j->random, 0.3))
            memset(j->file + at, 0, block_end - at);
        at = block_end;
    }
    j->file_size = end;
}

/* Counts a call that changes the file; false if it does not get there. */
static inline bool storage_works(job *j)
{
    j->storage_calls++;
    if (j->storage_calls == j->crash_at_call)
        j->crashed = true;
    return !j->crashed &&
           !(j->storage_calls >= j->fail_from_call && j->storage_calls - j->fail_from_call < j->fail_calls);
}

static inline bool storage_append(void *context, const uint8_t *bytes, size_t size)
{
    job *j = context;
    if (j->crashed || !storage_works(j))
        return false; /* before a single byte was written */
    if (j->file_size + size > j->file_capacity) {
        j->file_capacity = 2 * j->file_capacity + 4096;
        j->file = realloc(j->file, j->file_capacity);
    }
    memcpy(j->file + j->file_size, bytes, size);
    j->file_size += size;
    /* Blocks reach a disk in any order: what is unsynced must lie in one. */
    size_t last = j->file_size - 1;
    if (j->file_synced / NP_WIRE_JOURNAL_BLOCK_BYTES != last / NP_WIRE_JOURNAL_BLOCK_BYTES)
        job_trouble(j, "unsynced records in two blocks", 0);
    if (j->crash_in_storage && random_hits(&j->random, 0.5)) {
        j->crashed = true;
        return false;
    }
    return true;
}

static inline bool storage_sync(void *context)
{
    job *j = context;
    if (j->crashed || !storage_works(j))
        return false;
    if (j->crash_in_storage) {
        j->crashed = true; /* before or after the bytes got there: the tear decides */
        return false;
    }
    if (random_hits(&j->random, j->faults.fail_sync))
        return false;
    file_is_synced(j);
    return true;
}

static inline bool storage_read(void *context, uint64_t offset, uint8_t *out, size_t size, size_t *out_size)
{
    job *j = context;
    size_t left = offset < j->file_size ? j->file_size - (size_t)offset : 0;
    *out_size = left < size ? left : size;
    if (*out_size)
        memcpy(out, j->file + offset, *out_size);
    return true;
}

static inline bool storage_truncate(void *context, uint64_t size)
{
    job *j = context;
    if (size < j->file_size) {
        if (j->crashed || !storage_works(j))
            return false;
        j->file_size = (size_t)size;
        if (j->file_synced > j->file_size)
            j->file_synced = j->file_size;
        file_is_synced(j);
    }
    return true;
}

#endif
