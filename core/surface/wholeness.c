/* Looks at mesh files before the importer does: importers read what is left of a file that was cut short, and say nothing. */
#include "surface/wholeness.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static np_status cut_short(np_error *err, const char *path, const char *what)
{
    return np_error_set(err, NP_ERR_FORMAT, "%s: %s; is it cut short, or of another kind? export or copy it again",
                        path, what);
}

static np_status check_glb(const char *path, const unsigned char *data, size_t size, np_error *err)
{
    if (size < 20 || memcmp(data, "glTF", 4) != 0)
        return cut_short(err, path, "the file does not begin like a binary glTF");
    uint32_t length;
    memcpy(&length, data + 8, sizeof length);
    if (le32toh(length) > size)
        return cut_short(err, path, "the file is smaller than its header says");
    return NP_OK;
}

np_status np_mesh_file_check(const char *path, const char *ending, const unsigned char *data, size_t size,
                             np_error *err)
{
    if (strcasecmp(ending, ".glb") == 0)
        return check_glb(path, data, size, err);
    return NP_OK;
}
