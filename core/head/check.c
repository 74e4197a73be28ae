/* Units, landmarks and axes of a scan file, checked against each other before anything is planned on it: a wrong unit or
 * two swapped landmarks give a head that looks sound and a treatment in the wrong place.  Each error names what to
 * change. */
#include "head/private/check.h"

#include <stdio.h>

#include "base/angle.h"
#include "case/axes.h"
#include "head/private/anatomy.h"
#include "head/private/frame.h"
#include "head/private/precision.h"
#include "surface/girth.h"

/* All adult heads and then some (ANSUR 1st-99th percentile 521-615 mm, domain.md 2.8); narrow enough that no
 * two units fit: they differ by 2.54 at least. */
#define CIRCUMFERENCE_MIN_MM 400.0
#define CIRCUMFERENCE_MAX_MM 700.0
#define LANDMARK_LIMIT_MM 5.0
/* From glabella to inion, as generously: circumferences above over pi are 127 to 223. */
#define LENGTH_MIN_MM 120.0
#define LENGTH_MAX_MM 260.0

typedef struct unit {
    const char *name;
    double mm;
} unit;

static const unit units[] = {[NP_CASE_UNIT_MM] = {"mm", 1},
                             [NP_CASE_UNIT_CM] = {"cm", 10},
                             [NP_CASE_UNIT_M] = {"m", 1000},
                             [NP_CASE_UNIT_INCH] = {"inch", 25.4}};

/* ---- units ---- */

/* The girth through the glabella of MESH, whose coordinates FRAME turns into the head frame; in the mesh's
 * units. */
static double circumference(const np_mesh *mesh, const np_case_landmarks *landmarks, const np_similarity *frame)
{
    np_vec3 up = np_vec3_scale(frame->row[0], head_up.x);
    up = np_vec3_mad(up, frame->row[2], head_up.z);
    np_vec3 middle = np_vec3_lerp(landmarks->glabella, landmarks->inion, 0.5);
    double reach = 0.8 * np_vec3_distance(landmarks->glabella, landmarks->inion);
    return np_mesh_girth(mesh, landmarks->glabella, np_vec3_normalize(up), middle, reach);
}

double head_circumference_mm(const np_mesh *mesh, const np_case_landmarks *landmarks)
{
    const np_similarity identity = {.row = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, .scale = 1};
    return circumference(mesh, landmarks, &identity);
}

static bool is_head(double girth_mm)
{
    return girth_mm >= CIRCUMFERENCE_MIN_MM && girth_mm <= CIRCUMFERENCE_MAX_MM;
}

/* Refuses a GIRTH (file units) that is a head's in another unit than the one given. */
static np_status check_unit(const np_case_scan *source, double girth, np_error *err)
{
    const unit *given = &units[source->units];
    if (is_head(girth * given->mm))
        return NP_OK;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (is_head(girth * units[i].mm))
            return np_error_set(
                err, NP_ERR_INVALID,
                "%s: the head is %.3g mm round with units: %s; with units: %s it is %.0f mm: set units: %s",
                source->file, girth * given->mm, given->name, units[i].name, girth * units[i].mm, units[i].name);
    return NP_OK; /* not the unit alone; what else is wrong shows below */
}

static np_status check_size(const np_case_scan *source, double girth, np_error *err)
{
    if (is_head(girth * units[source->units].mm))
        return NP_OK;
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: the mesh is %.4g mm round at the height of the glabella, a head is %.0f to %.0f, and no unit "
        "(mm, cm, m, inch) makes it one; is it a scan of a head, and does it reach around it?",
        source->file, girth * units[source->units].mm, CIRCUMFERENCE_MIN_MM, CIRCUMFERENCE_MAX_MM);
}

/* ---- landmarks ---- */

static np_status check_finite(const np_case_scan *source, const np_vec3 p[HEAD_LANDMARK_COUNT], np_error *err)
{
    for (int i = 0; i < HEAD_LANDMARK_COUNT; i++)
        if (!np_vec3_is_finite(p[i]))
            return np_error_set(err, NP_ERR_INVALID, "%s: landmark %s has a coordinate that is no number", source->file,
                                head_landmark_names[i]);
    return NP_OK;
}

/* Moves P to the nearest point of MESH, whose edges are at most LONGEST; returns how far that was.  There are
 * few landmarks, so no tree is built in file coordinates for them. */
static double snap(const np_mesh *mesh, double longest, np_vec3 *p)
{
    double weight[3], distance;
    uint32_t triangle = np_mesh_nearest(mesh, longest, *p, weight, &distance);
    if (triangle == UINT32_MAX)
        return INFINITY;
    const uint32_t *v = mesh->triangles[triangle].v;
    np_vec3 q = np_vec3_scale(mesh->vertices[v[0]], weight[0]);
    q = np_vec3_mad(q, mesh->vertices[v[1]], weight[1]);
    *p = np_vec3_mad(q, mesh->vertices[v[2]], weight[2]);
    return distance;
}

/* Whether the landmarks P are those of a head in millimetres where one of them is TO_MM, and lie on MESH where one of its units is MESH_TO_MM. */
static bool lie_on(const np_mesh *mesh, double longest, const np_vec3 p[HEAD_LANDMARK_COUNT], double to_mm,
                   double mesh_to_mm)
{
    np_case_landmarks marks = head_landmarks_from_list(p);
    double length_mm = np_vec3_distance(marks.glabella, marks.inion) * to_mm;
    bool on = length_mm >= LENGTH_MIN_MM && length_mm <= LENGTH_MAX_MM;
    for (int i = 0; i < HEAD_LANDMARK_COUNT && on; i++) {
        np_vec3 q = np_vec3_scale(p[i], to_mm / mesh_to_mm);
        on = snap(mesh, longest, &q) * mesh_to_mm <= LANDMARK_LIMIT_MM;
    }
    return on;
}

/* NP_OK, or the error for landmarks that are in another unit than the mesh. */
static np_status check_same_unit(const np_case_scan *source, const np_mesh *mesh, double longest, np_error *err)
{
    np_vec3 p[HEAD_LANDMARK_COUNT];
    head_landmarks_list(&source->landmarks, p);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        for (size_t j = 0; j < sizeof units / sizeof units[0]; j++)
            if (i != j && lie_on(mesh, longest, p, units[i].mm, units[j].mm))
                return np_error_set(
                    err, NP_ERR_INVALID,
                    "%s: the mesh is in %s, and the landmarks are in %s: they lie on it when multiplied by "
                    "%g; give them so, as all coordinates of the case, and set units: %s",
                    source->file, units[j].name, units[i].name, units[i].mm / units[j].mm, units[j].name);
    return NP_OK;
}

static np_status snap_landmarks(const np_case_scan *source, const np_mesh *mesh, np_vec3 p[HEAD_LANDMARK_COUNT],
                                np_error *err)
{
    double longest = np_mesh_longest_edge_mm(mesh);
    for (int i = 0; i < HEAD_LANDMARK_COUNT; i++) {
        np_vec3 given = p[i];
        double off_mm = snap(mesh, longest, &p[i]) * units[source->units].mm;
        if (off_mm <= LANDMARK_LIMIT_MM)
            continue;
        np_status status = check_same_unit(source, mesh, longest, err);
        if (status != NP_OK)
            return status;
        return np_error_set(err, NP_ERR_INVALID,
                            "%s: landmark %s at [%g, %g, %g] is %.1f mm off the surface (at most %.0f mm); mark it "
                            "again on this mesh, in the file's own coordinates",
                            source->file, head_landmark_names[i], given.x, given.y, given.z, off_mm, LANDMARK_LIMIT_MM);
    }
    return NP_OK;
}

/* ---- the face's profile ---- */

/* Glabella over the nose's root, mm: 16 to 27 on good scans (six built-in heads, two real ones, and some 50 changes of these: noise to 1.5 mm, vertices
 * to 5 mm apart, holes), -3 to 8 of one marked at the nasion or 7 mm under it.  So near to that because people's differ: nasion to glabella is 11 mm on
 * average in the skin (domain.md 2.8, trichion to both), and the root's deepest point is some 3.5 mm under the nasion. */
#define OVER_ROOT_MIN_MM 8.0
#define OVER_ROOT_MAX_MM 45.0
#define OVER_ROOT_USUAL_MM 21.0

np_status head_scan_check_glabella(const np_scan *scan, np_error *err)
{
    double over_mm = np_vec3_dot(scan->landmarks.glabella, head_up) - scan->nose_root_up_mm;
    if (isnan(over_mm) || (over_mm >= OVER_ROOT_MIN_MM && over_mm <= OVER_ROOT_MAX_MM))
        return NP_OK;
    bool low = over_mm < OVER_ROOT_MIN_MM;
    return np_error_set(err, NP_ERR_INVALID,
                        "landmark glabella lies %.0f mm above the deepest point of the nose's root as the scan has it, "
                        "expected %.0f to %.0f: %s; mark the foremost point between the brows, about %.0f mm %s",
                        over_mm, OVER_ROOT_MIN_MM, OVER_ROOT_MAX_MM,
                        low ? "that is the nasion or the nose" : "that is the forehead",
                        fabs(OVER_ROOT_USUAL_MM - over_mm), low ? "higher" : "lower");
}

/* A landmark of the midline over another, mm. Nasion 15 under the glabella (domain.md 2.8), 11 in the skin (trichion to both); real scans: nasion
 * 17 and 18 under it, pronasale 38 under that. */
typedef struct gap {
    const char *upper_name, *lower_name;
    np_vec3 upper, lower;
    double min_mm, max_mm;
} gap;

static bool is_given(np_vec3 p)
{
    return np_vec3_length(p) > 0;
}

/* Nasion and pronasale where SOURCE gives them, against the glabella and each other. */
static np_status check_midline(const np_case_scan *source, const np_similarity *frame, np_error *err)
{
    const np_case_landmarks *l = &source->landmarks;
    const gap gaps[] = {{"glabella", "nasion", l->glabella, l->nasion, 5, 30},
                        {"glabella", "pronasale", l->glabella, l->pronasale, 30, 90},
                        {"nasion", "pronasale", l->nasion, l->pronasale, 20, 65}};
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        const gap *g = &gaps[i];
        if (!is_given(g->upper) || !is_given(g->lower))
            continue;
        double mm = np_vec3_dot(head_up, np_similarity_apply(frame, g->upper)) -
                    np_vec3_dot(head_up, np_similarity_apply(frame, g->lower));
        if (!(mm >= g->min_mm && mm <= g->max_mm))
            return np_error_set(
                err, NP_ERR_INVALID,
                "%s: landmarks: %s lies %.0f mm above %s, expected %.0f to %.0f; mark again what is wrong: glabella is "
                "the foremost point between the brows, nasion the hollow under it, pronasale the tip of the nose",
                source->file, g->upper_name, mm, g->lower_name, g->min_mm, g->max_mm);
    }
    return NP_OK;
}

/* ---- all of it ---- */

np_status head_scan_fit_frame(const np_case_scan *source, const np_mesh *mesh, np_similarity *out_frame, np_error *err)
{
    np_vec3 p[HEAD_LANDMARK_COUNT], axes[3];
    bool axes_given;
    head_landmarks_list(&source->landmarks, p);
    np_status status = check_finite(source, p, err);
    if (status == NP_OK)
        status = np_case_axes_read(source, source->file, axes, &axes_given, err);
    if (status != NP_OK)
        return status;

    /* Units first: a distance in mm means nothing before. */
    double scale = units[source->units].mm;
    np_similarity frame = head_frame_make(&source->landmarks, 1);
    double girth = circumference(mesh, &source->landmarks, &frame);
    status = check_unit(source, girth, err);
    if (status == NP_OK)
        status = head_scan_check_precision(source, mesh, scale, err);
    if (status == NP_OK)
        status = snap_landmarks(source, mesh, p, err);
    if (status != NP_OK)
        return status;

    np_case_landmarks snapped = head_landmarks_from_list(p);
    status = head_landmarks_check(&snapped, scale, axes_given ? axes : NULL, err);
    if (status != NP_OK)
        return np_error_prefix(err, status, "%s", source->file);
    *out_frame = head_frame_make(&snapped, scale);
    if ((status = check_midline(source, out_frame, err)) != NP_OK)
        return status;
    return check_size(source, circumference(mesh, &snapped, out_frame), err);
}

/* ---- inside out ---- */

/* Looks at the upper head from N directions (a Fibonacci lattice on the upper half sphere) and counts the
 * faces seen, on the near side only, as a hole shows the far side from within. */
static void look(const np_scan *scan, int n, int *out_seen, int *out_backs)
{
    const double golden_angle = NP_PI * (3 - sqrt(5.0)), distance_mm = 400;
    np_vec3 center = np_vec3_scale(head_up, 50);
    *out_seen = *out_backs = 0;
    for (int i = 0; i < n; i++) {
        double z = (i + 0.5) / n, r = sqrt(1 - z * z);
        np_vec3 d = {r * cos(i * golden_angle), r * sin(i * golden_angle), z};
        np_surface_point p;
        if (!np_surface_ray(&scan->surface, np_vec3_mad(center, d, distance_mm), np_vec3_scale(d, -1), distance_mm - 20,
                            &p))
            continue;
        ++*out_seen;
        *out_backs += np_vec3_dot(np_mesh_triangle_normal(&scan->surface.mesh, p.triangle), d) < 0;
    }
}

np_status head_scan_check_outside(const np_scan *scan, np_error *err)
{
    int seen, backs;
    look(scan, 2000, &seen, &backs);
    if (backs * 10 > seen * 9)
        return np_error_set(
            err, NP_ERR_GEOMETRY,
            "the faces look inwards: either the scan is mirrored, left for right, as exports between left- and "
            "right-handed programs are (compare a mole, a scar or the parting with the person; then mirror it "
            "back), or its normals are flipped (in MeshLab: Invert Faces Orientation)");
    if (backs * 100 > seen)
        return np_error_set(
            err, NP_ERR_GEOMETRY,
            "%.0f %% of the upper head shows the inner side of its faces; a part of the scan is inside out: "
            "flip the normals of that part and export the scan again",
            100.0 * backs / seen);
    return NP_OK;
}
