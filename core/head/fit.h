/* The fit: units, pose and landmarks of a raw scan of a head, found without a person, with a verdict on what was found. */
#ifndef NP_HEAD_FIT_H
#define NP_HEAD_FIT_H

#include <stdbool.h>

#include "base/progress.h"
#include "case/case.h"
#include "surface/mesh.h"

typedef enum np_fit_mark {
    NP_FIT_GLABELLA,
    NP_FIT_NASION,
    NP_FIT_PRONASALE,
    NP_FIT_INION,
    NP_FIT_TRAGION_LEFT,
    NP_FIT_TRAGION_RIGHT,
    NP_FIT_VERTEX,
    NP_FIT_MARKS
} np_fit_mark;

extern const char *const np_fit_mark_names[NP_FIT_MARKS];

typedef enum np_fit_verdict {
    NP_FIT_REFUSE, /* no head, or not one that can be told apart from a wrong answer: nothing below holds */
    NP_FIT_CHECK,  /* a head; REASONS says what a person has to look at, and GUESSED which landmarks are guesses */
    NP_FIT_CONFIRM /* a head, and nothing was seen that speaks against any landmark */
} np_fit_verdict;

#define NP_FIT_OUTLINE 40

/* How well a head was seen: what the verdict stands on.  Costs are 0 (every point of the template lies on the scan) to 1. */
typedef struct np_fit_figures {
    double coarse_cost, rival_cost, cost, face_cost,
        cranium_cost;       /* rival: the best pose that is a different one; 1: none */
    double second_cost;     /* of a second head; 1: none */
    double stretch;         /* log of the scale along the axis that departs most from the template's */
    double cranium_missing; /* share of the template's cranium without skin beside it */
    double mirror_share, mirror_rms_mm, plane_deg;
    double nose_mm, bridge_mm; /* relief */
    bool nose_at_edge;
    double shift_mm[3];                   /* glabella, nasion, pronasale: from where the face as a whole puts them */
    double tip_hole, front_hole;          /* share of empty cells around */
    double covered;                       /* share of the cranium with another surface over it */
    double ear_cost[2], ear_relief_mm[2]; /* left, right */
    int ears;
    double ear_skew_mm;
    double size; /* log of head size to the template's, in the nearest known unit */
    bool no_inion, no_vertex;
} np_fit_figures;

typedef struct np_fit {
    np_fit_verdict verdict;
    char reasons[512];           /* "a; b": why it is refused, or what to look at; "" if nothing */
    np_vec3 marks[NP_FIT_MARKS]; /* in the coordinates of the mesh */
    bool guessed[NP_FIT_MARKS];
    np_vec3 outline
        [NP_FIT_OUTLINE]; /* border of the usual hair-bearing scalp, closed, from the middle of the front to the left */
    np_vec3 whorl;        /* where one usually lies (domain.md 2.4); not seen on the scan */
    np_case_unit units;
    bool units_known;   /* else UNITS is the nearest, and the size is not one of a head in any unit */
    bool units_guessed; /* the size is unusual */
    double mm_per_unit;
    bool inward; /* faces look inwards: the scan is inside out, or mirrored */
    double length_mm, breadth_mm, tragion_to_top_mm;
    np_fit_figures figures;
} np_fit;

/* Fits MESH (any units, any pose; neck, shoulders, holes and noise allowed), whose stray triangles are turned to agree with
 * their neighbours where they are few (np_mesh_make_coherent).  *OUT_FIT says what was found, or why it is refused; a mirrored scan cannot be told from a head, so a person
 * confirms left and right always.  The result does not depend on the number of threads.  NP_ERR_GEOMETRY where the faces' winding
 * is random, NP_ERR_NO_MEMORY; a head that is not found is no error here.
 * Method: a template of 1244 points is fitted by point-to-plane ICP (Chen and Medioni 1992) from super-Fibonacci rotations
 * (Alexa, CVPR 2022) about spheres that pairs of normals propose; then the mirror plane, the face, the ears and the profile. */
np_status np_fit_mesh(np_mesh *mesh, np_fit *out_fit, np_error *err);

/* Reads the mesh file PATH, as np_scan_create does, and fits it; NP_ERR_GEOMETRY with the reasons where the verdict is to
 * refuse; NP_ERR_STOPPED where PROGRESS says so: at once while it is read, at its end while it is fitted.  The mesh goes to *out_mesh, in file coordinates; the caller frees it (np_mesh_fini), also on error. */
np_status np_fit_file(const char *path, const np_progress *progress, np_mesh *out_mesh, np_fit *out_fit, np_error *err);

#endif
