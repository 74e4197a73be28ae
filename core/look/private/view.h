/* What the parts of a look share: its camera, light and buffers. */
#ifndef NP_LOOK_PRIVATE_VIEW_H
#define NP_LOOK_PRIVATE_VIEW_H

#include "look/look.h"
#include "look/private/vec.h"

enum {
    LOOK_KEY_LIGHTS = 9, /* samples of the key light, of the ceiling, of the room */
    LOOK_CEILING_LIGHTS = 9,
    LOOK_ROOM_LIGHTS = 14,
    LOOK_LIGHTS = LOOK_KEY_LIGHTS + LOOK_CEILING_LIGHTS + LOOK_ROOM_LIGHTS,
    LOOK_GROUPS = 3,      /* key, ceiling, room */
    LOOK_TONES = 1 << 15, /* steps of radiance from 0 to LOOK_TONE_MAX that are told apart */
    LOOK_ROWS = 16        /* of pixels, the block of parallel loops */
};

#define LOOK_KEY                                                                                                       \
    0.74f /* light that falls in from the key, and from the rest; a white card facing the key: 1.12 with exposure */
#define LOOK_TONE_MAX 2.0f
#define LOOK_FILL 0.52f
#define LOOK_EXPOSURE 1.12f
#define LOOK_ADAPTED 0.9          /* how far an eye takes a room's light for white (CIECAM02's D at 60 cd/m2) */
#define LOOK_PIXEL_VARIANCE 0.16f /* of the pixel's own Gaussian, pixels^2: close to a box and its reconstruction */

struct np_look {
    int width, height;
    bool flat, plain;
    look_vec eye, right, down, forward;
    float focal; /* pixels */
    look_vec light[LOOK_LIGHTS];
    float skin_rgb[3], melanin[3], blood[3];
    uint32_t seed;
    unsigned char srgb[LOOK_TONES + 1]; /* of a radiance */
    float tint[3];                      /* of the light, as far as an eye does not get used to it */
    /* by pixel */
    float *depth;           /* along FORWARD, mm; INFINITY: nothing */
    unsigned char *covered; /* subsamples of 4 that are on the head */
    float (*diffuse)[3];    /* light from the skin, before dots */
    float *gloss;           /* light from its surface */
};

/* What the surface is like under each subsample of each pixel while bare skin is drawn: [2 height][2 width]. */
typedef struct look_raster {
    const np_mesh *mesh;
    const np_vec3 *normals;
    float (*seen)[LOOK_GROUPS]; /* by vertex: share of key, ceiling and room that reaches it */
    float (*screen)[3];         /* by vertex: x, y in pixels, depth; depth 0: behind the eye */
    float *depth;
    int32_t *triangle; /* -1: none */
} look_raster;

/* A point of the surface as a pixel sees it. */
typedef struct look_point {
    look_vec position, normal;
    float depth;
    float seen[LOOK_GROUPS];
} look_point;

#endif
