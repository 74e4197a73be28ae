/* What the treatment's lines, borders and zones measure. */
#ifndef NP_MAKE_PRIVATE_FORM_H
#define NP_MAKE_PRIVATE_FORM_H

#include "dots/form.h"
#include "make/private/making.h"

/* Of M's plan with the hair that is there and what stands from before.  Of each that its band does not hold, a note.  Needs inside_mm. */
np_status make_form(make_making *m, np_form_value out[NP_FORM_FIGURES], np_error *err);

#endif
