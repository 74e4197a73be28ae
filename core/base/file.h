/* Whole files in, whole files out. */
#ifndef NP_BASE_FILE_H
#define NP_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

/* Reads all of PATH (a regular file of at most LIMIT bytes) into a new buffer with a 0 byte behind it.  The caller frees
 * *out_data.  NP_ERR_IO names the path and the reason. */
np_status np_file_read(const char *path, size_t limit, char **out_data, size_t *out_size, np_error *err);

/* The same for a text that is read line by line: NP_ERR_FORMAT, with the line, where it holds a byte 0, which would be taken for its end (disks give
 * zeros for what was not yet written when the power failed). */
np_status np_file_read_text(const char *path, size_t limit, char **out_text, size_t *out_size, np_error *err);

/* Whether there is a file PATH that another program may open without waiting: pipes and terminals are none.  NP_ERR_IO says what stands in the way. */
np_status np_file_check_regular(const char *path, np_error *err);
/* Opens PATH for np_file_read, or for another process to read; it must be a regular file of at most LIMIT bytes.  The caller closes *out_file. */
np_status np_file_open(const char *path, size_t limit, int *out_file, size_t *out_size, np_error *err);
/* Whether FILE, which was opened as PATH, is one; *OUT_SIZE is its size. */
np_status np_file_check_open(int file, const char *path, size_t limit, size_t *out_size, np_error *err);

/* The next SIZE bytes of FILE, which was opened as PATH, as np_file_read has them. */
np_status np_file_read_open(int file, const char *path, size_t size, char **out_data, np_error *err);

/* NAME as seen from the folder of PATH, unless it is absolute; NULL when out of memory.  The caller frees. */
char *np_file_beside(const char *path, const char *name);

/* Makes PATH, which must not be there yet, with TEXT in it, synced, of exactly MODE (0600: its owner alone).  NP_ERR_INVALID
 * if it is there: WHAT ("keys") is never overwritten.  NP_ERR_IO: nothing is left behind. */
np_status np_file_write_new(const char *path, unsigned mode, const char *text, const char *what, np_error *err);

/* Makes the folder PATH, and those that it lies in, with MODE where they are not there yet. */
np_status np_folder_make(const char *path, unsigned mode, np_error *err);

/* Whether PATH, a secret key, can be read by its owner alone: NP_OK, or NP_ERR_INVALID with what to do. */
np_status np_file_check_private(const char *path, np_error *err);

/* Whether both names lead to one file that is there: by another path, a symbolic link or a hard link as well. */
bool np_file_is_same(const char *a, const char *b);

/* Whether PATH is an SQLite database, by its first bytes: a plan is one. */
bool np_file_is_database(const char *path);
/* NP_ERR_INVALID where PATH is an SQLite database, or the name of one whose log (PATH-wal, PATH-journal) lies there: a plan file
 * holds the only record of what was made, and nothing but a plan takes the place of one. */
np_status np_file_check_no_database(const char *path, np_error *err);
/* What lies beside a database, its name and one of these: the logs of SQLite, their index, and the lock of a plan. */
#define NP_FILE_LOG_ENDINGS "-wal", "-journal"
#define NP_FILE_LOCK_ENDING "-lock"
#define NP_FILE_BESIDE_ENDINGS NP_FILE_LOG_ENDINGS, "-shm", NP_FILE_LOCK_ENDING
/* NP_ERR_INVALID where a log of PATH lies there, with content, and where PATH is the name of what lies beside a database, or is kept for it. */
np_status np_file_check_logs(const char *path, np_error *err);
/* Whether a file written to PATH may take the place of what is there, as np_file_writer_open asks: for whoever works long before
 * he writes.  Nothing there: NP_OK.  Never: databases, their logs and what else lies beside them, key files, executors' journals and records, folders, devices. */
np_status np_file_check_replaceable(const char *path, np_error *err);

/* Opens PATH to write to its end (*OUT_FILE, the caller's to close; made where it is not there): an empty file, or one whose first line is LINE,
 * which ends in a line feed, and so one of this kind (WHAT, "record").  NP_ERR_FORMAT for one of another kind, which is left as it is; NP_ERR_INVALID
 * for np_file_check_no_database; NP_ERR_IO for folders, devices and pipes. */
np_status np_file_open_own(const char *path, const char *line, const char *what, int *out_file, np_error *err);

/* A file that appears whole or not at all: written beside PATH under a temporary name, synced, then renamed over PATH.  Where PATH
 * is a symbolic link, over the file that it leads to, and the link stays.
 * Zero-initialise; np_file_writer_discard is safe on one that was never opened or is already committed. */
typedef struct np_file_writer {
    FILE *stream; /* write here; errors are caught by commit */
    char *path;
    char *temporary; /* where it is until then, for a library that wants a path to write to */
    bool is_database;
} np_file_writer;

/* NP_ERR_IO also where PATH is a folder, a device, a pipe or a socket, which would be gone, or a link that leads nowhere; NP_ERR_INVALID for
 * np_file_check_no_database, which commit asks again. */
np_status np_file_writer_open(np_file_writer *writer, const char *path, np_error *err);
/* The same for a database, from a caller who has looked into the one that it takes the place of, and has it locked. */
np_status np_file_writer_open_database(np_file_writer *writer, const char *path, np_error *err);
/* Flushes, syncs and renames.  On error (a full disk, say) the temporary file is removed and PATH is as it was. */
np_status np_file_writer_commit(np_file_writer *writer, np_error *err);
/* The same, but for a PATH that must not be there: what another process made meanwhile is never replaced (NP_ERR_IO). */
np_status np_file_writer_commit_new(np_file_writer *writer, np_error *err);
void np_file_writer_discard(np_file_writer *writer);

#endif
