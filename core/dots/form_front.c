/* The hairline: column by column across the forehead, where dots begin; how high that is, whether its two sides are one another's mirror image, and
 * whether a stretch of it is straight.  Only dots of strategies that design a hairline make one, and hair that was listed to its end. */
#include <math.h>

#include "base/angle.h"
#include "dots/private/form.h"

/* No hairline begins higher (docs/domain.md 2.5: up to 10 cm). */
#define HIGHEST_MM 110.0
#define COLUMN_MM 8.0 /* of the height */
/* So much farther forward than what is treated hair was listed whose front is known: nobody lists so much around a scar. */
#define HAIR_BEFORE_MM 15.0
enum { BEFORE = 2, STEPS = 32 };

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

static bool makes_line(const np_form_dot *dot)
{
    return dot->line == NP_FORM_LINE_DESIGNED || dot->line == NP_FORM_LINE_HAIR;
}

/* Of dots that make a line (MAKES), or of those that are treated and make none, the one behind K others in the column about Y, or anywhere if Y is
 * NAN; N for a column with fewer. */
static size_t foremost(const np_form_dot *dots, size_t n, const np_form_head *head, bool makes, double y, int k)
{
    size_t first[BEFORE + 1];
    double turn[BEFORE + 1], glabella = turn_rad(head, head->glabella);
    for (int b = 0; b <= k; b++)
        first[b] = n;
    for (size_t i = 0; i < n; i++) {
        size_t moved = i;
        if (fabs(dots[i].position.y - y) > COLUMN_MM / 2 ||
            !(makes ? makes_line(&dots[i]) : dots[i].line == NP_FORM_LINE_TREATED))
            continue;
        double at = turn_rad(head, dots[i].position);
        for (int b = 0; at >= glabella && b <= k && moved < n; b++)
            if (first[b] == n || at < turn[b]) {
                size_t before = first[b];
                double t = turn[b];
                first[b] = moved;
                turn[b] = at;
                moved = before;
                at = t;
            }
    }
    return first[k];
}

/* Where the line begins in the column about Y; N where there is none, or where hair ends as what is treated does. */
static size_t front_of(const np_form_dot *dots, size_t n, const np_form_head *head, double y)
{
    size_t front = foremost(dots, n, head, true, y, BEFORE);
    if (front == n || dots[front].line == NP_FORM_LINE_DESIGNED)
        return front;
    size_t treated = foremost(dots, n, head, false, y, 0);
    if (treated == n)
        treated = foremost(dots, n, head, false, (double)NAN, 0);
    if (treated == n)
        return front;
    np_vec3 p = dots[front].position;
    double around_mm = hypot(np_vec3_dot(p, head->up), np_vec3_dot(p, head->anterior));
    double behind_mm = around_mm * (turn_rad(head, dots[treated].position) - turn_rad(head, p));
    return behind_mm >= HAIR_BEFORE_MM ? front : n;
}

static double height_mm(const np_form_dot *dot, const np_form_head *head)
{
    return np_form_along_skin_mm(head->surface, head->glabella, dot->position);
}

np_form_front np_form_front_find(const np_form_dot *dots, size_t n, const np_form_head *head)
{
    np_form_front front = {0};
    size_t middle = front_of(dots, n, head, head->glabella.y);
    if (middle == n || height_mm(&dots[middle], head) > HIGHEST_MM)
        return front;
    for (int k = -NP_FORM_COLUMNS / 2; k <= NP_FORM_COLUMNS / 2; k++) {
        size_t dot = k ? front_of(dots, n, head, head->glabella.y + k * COLUMN_MM) : middle;
        if (dot == n)
            continue;
        front.middle = k ? front.middle : front.n;
        front.dot[front.n++] = dot;
    }
    return front;
}

/* ---- the line as an eye sees it ---- */

/* Where a density that is blurred by BLUR_MM first reaches half of what it is from FROM_MM to TO_MM behind: on a chart of y and millimetres around the
 * axis through the ears, which over some centimetres is flat enough.  Dots of a line scatter by a millimetre; a blur of less leaves their noise, and
 * one of more takes waves of 15 mm away, the shortest ones of hairlines. */
#define BLUR_MM 2.5
#define REACH_MM (3 * BLUR_MM)
#define BARE_PER_CM2 12.0 /* where the line has not begun */
enum { SIDE = 45, ALONG = 2 * SIDE + 1, AHEAD = 25, ACROSS = AHEAD + 75, FROM_MM = 8, TO_MM = 14, LEAST_ALONG = 40 };

typedef struct chart {
    double per_cm2[ALONG][ACROSS]; /* mm by mm */
} chart;

/* Adds a dot that lies ALONG and ACROSS the line. */
static void add_blurred(chart *c, double along, double across)
{
    for (int i = (int)fmax(0, ceil(along - REACH_MM)); i < ALONG && i <= along + REACH_MM; i++)
        for (int k = (int)fmax(0, ceil(across - REACH_MM)); k < ACROSS && k <= across + REACH_MM; k++) {
            double r2 = (i - along) * (i - along) + (k - across) * (k - across);
            c->per_cm2[i][k] += 100 / (NP_TWO_PI * BLUR_MM * BLUR_MM) * exp(-0.5 * r2 / (BLUR_MM * BLUR_MM));
        }
}

/* Where column I first reaches PER_CM2, mm; NAN where it never does. */
static double reached_at(const chart *c, int i, double per_cm2)
{
    const double *d = c->per_cm2[i];
    for (int k = 1; k < ACROSS; k++)
        if (d[k] >= per_cm2 && d[k - 1] < per_cm2)
            return k - (d[k] - per_cm2) / (d[k] - d[k - 1]);
    return NAN;
}

/* Half of the mean density behind the line; NAN without a line. */
static double half_behind(const chart *c)
{
    double sum = 0;
    int n = 0;
    for (int i = 0; i < ALONG; i++) {
        double begin = reached_at(c, i, BARE_PER_CM2);
        for (int k = FROM_MM; k <= TO_MM && begin + k < ACROSS; k++, n++)
            sum += c->per_cm2[i][(int)begin + k];
    }
    return n ? sum / n / 2 : NAN;
}

/* Whether DOT makes the line in its column: hair does where the front is its own. */
static bool is_seen(const np_form_dot *dot, const np_form_dot *dots, const np_form_front *front)
{
    if (dot->line != NP_FORM_LINE_HAIR)
        return dot->line == NP_FORM_LINE_DESIGNED;
    for (size_t k = 0; k < front->n; k++)
        if (fabs(dots[front->dot[k]].position.y - dot->position.y) <= COLUMN_MM)
            return true;
    return false;
}

/* From right to left; NAN in columns without it. */
static void see_line(const np_form_dot *dots, size_t n, const np_form_head *head, const np_form_front *front,
                     double line[ALONG])
{
    const np_vec3 middle = dots[front->dot[front->middle]].position;
    chart c = {{{0}}};
    double around_mm = hypot(np_vec3_dot(middle, head->up), np_vec3_dot(middle, head->anterior));
    for (size_t i = 0; i < n; i++)
        if (is_seen(&dots[i], dots, front))
            add_blurred(&c, dots[i].position.y - head->glabella.y + SIDE,
                        around_mm * (turn_rad(head, dots[i].position) - turn_rad(head, middle)) + AHEAD);
    double half = half_behind(&c);
    for (int i = 0; i < ALONG; i++)
        line[i] = isnan(half) ? NAN : reached_at(&c, i, half);
}

/* ---- left and right ---- */

/* What is left of both sides less the least-squares parabola through them, which only knows how far from the midline a place is. */
static void take_shape(double side[2][SIDE])
{
    double sum[3] = {0}, square[3] = {0}, mean = (SIDE - 1) / 2.0, spread = 0;
    for (int i = 0; i < SIDE; i++)
        spread += (i - mean) * (i - mean) / SIDE;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < SIDE; i++) {
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

static void measure_mirror(const double line[ALONG], np_form_value *out)
{
    double side[2][SIDE], product = 0, square = 0;
    for (int i = 0; i < SIDE; i++) {
        side[0][i] = line[SIDE + 1 + i];
        side[1][i] = line[SIDE - 1 - i];
    }
    take_shape(side);
    for (int i = 0; i < SIDE; i++) {
        product += side[0][i] * side[1][i];
        square += (side[0][i] * side[0][i] + side[1][i] * side[1][i]) / 2;
    }
    out->measured = square > 0; /* not NAN, which a side without a line leaves */
    out->value = out->measured ? product / square : 0;
}

/* ---- straight stretches ---- */

/* Of the stretch from A to B; HUGE_VAL where a part of it is farther than NP_FORM_STRAIGHT_WITHIN_MM from its chord, or there is no line. */
static double straight_mm(const double line[ALONG], int a, int b)
{
    double slope = (line[b] - line[a]) / (b - a), stretch = hypot(1, slope);
    for (int i = a; i <= b; i++)
        if (!(fabs(line[i] - line[a] - slope * (i - a)) <= NP_FORM_STRAIGHT_WITHIN_MM * stretch))
            return HUGE_VAL;
    return (b - a) * stretch;
}

/* The longest one; OUT_MIDDLE is the column in its middle. */
static double longest_straight_mm(const double line[ALONG], int *out_middle)
{
    double longest = 0, mm;
    for (int a = 0; a < ALONG; a++)
        for (int b = a + 1; b < ALONG && (mm = straight_mm(line, a, b)) < HUGE_VAL; b++)
            if (mm > longest) {
                longest = mm;
                *out_middle = (a + b) / 2;
            }
    return longest;
}

static void measure_straight(const double line[ALONG], const np_form_dot *dots, size_t n, const np_form_head *head,
                             np_form_value *out)
{
    int middle = 0, columns = 0;
    for (int i = 0; i < ALONG; i++)
        columns += !isnan(line[i]);
    if (columns < LEAST_ALONG)
        return;
    double mm = longest_straight_mm(line, &middle);
    size_t at = front_of(dots, n, head, head->glabella.y + middle - SIDE);
    *out = (np_form_value){mm > 0, mm, at < n ? dots[at].position : out->place};
}

/* ---- all of it ---- */

void dots_form_front(const np_form_dot *dots, size_t n, const np_form_head *head, np_form_value out[NP_FORM_FIGURES])
{
    np_form_front front = np_form_front_find(dots, n, head);
    if (front.n == 0)
        return;
    const np_form_dot *middle = &dots[front.dot[front.middle]];
    double line[ALONG];
    out[NP_FORM_HAIRLINE_HEIGHT] = (np_form_value){true, height_mm(middle, head), middle->position};
    out[NP_FORM_FRONT_MIRROR].place = out[NP_FORM_FRONT_STRAIGHT].place = middle->position;
    see_line(dots, n, head, &front, line);
    measure_mirror(line, &out[NP_FORM_FRONT_MIRROR]);
    measure_straight(line, dots, n, head, &out[NP_FORM_FRONT_STRAIGHT]);
}
