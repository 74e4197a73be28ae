/* needlepath head: a head as a file, in the head frame: the parametric one with its description beside it, or a case's scan. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/head_options.h"
#include "cli/plugin_options.h"
#include "head/scan.h"
#include "surface/ply.h"

static const np_option options[] = {
    CLI_HEAD_OPTIONS,
    {.name = "case",
     .kind = NP_OPTION_FILE,
     .value = "CASE.yaml",
     .help = "Instead: the scan of this case, as it was scanned, in mm in the head frame; for needlepath-sim --head."},
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "FILE.ply",
     .required = true,
     .writes = true,
     .help = "The mesh; landmarks and outlines of a made head go to FILE.yaml beside it."},
    CLI_SANDBOX_OPTION,
    {.name = "force", .letter = 'f', .kind = NP_OPTION_FLAG, .help = "Replace files that are there."},
    {0}};

static const np_example examples[] = {
    {"A small female head", "needlepath head --sex f --percentile 5 -o small.ply"},
    {"A case for it", "needlepath case new full-scalp --scan small.yaml -o case.yaml"},
    {"A case's scan, for the simulator's witness", "needlepath head --case case.yaml -o head.ply"},
    {0}};

static np_status write_description(const np_scan_description *description, const char *path, np_error *err)
{
    np_file_writer writer = {0};
    np_status status = np_file_writer_open(&writer, path, err);
    if (status != NP_OK)
        return status;
    np_scan_description_write(description, writer.stream);
    return np_file_writer_commit(&writer, err);
}

/* The scan of a case, unsmoothed, as a file in the head frame. */
static np_status write_scan(const char *case_path, const char *path, bool force, np_error *err)
{
    np_progress progress = cli_progress();
    np_case *c = NULL;
    np_scan *scan = NULL;
    np_mesh mesh = {0};
    np_status status = cli_check_new_file(path, force, err);
    if (status == NP_OK)
        status = np_case_read(case_path, &c, err);
    if (status == NP_OK)
        status = cli_check_not_of_case(path, c, err);
    if (status == NP_OK)
        status = np_scan_create(&c->scan, &progress, &scan, err);
    if (status == NP_OK)
        status = np_scan_unsmoothed(scan, &mesh, err);
    cli_progress_clear();
    if (status == NP_OK)
        status = np_mesh_write_ply(&mesh, path, err);
    if (status == NP_OK)
        fprintf(
            stderr,
            "%s: %zu vertices, %zu triangles, mm in the head frame, as scanned; the smoothed scan, on which dots lie, "
            "is up to %.2f mm away: needlepath-sim --head %s\n",
            CLI_PLAIN(path), mesh.n_vertices, mesh.n_triangles, scan->smoothed_mm, CLI_PLAIN(path));
    np_mesh_fini(&mesh);
    np_scan_destroy(scan);
    np_case_destroy(c);
    return status;
}

static np_status run(const np_command_args *args, np_error *err)
{
    cli_set_sandbox(args);
    if (np_args_text(args, "case") && CLI_HEAD_REFUSE(args, err) != NP_OK)
        return NP_ERR_USAGE;
    if (np_args_text(args, "case"))
        return write_scan(np_args_text(args, "case"), np_args_text(args, "out"), np_args_flag(args, "force"), err);
    np_mesh mesh = {0};
    np_scan_description description = {0};
    const char *path = np_args_text(args, "out");
    bool force = np_args_flag(args, "force");
    char *yaml = cli_replace_extension(path, ".yaml");
    np_status status = yaml ? NP_OK : np_error_no_memory(err, "a file name");
    if (status == NP_OK && strcmp(yaml, path) == 0)
        status = np_error_set(err, NP_ERR_USAGE, "--out: expected a mesh file such as head.ply, found '%s'", path);
    if (status == NP_OK)
        status = cli_check_new_file(path, force, err);
    if (status == NP_OK)
        status = cli_check_new_file(yaml, force, err);
    if (status == NP_OK)
        status = cli_head_create(args, &mesh, &description, err);
    if (status != NP_OK)
        goto done;
    /* the description names the mesh beside it */
    const char *base = strrchr(path, '/');
    free(description.scan.file);
    description.scan.file = strdup(base ? base + 1 : path);
    if (!description.scan.file)
        status = np_error_no_memory(err, "a file name");
    if (status == NP_OK)
        status = np_mesh_write_ply(&mesh, path, err);
    if (status == NP_OK)
        status = write_description(&description, yaml, err);
    if (status == NP_OK)
        fprintf(stderr, "%s: %zu vertices, %zu triangles, mm in the head frame\n%s: landmarks, whorl, outlines\n",
                CLI_PLAIN(path), mesh.n_vertices, mesh.n_triangles, CLI_PLAIN(yaml));
done:
    np_mesh_fini(&mesh);
    np_scan_description_fini(&description);
    free(yaml);
    return status;
}

const np_command cli_cmd_head = {
    .name = "head",
    .summary = "make a parametric head with landmarks, or a case's scan in the head frame",
    .operands = "",
    .description =
        "Makes a head mesh of the given sex and percentile from the ANSUR II body survey, for trials and tests "
        "where there is no scan. It is the head that a case uses when it names no scan. With --case it writes the scan "
        "of a "
        "case instead.",
    .options = options,
    .examples = examples,
    .run = run,
};
