/* Links: targets, and the way to each kind; see link.h. */
#include "link/private/link_key_set.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "link/private/usb.h"

static np_status bad_target(const char *text, bool listen, const char *why, np_error *err)
{
    return np_error_set(err, NP_ERR_USAGE,
                        "target \"%.120s\": %s; expected zmq:tcp://HOST:PORT, serial:DEVICE:BAUD or %s, "
                        "for example zmq:tcp://127.0.0.1:5555 or serial:/dev/ttyUSB0:115200",
                        text, why, listen ? "serial:pty:BAUD" : "grbl:DEVICE:BAUD");
}

/* Reads a decimal number of at most 7 digits; -1 if TEXT is anything else. */
static int small_number(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n > 0 && n <= 7 && text[n] == '\0' ? atoi(text) : -1;
}

static bool is_baud(int number)
{
    return number >= 1200 && number <= 4000000;
}

static np_status parse_zmq(const char *text, bool listen, np_link_target *out, np_error *err)
{
    const char *address = text + strlen("zmq:");
    if (strncmp(address, "ipc://", 6) == 0)
        return address[6] ? NP_OK : bad_target(text, listen, "the path is missing", err);
    if (strncmp(address, "tcp://", 6) != 0)
        return bad_target(text, listen, "zmq is spoken over tcp:// or ipc://", err);
    const char *host = address + 6, *colon = strrchr(host, ':');
    if (!colon || colon == host)
        return bad_target(text, listen, colon ? "the host is missing" : "the port is missing", err);
    int port = small_number(colon + 1);
    bool any = listen && strcmp(colon + 1, "*") == 0;
    if (!any && (port < 1 || port > 65535))
        return bad_target(text, listen, "the port must be a number from 1 to 65535", err);
    (void)out;
    return NP_OK;
}

static np_status parse_serial(const char *text, bool listen, np_link_target *out, np_error *err)
{
    out->is_serial = true;
    out->baud = 115200;
    /* A device's path may hold colons itself (/dev/serial/by-path/...): only digits behind the last one are a baud rate. */
    char *colon = strrchr(out->address, ':');
    int baud = colon ? small_number(colon + 1) : -1;
    /* So may a USB serial number: there a number behind VID:PID is a baud rate only if it can be one. */
    bool is_usb = strncmp(out->address, LINK_USB_PREFIX, strlen(LINK_USB_PREFIX)) == 0;
    link_usb_identity identity;
    if (is_usb ? is_baud(baud) && colon - out->address >= LINK_USB_SHORTEST : baud >= 0) {
        *colon = '\0';
        out->baud = baud;
    }
    if (is_usb && !link_usb_parse(out->address, &identity))
        return bad_target(text, listen,
                          "expected usb:VID:PID[:SERIAL], four hexadecimal digits each, as lsusb prints them", err);
    out->is_new_pty = strcmp(out->address, "pty") == 0;
    if (out->is_new_pty && !listen)
        return bad_target(text, listen, "only an executor makes a pseudo-terminal", err);
    if (!is_usb && !out->is_new_pty && out->address[0] != '/')
        return bad_target(text, listen, "the device must be a path that begins with /", err);
    if (!is_baud(out->baud))
        return bad_target(text, listen, "the baud rate must be from 1200 to 4000000", err);
    return NP_OK;
}

np_status np_link_parse_target(const char *text, bool listen, np_link_target *out_target, np_error *err)
{
    *out_target = (np_link_target){0};
    const char *colon = strchr(text, ':');
    if (!colon)
        return bad_target(text, listen, "no kind of link is named", err);
    if (strlen(colon + 1) >= sizeof out_target->address)
        return bad_target(text, listen, "it is too long", err);
    strcpy(out_target->address, colon + 1);
    if (strncmp(text, "zmq:", 4) == 0)
        return parse_zmq(text, listen, out_target, err);
    if (strncmp(text, "serial:", 7) == 0)
        return parse_serial(text, listen, out_target, err);
    out_target->is_text = !listen && strncmp(text, "grbl:", 5) == 0;
    if (out_target->is_text)
        return parse_serial(text, listen, out_target, err);
    return bad_target(text, listen, "there is no such kind of link", err);
}

np_status np_link_check_target(const char *target, bool listen, np_error *err)
{
    np_link_target parsed;
    return np_link_parse_target(target, listen, &parsed, err);
}

static bool is_this_machine(const char *host)
{
    struct in_addr v4;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
}

bool np_link_is_exposed(const char *target)
{
    char host[200];
    const char *at = strncmp(target, "zmq:tcp://", 10) == 0 ? target + 10 : NULL;
    if (!at)
        return false;
    /* ZeroMQ takes "OWN;PEER" too, to connect from a certain address: the peer's counts */
    at = strchr(at, ';') ? strchr(at, ';') + 1 : at;
    const char *colon = strrchr(at, ':');
    snprintf(host, sizeof host, "%.*s", colon ? (int)(colon - at) : (int)strlen(at), at);
    return !is_this_machine(host);
}

np_status np_link_connect(const char *target, np_link **out_link, np_error *err)
{
    return np_link_connect_curve(target, NULL, out_link, err);
}

np_status np_link_connect_curve(const char *target, const np_link_keys *curve, np_link **out_link, np_error *err)
{
    *out_link = NULL;
    np_link_target parsed;
    np_status status = np_link_parse_target(target, false, &parsed, err);
    if (status == NP_OK && parsed.is_text)
        status = np_error_set(err, NP_ERR_USAGE, "target \"%.120s\": grbl is no executor: it takes G-code, not frames",
                              target);
    if (status == NP_OK)
        status = link_key_set_check(&parsed, curve, false, err);
    if (status != NP_OK)
        return status;
    return parsed.is_serial ? np_link_serial_open(&parsed, NULL, out_link, err)
                            : np_link_zmq_open(&parsed, false, curve, out_link, err);
}

np_status np_link_listen(const char *target, const char *pty_link, np_link **out_link, np_error *err)
{
    return np_link_listen_curve(target, pty_link, NULL, out_link, err);
}

np_status np_link_listen_curve(const char *target, const char *pty_link, const np_link_keys *curve, np_link **out_link,
                               np_error *err)
{
    *out_link = NULL;
    np_link_target parsed;
    np_status status = np_link_parse_target(target, true, &parsed, err);
    if (status == NP_OK)
        status = link_key_set_check(&parsed, curve, true, err);
    if (status != NP_OK)
        return status;
    if (pty_link && !parsed.is_new_pty)
        return np_error_set(err, NP_ERR_USAGE, "a link to a pseudo-terminal (%s) goes with serial:pty only", pty_link);
    return parsed.is_serial ? np_link_serial_open(&parsed, pty_link, out_link, err)
                            : np_link_zmq_open(&parsed, true, curve, out_link, err);
}

const char *np_link_name(const np_link *link)
{
    return link->name;
}

const char *np_link_trouble(const np_link *link)
{
    return link->kind->trouble(link);
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
    return link->kind->receive(link, out_frame, out_size, out_peer ? out_peer : &peer);
}

bool np_link_can_send(np_link *link)
{
    return link->kind->can_send(link);
}

void np_link_send(np_link *link, const np_link_peer *peer, const uint8_t *frame, size_t size)
{
    link->kind->send(link, peer, frame, size);
}

void np_link_drop_unsent(np_link *link)
{
    link->kind->drop_unsent(link);
}

void np_link_wait(np_link *link, uint64_t timeout_us, bool want_send)
{
    link->kind->wait(link, timeout_us, want_send);
}

void np_link_close(np_link **link)
{
    if (*link) {
        (*link)->kind->close(*link);
        free(*link);
    }
    *link = NULL;
}
