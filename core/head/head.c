/* The parametric head's description: where on its skin the landmarks, the borders of the hair, and some scars
 * are.
 *
 * Everything is given as rays in anatomical axes and cast onto the mesh, so it lies on the surface exactly.
 * The numbers are for the mean man and are stretched with the head; heights are counted from the level of the
 * tragia, as the ear is what the scalp's outline must go around. */
#include "head/head.h"

#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "base/rng.h"
#include "head/private/frame.h"
#include "head/private/head_shape.h"
#include "surface/index.h"

typedef struct model {
    np_mesh mesh; /* anatomical axes, until it is moved into the head frame at the end */
    np_surface_index *index;
    double stretch_x, stretch_y, stretch_z; /* against the mean man */
    np_status status;
} model;

/* ---- casting ---- */

/* The skin seen from ORIGIN (inside) along DIRECTION. */
static np_vec3 cast(model *m, np_vec3 origin, np_vec3 direction)
{
    uint32_t triangle;
    double w[3];
    if (!np_surface_index_ray(m->index, origin, np_vec3_normalize(direction), 400, &triangle, w)) {
        m->status = NP_ERR_INTERNAL;
        return origin;
    }
    const uint32_t *v = m->mesh.triangles[triangle].v;
    np_vec3 p = np_vec3_scale(m->mesh.vertices[v[0]], w[0]);
    p = np_vec3_mad(p, m->mesh.vertices[v[1]], w[1]);
    return np_vec3_mad(p, m->mesh.vertices[v[2]], w[2]);
}

/* From which side a point is looked at; then U and V are its two other coordinates in mm: (y, z) from FRONT
 * and BACK, (x, z) from the SIDE, (x, y) from the TOP; x and z counted from the tragion. */
typedef enum view { FRONT, BACK, SIDE, TOP } view;

typedef struct mark {
    view from;
    double u, v;
} mark;

/* LEFT is 1 for the left half, -1 for its mirror image on the right. */
static np_vec3 place(model *m, mark k, double left)
{
    double drop = HEAD_TRAGION_DROP_MM;
    switch (k.from) {
    case FRONT:
    case BACK:
        return cast(m, (np_vec3){0, left * k.u * m->stretch_y, k.v * m->stretch_z - drop},
                    (np_vec3){k.from == FRONT ? 1 : -1, 0, 0});
    case SIDE:
        return cast(m, (np_vec3){k.u * m->stretch_x, 0, k.v * m->stretch_z - drop}, (np_vec3){0, left, 0});
    default:
        return cast(m, (np_vec3){k.u * m->stretch_x, left * k.v * m->stretch_y, 0}, (np_vec3){0, 0, 1});
    }
}

static bool reserve(model *m, np_case_points *out, size_t n)
{
    *out = (np_case_points){.points = calloc(n, sizeof *out->points), .n = (unsigned)n};
    if (!out->points) {
        out->n = 0;
        m->status = NP_ERR_NO_MEMORY;
    }
    return out->points != NULL;
}

/* The closed outline of the left HALF, first and last on the midline, and of its mirror image. */
static void trace_mirrored(model *m, const mark *half, size_t n, np_case_points *out)
{
    if (!reserve(m, out, 2 * n - 2))
        return;
    for (size_t i = 0; i < n; i++)
        out->points[i] = place(m, half[i], 1);
    for (size_t i = n; i < 2 * n - 2; i++)
        out->points[i] = place(m, half[2 * n - 2 - i], -1);
}

static void trace(model *m, const mark *marks, size_t n, np_case_points *out)
{
    if (!reserve(m, out, n))
        return;
    for (size_t i = 0; i < n; i++)
        out->points[i] = place(m, marks[i], 1);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the shapes ---- */

/* Domain.md 2.8: glabella (a, 0, 0), inion (-0.93 a, 0, -40), vertex (0, 0, c), tragia 2.5 mm in front of the
 * middle. */
static np_case_landmarks place_landmarks(model *m)
{
    return (np_case_landmarks){
        .glabella = cast(m, (np_vec3){0, 0, 0}, (np_vec3){1, 0, 0}),
        .inion = cast(m, (np_vec3){0, 0, -40}, (np_vec3){-1, 0, 0}),
        .tragion_left = place(m, (mark){SIDE, 2.5, 0}, 1),
        .tragion_right = place(m, (mark){SIDE, 2.5, 0}, -1),
        .vertex = cast(m, (np_vec3){0, 0, 0}, (np_vec3){0, 0, 1}),
    };
}

/* From the trichion (65 mm of arc above the glabella in men, 58 in women: domain.md 2.5 and 2.8) by the
 * frontotemporal corner, the temporal peak and the sideburn around the ear (64 x 36 mm, helix top 30 mm above
 * and 10 mm behind the tragion, domain.md 2.8) to the nape's hairline, 24 mm below the tragia as on scanned
 * heads. */
static const mark scalp_half[2][21] = {
    {{FRONT, 0, 98},  {FRONT, 14, 98}, {FRONT, 27, 98}, {FRONT, 38, 100}, {SIDE, 48, 95}, {SIDE, 46, 76},
     {SIDE, 38, 58},  {SIDE, 31, 40},  {SIDE, 29, 22},  {SIDE, 28, 6},    {SIDE, 20, 5},  {SIDE, 17, 20},
     {SIDE, 10, 36},  {SIDE, -7, 43},  {SIDE, -26, 38}, {SIDE, -38, 20},  {SIDE, -42, 0}, {SIDE, -44, -16},
     {BACK, 44, -24}, {BACK, 20, -25}, {BACK, 0, -24}},
    {{FRONT, 0, 92},  {FRONT, 14, 92}, {FRONT, 27, 91}, {FRONT, 38, 90}, {SIDE, 54, 85}, {SIDE, 51, 71},
     {SIDE, 41, 56},  {SIDE, 32, 40},  {SIDE, 29, 22},  {SIDE, 28, 6},   {SIDE, 20, 5},  {SIDE, 17, 20},
     {SIDE, 10, 36},  {SIDE, -7, 43},  {SIDE, -26, 38}, {SIDE, -38, 20}, {SIDE, -42, 0}, {SIDE, -44, -16},
     {BACK, 44, -24}, {BACK, 20, -25}, {BACK, 0, -24}}};

/* A deep frontal recession (Norwood III and a little more, domain.md 2.6): the intended hairline in front, 3
 * mm inside the scalp's border (women's, whose line is rounder and wider, 1 mm), and the receded one behind,
 * deeper over the temples than on the midline. */
static const mark frontal_half[2][9] = {{{FRONT, 0, 101},
                                         {FRONT, 14, 101},
                                         {FRONT, 27, 101},
                                         {FRONT, 37, 103},
                                         {SIDE, 44, 97},
                                         {TOP, 26, 52},
                                         {TOP, 6, 42},
                                         {TOP, 14, 22},
                                         {TOP, 22, 0}},
                                        {{FRONT, 0, 93},
                                         {FRONT, 14, 93},
                                         {FRONT, 27, 92},
                                         {FRONT, 37, 91},
                                         {SIDE, 51, 80},
                                         {TOP, 32, 55},
                                         {TOP, 14, 42},
                                         {TOP, 22, 22},
                                         {TOP, 30, 0}}};

/* Along the front of the left ear and the temple's hairline (domain.md 3, facelift). */
static const mark facelift_marks[] = {{SIDE, 24, 8},  {SIDE, 22, 18}, {SIDE, 21, 30},
                                      {SIDE, 23, 42}, {SIDE, 28, 54}, {SIDE, 34, 64}};

/* This person's own: 62.5 mm behind the vertical plane of the tragia along the surface, as usual, and 10 mm right of the midline
 * (domain.md 2.4). */
static void place_whorl(model *m, np_case_points *out)
{
    const double step_mm = 0.25;
    np_vec3 last = place(m, (mark){TOP, 2.5, -10}, 1);
    for (double arc = 0, x = 2.5 - step_mm; arc < 62.5 && m->status == NP_OK; x -= step_mm) {
        np_vec3 next = cast(m, (np_vec3){x, last.y, 0}, (np_vec3){0, 0, 1});
        arc += np_vec3_distance(last, next);
        last = next;
    }
    if (reserve(m, out, 1))
        out->points[0] = last;
}

/* A round bald crown, about 48 mm around the whorl (domain.md 2.4: 10-13 cm across). */
static void place_crown(model *m, np_vec3 whorl, np_case_points *out)
{
    const int n = 20;
    np_vec3 up = np_vec3_normalize(whorl);
    np_vec3 e1 = np_vec3_perpendicular(up), e2 = np_vec3_cross(up, e1);
    if (!reserve(m, out, (size_t)n))
        return;
    for (int i = 0; i < n; i++) {
        double angle = NP_TWO_PI * i / n;
        np_vec3 rim = np_vec3_mad(np_vec3_mad(whorl, e1, 52 * cos(angle)), e2, 52 * sin(angle));
        out->points[i] = cast(m, (np_vec3){0, 0, 0}, rim);
    }
}

/* A point of the back of the head: T in -1..1 from left to right, within SPAN_DEG of the midline, at height
 * Z. */
static np_vec3 place_behind(model *m, double t, double span_deg, double z)
{
    double angle = np_angle_rad(t * span_deg);
    return cast(m, (np_vec3){0, 0, z * m->stretch_z - HEAD_TRAGION_DROP_MM}, (np_vec3){-cos(angle), -sin(angle), 0});
}

/* 20 cm across the occiput, rising towards the ears so that it stays in the hair (domain.md 3, FUT). */
static void place_fut_scar(model *m, np_case_points *out)
{
    const int n = 25;
    if (!reserve(m, out, (size_t)n))
        return;
    for (int i = 0; i < n; i++) {
        double t = -1 + 2.0 * i / (n - 1);
        out->points[i] = place_behind(m, t, 56, 16 + 26 * t * t);
    }
}

/* Four rows of twelve in the donor area, each shifted at random (domain.md 3, FUE: over 5-6 cm x 20 cm). */
static void place_fue_scars(model *m, np_case_points *out)
{
    const unsigned rows = 4, columns = 12;
    const np_rng_stream stream = 0x46554500; /* "FUE" */
    if (!reserve(m, out, rows * columns))
        return;
    for (unsigned i = 0; i < rows * columns; i++) {
        double t = ((i % columns) + 0.2 + 0.6 * np_rng_uniform(1, stream, i, 0)) / columns;
        double z = 24 + 10 * (i / columns + 0.2 + 0.6 * np_rng_uniform(1, stream, i, 1));
        out->points[i] = place_behind(m, 2 * t - 1, 50, z);
    }
}

/* ---- into the head frame ---- */

static void move_points(const np_similarity *frame, np_vec3 *points, size_t n)
{
    for (size_t i = 0; i < n; i++)
        points[i] = np_similarity_apply(frame, points[i]);
}

static void move_into_head_frame(model *m, np_scan_description *d)
{
    np_similarity frame = head_frame_make(&d->scan.landmarks, 1);
    d->scan.landmarks = head_frame_apply_landmarks(&frame, &d->scan.landmarks);
    np_case_points *lists[] = {&d->scan.whorls, &d->scalp_outline, &d->frontal_outline, &d->crown_outline,
                               &d->fut_scar,    &d->facelift_scar, &d->fue_scars};
    for (size_t i = 0; i < COUNT(lists); i++)
        move_points(&frame, lists[i]->points, lists[i]->n);
    move_points(&frame, m->mesh.vertices, m->mesh.n_vertices);
}

static void describe(model *m, np_case_sex sex, double percentile, np_scan_description *d)
{
    int s = sex == NP_CASE_SEX_F;
    d->scan.units = NP_CASE_UNIT_MM;
    d->scan.sex = sex;
    d->scan.percentile = percentile;
    d->scan.landmarks = place_landmarks(m);
    place_whorl(m, &d->scan.whorls);
    trace_mirrored(m, scalp_half[s], COUNT(scalp_half[s]), &d->scalp_outline);
    trace_mirrored(m, frontal_half[s], COUNT(frontal_half[s]), &d->frontal_outline);
    trace(m, facelift_marks, COUNT(facelift_marks), &d->facelift_scar);
    if (d->scan.whorls.n == 1)
        place_crown(m, d->scan.whorls.points[0], &d->crown_outline);
    place_fut_scar(m, &d->fut_scar);
    place_fue_scars(m, &d->fue_scars);
}

np_status np_head_create(np_case_sex sex, double percentile, np_mesh *out_mesh, np_scan_description *out_description,
                         np_error *err)
{
    *out_mesh = (np_mesh){0};
    *out_description = (np_scan_description){0};
    if (!(percentile >= NP_HEAD_PERCENTILE_MIN && percentile <= NP_HEAD_PERCENTILE_MAX))
        return np_error_set(err, NP_ERR_INVALID, "the built-in head's percentile is %g; it must be %g to %g",
                            percentile, NP_HEAD_PERCENTILE_MIN, NP_HEAD_PERCENTILE_MAX);
    head_measures measures = head_measures_of(sex, percentile);
    np_vec3 stretch = head_stretch_of(&measures);
    model m = {.stretch_x = stretch.x, .stretch_y = stretch.y, .stretch_z = stretch.z};
    np_scan_description description = {0};
    np_status status = head_mesh(&measures, &m.mesh, err);
    if (status == NP_OK)
        status = np_surface_index_create(&m.mesh, &m.index, err);
    if (status != NP_OK)
        goto done;
    describe(&m, sex, percentile, &description);
    if (m.status != NP_OK) {
        status = np_error_set(err, m.status, "the built-in head could not be described: %s", np_status_text(m.status));
        goto done;
    }
    move_into_head_frame(&m, &description);
    *out_mesh = m.mesh;
    *out_description = description;
    m.mesh = (np_mesh){0};
    description = (np_scan_description){0};
done:
    np_surface_index_destroy(m.index);
    np_mesh_fini(&m.mesh);
    np_scan_description_fini(&description);
    return status;
}
