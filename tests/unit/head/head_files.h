/* Meshes in files of every kind, for the tests of import and scan.  Files go to a new folder that is removed
 * at the end. */
#ifndef NP_TESTS_UNIT_SCAN_HEAD_FILES_H
#define NP_TESTS_UNIT_SCAN_HEAD_FILES_H

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "head/head.h"
#include "head/scan.h"

#include "../test.h"

static char folder[64];

static inline int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/np-scan-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static inline int remove_folder(void **state)
{
    (void)state;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            remove(path);
    }
    closedir(dir);
    return rmdir(folder);
}

/* NAME in the folder; valid until the next 8 calls. */
static inline char *in_folder(const char *name)
{
    static char paths[8][200];
    static int next;
    next = (next + 1) % 8;
    snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
    return paths[next];
}

/* The caller destroys the scan. */
static inline np_scan *load(const np_case_scan *source)
{
    np_scan *scan;
    np_error err = {0};
    if (np_scan_create(source, NULL, &scan, &err) != NP_OK)
        fail_msg("%s", err.text);
    return scan;
}

static inline FILE *create(const char *path)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    return f;
}

static inline char *write_text(const char *name, const char *text)
{
    char *path = in_folder(name);
    FILE *f = create(path);
    fputs(text, f);
    fclose(f);
    return path;
}

/* Copies the first SIZE bytes of FROM. */
static inline char *write_cut(const char *name, const char *from, size_t size)
{
    char *path = in_folder(name);
    FILE *in = fopen(from, "rb"), *out = create(path);
    assert_non_null(in);
    for (int c; size-- && (c = getc(in)) != EOF;)
        putc(c, out);
    fclose(in);
    fclose(out);
    return path;
}

static inline char *write_obj(const char *name, const np_mesh *mesh)
{
    char *path = in_folder(name);
    FILE *f = create(path);
    for (size_t i = 0; i < mesh->n_vertices; i++)
        fprintf(f, "v %.9g %.9g %.9g\n", mesh->vertices[i].x, mesh->vertices[i].y, mesh->vertices[i].z);
    for (size_t t = 0; t < mesh->n_triangles; t++)
        fprintf(f, "f %u %u %u\n", mesh->triangles[t].v[0] + 1, mesh->triangles[t].v[1] + 1,
                mesh->triangles[t].v[2] + 1);
    fclose(f);
    return path;
}

static inline void put_floats(FILE *f, np_vec3 p)
{
    float xyz[3] = {(float)p.x, (float)p.y, (float)p.z};
    fwrite(xyz, sizeof xyz, 1, f);
}

/* Binary STL: a soup, each corner by itself. */
static inline char *write_stl(const char *name, const np_mesh *mesh)
{
    char *path = in_folder(name);
    FILE *f = create(path);
    char header[80] = "a head";
    uint32_t n = (uint32_t)mesh->n_triangles;
    fwrite(header, sizeof header, 1, f);
    fwrite(&n, sizeof n, 1, f);
    for (size_t t = 0; t < n; t++) {
        put_floats(f, (np_vec3){0, 0, 0});
        for (int k = 0; k < 3; k++)
            put_floats(f, mesh->vertices[mesh->triangles[t].v[k]]);
        fwrite("\0", 2, 1, f);
    }
    fclose(f);
    return path;
}

/* glTF with its buffer beside it, in a node moved by MOVE and scaled by SCALE. */
static inline char *write_gltf(const char *name, const np_mesh *mesh, np_vec3 move, double scale)
{
    char bin[100];
    snprintf(bin, sizeof bin, "%s.bin", name);
    FILE *f = create(in_folder(bin));
    for (size_t i = 0; i < mesh->n_vertices; i++)
        put_floats(f, mesh->vertices[i]);
    fwrite(mesh->triangles, sizeof *mesh->triangles, mesh->n_triangles, f);
    fclose(f);
    size_t vertex_bytes = 12 * mesh->n_vertices, index_bytes = 12 * mesh->n_triangles;
    char *path = in_folder(name);
    f = create(path);
    fprintf(f,
            "{\"asset\":{\"version\":\"2.0\"},\"scene\":0,\"scenes\":[{\"nodes\":[0]}],"
            "\"nodes\":[{\"children\":[1],\"translation\":[%g,%g,%g]},{\"mesh\":0,\"scale\":[%g,%g,%g]}],"
            "\"meshes\":[{\"primitives\":[{\"attributes\":{\"POSITION\":0},\"indices\":1}]}],"
            "\"buffers\":[{\"uri\":\"%s\",\"byteLength\":%zu}],"
            "\"bufferViews\":[{\"buffer\":0,\"byteLength\":%zu},{\"buffer\":0,\"byteOffset\":%zu,"
            "\"byteLength\":%zu}],"
            "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":%zu,\"type\":\"VEC3\",\"min\":"
            "[-300,-300,-300],"
            "\"max\":[300,300,300]},{\"bufferView\":1,\"componentType\":5125,\"count\":%zu,\"type\":"
            "\"SCALAR\"}]}",
            move.x, move.y, move.z, scale, scale, scale, bin, vertex_bytes + index_bytes, vertex_bytes, vertex_bytes,
            index_bytes, mesh->n_vertices, 3 * mesh->n_triangles);
    fclose(f);
    return path;
}

#endif
