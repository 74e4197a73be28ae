/* Colours and scalars of vertices, as the readers of mesh files meet them. */
#include "head/private/mesh_paint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/grow.h"
#include "base/plain.h"

static bool is_name(const head_mesh_file *file, const char *name, size_t length)
{
    return length == strlen(file->scalar) && strncasecmp(name, file->scalar, length) == 0;
}

/* Adds NAME to the names, as many as fit. */
static void note(head_mesh_file *file, const char *name, size_t length)
{
    char one[64], plain[64];
    size_t at = strlen(file->names);
    snprintf(one, sizeof one, "%.*s", (int)(length < 60 ? length : 60), name);
    np_plain_copy(one, plain, sizeof plain);
    if (at + strlen(plain) + 3 < sizeof file->names)
        snprintf(file->names + at, sizeof file->names - at, "%s%s", at ? ", " : "", plain);
}

bool head_paint_is_scalar(head_mesh_file *file, const char *name, size_t length)
{
    static const char *const fronts[] = {"scalar_", "_"};
    if (file->paint != HEAD_PAINT_SCALAR)
        return false;
    note(file, name, length);
    if (is_name(file, name, length))
        return true;
    for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++) {
        size_t n = strlen(fronts[i]);
        if (length > n && strncasecmp(name, fronts[i], n) == 0 && is_name(file, name + n, length - n))
            return true;
    }
    return false;
}

/* Values of N vertices at least: NAN where there are none yet. */
static np_status fill(head_mesh_file *file, size_t n, np_error *err)
{
    size_t need = n * head_paint_channels(file->paint);
    np_status status = NP_GROW(file->values, file->value_room, need, "the scan's colours", err);
    if (status != NP_OK)
        return status;
    for (; file->n_values < need; file->n_values++)
        file->values[file->n_values] = NAN;
    return NP_OK;
}

np_status head_paint_set(head_mesh_file *file, size_t vertex, const double *values, np_error *err)
{
    unsigned channels = head_paint_channels(file->paint);
    np_status status = fill(file, vertex + 1, err);
    for (unsigned k = 0; status == NP_OK && k < channels; k++)
        file->values[vertex * channels + k] = (float)values[k];
    file->painted = true;
    return status;
}

np_status head_paint_add(head_mesh_file *file, const double *values, np_error *err)
{
    return head_paint_set(file, file->mesh.n_vertices - 1, values, err);
}

unsigned head_paint_channels(head_paint_kind paint)
{
    return paint == HEAD_PAINT_COLORS ? 3 : paint == HEAD_PAINT_SCALAR ? 1 : 0;
}

static np_status check_painted(const head_mesh_file *file, np_error *err)
{
    char plain[80];
    if (file->painted)
        return NP_OK;
    if (file->paint == HEAD_PAINT_COLORS)
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: its vertices have no colours; paint vertices, not a texture, and save them with their "
                            "colours, as PLY for example (STL has none)",
                            file->path);
    return np_error_set(err, NP_ERR_FORMAT, "%s: its vertices have no scalar '%s'; they have: %s", file->path,
                        np_plain_copy(file->scalar, plain, sizeof plain), file->names[0] ? file->names : "none");
}

/* Moves what is used to the front. */
static np_status compact(head_mesh_file *file, np_error *err)
{
    np_mesh *mesh = &file->mesh;
    unsigned channels = head_paint_channels(file->paint);
    uint32_t *to = calloc(mesh->n_vertices + 1, sizeof *to);
    size_t n_triangles = 0, n_vertices = 0;
    if (!to)
        return np_error_no_memory(err, "the scan");
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        const uint32_t *v = mesh->triangles[t].v;
        if (v[0] == v[1] || v[1] == v[2] || v[2] == v[0])
            continue;
        for (int k = 0; k < 3; k++)
            to[v[k]] = 1;
        mesh->triangles[n_triangles++] = mesh->triangles[t];
    }
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        if (!to[i])
            continue;
        mesh->vertices[n_vertices] = mesh->vertices[i];
        memmove(file->values + n_vertices * channels, file->values + i * channels, channels * sizeof *file->values);
        to[i] = (uint32_t)n_vertices++;
    }
    for (size_t t = 0; t < n_triangles; t++)
        for (int k = 0; k < 3; k++)
            mesh->triangles[t].v[k] = to[mesh->triangles[t].v[k]];
    mesh->n_triangles = n_triangles;
    mesh->n_vertices = n_vertices;
    file->n_values = n_vertices * channels;
    free(to);
    return NP_OK;
}

np_status head_paint_finish(head_mesh_file *file, np_error *err)
{
    np_status status = check_painted(file, err);
    if (status == NP_OK)
        status = fill(file, file->mesh.n_vertices, err);
    return status == NP_OK ? compact(file, err) : status;
}
