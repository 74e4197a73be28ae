/* VTK files of PolyData in XML, .vtp (VTK File Formats, "XML File Formats"): of each piece the points, polygons and strips of triangles; lines,
 * single vertices and all data but what is asked for of the points are passed over.  expat finds where the arrays stand; what stands in
 * them is read when the whole of the XML is known (mesh_file_vtk_values.c), since numbers may be appended behind it.  A document type, which could define
 * entities without end, is refused. */
#include <errno.h>
#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/plain.h"
#include "head/private/mesh_file_vtk.h"

#define DEPTH_MAX 16u /* VTK's own have 7 */
#define PIECES_MAX 1000u

/* The arrays of a piece that are of use, and the elements that they stand in. */
typedef enum array_kind {
    POINTS,
    POLYGON_CORNERS,
    POLYGON_ENDS,
    STRIP_CORNERS,
    STRIP_ENDS,
    PAINT,
    N_ARRAYS
} array_kind;

static const char *const array_names[N_ARRAYS] = {
    [POINTS] = "the array of Points",
    [POLYGON_CORNERS] = "the array connectivity of Polys",
    [POLYGON_ENDS] = "the array offsets of Polys",
    [STRIP_CORNERS] = "the array connectivity of Strips",
    [STRIP_ENDS] = "the array offsets of Strips",
    [PAINT] = "an array of PointData",
};

typedef struct piece {
    size_t n_points, n_polygons, n_strips;
    head_vtk_array arrays[N_ARRAYS]; /* type NULL: it is not there */
    size_t offsets[N_ARRAYS];        /* of those that are appended: where in the appended data */
    bool appended[N_ARRAYS];
} piece;

typedef struct vtp {
    head_mesh_file *file;
    XML_Parser parser;
    np_error *err;
    np_status status;
    head_vtk_coding coding;
    piece *pieces;
    size_t n_pieces, piece_room;
    size_t n_points, n_cells;                 /* of all pieces together: one array may be appended for many of them */
    unsigned depth, piece_depth, array_depth; /* of the element at hand, and of those around it; 0: in none */
    char section[16];                         /* of the piece: "Points", "Polys", ... */
    head_vtk_array *array;                    /* the one at hand, if it is of use */
    head_vtk_array data;                      /* what is appended; at NULL: nothing */
} vtp;

/* ---- the XML ---- */

static size_t line_of(const vtp *v)
{
    return (size_t)XML_GetCurrentLineNumber(v->parser);
}

/* The text at which the parser stands, and behind it. */
static const char *here(const vtp *v)
{
    return v->file->data + XML_GetCurrentByteIndex(v->parser);
}

static const char *behind(const vtp *v)
{
    return here(v) + XML_GetCurrentByteCount(v->parser);
}

/* The first error stays: WHAT is wrong with FOUND, which may be NULL. */
static void stop(vtp *v, const char *what, const char *found)
{
    char plain[80];
    if (v->status == NP_OK)
        v->status = np_error_set(v->err, NP_ERR_FORMAT, "%s:%zu: %s%s%s%s", v->file->path, line_of(v), what,
                                 found ? ", found '" : "", found ? np_plain_copy(found, plain, sizeof plain) : "",
                                 found ? "'" : "");
    XML_StopParser(v->parser, XML_FALSE);
}

static const char *attribute(const char *const *attributes, const char *name, const char *absent)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return absent;
}

static bool is(const char *text, const char *other)
{
    return strcmp(text, other) == 0;
}

/* The whole number NAME of ATTRIBUTES, MAX at most. */
static size_t count(vtp *v, const char *const *attributes, const char *name, const char *absent, size_t max)
{
    const char *text = attribute(attributes, name, absent);
    char *end, what[80];
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && value <= max)
        return (size_t)value;
    snprintf(what, sizeof what, "%s: expected a number, 0 to %zu", name, max);
    stop(v, what, text);
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void begin_file(vtp *v, const char *name, const char *const *attributes)
{
    const char *type = attribute(attributes, "type", ""), *compressor = attribute(attributes, "compressor", "");
    const char *order = attribute(attributes, "byte_order", "LittleEndian");
    const char *header = attribute(attributes, "header_type", "UInt32");
    v->coding = (head_vtk_coding){
        .big_endian = is(order, "BigEndian"), .compressed = *compressor != '\0', .word = is(header, "UInt64") ? 8 : 4};
    if (!is(name, "VTKFile"))
        stop(v, "expected a VTK file in XML: <VTKFile type=\"PolyData\">", name);
    else if (!is(type, "PolyData"))
        stop(v, "expected PolyData: a surface; in ParaView: Extract Surface, and save that", type);
    else if (!is(order, "LittleEndian") && !is(order, "BigEndian"))
        stop(v, "byte_order: expected LittleEndian or BigEndian", order);
    else if (!is(header, "UInt32") && !is(header, "UInt64"))
        stop(v, "header_type: expected UInt32 or UInt64", header);
    else if (*compressor && !is(compressor, "vtkZLibDataCompressor"))
        stop(v, "compressor: only ZLib's is read; save it with that or with none", compressor);
}

static void begin_piece(vtp *v, const char *const *attributes)
{
    if (v->n_pieces == PIECES_MAX) {
        stop(v, "more than 1000 pieces; save the surface in one", NULL);
        return;
    }
    piece p = {.n_points = count(v, attributes, "NumberOfPoints", "", HEAD_SCAN_MAX_VERTICES - v->n_points)};
    v->n_points += p.n_points;
    p.n_polygons = count(v, attributes, "NumberOfPolys", "0", HEAD_SCAN_MAX_TRIANGLES - v->n_cells);
    v->n_cells += p.n_polygons;
    p.n_strips = count(v, attributes, "NumberOfStrips", "0", HEAD_SCAN_MAX_TRIANGLES - v->n_cells);
    v->n_cells += p.n_strips;
    np_status status = NP_GROW(v->pieces, v->piece_room, v->n_pieces + 1, "the scan's pieces", v->err);
    if (status != NP_OK) {
        v->status = status;
        XML_StopParser(v->parser, XML_FALSE);
        return;
    }
    v->pieces[v->n_pieces++] = p;
    v->piece_depth = v->depth;
}

/* What the array with these attributes is here; N_ARRAYS: of no use. */
static array_kind kind_of(vtp *v, const char *const *attributes, size_t components)
{
    const char *name = attribute(attributes, "Name", "");
    bool polygons = is(v->section, "Polys");
    if (is(v->section, "Points"))
        return POINTS;
    if (polygons || is(v->section, "Strips"))
        return is(name, "connectivity") ? (polygons ? POLYGON_CORNERS : STRIP_CORNERS)
               : is(name, "offsets")    ? (polygons ? POLYGON_ENDS : STRIP_ENDS)
                                        : N_ARRAYS;
    bool colors = is(attribute(attributes, "type", ""), "UInt8");
    bool wanted = is(v->section, "PointData") && !v->pieces[v->n_pieces - 1].arrays[PAINT].type &&
                  head_vtk_is_paint(v->file, name, strlen(name), components, colors);
    return wanted ? PAINT : N_ARRAYS;
}

static const head_vtk_type *type_of(vtp *v, const char *const *attributes)
{
    static const head_vtk_type types[] = {
        {"Int8", 1, 'i'},   {"UInt8", 1, 'u'}, {"Int16", 2, 'i'},  {"UInt16", 2, 'u'},  {"Int32", 4, 'i'},
        {"UInt32", 4, 'u'}, {"Int64", 8, 'i'}, {"UInt64", 8, 'u'}, {"Float32", 4, 'f'}, {"Float64", 8, 'f'}};
    const char *type = attribute(attributes, "type", "");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (is(type, types[i].name))
            return &types[i];
    stop(v, "expected a type of numbers (UInt8, Int32, Int64, Float32, Float64, ...)", type);
    return NULL;
}

static void begin_array(vtp *v, const char *const *attributes)
{
    piece *p = &v->pieces[v->n_pieces - 1];
    size_t components = count(v, attributes, "NumberOfComponents", "1", HEAD_SCAN_MAX_VERTICES);
    array_kind kind = kind_of(v, attributes, components);
    const char *format = attribute(attributes, "format", "ascii");
    const head_vtk_type *type;
    if (v->status != NP_OK || kind == N_ARRAYS || !(type = type_of(v, attributes)))
        return;
    if (p->arrays[kind].type)
        stop(v, "the second of its kind in this piece; export the scan again", array_names[kind]);
    else if (kind != PAINT && components != (kind == POINTS ? 3 : 1))
        stop(v, "NumberOfComponents: expected 3 of points and 1 of faces",
             attribute(attributes, "NumberOfComponents", "1"));
    else if (is(format, "appended"))
        p->offsets[kind] = count(v, attributes, "offset", "", v->file->size);
    else if (!is(format, "ascii") && !is(format, "binary"))
        stop(v, "format: expected ascii, binary or appended", format);
    p->appended[kind] = is(format, "appended");
    v->array = &p->arrays[kind];
    *v->array = (head_vtk_array){.line = line_of(v),
                                 .at = behind(v),
                                 .end = behind(v),
                                 .type = type,
                                 .components = components,
                                 .format = is(format, "ascii") ? HEAD_VTK_TEXT : HEAD_VTK_BASE64};
    v->array_depth = v->depth;
}

/* All that follows is data, raw or in base64, from an underscore on, and no XML that is of use. */
static void begin_appended(vtp *v, const char *const *attributes)
{
    const char *encoding = attribute(attributes, "encoding", "base64"), *at = behind(v);
    const char *end = v->file->data + v->file->size;
    while (at < end && is_blank(*at))
        at++;
    if (!is(encoding, "raw") && !is(encoding, "base64"))
        stop(v, "encoding: expected raw or base64", encoding);
    else if (at == end || *at != '_')
        stop(v, "expected the appended data, from an underscore on; is it cut short?", NULL);
    else
        v->data = (head_vtk_array){.at = at + 1,
                                   .end = end,
                                   .line = line_of(v),
                                   .format = is(encoding, "raw") ? HEAD_VTK_RAW : HEAD_VTK_BASE64};
    XML_StopParser(v->parser, XML_FALSE);
}

static void XMLCALL begin(void *context, const XML_Char *name, const XML_Char **attributes)
{
    vtp *v = context;
    const char *const *pairs = (const char *const *)attributes;
    if (++v->depth > DEPTH_MAX)
        stop(v, "elements in elements in elements, deeper than VTK's own have them", NULL);
    else if (v->depth == 1)
        begin_file(v, name, pairs);
    else if (is(name, "AppendedData") && v->depth == 2)
        begin_appended(v, pairs);
    else if (is(name, "Piece") && !v->piece_depth)
        begin_piece(v, pairs);
    else if (v->piece_depth && v->depth == v->piece_depth + 1)
        snprintf(v->section, sizeof v->section, "%s", name);
    else if (v->piece_depth && v->depth == v->piece_depth + 2 && is(name, "DataArray"))
        begin_array(v, pairs);
}

static void XMLCALL text(void *context, const XML_Char *letters, int n)
{
    vtp *v = context;
    bool blank = true;
    for (int i = 0; i < n && blank; i++)
        blank = is_blank(letters[i]);
    if (!v->array || v->depth != v->array_depth || blank)
        return;
    if (v->array->end == v->array->at)
        v->array->at = here(v), v->array->line = line_of(v);
    v->array->end = behind(v);
}

static void XMLCALL finish(void *context, const XML_Char *name)
{
    vtp *v = context;
    (void)name;
    if (v->depth == v->array_depth)
        v->array = NULL, v->array_depth = 0;
    if (v->depth == v->piece_depth)
        v->piece_depth = 0;
    v->depth--;
}

static void XMLCALL refuse_document_type(void *context, const XML_Char *name, const XML_Char *system,
                                         const XML_Char *public_id, int internal)
{
    (void)name;
    (void)system;
    (void)public_id;
    (void)internal;
    stop(context, "a document type, which VTK files have not; export the scan again", NULL);
}

/* Finds the arrays of V's file. */
static np_status parse(vtp *v)
{
    const head_mesh_file *file = v->file;
    XML_SetUserData(v->parser, v);
    XML_SetElementHandler(v->parser, begin, finish);
    XML_SetCharacterDataHandler(v->parser, text);
    XML_SetStartDoctypeDeclHandler(v->parser, refuse_document_type);
    /* at once: at the end of a part expat begins anew with what is unfinished */
    if (XML_Parse(v->parser, file->data, (int)file->size, XML_TRUE) != XML_STATUS_OK && v->status == NP_OK &&
        !v->data.at)
        v->status = np_error_set(v->err, NP_ERR_FORMAT,
                                 "%s:%zu: not a VTK file in XML (%s); is it cut short? export or copy it again",
                                 file->path, line_of(v), XML_ErrorString(XML_GetErrorCode(v->parser)));
    return v->status;
}

/* ---- what is in the arrays ---- */

/* The N numbers of an array of P; the caller frees them. */
static np_status read_array(vtp *v, const piece *p, array_kind kind, size_t n, double **out_values)
{
    head_vtk_array array = p->arrays[kind];
    *out_values = NULL;
    if (!array.type)
        return np_error_set(v->err, NP_ERR_FORMAT, "%s: a piece lacks %s; export the scan again", v->file->path,
                            array_names[kind]);
    if (p->appended[kind]) {
        if (!v->data.at || p->offsets[kind] > (size_t)(v->data.end - v->data.at))
            return head_mesh_file_cut_short(v->file, "the VTK file has not all of its appended data", v->err);
        array.at = v->data.at + p->offsets[kind];
        array.end = v->data.end;
        array.format = v->data.format;
    }
    return head_vtk_array_read(v->file, &v->coding, &array, array_names[kind], n, out_values, v->err);
}

static np_status read_points(vtp *v, const piece *p)
{
    double *at;
    np_status status = read_array(v, p, POINTS, 3 * p->n_points, &at);
    for (size_t i = 0; i < p->n_points && status == NP_OK; i++)
        status = head_mesh_file_add_vertex(v->file, np_vec3_make(at[3 * i], at[3 * i + 1], at[3 * i + 2]), v->err);
    free(at);
    return status;
}

/* N cells: where each of them ENDS in CORNERS, of which there are N_CORNERS, counted from the vertex FIRST. */
static np_status add_cells(vtp *v, const double *ends, size_t n, const double *corners, size_t n_corners, size_t first,
                           bool strips)
{
    uint32_t *cell = malloc((n_corners + 1) * sizeof *cell);
    np_status status = cell ? NP_OK : np_error_no_memory(v->err, "the faces of the scan");
    for (size_t i = 0; i < n_corners && status == NP_OK; i++)
        status = head_vtk_corner(v->file, first, corners[i], &cell[i], v->err);
    size_t from = 0;
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        if (!(ends[i] >= (double)from && ends[i] <= (double)n_corners && ends[i] == floor(ends[i]))) {
            status = head_mesh_file_cut_short(v->file, "a face of the VTK file has no number of corners", v->err);
            break;
        }
        size_t end = (size_t)ends[i];
        status = head_vtk_add_cell(v->file, cell + from, end - from, strips, v->err);
        from = end;
    }
    free(cell);
    return status;
}

/* The N polygons, or STRIPS, of P, whose points begin with the vertex FIRST. */
static np_status read_cells(vtp *v, const piece *p, size_t n, bool strips, size_t first)
{
    double *ends = NULL, *corners = NULL;
    if (n == 0)
        return NP_OK;
    np_status status = read_array(v, p, strips ? STRIP_ENDS : POLYGON_ENDS, n, &ends);
    if (status == NP_OK && !(ends[n - 1] >= 0 && ends[n - 1] <= HEAD_SCAN_MAX_VERTICES))
        status = np_error_set(
            v->err, NP_ERR_FORMAT,
            "%s: its faces have %g corners, and at most %u are read; is it cut short? if not, reduce the mesh",
            v->file->path, ends[n - 1], HEAD_SCAN_MAX_VERTICES);
    size_t n_corners = status == NP_OK ? (size_t)ends[n - 1] : 0;
    if (status == NP_OK)
        status = read_array(v, p, strips ? STRIP_CORNERS : POLYGON_CORNERS, n_corners, &corners);
    if (status == NP_OK)
        status = add_cells(v, ends, n, corners, n_corners, first, strips);
    free(ends);
    free(corners);
    return status;
}

static np_status read_paint(vtp *v, const piece *p, size_t first)
{
    const head_vtk_array *array = &p->arrays[PAINT];
    double *values;
    if (!array->type)
        return NP_OK;
    np_status status = read_array(v, p, PAINT, p->n_points * array->components, &values);
    for (size_t i = 0; i < p->n_points && status == NP_OK; i++) {
        double tuple[4] = {0};
        memcpy(tuple, values + i * array->components, array->components * sizeof *tuple);
        status = head_vtk_paint(v->file, first + i, tuple, array->type->size == 1, v->err);
    }
    free(values);
    return status;
}

static np_status read_piece(vtp *v, const piece *p)
{
    size_t first = v->file->mesh.n_vertices;
    np_status status = p->n_points > 0 ? read_points(v, p) : NP_OK;
    if (status == NP_OK)
        status = read_cells(v, p, p->n_polygons, false, first);
    if (status == NP_OK)
        status = read_cells(v, p, p->n_strips, true, first);
    return status == NP_OK ? read_paint(v, p, first) : status;
}

np_status head_vtp_read(head_mesh_file *file, np_error *err)
{
    vtp v = {.file = file, .parser = XML_ParserCreate(NULL), .err = err};
    if (!v.parser)
        return np_error_no_memory(err, "the scan");
    np_status status = parse(&v);
    for (size_t i = 0; i < v.n_pieces && status == NP_OK; i++)
        status = read_piece(&v, &v.pieces[i]);
    XML_ParserFree(v.parser);
    free(v.pieces);
    return status;
}
