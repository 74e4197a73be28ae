/* Colours and scalars of vertices, as programs write them into mesh files; and a painted copy of a scan, which is told to be one. */
#include "head/paint.h"

#include <math.h>
#include <stdio.h>

#include "head/private/mesh_file.h"
#include "head/private/mesh_paint.h"

#include "../test.h"

#define PLACES "property float x\nproperty float y\nproperty float z\n"
#define PLY(properties, rows)                                                                                          \
    "ply\nformat ascii 1.0\nelement vertex 3\n" PLACES properties                                                      \
    "element face 1\nproperty list uchar int vertex_indices\nend_header\n" rows "3 0 1 2\n"
#define BASE64_PLACES "AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA" /* 0 0 0, 1 0 0, 0 1 0 */

/* Of three vertices, of which two are red and half green. */
#define GLTF(type, component, more, colors, bytes)                                                                     \
    "{\"asset\": {\"version\": \"2.0\"}, \"scenes\": [{\"nodes\": [0]}], \"nodes\": [{\"mesh\": 0}], \"meshes\": [{"   \
    "\"primitives\": [{\"attributes\": {\"POSITION\": 0, " more                                                        \
    "}}]}], \"buffers\": [{\"byteLength\": 36, \"uri\": \"data:;base64," BASE64_PLACES "\"}, {\"byteLength\": " bytes  \
    ", \"uri\": \"data:;base64," colors                                                                                \
    "\"}], \"bufferViews\": [{\"buffer\": 0, \"byteLength\": 36}, {\"buffer\": 1, \"byteLength\": " bytes              \
    "}], \"accessors\": [{\"bufferView\": 0, \"componentType\": 5126, \"count\": 3, \"type\": \"VEC3\"}, "             \
    "{\"bufferView\": 1, \"componentType\": " component ", \"count\": 3, \"type\": \"" type                            \
    "\", \"normalized\": true}]}"

#define VTK_POINTS "DATASET POLYDATA\nPOINTS 3 float\n0 0 0 1 0 0\n0 1 0\n"
#define VTK4(data) "# vtk DataFile Version 4.2\nof a test\nASCII\n" VTK_POINTS "POLYGONS 1 4\n3 0 1 2\n" data
#define VTK5(data)                                                                                                     \
    "# vtk DataFile Version 5.1\nvtk output\nASCII\n" VTK_POINTS                                                       \
    "METADATA\nINFORMATION 0\n\nLINES 2 3\nOFFSETS vtktypeint64\n0 3\nCONNECTIVITY vtktypeint64\n0 1 2\n"              \
    "POLYGONS 2 3\nOFFSETS vtktypeint64\n0 3\nCONNECTIVITY vtktypeint64\n0 1 2\n" data

typedef struct painted {
    head_mesh_reader reader;
    const char *text, *scalar; /* NULL: colours */
    double first[3], third[3]; /* of the first and the third vertex */
} painted;

static const painted files[] = {
    /* MeshLab, Blender; the names in another order, and one in between */
    {head_ply_read,
     PLY("property uchar red\nproperty uchar green\nproperty uchar blue\nproperty uchar alpha\n",
         "0 0 0 255 0 51 255\n1 0 0 0 0 0 255\n0 1 0 0 255 102 0\n"),
     NULL,
     {1, 0, 0.2},
     {0, 1, 0.4}},
    {head_ply_read,
     PLY("property float blue\nproperty float s\nproperty float red\nproperty float green\n",
         "0 0 0 0.2 9 1 0\n1 0 0 0 9 0 0\n0 1 0 0.4 9 0 1\n"),
     NULL,
     {1, 0, 0.2},
     {0, 1, 0.4}},
    {head_ply_read,
     PLY("property ushort diffuse_red\nproperty ushort diffuse_green\nproperty ushort diffuse_blue\n",
         "0 0 0 65535 0 13107\n1 0 0 0 0 0\n0 1 0 0 65535 26214\n"),
     NULL,
     {1, 0, 0.2},
     {0, 1, 0.4}},
    /* MeshLab, CloudCompare */
    {head_ply_read,
     PLY("property uchar red\nproperty float quality\n", "0 0 0 1 -2.5\n1 0 0 1 0\n0 1 0 1 7\n"),
     "Quality",
     {-2.5},
     {7}},
    {head_ply_read, PLY("property float scalar_Loss\n", "0 0 0 -2.5\n1 0 0 nan\n0 1 0 7\n"), "loss", {-2.5}, {7}},
    /* MeshLab, others */
    {head_obj_read, "v 0 0 0 1 0 0.2\nv 1 0 0 0 0 0\nv 0 1 0 0 1 0.4\nf 1 2 3\n", NULL, {1, 0, 0.2}, {0, 1, 0.4}},
    {head_obj_read, "v 0 0 0 1 0 .2 1\nv 1 0 0 0 0 0 1\nv 0 1 0 0 1 .4 1\nf 1 2 3\n", NULL, {1, 0, 0.2}, {0, 1, 0.4}},
    {head_obj_read, "v 0 0 0 255 0 51\nv 1 0 0 0 0 0\nv 0 1 0 0 255 102\nf 1 2 3\n", NULL, {1, 0, 0.2}, {0, 1, 0.4}},
    /* bytes of light: 188 is one half of it as it is seen */
    {head_gltf_read, GLTF("VEC4", "5121", "\"COLOR_0\": 1", "/wAA/wAAAP8AgAD/", "12"), NULL, {1, 0, 0}, {0, 0.7366, 0}},
    {head_gltf_read, GLTF("SCALAR", "5121", "\"_LOSS\": 1", "/wAz", "3"), "loss", {1}, {0.2}},
    /* 3D Slicer, ParaView, VTK's own */
    {head_vtk_read,
     VTK4("CELL_DATA 1\nSCALARS loss double\nLOOKUP_TABLE default\n99\nPOINT_DATA 3\nNORMALS n float\n0 0 1 0 0 1 0 0 "
          "1\n"
          "SCALARS gain int 1\nLOOKUP_TABLE default\n4 5 6\nSCALARS loss double\nLOOKUP_TABLE t\n-2.5 nan\n7\n"
          "LOOKUP_TABLE t 1\n0 0 0 1\n"),
     "Loss",
     {-2.5},
     {7}},
    {head_vtk_read,
     VTK5("POINT_DATA 3\nFIELD FieldData 2\nRGBA 4 3 unsigned_char\n255 0 51 255 0 0 0 255 0 255 102 "
          "255\nMETADATA\nCOMPONENT_NAMES\n\n"
          "loss 1 3 float\n-2.5 0 7\n"),
     NULL,
     {1, 0, 0.2},
     {0, 1, 0.4}},
    {head_vtk_read,
     VTK5("POINT_DATA 3\nTEXTURE_COORDINATES t 2 float\n0 0 1 1 2 2\nFIELD FieldData 2\nRGB 3 3 unsigned_char\n1 2 3 4 "
          "5 6 7 8 9\n"
          "loss 1 3 float\n-2.5 0 7\n"),
     "loss",
     {-2.5},
     {7}},
    {head_vtk_read, VTK4("POINT_DATA 3\nCOLOR_SCALARS c 3\n1 0 0.2 0 0 0 0 1 0.4\n"), NULL, {1, 0, 0.2}, {0, 1, 0.4}},
    {head_vtk_read,
     "# vtk DataFile Version 3.0\nstrip\nASCII\n" VTK_POINTS
     "TRIANGLE_STRIPS 1 4\n3 0 1 2\nPOINT_DATA 3\nSCALARS loss float\n"
     "LOOKUP_TABLE default\n-2.5 0 7",
     "loss",
     {-2.5},
     {7}},
};

/* READER on SIZE bytes of F, in a buffer of just this size; the values that it found are OUT's. */
static np_status read_paint(const painted *f, size_t size, head_mesh_file *out, np_error *err)
{
    char *copy = malloc(size + !size);
    assert_non_null(copy);
    memcpy(copy, f->text, size);
    *out = (head_mesh_file){.path = "scan",
                            .data = copy,
                            .size = size,
                            .paint = f->scalar ? HEAD_PAINT_SCALAR : HEAD_PAINT_COLORS,
                            .scalar = f->scalar};
    np_status status = f->reader(out, err);
    if (status == NP_OK)
        status = head_paint_finish(out, err);
    free(copy);
    out->data = NULL;
    return status;
}

static void paint_fini(head_mesh_file *file)
{
    np_mesh_fini(&file->mesh);
    free(file->values);
}

static void paint_is_read_as_programs_write_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const painted *f = &files[i];
        head_mesh_file file;
        np_error err = {0};
        unsigned channels = f->scalar ? 1 : 3;
        if (read_paint(f, strlen(f->text), &file, &err) != NP_OK)
            fail_msg("%zu: %s", i, err.text);
        assert_int_equal(file.mesh.n_vertices, 3);
        assert_int_equal(file.n_values, 3 * channels);
        for (unsigned k = 0; k < channels; k++) {
            assert_near(file.values[k], f->first[k], 1e-3);
            assert_near(file.values[2 * channels + k], f->third[k], 1e-3);
        }
        paint_fini(&file);
    }
}

/* Each cut short everywhere: an error, or what is there, never a crash. */
static void files_cut_short_do_no_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (size_t n = 0; n < strlen(files[i].text); n++) {
            head_mesh_file file;
            np_error err = {0};
            np_status status = read_paint(&files[i], n, &file, &err);
            assert_int_equal(*err.text != 0, status != NP_OK);
            paint_fini(&file);
        }
}

static void what_a_file_lacks_is_told(void **state)
{
    static const struct {
        painted file;
        const char *says;
    } bads[] = {
        {{head_ply_read,
          PLY("property uchar red\nproperty uchar green\n", "0 0 0 1 1\n1 0 0 1 1\n0 1 0 1 1\n"),
          NULL,
          {0},
          {0}},
         "scan: its vertices have no colours; paint vertices, not a texture"},
        {{head_ply_read,
          PLY("property uchar red\nproperty float quality\n", "0 0 0 1 1\n1 0 0 1 1\n0 1 0 1 1\n"),
          "loss",
          {0},
          {0}},
         "scan: its vertices have no scalar 'loss'; they have: red, quality"},
        {{head_ply_read, PLY("property float \x1b[2J\n", "0 0 0 1\n1 0 0 1\n0 1 0 1\n"), "loss", {0}, {0}},
         "they have: \\x1B[2J"},
        {{head_ply_read,
          PLY("property list uchar float loss\n", "0 0 0 1 1\n1 0 0 1 1\n0 1 0 1 1\n"),
          "loss",
          {0},
          {0}},
         "no scalar 'loss'; they have: none"},
        {{head_obj_read, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", NULL, {0}, {0}}, "no colours"},
        {{head_vtk_read, VTK4("POINT_DATA 3\nSCALARS gain float\nLOOKUP_TABLE default\n1 2 3\n"), "loss", {0}, {0}},
         "they have: gain"},
        {{head_vtk_read, VTK4("POINT_DATA 3\nSCALARS gain float\nLOOKUP_TABLE default\n1 2 3\n"), NULL, {0}, {0}},
         "no colours"},
        {{head_vtk_read, VTK4("POINT_DATA 3\nSCALARS gain float\n1 2 3\n"), "gain", {0}, {0}}, "scan:12: "},
        {{head_vtk_read,
          VTK4("POINT_DATA 999999999\nSCALARS gain float\nLOOKUP_TABLE default\n1 2 3\n"),
          "gain",
          {0},
          {0}},
         "cut short"},
        {{head_vtk_read, VTK4("POINT_DATA 3\nSCALARS gain float 0\nLOOKUP_TABLE default\n"), "gain", {0}, {0}},
         "number of components"},
        {{head_vtk_read, "# vtk DataFile Version 3.0\n\nASCII\n" VTK_POINTS "POLYGONS 1 4\n3 0 1 3\n", NULL, {0}, {0}},
         "has the corner 3"},
        {{head_vtk_read, "# vtk DataFile Version 3.0\n\nASCII\n" VTK_POINTS "POLYGONS 1 4\n-3 0 1 2\n", NULL, {0}, {0}},
         "no number of corners"},
        {{head_vtk_read, "# vtk DataFile Version 3.0\n\nASCII\nDATASET UNSTRUCTURED_GRID\n", NULL, {0}, {0}},
         "DATASET POLYDATA"},
        {{head_vtk_read, "<VTKFile type=\"PolyData\">", NULL, {0}, {0}}, "a legacy VTK file"},
        {{head_obj_read, "v 0 0 0 1 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "loss", {0}, {0}}, "they have: none"},
        {{head_gltf_read, GLTF("VEC4", "5121", "\"COLOR_0\": 7", "/wAA/wAAAP8AgAD/", "12"), NULL, {0}, {0}},
         "accessor 7"},
        {{head_gltf_read, GLTF("VEC2", "5121", "\"COLOR_0\": 1", "/wAA/wAAAP8AgAD/", "12"), NULL, {0}, {0}},
         "accessor 1"},
        {{head_gltf_read, GLTF("VEC4", "5121", "\"COLOR_0\": 1", "/wAA/wAAAP8AgAA=", "11"), NULL, {0}, {0}},
         "accessor 1"},
        {{head_gltf_read, GLTF("SCALAR", "5121", "\"_LOSS\": 1", "/wAz", "3"), "gain", {0}, {0}}, "they have: _LOSS"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        head_mesh_file file;
        np_error err = {0};
        if (read_paint(&bads[i].file, strlen(bads[i].file.text), &file, &err) != NP_ERR_FORMAT ||
            !strstr(err.text, bads[i].says))
            fail_msg("%zu: expected '%s', found '%s'", i, bads[i].says, err.text);
        paint_fini(&file);
    }
}

/* Vertices that no face uses and faces without three corners go, and each value stays with its vertex. */
static void values_stay_with_their_vertices(void **state)
{
    static const painted f = {
        head_obj_read,
        "v 9 9 9 .1 .1 .1\nv 0 0 0 1 0 0\nv 1 0 0\nv 8 8 8 .2 .2 .2\nv 0 1 0 0 0 1\nf 2 3 5\nf 1 1 4\n",
        NULL,
        {0},
        {0}};
    head_mesh_file file;
    (void)state;
    assert_int_equal(read_paint(&f, strlen(f.text), &file, NULL), NP_OK);
    assert_int_equal(file.mesh.n_vertices, 3);
    assert_int_equal(file.mesh.n_triangles, 1);
    assert_near(file.values[0], 1, 0);
    assert_true(isnan(file.values[3]));
    assert_near(file.values[8], 1, 0);
    assert_near(file.mesh.vertices[2].y, 1, 0);
    paint_fini(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paint_is_read_as_programs_write_it),
        cmocka_unit_test(files_cut_short_do_no_harm),
        cmocka_unit_test(what_a_file_lacks_is_told),
        cmocka_unit_test(values_stay_with_their_vertices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
