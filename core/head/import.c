/* A mesh file is taken apart where it can do no harm: in a helper process (core/head/reader) that gets the file open, can open no other,
 * and gives back a mesh.  What the file names beside itself is opened here, by rules; what comes back is copied, then checked: the
 * planner believes nothing that the helper says. */
#include "head/private/import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "head/private/beside.h"
#include "head/private/reading.h"
#include "sandbox/helper.h"

#define KINDS "OBJ, PLY, STL, glTF or VTK (.obj .ply .stl .gltf .glb .vtk .vtp)"
#define DOING "reading the scan"
#define TIMEOUT_S 120.0 /* a gigabyte of text takes half a minute */
#define MEMORY_MB 6144  /* and with the mesh that it becomes less than this */

static np_status check_kind(const char *path, np_error *err)
{
    struct stat st; /* before opening it: a pipe must not hold us up */
    if (stat(path, &st) != 0)
        return np_error_set(err, NP_ERR_IO, "%s: cannot read the scan: %s; check the case's scan file", path,
                            strerror(errno));
    if (!S_ISREG(st.st_mode))
        return np_error_set(err, NP_ERR_IO, "%s: is a %s, not a mesh file; give a file in " KINDS, path,
                            S_ISDIR(st.st_mode) ? "folder" : "special file");
    if (st.st_size == 0)
        return np_error_set(err, NP_ERR_FORMAT, "%s: the file is empty; export the scan again", path);
    if (st.st_size > HEAD_SCAN_MAX_FILE_BYTES)
        return np_error_set(err, NP_ERR_FORMAT, "%s: the file has %lld MiB, at most 1024 are read; reduce the mesh",
                            path, (long long)st.st_size >> 20);
    if (head_mesh_kind_of(path) != HEAD_MESH_UNKNOWN)
        return NP_OK;
    return np_error_set(err, NP_ERR_FORMAT, "%s: not a known kind of mesh file; give " KINDS, path);
}

/* One file at work. */
typedef struct reading {
    const char *path;
    const char *want;  /* of its vertices, as reading.h has it; "" */
    unsigned channels; /* numbers a vertex that it is */
    np_helper *helper;
    np_helper_watch watch;
    void *memory; /* of memory_bytes: the mesh as the helper writes it */
    size_t memory_bytes;
    size_t n_vertices, n_triangles, n_doubled, n_values;
    char text[HEAD_READING_MAX_TEXT + 1]; /* of the last message */
} reading;

static np_status tell(reading *r, uint32_t kind, int file, size_t size, const char *text, np_error *err)
{
    head_reading message = {.kind = kind, .file_bytes = size, .text_bytes = (uint32_t)strlen(text)};
    np_status status = np_helper_put(r->helper, &r->watch, &message, sizeof message, file, err);
    return status == NP_OK ? np_helper_put(r->helper, &r->watch, text, message.text_bytes, -1, err) : status;
}

static np_status hear(reading *r, head_reading *out, np_error *err)
{
    np_status status = np_helper_receive(r->helper, &r->watch, out, sizeof *out, err);
    if (status != NP_OK)
        return status;
    if (out->text_bytes > HEAD_READING_MAX_TEXT)
        return np_helper_misanswered(r->helper, &r->watch, err);
    status = np_helper_receive(r->helper, &r->watch, r->text, out->text_bytes, err);
    r->text[out->text_bytes] = '\0';
    return status;
}

/* ---- what the helper asks for ---- */

static np_status give_beside(reading *r, np_error *err)
{
    int file;
    size_t size;
    np_status status = head_beside_open(r->path, r->text, &file, &size, err);
    if (status != NP_OK)
        return status;
    status = tell(r, HEAD_READING_BUFFER, file, size, "", err);
    close(file);
    return status;
}

static np_status give_room(reading *r, const head_reading *said, np_error *err)
{
    bool right = !r->memory && said->n_triangles >= HEAD_SCAN_MIN_TRIANGLES &&
                 said->n_triangles <= HEAD_SCAN_MAX_TRIANGLES && said->n_vertices >= 3 &&
                 said->n_vertices <= HEAD_SCAN_MAX_VERTICES && said->n_doubled <= HEAD_SCAN_MAX_TRIANGLES &&
                 said->n_values == said->n_vertices * r->channels;
    if (!right)
        return np_helper_put_down(r->helper, DOING, "gave a mesh of a size that cannot be and was stopped", err);
    r->n_vertices = (size_t)said->n_vertices;
    r->n_triangles = (size_t)said->n_triangles;
    r->n_doubled = (size_t)said->n_doubled;
    r->n_values = (size_t)said->n_values;
    r->memory_bytes =
        r->n_vertices * sizeof(np_vec3) + r->n_triangles * sizeof(np_triangle) + r->n_values * sizeof(float);
    int memory;
    np_status status = np_helper_make_memory("the scan's reader", r->memory_bytes, &memory, &r->memory, err);
    if (status == NP_OK)
        status = tell(r, HEAD_READING_ROOM, memory, r->memory_bytes, "", err);
    if (memory >= 0)
        close(memory);
    return status;
}

/* The error that the helper gives; whatever it says, the file is named. */
static np_status refused(const reading *r, const head_reading *said, np_error *err)
{
    bool known = said->status == NP_ERR_IO || said->status == NP_ERR_NO_MEMORY;
    np_status status = known ? (np_status)said->status : NP_ERR_FORMAT;
    if (strncmp(r->text, r->path, strlen(r->path)) == 0)
        return np_error_set(err, status, "%s", r->text);
    return np_error_set(err, status, "%s: cannot be read: %s", r->path, r->text);
}

/* Until the mesh is there, or why it is not. */
static np_status converse(reading *r, int file, size_t size, np_error *err)
{
    char asked[HEAD_READING_MAX_TEXT + 1];
    head_reading request = {.kind = HEAD_READING_FILE, .file_bytes = size, .want_bytes = (uint32_t)strlen(r->want)};
    request.text_bytes = request.want_bytes + (uint32_t)strlen(r->path);
    if (request.text_bytes > HEAD_READING_MAX_TEXT)
        return np_error_set(err, NP_ERR_INVALID, "%.200s: its name is too long", r->path);
    snprintf(asked, sizeof asked, "%s%s", r->want, r->path);
    np_status status = np_helper_put(r->helper, &r->watch, &request, sizeof request, file, err);
    if (status == NP_OK)
        status = np_helper_put(r->helper, &r->watch, asked, request.text_bytes, -1, err);
    while (status == NP_OK) {
        head_reading said;
        status = hear(r, &said, err);
        if (status != NP_OK)
            break;
        if (said.kind == HEAD_READING_DONE && r->memory)
            return NP_OK;
        if (said.kind == HEAD_READING_FAILED)
            return refused(r, &said, err);
        if (said.kind == HEAD_READING_WANTS)
            status = give_beside(r, err);
        else if (said.kind == HEAD_READING_MESH)
            status = give_room(r, &said, err);
        else
            status = np_helper_misanswered(r->helper, &r->watch, err);
    }
    if (status == NP_ERR_PLUGIN)
        status = NP_ERR_FORMAT,
        np_error_prefix(err, status, "%s: cannot be read: needlepath's reader of scans", r->path);
    return status;
}

/* ---- what it gives ---- */

/* Copies what lies in R's memory, whoever else may have it still; OUT_VALUES may be NULL where nothing is wanted of vertices. */
static np_status copy_mesh(const reading *r, np_mesh *out_mesh, float **out_values, np_error *err)
{
    *out_mesh = (np_mesh){.n_vertices = r->n_vertices, .n_triangles = r->n_triangles};
    size_t vertices = r->n_vertices * sizeof *out_mesh->vertices;
    size_t triangles = r->n_triangles * sizeof *out_mesh->triangles;
    out_mesh->vertices = malloc(vertices);
    out_mesh->triangles = malloc(triangles);
    if (!out_mesh->vertices || !out_mesh->triangles)
        return np_error_no_memory(err, "the scan");
    memcpy(out_mesh->vertices, r->memory, vertices);
    memcpy(out_mesh->triangles, (const char *)r->memory + vertices, triangles);
    if (r->n_values == 0)
        return NP_OK;
    *out_values = malloc(r->n_values * sizeof **out_values);
    if (!*out_values)
        return np_error_no_memory(err, "the scan");
    memcpy(*out_values, (const char *)r->memory + vertices + triangles, r->n_values * sizeof **out_values);
    return NP_OK;
}

/* What all that works with a mesh relies on. */
static np_status check_mesh(const char *path, const np_mesh *mesh, np_error *err)
{
    bool right = true;
    for (size_t i = 0; i < mesh->n_vertices; i++)
        right = right && np_vec3_is_finite(mesh->vertices[i]);
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        const uint32_t *v = mesh->triangles[t].v;
        right = right && v[0] < mesh->n_vertices && v[1] < mesh->n_vertices && v[2] < mesh->n_vertices &&
                v[0] != v[1] && v[1] != v[2] && v[2] != v[0];
    }
    return right
               ? NP_OK
               : np_error_set(err, NP_ERR_FORMAT,
                              "%s: cannot be read: needlepath's reader of scans gave a mesh with corners that are not "
                              "there or no numbers; the file may be made to harm",
                              path);
}

static np_status read_in_helper(reading *r, const np_progress *progress, int file, size_t size, np_error *err)
{
    double timeout_s = TIMEOUT_S;
    np_status status = np_helper_setting("NEEDLEPATH_SCAN_TIMEOUT_S", 0.1, 3600, &timeout_s, err);
    np_helper_setup setup = {
        .program = HEAD_READER, .whom = "the scan's reader", .timeout_s = timeout_s, .memory_mb = MEMORY_MB};
    if (status == NP_OK)
        status = np_helper_create(&setup, &r->helper, err);
    if (status != NP_OK)
        return status;
    r->watch = np_helper_begin(r->helper, DOING, progress);
    status = converse(r, file, size, err);
    if (np_helper_is_there(r->helper))
        (void)np_helper_put_down(r->helper, DOING, "is done", NULL); /* whatever it still would do */
    np_helper_destroy(r->helper);
    return status;
}

/* The mesh of R's path, and the values that are wanted of its vertices. */
static np_status import(reading *r, const np_progress *progress, np_mesh *out_mesh, float **out_values, np_error *err)
{
    int file;
    size_t size;
    *out_mesh = (np_mesh){0};
    np_status status = check_kind(r->path, err);
    if (status == NP_OK)
        status = np_file_open(r->path, HEAD_SCAN_MAX_FILE_BYTES, &file, &size, err);
    if (status != NP_OK)
        return status;
    status = read_in_helper(r, progress, file, size, err);
    close(file);
    if (status == NP_OK)
        status = copy_mesh(r, out_mesh, out_values, err);
    if (status == NP_OK)
        status = check_mesh(r->path, out_mesh, err);
    if (r->memory)
        munmap(r->memory, r->memory_bytes);
    if (status != NP_OK)
        np_mesh_fini(out_mesh);
    return status;
}

np_status head_scan_import(const char *path, const np_progress *progress, np_mesh *out_mesh, size_t *out_doubled,
                           np_error *err)
{
    reading r = {.path = path, .want = ""};
    np_status status = import(&r, progress, out_mesh, NULL, err);
    if (out_doubled)
        *out_doubled = status == NP_OK ? r.n_doubled : 0;
    return status;
}

np_status head_scan_import_painted(const char *path, const char *scalar, const np_progress *progress, np_mesh *out_mesh,
                                   float **out_values, np_error *err)
{
    char want[HEAD_READING_MAX_TEXT];
    snprintf(want, sizeof want, "%s%s", scalar ? "s" : "c", scalar ? scalar : "");
    reading r = {.path = path, .want = want, .channels = scalar ? 1 : 3};
    *out_values = NULL;
    np_status status = import(&r, progress, out_mesh, out_values, err);
    if (status != NP_OK) {
        free(*out_values);
        *out_values = NULL;
    }
    return status;
}
