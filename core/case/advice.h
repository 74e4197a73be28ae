/* What a case serves, and what speaks against it or against now: for people, each with its source. */
#ifndef NP_CASE_ADVICE_H
#define NP_CASE_ADVICE_H

#include "case/case.h"

/* What the person's data say (where the case says nothing of the person, only that scars are to be looked at), and what the sessions say: days too short
 * for skin to heal, too much at once, a first session that is not the lightest.  The heaviest first.  Returns how many. */
size_t np_case_findings(const np_case *c, np_person_finding out[NP_PERSON_FINDINGS_MAX]);

/* How deep in the skin a tip may come, mm: by the limits, with what the skin gives way, and over the fat of a measured skin. */
double np_case_deepest_mm(const np_case *c);

enum { NP_CASE_HELD_BYTES = 300 };
/* The zones whose depth calibration, limits or the skin's thickness hold elsewhere than it is wanted, as "crown_mm 0.6 at 0.4, ..." (depth in the
 * skin), into OUT; returns how many. */
unsigned np_case_held_depths(const np_case *c, char out[NP_CASE_HELD_BYTES]);

enum { NP_CASE_SERVED_BYTES = 200 };
/* How the case serves REASON into OUT: "layer 'scar' (scar_fill)", or what is missing.  False where nothing serves it. */
bool np_case_serves(const np_case *c, np_person_reason reason, char out[NP_CASE_SERVED_BYTES]);

#endif
