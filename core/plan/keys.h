/* Operators' keys: Ed25519 by libsodium. */
#ifndef NP_PLAN_KEYS_H
#define NP_PLAN_KEYS_H

#include <stdbool.h>

#include "base/status.h"

#define NP_PASSPHRASE_MIN 8
#define NP_PASSPHRASE_BYTES 256 /* with the closing zero */

/* Asks whoever there is for the passphrase of the key at PATH.  What is written to OUT is wiped by the caller. */
typedef np_status np_passphrase_ask(void *context, const char *path, char out_passphrase[NP_PASSPHRASE_BYTES],
                                    np_error *err);

/* How a secret key is opened. */
typedef struct np_key_opener {
    np_passphrase_ask *ask; /* NULL: nobody can be asked, and a key with a passphrase is refused */
    void *context;
    bool was_plain; /* the key had no passphrase: whoever has the file signs with it */
} np_key_opener;

/* Makes a pair: PATH (mode 0600) and PATH.pub, one line each, "LABEL NAME BASE64"; NAME has no blanks.  With PASSPHRASE the secret one is
 * "needlepath-secret-key-v2", with the key in crypto_secretbox under crypto_pwhash of it (docs/plan-file.md); without (NULL)
 * "needlepath-secret-key-v1", and readable to whoever can read the file.  NP_ERR_INVALID also for a passphrase of less than
 * NP_PASSPHRASE_MIN bytes. */
np_status np_keys_new(const char *path, const char *operator_name, const char *passphrase, np_error *err);

#endif
