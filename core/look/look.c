/* A look: its camera and buffers, and the drawing of dots and hair on it. */
#include "look/look.h"

#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "base/parallel.h"
#include "look/private/hairs.h"
#include "look/private/light.h"
#include "look/private/raster.h"
#include "look/private/shade.h"
#include "look/private/splat.h"

static np_status set_camera(np_look *look, const np_look_camera *camera, np_error *err)
{
    np_vec3 sight = np_vec3_sub(camera->target, camera->eye), forward = np_vec3_normalize(sight);
    np_vec3 right = np_vec3_cross(forward, camera->up);
    bool sized = camera->width >= 16 && camera->height >= 16 && camera->width <= NP_LOOK_MAX_PIXELS &&
                 camera->height <= NP_LOOK_MAX_PIXELS && camera->width_mm > 0;
    if (!sized || !(np_vec3_length(sight) > 1) || !(np_vec3_length(right) > 1e-6 * np_vec3_length(camera->up)))
        return np_error_set(err, NP_ERR_INVALID,
                            "a picture needs 16 to %d pixels a side, a width in mm, and an eye that looks elsewhere "
                            "than up",
                            NP_LOOK_MAX_PIXELS);
    right = np_vec3_normalize(right);
    look->width = camera->width;
    look->height = camera->height;
    look->eye = look_vec_of(camera->eye);
    look->forward = look_vec_of(forward);
    look->right = look_vec_of(right);
    look->down = look_vec_of(np_vec3_cross(forward, right));
    look->focal = (float)(camera->width * np_vec3_length(sight) / camera->width_mm);
    return NP_OK;
}

static void set_skin(np_look *look, const np_look_scene *scene)
{
    double rgb[3], melanin[3], blood[3];
    np_colour_lab_to_rgb(scene->skin, rgb);
    np_skin_tints(scene->skin, melanin, blood);
    for (int c = 0; c < 3; c++) {
        look->skin_rgb[c] = (float)fmax(rgb[c], 0);
        look->melanin[c] = (float)melanin[c];
        look->blood[c] = (float)blood[c];
    }
    look->seed = scene->seed;
    look->flat = scene->flat;
    look->plain = scene->plain;
}

static void set_tones(np_look *look, double kelvin)
{
    double light[3] = {1, 1, 1};
    if (kelvin > 0)
        np_colour_of_light(kelvin, light);
    for (int c = 0; c < 3; c++)
        look->tint[c] = (float)pow(fmax(light[c], 0.01), 1 - LOOK_ADAPTED);
    for (int i = 0; i <= LOOK_TONES; i++) {
        double v = (double)LOOK_TONE_MAX * i / LOOK_TONES;
        if (!look->flat) {
            v *= (double)LOOK_EXPOSURE;
            if (v > 0.7) /* highlights roll off, skin stays linear */
                v = 0.7 + 0.3 * (1 - exp(-(v - 0.7) / 0.3));
        }
        look->srgb[i] = (unsigned char)(np_srgb_encode(v) * 255 + 0.5);
    }
}

static np_status draw_skin(np_look *look, const np_look_scene *scene, np_error *err)
{
    size_t n = (size_t)look->width * (size_t)look->height, vertices = scene->mesh->n_vertices;
    look_raster raster = {.mesh = scene->mesh,
                          .normals = scene->normals,
                          .seen = calloc(vertices + 1, sizeof *raster.seen),
                          .screen = malloc((vertices + 1) * sizeof *raster.screen)};
    np_status status = raster.seen && raster.screen ? NP_OK : np_error_no_memory(err, "a head's corners");
    if (status == NP_OK && !look->flat && !look->plain)
        status = look_light_reach(look, &raster, err);
    if (status == NP_OK) {
        raster.depth = malloc(4 * n * sizeof *raster.depth);
        raster.triangle = malloc(4 * n * sizeof *raster.triangle);
        if (!raster.depth || !raster.triangle)
            status = np_error_no_memory(err, "a picture's depth");
    }
    if (status == NP_OK) {
        look_raster_draw(look, &raster);
        look_shade(look, &raster);
    }
    free(raster.seen);
    free(raster.screen);
    free(raster.depth);
    free(raster.triangle);
    return status;
}

np_status np_look_create(const np_look_scene *scene, const np_look_camera *camera, np_look **out_look, np_error *err)
{
    *out_look = NULL;
    np_look *look = calloc(1, sizeof *look);
    if (!look)
        return np_error_no_memory(err, "a picture");
    np_status status = set_camera(look, camera, err);
    if (status == NP_OK) {
        size_t n = (size_t)look->width * (size_t)look->height;
        look->depth = malloc(n * sizeof *look->depth);
        look->covered = malloc(n);
        look->diffuse = malloc(n * sizeof *look->diffuse);
        look->gloss = malloc(n * sizeof *look->gloss);
        if (!look->depth || !look->covered || !look->diffuse || !look->gloss)
            status = np_error_no_memory(err, "a picture");
    }
    if (status == NP_OK) {
        set_skin(look, scene);
        set_tones(look, scene->light_kelvin);
        look_light_init(look);
        status = draw_skin(look, scene, err);
    }
    if (status != NP_OK) {
        np_look_destroy(look);
        return status;
    }
    *out_look = look;
    return NP_OK;
}

void np_look_destroy(np_look *look)
{
    if (!look)
        return;
    free(look->depth);
    free(look->covered);
    free(look->diffuse);
    free(look->gloss);
    free(look);
}

static float background(const np_look *look, int y)
{
    return 0.42f - 0.14f * (float)y / (float)look->height;
}

typedef struct compose_work {
    const np_look *look;
    float *rgb;
} compose_work;

/* Absorbance in RGB becomes radiance. */
static void compose_rows(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    compose_work *w = context;
    const np_look *look = w->look;
    for (size_t y = begin; y < end; y++) {
        float back = background(look, (int)y);
        for (size_t x = 0; x < (size_t)look->width; x++) {
            size_t o = y * (size_t)look->width + x;
            float on = (float)look->covered[o] / 4;
            for (size_t c = 0; c < 3; c++) {
                float *v = &w->rgb[3 * o + c];
                float left = *v > 0 ? expf(-*v) : 1; /* most skin has no dots near it */
                *v = on > 0 ? on * (look->diffuse[o][c] * left + look->gloss[o]) + (1 - on) * back : back;
            }
        }
    }
}

np_status np_look_draw(np_look *look, const np_look_dot *dots, size_t n_dots, const np_look_hair *hairs, size_t n_hairs,
                       float *out_rgb, np_error *err)
{
    memset(out_rgb, 0, 3 * (size_t)look->width * (size_t)look->height * sizeof *out_rgb);
    np_status status = look_splat(look, dots, n_dots, out_rgb, err);
    if (status != NP_OK)
        return status;
    compose_work work = {look, out_rgb};
    np_parallel_for((size_t)look->height, LOOK_ROWS, compose_rows, &work);
    look_hairs(look, hairs, n_hairs, out_rgb);
    return NP_OK;
}

void np_look_encode(const np_look *look, const float rgb[3], unsigned char out_srgb[3])
{
    for (int c = 0; c < 3; c++)
        out_srgb[c] = look->srgb[(
            size_t)(fminf(fmaxf(look->tint[c] * rgb[c], 0), LOOK_TONE_MAX) / LOOK_TONE_MAX * LOOK_TONES + 0.5f)];
}

double np_look_arcmin_per_pixel(const np_look_camera *camera)
{
    double distance = np_vec3_distance(camera->eye, camera->target);
    return np_angle_deg(atan(camera->width_mm / camera->width / distance)) * 60;
}
