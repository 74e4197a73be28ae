/* needlepath testdots: a plan of a few dots in a hidden place. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "case/test_dots.h"
#include "cli/cli.h"
#include "cli/plan_summary.h"
#include "cli/plugin_options.h"
#include "field/painter.h"
#include "head/outline.h"
#include "head/scan.h"
#include "make/make.h"
#include "plan/past.h"
#include "surface/region.h"

/* So far over the inion, along the midline: under hair, and where work begins anyway, as it is seen least (docs/domain.md 1.7). */
#define OVER_INION_MM 25.0

static const np_option make_options[] = {
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "TEST.needleplan",
     .required = true,
     .writes = true,
     .help = "The plan of test dots."},
    {.name = "force", .letter = 'f', .kind = NP_OPTION_FLAG, .help = "Replace a plan that is there and was never run."},
    {.name = "at",
     .kind = NP_OPTION_TEXT,
     .value = "X,Y,Z",
     .help = "Middle of the ladder, in the scan file's coordinates. Default: the midline 25 mm over the inion, under "
             "the hair."},
    {.name = "repeats",
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .fallback = "2",
     .min = 1,
     .max = 6,
     .help = "Dots of each kind; skin varies from place to place."},
    CLI_SANDBOX_OPTION,
    CLI_JSON_OPTION("Print the figures as JSON."),
    {0}};

static const np_example make_examples[] = {
    {"Dots to try a person's skin", "needlepath testdots case.yaml -o test.needleplan"}, {0}};

/* In the scan file's coordinates. */
static np_status find_middle(const np_command_args *args, const np_scan *scan, np_vec3 *out, np_error *err)
{
    const char *at = np_args_text(args, "at");
    double v[4];
    if (at && cli_read_numbers(at, v, 4) != 3)
        return np_error_set(err, NP_ERR_USAGE, "--at: expected X,Y,Z, found '%s'", at);
    if (at) {
        *out = np_vec3_make(v[0], v[1], v[2]);
        return NP_OK;
    }
    np_vec3 front, up;
    np_surface_point p;
    np_head_axes(&front, &up);
    if (!np_surface_nearest(&scan->surface, np_vec3_mad(scan->landmarks.inion, up, OVER_INION_MM), 30, &p))
        return np_error_set(err, NP_ERR_GEOMETRY, "there is no skin over the inion; say where with --at");
    *out = np_scan_to_file(scan, p.position);
    return NP_OK;
}

/* The case of the test dots of C. */
static np_status make_test_case(const np_command_args *args, const np_case *c, np_scan **out_scan, np_case **out,
                                np_error *err)
{
    np_vec3 middle;
    np_status status = np_scan_create(&c->scan, NULL, out_scan, err);
    if (status == NP_OK)
        status = find_middle(args, *out_scan, &middle, err);
    return status == NP_OK ? np_case_test_dots_create(c, middle, np_args_integer(args, "repeats"), out, err) : status;
}

/* The usual hair-bearing scalp of SCAN; its border is irregular by SEED, as skin shows none. */
static np_status draw_scalp(const np_scan *scan, uint64_t seed, np_region **out, np_error *err)
{
    np_curve *borders[NP_OUTLINE_MAX_LOOPS] = {NULL};
    size_t n;
    np_status status = np_outline_draw(scan, NP_CASE_NAMED_SCALP, seed, "the scalp", NULL, borders, &n, err);
    return status == NP_OK ? np_region_create_left("the scalp", borders, n, out, err) : status;
}

/* Faces and necks are refused by planning; bare skin between them and the hair is not hidden either. */
static np_status check_hidden(const np_scan *scan, const np_case *test, const np_plan *plan, np_error *err)
{
    np_region *scalp = NULL;
    if (np_case_accepted(test) & (1u << NP_ACCEPT_FACE | 1u << NP_ACCEPT_NECK))
        return NP_OK;
    np_status status = draw_scalp(scan, test->seed, &scalp, err);
    for (size_t i = 0; i < plan->n_dots && status == NP_OK; i++) {
        const np_dot *dot = &plan->dots[i];
        np_surface_point p;
        np_vec3 at = np_scan_to_file(scan, dot->position);
        if (!np_surface_nearest(&scan->surface, dot->position, 5, &p) || !(np_region_distance_mm(scalp, &p) > 0))
            status = np_error_set(err, NP_ERR_UNSAFE,
                                  "test dot %u at (%.1f, %.1f, %.1f) is off the hair-bearing scalp, on bare skin where "
                                  "it is seen; another place: --at X,Y,Z, or where the person wants it there 'accept: "
                                  "[%s]' in the case",
                                  dot->id, at.x, at.y, at.z, dot->position.x > 0 ? "face" : "neck");
    }
    np_region_destroy(scalp);
    return status;
}

/* What the layers of C would make at each of the N dots of PLAN: *OUT_FIELD, which the caller frees. */
static np_status paint_at_dots(const np_case *c, const np_scan *scan, const np_plan *plan, np_field *out_field,
                               np_error *err)
{
    np_painter *painter = NULL;
    np_surface_point *points = calloc(plan->n_dots + 1, sizeof *points);
    np_status status = points ? np_field_init(out_field, plan->n_dots, err) : np_error_no_memory(err, "the test dots");
    for (size_t i = 0; i < plan->n_dots && status == NP_OK; i++)
        if (!np_surface_nearest(&scan->surface, plan->dots[i].position, 5, &points[i]))
            status = np_error_set(err, NP_ERR_GEOMETRY, "test dot %u lies off the scan", plan->dots[i].id);
    if (status == NP_OK)
        status = np_painter_create(c, scan, NULL, &painter, err);
    if (status == NP_OK)
        status = np_painter_paint(painter, points, plan->n_dots, 0, NULL, out_field, err);
    np_painter_destroy(painter);
    free(points);
    return status;
}

/* Scars take pigment in their own way (domain.md 3): a ladder lies in one where nothing but scars is treated, and else beside. */
static np_status check_scars(const np_case *c, const np_scan *scan, const np_plan *plan, np_error *err)
{
    np_field field = {0};
    unsigned n_scars = 0;
    size_t n_in = 0;
    for (unsigned i = 0; i < c->n_layers; i++)
        n_scars += strcmp(c->layers[i].strategy, "scar_fill") == 0;
    np_status status = n_scars ? paint_at_dots(c, scan, plan, &field, err) : NP_OK;
    for (size_t i = 0; i < plan->n_dots && status == NP_OK && n_scars; i++)
        n_in += field.layer[i] >= 0 && strcmp(c->layers[field.layer[i]].strategy, "scar_fill") == 0;
    np_field_fini(&field);
    if (status == NP_OK && n_in > 0 && (n_in < plan->n_dots || n_scars < c->n_layers))
        status = np_error_set(err, NP_ERR_UNSAFE,
                              "%zu of the %zu test dots would lie in a scar that this case treats, and what scars take "
                              "says nothing of other skin; another place: --at X,Y,Z",
                              n_in, plan->n_dots);
    return status;
}

/* Most often the place is what is wrong. */
static np_status plan_dots(const np_command_args *args, const np_case *test, np_plan **out, np_make_timing *timing,
                           np_error *err)
{
    np_progress progress = cli_progress_in_time(args, np_args_flag(args, "json"));
    np_status status = np_make_plan(test, &progress, out, timing, NULL, err);
    cli_progress_clear();
    if (status != NP_ERR_INVALID && status != NP_ERR_UNSAFE)
        return status;
    np_error why = *err;
    return np_error_set(err, status, "test dots: %s (--at X,Y,Z puts them elsewhere)", why.text);
}

static np_status run_make(const np_command_args *args, np_error *err)
{
    np_case *c = NULL, *test = NULL;
    np_scan *scan = NULL;
    np_plan *plan = NULL;
    np_make_timing timing = {0};
    bool json = np_args_flag(args, "json"), force = np_args_flag(args, "force");
    const char *path = np_args_text(args, "out");
    cli_set_sandbox(args);
    np_status status = force ? np_plan_check_target(path, true, err) : cli_check_new_file(path, false, err);
    if (status == NP_OK)
        status = np_case_read(args->operands[0], &c, err);
    if (status == NP_OK)
        status = np_plan_past_check_target(path, c, err);
    if (status == NP_OK)
        status = make_test_case(args, c, &scan, &test, err);
    if (status == NP_OK)
        status = plan_dots(args, test, &plan, &timing, err);
    if (status == NP_OK)
        status = check_hidden(scan, test, plan, err);
    if (status == NP_OK)
        status = check_scars(c, scan, plan, err);
    if (status == NP_OK)
        status = np_plan_write(plan, path, force, err);
    if (status == NP_OK)
        status = cli_print_plan(plan, path, &timing, false, json, err);
    if (status == NP_OK)
        fprintf(
            stderr,
            "next: approve and run %s as any plan; after four weeks measure its dots, and `needlepath testdots read`\n",
            CLI_PLAIN(path));
    np_plan_destroy(plan);
    np_scan_destroy(scan);
    np_case_destroy(test);
    np_case_destroy(c);
    return status;
}

const np_command cli_cmd_testdots = {
    .name = "testdots",
    .summary = "plan test dots in a hidden place, for one person's depth and ink",
    .operands = "CASE.yaml",
    .min_operands = 1,
    .max_operands = 1,
    .description = "Plans a ladder of single dots on the case's head: five depths, two more contact times and, where "
                   "the case names shades, two more tones, 4 mm apart, by all that the case has but its layers, "
                   "sessions and calibration: keep-outs, limits, skin, "
                   "arm, earlier dots and the person stay. The plan is "
                   "approved, run and recorded as any other. "
                   "Read the dots after four weeks with `needlepath testdots read`.",
    .options = make_options,
    .examples = make_examples,
    .run = run_make,
};
