/* Dots as they will be in the skin, on a view of a report: the same pigment and light as previews have, so that the two cannot disagree. */
#include "report/private/ink.h"
#include "report/private/deposit.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* From where a head is seen without perspective: over 250 mm a view is off by a tenth of a pixel. */
#define FAR_MM 2e5

static void copy_pixels(report_view *view, const np_look *look, const float *rgb)
{
    cairo_surface_flush(view->surface);
    uint32_t *pixels = (uint32_t *)(void *)cairo_image_surface_get_data(view->surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(view->surface) / 4, width = (size_t)view->width;
    for (size_t i = 0; i < width * (size_t)view->height; i++) {
        unsigned char c[3];
        if (view->depth[i] == -INFINITY) /* the paper stays white */
            continue;
        np_look_encode(look, rgb + 3 * i, c);
        pixels[i / width * stride + i % width] = (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2];
    }
    cairo_surface_mark_dirty(view->surface);
}

np_status report_ink_healed(const np_plan *plan, const report_standing *standing, report_preview_scene *scene,
                            np_error *err)
{
    np_preview_request request = {
        .plan = plan, .skin = np_skin_class_lab(NP_SKIN_LIGHT), .model = np_skin_model_default()};
    np_preview_when healed;
    np_status status = np_preview_parse_when("healed", plan, &healed, err);
    if (status == NP_OK)
        status = report_preview_dots(&request, &healed, scene, err);
    const np_skin_model model = report_deposit_model(plan, &request.model);
    if (status == NP_OK)
        status = report_standing_draw(standing, &model, request.skin, NP_SKIN_HEALED_DAYS, healed.day, scene, err);
    return status;
}

np_status report_view_ink(report_view *view, const np_scan *scan, const report_preview_scene *dots, np_error *err)
{
    np_look_camera camera = {.eye = np_vec3_mad(view->centre, view->toward, FAR_MM),
                             .target = view->centre,
                             .up = view->up,
                             .width_mm = view->width / view->pixels_per_mm,
                             .width = view->width,
                             .height = view->height};
    np_look_scene scene = {.mesh = &scan->surface.mesh,
                           .normals = scan->surface.normals,
                           .skin = np_skin_class_lab(NP_SKIN_LIGHT),
                           .plain = true};
    np_look *look = NULL;
    np_status status = np_look_create(&scene, &camera, &look, err);
    float *rgb = malloc(3 * (size_t)view->width * (size_t)view->height * sizeof *rgb);
    if (status == NP_OK && !rgb)
        status = np_error_no_memory(err, "a picture");
    if (status == NP_OK)
        status = np_look_draw(look, dots->dots, dots->n_dots, NULL, 0, rgb, err);
    if (status == NP_OK)
        copy_pixels(view, look, rgb);
    free(rgb);
    np_look_destroy(look);
    return status;
}
