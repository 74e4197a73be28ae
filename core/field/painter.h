/* Strategies at work in their helper processes, and layers composed into the needle field. */
#ifndef NP_FIELD_PAINTER_H
#define NP_FIELD_PAINTER_H

#include "base/progress.h"
#include "case/case.h"
#include "field/field.h"
#include "field/plugins.h"
#include "head/scan.h"
#include "surface/region.h"
#include "surface/treated.h"

/* A dot that a strategy placed by hand. */
typedef struct np_pin {
    np_surface_point point;                                 /* on the scan */
    double depth_mm, tilt_rad, azimuth_rad, tone, dwell_ms; /* NAN: what is painted there */
    double radius_mm; /* no dot of a density has its mark nearer; 0: it keeps the spacing alone */
    int32_t session, layer;
} np_pin;

/* All layers of a case on a scan, ready to be asked. */
typedef struct np_painter np_painter;

/* Finds the plugins, checks the layers' parameters, draws regions and curves, starts the helper process and
 * runs each strategy's layout.  Borrows CASE and SCAN, which must outlive the painter.  The caller destroys
 * *out_painter (which ends the helper).  NP_ERR_PLUGIN names plugin, layer and reason; NP_ERR_STOPPED when PROGRESS says so. */
np_status np_painter_create(const np_case *c, const np_scan *scan, const np_progress *progress,
                            np_painter **out_painter, np_error *err);
/* The same with the strategies of *PLUGINS, which it takes over, also after an error; the case's are looked for if there are none. */
np_status np_painter_create_of(const np_case *c, const np_scan *scan, np_plugin_list *plugins,
                               const np_progress *progress, np_painter **out_painter, np_error *err);
void np_painter_destroy(np_painter *painter);

/* Signed distance to the border of the treated area: inside any layer's region or reach, outside every
 * keep-out with its margin.  An np_treated_inside; CONTEXT is the painter.  Any thread. */
double np_painter_inside_mm(void *painter, const np_surface_point *p);

/* Runs every strategy over the N points (of the scan) and composes the layers, last on top, into OUT (of N).
 * Sample ids are their indices plus FIRST_ID.  One call at a time. */
np_status np_painter_paint(np_painter *painter, const np_surface_point *points, size_t n, uint64_t first_id,
                           const np_progress *progress, np_field *out, np_error *err);

/* Ends the helper processes, with all that they started: until the next paint, which starts them anew, no strategy is at work.  Calls
 * that ask for nothing of a strategy go on as before.  NULL is allowed. */
void np_painter_rest(np_painter *painter);

/* Depth in the skin at P where no strategy has its own: by zone, as the case says.  Any thread. */
double np_painter_zone_depth_mm(const np_painter *painter, const np_surface_point *p);

const np_pin *np_painter_pins(const np_painter *painter, size_t *out_n);
const char *np_painter_strategy_version(const np_painter *painter, size_t layer); /* "hairline 1.0.0" */
const char *np_painter_strategy_origin(const np_painter *painter,
                                       size_t layer); /* np_plugin_origin's line, and one for each file it was given */
/* What the strategies had to say, a line each ("layer front (hairline): note: ..."); "" if nothing.  Valid
 * until the next paint. */
const char *np_painter_notes(const np_painter *painter);
/* A dot of an earlier plan of the head. */
typedef struct np_past_mark {
    np_vec3 position; /* of the mark, head frame */
    np_vec3 entry;    /* where its needle entered or would have */
    double tone;
    bool stands;         /* it was made, or may have been */
    bool makes_hairline; /* its strategy designed one with it */
} np_past_mark;

/* Tells PAINTER what earlier plans wanted, and what of it was made.  Where the case says what was found (made.file), that counts, and
 * new dots only keep clear of what was made besides.  *OUT_FOUND: how many of those that stand were found within 1 mm; all where
 * nobody looked.  Once, before the first paint.  NP_ERR_INVALID where marks lie off the scan. */
np_status np_painter_set_history(np_painter *painter, const np_past_mark *marks, size_t n, size_t *out_found,
                                 np_error *err);
/* Where the needles of dots that stand went in, by the journals (head frame): entries of new ones keep the floor to them. */
const np_vec3 *np_painter_past_entries(const np_painter *painter, size_t *out_n);

/* NP_ERR_INVALID, with file and line of the layer, if a strategy asks what was made before (NP_CHANNEL_HISTORY) and the case does not
 * say it: all of it would be made again. */
np_status np_painter_check_history(const np_painter *painter, np_error *err);

/* A dot may be found so far from where it was planned. */
#define NP_FOUND_WITHIN_MM 1.0

/* Dots of earlier treatments that stand and count, on the scan (head frame), marks where journals say; none faded. */
const np_surface_point *np_painter_standing(const np_painter *painter, size_t *out_n);
/* What dots keep clear of, on the scan (head frame): existing follicles, and behind them dots that were made. */
const np_surface_point *np_painter_existing(const np_painter *painter, size_t *out_n);
/* What a pattern counts of existing follicles: their units, where the case lists hairs one by one, each at the middle of its hairs. */
const np_surface_point *np_painter_units(const np_painter *painter, size_t *out_n);

#endif
