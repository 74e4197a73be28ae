/* The root of the nose on the midline's profile: the point farthest behind the line from the tip of the nose to the brow.  fit_front.c looks for the nasion
 * on a profile as well, of a cloud whose face it has fitted; here the landmarks are all that is known. */
#include "head/private/nose_root.h"

#include "head/private/frame.h"

/* Heights of the profile, every mm: from under the nose of a glabella marked too high to over the brow of one marked too low. */
#define LOW_MM (-95)
#define HIGH_MM 60
#define HEIGHTS (HIGH_MM - LOW_MM + 1)
/* Where the tip of the nose may be against the glabella as it was marked. */
#define TIP_HIGH_MM (-15)
#define MIDLINE_MM 6 /* a ridge off the midline by so much is found */
/* Noses stand off what is 18 mm beside their tips by more than so much, as the fit asks for too. */
#define NOSE_SIDE_MM 18.0
#define NOSE_OFF_MM 7.0
/* The brow above the tip, and the root between both: nose heights of adults, and then some. */
#define BROW_MIN_MM 30
#define BROW_MAX_MM 75
#define ROOT_MIN_MM 20
#define ROOT_MAX_MM 52
#define ROOT_DEEP_MM 3.0

typedef struct midline {
    const np_scan *scan;
    double glabella_up, side;
    double x[HEIGHTS]; /* anterior, mm; -INFINITY: no skin */
} midline;

/* How far in front the skin is at UP over the glabella, SIDE to the left. */
static double skin_at(const midline *m, double up, double side)
{
    const double far_mm = 250;
    np_vec3 origin = np_vec3_mad(np_vec3_scale(head_anterior, far_mm), head_up, m->glabella_up + up);
    origin.y = side;
    np_surface_point hit;
    return np_surface_ray(&m->scan->surface, origin, np_vec3_scale(head_anterior, -1), far_mm, &hit)
               ? np_vec3_dot(hit.position, head_anterior)
               : -INFINITY;
}

static void look(midline *m)
{
    for (int k = 0; k < HEIGHTS; k++) {
        m->x[k] = -INFINITY;
        for (int off = -MIDLINE_MM; off <= MIDLINE_MM; off += MIDLINE_MM / 2)
            m->x[k] = fmax(m->x[k], skin_at(m, LOW_MM + k, m->side + off));
    }
}

/* The foremost height that may be a nose's tip, where it stands off both sides; -1 if it does not. */
static int find_tip(const midline *m)
{
    int tip = 0, last = TIP_HIGH_MM - LOW_MM;
    for (int k = 1; k <= last; k++)
        tip = m->x[k] > m->x[tip] ? k : tip;
    double beside =
        fmax(skin_at(m, LOW_MM + tip, m->side - NOSE_SIDE_MM), skin_at(m, LOW_MM + tip, m->side + NOSE_SIDE_MM));
    return tip > 0 && tip < last && beside > -INFINITY && m->x[tip] - beside > NOSE_OFF_MM ? tip : -1;
}

/* The height that the line from TIP touches above it. */
static int find_brow(const midline *m, int tip)
{
    int brow = tip + BROW_MIN_MM;
    for (int k = brow; k <= tip + BROW_MAX_MM; k++)
        if ((m->x[k] - m->x[tip]) / (k - tip) > (m->x[brow] - m->x[tip]) / (brow - tip))
            brow = k;
    return brow;
}

/* The height farthest behind the line from TIP to BROW, and how far that is. */
static int find_root(const midline *m, int tip, int brow, double *out_deep_mm)
{
    double slope = (m->x[brow] - m->x[tip]) / (brow - tip);
    int root = tip;
    *out_deep_mm = 0;
    for (int k = tip; k <= brow; k++) {
        double deep_mm = (m->x[tip] + slope * (k - tip) - m->x[k]) / hypot(1, slope);
        if (deep_mm > *out_deep_mm) {
            *out_deep_mm = deep_mm;
            root = k;
        }
    }
    return root;
}

double head_nose_root_up_mm(const np_scan *scan)
{
    midline m = {scan, np_vec3_dot(scan->landmarks.glabella, head_up), scan->landmarks.glabella.y, {0}};
    look(&m);
    int tip = find_tip(&m);
    if (tip < 0)
        return NAN;
    for (int k = tip; k <= tip + BROW_MAX_MM; k++)
        if (m.x[k] == -INFINITY)
            return NAN;
    double deep_mm;
    int root = find_root(&m, tip, find_brow(&m, tip), &deep_mm);
    if (deep_mm < ROOT_DEEP_MM || root - tip < ROOT_MIN_MM || root - tip > ROOT_MAX_MM)
        return NAN;
    return m.glabella_up + LOW_MM + root;
}
