/* Keeping and linking the particles. */
#include "dots/private/particles.h"

#include "base/parallel.h"
#include "dots/private/lists.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

np_status dots_particles_init(dots_particles *particles, const dots_surface *surface, size_t n_free, size_t n_pins,
                              size_t n_existing, np_error *err)
{
    *particles = (dots_particles){.surface = surface, .n_free = n_free, .n_own = n_free + n_pins};
    particles->n_solid = particles->n_own + n_existing;
    particles->n = particles->n_solid;
    size_t n = particles->n_solid + particles->n_own + 1; /* each own particle may have a ghost */
    particles->source = calloc(n, sizeof *particles->source);
    particles->site = calloc(n, sizeof *particles->site);
    particles->normal = calloc(n, sizeof *particles->normal);
    particles->spot = calloc(n, sizeof *particles->spot);
    particles->target = calloc(n, sizeof *particles->target);
    particles->home = calloc(n, sizeof *particles->home);
    particles->link_first = calloc(n + 1, sizeof *particles->link_first);
    particles->near_end = calloc(n, sizeof *particles->near_end);
    particles->batch = calloc(n / DOTS_BATCH + 1, sizeof *particles->batch);
    if (!particles->source || !particles->site || !particles->normal || !particles->spot || !particles->target ||
        !particles->home || !particles->link_first || !particles->near_end || !particles->batch)
        return np_error_no_memory(err, "the dots");
    return dots_border_init(&particles->border, surface, err);
}

void dots_particles_fini(dots_particles *particles)
{
    dots_border_fini(&particles->border);
    free(particles->source);
    free(particles->site);
    free(particles->normal);
    free(particles->spot);
    free(particles->target);
    free(particles->home);
    free(particles->link_first);
    free(particles->near_end);
    free(particles->link);
    free(particles->batch);
    *particles = (dots_particles){0};
}

void dots_particles_put(dots_particles *particles, size_t i, const dots_spot *spot)
{
    assert(i < particles->n_own);
    particles->spot[i] = *spot;
    particles->site[i].at = dots_surface_position(particles->surface, spot);
    particles->site[i].local_density = dots_surface_local_density(particles->surface, spot);
    particles->target[i] = dots_surface_density(particles->surface, spot);
}

dots_site *dots_sites_in_order(const np_near *grid)
{
    dots_site *sites = malloc((grid->n + 1) * sizeof *sites);
    for (size_t k = 0; sites && k < grid->n; k++)
        sites[k] = *(const dots_site *)(const void *)(grid->points + grid->items[k] * grid->stride);
    return sites;
}

/* s: the skin of links to other sheets, beyond the floor: both dots may move half of it before the next linking. */
#define SKIN 0.5

/* ---- ghosts ---- */

typedef struct ghost_job {
    dots_particles *particles;
    double reach;
    dots_ghost *ghost;  /* n_own */
    unsigned char *has; /* n_own: whether there is one */
} ghost_job;

static void ghost_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const ghost_job *job = context;
    dots_particles *particles = job->particles;
    for (size_t i = begin; i < end; i++) {
        const dots_site *site = &particles->site[i];
        particles->normal[i] = dots_surface_normal(particles->surface, &particles->spot[i]);
        if (i < particles->n_free)
            particles->home[i] = site->at;
        job->has[i] = dots_border_ghost(&particles->border, site->at, site->local_density, job->reach, &job->ghost[i]);
    }
}

np_status dots_particles_update_ghosts(dots_particles *particles, double reach, np_error *err)
{
    ghost_job job = {particles, reach, malloc((particles->n_own + 1) * sizeof(dots_ghost)),
                     malloc(particles->n_own + 1)};
    np_status status = NP_OK;
    if (!job.ghost || !job.has) {
        status = np_error_no_memory(err, "the ghosts beyond the border");
        goto done;
    }
    np_parallel_for(particles->n_own, 512, ghost_block, &job);
    particles->n = particles->n_solid;
    for (size_t i = 0; i < particles->n_own; i++) {
        if (!job.has[i])
            continue;
        assert(particles->n < particles->n_solid + particles->n_own);
        particles->source[particles->n - particles->n_solid] = (uint32_t)i;
        particles->site[particles->n] = (dots_site){job.ghost[i].at, job.ghost[i].local_density};
        particles->normal[particles->n++] = job.ghost[i].normal;
    }
done:
    free(job.ghost);
    free(job.has);
    return status;
}

/* ---- linking ---- */

typedef struct link_job {
    dots_particles *particles;
    const np_near *grid;
    const dots_site *in_order; /* of the grid */
    double reach, near, local_density_min;
    dots_list *list; /* one a block: the links of its dots, one dot after the other */
} link_job;

static inline void add_link(dots_list *list, uint32_t link)
{
    dots_list_add(list, &link, sizeof link);
}

/* Appends the link from I to what was FOUND near it, if there is one, to LIST or FAR. */
static void link_to(const link_job *job, size_t i, const dots_found *found, dots_list *list, dots_list *far)
{
    const dots_particles *particles = job->particles;
    const uint32_t j = found->index;
    const dots_site *me = &particles->site[i], *other = &particles->site[j];
    if (j == i || (j >= particles->n_solid && particles->source[j - particles->n_solid] == i))
        return;
    bool same = dots_same_sheet(me->at, particles->normal[i], other->at, particles->normal[j]);
    if (!same) {
        double close = particles->floor_mm + SKIN * 10 * sqrt(2 / (me->local_density + other->local_density));
        if (j >= particles->n_solid || np_vec3_distance2(me->at, other->at) > close * close)
            return;
    }
    add_link(same && found->x2 < job->near * job->near ? list : far, same ? j : j | DOTS_OTHER_SHEET);
}

/* Links are mutual: whatever decides about a pair is the same seen from either end.  Appends them to LIST, near ones first,
 * the others from the last to the first that was found; FAR is room for those. */
static void link_one(const link_job *job, size_t i, np_near_view *view, dots_list *list, dots_list *far)
{
    const dots_particles *particles = job->particles;
    const dots_site *me = &particles->site[i];
    double reach2 = job->reach * job->reach,
           widest = job->reach * 10 * sqrt(2 / (me->local_density + job->local_density_min));
    np_near_walk walk = np_near_look(job->grid, me->at, widest, view);
    size_t first = list->n;
    far->n = 0;
    dots_found found[DOTS_FOUND];
    for (size_t n; dots_find_next(&walk, job->in_order, me, reach2, found, &n);)
        for (size_t k = 0; k < n; k++)
            link_to(job, i, &found[k], list, far);
    job->particles->near_end[i] = list->n - first; /* how many, as yet */
    while (far->n > 0)
        add_link(list, ((const uint32_t *)far->items)[--far->n]);
    job->particles->link_first[i + 1] = list->n - first;
}

static void link_block(void *context, size_t begin, size_t end, size_t block)
{
    link_job *job = context;
    np_near_view view = {.filled = false};
    dots_list far = {0};
    for (size_t i = begin; i < end; i++)
        link_one(job, i, &view, &job->list[block], &far);
    job->list[block].failed |= far.failed;
    free(far.items);
}

/* Puts the blocks' lists one after the other. */
static np_status join_lists(dots_particles *particles, const dots_list *list, size_t n_lists, np_error *err)
{
    particles->link_first[0] = 0;
    for (size_t i = 0; i < particles->n_free; i++) {
        particles->link_first[i + 1] += particles->link_first[i];
        particles->near_end[i] += particles->link_first[i];
    }
    free(particles->link);
    particles->link = dots_lists_join(list, n_lists, particles->link_first[particles->n_free], sizeof *particles->link);
    return particles->link ? NP_OK : np_error_no_memory(err, "the links between dots");
}

#define LINK_BLOCK 512

static np_status link_all(link_job *job, np_error *err)
{
    size_t n_lists = np_parallel_blocks(job->particles->n_free, LINK_BLOCK);
    job->list = calloc(n_lists + 1, sizeof *job->list);
    if (!job->list)
        return np_error_no_memory(err, "the links between dots");
    np_parallel_for(job->particles->n_free, LINK_BLOCK, link_block, job);
    np_status status = join_lists(job->particles, job->list, n_lists, err);
    dots_lists_free(job->list, n_lists);
    return status;
}

/* The colours already taken by J's batch and, if TWICE, by the batches of J's near neighbours, of those numbered before
 * BATCH; as a set of bits. */
static uint64_t colours_around(const dots_particles *particles, size_t batch, uint32_t j, bool twice,
                               const uint8_t *colour)
{
    uint64_t taken = 0;
    if (j >= particles->n_free)
        return 0;
    if (j / DOTS_BATCH < batch)
        taken |= UINT64_C(1) << colour[j / DOTS_BATCH];
    for (size_t k = particles->link_first[j]; twice && k < particles->near_end[j]; k++) {
        size_t other = particles->link[k] / DOTS_BATCH;
        if (other < batch && particles->link[k] < particles->n_free)
            taken |= UINT64_C(1) << colour[other];
    }
    return taken;
}

/* The colours that BATCH may not have: those of linked batches numbered before it. */
static uint64_t colours_taken(const dots_particles *particles, size_t batch, const uint8_t *colour)
{
    uint64_t taken = 0;
    size_t begin = batch * DOTS_BATCH, end = begin + DOTS_BATCH;
    end = end > particles->n_free ? particles->n_free : end;
    for (size_t i = begin; i < end; i++)
        for (size_t k = particles->link_first[i]; k < particles->link_first[i + 1]; k++)
            taken |= colours_around(particles, batch, particles->link[k] & DOTS_LINK_INDEX, k < particles->near_end[i],
                                    colour);
    return taken;
}

/* Greedy colouring in the batches' order: each takes the first colour that none of its linked ones has. */
np_status dots_particles_colour(dots_particles *particles, np_error *err)
{
    size_t n = (particles->n_free + DOTS_BATCH - 1) / DOTS_BATCH;
    size_t next[DOTS_COLOURS_MAX + 1] = {0};
    uint8_t *colour = malloc(n + 1);
    if (!colour)
        return np_error_no_memory(err, "the colours of the dots");
    particles->n_colours = 0;
    for (size_t f = 0; f < n; f++) {
        uint64_t taken = colours_taken(particles, f, colour);
        uint8_t c = 0;
        while (c < DOTS_COLOURS_MAX && taken >> c & 1)
            c++;
        if (c == DOTS_COLOURS_MAX) {
            free(colour);
            return np_error_set(err, NP_ERR_INVALID, "too many dots crowd one place: lower the density there");
        }
        colour[f] = c;
        next[c + 1]++;
        particles->n_colours = c + 1u > particles->n_colours ? c + 1u : particles->n_colours;
    }
    for (size_t c = 0; c < particles->n_colours; c++)
        next[c + 1] += next[c];
    memcpy(particles->colour_first, next, sizeof next);
    for (size_t f = 0; f < n; f++)
        particles->batch[next[colour[f]]++] = (uint32_t)f;
    assert(particles->n_colours == 0 || next[particles->n_colours - 1] == n);
    free(colour);
    return NP_OK;
}

np_status dots_particles_link(dots_particles *particles, double reach, double near, np_error *err)
{
    if (particles->n == 0 || particles->n_free == 0)
        return NP_OK;
    np_near grid = {0};
    dots_site *in_order = NULL;
    np_status status = dots_particles_update_ghosts(particles, reach, err);
    if (status != NP_OK)
        return status;
    double local_density_min = particles->site[0].local_density, sum = 0;
    for (size_t i = 0; i < particles->n; i++) {
        local_density_min = fmin(local_density_min, particles->site[i].local_density);
        sum += particles->site[i].local_density;
    }
    double cell = fmax(1.01 * reach * 10 / sqrt(sum / (double)particles->n), particles->floor_mm);
    status = np_near_init(&grid, &particles->site->at, sizeof *particles->site, particles->n, cell, err);
    if (status == NP_OK && !(in_order = dots_sites_in_order(&grid)))
        status = np_error_no_memory(err, "the links between dots");
    link_job job = {particles, &grid, in_order, reach, near, local_density_min, NULL};
    if (status == NP_OK)
        status = link_all(&job, err);
    free(in_order);
    np_near_fini(&grid);
    return status;
}
