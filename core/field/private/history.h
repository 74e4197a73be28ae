/* What an earlier treatment of the head left, and what it wanted. */
#ifndef NP_FIELD_PRIVATE_HISTORY_H
#define NP_FIELD_PRIVATE_HISTORY_H

#include "base/near.h"
#include "field/painter.h"

/* Zero: nothing was ever done. */
typedef struct field_history {
    np_vec3 *standing; /* dots that are there and count */
    double *tones;     /* of each of them; NAN: nobody knows */
    size_t n_standing;
    np_vec3 *planned; /* dots of the earlier plan; NULL: the case names none */
    size_t n_planned;
    np_vec3 *entries; /* of the needles whose dots stand by the journals */
    size_t n_entries;
    np_near standing_near, planned_near;
} field_history;

/* At one place; see NP_CHANNEL_HISTORY. */
typedef struct field_past {
    double made_density_per_cm2, planned_density_per_cm2, made_tone;
} field_past;

/* Takes the dots that the painter's case found into its history and its existing points: those that count behind the follicles, faded
 * ones behind these.  Fini is safe on zero. */
np_status field_history_init(np_painter *painter, np_error *err);
/* np_painter_set_history's work. */
np_status field_history_set(np_painter *painter, const np_past_mark *marks, size_t n, size_t *out_found, np_error *err);
void field_history_fini(field_history *history);
/* Any thread. */
field_past field_history_at(const field_history *history, np_vec3 p);

#endif
