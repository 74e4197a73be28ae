/* Approvals: an operator's signature over a plan and over what it is for. */
#ifndef NP_PLAN_APPROVAL_H
#define NP_PLAN_APPROVAL_H

#include "plan/keys.h"
#include "plan/plan.h"

/* Opens the key at KEY_PATH by OPENER (NULL: one without a passphrase alone).  Signs the digest of the plan file at PATH together with TERMS (protocol/approval.h), and stores the approval in it.  Of TERMS the
 * reloads are the plan's and the operator's name is the key's, whatever stands there.  NP_ERR_UNSAFE for dots outside the envelope,
 * whatever made them; a file of an older version is brought forward. */
np_status np_plan_approve(const char *plan_path, const char *key_path, np_key_opener *opener,
                          const np_wire_terms *terms, int64_t time_unix_s, np_error *err);
/* True if the approval's signature holds for the plan's digest and the approval's terms. */
bool np_approval_is_valid(const np_plan_approval *approval, const unsigned char digest[NP_PLAN_DIGEST_BYTES]);

/* "for ANY executor, until 2026-12-31 23:59 UTC, with the needle".  Returns OUT. */
#define NP_APPROVAL_TEXT_BYTES 480
const char *np_approval_text(const np_plan_approval *approval, char out[NP_APPROVAL_TEXT_BYTES]);
/* "until 2026-12-31 23:59 UTC", or "without an end".  Returns OUT. */
#define NP_APPROVAL_END_BYTES 48
const char *np_approval_end_text(uint64_t not_after_s, char out[NP_APPROVAL_END_BYTES]);

#endif
