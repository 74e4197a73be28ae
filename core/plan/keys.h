/* Operators' keys and approvals: Ed25519 by libsodium. */
#ifndef NP_PLAN_KEYS_H
#define NP_PLAN_KEYS_H

#include "plan/plan.h"

/* Key files are text: one line "needlepath-secret-key-v1 NAME BASE64" (mode 0600), and PATH.pub with
 * "needlepath-public-key-v1 NAME BASE64".  NAME has no blanks. */
np_status np_keys_new(const char *path, const char *operator_name, np_error *err);

/* Signs the digest of the plan file at PATH and stores the approval in it.  Signed message:
 * "needlepath-approval-v1" and a zero byte, then the 32 bytes of the digest.  NP_ERR_UNSAFE for dots outside the envelope,
 * whatever made them. */
np_status np_plan_approve(const char *plan_path, const char *key_path, int64_t time_unix_s, np_error *err);
/* True if the approval's signature holds for the plan's digest. */
bool np_approval_is_valid(const np_plan_approval *approval, const unsigned char digest[NP_PLAN_DIGEST_BYTES]);

#endif
