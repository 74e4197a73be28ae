/* needlepath shades: which of a rig's shades come nearest to the hair beside a plan's dots, and what to beware of. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "case/palette.h"
#include "cli/cli.h"
#include "cli/plugin_options.h"
#include "cli/skin_options.h"
#include "plan/plan.h"
#include "skin/shade.h"

enum { SHOWN = 5, MAX_WARNINGS = 12 };

static const np_option shades_options[] = {
    {.name = "palette",
     .kind = NP_OPTION_FILE,
     .value = "FILE.yaml",
     .required = true,
     .help = "The rig's shades (docs/preview.md)."},
    {.name = "hair",
     .kind = NP_OPTION_CHOICE,
     .value = NP_SKIN_HAIR_CHOICES,
     .fallback = "brown",
     .help = "The hair beside the dots."},
    {.name = "stubble",
     .kind = NP_OPTION_NUMBER,
     .value = "MM",
     .fallback = "0.5",
     .min = 0,
     .max = 5,
     .help = "Its length above the skin: 0.5 is a day's."},
    {.name = "hair-density",
     .kind = NP_OPTION_NUMBER,
     .value = "PER_CM2",
     .fallback = "75",
     .min = 1,
     .max = 200,
     .help = "Its follicular units."},
    CLI_SKIN_OPTION,
    {.name = "set",
     .kind = NP_OPTION_TEXT,
     .value = "NAME=VALUE",
     .help = "A constant of the skin model (docs/preview.md). May be given again.",
     .repeats = true},
    CLI_SANDBOX_OPTION,
    CLI_JSON_OPTION("Print JSON."),
    {0}};

static const np_example shades_examples[] = {
    {"Shades beside day-old brown hair on light skin",
     "needlepath shades head.needleplan --palette palette.yaml --hair brown --skin 64,10,15"},
    {0}};

/* All that is found of a plan and a palette. */
typedef struct shades {
    const np_plan *plan;
    np_palette palette;
    np_shade_setting setting;
    double *mu_per_mm; /* of each shade */
    np_lab hair;
    np_shade_mix mixes[SHOWN];
    size_t n_mixes;
    double density, needle_mm; /* that match */
    char *warnings[MAX_WARNINGS];
    int n_warnings;
} shades;

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Medians over the plan's dots of density and depth. */
static np_status measure_plan(const np_plan *plan, np_shade_setting *setting, np_error *err)
{
    size_t n = plan->n_dots;
    double *v = malloc((n + 1) * sizeof *v);
    if (!v)
        return np_error_no_memory(err, "a plan's figures");
    for (size_t i = 0; i < n; i++)
        v[i] = plan->dots[i].density_per_cm2;
    qsort(v, n, sizeof *v, by_value);
    setting->density_per_cm2 = n ? v[n / 2] : 0;
    for (size_t i = 0; i < n; i++)
        v[i] = plan->dots[i].depth_mm;
    qsort(v, n, sizeof *v, by_value);
    setting->depth_mm = n ? v[n / 2] : 0;
    setting->needle_mm = plan->needle_diameter_mm;
    free(v);
    return n ? NP_OK : np_error_set(err, NP_ERR_INVALID, "the plan has no dots");
}

__attribute__((format(printf, 2, 3))) static void warn(shades *s, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (s->n_warnings < MAX_WARNINGS && (s->warnings[s->n_warnings] = strdup(text)))
        s->n_warnings++;
}

/* How much more a field turns in colour than it darkens. */
static double turn_of(np_lab field, np_lab skin)
{
    return hypot(field.a - skin.a, field.b - skin.b) / fmax(fabs(field.l - skin.l), 0.1);
}

static void warn_of_tone(shades *s)
{
    const np_shade_mix *best = &s->mixes[0];
    np_lab skin = s->setting.skin;
    double lighter = best->healed.l - s->hair.l;
    if (best->healed.l - skin.l < -10 || lighter < -2.5)
        warn(s, "too dark: L* %.1f from bare skin, %.1f from the hair beside it; it would look like a helmet",
             best->healed.l - skin.l, lighter);
    if (lighter > 2.5 && s->density > 0)
        warn(s, "too light by %.1f L*: to match, %.0f dots/cm2 instead of %.0f (%.1f times)", lighter, s->density,
             s->setting.density_per_cm2, s->density / s->setting.density_per_cm2);
    else if (lighter > 2.5)
        warn(s, "too light by %.1f L*, and no density up to four times the plan's matches", lighter);
    if (lighter > 2.5 && s->needle_mm > 0)
        warn(s, "or a needle of %.2f mm instead of %.2f", s->needle_mm, s->setting.needle_mm);
    if (best->n == 1)
        warn(s, "too flat: one shade is one tone for all dots; marks of real hair vary by a fifth. Take two shades");
    if (np_skin_class_of(skin) == NP_SKIN_DARK || np_skin_class_of(skin) == NP_SKIN_BROWN)
        warn(s, "a lone dot is weak on %s skin: the whole field darkens it by %.1f L* only",
             np_skin_class_name(np_skin_class_of(skin)), skin.l - best->healed.l);
}

static void warn_of_colour(shades *s)
{
    static const double years[] = {0, 5, 10};
    const double most = 1.45; /* more than fields of dots or of hair turn by, in a wide range of tone and depth */
    for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
        np_lab field = np_shade_field(&s->setting, &s->mixes[0], s->mu_per_mm,
                                      NP_SKIN_HEALED_DAYS + years[i] * NP_SKIN_DAYS_PER_YEAR);
        if (turn_of(field, s->setting.skin) > most) {
            warn(s,
                 "turns blue-green: after %g years colour shifts %.1f times as much as it darkens (at most %.2f looks "
                 "like hair)",
                 years[i], turn_of(field, s->setting.skin), most);
            break;
        }
    }
    if (s->setting.depth_mm > s->setting.model.blowout_from_mm)
        warn(s, "%.2f mm is deep: ink spreads under the dermis from %.2f mm on", s->setting.depth_mm,
             s->setting.model.blowout_from_mm);
}

static void warn_of_bottles(shades *s)
{
    char today[16];
    time_t now = time(NULL);
    struct tm day;
    if (!gmtime_r(&now, &day) || !strftime(today, sizeof today, "%Y-%m-%d", &day))
        return;
    for (int i = 0; i < s->mixes[0].n; i++) {
        const np_palette_shade *shade = &s->palette.shades[s->mixes[0].shade[i]];
        if (np_palette_expired(shade, today))
            warn(s, "'%s' expired on %s", shade->name, shade->expires);
        if (shade->lab.x > 0 && hypot(shade->lab.y, shade->lab.z) > 8)
            warn(s,
                 "'%s' is no neutral black (a* %.1f, b* %.1f): the model is one of carbon, its colour is not foretold",
                 shade->name, shade->lab.y, shade->lab.z);
    }
}

static np_status find(shades *s, np_error *err)
{
    np_status status = measure_plan(s->plan, &s->setting, err);
    if (status != NP_OK)
        return status;
    s->mu_per_mm = calloc(s->palette.n, sizeof *s->mu_per_mm);
    if (!s->mu_per_mm)
        return np_error_no_memory(err, "shades");
    for (unsigned i = 0; i < s->palette.n; i++)
        s->mu_per_mm[i] =
            np_shade_mu_per_mm(&s->setting.model, s->palette.shades[i].stock_percent, s->palette.shades[i].dilution);
    s->hair = np_shade_hair_colour(&s->setting);
    s->n_mixes = np_shade_rank(&s->setting, s->mu_per_mm, (int)s->palette.n, s->mixes, SHOWN);
    s->density = np_shade_density_that_matches(&s->setting, &s->mixes[0], s->mu_per_mm);
    s->needle_mm = np_shade_needle_that_matches(&s->setting, &s->mixes[0], s->mu_per_mm);
    warn_of_tone(s);
    warn_of_colour(s);
    warn_of_bottles(s);
    return NP_OK;
}

static json_t *lab_json(np_lab lab)
{
    return json_pack("[f, f, f]", lab.l, lab.a, lab.b);
}

static np_status print_json(const shades *s, np_error *err)
{
    json_t *mixes = json_array(), *warnings = json_array();
    for (size_t m = 0; m < s->n_mixes; m++) {
        const np_shade_mix *mix = &s->mixes[m];
        json_t *parts = json_array();
        for (int i = 0; i < mix->n; i++) {
            const np_palette_shade *shade = &s->palette.shades[mix->shade[i]];
            json_array_append_new(
                parts, json_pack("{s:s, s:s?, s:f}", "name", shade->name, "lot", shade->lot, "share", mix->share[i]));
        }
        json_array_append_new(mixes, json_pack("{s:o, s:o, s:f}", "shades", parts, "healed_lab", lab_json(mix->healed),
                                               "de00_from_hair", mix->difference));
    }
    for (int i = 0; i < s->n_warnings; i++)
        json_array_append_new(warnings, json_string(s->warnings[i]));
    return cli_give_json(json_pack("{s:o, s:o, s:f, s:f, s:f, s:f, s:f, s:o, s:o}", "skin_lab",
                                   lab_json(s->setting.skin), "hair_lab", lab_json(s->hair), "density_per_cm2",
                                   s->setting.density_per_cm2, "depth_mm", s->setting.depth_mm, "needle_mm",
                                   s->setting.needle_mm, "matching_density_per_cm2", s->density, "matching_needle_mm",
                                   s->needle_mm, "mixes", mixes, "warnings", warnings),
                         err);
}

/* ", KEY: TEXT" in quotation marks, as YAML takes it and a terminal may be shown it; nothing for NULL. */
static void print_quoted(const char *key, const char *text)
{
    json_t *value = text ? json_string(text) : NULL;
    char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
    if (quoted)
        printf("%s: %s", key, quoted);
    free(quoted);
    json_decref(value);
}

/* The best mix as a case has it, to be copied. */
static void print_for_case(const shades *s)
{
    const np_shade_mix *mix = &s->mixes[0];
    puts("for a case, so that each dot has its shade (docs/case-file.md):\nshades:");
    for (int i = 0; i < mix->n; i++) {
        const np_palette_shade *shade = &s->palette.shades[mix->shade[i]];
        print_quoted("  - {name", shade->name);
        printf(", share: %g, dilution: %g, stock_percent: %g", mix->share[i], shade->dilution, shade->stock_percent);
        print_quoted(", lot", shade->lot);
        print_quoted(", expires", shade->expires);
        puts("}");
    }
}

static np_status print_text(const shades *s, np_error *err)
{
    printf("skin L* %.1f a* %.1f b* %.1f, with shaved hair L* %.1f a* %.1f b* %.1f; dots: %.0f/cm2, %.2f mm deep, "
           "needle %.2f mm\n",
           s->setting.skin.l, s->setting.skin.a, s->setting.skin.b, s->hair.l, s->hair.a, s->hair.b,
           s->setting.density_per_cm2, s->setting.depth_mm, s->setting.needle_mm);
    printf("%-10s %-22s %s\n", "dE00", "healed L* a* b*", "shades");
    for (size_t m = 0; m < s->n_mixes; m++) {
        const np_shade_mix *mix = &s->mixes[m];
        printf("%-10.2f %6.1f %6.1f %6.1f   ", mix->difference, mix->healed.l, mix->healed.a, mix->healed.b);
        for (int i = 0; i < mix->n; i++)
            printf("%s%.0f %% %s", i ? " + " : "", 100 * mix->share[i],
                   CLI_PLAIN(s->palette.shades[mix->shade[i]].name));
        printf("\n");
    }
    for (int i = 0; i < s->n_warnings; i++)
        printf("beware: %s\n", CLI_PLAIN(s->warnings[i]));
    print_for_case(s);
    printf("an estimate, not a promise: test dots tell\n");
    return cli_check_stdout(err);
}

static np_status run_shades(const np_command_args *args, np_error *err)
{
    np_plan *plan = NULL;
    shades s = {.setting = {.hair = np_skin_hair_find(np_args_text(args, "hair")),
                            .stubble_mm = np_args_number(args, "stubble"),
                            .hair_units_per_cm2 = np_args_number(args, "hair-density")}};
    cli_set_sandbox(args);
    np_status status = cli_skin_read(args, &s.setting.skin, &s.setting.model, err);
    if (status == NP_OK)
        status = np_palette_read(np_args_text(args, "palette"), &s.palette, err);
    if (status == NP_OK)
        status = np_plan_read(args->operands[0], &plan, err);
    s.plan = plan;
    if (status == NP_OK)
        status = find(&s, err);
    if (status == NP_OK)
        status = np_args_flag(args, "json") ? print_json(&s, err) : print_text(&s, err);
    for (int i = 0; i < s.n_warnings; i++)
        free(s.warnings[i]);
    free(s.mu_per_mm);
    np_palette_fini(&s.palette);
    np_plan_destroy(plan);
    return status;
}

const np_command cli_cmd_shades = {
    .name = "shades",
    .summary = "choose shades of pigment beside the hair that is there",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description = "Ranks single shades of a palette and mixes of two, dot by dot, by how far (CIEDE2000) healed skin "
                   "with the plan's "
                   "dots is from skin with shaved hair, and says what to beware of: too dark, too light (and the "
                   "density or needle that "
                   "would match), too flat, turning blue with depth or age, weak on dark skin, expired.\n\n"
                   "The palette file has a list: palette: [{name: dark, dilution: 6, lot: A12, expires: 2027-05-31, "
                   "stock_percent: 15, lab: [24, 0, -1]}, ...]; dilution is parts of water to one of pigment.",
    .options = shades_options,
    .examples = shades_examples,
    .run = run_shades,
};
