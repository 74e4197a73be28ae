/* The hairline's height and its two sides: column by column across the forehead, where dots begin. */
#include <math.h>

#include "dots/private/form.h"

/* No hairline begins higher (docs/domain.md 2.5: up to 10 cm). */
#define HIGHEST_MM 110.0
#define COLUMN_MM 8.0 /* of the height */
#define SLICE_MM 6.0  /* of a side: waves of a line are 15 mm and longer */
enum { BEFORE = 2, DEEP = 8, SLICES = 8, STEPS = 32 };

double np_form_along_skin_mm(const np_surface *surface, np_vec3 a, np_vec3 b)
{
    np_vec3 last = a;
    double sum = 0;
    for (int i = 1; i <= STEPS; i++) {
        np_surface_point p;
        if (!np_surface_nearest(surface, np_vec3_lerp(a, b, i / (double)STEPS), 60, &p))
            continue;
        sum += np_vec3_distance(last, p.position);
        last = p.position;
    }
    return sum;
}

/* How far P lies around the axis through the ears, from the front towards the crown. */
static double turn_rad(const np_form_head *head, np_vec3 p)
{
    return atan2(np_vec3_dot(p, head->up), np_vec3_dot(p, head->anterior));
}

/* The dot that stands K-th (from 0, at most DEEP - 1) in front, in the column about Y; NULL for a column with fewer.  Dots placed by hand stand before a line without making it. */
static const np_form_dot *front_of(const np_form_dot *dots, size_t n, const np_form_head *head, double y,
                                   double width_mm, int k)
{
    const np_form_dot *first[DEEP] = {0};
    double turn[DEEP], glabella = turn_rad(head, head->glabella);
    for (size_t i = 0; i < n; i++) {
        const np_form_dot *moved = &dots[i];
        double at = turn_rad(head, moved->position);
        bool by_hand = !moved->is_there && moved->density_per_cm2 <= 0;
        if (by_hand || fabs(moved->position.y - y) > width_mm / 2 || at < glabella)
            continue;
        for (int b = 0; b <= k && moved; b++)
            if (!first[b] || at < turn[b]) {
                const np_form_dot *before = first[b];
                double t = turn[b];
                first[b] = moved;
                turn[b] = at;
                moved = before;
                at = t;
            }
    }
    return first[k];
}

/* What is left of both sides less the least-squares parabola through them, which only knows how far from the midline a slice is. */
static void take_shape(double side[2][SLICES])
{
    double sum[3] = {0}, square[3] = {0}, mean = (SLICES - 1) / 2.0, spread = 0;
    for (int i = 0; i < SLICES; i++)
        spread += (i - mean) * (i - mean) / SLICES;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < SLICES; i++) {
            double u = i - mean, p[3] = {1, u, u * u - spread}, both = (side[0][i] + side[1][i]) / 2;
            for (int k = 0; k < 3; k++)
                if (pass == 0) {
                    sum[k] += p[k] * both;
                    square[k] += p[k] * p[k];
                } else {
                    side[0][i] -= p[k] * sum[k] / square[k];
                    side[1][i] -= p[k] * sum[k] / square[k];
                }
        }
}

static void measure_mirror(const np_form_dot *dots, size_t n, const np_form_head *head, np_form_value *out)
{
    double side[2][SLICES], product = 0, square = 0, middle = head->glabella.y;
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < SLICES; i++) {
            double y = middle + (s ? -1 : 1) * (i + 0.5) * SLICE_MM;
            const np_form_dot *d = front_of(dots, n, head, y, SLICE_MM, DEEP - 1);
            if (!d)
                return;
            side[s][i] = turn_rad(head, d->position);
        }
    take_shape(side);
    for (int i = 0; i < SLICES; i++) {
        product += side[0][i] * side[1][i];
        square += (side[0][i] * side[0][i] + side[1][i] * side[1][i]) / 2;
    }
    out->measured = square > 0;
    out->value = out->measured ? product / square : 0;
}

void dots_form_front(const np_form_dot *dots, size_t n, const np_form_head *head, np_form_value out[NP_FORM_FIGURES])
{
    const np_form_dot *middle = front_of(dots, n, head, head->glabella.y, COLUMN_MM, BEFORE);
    double height_mm = middle ? np_form_along_skin_mm(head->surface, head->glabella, middle->position) : HUGE_VAL;
    if (height_mm > HIGHEST_MM)
        return;
    out[NP_FORM_HAIRLINE_HEIGHT] = (np_form_value){true, height_mm, middle->position};
    out[NP_FORM_FRONT_MIRROR].place = middle->position;
    measure_mirror(dots, n, head, &out[NP_FORM_FRONT_MIRROR]);
}
