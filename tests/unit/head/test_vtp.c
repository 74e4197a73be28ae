/* VTK PolyData in XML, in every way that VTK writes its arrays: the same surface as that of a legacy file. */
#include <sodium.h>
#include <stdio.h>
#include <zlib.h>

#include "head/private/mesh_paint.h"
#include "mesh_readers.h"

#define LEGACY                                                                                                         \
    "# vtk DataFile Version 4.2\nof a test\nASCII\nDATASET POLYDATA\nPOINTS 7 float\n0 0 0 1 0 0 1 1 0 0 1 -0.5\n"     \
    "2 0 0 2 1 0 3 0.25 0\nPOLYGONS 3 12\n4 0 1 2 3 3 1 4 2 2 4 5\nTRIANGLE_STRIPS 1 5\n4 2 4 5 6\n"

static const double points[] = {0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, -0.5, 2, 0, 0, 2, 1, 0, 3, 0.25, 0};
static const double polygon_corners[] = {0, 1, 2, 3, 1, 4, 2, 4, 5}, polygon_ends[] = {4, 7, 9};
static const double strip_corners[] = {2, 4, 5, 6}, strip_ends[] = {4};
static const double loss[] = {0.5, -2, 0, 3, 4, 5, 7};
static const double colors[] = {255, 0, 51, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 255, 102};

/* How a file is written. */
enum { ASCII, INLINE, APPENDED, RAW };
typedef struct way {
    int mode;
    bool wide, big_endian, packed;
} way;

typedef struct bytes {
    char at[16384];
    size_t n;
} bytes;

static void put(bytes *b, const void *data, size_t n)
{
    assert_true(b->n + n < sizeof b->at);
    memcpy(b->at + b->n, data, n);
    b->n += n;
}

static void put_text(bytes *b, const char *text)
{
    put(b, text, strlen(text));
}

static void put_bits(bytes *b, uint64_t bits, unsigned size, bool big_endian)
{
    for (unsigned i = 0; i < size; i++)
        put(b, &(char){(char)(bits >> 8 * (big_endian ? size - 1 - i : i))}, 1);
}

static void put_number(bytes *b, const char *type, double value, bool big_endian)
{
    float narrow = (float)value;
    uint32_t bits32;
    uint64_t bits64;
    memcpy(&bits32, &narrow, 4);
    memcpy(&bits64, &value, 8);
    unsigned size = strstr(type, "64") ? 8 : strstr(type, "32") ? 4 : 1;
    put_bits(b, *type != 'F' ? (uint64_t)(int64_t)value : size == 8 ? bits64 : bits32, size, big_endian);
}

/* DATA, in base64 or as it is. */
static void put_coded(bytes *b, const way *w, const bytes *data)
{
    char text[16384];
    if (w->mode == RAW)
        put(b, data->at, data->n);
    else
        put_text(b, sodium_bin2base64(text, sizeof text, (const unsigned char *)data->at, data->n,
                                      sodium_base64_VARIANT_ORIGINAL));
}

#define BLOCK 40u

/* DATA in blocks of BLOCK bytes, each packed, behind a header that is coded by itself. */
static void put_packed(bytes *b, const way *w, const bytes *data)
{
    bytes header = {.n = 0}, blocks = {.n = 0};
    unsigned word = w->wide ? 8 : 4;
    put_bits(&header, (data->n + BLOCK - 1) / BLOCK, word, w->big_endian);
    put_bits(&header, BLOCK, word, w->big_endian);
    put_bits(&header, data->n % BLOCK, word, w->big_endian);
    for (size_t at = 0; at < data->n; at += BLOCK) {
        unsigned char packed[200];
        uLongf n = sizeof packed;
        size_t part = data->n - at < BLOCK ? data->n - at : BLOCK;
        assert_int_equal(compress(packed, &n, (const Bytef *)data->at + at, part), Z_OK);
        put_bits(&header, n, word, w->big_endian);
        put(&blocks, packed, n);
    }
    put_coded(b, w, &header);
    put_coded(b, w, &blocks);
}

/* An array of N numbers, in OUT and what is appended to it in DATA. */
static void put_array(bytes *out, bytes *data, const way *w, const char *type, const char *attributes,
                      const double *values, size_t n)
{
    static const char *const formats[] = {"ascii", "binary", "appended", "appended"};
    char text[200];
    snprintf(text, sizeof text, "<DataArray type=\"%s\" %s format=\"%s\" offset=\"%zu\">\n ", type, attributes,
             formats[w->mode], data->n);
    put_text(out, text);
    bytes numbers = {.n = 0}, whole = {.n = 0};
    for (size_t i = 0; i < n && w->mode == ASCII; i++) {
        snprintf(text, sizeof text, "%g%s", values[i], i % 6 == 5 ? "\n" : " ");
        put_text(out, text);
    }
    for (size_t i = 0; i < n; i++)
        put_number(&numbers, type, values[i], w->big_endian);
    put_bits(&whole, numbers.n, w->wide ? 8 : 4, w->big_endian);
    put(&whole, numbers.at, numbers.n);
    bytes *to = w->mode == INLINE ? out : data;
    if (w->mode != ASCII && w->packed)
        put_packed(to, w, &numbers);
    else if (w->mode != ASCII)
        put_coded(to, w, &whole);
    put_text(out, "\n<InformationKey name=\"L2_NORM_RANGE\" length=\"1\"><Value index=\"0\"> 0.8 "
                  "</Value></InformationKey></DataArray>\n");
}

/* The surface as a file; the last TAIL bytes are behind all that is of use. */
static void write_file(bytes *out, const way *w, size_t *out_tail)
{
    const char *whole = w->wide ? "Int64" : "Int32", *real = w->wide ? "Float64" : "Float32";
    bytes data = {.n = 0};
    char text[500];
    snprintf(text, sizeof text,
             "<?xml version=\"1.0\"?>\n<VTKFile type=\"PolyData\" version=\"1.0\" byte_order=\"%s\"%s%s>\n<PolyData>\n"
             "<FieldData><Array type=\"String\" Name=\"frame\" format=\"ascii\">65 0</Array></FieldData>\n"
             "<Piece NumberOfPoints=\"7\" NumberOfVerts=\"0\" NumberOfLines=\"1\" NumberOfStrips=\"1\" "
             "NumberOfPolys=\"3\">\n<PointData Scalars=\"loss\">\n",
             w->big_endian ? "BigEndian" : "LittleEndian", w->wide ? " header_type=\"UInt64\"" : "",
             w->packed ? " compressor=\"vtkZLibDataCompressor\"" : "");
    *out = (bytes){.n = 0};
    put_text(out, text);
    put_array(out, &data, w, real, "Name=\"normals\" NumberOfComponents=\"3\"", points, 21);
    put_array(out, &data, w, real, "Name=\"loss\"", loss, 7);
    put_array(out, &data, w, "UInt8", "Name=\"RGB\" NumberOfComponents=\"3\"", colors, 21);
    put_text(out, "</PointData>\n<CellData/>\n<Points>");
    put_array(out, &data, w, real, "Name=\"Points\" NumberOfComponents=\"3\"", points, 21);
    put_text(out, "</Points>\n<Lines>");
    put_array(out, &data, w, whole, "Name=\"connectivity\"", polygon_corners, 2);
    put_array(out, &data, w, whole, "Name=\"offsets\"", (double[]){2}, 1);
    put_text(out, "</Lines>\n<Strips>");
    put_array(out, &data, w, whole, "Name=\"connectivity\"", strip_corners, 4);
    put_array(out, &data, w, whole, "Name=\"offsets\"", strip_ends, 1);
    put_text(out, "</Strips>\n<Polys>");
    put_array(out, &data, w, whole, "Name=\"connectivity\"", polygon_corners, 9);
    put_array(out, &data, w, whole, "Name=\"offsets\"", polygon_ends, 3);
    put_text(out, "</Polys>\n</Piece>\n</PolyData>\n");
    if (w->mode >= APPENDED) {
        put_text(out, w->mode == RAW ? "<AppendedData encoding=\"raw\">\n_" : "<AppendedData encoding=\"base64\">\n _");
        put(out, data.at, data.n);
    }
    size_t n = out->n;
    put_text(out, w->mode >= APPENDED ? "\n</AppendedData>\n</VTKFile>\n" : "</VTKFile>");
    *out_tail = w->mode >= APPENDED ? out->n - n : 0;
}

/* Every way once. */
static size_t ways(way out[])
{
    size_t n = 0;
    for (int mode = ASCII; mode <= RAW; mode++)
        for (int bits = 0; bits < (mode == ASCII ? 2 : 8); bits++)
            out[n++] = (way){.mode = mode, .wide = bits & 1, .big_endian = bits & 2, .packed = bits & 4};
    return n;
}

/* CHECK on the surface written in one of STEP ways: the file, and how many of its last bytes are of no use. */
static void in_ways(size_t step, void (*check)(bytes *file, size_t tail))
{
    way all[32];
    size_t tail, n = ways(all);
    static bytes file;
    for (size_t i = 0; i < n; i += step) {
        write_file(&file, &all[i], &tail);
        check(&file, tail);
    }
}

#define EVERY 1
#define SOME 5 /* every mode is among them, packed and not, in both byte orders */

static void assert_surface(bytes *file, size_t tail)
{
    (void)tail;
    np_mesh legacy = read_as(head_vtk_read, LEGACY, strlen(LEGACY), 7, 5);
    np_mesh mesh = read_as(head_vtp_read, file->at, file->n, 7, 5);
    assert_memory_equal(mesh.vertices, legacy.vertices, 7 * sizeof *mesh.vertices);
    assert_memory_equal(mesh.triangles, legacy.triangles, 5 * sizeof *mesh.triangles);
    np_mesh_fini(&mesh);
    np_mesh_fini(&legacy);
}

static void every_way_is_the_surface_of_a_legacy_file(void **state)
{
    (void)state;
    in_ways(EVERY, assert_surface);
}

/* The values that FILE has of what is asked for, N of them. */
static void assert_paint(const bytes *file, const char *scalar, size_t n, const double *values, double whole)
{
    head_mesh_file read = {.path = "scan",
                           .data = file->at,
                           .size = file->n,
                           .paint = scalar ? HEAD_PAINT_SCALAR : HEAD_PAINT_COLORS,
                           .scalar = scalar};
    np_error err = {0};
    if (head_vtp_read(&read, &err) != NP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(read.n_values, n);
    for (size_t i = 0; i < n; i++)
        assert_near(read.values[i], values[i] / whole, 1e-6);
    np_mesh_fini(&read.mesh);
    free(read.values);
}

static void assert_scalars_and_colors(bytes *file, size_t tail)
{
    (void)tail;
    assert_paint(file, "Loss", 7, loss, 1);
    assert_paint(file, NULL, 21, colors, 255);
}

static void scalars_and_colors_are_read_in_every_way(void **state)
{
    (void)state;
    in_ways(EVERY, assert_scalars_and_colors);
}

static void assert_cut_is_refused(bytes *file, size_t tail)
{
    assert_whole(head_vtp_read, file->at, file->n, tail + 1);
}

static void a_file_cut_short_is_refused(void **state)
{
    (void)state;
    in_ways(SOME, assert_cut_is_refused);
}

/* Each byte changed: an error, or a mesh that holds together. */
static void assert_no_harm(bytes *file, size_t tail)
{
    (void)tail;
    for (size_t at = 0; at < file->n; at++) {
        char was = file->at[at];
        np_mesh mesh;
        np_error err = {0};
        file->at[at] = (char)(was ^ (1 << at % 8));
        np_status status = read_bytes(head_vtp_read, file->at, file->n, &mesh, &err);
        assert_int_equal(*err.text != 0, status != NP_OK);
        for (size_t t = 0; status == NP_OK && t < mesh.n_triangles; t++)
            for (int k = 0; k < 3; k++)
                assert_true(mesh.triangles[t].v[k] < mesh.n_vertices);
        np_mesh_fini(&mesh);
        file->at[at] = was;
    }
}

static void a_spoilt_file_does_no_harm(void **state)
{
    (void)state;
    in_ways(SOME, assert_no_harm);
}

#define BEGIN "<VTKFile type=\"PolyData\"><PolyData>"
#define END "</PolyData></VTKFile>"
#define PIECE(n, m) "<Piece NumberOfPoints=\"" n "\" NumberOfPolys=\"" m "\">"
#define POINTS_OF(values) "<Points><DataArray type=\"Float32\" NumberOfComponents=\"3\">" values "</DataArray></Points>"
#define POLYS_OF(corners, ends)                                                                                        \
    "<Polys><DataArray type=\"Int32\" Name=\"connectivity\">" corners                                                  \
    "</DataArray><DataArray type=\"Int32\" Name=\"offsets\">" ends "</DataArray></Polys>"
#define THREE "0 0 0 1 0 0 0 1 0"

/* One triangle in XML. */
static void write_triangle(bytes *out, const way *w, const double corners[3], double end)
{
    const char *whole = w->wide ? "Int64" : "Int32";
    static bytes none;
    out->n = 0;
    put_text(out, "<VTKFile type=\"PolyData\"");
    put_text(out, w->wide ? " header_type=\"UInt64\"><PolyData>" : "><PolyData>");
    put_text(out, PIECE("3", "1") POINTS_OF(THREE) "<Polys>");
    put_array(out, &none, w, whole, "Name=\"connectivity\"", corners, 3);
    put_array(out, &none, w, whole, "Name=\"offsets\"", &end, 1);
    put_text(out, "</Polys></Piece>" END);
}

/* The same as legacy binary of version 5.1: a cell is from an offset to the next. */
static void write_legacy_triangle(bytes *out, bool wide, const double corners[3], const double offsets[2])
{
    const char *whole = wide ? "Int64" : "Int32", *type = wide ? "vtktypeint64\n" : "vtktypeint32\n";
    out->n = 0;
    put_text(out, "# vtk DataFile Version 5.1\nof a test\nBINARY\nDATASET POLYDATA\nPOINTS 3 float\n");
    for (size_t i = 0; i < 9; i++)
        put_number(out, "Float32", points[i], true);
    put_text(out, "\nPOLYGONS 2 3\nOFFSETS ");
    put_text(out, type);
    for (size_t i = 0; i < 2; i++)
        put_number(out, whole, offsets[i], true);
    put_text(out, "\nCONNECTIVITY ");
    put_text(out, type);
    for (size_t i = 0; i < 3; i++)
        put_number(out, whole, corners[i], true);
}

static void the_corners_of_each_piece_are_counted_from_its_own_points(void **state)
{
    (void)state;
    const char *text = BEGIN PIECE("3", "1") POINTS_OF(THREE)
        POLYS_OF("0 1 2", "3") "</Piece>" PIECE("0", "0") "</Piece>" PIECE("3", "1") POINTS_OF(THREE)
            POLYS_OF("2 1 0", "3") "</Piece>" END;
    np_mesh mesh = read_as(head_vtp_read, text, strlen(text), 6, 2);
    assert_int_equal(mesh.triangles[1].v[0], 5);
    np_mesh_fini(&mesh);
}

static void what_is_wrong_is_told(void **state)
{
    static const struct {
        const char *text, *says;
    } bads[] = {
        {"# vtk DataFile Version 4.2\n", "scan:1: not a VTK file in XML"},
        {"<x3d/>", "scan:1: expected a VTK file in XML: <VTKFile type=\"PolyData\">, found 'x3d'"},
        {"<VTKFile type=\"UnstructuredGrid\"/>",
         "in ParaView: Extract Surface, and save that, found 'UnstructuredGrid'"},
        {"<VTKFile type=\"PolyData\" compressor=\"vtkLZ4DataCompressor\"/>",
         "save it with that or with none, found 'vtkLZ4DataCompressor'"},
        {"<VTKFile type=\"PolyData\" byte_order=\"PDP\"/>", "expected LittleEndian or BigEndian, found 'PDP'"},
        {"<VTKFile type=\"PolyData\" header_type=\"UInt16\"/>", "expected UInt32 or UInt64, found 'UInt16'"},
        {"<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;\">]>" BEGIN END, "a document type"},
        {"<!DOCTYPE a SYSTEM \"/etc/passwd\">" BEGIN END, "a document type"},
        {BEGIN "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>", "deeper than VTK's own"},
        {BEGIN "\n<Piece NumberOfPoints=\"-1\"/>" END,
         "scan:2: NumberOfPoints: expected a number, 0 to 15000000, found '-1'"},
        {BEGIN PIECE("99999999999", "1"), "NumberOfPoints: expected a number"},
        {BEGIN PIECE("3", "99999999"), "NumberOfPolys: expected a number"},
        {BEGIN PIECE("3", "1") POLYS_OF("0 1 2", "3") "</Piece>" END, "lacks the array of Points"},
        {BEGIN PIECE("3", "1") POINTS_OF(THREE) "</Piece>" END, "lacks the array offsets of Polys"},
        {BEGIN PIECE("3", "1") POINTS_OF("0.0 0 0 1 0 0 0 1") POLYS_OF("0 1 2", "3") "</Piece>" END,
         "where a number is expected"},
        {BEGIN PIECE("3", "1") POINTS_OF(THREE " 7") POLYS_OF("0 1 2", "3") "</Piece>" END,
         "expected the end of an array, found '7'"},
        {BEGIN PIECE("3", "1") POINTS_OF("\n0 0 0\n1 0 0\n0 y 0") POLYS_OF("0 1 2", "3") "</Piece>" END,
         "scan:4: expected a number, found 'y'"},
        {BEGIN PIECE("3", "1") POINTS_OF("&#48; 0 0 1 0 0 0 1 0") POLYS_OF("0 1 2", "3") "</Piece>" END, "a number"},
        {BEGIN PIECE("9999999", "1") POINTS_OF(THREE) POLYS_OF("0 1 2", "3") "</Piece>" END, "cut short"},
        {BEGIN PIECE("3", "1") POINTS_OF(THREE) POLYS_OF("0 1 3", "3") "</Piece>" END, "has the corner 3"},
        {BEGIN PIECE("3", "1") POINTS_OF(THREE) POLYS_OF("0 1 -1", "3") "</Piece>" END, "has the corner -1"},
        {BEGIN PIECE("3", "2") POINTS_OF(THREE) POLYS_OF("0 1 2", "4 3") "</Piece>" END, "no number of corners"},
        {BEGIN PIECE("3", "2") POINTS_OF(THREE) POLYS_OF("0 1 2", "-3 3") "</Piece>" END, "no number of corners"},
        {BEGIN PIECE("3", "2") POINTS_OF(THREE) POLYS_OF("0 1 2 0 1 2", "2.5 6") "</Piece>" END,
         "no number of corners"},
        {BEGIN PIECE("0", "9000000") "</Piece>" PIECE("0", "9000000"), "NumberOfPolys: expected a number"},
        {BEGIN PIECE("9000000", "0") "</Piece>" PIECE("9000000", "0"), "NumberOfPoints: expected a number"},
        {BEGIN PIECE("3", "1") POINTS_OF(THREE) POLYS_OF("0 1 2", "1e9") "</Piece>" END, "have 1e+09 corners"},
        {BEGIN PIECE("3", "1") POINTS_OF(THREE) POLYS_OF("0 1 2", "nan") "</Piece>" END, "corners"},
        {BEGIN PIECE("3", "1") "<Points><DataArray type=\"Float32\"/></Points>", "expected 3 of points"},
        {BEGIN PIECE("3", "1") POINTS_OF(THREE) POINTS_OF(THREE), "the second of its kind"},
        {BEGIN PIECE("3", "1") "<Points><DataArray type=\"String\" NumberOfComponents=\"3\"/>", "a type of numbers"},
        {BEGIN PIECE("3", "1") "<Points><DataArray type=\"Int8\" NumberOfComponents=\"3\" format=\"zip\"/>",
         "expected ascii, binary or appended, found 'zip'"},
        {BEGIN PIECE("3", "1") "<Points><DataArray type=\"Int8\" NumberOfComponents=\"3\" format=\"appended\"/>",
         "offset: expected a number"},
        {BEGIN PIECE("3",
                     "1") "<Points><DataArray type=\"Int8\" NumberOfComponents=\"3\" format=\"appended\" offset=\"0\"/>"
                          "</Points></Piece>" END,
         "not all of its appended data"},
        {BEGIN PIECE("3",
                     "1") "<Points><DataArray type=\"Int8\" NumberOfComponents=\"3\" format=\"binary\">CQAAA!AAAAAAAAA"
                          "</DataArray></Points></Piece>" END,
         "the array of Points is no base64"},
        {BEGIN PIECE("3",
                     "1") "<Points><DataArray type=\"Int8\" NumberOfComponents=\"3\" format=\"binary\">CAAAAAAAAAAAAAAA"
                          "AA==</DataArray></Points></Piece>" END,
         "has not as many bytes as its counts ask for"},
        {BEGIN "</PolyData><AppendedData encoding=\"hex\">_00", "expected raw or base64, found 'hex'"},
        {BEGIN "</PolyData><AppendedData encoding=\"raw\">00", "from an underscore on"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++)
        assert_refuses_text(head_vtp_read, bads[i].text, bads[i].says);
}

/* What a header of packed blocks says is believed by nobody. */
static void headers_that_lie_are_refused(void **state)
{
    static const uint32_t headers[][4] = {
        {0, 40, 0, 9},           {UINT32_MAX, 1, 0, 9}, {1, 40, 41, 9}, {1, UINT32_MAX, 0, 9}, {2, UINT32_MAX, 1, 9},
        {1, 40, 36, UINT32_MAX}, {1, 36, 0, 12},        {2, 0, 0, 0},   {36, 1, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        static bytes file;
        file.n = 0;
        put_text(&file,
                 "<VTKFile type=\"PolyData\" compressor=\"vtkZLibDataCompressor\"><PolyData>" PIECE(
                     "3", "0") "<Points><DataArray type=\"Float32\" NumberOfComponents=\"3\" format=\"appended\" "
                               "offset=\"0\"/></Points></Piece></PolyData><AppendedData encoding=\"raw\">_");
        for (int k = 0; k < 4; k++)
            put_bits(&file, headers[i][k], 4, false);
        put_text(&file, "no stream of zlib's</AppendedData></VTKFile>");
        assert_refuses(head_vtp_read, file.at, file.n, "the array of Points ");
    }
}

/* Numbers below 0 are told as such in every width, in XML and in the legacy form. */
static void negative_corners_and_offsets_are_refused(void **state)
{
    static const double numbers[] = {-1, -5, -1023};
    static bytes file;
    (void)state;
    for (size_t i = 0; i < 2 * sizeof numbers / sizeof *numbers; i++) {
        double number = numbers[i / 2];
        bool wide = i % 2;
        const way w = {.mode = INLINE, .wide = wide};
        char says[60], how_many[60];
        snprintf(says, sizeof says, "a face has the corner %g", number);
        write_triangle(&file, &w, (double[]){0, 1, number}, 3);
        assert_refuses(head_vtp_read, file.at, file.n, says);
        write_triangle(&file, &w, (double[]){0, 1, 2}, number);
        snprintf(how_many, sizeof how_many, "have %g corners", number);
        assert_refuses(head_vtp_read, file.at, file.n, how_many);
        write_legacy_triangle(&file, wide, (double[]){0, 1, number}, (double[]){0, 3});
        assert_refuses(head_vtk_read, file.at, file.n, says);
        write_legacy_triangle(&file, wide, (double[]){0, 1, 2}, (double[]){number, number + 3});
        assert_refuses(head_vtk_read, file.at, file.n, "does not begin at offset 0");
        write_legacy_triangle(&file, wide, (double[]){0, 1, 2}, (double[]){0, number});
        assert_refuses(head_vtk_read, file.at, file.n, "no number of corners");
    }
    write_legacy_triangle(&file, true, (double[]){0, 1, 2}, (double[]){0, 3});
    np_mesh mesh = read_as(head_vtk_read, file.at, file.n, 3, 1);
    np_mesh_fini(&mesh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_is_the_surface_of_a_legacy_file),
        cmocka_unit_test(scalars_and_colors_are_read_in_every_way),
        cmocka_unit_test(a_file_cut_short_is_refused),
        cmocka_unit_test(a_spoilt_file_does_no_harm),
        cmocka_unit_test(the_corners_of_each_piece_are_counted_from_its_own_points),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(headers_that_lie_are_refused),
        cmocka_unit_test(negative_corners_and_offsets_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
