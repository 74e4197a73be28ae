/* The ball: what is far or hard on a head is one line here.  A geodesic is an arc of a great circle; a curve's nearest place is on the arc whose
 * plane the sample is nearest to, or at a corner. */
#include "plugin_test/private/head.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "plugin_test/private/fail.h"

#define STEP_MM 0.9
#define ZONES 6u /* NP_ZONE_OTHER .. NP_ZONE_OCCIPITAL */
#define FAR_MM 1e9
#define PITCH_RAD np_angle_rad(12) /* as the head frame lies against a head held upright */
#define WHORL_RAD np_angle_rad(30) /* behind the vertex */
#define WHORL_MM 20.0              /* over which hair lies down */
#define HAIR_TILT_RAD np_angle_rad(65)

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

static void normalize(double v[3])
{
    double n = sqrt(dot(v, v));
    for (int i = 0; i < 3; i++)
        v[i] = n > 0 ? v[i] / n : i == 2;
}

static double arc_between(const double a[3], const double b[3])
{
    double n[3];
    cross(a, b, n);
    return NP_TEST_RADIUS_MM * atan2(sqrt(dot(n, n)), dot(a, b));
}

static void place_of(const double direction[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = NP_TEST_RADIUS_MM * direction[i] + (i == 2 ? NP_TEST_MIDDLE_Z_MM : 0);
}

void plugin_test_direction(const double p[3], double out_direction[3], double out_place[3])
{
    double d[3] = {p[0], p[1], p[2] - NP_TEST_MIDDLE_Z_MM};
    normalize(d);
    memcpy(out_direction, d, sizeof d);
    if (out_place)
        place_of(d, out_place);
}

static void set_place(double out[3], double x, double y, double z)
{
    double direction[3];
    plugin_test_direction((const double[]){x, y, z}, direction, out);
}

void plugin_test_head_init(np_strategy_head *h, double whorl[3])
{
    double s = sin(PITCH_RAD), c = cos(PITCH_RAD), low = -NP_TEST_MIDDLE_Z_MM, r = NP_TEST_RADIUS_MM;
    *h = (np_strategy_head){
        .struct_size = sizeof *h, .whorl_count = 1, .anterior = {c, 0, -s}, .left = {0, 1, 0}, .up = {s, 0, c}};
    set_place(h->glabella, sqrt(r * r - low * low / 4), 0, -low / 2);
    set_place(h->inion, -sqrt(r * r - low * low / 4), 0, -low / 2);
    set_place(h->tragion_left, 0, sqrt(r * r - low * low), 0);
    set_place(h->tragion_right, 0, -sqrt(r * r - low * low), 0);
    set_place(h->vertex, 0, 0, 1000);
    set_place(whorl, -sin(WHORL_RAD), 0, cos(WHORL_RAD) + NP_TEST_MIDDLE_Z_MM);
    h->whorl_x = &whorl[0];
    h->whorl_y = &whorl[1];
    h->whorl_z = &whorl[2];
}

/* ---- lines ---- */

/* The place T (0..1) of the arc from A to B; their directions must not be opposite. */
static void between(const double a[3], const double b[3], double t, double out[3])
{
    double angle = arc_between(a, b) / NP_TEST_RADIUS_MM, n = sin(angle);
    for (int i = 0; i < 3; i++)
        out[i] = n > 0 ? (sin((1 - t) * angle) * a[i] + sin(t * angle) * b[i]) / n : a[i];
    normalize(out);
}

static uint32_t n_arcs(const plugin_test_line *line)
{
    return line->n_corners - !line->closed;
}

static uint32_t steps_of(const plugin_test_line *line, uint32_t arc)
{
    return (uint32_t)ceil(arc_between(line->corners[arc], line->corners[(arc + 1) % line->n_corners]) / STEP_MM);
}

/* The curve as a strategy sees it. */
static void join(plugin_test_line *line)
{
    uint32_t n = !line->closed;
    for (uint32_t k = 0; k < n_arcs(line); k++)
        n += steps_of(line, k);
    double *data = plugin_test_alloc(4 * (size_t)n * sizeof *data), *arc = data + 3 * (size_t)n, at_mm = 0;
    uint32_t i = 0;
    for (uint32_t k = 0; i < n; k++) {
        uint32_t steps = k < n_arcs(line) ? steps_of(line, k) : 1; /* the end of an open one */
        const double *a = line->corners[k], *b = line->corners[(k + 1) % line->n_corners];
        double length = k < n_arcs(line) ? arc_between(a, b) : 0;
        for (uint32_t s = 0; s < steps && i < n; s++, i++) {
            double direction[3], place[3];
            between(a, b, length > 0 ? (double)s / steps : 0, direction);
            place_of(direction, place);
            for (int axis = 0; axis < 3; axis++)
                data[(size_t)axis * n + i] = place[axis];
            arc[i] = at_mm + length * s / steps;
        }
        at_mm += length;
    }
    line->c = (np_strategy_curve){sizeof line->c, n, data, data + n, data + 2 * (size_t)n, arc, line->closed, 0};
}

static void measure(plugin_test_line *line)
{
    line->arc_mm = plugin_test_alloc((line->n_corners + 1) * sizeof *line->arc_mm);
    for (uint32_t k = 0; k < n_arcs(line); k++)
        line->arc_mm[k + 1] = line->arc_mm[k] + arc_between(line->corners[k], line->corners[(k + 1) % line->n_corners]);
}

bool plugin_test_line_init(plugin_test_line *line, const double *xyz, uint32_t count, bool closed)
{
    *line = (plugin_test_line){.n_corners = count, .closed = closed};
    if (count < 2)
        return false;
    line->corners = plugin_test_alloc(count * sizeof *line->corners);
    for (uint32_t i = 0; i < count; i++)
        plugin_test_direction(xyz + 3 * (size_t)i, line->corners[i], NULL);
    for (uint32_t k = 0; k < n_arcs(line); k++) {
        double mm = arc_between(line->corners[k], line->corners[(k + 1) % count]);
        if (!(mm > 1e-6 && mm < 0.999 * NP_PI * NP_TEST_RADIUS_MM))
            return false;
    }
    measure(line);
    join(line);
    return true;
}

bool plugin_test_line_init_round(plugin_test_line *line, const double middle[3], double radius_mm)
{
    double m[3], u[3], v[3], xyz[3 * 360];
    plugin_test_direction(middle, m, NULL);
    cross(fabs(m[2]) < 0.9 ? (const double[]){0, 0, 1} : (const double[]){1, 0, 0}, m, u);
    normalize(u);
    cross(m, u, v);
    double a = radius_mm / NP_TEST_RADIUS_MM;
    for (int i = 0; i < 360; i++) {
        double t = np_angle_rad(i);
        for (int k = 0; k < 3; k++)
            xyz[3 * i + k] =
                cos(a) * m[k] + sin(a) * (cos(t) * u[k] + sin(t) * v[k]) + (k == 2 ? NP_TEST_MIDDLE_Z_MM : 0);
    }
    bool made = radius_mm > 0 && a < NP_PI && plugin_test_line_init(line, xyz, 360, true);
    memcpy(line->middle, m, sizeof m);
    line->radius_mm = radius_mm;
    return made;
}

void plugin_test_line_fini(plugin_test_line *line)
{
    free(line->corners);
    free(line->arc_mm);
    free((void *)line->c.x);
    *line = (plugin_test_line){0};
}

/* ---- channels ---- */

/* Distance from D to the arc from A to B, positive to its left seen from outside, and where on it that is (0..1). */
static double arc_distance(const double d[3], const double a[3], const double b[3], double *out_t)
{
    double n[3], ahead[3];
    cross(a, b, n);
    normalize(n);
    cross(n, a, ahead);
    double side = dot(d, n), along = atan2(dot(d, ahead), dot(d, a)), length = arc_between(a, b) / NP_TEST_RADIUS_MM;
    if (along >= 0 && along <= length) {
        *out_t = along / length;
        return NP_TEST_RADIUS_MM * asin(fmin(fmax(side, -1), 1));
    }
    double to_a = arc_between(d, a), to_b = arc_between(d, b);
    *out_t = to_b < to_a;
    return copysign(fmin(to_a, to_b), side);
}

static void curve_channels(const plugin_test_line *line, const double d[3], double *out_distance, double *out_arc)
{
    *out_distance = FAR_MM;
    for (uint32_t k = 0; k < n_arcs(line); k++) {
        double t, mm = arc_distance(d, line->corners[k], line->corners[(k + 1) % line->n_corners], &t);
        if (fabs(mm) < fabs(*out_distance)) {
            *out_distance = mm;
            *out_arc = line->arc_mm[k] + t * (line->arc_mm[k + 1] - line->arc_mm[k]);
        }
    }
}

static void *column(plugin_test_batch *b, uint32_t rows, size_t item)
{
    void *data = plugin_test_alloc((rows > 0 ? rows : 1) * (size_t)b->samples.stride * item);
    b->arrays[b->n_arrays++] = data;
    return data;
}

static double *numbers(plugin_test_batch *b, uint32_t rows)
{
    return column(b, rows, sizeof(double));
}

static double *everywhere(plugin_test_batch *b, double value)
{
    double *out = numbers(b, 1);
    for (uint32_t i = 0; i < b->samples.count; i++)
        out[i] = value;
    return out;
}

static void fill_regions(plugin_test_batch *b, const np_test *test, double (*d)[3])
{
    double *out = numbers(b, test->n_regions);
    uint32_t stride = b->samples.stride;
    b->samples.region_distance_mm = out;
    for (uint32_t i = 0; i < b->samples.count; i++) {
        out[i] = FAR_MM;
        for (uint32_t r = 0; r < test->n_regions; r++)
            out[r * stride + i] = test->regions[r].radius_mm - arc_between(d[i], test->regions[r].middle);
    }
}

static void fill_curves(plugin_test_batch *b, const np_test *test, double (*d)[3])
{
    double *distance = numbers(b, test->n_curves), *arc = numbers(b, test->n_curves);
    uint32_t stride = b->samples.stride;
    b->samples.curve_distance_mm = distance;
    b->samples.curve_arc_mm = arc;
    for (uint32_t c = 0; c < test->n_curves; c++)
        for (uint32_t i = 0; i < b->samples.count; i++)
            curve_channels(&test->curves[c], d[i], &distance[c * stride + i], &arc[c * stride + i]);
}

static void fill_points(plugin_test_batch *b, const np_test *test)
{
    double *distance = numbers(b, test->n_points);
    int32_t *index = column(b, test->n_points, sizeof *index);
    const np_strategy_samples *s = &b->samples;
    uint32_t stride = s->stride, rows = test->n_points > 0 ? test->n_points : 1;
    for (uint32_t k = 0; k < rows; k++)
        for (uint32_t i = 0; i < s->count; i++) {
            const np_strategy_points *p = &test->points[k].p;
            distance[k * stride + i] = FAR_MM;
            index[k * stride + i] = -1;
            for (uint32_t j = 0; j < p->count; j++) {
                double x = p->x[j] - s->x[i], y = p->y[j] - s->y[i], z = p->z[j] - s->z[i];
                double mm = sqrt(x * x + y * y + z * z);
                if (mm < distance[k * stride + i]) {
                    distance[k * stride + i] = mm;
                    index[k * stride + i] = (int32_t)j;
                }
            }
        }
    b->samples.point_distance_mm = distance;
    b->samples.point_index = index;
}

/* Away from the whorl along the skin; any direction in its middle. */
static void fill_hair(plugin_test_batch *b, const np_test *test, double (*d)[3])
{
    double *f[3] = {numbers(b, 1), numbers(b, 1), numbers(b, 1)}, *tilt = numbers(b, 1), whorl[3];
    plugin_test_direction(test->whorl, whorl, NULL);
    for (uint32_t i = 0; i < b->samples.count; i++) {
        double t[3], up = dot(d[i], whorl), mm = arc_between(d[i], whorl);
        for (int k = 0; k < 3; k++)
            t[k] = up * d[i][k] - whorl[k];
        if (mm < 1e-6)
            cross(d[i], (const double[]){0, 1, 0}, t);
        normalize(t);
        for (int k = 0; k < 3; k++)
            f[k][i] = t[k];
        tilt[i] = HAIR_TILT_RAD * fmin(mm / WHORL_MM, 1);
    }
    uint64_t channels = test->strategy->channels;
    if (channels & NP_CHANNEL_HAIR_FLOW) {
        b->samples.flow_x = f[0];
        b->samples.flow_y = f[1];
        b->samples.flow_z = f[2];
    }
    if (channels & NP_CHANNEL_HAIR_TILT)
        b->samples.hair_tilt_rad = tilt;
}

/* By the angle from the vertex and around from straight ahead. */
static void fill_zones(plugin_test_batch *b, double (*d)[3], uint64_t channels)
{
    int32_t *zone = column(b, 1, sizeof *zone);
    double *weight = numbers(b, ZONES);
    for (uint32_t i = 0; i < b->samples.count; i++) {
        double low = np_angle_deg(acos(fmin(fmax(d[i][2], -1), 1))),
               around = np_angle_deg(fabs(atan2(d[i][1], d[i][0])));
        zone[i] = low > 100      ? NP_ZONE_OTHER
                  : around > 110 ? (low > 65   ? NP_ZONE_OCCIPITAL
                                    : low > 20 ? NP_ZONE_CROWN
                                               : NP_ZONE_MIDSCALP)
                  : low < 40     ? NP_ZONE_MIDSCALP
                  : around < 50  ? NP_ZONE_FRONTAL
                                 : NP_ZONE_TEMPLE;
    }
    for (uint32_t i = 0; i < b->samples.count; i++)
        weight[(uint32_t)zone[i] * b->samples.stride + i] = 1;
    if (channels & NP_CHANNEL_ZONE)
        b->samples.zone = zone;
    if (channels & NP_CHANNEL_ZONE_WEIGHTS) {
        b->samples.zone_weight = weight;
        b->samples.zone_count = ZONES;
    }
}

static void fill_field(plugin_test_batch *b)
{
    uint32_t n = b->samples.stride; /* what stands behind the samples is no number to fall over */
    double *tone, *depth, *dwell;
    int32_t *session;
    b->field = (np_strategy_field){.struct_size = sizeof b->field, .count = b->samples.count};
    b->field.coverage = numbers(b, 1);
    b->field.density_per_cm2 = numbers(b, 1);
    b->field.depth_mm = depth = numbers(b, 1);
    b->field.tilt_rad = numbers(b, 1);
    b->field.azimuth_rad = numbers(b, 1);
    b->field.tone = tone = numbers(b, 1);
    b->field.dwell_ms = dwell = numbers(b, 1);
    b->field.first_session = session = column(b, 1, sizeof *session);
    for (uint32_t i = 0; i < n; i++) {
        depth[i] = 0.5;
        tone[i] = 0.5;
        dwell[i] = 30;
        session[i] = 1;
    }
}

static void fill_places(plugin_test_batch *b, const double *xyz, double (*d)[3], uint64_t first_id, int64_t step)
{
    double *p[6];
    uint64_t *id = column(b, 1, sizeof *id);
    for (int k = 0; k < 6; k++)
        p[k] = numbers(b, 1);
    for (uint32_t i = 0; i < b->samples.count; i++) {
        double place[3];
        plugin_test_direction(xyz + 3 * (size_t)i, d[i], place);
        id[i] = first_id + (uint64_t)(step * (int64_t)i);
        for (int k = 0; k < 3; k++) {
            p[k][i] = place[k];
            p[3 + k][i] = d[i][k];
        }
    }
    np_strategy_samples *s = &b->samples;
    s->id = id;
    s->x = p[0];
    s->y = p[1];
    s->z = p[2];
    s->nx = p[3];
    s->ny = p[4];
    s->nz = p[5];
}

void plugin_test_batch_init(plugin_test_batch *b, const np_test *test, const double *xyz, uint32_t n, uint64_t first_id,
                            int64_t step)
{
    uint64_t channels = test->strategy->channels;
    *b = (plugin_test_batch){.samples = {.struct_size = sizeof b->samples, .count = n, .stride = (n + 63) / 64 * 64}};
    double(*d)[3] = plugin_test_alloc((n + 1) * sizeof *d);
    fill_places(b, xyz, d, first_id, step);
    if (channels & NP_CHANNEL_REGION_DISTANCE)
        fill_regions(b, test, d);
    if (channels & NP_CHANNEL_CURVE)
        fill_curves(b, test, d);
    if (channels & NP_CHANNEL_POINTS)
        fill_points(b, test);
    if (channels & (NP_CHANNEL_ZONE | NP_CHANNEL_ZONE_WEIGHTS))
        fill_zones(b, d, channels);
    fill_hair(b, test, d);
    if (channels & NP_CHANNEL_EXISTING_DENSITY)
        b->samples.existing_density_per_cm2 = everywhere(b, test->hair_per_cm2 + test->made_per_cm2);
    if (channels & NP_CHANNEL_HISTORY) {
        b->samples.made_density_per_cm2 = everywhere(b, test->made_per_cm2);
        b->samples.planned_density_per_cm2 = everywhere(b, test->planned_per_cm2);
        b->samples.made_tone = everywhere(b, test->made_tone);
    }
    fill_field(b);
    free(d);
}

void plugin_test_batch_fini(plugin_test_batch *b)
{
    for (int i = 0; i < b->n_arrays; i++)
        free(b->arrays[i]);
    *b = (plugin_test_batch){0};
}
