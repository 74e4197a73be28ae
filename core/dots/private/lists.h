/* What blocks of a parallel loop find, each as many as there are, put one behind the other. */
#ifndef NP_DOTS_PRIVATE_LISTS_H
#define NP_DOTS_PRIVATE_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/grow.h"

/* One block's.  Zero is empty. */
typedef struct dots_list {
    void *items;
    size_t n, room;
    bool failed; /* no memory: it lacks some */
} dots_list;

/* Appends the BYTES at ITEM, as many for each item of a list. */
static inline void dots_list_add(dots_list *list, const void *item, size_t bytes)
{
    if (list->n == list->room &&
        np_grow_array(&list->items, &list->room, list->n + 1, bytes, "the links between dots", NULL) != NP_OK)
        list->failed = true;
    else
        memcpy((char *)list->items + bytes * list->n++, item, bytes);
}

/* The items of N lists, TOTAL of them, of BYTES each, in the lists' order; the caller frees.  NULL where there is no memory, or there was none. */
void *dots_lists_join(const dots_list *lists, size_t n, size_t total, size_t bytes);

void dots_lists_free(dots_list *lists, size_t n);

#endif
