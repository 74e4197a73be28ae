/* Readers of mesh files on bytes in memory. */
#ifndef NP_TESTS_UNIT_HEAD_MESH_READERS_H
#define NP_TESTS_UNIT_HEAD_MESH_READERS_H

#include "head/private/mesh_file.h"

#include "../test.h"

/* READER on SIZE bytes at DATA, in a buffer of exactly this size, so that the sanitizer sees a look beyond its end. */
static inline np_status read_bytes(head_mesh_reader reader, const void *data, size_t size, np_mesh *out_mesh,
                                   np_error *err)
{
    char *copy = malloc(size + !size);
    assert_non_null(copy);
    memcpy(copy, data, size);
    head_mesh_file file = {.path = "scan", .data = copy, .size = size};
    np_status status = reader(&file, err);
    free(copy);
    *out_mesh = file.mesh;
    return status;
}

/* READER makes of SIZE bytes at DATA a mesh with so many vertices and triangles; the caller frees it. */
static inline np_mesh read_as(head_mesh_reader reader, const void *data, size_t size, size_t vertices, size_t triangles)
{
    np_mesh mesh;
    np_error err = {0};
    if (read_bytes(reader, data, size, &mesh, &err) != NP_OK)
        fail_msg("%s\nof: %.300s", err.text, (const char *)data);
    assert_int_equal(mesh.n_vertices, vertices);
    assert_int_equal(mesh.n_triangles, triangles);
    for (size_t t = 0; t < triangles; t++)
        for (int k = 0; k < 3; k++)
            assert_true(mesh.triangles[t].v[k] < vertices);
    return mesh;
}

static inline void assert_reads(head_mesh_reader reader, const char *text, size_t vertices, size_t triangles)
{
    np_mesh mesh = read_as(reader, text, strlen(text), vertices, triangles);
    np_mesh_fini(&mesh);
}

/* READER refuses SIZE bytes at DATA, in one line with SAYS in it. */
static inline void assert_refuses(head_mesh_reader reader, const void *data, size_t size, const char *says)
{
    np_mesh mesh;
    np_error err = {0};
    np_status status = read_bytes(reader, data, size, &mesh, &err);
    if (status != NP_ERR_FORMAT || !strstr(err.text, says) || strlen(err.text) > 300)
        fail_msg("expected '%s', found %d: '%s'", says, (int)status, err.text);
    np_mesh_fini(&mesh);
}

static inline void assert_refuses_text(head_mesh_reader reader, const char *text, const char *says)
{
    assert_refuses(reader, text, strlen(text), says);
}

/* DATA is read, and every beginning of it that is LEAST or more bytes shorter is refused. */
static inline void assert_whole(head_mesh_reader reader, const void *data, size_t size, size_t least)
{
    np_mesh mesh;
    np_error err = {0};
    if (read_bytes(reader, data, size, &mesh, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_mesh_fini(&mesh);
    for (size_t cut = least; cut < size; cut++)
        assert_refuses(reader, data, size - cut, "cut short");
}

#endif
