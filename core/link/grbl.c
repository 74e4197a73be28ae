/* Controllers that take lines of G-code, on anything that carries bytes: "grbl:/dev/ttyUSB0" is a serial device, "grbl:KIND:..."
 * a target of another kind.  text.c is what speaks to them. */
#include <string.h>

#include "link/private/target.h"

static const char *parse_grbl(np_link_target *target, bool listen)
{
    const link_kind *bytes = link_kind_find(target->address);
    if (bytes && (bytes->is_text || !bytes->open_port))
        return "grbl wants a line that carries bytes";
    if (bytes)
        memmove(target->address, target->address + strlen(bytes->scheme) + 1,
                strlen(target->address) - strlen(bytes->scheme));
    target->bytes = bytes ? bytes : link_kind_find("serial:");
    const char *wrong = target->bytes->parse(target, listen);
    target->is_serial = false;
    return wrong;
}

static bool is_exposed(const np_link_target *target)
{
    return target->bytes->is_exposed && target->bytes->is_exposed(target);
}

const link_kind link_kind_grbl = {
    .scheme = "grbl",
    .example = "grbl:/dev/ttyUSB0",
    .is_text = true,
    .parse = parse_grbl,
    .is_exposed = is_exposed,
};
