/* Keys of 32 bytes that the ends of a link read from files. */
#ifndef NP_LINK_KEY_H
#define NP_LINK_KEY_H

#include <stddef.h>

#include "base/key_file.h"

/* Reads the 32 bytes of the key in PATH: the link key that sender and executor share, or an operator's public one.
 * NP_ERR_IO, NP_ERR_FORMAT; NP_ERR_INVALID for a link key that others may read. */
np_status np_link_read_key(const char *path, np_key_file kind, unsigned char out_key[32], np_error *err);

/* Makes a link key of random bytes and writes it to PATH, which must not be there, readable by its owner alone.  NAME: 1 to 64
 * bytes without blanks.  NP_ERR_INVALID, NP_ERR_IO. */
np_status np_link_new_key(const char *path, const char *name, np_error *err);

/* Locks SIZE bytes at MEMORY, in which a key is or will be, so that they are not written to swap; sodium_munlock undoes it and wipes them.
 * Where that cannot be had it is said, unless SAY is NULL. */
void np_link_lock_key(void *memory, size_t size, void (*say)(void *context, const char *text), void *context);

#endif
