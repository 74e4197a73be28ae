/* Looks at mesh files before the importer does: importers read what is left of a file that was cut short, and say nothing. */
#include "surface/wholeness.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PLY_HEADER_MAX 65536
#define PLY_MAX_ELEMENTS 16
#define PLY_MAX_PROPERTIES 32

static np_status cut_short(np_error *err, const char *path, const char *what)
{
    return np_error_set(err, NP_ERR_FORMAT, "%s: %s; is it cut short, or of another kind? export or copy it again",
                        path, what);
}

/* ---- PLY ---- */

typedef struct ply_property {
    unsigned count_size; /* of a list's count; 0: no list */
    unsigned size;       /* of the value, or of each of a list */
} ply_property;

typedef struct ply_element {
    unsigned long long count;
    ply_property property[PLY_MAX_PROPERTIES];
    unsigned n_properties;
} ply_element;

typedef struct ply_header {
    bool text, big_endian;
    ply_element element[PLY_MAX_ELEMENTS];
    unsigned n_elements;
} ply_header;

static unsigned ply_type_size(const char *type)
{
    static const struct {
        const char *name;
        unsigned size;
    } types[] = {{"char", 1},  {"uchar", 1},   {"int8", 1},   {"uint8", 1},  {"short", 2}, {"ushort", 2},
                 {"int16", 2}, {"uint16", 2},  {"int", 4},    {"uint", 4},   {"int32", 4}, {"uint32", 4},
                 {"float", 4}, {"float32", 4}, {"double", 8}, {"float64", 8}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(type, types[i].name) == 0)
            return types[i].size;
    return 0;
}

/* One line of the header into H; false if it cannot be understood. */
static bool read_ply_line(const char *line, ply_header *h)
{
    char a[32] = "", b[32] = "", c[32] = "";
    unsigned long long count;
    if (sscanf(line, "format %31s", a) == 1) {
        h->text = strcmp(a, "ascii") == 0;
        h->big_endian = strcmp(a, "binary_big_endian") == 0;
        return h->text || h->big_endian || strcmp(a, "binary_little_endian") == 0;
    }
    if (sscanf(line, "element %31s %llu", a, &count) == 2) {
        if (h->n_elements == PLY_MAX_ELEMENTS)
            return false;
        h->element[h->n_elements++] = (ply_element){.count = count};
        return true;
    }
    if (strncmp(line, "property", 8) != 0)
        return strncmp(line, "ply", 3) == 0 || strncmp(line, "comment", 7) == 0 || strncmp(line, "obj_info", 8) == 0 ||
               line[strspn(line, " \t\r")] == '\0';
    if (h->n_elements == 0)
        return false;
    ply_element *e = &h->element[h->n_elements - 1];
    if (e->n_properties == PLY_MAX_PROPERTIES)
        return false;
    ply_property *p = &e->property[e->n_properties++];
    if (sscanf(line, "property list %31s %31s %31s", a, b, c) == 3)
        *p = (ply_property){.count_size = ply_type_size(a), .size = ply_type_size(b)};
    else if (sscanf(line, "property %31s %31s", a, b) == 2)
        *p = (ply_property){.size = ply_type_size(a)};
    return p->size > 0 && (p->count_size > 0 || strcmp(a, "list") != 0);
}

/* The header; returns the size of it in bytes, 0 if it is none. */
static size_t read_ply_header(const unsigned char *data, size_t size, ply_header *h)
{
    if (size < 4 || memcmp(data, "ply", 3) != 0)
        return 0;
    for (size_t at = 0; at < size && at < PLY_HEADER_MAX;) {
        const unsigned char *end = memchr(data + at, '\n', size - at);
        char line[256];
        size_t length = end ? (size_t)(end - (data + at)) : 0;
        if (!end)
            return 0;
        snprintf(line, sizeof line, "%.*s", (int)(length < 255 ? length : 255), (const char *)data + at);
        line[strcspn(line, "\r")] = '\0';
        at += length + 1;
        if (strcmp(line, "end_header") == 0)
            return at;
        if (!read_ply_line(line, h))
            return 0;
    }
    return 0;
}

static uint64_t read_count(const unsigned char *at, unsigned size, bool big_endian)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)at[i] << (8 * (big_endian ? size - 1 - i : i));
    return value;
}

/* Walks over one element of E at *AT; false where the file ends within it. */
static bool skip_ply_item(const ply_element *e, bool big_endian, const unsigned char *data, size_t size, size_t *at)
{
    for (unsigned p = 0; p < e->n_properties; p++) {
        const ply_property *property = &e->property[p];
        uint64_t values = 1;
        if (property->count_size) {
            if (size - *at < property->count_size)
                return false;
            values = read_count(data + *at, property->count_size, big_endian);
            *at += property->count_size;
        }
        if (values > (size - *at) / property->size)
            return false;
        *at += (size_t)values * property->size;
    }
    return true;
}

static bool has_ply_items(const ply_header *h, const unsigned char *data, size_t size, size_t at)
{
    unsigned long long lines = 0, wanted = 0;
    for (unsigned i = 0; i < h->n_elements; i++) {
        const ply_element *e = &h->element[i];
        wanted += e->count;
        if (e->n_properties == 0 || e->count > size)
            return e->count == 0;
        for (unsigned long long k = 0; !h->text && k < e->count; k++)
            if (!skip_ply_item(e, h->big_endian, data, size, &at))
                return false;
    }
    /* Text has one line an item; the last may lack its newline. */
    bool in_line = false;
    for (; h->text && at < size; at++) {
        bool blank = data[at] == '\n' || data[at] == '\r';
        lines += !blank && !in_line;
        in_line = !blank;
    }
    return !h->text || lines >= wanted;
}

static np_status check_ply(const char *path, const unsigned char *data, size_t size, np_error *err)
{
    ply_header header = {0};
    size_t at = read_ply_header(data, size, &header);
    if (at == 0)
        return cut_short(err, path, "the PLY header cannot be read to its end");
    if (!has_ply_items(&header, data, size, at))
        return cut_short(err, path, "the file ends before all the vertices and faces that its header counts");
    return NP_OK;
}

/* ---- GLB ---- */

static np_status check_glb(const char *path, const unsigned char *data, size_t size, np_error *err)
{
    if (size < 20 || memcmp(data, "glTF", 4) != 0)
        return cut_short(err, path, "the file does not begin like a binary glTF");
    if (read_count(data + 8, 4, false) > size)
        return cut_short(err, path, "the file is smaller than its header says");
    return NP_OK;
}

np_status np_mesh_file_check(const char *path, const char *ending, const unsigned char *data, size_t size,
                             np_error *err)
{
    if (strcasecmp(ending, ".ply") == 0)
        return check_ply(path, data, size, err);
    if (strcasecmp(ending, ".glb") == 0)
        return check_glb(path, data, size, err);
    return NP_OK;
}
