/* needlepath-scan-reader: the helper process in which a mesh file is taken apart.  It is started by the planner, with a socket, over which
 * the file comes open, and can open nothing by itself; it is of no use from a shell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "head/private/mesh_file.h"
#include "head/private/reading.h"
#include "sandbox/confine.h"
#include "sandbox/limits.h"
#include "sandbox/talk.h"

#define ADDRESS_SPACE_BYTES ((size_t)8 << 30) /* the file, the mesh, and twice the mesh while it grows */

/* ---- the socket ---- */

static bool say(head_reading message, const char *text)
{
    message.text_bytes = (uint32_t)strnlen(text, HEAD_READING_MAX_TEXT);
    return np_sandbox_put(NP_HELPER_SOCKET_FD, &message, sizeof message) &&
           np_sandbox_put(NP_HELPER_SOCKET_FD, text, message.text_bytes);
}

/* The planner's next message, which is of KIND and has a file; TEXT holds HEAD_READING_MAX_TEXT + 1 bytes. */
static bool hear(uint32_t kind, head_reading *out, int *out_file, char *text)
{
    *out_file = -1;
    if (!np_sandbox_take(NP_HELPER_SOCKET_FD, out, sizeof *out, out_file) || out->kind != kind || *out_file < 0 ||
        out->text_bytes > HEAD_READING_MAX_TEXT || !np_sandbox_take(NP_HELPER_SOCKET_FD, text, out->text_bytes, NULL))
        return false;
    text[out->text_bytes] = '\0';
    return true;
}

/* ---- the work ---- */

/* Has the planner open URI, and reads it. */
static np_status read_beside(void *context, const char *uri, char **out_data, size_t *out_size, np_error *err)
{
    const char *path = context;
    char text[HEAD_READING_MAX_TEXT + 1];
    head_reading answer;
    int file;
    if (strlen(uri) >= HEAD_READING_MAX_TEXT)
        return np_error_set(err, NP_ERR_FORMAT, "%s: glTF: names a buffer by %zu letters; export the scan again", path,
                            strlen(uri));
    if (!say((head_reading){.kind = HEAD_READING_WANTS}, uri) || !hear(HEAD_READING_BUFFER, &answer, &file, text))
        exit(1); /* the planner does not want the scan any more, and has the reason */
    *out_size = (size_t)answer.file_bytes;
    np_status status = np_file_read_open(file, path, *out_size, out_data, err);
    close(file);
    return status;
}

/* WANT as reading.h has it; what is found comes in *SCAN, whose mesh and values are the caller's to free. */
static np_status read_mesh(const char *path, const char *want, int file, size_t size, head_mesh_file *scan,
                           size_t *out_doubled, np_error *err)
{
    char *data;
    np_status status = np_file_read_open(file, path, size, &data, err);
    if (status != NP_OK)
        return status;
    *scan = (head_mesh_file){.path = path,
                             .data = data,
                             .size = size,
                             .beside = read_beside,
                             .beside_context = (void *)(uintptr_t)path,
                             .paint = *want == 'c'   ? HEAD_PAINT_COLORS
                                      : *want == 's' ? HEAD_PAINT_SCALAR
                                                     : HEAD_PAINT_NONE,
                             .scalar = *want ? want + 1 : want};
    status = head_mesh_read(scan, out_doubled, err);
    free(data);
    return status;
}

/* Asks for memory and writes what SCAN has into it. */
static bool give(const head_mesh_file *scan, size_t doubled)
{
    const np_mesh *mesh = &scan->mesh;
    char text[HEAD_READING_MAX_TEXT + 1];
    size_t vertices = mesh->n_vertices * sizeof *mesh->vertices;
    size_t triangles = mesh->n_triangles * sizeof *mesh->triangles;
    size_t values = scan->n_values * sizeof *scan->values;
    head_reading answer, size = {.kind = HEAD_READING_MESH,
                                 .n_vertices = mesh->n_vertices,
                                 .n_triangles = mesh->n_triangles,
                                 .n_doubled = doubled,
                                 .n_values = scan->n_values};
    int file;
    if (!say(size, "") || !hear(HEAD_READING_ROOM, &answer, &file, text) ||
        answer.file_bytes != vertices + triangles + values)
        return false;
    char *memory = mmap(NULL, vertices + triangles + values, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED)
        return false;
    memcpy(memory, mesh->vertices, vertices);
    memcpy(memory + vertices, mesh->triangles, triangles);
    if (values)
        memcpy(memory + vertices + triangles, scan->values, values);
    return say((head_reading){.kind = HEAD_READING_DONE}, "");
}

int main(int argc, char **argv)
{
    long parent;
    bool weaker;
    if (!np_sandbox_started(argc, argv, &parent, &weaker)) {
        fputs("needlepath-scan-reader is started by needlepath; see `needlepath scan fit`.\n", stderr);
        return 2;
    }
    np_error err = {0};
    np_status status = np_sandbox_confine_reader(parent, ADDRESS_SPACE_BYTES, weaker, &err);
    int file;
    head_reading request;
    char text[HEAD_READING_MAX_TEXT + 1], want[HEAD_READING_MAX_TEXT + 1];
    if (!hear(HEAD_READING_FILE, &request, &file, text) || request.want_bytes > request.text_bytes)
        return 1;
    const char *path = text + request.want_bytes;
    memcpy(want, text, request.want_bytes);
    want[request.want_bytes] = '\0';
    head_mesh_file scan = {0};
    size_t doubled = 0;
    status = status == NP_OK ? read_mesh(path, want, file, (size_t)request.file_bytes, &scan, &doubled, &err)
                             : np_error_prefix(&err, status, "%s", path);
    bool heard = status == NP_OK
                     ? give(&scan, doubled)
                     : say((head_reading){.kind = HEAD_READING_FAILED, .status = (uint32_t)status}, err.text);
    np_mesh_fini(&scan.mesh);
    free(scan.values);
    return heard ? 0 : 1;
}
