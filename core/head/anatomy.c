/* Landmarks are checked in the head frame that they make themselves: each must lie in a box wide enough for
 * any adult head (ANSUR, domain.md 2.8: the 1st to 99th percentile is within 10 % of the mean; the boxes
 * allow 35 % and more).  When one does not, all exchanges of two landmarks are tried, and those that would
 * make a head are named. */
#include "head/private/anatomy.h"

#include <stdio.h>
#include <string.h>

#include "base/angle.h"
#include "head/private/frame.h"

enum { GLABELLA, INION, LEFT, RIGHT, VERTEX };

const char *const head_landmark_names[HEAD_LANDMARK_COUNT] = {"glabella", "inion", "tragion_left", "tragion_right",
                                                              "vertex"};

void head_landmarks_list(const np_case_landmarks *landmarks, np_vec3 out_points[HEAD_LANDMARK_COUNT])
{
    out_points[GLABELLA] = landmarks->glabella;
    out_points[INION] = landmarks->inion;
    out_points[LEFT] = landmarks->tragion_left;
    out_points[RIGHT] = landmarks->tragion_right;
    out_points[VERTEX] = landmarks->vertex;
}

np_case_landmarks head_landmarks_from_list(const np_vec3 p[HEAD_LANDMARK_COUNT])
{
    return (np_case_landmarks){.glabella = p[GLABELLA],
                               .inion = p[INION],
                               .tragion_left = p[LEFT],
                               .tragion_right = p[RIGHT],
                               .vertex = p[VERTEX]};
}

/* How far LANDMARK may lie along one axis of the head frame.  A vertex behind the tragia (the head frame
 * looks up, so the top is in front of them) tells a head that was turned around by two exchanges. */
typedef struct range {
    int landmark, axis;
    double min_mm, max_mm;
    const char *where; /* what the coordinate means */
} range;

static const range ranges[] = {
    {LEFT, 1, 45, 100, "left of the middle between the tragia"},
    {GLABELLA, 0, 60, 140, "in front of the tragia"},
    {GLABELLA, 1, -15, 15, "left of the middle between the tragia"},
    {GLABELLA, 2, 0, 60, "above the tragia"},
    {INION, 0, -140, -50, "in front of the tragia"},
    {INION, 1, -15, 15, "left of the middle between the tragia"},
    {VERTEX, 2, 80, 180, "above the tragia"},
    {VERTEX, 0, -5, 70, "in front of the tragia"},
    {VERTEX, 1, -40, 40, "left of the middle between the tragia"},
};

static double coordinate(np_vec3 p, int axis)
{
    return axis == 0 ? p.x : axis == 1 ? p.y : p.z;
}

/* Whether P cannot be a head's landmarks; says why in TEXT. */
static bool find_fault(const np_vec3 p[HEAD_LANDMARK_COUNT], double scale, const np_vec3 *axes, char *text, size_t room)
{
    static const char *const axis_names[3] = {"anterior", "left", "up"};
    np_case_landmarks landmarks = head_landmarks_from_list(p);
    np_similarity frame = head_frame_make(&landmarks, scale);
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const range *r = &ranges[i];
        double mm = coordinate(np_similarity_apply(&frame, p[r->landmark]), r->axis);
        if (mm >= r->min_mm && mm <= r->max_mm)
            continue;
        snprintf(text, room, "%s lies %.0f mm %s, on a head it is %.0f to %.0f", head_landmark_names[r->landmark], mm,
                 r->where, r->min_mm, r->max_mm);
        return true;
    }
    for (int i = 0; axes && i < 3; i++) {
        double cosine = np_vec3_dot(frame.row[i], axes[i]);
        if (cosine >= M_SQRT1_2)
            continue;
        snprintf(text, room, "'%s' by the landmarks is %.0f degrees away from axes.%s", axis_names[i],
                 np_angle_deg(acos(fmax(cosine, -1))), axis_names[i]);
        return true;
    }
    return false;
}

static void exchange(np_vec3 p[HEAD_LANDMARK_COUNT], int i, int j)
{
    np_vec3 swap = p[i];
    p[i] = p[j];
    p[j] = swap;
}

/* Into the empty TEXT, the pairs whose exchange would make a head; returns how many there are.
 * Leaves P in another order. */
static int name_exchanges(np_vec3 p[HEAD_LANDMARK_COUNT], double scale, const np_vec3 *axes, char *text, size_t room)
{
    int found = 0;
    char fault[256];
    for (int i = 0; i < HEAD_LANDMARK_COUNT; i++) {
        for (int j = i + 1; j < HEAD_LANDMARK_COUNT; j++) {
            exchange(p, i, j);
            if (!find_fault(p, scale, axes, fault, sizeof fault))
                snprintf(text + strlen(text), room - strlen(text), "%s%s and %s", found++ ? ", or " : "",
                         head_landmark_names[i], head_landmark_names[j]);
            exchange(p, i, j);
        }
    }
    exchange(p, GLABELLA, INION);
    exchange(p, LEFT, RIGHT);
    if (!found && !find_fault(p, scale, axes, fault, sizeof fault)) {
        snprintf(text, room, "glabella and inion, and also tragion_left and tragion_right,");
        found = 1;
    }
    return found;
}

np_status head_landmarks_check(const np_case_landmarks *landmarks, double scale, const np_vec3 *axes, np_error *err)
{
    np_vec3 p[HEAD_LANDMARK_COUNT];
    char fault[256], exchanges[512] = "";
    head_landmarks_list(landmarks, p);
    if (!find_fault(p, scale, axes, fault, sizeof fault))
        return NP_OK;
    if (name_exchanges(p, scale, axes, exchanges, sizeof exchanges))
        return np_error_set(err, NP_ERR_INVALID, "landmarks: %s; %s look swapped: exchange them", fault, exchanges);
    return np_error_set(err, NP_ERR_INVALID, "landmarks: %s; mark the landmarks again, left is the patient's left%s",
                        fault, axes ? ", and check the axes" : "");
}
