/* Similarity transforms: from the coordinates of a file to those of the program and back. */
#ifndef NP_BASE_SIMILARITY_H
#define NP_BASE_SIMILARITY_H

#include "base/vec3.h"

/* y = scale * R (x - origin); the rows of R are the new axes in the old coordinates, orthonormal and right-handed. */
typedef struct np_similarity {
    np_vec3 origin; /* old coordinates */
    np_vec3 row[3];
    double scale; /* new units per old unit; not 0 */
} np_similarity;

static const np_similarity np_similarity_identity = {.row = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, .scale = 1};

static inline np_vec3 np_similarity_apply(const np_similarity *s, np_vec3 p)
{
    np_vec3 d = np_vec3_scale(np_vec3_sub(p, s->origin), s->scale);
    return (np_vec3){np_vec3_dot(s->row[0], d), np_vec3_dot(s->row[1], d), np_vec3_dot(s->row[2], d)};
}

/* The inverse of np_similarity_apply. */
static inline np_vec3 np_similarity_revert(const np_similarity *s, np_vec3 p)
{
    np_vec3 d = np_vec3_scale(s->row[0], p.x);
    d = np_vec3_mad(d, s->row[1], p.y);
    d = np_vec3_mad(d, s->row[2], p.z);
    return np_vec3_mad(s->origin, d, 1 / s->scale);
}

#endif
