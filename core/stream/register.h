/* Registration: where the head is, as the arm sees it. */
#ifndef NP_STREAM_REGISTER_H
#define NP_STREAM_REGISTER_H

#include "case/fiducials.h"
#include "plan/plan.h"
#include "protocol/wire.h"

/* A rigid motion, arm = R(rotation) head + translation. */
typedef struct np_registration {
    double rotation[4];  /* unit quaternion w, x, y, z; w >= 0 */
    np_vec3 translation; /* mm */
    double rms_mm;       /* root mean square of the residuals */
    double worst_mm;
    unsigned worst; /* index of the fiducial with the largest residual */
} np_registration;

/* The rigid motion with the least sum of squared residuals, in closed form (Horn 1987, J. Opt. Soc. Am. A 4(4):629-642).
 * NP_ERR_GEOMETRY for fewer than 4 points, coincident or collinear ones (the rotation is not determined), those within 10 mm of one
 * plane (a flat set fits its mirror image as well), those that fit themselves once turned (points taken for one another would turn the
 * head), and for sets of which one is the mirror image of the other, however well the
 * rigid motion fits, or in another unit; NP_ERR_UNSAFE when a residual is above LIMIT_MM (the message
 * names the fiducial), or when one set is larger than the other by more than 0.5 % and little else is wrong with it.  OUT_RESIDUAL_MM[n] (may be NULL) and *OUT are filled in where a motion was found, also if it was refused.
 * Pure; any thread. */
np_status np_register(const np_fiducials *fiducials, np_registration *out, double *out_residual_mm, np_error *err);

/* Beyond it a residual is more than 0.3 mm each of surface, tracker and hand-eye calibration, 0.1 of the arm and 0.5 of the skin add up to
 * (domain: error budget of 0.6 to 0.8 mm): people are told, whatever limit_mm allows. */
#define NP_REGISTRATION_USUAL_MM 1.0

/* HEAD moved into the arm's frame. */
np_vec3 np_registration_apply(const np_registration *registration, np_vec3 head);

/* How the head lies in the arm's frame, for a person at the arm to compare with what is seen there. */
#define NP_REGISTRATION_TEXT_BYTES 200
void np_registration_say(const np_registration *registration, char out[NP_REGISTRATION_TEXT_BYTES]);

/* As it goes on the wire. */
np_wire_pose np_registration_to_wire(const np_registration *registration);

np_registration np_registration_from_wire(const np_wire_pose *pose);

/* Reads fiducials and registers them: np_fiducials_read and np_register (whose error is prefixed with PATH) in one. */
np_status np_registration_read(const char *path, np_registration *out, np_error *err);

/* The same, as it is written down with a run; *OUT_RECORD is freed with np_registration_record_fini, which is safe on zero. */
np_status np_registration_record_read(const char *path, np_plan_registration *out_record, np_error *err);
void np_registration_record_fini(np_plan_registration *record);

#endif
