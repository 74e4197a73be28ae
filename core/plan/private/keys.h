/* An operator's secret key, as it was read from its file. */
#ifndef NP_PLAN_PRIVATE_KEYS_H
#define NP_PLAN_PRIVATE_KEYS_H

#include "base/key_file.h"
#include "plan/keys.h"

typedef struct plan_key {
    char name[NP_KEY_FILE_NAME_BYTES + 1];
    unsigned char key[64];
} plan_key;

/* Reads, opens and checks the secret key at PATH; the caller wipes *OUT_KEY.  Errors as np_key_file_read; NP_ERR_INVALID for a wrong
 * passphrase. */
np_status plan_key_read_secret(const char *path, np_key_opener *opener, plan_key *out_key, np_error *err);

#endif
