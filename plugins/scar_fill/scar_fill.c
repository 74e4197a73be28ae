/* scar_fill: hides scars, by filling the scar and blending it into what surrounds it.
 *
 * A line scar (a strip harvest, a facelift) is its centre line with a width that tapers to the ends; around
 * the core the density falls, over a feather, to what the surroundings lack.  The border between the two
 * wanders by a smooth noise and the density never has a maximum on it, since dots along a scar's edge draw
 * the scar.  In session 1 part of the core is left out: a scar takes pigment in its own way, and the shade
 * must be judged before it is full, and its dots are lighter.  A burn is its region.  Round scars (follicles harvested one by one) get one dot each, two in
 * large ones, set at random inside. */
#include <needlepath/plugin_kit.h>
#include <stdbool.h>

#include "scar_fill.h"

static bool is_natural(const np_strategy_job *job)
{
    return job->params[SCAR_SURROUNDINGS] < 0.5;
}

/* Where no follicles are listed, surroundings may still be full of hair. */
static double hair_around(const np_strategy_job *job, double existing)
{
    return is_natural(job) && existing < job->treatment->natural_density_per_cm2
               ? job->treatment->natural_density_per_cm2
               : existing;
}

/* Half the scar's width at ARC along its line of LENGTH: widest in the middle, elliptic, TAPER of it at the
 * ends. */
static double half_width_mm(const double *p, double arc_mm, double length_mm)
{
    double t = length_mm > 0.0 ? np_kit_clamp(2.0 * arc_mm / length_mm - 1.0, -1.0, 1.0) : 0.0;
    double share = p[SCAR_TAPER] + (1.0 - p[SCAR_TAPER]) * sqrt(1.0 - t * t);
    return 0.5 * p[SCAR_WIDTH] * share;
}

/* Half of the width over which most of the density falls: less than dots are apart, where hair ends at a line scar's border or is listed; at
 * the border of an area in hair that nobody listed, wide enough for a treatment's own edge. */
#define EDGE_MM 0.5
#define AREA_EDGE_MM 2.0
#define TAIL_SHARE 0.08 /* of the density: single dots that go on beyond it, over the feather */

/* How much of the scar's density is left BEYOND mm outside of its border: half of it at the border, so that the scar gets as wide as it
 * is, and hardly any where the hair beside it is whole. */
static double scar_share(double beyond, double edge_mm, double feather)
{
    double tail = 1.0 - np_kit_clamp(beyond / feather, 0.0, 1.0);
    return (1.0 - TAIL_SHARE) * (1.0 - np_kit_smoothstep(-edge_mm, edge_mm, beyond)) + TAIL_SHARE * tail * tail;
}

/* Cells of a millimetre and a bit are left out of session 1 by lot: their share is exact on the average, and
 * at the distance from which a head is seen the core is simply thinner. */
static int32_t first_session_of(const np_strategy_job *job, double x, double y, double z)
{
    const double cell_mm = 1.3;
    uint64_t i = (uint64_t)(int64_t)floor(x / cell_mm) & 0x1fffff, j = (uint64_t)(int64_t)floor(y / cell_mm) & 0x1fffff;
    uint64_t k = (uint64_t)(int64_t)floor(z / cell_mm) & 0x1fffff;
    double lot = job->host->uniform(job->host->context, SCAR_STREAM_SESSION, i << 42 | j << 21 | k, 0);
    return lot < job->params[SCAR_SESSION_1] ? 1 : 2;
}

/* How far the border wanders here, within the jitter. */
static double wander_mm(const np_strategy_job *job, const np_strategy_samples *s, uint32_t i)
{
    return 0.5 * job->params[SCAR_JITTER] *
           np_kit_wander(job->host, SCAR_STREAM_BORDER, 7.0, 3.0, 0.6, s->x[i], s->y[i], s->z[i]);
}

/* The field BEYOND mm outside of the scar's border (negative: in it), with COVERAGE. */
static void paint_scar(const np_strategy_job *job, const np_strategy_samples *s, uint32_t i, double beyond,
                       double edge_mm, double feather, double coverage, np_strategy_field *out)
{
    const double *p = job->params;
    double target = p[SCAR_TARGET], existing = s->existing_density_per_cm2[i];
    double core = fmax(0.0, target * p[SCAR_CORE_SHARE] - existing);
    double around = fmax(0.0, target - hair_around(job, existing));
    double share = scar_share(beyond, edge_mm, feather);

    out->coverage[i] = fmax(coverage, out->coverage[i]);
    out->density_per_cm2[i] =
        np_kit_lerp(around, core, share) *
        np_kit_variation(job->host, SCAR_STREAM_VARIATION, p[SCAR_VARIATION], 10.0, s->x[i], s->y[i], s->z[i]);
    out->depth_mm[i] = np_kit_lerp(p[SCAR_DEPTH], out->depth_mm[i], np_kit_smoothstep(0.0, feather, beyond));
    double tone = np_kit_lerp(0.5, p[SCAR_TONE], share);
    if (beyond < 0.0) {
        out->first_session[i] = first_session_of(job, s->x[i], s->y[i], s->z[i]);
        /* light first, and as dark as asked for in the mean */
        double later = 1.0 - p[SCAR_SESSION_1];
        tone += p[SCAR_LIGHT_FIRST] * (out->first_session[i] == 1 ? -later : 1.0 - later);
    }
    out->tone[i] =
        np_kit_tone(job->host, SCAR_STREAM_TONE, s->id[i], np_kit_clamp(tone, 0.0, 1.0), p[SCAR_TONE_VARIATION]);
}

static void paint_line(const np_strategy_job *job, const np_strategy_samples *s, uint32_t i, np_strategy_field *out)
{
    const double *p = job->params;
    const np_strategy_curve *line = job->curves[0];
    double length_mm = line->arc_mm[line->count - 1];
    double half = half_width_mm(p, s->curve_arc_mm[i], length_mm);
    double beyond = fabs(s->curve_distance_mm[i]) - half - wander_mm(job, s, i);
    double feather = fmin(p[SCAR_FEATHER], fmax(0.5, job->reach_mm - half - p[SCAR_JITTER]));

    /* the outer half of the feather also lets go of the point, for surroundings that want dots themselves */
    if (beyond < feather)
        paint_scar(job, s, i, beyond, EDGE_MM, feather, 1.0 - np_kit_smoothstep(0.5 * feather, feather, beyond), out);
}

/* A burn or a worn patch: the region itself.  Its dots stay inside, so that the border lies a little within it. */
static void paint_area(const np_strategy_job *job, const np_strategy_samples *s, uint32_t i, np_strategy_field *out)
{
    const double *p = job->params;
    double inside = s->region_distance_mm[i], edge_mm = is_natural(job) ? AREA_EDGE_MM : EDGE_MM;
    double beyond = 0.5 * (edge_mm + p[SCAR_JITTER]) - inside - wander_mm(job, s, i);
    paint_scar(job, s, i, beyond, edge_mm, p[SCAR_FEATHER], np_kit_smoothstep(0.0, 1.0, inside), out);
}

/* Around a harvested follicle the hair is thinner: a few dots there, fading out. */
static void paint_halo(const np_strategy_job *job, const np_strategy_samples *s, uint32_t i, np_strategy_field *out)
{
    const double *p = job->params;
    double distance = s->point_distance_mm[i], halo = fmin(p[SCAR_HALO], job->reach_mm);
    if (distance >= halo)
        return;
    double around = fmax(0.0, p[SCAR_TARGET] * p[SCAR_HALO_SHARE] - s->existing_density_per_cm2[i]);
    double fade = 1.0 - np_kit_smoothstep(0.4 * halo, halo, distance);
    if (fade > out->coverage[i]) {
        out->coverage[i] = fade;
        out->density_per_cm2[i] = fmax(around, out->density_per_cm2[i]);
        out->tone[i] = np_kit_tone(job->host, SCAR_STREAM_TONE, s->id[i], 0.5, p[SCAR_TONE_VARIATION]);
    }
}

int32_t scar_paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *out)
{
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->region_distance_mm[i] < 0.0)
            continue;
        np_kit_lean(job, s, i, SCAR_STREAM_LEAN, job->params[SCAR_LEAN], out);
        if (job->curve_count > 0)
            paint_line(job, s, i, out);
        else if (job->point_set_count == 0)
            paint_area(job, s, i, out);
        if (job->point_set_count > 0)
            paint_halo(job, s, i, out);
    }
    return 0;
}
