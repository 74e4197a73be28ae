/* What the looks of a few dots say of a person.  How strong and how wide dots are tells ink and size, and next to nothing of depth: ink in
 * the top 0.3 mm is what is seen (docs/domain.md 5.5), and a column below it changes the middle by 1 % between 0.45 and 0.95 mm.  What does
 * change is colour: deeper ink takes red from a wide shadow and blue from nowhere, red over blue is 1.7 at 0.45 mm and 2.0 at 0.65.  The model is
 * unsure of that ratio by a tenth, in the same way for all dots, which is an unknown of its own and leaves depth an SD of 0.09 mm or so. */
#include "skin/calibrate.h"

#include <math.h>
#include <string.h>

#include "base/angle.h"

enum { DEPTH, INK, SIZE, DWELL, COLOUR, UNKNOWNS };
enum { GREEN = 1, LOOKS = 3 };

#define BESIDE_MM 2.0
#define SHADOW_MM 1.0
#define STEP_MM 0.01
#define USUAL_DWELL_MS 30.0
/* What dots of one kind differ by: ink by a quarter (NP_SKIN_MODEL_TABLE's strength_sd), and reading; assumed. */
#define CONTRAST_SD 0.02
#define CONTRAST_SHARE 0.2
#define WIDTH_SD_MM 0.03
#define RATIO_SHARE 0.1
#define DOTS_MIN 5
#define DOTS_MAX 200
#define ROOM (LOOKS * DOTS_MAX + UNKNOWNS)
#define DEPTH_SD_MAX_MM 0.1
#define DEPTH_MAX_MM 0.3
#define CHI2_MAX 4.0
#define ROUNDS 60

static const double prior_sd[UNKNOWNS] = {0.15, 0.7, 0.3, 1, 0.1};

static double absorbance(const np_skin_mark *mark, int channel, double r_mm)
{
    double s = 0;
    for (int k = 0; k < NP_SKIN_GAUSSIANS; k++) {
        double v = mark->sigma_mm[k] * mark->sigma_mm[k];
        s += mark->area_mm2[k][channel] / (NP_TWO_PI * v) * exp(-r_mm * r_mm / (2 * v));
    }
    return s;
}

/* Share of light that is missing at R, against skin beside the mark. */
static double missing(const np_skin_mark *mark, int channel, double r_mm)
{
    return 1 - exp(absorbance(mark, channel, BESIDE_MM) - absorbance(mark, channel, r_mm));
}

void np_skin_mark_look(const np_skin_mark *mark, np_skin_look *out)
{
    double r = 0, sum[LOOKS] = {0};
    out->contrast = missing(mark, GREEN, 0);
    while (r < BESIDE_MM && missing(mark, GREEN, r + STEP_MM) > out->contrast / 2)
        r += STEP_MM;
    double before = missing(mark, GREEN, r), after = missing(mark, GREEN, r + STEP_MM);
    double part = before > after ? (before - out->contrast / 2) / (before - after) : 0;
    out->width_mm = 2 * (r + STEP_MM * part);
    for (double at = STEP_MM / 2; at < SHADOW_MM; at += STEP_MM)
        for (int channel = 0; channel < LOOKS; channel += 2)
            sum[channel] += at * missing(mark, channel, at);
    out->red_over_blue = sum[2] > 0 ? sum[0] / sum[2] : NAN;
}

typedef struct fit {
    const np_skin_model *model;
    double needle_mm, age_days;
    np_lab skin;
    const np_skin_test_dot *dots;
    size_t n;
} fit;

static np_skin_look look_of(const fit *f, const np_skin_test_dot *dot, const double x[UNKNOWNS])
{
    np_skin_model model = *f->model;
    model.healed_ratio *= exp(x[SIZE]);
    np_skin_deposit deposit = {.needle_mm = f->needle_mm,
                               .depth_mm = fmax(dot->depth_mm - x[DEPTH], 0.12),
                               .tone = dot->tone,
                               .strength = exp(x[INK] + x[DWELL] * log(dot->dwell_ms / USUAL_DWELL_MS))};
    np_skin_mark mark;
    np_skin_look look;
    np_skin_deposit_mark(&model, &deposit, f->skin, f->age_days, &mark);
    np_skin_mark_look(&mark, &look);
    look.red_over_blue *= exp(x[COLOUR]);
    return look;
}

/* How far a dot's looks are off, in SDs; 0 for what was not measured. */
static void residuals_of(const fit *f, const np_skin_test_dot *dot, const double x[UNKNOWNS], double out[LOOKS])
{
    np_skin_look look = look_of(f, dot, x);
    const np_skin_look *seen = &dot->look;
    out[0] = (look.contrast - seen->contrast) / hypot(CONTRAST_SD, CONTRAST_SHARE * seen->contrast);
    out[1] = isnan(seen->width_mm) ? 0 : (look.width_mm - seen->width_mm) / WIDTH_SD_MM;
    out[2] = isnan(seen->red_over_blue) ? 0 : log(look.red_over_blue / seen->red_over_blue) / RATIO_SHARE;
}

/* All of them, and what priors say: LOOKS n + UNKNOWNS. */
static void residuals(const fit *f, const double x[UNKNOWNS], double *out)
{
    for (size_t i = 0; i < f->n; i++)
        residuals_of(f, &f->dots[i], x, out + LOOKS * i);
    for (size_t i = 0; i < UNKNOWNS; i++)
        out[LOOKS * f->n + i] = x[i] / prior_sd[i];
}

static double sum_of_squares(const fit *f, const double x[UNKNOWNS])
{
    double sum = 0, r[ROOM];
    residuals(f, x, r);
    for (size_t k = 0; k < LOOKS * f->n + UNKNOWNS; k++)
        sum += r[k] * r[k];
    return sum;
}

/* J^T J and J^T r by central differences. */
static void linearise(const fit *f, const double x[UNKNOWNS], double a[UNKNOWNS][UNKNOWNS], double b[UNKNOWNS])
{
    const double h = 1e-3;
    double r[ROOM], j[UNKNOWNS][ROOM], down[ROOM];
    size_t n = LOOKS * f->n + UNKNOWNS;
    residuals(f, x, r);
    for (int i = 0; i < UNKNOWNS; i++) {
        double moved[UNKNOWNS];
        memcpy(moved, x, sizeof moved);
        moved[i] = x[i] + h;
        residuals(f, moved, j[i]);
        moved[i] = x[i] - h;
        residuals(f, moved, down);
        for (size_t k = 0; k < n; k++)
            j[i][k] = (j[i][k] - down[k]) / (2 * h);
    }
    for (int i = 0; i < UNKNOWNS; i++) {
        b[i] = 0;
        for (size_t k = 0; k < n; k++)
            b[i] += j[i][k] * r[k];
        for (int m = 0; m < UNKNOWNS; m++) {
            a[i][m] = 0;
            for (size_t k = 0; k < n; k++)
                a[i][m] += j[i][k] * j[m][k];
        }
    }
}

/* The inverse of the positive definite A (priors see to that), by Gauss and Jordan. */
static void invert(double a[UNKNOWNS][UNKNOWNS], double out[UNKNOWNS][UNKNOWNS])
{
    for (int i = 0; i < UNKNOWNS; i++)
        for (int k = 0; k < UNKNOWNS; k++)
            out[i][k] = i == k;
    for (int p = 0; p < UNKNOWNS; p++) {
        double pivot = a[p][p];
        for (int k = 0; k < UNKNOWNS; k++) {
            a[p][k] /= pivot;
            out[p][k] /= pivot;
        }
        for (int i = 0; i < UNKNOWNS; i++) {
            double factor = a[i][p];
            for (int k = 0; k < UNKNOWNS && i != p; k++) {
                a[i][k] -= factor * a[p][k];
                out[i][k] -= factor * out[p][k];
            }
        }
    }
}

/* From X to the nearest least sum, which is returned; OUT_SD: of the unknowns there. */
static double descend(const fit *f, double x[UNKNOWNS], double out_sd[UNKNOWNS])
{
    double a[UNKNOWNS][UNKNOWNS], b[UNKNOWNS], inverse[UNKNOWNS][UNKNOWNS], damping = 1e-2;
    double sum = sum_of_squares(f, x);
    for (int round = 0; round < ROUNDS && damping < 1e6; round++) {
        double tried[UNKNOWNS];
        linearise(f, x, a, b);
        for (int i = 0; i < UNKNOWNS; i++)
            a[i][i] *= 1 + damping;
        invert(a, inverse);
        memcpy(tried, x, sizeof tried);
        for (int i = 0; i < UNKNOWNS; i++)
            for (int k = 0; k < UNKNOWNS; k++)
                tried[i] -= inverse[i][k] * b[k];
        double better = sum_of_squares(f, tried);
        damping *= better < sum ? 0.3 : 4;
        if (better < sum) {
            memcpy(x, tried, sizeof tried);
            bool done = sum - better < 1e-9 * sum;
            sum = better;
            if (done)
                break;
        }
    }
    linearise(f, x, a, b);
    invert(a, inverse);
    for (int i = 0; i < UNKNOWNS; i++)
        out_sd[i] = sqrt(inverse[i][i]);
    return sum;
}

static np_status check_dots(const np_skin_test_dot *dots, size_t n, np_error *err)
{
    double least = HUGE_VAL, most = -HUGE_VAL;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, dots[i].depth_mm);
        most = fmax(most, dots[i].depth_mm);
    }
    if (n > DOTS_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%zu test dots are more than %d", n, DOTS_MAX);
    if (n < DOTS_MIN || !(most - least >= 0.1))
        return np_error_set(
            err, NP_ERR_INVALID,
            "%zu test dots over %.2f mm of depth are too few to tell; measure at least %d, over 0.1 mm of "
            "depth or more",
            n, n ? most - least : 0, DOTS_MIN);
    return NP_OK;
}

/* Least growth of red over blue with depth that is one, and in standard errors. */
#define SLOPE_MIN 0.3
#define SLOPE_SES 2.5

/* The straight line through log(red over blue) by depth; false where it was measured and depth does not show in it. */
static bool follow_colour(const np_skin_test_dot *dots, size_t n, np_skin_calibration *out)
{
    double count = 0, x = 0, y = 0, xx = 0, xy = 0, rest = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(dots[i].look.red_over_blue)) {
            count++;
            x += dots[i].depth_mm;
            y += log(dots[i].look.red_over_blue);
        }
    if (count == 0)
        return true;
    x /= count;
    y /= count;
    for (size_t i = 0; i < n; i++)
        if (!isnan(dots[i].look.red_over_blue)) {
            xx += (dots[i].depth_mm - x) * (dots[i].depth_mm - x);
            xy += (dots[i].depth_mm - x) * (log(dots[i].look.red_over_blue) - y);
        }
    if (count < 3 || !(xx > 0))
        return false;
    out->colour_slope = xy / xx;
    for (size_t i = 0; i < n; i++)
        if (!isnan(dots[i].look.red_over_blue)) {
            double off = log(dots[i].look.red_over_blue) - y - out->colour_slope * (dots[i].depth_mm - x);
            rest += off * off;
        }
    out->colour_slope_se = sqrt(rest / (count - 2) / xx);
    return out->colour_slope >= SLOPE_MIN && out->colour_slope >= SLOPE_SES * out->colour_slope_se;
}

static void measure_rest(const fit *f, const double x[UNKNOWNS], np_skin_calibration *out)
{
    double contrast2 = 0, width2 = 0, sum = 0, measured = 0, widths = 0;
    for (size_t i = 0; i < f->n; i++) {
        const np_skin_look *seen = &f->dots[i].look, look = look_of(f, &f->dots[i], x);
        double r[LOOKS];
        residuals_of(f, &f->dots[i], x, r);
        sum += r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
        measured += 1 + !isnan(seen->width_mm) + !isnan(seen->red_over_blue);
        contrast2 += (look.contrast - seen->contrast) * (look.contrast - seen->contrast);
        width2 += isnan(seen->width_mm) ? 0 : (look.width_mm - seen->width_mm) * (look.width_mm - seen->width_mm);
        widths += !isnan(seen->width_mm);
    }
    out->contrast_rms = sqrt(contrast2 / (double)f->n);
    out->width_rms_mm = widths > 0 ? sqrt(width2 / widths) : 0;
    out->chi2 = sum / fmax(measured - 2, 1);
}

np_status np_skin_calibrate(const np_skin_model *model, double needle_mm, np_lab skin, double age_days,
                            const np_skin_test_dot *dots, size_t n, np_skin_calibration *out, np_error *err)
{
    static const double starts_mm[] = {-0.2, 0, 0.2};
    np_skin_test_dot without[DOTS_MAX];
    fit f = {model, needle_mm, age_days, skin, dots, n};
    double best[UNKNOWNS] = {0}, best_sd[UNKNOWNS] = {0}, least = HUGE_VAL;
    np_status status = check_dots(dots, n, err);
    if (status != NP_OK)
        return status;
    np_skin_calibration colour = {0};
    if (!follow_colour(dots, n, &colour)) {
        colour.colour_without_depth = true;
        memcpy(without, dots, n * sizeof *dots);
        for (size_t i = 0; i < n; i++)
            without[i].look.red_over_blue = NAN;
        f.dots = without;
    }
    for (size_t s = 0; s < sizeof starts_mm / sizeof *starts_mm; s++) {
        double x[UNKNOWNS] = {[DEPTH] = starts_mm[s]}, sd[UNKNOWNS];
        double sum = descend(&f, x, sd);
        if (sum < least) {
            least = sum;
            memcpy(best, x, sizeof best);
            memcpy(best_sd, sd, sizeof best_sd);
        }
    }
    *out = (np_skin_calibration){.depth_mm = best[DEPTH],
                                 .depth_sd_mm = best_sd[DEPTH],
                                 .ink = exp(best[INK]),
                                 .ink_sd = best_sd[INK],
                                 .size = exp(best[SIZE]),
                                 .size_sd = best_sd[SIZE],
                                 .dwell_power = best[DWELL],
                                 .dwell_sd = best_sd[DWELL],
                                 .colour_slope = colour.colour_slope,
                                 .colour_slope_se = colour.colour_slope_se,
                                 .colour_without_depth = colour.colour_without_depth};
    if (!(fabs(out->depth_mm) <= DEPTH_MAX_MM))
        return np_error_set(
            err, NP_ERR_INVALID,
            "the dots look %.2f mm %s than they were planned, and a needle is not off by more than %.1f: is red "
            "over blue measured in linear light, and the scale right?",
            fabs(out->depth_mm), out->depth_mm < 0 ? "deeper" : "shallower", DEPTH_MAX_MM);
    out->tells_depth = !colour.colour_without_depth && out->depth_sd_mm <= DEPTH_SD_MAX_MM;
    measure_rest(&f, best, out);
    if (!(out->chi2 <= CHI2_MAX))
        return np_error_set(
            err, NP_ERR_INVALID,
            "no calibration explains these dots: contrast is off by %.2f and width by %.3f mm (RMS), %.1f "
            "times what dots vary by; is each measurement beside its own dot, in a share of light and mm?",
            out->contrast_rms, out->width_rms_mm, sqrt(out->chi2));
    return NP_OK;
}
