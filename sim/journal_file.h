/* Where the executor's journal lives: a file that is synced whenever the executor says so, or memory.
 *
 * The records and their meaning are protocol/journal.h's; this only keeps the bytes. */
#ifndef NP_SIM_JOURNAL_FILE_H
#define NP_SIM_JOURNAL_FILE_H

#include <stdbool.h>

#include "base/status.h"
#include "protocol/journal.h"

typedef struct sim_journal_file {
    int file; /* -1: in memory */
    char path[256];
    uint8_t *bytes; /* of the journal in memory */
    uint64_t size;
    size_t capacity;
    uint64_t syncs;
} sim_journal_file;

/* Zero-initialise.  Opens PATH, for us alone; "memory" keeps it in memory.  A journal that is not there, or empty, is only made
 * if the operator says IS_NEW, and with it one that has records is refused (NP_ERR_INVALID): without its journal an executor makes
 * dots again.  NP_ERR_IO with the reason. */
np_status sim_journal_file_open(sim_journal_file *journal, const char *path, bool is_new, np_error *err);
/* Whether what is there begins as a journal does: NP_ERR_FORMAT, and the file is as it was.  Damage further on is the executor's
 * to find, which cuts off no more than one torn record. */
np_status sim_journal_file_check(sim_journal_file *journal, np_error *err);
/* The callbacks for an executor; JOURNAL must outlive it. */
np_wire_storage sim_journal_file_storage(sim_journal_file *journal);
void sim_journal_file_close(sim_journal_file *journal);

#endif
