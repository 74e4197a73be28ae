/* Scans in any frame and unit, and what is wrong with those that are refused; real ones where ../shared holds them. */
#include "head/scan.h"
#include "surface/ply.h"

#include "case/description.h"
#include "head/private/check.h"
#include "head_files.h"

static np_mesh head;
static np_scan_description known;

static int make_head(void **state)
{
    return np_head_create(NP_CASE_SEX_M, 50, &head, &known, NULL) != NP_OK || make_folder(state);
}

static int drop_head(void **state)
{
    np_mesh_fini(&head);
    np_scan_description_fini(&known);
    return remove_folder(state);
}

/* ---- heads in other frames and units ---- */

/* file = (turned head + shift) * scale: y up, z anterior, as scanners like it, and a little askew. */
static double file_scale = 1;

static np_vec3 to_file(np_vec3 p)
{
    np_vec3 q = np_vec3_rotate((np_vec3){p.y, p.z, p.x}, (np_vec3){0, 0.6, 0.8}, 0.2);
    return np_vec3_scale(np_vec3_add(q, (np_vec3){100, 1200, -300}), file_scale);
}

static np_case_landmarks landmarks_to_file(const np_case_landmarks *l)
{
    return (np_case_landmarks){.glabella = to_file(l->glabella),
                               .inion = to_file(l->inion),
                               .tragion_left = to_file(l->tragion_left),
                               .tragion_right = to_file(l->tragion_right),
                               .vertex = to_file(l->vertex)};
}

static np_mesh mesh_to_file(void)
{
    np_mesh copy = {.n_vertices = head.n_vertices, .n_triangles = head.n_triangles};
    copy.vertices = malloc(head.n_vertices * sizeof *copy.vertices);
    copy.triangles = malloc(head.n_triangles * sizeof *copy.triangles);
    assert_non_null(copy.vertices);
    assert_non_null(copy.triangles);
    memcpy(copy.triangles, head.triangles, head.n_triangles * sizeof *copy.triangles);
    for (size_t i = 0; i < head.n_vertices; i++)
        copy.vertices[i] = to_file(head.vertices[i]);
    return copy;
}

/* The head as NAME in the folder, SCALE file units per mm, and its source. */
static np_case_scan write_head(const char *name, double scale, np_case_unit units)
{
    file_scale = scale;
    np_mesh mesh = mesh_to_file();
    np_case_scan source = {.file = in_folder(name), .units = units};
    assert_int_equal(np_mesh_write_ply(&mesh, source.file, NULL), NP_OK);
    np_mesh_fini(&mesh);
    source.landmarks = landmarks_to_file(&known.scan.landmarks);
    return source;
}

static void assert_refused(const np_case_scan *source, np_status status, const char *word, const char *other)
{
    np_scan *scan;
    np_error err = {0};
    np_status got = np_scan_create(source, NULL, &scan, &err);
    if (got != status || !strstr(err.text, word) || !strstr(err.text, other))
        fail_msg("status %d, text \"%s\"; expected %d with \"%s\" and \"%s\"", (int)got, err.text, (int)status, word,
                 other);
    assert_null(scan);
}

/* A head in memory, SCALE file units per mm, for what is checked after reading. */
static np_case_scan head_in_memory(double scale, np_mesh *out_mesh)
{
    file_scale = scale;
    *out_mesh = mesh_to_file();
    return (np_case_scan){.file = (char *)(uintptr_t) "memory.ply",
                          .landmarks = landmarks_to_file(&known.scan.landmarks)};
}

static void assert_unfit(const np_case_scan *source, const np_mesh *mesh, const char *word, const char *other)
{
    np_similarity frame;
    np_error err = {0};
    np_status got = head_scan_fit_frame(source, mesh, &frame, &err);
    if (got != NP_ERR_INVALID || !strstr(err.text, word) || !strstr(err.text, other) || !strstr(err.text, "memory.ply"))
        fail_msg("status %d, text \"%s\"; expected \"%s\" and \"%s\"", (int)got, err.text, word, other);
}

static void assert_fit(const np_case_scan *source, const np_mesh *mesh)
{
    np_similarity frame;
    np_error err = {0};
    if (head_scan_fit_frame(source, mesh, &frame, &err) != NP_OK)
        fail_msg("%s", err.text);
}

/* Rounds the coordinates of AXES (bits) to multiples of STEP. */
static void round_axes(np_mesh *mesh, unsigned axes, double step)
{
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        np_vec3 *p = &mesh->vertices[i];
        p->x = axes & 1 ? round(p->x / step) * step : p->x;
        p->y = axes & 2 ? round(p->y / step) * step : p->y;
        p->z = axes & 4 ? round(p->z / step) * step : p->z;
    }
}

/* Whatever the unit, what counts is the step in mm; one axis alone may be that of slices. */
static void coordinates_that_are_known_to_a_millimetre_are_refused(void **state)
{
    (void)state;
    const struct {
        unsigned axes;
        double step_mm;
        const char *says; /* NULL: taken */
    } rounded[] = {{7, 1, "steps of 1 mm"},
                   {7, 0.6, "steps of 0.6 mm"},
                   {6, 0.98, "steps of 0.98 mm"},
                   {3, 0.6, "steps of 0.6 mm"},
                   {7, 0.3, NULL},
                   {7, 0.01, NULL},
                   {4, 1, NULL},
                   {0, 1, NULL}};
    for (size_t i = 0; i < sizeof rounded / sizeof rounded[0]; i++)
        for (int metres = 0; metres < 2; metres++) {
            np_mesh mesh;
            np_case_scan source = head_in_memory(metres ? 0.001 : 1, &mesh);
            source.units = metres ? NP_CASE_UNIT_M : NP_CASE_UNIT_MM;
            round_axes(&mesh, rounded[i].axes, rounded[i].step_mm * file_scale);
            if (rounded[i].says)
                assert_unfit(&source, &mesh, rounded[i].says, "more decimals");
            else
                assert_fit(&source, &mesh);
            np_mesh_fini(&mesh);
        }
}

static void heads_far_from_the_origin_are_refused(void **state)
{
    (void)state;
    for (int metres = 0; metres < 2; metres++)
        for (int far = 0; far < 2; far++) {
            np_mesh mesh;
            np_case_scan source = head_in_memory(metres ? 0.001 : 1, &mesh);
            source.units = metres ? NP_CASE_UNIT_M : NP_CASE_UNIT_MM;
            np_vec3 move = np_vec3_scale((np_vec3){0, far ? 9e6 : 8000, 0}, file_scale);
            for (size_t i = 0; i < mesh.n_vertices; i++)
                mesh.vertices[i] = np_vec3_add(mesh.vertices[i], move);
            np_vec3 *points[] = {&source.landmarks.glabella, &source.landmarks.inion, &source.landmarks.tragion_left,
                                 &source.landmarks.tragion_right, &source.landmarks.vertex};
            for (int i = 0; i < 5; i++)
                *points[i] = np_vec3_add(*points[i], move);
            if (far)
                assert_unfit(&source, &mesh, "mm from the file's origin", "to 1.1 mm");
            else
                assert_fit(&source, &mesh);
            np_mesh_fini(&mesh);
        }
}

/* Files are smoothed, the built-in head is not: the creases of its ears and lids move by half a millimetre, its scalp hardly. */
static void any_frame_and_unit_gives_the_same_head(void **state)
{
    (void)state;
    const double per_mm[] = {1, 0.1, 0.001, 1 / 25.4};
    for (int unit = 0; unit < 4; unit++) {
        np_case_scan source = write_head("unit.ply", per_mm[unit], (np_case_unit)unit);
        source.whorls = (np_case_points){.points = &(np_vec3){0, 0, 0}, .n = 1};
        source.whorls.points[0] = to_file(known.scan.whorls.points[0]);
        np_scan *scan = load(&source);
        assert_int_equal(scan->surface.mesh.n_triangles, head.n_triangles);
        assert_int_equal(scan->n_turned, 0);
        for (size_t i = 0; i < head.n_vertices; i += 131)
            assert_near(np_vec3_distance(scan->surface.mesh.vertices[i], head.vertices[i]), 0,
                        head.vertices[i].z > 45 ? 0.1 : 0.6);
        assert_near(np_vec3_distance(scan->whorls[0], known.scan.whorls.points[0]), 0, 0.02);
        assert_near(np_vec3_distance(scan->landmarks.vertex, known.scan.landmarks.vertex), 0, 0.02);
        assert_near(scan->circumference_mm, 574.4, 5.7);
        np_vec3 p = {12, 34, 56};
        assert_near(np_vec3_distance(np_scan_to_file(scan, np_scan_from_file(scan, p)), p), 0, 1e-9);
        assert_near(np_vec3_distance(np_scan_from_file(scan, source.landmarks.inion), known.scan.landmarks.inion), 0,
                    0.02);
        np_scan_destroy(scan);
    }
}

static void wrong_units_are_named(void **state)
{
    (void)state;
    const double per_mm[] = {1, 0.1, 0.001, 1 / 25.4};
    const char *units[] = {"set units: mm", "set units: cm", "set units: m", "set units: inch"};
    np_mesh mesh;
    for (int real = 0; real < 4; real++) {
        np_case_scan source = head_in_memory(per_mm[real], &mesh);
        for (int said = 0; said < 4; said++) {
            source.units = (np_case_unit)said;
            if (said != real)
                assert_unfit(&source, &mesh, units[real], "mm round");
        }
        np_mesh_fini(&mesh);
    }
    np_case_scan half = head_in_memory(0.5, &mesh);
    assert_unfit(&half, &mesh, "landmarks:", "lies");
    np_mesh_fini(&mesh);

    np_case_scan metres = write_head("metres.ply", 0.001, NP_CASE_UNIT_MM);
    assert_refused(&metres, NP_ERR_INVALID, "set units: m", metres.file);
}

/* Landmarks of a head on something that is none. */
static void what_is_no_head_is_refused(void **state)
{
    (void)state;
    np_mesh mesh;
    np_case_scan source = head_in_memory(1, &mesh);
    size_t kept = 0;
    for (size_t t = 0; t < mesh.n_triangles; t++) { /* five scraps around the landmarks */
        const np_vec3 *l[] = {&source.landmarks.glabella, &source.landmarks.inion, &source.landmarks.tragion_left,
                              &source.landmarks.tragion_right, &source.landmarks.vertex};
        bool near = false;
        for (int i = 0; i < 5; i++)
            near |= np_vec3_distance(mesh.vertices[mesh.triangles[t].v[0]], *l[i]) < 8;
        if (near)
            mesh.triangles[kept++] = mesh.triangles[t];
    }
    mesh.n_triangles = kept;
    assert_unfit(&source, &mesh, "round at the height of the glabella", "is it a scan of a head");
    np_mesh_fini(&mesh);
}

/* ---- landmarks ---- */

static np_vec3 *landmark(np_case_landmarks *l, int i)
{
    np_vec3 *list[] = {&l->glabella, &l->inion, &l->tragion_left, &l->tragion_right, &l->vertex};
    return list[i];
}

static char *axis(const char *text)
{
    return (char *)(uintptr_t)text;
}

static const char *const names[] = {"glabella", "inion", "tragion_left", "tragion_right", "vertex"};

static void swapped_landmarks_are_named(void **state)
{
    (void)state;
    np_mesh mesh;
    np_case_scan source = head_in_memory(1, &mesh);
    for (int axes = 0; axes < 2; axes++) {
        for (int i = 0; i < 5; i++)
            for (int j = i + 1; j < 5; j++) {
                np_vec3 *a = landmark(&source.landmarks, i), *b = landmark(&source.landmarks, j), keep = *a;
                char pair[64];
                snprintf(pair, sizeof pair, "%s and %s", names[i], names[j]);
                *a = *b;
                *b = keep;
                assert_unfit(&source, &mesh, pair, "look swapped: exchange them");
                *b = *a;
                *a = keep;
            }
        source.axis_anterior = axis("+z");
        source.axis_left = axis("+x");
        source.axis_up = axis("+y");
    }
    np_mesh_fini(&mesh);
}

static void a_head_turned_by_two_swaps_is_seen(void **state)
{
    (void)state;
    np_mesh mesh;
    np_case_scan source = head_in_memory(1, &mesh);
    np_case_landmarks l = source.landmarks;
    source.landmarks = (np_case_landmarks){.glabella = l.inion,
                                           .inion = l.glabella,
                                           .tragion_left = l.tragion_right,
                                           .tragion_right = l.tragion_left,
                                           .vertex = l.vertex};
    assert_unfit(&source, &mesh, "glabella and inion, and also tragion_left and tragion_right", "swapped");
    np_mesh_fini(&mesh);
}

static void landmarks_off_the_surface_are_named(void **state)
{
    (void)state;
    np_mesh mesh;
    np_case_scan source = head_in_memory(1, &mesh);
    const np_case_landmarks good = source.landmarks;
    np_vec3 middle = np_vec3_lerp(good.tragion_left, good.tragion_right, 0.5);
    for (int i = 0; i < 5; i++) {
        source.landmarks = good;
        np_vec3 *p = landmark(&source.landmarks, i), out = np_vec3_normalize(np_vec3_sub(*p, middle));
        *p = np_vec3_mad(*p, out, 12);
        assert_unfit(&source, &mesh, names[i], "mm off the surface");
        *p = np_vec3_mad(*p, out, -8); /* 4 mm: near enough */
        assert_fit(&source, &mesh);
        p->y = NAN;
        assert_unfit(&source, &mesh, names[i], "no number");
    }
    source.landmarks = good;
    source.landmarks.inion = good.glabella;
    assert_unfit(&source, &mesh, "landmarks:", "mark the landmarks again");
    np_mesh_fini(&mesh);
}

static void axes_must_agree(void **state)
{
    (void)state;
    np_mesh mesh;
    np_case_scan source = head_in_memory(1, &mesh);
    source.axis_anterior = axis("+z");
    source.axis_left = axis("+x");
    source.axis_up = axis("+y");
    assert_fit(&source, &mesh);
    source.axis_anterior = axis("-z");
    source.axis_left = axis("-x");
    assert_unfit(&source, &mesh, "degrees away from axes.anterior", "check the axes");
    source.axis_left = axis("+x");
    assert_unfit(&source, &mesh, "right-handed", "axes");
    source.axis_left = axis("left");
    assert_unfit(&source, &mesh, "found 'left'", "axes");
    source.axis_left = NULL;
    assert_unfit(&source, &mesh, "found nothing", "axes");
    np_mesh_fini(&mesh);
}

static void whorls_off_the_surface_are_named(void **state)
{
    (void)state;
    np_vec3 points[2] = {known.scan.whorls.points[0], {0, 0, 0}};
    np_case_scan source = {.sex = NP_CASE_SEX_M, .percentile = 50, .whorls = {.points = points, .n = 2}};
    assert_refused(&source, NP_ERR_INVALID, "whorl 2", "mm off");
    points[1].x = NAN;
    assert_refused(&source, NP_ERR_INVALID, "whorl 2", "no number");
    source.whorls.n = 1;
    np_scan *scan = load(&source);
    assert_int_equal(scan->n_whorls, 1);
    np_scan_destroy(scan);
}

/* One at the usual place of a scan whose case says nothing, the built-in head's own, and none where the case says so. */
static void a_whorl_is_usual_and_none_can_be_said(void **state)
{
    (void)state;
    np_case_scan sources[] = {write_head("whorl.ply", 1, NP_CASE_UNIT_MM), {.sex = NP_CASE_SEX_M, .percentile = 50}};
    for (int i = 0; i < 2; i++) {
        np_scan *scan = load(&sources[i]);
        assert_int_equal(scan->n_whorls, 1);
        assert_near(np_vec3_distance(scan->whorls[0], known.scan.whorls.points[0]), 0, i ? 1e-9 : 10);
        np_scan_destroy(scan);
        sources[i].no_whorls = true;
        scan = load(&sources[i]);
        assert_int_equal(scan->n_whorls, 0);
        np_scan_destroy(scan);
    }
}

/* ---- faces ---- */

static void flip(np_mesh *mesh, size_t begin, size_t end, size_t step)
{
    for (size_t t = begin; t < end; t += step) {
        uint32_t swap = mesh->triangles[t].v[1];
        mesh->triangles[t].v[1] = mesh->triangles[t].v[2];
        mesh->triangles[t].v[2] = swap;
    }
}

static void flipped_faces_are_refused_or_mended(void **state)
{
    (void)state;
    np_case_scan source = write_head("flip.ply", 1, NP_CASE_UNIT_MM);
    np_mesh mesh = mesh_to_file();
    flip(&mesh, 0, mesh.n_triangles, 1);
    assert_int_equal(np_mesh_write_ply(&mesh, source.file, NULL), NP_OK);
    assert_refused(&source, NP_ERR_GEOMETRY, "look inwards", "mirrored, left for right");
    flip(&mesh, 0, mesh.n_triangles, 1);
    flip(&mesh, 4000, 6000, 1);
    assert_int_equal(np_mesh_write_ply(&mesh, source.file, NULL), NP_OK);
    assert_refused(&source, NP_ERR_GEOMETRY, "2000 of 35280 triangles", source.file);
    flip(&mesh, 4000, 6000, 1);
    flip(&mesh, 7, mesh.n_triangles, 3000);
    assert_int_equal(np_mesh_write_ply(&mesh, source.file, NULL), NP_OK);
    np_scan *scan = load(&source);
    assert_int_equal(scan->n_turned, 12);
    assert_memory_equal(scan->surface.mesh.triangles, head.triangles, head.n_triangles * sizeof *head.triangles);
    np_scan_destroy(scan);
    np_mesh_fini(&mesh);
}

/* A hole in the crown, and a second part that does not touch the head. */
static void holes_and_parts_are_accepted(void **state)
{
    (void)state;
    np_case_scan source = write_head("holes.ply", 1, NP_CASE_UNIT_MM);
    np_mesh mesh = mesh_to_file();
    size_t kept = 0, dropped = 0;
    np_vec3 hole = to_file((np_vec3){-20, 30, 120});
    for (size_t t = 0; t < mesh.n_triangles; t++)
        if (np_vec3_distance(mesh.vertices[mesh.triangles[t].v[0]], hole) > 25)
            mesh.triangles[kept++] = mesh.triangles[t];
    dropped = mesh.n_triangles - kept;
    mesh.n_triangles = kept;
    for (int i = 0; i < 50; i++) /* what was cut out lies 300 mm away */
        mesh.triangles[mesh.n_triangles++] =
            (np_triangle){{(uint32_t)(3 * i), (uint32_t)(3 * i + 1), (uint32_t)(3 * i + 2)}};
    assert_true(dropped > 100);
    assert_int_equal(np_mesh_write_ply(&mesh, source.file, NULL), NP_OK);
    np_mesh_fini(&mesh);
    np_scan *scan = load(&source);
    np_surface_point p;
    assert_false(np_surface_ray(&scan->surface, (np_vec3){-20, 30, 400}, (np_vec3){0, 0, -1}, 350, &p));
    assert_true(np_surface_nearest(&scan->surface, (np_vec3){-20, 30, 120}, 60, &p));
    np_scan_destroy(scan);
}

/* ---- the rest of the contract ---- */

static void points_lie_on_their_triangles(void **state)
{
    (void)state;
    np_case_scan source = {.sex = NP_CASE_SEX_F, .percentile = 20};
    np_scan *scan = load(&source);
    for (int i = 0; i < 300; i++) {
        np_vec3 d = np_vec3_normalize(np_vec3_make(sin(i * 1.7), cos(i * 2.3), sin(i * 0.9) + 0.4));
        np_surface_point hit, near;
        assert_true(np_surface_ray(&scan->surface, np_vec3_scale(d, 300), np_vec3_scale(d, -1), 300, &hit));
        assert_true(np_surface_nearest(&scan->surface, hit.position, 0.01, &near));
        assert_near(np_vec3_distance(hit.position, near.position), 0, 1e-9);
        assert_near(np_vec3_length(hit.normal), 1, 1e-12);
        bool skull = hit.position.z > 45; /* over the creases of ears and face */
        double with = np_vec3_dot(hit.normal, np_mesh_triangle_normal(&scan->surface.mesh, hit.triangle));
        assert_true(with > (skull ? 0.9 : 0.5));
        assert_true(np_vec3_dot(hit.normal, d) > 0);
    }
    np_scan_destroy(scan);
}

static void synthetic_meshes_can_be_scans(void **state)
{
    (void)state;
    np_mesh mesh = {.n_vertices = 4, .n_triangles = 2};
    mesh.vertices = malloc(4 * sizeof *mesh.vertices);
    mesh.triangles = malloc(2 * sizeof *mesh.triangles);
    for (int i = 0; i < 4; i++)
        mesh.vertices[i] = (np_vec3){100 * (i % 2), 100 * (i / 2), 0};
    mesh.triangles[0] = (np_triangle){{0, 1, 3}};
    mesh.triangles[1] = (np_triangle){{0, 3, 2}};
    np_case_landmarks none = {.vertex = {50, 50, 9}};
    np_scan *scan;
    assert_int_equal(np_scan_create_from_mesh(&mesh, &none, NULL, 0, &scan, NULL), NP_OK);
    assert_null(mesh.vertices);
    assert_near(scan->landmarks.vertex.z, 0, 0);
    np_surface_point p;
    assert_true(np_surface_nearest(&scan->surface, (np_vec3){30, 10, 7}, 10, &p));
    assert_near(np_vec3_distance(p.position, (np_vec3){30, 10, 0}), 0, 1e-12);
    assert_near(p.normal.z, 1, 1e-15);
    np_scan_destroy(scan);

    mesh = (np_mesh){.n_vertices = 1,
                     .n_triangles = 1,
                     .vertices = calloc(1, sizeof *mesh.vertices),
                     .triangles = calloc(1, sizeof *mesh.triangles)};
    mesh.triangles[0].v[2] = 1;
    np_error err = {0};
    assert_int_equal(np_scan_create_from_mesh(&mesh, &none, NULL, 0, &scan, &err), NP_ERR_GEOMETRY);
    assert_null(mesh.vertices);
    assert_null(scan);
    assert_int_equal(np_scan_create_from_mesh(&mesh, &none, NULL, 0, &scan, &err), NP_ERR_GEOMETRY);
}

static bool stop_at(void *context, const char *stage, double fraction)
{
    (void)stage;
    return fraction < *(double *)context;
}

static void loading_can_be_cancelled(void **state)
{
    (void)state;
    np_case_scan source = write_head("stop.ply", 1, NP_CASE_UNIT_MM);
    for (double at = 0; at <= 1; at += 0.5) {
        np_progress progress = {.report = stop_at, .context = &at};
        np_scan *scan;
        np_error err = {0};
        assert_int_equal(np_scan_create(&source, &progress, &scan, &err), NP_ERR_STOPPED);
        assert_null(scan);
    }
}

static void real_scans_load(void **state)
{
    (void)state;
    const char *const files[] = {NP_TEST_SOURCE_DIR "/../shared/scans/ict_head.yaml",
                                 NP_TEST_SOURCE_DIR "/../shared/scans/lee_perry_smith.yaml"};
    int found = 0;
    for (int i = 0; i < 2; i++) {
        np_scan_description d;
        np_error err = {0};
        if (access(files[i], R_OK) != 0)
            continue;
        found++;
        if (np_scan_description_read(files[i], &d, &err) != NP_OK)
            fail_msg("%s", err.text);
        np_scan *scan = load(&d.scan);
        assert_near(scan->circumference_mm, 570, 10);
        assert_true(scan->landmarks.vertex.z > 110);
        assert_true(scan->landmarks.glabella.x > 90);
        for (unsigned k = 0; k < d.scalp_outline.n; k++) {
            np_surface_point p;
            /* The facets of an 11 mm mesh stand off the smooth skin by 0.2 mm. */
            assert_true(
                np_surface_nearest(&scan->surface, np_scan_from_file(scan, d.scalp_outline.points[k]), 0.4, &p));
        }
        d.scan.units = NP_CASE_UNIT_M;
        assert_refused(&d.scan, NP_ERR_INVALID, "set units: mm", d.scan.file);
        np_scan_destroy(scan);
        np_scan_description_fini(&d);
    }
    if (!found)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coordinates_that_are_known_to_a_millimetre_are_refused),
        cmocka_unit_test(heads_far_from_the_origin_are_refused),
        cmocka_unit_test(any_frame_and_unit_gives_the_same_head),
        cmocka_unit_test(wrong_units_are_named),
        cmocka_unit_test(what_is_no_head_is_refused),
        cmocka_unit_test(swapped_landmarks_are_named),
        cmocka_unit_test(a_head_turned_by_two_swaps_is_seen),
        cmocka_unit_test(landmarks_off_the_surface_are_named),
        cmocka_unit_test(axes_must_agree),
        cmocka_unit_test(whorls_off_the_surface_are_named),
        cmocka_unit_test(a_whorl_is_usual_and_none_can_be_said),
        cmocka_unit_test(flipped_faces_are_refused_or_mended),
        cmocka_unit_test(holes_and_parts_are_accepted),
        cmocka_unit_test(points_lie_on_their_triangles),
        cmocka_unit_test(synthetic_meshes_can_be_scans),
        cmocka_unit_test(loading_can_be_cancelled),
        cmocka_unit_test(real_scans_load),
    };
    return cmocka_run_group_tests(tests, make_head, drop_head);
}
