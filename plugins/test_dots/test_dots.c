/* test_dots: a ladder of single dots in a hidden place, to learn how one person's skin takes them.
 *
 * Each row of the ladder is a depth, a contact time and a tone; the dots of a row stand beside each other, rows below each other, so
 * far apart that each is seen and measured by itself.  Nothing is painted around them. */
#include <needlepath/plugin_kit.h>

enum { LADDER, REPEATS, APART, PARAM_COUNT };

/* Depth in mm, contact time in ms, tone.  Five depths at the usual time and tone, then time and tone at the usual depth; a practitioner
 * makes five to ten test dots at two or three depths, which with two of each this is. */
static const double usual[][3] = {{0.4, 30, 0.5}, {0.5, 30, 0.5}, {0.6, 30, 0.5}, {0.7, 30, 0.5}, {0.85, 30, 0.5},
                                  {0.6, 15, 0.5}, {0.6, 60, 0.5}, {0.6, 30, 0.2}, {0.6, 30, 0.8}};

static const char *const columns[] = {"depth in mm", "contact time in ms", "tone", NULL};

static const np_param_desc params[PARAM_COUNT] = {
    [LADDER] = NP_KIT_TABLE(
        "ladder", "Ladder", "Dots",
        "Rows of depth in the skin (mm), contact time (ms) and tone (0 to 1); without it, five depths from "
        "0.4 to 0.85 mm, and two more contact times and tones.",
        "", 0, 150, columns),
    [REPEATS] = NP_KIT_INT("repeats", "Dots of a row", "Dots",
                           "How many dots of each kind: skin varies from place to place.", "", 1, 6, 2),
    [APART] = NP_KIT_FLOAT("apart_mm", "Distance", "Dots",
                           "From dot to dot: shadows of dots reach 1.2 mm, so that 4 mm leaves bare skin between.",
                           "mm", 2, 10, 4),
};

static const np_input_desc inputs[] = {
    NP_KIT_INPUT("points", "Place", "Middle of each ladder, in a hidden place: under hair, low at the back.",
                 NP_INPUT_POINTS, 1, 1),
};

/* Along the skin at P: to the left, and up. */
static void directions(const np_strategy_head *head, np_kit_vec p, np_kit_vec *out_left, np_kit_vec *out_up)
{
    np_kit_vec out = np_kit_outward(head, p);
    np_kit_vec aside = fabs(out.z) < 0.9 ? (np_kit_vec){0.0, 0.0, 1.0} : (np_kit_vec){1.0, 0.0, 0.0};
    *out_left = np_kit_unit(np_kit_cross(aside, out));
    *out_up = np_kit_cross(out, *out_left);
}

static int32_t refuse(const np_strategy_job *job, const char *why)
{
    job->host->set_error(job->host->context, why);
    return -1;
}

/* A ladder around MIDDLE. */
static int32_t add_ladder(const np_strategy_job *job, np_strategy_layout *out, np_kit_vec middle)
{
    const np_param_value *given = job->values[LADDER];
    uint32_t rows = given->count ? given->count : (uint32_t)(sizeof usual / sizeof *usual);
    const double *cells = given->count ? given->data : &usual[0][0];
    int32_t repeats = (int32_t)job->params[REPEATS];
    double apart = job->params[APART], n_rows = rows;
    np_kit_vec left, up;
    directions(job->head, middle, &left, &up);
    for (uint32_t r = 0; r < rows; r++)
        for (int32_t k = 0; k < repeats; k++) {
            const double *row = cells + 3 * r;
            double a = apart * (0.5 * (repeats - 1) - k), b = apart * (0.5 * (n_rows - 1.0) - r);
            np_strategy_pin pin = np_kit_pin(middle.x + a * left.x + b * up.x, middle.y + a * left.y + b * up.y,
                                             middle.z + a * left.z + b * up.z, 1);
            if (row[0] <= 0.0 || row[2] > 1.0)
                return refuse(job, "a row of the ladder is: depth in mm (above 0), contact time in ms, tone (0 to 1)");
            pin.depth_mm = row[0];
            pin.dwell_ms = row[1];
            pin.tone = row[2];
            pin.tilt_rad = 0.0;
            if (out->add_pins(out->context, 1, &pin) != 0)
                return -1;
        }
    return 0;
}

static int32_t layout(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    const np_strategy_points *places = job->point_sets[0];
    for (uint32_t i = 0; i < places->count; i++)
        if (add_ladder(job, out, (np_kit_vec){places->x[i], places->y[i], places->z[i]}) != 0)
            return -1;
    return 0;
}

/* Nothing else grows here. */
static int32_t paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *out)
{
    (void)job;
    for (uint32_t i = 0; i < s->count; i++)
        out->coverage[i] = 1.0;
    return 0;
}

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "test_dots",
    .name = "Test dots",
    .version = "1.0.0",
    .licence = "Apache-2.0",
    .summary = "A ladder of depth, contact time and tone in a hidden place, one dot beside the other.",
    .param_count = PARAM_COUNT,
    .params = params,
    .input_count = 1,
    .inputs = inputs,
    .channels = NP_CHANNEL_POINTS,
    .layout = layout,
    .paint = paint,
};

NP_KIT_PLUGIN(1, &strategy)
