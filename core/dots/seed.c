/* The first guess.  The surface is cut into cells of at most a quarter of a dot, each wholly in one layer;
 * the cells are put in the order of a Hilbert curve through space, and along it each layer's density is
 * summed: whenever the sum passes another half-way mark, a dot falls into that cell.  Counts are exact by
 * construction, and every stretch of the curve, so every compact area, holds its share to about one dot in
 * its circumference: the relaxations that follow move dots by less than their spacing and keep it so.
 *
 * For follicular dots the curve lies otherwise with each seed.  In one place for all, it would leave its mark, which a metre's view shows: the
 * same clouds of tone whatever the seed, and on a symmetric head those of the left mirrored on the right. */
#include "dots/private/seed.h"

#include "base/angle.h"
#include "base/grow.h"
#include "base/hilbert.h"
#include "base/near.h"
#include "base/parallel.h"
#include "base/rng.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_PLACE UINT32_C(0x646F7401)
#define STREAM_CURVE UINT32_C(0x646F7408)

/* Cells hold at most this many dots each. */
#define CELL_MASS 0.25

typedef struct cell {
    uint32_t triangle;
    int32_t layer;
    float corner[3][2]; /* weights of the triangle's corners 0 and 1 at the cell's */
    double mass;        /* dots */
} cell;

/* Where cell INDEX stands on the curve. */
typedef struct cell_place {
    uint64_t key;
    uint32_t index;
} cell_place;

typedef struct cell_list {
    cell *item;
    size_t n, room;
    bool failed;
} cell_list;

/* ---- cutting ---- */

typedef double corners[3][3]; /* barycentric weights of a piece's three corners */

static double density_at(const dots_surface *surface, uint32_t triangle, const double w[3])
{
    const uint32_t *v = surface->mesh->triangles[triangle].v;
    return w[0] * surface->density[v[0]] + w[1] * surface->density[v[1]] + w[2] * surface->density[v[2]];
}

/* Dots in the piece: exact, since density is linear. */
static double piece_mass(const dots_surface *surface, uint32_t triangle, corners w, double area_mm2)
{
    double mean = 0;
    for (int c = 0; c < 3; c++)
        mean += density_at(surface, triangle, w[c]) / 3;
    return mean * area_mm2 * 0.01;
}

static void middle(const double a[3], const double b[3], double out[3])
{
    for (int c = 0; c < 3; c++)
        out[c] = 0.5 * (a[c] + b[c]);
}

static void add_cell(cell_list *cells, uint32_t triangle, int32_t layer, corners w, double mass)
{
    if (NP_GROW(cells->item, cells->room, cells->n + 1, "the first dots", NULL) != NP_OK) {
        cells->failed = true;
        return;
    }
    cell *c = &cells->item[cells->n++];
    *c = (cell){.triangle = triangle, .layer = layer, .mass = mass};
    for (int k = 0; k < 3; k++)
        for (int j = 0; j < 2; j++)
            c->corner[k][j] = (float)w[k][j];
}

/* Quarters the piece until it is small enough. */
static void cut(const dots_surface *surface, uint32_t triangle, int32_t layer, corners w, double area_mm2,
                cell_list *cells)
{
    double mass = piece_mass(surface, triangle, w, area_mm2);
    if (mass <= 0 || cells->failed)
        return;
    if (mass <= CELL_MASS) {
        add_cell(cells, triangle, layer, w, mass);
        return;
    }
    double m[3][3]; /* m[k]: middle of the side opposite corner k */
    for (int k = 0; k < 3; k++)
        middle(w[(k + 1) % 3], w[(k + 2) % 3], m[k]);
    for (int k = 0; k < 4; k++) {
        corners part;
        for (int c = 0; c < 3; c++)
            memcpy(part[c], k == 3 ? m[c] : c == k ? w[c] : m[3 - k - c], sizeof part[c]);
        cut(surface, triangle, layer, part, area_mm2 / 4, cells);
    }
}

/* The six pieces of a triangle around its centre, two a corner, in which that corner is the nearest. */
static void corner_piece(int k, int half, corners out)
{
    static const double identity[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    memcpy(out[0], identity[k], sizeof out[0]);
    int next = (k + 1 + half) % 3;
    middle(identity[k], identity[next], out[1]);
    for (int c = 0; c < 3; c++)
        out[2][c] = 1.0 / 3;
}

static bool mixed(const dots_surface *surface, const np_triangle *t)
{
    const int32_t *l = surface->layer;
    return l[t->v[0]] != l[t->v[1]] || l[t->v[0]] != l[t->v[2]];
}

void dots_seed_masses(const dots_surface *surface, size_t n_layers, double *out_mass)
{
    memset(out_mass, 0, n_layers * sizeof *out_mass);
    for (size_t t = 0; t < surface->mesh->n_triangles; t++) {
        const np_triangle *tri = &surface->mesh->triangles[t];
        double area = 0.5 * np_vec3_length(dots_surface_area2(surface, (uint32_t)t));
        for (int k = 0; k < 3; k++)
            for (int half = 0; half < 2; half++) {
                corners w;
                corner_piece(k, half, w);
                out_mass[surface->layer[tri->v[k]]] += piece_mass(surface, (uint32_t)t, w, area / 6);
            }
    }
}

/* Triangles are cut block by block, each block into its own list. */
#define CUT_BLOCK 2048

typedef struct cut_job {
    const dots_surface *surface;
    cell_list *list; /* by block */
} cut_job;

static void cut_block(void *context, size_t begin, size_t end, size_t block)
{
    const cut_job *job = context;
    const dots_surface *surface = job->surface;
    cell_list *cells = &job->list[block];
    for (size_t t = begin; t < end && !cells->failed; t++) {
        const np_triangle *tri = &surface->mesh->triangles[t];
        double area = 0.5 * np_vec3_length(dots_surface_area2(surface, (uint32_t)t));
        corners whole = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        if (!mixed(surface, tri)) {
            cut(surface, (uint32_t)t, surface->layer[tri->v[0]], whole, area, cells);
            continue;
        }
        for (int k = 0; k < 3; k++)
            for (int half = 0; half < 2; half++) {
                corners w;
                corner_piece(k, half, w);
                cut(surface, (uint32_t)t, surface->layer[tri->v[k]], w, area / 6, cells);
            }
    }
}

/* All cells, in the order of the triangles. */
static np_status cut_all(const dots_surface *surface, cell_list *out, np_error *err)
{
    size_t n_blocks = np_parallel_blocks(surface->mesh->n_triangles, CUT_BLOCK), n = 0;
    cut_job job = {surface, calloc(n_blocks + 1, sizeof *job.list)};
    bool failed = !job.list;
    if (job.list)
        np_parallel_for(surface->mesh->n_triangles, CUT_BLOCK, cut_block, &job);
    for (size_t b = 0; job.list && b < n_blocks; b++) {
        failed = failed || job.list[b].failed;
        n += job.list[b].n;
    }
    out->item = failed || n > UINT32_MAX ? NULL : malloc((n + 1) * sizeof *out->item);
    for (size_t b = 0; job.list && b < n_blocks; b++) {
        if (out->item && job.list[b].n > 0)
            memcpy(out->item + out->n, job.list[b].item, job.list[b].n * sizeof *out->item);
        out->n += job.list[b].n;
        free(job.list[b].item);
    }
    free(job.list);
    return out->item ? NP_OK : np_error_no_memory(err, "the first guess of the dots");
}

/* ---- ordering ---- */

static void cell_spot(const cell *c, const double mix[3], dots_spot *out)
{
    double a = 0, b = 0;
    for (int k = 0; k < 3; k++) {
        a += mix[k] * (double)c->corner[k][0];
        b += mix[k] * (double)c->corner[k][1];
    }
    a = a < 0 ? 0 : a > 1 ? 1 : a;
    b = b < 0 ? 0 : b > 1 - a ? 1 - a : b;
    *out = (dots_spot){c->triangle, {a, b, 1 - a - b}};
}

#define HILBERT_BITS 16

typedef struct key_job {
    const dots_surface *surface;
    const cell_list *cells;
    np_vec3 row[3], middle; /* the curve's cube: turned, and its middle */
    double scale;
    cell_place *place;
} key_job;

static void key_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const key_job *job = context;
    static const double centre[3] = {1.0 / 3, 1.0 / 3, 1.0 / 3};
    for (size_t i = begin; i < end; i++) {
        dots_spot spot;
        cell_spot(&job->cells->item[i], centre, &spot);
        np_vec3 d = np_vec3_sub(dots_surface_position(job->surface, &spot), job->middle);
        np_vec3 p = {np_vec3_dot(d, job->row[0]), np_vec3_dot(d, job->row[1]), np_vec3_dot(d, job->row[2])};
        const double half = 1 << (HILBERT_BITS - 1);
        p = np_vec3_mad(np_vec3_make(half, half, half), p, job->scale);
        assert(fmin(p.x, fmin(p.y, p.z)) > -1);
        assert(fmax(p.x, fmax(p.y, p.z)) < 1 << HILBERT_BITS);
        job->place[i] = (cell_place){
            np_hilbert_key((uint32_t[3]){(uint32_t)p.x, (uint32_t)p.y, (uint32_t)p.z}, HILBERT_BITS), (uint32_t)i};
    }
}

/* Sorts by the 48 bits of the key, 12 at a time; the last of four passes ends in PLACE.  Equal keys stay in
 * their order. */
static void sort_places(cell_place *place, cell_place *spare, size_t n)
{
    for (int shift = 0; shift < 3 * HILBERT_BITS; shift += 12) {
        size_t first[4097] = {0};
        for (size_t i = 0; i < n; i++)
            first[(place[i].key >> shift & 4095) + 1]++;
        for (size_t d = 0; d < 4096; d++)
            first[d + 1] += first[d];
        for (size_t i = 0; i < n; i++)
            spare[first[place[i].key >> shift & 4095]++] = place[i];
        cell_place *sorted = spare;
        spare = place;
        place = sorted;
    }
}

/* A cube around the mesh; TURNED about a random axis, its middle off the mesh's by up to half of its extent. */
static void lay_cube(const np_mesh *mesh, uint64_t seed, bool turned, key_job *job)
{
    np_vec3 low = mesh->vertices[0], high = low;
    double draw[6];
    for (size_t i = 1; i < mesh->n_vertices; i++) {
        np_vec3 p = mesh->vertices[i];
        low = np_vec3_make(fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z));
        high = np_vec3_make(fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z));
    }
    double widest = fmax(high.x - low.x, fmax(high.y - low.y, high.z - low.z));
    if (!turned) {
        for (int k = 0; k < 3; k++)
            job->row[k] = np_vec3_make(k == 0, k == 1, k == 2);
        job->middle = np_vec3_add(low, np_vec3_make(widest / 2, widest / 2, widest / 2));
        job->scale = widest > 0 ? ((1 << HILBERT_BITS) - 1) / widest : 0;
        return;
    }
    for (uint32_t k = 0; k < 6; k++)
        draw[k] = np_rng_uniform(seed, STREAM_CURVE, 0, k);
    double z = 2 * draw[0] - 1, around = NP_TWO_PI * draw[1], flat = sqrt(1 - z * z);
    np_vec3 axis = np_vec3_normalize(np_vec3_make(flat * cos(around), flat * sin(around), z));
    for (int k = 0; k < 3; k++)
        job->row[k] = np_vec3_rotate(np_vec3_make(k == 0, k == 1, k == 2), axis, NP_TWO_PI * draw[2]);
    double radius = 0.5 * np_vec3_distance(low, high);
    np_vec3 off = np_vec3_make(draw[3] - 0.5, draw[4] - 0.5, draw[5] - 0.5);
    job->middle = np_vec3_mad(np_vec3_lerp(low, high, 0.5), off, radius);
    /* a corner of the mesh is at most 1.87 radii from it */
    job->scale = radius > 0 ? ((1 << (HILBERT_BITS - 1)) - 1) / (1.9 * radius) : 0;
}

/* The cells' numbers in the order of the curve: *out_order (the caller frees). */
static np_status order_cells(const dots_surface *surface, const cell_list *cells, uint64_t seed, bool turned,
                             uint32_t **out_order, np_error *err)
{
    key_job job = {.surface = surface, .cells = cells};
    lay_cube(surface->mesh, seed, turned, &job);
    cell_place *place = malloc((2 * cells->n + 1) * sizeof *place);
    uint32_t *order = malloc((cells->n + 1) * sizeof *order);
    np_status status = NP_OK;
    if (!place || !order) {
        status = np_error_no_memory(err, "the order of the first guess");
        goto done;
    }
    job.place = place;
    np_parallel_for(cells->n, 4096, key_block, &job);
    sort_places(place, place + cells->n, cells->n);
    for (size_t i = 0; i < cells->n; i++)
        order[i] = place[i].index;
    *out_order = order;
    order = NULL;
done:
    free(place);
    free(order);
    return status;
}

/* ---- pins ---- */

/* Takes one dot's worth of mass (TAKES of it) out of the cells of the pin's layer within 0.8 s of each pin, as far as there
 * is that much. */
static np_status make_room_for_pins(const dots_surface *surface, const dots_spot *pins, const np_dots_fixed *fixed,
                                    const double *takes, size_t n_pins, cell_list *cells, np_error *err)
{
    np_vec3 *centre = malloc((cells->n + 1) * sizeof *centre);
    np_near grid = {0};
    np_status status = centre ? NP_OK : np_error_no_memory(err, "the cells around pins");
    if (status != NP_OK)
        goto done;
    static const double middle_mix[3] = {1.0 / 3, 1.0 / 3, 1.0 / 3};
    for (size_t i = 0; i < cells->n; i++) {
        dots_spot spot;
        cell_spot(&cells->item[i], middle_mix, &spot);
        centre[i] = dots_surface_position(surface, &spot);
    }
    status = np_near_init(&grid, centre, sizeof *centre, cells->n, 1.0, err);
    for (size_t p = 0; status == NP_OK && p < n_pins; p++) {
        np_vec3 at = dots_surface_position(surface, &pins[p]);
        double radius = 8 / sqrt(dots_surface_local_density(surface, &pins[p])), around = 0;
        for (int pass = 0; pass < 2; pass++) {
            double keep = around > takes[p] ? 1 - takes[p] / around : 0;
            np_near_walk walk = np_near_around(&grid, at, radius);
            for (uint32_t j; np_near_next(&walk, &j);) {
                cell *c = &cells->item[j];
                if (c->layer != fixed[p].layer || np_vec3_distance2(centre[j], at) > radius * radius)
                    continue;
                if (pass == 0)
                    around += c->mass;
                else
                    c->mass *= keep;
            }
        }
    }
done:
    np_near_fini(&grid);
    free(centre);
    return status;
}

/* ---- spreading ---- */

/* A place in the cell, by its density; NUMBER is the dot's. */
static dots_spot draw_in_cell(const dots_surface *surface, const cell *c, uint64_t seed, uint64_t number)
{
    dots_spot spot = {0};
    double peak = 0;
    for (int k = 0; k < 3; k++) {
        double corner[3] = {k == 0, k == 1, k == 2};
        cell_spot(c, corner, &spot);
        peak = fmax(peak, dots_surface_density(surface, &spot));
    }
    for (uint32_t draw = 0; draw < 64; draw += 2) {
        double u = np_rng_uniform(seed, STREAM_PLACE, number, draw);
        double v = np_rng_uniform(seed, STREAM_PLACE, number, draw + 1);
        double root = sqrt(u), mix[3] = {1 - root, root * (1 - v), root * v};
        cell_spot(c, mix, &spot);
        if (np_rng_uniform(seed, STREAM_PLACE, number, draw + 100) * peak <= dots_surface_density(surface, &spot))
            break;
    }
    return spot;
}

#define PIECE_DOTS 2.0 /* at most, in a piece of the background */

/* Whether CELL, whose middle is HERE, may join PIECE: on its sheet, and no farther than its own size. */
static bool joins(const dots_piece *piece, const dots_piece *here)
{
    return piece->mass + here->mass <= PIECE_DOTS && np_vec3_dot(piece->normal, here->normal) > 0.5 &&
           dots_site_x2(&piece->site, &here->site) < 2;
}

/* Cells that follow each other on the curve, put together. */
static np_status make_background(const dots_surface *surface, const cell_list *cells, const uint32_t *order,
                                 dots_background *out, np_error *err)
{
    static const double middle_mix[3] = {1.0 / 3, 1.0 / 3, 1.0 / 3};
    *out = (dots_background){malloc((cells->n + 1) * sizeof *out->piece), 0};
    if (!out->piece)
        return np_error_no_memory(err, "the background of the dots");
    for (size_t i = 0; i < cells->n; i++) {
        const cell *c = &cells->item[order[i]];
        dots_spot spot;
        cell_spot(c, middle_mix, &spot);
        dots_piece here = {{dots_surface_position(surface, &spot), dots_surface_local_density(surface, &spot)},
                           dots_surface_normal(surface, &spot),
                           c->mass};
        dots_piece *last = out->n ? &out->piece[out->n - 1] : NULL;
        if (!last || !joins(last, &here)) {
            out->piece[out->n++] = here;
            continue;
        }
        double share = here.mass / (last->mass + here.mass);
        last->site.at = np_vec3_mad(np_vec3_scale(last->site.at, 1 - share), here.site.at, share);
        last->site.local_density += share * (here.site.local_density - last->site.local_density);
        last->normal = np_vec3_normalize(np_vec3_mad(np_vec3_scale(last->normal, 1 - share), here.normal, share));
        last->mass += here.mass;
    }
    return NP_OK;
}

np_status dots_seed_spread(const dots_surface *surface, const dots_budget *budget, const dots_spot *pins,
                           const np_dots_fixed *fixed, const double *takes, size_t n_pins, uint64_t seed,
                           dots_spot **out_spots, dots_background *out_background, np_error *err)
{
    cell_list cells = {0};
    size_t n_free = budget->total - n_pins, n = 0;
    double *mass = calloc(2 * budget->n_layers + 1, sizeof *mass), *passed = mass ? mass + budget->n_layers : NULL;
    size_t *placed = calloc(budget->n_layers + 1, sizeof *placed);
    dots_spot *spots = malloc((n_free + 1) * sizeof *spots);
    uint32_t *order = NULL;
    np_status status = NP_OK;
    if (!mass || !placed || !spots) {
        status = np_error_no_memory(err, "the first guess of the dots");
        goto done;
    }
    if ((status = cut_all(surface, &cells, err)) != NP_OK ||
        (status = order_cells(surface, &cells, seed, out_background != NULL, &order, err)) != NP_OK)
        goto done;
    if (out_background && (status = make_background(surface, &cells, order, out_background, err)) != NP_OK)
        goto done;
    if (n_pins && (status = make_room_for_pins(surface, pins, fixed, takes, n_pins, &cells, err)) != NP_OK)
        goto done;
    for (size_t i = 0; i < cells.n; i++)
        mass[cells.item[i].layer] += cells.item[i].mass;
    for (size_t i = 0; i < cells.n; i++) {
        const cell *c = &cells.item[order[i]];
        size_t l = (size_t)c->layer, want = budget->n[l] - budget->n_pins[l];
        passed[l] += c->mass;
        double due = passed[l] / mass[l] * (double)want + 0.5;
        while (placed[l] < want && (double)(placed[l] + 1) <= due) {
            spots[n] = draw_in_cell(surface, c, seed, n);
            n++;
            placed[l]++;
        }
    }
    if (n != n_free)
        status = np_error_set(err, NP_ERR_INTERNAL, "%zu dots were spread where %zu were due", n, n_free);
done:
    free(cells.item);
    free(order);
    free(mass);
    free(placed);
    if (status == NP_OK)
        *out_spots = spots;
    else
        free(spots);
    return status;
}
