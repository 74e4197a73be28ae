/* Pictures of skin with dots and shaved hair as a person would see them: perspective, indoor light, linear colour.
 *
 * A look is one view of one head; making it costs most of the time.  Drawing dots and hair on it is cheap, so states of one treatment are
 * drawn on one look and differ by their dots alone.  A dot removes its share of light whatever the scale: its Gaussians are convolved with the
 * pixel's own before they are sampled, and below a pixel its saturation is taken into account (np_look_draw).
 * Same input, same bytes on any number of threads. */
#ifndef NP_LOOK_LOOK_H
#define NP_LOOK_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/vec3.h"
#include "skin/optics.h"
#include "surface/mesh.h"

#define NP_LOOK_MAX_PIXELS 8192 /* of a side */

/* Perspective.  WIDTH_MM is what the picture's width shows at the distance of TARGET.  UP must not lie along the line of sight. */
typedef struct np_look_camera {
    np_vec3 eye, target, up;
    double width_mm;
    int width, height; /* pixels */
} np_look_camera;

typedef struct np_look_scene {
    const np_mesh *mesh;    /* mm */
    const np_vec3 *normals; /* of its vertices */
    np_lab skin;            /* as measured, surface reflection excluded */
    uint32_t seed;          /* of the skin's texture */
    bool flat;              /* unit light, no texture, no gloss: for measurements */
    bool plain;             /* light from the viewer, no texture, no gloss, no shadows: for figures */
    double light_kelvin;    /* colour temperature of the light; 0: that of the screen's white */
} np_look_scene;

typedef struct np_look_dot {
    np_vec3 position, normal;
    np_skin_mark mark;
} np_look_dot;

/* A shaft above the skin. */
typedef struct np_look_hair {
    np_vec3 root, direction; /* unit */
    double length_mm, diameter_mm;
    double rgb[3]; /* linear */
} np_look_hair;

typedef struct np_look np_look;

/* Draws bare skin.  SCENE and its arrays are not needed afterwards.  NP_ERR_INVALID for a camera that cannot be. */
np_status np_look_create(const np_look_scene *scene, const np_look_camera *camera, np_look **out_look, np_error *err);
void np_look_destroy(np_look *look);

/* The skin with DOTS, then HAIRS above it, into out_rgb[height][width][3], linear radiance.  Hidden dots and those that face away are
 * left out.  One drawing at a time of one look. */
np_status np_look_draw(np_look *look, const np_look_dot *dots, size_t n_dots, const np_look_hair *hairs, size_t n_hairs,
                       float *out_rgb, np_error *err);
/* Pixel I (its three channels) of a drawing as sRGB bytes; highlights roll off softly unless the scene is flat.  Of the light's colour a tenth is left, as
 * an eye that looks at it for minutes sees it. */
void np_look_encode(const np_look *look, const float rgb[3], unsigned char out_srgb[3]);

/* Minutes of arc of one pixel at the target. */
double np_look_arcmin_per_pixel(const np_look_camera *camera);

#endif
