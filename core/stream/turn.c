/* One turn of the sender's loop: what came in, what is to go out, and how much of it the line can carry. */
#include "stream/private/turn.h"

#include "base/clock.h"

enum {
    FRAMES_PER_TURN = 64,
    /* on a serial line, about */
    FRAME_BYTES = 55, /* of a DOTS frame beyond DOT_BYTES a dot: its header, and the first dot's absolute coordinates */
    DOT_BYTES = 36,
    HEARTBEAT_BYTES = 48,
    ACKNOWLEDGE_MAX_US = 200000
};

/* On a slow line a frame of dots takes about as long as the executor waits between heartbeats: 6 dots at 115,200 baud. */
static uint32_t dots_per_frame(uint32_t bytes_per_s)
{
    uint64_t bytes = (uint64_t)bytes_per_s * NP_WIRE_HEARTBEAT_US / 1000000u;
    uint64_t n = bytes > FRAME_BYTES + DOT_BYTES ? (bytes - FRAME_BYTES) / DOT_BYTES : 1;
    return bytes_per_s == 0 || n > NP_WIRE_DOTS_PER_FRAME ? NP_WIRE_DOTS_PER_FRAME : (uint32_t)n;
}

/* On a slow line acknowledgements take a sixteenth of it at most. */
static uint32_t acknowledge_us(uint32_t bytes_per_s)
{
    uint64_t us = bytes_per_s ? (uint64_t)16 * HEARTBEAT_BYTES * 1000000u / bytes_per_s : 0;
    return us < NP_WIRE_ACKNOWLEDGE_US ? NP_WIRE_ACKNOWLEDGE_US
           : us > ACKNOWLEDGE_MAX_US   ? ACKNOWLEDGE_MAX_US
                                       : (uint32_t)us;
}

void stream_set_pace(const np_link *link, np_wire_sender_config *config)
{
    uint32_t bytes_per_s = np_link_bytes_per_s(link);
    config->line_bytes_per_s = bytes_per_s;
    config->dots_per_frame = dots_per_frame(bytes_per_s);
    config->acknowledge_us = acknowledge_us(bytes_per_s);
}

uint64_t stream_turn(np_link *link, np_wire_sender *sender, uint64_t longest_us, const volatile sig_atomic_t *stop)
{
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    for (int i = 0; i < FRAMES_PER_TURN && np_link_receive(link, frame, &size, NULL); i++)
        np_wire_sender_receive(sender, np_clock_us(), frame, size);
    if (np_wire_sender_is_urgent(sender) && !np_link_can_send(link))
        np_link_drop_unsent(link);
    uint64_t sent_us = 0;
    bool blocked = true;
    while (np_link_can_send(link)) {
        uint64_t now = np_clock_us();
        size = np_wire_sender_send(sender, now, frame);
        blocked = size > 0;
        if (!blocked)
            break;
        np_link_send(link, NULL, frame, size);
        sent_us = now;
    }
    uint64_t now = np_clock_us(), next = np_wire_sender_deadline(sender, now);
    uint64_t wait = next > now ? next - now : 0;
    if (wait > longest_us || blocked)
        wait = longest_us;
    /* A wish that came by a signal is looked at once more right before waiting, which the signal ends too. */
    if (!stop || !*stop)
        np_link_wait(link, wait, blocked);
    return sent_us;
}
