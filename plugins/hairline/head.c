/* The chart: azimuthal equidistant about the crown of the head held upright, with the head's radius
 * interpolated from the points that are known to lie on it (Shepard 1968, A two-dimensional interpolation
 * function for irregularly-spaced data).  Good to a few millimetres between glabella, region border and
 * vertex, which is where hairlines are. */
#include <math.h>
#include <stdlib.h>

#include "hairline.h"

#define BORDER_STRIDE 4u /* of border points taken as known */

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void add_known(hl_head *head, const double p[3])
{
    double v[3] = {p[0] - head->centre[0], p[1] - head->centre[1], p[2] - head->centre[2]};
    double r = sqrt(dot(v, v));
    if (r <= 0.0)
        return;
    for (int a = 0; a < 3; a++)
        head->known_direction[3 * head->n_known + (uint32_t)a] = v[a] / r;
    head->known_radius_mm[head->n_known++] = r;
}

void hl_head_orient(hl_head *head, const np_strategy_head *l)
{
    *head = (hl_head){0};
    head->centre[0] = 0.5 * (l->glabella[0] + l->inion[0]);
    head->centre[1] = 0.5 * (l->glabella[1] + l->inion[1]);
    head->centre[2] = 0.5 * (l->glabella[2] + l->inion[2]);
    for (int a = 0; a < 3; a++) {
        head->up[a] = l->up[a];
        head->forward[a] = l->anterior[a];
    }
}

bool hl_head_init(hl_head *head, const np_strategy_job *job)
{
    const np_strategy_head *l = job->head;
    const np_strategy_curve *b = job->regions[0];
    hl_head_orient(head, l);
    head->border_curve = b;
    head->n_border = b->count;

    uint32_t room = b->count / BORDER_STRIDE + 4;
    head->known_direction = malloc(3 * (size_t)room * sizeof(double));
    head->known_radius_mm = malloc(room * sizeof(double));
    head->border = malloc(b->count * sizeof *head->border);
    if (!head->known_direction || !head->known_radius_mm || !head->border)
        return false;
    add_known(head, l->glabella);
    add_known(head, l->inion);
    add_known(head, l->vertex);
    double area = 0.0;
    for (uint32_t i = 0; i < b->count; i++) {
        double p[3] = {b->x[i], b->y[i], b->z[i]};
        head->border[i] = hl_head_place(head, p);
        if (i % BORDER_STRIDE == 0)
            add_known(head, p);
    }
    for (uint32_t i = 0; i < b->count; i++) {
        hl_place p = head->border[i], q = head->border[(i + 1) % b->count];
        area += p.ahead * q.left - q.ahead * p.left;
    }
    head->orientation = area >= 0.0 ? 1.0 : -1.0;
    return true;
}

void hl_head_fini(hl_head *head)
{
    free(head->known_direction);
    free(head->known_radius_mm);
    free(head->border);
    *head = (hl_head){0};
}

hl_place hl_head_place(const hl_head *head, const double point[3])
{
    double v[3] = {point[0] - head->centre[0], point[1] - head->centre[1], point[2] - head->centre[2]};
    double up = dot(v, head->up), ahead = dot(v, head->forward), left = v[1];
    double flat = sqrt(ahead * ahead + left * left);
    double polar = atan2(flat, up);
    double scale = flat > 0.0 ? polar / flat : 0.0;
    return (hl_place){ahead * scale, left * scale};
}

static void direction_of(const hl_head *head, hl_place at, double out[3])
{
    double polar = sqrt(at.ahead * at.ahead + at.left * at.left);
    double s = polar > 0.0 ? sin(polar) / polar : 1.0;
    for (int a = 0; a < 3; a++)
        out[a] = cos(polar) * head->up[a] + s * at.ahead * head->forward[a];
    out[1] += s * at.left;
}

static double radius_along(const hl_head *head, const double direction[3])
{
    double sum = 0.0, weights = 0.0;
    for (uint32_t i = 0; i < head->n_known; i++) {
        const double *k = head->known_direction + 3 * i;
        double apart = 1.0 - dot(direction, k); /* half the squared angle */
        double w = 1.0 / (apart * apart + 1e-9);
        sum += w * head->known_radius_mm[i];
        weights += w;
    }
    return sum / weights;
}

static double radius_mm(const hl_head *head, hl_place at)
{
    double direction[3];
    direction_of(head, at, direction);
    return radius_along(head, direction);
}

void hl_head_point(const hl_head *head, hl_place at, double out_point[3])
{
    double direction[3];
    direction_of(head, at, direction);
    double r = radius_along(head, direction);
    for (int a = 0; a < 3; a++)
        out_point[a] = head->centre[a] + r * direction[a];
}

/* Unit vectors of the chart away from the crown and around it, and how many millimetres a radian is along
 * each. */
static void local_scale(const hl_head *head, hl_place at, hl_place *out_down, double *out_down_mm,
                        double *out_around_mm)
{
    double polar = sqrt(at.ahead * at.ahead + at.left * at.left);
    *out_down = polar > 0.0 ? (hl_place){at.ahead / polar, at.left / polar} : (hl_place){1.0, 0.0};
    *out_down_mm = radius_mm(head, at);
    *out_around_mm = *out_down_mm * (polar > 1e-6 ? sin(polar) / polar : 1.0);
}

hl_place hl_head_move(const hl_head *head, hl_place at, double down_mm, double around_mm)
{
    hl_place down;
    double down_scale, around_scale;
    local_scale(head, at, &down, &down_scale, &around_scale);
    double d = down_mm / down_scale, a = around_mm / around_scale;
    return (hl_place){at.ahead + d * down.ahead - a * down.left, at.left + d * down.left + a * down.ahead};
}

void hl_head_step_mm(const hl_head *head, hl_place from, hl_place to, double *out_down_mm, double *out_around_mm)
{
    hl_place down;
    double down_scale, around_scale;
    local_scale(head, from, &down, &down_scale, &around_scale);
    double da = to.ahead - from.ahead, dl = to.left - from.left;
    *out_down_mm = (da * down.ahead + dl * down.left) * down_scale;
    *out_around_mm = (dl * down.ahead - da * down.left) * around_scale;
}

/* Even-odd rule on the chart. */
static bool is_inside(const hl_head *head, hl_place at)
{
    bool inside = false;
    for (uint32_t i = 0, j = head->n_border - 1; i < head->n_border; j = i++) {
        hl_place p = head->border[i], q = head->border[j];
        if ((p.left > at.left) != (q.left > at.left) &&
            at.ahead < (q.ahead - p.ahead) * (at.left - p.left) / (q.left - p.left) + p.ahead)
            inside = !inside;
    }
    return inside;
}

double hl_head_border_mm(const hl_head *head, hl_place at, uint32_t *out_nearest)
{
    double p[3], best = INFINITY;
    const np_strategy_curve *b = head->border_curve;
    hl_head_point(head, at, p);
    *out_nearest = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        double dx = b->x[i] - p[0], dy = b->y[i] - p[1], dz = b->z[i] - p[2];
        double d2 = dx * dx + dy * dy + dz * dz;
        if (d2 < best) {
            best = d2;
            *out_nearest = i;
        }
    }
    return is_inside(head, at) ? sqrt(best) : -sqrt(best);
}

hl_place hl_head_push_inside(const hl_head *head, hl_place at, double gap_mm)
{
    for (int round = 0; round < 12; round++) {
        uint32_t i;
        double inside_mm = hl_head_border_mm(head, at, &i);
        if (inside_mm >= gap_mm)
            break;
        /* inwards is to the left of a counter-clockwise border */
        hl_place p = head->border[(i + head->n_border - 2) % head->n_border],
                 q = head->border[(i + 2) % head->n_border];
        double down, around, length;
        hl_head_step_mm(head, at, (hl_place){at.ahead + (q.ahead - p.ahead), at.left + (q.left - p.left)}, &down,
                        &around);
        length = sqrt(down * down + around * around);
        if (length <= 0.0)
            break;
        double step = head->orientation * (gap_mm - inside_mm + 0.05) / length;
        at = hl_head_move(head, at, -around * step, down * step);
    }
    return at;
}
