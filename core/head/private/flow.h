/* What hair flow is made of: a mesh of the head by directions, the whorls, and what is drawn. */
#ifndef NP_HEAD_PRIVATE_FLOW_H
#define NP_HEAD_PRIVATE_FLOW_H

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

typedef struct head_flow {
    head_sphere sphere;
    np_vec3 *directions; /* of its vertices */
    head_source *sources;
    size_t n_sources;
} head_flow;

/* Where the hair of SCAN comes from, source I of head_source_count. */
np_vec3 head_source_at(const np_scan *scan, size_t i);
size_t head_source_count(const np_scan *scan);
/* In the anatomical axes from the middle of the largest section, stretched to the mean man's length. */
np_vec3 head_anatomical(const np_scan *scan, np_vec3 p);

/* Solves for the flow of SCAN, whose whorls are known, and puts it there.  NP_ERR_INVALID where whorls are too near to each other. */
np_status head_flow_create(np_scan *scan, np_error *err);
void head_flow_destroy(head_flow *flow);

#endif
