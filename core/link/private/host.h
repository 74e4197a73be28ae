/* "HOST:PORT", as targets name it. */
#ifndef NP_LINK_PRIVATE_HOST_H
#define NP_LINK_PRIVATE_HOST_H

#include <stdbool.h>

#define LINK_HOST_BYTES 200

/* Takes TEXT apart: a name, an IPv4 address, or an IPv6 address in brackets, which are left out of OUT_HOST (of
 * LINK_HOST_BYTES); *OUT_PORT 1 to 65535, or 0 for *, which only ANY_PORT allows.  NULL, or what is wrong.  Any thread. */
const char *link_host_parse(const char *text, bool any_port, char *out_host, int *out_port);

/* Whether HOST, as link_host_parse gives it, is this machine's loopback.  Names are not looked up. */
bool link_host_is_this_machine(const char *host);

#endif
