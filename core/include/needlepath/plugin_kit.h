/* needlepath/plugin_kit.h: small things that most strategies need, as macros and inline functions.
 *
 * No part of the ABI: what is here is compiled into the plugin, and a plugin may do without it.  All
 * functions are pure; random numbers come from the job's host, so they depend on the layer's seed, the stream
 * and the place alone. */
#ifndef NEEDLEPATH_PLUGIN_KIT_H
#define NEEDLEPATH_PLUGIN_KIT_H

#include <math.h>
#include <needlepath/plugin.h>

/* ---- tables of parameters: rows, one macro a type; see np_param_desc ---- */

#define NP_KIT_PARAM(id, name, group, help, type, unit, min, max, fallback, labels)                                    \
    {                                                                                                                  \
        id, name, group, help, type, unit, min, max, fallback, labels, NULL, NULL, 0, 0, 0, 0, NULL                    \
    }
#define NP_KIT_FLOAT(id, name, group, help, unit, min, max, fallback)                                                  \
    NP_KIT_PARAM(id, name, group, help, NP_PARAM_FLOAT, unit, min, max, fallback, NULL)
#define NP_KIT_INT(id, name, group, help, unit, min, max, fallback)                                                    \
    NP_KIT_PARAM(id, name, group, help, NP_PARAM_INT, unit, min, max, fallback, NULL)
#define NP_KIT_BOOL(id, name, group, help, fallback)                                                                   \
    NP_KIT_PARAM(id, name, group, help, NP_PARAM_BOOL, "", 0, 1, fallback, NULL)
/* LABELS: an array of names, the last of which has the number LAST, ended by NULL. */
#define NP_KIT_OPTION(id, name, group, help, last, fallback, labels)                                                   \
    NP_KIT_PARAM(id, name, group, help, NP_PARAM_OPTION, "", 0, last, fallback, labels)
#define NP_KIT_TEXT(id, name, group, help, max_bytes, fallback)                                                        \
    {                                                                                                                  \
        id, name, group, help, NP_PARAM_TEXT, "", 0, max_bytes, 0, NULL, fallback, NULL, 0, 0, 0, 0, NULL              \
    }
/* FLAGS: NP_PARAM_REQUIRED or 0. */
#define NP_KIT_FILE(id, name, group, help, max_bytes, flags)                                                           \
    {                                                                                                                  \
        id, name, group, help, NP_PARAM_FILE, "", 0, max_bytes, 0, NULL, NULL, NULL, 0, flags, 0, 0, NULL              \
    }
/* KNOTS: COUNT pairs x y. */
#define NP_KIT_CURVE(id, name, group, help, x_unit, x_min, x_max, unit, min, max, knots, count)                        \
    {                                                                                                                  \
        id, name, group, help, NP_PARAM_CURVE, unit, min, max, 0, NULL, NULL, knots, count, 0, x_min, x_max, x_unit    \
    }
/* COLUMNS: an array of names, ended by NULL.  Without rows unless the case gives some. */
#define NP_KIT_TABLE(id, name, group, help, unit, min, max, columns)                                                   \
    NP_KIT_PARAM(id, name, group, help, NP_PARAM_TABLE, unit, min, max, 0, columns)

/* A slot for MIN to MAX inputs of KIND. */
#define NP_KIT_INPUT(id, name, help, kind, min, max)                                                                   \
    {                                                                                                                  \
        id, name, help, kind, 0, min, max, NULL, 0, 0                                                                  \
    }
/* A slot of sets of points, each of which has VALUES (an array of np_param_desc) beside its place: needs ABI 1.4. */
#define NP_KIT_POINTS(id, name, help, min, max, values)                                                                \
    {                                                                                                                  \
        id, name, help, NP_INPUT_POINTS, 0, min, max, values, sizeof(values) / sizeof *(values), 0                     \
    }
/* A value of points that the case must give. */
#define NP_KIT_REQUIRED_VALUE(id, name, help, unit, min, max)                                                          \
    {                                                                                                                  \
        id, name, "", help, NP_PARAM_FLOAT, unit, min, max, 0, NULL, NULL, NULL, 0, NP_PARAM_REQUIRED, 0, 0, NULL      \
    }

/* The plugin: its strategies, for a host of ABI 1.MINOR at least.  Defines np_plugin_entry_v1; no semicolon follows. */
#define NP_KIT_PLUGIN(minor, ...)                                                                                      \
    static const np_strategy_desc *const np_kit_strategies[] = {__VA_ARGS__};                                          \
    static const np_plugin_entry np_kit_entry = {NP_PLUGIN_MAGIC,                                                      \
                                                 NP_PLUGIN_ABI_MAJOR,                                                  \
                                                 minor,                                                                \
                                                 sizeof(np_plugin_entry),                                              \
                                                 sizeof(np_strategy_desc),                                             \
                                                 sizeof(np_param_desc),                                                \
                                                 sizeof(np_input_desc),                                                \
                                                 sizeof np_kit_strategies / sizeof *np_kit_strategies,                 \
                                                 0,                                                                    \
                                                 np_kit_strategies};                                                   \
    const np_plugin_entry *np_plugin_entry_v1(void)                                                                    \
    {                                                                                                                  \
        return &np_kit_entry;                                                                                          \
    }

/* ---- numbers ---- */

static inline double np_kit_clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static inline double np_kit_lerp(double a, double b, double t)
{
    return a + (b - a) * t;
}

/* 0 below FROM, 1 above TO, smooth between (3 t^2 - 2 t^3); a step where the two are equal. */
static inline double np_kit_smoothstep(double from, double to, double x)
{
    if (!(to > from))
        return x >= to ? 1.0 : 0.0;
    double t = np_kit_clamp((x - from) / (to - from), 0.0, 1.0);
    return t * t * (3.0 - 2.0 * t);
}

/* A CURVE parameter's value at X: a smooth curve through the knots that has no more ups and downs than they have (Fritsch and
 * Butland 1984, A method for constructing local monotone piecewise cubic interpolants); constant beyond the ends. */
static inline double np_kit_curve(const np_param_value *curve, double x)
{
    const double *k = curve->data;
    uint32_t n = curve->count, i = 0;
    double slope[3], ends[2];
    if (x <= k[0] || n == 1)
        return k[1];
    if (x >= k[2 * n - 2])
        return k[2 * n - 1];
    while (x > k[2 * i + 2])
        i++;
    /* slopes of the chords before, in and behind the interval */
    for (uint32_t c = 0; c < 3; c++) {
        uint32_t at = i + c; /* the chord from knot AT - 1 to AT */
        int inside = at >= 1 && at < n;
        slope[c] = inside ? (k[2 * at + 1] - k[2 * at - 1]) / (k[2 * at] - k[2 * at - 2]) : 0.0;
    }
    if (i == 0)
        slope[0] = slope[1];
    if (i + 2 == n)
        slope[2] = slope[1];
    for (uint32_t c = 0; c < 2; c++) {
        double product = slope[c] * slope[c + 1];
        ends[c] = product > 0.0 ? 2.0 * product / (slope[c] + slope[c + 1]) : 0.0;
    }
    double h = k[2 * i + 2] - k[2 * i], t = (x - k[2 * i]) / h, u = 1.0 - t;
    return u * u * (1.0 + 2.0 * t) * k[2 * i + 1] + t * t * (3.0 - 2.0 * t) * k[2 * i + 3] + h * t * u * u * ends[0] -
           h * t * t * u * ends[1];
}

/* Azimuth, for the field, of the direction (DX, DY, DZ) at sample I: the needle leans towards it.  Needs
 * NP_CHANNEL_HAIR_FLOW. */
static inline double np_kit_azimuth_rad(const np_strategy_samples *s, uint32_t i, double dx, double dy, double dz)
{
    double fx = s->flow_x[i], fy = s->flow_y[i], fz = s->flow_z[i];
    double nx = s->nx[i], ny = s->ny[i], nz = s->nz[i];
    double along = dx * fx + dy * fy + dz * fz; /* and to the left of it: normal x flow */
    double left = dx * (ny * fz - nz * fy) + dy * (nz * fx - nx * fz) + dz * (nx * fy - ny * fx);
    return along != 0.0 || left != 0.0 ? atan2(left, along) : 0.0;
}

/* A pin at (X, Y, Z) for SESSION; all else as it is painted there. */
static inline np_strategy_pin np_kit_pin(double x, double y, double z, int32_t session)
{
    const double painted = (double)NAN;
    np_strategy_pin pin = {sizeof(np_strategy_pin), session, x, y, z, painted, painted, painted, painted, painted, 0.0};
    return pin;
}

#define NP_KIT_INK_OF_TONE                                                                                             \
    1.27 /* the logarithm of how much more ink absorbs at tone 1 than at tone 0: ln(25/7), needlepath's model of skin */

/* TONE of the sample of index ID, made lighter or darker as marks of real hair are: the ink is lognormal with a standard deviation of SPREAD of its
 * logarithm, cut at two of them, and in the mean what TONE asks for, but for what 0..1 cuts off. */
static inline double np_kit_tone(const np_host *host, uint32_t stream, uint64_t id, double tone, double spread)
{
    double z = np_kit_clamp(host->normal(host->context, stream, id, 0), -2.0, 2.0);
    return np_kit_clamp(tone + (spread * z - 0.5 * spread * spread) / NP_KIT_INK_OF_TONE, 0.0, 1.0);
}

/* The parameters that np_kit_tone takes as TONE and SPREAD. */
#define NP_KIT_TONE                                                                                                    \
    NP_KIT_FLOAT("tone", "Tone", "Look", "0 lightest, 1 darkest; session 1 starts light, so stay near the middle.",    \
                 "", 0, 1, 0.5)
#define NP_KIT_TONE_VARIATION(group)                                                                                   \
    NP_KIT_FLOAT("tone_variation", "Variation of tone", group,                                                         \
                 "Standard deviation of the logarithm of a dot's ink from dot to dot: 0.35 to 0.45 varies as marks "   \
                 "of real hair do; 0 looks printed.",                                                                  \
                 "", 0, 0.6, 0.4)

/* Gradient of the noise for LOT in [0, 1): one of the twelve edges of a cube. */
static inline double np_kit_gradient(double lot, double x, double y, double z)
{
    int edge = (int)(12.0 * lot);
    double u = edge < 8 ? x : y;
    double v = edge < 4 ? y : z;
    return ((edge & 1) ? -u : u) + ((edge & 2) ? -v : v);
}

#define NP_KIT_NOISE_SD 0.27 /* of the raw noise, measured over two million places */

/* Smooth noise in space (Perlin 2002, Improving noise) with features about WAVELENGTH_MM long, of mean 0 and
 * standard deviation about 1, hardly ever beyond 3.  Eight random numbers a call. */
static inline double np_kit_noise(const np_host *host, uint32_t stream, double wavelength_mm, double x, double y,
                                  double z)
{
    double p[3] = {x / wavelength_mm, y / wavelength_mm, z / wavelength_mm};
    int64_t cell[3];
    double f[3], s[3];
    for (int a = 0; a < 3; a++) {
        double low = floor(p[a]);
        cell[a] = (int64_t)low;
        f[a] = p[a] - low;
        s[a] = f[a] * f[a] * f[a] * (f[a] * (f[a] * 6.0 - 15.0) + 10.0);
    }
    uint64_t index[8];
    for (int corner = 0; corner < 8; corner++) {
        uint64_t i = (uint64_t)(cell[0] + (corner & 1)) & 0x1fffff;
        uint64_t j = (uint64_t)(cell[1] + (corner >> 1 & 1)) & 0x1fffff;
        uint64_t k = (uint64_t)(cell[2] + (corner >> 2)) & 0x1fffff;
        index[corner] = i << 42 | j << 21 | k;
    }
    double lot[8], sum = 0.0;
    host->uniforms(host->context, stream, index, 8, 0, lot);
    for (int corner = 0; corner < 8; corner++) {
        int dx = corner & 1, dy = corner >> 1 & 1, dz = corner >> 2;
        double weight = (dx ? s[0] : 1.0 - s[0]) * (dy ? s[1] : 1.0 - s[1]) * (dz ? s[2] : 1.0 - s[2]);
        sum += weight * np_kit_gradient(lot[corner], f[0] - dx, f[1] - dy, f[2] - dz);
    }
    return sum / NP_KIT_NOISE_SD;
}

/* How far a border wanders at (X, Y, Z), for a layer to multiply with its own millimetres: smooth between -2 and 2, with a standard
 * deviation of about 1, and FINE_SHARE of features about FINE_MM long on coarse ones.  A straight or round border looks drawn.  Takes STREAM
 * and the next. */
static inline double np_kit_wander(const np_host *host, uint32_t stream, double coarse_mm, double fine_mm,
                                   double fine_share, double x, double y, double z)
{
    double wander = 0.8 * np_kit_noise(host, stream, coarse_mm, x, y, z) +
                    fine_share * np_kit_noise(host, stream + 1, fine_mm, x, y, z);
    return np_kit_clamp(wander, -2.0, 2.0);
}

/* A wave along a line whose turning points are drawn one by one: up and down in turn, LEAST_HEIGHT to 1 from the middle and HALF_LEAST_MM to
 * HALF_MOST_MM apart, so that no stretch of it is straight for long, and to the left and to the right of where it begins apart, so that it is no
 * mirror image of itself.  Takes STREAM (right) and the next (left), from INDEX on: another index, another wave. */
typedef struct np_kit_wave {
    const np_host *host;
    uint64_t index;
    uint32_t stream;
    double least_height, half_least_mm, half_most_mm;
} np_kit_wave;

enum { NP_KIT_LOT_HALF, NP_KIT_LOT_HEIGHT, NP_KIT_LOT_SIGN, NP_KIT_LOT_BEGIN }; /* draws of a turning point */

static inline double np_kit_wave_lot(const np_kit_wave *w, uint32_t side, uint64_t k, uint32_t of)
{
    uint32_t stream = k == 0 && of == NP_KIT_LOT_HEIGHT ? w->stream : w->stream + side;
    return w->host->uniform(w->host->context, stream, w->index + k, of);
}

/* Height of the K-th turning point on a side: up and down in turn. */
static inline double np_kit_wave_turn(const np_kit_wave *w, uint32_t side, uint64_t k)
{
    int up = (k % 2 == 0) == (np_kit_wave_lot(w, 0, 0, NP_KIT_LOT_SIGN) < 0.5);
    return (up ? 1.0 : -1.0) * np_kit_lerp(w->least_height, 1.0, np_kit_wave_lot(w, side, k, NP_KIT_LOT_HEIGHT));
}

/* From the K-th turning point to the next: as many short ones as long ones in every octave. */
static inline double np_kit_wave_half_mm(const np_kit_wave *w, uint32_t side, uint64_t k)
{
    return w->half_least_mm * pow(w->half_most_mm / w->half_least_mm, np_kit_wave_lot(w, side, k, NP_KIT_LOT_HALF));
}

/* The wave, -1 to 1, at S mm to the left of the middle of the line, which lies anywhere between two turning points: were it always the top or the
 * bottom of one, all lines would go up and down together on either side of it. */
static inline double np_kit_wave_at(const np_kit_wave *w, double s)
{
    double from = -np_kit_wave_half_mm(w, 1, 0) * np_kit_wave_lot(w, 0, 0, NP_KIT_LOT_BEGIN);
    uint32_t side = s < from ? 0 : 1;
    double away = fabs(s - from);
    for (uint64_t k = 0;; k++) {
        double half = np_kit_wave_half_mm(w, side, k);
        if (away < half)
            return np_kit_lerp(np_kit_wave_turn(w, side, k), np_kit_wave_turn(w, side, k + 1),
                               np_kit_smoothstep(0.0, 1.0, away / half));
        away -= half;
    }
}

/* What a density at (X, Y, Z) is to be multiplied with so that it wavers from place to place as real density does, where an even one looks
 * painted: 1 in the mean, with a coefficient of variation of VARIATION. */
static inline double np_kit_variation(const np_host *host, uint32_t stream, double variation, double wavelength_mm,
                                      double x, double y, double z)
{
    double wave = np_kit_noise(host, stream, wavelength_mm, x, y, z);
    return 1.0 + variation * np_kit_clamp(wave, -2.5, 2.5);
}

/* The parameters that np_kit_variation takes. */
#define NP_KIT_VARIATION                                                                                               \
    NP_KIT_FLOAT(                                                                                                      \
        "variation", "Variation of density", "Look",                                                                   \
        "Coefficient of variation of the density from place to place; 0.08 to 0.20 within a zone looks real.", "", 0,  \
        0.3, 0.1)
#define NP_KIT_VARIATION_WAVELENGTH                                                                                    \
    NP_KIT_FLOAT("variation_wavelength_mm", "Wavelength of variation", "Look",                                         \
                 "Size of the denser and thinner places.  An engineering choice.", "mm", 5, 40, 14)

/* ---- directions, for pins ---- */

typedef struct np_kit_vec {
    double x, y, z;
} np_kit_vec;

static inline np_kit_vec np_kit_cross(np_kit_vec a, np_kit_vec b)
{
    np_kit_vec out = {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
    return out;
}

/* Of length 1; up for a vector without length. */
static inline np_kit_vec np_kit_unit(np_kit_vec a)
{
    double n = sqrt(a.x * a.x + a.y * a.y + a.z * a.z);
    np_kit_vec out = {0.0, 0.0, 1.0};
    if (n > 0.0) {
        out.x = a.x / n;
        out.y = a.y / n;
        out.z = a.z / n;
    }
    return out;
}

/* Out of the skin at P, for layout, which has no normals but those of points: the scalp bulges away from the middle between glabella and
 * inion, and over a few millimetres that is near enough; the host puts what is placed along it on the skin. */
static inline np_kit_vec np_kit_outward(const np_strategy_head *head, np_kit_vec p)
{
    np_kit_vec from_middle = {p.x - 0.5 * (head->glabella[0] + head->inion[0]),
                              p.y - 0.5 * (head->glabella[1] + head->inion[1]),
                              p.z - 0.5 * (head->glabella[2] + head->inion[2])};
    return np_kit_unit(from_middle);
}

/* ---- places on the scalp ---- */

/* Where a place lies on the scalp, in degrees of the mean man's head: AROUND from straight ahead, 0 to 180 on either side, and DOWN from
 * the top.  His front edge lies 52 degrees down, the ears' upper ends 91 at 95 around, the nape's lower edge 127. */
typedef struct np_kit_place {
    double around_deg, down_deg;
    double left; /* 1 on the left half, -1 on the right */
} np_kit_place;

/* The place of (X, Y, Z) on HEAD: its direction from the middle of the head, 40 mm above the middle between the tragia, after stretching
 * the axes to the mean man's (192.5 mm from glabella to inion, tragia 142 mm apart, the top 131 mm above them: needlepath's
 * docs/domain.md 2.8), which is the chart that regions by name are drawn on. */
static inline np_kit_place np_kit_chart(const np_strategy_head *head, double x, double y, double z)
{
    const double *axes[3] = {head->anterior, head->left, head->up}, p[3] = {x, y, z};
    double at[3] = {0}, length = 0.0, half = 0.0, top = 0.0;
    for (int c = 0; c < 3; c++) {
        for (int a = 0; a < 3; a++)
            at[a] += axes[a][c] * p[c];
        length += axes[0][c] * (head->glabella[c] - head->inion[c]);
        half += axes[1][c] * head->tragion_left[c];
        top += axes[2][c] * head->vertex[c];
    }
    double ahead = at[0] * 192.5 / length, side = at[1] * 71.0 / half, up = at[2] * 131.0 / top - 40.0;
    const double deg = 180.0 / 3.14159265358979323846;
    np_kit_place out = {deg * atan2(fabs(side), ahead), deg * atan2(sqrt(ahead * ahead + side * side), up),
                        side < 0.0 ? -1.0 : 1.0};
    return out;
}

/* Needles stand 80 to 90 degrees from the skin by default.  Within patches of 3.3 x 2.6 mm hairs differ in direction by a standard
 * deviation of 8.4 degrees, and hairs side by side by nearly as much (needlepath's docs/domain.md 1.4, 2.3): noise with features of 2 mm that has
 * 8.4 degrees within such patches has 9.4 over all (measured over 4,000 patches). */
#define NP_KIT_LEAN_DEG 10
#define NP_KIT_HAIR_SPREAD_DEG 9.4
#define NP_KIT_HAIR_SPREAD_MM 2.0

/* The parameter that np_kit_lean takes. */
#define NP_KIT_LEAN                                                                                                    \
    NP_KIT_FLOAT("lean_deg", "Lean", "Needle",                                                                         \
                 "Tilt of the needle where hair lies flat, in the direction in which it grows; less where hair "       \
                 "stands up, by zone and in the middle of whorls.  0: upright everywhere, as for a gantry.",           \
                 "deg", 0, 30, NP_KIT_LEAN_DEG)

/* Lets the needle at sample I lean as the hair does: by a part of the hair's own tilt, LEAN_DEG where that lies flat, within what the
 * treatment allows; and in its direction, which wanders a little from place to place.  Needs NP_CHANNEL_HAIR_TILT. */
static inline void np_kit_lean(const np_strategy_job *job, const np_strategy_samples *s, uint32_t i, uint32_t stream,
                               double lean_deg, np_strategy_field *out)
{
    const double rad_per_deg = 3.14159265358979323846 / 180.0;
    double most = job->treatment->tilt_max_rad, tilt = lean_deg / 90.0 * s->hair_tilt_rad[i];
    double aside = np_kit_noise(job->host, stream, NP_KIT_HAIR_SPREAD_MM, s->x[i], s->y[i], s->z[i]);
    out->tilt_rad[i] = tilt < most ? tilt : most;
    out->azimuth_rad[i] = NP_KIT_HAIR_SPREAD_DEG * rad_per_deg * np_kit_clamp(aside, -2.5, 2.5);
}

#endif
