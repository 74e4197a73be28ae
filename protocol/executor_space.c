/* The place of the next dot beside the places of those that were made.
 *
 * Every dot has been signed, and the plan's side keeps any two apart over the whole treatment.  This is the executor's own look
 * at it: no dot too close to one of the last that it made of this session, under whatever number.  How many it remembers is
 * the configuration's, as memory is bounded; and it remembers nothing across a restart, as the journal has numbers and no
 * places. */
#include "protocol/private/executor.h"

#include <string.h>

#include "protocol/private/print.h"

/* Both places were rounded to 1 um in each axis. */
#define ROUNDING_UM 2

/* Another session, or plan: another set of places. */
static void begin_anew_if_another(np_wire_executor *x)
{
    if (x->made_session == x->load.session && memcmp(x->made_digest, x->load.digest, sizeof x->made_digest) == 0)
        return;
    x->made_session = x->load.session;
    memcpy(x->made_digest, x->load.digest, sizeof x->made_digest);
    x->n_made = 0;
}

/* Square of the distance, in um2; positions are within 0.4 m. */
static int64_t square_distance(const int32_t a[3], const int32_t b[3])
{
    int64_t sum = 0;
    for (int i = 0; i < 3; i++) {
        int64_t d = (int64_t)a[i] - b[i];
        sum += d * d;
    }
    return sum;
}

int64_t wire_executor_root(int64_t square)
{
    int64_t root = 0;
    for (int64_t bit = INT64_C(1) << 31; bit > 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= square)
            root += bit;
    return root;
}

bool wire_executor_has_room(np_wire_executor *x, const np_wire_dot *dot)
{
    const int64_t limit = NP_WIRE_SPACING_MIN_UM - ROUNDING_UM;
    char text[NP_WIRE_TEXT_BYTES];
    begin_anew_if_another(x);
    uint32_t kept = x->config.spacing_dots, n = x->n_made < kept ? x->n_made : kept;
    for (uint32_t i = 0; i < n; i++) {
        const wire_made *m = &x->made[i];
        int64_t square = m->order == dot->order ? INT64_MAX : square_distance(m->position_um, dot->position_um);
        if (square >= limit * limit)
            continue;
        wire_print(text, sizeof text, "dot %lu lies %ld um from dot %lu, which was made: dots are at least %d um apart",
                   (unsigned long)dot->id, (long)wire_executor_root(square), (unsigned long)m->id,
                   NP_WIRE_SPACING_MIN_UM);
        wire_executor_enter_fault(x, NP_WIRE_REASON_DOT_LIMIT, text);
        return false;
    }
    return true;
}

void wire_executor_note_place(np_wire_executor *x, const np_wire_dot *dot)
{
    if (!x->config.spacing_dots)
        return;
    wire_made *m = &x->made[x->n_made++ % x->config.spacing_dots];
    *m = (wire_made){.order = dot->order, .id = dot->id};
    memcpy(m->position_um, dot->position_um, sizeof m->position_um);
}
