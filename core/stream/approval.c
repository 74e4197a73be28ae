/* Which approval of the plan a run shows the executor, and what there is to do when none will do. */
#include "stream/private/approval.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "link/link.h"
#include "plan/approval.h"

enum { WHY = 320 };

/* A gantry with grbl, or who runs a program: it has no identity, and counts nothing. */
static bool is_no_executor(const np_run_options *o)
{
    return !o->target || np_link_is_text(o->target);
}

/* Who counts no needles can make a session with one needle alone; as if none of it were made: what the one in the machine has made, nobody knows. */
static bool lasts(const stream_session *s, uint32_t needle_life)
{
    const np_run_options *o = s->options;
    return !is_no_executor(o) || o->air || o->n_verdicts ||
           np_wire_terms_cover(needle_life, s->plan->sessions[o->session - 1].dots);
}

/* Why this run cannot be made by approval A, in WHY; "" if it can, as far as this side sees. */
static void judge(const stream_session *s, const np_plan_approval *a, char why[WHY])
{
    const np_run_options *o = s->options;
    const np_wire_terms *t = &a->terms;
    char end[NP_APPROVAL_END_BYTES];
    why[0] = '\0';
    if (a->version < 2)
        snprintf(why, WHY, "is of the older form, which named no executor and had no end: renew it");
    else if (!np_approval_is_valid(a, s->plan->digest))
        snprintf(why, WHY, "does not hold for the plan as it is now");
    else if (t->not_after_s && (uint64_t)time(NULL) > t->not_after_s)
        snprintf(why, WHY, "was good %s, by this computer's clock", np_approval_end_text(t->not_after_s, end));
    else if (t->air_only && !o->air && !o->n_verdicts)
        snprintf(why, WHY, "is for rehearsals in the air alone");
    else if (!np_wire_terms_cover(t->reload_every, (uint32_t)s->plan->reload_every))
        snprintf(why, WHY, "is for reloading every %u dots, and the plan says %d", t->reload_every,
                 s->plan->reload_every);
    else if (o->needle_life && !np_wire_terms_cover(t->needle_life, o->needle_life))
        snprintf(why, WHY, "lets a needle make %u dots, and --needle-life says %u", t->needle_life, o->needle_life);
    else if (!lasts(s, t->needle_life))
        snprintf(why, WHY,
                 "lets a needle make %u dots, session %d has %u, and a gantry with grbl, or who runs a program, counts "
                 "none: approve it without --needle-life, and change needles by hand, or run it on an executor that "
                 "counts",
                 t->needle_life, o->session, s->plan->sessions[o->session - 1].dots);
    else if (t->n_executors && is_no_executor(o))
        snprintf(why, WHY,
                 "names its executors, and a gantry with grbl, or who runs a program, has no identity: "
                 "--executor any");
}

/* The INDEX-th approval that will do, from the newest on; NULL if there is none. */
static const np_plan_approval *fit_approval(const stream_session *s, size_t index)
{
    char why[WHY];
    for (size_t i = s->plan->n_approvals; i-- > 0;) {
        judge(s, &s->plan->approvals[i], why);
        if (!why[0] && index-- == 0)
            return &s->plan->approvals[i];
    }
    return NULL;
}

/* That whoever has a copy of the plan can make it is said each time. */
static void announce(const stream_session *s, const np_plan_approval *a)
{
    const np_run_options *o = s->options;
    char text[NP_APPROVAL_TEXT_BYTES + NP_WIRE_OPERATOR_BYTES + 40], terms[NP_APPROVAL_TEXT_BYTES];
    snprintf(text, sizeof text, "approved by %s %s", a->operator_name, np_approval_text(a, terms));
    if (o->log)
        o->log(o->report_context, text);
}

np_status stream_approval_check(const stream_session *s, np_error *err)
{
    const char *path = s->options->plan_path;
    const np_plan *plan = s->plan;
    const np_plan_approval *a = fit_approval(s, 0);
    char why[WHY];
    if (a) {
        announce(s, a);
        return NP_OK;
    }
    if (plan->n_approvals == 0)
        return np_error_set(
            err, NP_ERR_APPROVAL,
            "%s: the plan is not approved; look at it with `needlepath show` and `needlepath report`, then "
            "`needlepath approve %s --key YOUR.key --executor IDENTITY` (or any)",
            path, path);
    a = &plan->approvals[plan->n_approvals - 1];
    judge(s, a, why);
    return np_error_set(
        err, NP_ERR_APPROVAL,
        "%s: the approval by %s %s; look at the plan with `needlepath show` and `needlepath report`, then "
        "`needlepath approve %s --key YOUR.key --executor IDENTITY` (or any)",
        path, a->operator_name, why, path);
}

bool stream_approval_choose(stream_session *s, size_t index)
{
    const np_plan_approval *a = fit_approval(s, index);
    np_wire_load *l = &s->load;
    if (!a)
        return false;
    memcpy(l->public_key, a->public_key, sizeof l->public_key);
    memcpy(l->signature, a->signature, sizeof l->signature);
    l->terms = a->terms;
    l->needle_life = s->options->needle_life ? s->options->needle_life : a->terms.needle_life;
    return true;
}

bool stream_approval_may_be_another(np_wire_reason reason)
{
    return reason == NP_WIRE_REASON_OPERATOR || reason == NP_WIRE_REASON_EXECUTOR || reason == NP_WIRE_REASON_EXPIRED ||
           reason == NP_WIRE_REASON_TERMS;
}

void stream_approval_advise(const stream_session *s, const np_wire_sender_info *info, char *out_text, size_t size)
{
    const char *path = s->options->plan_path;
    char id[2 * NP_WIRE_IDENTITY_BYTES + 1];
    np_hex_write(info->identity, sizeof info->identity, id);
    out_text[0] = '\0';
    if (info->reason == NP_WIRE_REASON_OPERATOR)
        snprintf(
            out_text, size,
            "; enter the approver's public key (KEY.pub) at the executor, or have an operator that it knows approve "
            "the plan: `needlepath approve %s --key THEIR.key --executor %s`",
            path, id);
    else if (stream_approval_may_be_another(info->reason))
        snprintf(out_text, size, "; `needlepath approve %s --key YOUR.key --executor %s` approves it for that one",
                 path, id);
    else if (info->reason == NP_WIRE_REASON_REVOKED)
        snprintf(out_text, size,
                 "; it is made there no more, and nor is what the same case gives again, which is the same "
                 "plan: " STREAM_APPROVAL_ANEW);
}
