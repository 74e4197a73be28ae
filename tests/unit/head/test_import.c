/* Mesh files of every kind into one mesh, and files that are none. */
#include "head/private/import.h"
#include "surface/ply.h"

#include <sys/stat.h>

#include "head_files.h"

static np_mesh head;

static int make_head(void **state)
{
    np_scan_description description;
    if (np_head_create(NP_CASE_SEX_M, 50, &head, &description, NULL) != NP_OK)
        return 1;
    np_scan_description_fini(&description);
    return make_folder(state);
}

static int drop_head(void **state)
{
    np_mesh_fini(&head);
    return remove_folder(state);
}

/* The same surface: counts, area, no vertex farther than float rounding from where it was. */
static void assert_same_head(const char *path, np_vec3 move, double scale)
{
    np_mesh read;
    np_error err = {0};
    if (head_scan_import(path, NULL, &read, NULL, &err) != NP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(read.n_vertices, head.n_vertices);
    assert_int_equal(read.n_triangles, head.n_triangles);
    assert_near(np_mesh_area_mm2(&read) / (scale * scale), np_mesh_area_mm2(&head), 0.2);
    for (size_t t = 0; t < head.n_triangles; t += 97) {
        np_vec3 a = head.vertices[head.triangles[t].v[0]], b = read.vertices[read.triangles[t].v[0]];
        assert_near(np_vec3_distance(np_vec3_mad(move, a, scale), b), 0, 1e-4 * scale);
        assert_true(np_vec3_dot(np_mesh_triangle_normal(&head, (uint32_t)t),
                                np_mesh_triangle_normal(&read, (uint32_t)t)) > 0.99);
    }
    np_mesh_fini(&read);
}

static void every_kind_gives_the_same_mesh(void **state)
{
    (void)state;
    np_vec3 zero = {0, 0, 0};
    assert_same_head(write_obj("head.obj", &head), zero, 1);
    assert_int_equal(np_mesh_write_ply(&head, in_folder("head.ply"), NULL), NP_OK);
    assert_same_head(in_folder("head.ply"), zero, 1);
    assert_same_head(write_stl("head.STL", &head), zero, 1);
    assert_same_head(write_gltf("head.gltf", &head, zero, 1), zero, 1);
}

static void node_transforms_are_applied(void **state)
{
    (void)state;
    np_vec3 move = {10, -20, 30};
    assert_same_head(write_gltf("moved.gltf", &head, move, 2), move, 2);
}

/* A mirroring node must not turn the surface inside out. */
static void mirrored_nodes_keep_the_outside_outside(void **state)
{
    (void)state;
    np_mesh read;
    assert_int_equal(
        head_scan_import(write_gltf("mirror.gltf", &head, (np_vec3){0, 0, 0}, -1), NULL, &read, NULL, NULL), NP_OK);
    double volume = 0;
    for (size_t t = 0; t < read.n_triangles; t++) {
        const uint32_t *v = read.triangles[t].v;
        volume += np_vec3_dot(read.vertices[v[0]], np_vec3_cross(read.vertices[v[1]], read.vertices[v[2]])) / 6;
    }
    assert_true(volume > 1e6);
    np_mesh_fini(&read);
}

static void polygons_are_cut_and_degenerate_triangles_dropped(void **state)
{
    (void)state;
    char *path = in_folder("grid.obj");
    FILE *f = create(path);
    for (int i = 0; i <= 10; i++)
        for (int j = 0; j <= 10; j++)
            fprintf(f, "v %d %d 0\n", i, j);
    for (int i = 0; i < 10; i++)
        for (int j = 1; j <= 10; j++)
            fprintf(f, "f %d %d %d %d\n", 11 * i + j, 11 * i + j + 11, 11 * i + j + 12, 11 * i + j + 1);
    fprintf(f, "f 1 1 2\nf 1 2 3\nl 1 2\n"); /* twice the same corner; three in a row; a line */
    fclose(f);
    np_mesh read;
    np_error err = {0};
    if (head_scan_import(path, NULL, &read, NULL, &err) != NP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(read.n_triangles, 200);
    assert_int_equal(read.n_vertices, 121);
    assert_near(np_mesh_area_mm2(&read), 100, 1e-9);
    np_mesh_fini(&read);
}

static void assert_refused(const char *path, np_status status, const char *word)
{
    np_mesh read;
    np_error err = {0};
    np_status got = head_scan_import(path, NULL, &read, NULL, &err);
    if (got != status || !strstr(err.text, word) || !strstr(err.text, path))
        fail_msg("%s: status %d, text \"%s\", expected %d and \"%s\"", path, (int)got, err.text, (int)status, word);
    assert_null(read.vertices);
    assert_null(read.triangles);
}

static void what_is_no_mesh_is_refused(void **state)
{
    (void)state;
    assert_refused(in_folder("missing.obj"), NP_ERR_IO, "No such file");
    assert_refused(folder, NP_ERR_IO, "folder");
    assert_refused("/dev/null", NP_ERR_IO, "special file");
    assert_refused(write_text("empty.ply", ""), NP_ERR_FORMAT, "empty");
    assert_refused(write_text("notes.txt", "hello"), NP_ERR_FORMAT, "not a known kind");
    assert_refused(write_text("none", "hello"), NP_ERR_FORMAT, "not a known kind");
    const char *text = "Dear lab,\nhere is the scan you asked for.\nRegards\n";
    assert_refused(write_text("letter.stl", text), NP_ERR_FORMAT, "cut short");
    assert_refused(write_text("letter.obj", text), NP_ERR_FORMAT, "cut short");
    assert_refused(write_text("letter.ply", text), NP_ERR_FORMAT, "cut short");
    assert_refused(write_text("letter.gltf", text), NP_ERR_FORMAT, "cut short");
    assert_refused(write_text("letter.glb", text), NP_ERR_FORMAT, "cut short");
}

static void points_without_faces_are_no_surface(void **state)
{
    (void)state;
    assert_refused(write_text("points.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\np 1 2 3\n"), NP_ERR_FORMAT,
                   "3 points and no faces");
}

/* The mark of UTF-8 is no part of the first line; UTF-16 is named. */
static void byte_order_marks(void **state)
{
    (void)state;
    char *path = in_folder("mark.obj");
    FILE *from = fopen(write_obj("head.obj", &head), "rb"), *to = create(path);
    assert_non_null(from);
    fputs("\xEF\xBB\xBF", to);
    for (int c; (c = getc(from)) != EOF;)
        putc(c, to);
    fclose(from);
    fclose(to);
    assert_same_head(path, (np_vec3){0, 0, 0}, 1);
    assert_refused(write_text("utf16.obj", "\xFF\xFEv"), NP_ERR_FORMAT, "UTF-16");
    assert_refused(write_text("utf16.stl", "\xFE\xFFs"), NP_ERR_FORMAT, "UTF-16");
}

/* Organised scans fill up with NaN what they did not see, and a vertex that no face uses may lie anywhere. */
static void vertices_that_no_face_uses_are_passed_over(void **state)
{
    (void)state;
    char *path = write_obj("unused.obj", &head);
    FILE *f = fopen(path, "ab");
    assert_non_null(f);
    fputs("v nan nan nan\nv 1e30 -1e30 0\nv inf 0 -1.#INF\n", f);
    fclose(f);
    assert_same_head(path, (np_vec3){0, 0, 0}, 1);
}

/* A buffer's name in a glTF is an URI: blanks stand as %20. */
static void buffers_of_encoded_names(void **state)
{
    (void)state;
    char text[4000] = "";
    FILE *f = fopen(write_gltf("a_head.gltf", &head, (np_vec3){0, 0, 0}, 1), "rb");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    char *name = strstr(text, "a_head.gltf.bin");
    assert_true(n > 0);
    assert_non_null(name);
    assert_int_equal(rename(in_folder("a_head.gltf.bin"), in_folder("a h%.bin")), 0);
    memcpy(name, "a%20%68%25.bin\"", 15);
    memmove(name + 15, name + 16, strlen(name + 15));
    assert_same_head(write_text("a head.gltf", text), (np_vec3){0, 0, 0}, 1);
}

static void cubes_are_too_coarse(void **state)
{
    (void)state;
    const char *cube = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 0 0 1\nv 1 0 1\nv 1 1 1\nv 0 1 1\n"
                       "f 4 3 2 1\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8\n";
    assert_refused(write_text("cube.obj", cube), NP_ERR_FORMAT, "12 triangles");
}

static void files_cut_short_are_refused(void **state)
{
    (void)state;
    assert_int_equal(np_mesh_write_ply(&head, in_folder("head.ply"), NULL), NP_OK);
    char *ply = in_folder("head.ply"), *stl = write_stl("head.stl", &head);
    struct stat st;
    assert_int_equal(stat(ply, &st), 0);
    size_t size = (size_t)st.st_size;
    assert_refused(write_cut("cut1.ply", ply, size - 1), NP_ERR_FORMAT, "cut short");
    assert_refused(write_cut("cut2.ply", ply, size / 2), NP_ERR_FORMAT, "cut short");
    assert_refused(write_cut("cut3.ply", ply, 5000), NP_ERR_FORMAT, "cut short");
    assert_refused(write_cut("cut4.ply", ply, 100), NP_ERR_FORMAT, "cut short");
    assert_int_equal(stat(stl, &st), 0);
    assert_refused(write_cut("cut1.stl", stl, (size_t)st.st_size - 1), NP_ERR_FORMAT, "cut short");
    assert_refused(write_cut("cut2.stl", stl, (size_t)st.st_size / 2), NP_ERR_FORMAT, "cut short");
    char *gltf = write_gltf("whole.gltf", &head, (np_vec3){0, 0, 0}, 1);
    assert_int_equal(stat(gltf, &st), 0);
    assert_refused(write_cut("cut.gltf", gltf, (size_t)st.st_size / 2), NP_ERR_FORMAT, "cut short");
    remove(in_folder("whole.gltf.bin"));
    assert_refused(gltf, NP_ERR_IO, "whole.gltf.bin: cannot read: No such file");
}

static void faces_and_numbers_that_cannot_be_are_refused(void **state)
{
    (void)state;
    char *path = in_folder("nan.ply");
    np_vec3 saved = head.vertices[100];
    head.vertices[100].y = NAN;
    assert_int_equal(np_mesh_write_ply(&head, path, NULL), NP_OK);
    head.vertices[100] = saved;
    assert_refused(path, NP_ERR_FORMAT, "no numbers");
    path = in_folder("beyond.ply");
    uint32_t corner = head.triangles[500].v[1];
    head.triangles[500].v[1] = 10000000;
    assert_int_equal(np_mesh_write_ply(&head, path, NULL), NP_OK);
    head.triangles[500].v[1] = corner;
    assert_refused(path, NP_ERR_FORMAT, "");
}

/* More than 1 GiB: refused before it is read (the file has a hole, so it takes no room). */
static void huge_files_are_refused_unread(void **state)
{
    (void)state;
    char *path = write_text("huge.stl", "solid");
    if (truncate(path, HEAD_SCAN_MAX_FILE_BYTES + 1) != 0)
        skip();
    assert_refused(path, NP_ERR_FORMAT, "at most 1024");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_gives_the_same_mesh),
        cmocka_unit_test(node_transforms_are_applied),
        cmocka_unit_test(mirrored_nodes_keep_the_outside_outside),
        cmocka_unit_test(polygons_are_cut_and_degenerate_triangles_dropped),
        cmocka_unit_test(what_is_no_mesh_is_refused),
        cmocka_unit_test(points_without_faces_are_no_surface),
        cmocka_unit_test(byte_order_marks),
        cmocka_unit_test(vertices_that_no_face_uses_are_passed_over),
        cmocka_unit_test(buffers_of_encoded_names),
        cmocka_unit_test(cubes_are_too_coarse),
        cmocka_unit_test(files_cut_short_are_refused),
        cmocka_unit_test(faces_and_numbers_that_cannot_be_are_refused),
        cmocka_unit_test(huge_files_are_refused_unread),
    };
    return cmocka_run_group_tests(tests, make_head, drop_head);
}
