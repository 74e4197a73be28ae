/* hairline on the test host: lines of different people have nothing in common, presets are what they say, and a line says that it is straight. */
#include <math.h>
#include <needlepath/plugin_test.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../plugins/hairline/hairline.h"

/* ---- irregularity ---- */

#define PEOPLE 10
#define REACH_MM 105 /* of the line, to either side of its middle: to the temporal peaks */
#define PLACES (2 * REACH_MM + 1)
#define SMOOTH_MM 24 /* to either side: what is left of a line beside its mean over that is its irregularity */

/* Numbers by counter (Steele, Lea, Flood, SplitMix, 2014). */
static double uniform(void *context, uint32_t stream, uint64_t index, uint32_t draw)
{
    (void)context;
    uint64_t z = index * UINT64_C(0x9E3779B97F4A7C15) + stream * UINT64_C(0xD1B54A32D192ED03) + draw;
    for (int i = 0; i < 2; i++) {
        z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
        z ^= z >> 31;
    }
    return (double)(z >> 11) / 9007199254740992.0;
}

static const np_host host = {.struct_size = sizeof(np_host), .uniform = uniform};

static double usual(const char *param)
{
    const np_strategy_desc *d = np_plugin_entry_v1()->strategies[0];
    for (uint32_t i = 0; i < d->param_count; i++)
        if (strcmp(d->params[i].id, param) == 0)
            return d->params[i].default_value;
    return NAN;
}

/* The irregularity of person NUMBER, whose head differs from the next one's by a tenth of a millimetre in one landmark. */
static void draw_person(int number, double out[PLACES])
{
    double params[HL_PARAM_COUNT] = {[HL_MACRO] = usual("macro_mm"), [HL_MICRO] = usual("micro_mm")},
           line[PLACES + 2 * SMOOTH_MM];
    np_strategy_head head = {.glabella = {87.7, 0, 20 + 0.1 * number}, .vertex = {0, 0, 130}};
    np_strategy_job job = {.host = &host, .params = params, .head = &head};
    hl_waves waves;
    hl_waves_choose(&job, &waves);
    for (int i = 0; i < PLACES + 2 * SMOOTH_MM; i++)
        line[i] = hl_irregularity_mm(&waves, i - REACH_MM - SMOOTH_MM);
    for (int i = 0; i < PLACES; i++) {
        double sum = 0;
        for (int k = 0; k <= 2 * SMOOTH_MM; k++)
            sum += line[i + k];
        out[i] = line[i + SMOOTH_MM] - sum / (2 * SMOOTH_MM + 1);
    }
}

/* Of A with B, moved round by LAG places. */
static double correlation(const double *a, const double *b, int lag)
{
    double ab = 0, aa = 0, bb = 0;
    for (int i = 0; i < PLACES; i++) {
        double other = b[(i + lag) % PLACES];
        ab += a[i] * other;
        aa += a[i] * a[i];
        bb += other * other;
    }
    return ab / sqrt(aa * bb);
}

typedef struct agreement {
    double mean, size, most; /* of r, of |r|, and the largest |r| of the 45 pairs of ten people; means over groups */
} agreement;

/* Groups of ten people, moved against each other by LAG times their number: lines that are independent agree no less then. */
static agreement agree(int groups, int lag)
{
    static double line[PEOPLE][PLACES];
    const double pairs = PEOPLE * (PEOPLE - 1) / 2;
    agreement sum = {0, 0, 0};
    for (int g = 0; g < groups; g++) {
        double most = 0;
        for (int i = 0; i < PEOPLE; i++)
            draw_person(PEOPLE * g + i, line[i]);
        for (int i = 0; i < PEOPLE; i++)
            for (int k = 0; k < i; k++) {
                double r = correlation(line[i], line[k], lag * (i - k));
                sum.mean += r / pairs / groups;
                sum.size += fabs(r) / pairs / groups;
                most = fmax(most, fabs(r));
            }
        sum.most += most / groups;
    }
    return sum;
}

static int lines_of_two_people_are_independent(void)
{
    const int groups = 20;
    agreement is = agree(groups, 0), independent = agree(groups, 20);
    printf("irregularity of ten people, %d groups: r %.3f, |r| %.3f, largest |r| of 45 pairs %.3f; moved against each "
           "other: %.3f, %.3f, %.3f\n",
           groups, is.mean, is.size, is.most, independent.mean, independent.size, independent.most);
    int failures = 0;
    failures += !(fabs(is.mean) < 0.02);
    failures += !(is.size < 1.12 * independent.size);
    failures += !(is.most < 1.15 * independent.most); /* its standard error is 4 % */
    failures += !(is.size < 0.15);
    failures += !(is.most < 0.45);
    return failures;
}

/* ---- the drawn line ---- */

static np_test *begin(uint64_t seed)
{
    static const double front[3] = {60, 0, 110};
    np_test *t = np_test_begin(np_plugin_entry_v1(), "hairline");
    np_test_draw_region(t, "region", front, 75);
    np_test_set_seed(t, seed);
    return t;
}

static int lines_are_not_straight_by_themselves(void)
{
    int failures = 0;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        np_test *t = begin(seed);
        NP_TEST_EXPECT(t, np_test_run(t) == 0);
        NP_TEST_EXPECT(t, !strstr(np_test_log(t), "too straight"));
        failures += np_test_end(t);
    }
    return failures;
}

static int straight_lines_say_so(void)
{
    np_test *t = begin(1);
    np_test_set(t, "macro_mm", 0);
    np_test_set(t, "micro_mm", 0.4);
    NP_TEST_EXPECT(t, np_test_run(t) == 0);
    NP_TEST_EXPECT(t, strstr(np_test_log(t), "the line is too straight: for ") != NULL);
    return np_test_end(t);
}

/* ---- presets ---- */

/* Height above the horizontal of the line's middle, and of the mean of its places 40 to 50 mm to either side, both as arcs on the ball. */
static void heights_mm(const np_strategy_curve *line, double *out_middle, double *out_side)
{
    double sum = 0, middle = 0;
    int n = 0, n_middle = 0;
    for (uint32_t i = 0; i < line->count; i++) {
        double up = NP_TEST_RADIUS_MM * asin((line->z[i] - NP_TEST_MIDDLE_Z_MM) / NP_TEST_RADIUS_MM);
        if (line->x[i] > 0 && fabs(line->y[i]) < 6) {
            middle += up;
            n_middle++;
        }
        if (line->x[i] > 0 && fabs(line->y[i]) > 40 && fabs(line->y[i]) < 50) {
            sum += up;
            n++;
        }
    }
    *out_middle = middle / n_middle;
    *out_side = sum / n;
}

static int presets_differ_as_people_do(void)
{
    double middle[HL_PRESET_COUNT], side[HL_PRESET_COUNT];
    int failures = 0;
    for (int preset = 0; preset < HL_PRESET_COUNT; preset++) {
        np_test *t = begin(7);
        np_test_set(t, "preset", preset);
        np_test_set(t, "macro_mm", 1);
        np_test_set(t, "asymmetry_mm", 0);
        NP_TEST_EXPECT(t, np_test_run(t) == 0);
        const np_strategy_curve *line = np_test_curve(t, 0);
        if (line)
            heights_mm(line, &middle[preset], &side[preset]);
        NP_TEST_EXPECT(t, line != NULL);
        failures += np_test_end(t);
    }
    if (failures)
        return failures;
    for (int preset = 0; preset < HL_PRESET_COUNT; preset++)
        printf("preset %d: middle %.1f mm up, side %+.1f mm over it\n", preset, middle[preset],
               side[preset] - middle[preset]);
    /* older and more receded: higher, and higher yet at the sides */
    failures +=
        !(middle[HL_MAN_MATURE] > middle[HL_MAN_YOUNG] + 5) + !(middle[HL_MAN_RECEDED] > middle[HL_MAN_MATURE] + 3);
    failures += !(side[HL_MAN_MATURE] - middle[HL_MAN_MATURE] > side[HL_MAN_YOUNG] - middle[HL_MAN_YOUNG] + 2);
    /* women's are lower than a mature man's, and the round and triangular ones come down at the sides */
    for (int preset = HL_WOMAN_ROUND; preset < HL_PRESET_COUNT; preset++)
        failures += !(middle[preset] < middle[HL_MAN_MATURE] - 8);
    failures +=
        !(side[HL_WOMAN_ROUND] - middle[HL_WOMAN_ROUND] < side[HL_WOMAN_LINEAR] - middle[HL_WOMAN_LINEAR] - 1.5);
    failures +=
        !(side[HL_WOMAN_TRIANGULAR] - middle[HL_WOMAN_TRIANGULAR] < side[HL_WOMAN_ROUND] - middle[HL_WOMAN_ROUND] - 1);
    failures += !(side[HL_WOMAN_M] - middle[HL_WOMAN_M] > side[HL_WOMAN_LINEAR] - middle[HL_WOMAN_LINEAR] + 1);
    failures += !(middle[HL_WOMAN_PEAK] - side[HL_WOMAN_PEAK] < middle[HL_WOMAN_LINEAR] - side[HL_WOMAN_LINEAR] - 3);
    return failures;
}

int main(void)
{
    int failures[] = {lines_of_two_people_are_independent(), lines_are_not_straight_by_themselves(),
                      straight_lines_say_so(), presets_differ_as_people_do()};
    int sum = 0;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (failures[i])
            fprintf(stderr, "test %zu: %d failures\n", i + 1, failures[i]);
        sum += failures[i];
    }
    return sum > 0;
}
