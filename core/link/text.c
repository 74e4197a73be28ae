/* Text over what carries bytes; see text.h. */
#include "link/text.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "link/device.h"
#include "link/private/kind.h"

enum { READ_BYTES = 1024, WRITE_BYTES = 512 };

struct np_text_link {
    np_device device;
    char line[NP_TEXT_LINE_BYTES]; /* as far as it has come */
    size_t line_size;
    char input[READ_BYTES];
    size_t input_size, input_at;
    char output[WRITE_BYTES]; /* not yet written */
    size_t output_size;
};

/* What was under way with a device that is gone. */
static void forget(np_text_link *t)
{
    t->input_size = t->input_at = t->output_size = t->line_size = 0;
}

/* ---- in ---- */

static bool fill_input(np_text_link *t)
{
    ssize_t n = np_device_read(&t->device, t->input, sizeof t->input);
    if (n < 0)
        forget(t);
    if (n <= 0)
        return false;
    t->input_size = (size_t)n;
    t->input_at = 0;
    return true;
}

/* Ends the line that has come together.  False if nothing was in it. */
static bool end_line(np_text_link *t, char *out_line)
{
    while (t->line_size && t->line[t->line_size - 1] == ' ')
        t->line_size--;
    memcpy(out_line, t->line, t->line_size);
    out_line[t->line_size] = '\0';
    t->line_size = 0;
    return out_line[0] != '\0';
}

bool np_text_link_receive(np_text_link *t, char out_line[NP_TEXT_LINE_BYTES])
{
    while (np_device_is_up(&t->device)) {
        while (t->input_at < t->input_size) {
            char c = t->input[t->input_at++];
            if ((c == '\n' || c == '\r') && end_line(t, out_line))
                return true;
            bool is_text = c > ' ' && c < 0x7F;
            if ((is_text || (c == ' ' && t->line_size)) && t->line_size + 1 < sizeof t->line)
                t->line[t->line_size++] = c;
        }
        if (!fill_input(t))
            return false;
    }
    return false;
}

/* ---- out ---- */

static void write_some(np_text_link *t)
{
    while (t->device.port.file >= 0 && t->output_size) {
        ssize_t n = link_port_write(&t->device.port, t->output, t->output_size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) {
            np_device_go_down(&t->device, strerror(errno));
            forget(t);
        }
        if (n <= 0)
            return;
        t->output_size -= (size_t)n;
        memmove(t->output, t->output + n, t->output_size);
    }
}

bool np_text_link_send(np_text_link *t, const char *bytes, size_t n)
{
    if (!np_device_is_up(&t->device) || t->output_size + n > sizeof t->output)
        return false;
    memcpy(t->output + t->output_size, bytes, n);
    t->output_size += n;
    write_some(t);
    return t->device.port.file >= 0;
}

bool np_text_link_send_urgent(np_text_link *t, const char *bytes, size_t n)
{
    t->output_size = 0;
    link_port_drop_unsent(&t->device.port);
    return np_text_link_send(t, bytes, n);
}

/* ---- the rest ---- */

void np_text_link_wait(np_text_link *t, uint64_t timeout_us)
{
    if (t->input_at < t->input_size)
        return;
    struct pollfd item = {.fd = t->device.port.file, .events = POLLIN};
    if (t->output_size)
        item.events |= POLLOUT;
    struct timespec timeout = {.tv_sec = (time_t)(timeout_us / 1000000u),
                               .tv_nsec = (long)(timeout_us % 1000000u) * 1000};
    int n = ppoll(&item, t->device.port.file >= 0, &timeout, NULL);
    write_some(t);
    /* A port that was hung up is readable for ever, and reads nothing. */
    if (n > 0 && (item.revents & (POLLHUP | POLLERR | POLLNVAL)) && t->device.port.file >= 0 && !fill_input(t) &&
        t->device.port.file >= 0) {
        np_device_go_down(&t->device, "it was hung up");
        forget(t);
    }
}

const char *np_text_link_trouble(const np_text_link *t)
{
    return np_device_trouble(&t->device);
}

np_status np_text_link_open(const char *target, np_text_link **out_link, np_error *err)
{
    *out_link = NULL;
    np_link_target parsed;
    np_status status = np_link_parse_target(target, false, &parsed, err);
    if (status != NP_OK)
        return status;
    if (!parsed.kind->is_text)
        return np_error_set(err, NP_ERR_USAGE, "target \"%.120s\" is not grbl:DEVICE[:BAUD]", target);
    np_text_link *t = calloc(1, sizeof *t);
    if (!t)
        return np_error_no_memory(err, "the link");
    t->device = NP_DEVICE_CLOSED;
    t->device.target = parsed;
    status = parsed.bytes->open_port(&parsed, &t->device.port, err);
    *out_link = t;
    if (status != NP_OK)
        np_text_link_close(out_link);
    return status;
}

void np_text_link_close(np_text_link **link)
{
    if (*link)
        link_port_close(&(*link)->device.port);
    free(*link);
    *link = NULL;
}
