/* Shaved hair: at the case's follicles beside the dots, or in the dots' places for comparison with them.  Units of one to four hairs in a row across the
 * hair's direction, as docs/domain.md 2.3 and 7.2 have them. */
#include <math.h>
#include <stdlib.h>

#include "base/angle.h"
#include "base/grow.h"
#include "base/near.h"
#include "base/rng.h"
#include "head/flow.h"
#include "report/private/preview.h"

#define STREAM_HAIR 0x48616972u /* "Hair" */
#define ROW_MM 0.15             /* from hair to hair of a unit */
#define NEAR_SKIN_MM 3.0        /* a follicle farther off the scan is not on this head */

/* Draws of one unit. */
typedef struct unit_dice {
    uint64_t seed, index;
    uint32_t draw;
} unit_dice;

static double uniform(unit_dice *d)
{
    return np_rng_uniform(d->seed, STREAM_HAIR, d->index, d->draw++);
}

static double normal(unit_dice *d)
{
    return np_rng_normal(d->seed, STREAM_HAIR, d->index, d->draw++);
}

/* One hair, two, three or four: 37, 44, 17, 2 %; single ones alone where hair is thin, as at a hairline, or 0. */
static int hairs_of_unit(unit_dice *d, double density_per_cm2)
{
    double u = uniform(d);
    if (uniform(d) > fmin(fmax((density_per_cm2 - 15) / 50, 0), 1))
        return 1;
    return u < 0.37 ? 1 : u < 0.81 ? 2 : u < 0.98 ? 3 : 4;
}

static np_status add_hair(const np_preview_request *r, const np_surface_point *at, np_vec3 along, double elevation_deg,
                          unit_dice *dice, report_preview_scene *out, np_error *err)
{
    double diameter = NP_SKIN_HAIR_DIAMETER_MM * fmin(fmax(1 + 0.15 * normal(dice), 0.55), 1.45),
           offset[NP_SKIN_HAIR_PARTS];
    double elevation = np_angle_rad(elevation_deg);
    np_skin_mark marks[NP_SKIN_HAIR_PARTS];
    np_skin_hair_marks(r->hair, elevation_deg, diameter, r->skin, offset, marks);
    np_status status = NP_GROW(out->dots, out->dot_room, out->n_dots + NP_SKIN_HAIR_PARTS, "hair of a picture", err);
    if (status == NP_OK)
        status = NP_GROW(out->hairs, out->hair_room, out->n_hairs + 1, "hair of a picture", err);
    if (status != NP_OK)
        return status;
    for (int i = 0; i < NP_SKIN_HAIR_PARTS; i++) {
        double area[3] = {0};
        for (int k = 0; k < NP_SKIN_GAUSSIANS; k++)
            for (int c = 0; c < 3; c++)
                area[c] += marks[i].area_mm2[k][c];
        if (area[0] + area[1] + area[2] > 1e-3) /* mm2: less is lost among the others */
            out->dots[out->n_dots++] = (np_look_dot){np_vec3_mad(at->position, along, offset[i]), at->normal, marks[i]};
    }
    np_look_hair *shaft = &out->hairs[out->n_hairs++];
    *shaft = (np_look_hair){.root = at->position,
                            .direction = np_vec3_mad(np_vec3_scale(along, cos(elevation)), at->normal, sin(elevation)),
                            .length_mm = r->stubble_mm * (0.6 + 0.8 * uniform(dice)),
                            .diameter_mm = diameter};
    np_skin_hair_rgb(r->hair, shaft->rgb);
    return NP_OK;
}

static np_status add_unit(const np_preview_request *r, const np_scan *scan, const np_surface_point *at,
                          double density_per_cm2, uint64_t index, report_preview_scene *out, np_error *err)
{
    unit_dice dice = {r->plan->seed, index, 0};
    np_vec3 flow = np_hair_flow(scan, at), across = np_vec3_cross(at->normal, flow);
    int n = hairs_of_unit(&dice, density_per_cm2);
    double rise_deg = (at->normal.z > 0.55 ? 42 : 27) + 4 * normal(&dice); /* on top, at the sides */
    np_status status = NP_OK;
    for (int i = 0; status == NP_OK && i < n; i++) {
        np_surface_point place = *at;
        double turn = np_angle_rad(8.4 * normal(&dice)), elevation = rise_deg + 5 * normal(&dice);
        place.position = np_vec3_mad(at->position, across, (i - (n - 1) / 2.0) * ROW_MM + 0.02 * normal(&dice));
        np_vec3 along = np_vec3_mad(np_vec3_scale(flow, cos(turn)), across, sin(turn));
        status = add_hair(r, &place, along, elevation, &dice, out, err);
    }
    return status;
}

/* Those that face away from EYE are not worth their memory. */
static bool faces(const np_surface_point *at, np_vec3 eye)
{
    return np_vec3_dot(at->normal, np_vec3_sub(eye, at->position)) > 0;
}

np_status report_preview_unit(const np_preview_request *request, const np_scan *scan, const np_dot *dot, np_vec3 eye,
                              report_preview_scene *scene, np_error *err)
{
    np_surface_point at;
    if (!np_surface_nearest(&scan->surface, dot->position, NEAR_SKIN_MM, &at) || !faces(&at, eye))
        return NP_OK;
    return add_unit(request, scan, &at, dot->density_per_cm2, dot->id, scene, err);
}

np_status report_preview_reference(const np_preview_request *request, const np_scan *scan, np_vec3 eye,
                                   report_preview_scene *scene, np_error *err)
{
    const np_plan *plan = request->plan;
    np_status status = NP_OK;
    for (size_t i = 0; status == NP_OK && i < plan->n_dots; i++)
        status = report_preview_unit(request, scan, &plan->dots[i], eye, scene, err);
    return status;
}

/* Points a unit in the mean, and more: lists of hairs have 1.85 (docs/domain.md 7.2), of units hardly more than 1. */
#define HAIR_BY_HAIR 1.3

/* Whether the N points of AT are hairs, and not units. */
static np_status is_hair_by_hair(const np_vec3 *at, size_t n, bool *out, np_error *err)
{
    size_t n_units = 0;
    uint32_t *unit = malloc((n + 1) * sizeof *unit);
    np_status status =
        unit ? np_near_units(at, sizeof *at, n, unit, &n_units, err) : np_error_no_memory(err, "hair of a picture");
    *out = (double)n > HAIR_BY_HAIR * (double)n_units;
    free(unit);
    return status;
}

np_status report_preview_existing(const np_preview_request *request, const np_scan *scan,
                                  const np_case_points *existing, np_vec3 eye, report_preview_scene *scene,
                                  np_error *err)
{
    const double usual_per_cm2 = 75; /* docs/domain.md 2.1 */
    bool hairs = false;
    np_vec3 *at = malloc((existing->n + (size_t)1) * sizeof *at);
    np_status status = at ? NP_OK : np_error_no_memory(err, "hair of a picture");
    for (unsigned i = 0; at && i < existing->n; i++)
        at[i] = np_scan_from_file(scan, existing->points[i]);
    if (status == NP_OK)
        status = is_hair_by_hair(at, existing->n, &hairs, err);
    for (unsigned i = 0; status == NP_OK && i < existing->n; i++) {
        np_surface_point on;
        if (np_surface_nearest(&scan->surface, at[i], NEAR_SKIN_MM, &on) && faces(&on, eye))
            status = add_unit(request, scan, &on, hairs ? 0 : usual_per_cm2, UINT64_C(1) << 32 | i, scene, err);
    }
    free(at);
    return status;
}
