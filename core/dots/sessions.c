/* Sharing dots out over the sessions by weighted sample elimination.  From all dots down to the first
 * session's: the most crowded dot, at the spacing that the smaller set should have, goes to the later
 * session. */
#include "dots/private/sessions.h"

#include "base/near.h"
#include "base/parallel.h"
#include "dots/private/lists.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A group is a layer's dots with the same first session.  Free dots come in the order of a space-filling
 * curve, and a group is cut along it into plots that each keep the share: so the density of every prefix
 * follows that of the whole, and does not only add up over the layer.  A group with pins is one plot, since
 * pins go first. */
#define GROUP(layer, first) ((size_t)(layer)*NP_DOTS_MAX_SESSIONS + (size_t)(first)-1)
#define PLOT_DOTS 128

#define NONE UINT32_MAX

/* When the owner of this link goes, DOT is that much less crowded. */
typedef struct link_to {
    uint32_t dot;
    float crowding;
} link_to;

typedef struct plot {
    size_t layer, n; /* dots */
    int32_t first_session;
    size_t alive, quota; /* of the level being made */
} plot;

typedef struct elimination {
    const dots_share_out *dots;
    int32_t *session; /* n; the level each is alive at */
    double *weight;   /* n */
    uint32_t *heap;   /* most crowded first */
    uint32_t *place;  /* n; in the heap, or NONE */
    size_t n_heap;
    size_t *link_first; /* n + 1 */
    link_to *link;      /* whom each crowds, itself or by its ghost */
    uint32_t *ghost;    /* n; of each dot, or NONE */
    plot *plot;         /* layer by layer */
    size_t n_plots;
    uint32_t *home; /* n; the plot of each */
} elimination;

/* ---- heap ---- */

/* Strictly ordered: equal weights by index, so that the result is one and the same. */
static bool before(const elimination *e, uint32_t a, uint32_t b)
{
    return e->weight[a] > e->weight[b] || (!(e->weight[a] < e->weight[b]) && a < b);
}

static void heap_set(elimination *e, size_t k, uint32_t dot)
{
    e->heap[k] = dot;
    e->place[dot] = (uint32_t)k;
}

static void heap_down(elimination *e, size_t k)
{
    assert(k < e->n_heap);
    uint32_t dot = e->heap[k];
    for (;;) {
        size_t child = 2 * k + 1;
        if (child >= e->n_heap)
            break;
        if (child + 1 < e->n_heap && before(e, e->heap[child + 1], e->heap[child]))
            child++;
        if (!before(e, e->heap[child], dot))
            break;
        heap_set(e, k, e->heap[child]);
        k = child;
    }
    heap_set(e, k, dot);
}

static uint32_t heap_pop(elimination *e)
{
    assert(e->n_heap > 0);
    uint32_t top = e->heap[0];
    e->place[top] = NONE;
    e->n_heap--;
    if (e->n_heap > 0) {
        heap_set(e, 0, e->heap[e->n_heap]);
        heap_down(e, 0);
    }
    return top;
}

/* ---- quotas ---- */

/* Cuts the groups into plots. */
static np_status make_plots(elimination *e, np_error *err)
{
    const dots_share_out *dots = e->dots;
    size_t groups = dots->n_layers * NP_DOTS_MAX_SESSIONS;
    size_t *size = calloc(3 * groups + 1, sizeof *size), *first = size ? size + groups : NULL;
    size_t *seen = size ? first + groups : NULL;
    np_status status = NP_OK;
    if (!size) {
        status = np_error_no_memory(err, "the sessions");
        goto done;
    }
    for (size_t i = 0; i < dots->n; i++) {
        assert(dots->layer[i] >= 0);
        assert((size_t)dots->layer[i] < dots->n_layers);
        assert(dots->first_session[i] >= 1);
        assert(dots->first_session[i] <= NP_DOTS_MAX_SESSIONS);
        size[GROUP(dots->layer[i], dots->first_session[i])]++;
    }
    /* seen counts the pins first, then the dots */
    for (size_t i = dots->n_free; i < dots->n; i++)
        seen[GROUP(dots->layer[i], dots->first_session[i])]++;
    for (size_t g = 0; g < groups; g++) {
        first[g] = e->n_plots;
        e->n_plots += seen[g] > 0 || size[g] < 2 * PLOT_DOTS ? 1 : size[g] / PLOT_DOTS;
        seen[g] = 0;
    }
    e->plot = calloc(e->n_plots + 1, sizeof *e->plot);
    if (!e->plot) {
        status = np_error_no_memory(err, "the sessions");
        goto done;
    }
    for (size_t g = 0; g < groups; g++)
        for (size_t b = first[g], end = g + 1 < groups ? first[g + 1] : e->n_plots; b < end; b++)
            e->plot[b] =
                (plot){.layer = g / NP_DOTS_MAX_SESSIONS, .first_session = (int32_t)(g % NP_DOTS_MAX_SESSIONS) + 1};
    for (size_t i = 0; i < dots->n; i++) {
        size_t g = GROUP(dots->layer[i], dots->first_session[i]);
        size_t end = g + 1 < groups ? first[g + 1] : e->n_plots, b = first[g] + seen[g]++ * (end - first[g]) / size[g];
        assert(b < end);
        assert(end <= e->n_plots);
        e->home[i] = (uint32_t)b;
        e->plot[b].n++;
        e->plot[b].alive++;
    }
done:
    free(size);
    return status;
}

/* How many dots of each plot of layer L are made by the end of session K: the layer's share rounded to whole
 * dots, and each plot's with what rounding owes it from the plots before; *LAYERS_OWED is what rounding owes from the layers
 * before, so that the session as a whole has its share. */
static void fill_layer(elimination *e, size_t l, int k, double share, double *layers_owed)
{
    double exact = 0, owed = 0;
    size_t given = 0;
    for (size_t b = 0; b < e->n_plots; b++)
        if (e->plot[b].layer == l && e->plot[b].first_session <= k)
            exact += share * (double)e->plot[b].n;
    double wanted = exact + *layers_owed;
    size_t due = wanted > 0 ? (size_t)(wanted + 0.5) : 0;
    for (size_t b = 0; b < e->n_plots; b++) {
        plot *own = &e->plot[b];
        if (own->layer != l)
            continue;
        own->quota = 0;
        if (own->first_session > k)
            continue;
        owed += share * (double)own->n;
        assert(given <= due);
        size_t most = own->alive < due - given ? own->alive : due - given;
        own->quota = owed > 0 ? (size_t)(owed + 0.5) : 0;
        own->quota = own->quota > most ? most : own->quota;
        owed -= (double)own->quota;
        given += own->quota;
    }
    /* where a plot had too few alive, others make up for it */
    for (size_t b = 0; b < e->n_plots && given < due; b++)
        while (e->plot[b].layer == l && e->plot[b].first_session <= k && given < due &&
               e->plot[b].quota < e->plot[b].alive) {
            e->plot[b].quota++;
            given++;
        }
    *layers_owed = wanted - (double)given;
}

/* ---- one level ---- */

static double crowding(double x2, double diameter)
{
    double w = 1 - sqrt(x2) / diameter;
    w *= w;
    w *= w;
    return w * w;
}

/* One level's search. */
typedef struct level_search {
    np_near grid;
    const uint32_t *member; /* the grid's points are these dots */
    double reach, local_density_min;
} level_search;

/* Appends the dots that dot I crowds from ME, where it or its ghost stands, with NORMAL there (NULL: on any
 * side of a fold), to LIST.  VIEW is of the last dot. */
static void link_from(const elimination *e, const level_search *search, uint32_t i, const dots_site *me,
                      const np_vec3 *normal, np_near_view *view, dots_list *list)
{
    const dots_share_out *dots = e->dots;
    double reach = search->reach;
    np_near_walk walk = np_near_look(&search->grid, me->at,
                                     reach * 10 * sqrt(2 / (me->local_density + search->local_density_min)), view);
    for (uint32_t k; np_near_next(&walk, &k);) {
        uint32_t j = search->member[k];
        const dots_site *other = &dots->site[j];
        double x2 = dots_site_x2(me, other);
        if (j == i || x2 >= reach * reach || (normal && !dots_same_sheet(me->at, *normal, other->at, dots->normal[j])))
            continue;
        dots_list_add(list, &(link_to){j, (float)crowding(x2, reach)}, sizeof(link_to));
    }
}

typedef struct link_job {
    elimination *e;
    const level_search *search;
    dots_list *list; /* one a block: the links of its dots, one dot after the other */
} link_job;

/* Of each dot from where it stands and from its ghost. */
static void link_block(void *context, size_t begin, size_t end, size_t block)
{
    const link_job *job = context;
    elimination *e = job->e;
    const dots_share_out *dots = e->dots;
    dots_list *list = &job->list[block];
    np_near_view view[2] = {{.filled = false}, {.filled = false}};
    for (size_t k = begin; k < end; k++) {
        uint32_t i = job->search->member[k], g = e->ghost[i];
        size_t before = list->n;
        link_from(e, job->search, i, &dots->site[i], dots->normal ? &dots->normal[i] : NULL, &view[0], list);
        if (g != NONE)
            link_from(e, job->search, i, &dots->ghost_site[g], dots->normal ? &dots->ghost_normal[g] : NULL, &view[1],
                      list);
        e->link_first[i + 1] = list->n - before;
    }
}

/* Puts the blocks' lists one after the other. */
static np_status join_lists(elimination *e, const dots_list *list, size_t n_lists, np_error *err)
{
    for (size_t i = 0; i < e->dots->n; i++)
        e->link_first[i + 1] += e->link_first[i];
    free(e->link);
    e->link = dots_lists_join(list, n_lists, e->link_first[e->dots->n], sizeof *e->link);
    return e->link ? NP_OK : np_error_no_memory(err, "the sessions' links");
}

#define LINK_BLOCK 512

static np_status link_members(elimination *e, const level_search *search, size_t n, np_error *err)
{
    size_t n_lists = np_parallel_blocks(n, LINK_BLOCK);
    link_job job = {e, search, calloc(n_lists + 1, sizeof *job.list)};
    if (!job.list)
        return np_error_no_memory(err, "the sessions' links");
    memset(e->link_first, 0, (e->dots->n + 1) * sizeof *e->link_first);
    np_parallel_for(n, LINK_BLOCK, link_block, &job);
    np_status status = join_lists(e, job.list, n_lists, err);
    dots_lists_free(job.list, n_lists);
    return status;
}

/* Links the dots alive at LEVEL within REACH s and weighs them. */
static np_status link_alive(elimination *e, int level, double reach, np_error *err)
{
    const dots_share_out *dots = e->dots;
    level_search search = {.reach = reach, .local_density_min = HUGE_VAL};
    uint32_t *member = malloc((dots->n + 1) * sizeof *member);
    np_vec3 *at = malloc((dots->n + 1) * sizeof *at);
    np_status status = NP_OK;
    size_t n = 0;
    double local_density_sum = 0;
    if (!member || !at) {
        status = np_error_no_memory(err, "the sessions' links");
        goto done;
    }
    for (size_t i = 0; i < dots->n; i++) {
        e->weight[i] = 0;
        if (e->session[i] > level)
            continue;
        member[n] = (uint32_t)i;
        at[n++] = dots->site[i].at;
        search.local_density_min = fmin(search.local_density_min, dots->site[i].local_density);
        local_density_sum += dots->site[i].local_density;
    }
    double cell = n ? reach * 10 / sqrt(local_density_sum / (double)n) : 1;
    search.member = member;
    if ((status = np_near_init(&search.grid, at, sizeof *at, n, cell, err)) != NP_OK)
        goto done;
    if ((status = link_members(e, &search, n, err)) != NP_OK)
        goto done;
    for (size_t k = 0; k < e->link_first[dots->n]; k++)
        e->weight[e->link[k].dot] += (double)e->link[k].crowding;
done:
    np_near_fini(&search.grid);
    free(member);
    free(at);
    return status;
}

/* Moves DOT from the prefix to session LEVEL, and lets its neighbours breathe. */
static void eliminate(elimination *e, uint32_t dot, int level)
{
    assert(e->session[dot] < level);
    assert(e->plot[e->home[dot]].alive > 0);
    e->session[dot] = level;
    e->plot[e->home[dot]].alive--;
    for (size_t k = e->link_first[dot]; k < e->link_first[dot + 1]; k++) {
        const link_to *link = &e->link[k];
        if (e->session[link->dot] >= level)
            continue;
        e->weight[link->dot] -= (double)link->crowding;
        if (e->place[link->dot] != NONE)
            heap_down(e, e->place[link->dot]);
    }
}

/* Thins the dots of sessions 1..LEVEL to those of 1..LEVEL-1; the others stay in session LEVEL. */
static np_status thin(elimination *e, int level, np_error *err)
{
    const dots_share_out *dots = e->dots;
    double share = dots->cumulative_share[level - 2], reach = DOTS_HEXAGONAL / sqrt(fmax(share, 1e-3));
    double owed = 0;
    for (size_t l = 0; l < dots->n_layers; l++)
        fill_layer(e, l, level - 1, share, &owed);
    /* those alive are marked as candidates for the session before; eliminated ones go back to LEVEL */
    np_status status = link_alive(e, level, reach, err);
    if (status != NP_OK)
        return status;
    e->n_heap = 0;
    for (uint32_t i = 0; i < dots->n; i++) {
        e->place[i] = NONE;
        if (e->session[i] <= level)
            e->session[i] = level - 1;
    }
    for (uint32_t i = 0; i < dots->n; i++)
        if (e->session[i] == level - 1 && dots->first_session[i] >= level)
            eliminate(e, i, level);
    for (uint32_t i = 0; i < dots->n_free; i++)
        if (e->session[i] == level - 1)
            heap_set(e, e->n_heap++, i);
    for (size_t k = e->n_heap / 2; k-- > 0;)
        heap_down(e, k);
    while (e->n_heap > 0) {
        uint32_t dot = heap_pop(e);
        const plot *own = &e->plot[e->home[dot]];
        if (own->alive > own->quota)
            eliminate(e, dot, level);
    }
    /* more pins than the session has room for: the last ones wait */
    for (size_t i = dots->n; i-- > dots->n_free;) {
        const plot *own = &e->plot[e->home[i]];
        if (e->session[i] == level - 1 && own->alive > own->quota)
            eliminate(e, (uint32_t)i, level);
    }
    return NP_OK;
}

np_status dots_sessions_assign(const dots_share_out *dots, int32_t *out_session, np_error *err)
{
    size_t n = dots->n + 1;
    elimination e = {.dots = dots, .session = out_session};
    e.weight = malloc(n * sizeof *e.weight);
    e.heap = malloc(n * sizeof *e.heap);
    e.place = malloc(n * sizeof *e.place);
    e.ghost = malloc(n * sizeof *e.ghost);
    e.link_first = malloc((n + 1) * sizeof *e.link_first);
    e.home = malloc(n * sizeof *e.home);
    np_status status = NP_OK;
    if (!e.weight || !e.heap || !e.place || !e.ghost || !e.link_first || !e.home) {
        status = np_error_no_memory(err, "the sessions");
        goto done;
    }
    memset(e.ghost, 0xFF, n * sizeof *e.ghost);
    for (uint32_t g = 0; g < dots->n_ghosts; g++)
        e.ghost[dots->ghost_source[g]] = g;
    for (size_t i = 0; i < dots->n; i++)
        out_session[i] = dots->n_sessions;
    status = make_plots(&e, err);
    for (int level = dots->n_sessions; level > 1 && status == NP_OK; level--)
        status = thin(&e, level, err);
done:
    free(e.weight);
    free(e.heap);
    free(e.place);
    free(e.ghost);
    free(e.link_first);
    free(e.link);
    free(e.plot);
    free(e.home);
    return status;
}
