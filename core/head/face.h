/* Where no needle belongs: eyes, brows, nose, lips, ears, the face below the hairline and the neck, by landmarks. */
#ifndef NP_HEAD_FACE_H
#define NP_HEAD_FACE_H

#include "case/accept.h"
#include "head/scan.h"

typedef enum np_face_part {
    NP_FACE_NONE,
    NP_FACE_EYE,
    NP_FACE_BROW,
    NP_FACE_NOSE,
    NP_FACE_MOUTH,
    NP_FACE_REST, /* forehead under the lowest hairline, cheeks, jaw */
    NP_FACE_EAR,
    NP_FACE_NECK,
} np_face_part;

/* What POSITION (head frame, mm; on the scan) belongs to, with the margins of face.c.  Const, any thread. */
np_face_part np_face_part_at(const np_scan *scan, np_vec3 position);
/* The name that allows dots on PART; NP_ACCEPT_COUNT where nothing does (eyes) or nothing needs to (none).  Any thread. */
np_accept np_face_accept(np_face_part part);
/* True on an ear and in the creases around it.  Const, any thread. */
bool np_face_is_by_ear(const np_scan *scan, np_vec3 position);

/* Where the middles of the eyes' openings are (head frame, mm), by the landmarks and the nose's root: they need no eyes in the scan.  Left and right as low as
 * they may be, then as high: one by the mark of the glabella, one by the nose, or by all heads at hand.  Within 5 mm of the true ones on the heads at hand that
 * are marked well.  Const, any thread. */
#define NP_FACE_EYES 4
void np_face_eyes(const np_scan *scan, np_vec3 out[NP_FACE_EYES]);
/* The height (z of the head frame, mm) of the chin: under it are neck, shoulders and chest.  Const, any thread. */
double np_face_chin_z_mm(const np_scan *scan);

#endif
