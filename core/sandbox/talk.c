/* The planner's end is helper.c's, which never waits without looking round; this one waits for as long as the planner lives. */
#include "sandbox/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sandbox/limits.h"

bool np_sandbox_started(int argc, char **argv, long *out_parent, bool *out_weaker)
{
    *out_weaker = argc == 3 && strcmp(argv[2], NP_HELPER_WEAKER) == 0;
    *out_parent = argc == 2 || *out_weaker ? strtol(argv[1], NULL, 10) : 0;
    return *out_parent > 0;
}

bool np_sandbox_put(int socket, const void *bytes, size_t size)
{
    const char *p = bytes;
    while (size > 0) {
        ssize_t n = send(socket, p, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        size -= (size_t)n;
    }
    return true;
}

bool np_sandbox_take(int socket, void *bytes, size_t size, int *out_file)
{
    char *p = bytes;
    while (size > 0) {
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
        struct iovec part = {p, size};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
        if (out_file) {
            message.msg_control = control;
            message.msg_controllen = sizeof control;
        }
        ssize_t n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        if (header && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int)))
            memcpy(out_file, CMSG_DATA(header), sizeof *out_file);
        p += n;
        size -= (size_t)n;
    }
    return true;
}
