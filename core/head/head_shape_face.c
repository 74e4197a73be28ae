/* The face and the ears of the parametric head: those of the mean head that scans are fitted to (data/fit_template.csv), stretched with
 * it and put on the egg of head_shape.c.  They leave the egg as it is where hair grows, at the landmarks, and in the plane of the
 * largest section, so that plans and measures of heads stand on the egg alone. */
#include "head/private/head_shape.h"

#include <stdlib.h>

#include "base/angle.h"
#include "base/smooth.h"
#include "head/private/fit.h"
#include "head/private/frame.h"

#define TRAGION_ANTERIOR_MM 2.5 /* in front of the middle (domain.md 2.8) */
#define GLABELLA_UP_MM HEAD_TRAGION_DROP_MM

/* So far do points of the mean head, 6 mm apart, speak for what is around them. */
#define REACH_DEG 2.5
/* Of two sheets of skin in one direction the outer one counts: by e more for so many mm. */
#define OUTER_MM 8.0
/* A point's tangent plane is followed so far from its own radius. */
#define PLANE_MM 12.0

static void add_point(head_face *face, const fit_template *t, int i, np_vec3 stretch)
{
    np_vec3 p = t->p[i], n = t->n[i];
    np_vec3 place = {(np_vec3_dot(p, head_anterior) + TRAGION_ANTERIOR_MM) * stretch.x, p.y * stretch.y,
                     np_vec3_dot(p, head_up) * stretch.z - HEAD_TRAGION_DROP_MM};
    np_vec3 normal = {np_vec3_dot(n, head_anterior) / stretch.x, n.y / stretch.y, np_vec3_dot(n, head_up) / stretch.z};
    face->points[i] = (head_face_point){.direction = np_vec3_normalize(place),
                                        .normal = np_vec3_normalize(normal),
                                        .radius_mm = np_vec3_length(place),
                                        .of_ear = t->region[i] == FIT_EAR};
}

np_status head_face_create(const head_measures *measures, head_face *out, np_error *err)
{
    fit_template *t = malloc(sizeof *t);
    out->stretch = head_stretch_of(measures);
    out->points = calloc(FIT_POINTS, sizeof *out->points);
    out->n = FIT_POINTS;
    np_status status = t && out->points ? NP_OK : np_error_no_memory(err, "the parametric head's face");
    if (status == NP_OK) {
        fit_template_init(t);
        for (int i = 0; i < FIT_POINTS; i++)
            add_point(out, t, i, out->stretch);
    }
    free(t);
    return status;
}

void head_face_fini(head_face *face)
{
    free(face->points);
    *face = (head_face){0};
}

/* How far the mean head's ear, or the rest of it, stands off EGG_MM along D: a mean of the tangent planes of its points around there. */
static double stands_off(const head_face *face, np_vec3 d, double egg_mm, bool of_ear)
{
    const double near = cos(np_angle_rad(5 * REACH_DEG));
    double sum = 0, weights = 0;
    for (size_t i = 0; i < face->n; i++) {
        const head_face_point *q = &face->points[i];
        double c = np_vec3_dot(d, q->direction), slope = np_vec3_dot(d, q->normal);
        if (c < near || slope < 0.05 || q->of_ear != of_ear)
            continue;
        double plane = q->radius_mm * np_vec3_dot(q->direction, q->normal) / slope;
        double off = fmax(q->radius_mm - PLANE_MM, fmin(q->radius_mm + PLANE_MM, plane)) - egg_mm;
        double away = np_angle_deg(acos(fmin(c, 1))) / REACH_DEG;
        double weight = slope * slope * exp(off / OUTER_MM - away * away);
        weights += weight;
        sum += weight * off;
    }
    return weights > 0 ? sum / weights : 0;
}

/* In mm of the mean man, from the tragion: X anterior, Z up; SIDE from the midline. */
typedef struct place {
    double x, side, z;
} place;

/* 1 on the ear (64 x 36 mm around a place 12 mm behind the tragion, leaning back by 10 degrees: domain.md 2.8), 0 from 9 mm beyond it, on
 * the scalp, and at the tragion, which is a landmark. */
static double share_of_ear(place p)
{
    double x = p.x + 12, z = p.z + 2, along = 0.985 * z - 0.17 * x, across = 0.985 * x + 0.17 * z;
    return p.side < 40
               ? 0
               : np_smooth_step(1, 0.75, hypot(along / 41, across / 27)) * np_smooth_step(3.5, 8, hypot(p.x, p.z));
}

/* 1 on the face, 0 from the glabella on upwards, 15 mm or more in front of the sideburn and the temple's hairline, and under the chin. */
static double share_of_face(place p, double elevation_deg)
{
    double edge = 44 * fmax(0, fmin(1, 1 + p.z / 40));
    return np_smooth_step(edge, edge + 30, p.x) * np_smooth_step(-4, -16, p.z - GLABELLA_UP_MM) *
           np_smooth_step(-74, -56, elevation_deg);
}

double head_face_mm(const head_face *face, np_vec3 d, double egg_mm)
{
    np_vec3 s = face->stretch;
    place p = {d.x * egg_mm / s.x - TRAGION_ANTERIOR_MM, fabs(d.y) * egg_mm / s.y,
               (d.z * egg_mm + HEAD_TRAGION_DROP_MM) / s.z};
    double ear = share_of_ear(p), front = (1 - ear) * share_of_face(p, np_angle_deg(asin(d.z)));
    double off = 0;
    if (ear > 0)
        off += ear * stands_off(face, d, egg_mm, true);
    if (front > 0)
        off += front * stands_off(face, d, egg_mm, false);
    return off;
}
