/* The fit from end to end: cranium, pose, work frame, face, ears, frame, verdict (fit_*.c, in this order). */
#include "head/fit.h"

#include <stdio.h>
#include <stdlib.h>

#include "head/private/fit.h"
#include "head/private/import.h"
#include "surface/orient.h"

/* More triangles than this that disagree with their neighbours are a random winding. */
#define STRAY_SHARE 0.03

static const double mm_per_unit[] = {
    [NP_CASE_UNIT_MM] = 1, [NP_CASE_UNIT_CM] = 10, [NP_CASE_UNIT_M] = 1000, [NP_CASE_UNIT_INCH] = 25.4};

static np_status refuse(np_fit *fit, const char *reason)
{
    snprintf(fit->reasons, sizeof fit->reasons, "%s", reason);
    fit->verdict = NP_FIT_REFUSE;
    return NP_OK;
}

static void choose_unit(np_fit *fit, double scale)
{
    for (np_case_unit u = NP_CASE_UNIT_MM; u <= NP_CASE_UNIT_INCH; u++)
        if (u == NP_CASE_UNIT_MM || fabs(log(scale * mm_per_unit[u])) < fabs(log(scale * mm_per_unit[fit->units])))
            fit->units = u;
    fit->figures.size = log(scale * mm_per_unit[fit->units]);
    fit->mm_per_unit = mm_per_unit[fit->units];
}

/* The cost of the best pose that is a different one. */
static double rival_cost(const fit_template *t, const fit_poses *poses)
{
    const fit_pose *p = &poses->best[0].pose;
    np_vec3 c = np_vec3_mad(p->shift, fit_turn_apply(&p->turn, t->cranium.centre), p->scale);
    for (int k = 1; k < poses->n; k++) {
        const fit_pose *q = &poses->best[k].pose;
        np_vec3 d = np_vec3_mad(q->shift, fit_turn_apply(&q->turn, t->cranium.centre), q->scale);
        if (fit_turn_degrees(&p->turn, &q->turn) > 40 || np_vec3_distance(c, d) > 80 * p->scale)
            return poses->best[k].cost;
    }
    return 1;
}

static void measure_cranium(const fit_template *t, const double *each, np_fit_figures *f)
{
    double sum = 0, cost = 0, missing = 0;
    for (int i = 0; i < FIT_POINTS; i++) {
        if (t->region[i] != FIT_CRANIUM)
            continue;
        sum += t->w[i];
        cost += t->w[i] * each[i];
        missing += each[i] > 0.99 ? t->w[i] : 0;
    }
    f->cranium_cost = cost / sum;
    f->cranium_missing = missing / sum;
}

/* Share of the rays out of the skull that meet another surface 3 to 80 mm on. */
static double covered_share(const fit_work *w)
{
    int rays = 0, hits = 0, seen = 0;
    fit_pose pose = {.scale = 1, .turn = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}};
    for (int k = 0; k < 3; k++)
        pose.stretch[k] = w->pose.stretch[k];
    for (uint32_t i = 0; i < FIT_POINTS; i++) {
        if (w->t->region[i] != FIT_CRANIUM || w->t->p[i].z <= 50 || seen++ % 6)
            continue;
        np_vec3 p, n;
        np_surface_point hit;
        fit_pose_place(w->t, &pose, i, &p, &n);
        np_vec3 from = np_vec3_mad(fit_work_on_skin(w, p), w->t->n[i], 3);
        hits += np_surface_ray(&w->surface, from, w->t->n[i], 77, &hit);
        rays++;
    }
    return rays ? (double)hits / rays : 0;
}

/* All marks in the work frame, the verdict, and from there to the mesh. */
static np_status fit_marks(const fit_template *t, const np_mesh *mesh, const fit_pose *pose, np_fit *fit, np_error *err)
{
    fit_work w;
    np_vec3 guess[3];
    bool found = false;
    np_fit_figures *f = &fit->figures;
    np_status status = fit_work_init(&w, t, mesh, pose, fit->inward ? -1 : 1, f, err);
    if (status == NP_OK)
        status = fit_face_find(&w, guess, &f->face_cost, err);
    if (status == NP_OK)
        status = fit_front_find(&w, guess, fit->marks, f, &found, err);
    if (status == NP_OK && !found)
        status = refuse(fit, "there is no face");
    if (status == NP_OK && found)
        status = fit_ears_find(&w, fit->marks, f, err);
    if (status == NP_OK && found) {
        choose_unit(fit, pose->scale);
        bool known = fabs(f->size) <= 0.20;
        f->covered = covered_share(&w);
        fit_frame_find(&w, fit->marks, known ? pose->scale * fit->mm_per_unit : 1, fit);
        fit_verdict(fit);
        for (int k = 0; k < NP_FIT_MARKS; k++)
            fit->marks[k] = fit_work_to_mesh(&w, fit->marks[k]);
        for (int k = 0; k < NP_FIT_OUTLINE; k++)
            fit->outline[k] = fit_work_to_mesh(&w, fit->outline[k]);
        fit->whorl = fit_work_to_mesh(&w, fit->whorl);
    }
    fit_work_fini(&w);
    return status;
}

/* The cost of a second head. */
static np_status find_second(const fit_template *t, const np_mesh *mesh, const fit_ball *head, double *out,
                             np_error *err)
{
    fit_poses poses;
    np_status status = fit_poses_find(t, mesh, head, &poses, err);
    *out = poses.n ? poses.best[0].cost : 1;
    fit_poses_fini(&poses);
    return status;
}

static np_status fit_pose_and_marks(const fit_template *t, const np_mesh *mesh, np_fit *fit, np_error *err)
{
    fit_poses poses;
    double each[FIT_POINTS];
    np_fit_figures *f = &fit->figures;
    np_status status = fit_poses_find(t, mesh, NULL, &poses, err);
    if (status != NP_OK || poses.n == 0) {
        fit_poses_fini(&poses);
        return status == NP_OK ? refuse(fit, "no round skull was found") : status;
    }
    fit_pose pose = poses.best[0].pose;
    const fit_near *near = &poses.near[poses.best[0].near];
    f->coarse_cost = poses.best[0].cost;
    f->rival_cost = rival_cost(t, &poses);
    fit->inward = near->sign < 0;
    status = find_second(t, mesh, &near->sphere, &f->second_cost, err);
    if (status == NP_OK) {
        f->cost = fit_pose_refine(t, &near->cloud, &pose, each);
        for (int k = 0; k < 3; k++)
            f->stretch = fmax(f->stretch, fabs(log(pose.stretch[k])));
        measure_cranium(t, each, f);
        status = fit_marks(t, mesh, &pose, fit, err);
    }
    fit_poses_fini(&poses);
    return status;
}

np_status np_fit_mesh(np_mesh *mesh, np_fit *out_fit, np_error *err)
{
    *out_fit = (np_fit){.verdict = NP_FIT_REFUSE};
    size_t turned;
    fit_template *t = malloc(sizeof *t);
    if (!t)
        return np_error_no_memory(err, "the fit");
    fit_template_init(t);
    np_status status = np_mesh_make_coherent(mesh, &turned, err);
    /* A few folded triangles of a coarse mesh are outliers like others; planning looks at them again. */
    if (status == NP_ERR_GEOMETRY && (double)turned <= STRAY_SHARE * (double)mesh->n_triangles)
        status = NP_OK;
    if (status == NP_OK)
        status = fit_pose_and_marks(t, mesh, out_fit, err);
    free(t);
    return status;
}

np_status np_fit_file(const char *path, const np_progress *progress, np_mesh *out_mesh, np_fit *out_fit, np_error *err)
{
    *out_fit = (np_fit){.verdict = NP_FIT_REFUSE};
    np_status status = head_scan_import(path, progress, out_mesh, NULL, err);
    if (status != NP_OK)
        return status;
    if (!np_progress_step(progress, "finding the head", 0))
        return np_error_set(err, NP_ERR_STOPPED, "stopped before the head was looked for");
    status = np_fit_mesh(out_mesh, out_fit, err);
    if (status == NP_OK && !np_progress_step(progress, "finding the head", 1))
        return np_error_set(err, NP_ERR_STOPPED, "stopped while the head was looked for");
    if (status != NP_OK)
        return np_error_prefix(err, status, "%s", path);
    if (out_fit->verdict != NP_FIT_REFUSE)
        return NP_OK;
    return np_error_set(
        err, NP_ERR_GEOMETRY,
        "%s: expected one head with its face, found none that is sure: %s; cut the scan to the head, or "
        "give the landmarks by hand (docs/case-file.md)",
        path, out_fit->reasons);
}
