/* A small software renderer: a head needs one light and a depth buffer, and the picture is the same on every machine,
 * with or without a display. */
#include "report/private/view.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "head/scan.h"

const char *const report_view_names[REPORT_VIEW_COUNT] = {"front", "back", "left", "right", "top"};

/* Of a view from SIDE, in the head frame: unit vectors towards the viewer, and up in the picture. */
static void view_axes(report_view_side side, np_vec3 *out_toward, np_vec3 *out_up)
{
    np_vec3 front, left = {0, 1, 0};
    np_head_axes(&front, out_up);
    switch (side) {
    case REPORT_VIEW_TOP:
        *out_toward = *out_up;
        *out_up = front;
        break;
    case REPORT_VIEW_LEFT:
        *out_toward = left;
        break;
    case REPORT_VIEW_RIGHT:
        *out_toward = np_vec3_scale(left, -1);
        break;
    case REPORT_VIEW_BACK:
        *out_toward = np_vec3_scale(front, -1);
        break;
    default:
        *out_toward = front;
    }
}

static void to_pixel(const report_view *v, np_vec3 p, double *x, double *y, double *z)
{
    np_vec3 d = np_vec3_sub(p, v->centre);
    *x = np_vec3_dot(d, v->right) * v->pixels_per_mm + v->width * 0.5;
    *y = v->height * 0.5 - np_vec3_dot(d, v->up) * v->pixels_per_mm;
    *z = np_vec3_dot(d, v->toward);
}

/* Skin lit from the viewer's upper left, never quite black. */
static uint32_t shade(const report_view *v, np_vec3 normal)
{
    np_vec3 light = np_vec3_normalize(
        np_vec3_add(v->toward, np_vec3_add(np_vec3_scale(v->up, 0.5), np_vec3_scale(v->right, -0.35))));
    double k = 0.35 + 0.65 * fmax(0, np_vec3_dot(np_vec3_normalize(normal), light));
    uint32_t r = (uint32_t)(236 * k), g = (uint32_t)(214 * k), b = (uint32_t)(198 * k);
    return r << 16 | g << 8 | b;
}

/* One triangle into the depth buffer; barycentric, pixel centres. */
static void draw_triangle(report_view *v, const np_vec3 p[3], const np_vec3 n[3], uint32_t *pixels, int stride)
{
    double x[3], y[3], z[3];
    for (int k = 0; k < 3; k++)
        to_pixel(v, p[k], &x[k], &y[k], &z[k]);
    double area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]);
    if (fabs(area) < 1e-12)
        return;
    int x0 = (int)fmax(0, floor(fmin(x[0], fmin(x[1], x[2])))),
        x1 = (int)fmin(v->width - 1, ceil(fmax(x[0], fmax(x[1], x[2]))));
    int y0 = (int)fmax(0, floor(fmin(y[0], fmin(y[1], y[2])))),
        y1 = (int)fmin(v->height - 1, ceil(fmax(y[0], fmax(y[1], y[2]))));
    for (int j = y0; j <= y1; j++) {
        for (int i = x0; i <= x1; i++) {
            double px = i + 0.5, py = j + 0.5;
            double a = ((x[1] - px) * (y[2] - py) - (x[2] - px) * (y[1] - py)) / area;
            double b = ((x[2] - px) * (y[0] - py) - (x[0] - px) * (y[2] - py)) / area;
            double c = 1 - a - b;
            if (a < -1e-9 || b < -1e-9 || c < -1e-9)
                continue;
            float depth = (float)(a * z[0] + b * z[1] + c * z[2]);
            float *seen = &v->depth[(size_t)j * (size_t)v->width + (size_t)i];
            if (depth <= *seen)
                continue;
            *seen = depth;
            np_vec3 normal =
                np_vec3_add(np_vec3_scale(n[0], a), np_vec3_add(np_vec3_scale(n[1], b), np_vec3_scale(n[2], c)));
            pixels[(size_t)j * (size_t)stride + (size_t)i] = shade(v, normal);
        }
    }
}

np_vec3 report_view_upright(np_vec3 p)
{
    np_vec3 front, up;
    np_head_axes(&front, &up);
    return (np_vec3){np_vec3_dot(p, front), p.y, np_vec3_dot(p, up)};
}

np_vec3 report_box_middle(const report_box *box)
{
    np_vec3 front, up, middle = np_vec3_lerp(box->min, box->max, 0.5);
    np_head_axes(&front, &up);
    return np_vec3_mad(np_vec3_mad(np_vec3_scale(front, middle.x), up, middle.z), (np_vec3){0, 1, 0}, middle.y);
}

static void set_frame(report_view *v, report_view_side side, const report_box *box, int size)
{
    view_axes(side, &v->toward, &v->up);
    v->right = np_vec3_cross(v->up, v->toward);
    v->centre = report_box_middle(box);
    np_vec3 extent = np_vec3_sub(box->max, box->min);
    double w = fabs(np_vec3_dot(extent, report_view_upright(v->right)));
    double h = fabs(np_vec3_dot(extent, report_view_upright(v->up)));
    v->pixels_per_mm = size / fmax(fmax(w, h), 1);
    v->width = (int)fmax(16, ceil(w * v->pixels_per_mm));
    v->height = (int)fmax(16, ceil(h * v->pixels_per_mm));
}

np_status report_view_init(report_view *view, report_view_side side, const np_mesh *mesh, const np_vec3 *normals,
                           const report_box *box, int size, np_error *err)
{
    *view = (report_view){0};
    set_frame(view, side, box, size);
    size_t n_pixels = (size_t)view->width * (size_t)view->height;
    view->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, view->width, view->height);
    view->depth = malloc(n_pixels * sizeof *view->depth);
    if (!view->depth || cairo_surface_status(view->surface) != CAIRO_STATUS_SUCCESS) {
        report_view_fini(view);
        return np_error_no_memory(err, "a picture of the head");
    }
    cairo_surface_flush(view->surface);
    uint32_t *pixels = (uint32_t *)(void *)cairo_image_surface_get_data(view->surface);
    int stride = cairo_image_surface_get_stride(view->surface) / 4;
    for (int j = 0; j < view->height; j++)
        for (int i = 0; i < view->width; i++)
            pixels[(size_t)j * (size_t)stride + (size_t)i] = 0xFFFFFF;
    for (size_t i = 0; i < n_pixels; i++)
        view->depth[i] = -INFINITY;
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        np_vec3 p[3], n[3];
        for (int k = 0; k < 3; k++) {
            p[k] = mesh->vertices[mesh->triangles[t].v[k]];
            n[k] = normals[mesh->triangles[t].v[k]];
        }
        draw_triangle(view, p, n, pixels, stride);
    }
    cairo_surface_mark_dirty(view->surface);
    return NP_OK;
}

void report_view_fini(report_view *view)
{
    if (view->surface)
        cairo_surface_destroy(view->surface);
    free(view->depth);
    *view = (report_view){0};
}

bool report_view_project(const report_view *view, np_vec3 position, np_vec3 normal, double *out_x, double *out_y)
{
    double z;
    to_pixel(view, position, out_x, out_y, &z);
    if (np_vec3_dot(normal, view->toward) < 0.05 || *out_x < 0 || *out_y < 0 || *out_x >= view->width ||
        *out_y >= view->height)
        return false;
    float seen = view->depth[(size_t)*out_y * (size_t)view->width + (size_t)*out_x];
    return z > (double)seen - 2.0; /* mm: the pixel's own slope and the dot's quantisation */
}
