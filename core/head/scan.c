/* A scan, from its two sources: a mesh file that is cleaned, checked and brought into the head frame, or the parametric
 * head, which is made in it.  Behind here nobody can tell which it was. */
#include "head/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "head/private/chart.h"
#include "head/private/check.h"
#include "head/private/frame.h"
#include "head/face.h"
#include "head/head.h"
#include "head/private/flow.h"
#include "head/private/import.h"
#include "head/private/nose_root.h"
#include "surface/orient.h"
#include "surface/smooth.h"

static np_vec3 snap(const np_scan *scan, np_vec3 p)
{
    np_surface_point nearest;
    return np_surface_nearest(&scan->surface, p, INFINITY, &nearest) ? nearest.position : p;
}

static np_status build(np_scan *scan, np_mesh *mesh, np_vec3 *normals, const np_case_landmarks *landmarks,
                       const np_vec3 *whorls, size_t n_whorls, np_error *err)
{
    np_status status = np_surface_init(&scan->surface, mesh, normals, err);
    if (status != NP_OK)
        return status;
    scan->whorls = malloc((n_whorls + 1) * sizeof *scan->whorls);
    if (!scan->whorls)
        return np_error_no_memory(err, "the scan");
    scan->landmarks = (np_case_landmarks){
        .glabella = snap(scan, landmarks->glabella),
        .inion = snap(scan, landmarks->inion),
        .tragion_left = snap(scan, landmarks->tragion_left),
        .tragion_right = snap(scan, landmarks->tragion_right),
        .vertex = snap(scan, landmarks->vertex),
    };
    for (size_t i = 0; i < n_whorls; i++)
        scan->whorls[i] = snap(scan, whorls[i]);
    scan->n_whorls = n_whorls;
    scan->circumference_mm = head_circumference_mm(&scan->surface.mesh, &scan->landmarks);
    scan->nose_root_up_mm = head_nose_root_up_mm(scan);
    return NP_OK;
}

/* Takes MESH and NORMALS over; NORMALS NULL: the mesh's own. */
static np_status create(np_mesh *mesh, np_vec3 *normals, const np_case_landmarks *landmarks, const np_vec3 *whorls,
                        size_t n_whorls, np_scan **out_scan, np_error *err)
{
    *out_scan = NULL;
    np_scan *scan = calloc(1, sizeof *scan);
    if (!scan) {
        np_mesh_fini(mesh);
        free(normals);
        return np_error_no_memory(err, "the scan");
    }
    np_status status = build(scan, mesh, normals, landmarks, whorls, n_whorls, err);
    if (status != NP_OK) {
        np_scan_destroy(scan);
        return status;
    }
    *out_scan = scan;
    return NP_OK;
}

np_status np_scan_create_from_mesh(np_mesh *mesh, const np_case_landmarks *landmarks, const np_vec3 *whorls,
                                   size_t n_whorls, np_scan **out_scan, np_error *err)
{
    np_status status = create(mesh, NULL, landmarks, whorls, n_whorls, out_scan, err);
    if (status == NP_OK && (status = head_flow_create(*out_scan, NULL, err)) != NP_OK) {
        np_scan_destroy(*out_scan);
        *out_scan = NULL;
    }
    return status;
}

void np_scan_mended(const np_scan *scan, char out_text[NP_SCAN_MENDED_BYTES])
{
    out_text[0] = '\0';
    if (scan->n_doubled || scan->n_turned)
        snprintf(out_text, NP_SCAN_MENDED_BYTES,
                 "scan: of its faces %zu stood in the file twice and %zu looked inwards, unlike those beside them: "
                 "dropped and "
                 "turned\n",
                 scan->n_doubled, scan->n_turned);
}

void np_scan_destroy(np_scan *scan)
{
    if (!scan)
        return;
    np_surface_fini(&scan->surface);
    head_flow_destroy(scan->flow);
    free(scan->rough_mm);
    free(scan->scanned);
    free(scan->whorls);
    free(scan->counterclockwise);
    free(scan->whorl_strengths);
    free(scan);
}

np_vec3 np_scan_from_file(const np_scan *scan, np_vec3 file_point)
{
    return np_similarity_apply(&scan->surface.from_file, file_point);
}

np_vec3 np_scan_to_file(const np_scan *scan, np_vec3 head_point)
{
    return np_similarity_revert(&scan->surface.from_file, head_point);
}

/* ---- the two sources ---- */

#define WHORL_LIMIT_MM 5.0

/* The whorls that the case gives must lie on the scan, as they were given, where hair grows. */
static np_status check_whorls(const np_scan *scan, const np_case_points *given, np_error *err)
{
    for (unsigned i = 0; i < given->n; i++) {
        np_vec3 p = np_scan_from_file(scan, given->points[i]);
        np_surface_point nearest;
        if (!np_vec3_is_finite(p) || !np_surface_nearest(&scan->surface, p, INFINITY, &nearest))
            return np_error_set(err, NP_ERR_INVALID, "whorl %u has a coordinate that is no number", i + 1);
        double off_mm = np_vec3_distance(p, nearest.position);
        if (off_mm > WHORL_LIMIT_MM)
            return np_error_set(err, NP_ERR_INVALID, "whorl %u is %.1f mm off the scan's surface (at most %.0f mm)",
                                i + 1, off_mm, WHORL_LIMIT_MM);
        if (np_face_part_at(scan, nearest.position) != NP_FACE_NONE)
            return np_error_set(
                err, NP_ERR_INVALID,
                "whorl %u lies on the face, an ear or the neck, where no hair of the scalp turns around; put it "
                "where it is on the scalp",
                i + 1);
    }
    return NP_OK;
}

/* Two whorls lie beside each other, so far from the midline on the chart: some 27 mm apart. */
#define TWO_WHORLS_ASIDE_DEG 8.5

/* Whorls at their usual place (domain.md 2.4), as many as SOURCE says, instead of the head's own; of two, the right one first.  One where
 * SOURCE says nothing of whorls, if the scan has skin there. */
static np_status put_usual_whorls(np_scan *scan, const np_case_scan *source, np_error *err)
{
    bool unsaid = source->usual_whorls == 0 && scan->n_whorls == 0 && !source->no_whorls;
    int n = unsaid ? 1 : source->usual_whorls;
    if (n == 0)
        return NP_OK;
    np_vec3 *whorls = calloc((size_t)n, sizeof *whorls);
    if (!whorls)
        return np_error_no_memory(err, "the whorls");
    free(scan->whorls);
    scan->whorls = whorls;
    scan->n_whorls = 0;
    head_chart chart;
    head_chart_init(&chart, scan, 0);
    for (int i = 0; i < n; i++) {
        double aside = n == 1 ? 0 : TWO_WHORLS_ASIDE_DEG * (2 * i - 1);
        if (head_chart_cast(&chart, (head_place){-HEAD_CHART_WHORL_DEG, aside}, false, &whorls[i]))
            continue;
        if (unsaid)
            return NP_OK;
        return np_error_set(err, NP_ERR_GEOMETRY,
                            "the scan has no skin at the usual place of a whorl; list whorls instead of usual_whorls");
    }
    scan->n_whorls = (size_t)n;
    return NP_OK;
}

static np_status turn_whorls(np_scan *scan, const np_case_scan *source, np_error *err)
{
    if (source->n_whorl_turns == 0)
        return NP_OK;
    if (source->n_whorl_turns != scan->n_whorls)
        return np_error_set(err, NP_ERR_INVALID,
                            "whorl_turns says how %u whorls turn, and there are %zu; say clockwise or counterclockwise "
                            "for each, in the order of whorls",
                            source->n_whorl_turns, scan->n_whorls);
    scan->counterclockwise = calloc(scan->n_whorls, sizeof *scan->counterclockwise);
    if (!scan->counterclockwise)
        return np_error_no_memory(err, "the whorls");
    for (size_t i = 0; i < scan->n_whorls; i++)
        scan->counterclockwise[i] = source->whorl_turns[i] == NP_CASE_COUNTERCLOCKWISE;
    return NP_OK;
}

#define STRENGTH_MIN 0.3
#define STRENGTH_MAX 1.5

static np_status strengthen_whorls(np_scan *scan, const np_case_scan *source, np_error *err)
{
    unsigned n = source->n_whorl_strengths;
    if (n == 0)
        return NP_OK;
    if (n != scan->n_whorls)
        return np_error_set(err, NP_ERR_INVALID,
                            "whorl_strengths says how far %u whorls reach, and there are %zu; give a number from %g to "
                            "%g for each, in the order of whorls",
                            n, scan->n_whorls, STRENGTH_MIN, STRENGTH_MAX);
    scan->whorl_strengths = calloc(n, sizeof *scan->whorl_strengths);
    if (!scan->whorl_strengths)
        return np_error_no_memory(err, "the whorls");
    for (unsigned i = 0; i < n; i++) {
        double strength = scan->whorl_strengths[i] = source->whorl_strengths[i];
        if (!(strength >= STRENGTH_MIN && strength <= STRENGTH_MAX))
            return np_error_set(err, NP_ERR_INVALID, "whorl_strengths[%u]: expected %g to %g, found %g", i,
                                STRENGTH_MIN, STRENGTH_MAX, strength);
    }
    return NP_OK;
}

static np_status set_whorls(np_scan *scan, const np_case_scan *source, np_error *err)
{
    np_status status = check_whorls(scan, &source->whorls, err);
    if (status == NP_OK)
        status = put_usual_whorls(scan, source, err);
    if (status == NP_OK)
        status = turn_whorls(scan, source, err);
    if (status == NP_OK)
        status = strengthen_whorls(scan, source, err);
    return head_blame_whorls(source, status, err);
}

static np_status create_built_in(const np_case_scan *source, np_scan **out_scan, np_error *err)
{
    np_mesh mesh;
    np_scan_description description;
    np_status status = np_head_create(source->sex, source->percentile, &mesh, &description, err);
    if (status != NP_OK)
        return status;
    const np_case_points *whorls = source->whorls.n || source->no_whorls ? &source->whorls : &description.scan.whorls;
    status = create(&mesh, NULL, &description.scan.landmarks, whorls->points, whorls->n, out_scan, err);
    np_scan_description_fini(&description);
    return status;
}

/* Moves MESH with its NORMALS (file coordinates, both taken over) and what SOURCE gives on it into the head frame. */
static np_status create_in_frame(const np_case_scan *source, const np_similarity *frame, np_mesh *mesh,
                                 np_vec3 *normals, np_scan **out_scan, np_error *err)
{
    np_case_landmarks landmarks = head_frame_apply_landmarks(frame, &source->landmarks);
    np_similarity turn = {.row = {frame->row[0], frame->row[1], frame->row[2]}, .scale = 1};
    np_vec3 *whorls = malloc((source->whorls.n + 1) * sizeof *whorls);
    if (!whorls) {
        np_mesh_fini(mesh);
        free(normals);
        return np_error_no_memory(err, "the whorls");
    }
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        mesh->vertices[i] = np_similarity_apply(frame, mesh->vertices[i]);
        normals[i] = np_similarity_apply(&turn, normals[i]);
    }
    for (size_t i = 0; i < source->whorls.n; i++)
        whorls[i] = np_similarity_apply(frame, source->whorls.points[i]);
    np_status status = create(mesh, normals, &landmarks, whorls, source->whorls.n, out_scan, err);
    free(whorls);
    if (status == NP_OK)
        (*out_scan)->surface.from_file = *frame;
    return status;
}

/* A mesh as its file gives it, smooth and coherent, in the file's coordinates still. */
typedef struct reading {
    np_mesh mesh;
    np_vec3 *normals, *scanned; /* scanned: of the file, before smoothing */
    float *rough_mm;
    np_similarity frame;
    size_t turned, doubled;
    double smoothed_mm;
} reading;

/* Reads, turns and smooths SOURCE's file.  Landmarks and frame are checked on the mesh as it is and then, since each is a
 * single point of it, taken from the smooth one. */
static np_status read_file(const np_case_scan *source, const np_progress *progress, reading *r, np_error *err)
{
    np_status status = head_scan_import(source->file, progress, &r->mesh, &r->doubled, err);
    if (status == NP_OK && !np_progress_step(progress, "checking the scan", 0.5))
        status = np_error_set(err, NP_ERR_STOPPED, "stopped while reading the scan");
    if (status == NP_OK)
        status = head_scan_fit_frame(source, &r->mesh, &r->frame, err);
    if (status == NP_OK && (status = np_mesh_make_coherent(&r->mesh, &r->turned, err)) != NP_OK)
        return np_error_prefix(err, status, "%s", source->file);
    if (status != NP_OK)
        return status;
    r->normals = malloc(r->mesh.n_vertices * sizeof *r->normals);
    r->rough_mm = malloc(r->mesh.n_vertices * sizeof *r->rough_mm);
    r->scanned = malloc(r->mesh.n_vertices * sizeof *r->scanned);
    if (!r->normals || !r->rough_mm || !r->scanned)
        return np_error_no_memory(err, "the scan");
    memcpy(r->scanned, r->mesh.vertices, r->mesh.n_vertices * sizeof *r->scanned);
    status =
        np_mesh_smooth(&r->mesh, NP_SMOOTH_SCALE_MM, r->frame.scale, r->normals, r->rough_mm, &r->smoothed_mm, err);
    return status == NP_OK ? head_scan_fit_frame(source, &r->mesh, &r->frame, err) : status;
}

static np_status create_from_file(const np_case_scan *source, const np_progress *progress, np_scan **out_scan,
                                  np_error *err)
{
    reading r = {0};
    np_status status = read_file(source, progress, &r, err);
    if (status != NP_OK) {
        np_mesh_fini(&r.mesh);
        free(r.normals);
    } else {
        status = create_in_frame(source, &r.frame, &r.mesh, r.normals, out_scan, err);
    }
    if (status != NP_OK) {
        free(r.rough_mm);
        free(r.scanned);
        return status;
    }
    for (size_t i = 0; i < (*out_scan)->surface.mesh.n_vertices; i++)
        r.scanned[i] = np_scan_from_file(*out_scan, r.scanned[i]);
    (*out_scan)->scanned = r.scanned;
    (*out_scan)->rough_mm = r.rough_mm;
    (*out_scan)->n_turned = r.turned;
    (*out_scan)->n_doubled = r.doubled;
    (*out_scan)->smoothed_mm = r.smoothed_mm;
    status = head_scan_check_outside(*out_scan, err);
    if (status == NP_OK)
        status = head_scan_check_glabella(*out_scan, err);
    return status == NP_OK ? NP_OK : np_error_prefix(err, status, "%s", source->file);
}

np_status np_scan_create(const np_case_scan *source, const np_progress *progress, np_scan **out_scan, np_error *err)
{
    *out_scan = NULL;
    if (!np_progress_step(progress, "reading the scan", 0))
        return np_error_set(err, NP_ERR_STOPPED, "stopped while reading the scan");
    np_status status =
        source->file ? create_from_file(source, progress, out_scan, err) : create_built_in(source, out_scan, err);
    if (status == NP_OK)
        status = set_whorls(*out_scan, source, err);
    if (status == NP_OK)
        status = head_flow_create(*out_scan, source, err);
    if (status == NP_OK && !np_progress_step(progress, "reading the scan", 1))
        status = np_error_set(err, NP_ERR_STOPPED, "stopped while reading the scan");
    if (status != NP_OK) {
        np_scan_destroy(*out_scan);
        *out_scan = NULL;
    }
    return status;
}

np_status np_scan_unsmoothed(const np_scan *scan, np_mesh *out_mesh, np_error *err)
{
    const np_mesh *mesh = &scan->surface.mesh;
    *out_mesh = (np_mesh){.n_vertices = mesh->n_vertices, .n_triangles = mesh->n_triangles};
    out_mesh->vertices = malloc((mesh->n_vertices + 1) * sizeof *mesh->vertices);
    out_mesh->triangles = malloc((mesh->n_triangles + 1) * sizeof *mesh->triangles);
    if (!out_mesh->vertices || !out_mesh->triangles) {
        np_mesh_fini(out_mesh);
        return np_error_no_memory(err, "the scan");
    }
    memcpy(out_mesh->vertices, scan->scanned ? scan->scanned : mesh->vertices,
           mesh->n_vertices * sizeof *mesh->vertices);
    memcpy(out_mesh->triangles, mesh->triangles, mesh->n_triangles * sizeof *mesh->triangles);
    return NP_OK;
}

void np_head_axes(np_vec3 *out_anterior, np_vec3 *out_up)
{
    *out_anterior = np_vec3_normalize(head_anterior);
    *out_up = np_vec3_normalize(head_up);
}
