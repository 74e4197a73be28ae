/* The one place where arrays grow.  Sums and products are checked here, so that no count from a file can wrap round. */
#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_BYTES 1024

np_status np_grow_array(void *array, size_t *capacity, size_t need, size_t item_bytes, const char *what, np_error *err)
{
    if (need <= *capacity)
        return NP_OK;
    size_t least = LEAST_BYTES / item_bytes + 1, room, bytes;
    if (__builtin_mul_overflow(*capacity, (size_t)2, &room) || room < need)
        room = need;
    if (room < least)
        room = least;
    void *items;
    memcpy(&items, array, sizeof items);
    void *grown = __builtin_mul_overflow(room, item_bytes, &bytes) ? NULL : realloc(items, bytes);
    if (!grown)
        return np_error_no_memory(err, what);
    memcpy(array, &grown, sizeof grown);
    *capacity = room;
    return NP_OK;
}
