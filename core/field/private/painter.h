/* A painter whose strategies do not run yet. */
#ifndef NP_FIELD_PRIVATE_PAINTER_H
#define NP_FIELD_PRIVATE_PAINTER_H

#include "field/private/painter_parts.h"

/* np_painter_create before any layout, with helpers of HELPER_PROGRAM (static text) and the strategies of *PLUGINS, which it takes over; those
 * are looked for if there are none.  *out_painter is there after an error too, for np_painter_destroy; NULL without memory. */
np_status field_painter_create(const np_case *c, const np_scan *scan, const char *helper_program,
                               np_plugin_list *plugins, const np_progress *progress, np_painter **out_painter,
                               np_error *err);

#endif
