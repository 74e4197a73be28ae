/* Stopping an executor from outside a run; see stop.h.
 *
 * STOP is the one message without a key and without an answer.  It is repeated, because a frame may get lost, and because a
 * ZeroMQ socket that is closed at once takes what it has not yet written along. */
#include "stream/stop.h"

#include "base/clock.h"
#include "link/link.h"
#include "protocol/executor.h"

enum { REPEAT_US = 50000, WAIT_US = 10000 };

np_status np_stop_send(const char *target, const np_link_keys *curve, double timeout_s, np_error *err)
{
    np_link *link;
    np_status status = np_link_open(&(np_link_options){.target = target, .keys = curve}, &link, err);
    if (status != NP_OK)
        return status;
    uint8_t frame[NP_WIRE_FRAME_MAX], answer[NP_WIRE_FRAME_MAX];
    size_t size = np_wire_stop_frame(frame), ignored;
    uint64_t give_up = np_clock_us() + (uint64_t)(timeout_s * 1e6), first = 0, next = 0;
    for (;;) {
        uint64_t now = np_clock_us();
        if (np_link_failure(link) || (first ? now - first >= (uint64_t)(NP_STOP_SECONDS * 1e6) : now >= give_up))
            break;
        if (now >= next && np_link_can_send(link)) {
            np_link_send(link, NULL, frame, size);
            first = first ? first : now;
            next = now + REPEAT_US;
        }
        /* what an executor says on a serial line to somebody else */
        while (np_link_receive(link, answer, &ignored, NULL))
            ;
        np_link_wait(link, WAIT_US, now >= next);
    }
    const char *trouble = np_link_trouble(link), *failure = np_link_failure(link);
    if (!first && failure)
        status = np_error_set(err, NP_ERR_LINK, "%s: %s. Nothing was stopped; use the emergency stop at the arm",
                              target, failure);
    else if (!first)
        status = np_error_set(err, NP_ERR_LINK,
                              "%s: STOP could not be sent within %g s%s%s: nothing was stopped; use the "
                              "emergency stop at the arm",
                              target, timeout_s, trouble ? ": " : ": nobody is there", trouble ? trouble : "");
    np_link_close(&link);
    return status;
}
