/* Dots that stand in the skin of a touch-up, as deposits: under the plan's own in every picture. */
#ifndef NP_REPORT_PRIVATE_STANDING_H
#define NP_REPORT_PRIVATE_STANDING_H

#include "head/scan.h"
#include "plan/past.h"
#include "report/private/preview.h"
#include "skin/deposit.h"

/* What of it is not told by its dot: its layer is not one of the plan's. */
typedef struct report_standing_dot {
    np_dot dot;
    np_skin_deposit deposit;
    double older_days; /* than the newest that stands */
    bool hairline;     /* of such a layer */
    bool in_doubt;     /* it may not be there */
} report_standing_dot;

/* Zero-initialise; fini is safe on zero. */
typedef struct report_standing {
    report_standing_dot *dots;
    size_t n;
    char
        missing[NP_PLAN_PAST_WARNING_BYTES]; /* why there are none where there should be; "": there is nothing to say */
} report_standing;

/* Whether DOT of PLAN is of a layer that draws a hairline. */
bool report_is_hairline(const np_plan *plan, const np_dot *dot);

/* Of PLAN by the journals of its earlier plans, looked for from FOLDER on; none where nothing stands. */
np_status report_standing_read(report_standing *out, const np_plan *plan, const char *folder,
                               const np_skin_model *model, np_error *err);
/* Of PLAN, whose case is C (its earlier plans are looked for from FOLDER on): by the journals, or those that were found (made.file), which take the plan's own needle and mean
 * depth, and its mean tone where they have none.  C and SCAN may be NULL: where dots that were found lie nobody knows then, and MISSING says so. */
np_status report_standing_init(report_standing *out, const np_plan *plan, const np_case *c, const np_scan *scan,
                               const char *folder, const np_skin_model *model, np_error *err);
void report_standing_fini(report_standing *standing);

/* Adds them as they are DAY days after the plan's session 1, which is NEWEST_DAYS after the newest of them was made. */
np_status report_standing_draw(const report_standing *standing, const np_skin_model *model, np_lab skin,
                               double newest_days, double day, report_preview_scene *scene, np_error *err);

#endif
