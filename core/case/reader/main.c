/* needlepath-side-reader: the helper process in which a side file is taken apart (core/case/private/side.h).  It is started by the planner, which
 * sends the file's bytes over the socket, and can open nothing by itself; it is of no use from a shell. */
#include <stdio.h>
#include <stdlib.h>

#include "case/private/side.h"
#include "sandbox/confine.h"
#include "sandbox/limits.h"
#include "sandbox/talk.h"

#define ADDRESS_SPACE_BYTES ((size_t)4 << 30)

/* The planner's question out of M, which becomes the answer. */
static void answer(np_message *m, np_status status, np_error *err)
{
    case_side_found found = {0};
    case_side_kind kind = (case_side_kind)np_message_get_u32(m);
    char *path = np_message_get_text(m), *text = NULL;
    size_t size = (size_t)np_message_get_u64(m);
    if (!m->failed && size <= CASE_SIDE_MAX_BYTES && (text = calloc(size + 1, 1)))
        np_message_get(m, text, size);
    if (status != NP_OK)
        np_error_prefix(err, status, "%s", path ? path : "");
    else if (m->failed || !text || !path)
        status = np_error_no_memory(err, "a file");
    else
        status = case_side_take_apart(kind, path, text, size, &found, err);
    np_message_begin(m, status == NP_OK ? CASE_SIDE_FOUND : CASE_SIDE_FAILED);
    if (status == NP_OK) {
        case_side_pass(&(case_pass){.message = m}, kind, &found);
        case_side_fini(kind, &found);
    } else {
        np_message_put_u32(m, (uint32_t)status);
        np_message_put_text(m, err->text);
    }
    free(text);
    free(path);
}

int main(int argc, char **argv)
{
    long parent;
    bool weaker;
    if (!np_sandbox_started(argc, argv, &parent, &weaker)) {
        fputs(CASE_SIDE_READER " is started by needlepath; see `needlepath case check`.\n", stderr);
        return 2;
    }
    np_error err = {0};
    np_status status = np_sandbox_confine_reader(parent, ADDRESS_SPACE_BYTES, weaker, &err);
    np_message m = {0};
    bool heard = np_message_receive(NP_HELPER_SOCKET_FD, &m) && m.kind == CASE_SIDE_FILE;
    if (heard)
        answer(&m, status, &err);
    heard = heard && np_message_send(NP_HELPER_SOCKET_FD, &m);
    np_message_fini(&m);
    return heard ? 0 : 1;
}
