/* Advice is no law: a block stops approval until it is cleared, everything else is said and goes on.  Days, shares and tones of sessions are
 * docs/domain.md 1.6, where sources disagree; what is said here is the least that they agree on. */
#include "case/advice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/private/person.h"

/* domain.md 1.6 [C]: scabs fall after 7-10 days, and clinics wait 4 days to 4 weeks for the second session; skin must be closed. */
#define SCABS_FIRST_DAYS 7
#define SCABS_LAST_DAYS 10
#define ONCE_SHARE 0.6 /* Liu 2025 has 30 % first; more than twice that is nearly all in one sitting */
#define QUICK_DAYS 60

static const char *const scar_strategies[] = {NP_CASE_SCAR_STRATEGY, NULL};
static const char *const dense_strategies[] = {"diffuse_density", "crown", "full_scalp", NULL};
static const char *const later_strategies[] = {NP_CASE_SCAR_STRATEGY, "diffuse_density", "touch_up", "crown", NULL};

static const np_case_layer *layer_of(const np_case *c, const char *const *strategies)
{
    for (unsigned i = 0; i < c->n_layers; i++)
        for (size_t k = 0; strategies[k]; k++)
            if (strcmp(c->layers[i].strategy, strategies[k]) == 0)
                return &c->layers[i];
    return NULL;
}

static void add_sessions(const np_case *c, case_findings *l)
{
    for (unsigned i = 1; i < c->n_sessions; i++) {
        int days = c->sessions[i].day - c->sessions[i - 1].day;
        if (days < SCABS_FIRST_DAYS)
            case_findings_add(
                l, NP_PERSON_DELAYS, "1.6", "C",
                "session %u is %d days after session %u: scabs fall after 7 to 10 days, and skin must be closed", i + 1,
                days, i);
        else if (days < SCABS_LAST_DAYS)
            case_findings_add(l, NP_PERSON_ASKS, "1.6", "C",
                              "session %u is %d days after session %u, and scabs fall after 7 to 10: is none left on "
                              "the day? Else wait; clinics wait 4 days to 4 weeks",
                              i + 1, days, i);
        if (c->sessions[i].tone < c->sessions[i - 1].tone)
            case_findings_add(l, NP_PERSON_ASKS, "1.6", "C",
                              "session %u is lighter than session %u: the first is the lightest, as a rule", i + 1, i);
    }
    if (c->n_sessions > 1 && c->sessions[0].cumulative > ONCE_SHARE)
        case_findings_add(
            l, NP_PERSON_ASKS, "1.6", "C",
            "session 1 makes %.0f %% of the dots: too much at once makes dots run together; 30 %% is usual",
            100 * c->sessions[0].cumulative);
}

static int by_weight(const void *a, const void *b)
{
    const np_person_finding *x = a, *y = b;
    return x->weight != y->weight ? (x->weight < y->weight ? -1 : 1) : strcmp(x->text, y->text);
}

size_t np_case_findings(const np_case *c, np_person_finding out[NP_PERSON_FINDINGS_MAX])
{
    case_findings l = {out, 0};
    if (c->has_person)
        case_findings_of_person(&c->person, &l);
    if (layer_of(c, scar_strategies))
        case_findings_of_scars(c->has_person ? &c->person : NULL, &l);
    add_sessions(c, &l);
    if (l.n > 1)
        qsort(out, l.n, sizeof *out, by_weight);
    return l.n;
}

bool np_case_serves(const np_case *c, np_person_reason reason, char out[NP_CASE_SERVED_BYTES])
{
    static const char *const *const wanted[NP_PERSON_REASONS] = {[NP_PERSON_LOW_DENSITY] = dense_strategies,
                                                                 [NP_PERSON_SCARS] = scar_strategies,
                                                                 [NP_PERSON_AFTER_TRANSPLANT] = later_strategies};
    const np_case_layer *layer = wanted[reason] ? layer_of(c, wanted[reason]) : &c->layers[0];
    int last = c->sessions[c->n_sessions - 1].day;
    if (reason == NP_PERSON_QUICK_RESULT) {
        snprintf(out, NP_CASE_SERVED_BYTES, "%u sessions, the last on day %d, and about 28 days to heal", c->n_sessions,
                 last);
        return last <= QUICK_DAYS;
    }
    if (layer)
        snprintf(out, NP_CASE_SERVED_BYTES, "layer '%s' (%s)", layer->name, layer->strategy);
    else if (wanted[reason][1])
        snprintf(out, NP_CASE_SERVED_BYTES, "no layer of %s, %s or the like", wanted[reason][0], wanted[reason][1]);
    else
        snprintf(out, NP_CASE_SERVED_BYTES, "no layer of %s", wanted[reason][0]);
    return layer;
}

double np_case_deepest_mm(const np_case *c)
{
    double most_mm = c->limits.depth_max_mm - c->depth.indentation_mm;
    return c->depth.skin_mm > 0 ? fmin(most_mm, c->depth.skin_mm - NP_CASE_SKIN_LEFT_MM) : most_mm;
}

unsigned np_case_held_depths(const np_case *c, char out[NP_CASE_HELD_BYTES])
{
    const np_case_depth *d = &c->depth;
    const struct {
        const char *key;
        double mm;
    } zones[] = {
#define ZONE(key, usual_mm) {#key, d->key},
        NP_CASE_DEPTH_TABLE(ZONE)
#undef ZONE
    };
    const double most_mm = np_case_deepest_mm(c);
    unsigned n = 0;
    size_t used = 0;
    *out = '\0';
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        double wanted_mm = zones[i].mm + d->calibration_mm;
        double made_mm = fmin(fmax(wanted_mm, c->limits.depth_min_mm), most_mm);
        if (fabs(made_mm - wanted_mm) < 1e-6)
            continue;
        used += (size_t)snprintf(out + used, NP_CASE_HELD_BYTES - used, "%s%s %.3g at %.3g", n++ ? ", " : "",
                                 zones[i].key, wanted_mm, made_mm);
    }
    return n;
}
