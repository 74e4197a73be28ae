/* needlepath testdots read: what test dots say of the person, back into the case. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "case/day.h"
#include "case/measured.h"
#include "case/test_dots.h"
#include "cli/cli.h"
#include "cli/plugin_options.h"
#include "head/scan.h"
#include "make/make.h"
#include "plan/made.h"
#include "report/photo.h"
#include "report/preview.h"
#include "skin/calibrate.h"

enum { CASE_MAX = 16 << 20, DOTS_MAX = 200 };

static const np_option read_options[] = {
    {.name = "plan",
     .kind = NP_OPTION_FILE,
     .value = "TEST.needleplan",
     .required = true,
     .help = "The plan of the test dots."},
    {.name = "measured",
     .kind = NP_OPTION_FILE,
     .value = "FILE.csv",
     .required = true,
     .help = "A line a dot: dot,contrast,width_mm,red_over_blue; or with --picture: dot,x,y in pixels. dot is its "
             "number in the plan."},
    {.name = "picture", .kind = NP_OPTION_FILE, .value = "CROP.png", .help = "Measure the dots in this photograph."},
    {.name = "mm-per-pixel", .kind = NP_OPTION_NUMBER, .value = "MM", .min = 0.002, .max = 0.2, .help = "Its scale."},
    {.name = "grey",
     .kind = NP_OPTION_TEXT,
     .value = "X,Y,W,H",
     .help = "Where a grey card (18 %) is in the picture, pixels: it tells the colour of the skin."},
    {.name = "skin",
     .kind = NP_OPTION_TEXT,
     .value = "CLASS|L,A,B",
     .help = "Without a grey card: light, intermediate, tan, brown or dark, or L*a*b* as measured. Default: light."},
    {.name = "days",
     .kind = NP_OPTION_NUMBER,
     .value = "N",
     .fallback = "28",
     .min = 21,
     .max = 365,
     .help = "Days after the dots were made: four weeks, or more."},
    {.name = "read-on", .kind = NP_OPTION_TEXT, .value = "YYYY-MM-DD", .help = "The day, for people, into the case."},
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "NEW.yaml",
     .required = true,
     .writes = true,
     .help = "The case with what the dots say; in the case's folder, as paths in it start there."},
    {.name = "force", .letter = 'f', .kind = NP_OPTION_FLAG, .help = "Replace a case that is there, and nothing else."},
    CLI_SANDBOX_OPTION,
    CLI_JSON_OPTION("Print what was found as JSON."),
    {0}};

static const np_example read_examples[] = {
    {"Measured by loupe",
     "needlepath testdots read case.yaml --plan test.needleplan --measured dots.csv -o calibrated.yaml"},
    {"From a photograph", "needlepath testdots read case.yaml --plan test.needleplan --measured places.csv --picture "
                          "crop.png --mm-per-pixel 0.02 "
                          "--grey 40,40,200,200 -o calibrated.yaml"},
    {0}};

/* Dots as they were meant and measured, and what they were measured by. */
typedef struct reading {
    const np_plan *plan;
    const char *path;
    np_photo photo;
    bool has_photo;
    double mm_per_pixel, skin_rgb[3]; /* of the photograph, the mean beside its dots */
    np_skin_test_dot dots[DOTS_MAX];
    np_vec3 place_mm[DOTS_MAX];            /* of each of the dots, on the skin */
    double x_mm[DOTS_MAX], y_mm[DOTS_MAX]; /* in the picture */
    const np_made_dot *made[DOTS_MAX];     /* of each dot of the plan: what the journal says; NULL: nothing */
    np_made_dot *journal;
    bool taken[DOTS_MAX]; /* likewise */
    size_t n, n_not_made;
} reading;

static np_status take_look(reading *r, const double *value, np_skin_look *out, np_error *err)
{
    if (r->has_photo) {
        np_error why = {0};
        double skin[3];
        if (np_photo_dot(&r->photo, r->mm_per_pixel, value[0], value[1], out, skin, &why) != NP_OK)
            return np_error_set(err, NP_ERR_INVALID, "%s", why.text);
        for (int c = 0; c < 3; c++)
            r->skin_rgb[c] += skin[c];
        return NP_OK;
    }
    *out = (np_skin_look){value[0], value[1], value[2]};
    if (!(out->contrast >= 0 && out->contrast < 1))
        return np_error_set(err, NP_ERR_INVALID,
                            "contrast: expected the share of light that is missing, 0 to 1, found %g", out->contrast);
    if (!isnan(out->width_mm) && !(out->width_mm > 0 && out->width_mm < 3))
        return np_error_set(err, NP_ERR_INVALID, "width_mm: expected 0 to 3 mm, or nothing, found %g", out->width_mm);
    if (!isnan(out->red_over_blue) && !(out->red_over_blue > 0.2 && out->red_over_blue < 20))
        return np_error_set(err, NP_ERR_INVALID, "red_over_blue: expected 0.2 to 20, or nothing, found %g",
                            out->red_over_blue);
    return NP_OK;
}

/* Where the dot of NUMBER is in the plan; n_dots: nowhere. */
static size_t find_dot(const np_plan *plan, double number)
{
    size_t i = 0;
    while (i < plan->n_dots && plan->dots[i].id != number)
        i++;
    return i;
}

static np_status take_dot(reading *r, const np_measured_dot *m, np_error *err)
{
    size_t at = find_dot(r->plan, m->number);
    if (at == r->plan->n_dots)
        return np_error_set(err, NP_ERR_INVALID, "dot: expected a number from 1 to %zu, as in the plan, found %g",
                            r->plan->n_dots, m->number);
    const np_dot *dot = &r->plan->dots[at];
    if (r->taken[at])
        return np_error_set(err, NP_ERR_INVALID, "dot %u is there twice", dot->id);
    r->taken[at] = true;
    const np_made_dot *made = r->made[at];
    if (!made || made->state != NP_JOURNAL_DONE) { /* nobody knows what is seen there */
        r->n_not_made++;
        return NP_OK;
    }
    double tip_mm = isnan(made->depth_mm) ? dot->depth_mm : made->depth_mm;
    r->place_mm[r->n] = dot->position;
    r->x_mm[r->n] = m->value[0] * r->mm_per_pixel;
    r->y_mm[r->n] = m->value[1] * r->mm_per_pixel;
    np_skin_test_dot *out = &r->dots[r->n++];
    *out =
        (np_skin_test_dot){.depth_mm = tip_mm - r->plan->indentation_mm, .dwell_ms = dot->dwell_ms, .tone = dot->tone};
    return take_look(r, m->value, &out->look, err);
}

static np_status take_file(reading *r, np_error *err)
{
    np_measured measured;
    np_status status = np_measured_read(r->path, r->has_photo, &measured, err);
    for (unsigned i = 0; i < measured.n && status == NP_OK; i++)
        if ((status = take_dot(r, &measured.dots[i], err)) != NP_OK)
            np_error_prefix(err, status, "%s:%u", r->path, measured.dots[i].line);
    np_measured_fini(&measured);
    return status;
}

/* The skin's colour: of --skin, or of the photograph beside its grey card. */
static np_status find_skin(const np_command_args *args, const reading *r, np_lab *out, np_error *err)
{
    const char *grey = np_args_text(args, "grey"), *skin = np_args_text(args, "skin");
    double v[5], card[3], rgb[3];
    if (!grey)
        return np_preview_parse_skin(skin ? skin : "light", out, err);
    if (!r->has_photo || skin || cli_read_numbers(grey, v, 5) != 4)
        return np_error_set(err, NP_ERR_USAGE, "--grey X,Y,W,H goes with --picture, and instead of --skin");
    np_status status = np_photo_grey(&r->photo, (int[]){(int)v[0], (int)v[1], (int)v[2], (int)v[3]}, card, err);
    for (int c = 0; c < 3 && status == NP_OK; c++)
        rgb[c] = fmin(r->skin_rgb[c] / fmax((double)r->n, 1) / card[c] * 0.18, 1);
    if (status == NP_OK)
        *out = np_colour_rgb_to_lab(rgb);
    return status;
}

static np_status open_photo(const np_command_args *args, reading *r, np_error *err)
{
    const char *picture = np_args_text(args, "picture");
    r->has_photo = picture;
    r->mm_per_pixel = np_args_flag(args, "mm-per-pixel") ? np_args_number(args, "mm-per-pixel") : 0;
    if (!picture != !(r->mm_per_pixel > 0))
        return np_error_set(err, NP_ERR_USAGE, "--picture and --mm-per-pixel go together");
    return picture ? np_photo_read(picture, &r->photo, err) : NP_OK;
}

static np_status check_plan(const reading *r, const char *path, np_error *err)
{
    for (size_t i = 0; i < r->plan->n_layers; i++)
        if (strncmp(r->plan->layers[i].strategy, "test_dots ", 10) != 0)
            return np_error_set(err, NP_ERR_INVALID, "%s is no plan of test dots: layer '%s' is of %s", path,
                                r->plan->layers[i].name, r->plan->layers[i].strategy);
    if (r->plan->n_dots > DOTS_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%s has %zu dots; at most %d are read", path, r->plan->n_dots,
                            DOTS_MAX);
    return NP_OK;
}

/* Dots of another person, or by another needle, say nothing of this case. */
static np_status check_person(const reading *r, const char *path, const np_case *c, np_error *err)
{
    unsigned char digest[NP_PLAN_DIGEST_BYTES];
    np_scan *scan = NULL;
    if (fabs(r->plan->needle_diameter_mm - c->needle_diameter_mm) > 1e-6)
        return np_error_set(
            err, NP_ERR_INVALID,
            "%s was made with a needle of %g mm, and %s has needle.diameter_mm %g: test dots say nothing "
            "of another needle",
            path, r->plan->needle_diameter_mm, c->path, c->needle_diameter_mm);
    if (fabs(r->plan->indentation_mm - c->depth.indentation_mm) > 1e-6)
        return np_error_set(
            err, NP_ERR_INVALID,
            "%s was planned with depth.indentation_mm %g, and %s has %g: depths would not be those that "
            "the dots have; give the case the plan's",
            path, r->plan->indentation_mm, c->path, c->depth.indentation_mm);
    np_status status = np_scan_create(&c->scan, NULL, &scan, err);
    if (status != NP_OK)
        return status;
    np_make_scan_digest(&scan->surface.mesh, digest);
    np_scan_destroy(scan);
    if (memcmp(digest, r->plan->scan_digest, sizeof digest) == 0)
        return NP_OK;
    return np_error_set(err, NP_ERR_INVALID,
                        "%s was planned on another scan, or with other landmarks, than %s has: is it the same person? "
                        "Read the dots into a case with the scan that they were planned on",
                        path, c->path);
}

/* What the journal has of each dot. */
static np_status take_journal(reading *r, const char *path, np_error *err)
{
    size_t n = 0;
    np_status status = np_made_read(path, r->plan, 0, &r->journal, &n, err);
    size_t done = 0;
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        size_t at = find_dot(r->plan, r->journal[i].id);
        if (at < r->plan->n_dots) {
            r->made[at] = &r->journal[i];
            done += r->journal[i].state == NP_JOURNAL_DONE;
        }
    }
    if (status == NP_OK && done == 0)
        return np_error_set(
            err, NP_ERR_INVALID,
            "%s: its journal has no dot that was made: what is measured cannot be of this plan. Give the "
            "plan file that was run",
            path);
    return status;
}

/* Pairs so near to each other that skin is flat between them. */
#define NEAR_MM 10.0
#define SCALE_TOLERANCE 0.1

static np_status check_scale(const reading *r, np_error *err)
{
    double pictured = 0, planned = 0;
    for (size_t i = 0; i < r->n && r->has_photo; i++)
        for (size_t k = 0; k < i; k++) {
            double mm = np_vec3_distance(r->place_mm[i], r->place_mm[k]);
            if (mm > NEAR_MM)
                continue;
            planned += mm;
            pictured += hypot(r->x_mm[i] - r->x_mm[k], r->y_mm[i] - r->y_mm[k]);
        }
    if (planned == 0 || fabs(pictured / planned - 1) <= SCALE_TOLERANCE)
        return NP_OK;
    return np_error_set(
        err, NP_ERR_INVALID,
        "with --mm-per-pixel %g the dots are %.2f times as far apart as they were planned; expected 0.9 to "
        "1.1: is the scale right (%.4g would be), and is each number at its own dot?",
        r->mm_per_pixel, pictured / planned, r->mm_per_pixel * planned / fmax(pictured, 1e-9));
}

#define SEEN 0.03

/* A dot that is not seen is one of the ladder's steps; a ladder that is not seen is no measurement. */
static np_status check_seen(const reading *r, np_error *err)
{
    double most = 0;
    for (size_t i = 0; i < r->n; i++)
        most = fmax(most, r->dots[i].look.contrast);
    if (r->n == 0 || most >= SEEN)
        return NP_OK;
    return np_error_set(err, NP_ERR_INVALID,
                        "none of the %zu dots is seen (contrast %.3f at most, expected %.2f): nothing is written. Were "
                        "they made with pigment, and are the places theirs?",
                        r->n, most, SEEN);
}

static bool has_colour(const reading *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (!isnan(r->dots[i].look.red_over_blue))
            return true;
    return false;
}

static np_status print_found(const np_skin_calibration *f, const np_case_test_dots *written, double calibration_mm,
                             const reading *r, bool json, np_error *err)
{
    if (json)
        return cli_give_json(
            json_pack("{s:I, s:I, s:f, s:f, s:f, s:b, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "dots",
                      (json_int_t)r->n, "left_out", (json_int_t)r->n_not_made, "calibration_mm", calibration_mm,
                      "depth_mm", f->depth_mm, "depth_sd_mm", f->depth_sd_mm, "tells_depth", f->tells_depth,
                      "ink_strength", written->ink_strength, "ink_sd", f->ink_sd, "healed_size", written->healed_size,
                      "size_sd", f->size_sd, "dwell_power", f->dwell_power, "contrast_rms", f->contrast_rms,
                      "width_rms_mm", f->width_rms_mm, "chi2", f->chi2, "colour_slope", f->colour_slope),
            err);
    printf("%zu test dots: contrast fits to %.3f, width to %.3f mm\n", r->n, f->contrast_rms, f->width_rms_mm);
    if (r->n_not_made)
        printf("  %zu of the dots that were measured are not made by the journal, and were left out\n", r->n_not_made);
    if (f->tells_depth)
        printf("  depth: calibration_mm %+.3f (SD %.2f mm)\n", calibration_mm, f->depth_sd_mm);
    else if (f->colour_without_depth)
        printf("  depth: calibration_mm stays %+.3f: red over blue does not grow with depth as it should (%+.2f a mm "
               "in its "
               "logarithm, SE %.2f; expected %+.1f or so): not used\n",
               calibration_mm, f->colour_slope, f->colour_slope_se, NP_SKIN_COLOUR_SLOPE);
    else
        printf("  depth: calibration_mm stays %+.3f; these dots tell it to %.2f mm only, and it must hold to 0.1%s\n",
               calibration_mm, f->depth_sd_mm, has_colour(r) ? "" : ". Red over blue, from a picture, tells more");
    printf("  ink: %.2f of the usual (SD %.0f %%)\n  healed size: %.2f of the usual (SD %.0f %%)\n", f->ink,
           100 * f->ink_sd, f->size, 100 * f->size_sd);
    printf("  contact time: twice as long gives %.2f times the ink (power %.2f, SD %.2f)\n", pow(2, f->dwell_power),
           f->dwell_power, f->dwell_sd);
    return cli_check_stdout(err);
}

static np_status write_case(const np_command_args *args, const np_case *c, double calibration_mm,
                            const np_case_test_dots *found, np_error *err)
{
    char *text = NULL;
    np_file_writer writer = {0};
    np_status status = np_case_calibrate_text(c, calibration_mm, found, &text, err);
    if (status == NP_OK)
        status = np_file_writer_open(&writer, np_args_text(args, "out"), err);
    if (status == NP_OK) {
        fputs(text, writer.stream);
        status = np_file_writer_commit(&writer, err);
    }
    np_file_writer_discard(&writer);
    free(text);
    return status;
}

/* What the dots say beyond what the plan's own calibration said, into the case. */
static np_status calibrate(const np_command_args *args, const np_case *c, reading *r, np_error *err)
{
    np_skin_model model = np_skin_model_default();
    np_skin_calibration found;
    np_lab skin;
    np_status status = take_file(r, err);
    if (status == NP_OK)
        status = check_scale(r, err);
    if (status == NP_OK)
        status = check_seen(r, err);
    if (status == NP_OK)
        status = find_skin(args, r, &skin, err);
    if (status == NP_OK)
        status = np_skin_calibrate(&model, r->plan->needle_diameter_mm, skin, np_args_number(args, "days"), r->dots,
                                   r->n, &found, err);
    if (status != NP_OK)
        return np_error_prefix(err, status, "%s", r->path);
    double calibration_mm = found.tells_depth ? found.depth_mm : c->depth.calibration_mm;
    if (!(found.ink >= 0.1 && found.ink <= 10 && found.size >= 0.3 && found.size <= 3))
        return np_error_set(
            err, NP_ERR_INVALID,
            "%s: by these dots ink is %.3g and healed size %.3g of the usual; expected 0.1 to 10 and 0.3 to "
            "3: nothing is written. Are contrast and width measured as docs/case-file.md has them?",
            r->path, found.ink, found.size);
    np_case_test_dots written = {found.ink, found.size, (char *)np_args_text(args, "read-on")};
    status = write_case(args, c, calibration_mm, &written, err);
    return status == NP_OK ? print_found(&found, &written, calibration_mm, r, np_args_flag(args, "json"), err) : status;
}

/* What a case is to take the place of is one. */
static np_status check_target(const char *path, bool force, np_error *err)
{
    char *text = NULL;
    size_t size;
    np_status status = cli_check_new_file(path, force, err);
    if (status != NP_OK || access(path, F_OK) != 0)
        return status;
    status = np_file_read_text(path, CASE_MAX, &text, &size, err);
    const char *at = text;
    while (at && strncmp(at, "needlepath:", 11) != 0) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    if (status == NP_OK && size > 0 && !at)
        status =
            np_error_set(err, NP_ERR_INVALID,
                         "%s: is no case file (no line begins with 'needlepath:'), and is not overwritten; write to "
                         "another file",
                         path);
    free(text);
    return status;
}

/* A case has one `made`; which of two plans it is to be is the user's choice. */
static void tell_made(const np_case *c, const char *plan_path, const char *out)
{
    if (c->made_plan && np_file_is_same(c->made_plan, plan_path))
        return;
    if (c->made_plan || c->made_file) {
        fprintf(
            stderr,
            "note: %s has 'made:' already, which does not name these test dots: add their places to a made.file, or "
            "plans put dots on them\n",
            CLI_PLAIN(out));
        return;
    }
    char *absolute = realpath(plan_path, NULL);
    fprintf(stderr, "note: that plans keep clear of the test dots, add to %s:  made: {plan: \"%s\"}\n", CLI_PLAIN(out),
            CLI_PLAIN(absolute ? absolute : plan_path));
    free(absolute);
}

static np_status check_day(const char *read_on, np_error *err)
{
    int64_t day;
    if (read_on && !np_case_read_day(read_on, &day))
        return np_error_set(err, NP_ERR_USAGE, "--read-on: '%s' is no day; expected one as 2026-12-29", read_on);
    return NP_OK;
}

static np_status run_read(const np_command_args *args, np_error *err)
{
    np_case *c = NULL;
    np_plan *plan = NULL;
    const char *out = np_args_text(args, "out"), *plan_path = np_args_text(args, "plan");
    reading *r = calloc(1, sizeof *r);
    cli_set_sandbox(args);
    np_status status = r ? check_day(np_args_text(args, "read-on"), err) : np_error_no_memory(err, "test dots");
    if (status == NP_OK)
        status = check_target(out, np_args_flag(args, "force"), err);
    if (status == NP_OK)
        status = np_case_read(args->operands[0], &c, err);
    if (status == NP_OK)
        status = cli_check_not_of_case(out, c, err);
    if (status == NP_OK)
        status = np_plan_read(plan_path, &plan, err);
    if (status == NP_OK) {
        r->plan = plan;
        r->path = np_args_text(args, "measured");
        status = check_plan(r, plan_path, err);
    }
    if (status == NP_OK)
        status = check_person(r, plan_path, c, err);
    if (status == NP_OK)
        status = take_journal(r, plan_path, err);
    if (status == NP_OK)
        status = open_photo(args, r, err);
    if (status == NP_OK)
        status = calibrate(args, c, r, err);
    if (status == NP_OK && !np_args_flag(args, "json"))
        tell_made(c, plan_path, out);
    if (r) {
        np_photo_fini(&r->photo);
        free(r->journal);
    }
    free(r);
    np_plan_destroy(plan);
    np_case_destroy(c);
    return status;
}

const np_command cli_cmd_testdots_read = {
    .name = "testdots read",
    .summary = "read test dots back into the case: depth, ink and healed size",
    .operands = "CASE.yaml",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Fits the model of skin to measured test dots and writes a case with what they say: depth.calibration_mm, "
        "test_dots.ink_strength and healed_size, which plans and previews then follow. contrast is the share of green "
        "light that is missing "
        "in a dot's middle, width_mm its full width at half of that, red_over_blue the light missing within 1 mm, red "
        "over blue. "
        "Contrast and width tell ink and size; depth is told by red over blue alone, which a photograph gives, and "
        "stays as it is "
        "where it is told worse than to 0.1 mm, or does not grow with it. Dots count that the plan's journal has as "
        "made, at the depth "
        "that it has of them.",
    .options = read_options,
    .examples = read_examples,
    .run = run_read,
};
