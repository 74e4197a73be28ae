/* What every link does, by its methods; see link.h. */
#include "link/link.h"

#include <stdlib.h>
#include <string.h>

#include "link/private/kind.h"
#include "link/private/link_key_set.h"
#include "link/private/target.h"

np_status np_link_check_target(const char *target, bool listen, np_error *err)
{
    np_link_target parsed;
    return np_link_parse_target(target, listen, &parsed, err);
}

bool np_link_is_exposed(const char *target, bool listen)
{
    np_link_target parsed;
    return np_link_parse_target(target, listen, &parsed, NULL) == NP_OK && parsed.kind->is_exposed &&
           parsed.kind->is_exposed(&parsed);
}

bool np_link_is_text(const char *target)
{
    const link_kind *kind = link_kind_find(target);
    return kind && kind->is_text;
}

np_status np_link_open(const np_link_options *options, np_link **out_link, np_error *err)
{
    *out_link = NULL;
    np_link_target target;
    np_status status = np_link_parse_target(options->target, options->listen, &target, err);
    if (status == NP_OK && target.kind->is_text)
        status = np_error_set(err, NP_ERR_USAGE, "target \"%.120s\": %s is no executor: it takes G-code, not frames",
                              options->target, target.kind->scheme);
    if (status == NP_OK)
        status = link_key_set_check(&target, options->keys, options->listen, err);
    if (status == NP_OK && options->pty_link && !target.is_new_pty)
        status = np_error_set(err, NP_ERR_USAGE, "a link to a pseudo-terminal (%s) goes with serial:pty only",
                              options->pty_link);
    return status == NP_OK ? target.kind->open(&target, options, out_link, err) : status;
}

const char *np_link_name(const np_link *link)
{
    return link->name;
}

const char *np_link_trouble(const np_link *link)
{
    return link->methods->trouble(link);
}

const char *np_link_failure(const np_link *link)
{
    return link->failure;
}

bool np_link_is_starved(const np_link *link)
{
    return link->starved;
}

uint32_t np_link_bytes_per_s(const np_link *link)
{
    return link->bytes_per_s;
}

bool np_link_receive(np_link *link, uint8_t out_frame[NP_WIRE_FRAME_MAX], size_t *out_size, np_link_peer *out_peer)
{
    np_link_peer peer;
    return link->methods->receive(link, out_frame, out_size, out_peer ? out_peer : &peer);
}

bool np_link_can_send(np_link *link)
{
    return link->methods->can_send(link);
}

void np_link_send(np_link *link, const np_link_peer *peer, const uint8_t *frame, size_t size)
{
    link->methods->send(link, peer, frame, size);
}

void np_link_drop_unsent(np_link *link)
{
    link->methods->drop_unsent(link);
}

void np_link_wait(np_link *link, uint64_t timeout_us, bool want_send)
{
    link->methods->wait(link, timeout_us, want_send);
}

void np_link_close(np_link **link)
{
    if (*link) {
        (*link)->methods->close(*link);
        free(*link);
    }
    *link = NULL;
}
