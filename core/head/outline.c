/* Named regions, balding patterns and scars, drawn on the chart of the mean head (chart.c).
 *
 * Anatomy names the parts of the scalp and draws no lines between them; these are where a practitioner would draw them: the frontal
 * zone back to 30 mm before the tragia, the midscalp between the temporal ridges, the crown 48 mm around the whorl, the
 * occipital zone down to the inion.  Patterns are Norwood's, Ludwig's and Sinclair's pictures on that chart, each of the area of
 * domain.md 2.6, treated together with the hairline in front of them.  Whole outlines are the mean of two hand-drawn real heads and
 * the built-in head's. */
#include "head/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "head/private/chart.h"

#define STREAM 0x46554500 /* "FUE" */
#define STEP_DEG 1.8      /* between points, 3 mm along a meridian */

/* Azimuth from the front to the left, and degrees from the vertex. */
typedef struct mark {
    double azimuth, from_vertex;
} mark;

/* The left half of what crosses the midline, from its front or top to its back; or one side's whole. */
typedef struct loop {
    const mark *marks;
    size_t n;
} loop;

#define FRONT_EDGE                                                                                                     \
    {0, 52}, {10, 52}, {20, 53}, {30, 53}, {38, 54},                                                                   \
    {                                                                                                                  \
        45, 57                                                                                                         \
    }
#define NAPE_EDGE                                                                                                      \
    {124, 116}, {130, 126}, {150, 127}, {167, 127},                                                                    \
    {                                                                                                                  \
        180, 127                                                                                                       \
    }
#define RIDGE                                                                                                          \
    {72, 48}, {90, 47}, {110, 46}, {124, 43.5},                                                                        \
    {                                                                                                                  \
        139, 43                                                                                                        \
    }
#define CROWN_BELOW                                                                                                    \
    {144, 49.4}, {149.5, 55}, {155, 60}, {161, 64}, {167, 67}, {174, 68.4},                                            \
    {                                                                                                                  \
        180, 69                                                                                                        \
    }

static const mark scalp[] = {FRONT_EDGE,  {50, 67}, {57, 79},   {65, 95},  {66, 105},  {66, 119},      {82, 120},
                             {82.5, 109}, {83, 98}, {95, 90.5}, {109, 94}, {119, 103}, {122.7, 112.5}, NAPE_EDGE};
static const mark frontal[] = {FRONT_EDGE, {56, 56}, {66, 51}, {72, 48}, {72, 37}, {60, 27}, {30, 21}, {0, 18}};
static const mark midscalp[] = {{0, 18},     {30, 21},  {60, 27},  {72, 37},  RIDGE,
                                {135.5, 36}, {134, 28}, {136, 21}, {148, 14}, {180, 11}};
static const mark crown[] = {{180, 11}, {148, 14}, {136, 21}, {134, 28}, {135.5, 36}, {139, 43}, CROWN_BELOW};
static const mark temple[] = {{45, 57}, {56, 56}, {66, 51}, {72, 48}, {75, 65},
                              {79, 80}, {83, 98}, {65, 95}, {57, 79}, {50, 67}};
static const mark sideburn[] = {{65, 95}, {83, 98}, {82.5, 109}, {82, 120}, {66, 119}, {66, 105}};
static const mark parietal[] = {RIDGE,     {144, 49.4}, {138, 70}, {130, 90}, {122.7, 112.5}, {119, 103},
                                {109, 94}, {95, 90.5},  {83, 98},  {79, 80},  {75, 65}};
static const mark occipital[] = {{180, 69},   {174, 68.4}, {167, 67}, {161, 64}, {155, 60},
                                 {149.5, 55}, {144, 49.4}, {138, 70}, {130, 90}, {122.7, 112.5},
                                 {135, 114},  {155, 116},  {180, 116}};
static const mark nape[] = {{180, 116}, {155, 116}, {135, 114}, {122.7, 112.5}, NAPE_EDGE};
static const mark female_hairline[] = {{0, 56},  {10, 56}, {20, 56.5}, {30, 57}, {40, 59}, {48, 62}, {52, 66},
                                       {58, 58}, {56, 50}, {45, 46},   {30, 45}, {15, 46}, {0, 46}};

/* ---- patterns ---- */

#define LOW_EDGE                                                                                                       \
    {0, 51}, {10, 51}, {20, 52}, {30, 52}, {38, 53},                                                                   \
    {                                                                                                                  \
        44, 56                                                                                                         \
    }

static const mark norwood_2[] = {LOW_EDGE, {51, 60}, {54, 51}, {48, 42}, {38, 39}, {26, 42}, {12, 45}, {0, 46}};
static const mark norwood_3[] = {LOW_EDGE,   {53, 64}, {64, 55}, {69, 43}, {62, 31},
                                 {45, 24.5}, {26, 31}, {10, 39}, {0, 40}};
static const mark norwood_4[] = {LOW_EDGE, {52, 62},   {60, 53},   {67, 44}, {70, 34},
                                 {64, 26}, {40, 20.5}, {15, 24.5}, {0, 25.5}};
static const mark norwood_5[] = {LOW_EDGE, {51, 62}, {62, 57}, {73, 51}, {84, 45},
                                 {94, 37}, {98, 25}, {75, 12}, {0, 8}};
static const mark norwood_6[] = {LOW_EDGE,  {51, 62},  {62, 56},  {74, 51},  {90, 48},  {110, 48},
                                 {125, 51}, {138, 56}, {149, 63}, {160, 69}, {170, 73}, {180, 74}};
static const mark norwood_7[] = {LOW_EDGE,  {51, 65},  {60, 66},  {72, 66},  {90, 63}, {110, 64},
                                 {125, 69}, {140, 78}, {155, 85}, {168, 88}, {180, 89}};
static const mark small_spot[] = {{180, 23}, {161, 27}, {155, 35}, {157, 43.5}, {163, 51}, {171, 55.5}, {180, 57}};
static const mark middle_spot[] = {{180, 14}, {143.5, 22}, {140, 35}, {147, 47.5}, {157, 57.5}, {168, 64}, {180, 66}};
static const mark ludwig_1[] = {{0, 43},   {25, 42},  {45, 40},  {65, 36},  {90, 33},
                                {120, 34}, {140, 40}, {155, 47}, {168, 51}, {180, 52}};
static const mark ludwig_2[] = {{0, 45},   {25, 45},  {42, 46},  {60, 43},  {90, 39},
                                {120, 40}, {140, 48}, {155, 56}, {168, 60}, {180, 61}};
static const mark ludwig_3[] = {{0, 47},   {25, 47.5}, {42, 50},  {60, 49},  {90, 46},
                                {120, 47}, {140, 54},  {155, 63}, {168, 68}, {180, 69}};
static const mark sinclair_2[] = {{0, 44}, {12, 43},  {22, 38},  {30, 28},  {45, 17},
                                  {90, 9}, {135, 13}, {160, 25}, {170, 36}, {180, 38}};
static const mark sinclair_3[] = {{0, 45},  {18, 44},  {32, 40},  {42, 31},  {58, 22},
                                  {90, 16}, {128, 22}, {150, 34}, {165, 44}, {180, 48}};
static const mark sinclair_4[] = {{0, 46},  {22, 46},  {40, 43},  {52, 36},  {68, 30},
                                  {90, 26}, {118, 30}, {140, 42}, {158, 54}, {180, 59}};
static const mark sinclair_5[] = {{0, 47},  {25, 47.5}, {42, 49},  {58, 46},  {75, 43},
                                  {90, 41}, {115, 43},  {138, 52}, {155, 62}, {180, 68}};

/* ---- scars ---- */

/* 20 cm across the occiput, rising towards the ears so that it stays in the hair (domain.md 3). */
static const mark fut_scar[] = {{125, 89}, {130, 91}, {139, 96}, {148, 99}, {157, 102}, {166, 103}, {180, 104}};
/* Along the front of the left ear and the temple's hairline (domain.md 3). */
static const mark facelift_scar[] = {{74, 113}, {75, 106}, {76, 97}, {75, 89}, {71, 80}, {67, 73}};

typedef enum side { BOTH, LEFT, RIGHT } side;

typedef struct drawing {
    loop loops[NP_OUTLINE_MAX_LOOPS];
    side side;
    bool open, scattered;
} drawing;

#define LOOP(array)                                                                                                    \
    {                                                                                                                  \
        array, sizeof(array) / sizeof *(array)                                                                         \
    }
static const drawing drawings[NP_CASE_NAMED_COUNT] = {
    [NP_CASE_NAMED_SCALP] = {.loops = {LOOP(scalp)}},
    [NP_CASE_NAMED_FRONTAL] = {.loops = {LOOP(frontal)}},
    [NP_CASE_NAMED_MIDSCALP] = {.loops = {LOOP(midscalp)}},
    [NP_CASE_NAMED_CROWN] = {.loops = {LOOP(crown)}},
    [NP_CASE_NAMED_TEMPLE_LEFT] = {.loops = {LOOP(temple)}, .side = LEFT},
    [NP_CASE_NAMED_TEMPLE_RIGHT] = {.loops = {LOOP(temple)}, .side = RIGHT},
    [NP_CASE_NAMED_SIDEBURN_LEFT] = {.loops = {LOOP(sideburn)}, .side = LEFT},
    [NP_CASE_NAMED_SIDEBURN_RIGHT] = {.loops = {LOOP(sideburn)}, .side = RIGHT},
    [NP_CASE_NAMED_PARIETAL_LEFT] = {.loops = {LOOP(parietal)}, .side = LEFT},
    [NP_CASE_NAMED_PARIETAL_RIGHT] = {.loops = {LOOP(parietal)}, .side = RIGHT},
    [NP_CASE_NAMED_OCCIPITAL] = {.loops = {LOOP(occipital)}},
    [NP_CASE_NAMED_NAPE] = {.loops = {LOOP(nape)}},
    [NP_CASE_NAMED_FEMALE_HAIRLINE] = {.loops = {LOOP(female_hairline)}},
    [NP_CASE_NAMED_NORWOOD_2] = {.loops = {LOOP(norwood_2)}},
    [NP_CASE_NAMED_NORWOOD_3] = {.loops = {LOOP(norwood_3)}},
    [NP_CASE_NAMED_NORWOOD_3V] = {.loops = {LOOP(norwood_3), LOOP(small_spot)}},
    [NP_CASE_NAMED_NORWOOD_4] = {.loops = {LOOP(norwood_4), LOOP(middle_spot)}},
    [NP_CASE_NAMED_NORWOOD_5] = {.loops = {LOOP(norwood_5), LOOP(crown)}},
    [NP_CASE_NAMED_NORWOOD_6] = {.loops = {LOOP(norwood_6)}},
    [NP_CASE_NAMED_NORWOOD_7] = {.loops = {LOOP(norwood_7)}},
    [NP_CASE_NAMED_LUDWIG_1] = {.loops = {LOOP(ludwig_1)}},
    [NP_CASE_NAMED_LUDWIG_2] = {.loops = {LOOP(ludwig_2)}},
    [NP_CASE_NAMED_LUDWIG_3] = {.loops = {LOOP(ludwig_3)}},
    [NP_CASE_NAMED_SINCLAIR_2] = {.loops = {LOOP(sinclair_2)}},
    [NP_CASE_NAMED_SINCLAIR_3] = {.loops = {LOOP(sinclair_3)}},
    [NP_CASE_NAMED_SINCLAIR_4] = {.loops = {LOOP(sinclair_4)}},
    [NP_CASE_NAMED_SINCLAIR_5] = {.loops = {LOOP(sinclair_5)}},
    [NP_CASE_NAMED_FUT_SCAR] = {.loops = {LOOP(fut_scar)}, .side = BOTH, .open = true},
    [NP_CASE_NAMED_FACELIFT_SCAR] = {.loops = {LOOP(facelift_scar)}, .side = LEFT, .open = true},
    [NP_CASE_NAMED_FUE_SCARS] = {.scattered = true},
};

/* ---- tracing ---- */

enum { MOST = 1000 }; /* points of a loop; the longest has some 500 */

typedef struct trace {
    head_place p[MOST];
    size_t n;
} trace;

static double apart(head_place a, head_place b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

/* The marks of both sides, or one, in order. */
static void collect(const loop *l, const drawing *d, trace *t)
{
    t->n = 0;
    for (size_t i = 0; i < l->n; i++)
        t->p[t->n++] = head_place_make(l->marks[i].azimuth * (d->side == RIGHT ? -1 : 1), l->marks[i].from_vertex);
    if (d->side == BOTH) /* its last mark is on the midline, of a closed one the first too */
        for (size_t i = l->n - 1; i-- > (d->open ? 0 : 1);)
            t->p[t->n++] = head_place_make(-l->marks[i].azimuth, l->marks[i].from_vertex);
}

static void subdivide(trace *t, bool open)
{
    trace marks = *t;
    t->n = 0;
    for (size_t i = 0; i + open < marks.n; i++) {
        head_place a = marks.p[i], b = marks.p[(i + 1) % marks.n];
        int n = (int)ceil(apart(a, b) / STEP_DEG);
        for (int k = 0; k < n && t->n < MOST - 1; k++)
            t->p[t->n++] = (head_place){a.x + (b.x - a.x) * k / n, a.y + (b.y - a.y) * k / n};
    }
    if (open)
        t->p[t->n++] = marks.p[marks.n - 1];
}

/* Corners become bends of some 4 mm; ends stay. */
static void round_corners(trace *t, bool open)
{
    for (int pass = 0; pass < 4; pass++) {
        trace last = *t;
        for (size_t i = open; i + open < t->n; i++) {
            head_place a = last.p[(i + t->n - 1) % t->n], b = last.p[i], c = last.p[(i + 1) % t->n];
            t->p[i] = (head_place){(a.x + 2 * b.x + c.x) / 4, (a.y + 2 * b.y + c.y) / 4};
        }
    }
}

/* Counter-clockwise, seen from above, which is from outside. */
static void orient(trace *t)
{
    double area = 0;
    for (size_t i = 0; i < t->n; i++) {
        head_place a = t->p[i], b = t->p[(i + 1) % t->n];
        area += a.x * b.y - a.y * b.x;
    }
    for (size_t i = 0; area < 0 && i < t->n / 2; i++) {
        head_place swapped = t->p[i];
        t->p[i] = t->p[t->n - 1 - i];
        t->p[t->n - 1 - i] = swapped;
    }
}

/* Four rows of twelve in the donor area, each shifted at random (domain.md 3, FUE: over 5-6 cm x 20 cm). */
static void scatter(uint64_t seed, trace *t)
{
    const unsigned rows = 4, columns = 12;
    t->n = 0;
    for (unsigned i = 0; i < rows * columns; i++) {
        double across = ((i % columns) + 0.2 + 0.6 * np_rng_uniform(seed, STREAM, i, 0)) / columns;
        double down = (i / columns + 0.2 + 0.6 * np_rng_uniform(seed, STREAM, i, 1)) / rows;
        t->p[t->n++] = head_place_make(130 + 100 * across, 77 + 22 * down);
    }
}

static np_status cast(np_outline *outline, const head_chart *chart, const trace *t, bool irregular, np_error *err)
{
    size_t before = 0;
    for (size_t i = 0; i < outline->n_loops; i++)
        before += outline->loop_n[i];
    np_vec3 *points = realloc(outline->points, (before + t->n) * sizeof *points);
    if (!points)
        return np_error_no_memory(err, "an outline");
    outline->points = points;
    for (size_t i = 0; i < t->n; i++)
        if (!head_chart_cast(chart, t->p[i], irregular, &points[before + i]))
            return np_error_set(
                err, NP_ERR_GEOMETRY,
                "the scan has no skin where the region's border would be, %.0f degrees from the vertex; "
                "check the landmarks, or draw an outline",
                hypot(t->p[i].x, t->p[i].y));
    outline->loop_n[outline->n_loops++] = t->n;
    return NP_OK;
}

np_status np_outline_init(np_outline *outline, const np_scan *scan, np_case_named named, uint64_t seed, np_error *err)
{
    const drawing *d = &drawings[named];
    head_chart chart;
    trace t;
    np_status status = NP_OK;
    *outline = (np_outline){0};
    head_chart_init(&chart, scan, seed);
    if (d->scattered) {
        scatter(seed, &t);
        status = cast(outline, &chart, &t, false, err);
    }
    for (int i = 0; i < NP_OUTLINE_MAX_LOOPS && d->loops[i].n && status == NP_OK; i++) {
        collect(&d->loops[i], d, &t);
        subdivide(&t, d->open);
        round_corners(&t, d->open);
        if (!d->open)
            orient(&t);
        status = cast(outline, &chart, &t, !d->open, err);
    }
    if (status != NP_OK)
        np_outline_fini(outline);
    return status;
}

void np_outline_fini(np_outline *outline)
{
    free(outline->points);
    *outline = (np_outline){0};
}

np_status np_outline_draw(const np_scan *scan, np_case_named named, uint64_t seed, const char *name,
                          const np_progress *progress, np_curve *out_curves[NP_OUTLINE_MAX_LOOPS], size_t *out_n,
                          np_error *err)
{
    np_outline outline;
    np_status status = np_outline_init(&outline, scan, named, seed, err);
    const np_vec3 *points = outline.points;
    for (*out_n = 0; status == NP_OK && *out_n < outline.n_loops; ++*out_n) {
        status = np_curve_create(&scan->surface, name, points, outline.loop_n[*out_n], !drawings[named].open, progress,
                                 &out_curves[*out_n], err);
        if (status != NP_OK)
            break;
        points += outline.loop_n[*out_n];
    }
    for (; status != NP_OK && *out_n > 0; --*out_n)
        np_curve_destroy(out_curves[*out_n - 1]);
    np_outline_fini(&outline);
    return status;
}
