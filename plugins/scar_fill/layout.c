/* Which scars are refused or remarked on; and round scars: a dot or two in each, placed by hand. */
#include <needlepath/plugin_kit.h>
#include <stdbool.h>
#include <stdio.h>

#include "scar_fill.h"

#define TWIN_DISC_MM 0.9     /* larger discs take two dots */
#define TWIN_APART_MM 0.5    /* and keep them apart: above the spacing floor between any two dots */
#define FEATHER_LEAST_MM 1.0 /* shorter, a border is an edge */
#define PINS_APART_MM 0.5    /* scars that run into one another share a dot */

/* Two directions along the skin at P. */
static void tangents(const np_strategy_head *l, np_kit_vec p, np_kit_vec *out_u, np_kit_vec *out_v)
{
    np_kit_vec n = np_kit_outward(l, p);
    np_kit_vec aside = fabs(n.x) < 0.9 ? (np_kit_vec){1.0, 0.0, 0.0} : (np_kit_vec){0.0, 1.0, 0.0};
    *out_u = np_kit_unit(np_kit_cross(n, aside));
    *out_v = np_kit_cross(n, *out_u);
}

/* Of scar I, beside its place; 0: nobody measured it. */
static double measured_mm(const np_strategy_job *job, uint32_t i)
{
    return job->point_sets[0]->values[0][i];
}

/* Of scar I: as given, or by lot. */
static double diameter_mm(const np_strategy_job *job, uint32_t i)
{
    const double *p = job->params;
    const np_param_value *given = job->values[SCAR_DISC_DIAMETERS];
    if (given->count > i)
        return given->data[i * given->columns];
    if (measured_mm(job, i) > 0.0)
        return measured_mm(job, i);
    double lot = job->host->uniform(job->host->context, SCAR_STREAM_DISC, i, 0);
    return np_kit_clamp(p[SCAR_DISC] + p[SCAR_DISC_SPREAD] * (2.0 * lot - 1.0), 0.3, 3.0);
}

/* The largest that any scar may have. */
static double most_mm(const np_strategy_job *job)
{
    double most = job->params[SCAR_DISC] + job->params[SCAR_DISC_SPREAD];
    for (uint32_t i = 0; i < job->values[SCAR_DISC_DIAMETERS]->count; i++)
        most = i == 0 ? diameter_mm(job, i) : fmax(most, diameter_mm(job, i));
    for (uint32_t i = 0; i < job->point_sets[0]->count; i++)
        most = fmax(most, measured_mm(job, i));
    return most;
}

static bool crowded(const np_strategy_job *job, double most, uint32_t i)
{
    const np_strategy_points *set = job->point_sets[0];
    for (uint32_t k = 0; k < i; k++) {
        double dx = set->x[i] - set->x[k], dy = set->y[i] - set->y[k], dz = set->z[i] - set->z[k];
        double apart = PINS_APART_MM + most;
        if (dx * dx + dy * dy + dz * dz < apart * apart)
            return true;
    }
    return false;
}

/* In scar I, whose dots are of one session each. */
static int32_t add_pin(const np_strategy_job *job, np_strategy_layout *out, uint32_t i, np_kit_vec p, double radius,
                       double angle, int32_t session)
{
    np_kit_vec u, v;
    tangents(job->head, p, &u, &v);
    double a = radius * cos(angle), b = radius * sin(angle);
    np_strategy_pin pin =
        np_kit_pin(p.x + a * u.x + b * v.x, p.y + a * u.y + b * v.y, p.z + a * u.z + b * v.z, session);
    pin.depth_mm = job->params[SCAR_DEPTH];
    pin.tone = np_kit_tone(job->host, SCAR_STREAM_DISC_TONE, 2u * (uint64_t)i + (uint64_t)session,
                           job->params[SCAR_TONE], job->params[SCAR_TONE_VARIATION]);
    return out->add_pins(out->context, 1, &pin);
}

static int32_t fill_disc(const np_strategy_job *job, np_strategy_layout *out, uint32_t i)
{
    const np_host *h = job->host;
    const np_strategy_points *set = job->point_sets[0];
    np_kit_vec centre = {set->x[i], set->y[i], set->z[i]};
    double radius = 0.5 * diameter_mm(job, i);
    double angle = 6.283185307179586 * h->uniform(h->context, SCAR_STREAM_DISC, i, 1);

    /* uniform over the disc less a rim of a fifth: never in its middle by design, never on its edge */
    double r = 0.8 * radius * sqrt(h->uniform(h->context, SCAR_STREAM_DISC, i, 2));
    if (2.0 * radius <= TWIN_DISC_MM)
        return add_pin(job, out, i, centre, r, angle, 1);

    /* two: opposite one another but not evenly, the second when the first has healed */
    double bend = angle + 3.141592653589793 + 0.6 * (h->uniform(h->context, SCAR_STREAM_DISC, i, 3) - 0.5);
    double first = fmax(r, 0.5 * TWIN_APART_MM * 1.1);
    double second = fmin(fmax(TWIN_APART_MM * 1.1 - first, 0.5 * TWIN_APART_MM * 1.1), 0.9 * radius);
    if (add_pin(job, out, i, centre, first, angle, 1) != 0)
        return -1;
    return add_pin(job, out, i, centre, second, bend, 2);
}

/* Why the scar is not to be treated, or not as asked for; NULL: it may be. */
static const char *refusal(const np_strategy_job *job)
{
    const double *p = job->params;
    uint32_t n = job->values[SCAR_DISC_DIAMETERS]->count;
    if (p[SCAR_RAISED] > 0.5)
        return "the scar is raised (raised): pigment migrates in raised scars; have it made flat, and wait until it is "
               "stable";
    if (p[SCAR_RED] > 0.5)
        return "the scar is red (red): it is still changing; wait until it is pale and flat";
    if (p[SCAR_AGE] > 0.0 && p[SCAR_AGE] < SCAR_YOUNG_MONTHS)
        return "the scar is younger than 6 months (age_months): wait until it is stable, flat and pale, 6 to 12 months";
    if (job->curve_count == 0 && job->point_set_count == 0 && job->region_count == 0)
        return "scar_fill needs a curve (the scar's centre line), points (round scars) or a region (a burn)";
    if (n > 0 && (job->point_set_count == 0 || n != job->point_sets[0]->count))
        return "disc_diameters_mm must have a row for each of the layer's points, in their order";
    for (uint32_t i = 0; job->point_set_count > 0 && i < job->point_sets[0]->count; i++) {
        if (measured_mm(job, i) > 0.0 && n > 0)
            return "diameters are given twice, by disc_diameters_mm and beside the points (diameter_mm); keep one";
        if (measured_mm(job, i) > 0.0 && measured_mm(job, i) < 0.3)
            return "diameter_mm of a scar is 0.3 mm or more, or 0 where it was not measured";
    }
    return NULL;
}

/* A line scar that ends where the layer does, and not where it fades out, has a hard edge: that is told. */
static void remark_on_reach(const np_strategy_job *job)
{
    const double *p = job->params;
    double border_mm = 0.5 * p[SCAR_WIDTH] + p[SCAR_JITTER];
    if (job->curve_count == 0 || border_mm + FEATHER_LEAST_MM <= job->reach_mm)
        return;
    char text[300];
    snprintf(
        text, sizeof text,
        "the layer's reach_mm of %g mm cuts the scar off at a hard edge, as it is %g mm wide (width_mm) and wanders: "
        "make reach_mm %g, for its feather, too",
        job->reach_mm, p[SCAR_WIDTH], ceil(border_mm + p[SCAR_FEATHER]));
    job->host->log(job->host->context, 2, text);
}

int32_t scar_layout(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    const char *problem = refusal(job);
    if (problem) {
        job->host->set_error(job->host->context, problem);
        return -1;
    }
    remark_on_reach(job);
    uint32_t left_out = 0;
    double most = job->point_set_count > 0 ? most_mm(job) : 0.0;
    for (uint32_t i = 0; job->point_set_count > 0 && i < job->point_sets[0]->count; i++) {
        if (crowded(job, most, i))
            left_out++;
        else if (fill_disc(job, out, i) != 0)
            return -1;
    }
    if (left_out > 0)
        job->host->log(job->host->context, 1, "round scars that touch one another share a dot");
    return 0;
}
