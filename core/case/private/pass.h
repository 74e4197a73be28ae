/* What passes between the planner and the reader of side files, said once for both ends: the same calls write a message and read one.
 * Internal. */
#ifndef NP_CASE_PRIVATE_PASS_H
#define NP_CASE_PRIVATE_PASS_H

#include "case/case.h"
#include "sandbox/message.h"

/* Reading believes nothing: what is beyond a bound fails the message, and leaves what it was to go to as it was, or empty. */
typedef struct case_pass {
    np_message *message;
    bool reading;
} case_pass;

/* 0 to MAX. */
void case_pass_count(case_pass *pass, unsigned max, unsigned *value);
/* MIN to MAX; NAN only where OR_NAN. */
void case_pass_number(case_pass *pass, double min, double max, bool or_nan, double *value);
/* At most MAX_BYTES long; NULL stays NULL.  Reading makes a new string, the caller frees. */
void case_pass_text(case_pass *pass, size_t max_bytes, char **text);
/* A place as a case may name one. */
void case_pass_point(case_pass *pass, np_vec3 *point);
/* At most as many as a list of a case may have.  Reading makes a new array, NULL for none, the caller frees. */
void case_pass_points(case_pass *pass, np_case_points *points);
/* N numbers each of which is passed as by case_pass_number; reading makes a new array, NULL for none. */
void case_pass_numbers(case_pass *pass, double min, double max, bool or_nan, unsigned n, double **values);

#endif
