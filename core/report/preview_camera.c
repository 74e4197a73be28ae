/* Where the viewer stands.  A head at a metre fills the picture as it fills a mirror's; near, the picture is a patch of skin. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/angle.h"
#include "report/private/preview.h"

static const np_preview_view views[] = {
    {"front", 0, 12},   {"three-quarter", 35, 25}, {"left", 90, 12},
    {"right", -90, 12}, {"back", 180, 25},         {"top", 180, 84}, /* forehead up */
};

np_status np_preview_parse_view(const char *text, np_preview_view *out_view, np_error *err)
{
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        if (!strcmp(text, views[i].name)) {
            *out_view = views[i];
            return NP_OK;
        }
    int end = 0;
    np_preview_view v = {0};
    if (sscanf(text, "%lf,%lf%n", &v.azimuth_deg, &v.elevation_deg, &end) != 2 || text[end] ||
        !(fabs(v.azimuth_deg) <= 360) || !(v.elevation_deg >= -60 && v.elevation_deg <= 88))
        return np_error_set(err, NP_ERR_USAGE,
                            "view '%s': expected one of " NP_PREVIEW_VIEWS " (degrees; azimuth -360 to 360, 90 is the "
                            "subject's left; elevation -60 to 88)",
                            text);
    snprintf(v.name, sizeof v.name, "%.1f,%.1f", v.azimuth_deg, v.elevation_deg);
    *out_view = v;
    return NP_OK;
}

/* 90 mm at 0.4 m, 300 mm at 1 m, and so a steady angle beyond: 0.5 to 0.65 minutes of arc a pixel of 1,600 */
static double width_mm(double distance_m)
{
    return distance_m < 1 ? 300 * pow(distance_m, 1.314) : 300 * distance_m;
}

double np_preview_arcmin_per_pixel(const np_preview_request *request, double distance_m)
{
    return np_look_arcmin_per_pixel(
        &(np_look_camera){.eye = {1000 * distance_m, 0, 0}, .width_mm = width_mm(distance_m), .width = request->width});
}

#define AROUND_MM                                                                                                      \
    25.0 /* so many around the dot that faces the viewer most are in the middle of a near picture, 67 mm high */

/* The middle of the dots around the one that faces the viewer most, so that where dots end at a forehead most of the picture is not bare; of a plan without dots
 * the vertex. */
static np_vec3 facing_point(const np_plan *plan, const np_scan *scan, np_vec3 toward)
{
    np_vec3 best = scan->landmarks.vertex;
    double most = -INFINITY;
    for (size_t i = 0; i < plan->n_dots; i++) {
        double facing = np_vec3_dot(plan->dots[i].normal, toward);
        if (facing > most) {
            most = facing;
            best = plan->dots[i].position;
        }
    }
    np_vec3 sum = {0, 0, 0};
    double n = 0;
    for (size_t i = 0; i < plan->n_dots; i++)
        if (np_vec3_distance(plan->dots[i].position, best) < AROUND_MM) {
            sum = np_vec3_add(sum, plan->dots[i].position);
            n++;
        }
    return n > 0 ? np_vec3_scale(sum, 1 / n) : best;
}

np_look_camera report_preview_camera(const np_preview_request *request, const np_scan *scan,
                                     const np_preview_view *view, double distance_m)
{
    double az = np_angle_rad(view->azimuth_deg), el = np_angle_rad(view->elevation_deg);
    np_vec3 front, up, left = {0, 1, 0};
    np_head_axes(&front, &up);
    np_vec3 toward = np_vec3_mad(np_vec3_scale(front, cos(az) * cos(el)), left, sin(az) * cos(el));
    toward = np_vec3_mad(toward, up, sin(el));
    np_vec3 target;
    if (distance_m >= 0.7) { /* the head's upper part in the middle */
        np_vec3 middle = np_vec3_lerp(scan->landmarks.glabella, scan->landmarks.inion, 0.5);
        target = np_vec3_lerp(middle, scan->landmarks.vertex, 0.25);
    } else {
        target = facing_point(request->plan, scan, toward);
        toward = np_vec3_normalize(toward);
    }
    return (np_look_camera){.eye = np_vec3_mad(target, toward, 1000 * distance_m),
                            .target = target,
                            .up = up,
                            .width_mm = width_mm(distance_m),
                            .width = request->width,
                            .height = request->height};
}
