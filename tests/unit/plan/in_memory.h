/* A plan file whose bytes are in memory: thousands of changed ones can be read in a second, and none touches
 * a disk. */
#ifndef NP_TESTS_UNIT_PLAN_IN_MEMORY_H
#define NP_TESTS_UNIT_PLAN_IN_MEMORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/private/journal.h"
#include "plan/private/plan_read.h"

/* The bytes of a file; the caller frees them.  NULL if they cannot be read. */
static inline unsigned char *file_bytes(const char *path, size_t *out_size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    long size = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (size >= 0 && (bytes = malloc((size_t)size + 1))) {
        rewind(file);
        *out_size = fread(bytes, 1, (size_t)size, file);
    }
    if (file)
        fclose(file);
    return bytes;
}

/* Opens a copy of BYTES as a database; close it with plan_db_close.  The settings are those of a file. */
static inline np_status open_bytes(plan_db *db, const void *bytes, size_t size, np_error *err)
{
    unsigned char *copy = sqlite3_malloc64(size + 1);
    np_status status = copy ? plan_db_open(db, ":memory:", "in memory", SQLITE_OPEN_READWRITE, err)
                            : np_error_no_memory(err, "in memory");
    if (status != NP_OK) {
        sqlite3_free(copy);
        return status;
    }
    memcpy(copy, bytes, size);
    int code = sqlite3_deserialize(db->handle, "main", copy, (sqlite3_int64)size, (sqlite3_int64)size,
                                   SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
    return code == SQLITE_OK ? NP_OK : plan_db_failed(db, err);
}

/* np_plan_read of what is open. */
static inline np_status read_open(plan_db *db, np_plan **out_plan, np_error *err)
{
    *out_plan = NULL;
    np_status status = plan_db_check_plan(db, err);
    return status == NP_OK ? plan_read_db(db, out_plan, err) : status;
}

#endif
