/* needlepath report, export. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "report/report.h"
#include "report/robot.h"

static const np_option report_options[] = {
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "DIR",
     .required = true,
     .help = "Folder for report.html and the pictures; made if it is not there."},
    {.name = "case-dir",
     .kind = NP_OPTION_FILE,
     .value = "DIR",
     .help = "The case file's folder, from which its scan is found. Default: the plan's folder."},
    {0}};

static const np_example report_examples[] = {
    {"Pictures and figures", "needlepath report head.needleplan -o report && xdg-open report/report.html"}, {0}};

/* The folder of PATH, in a new string. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static np_status run_report(const np_command_args *args, np_error *err)
{
    np_plan *plan = NULL;
    np_progress progress = cli_progress();
    const char *given = np_args_text(args, "case-dir");
    const char *out = np_args_text(args, "out");
    char *folder = given ? strdup(given) : folder_of(args->operands[0]);
    np_status status = folder ? NP_OK : np_error_no_memory(err, "a file name");
    if (status == NP_OK)
        status = np_plan_read(args->operands[0], &plan, err);
    if (status == NP_OK)
        status = np_report_write(plan, folder, out, &progress, err);
    cli_progress_clear();
    if (status == NP_OK)
        fprintf(stderr, "%s/report.html is ready\n", out);
    np_plan_destroy(plan);
    free(folder);
    return status;
}

const np_command cli_cmd_report = {
    .name = "report",
    .summary = "make pictures and an HTML report of a plan",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Draws the dots from the front, back, left, right and top, maps of density and depth and a histogram of "
        "spacing, and writes one self-contained report.html with the figures.",
    .options = report_options,
    .examples = report_examples,
    .run = run_report,
};

static const np_option export_options[] = {
    {.name = "format",
     .kind = NP_OPTION_CHOICE,
     .value = "csv|json|ply|xyz|record|gcode|urscript",
     .fallback = "csv",
     .help = "What to write. record is what was made so far. gcode and urscript are programs for offline use, without "
             "a journal."},
    {.name = "session",
     .letter = 's',
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .min = 0,
     .max = NP_CASE_MAX_SESSIONS,
     .help = "One session alone; 0 for all (not for gcode and urscript)."},
    {.name = "fiducials",
     .kind = NP_OPTION_FILE,
     .value = "FIDUCIALS.yaml",
     .help = "gcode, urscript: where the head is, as `needlepath register` checks it."},
    {.name = "lift",
     .kind = NP_OPTION_NUMBER,
     .value = "MM",
     .fallback = "5",
     .min = 1,
     .max = 100,
     .help = "gcode, urscript: height above the skin between dots."},
    {.name = "plunge",
     .kind = NP_OPTION_NUMBER,
     .value = "MM/S",
     .fallback = "20",
     .min = 0.5,
     .max = 100,
     .help = "gcode, urscript: speed down into the skin and back up."},
    {.name = "out", .letter = 'o', .kind = NP_OPTION_FILE, .value = "FILE", .help = "Default: standard output."},
    {.name = "force", .letter = 'f', .kind = NP_OPTION_FLAG, .help = "Replace a file that is there."},
    {0}};

static const np_example export_examples[] = {
    {"All dots as a table", "needlepath export head.needleplan --format csv -o dots.csv"},
    {"What was made in session 1, with which needles and pigment",
     "needlepath export head.needleplan --format record --session 1 -o made.csv"},
    {"Session 1 as a point cloud", "needlepath export head.needleplan --format ply --session 1 -o dots.ply"},
    {0}};

static np_export_format format_of(const char *name)
{
    static const char *const names[] = {"csv", "json", "ply", "xyz"};
    static const np_export_format formats[] = {NP_EXPORT_CSV, NP_EXPORT_JSON, NP_EXPORT_PLY, NP_EXPORT_XYZ};
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0)
            return formats[i];
    return formats[3];
}

/* The programs for machines want a registration and one session. */
static np_status write_robot(const np_command_args *args, const np_plan *plan, np_robot_format format, FILE *out,
                             np_error *err)
{
    const char *path = np_args_text(args, "fiducials");
    if (!path)
        return np_error_set(err, NP_ERR_USAGE, "--fiducials FILE is missing: the program is in the machine's frame");
    np_registration registration;
    np_status status = np_registration_read(path, &registration, err);
    if (status == NP_OK)
        status = np_export_robot(plan, format, np_args_integer(args, "session"), &registration,
                                 np_args_number(args, "lift"), np_args_number(args, "plunge"), out, err);
    return status;
}

static np_status write_export(const np_command_args *args, const np_plan *plan, FILE *out, np_error *err)
{
    const char *format = np_args_text(args, "format");
    if (strcmp(format, "gcode") == 0)
        return write_robot(args, plan, NP_ROBOT_GCODE, out, err);
    if (strcmp(format, "urscript") == 0)
        return write_robot(args, plan, NP_ROBOT_URSCRIPT, out, err);
    if (strcmp(format, "record") == 0)
        return np_export_record(args->operands[0], plan, np_args_integer(args, "session"), out, err);
    return np_export(plan, format_of(format), np_args_integer(args, "session"), out, err);
}

static np_status run_export(const np_command_args *args, np_error *err)
{
    np_plan *plan = NULL;
    np_file_writer writer = {0};
    const char *path = np_args_text(args, "out");
    np_status status = path ? cli_check_new_file(path, np_args_flag(args, "force"), err) : NP_OK;
    if (status == NP_OK)
        status = np_plan_read(args->operands[0], &plan, err);
    if (status == NP_OK && path)
        status = np_file_writer_open(&writer, path, err);
    if (status == NP_OK)
        status = write_export(args, plan, path ? writer.stream : stdout, err);
    if (status == NP_ERR_IO && path)
        np_error_prefix(err, status, "%s", path);
    if (status == NP_OK)
        status = path ? np_file_writer_commit(&writer, err) : cli_check_stdout(err);
    np_file_writer_discard(&writer);
    np_plan_destroy(plan);
    return status;
}

const np_command cli_cmd_export = {
    .name = "export",
    .summary = "write the dots as CSV, JSON, PLY, XYZ, G-code or URScript, or what was made of them",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Writes one dot a line in tour order, session by session, in the head frame in mm. The CSV columns are "
        "id,session,order,x,y,z,nx,ny,nz,ax,ay,az,depth_mm,tilt_deg,tone,dwell_ms,layer,density_per_cm2,pin, "
        "where n is the outward surface normal and a the needle axis into the skin.\n\n"
        "record has one line for each dot that has an outcome: run,session,order,id,outcome,time,planned_depth_mm,"
        "depth_mm,force_n,cartridge,pigment. outcome is done, too_deep, skipped, no_contact or in_doubt; depth and "
        "force "
        "are as the executor measured them; a lot that nobody named anew is the one before.\n\n"
        "gcode (gantries) and urscript (Universal Robots) are programs for offline use in the machine's frame: "
        "nothing checks the approval, records what was done or stops on silence. Their headers say so.",
    .options = export_options,
    .examples = export_examples,
    .run = run_export,
};
