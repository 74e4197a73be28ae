/* From a case to a plan. */
#ifndef NP_MAKE_MAKE_H
#define NP_MAKE_MAKE_H

#include "base/progress.h"
#include "case/case.h"
#include "field/field.h"
#include "field/plugins.h"
#include "head/soundness.h"
#include "plan/plan.h"
#include "surface/treated.h"

/* What one stage of planning took. */
typedef struct np_make_timing {
    double scan_s, field_s, dots_s, tour_s, check_s;
} np_make_timing;

/* A case that was refused for what lies on the skin: the scan and the places, for a picture.  Zero-initialise; fini is safe on zero. */
typedef struct np_make_refusal {
    np_scan *scan; /* NULL where it was not refused for that */
    np_refused refused;
} np_make_refusal;
void np_make_refusal_fini(np_make_refusal *refusal);

/* What a case comes to before anything is ordered, moved or checked: for a look at it.  Zero-initialise; fini is safe on zero. */
typedef struct np_make_draft {
    np_scan *scan;
    np_treated patch; /* the treated skin */
    np_field field;   /* at its vertices */
    bool painted;     /* the field is whole */
    np_plan *plan;    /* dots by session; the layers, notes and plugins; all else is missing */
} np_make_draft;
void np_make_draft_fini(np_make_draft *draft);
/* With the strategies of *PLUGINS, which it takes over, also after an error; the case's are looked for if there are none.  After an error OUT has what was
 * made before: a field of points without dots, where dots cannot be placed. */
np_status np_make_draft_init(const np_case *c, np_plugin_list *plugins, const np_progress *progress, np_make_draft *out,
                             np_error *err);

/* Plans a case: scan, field, dots, tours, envelope, digest.  NP_ERR_UNSAFE names the dot and the limit.
 * The caller destroys *out_plan.  OUT_TIMING and OUT_REFUSAL may be NULL; the refusal is the caller's to fini. */
np_status np_make_plan(const np_case *c, const np_progress *progress, np_plan **out_plan, np_make_timing *out_timing,
                       np_make_refusal *out_refusal, np_error *err);

/* BLAKE2b-256 over MESH in the head frame, to the micrometre: what np_plan.scan_digest is of the scan a plan was made on.  Any thread. */
void np_make_scan_digest(const np_mesh *mesh, unsigned char out[NP_PLAN_DIGEST_BYTES]);

#endif
