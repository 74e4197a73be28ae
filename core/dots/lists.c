/* Lists of a parallel loop's blocks, joined in the order of the blocks, so that threads do not matter. */
#include "dots/private/lists.h"

#include <assert.h>
#include <stdlib.h>

void *dots_lists_join(const dots_list *lists, size_t n, size_t total, size_t bytes)
{
    char *all = malloc((total + 1) * bytes);
    bool failed = !all;
    size_t done = 0;
    for (size_t i = 0; i < n && !failed; i++) {
        failed = lists[i].failed;
        if (!failed && lists[i].n)
            memcpy(all + done * bytes, lists[i].items, lists[i].n * bytes);
        done += lists[i].n;
    }
    assert(failed || done == total);
    if (!failed)
        return all;
    free(all);
    return NULL;
}

void dots_lists_free(dots_list *lists, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(lists[i].items);
    free(lists);
}
