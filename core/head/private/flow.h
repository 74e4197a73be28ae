/* What hair flow is made of: a mesh of the head by directions, the whorls, and what is drawn. */
#ifndef NP_HEAD_PRIVATE_FLOW_H
#define NP_HEAD_PRIVATE_FLOW_H

#include "base/near.h"
#include "head/scan.h"

/* The skin as it is seen from the middle of the largest horizontal section: one vertex in each of some 10,000 directions, 3 to 4 mm apart on
 * the scalp, whatever mesh the scan has.  Ears and ragged edges are smoothed away, and where there is no skin it goes on as on the mean
 * head.  A closed surface. */
typedef struct head_sphere {
    np_mesh mesh;
    np_vec3 *normals;
    uint32_t *lattice; /* the vertex at each point on the faces of a cube */
} head_sphere;

/* A place on it: in a triangle of the mesh, between its CORNERS by WEIGHT. */
typedef struct head_sphere_place {
    uint32_t corners[3];
    double weight[3];
} head_sphere_place;

/* Casts some 10,000 rays.  head_sphere_fini is safe on zero and after an error.  Places may be asked for from any thread. */
np_status head_sphere_init(head_sphere *sphere, const np_scan *scan, np_error *err);
void head_sphere_fini(head_sphere *sphere);
head_sphere_place head_sphere_find(const head_sphere *sphere, np_vec3 point);

/* Where hair comes from: a whorl, or of a head without any the usual place, from which it radiates. */
typedef struct head_source {
    np_vec3 at;
    double turn;     /* 1 counterclockwise, -1 clockwise, 0 straight out */
    double strength; /* how far it reaches, 1: 60 mm */
    double core_mm;  /* within this hair is its spiral's and nothing else's */
} head_source;

/* A place on a stroke. */
typedef struct head_stroke_sample {
    np_vec3 at, along, normal; /* on the skin; along it and square to it, unit */
    double arc_mm;             /* from the stroke's beginning */
    unsigned stroke;
} head_stroke_sample;

/* How hair grows by what a person draws.  Zero: nothing is drawn. */
typedef struct head_strokes {
    const np_case_scan *source; /* borrowed: names, lines */
    head_stroke_sample *samples;
    size_t n, capacity;
    np_near near;
} head_strokes;

typedef struct head_flow {
    head_sphere sphere;
    np_vec3 *directions; /* of its vertices */
    head_source *sources;
    size_t n_sources;
} head_flow;

/* Puts where SOURCE (or NULL) gives its whorls before an error NP_ERR_INVALID that is of them; returns STATUS. */
np_status head_blame_whorls(const np_case_scan *source, np_status status, np_error *err);

/* Where the hair of SCAN comes from, source I of head_source_count. */
np_vec3 head_source_at(const np_scan *scan, size_t i);
size_t head_source_count(const np_scan *scan);
/* In the anatomical axes from the middle of the largest section, stretched to the mean man's length. */
np_vec3 head_anatomical(const np_scan *scan, np_vec3 p);

/* The unit tangent in which hair of SOURCE alone grows at POINT, where the normal is NORMAL; zero in its very middle. */
np_vec3 head_source_spiral(const head_source *source, np_vec3 point, np_vec3 normal);

/* Solves for the flow of SCAN, whose whorls are known, with the strokes of SOURCE (NULL: none), and puts it there.  NP_ERR_INVALID where
 * whorls are too near to each other, or as of strokes. */
np_status head_flow_create(np_scan *scan, const np_case_scan *source, np_error *err);
void head_flow_destroy(head_flow *flow);

/* Lays the strokes of SOURCE on SCAN, and takes the cores of SOURCES back from them.  NP_ERR_INVALID names file and line of a stroke that
 * lies off the skin or on the face, runs against another one or against a whorl's spiral.  SOURCE must live as long.  head_strokes_fini is safe on zero and after
 * an error. */
np_status head_strokes_init(head_strokes *strokes, const np_scan *scan, const np_case_scan *source,
                            head_source *sources, size_t n_sources, np_error *err);
void head_strokes_fini(head_strokes *strokes);
/* How much the nearest stroke pulls at POINT, per mm2, and where to: *OUT_ALONG, unit; 0 and zero where none is near. */
double head_strokes_pull(const head_strokes *strokes, np_vec3 point, np_vec3 normal, np_vec3 *out_along);
/* NP_ERR_INVALID where FLOW turns around or parts on the scalp at a place that neither the whorls nor the border need: strokes that ask for
 * it do not go together. */
np_status head_strokes_check(const head_strokes *strokes, const np_scan *scan, const head_flow *flow, np_error *err);

#endif
