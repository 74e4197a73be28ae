/* Parts of the fit: samples, template, cranium, pose, work frame, patches, marks, verdict.
 *
 * Work frame: the template's head frame on the scan, lengths in template mm (scan units over the head's size against the
 * template's). */
#ifndef NP_HEAD_PRIVATE_FIT_H
#define NP_HEAD_PRIVATE_FIT_H

#include "head/fit.h"
#include "surface/surface.h"

/* ---- small algebra ---- */

#define FIT_UNKNOWNS 9

typedef struct fit_turn { /* a rotation */
    np_vec3 row[3];
} fit_turn;

/* Normal equations of up to 9 unknowns. */
typedef struct fit_system {
    int n;
    double a[FIT_UNKNOWNS][FIT_UNKNOWNS], b[FIT_UNKNOWNS];
} fit_system;

np_vec3 fit_turn_apply(const fit_turn *r, np_vec3 v);
np_vec3 fit_turn_revert(const fit_turn *r, np_vec3 v); /* the inverse */
fit_turn fit_turn_times(const fit_turn *a, const fit_turn *b);
fit_turn fit_turn_about(np_vec3 vector);                       /* by its length in radians */
double fit_turn_degrees(const fit_turn *a, const fit_turn *b); /* between the two */
/* Adds one equation ROW x = RIGHT of WEIGHT. */
void fit_system_add(fit_system *s, const double *row, double right, double weight);
/* Solves by Cholesky; false, and x zero, where it is singular. */
bool fit_system_solve(const fit_system *s, double *out_x);

/* ---- samples ---- */

/* Points of a surface with their normals, as a k-d tree: range [lo, hi) is split at its middle along axis[middle]. */
typedef struct fit_cloud {
    np_vec3 *p, *n;
    unsigned char *axis; /* NULL: no tree */
    size_t count;
} fit_cloud;

typedef struct fit_ball {
    np_vec3 centre;
    double radius; /* INFINITY: everything */
} fit_ball;

/* COUNT points of the triangles of MESH whose centre is in BALL, stratified by area; fewer: none, where fewer than 50
 * triangles are.  *out_area of those triangles may be NULL.  STREAM: random stream.  Fini is safe on zero. */
np_status fit_cloud_sample(fit_cloud *cloud, const np_mesh *mesh, fit_ball ball, size_t count, uint32_t stream,
                           double *out_area, np_error *err);
void fit_cloud_fini(fit_cloud *cloud);
/* Keeps the points whose distance from CENTRE is in [low, high). */
void fit_cloud_keep(fit_cloud *cloud, np_vec3 centre, double low, double high);
np_status fit_cloud_build(fit_cloud *cloud, np_error *err); /* the tree; reorders the points */
/* The nearest point within LIMIT; UINT32_MAX if there is none. */
uint32_t fit_cloud_nearest(const fit_cloud *cloud, np_vec3 q, double limit, double *out_distance);

/* ---- template ---- */

#define FIT_HALF 622
#define FIT_POINTS (2 * FIT_HALF)
#define FIT_COARSE 150
#define FIT_MIDDLE 400

typedef enum fit_region { FIT_CRANIUM, FIT_FACE, FIT_EAR, FIT_NECK, FIT_REGIONS } fit_region;

typedef struct fit_template {
    np_vec3 p[FIT_POINTS], n[FIT_POINTS];
    fit_region region[FIT_POINTS];
    double w[FIT_POINTS]; /* sum 1 */
    np_vec3 mark[NP_FIT_MARKS];
    fit_ball cranium; /* its least-squares sphere */
    uint32_t coarse[FIT_COARSE], middle[FIT_MIDDLE], all[FIT_POINTS];
} fit_template;

void fit_template_init(fit_template *t);

/* ---- cranium ---- */

#define FIT_SPHERES 3

/* Up to FIT_SPHERES distinct spheres in CLOUD (no tree needed) of AREA, best first; returns how many. */
int fit_spheres_find(const fit_cloud *cloud, double area, uint32_t stream, fit_ball out[FIT_SPHERES]);

/* ---- pose ---- */

#define FIT_POSES 5

typedef struct fit_pose { /* scan = scale * turn (stretch o template) + shift */
    double scale;
    fit_turn turn;
    np_vec3 shift;
    double stretch[3];
} fit_pose;

typedef struct fit_near { /* samples around one sphere, normals outward */
    fit_cloud cloud;
    fit_ball sphere;
    double sign; /* -1: the mesh is inside out */
} fit_near;

typedef struct fit_candidate {
    double cost;
    fit_pose pose;
    int near;
} fit_candidate;

typedef struct fit_poses {
    fit_near near[FIT_SPHERES];
    int n_near;
    fit_candidate best[FIT_POSES]; /* distinct, best first */
    int n;
} fit_poses;

/* Points of the template and their weights. */
typedef struct fit_subset {
    const uint32_t *index;
    size_t n;
    const double *w; /* FIT_POINTS */
} fit_subset;

void fit_pose_place(const fit_template *t, const fit_pose *pose, uint32_t i, np_vec3 *out_p, np_vec3 *out_n);
/* Mean of min(d / tau, 1)^2, 1 where the normal disagrees; *out_each [subset.n] may be NULL. */
double fit_pose_cost(const fit_template *t, const fit_cloud *cloud, const fit_pose *pose, fit_subset s, double tau,
                     double *out_each);
/* TAUS ends with 0.  STRETCH: three scales instead of one, which stays near S0. */
void fit_pose_icp(const fit_template *t, const fit_cloud *cloud, fit_subset s, const double *taus, bool stretch,
                  double s0, fit_pose *pose);
/* Distinct poses of heads in MESH; AWAY: a head that was found already, or NULL. */
np_status fit_poses_find(const fit_template *t, const np_mesh *mesh, const fit_ball *away, fit_poses *out,
                         np_error *err);
void fit_poses_fini(fit_poses *poses);
/* Settles pitch and stretch; out_each[FIT_POINTS]. */
double fit_pose_refine(const fit_template *t, const fit_cloud *cloud, fit_pose *pose, double *out_each);

/* ---- work frame ---- */

typedef struct fit_work {
    const fit_template *t;
    fit_pose pose;
    fit_turn mirror; /* turns the mirror plane to y = 0 */
    double offset;   /* and moves it there */
    fit_cloud s;     /* 60,000, with tree, normals outward */
    fit_cloud d;     /* 250,000, no tree */
    np_surface surface;
} fit_work;

np_status fit_work_init(fit_work *w, const fit_template *t, const np_mesh *mesh, const fit_pose *pose, double sign,
                        np_fit_figures *f, np_error *err);
void fit_work_fini(fit_work *w);
np_vec3 fit_work_to_mesh(const fit_work *w, np_vec3 p);
np_vec3 fit_work_on_skin(const fit_work *w, np_vec3 p);
/* First hit beyond 20 mm. */
bool fit_work_cast(const fit_work *w, np_vec3 origin, np_vec3 direction, np_vec3 *out);

/* ---- patches ---- */

typedef struct fit_patch { /* a part of the template, stretched */
    np_vec3 p[FIT_POINTS], n[FIT_POINTS], centre;
    double w[FIT_POINTS], each[FIT_POINTS]; /* each: its cost after the fit */
    fit_region region[FIT_POINTS];
    size_t count;
    /* the fit: y = scale * turn (p - centre) + shift */
    fit_turn turn;
    np_vec3 shift;
    double scale;
} fit_patch;

/* Puts the points of the template for which WEIGHT[i] > 0 into PATCH. */
void fit_patch_init(fit_patch *patch, const fit_template *t, const double stretch[3], const double *weight);
void fit_patch_fit(fit_patch *patch, const fit_cloud *cloud, np_vec3 start, const double *taus);
np_vec3 fit_patch_apply(const fit_patch *patch, np_vec3 p);

/* ---- maps: the outermost surface on a grid ---- */

typedef struct fit_map {
    int nu, nv;
    double u0, v0, step;
    double *depth; /* nu * nv, filled from the nearest cell that is known */
    bool *empty;
} fit_map;

typedef struct fit_map_axes {
    int axis, u, v; /* 0 x, 1 y, 2 z */
    double sign;
} fit_map_axes;

/* U and V ranges; CLOUD's points with x > X_MIN. */
np_status fit_map_init(fit_map *map, const fit_cloud *cloud, fit_map_axes axes, const double u[2], const double v[2],
                       double step, double x_min, np_error *err);
void fit_map_fini(fit_map *map);
void fit_map_fill(fit_map *map);
/* Gauss of SIGMA cells along N values STRIDE apart, edges reflected. */
void fit_smooth(double *values, int n, int stride, double sigma);

/* ---- marks, in the work frame ---- */

/* glabella, nasion, pronasale as the face as a whole has them; returns the face cost */
np_status fit_face_find(const fit_work *w, np_vec3 out_guess[3], double *out_cost, np_error *err);
/* *out_found false: no profile. */
np_status fit_front_find(const fit_work *w, const np_vec3 guess[3], np_vec3 *marks, np_fit_figures *f, bool *out_found,
                         np_error *err);
np_status fit_ears_find(const fit_work *w, np_vec3 *marks, np_fit_figures *f, np_error *err);
/* Inion, vertex, measures, outline and usual whorl from the other marks; MM: mm per work unit. */
void fit_frame_find(const fit_work *w, np_vec3 *marks, double mm, np_fit *fit);

void fit_verdict(np_fit *fit);

#endif
