/* The viewer's page: data/viewer.html with a plan put in.  Numbers go in as base64 of little-endian arrays, which a browser takes as they are; texts as
 * JSON in which no markup can begin.  Dots stand in the order of work, as the plan has them, so that what was made at any time is a beginning of the list. */
#include "report/private/viewer.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/plain.h"
#include "report/private/colouring.h"
#include "report/private/html.h"

static const char page[] = {
#include "report/viewer_page.inc"
    0};
static const char place_of_data[] = "<!--DATA-->";

enum { STOPS = 48, INK_VALUES = 8, ROW_VALUES = 6, ID_VALUES = 4 };

typedef struct viewer {
    const report_viewer_input *in;
    FILE *out;
} viewer;

/* One array: COUNT numbers of SIZE bytes. */
static np_status write_array(const viewer *v, const char *id, const void *numbers, size_t count, size_t size,
                             np_error *err)
{
    unsigned char *bytes = malloc(count * size + 1);
    if (!bytes)
        return np_error_no_memory(err, "the viewer's numbers");
    for (size_t i = 0; i < count; i++) {
        uint32_t value = 0;
        uint16_t half;
        const char *from = (const char *)numbers + i * size;
        if (size == 4)
            memcpy(&value, from, 4);
        else if (size == 2)
            memcpy(&half, from, 2), value = half;
        else
            value = (unsigned char)*from;
        for (size_t b = 0; b < size; b++)
            bytes[i * size + b] = (unsigned char)(value >> 8 * b);
    }
    fprintf(v->out, "<script type=\"application/octet-stream\" id=\"%s\">", id);
    np_status status = report_html_base64(bytes, count * size, v->out, err);
    fputs("</script>\n", v->out);
    free(bytes);
    return status;
}

static json_t *plain_json(const char *text)
{
    char plain[1024];
    return json_string(np_plain_copy(text, plain, sizeof plain));
}

static json_t *rgb_json(const double rgb[3])
{
    return json_sprintf("#%02x%02x%02x", (unsigned)lround(255 * rgb[0]), (unsigned)lround(255 * rgb[1]),
                        (unsigned)lround(255 * rgb[2]));
}

static json_t *sides_json(void)
{
    json_t *out = json_array();
    for (int i = 0; i < REPORT_COLOURING_SIDES; i++)
        json_array_append_new(out, json_string(report_colouring_sides[i]));
    return out;
}

static json_t *legend_json(const report_colouring *c, json_t *out)
{
    json_t *kinds = json_array(), *stops = json_array();
    double rgb[3];
    for (size_t k = 0; k < c->n_kinds; k++) {
        report_colouring_value_rgb(c, (double)k, rgb);
        json_array_append_new(kinds, json_pack("{s:s, s:o}", "text", c->names[k], "rgb", rgb_json(rgb)));
    }
    for (int i = 0; i < STOPS; i++) {
        report_colouring_value_rgb(c, c->low + (c->high - c->low) * (i + 0.5) / STOPS, rgb);
        json_array_append_new(stops, rgb_json(rgb));
    }
    json_object_set_new(out, "label", json_string(c->label ? c->label : ""));
    if (c->kinds)
        json_object_set(out, "kinds", kinds);
    else {
        json_object_set(out, "stops", stops);
        json_object_set_new(
            out, "ends",
            c->round ? sides_json() : json_pack("[o, o]", json_sprintf("%.4g", c->low), json_sprintf("%.4g", c->high)));
    }
    json_decref(kinds);
    json_decref(stops);
    return out;
}

/* The dots' colours by everything but ink, one block after the other, and what each colouring's legend says, into OUT. */
static np_status write_colours(const viewer *v, json_t *out, np_error *err)
{
    static const char *const texts[NP_REPORT_BYS][2] = {
#define BY_TEXTS(id, name, what) {name, what},
        NP_REPORT_BY_TABLE(BY_TEXTS)
#undef BY_TEXTS
    };
    size_t n = v->in->plan->n_dots;
    unsigned char *rgb = malloc(3 * n * NP_REPORT_BYS + 1);
    np_status status = rgb ? NP_OK : np_error_no_memory(err, "the viewer's colours");
    size_t block = 0;
    for (int by = 0; status == NP_OK && by < NP_REPORT_BYS; by++) {
        json_t *one = json_pack("{s:s, s:s}", "name", texts[by][0], "what", texts[by][1]);
        json_array_append_new(out, one);
        if (by == NP_REPORT_BY_INK) {
            json_object_set_new(one, "ink", json_true());
            json_object_set_new(one, "label",
                                json_string("on light skin, an estimate; needlepath preview draws it in light"));
            continue;
        }
        report_colouring c;
        status = report_colouring_init(&c, v->in->plan, v->in->made, (np_report_by)by, err);
        if (status != NP_OK)
            break;
        for (size_t i = 0; i < n; i++) {
            double colour[3];
            report_colouring_rgb(&c, i, colour);
            for (size_t k = 0; k < 3; k++)
                rgb[3 * (block * n + i) + k] = (unsigned char)lround(255 * colour[k]);
        }
        json_object_set_new(one, "block", json_integer((json_int_t)block++));
        legend_json(&c, one);
        report_colouring_fini(&c);
    }
    if (status == NP_OK)
        status = write_array(v, "colours", rgb, 3 * n * block, 1, err);
    free(rgb);
    return status;
}

/* A mark's Gaussians FROM and the one behind it as one: light in 1e-4 mm2, of each channel, and sigma in um. */
static void join_gaussians(const np_skin_mark *mark, int from, uint16_t out[4])
{
    double sum = 0, variance = 0;
    for (int c = 0; c < 3; c++) {
        double area = mark->area_mm2[from][c] + mark->area_mm2[from + 1][c];
        out[c] = (uint16_t)lround(fmin(fmax(area * 1e4, 0), UINT16_MAX));
    }
    for (int k = from; k < from + 2; k++) {
        sum += mark->area_mm2[k][1];
        variance += mark->area_mm2[k][1] * mark->sigma_mm[k] * mark->sigma_mm[k];
    }
    out[3] = (uint16_t)lround(fmin(1000 * sqrt(variance / fmax(sum, 1e-12)), UINT16_MAX));
}

/* Of the plan's dots, and behind them of those that stand. */
static np_status write_places(const viewer *v, np_error *err)
{
    size_t n = v->in->plan->n_dots + v->in->standing->n;
    int16_t *place = malloc((3 * n + 1) * sizeof *place);
    signed char *facing = malloc(3 * n + 1);
    uint16_t *ink = malloc((INK_VALUES * n + 1) * sizeof *ink);
    np_status status = place && facing && ink ? NP_OK : np_error_no_memory(err, "the viewer's dots");
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        const np_look_dot *d = &v->in->ink[i];
        const double p[3] = {d->position.x, d->position.y, d->position.z},
                     m[3] = {d->normal.x, d->normal.y, d->normal.z};
        for (size_t k = 0; k < 3; k++) {
            place[3 * i + k] = report_viewer_length(p[k]);
            facing[3 * i + k] = (signed char)lround(127 * fmin(fmax(m[k], -1), 1));
        }
        join_gaussians(&d->mark, 0, ink + INK_VALUES * i);
        join_gaussians(&d->mark, 2, ink + INK_VALUES * i + 4);
    }
    if (status == NP_OK)
        status = write_array(v, "places", place, 3 * n, 2, err);
    if (status == NP_OK)
        status = write_array(v, "facing", facing, 3 * n, 1, err);
    if (status == NP_OK)
        status = write_array(v, "ink", ink, INK_VALUES * n, 2, err);
    free(place);
    free(facing);
    free(ink);
    return status;
}

/* What a click on a dot shows. */
static np_status write_rows(const viewer *v, np_error *err)
{
    const np_plan *plan = v->in->plan;
    float *rows = malloc((ROW_VALUES * plan->n_dots + 1) * sizeof *rows);
    uint32_t *ids = malloc((ID_VALUES * plan->n_dots + 1) * sizeof *ids);
    report_colouring lean = {0}, made = {0};
    np_status status = rows && ids ? NP_OK : np_error_no_memory(err, "the viewer's dots");
    if (status == NP_OK)
        status = report_colouring_init(&lean, plan, v->in->made, NP_REPORT_BY_AZIMUTH, err);
    if (status == NP_OK)
        status = report_colouring_init(&made, plan, v->in->made, NP_REPORT_BY_OUTCOME, err);
    for (size_t i = 0; status == NP_OK && i < plan->n_dots; i++) {
        const np_dot *d = &plan->dots[i];
        const double values[ROW_VALUES] = {d->depth_mm, np_angle_deg(d->tilt_rad), lean.value[i], d->tone,
                                           d->dwell_ms, d->density_per_cm2};
        for (size_t k = 0; k < ROW_VALUES; k++)
            rows[ROW_VALUES * i + k] = (float)values[k];
        uint32_t *id = ids + ID_VALUES * i;
        id[0] = d->id;
        id[1] = d->order;
        id[2] = (uint32_t)d->session | (uint32_t)d->layer << 8;
        id[3] = (uint32_t)made.value[i];
    }
    if (status == NP_OK)
        status = write_array(v, "rows", rows, ROW_VALUES * plan->n_dots, sizeof *rows, err);
    if (status == NP_OK)
        status = write_array(v, "ids", ids, ID_VALUES * plan->n_dots, sizeof *ids, err);
    report_colouring_fini(&lean);
    report_colouring_fini(&made);
    free(rows);
    free(ids);
    return status;
}

/* Which ring each dot has, of the plan and behind them of those that stand; and what rings there are, into OUT. */
static np_status write_rings(const viewer *v, json_t *out, np_error *err)
{
    const np_plan *plan = v->in->plan;
    const report_standing *standing = v->in->standing;
    size_t n = plan->n_dots + standing->n, count[REPORT_RINGS + 1] = {0};
    unsigned char *ring = malloc(n + 1);
    if (!ring)
        return np_error_no_memory(err, "the viewer's dots");
    for (size_t i = 0; i < n; i++) {
        report_ring own = i < plan->n_dots                            ? report_ring_of(v->in->made->by_dot[i])
                          : standing->dots[i - plan->n_dots].in_doubt ? REPORT_RING_DOUBT
                                                                      : REPORT_RING_NONE;
        ring[i] = (unsigned char)own;
        count[own]++;
    }
    for (int k = 0; k < REPORT_RINGS; k++)
        json_array_append_new(out, json_pack("{s:o, s:I, s:o}", "text",
                                             json_sprintf("%s: %zu", report_rings[k].text, count[k]), "n",
                                             (json_int_t)count[k], "rgb", rgb_json(report_rings[k].rgb)));
    np_status status = write_array(v, "rings", ring, n, 1, err);
    free(ring);
    return status;
}

/* Takes TEXTS over. */
static np_status write_texts(const viewer *v, json_t *texts, np_error *err)
{
    char *text = texts ? json_dumps(texts, JSON_ENSURE_ASCII | JSON_COMPACT) : NULL;
    json_decref(texts);
    if (!text)
        return np_error_no_memory(err, "the viewer's texts");
    fputs("<script type=\"application/json\" id=\"plan\">", v->out);
    for (const char *c = text; *c; c++)
        if (*c == '<' || *c == '>' || *c == '&')
            fprintf(v->out, "\\u%04x", (unsigned)*c);
        else
            fputc(*c, v->out);
    fputs("</script>\n", v->out);
    free(text);
    return NP_OK;
}

static json_t *texts_json(const viewer *v, const report_viewer_mesh *mesh, json_t *colourings, json_t *rings)
{
    const np_plan *plan = v->in->plan;
    const report_standing *standing = v->in->standing;
    char digest[2 * NP_PLAN_DIGEST_BYTES + 1], hairline[96] = "", coarse[96] = "",
                                               alone[sizeof standing->missing + 64] = "";
    json_t *sessions = json_array(), *layers = json_array(), *outcomes = json_array();
    np_hex_write(plan->digest, NP_PLAN_DIGEST_BYTES, digest);
    if (v->in->hairline->found)
        snprintf(hairline, sizeof hairline, " The hairline's middle is %.0f mm over the glabella, along the skin.",
                 v->in->hairline->height_mm);
    if (mesh->cell_mm > 0)
        snprintf(coarse, sizeof coarse, " The head is drawn coarser than its scan, by %.2g mm.", mesh->cell_mm);
    if (*standing->missing)
        snprintf(alone, sizeof alone, " New dots alone, without those that stand from before: %s.", standing->missing);
    for (size_t i = 0; i < plan->n_sessions; i++)
        json_array_append_new(
            sessions, json_sprintf("%zu: day %d, %u dots", i + 1, plan->sessions[i].day, plan->sessions[i].dots));
    for (size_t i = 0; i < plan->n_layers; i++)
        json_array_append_new(layers, plain_json(plan->layers[i].name));
    for (size_t k = 0; report_colouring_outcome(k); k++)
        json_array_append_new(outcomes, json_string(report_colouring_outcome(k)));
    np_vec3 front, up, middle = report_box_middle(&v->in->box), extent = np_vec3_sub(v->in->box.max, v->in->box.min);
    double rgb[3];
    np_head_axes(&front, &up);
    np_colour_lab_to_rgb(np_skin_class_lab(NP_SKIN_LIGHT), rgb);
    for (int k = 0; k < 3; k++) /* in the screen's gamma, as the page multiplies light */
        rgb[k] = pow(rgb[k], 1 / 2.2);
    return json_pack(
        "{s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:f, s:{s:[f,f,f], s:f}, s:[f,f,f], s:[f,f,f], s:[f,f,f]}",
        "title", plain_json(*plan->title ? plan->title : "Treatment plan"), "about",
        json_sprintf("%zu dots, digest %.16s...%s%s%s", plan->n_dots, digest, hairline, coarse, alone), "dots",
        (json_int_t)plan->n_dots, "standing", (json_int_t)standing->n, "sessions", sessions, "layers", layers,
        "outcomes", outcomes, "colourings", colourings, "rings", rings, "widest", REPORT_COLOURING_WIDEST_MM, "frame",
        "middle", middle.x, middle.y, middle.z, "size", fmax(extent.x, fmax(extent.y, extent.z)), "front", front.x,
        front.y, front.z, "up", up.x, up.y, up.z, "skin", rgb[0], rgb[1], rgb[2]);
}

static np_status write_data(const viewer *v, np_error *err)
{
    report_viewer_mesh mesh = {0};
    json_t *colourings = json_array(), *rings = json_array();
    np_status status = report_viewer_mesh_init(&mesh, &v->in->scan->surface.mesh, err);
    if (status == NP_OK)
        status = write_array(v, "vertices", mesh.vertices, 3 * mesh.n_vertices, sizeof *mesh.vertices, err);
    if (status == NP_OK)
        status = write_array(v, "triangles", mesh.triangles, 3 * mesh.n_triangles, sizeof *mesh.triangles, err);
    if (status == NP_OK)
        status = write_places(v, err);
    if (status == NP_OK)
        status = write_rows(v, err);
    if (status == NP_OK)
        status = write_colours(v, colourings, err);
    if (status == NP_OK)
        status = write_rings(v, rings, err);
    if (status == NP_OK)
        status = write_texts(v, texts_json(v, &mesh, json_incref(colourings), json_incref(rings)), err);
    json_decref(colourings);
    json_decref(rings);
    report_viewer_mesh_fini(&mesh);
    return status;
}

np_status report_viewer_write(const report_viewer_input *in, const char *directory, np_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/viewer.html", directory);
    np_file_writer writer = {0};
    np_status status = np_file_writer_open(&writer, path, err);
    if (status == NP_OK) {
        const char *data = strstr(page, place_of_data), *rest = data + sizeof place_of_data - 1;
        viewer v = {in, writer.stream};
        fwrite(page, 1, (size_t)(data - page), writer.stream);
        status = write_data(&v, err);
        fputs(rest, writer.stream);
    }
    if (status == NP_OK)
        status = np_file_writer_commit(&writer, err);
    np_file_writer_discard(&writer);
    return status;
}
