/* Pictures of what a person will see: before, after each session, healed, and years on; from a view and a distance, on their skin. */
#ifndef NP_REPORT_PREVIEW_H
#define NP_REPORT_PREVIEW_H

#include "plan/past.h"
#include "skin/deposit.h"
#include "skin/hair.h"

/* One moment: "before", "s1".. (right after session 1), "healed" (30 days after the last), "5y" (years after the last); or "reference": no dots
 * but shaved hair in their places. */
typedef struct np_preview_when {
    char name[16];
    double day; /* after session 1; negative: before */
    int last_session;
    bool reference;
    char text[64]; /* for the picture */
} np_preview_when;

/* Where from, about the head's anatomical axes: AZIMUTH 0 is in front, 90 the subject's left; ELEVATION 90 from above. */
typedef struct np_preview_view {
    char name[32];
    double azimuth_deg, elevation_deg;
} np_preview_view;

#define NP_PREVIEW_MAX 16 /* of views, distances and moments each */
#define NP_PREVIEW_VIEWS "front|three-quarter|left|right|back|top|AZ,EL"
#define NP_PREVIEW_DISTANCE_MIN_M 0.25
#define NP_PREVIEW_DISTANCE_MAX_M 5.0

typedef struct np_preview_request {
    const np_plan *plan;
    const char *plan_path;      /* for its journal, if MADE */
    const char *base_directory; /* the case file's folder */
    np_preview_view views[NP_PREVIEW_MAX];
    np_preview_when whens[NP_PREVIEW_MAX];
    double distances_m[NP_PREVIEW_MAX];
    size_t n_views, n_whens, n_distances;
    np_lab skin;
    np_skin_hair hair; /* NP_SKIN_HAIRS: none; else at the case's existing follicles, and of the reference */
    double stubble_mm; /* above the skin */
    double light_kelvin;
    np_skin_model model;
    int width, height;
    bool compare; /* each picture with the skin before it at its left */
    bool made;    /* dots that were made, as deep as was measured, instead of those planned */
    double
        standing_years; /* from the newest dot that stands from before to session 1 of a touch-up; less than it takes to heal: healed */
} np_preview_request;

/* What came of it. */
typedef struct np_preview_written {
    int pictures;
    char missing
        [NP_PLAN_PAST_WARNING_BYTES]; /* why dots that stand from before are not drawn; "": they are, or there are none */
} np_preview_written;

/* NP_ERR_USAGE for what is no such thing, with what is. */
np_status np_preview_parse_view(const char *text, np_preview_view *out_view, np_error *err);
np_status np_preview_parse_when(const char *text, const np_plan *plan, np_preview_when *out_when, np_error *err);
/* A class's name ("light", ...: an example of it) or "L,a,b" as measured. */
np_status np_preview_parse_skin(const char *text, np_lab *out_skin, np_error *err);

/* Writes DIRECTORY/VIEW-DISTANCE-WHEN.png for all of them; DIRECTORY is made if it is not there.  Dots that stand from before a
 * touch-up are drawn at every moment; where they are not all known, the caption says why there are none. */
np_status np_preview_write(const np_preview_request *request, const char *directory, const np_progress *progress,
                           np_preview_written *out, np_error *err);

/* Minutes of arc of a pixel from DISTANCE_M away; beyond 1 single dots cannot be seen. */
double np_preview_arcmin_per_pixel(const np_preview_request *request, double distance_m);

#endif
