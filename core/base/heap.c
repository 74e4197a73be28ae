/* The heap of the fronts and paths over a mesh.  Entries are never changed in place: a better key is pushed as a new entry,
 * and the caller drops the old one when it comes up, which is simpler than a heap that knows where each item stands. */
#include "base/heap.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/grow.h"

void np_heap_fini(np_heap *heap)
{
    free(heap->entries);
    *heap = (np_heap){0};
}

static bool is_before(np_heap_entry a, np_heap_entry b)
{
    return a.key != b.key ? a.key < b.key : a.item < b.item;
}

np_status np_heap_push(np_heap *heap, np_heap_entry entry, np_error *err)
{
    assert(entry.key == entry.key);
    np_status status = NP_GROW(heap->entries, heap->capacity, heap->n + 1, "a heap", err);
    if (status != NP_OK)
        return status;
    size_t i = heap->n++;
    while (i > 0 && is_before(entry, heap->entries[(i - 1) / 2])) {
        heap->entries[i] = heap->entries[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap->entries[i] = entry;
    return NP_OK;
}

np_heap_entry np_heap_pop(np_heap *heap)
{
    assert(heap->n > 0);
    np_heap_entry top = heap->entries[0], last = heap->entries[--heap->n];
    size_t i = 0;
    for (size_t child = 1; child < heap->n; child = 2 * i + 1) {
        if (child + 1 < heap->n && is_before(heap->entries[child + 1], heap->entries[child]))
            child++;
        if (!is_before(heap->entries[child], last))
            break;
        heap->entries[i] = heap->entries[child];
        i = child;
    }
    heap->entries[i] = last;
    return top;
}
