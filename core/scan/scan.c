#include "scan/scan.h"

#include <stdlib.h>
#include <string.h>

#include "scan/check.h"
#include "scan/frame.h"
#include "scan/head.h"
#include "scan/import.h"
#include "scan/index.h"
#include "scan/orient.h"

static np_status check_indices(const np_mesh *mesh, np_error *err)
{
    if (mesh->n_triangles == 0)
        return np_error_set(err, NP_ERR_GEOMETRY, "the scan has no triangles");
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++)
            if (mesh->triangles[t].v[k] >= mesh->n_vertices)
                return np_error_set(err, NP_ERR_GEOMETRY, "triangle %zu of the scan names vertex %u of %zu",
                                    t, mesh->triangles[t].v[k], mesh->n_vertices);
    return NP_OK;
}

static np_vec3 snap(const np_scan *scan, np_vec3 p)
{
    np_surface_point nearest;
    return np_scan_nearest(scan, p, INFINITY, &nearest) ? nearest.position : p;
}

static np_status build(np_scan *scan, const np_case_landmarks *landmarks, const np_vec3 *whorls,
                       size_t n_whorls, np_error *err)
{
    np_status status = check_indices(&scan->mesh, err);
    if (status != NP_OK)
        return status;
    scan->normals = malloc(scan->mesh.n_vertices * sizeof *scan->normals);
    scan->whorls = malloc((n_whorls + 1) * sizeof *scan->whorls);
    if (!scan->normals || !scan->whorls)
        return np_error_no_memory(err, "the scan");
    np_mesh_vertex_normals(&scan->mesh, scan->normals);
    status = np_scan_index_create(&scan->mesh, &scan->index, err);
    if (status != NP_OK)
        return status;
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
    scan->circumference_mm = np_head_circumference_mm(&scan->mesh, &scan->landmarks);
    return NP_OK;
}

np_status np_scan_create_from_mesh(np_mesh *mesh, const np_case_landmarks *landmarks, const np_vec3 *whorls,
                                   size_t n_whorls, np_scan **out_scan, np_error *err)
{
    *out_scan = NULL;
    np_scan *scan = calloc(1, sizeof *scan);
    if (!scan) {
        np_mesh_fini(mesh);
        return np_error_no_memory(err, "the scan");
    }
    scan->mesh = *mesh;
    *mesh = (np_mesh){0};
    scan->frame = (np_head_frame){.row = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, .scale = 1};
    np_status status = build(scan, landmarks, whorls, n_whorls, err);
    if (status != NP_OK) {
        np_scan_destroy(scan);
        return status;
    }
    *out_scan = scan;
    return NP_OK;
}

void np_scan_destroy(np_scan *scan)
{
    if (!scan)
        return;
    np_scan_index_destroy(scan->index);
    np_mesh_fini(&scan->mesh);
    free(scan->normals);
    free(scan->whorls);
    free(scan);
}

np_vec3 np_scan_from_file(const np_scan *scan, np_vec3 file_point)
{
    return np_head_frame_apply(&scan->frame, file_point);
}

np_vec3 np_scan_to_file(const np_scan *scan, np_vec3 head_point)
{
    return np_head_frame_revert(&scan->frame, head_point);
}

bool np_scan_nearest(const np_scan *scan, np_vec3 p, double limit_mm, np_surface_point *out)
{
    uint32_t triangle;
    double weight[3];
    if (!np_scan_index_nearest(scan->index, p, limit_mm, &triangle, weight))
        return false;
    *out = np_mesh_point(&scan->mesh, scan->normals, triangle, weight);
    return true;
}

bool np_scan_ray(const np_scan *scan, np_vec3 origin, np_vec3 direction, double limit_mm,
                 np_surface_point *out)
{
    uint32_t triangle;
    double weight[3];
    if (!np_scan_index_ray(scan->index, origin, direction, limit_mm, &triangle, weight))
        return false;
    *out = np_mesh_point(&scan->mesh, scan->normals, triangle, weight);
    return true;
}

/* ---- the two sources ---- */

#define WHORL_LIMIT_MM 5.0

/* The whorls that the case gives must lie on the scan, as they were given. */
static np_status check_whorls(const np_scan *scan, const np_case_points *given, np_error *err)
{
    for (unsigned i = 0; i < given->n; i++) {
        np_vec3 p = np_scan_from_file(scan, given->points[i]);
        np_surface_point nearest;
        if (!np_vec3_is_finite(p) || !np_scan_nearest(scan, p, INFINITY, &nearest))
            return np_error_set(err, NP_ERR_INVALID, "whorl %u has a coordinate that is no number", i + 1);
        double off_mm = np_vec3_distance(p, nearest.position);
        if (off_mm > WHORL_LIMIT_MM)
            return np_error_set(err, NP_ERR_INVALID,
                                "whorl %u is %.1f mm off the scan's surface (at most %.0f mm)", i + 1, off_mm,
                                WHORL_LIMIT_MM);
    }
    return NP_OK;
}

static np_status create_built_in(const np_case_scan *source, np_scan **out_scan, np_error *err)
{
    np_mesh mesh;
    np_scan_description description;
    np_status status = np_head_create(source->sex, source->percentile, &mesh, &description, err);
    if (status != NP_OK)
        return status;
    const np_case_points *whorls = source->whorls.n ? &source->whorls : &description.scan.whorls;
    status = np_scan_create_from_mesh(&mesh, &description.scan.landmarks, whorls->points, whorls->n, out_scan,
                                      err);
    np_scan_description_fini(&description);
    return status;
}

/* Moves MESH (file coordinates, taken over) and what SOURCE gives on it into the head frame. */
static np_status create_in_frame(const np_case_scan *source, const np_head_frame *frame, np_mesh *mesh,
                                 np_scan **out_scan, np_error *err)
{
    np_case_landmarks landmarks = np_head_frame_apply_landmarks(frame, &source->landmarks);
    np_vec3 *whorls = malloc((source->whorls.n + 1) * sizeof *whorls);
    if (!whorls) {
        np_mesh_fini(mesh);
        return np_error_no_memory(err, "the whorls");
    }
    for (size_t i = 0; i < mesh->n_vertices; i++)
        mesh->vertices[i] = np_head_frame_apply(frame, mesh->vertices[i]);
    for (size_t i = 0; i < source->whorls.n; i++)
        whorls[i] = np_head_frame_apply(frame, source->whorls.points[i]);
    np_status status = np_scan_create_from_mesh(mesh, &landmarks, whorls, source->whorls.n, out_scan, err);
    free(whorls);
    if (status == NP_OK)
        (*out_scan)->frame = *frame;
    return status;
}

static np_status create_from_file(const np_case_scan *source, const np_progress *progress, np_scan **out_scan,
                                  np_error *err)
{
    np_mesh mesh;
    np_head_frame frame;
    size_t turned = 0;
    np_status status = np_scan_import(source->file, &mesh, err);
    if (status != NP_OK)
        return status;
    if (!np_progress_step(progress, "checking the scan", 0.5))
        status = np_error_set(err, NP_ERR_STOPPED, "stopped while reading the scan");
    if (status == NP_OK)
        status = np_scan_fit_frame(source, &mesh, &frame, err);
    if (status == NP_OK && (status = np_mesh_make_coherent(&mesh, &turned, err)) != NP_OK)
        np_error_prefix(err, "%s", source->file);
    if (status != NP_OK) {
        np_mesh_fini(&mesh);
        return status;
    }
    status = create_in_frame(source, &frame, &mesh, out_scan, err);
    if (status != NP_OK)
        return status;
    (*out_scan)->n_turned = turned;
    status = np_scan_check_outside(*out_scan, err);
    return status == NP_OK ? NP_OK : np_error_prefix(err, "%s", source->file);
}

np_status np_scan_create(const np_case_scan *source, const np_progress *progress, np_scan **out_scan,
                         np_error *err)
{
    *out_scan = NULL;
    if (!np_progress_step(progress, "reading the scan", 0))
        return np_error_set(err, NP_ERR_STOPPED, "stopped while reading the scan");
    np_status status = source->file ? create_from_file(source, progress, out_scan, err)
                                    : create_built_in(source, out_scan, err);
    if (status == NP_OK)
        status = check_whorls(*out_scan, &source->whorls, err);
    if (status == NP_OK && !np_progress_step(progress, "reading the scan", 1))
        status = np_error_set(err, NP_ERR_STOPPED, "stopped while reading the scan");
    if (status != NP_OK) {
        np_scan_destroy(*out_scan);
        *out_scan = NULL;
    }
    return status;
}
