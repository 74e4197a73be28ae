/* Links: targets, and the way to each kind; see link.h. */
#include "link/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/kinds.h"
#include "link/private/kind.h"
#include "link/private/link_key_set.h"
#include "link/private/usb.h"

#define DECLARE(x, connect, listen) extern const link_kind link_kind_##x;
#define ROW(x, connect, listen) {&link_kind_##x, connect, listen},
NP_LINK_KIND_TABLE(DECLARE)
static const struct {
    const link_kind *kind;
    const char *connect, *listen;
} kinds[] = {NP_LINK_KIND_TABLE(ROW)};
#undef DECLARE
#undef ROW

enum { N_KINDS = sizeof kinds / sizeof *kinds };

/* ---- targets ---- */

const link_kind *link_kind_find(const char *text)
{
    for (size_t i = 0; i < N_KINDS; i++) {
        size_t n = strlen(kinds[i].kind->scheme);
        if (strncmp(text, kinds[i].kind->scheme, n) == 0 && text[n] == ':')
            return kinds[i].kind;
    }
    return NULL;
}

static bool can_listen(const link_kind *kind)
{
    for (size_t i = 0; i < N_KINDS; i++)
        if (kinds[i].kind == kind)
            return *kinds[i].listen;
    return false;
}

/* "zmq:tcp://HOST:PORT, serial:DEVICE[:BAUD] or ...": what the help begins with. */
static void list_forms(bool listen, char *text, size_t size)
{
    size_t n = 0, last = 0;
    for (size_t i = 0; i < N_KINDS; i++)
        last = *(listen ? kinds[i].listen : kinds[i].connect) ? i : last;
    text[0] = '\0';
    for (size_t i = 0; i <= last; i++) {
        const char *help = listen ? kinds[i].listen : kinds[i].connect, *end = strstr(help, ": ");
        if (end && n < size)
            n += (size_t)snprintf(text + n, size - n, "%s%.*s",
                                  n == 0      ? ""
                                  : i == last ? " or "
                                              : ", ",
                                  (int)(end - help - 1), help + 1);
    }
}

static np_status bad_target(const char *text, bool listen, const link_kind *kind, const char *why, np_error *err)
{
    char forms[400];
    list_forms(listen, forms, sizeof forms);
    return np_error_set(err, NP_ERR_USAGE, "target \"%.120s\": %s; expected %s, for example %s", text, why, forms,
                        (kind ? kind : kinds[0].kind)->example);
}

static bool is_baud(int number)
{
    return number >= 1200 && number <= 4000000;
}

const char *link_target_take_baud(np_link_target *target)
{
    /* A device's path may hold colons itself (/dev/serial/by-path/...): only digits behind the last one are a baud rate. */
    char *colon = strrchr(target->address, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    int baud = digits > 0 && digits <= 7 && colon[1 + digits] == '\0' ? atoi(colon + 1) : -1;
    /* So may a USB serial number: there a number behind VID:PID is a baud rate only if it can be one. */
    bool is_usb = strncmp(target->address, LINK_USB_PREFIX, strlen(LINK_USB_PREFIX)) == 0;
    target->baud = 115200;
    if (is_usb ? is_baud(baud) && colon - target->address >= LINK_USB_SHORTEST : baud >= 0) {
        *colon = '\0';
        target->baud = baud;
    }
    return is_baud(target->baud) ? NULL : "the baud rate must be from 1200 to 4000000";
}

np_status np_link_parse_target(const char *text, bool listen, np_link_target *out_target, np_error *err)
{
    *out_target = (np_link_target){0};
    const char *colon = strchr(text, ':');
    if (!colon)
        return bad_target(text, listen, NULL, "no kind of link is named", err);
    if (strlen(colon + 1) >= sizeof out_target->address)
        return bad_target(text, listen, NULL, "it is too long", err);
    const link_kind *kind = link_kind_find(text);
    if (!kind || (listen && !can_listen(kind)))
        return bad_target(text, listen, NULL, "there is no such kind of link", err);
    out_target->kind = kind;
    out_target->bytes = kind->open_port ? kind : NULL;
    strcpy(out_target->address, colon + 1);
    const char *wrong = kind->parse(out_target, listen);
    return wrong ? bad_target(text, listen, kind, wrong, err) : NP_OK;
}

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

/* ---- links ---- */

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
