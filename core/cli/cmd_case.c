/* needlepath case new, case check. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "case/advice.h"
#include "case/description.h"
#include "case/template.h"
#include "cli/case_person.h"
#include "cli/cli.h"
#include "cli/head_options.h"
#include "cli/plugin_options.h"
#include "field/painter.h"
#include "plan/made.h"

static const np_option new_options[] = {
    {.name = "scan",
     .kind = NP_OPTION_FILE,
     .value = "SCAN.yaml",
     .help = "Description of a scan: mesh file, landmarks, outlines. Without it the case uses the built-in head."},
    CLI_HEAD_OPTIONS,
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "CASE.yaml",
     .required = true,
     .writes = true,
     .help = "The case file."},
    {.name = "force", .letter = 'f', .kind = NP_OPTION_FLAG, .help = "Replace a file that is there."},
    CLI_SANDBOX_OPTION,
    {0}};

static const np_example new_examples[] = {
    {"A first case, on the built-in head", "needlepath case new full-scalp -o case.yaml"},
    {"A scar on a scan", "needlepath case new fut-scar --scan ict_head.yaml -o scar.yaml"},
    {0}};

/* A case may lie elsewhere than the description: its path to the mesh is written absolute then. */
static np_status make_description(const np_command_args *args, np_scan_description *out, np_error *err)
{
    const char *path = np_args_text(args, "scan");
    if (path) {
        np_status status = CLI_HEAD_REFUSE(args, err);
        if (status == NP_OK)
            status = np_scan_description_read(path, out, err);
        if (status != NP_OK || !out->scan.file)
            return status;
        char *absolute = realpath(out->scan.file, NULL);
        if (!absolute)
            return np_error_set(err, NP_ERR_IO, "%s: its mesh file %s cannot be found", path, out->scan.file);
        free(out->scan.file);
        out->scan.file = absolute;
        return NP_OK;
    }
    np_mesh mesh = {0};
    np_status status = cli_head_create(args, &mesh, out, err);
    np_mesh_fini(&mesh);
    return status;
}

static np_status run_new(const np_command_args *args, np_error *err)
{
    np_scan_description description = {0};
    np_file_writer writer = {0};
    const char *path = np_args_text(args, "out");
    cli_set_sandbox(args);
    np_status status = cli_check_new_file(path, np_args_flag(args, "force"), err);
    if (status == NP_OK)
        status = make_description(args, &description, err);
    if (status == NP_OK)
        status = cli_check_not_read(path, description.scan.file, err);
    if (status == NP_OK)
        status = np_file_writer_open(&writer, path, err);
    if (status == NP_OK)
        status = np_case_template_write(args->operands[0], &description, writer.stream, err);
    if (status == NP_OK)
        status = np_file_writer_commit(&writer, err);
    if (status == NP_OK)
        fprintf(stderr, "%s is ready to edit; next: needlepath plan %s -o %s\n", CLI_PLAIN(path), CLI_PLAIN(path),
                "PLAN.needleplan");
    np_file_writer_discard(&writer);
    np_scan_description_fini(&description);
    return status;
}

const np_command cli_cmd_case_new = {
    .name = "case new",
    .summary = "write a commented case file from a template",
    .operands = "full-scalp|fade|hairline|diffuse|crown|womens-diffuse|double-crown|fut-scar|fue-scars|facelift|post-"
                "transplant|touch-up",
    .min_operands = 1,
    .max_operands = 1,
    .description = "Writes a case file with every setting explained: the scan, regions, layers with their strategies, "
                   "sessions, limits and the arm. Edit it, check it, plan it.",
    .options = new_options,
    .examples = new_examples,
    .run = run_new,
};

static const np_option check_options[] = {CLI_SANDBOX_OPTION, CLI_JSON_OPTION("Print the findings as JSON."), {0}};

static const np_example check_examples[] = {{"Is it all right?", "needlepath case check case.yaml"}, {0}};

/* Goes as far as planning does before any dot is placed: the scan, the regions, the plugins and their parameters. */
static np_status check(const np_command_args *args, np_case **out_case, np_scan **out_scan, np_painter **out_painter,
                       np_error *err)
{
    np_progress progress = cli_progress_in_time(args, np_args_flag(args, "json"));
    np_status status = np_case_read(args->operands[0], out_case, err);
    if (status == NP_OK)
        status = np_scan_create(&(*out_case)->scan, &progress, out_scan, err);
    if (status == NP_OK)
        status = np_painter_create(*out_case, *out_scan, &progress, out_painter, err);
    if (status == NP_OK)
        status = np_painter_check_history(*out_painter, err);
    if (status == NP_OK && (*out_case)->made_plan &&
        (status = np_made_check_unlocked((*out_case)->made_plan, err)) != NP_OK)
        return np_error_prefix(err, status, "%s: made.plan", (*out_case)->path);
    if (status == NP_OK)
        status = cli_check_person(*out_case, err);
    return status;
}

static np_status print_check(const np_command_args *args, const np_case *c, const np_scan *scan,
                             const np_painter *painter, np_error *err)
{
    size_t n_pins, n_existing = c->existing.n;
    char held[NP_CASE_HELD_BYTES], mended[NP_SCAN_MENDED_BYTES];
    np_scan_mended(scan, mended);
    np_painter_pins(painter, &n_pins);
    if (!np_args_flag(args, "json")) {
        cli_print_notes(mended, stderr);
        printf("%s is in order: %zu triangles, %u layers, %zu pins, %zu existing follicles, %u sessions\n",
               CLI_PLAIN(c->path), scan->surface.mesh.n_triangles, c->n_layers, n_pins, n_existing, c->n_sessions);
        for (unsigned i = 0; i < c->n_layers; i++)
            printf("  layer %-20s %s\n", CLI_PLAIN(c->layers[i].name),
                   CLI_PLAIN(np_painter_strategy_version(painter, i)));
        unsigned n_held = np_case_held_depths(c, held);
        if (n_held)
            printf("  depth in the skin, mm: %u of the zones are held at a limit: %s\n", n_held, held);
        cli_print_person(c);
        return cli_check_stdout(err);
    }
    json_t *layers = json_array();
    for (unsigned i = 0; i < c->n_layers; i++)
        json_array_append_new(layers, json_pack("{s:s, s:s}", "name", c->layers[i].name, "strategy",
                                                np_painter_strategy_version(painter, i)));
    json_t *notes = cli_lines_json(mended), *of_layers = cli_lines_json(np_painter_notes(painter));
    json_array_extend(notes, of_layers);
    json_decref(of_layers);
    return cli_give_json(json_pack("{s:s, s:b, s:[], s:o, s:I, s:o, s:I, s:I, s:i, s:o}", "case", CLI_PLAIN(c->path),
                                   "ok", 1, "findings", "notes", notes, "triangles",
                                   (json_int_t)scan->surface.mesh.n_triangles, "layers", layers, "pins",
                                   (json_int_t)n_pins, "existing", (json_int_t)n_existing, "sessions",
                                   (int)c->n_sessions, "person", cli_person_json(c)),
                         err);
}

/* The first thing that is wrong ends the check: there is one finding, or none. */
static void give_finding(const char *path, const np_painter *painter, const char *finding)
{
    (void)cli_give_json(json_pack("{s:s, s:b, s:[s], s:o}", "case", CLI_PLAIN(path), "ok", 0, "findings", finding,
                                  "notes", painter ? cli_lines_json(np_painter_notes(painter)) : json_array()),
                        NULL);
}

static np_status run_check(const np_command_args *args, np_error *err)
{
    np_case *c = NULL;
    np_scan *scan = NULL;
    np_painter *painter = NULL;
    cli_set_sandbox(args);
    np_status status = check(args, &c, &scan, &painter, err);
    cli_progress_clear();
    if (painter)
        cli_print_notes(np_painter_notes(painter), stderr);
    if (status == NP_OK)
        status = print_check(args, c, scan, painter, err);
    else if (np_args_flag(args, "json"))
        give_finding(args->operands[0], painter, err->text);
    np_painter_destroy(painter);
    np_scan_destroy(scan);
    np_case_destroy(c);
    return status;
}

const np_command cli_cmd_case_check = {
    .name = "case check",
    .summary = "check a case file, its scan and its plugins",
    .operands = "CASE.yaml",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Reads the case, loads the scan, draws the regions and asks the strategies, without placing dots. The "
        "first thing that is wrong is printed with file, line and what to do; with --json it stands in \"findings\", "
        "and \"ok\" is false. Then it says how the case serves the reasons that it gives for the person (person: "
        "{reasons: [scars]}), and what "
        "blocks, delays or asks, with section of docs/domain.md and how sure that is; what blocks is an error.",
    .options = check_options,
    .examples = check_examples,
    .run = run_check,
};
