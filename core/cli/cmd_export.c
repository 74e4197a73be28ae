/* needlepath export: the dots of a plan in a format of report/export.h, or as a program for a machine. */
#include "base/angle.h"
#include "base/file.h"
#include "base/plain.h"
#include "cli/cli.h"
#include "cli/gantry_options.h"
#include "report/export.h"
#include "robot/ur.h"
#include "stream/leave.h"

static const np_option export_options[] = {
    {.name = "format",
     .kind = NP_OPTION_CHOICE,
     .value = NP_EXPORTER_CHOICES,
     .fallback = "csv",
     .help = "What to write:" NP_EXPORTER_HELP},
    {.name = "session",
     .letter = 's',
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .min = 0,
     .max = NP_CASE_MAX_SESSIONS,
     .help = "One session alone; 0 for all (not for programs)."},
    {.name = "fiducials",
     .kind = NP_OPTION_FILE,
     .value = "FIDUCIALS.yaml",
     .help = "Of programs: where the head is, as `needlepath register` checks it."},
    {.name = "piece",
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .min = 0,
     .max = 1000,
     .help =
         "Of urscript: a session of more than 1024 dots comes in pieces that a controller loads; each begins and ends "
         "at home."},
    {.name = "robot",
     .kind = NP_OPTION_CHOICE,
     .value = "any|ur5e|ur10e",
     .fallback = "any",
     .help = "Of urscript: the arm, whose base frame the fiducials are in. The tool is then turned about its needle so "
             "that "
             "no joint turns more than 20 degrees between near dots where that can be, and a way that the arm cannot "
             "follow is refused; of any arm nothing is known."},
    {.name = "mount",
     .kind = NP_OPTION_NUMBER,
     .value = "DEG",
     .fallback = "0",
     .min = 0,
     .max = 90,
     .help =
         "Of urscript: the angle between the needle's axis and the flange's; the needle leans towards the flange's -x. "
         "Straight in the flange's axis, turning the tool about its needle helps no joint but the last."},
    CLI_GANTRY_OPTIONS("Of gcode", "Of programs"),
    {.name = "early",
     .kind = NP_OPTION_TEXT,
     .value = "REASON",
     .help =
         "Of programs: write it though the session before has dots left, or before its day, or after a later one was "
         "begun, as of `run`. The reason stands in the program."},
    {.name = "unapproved",
     .kind = NP_OPTION_TEXT,
     .value = "REASON",
     .help =
         "Of programs: write it though the plan is not approved for any executor, for a trial without a person. The "
         "reason stands in the program."},
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "FILE",
     .writes = true,
     .help = "Default: standard output."},
    {.name = "force", .letter = 'f', .kind = NP_OPTION_FLAG, .help = "Replace a file that is there."},
    {0}};

static const np_example export_examples[] = {
    {"All dots as a table", "needlepath export head.needleplan --format csv -o dots.csv"},
    {"What was made in session 1, with which needles and pigment",
     "needlepath export head.needleplan --format record --session 1 -o made.csv"},
    {"Session 1 as a point cloud", "needlepath export head.needleplan --format ply --session 1 -o dots.ply"},
    {0}};

/* An option that the form does not use would be thought to have done something. */
static np_status check_used(const np_command_args *args, const np_exporter *exporter, np_error *err)
{
    static const char *const names[] = {"fiducials", "piece",  "robot", "mount",     "gantry-tilt",
                                        "lift",      "plunge", "early", "unapproved"};
    char users[120] = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (np_args_count(args, names[i]) == 0 || np_exporter_uses(exporter, names[i]))
            continue;
        np_exporter_list_users(names[i], users, sizeof users);
        return np_error_set(err, NP_ERR_USAGE, "--%s: --format %s does not use it; it goes with --format %s", names[i],
                            np_args_text(args, "format"), users);
    }
    return NP_OK;
}

/* What is said of the plan as a program of it is written: to the person, and in the program's header. */
typedef struct leave {
    char lines[1200];
    size_t used;
} leave;

static void note_leave(void *context, const char *text)
{
    leave *l = context;
    char plain[500];
    np_plain_copy(text, plain, sizeof plain);
    fprintf(stderr, "needlepath export: %s\n", plain);
    int n = snprintf(l->lines + l->used, sizeof l->lines - l->used, "%s\n", plain);
    l->used = n > 0 && (size_t)n < sizeof l->lines - l->used ? l->used + (size_t)n : sizeof l->lines - 1;
}

/* Nobody asks again when a program is run, so that all is asked now that a run asks. */
static np_status check_leave(const np_command_args *args, const np_plan *plan, leave *l, np_error *err)
{
    const np_run_options o = {.plan_path = args->operands[0],
                              .session = np_args_integer(args, "session"),
                              .early = np_args_text(args, "early"),
                              .log = note_leave,
                              .report_context = l};
    if (o.session < 1 || (size_t)o.session > plan->n_sessions)
        return NP_OK; /* np_export says what is wrong with it */
    np_status status = cli_check_reason(args, "early", err);
    if (status == NP_OK)
        status = cli_check_reason(args, "unapproved", err);
    if (status == NP_OK)
        status = np_leave_check(plan, &o, np_args_text(args, "unapproved"), err);
    return status;
}

static np_status write_export(const np_command_args *args, const np_plan *plan, FILE *out, np_error *err)
{
    const char *fiducials = np_args_text(args, "fiducials");
    char turned[400] = "";
    leave asked = {.used = 0};
    np_registration registration;
    np_export_request request = {.plan = plan,
                                 .path = args->operands[0],
                                 .session = np_args_integer(args, "session"),
                                 .piece = np_args_integer(args, "piece"),
                                 .lift_mm = np_args_number(args, "lift"),
                                 .tilt_max_deg = np_args_number(args, "gantry-tilt"),
                                 .robot = np_ur_find(np_args_text(args, "robot")),
                                 .mount_rad = np_angle_rad(np_args_number(args, "mount")),
                                 .note = turned,
                                 .note_size = sizeof turned,
                                 .plunge_mm_s = np_args_number(args, "plunge")};
    const np_exporter *exporter = np_exporter_find(np_args_text(args, "format"));
    np_status status = NP_OK;
    if (exporter->for_machine && fiducials) {
        char lies[NP_REGISTRATION_TEXT_BYTES];
        request.registration = &registration;
        status = np_registration_read(fiducials, &registration, err);
        if (status == NP_OK)
            status = check_leave(args, plan, &asked, err);
        if (status == NP_OK) {
            np_registration_say(&registration, lies);
            fprintf(stderr, "%s\n", lies);
        }
    }
    request.leave = asked.lines;
    status = status == NP_OK ? np_export(exporter, &request, out, err) : status;
    if (turned[0])
        fprintf(stderr,
                "on the way from the dot beside it a joint turns by more than 20 degrees, which the program says where "
                "it is: dots %s\n",
                turned);
    return status;
}

static np_status run_export(const np_command_args *args, np_error *err)
{
    np_plan *plan = NULL;
    np_file_writer writer = {0};
    const char *path = np_args_text(args, "out");
    np_status status = check_used(args, np_exporter_find(np_args_text(args, "format")), err);
    if (status == NP_OK && np_args_flag(args, "force") && !path)
        status = np_error_set(err, NP_ERR_USAGE, "--force goes with --out: nothing is replaced on standard output");
    if (status == NP_OK && path)
        status = cli_check_new_file(path, np_args_flag(args, "force"), err);
    if (status == NP_OK)
        status = np_plan_read(args->operands[0], &plan, err);
    if (status == NP_OK && path)
        status = np_file_writer_open(&writer, path, err);
    np_error whole = {0};
    if (status == NP_OK)
        status = write_export(args, plan, path ? writer.stream : stdout, err);
    np_status written = status == NP_OK || status == NP_ERR_INCOMPLETE
                            ? path ? np_file_writer_commit(&writer, &whole) : cli_check_stdout(&whole)
                            : NP_OK;
    if (written != NP_OK)
        status = np_error_pass(err, &whole);
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
        "depth_mm,force_n,cartridge,pigment,learnt. outcome is done, too_deep, skipped, no_contact or in_doubt; depth "
        "and "
        "force "
        "are as the executor measured them; a lot that nobody named anew is the one before; learnt is 1 where the dot "
        "was heard of later, so that time is not "
        "that of its making, and run is empty where the file does not know it.\n\n"
        "gcode (gantries) and urscript (Universal Robots) are programs for offline use in the machine's frame: "
        "nothing records what was done or stops on silence, and nobody asks again: when they are written the plan must "
        "be approved for any executor, and the session due, as for `run`. Their headers say so. gcode leaves "
        "out "
        "the dots that a vertical needle cannot make as the head lies: they are named, and the status is 6.",
    .options = export_options,
    .examples = export_examples,
    .run = run_export,
};
