/* Growing arrays: room for one more item, by doubling, with every product checked. */
#ifndef NP_BASE_GROW_H
#define NP_BASE_GROW_H

#include <stddef.h>

#include "base/status.h"

/* Makes room for at least NEED items in the array ITEMS (a pointer from malloc, or NULL) of CAPACITY items (a size_t), at
 * least doubling it.  NP_ERR_NO_MEMORY, which names WHAT, if there is no memory or no size_t for it: ITEMS and CAPACITY
 * are then as they were.  Any thread, for arrays of its own. */
#define NP_GROW(items, capacity, need, what, err)                                                                      \
    np_grow_array(&(items), &(capacity), (need), sizeof *(items), what, err)

/* NP_GROW's function.  ARRAY: the address of the pointer to the items. */
np_status np_grow_array(void *array, size_t *capacity, size_t need, size_t item_bytes, const char *what, np_error *err);

#endif
