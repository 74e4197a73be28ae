/* Pictures and figures of a plan. */
#ifndef NP_REPORT_REPORT_H
#define NP_REPORT_REPORT_H

#include "plan/plan.h"

/* By what dots are coloured: X(id, name, what is shown). */
#define NP_REPORT_BY_TABLE(X)                                                                                          \
    X(INK, "ink", "as they will be once healed, at their size and tone")                                               \
    X(SESSION, "session", "the session")                                                                               \
    X(LAYER, "layer", "the layer")                                                                                     \
    X(DENSITY, "density", "the final density, dots/cm2")                                                               \
    X(DEPTH, "depth", "the depth below the skin, mm")                                                                  \
    X(TONE, "tone", "the tone, 0 lightest to 1 darkest")                                                               \
    X(TILT, "tilt", "the tilt from the normal, degrees")                                                               \
    X(AZIMUTH, "azimuth", "where the needle's entry leans to, degrees")                                                \
    X(OUTCOME, "outcome", "what was made")

#define NP_REPORT_BY_ENUM(id, name, what) NP_REPORT_BY_##id,
typedef enum np_report_by { NP_REPORT_BY_TABLE(NP_REPORT_BY_ENUM) NP_REPORT_BYS } np_report_by;
#undef NP_REPORT_BY_ENUM

/* "ink|session|...", for a command's option */
#define NP_REPORT_BY_CHOICE(id, name, what) "|" name
#define NP_REPORT_BY_CHOICES (&(NP_REPORT_BY_TABLE(NP_REPORT_BY_CHOICE))[1])

/* " ink: as they will be ...;", for its help */
#define NP_REPORT_BY_HELP_ITEM(id, name, what) " " name ": " what "."
#define NP_REPORT_BY_HELP NP_REPORT_BY_TABLE(NP_REPORT_BY_HELP_ITEM)

/* NP_REPORT_BYS if there is none of that NAME. */
np_report_by np_report_by_find(const char *name);

typedef struct np_report_request {
    const np_plan *plan;
    const char *plan_path;      /* its file, for the journal */
    const char *base_directory; /* the case file's folder: the scan is rebuilt from the plan's case text */
    np_report_by by;            /* the five views' colours */
} np_report_request;

/* Writes DIRECTORY/report.html (self-contained), DIRECTORY/viewer.html (the head to turn around, self-contained too) and DIRECTORY/{front,back,left,right,top}.png, which are coloured by REQUEST.by, and the maps
 * (density, depth, tone, tilt, azimuth) and the histogram of spacing.  DIRECTORY is made if it is not there. */
np_status np_report_write(const np_report_request *request, const char *directory, const np_progress *progress,
                          np_error *err);

#endif
