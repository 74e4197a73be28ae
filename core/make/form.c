/* The form of the treatment, as an eye sees it: marks, not where needles go in, and the hair that is there. */
#include "make/private/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "base/near.h"
#include "base/parallel.h"
#include "head/flow.h"
#include "make/private/notes.h"
#include "needlepath/plugin.h"

#define FAR_MM 50.0

typedef struct forming {
    const make_making *m;
    const np_surface_point *hair,
        *standing; /* listed, by units, and dots that are seen: not those that faded or that nobody found */
    size_t n_hair;
    np_near past;      /* all marks of earlier plans */
    np_form_dot *dots; /* the plan's, then hair, then what stands */
} forming;

static np_form_zone zone_at(const np_scan *scan, np_vec3 at)
{
    np_surface_point p;
    if (!np_surface_nearest(&scan->surface, at, FAR_MM, &p))
        return NP_FORM_ELSEWHERE;
    switch (np_scan_zone(scan, &p)) {
    case NP_ZONE_FRONTAL:
        return NP_FORM_FRONT;
    case NP_ZONE_TEMPLE:
        return NP_FORM_TEMPLES;
    case NP_ZONE_MIDSCALP:
        return NP_FORM_MIDSCALP;
    default:
        return NP_FORM_ELSEWHERE;
    }
}

static np_form_line line_of(const np_plan *plan, const np_dot *d)
{
    const np_plan_layer *layer = &plan->layers[d->layer];
    if (!np_plan_layer_makes_hairline(layer))
        return NP_FORM_LINE_TREATED;
    return d->pin ? NP_FORM_LINE_NONE : NP_FORM_LINE_DESIGNED;
}

/* The K-th listed hair, and behind them dots that stand. */
static np_form_dot what_is_there(const forming *f, size_t k)
{
    bool is_hair = k < f->n_hair;
    const np_surface_point *p = is_hair ? &f->hair[k] : &f->standing[k - f->n_hair];
    np_form_dot dot = {.position = p->position, .normal = p->normal, .is_there = true, .line = NP_FORM_LINE_HAIR};
    if (!is_hair) {
        double mm;
        size_t mark = np_near_nearest(&f->past, p->position, NP_FOUND_WITHIN_MM, SIZE_MAX, &mm);
        bool makes = mark < SIZE_MAX && f->m->past.marks[mark].makes_hairline;
        dot.line = makes ? NP_FORM_LINE_DESIGNED : NP_FORM_LINE_NONE;
    }
    return dot;
}

static void collect(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    forming *f = context;
    const np_plan *plan = f->m->plan;
    for (size_t i = begin; i < end; i++) {
        if (i >= plan->n_dots) {
            f->dots[i] = what_is_there(f, i - plan->n_dots);
            continue;
        }
        const np_dot *d = &plan->dots[i];
        np_vec3 mark = np_dot_mark(d);
        f->dots[i] = (np_form_dot){.position = mark,
                                   .normal = d->normal,
                                   .density_per_cm2 = d->pin ? 0 : d->density_per_cm2,
                                   .inside_mm = f->m->inside_mm[i],
                                   .zone = zone_at(f->m->scan, mark),
                                   .line = line_of(plan, d)};
    }
}

static np_status warn(make_making *m, const np_form_value values[NP_FORM_FIGURES], np_error *err)
{
    np_status status = NP_OK;
    for (int k = 0; k < NP_FORM_FIGURES && status == NP_OK; k++) {
        const np_band *b = np_form_band_of((np_form_figure)k);
        const char *sentence = values[k].measured ? np_band_sentence(b, values[k].value) : NULL;
        char band[NP_BAND_TEXT_BYTES];
        if (sentence)
            status = make_note(m, err, "WARNING: %s: %.3g at (%.0f, %.0f, %.0f), natural is %s: %s\n", b->name,
                               values[k].value, values[k].place.x, values[k].place.y, values[k].place.z,
                               np_band_text(b->low, b->high, band), sentence);
    }
    return status;
}

#define BARE_MM 3.0
/* Of the density of natural hair: what is not hair then, but single dots of a filling's fading edge. */
#define BARE_SHARE 0.2
/* Dots alone that are told of: some always stand beside a gap. */
#define BARE_DOTS 10
#define BARE_SHARE_OF_DOTS 0.02

/* Whether there is nearly nothing about dot I, neither dots nor hair that was listed. */
static bool stands_alone(const np_near *all, size_t i, double natural_per_cm2)
{
    const double area_cm2 = NP_PI * BARE_MM * BARE_MM / 100;
    np_vec3 at = np_near_point(all, i);
    size_t n = 0;
    np_near_walk walk = np_near_around(all, at, BARE_MM);
    for (uint32_t j; np_near_next(&walk, &j);)
        n += j != i && np_vec3_distance(np_near_point(all, j), at) < BARE_MM;
    return (double)n / area_cm2 < BARE_SHARE * natural_per_cm2;
}

/* A scar is filled to where hair begins, which may be counted on without being listed.  Where some is listed, and none for a while beside the
 * scar, skin there stays bare as a ring: that is told. */
static np_status warn_of_bare_skin(make_making *m, const np_near *all, np_error *err)
{
    const np_plan *plan = m->plan;
    double natural_per_cm2 = m->c->natural_density_per_cm2;
    np_status status = NP_OK;
    for (size_t l = 0; l < plan->n_layers && status == NP_OK; l++) {
        size_t alone = 0, dots = 0;
        bool has_pins = false; /* round scars, between which hair is thin */
        np_vec3 place = {0};
        if (strncmp(plan->layers[l].strategy, "scar_fill ", 10) != 0)
            continue;
        for (size_t i = 0; i < plan->n_dots; i++) {
            if (plan->dots[i].layer != (int)l)
                continue;
            has_pins = has_pins || plan->dots[i].pin;
            dots++;
            if (stands_alone(all, i, natural_per_cm2)) {
                place = alone == 0 ? plan->dots[i].position : place;
                alone++;
            }
        }
        if (!has_pins && alone >= BARE_DOTS && (double)alone >= BARE_SHARE_OF_DOTS * (double)dots)
            status =
                make_note(m, err,
                          "WARNING: layer %s: skin beside the scar stays bare, as at (%.0f, %.0f, %.0f): %zu of its "
                          "%zu dots have hardly a dot or a listed hair within %.0f mm. Hair that is there and not "
                          "listed fills it; if it is bare, make the scar wider (width_mm), or say 'surroundings: "
                          "as_listed'\n",
                          plan->layers[l].name, place.x, place.y, place.z, alone, dots, BARE_MM);
    }
    return status;
}

np_status make_form(make_making *m, np_form_value out[NP_FORM_FIGURES], np_error *err)
{
    size_t n_standing;
    forming f = {.m = m, .standing = np_painter_standing(m->painter, &n_standing)};
    f.hair = np_painter_units(m->painter, &f.n_hair);
    size_t n = m->plan->n_dots + f.n_hair + n_standing;
    f.dots = malloc((n + 1) * sizeof *f.dots);
    if (!f.dots)
        return np_error_no_memory(err, "the figures of the form");
    np_form_head head = {.glabella = m->scan->landmarks.glabella, .surface = &m->scan->surface};
    np_head_axes(&head.anterior, &head.up);
    np_status status = np_near_init(&f.past, m->past.marks ? &m->past.marks->position : NULL, sizeof *m->past.marks,
                                    m->past.n, NP_FOUND_WITHIN_MM, err);
    if (status == NP_OK) {
        np_parallel_for(n, 512, collect, &f);
        status = np_form_measure(f.dots, n, &head, out, err);
    }
    np_near all = {0};
    if (status == NP_OK && f.n_hair)
        status = np_near_init(&all, &f.dots->position, sizeof *f.dots, n, BARE_MM, err);
    if (status == NP_OK)
        status = f.n_hair ? warn_of_bare_skin(m, &all, err) : status;
    np_near_fini(&all);
    np_near_fini(&f.past);
    free(f.dots);
    return status == NP_OK ? warn(m, out, err) : status;
}
