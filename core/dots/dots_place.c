/* np_dots_place, from one end to the other: read the request, spread the right number of dots, relax them
 * into the pattern, make sure of the floor, share them out over the sessions. */
#include "dots/dots.h"

#include "dots/private/clearings.h"
#include "dots/private/floors.h"
#include "dots/private/reference.h"
#include "dots/private/relax.h"
#include "dots/private/request.h"
#include "dots/private/sessions.h"

#include <stdlib.h>

/* How an even pattern is made.  The lower the spacing that is asked for, the fewer sweeps get there; most are
 * for the few dots in folds and at borders, and end as soon as these have room.  Spacings in
 * the hexagonal lattice's: more than the best would order the dots; the more levels, the less each can have;
 * the first session is seen alone, and asks for more than those between. */
typedef struct even_effort {
    int sweeps_whole, sweeps_levels;    /* before sessions are shared out; after */
    double whole[3], first[3], between; /* with one session, two, more */
} even_effort;

static const even_effort even_efforts[2] = {
    [NP_DOTS_BEST] = {24, 600, {0.852, 0.852, 0.83}, {0, 0.81, 0.80}, 0.77},
    [NP_DOTS_FAST] = {24, 200, {0.79, 0.78, 0.77}, {0, 0.77, 0.75}, 0.72},
};

typedef struct placing {
    const np_dots_request *request;
    dots_surface surface;
    dots_budget budget;
    dots_spot *pin;                  /* n_pins */
    double *pin_takes, *pin_density; /* n_pins: see clearings.h; the target density there without clearings */
    size_t *own;                     /* n_layers: see clearings.h */
    dots_particles particles;
    dots_background background; /* follicular only */
    int32_t *layer;             /* n_own */
    int32_t *earliest;          /* n_own */
    int32_t *session;           /* n_own */
} placing;

static void placing_fini(placing *p)
{
    dots_surface_fini(&p->surface);
    dots_particles_fini(&p->particles);
    dots_background_fini(&p->background);
    free(p->budget.n);
    free(p->pin);
    free(p->pin_takes);
    free(p->own);
    free(p->layer);
    free(p->earliest);
    free(p->session);
}

/* Where pins lie, and what they keep free. */
static np_status read_pins(placing *p, np_error *err)
{
    const np_dots_request *r = p->request;
    p->pin = malloc((r->n_pins + 1) * sizeof *p->pin);
    p->pin_takes = malloc((2 * r->n_pins + 1) * sizeof *p->pin_takes);
    p->own = calloc(r->n_layers, sizeof *p->own);
    if (!p->pin || !p->pin_takes || !p->own)
        return np_error_no_memory(err, "the pins");
    p->pin_density = p->pin_takes + r->n_pins;
    np_status status = dots_request_pins(r, &p->surface, p->pin, err);
    for (size_t i = 0; status == NP_OK && i < r->n_pins; i++)
        p->pin_density[i] = dots_surface_density(&p->surface, &p->pin[i]);
    return status == NP_OK ? dots_clearings_make(r, p->pin, &p->surface, p->own, p->pin_takes, err) : status;
}

/* Surface, pins and counts. */
static np_status read_request(placing *p, np_error *err)
{
    const np_dots_request *r = p->request;
    double factor = 1;
    np_status status = dots_request_check(r, err);
    if (status == NP_OK)
        status =
            dots_surface_init(&p->surface, r->surface, r->normals, r->density_per_cm2, r->layer, r->first_session, err);
    if (status == NP_OK)
        status = read_pins(p, err);
    if (status == NP_OK)
        status = dots_request_budget(r, &p->surface, p->own, &p->budget, &factor, err);
    if (status != NP_OK)
        return status;
    for (size_t i = 0; i < r->n_pins; i++)
        p->pin_density[i] *= factor;
    for (size_t v = 0; v < r->surface->n_vertices; v++) {
        p->surface.density[v] *= factor;
        p->surface.local_density[v] *= factor;
    }
    return dots_request_local_density(r, &p->surface, err);
}

/* The particles as first guessed. */
static np_status gather(placing *p, np_error *err)
{
    const np_dots_request *r = p->request;
    size_t n_free = p->budget.total - r->n_pins;
    dots_spot *spots = NULL;
    dots_background *background = r->pattern == NP_DOTS_FOLLICULAR ? &p->background : NULL;
    np_status status = dots_seed_spread(&p->surface, &p->budget, p->pin, r->pins, p->pin_takes, r->n_pins, r->seed,
                                        &spots, background, err);
    if (status == NP_OK)
        status = dots_particles_init(&p->particles, &p->surface, n_free, r->n_pins, r->n_existing, err);
    if (status != NP_OK)
        goto done;
    p->particles.floor_mm = r->spacing_min_mm > 0 ? r->spacing_min_mm + DOTS_ROUNDING_MM : 0;
    for (size_t i = 0; i < p->particles.n_own; i++)
        dots_particles_put(&p->particles, i, i < n_free ? &spots[i] : &p->pin[i - n_free]);
    status = dots_request_hair(r, &p->surface, p->particles.site + p->particles.n_own, err);
done:
    free(spots);
    return status;
}

/* What the sessions need to know of each dot. */
static np_status describe(placing *p, np_error *err)
{
    const np_dots_request *r = p->request;
    dots_particles *particles = &p->particles;
    size_t n = particles->n_own + 1;
    p->layer = calloc(n, sizeof *p->layer);
    p->earliest = calloc(n, sizeof *p->earliest);
    p->session = calloc(n, sizeof *p->session);
    if (!p->layer || !p->earliest || !p->session)
        return np_error_no_memory(err, "the sessions");
    /* the first session's dots feel each other farthest */
    np_status status = dots_particles_update_ghosts(particles, 1.1 / sqrt(fmax(r->cumulative_share[0], 0.01)), err);
    if (status != NP_OK)
        return status;
    for (size_t i = 0; i < particles->n_own; i++) {
        uint32_t corner = dots_surface_corner(&p->surface, &particles->spot[i]);
        bool pin = i >= particles->n_free;
        p->layer[i] = pin ? r->pins[i - particles->n_free].layer : r->layer[corner];
        int32_t first = pin ? r->pins[i - particles->n_free].session : r->first_session ? r->first_session[corner] : 1;
        p->earliest[i] = first > r->n_sessions ? r->n_sessions : first;
    }
    return NP_OK;
}

static dots_share_out share_out(const placing *p)
{
    const np_dots_request *r = p->request;
    return (dots_share_out){.site = p->particles.site,
                            .normal = r->pattern == NP_DOTS_EVEN ? NULL : p->particles.normal,
                            .layer = p->layer,
                            .first_session = p->earliest,
                            .n = p->particles.n_own,
                            .n_free = p->particles.n_free,
                            .ghost_site = p->particles.site + p->particles.n_solid,
                            .ghost_normal = p->particles.normal + p->particles.n_solid,
                            .ghost_source = p->particles.source,
                            .n_ghosts = p->particles.n - p->particles.n_solid,
                            .n_layers = r->n_layers,
                            .n_sessions = r->n_sessions,
                            .cumulative_share = r->cumulative_share,
                            .spacing_min_mm = r->session_spacing_min_mm};
}

static const dots_floors no_sessions;

static np_status place_follicular(placing *p, const np_progress *progress, np_error *err)
{
    const np_dots_request *r = p->request;
    const double kt = dots_follicular_kt(r->evenness);
    double *layer_kt = r->layer_evenness ? calloc(r->n_layers + 1, sizeof *layer_kt) : NULL;
    if (r->layer_evenness && !layer_kt)
        return np_error_no_memory(err, "the layers' evenness");
    for (size_t l = 0; layer_kt && l < r->n_layers; l++)
        layer_kt[l] = r->layer_evenness[l] > 0 ? dots_follicular_kt(r->layer_evenness[l]) : kt;
    np_status status = dots_relax_follicular(&p->particles, &dots_follicular_gas, kt, layer_kt, &p->background, r->seed,
                                             progress, err);
    free(layer_kt);
    if (status == NP_OK)
        status = dots_floors_repair(&p->particles, &no_sessions, r->seed, err);
    if (status == NP_OK)
        status = describe(p, err);
    dots_share_out dots = share_out(p);
    return status == NP_OK ? dots_sessions_assign(&dots, p->session, err) : status;
}

static np_status place_even(placing *p, const np_progress *progress, np_error *err)
{
    const np_dots_request *r = p->request;
    const even_effort *effort = &even_efforts[r->quality];
    dots_level whole = {NP_DOTS_MAX_SESSIONS, 1, effort->whole[0]};
    np_status status = dots_relax_even(&p->particles, NULL, &whole, 1, effort->sweeps_whole, progress, err);
    if (status == NP_OK)
        status = describe(p, err);
    dots_share_out dots = share_out(p);
    if (status == NP_OK)
        status = dots_sessions_assign(&dots, p->session, err);
    /* one level a session's prefix; a share of (nearly) all is no level of its own */
    dots_level levels[NP_DOTS_MAX_SESSIONS];
    size_t n = 0;
    for (int s = 1; s < r->n_sessions; s++)
        if (r->cumulative_share[s - 1] < 0.98)
            levels[n++] = (dots_level){s, r->cumulative_share[s - 1], effort->between};
    levels[n++] = whole;
    size_t many = n < 3 ? n - 1 : 2;
    if (n > 1)
        levels[0].rho = effort->first[many];
    levels[n - 1].rho = effort->whole[many] - (n > 3 ? 0.03 : 0);
    /* a single level goes on from where it stands */
    if (status == NP_OK)
        status = dots_relax_even(&p->particles, p->session, levels, n, effort->sweeps_levels, progress, err);
    return status == NP_OK ? dots_floors_repair(&p->particles, &no_sessions, r->seed, err) : status;
}

#define PARTING_ROUNDS 12

/* Swaps sessions first, which leaves the pattern as it is; what that cannot part is moved apart.  That may
 * raise a session's mean spacing, and with it its floor: then once more. */
static np_status hold_session_floors(placing *p, np_error *err)
{
    double floor_mm[NP_DOTS_MAX_SESSIONS + 1];
    dots_share_out dots = share_out(p);
    dots_floors floors = {p->session, floor_mm, p->request->n_sessions};
    np_status status = NP_OK;
    bool kept = false;
    for (uint64_t round = 0; status == NP_OK && !kept && round < PARTING_ROUNDS; round++) {
        status = dots_sessions_part(&dots, p->session, floor_mm, err);
        if (status == NP_OK)
            status = dots_floors_repair(&p->particles, &floors, p->request->seed + round, err);
        if (status == NP_OK)
            status = dots_sessions_keep(&dots, p->session, floor_mm, &kept, err);
    }
    if (status == NP_OK && !kept)
        status = np_error_set(err, NP_ERR_INVALID,
                              "the dots of one session cannot keep 0.75 of their own mean spacing from each other: "
                              "lower the density, or make more sessions");
    return status;
}

static np_status hand_over(const placing *p, np_placed_dot **out_dots, size_t *out_n, np_error *err)
{
    const dots_particles *particles = &p->particles;
    np_placed_dot *dots = malloc((particles->n_own + 1) * sizeof *dots);
    if (!dots)
        return np_error_no_memory(err, "the placed dots");
    for (size_t i = 0; i < particles->n_own; i++) {
        const dots_spot *spot = &particles->spot[i];
        np_placed_dot *dot = &dots[i];
        *dot = (np_placed_dot){.session = p->session[i],
                               .layer = p->layer[i],
                               .pin = i < particles->n_free ? -1 : (int32_t)(i - particles->n_free),
                               .density_per_cm2 = i < particles->n_free ? particles->target[i]
                                                                        : p->pin_density[i - particles->n_free]};
        dot->point.triangle = spot->triangle;
        for (int c = 0; c < 3; c++)
            dot->point.weight[c] = spot->weight[c];
        dot->point.position = particles->site[i].at;
        dot->point.normal = dots_surface_normal(&p->surface, spot);
    }
    *out_dots = dots;
    *out_n = particles->n_own;
    return NP_OK;
}

np_status np_dots_place(const np_dots_request *request, const np_progress *progress, np_placed_dot **out_dots,
                        size_t *out_n, np_error *err)
{
    placing p = {.request = request};
    *out_dots = NULL;
    *out_n = 0;
    np_status status = read_request(&p, err);
    if (status == NP_OK)
        status = gather(&p, err);
    if (status == NP_OK)
        status = request->pattern == NP_DOTS_EVEN ? place_even(&p, progress, err) : place_follicular(&p, progress, err);
    if (status == NP_OK)
        status = hold_session_floors(&p, err);
    if (status == NP_OK && !np_progress_step(progress, "dots", 1))
        status = np_error_set(err, NP_ERR_STOPPED, "placing dots was stopped");
    if (status == NP_OK)
        status = hand_over(&p, out_dots, out_n, err);
    placing_fini(&p);
    return status;
}
