/* needlepath preview: what a person will see, at which distance and when. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/plugin_options.h"
#include "cli/skin_options.h"
#include "plan/cartridges.h"
#include "skin/hair.h"

static const np_option preview_options[] = {
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "DIR",
     .required = true,
     .writes = true,
     .help = "Folder for the pictures; made if it is not there."},
    {.name = "view",
     .kind = NP_OPTION_TEXT,
     .value = NP_PREVIEW_VIEWS,
     .fallback = "three-quarter",
     .help = "Where from, or azimuth and elevation in degrees (0,0 is in front, 90,0 the subject's left). May be given "
             "again.",
     .repeats = true},
    {.name = "distance",
     .kind = NP_OPTION_TEXT,
     .value = "M,M,...",
     .fallback = "1",
     .help = "Metres from the skin: 1 shows the head, 0.4 a patch of 90 mm. A pattern is judged at 0.4, tone at 1."},
    {.name = "when",
     .kind = NP_OPTION_TEXT,
     .value = "WHEN,WHEN,...",
     .fallback = "before,healed",
     .help = "before, s1, s2, ... (right after a session), healed (30 days after the last), 1y, 5y, 10y (years); "
             "reference: "
             "shaved hair in the dots' places."},
    CLI_SKIN_OPTION,
    {.name = "hair",
     .kind = NP_OPTION_CHOICE,
     .value = NP_SKIN_HAIR_CHOICES,
     .help = "Draws shaved hair of this colour at the follicles that the case lists; and of the reference."},
    {.name = "stubble",
     .kind = NP_OPTION_NUMBER,
     .value = "MM",
     .fallback = "0.5",
     .min = 0,
     .max = 5,
     .help = "Length of that hair above the skin: 0.5 is a day's."},
    {.name = "light",
     .kind = NP_OPTION_NUMBER,
     .value = "K",
     .fallback = "6500",
     .min = 2000,
     .max = 12000,
     .help = "Colour temperature of the light: 2700 a bulb's, 4000 an office's, 6500 the sky's."},
    CLI_SANDBOX_OPTION,
    {.name = "compare", .kind = NP_OPTION_FLAG, .help = "Each picture with the same skin before it at its left."},
    {.name = "made",
     .kind = NP_OPTION_FLAG,
     .help = "The dots that the journal says were made (or are in doubt), as deep as was measured; how many stands "
             "below the "
             "picture."},
    {.name = "standing-years",
     .kind = NP_OPTION_NUMBER,
     .value = "YEARS",
     .fallback = "0",
     .min = 0,
     .max = 50,
     .help = "Of a touch-up: how long before its session 1 the newest dot was made that stands from before; 0: it has "
             "healed just now."},
    {.name = "set",
     .kind = NP_OPTION_TEXT,
     .value = "NAME=VALUE",
     .help = "A constant of the skin model (docs/preview.md), such as fade_years=7. May be given again.",
     .repeats = true},
    {.name = "width",
     .kind = NP_OPTION_INTEGER,
     .value = "PIXELS",
     .fallback = "1600",
     .min = 640,
     .max = 8000,
     .help = "Of each picture; its height is three quarters of it."},
    CLI_CASE_DIR_OPTION,
    {0}};

static const np_example preview_examples[] = {
    {"The head at a metre, before and healed, side by side",
     "needlepath preview head.needleplan -o preview --when healed --compare"},
    {"The hairline near, over ten years, on brown skin",
     "needlepath preview head.needleplan -o preview --view front --distance 0.4 --when healed,5y,10y --skin brown"},
    {"Dots beside shaved brown hair at the same places",
     "needlepath preview head.needleplan -o preview --distance 0.4 --when healed,reference --hair brown"},
    {0}};

/* Calls FN with each part of TEXT between commas. */
static np_status each_part(const char *option, const char *text, np_preview_request *request,
                           np_status (*fn)(const char *part, np_preview_request *request, np_error *err), np_error *err)
{
    np_status status = NP_OK;
    char *copy = strdup(text), *rest = copy, *part;
    if (!copy)
        return np_error_no_memory(err, "a list");
    while (status == NP_OK && (part = strsep(&rest, ",")))
        status = fn(part, request, err);
    free(copy);
    return status == NP_OK ? NP_OK : np_error_prefix(err, status, "--%s", option);
}

static np_status too_many(np_error *err)
{
    return np_error_set(err, NP_ERR_USAGE, "at most %d", NP_PREVIEW_MAX);
}

static np_status add_when(const char *part, np_preview_request *request, np_error *err)
{
    if (request->n_whens == NP_PREVIEW_MAX)
        return too_many(err);
    return np_preview_parse_when(part, request->plan, &request->whens[request->n_whens++], err);
}

static np_status add_distance(const char *part, np_preview_request *request, np_error *err)
{
    char *end;
    double metres = strtod(part, &end);
    if (request->n_distances == NP_PREVIEW_MAX)
        return too_many(err);
    if (end == part || *end || !(metres >= NP_PREVIEW_DISTANCE_MIN_M && metres <= NP_PREVIEW_DISTANCE_MAX_M))
        return np_error_set(err, NP_ERR_USAGE, "expected metres from %g to %g, not '%s'", NP_PREVIEW_DISTANCE_MIN_M,
                            NP_PREVIEW_DISTANCE_MAX_M, part);
    request->distances_m[request->n_distances++] = metres;
    return NP_OK;
}

static np_status read_request(const np_command_args *args, np_preview_request *request, np_error *err)
{
    request->compare = np_args_flag(args, "compare");
    request->made = np_args_flag(args, "made");
    request->standing_years = np_args_number(args, "standing-years");
    request->width = np_args_integer(args, "width");
    request->height = request->width * 3 / 4;
    request->light_kelvin = np_args_number(args, "light");
    request->stubble_mm = np_args_number(args, "stubble");
    const char *hair = np_args_text(args, "hair");
    request->hair = hair ? np_skin_hair_find(hair) : NP_SKIN_HAIRS;
    int views = np_args_count(args, "view");
    np_status status = cli_skin_read(args, &request->skin, &request->model, err);
    for (int i = 0; status == NP_OK && i < (views ? views : 1); i++)
        status = np_preview_parse_view(views ? np_args_text_at(args, "view", i) : np_args_text(args, "view"),
                                       &request->views[request->n_views++], err);
    if (status == NP_OK)
        status = each_part("distance", np_args_text(args, "distance"), request, add_distance, err);
    if (status == NP_OK)
        status = each_part("when", np_args_text(args, "when"), request, add_when, err);
    return status;
}

/* What a picture's caption says too, for who looks at the terminal. */
static void print_limits(const np_preview_request *r, const np_preview_written *written)
{
    uint32_t made = 0;
    for (size_t i = 0; i < r->n_distances; i++) {
        double arcmin = np_preview_arcmin_per_pixel(r, r->distances_m[i]);
        if (arcmin > 1)
            fprintf(stderr,
                    "at %g m a pixel is %.2f minutes of arc, coarser than the eye: single dots are hidden; they show "
                    "from --width %.0f on\n",
                    r->distances_m[i], arcmin, ceil(r->width * arcmin));
    }
    for (size_t i = 0; i < r->plan->n_runs; i++)
        made += r->plan->runs[i].done + r->plan->runs[i].in_doubt;
    if (r->made && !made)
        fputs("--made: no dot of this plan was made yet, so the skin is as it was before\n", stderr);
    char one_tone[NP_PLAN_ONE_TONE_TEXT_BYTES];
    if (*np_plan_one_tone_text(r->plan, one_tone))
        fprintf(stderr, "the plan's %s\n", one_tone);
    if (*written->missing)
        fprintf(stderr, "dots that stand from before are not drawn: %s\n", CLI_PLAIN(written->missing));
}

static np_status run_preview(const np_command_args *args, np_error *err)
{
    np_plan *plan = NULL;
    np_progress progress = cli_progress();
    np_preview_request request = {.plan_path = args->operands[0]};
    const char *out = np_args_text(args, "out");
    cli_set_sandbox(args);
    char *folder = cli_case_folder(np_args_text(args, "case-dir"), args->operands[0]);
    np_preview_written written = {0};
    np_status status = folder ? NP_OK : np_error_no_memory(err, "a file name");
    if (status == NP_OK)
        status = np_plan_read(args->operands[0], &plan, err);
    request.plan = plan;
    request.base_directory = folder;
    if (status == NP_OK)
        status = read_request(args, &request, err);
    if (status == NP_OK)
        status = np_preview_write(&request, out, &progress, &written, err);
    cli_progress_clear();
    if (status == NP_OK)
        print_limits(&request, &written);
    if (status == NP_OK)
        fprintf(stderr, "%d picture%s in %s\n", written.pictures, written.pictures == 1 ? "" : "s", CLI_PLAIN(out));
    np_plan_destroy(plan);
    free(folder);
    return status;
}

const np_command cli_cmd_preview = {
    .name = "preview",
    .summary = "picture what a person will see, near and far, fresh, healed and years on",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Draws the head in perspective with skin, soft indoor light and the plan's dots as pigment in it: each takes "
        "the "
        "light that a column of carbon takes in layered skin, heals, fades and spreads. One PNG for each view, "
        "distance "
        "and moment: VIEW-DISTANCE-WHEN.png. Distance, minutes of arc a pixel, age and skin stand on each.\n\n"
        "It is an estimate, not a promise: healed size, fading and spreading were never measured on scalps "
        "(docs/preview.md). Every constant can be set.",
    .options = preview_options,
    .examples = preview_examples,
    .run = run_preview,
};
