/* What the person who plans is told beside the figures. */
#ifndef NP_MAKE_PRIVATE_NOTES_H
#define NP_MAKE_PRIVATE_NOTES_H

#include "make/private/making.h"

/* Adds to the plan's notes: lines, each with its end. */
np_status make_note(make_making *m, np_error *err, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
