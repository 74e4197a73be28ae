/* Colours of dots by what the plan or the record says of each: one table for every picture, so that a colour means the same in all of them. */
#include "report/private/colouring.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "base/plain.h"
#include "head/scan.h"
#include "report/private/plot.h"

/* X(id, text): what became of a dot. */
#define MADE_TABLE(X)                                                                                                  \
    X(TO_COME, "to be made")                                                                                           \
    X(DONE, "done")                                                                                                    \
    X(TOO_DEEP, "done, too deep")                                                                                      \
    X(IN_DOUBT, "in doubt")                                                                                            \
    X(SKIPPED, "skipped")                                                                                              \
    X(NO_CONTACT, "without contact")

#define MADE_ENUM(id, text) MADE_##id,
enum { MADE_TABLE(MADE_ENUM) MADE_KINDS };
#undef MADE_ENUM

static int outcome_of(const np_made_dot *dot)
{
    if (!dot)
        return MADE_TO_COME;
    if (dot->state == NP_JOURNAL_IN_DOUBT)
        return MADE_IN_DOUBT;
    if (dot->state == NP_JOURNAL_DONE)
        return dot->outcome == NP_WIRE_OUTCOME_TOO_DEEP ? MADE_TOO_DEEP : MADE_DONE;
    return dot->outcome == NP_WIRE_OUTCOME_NO_CONTACT ? MADE_NO_CONTACT : MADE_SKIPPED;
}

/* Degrees from the front, right-handed about the skin's normal; NAN where the needle is upright or the skin faces the front. */
static double azimuth_deg(const np_dot *dot)
{
    np_vec3 front, up, lean = np_vec3_reject(np_vec3_scale(dot->axis, -1), dot->normal);
    np_head_axes(&front, &up);
    np_vec3 ahead = np_vec3_reject(front, dot->normal);
    if (np_angle_deg(dot->tilt_rad) < REPORT_UPRIGHT_DEG || np_vec3_length(ahead) < 0.02)
        return NAN;
    return np_angle_deg(atan2(np_vec3_dot(np_vec3_cross(ahead, lean), dot->normal), np_vec3_dot(ahead, lean)));
}

static double value_of(const np_dot *dot, const np_made_dot *made, np_report_by by)
{
    switch (by) {
    case NP_REPORT_BY_SESSION:
        return dot->session - 1;
    case NP_REPORT_BY_LAYER:
        return dot->layer;
    case NP_REPORT_BY_DENSITY:
        return dot->density_per_cm2;
    case NP_REPORT_BY_DEPTH:
        return dot->depth_mm;
    case NP_REPORT_BY_TONE:
        return dot->tone;
    case NP_REPORT_BY_TILT:
        return np_angle_deg(dot->tilt_rad);
    case NP_REPORT_BY_AZIMUTH:
        return azimuth_deg(dot);
    default:
        return outcome_of(made);
    }
}

/* From the lowest to the highest value, a little widened where all are equal. */
static void set_range(report_colouring *c, size_t n)
{
    c->low = INFINITY, c->high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        c->low = fmin(c->low, c->value[i]);
        c->high = fmax(c->high, c->value[i]);
    }
    if (c->by == NP_REPORT_BY_TILT) { /* nothing shall look tilted that is not */
        c->low = 0;
        c->high = fmax(c->high, 5);
    }
    if (!(c->high >= c->low)) /* no dots */
        c->low = c->high = 0;
    if (c->high - c->low < 1e-6) {
        c->low -= 0.05 * fabs(c->low) + 1e-3;
        c->high += 0.05 * fabs(c->high) + 1e-3;
    }
    if (c->round)
        c->low = -180, c->high = 180;
}

const char *report_colouring_outcome(size_t kind)
{
    static const char *const made[MADE_KINDS] = {
#define MADE_TEXT(id, text) text,
        MADE_TABLE(MADE_TEXT)
#undef MADE_TEXT
    };
    return kind < MADE_KINDS ? made[kind] : NULL;
}

double report_colouring_spacing_mm(const np_dot *dot)
{
    return fmin(10 / sqrt(fmax(dot->density_per_cm2, 1)), REPORT_COLOURING_WIDEST_MM);
}

const struct report_ring_look report_rings[REPORT_RINGS] = {
    [REPORT_RING_DOUBT] = {"in doubt", {0.80, 0.10, 0.45}},
    [REPORT_RING_MISSING] = {"not made: skipped or without contact", {0.00, 0.35, 0.75}},
};

report_ring report_ring_of(const np_made_dot *made)
{
    if (!made || made->state == NP_JOURNAL_DONE)
        return REPORT_RING_NONE;
    return made->state == NP_JOURNAL_IN_DOUBT ? REPORT_RING_DOUBT : REPORT_RING_MISSING;
}

static void name_kind(const np_plan *plan, np_report_by by, size_t kind, size_t count, char *out, size_t room)
{
    char plain[64];
    if (by == NP_REPORT_BY_SESSION)
        snprintf(out, room, "session %zu: %zu dots", kind + 1, count);
    else if (by == NP_REPORT_BY_LAYER)
        snprintf(out, room, "%s: %zu dots", np_plain_copy(plan->layers[kind].name, plain, sizeof plain), count);
    else
        snprintf(out, room, "%s: %zu dots", report_colouring_outcome(kind), count);
}

static np_status set_kinds(report_colouring *c, const np_plan *plan, np_error *err)
{
    size_t n = c->by == NP_REPORT_BY_SESSION ? plan->n_sessions
               : c->by == NP_REPORT_BY_LAYER ? plan->n_layers
                                             : MADE_KINDS;
    c->n_kinds = n < REPORT_KINDS_MAX ? n : REPORT_KINDS_MAX;
    c->names = calloc(c->n_kinds + 1, sizeof *c->names);
    if (!c->names)
        return np_error_no_memory(err, "a picture's legend");
    for (size_t k = 0; k < c->n_kinds; k++) {
        size_t count = 0;
        for (size_t i = 0; i < plan->n_dots; i++)
            count += c->value[i] == (double)k;
        name_kind(plan, c->by, k, count, c->names[k], sizeof c->names[k]);
    }
    return NP_OK;
}

np_status report_colouring_init(report_colouring *c, const np_plan *plan, const report_made *made, np_report_by by,
                                np_error *err)
{
    static const char *const labels[NP_REPORT_BYS] = {
        [NP_REPORT_BY_DENSITY] = "density, dots/cm2",
        [NP_REPORT_BY_DEPTH] = "depth, mm",
        [NP_REPORT_BY_TONE] = "tone, 0 lightest to 1 darkest",
        [NP_REPORT_BY_TILT] = "tilt from the normal, degrees",
        [NP_REPORT_BY_AZIMUTH] = "lean of the needle's entry, degrees; grey: upright",
    };
    *c = (report_colouring){.by = by, .label = labels[by], .kinds = !labels[by], .round = by == NP_REPORT_BY_AZIMUTH};
    c->value = malloc((plan->n_dots + 1) * sizeof *c->value);
    if (!c->value)
        return np_error_no_memory(err, "a picture's colours");
    for (size_t i = 0; i < plan->n_dots; i++)
        c->value[i] = value_of(&plan->dots[i], made->by_dot ? made->by_dot[i] : NULL, by);
    set_range(c, plan->n_dots);
    np_status status = c->kinds ? set_kinds(c, plan, err) : NP_OK;
    if (status != NP_OK)
        report_colouring_fini(c);
    return status;
}

void report_colouring_fini(report_colouring *c)
{
    free(c->value);
    free(c->names);
    *c = (report_colouring){0};
}

/* Of a kind's number: Okabe and Ito, distinct to colour-blind eyes; what is still to be made is pale. */
static void kind_rgb(const report_colouring *c, size_t kind, double out_rgb[3])
{
    static const double colours[8][3] = {
        {0.00, 0.45, 0.70}, {0.90, 0.62, 0.00}, {0.00, 0.62, 0.45}, {0.80, 0.47, 0.65},
        {0.84, 0.37, 0.00}, {0.34, 0.71, 0.91}, {0.40, 0.40, 0.40}, {0.00, 0.00, 0.00},
    };
    static const double pale[3] = {0.72, 0.72, 0.72};
    bool to_come = c->by == NP_REPORT_BY_OUTCOME && kind == MADE_TO_COME;
    memcpy(out_rgb, to_come ? pale : colours[kind % 8], 3 * sizeof *out_rgb);
}

/* A turn's colours: the ends meet, and none is much lighter than another. */
static void turn_rgb(double turns, double out_rgb[3])
{
    for (int k = 0; k < 3; k++)
        out_rgb[k] = 0.5 + 0.42 * cos(NP_TWO_PI * (turns - k / 3.0));
}

void report_colouring_rgb(const report_colouring *c, size_t i, double out_rgb[3])
{
    report_colouring_value_rgb(c, c->value[i], out_rgb);
}

void report_colouring_value_rgb(const report_colouring *c, double v, double out_rgb[3])
{
    if (isnan(v))
        out_rgb[0] = out_rgb[1] = out_rgb[2] = 0.6;
    else if (c->kinds)
        kind_rgb(c, (size_t)v, out_rgb);
    else if (c->round)
        turn_rgb(v / 360, out_rgb);
    else
        report_plot_colour((v - c->low) / (c->high - c->low), out_rgb);
}

const char *const report_colouring_sides[REPORT_COLOURING_SIDES] = {"-180 back", "-90 right", "0 front", "90 left",
                                                                    "180 back"};

/* The colours of a turn, and which side each stands for. */
static void draw_turn(cairo_t *cr, double x, double y, double width, const char *label)
{
    for (int i = 0; i < (int)width; i++) {
        double rgb[3];
        turn_rgb(i / width - 0.5, rgb);
        cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
        cairo_rectangle(cr, x + i, y, 1.5, 16);
        cairo_fill(cr);
    }
    const int last = REPORT_COLOURING_SIDES - 1;
    for (int i = 0; i <= last; i++)
        report_plot_text(cr, x + width * i / last, y + 34, (double)i / last, report_colouring_sides[i]);
    report_plot_text(cr, x + width / 2, y + 53, 0.5, label);
}

void report_colouring_legend(const report_colouring *c, cairo_t *cr, double x, double y, double width)
{
    if (!c->kinds) {
        if (c->round)
            draw_turn(cr, x, y, width, c->label);
        else
            report_plot_colour_bar(cr, x, y, width, c->low, c->high, c->label);
        return;
    }
    for (size_t k = 0; k < c->n_kinds; k++) {
        double rgb[3];
        kind_rgb(c, k, rgb);
        cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
        cairo_arc(cr, x + 6, y + 20 * (double)k + 9, 5, 0, NP_TWO_PI);
        cairo_fill(cr);
        report_plot_text(cr, x + 18, y + 20 * (double)k + 14, 0, c->names[k]);
    }
}
