/* Hosts and ports in targets, for every kind that goes over a network. */
#include "link/private/host.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *link_host_parse(const char *text, bool any_port, char *out_host, int *out_port)
{
    const char *colon = strrchr(text, ':'), *begin = text;
    bool in_brackets = text[0] == '[';
    if (!colon || (in_brackets && strchr(text, ']') == text + strlen(text) - 1))
        return "the port is missing";
    if (colon == text)
        return "the host is missing";
    if (in_brackets && colon[-1] != ']')
        return "an IPv6 address ends with ] before the port";
    if (!in_brackets && strchr(text, ':') != colon)
        return "an IPv6 address stands in brackets";
    size_t n = (size_t)(colon - begin) - (in_brackets ? 2 : 0);
    if (n >= LINK_HOST_BYTES)
        return "the host is too long";
    snprintf(out_host, LINK_HOST_BYTES, "%.*s", (int)n, begin + in_brackets);
    if (strpbrk(out_host, "/ \\@"))
        return "the host is no name and no address";
    struct in6_addr v6;
    if (in_brackets && inet_pton(AF_INET6, out_host, &v6) != 1 && !strchr(out_host, '%'))
        return "what stands in brackets is no IPv6 address";
    size_t digits = strspn(colon + 1, "0123456789");
    bool any = any_port && strcmp(colon + 1, "*") == 0;
    *out_port = any || digits == 0 || digits > 7 || colon[1 + digits] ? 0 : atoi(colon + 1);
    return any || (*out_port >= 1 && *out_port <= 65535) ? NULL : "the port must be a number from 1 to 65535";
}

bool link_host_is_this_machine(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return strcmp(host, "localhost") == 0 || (inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6));
}
