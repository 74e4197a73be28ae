/* Contraindications are lists of clinics' consent forms, and waiting times those of practitioners (docs/domain.md 3, 6): each finding says from where it
 * is and how sure. */
#include "case/person.h"

#include <stdarg.h>
#include <stdio.h>

#include "case/private/person.h"

/* docs/domain.md 3: scars that are raised over this. */
#define SCAR_RAISED_MM 0.5

const char *np_person_weight_name(np_person_weight weight)
{
    static const char *const names[] = {"blocks", "delays", "asks"};
    return names[weight];
}

const char *np_person_reason_name(np_person_reason reason)
{
    static const char *const names[] = {
#define NAME(id, name, what) name,
        NP_PERSON_REASON_TABLE(NAME)
#undef NAME
    };
    return names[reason];
}

void case_findings_add(case_findings *l, np_person_weight weight, const char *section, const char *sure,
                       const char *format, ...)
{
    if (l->n == NP_PERSON_FINDINGS_MAX)
        return;
    va_list args;
    np_person_finding *f = &l->out[l->n++];
    *f = (np_person_finding){.weight = weight, .section = section, .sure = sure};
    va_start(args, format);
    vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
}

static bool is_cleared(const np_person *p, np_person_condition condition)
{
    for (unsigned i = 0; i < p->n_cleared; i++)
        if (p->cleared[i] == condition)
            return true;
    return false;
}

static void add_conditions(const np_person *p, case_findings *l)
{
    static const struct {
        const char *name, *what, *section, *sure;
        np_person_weight weight;
    } table[] = {
#define ROW(id, name, weight, what, section, sure) {name, what, section, sure, NP_PERSON_##weight},
        NP_PERSON_CONDITION_TABLE(ROW)
#undef ROW
    };
    for (unsigned i = 0; i < p->n_conditions; i++) {
        np_person_condition c = p->conditions[i];
        if (is_cleared(p, c))
            case_findings_add(l, NP_PERSON_ASKS, table[c].section, table[c].sure,
                              "%s: cleared by %.64s; note it with the consent", table[c].name,
                              p->cleared_by ? p->cleared_by : "?");
        else {
            case_findings_add(l, table[c].weight, table[c].section, table[c].sure, "%s: %s", table[c].name,
                              table[c].what);
            l->out[l->n - 1].clearable = true;
        }
    }
}

void case_findings_of_scars(const np_person *p, case_findings *l)
{
    const double months = p ? p->scar_months : -1;
    if (!p || !p->scar_seen_by)
        case_findings_add(
            l, NP_PERSON_ASKS, "3", "C",
            "nobody has looked at the scar for this case: how old is the scar, is it raised, is it red? It "
            "must be flat, pale and 6 months old (person: {scar_seen_by: NAME, scar_months: N})");
    else if (months < 0)
        case_findings_add(
            l, NP_PERSON_ASKS, "3", "C",
            "how old is the scar? It wants 6 months at least, 9 to 12 for some (person: {scar_months: N})");
    if (p && p->scar_raised_mm > SCAR_RAISED_MM)
        case_findings_add(l, NP_PERSON_BLOCKS, "3", "C",
                          "a scar raised by %.3g mm: pigment migrates in it; flatten it first (at most %g mm)",
                          p->scar_raised_mm, SCAR_RAISED_MM);
    if (months >= 0 && months < 6)
        case_findings_add(l, NP_PERSON_BLOCKS, "3", "C", "a scar of %.3g months: wait until it has 6, for some 9 to 12",
                          months);
    else if (months >= 6 && months < 12)
        case_findings_add(l, NP_PERSON_ASKS, "3", "C",
                          "a scar of %.3g months: some wait for 9 to 12; is it stable, flat and pale?", months);
}

void case_findings_of_person(const np_person *p, case_findings *l)
{
    if (p->age_years >= 0 && p->age_years < 18)
        case_findings_add(l, NP_PERSON_BLOCKS, "6", "C", "under 18: %.3g years", p->age_years);
    else if (p->age_years < 0)
        case_findings_add(l, NP_PERSON_ASKS, "6", "C",
                          "how old is the person? Nobody under 18 (person: {age_years: N})");
    add_conditions(p, l);
    if (p->transplant_months >= 0 && p->transplant_months < 6)
        case_findings_add(l, NP_PERSON_DELAYS, "6", "C", "a transplant %.3g months ago: wait until it is 6 to 12",
                          p->transplant_months);
    else if (p->transplant_months >= 0 && p->transplant_months < 12)
        case_findings_add(l, NP_PERSON_ASKS, "6", "C", "a transplant %.3g months ago: some wait for 12",
                          p->transplant_months);
}
