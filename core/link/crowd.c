/* The connections of an executor by address; see crowd.h. */
#include "link/private/crowd.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    OWN_FILES = 40, /* of the program, besides connections: journal, record, ZeroMQ's own */
    LEAST = 8
};

/* Of whom FILE is.  False: of nobody any more. */
static bool address_of(int file, uint8_t out[16])
{
    struct sockaddr_storage at = {0};
    socklen_t size = sizeof at;
    memset(out, 0, 16);
    if (getpeername(file, (struct sockaddr *)&at, &size) != 0)
        return false;
    if (at.ss_family == AF_INET) {
        out[10] = out[11] = 0xff;
        memcpy(out + 12, &((const struct sockaddr_in *)(const void *)&at)->sin_addr, 4);
    } else if (at.ss_family == AF_INET6) {
        const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)&at)->sin6_addr;
        memcpy(out, v6, IN6_IS_ADDR_V4MAPPED(v6) ? 16 : 8);
    }
    return true;
}

void link_crowd_open(link_crowd *crowd)
{
    struct rlimit files;
    *crowd = (link_crowd){.open = true, .reserve = open("/dev/null", O_RDONLY | O_CLOEXEC), .most = LINK_CROWD_MAX};
    /* A link and a second one for STOP share what there is. */
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < OWN_FILES + 2 * LINK_CROWD_MAX)
        crowd->most = files.rlim_cur > OWN_FILES + 2 * LEAST ? (unsigned)(files.rlim_cur - OWN_FILES) / 2 : LEAST;
}

void link_crowd_close(link_crowd *crowd)
{
    if (crowd->open && crowd->reserve >= 0)
        close(crowd->reserve);
    *crowd = (link_crowd){0};
}

static void forget(link_crowd *crowd, unsigned i)
{
    crowd->guests[i] = crowd->guests[--crowd->n];
}

/* The end of the one of whom nothing was heard for longest, of those from ADDRESS, or of all (NULL).  ZeroMQ, whose socket it is,
 * finds it closed at the other end.  Should the number be another's by now, it must at least have come from there. */
static void shut_out(link_crowd *crowd, const uint8_t *address)
{
    unsigned oldest = crowd->n;
    uint8_t now[16];
    for (unsigned i = 0; i < crowd->n; i++)
        if ((!address || memcmp(crowd->guests[i].address, address, 16) == 0) &&
            (oldest == crowd->n || crowd->guests[i].heard_us < crowd->guests[oldest].heard_us))
            oldest = i;
    if (oldest == crowd->n)
        return;
    const link_guest *guest = &crowd->guests[oldest];
    if (address_of(guest->file, now) && memcmp(now, guest->address, sizeof now) == 0)
        shutdown(guest->file, SHUT_RDWR);
    forget(crowd, oldest);
}

static unsigned count(const link_crowd *crowd, const uint8_t address[16])
{
    unsigned n = 0;
    for (unsigned i = 0; i < crowd->n; i++)
        n += memcmp(crowd->guests[i].address, address, 16) == 0;
    return n;
}

void link_crowd_enter(link_crowd *crowd, int file, uint64_t now_us)
{
    link_guest guest = {.file = file, .heard_us = now_us};
    link_crowd_leave(crowd, file); /* of whoever had the number before */
    if (!address_of(file, guest.address))
        return; /* gone already */
    if (count(crowd, guest.address) >= LINK_CROWD_PER_ADDRESS)
        shut_out(crowd, guest.address);
    if (crowd->n >= crowd->most)
        shut_out(crowd, NULL);
    crowd->guests[crowd->n++] = guest;
}

void link_crowd_leave(link_crowd *crowd, int file)
{
    for (unsigned i = 0; i < crowd->n; i++)
        if (crowd->guests[i].file == file) {
            forget(crowd, i);
            return;
        }
}

void link_crowd_hear(link_crowd *crowd, int file, uint64_t now_us)
{
    for (unsigned i = 0; i < crowd->n; i++)
        if (crowd->guests[i].file == file)
            crowd->guests[i].heard_us = now_us;
}

void link_crowd_fail(link_crowd *crowd)
{
    crowd->failing = crowd->starved = true;
    if (crowd->reserve >= 0)
        close(crowd->reserve); /* for the one who waits at the door */
    crowd->reserve = -1;
    shut_out(crowd, NULL);
}

void link_crowd_turn(link_crowd *crowd)
{
    if (crowd->open && crowd->reserve < 0 && !crowd->failing)
        crowd->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
    crowd->failing = false;
}
