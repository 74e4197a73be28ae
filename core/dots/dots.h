/* Placing dots: from a density on a surface to points with sessions. */
#ifndef NP_DOTS_DOTS_H
#define NP_DOTS_DOTS_H

#include "base/progress.h"
#include "surface/mesh.h"

/* Clark-Evans R of follicular patterns: of sparse scalps (domain.md 7.2), and of scalps in the mean. */
#define NP_DOTS_EVENNESS_MIN 1.42
#define NP_DOTS_EVENNESS_MAX 1.49

typedef enum np_dots_pattern {
    NP_DOTS_FOLLICULAR, /* the point statistics of real follicular units (domain.md section 7) */
    NP_DOTS_EVEN        /* maximal spacing: blue noise */
} np_dots_pattern;

/* How much work goes into an even pattern; a follicular one is the same either way. */
typedef enum np_dots_quality {
    NP_DOTS_BEST, /* smallest spacing at least 0.84 of the hexagonal lattice's (0.78 with three sessions) */
    NP_DOTS_FAST  /* 0.76 (0.72) in two thirds of the time */
} np_dots_quality;

/* A dot fixed from the start: a pin (made in SESSION or later), or an existing follicle (not made; SESSION
 * ignored). */
typedef struct np_dots_fixed {
    np_vec3 position;
    int32_t session; /* 1 first */
    int32_t layer;
    double radius_mm; /* no dot that the density makes comes nearer; spacing_min_mm or less: none does anyway */
} np_dots_fixed;

#define NP_DOTS_MAX_SESSIONS 8

/* Everything is borrowed for the call. */
typedef struct np_dots_request {
    const np_mesh *surface;        /* all of it is to be dotted where density is positive; open or closed */
    const np_vec3 *normals;        /* of its vertices */
    const double *density_per_cm2; /* of its vertices; linear in between */
    const int32_t *layer;          /* of its vertices; a dot takes its nearest corner's */
    const int32_t *first_session;  /* of its vertices, 1 first; NULL: all 1 */
    size_t n_layers;
    const np_dots_fixed *pins;
    size_t n_pins;
    const np_vec3 *existing;
    size_t n_existing;
    size_t n_made;        /* of them, the last ones: dots that were made, and no follicles */
    const np_vec3 *units; /* what the follicles count for in a density; NULL: each for itself */
    size_t n_units;
    np_dots_pattern pattern;
    np_dots_quality quality;
    double
        evenness; /* of a follicular pattern: its Clark-Evans R, NP_DOTS_EVENNESS_MIN to NP_DOTS_EVENNESS_MAX; 0: that of follicles in the mean */
    const double *layer_evenness; /* of each layer's dots, 0: EVENNESS; NULL: all 0 */
    int n_sessions;
    double cumulative_share[NP_DOTS_MAX_SESSIONS]; /* last one 1 */
    double spacing_min_mm;                         /* hard floor between any two, pins and existing included (0.45) */
    double session_spacing_min_mm; /* floor within one session (0.7), or 0.75 of its own mean spacing if that
                                      is less */
    size_t exact_count;            /* 0: the integral of the density, rounded; pins count */
    uint64_t seed;
} np_dots_request;

typedef struct np_placed_dot {
    np_surface_point point; /* of the request's surface */
    int32_t session;        /* 1 first */
    int32_t layer;
    int32_t pin;            /* index of the pin, or -1 */
    double density_per_cm2; /* the target here */
} np_placed_dot;

/* Places the dots; *out_dots (the caller frees with free) holds *out_n of them in an order that does not
 * depend on the number of threads.  Per layer, session shares are exact to one dot.  NP_ERR_INVALID for a
 * density that the floors cannot hold (says which layer and what would fit), a NaN, a pin too close to
 * another. */
np_status np_dots_place(const np_dots_request *request, const np_progress *progress, np_placed_dot **out_dots,
                        size_t *out_n, np_error *err);

#endif
