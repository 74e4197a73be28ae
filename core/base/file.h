/* Whole files in, whole files out. */
#ifndef NP_BASE_FILE_H
#define NP_BASE_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

/* Reads all of PATH (a regular file of at most LIMIT bytes) into a new buffer with a 0 byte behind it.  The caller frees
 * *out_data.  NP_ERR_IO names the path and the reason. */
np_status np_file_read(const char *path, size_t limit, char **out_data, size_t *out_size, np_error *err);

/* Makes PATH, which must not be there yet, with TEXT in it, synced, of exactly MODE (0600: its owner alone).  NP_ERR_INVALID
 * if it is there: WHAT ("keys") is never overwritten.  NP_ERR_IO: nothing is left behind. */
np_status np_file_write_new(const char *path, unsigned mode, const char *text, const char *what, np_error *err);

/* Makes the folder PATH, and those that it lies in, with MODE where they are not there yet. */
np_status np_folder_make(const char *path, unsigned mode, np_error *err);

/* Whether PATH, a secret key, can be read by its owner alone: NP_OK, or NP_ERR_INVALID with what to do. */
np_status np_file_check_private(const char *path, np_error *err);

/* A file that appears whole or not at all: written beside PATH under a temporary name, synced, then renamed over PATH.
 * Zero-initialise; np_file_writer_discard is safe on one that was never opened or is already committed. */
typedef struct np_file_writer {
    FILE *stream; /* write here; errors are caught by commit */
    char *path;
    char *temporary; /* where it is until then, for a library that wants a path to write to */
} np_file_writer;

/* NP_ERR_IO also where PATH is a device, a pipe or a socket: it would be gone. */
np_status np_file_writer_open(np_file_writer *writer, const char *path, np_error *err);
/* Flushes, syncs and renames.  On error (a full disk, say) the temporary file is removed and PATH is as it was. */
np_status np_file_writer_commit(np_file_writer *writer, np_error *err);
/* The same, but for a PATH that must not be there: what another process made meanwhile is never replaced (NP_ERR_IO). */
np_status np_file_writer_commit_new(np_file_writer *writer, np_error *err);
void np_file_writer_discard(np_file_writer *writer);

#endif
