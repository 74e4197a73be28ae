/* Every dot is asked the same questions at its own place, so a strand of hair over a single dot counts as much as a hat; only
 * holes, where no dot can be asked, are looked for along the scan's own borders. */
#include "head/soundness.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/grow.h"
#include "base/parallel.h"
#include "head/face.h"
#include "surface/smooth.h"
#include "surface/topology.h"

/* A second surface within this distance is another layer of the skin: depths are 0.3 to 1.5 mm (domain.md 1.3). */
#define LAYER_MM 5.0
/* Caps of hair stand 5-30 mm off; the cone of a needle cartridge and its grip are 40-60 mm long. */
#define COVER_MM 60.0
/* A ray begins this far off its own triangle. */
#define CLEAR_MM 0.05
/* A border of the scan nearer to the area's border than this is the area's border. */
#define BORDER_MM 0.5
/* The mean scalp has about 500 cm2 on a head of 574 mm (domain.md 2.8); half as much again is no scalp. */
#define SCALP_MAX_CM2 750.0
#define MEAN_CIRCUMFERENCE_MM 574.0
/* Around an ear skin turns sharply without being a spike: this many times as rough may it be. */
#define BY_EAR 3
#define BLOCK 256

enum { SOUND = -1, EYE = NP_REFUSED_EYE, FINDINGS };

typedef struct asking {
    const np_scan *scan;
    const np_surface_point *points;
    int *found; /* a point: SOUND, EYE or np_accept, the worst */
} asking;

static const char *const texts[] = {
#define ACCEPT_TEXT(id, name, text) text,
    NP_ACCEPT_TABLE(ACCEPT_TEXT)
#undef ACCEPT_TEXT
};

static int face_finding(const np_scan *scan, np_vec3 position)
{
    np_face_part part = np_face_part_at(scan, position);
    return part == NP_FACE_NONE ? SOUND : part == NP_FACE_EYE ? EYE : (int)np_face_accept(part);
}

static bool is_rough(const np_scan *scan, const np_surface_point *p)
{
    const uint32_t *v = scan->surface.mesh.triangles[p->triangle].v;
    double worst_mm = 0;
    for (int k = 0; k < 3 && scan->rough_mm; k++)
        worst_mm = fmax(worst_mm, (double)scan->rough_mm[v[k]]);
    return worst_mm > NP_SMOOTH_SHAPE_MM * (np_face_is_by_ear(scan, p->position) ? BY_EAR : 1);
}

static int cover_finding(const np_scan *scan, const np_surface_point *p)
{
    np_surface_point hit;
    np_vec3 out = np_vec3_mad(p->position, p->normal, CLEAR_MM), in = np_vec3_mad(p->position, p->normal, -CLEAR_MM);
    if (np_surface_ray(&scan->surface, out, p->normal, COVER_MM, &hit))
        return np_vec3_distance(hit.position, p->position) < LAYER_MM ? NP_ACCEPT_LAYERS : NP_ACCEPT_COVERED;
    if (np_surface_ray(&scan->surface, in, np_vec3_scale(p->normal, -1), LAYER_MM, &hit))
        return NP_ACCEPT_LAYERS;
    return SOUND;
}

static void ask_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    asking *a = context;
    for (size_t i = begin; i < end; i++) {
        const np_surface_point *p = &a->points[i];
        a->found[i] = face_finding(a->scan, p->position);
        if (a->found[i] == SOUND && is_rough(a->scan, p))
            a->found[i] = NP_ACCEPT_SPIKE;
        if (a->found[i] == SOUND)
            a->found[i] = cover_finding(a->scan, p);
    }
}

/* ---- what was found, told ---- */

typedef struct judgement {
    size_t count[FINDINGS];  /* dots; of holes, edges */
    np_vec3 place[FINDINGS]; /* of the first; of holes, of the one that lies deepest inside */
    double hole_mm, hole_inside_mm;
    np_refused *refused;
} judgement;

void np_refused_fini(np_refused *refused)
{
    free(refused->places);
    *refused = (np_refused){0};
}

const char *np_refused_name(int why)
{
    return why == EYE ? "eye" : np_accept_name((np_accept)why);
}

static np_status add(judgement *j, const np_surface_point *point, int why, np_error *err)
{
    np_refused *r = j->refused;
    np_status status = NP_GROW(r->places, r->capacity, r->n + 1, "the refused places", err);
    if (status != NP_OK)
        return status;
    r->places[r->n++] = (struct np_refused_place){*point, why};
    if (j->count[why]++ == 0)
        j->place[why] = point->position;
    return NP_OK;
}

static np_status judge_dots(const asking *a, size_t n, np_accept_set accepted, judgement *j, np_error *err)
{
    np_status status = NP_OK;
    for (size_t i = 0; i < n && status == NP_OK; i++)
        if (a->found[i] == EYE || (a->found[i] != SOUND && !(accepted & 1u << a->found[i])))
            status = add(j, &a->points[i], a->found[i], err);
    return status;
}

/* The scan's border edges inside the area, in all: their length, and a place on the longest way inside. */
static np_status judge_holes(const np_scan *scan, np_treated_inside *inside, void *context, judgement *j, np_error *err)
{
    const np_mesh *mesh = &scan->surface.mesh;
    np_status status = NP_OK;
    j->hole_inside_mm = BORDER_MM;
    for (uint32_t t = 0; t < mesh->n_triangles && status == NP_OK; t++)
        for (int k = 0; k < 3 && status == NP_OK; k++) {
            if (np_topology_across(&scan->surface.topology, t, k) != NP_NO_TRIANGLE)
                continue;
            double weight[3] = {0};
            weight[k] = weight[(k + 1) % 3] = 0.5;
            np_surface_point middle = np_mesh_point(mesh, scan->surface.normals, t, weight);
            double inside_mm = inside(context, &middle);
            if (!(inside_mm > BORDER_MM))
                continue;
            status = add(j, &middle, NP_ACCEPT_HOLE, err);
            j->hole_mm += np_vec3_distance(mesh->vertices[mesh->triangles[t].v[k]],
                                           mesh->vertices[mesh->triangles[t].v[(k + 1) % 3]]);
            if (inside_mm > j->hole_inside_mm) {
                j->hole_inside_mm = inside_mm;
                j->place[NP_ACCEPT_HOLE] = middle.position;
            }
        }
    return status;
}

/* The one to begin with: eyes, then what lies under dots, then holes. */
static int worst_of(const judgement *j)
{
    if (j->count[EYE])
        return EYE;
    for (int f = NP_ACCEPT_HOLE + 1; f < NP_ACCEPT_COUNT; f++)
        if (j->count[f])
            return f;
    return j->count[NP_ACCEPT_HOLE] ? NP_ACCEPT_HOLE : SOUND;
}

/* "; also: spike (3 dots), hole" or nothing. */
static void list_others(const judgement *j, int worst, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (int f = NP_ACCEPT_COUNT - 1; f >= 0 && used < size; f--) {
        if (f == worst || j->count[f] == 0)
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "; also: ", np_refused_name(f));
        if (f != NP_ACCEPT_HOLE && used < size)
            used += (size_t)snprintf(text + used, size - used, " (%zu dots)", j->count[f]);
    }
}

static np_status refuse(const np_scan *scan, const judgement *j, np_error *err)
{
    int worst = worst_of(j);
    if (worst == SOUND)
        return NP_OK;
    char others[256];
    list_others(j, worst, others, sizeof others);
    np_vec3 file = np_scan_to_file(scan, j->place[worst]);
    const char *name = np_refused_name(worst);
    if (worst == EYE)
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "%zu dots would lie over an eye, the first at [%.1f, %.1f, %.1f] in the scan file's coordinates; no "
            "needle goes there: draw the region's border above the brows%s",
            j->count[EYE], file.x, file.y, file.z, others);
    if (worst == NP_ACCEPT_HOLE)
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "hole: %.0f mm of the scan's own border lie in the treated area, at [%.1f, %.1f, %.1f] in the scan file's "
            "coordinates, %.0f mm inside: %s; close the hole (in MeshLab: Close Holes), or, if it is meant, accept "
            "it by name: --accept hole, or accept: [hole] in the case",
            j->hole_mm, file.x, file.y, file.z, j->hole_inside_mm, texts[NP_ACCEPT_HOLE]);
    return np_error_set(
        err, NP_ERR_UNSAFE,
        "%s: %zu dots, the first at [%.1f, %.1f, %.1f] in the scan file's coordinates: %s; change the region or the "
        "scan, or, if it is meant, accept it by name: --accept %s, or accept: [%s] in the case%s",
        name, j->count[worst], file.x, file.y, file.z, texts[worst], name, name, others);
}

np_status np_soundness_check(const np_scan *scan, const np_surface_point *points, size_t n, np_treated_inside *inside,
                             void *context, np_accept_set accepted, np_refused *out_refused, np_error *err)
{
    np_refused_fini(out_refused);
    judgement j = {.refused = out_refused};
    asking a = {.scan = scan, .points = points, .found = malloc((n + 1) * sizeof *a.found)};
    if (!a.found)
        return np_error_no_memory(err, "the checks of the skin");
    np_parallel_for(n, BLOCK, ask_block, &a);
    np_status status = judge_dots(&a, n, accepted, &j, err);
    if (status == NP_OK && !(accepted & 1u << NP_ACCEPT_HOLE))
        status = judge_holes(scan, inside, context, &j, err);
    free(a.found);
    return status == NP_OK ? refuse(scan, &j, err) : status;
}

typedef struct sorting {
    const np_scan *scan;
    np_treated_inside *inside;
    void *context;
    int *found; /* a triangle: SOUND outside of the area, else what its middle lies on; LARGE on a scalp */
} sorting;

static np_surface_point middle_of(const np_scan *scan, size_t triangle)
{
    static const double thirds[3] = {1.0 / 3, 1.0 / 3, 1.0 / 3};
    return np_mesh_point(&scan->surface.mesh, scan->surface.normals, (uint32_t)triangle, thirds);
}

static void sort_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    sorting *s = context;
    for (size_t t = begin; t < end; t++) {
        np_surface_point middle = middle_of(s->scan, t);
        s->found[t] = SOUND;
        if (!(s->inside(s->context, &middle) > 0))
            continue;
        s->found[t] = face_finding(s->scan, middle.position);
        if (s->found[t] == SOUND)
            s->found[t] = NP_ACCEPT_LARGE;
    }
}

/* What of the area is refused: with LARGE all of it, else what lies on the face. */
static np_status mark_area(const sorting *given, bool large, np_refused *out_refused, np_error *err)
{
    sorting s = *given;
    judgement j = {.refused = out_refused};
    size_t n = s.scan->surface.mesh.n_triangles;
    np_status status = NP_OK;
    if (!(s.found = malloc(n * sizeof *s.found)))
        return np_error_no_memory(err, "the treated area");
    np_parallel_for(n, BLOCK, sort_block, &s);
    for (size_t t = 0; t < n && status == NP_OK; t++) {
        if (s.found[t] == SOUND || (!large && s.found[t] == NP_ACCEPT_LARGE))
            continue;
        np_surface_point middle = middle_of(s.scan, t);
        status = add(&j, &middle, large ? NP_ACCEPT_LARGE : s.found[t], err);
    }
    free(s.found);
    return status;
}

np_status np_soundness_check_area(const np_scan *scan, np_treated_inside *inside, void *context, double area_cm2,
                                  np_accept_set accepted, np_refused *out_refused, np_error *err)
{
    np_surface_point glabella;
    sorting area = {scan, inside, context, NULL};
    np_refused_fini(out_refused);
    if (!(accepted & 1u << NP_ACCEPT_FACE) &&
        np_surface_nearest(&scan->surface, scan->landmarks.glabella, INFINITY, &glabella) &&
        inside(context, &glabella) > 0) {
        np_status status = mark_area(&area, false, out_refused, err);
        if (status != NP_OK)
            return status;
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "face: the treated area holds the glabella, between the brows: a region's border leaves the wrong side "
            "inside, or was drawn over the face; mend its outline, or give `inside` a point of the scalp");
    }
    double limit_cm2 = SCALP_MAX_CM2 * pow(scan->circumference_mm / MEAN_CIRCUMFERENCE_MM, 2);
    if (accepted & 1u << NP_ACCEPT_LARGE || !(area_cm2 > limit_cm2))
        return NP_OK;
    np_status status = mark_area(&area, true, out_refused, err);
    if (status != NP_OK)
        return status;
    return np_error_set(
        err, NP_ERR_UNSAFE,
        "large: the treated area has %.0f cm2, more than the scalp of a head of %.0f mm can have (%.0f cm2); a "
        "region's border leaves the wrong side inside, or, if it is meant, accept it by name: "
        "--accept large, or accept: [large] in the case",
        area_cm2, scan->circumference_mm, limit_cm2);
}
