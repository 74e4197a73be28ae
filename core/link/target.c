/* Targets, by the table of kinds. */
#include "link/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/kinds.h"
#include "link/private/kind.h"
#include "link/private/target.h"
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

/* ", for example ..."; or the target that was meant, for an address of ZeroMQ without "zmq:" or a host behind it without "tcp://". */
static void advise(const char *text, const link_kind *kind, char *out, size_t size)
{
    bool is_address = strncmp(text, "tcp://", 6) == 0 || strncmp(text, "ipc://", 6) == 0;
    if (is_address)
        snprintf(out, size, "; did you mean zmq:%s?", text);
    else if (strncmp(text, "zmq:", 4) == 0 && text[4] && !strstr(text, "://"))
        snprintf(out, size, "; did you mean zmq:tcp://%s?", text + 4);
    else
        snprintf(out, size, ", for example %s", (kind ? kind : kinds[0].kind)->example);
}

static np_status bad_target(const char *text, bool listen, const link_kind *kind, const char *why, np_error *err)
{
    char forms[400], advice[300];
    list_forms(listen, forms, sizeof forms);
    advise(text, kind, advice, sizeof advice);
    return np_error_set(err, NP_ERR_USAGE, "target \"%.120s\": %s; expected %s%s", text, why, forms, advice);
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
