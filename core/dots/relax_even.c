/* Evenly spaced dots.
 *
 * Every pair nearer than wanted is pushed apart to exactly the wanted distance, all at once from the same
 * snapshot, again and again (projection on constraints, as in position-based dynamics: Mueller et al., J.
 * Vis. Commun. 18, 2007).  Each session's prefix is a level with its own wanted distance, and all levels push
 * at the same time, so that the first third is as even as the whole.  Most of a dot's last move carries on
 * into the next (heavy ball: Polyak, USSR Comput. Math. 4, 1964): that reaches in 80 sweeps what takes many
 * hundred without.  The wanted distance stays below where discs jam, so the sweeps end with no pair too
 * close, and before they order into a lattice.
 *
 * Distances are those through space, also between the two sides of a fold: where lips or an ear lie against
 * skin, dots leave the fold until both sides together have room.
 *
 * Pairs that may come too close are listed for all levels at once, a skin farther than they push, until a dot has moved
 * too far (Verlet lists: Phys. Rev. 159, 1967). */
#include "dots/private/relax.h"

#include "base/grow.h"
#include "base/near.h"
#include "base/parallel.h"
#include "dots/dots.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SWEEPS_A_LINKING 8 /* at least */
#define STILL 1e-5         /* s: a shorter move is none */
#define SKIN 0.25          /* of a level's wanted distance: the skin of its links */
#define REBUILD 0.10       /* s: links are made anew once a dot has moved that far */
#define PUSH 0.6           /* of a pair's lack of distance, shared by the two */
#define CARRY_ON 0.75      /* of the last move */
#define ENOUGH 0.001       /* of its wanted distance: when no pair lacks more, all is done */
#define BLOCK 512

/* A link holds the other one and, in its top bits, the first level that both belong to. */
#define LEVEL_BIT 28
#define OTHER ((UINT32_C(1) << LEVEL_BIT) - 1)
_Static_assert(NP_DOTS_MAX_SESSIONS <= 1 << (32 - LEVEL_BIT), "levels fit above the index in a link");

/* The links of one block's dots. */
typedef struct block_links {
    uint32_t *link;
    uint32_t first[BLOCK + 1];
    size_t room;
} block_links;

typedef struct push_job {
    dots_particles *particles;
    np_vec3 *push, *move;  /* n_free: of this sweep; of the last */
    unsigned char *level;  /* room for all particles: the first that each belongs to */
    block_links *block;    /* of free dots */
    double *displacement2; /* by block: the square of the longest way since the last linking, in s */
    double *lack;          /* by block: the most that a pair lacks of its wanted distance, as a share */
    size_t n_levels;
    double wanted[NP_DOTS_MAX_SESSIONS];   /* s */
    double nearest2[NP_DOTS_MAX_SESSIONS]; /* s^2: no pair of this level or later pushes beyond */
    double reach2[NP_DOTS_MAX_SESSIONS];   /* s^2: and is linked up to here */
    double widest;                         /* s: of all wanted distances */
    /* linking */
    np_near grid;
    double local_density_min;
} push_job;

/* ---- linking ---- */

/* Which level each particle belongs to; a ghost to its dot's, hair to the last only. */
static void find_levels(push_job *job, const int32_t *rank, const dots_level *levels)
{
    const dots_particles *particles = job->particles;
    for (size_t i = 0; i < particles->n; i++) {
        size_t dot = i >= particles->n_solid ? particles->source[i - particles->n_solid] : i, l = 0;
        while (l + 1 < job->n_levels && (dot >= particles->n_own || rank[dot] > levels[l].rank))
            l++;
        job->level[i] = (unsigned char)l;
    }
}

static bool make_room(block_links *links, size_t n)
{
    return NP_GROW(links->link, links->room, n, "links between dots", NULL) == NP_OK;
}

/* Whether J acts on I: any solid particle does; a ghost, which stands in the air, only on dots other than its own and on
 * its side of a fold. */
static bool acts_on(const dots_particles *particles, uint32_t i, uint32_t j)
{
    return j < particles->n_solid ||
           (particles->source[j - particles->n_solid] != i &&
            dots_same_sheet(particles->site[i].at, particles->normal[i], particles->site[j].at, particles->normal[j]));
}

/* Adds the links of dot I behind the N there are; SIZE_MAX without memory. */
static size_t link_one(const push_job *job, uint32_t i, np_near_view *view, block_links *links, size_t n)
{
    const dots_particles *particles = job->particles;
    const dots_site *me = &particles->site[i];
    const unsigned char own = job->level[i];
    double reach2 = job->reach2[own], radius = 10 * sqrt(reach2 * 2 / (me->local_density + job->local_density_min));
    np_near_walk walk = np_near_look(&job->grid, me->at, radius, view);
    for (uint32_t j; np_near_next(&walk, &j);) {
        const dots_site *other = &particles->site[j];
        double x2 = dots_site_x2(me, other);
        if (x2 >= reach2 || j == i)
            continue;
        uint32_t both = job->level[j] > own ? job->level[j] : own;
        if (x2 >= job->reach2[both] || !acts_on(particles, i, j))
            continue;
        if (!make_room(links, n + 1))
            return SIZE_MAX;
        links->link[n++] = j | both << LEVEL_BIT;
    }
    return n;
}

static void link_block(void *context, size_t begin, size_t end, size_t block)
{
    const push_job *job = context;
    block_links *links = &job->block[block];
    assert(end - begin <= BLOCK);
    np_near_view view = {.filled = false};
    size_t n = 0;
    for (size_t i = begin; i < end; i++) {
        links->first[i - begin] = (uint32_t)n;
        n = link_one(job, (uint32_t)i, &view, links, n);
        /* without memory the block has no links, and its stray says so */
        if (n == SIZE_MAX) {
            job->displacement2[block] = HUGE_VAL;
            return;
        }
    }
    links->first[end - begin] = (uint32_t)n;
    job->displacement2[block] = 0;
}

/* Makes new ghosts, and links all dots with whom they might have to push. */
static np_status link_all(push_job *job, const int32_t *rank, const dots_level *levels, np_error *err)
{
    dots_particles *particles = job->particles;
    np_status status = dots_particles_update_ghosts(particles, job->widest, err);
    if (status != NP_OK)
        return status;
    double spacing = 0;
    job->local_density_min = HUGE_VAL;
    for (size_t i = 0; i < particles->n; i++) {
        job->local_density_min = fmin(job->local_density_min, particles->site[i].local_density);
        spacing += 10 / sqrt(particles->site[i].local_density) / (double)particles->n;
    }
    find_levels(job, rank, levels);
    status = np_near_init(&job->grid, &particles->site->at, sizeof *particles->site, particles->n,
                          1.01 * sqrt(job->reach2[0]) * spacing, err);
    if (status == NP_OK)
        np_parallel_for(particles->n_free, BLOCK, link_block, job);
    np_near_fini(&job->grid);
    for (size_t b = 0; status == NP_OK && b < np_parallel_blocks(particles->n_free, BLOCK); b++)
        if (job->displacement2[b] > 0)
            status = np_error_no_memory(err, "the links between dots");
    return status;
}

static double largest(const push_job *job, const double *of_block)
{
    double most = 0;
    for (size_t b = 0; b < np_parallel_blocks(job->particles->n_free, BLOCK); b++)
        most = fmax(most, of_block[b]);
    return most;
}

/* ---- pushing ---- */

static np_vec3 push_of(const push_job *job, uint32_t i, const uint32_t *link, const uint32_t *end, double *worst)
{
    const dots_particles *particles = job->particles;
    const dots_site *me = &particles->site[i];
    np_vec3 sum = {0, 0, 0};
    for (; link < end; link++) {
        uint32_t j = *link & OTHER, level = *link >> LEVEL_BIT;
        assert(j < particles->n);
        assert(level < job->n_levels);
        const dots_site *other = &particles->site[j];
        np_vec3 d = np_vec3_sub(me->at, other->at);
        double r2 = np_vec3_dot(d, d), x2 = r2 * (me->local_density + other->local_density) * (1.0 / 200.0);
        if (x2 >= job->nearest2[level] || r2 == 0)
            continue;
        /* one that cannot move leaves the whole way to the other; a ghost's half is its dot's, where that
         * dot is */
        bool stays = j >= particles->n_free && j < particles->n_solid;
        double lack = 0, x = sqrt(x2);
        for (size_t l = level; l < job->n_levels; l++)
            lack += fmax(0, job->wanted[l] / x - 1);
        *worst = fmax(*worst, lack);
        sum = np_vec3_mad(sum, d, (stays ? PUSH : PUSH * 0.5) * lack);
    }
    return sum;
}

static void push_block(void *context, size_t begin, size_t end, size_t block)
{
    const push_job *job = context;
    const block_links *links = &job->block[block];
    double worst = 0;
    for (size_t i = begin; i < end; i++)
        job->push[i] = push_of(job, (uint32_t)i, links->link + links->first[i - begin],
                               links->link + links->first[i - begin + 1], &worst);
    job->lack[block] = worst;
}

/* Moves dot I, and returns the square of how far it now is from where it was linked, in s. */
static double move_one(const push_job *job, size_t i)
{
    dots_particles *particles = job->particles;
    const dots_surface *surface = particles->surface;
    np_vec3 move = np_vec3_mad(job->push[i], job->move[i], CARRY_ON), from = particles->site[i].at;
    job->move[i] = np_vec3_make(0, 0, 0);
    double length = np_vec3_length(move), s = 10 / sqrt(particles->site[i].local_density);
    if (!(length > STILL * s))
        return 0;
    if (length > 0.3 * s)
        move = np_vec3_scale(move, 0.3 * s / length);
    dots_spot spot = particles->spot[i];
    move = np_vec3_reject(move, np_vec3_normalize(dots_surface_area2(surface, spot.triangle)));
    /* at a border it stops; a layer keeps its count, and no dot goes where the target density is 0 */
    dots_surface_slide(surface, &spot, move);
    if (!dots_surface_same_zone(surface, &spot, &particles->spot[i]) || dots_surface_density(surface, &spot) <= 0)
        return 0;
    dots_particles_put(particles, i, &spot);
    job->move[i] = np_vec3_sub(particles->site[i].at, from);
    return np_vec3_distance2(particles->site[i].at, particles->home[i]) / (s * s);
}

static void move_block(void *context, size_t begin, size_t end, size_t block)
{
    const push_job *job = context;
    double displacement2 = job->displacement2[block];
    for (size_t i = begin; i < end; i++)
        displacement2 = fmax(displacement2, move_one(job, i));
    job->displacement2[block] = displacement2;
}

/* Ghosts follow their dots. */
static void follow_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const push_job *job = context;
    dots_particles *particles = job->particles;
    for (size_t g = begin; g < end; g++) {
        const dots_site *dot = &particles->site[particles->source[g]];
        dots_ghost ghost;
        if (dots_border_ghost(&particles->border, dot->at, dot->local_density, 2 * job->widest, &ghost))
            particles->site[particles->n_solid + g] = (dots_site){ghost.at, ghost.local_density};
    }
}

/* The job's arrays; what is there is freed by the caller. */
static np_status job_init(push_job *job, dots_particles *particles, const dots_level *levels, size_t n_levels,
                          np_error *err)
{
    size_t n = particles->n_free, n_blocks = np_parallel_blocks(n, BLOCK) + 1;
    *job = (push_job){.particles = particles, .n_levels = n_levels};
    job->push = calloc(2 * n + 1, sizeof *job->push);
    job->level = malloc(particles->n_solid + particles->n_own + 1);
    job->block = calloc(n_blocks, sizeof *job->block);
    job->displacement2 = calloc(n_blocks, sizeof *job->displacement2);
    job->lack = calloc(n_blocks, sizeof *job->lack);
    if (!job->push || !job->level || !job->block || !job->displacement2 || !job->lack)
        return np_error_no_memory(err, "the pushes between dots");
    if (particles->n_solid + particles->n_own > OTHER)
        return np_error_set(err, NP_ERR_INVALID, "%zu dots are more than can be spaced evenly", n);
    job->move = job->push + n;
    for (size_t l = n_levels; l-- > 0;) {
        job->wanted[l] = levels[l].rho * DOTS_HEXAGONAL / sqrt(levels[l].share);
        job->widest = fmax(job->widest, job->wanted[l]);
        job->nearest2[l] = job->widest * job->widest;
        job->reach2[l] = job->nearest2[l] * (1 + SKIN) * (1 + SKIN);
    }
    return NP_OK;
}

static void job_fini(push_job *job)
{
    for (size_t b = 0; job->block && b < np_parallel_blocks(job->particles->n_free, BLOCK); b++)
        free(job->block[b].link);
    free(job->block);
    free(job->push);
    free(job->level);
    free(job->displacement2);
    free(job->lack);
}

np_status dots_relax_even(dots_particles *particles, const int32_t *rank, const dots_level *levels, size_t n_levels,
                          int sweeps, const np_progress *progress, np_error *err)
{
    push_job job;
    np_status status = job_init(&job, particles, levels, n_levels, err);
    for (int sweep = 0, linked = 0; status == NP_OK && sweep < sweeps; sweep++) {
        if (sweep == 0 ||
            (sweep - linked >= SWEEPS_A_LINKING && largest(&job, job.displacement2) > REBUILD * REBUILD)) {
            linked = sweep;
            if ((status = link_all(&job, rank, levels, err)) != NP_OK)
                break;
        }
        np_parallel_for(particles->n_free, BLOCK, push_block, &job);
        if (largest(&job, job.lack) < ENOUGH)
            break;
        np_parallel_for(particles->n_free, BLOCK, move_block, &job);
        np_parallel_for(particles->n - particles->n_solid, BLOCK, follow_block, &job);
        if (!np_progress_step(progress, "dots", 0.1 + 0.8 * (sweep + 1) / sweeps))
            status = np_error_set(err, NP_ERR_STOPPED, "placing dots was stopped");
    }
    job_fini(&job);
    return status;
}
