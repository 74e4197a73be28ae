/* Key files that both ends of a link read: one line "LABEL NAME BASE64". */
#ifndef NP_LINK_KEY_H
#define NP_LINK_KEY_H

#include <stdbool.h>

#include "base/status.h"

#define NP_LINK_KEY_LABEL "needlepath-link-key-v1"       /* shared by sender and executor, secret */
#define NP_OPERATOR_KEY_LABEL "needlepath-public-key-v1" /* an operator's, as `needlepath keys new` writes it */

/* Reads the 32 bytes of the key in PATH, which must begin with LABEL.  NP_ERR_IO, NP_ERR_FORMAT; NP_ERR_INVALID for a link key
 * that others may read. */
np_status np_link_read_key(const char *path, const char *label, unsigned char out_key[32], np_error *err);

/* Makes a link key of random bytes and writes it to PATH, which must not be there, readable by its owner alone.  NAME: 1 to 64
 * bytes without blanks.  NP_ERR_INVALID, NP_ERR_IO. */
np_status np_link_new_key(const char *path, const char *name, np_error *err);

#endif
