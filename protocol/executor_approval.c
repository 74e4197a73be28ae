/* Whether an approval lets this executor make the session that LOAD names, and how a person takes it back.
 *
 * The signature covers the terms as well, so that each is the operator's word and not the sender's.  What cannot be judged here
 * (an end, without a clock) is the sender's to judge, and WELCOME says so. */
#include "protocol/private/executor.h"

#include <string.h>

static bool operator_is_known(const np_wire_executor *x, const uint8_t key[32])
{
    for (size_t i = 0; i < x->config.n_operators; i++)
        if (memcmp(x->config.operators[i], key, 32) == 0)
            return true;
    return x->config.n_operators == 0;
}

enum { IDENTITY_TEXT = 2 * NP_WIRE_IDENTITY_BYTES + 1 };

/* The identity in hexadecimal digits. */
static const char *identity_text(const np_wire_executor *x, char out[IDENTITY_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof x->identity; i++) {
        out[2 * i] = digits[x->identity[i] >> 4];
        out[2 * i + 1] = digits[x->identity[i] & 15];
    }
    out[IDENTITY_TEXT - 1] = '\0';
    return out;
}

bool wire_executor_has_clock(const np_wire_executor *x)
{
    return x->config.unix_s && x->config.unix_s(x->config.context) > 0;
}

bool wire_executor_approval_is_over(const np_wire_executor *x, const np_wire_terms *terms)
{
    return terms->not_after_s && wire_executor_has_clock(x) && x->config.unix_s(x->config.context) > terms->not_after_s;
}

/* What of the terms the session does not keep; NULL if it keeps all. */
static const char *broken_term(const np_wire_executor *x, const np_wire_load *load)
{
    bool nobody_reloads = x->config.supplies == NP_WIRE_SUPPLIES_NONE && load->reload_every == 0;
    if (load->terms.air_only && !load->air)
        return "the plan is approved for rehearsals in the air alone";
    if (!load->air && !np_wire_terms_cover(load->terms.reload_every, load->reload_every) && !nobody_reloads)
        return "pigment is not reloaded as often as the plan was approved for";
    if (!load->air && !np_wire_terms_cover(load->terms.needle_life, load->needle_life))
        return "a needle is to make more dots than the plan was approved for";
    return NULL;
}

bool wire_executor_takes_approval(np_wire_executor *x, const np_wire_load *load)
{
    const np_wire_terms *t = &load->terms;
    const char *broken = broken_term(x, load);
    char id[IDENTITY_TEXT];
    if (!np_wire_approval_is_valid(load->digest, t, load->public_key, load->signature))
        wire_executor_refuse_load(x, NP_WIRE_REASON_APPROVAL, "%s", np_wire_reason_text(NP_WIRE_REASON_APPROVAL));
    else if (!operator_is_known(x, load->public_key))
        wire_executor_refuse_load(x, NP_WIRE_REASON_OPERATOR, "%s", np_wire_reason_text(NP_WIRE_REASON_OPERATOR));
    else if (!np_wire_terms_name(t, x->identity))
        wire_executor_refuse_load(x, NP_WIRE_REASON_EXECUTOR, "the approval is for other executors than this one, %s",
                                  identity_text(x, id));
    else if (wire_executor_approval_is_over(x, t))
        wire_executor_refuse_load(x, NP_WIRE_REASON_EXPIRED, "%s, by the executor's clock",
                                  np_wire_reason_text(NP_WIRE_REASON_EXPIRED));
    else if (broken)
        wire_executor_refuse_load(x, NP_WIRE_REASON_TERMS, "%s", broken);
    else
        return true;
    return false;
}

/* ---- taking it back ---- */

bool np_wire_executor_revoke(np_wire_executor *x, uint64_t now_us, const uint8_t *digest)
{
    np_wire_record record = {.kind = NP_WIRE_RECORD_REVOKED, .epoch = x->last_epoch, .time_us = now_us};
    bool loaded = x->load_accepted && (!digest || memcmp(digest, x->load.digest, sizeof record.digest) == 0);
    if (!digest && !loaded)
        return false;
    memcpy(record.digest, digest ? digest : x->load.digest, sizeof record.digest);
    x->revoked = x->revoked || loaded;
    if (loaded)
        wire_executor_enter_hold(x, NP_WIRE_REASON_REVOKED, NULL);
    return wire_executor_sync(x) && wire_executor_append(x, &record);
}
