/* What a curve is made of.  region.h is what others use. */
#ifndef NP_SURFACE_PRIVATE_CURVE_H
#define NP_SURFACE_PRIVATE_CURVE_H

#include "surface/region.h"
#include "surface/topology.h"

/* Where the curve passes an edge of the mesh, LO < HI, at LO + T (HI - LO). */
typedef struct surface_curve_cut {
    uint32_t lo, hi;
    double t;
    bool left_is_hi; /* HI is on the curve's left */
} surface_curve_cut;

/* Segment I runs from point I to the next one, within one triangle. */
typedef struct surface_curve_in_triangle {
    uint32_t triangle, segment;
} surface_curve_in_triangle;

typedef struct surface_curve_box {
    np_vec3 low, high;
} surface_curve_box;

/* Distance field at a vertex of the mesh; floats where a hundredth of a per cent will do. */
typedef struct surface_curve_vertex {
    double distance_mm; /* unsigned; INFINITY on parts of the mesh that the curve is not on */
    double arc_mm;
    float gradient[3];
    int8_t side; /* 1 left, -1 right, 0 unknown */
} surface_curve_vertex;

struct np_curve {
    char *name;
    const np_surface *surface;
    const np_mesh *mesh;
    bool closed;
    bool separates; /* closed, and everything on the curve's part of the mesh is on one side or the other */

    np_surface_point *points; /* n; every passage over an edge is one of them */
    double *arc_mm;           /* n */
    size_t n, capacity;
    double length_mm;
    uint32_t *segment_triangle; /* n_segments */
    size_t n_segments;          /* n if closed, else n - 1 */
    size_t segment_capacity;
    double *control_arc_mm; /* n_control: where the control points are */
    size_t n_control;

    surface_curve_cut *cuts; /* by lo, hi, t */
    size_t n_cuts, cut_capacity;
    surface_curve_in_triangle *in_triangle; /* n_segments, by triangle, then segment */

    /* A binary tree of boxes over the segments in their order: node i has children 2i and 2i + 1, root 1, leaves from
     * n_leaves on. */
    surface_curve_box *boxes;
    size_t n_leaves;

    surface_curve_vertex *field; /* n_vertices of the mesh */
    double within_mm;            /* see surface_curve_create_within */
};

#define SURFACE_CURVE_LEAF 4

/* Nearest point of the polyline. */
typedef struct surface_curve_hit {
    double distance_mm; /* straight through space */
    size_t segment;
    double t; /* 0..1 along it */
} surface_curve_hit;

/* Ends of a segment. */
np_vec3 surface_curve_start(const np_curve *curve, size_t segment);
np_vec3 surface_curve_end(const np_curve *curve, size_t segment);
/* The segments in TRIANGLE: entries of in_triangle, *OUT_N of them. */
const surface_curve_in_triangle *surface_curve_segments_in(const np_curve *curve, uint32_t triangle, size_t *out_n);
/* The cuts of the edge between A and B, from the lower number; *OUT_N of them. */
const surface_curve_cut *surface_curve_cuts_of(const np_curve *curve, uint32_t a, uint32_t b, size_t *out_n);
/* Nearest point of SEGMENT to P; replaces *HIT if nearer. */
void surface_curve_try_segment(const np_curve *curve, size_t segment, np_vec3 p, surface_curve_hit *hit);
/* Which side of the curve P is on, seen along NORMAL, from its nearest point: 1 left, -1 right. */
int surface_curve_side(const np_curve *curve, const surface_curve_hit *hit, np_vec3 p, np_vec3 normal);
/* Nearest point of the polyline to P, if nearer than hit->distance_mm. */
void surface_curve_nearest(const np_curve *curve, np_vec3 p, surface_curve_hit *hit);
np_vec3 surface_curve_hit_position(const np_curve *curve, const surface_curve_hit *hit);
np_vec3 surface_curve_hit_normal(const np_curve *curve, const surface_curve_hit *hit);
/* How much longer than CHORD the way along a surface is that turns from one unit normal to the other. */
double surface_curve_stretch(np_vec3 from_normal, np_vec3 to_normal, np_vec3 chord);
double surface_curve_hit_arc(const np_curve *curve, const surface_curve_hit *hit);

/* np_curve_create of a closed curve that will be asked near it alone: distances that are farther than WITHIN_MM, and some edges of the mesh
 * more, may be told shorter, but not shorter than WITHIN_MM. */
np_status surface_curve_create_within(const np_surface *surface, const char *name, const np_vec3 *control, size_t n,
                                      bool closed, double within_mm, const np_progress *progress, np_curve **out_curve,
                                      np_error *err);

/* Builds in_triangle, boxes, sides and the distance field, from points and cuts. */
np_status surface_curve_index(np_curve *curve, const np_topology *topology, const np_progress *progress, np_error *err);

#endif
