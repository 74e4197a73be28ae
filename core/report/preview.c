/* The preview: a look for each view and distance, and on it the plan's dots at each moment, captioned.  What a picture rests on stands on it. */
#include "report/preview.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/plain.h"
#include "plan/cartridges.h"
#include "report/private/deposit.h"
#include "report/private/plot.h"
#include "report/private/preview.h"
#include "report/private/source.h"
#include "report/private/standing.h"

enum { GAP = 8, MARGIN = 12 }; /* pixels between two pictures, and around their caption */
enum { STANDING_BYTES = 700 };

/* One view at one distance. */
typedef struct preview_look {
    const np_preview_request *request;
    const char *directory;
    const np_scan *scan;
    const np_case_points *existing;
    const report_standing *standing;
    const np_preview_view *view;
    double distance_m;
    np_look_camera camera;
    np_look *look;
    float *rgb;
} preview_look;

static void copy_pixels(const preview_look *p, cairo_surface_t *surface, int x0)
{
    cairo_surface_flush(surface);
    unsigned char *data = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < p->camera.height; y++) {
        uint32_t *row = (uint32_t *)(void *)(data + (size_t)y * (size_t)stride);
        for (int x = 0; x < p->camera.width; x++) {
            unsigned char c[3];
            np_look_encode(p->look, p->rgb + 3 * ((size_t)y * (size_t)p->camera.width + (size_t)x), c);
            row[x0 + x] = (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2];
        }
    }
    cairo_surface_mark_dirty(surface);
}

/* The dots, or hair in their places, of those that stand from before. */
static np_status add_standing(const preview_look *p, const np_preview_when *when, report_preview_scene *scene,
                              np_error *err)
{
    const np_preview_request *r = p->request;
    const np_skin_model model = report_deposit_model(r->plan, &r->model);
    double newest_days = fmax(r->standing_years * NP_SKIN_DAYS_PER_YEAR, NP_SKIN_HEALED_DAYS);
    if (!when->reference)
        return report_standing_draw(p->standing, &model, r->skin, newest_days, when->day, scene, err);
    np_status status = NP_OK;
    for (size_t i = 0; status == NP_OK && i < p->standing->n; i++)
        status = report_preview_unit(r, p->scan, &p->standing->dots[i].dot, p->camera.eye, scene, err);
    return status;
}

/* *OUT_DOTS: how many of the plan's dots are there. */
static np_status draw_moment(const preview_look *p, const np_preview_when *when, cairo_surface_t *surface, int x0,
                             size_t *out_dots, np_error *err)
{
    report_preview_scene scene = {0};
    np_status status = report_preview_dots(p->request, when, &scene, err);
    *out_dots = scene.n_dots;
    if (status == NP_OK)
        status = add_standing(p, when, &scene, err);
    if (status == NP_OK && p->request->hair != NP_SKIN_HAIRS)
        status = report_preview_existing(p->request, p->scan, p->existing, p->camera.eye, &scene, err);
    if (status == NP_OK && when->reference)
        status = report_preview_reference(p->request, p->scan, p->camera.eye, &scene, err);
    if (status == NP_OK)
        status = np_look_draw(p->look, scene.dots, scene.n_dots, scene.hairs, scene.n_hairs, p->rgb, err);
    if (status == NP_OK)
        copy_pixels(p, surface, x0);
    report_preview_scene_fini(&scene);
    return status;
}

/* What of a touch-up is in the picture; "" for what is none. */
static void standing_words(const preview_look *p, char out[STANDING_BYTES])
{
    const report_standing *s = p->standing;
    char plain[STANDING_BYTES];
    out[0] = '\0';
    if (*s->missing)
        snprintf(out, STANDING_BYTES, "Dots that stand from before are not drawn: %s. ",
                 np_plain_copy(s->missing, plain, sizeof plain));
    else if (s->n && p->request->standing_years * NP_SKIN_DAYS_PER_YEAR > NP_SKIN_HEALED_DAYS)
        snprintf(out, STANDING_BYTES, "With %zu dots that stand from before, the newest %g years old at session 1. ",
                 s->n, p->request->standing_years);
    else if (s->n)
        snprintf(out, STANDING_BYTES, "With %zu dots that stand from before, healed. ", s->n);
}

/* Draws the caption WIDTH wide with its upper edge at Y; returns how high it is. */
static int caption(const preview_look *p, const np_preview_when *when, size_t n_dots, cairo_surface_t *surface, int y,
                   int width)
{
    const np_preview_request *r = p->request;
    double arcmin = np_look_arcmin_per_pixel(&p->camera);
    char made[64] = "", standing[STANDING_BYTES], texts[3][512 + STANDING_BYTES], one_tone[NP_PLAN_ONE_TONE_TEXT_BYTES];
    const bool pigment = !when->reference && when->day >= 0 && *np_plan_one_tone_text(r->plan, one_tone);
    standing_words(p, standing);
    if (r->made && !when->reference && when->day >= 0)
        snprintf(made, sizeof made, n_dots ? ", as made: %zu dots" : ", as made: no dot was made", n_dots);
    snprintf(texts[0], sizeof texts[0], "%s%s%s, seen from %g m (%s)", r->compare ? "before | " : "", when->text, made,
             p->distance_m, p->view->name);
    snprintf(texts[1], sizeof texts[1], "1 pixel = %.2f minutes of arc%s", arcmin,
             arcmin > 1 ? ": coarser than the eye, single dots are hidden" : "");
    snprintf(
        texts[2], sizeof texts[2],
        "%s%sAn estimate, not a promise. Skin L* %.3g a* %.3g b* %.3g (%s)%s%s, soft indoor light of %g K", standing,
        pigment ? "Tones from dot to dot as planned, which takes two or three shades: none are named. " : "", r->skin.l,
        r->skin.a, r->skin.b, np_skin_class_name(np_skin_class_of(r->skin)), r->hair == NP_SKIN_HAIRS ? "" : ", hair ",
        r->hair == NP_SKIN_HAIRS ? "" : np_skin_hair_name(r->hair), r->light_kelvin);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_rectangle(cr, 0, y, width, cairo_image_surface_get_height(surface) - y);
    cairo_fill(cr);
    int lines = 0;
    for (int i = 0; i < 3; i++)
        lines += report_plot_paragraph(cr, MARGIN, y + REPORT_PLOT_LINE * (lines + 1), width - 2 * MARGIN, texts[i]);
    cairo_destroy(cr);
    return REPORT_PLOT_LINE * lines + MARGIN;
}

/* How high the caption is in a picture WIDTH wide, tried on a picture that nobody keeps. */
static int caption_height(const preview_look *p, const np_preview_when *when, int width)
{
    cairo_surface_t *tried = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    int height = caption(p, when, p->request->plan->n_dots, tried, 0, width);
    cairo_surface_destroy(tried);
    return height;
}

static np_status draw_picture(const preview_look *p, const np_preview_when *when, np_error *err)
{
    const np_preview_request *r = p->request;
    int second = p->camera.width + GAP, width = p->camera.width + (r->compare ? second : 0);
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, p->camera.height + caption_height(p, when, width));
    size_t n_dots = 0;
    np_status status = NP_OK;
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        status = np_error_no_memory(err, "a picture");
    np_preview_when before = {.day = -1};
    if (status == NP_OK && r->compare)
        status = draw_moment(p, &before, surface, 0, &n_dots, err);
    if (status == NP_OK)
        status = draw_moment(p, when, surface, r->compare ? second : 0, &n_dots, err);
    if (status == NP_OK) {
        char path[4096];
        caption(p, when, n_dots, surface, p->camera.height, width);
        snprintf(path, sizeof path, "%s/%s-%gm-%s%s.png", p->directory, p->view->name, p->distance_m,
                 r->compare ? "before-" : "", when->name);
        status = report_plot_write_png(surface, REPORT_PLOT_SKIN, path, err);
    }
    cairo_surface_destroy(surface);
    return status;
}

static np_status draw_look(preview_look *p, const np_progress *progress, int *written, np_error *err)
{
    const np_preview_request *r = p->request;
    np_look_scene scene = {.mesh = &p->scan->surface.mesh,
                           .normals = p->scan->surface.normals,
                           .skin = r->skin,
                           .seed = 1,
                           .light_kelvin = r->light_kelvin};
    double all = (double)(r->n_views * r->n_distances * r->n_whens);
    p->camera = report_preview_camera(r, p->scan, p->view, p->distance_m);
    np_status status = np_look_create(&scene, &p->camera, &p->look, err);
    if (status == NP_OK) {
        p->rgb = malloc(3 * (size_t)r->width * (size_t)r->height * sizeof *p->rgb);
        if (!p->rgb)
            status = np_error_no_memory(err, "a picture");
    }
    for (size_t i = 0; status == NP_OK && i < r->n_whens; i++) {
        if (!np_progress_step(progress, "drawing", *written / all))
            status = np_error_set(err, NP_ERR_STOPPED, "stopped; %s is incomplete", p->directory);
        else
            status = draw_picture(p, &r->whens[i], err);
        *written += status == NP_OK;
    }
    np_look_destroy(p->look);
    free(p->rgb);
    return status;
}

/* Hair that nobody asked a place for would be left out in silence. */
static np_status check_hair(const np_preview_request *r, const np_case *c, np_error *err)
{
    bool reference = false;
    for (size_t i = 0; i < r->n_whens; i++)
        reference |= r->whens[i].reference;
    if (reference && r->hair == NP_SKIN_HAIRS)
        return np_error_set(err, NP_ERR_USAGE,
                            "--when reference needs --hair: which colour has the hair to compare with?");
    if (r->hair != NP_SKIN_HAIRS && !reference && !c->existing.n)
        return np_error_set(
            err, NP_ERR_USAGE,
            "--hair: the plan's case lists no existing follicles to draw it at; --when reference draws it in "
            "the dots' places");
    return NP_OK;
}

np_status np_preview_write(const np_preview_request *request, const char *directory, const np_progress *progress,
                           np_preview_written *out, np_error *err)
{
    np_case *c = NULL;
    np_scan *scan = NULL;
    report_standing standing = {0};
    *out = (np_preview_written){0};
    np_status status = report_source_case(request->plan, request->base_directory, &c, err);
    if (status == NP_OK)
        status = check_hair(request, c, err);
    if (status == NP_OK)
        status = np_scan_create(&c->scan, progress, &scan, err);
    if (status == NP_OK)
        status = report_standing_init(&standing, request->plan, c, scan, request->base_directory, &request->model, err);
    if (status == NP_OK)
        status = np_folder_make(directory, 0777, err);
    for (size_t i = 0; status == NP_OK && i < request->n_views * request->n_distances; i++) {
        preview_look p = {.request = request,
                          .directory = directory,
                          .scan = scan,
                          .existing = &c->existing,
                          .standing = &standing,
                          .view = &request->views[i / request->n_distances],
                          .distance_m = request->distances_m[i % request->n_distances]};
        status = draw_look(&p, progress, &out->pictures, err);
    }
    memcpy(out->missing, standing.missing, sizeof out->missing);
    report_standing_fini(&standing);
    np_scan_destroy(scan);
    np_case_destroy(c);
    return status;
}
