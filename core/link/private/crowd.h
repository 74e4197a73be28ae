/* Who is connected to an executor, so that no crowd takes STOP away from others; private to the room.
 *
 * Descriptors are what connections take, and silent ones can take all of them: then nobody gets in any more, and nobody can
 * stop.  So each address, and all together, have a limit; whoever comes beyond it gets in, and the one of whom nothing was heard
 * for longest is shut out for him, which is never the sender of a session (25 ms) nor somebody who has come to STOP.  One
 * descriptor is held in reserve for the one who could not be let in, and that one was not is told. */
#ifndef NP_LINK_PRIVATE_CROWD_H
#define NP_LINK_PRIVATE_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#define LINK_CROWD_PER_ADDRESS 16u
#define LINK_CROWD_MAX 256u

typedef struct link_guest {
    int file;
    uint64_t heard_us;   /* or when he came */
    uint8_t address[16]; /* IPv4 mapped; of IPv6 the network (/64) alone; zeros: this machine, by ipc */
} link_guest;

typedef struct link_crowd {
    bool open;
    int reserve;  /* -1: given away */
    bool failing; /* in this turn somebody could not be let in */
    bool starved; /* since it was asked last */
    unsigned most, n;
    link_guest guests[LINK_CROWD_MAX];
} link_crowd;

void link_crowd_open(link_crowd *crowd);
void link_crowd_close(link_crowd *crowd);
/* FILE was connected at NOW_US; it is somebody else's to close. */
void link_crowd_enter(link_crowd *crowd, int file, uint64_t now_us);
void link_crowd_leave(link_crowd *crowd, int file);
/* A frame came over FILE. */
void link_crowd_hear(link_crowd *crowd, int file, uint64_t now_us);
/* A connection could not be accepted. */
void link_crowd_fail(link_crowd *crowd);
/* Once in each turn of the loop, after the others. */
void link_crowd_turn(link_crowd *crowd);

#endif
