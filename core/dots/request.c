/* Reading a request.  Everything that can be wrong with one is found here, before any work. */
#include "dots/private/request.h"

#include "base/near.h"
#include "base/parallel.h"

#include <stdlib.h>
#include <string.h>

#define PIN_OFF_SURFACE_MAX_MM 1.0
#define HAIR_REACH_MM 3.0 /* at least: how far from a hair the vertex may be that says how crowded it stands */

/* ---- fields ---- */

static np_status check_sessions(const np_dots_request *r, np_error *err)
{
    if (r->n_sessions < 1 || r->n_sessions > NP_DOTS_MAX_SESSIONS)
        return np_error_set(err, NP_ERR_INVALID, "%d sessions: 1 to %d are possible", r->n_sessions,
                            NP_DOTS_MAX_SESSIONS);
    double before = 0;
    for (int s = 0; s < r->n_sessions; s++) {
        double share = r->cumulative_share[s];
        if (!(share > 0 && share <= 1) || share < before)
            return np_error_set(err, NP_ERR_INVALID, "cumulative share %d is %g: shares lie in (0, 1] and never fall",
                                s + 1, share);
        before = share;
    }
    if (before < 1)
        return np_error_set(err, NP_ERR_INVALID, "the last cumulative share is %g: it must be 1", before);
    return NP_OK;
}

static np_status check_vertices(const np_dots_request *r, np_error *err)
{
    const np_mesh *mesh = r->surface;
    for (size_t v = 0; v < mesh->n_vertices; v++) {
        double density = r->density_per_cm2[v];
        if (!np_vec3_is_finite(mesh->vertices[v]) || !np_vec3_is_finite(r->normals[v]))
            return np_error_set(err, NP_ERR_INVALID, "vertex %zu of the surface or its normal is not finite", v);
        if (!isfinite(density) || density < 0)
            return np_error_set(err, NP_ERR_INVALID,
                                "the density at vertex %zu is %g: it must be finite and not negative", v, density);
        if (r->layer[v] < 0 || (size_t)r->layer[v] >= r->n_layers)
            return np_error_set(err, NP_ERR_INVALID, "vertex %zu is of layer %d of %zu", v, (int)r->layer[v],
                                r->n_layers);
        if (r->first_session && (r->first_session[v] < 1 || r->first_session[v] > 60))
            return np_error_set(err, NP_ERR_INVALID, "the first session at vertex %zu is %d: sessions count from 1", v,
                                (int)r->first_session[v]);
    }
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int c = 0; c < 3; c++)
            if (mesh->triangles[t].v[c] >= mesh->n_vertices)
                return np_error_set(err, NP_ERR_INVALID, "triangle %zu names vertex %u of %zu", t,
                                    mesh->triangles[t].v[c], mesh->n_vertices);
    return NP_OK;
}

static np_status check_fixed(const np_dots_request *r, np_error *err)
{
    for (size_t i = 0; i < r->n_pins; i++) {
        const np_dots_fixed *pin = &r->pins[i];
        if (!np_vec3_is_finite(pin->position))
            return np_error_set(err, NP_ERR_INVALID, "the position of pin %zu is not finite", i);
        if (pin->layer < 0 || (size_t)pin->layer >= r->n_layers || pin->session < 1)
            return np_error_set(err, NP_ERR_INVALID, "pin %zu is of layer %d of %zu and session %d", i, (int)pin->layer,
                                r->n_layers, (int)pin->session);
    }
    for (size_t i = 0; i < r->n_existing; i++)
        if (!np_vec3_is_finite(r->existing[i]))
            return np_error_set(err, NP_ERR_INVALID, "the position of existing hair %zu is not finite", i);
    return NP_OK;
}

np_status dots_request_check(const np_dots_request *r, np_error *err)
{
    if (!r->surface || r->surface->n_triangles == 0 || r->n_layers == 0)
        return np_error_set(err, NP_ERR_INVALID, "there is no surface to put dots on");
    if (!(r->spacing_min_mm >= 0) || !(r->session_spacing_min_mm >= 0) || r->spacing_min_mm > 100 ||
        r->session_spacing_min_mm > 100)
        return np_error_set(err, NP_ERR_INVALID, "spacing floors of %g and %g mm: 0 to 100 mm are possible",
                            r->spacing_min_mm, r->session_spacing_min_mm);
    for (size_t l = 0; r->layer_evenness && l < r->n_layers; l++) {
        double e = r->layer_evenness[l];
        if (e != 0 && !(e >= NP_DOTS_EVENNESS_MIN && e <= NP_DOTS_EVENNESS_MAX))
            return np_error_set(err, NP_ERR_INVALID, "layer %zu has an evenness of %g: %g to %g are possible", l, e,
                                NP_DOTS_EVENNESS_MIN, NP_DOTS_EVENNESS_MAX);
    }
    np_status status = check_sessions(r, err);
    if (status == NP_OK)
        status = check_vertices(r, err);
    return status == NP_OK ? check_fixed(r, err) : status;
}

/* ---- counts ---- */

/* Whole numbers that sum to TOTAL, each within one of its mass (scaled to that sum), by largest remainder. */
static void apportion(const double *mass, double mass_sum, size_t n_layers, size_t total, size_t *out)
{
    double scale = mass_sum > 0 ? (double)total / mass_sum : 0;
    size_t given = 0;
    for (size_t l = 0; l < n_layers; l++) {
        out[l] = (size_t)(mass[l] * scale);
        given += out[l];
    }
    while (given < total && mass_sum > 0) {
        size_t best = 0;
        for (size_t l = 1; l < n_layers; l++)
            if (mass[l] * scale - (double)out[l] > mass[best] * scale - (double)out[best])
                best = l;
        out[best]++;
        given++;
    }
}

np_status dots_request_budget(const np_dots_request *r, const dots_surface *surface, const size_t *own,
                              dots_budget *out_budget, double *out_factor, np_error *err)
{
    *out_budget = (dots_budget){.n_layers = r->n_layers};
    double *mass = calloc(r->n_layers, sizeof *mass), sum = 0;
    size_t *n = calloc(2 * r->n_layers, sizeof *n), total = 0, n_own = 0;
    np_status status = NP_OK;
    if (!mass || !n) {
        status = np_error_no_memory(err, "the counts of the layers");
        goto done;
    }
    dots_seed_masses(surface, r->n_layers, mass);
    for (size_t l = 0; l < r->n_layers; l++) {
        sum += mass[l];
        n_own += own[l];
    }
    size_t wanted = r->exact_count;
    if (sum > (double)DOTS_COUNT_MAX || wanted > DOTS_COUNT_MAX) {
        status = np_error_set(err, NP_ERR_INVALID, "%.0f dots: at most %zu are possible", fmax(sum, (double)wanted),
                              DOTS_COUNT_MAX);
        goto done;
    }
    if (wanted > 0 && !(sum > 0)) {
        status = np_error_set(err, NP_ERR_INVALID, "%zu dots are asked for where the density is 0 all over", wanted);
        goto done;
    }
    if (wanted > 0 && wanted < r->n_pins) {
        status = np_error_set(err, NP_ERR_INVALID, "%zu dots are asked for, but there are %zu pins already", wanted,
                              r->n_pins);
        goto done;
    }
    size_t of_density = wanted > 0 ? wanted - n_own : (size_t)(sum + 0.5);
    *out_factor = wanted > 0 ? (double)of_density / sum : 1;
    apportion(mass, sum, r->n_layers, of_density, n);
    for (size_t l = 0; l < r->n_layers; l++)
        n[l] += own[l];
    for (size_t i = 0; i < r->n_pins; i++)
        n[r->n_layers + (size_t)r->pins[i].layer]++;
    /* a layer with more pins than its density makes has its pins, and no more */
    for (size_t l = 0; l < r->n_layers; l++) {
        n[l] = n[l] < n[r->n_layers + l] ? n[r->n_layers + l] : n[l];
        total += n[l];
    }
    *out_budget = (dots_budget){n, n + r->n_layers, r->n_layers, total};
    n = NULL;
done:
    free(mass);
    free(n);
    return status;
}

/* ---- pins ---- */

typedef struct pin_job {
    const np_dots_request *request;
    const dots_surface *surface;
    dots_spot *spot;
    double *distance;
} pin_job;

static void pin_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    pin_job *job = context;
    for (size_t i = begin; i < end; i++)
        job->spot[i] = dots_surface_nearest(job->surface, job->request->pins[i].position, &job->distance[i]);
}

/* Every pin keeps the floor from the others and from existing hair. */
static np_status check_pin_spacing(const np_dots_request *r, const dots_surface *surface, const dots_spot *spots,
                                   np_error *err)
{
    size_t n = r->n_pins + r->n_existing;
    np_vec3 *at = malloc((n + 1) * sizeof *at);
    np_near grid = {0};
    np_status status = at ? NP_OK : np_error_no_memory(err, "the pins");
    for (size_t i = 0; at && i < n; i++)
        at[i] = i < r->n_pins ? dots_surface_position(surface, &spots[i]) : r->existing[i - r->n_pins];
    if (at)
        status = np_near_init(&grid, at, sizeof *at, n, fmax(r->spacing_min_mm, 0.5), err);
    for (size_t i = 0; status == NP_OK && i < r->n_pins; i++) {
        np_near_walk walk = np_near_around(&grid, at[i], r->spacing_min_mm);
        for (uint32_t j; status == NP_OK && np_near_next(&walk, &j);) {
            double distance = np_vec3_distance(at[i], at[j]);
            if (j == i || distance >= r->spacing_min_mm)
                continue;
            bool pin = j < r->n_pins, hair = !pin && j < n - r->n_made;
            const char *what = pin    ? "pin"
                               : hair ? "existing hair"
                                      : "a dot that was made before (case key made), number";
            size_t number = pin ? j : hair ? j - r->n_pins : j - (n - r->n_made);
            status = np_error_set(err, NP_ERR_INVALID,
                                  "pin %zu of layer %d is %.3f mm from %s %zu: at least %.2f mm are needed", i,
                                  (int)r->pins[i].layer, distance, what, number, r->spacing_min_mm);
            break;
        }
    }
    np_near_fini(&grid);
    free(at);
    return status;
}

np_status dots_request_pins(const np_dots_request *r, const dots_surface *surface, dots_spot *out_spots, np_error *err)
{
    if (r->n_pins == 0)
        return NP_OK;
    double *distance = calloc(r->n_pins, sizeof *distance);
    if (!distance)
        return np_error_no_memory(err, "the pins");
    pin_job job = {r, surface, out_spots, distance};
    np_parallel_for(r->n_pins, 4, pin_block, &job);
    np_status status = NP_OK;
    for (size_t i = 0; status == NP_OK && i < r->n_pins; i++)
        if (distance[i] > PIN_OFF_SURFACE_MAX_MM)
            status = np_error_set(err, NP_ERR_INVALID,
                                  "pin %zu of layer %d is %.2f mm off the surface to be dotted: at most %.1f mm are "
                                  "allowed",
                                  i, (int)r->pins[i].layer, distance[i], PIN_OFF_SURFACE_MAX_MM);
    free(distance);
    return status == NP_OK ? check_pin_spacing(r, surface, out_spots, err) : status;
}

/* ---- local density ---- */

typedef struct hair_job {
    dots_surface *surface;
    const np_near *hair;
} hair_job;

static void hair_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    hair_job *job = context;
    for (size_t v = begin; v < end; v++)
        job->surface->local_density[v] += np_near_density_per_cm2(job->hair, job->surface->mesh->vertices[v]);
}

static np_status add_hair_density(const np_dots_request *r, dots_surface *surface, np_error *err)
{
    const size_t n_hair = r->units ? r->n_units : r->n_existing - r->n_made, n = n_hair + r->n_made;
    np_vec3 *there = malloc((n + 1) * sizeof *there);
    np_near near;
    if (!there)
        return np_error_no_memory(err, "the hair that is there");
    memcpy(there, r->units ? r->units : r->existing, n_hair * sizeof *there);
    memcpy(there + n_hair, r->existing + r->n_existing - r->n_made, r->n_made * sizeof *there);
    np_status status = np_near_init(&near, there, sizeof *there, n, NP_NEAR_DENSITY_CELL_MM, err);
    hair_job job = {surface, &near};
    if (status == NP_OK)
        np_parallel_for(surface->mesh->n_vertices, 512, hair_block, &job);
    np_near_fini(&near);
    free(there);
    return status;
}

np_status dots_request_local_density(const np_dots_request *r, dots_surface *surface, np_error *err)
{
    size_t n = surface->mesh->n_vertices, worst = 0;
    double peak = 0;
    for (size_t v = 0; v < n; v++)
        if (surface->density[v] > peak) {
            peak = surface->density[v];
            worst = v;
        }
    double fits = 100 * DOTS_TIGHTEST * DOTS_TIGHTEST / (r->spacing_min_mm * r->spacing_min_mm);
    if (r->spacing_min_mm > 0 && peak > fits)
        return np_error_set(
            err, NP_ERR_INVALID,
            "layer %d asks for %.0f dots per cm2 at (%.1f, %.1f, %.1f), but dots %.2f mm apart fit up to "
            "%.0f: lower its density",
            (int)r->layer[worst], peak, surface->mesh->vertices[worst].x, surface->mesh->vertices[worst].y,
            surface->mesh->vertices[worst].z, r->spacing_min_mm, fits);
    np_status status = r->n_existing > 0 ? add_hair_density(r, surface, err) : NP_OK;
    if (status != NP_OK)
        return status;
    /* where next to nothing is wanted s would grow without end */
    for (size_t v = 0; v < n; v++)
        surface->local_density[v] = fmax(surface->local_density[v], fmax(0.25, peak / 100));
    return NP_OK;
}

np_status dots_request_hair(const np_dots_request *r, const dots_surface *surface, dots_site *out_sites, np_error *err)
{
    if (r->n_existing == 0)
        return NP_OK;
    const np_mesh *mesh = r->surface;
    np_near vertices;
    double reach = fmax(HAIR_REACH_MM, surface->longest_edge_mm), mean = 0, mm;
    np_status status = np_near_init(&vertices, mesh->vertices, sizeof *mesh->vertices, mesh->n_vertices, reach, err);
    for (size_t v = 0; v < mesh->n_vertices; v++)
        mean += surface->local_density[v] / (double)mesh->n_vertices;
    for (size_t i = 0; status == NP_OK && i < r->n_existing; i++) {
        size_t v = np_near_nearest(&vertices, r->existing[i], reach, SIZE_MAX, &mm);
        out_sites[i] = (dots_site){r->existing[i], v == SIZE_MAX ? mean : surface->local_density[v]};
    }
    np_near_fini(&vertices);
    return status;
}
