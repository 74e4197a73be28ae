/* A reader of scans that is in the hands of whoever made the file: it stands where needlepath-scan-reader is looked for, and does what the file's
 * name says to the planner that started it. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/vec3.h"
#include "head/private/reading.h"
#include "sandbox/limits.h"
#include "surface/mesh.h"

#define SOCKET NP_HELPER_SOCKET_FD

static void put(const void *bytes, size_t size)
{
    (void)!send(SOCKET, bytes, size, MSG_NOSIGNAL);
}

static void say(head_reading message, const char *text)
{
    message.text_bytes = (uint32_t)strlen(text);
    put(&message, sizeof message);
    put(text, message.text_bytes);
}

/* The planner's next message; its file, or -1. */
static int hear(char *text)
{
    head_reading message;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {&message, sizeof message};
    struct msghdr whole = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    int file = -1;
    if (recvmsg(SOCKET, &whole, MSG_WAITALL) != sizeof message)
        exit(1);
    if (CMSG_FIRSTHDR(&whole))
        memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&whole)), sizeof file);
    if (message.text_bytes && recv(SOCKET, text, message.text_bytes, MSG_WAITALL) < 0)
        exit(1);
    text[message.text_bytes] = '\0';
    return file;
}

static void wait_for_ever(void)
{
    for (;;)
        pause();
}

static void drip(void)
{
    for (;;) {
        put("x", 1);
        usleep(1000);
    }
}

static np_vec3 *vertices;

static void *go_on_writing(void *nothing)
{
    for (unsigned i = 0;; i = (i + 1) % 300)
        vertices[i].x = vertices[i].x > 0 ? NAN : 1e308;
    return nothing;
}

#define VERTICES 300u
#define TRIANGLES 200u

/* A mesh that is right but for what MODE says. */
static void give_mesh(const char *mode)
{
    char text[HEAD_READING_MAX_TEXT + 1];
    say((head_reading){.kind = HEAD_READING_MESH,
                       .n_vertices = VERTICES,
                       .n_triangles = TRIANGLES,
                       .n_values = strcmp(mode, "values.ply") == 0 ? 5 : 0},
        "");
    int file = hear(text);
    size_t size = VERTICES * sizeof(np_vec3) + TRIANGLES * sizeof(np_triangle);
    (void)!ftruncate(file, 0); /* sealed */
    vertices = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (vertices == MAP_FAILED)
        exit(1);
    np_triangle *triangles = (np_triangle *)(vertices + VERTICES);
    for (unsigned i = 0; i < VERTICES; i++)
        vertices[i] = np_vec3_make(i, i % 7, i % 11);
    for (uint32_t i = 0; i < TRIANGLES; i++)
        triangles[i] = (np_triangle){{i, i + 1, i + 2}};
    if (strcmp(mode, "nan.ply") == 0)
        vertices[VERTICES - 1].z = NAN;
    if (strcmp(mode, "index.ply") == 0)
        triangles[TRIANGLES - 1].v[2] = VERTICES;
    if (strcmp(mode, "corner.ply") == 0)
        triangles[7].v[2] = triangles[7].v[0];
    pthread_t thread;
    if (strcmp(mode, "race.ply") == 0 && pthread_create(&thread, NULL, go_on_writing, NULL) != 0)
        exit(1);
    if (strcmp(mode, "room.ply") == 0)
        say((head_reading){.kind = HEAD_READING_MESH, .n_vertices = VERTICES, .n_triangles = TRIANGLES}, "");
    say((head_reading){.kind = HEAD_READING_DONE}, "");
    wait_for_ever();
}

/* What the number in MODE says: messages, right and wrong, a mesh, an end. */
static void answer_seed(const char *mode)
{
    char text[HEAD_READING_MAX_TEXT + 1];
    srandom((unsigned)strtol(mode + 4, NULL, 10));
    for (long n = random() % 8 - 4; n > 0; n--) {
        head_reading message = {.kind = 100 + (uint32_t)(random() % 5), .status = (uint32_t)random()};
        message.n_vertices = random() % 2 ? (uint64_t)random() % 1000 : (uint64_t)random() << (random() % 33);
        message.n_triangles = random() % 2 ? (uint64_t)random() % 1000 : (uint64_t)random() << (random() % 33);
        message.text_bytes = random() % 8 ? (uint32_t)(random() % 200) : (uint32_t)random();
        for (size_t i = 0; i < 200; i++)
            text[i] = (char)random();
        put(&message, random() % 8 ? sizeof message : (size_t)random() % sizeof message);
        put(text, message.text_bytes < 200 ? message.text_bytes : 200);
    }
    static const char *const modes[] = {"right.ply", "race.ply", "nan.ply", "index.ply", "corner.ply", "room.ply"};
    switch (random() % 4) {
    case 0:
        exit((int)(random() % 256));
    case 1:
        raise(1 + (int)(random() % 31));
        break;
    default:
        give_mesh(modes[random() % 6]);
    }
}

static void answer(const char *mode)
{
    char text[HEAD_READING_MAX_TEXT + 1];
    if (strncmp(mode, "seed", 4) == 0)
        answer_seed(mode);
    else if (strcmp(mode, "crash.ply") == 0)
        raise(SIGSEGV);
    else if (strcmp(mode, "exit.ply") == 0)
        exit(0);
    else if (strcmp(mode, "hang.ply") == 0)
        wait_for_ever();
    else if (strcmp(mode, "drip.ply") == 0)
        drip();
    else if (strcmp(mode, "close.ply") == 0 && close(SOCKET) == 0)
        wait_for_ever();
    else if (strcmp(mode, "child.ply") == 0 && fork() > 0)
        exit(0);
    else if (strcmp(mode, "child.ply") == 0) /* which holds the socket */
        wait_for_ever();
    else if (strcmp(mode, "unknown.ply") == 0)
        say((head_reading){.kind = 7}, "");
    else if (strcmp(mode, "early.ply") == 0)
        say((head_reading){.kind = HEAD_READING_DONE}, "");
    else if (strcmp(mode, "many.ply") == 0)
        say((head_reading){.kind = HEAD_READING_MESH, .n_vertices = UINT64_MAX / 8, .n_triangles = 1000}, "");
    else if (strcmp(mode, "few.ply") == 0)
        say((head_reading){.kind = HEAD_READING_MESH, .n_vertices = 3, .n_triangles = 1}, "");
    else if (strcmp(mode, "text.ply") == 0)
        put(&(head_reading){.kind = HEAD_READING_FAILED, .text_bytes = UINT32_MAX}, sizeof(head_reading));
    else if (strcmp(mode, "escape.ply") == 0)
        say((head_reading){.kind = HEAD_READING_FAILED, .status = 0}, "\x1b[2J\r\nneedlepath: plan approved");
    else if (strcmp(mode, "up.ply") == 0)
        say((head_reading){.kind = HEAD_READING_WANTS}, "../up.ply");
    else if (strcmp(mode, "device.ply") == 0)
        say((head_reading){.kind = HEAD_READING_WANTS}, "/dev/zero");
    else if (strcmp(mode, "wants.ply") == 0)
        for (;;) {
            say((head_reading){.kind = HEAD_READING_WANTS}, mode);
            close(hear(text));
        }
    else if (strcmp(mode, "deaf.ply") == 0)
        for (;;)
            say((head_reading){.kind = HEAD_READING_WANTS}, mode);
    else
        give_mesh(mode);
    wait_for_ever();
}

int main(void)
{
    char path[HEAD_READING_MAX_TEXT + 1];
    (void)hear(path);
    const char *slash = strrchr(path, '/');
    answer(slash ? slash + 1 : path);
    return 0;
}
