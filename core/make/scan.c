/* The scan stage: the head, and the plan's beginning.  The plan names the scan by a digest of the mesh as it is planned on, so that a
 * plan that was made on another head shows. */
#include "make/private/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "make/make.h"
#include "make/private/notes.h"

/* What the plan takes over from the case. */
static np_status start_plan(make_making *m, np_error *err)
{
    const np_case *c = m->c;
    np_plan *plan = m->plan = calloc(1, sizeof *plan);
    if (!plan)
        return np_error_no_memory(err, "the plan");
    plan->case_text = strdup(c->text);
    plan->title = strdup(c->title);
    plan->version = strdup(NP_VERSION);
    plan->layers = calloc(c->n_layers, sizeof *plan->layers);
    if (!plan->case_text || !plan->title || !plan->version || !plan->layers)
        return np_error_no_memory(err, "the plan");
    plan->n_layers = c->n_layers;
    plan->seed = c->seed;
    plan->limits = c->limits;
    plan->accepted = (int)np_case_accepted(c);
    plan->needle_diameter_mm = c->needle_diameter_mm;
    plan->indentation_mm = c->depth.indentation_mm;
    plan->ink_strength = c->test_dots.ink_strength;
    plan->healed_size = c->test_dots.healed_size;
    plan->reload_every = c->arm.reload_every;
    plan->n_sessions = c->n_sessions;
    for (unsigned i = 0; i < c->n_sessions; i++)
        plan->sessions[i].day = c->sessions[i].day;
    np_make_scan_digest(&m->scan->surface.mesh, plan->scan_digest);
    return np_case_shades(c->path, c->text, &plan->shades, err);
}

np_status make_scan(make_making *m, np_error *err)
{
    char mended[NP_SCAN_MENDED_BYTES];
    np_status status = np_scan_create(&m->c->scan, m->progress, &m->scan, err);
    if (status == NP_OK)
        status = start_plan(m, err);
    if (status != NP_OK)
        return status;
    np_scan_mended(m->scan, mended);
    return mended[0] ? make_note(m, err, "%s", mended) : NP_OK;
}

np_surface_point make_scan_point(const np_scan *scan, uint32_t triangle, np_vec3 position)
{
    const np_triangle *t = &scan->surface.mesh.triangles[triangle];
    np_vec3 a = scan->surface.mesh.vertices[t->v[0]], b = scan->surface.mesh.vertices[t->v[1]],
            c = scan->surface.mesh.vertices[t->v[2]];
    np_vec3 n = np_vec3_cross(np_vec3_sub(b, a), np_vec3_sub(c, a));
    double area2 = np_vec3_dot(n, n);
    double w[3] = {1, 0, 0};
    if (area2 > 0) {
        w[1] = np_vec3_dot(np_vec3_cross(np_vec3_sub(position, a), np_vec3_sub(c, a)), n) / area2;
        w[2] = np_vec3_dot(np_vec3_cross(np_vec3_sub(b, a), np_vec3_sub(position, a)), n) / area2;
    }
    /* Rounding may leave it a hair outside. */
    w[1] = fmin(fmax(w[1], 0), 1);
    w[2] = fmin(fmax(w[2], 0), 1 - w[1]);
    w[0] = 1 - w[1] - w[2];
    return np_mesh_point(&scan->surface.mesh, scan->surface.normals, triangle, w);
}
