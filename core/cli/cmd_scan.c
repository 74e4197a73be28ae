/* needlepath scan fit: landmarks, units and scalp outline of a raw scan, for a person to confirm. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "case/description.h"
#include "cli/cli.h"
#include "cli/plugin_options.h"
#include "head/fit.h"
#include "report/fit_picture.h"

static const np_option fit_options[] = {
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "FILE.yaml",
     .required = true,
     .writes = true,
     .help = "The description of the scan; a picture of what was found goes to FILE.png beside it."},
    {.name = "confirmed",
     .kind = NP_OPTION_TEXT,
     .value = "NAME",
     .help = "Who has looked at the picture of an earlier fit and stands for every landmark, and for left and right."},
    CLI_JSON_OPTION("Print what was found as JSON."),
    CLI_SANDBOX_OPTION,
    {.name = "force", .letter = 'f', .kind = NP_OPTION_FLAG, .help = "Replace files that are there."},
    {0}};

static const np_example fit_examples[] = {
    {"Find the landmarks of a scan, and look at what was found", "needlepath scan fit person.obj -o person.yaml"},
    {"Then a case for it", "needlepath case new full-scalp --scan person.yaml -o case.yaml"},
    {0}};

/* A landmark that is no guess is most often nearer than this: no less than the 95 % measured in docs/benchmarks.md. */
static const double within_mm[NP_FIT_MARKS] = {
    [NP_FIT_GLABELLA] = 9,     [NP_FIT_NASION] = 5,        [NP_FIT_PRONASALE] = 6, [NP_FIT_INION] = 15,
    [NP_FIT_TRAGION_LEFT] = 8, [NP_FIT_TRAGION_RIGHT] = 8, [NP_FIT_VERTEX] = 30};

static const char *const units[] = {"mm", "cm", "m", "inch"};

/* ---- the description ---- */

/* SCAN as the description in FOLDER's file has to name it: absolute, but by its name alone where it stands beside it. */
static char *mesh_name(const char *scan, const char *yaml)
{
    char *a = realpath(scan, NULL);
    if (!a)
        return NULL;
    const char *slash = strrchr(yaml, '/');
    char *folder = slash ? strndup(yaml, (size_t)(slash - yaml) + 1) : strdup("./");
    char *b = folder ? realpath(folder, NULL) : NULL;
    size_t n = b ? strlen(b) : 0;
    char *name = b && strncmp(a, b, n) == 0 && a[n] == '/' && !strchr(a + n + 1, '/') ? strdup(a + n + 1) : strdup(a);
    free(a);
    free(b);
    free(folder);
    return name;
}

static void write_remarks(const np_fit *fit, const char *confirmed, FILE *out)
{
    if (!confirmed)
        fputs("# Landmarks not confirmed by anybody: look at the picture, correct what is wrong, check left and right "
              "by a\n"
              "# mole, a scar or a parting (a mirrored scan looks the same).\n",
              out);
    bool any = false;
    for (int k = 0; k < NP_FIT_MARKS; k++) {
        if (fit->guessed[k])
            fprintf(out, "%s%s", any ? ", " : "estimated: [", np_fit_mark_names[k]);
        any = any || fit->guessed[k];
    }
    fputs(any ? "]\n" : "", out);
    for (int k = 0; k < NP_FIT_MARKS; k++) {
        if (fit->guessed[k])
            fprintf(out, "# %s: a guess\n", np_fit_mark_names[k]);
        else
            fprintf(out, "# %s: found, most often within %g mm\n", np_fit_mark_names[k], within_mm[k]);
    }
    fputs(
        "# whorls: where one usually lies, not seen on the scan; put the person's own there, or whorls: [] for none\n",
        out);
    if (fit->reasons[0])
        fprintf(out, "# to check: %s\n", fit->reasons);
    fprintf(out, "# head: length %.0f mm, breadth %.0f mm, tragion to top %.0f mm\n", fit->length_mm, fit->breadth_mm,
            fit->tragion_to_top_mm);
}

static np_status write_description(const np_fit *fit, const char *scan, const char *yaml, const char *confirmed,
                                   np_error *err)
{
    np_scan_description d = {.scan = {.file = mesh_name(scan, yaml), .units = fit->units}};
    np_file_writer writer = {0};
    const np_vec3 *m = fit->marks;
    if (!d.scan.file)
        return np_error_no_memory(err, "a file name");
    d.scan.confirmed = (char *)confirmed; /* borrowed */
    d.scan.landmarks = (np_case_landmarks){.glabella = m[NP_FIT_GLABELLA],
                                           .inion = m[NP_FIT_INION],
                                           .tragion_left = m[NP_FIT_TRAGION_LEFT],
                                           .tragion_right = m[NP_FIT_TRAGION_RIGHT],
                                           .vertex = m[NP_FIT_VERTEX]};
    if (!fit->guessed[NP_FIT_NASION])
        d.scan.landmarks.nasion = m[NP_FIT_NASION];
    if (!fit->guessed[NP_FIT_PRONASALE])
        d.scan.landmarks.pronasale = m[NP_FIT_PRONASALE];
    d.scalp_outline = (np_case_points){(np_vec3 *)fit->outline, NP_FIT_OUTLINE};
    d.scan.whorls = (np_case_points){(np_vec3 *)&fit->whorl, 1};
    np_status status = np_file_writer_open(&writer, yaml, err);
    if (status == NP_OK) {
        write_remarks(fit, confirmed, writer.stream);
        np_scan_description_write(&d, writer.stream);
        status = np_file_writer_commit(&writer, err);
    }
    free(d.scan.file);
    return status;
}

/* ---- what is printed ---- */

static np_status print_json(const np_fit *fit, const char *confirmed, np_error *err)
{
    json_t *marks = json_object();
    for (int k = 0; k < NP_FIT_MARKS; k++) {
        np_vec3 p = fit->marks[k];
        json_t *within = fit->guessed[k] ? json_null() : json_real(within_mm[k]);
        json_object_set_new(
            marks, np_fit_mark_names[k],
            json_pack("{s:[fff],s:b,s:o}", "at", p.x, p.y, p.z, "guessed", fit->guessed[k], "within_mm", within));
    }
    json_t *root = json_pack("{s:s,s:s,s:s,s:b,s:b,s:o,s:f,s:f,s:f,s:o,s:[fff]}", "verdict",
                             fit->verdict == NP_FIT_CONFIRM ? "confirm" : "check", "reasons", fit->reasons, "units",
                             units[fit->units], "units_guessed", fit->units_guessed, "faces_look_inwards", fit->inward,
                             "confirmed", confirmed ? json_string(confirmed) : json_null(), "length_mm", fit->length_mm,
                             "breadth_mm", fit->breadth_mm, "tragion_to_top_mm", fit->tragion_to_top_mm, "landmarks",
                             marks, "usual_whorl", fit->whorl.x, fit->whorl.y, fit->whorl.z);
    return root ? cli_give_json(root, err) : np_error_no_memory(err, "the JSON");
}

static void print_text(const np_fit *fit, const char *yaml, const char *png, const char *confirmed)
{
    fprintf(stderr, "%s: units %s, head %.0f mm long, %.0f mm broad, %.0f mm from tragion to top\n", CLI_PLAIN(yaml),
            units[fit->units], fit->length_mm, fit->breadth_mm, fit->tragion_to_top_mm);
    for (int k = 0; k < NP_FIT_MARKS; k++)
        if (fit->guessed[k])
            fprintf(stderr, "%s is a guess\n", np_fit_mark_names[k]);
    if (fit->reasons[0])
        fprintf(stderr, "to check: %s\n", fit->reasons);
    if (fit->inward)
        fputs("faces look inwards: the scan is inside out, or mirrored; turn its faces before a case uses it\n",
              stderr);
    if (!confirmed)
        fprintf(
            stderr,
            "landmarks not confirmed by anybody: look at %s, and check left and right by a mole, a scar or a parting\n",
            CLI_PLAIN(png));
}

/* A NAME that a case file can hold. */
static np_status check_name(const char *name, np_error *err)
{
    if (!name || (*name && strlen(name) <= 64 && strcmp(name, CLI_PLAIN(name)) == 0))
        return NP_OK;
    return np_error_set(err, NP_ERR_USAGE, "--confirmed: expected a name of 1 to 64 bytes on one line, found '%s'",
                        name);
}

static np_status check_outputs(const char *yaml, const char *png, bool force, np_error *err)
{
    if (strcmp(yaml, png) == 0)
        return np_error_set(err, NP_ERR_USAGE, "--out: expected a YAML file such as head.yaml, found '%s'", yaml);
    np_status status = cli_check_new_file(yaml, force, err);
    return status == NP_OK ? cli_check_new_file(png, force, err) : status;
}

static np_status check_units(const np_fit *fit, const char *scan, np_error *err)
{
    if (fit->units_known)
        return NP_OK;
    return np_error_set(
        err, NP_ERR_GEOMETRY,
        "%s: a head, but its size is that of one in none of mm, cm, m and inch; export the scan in one of "
        "them",
        scan);
}

static np_status run_fit(const np_command_args *args, np_error *err)
{
    const char *scan = args->operands[0], *yaml = np_args_text(args, "out"),
               *confirmed = np_args_text(args, "confirmed");
    np_mesh mesh = {0};
    np_fit fit;
    np_progress progress = cli_progress();
    cli_set_sandbox(args);
    char *png = cli_replace_extension(yaml, ".png");
    np_status status = png ? NP_OK : np_error_no_memory(err, "a file name");
    if (status == NP_OK)
        status = check_name(confirmed, err);
    if (status == NP_OK)
        status = check_outputs(yaml, png, np_args_flag(args, "force"), err);
    if (status == NP_OK)
        status = cli_check_not_read(png, scan, err);
    if (status == NP_OK)
        status = np_fit_file(scan, &progress, &mesh, &fit, err);
    cli_progress_clear();
    if (status == NP_OK)
        status = check_units(&fit, scan, err);
    if (status == NP_OK)
        status = np_fit_picture_write(&mesh, &fit, png, err);
    if (status == NP_OK)
        status = write_description(&fit, scan, yaml, confirmed, err);
    if (status == NP_OK)
        print_text(&fit, yaml, png, confirmed);
    if (status == NP_OK && np_args_flag(args, "json"))
        status = print_json(&fit, confirmed, err);
    np_mesh_fini(&mesh);
    free(png);
    return status;
}

const np_command cli_cmd_scan_fit = {
    .name = "scan fit",
    .summary = "find units, landmarks and scalp of a raw scan, for a person to confirm",
    .operands = "SCAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Finds the head in a scan (OBJ, PLY, STL, glTF or VTK) in any pose and unit: landmarks, the usual border of "
        "hair, the usual place of its whorl, and how sure each is. What was not seen is called a guess; what is no "
        "head, or not surely one, is refused.\n\n"
        "It writes a description that case new --scan takes, and a picture. A person must look at the picture: left "
        "and "
        "right of a mirrored scan cannot be told apart.",
    .options = fit_options,
    .examples = fit_examples,
    .run = run_fit,
};
