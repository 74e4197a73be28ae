/* needlepath run, air: stream a session to an executor, or rehearse it above the skin. */
#include <string.h>
#include <unistd.h>

#include "base/realtime.h"
#include "base/signals.h"
#include "cli/cli.h"
#include "cli/gantry_options.h"
#include "cli/link_options.h"
#include "cli/plugin_options.h"
#include "link/kinds.h"
#include "link/link.h"
#include "stream/register.h"
#include "stream/stream.h"

static const np_option options[] = {
    CLI_SESSION_OPTION,
    {.name = "to",
     .letter = 't',
     .kind = NP_OPTION_TEXT,
     .value = "TARGET",
     .required = true,
     .help = "The executor." NP_LINK_CONNECT_HELP},
    CLI_LINK_OPTIONS,
    {.name = "fiducials",
     .letter = 'f',
     .kind = NP_OPTION_FILE,
     .value = "FIDUCIALS.yaml",
     .help = "Where the head is, from points measured on it and by the arm (see `needlepath register`). Default: where "
             "it was "
             "in the session's run before."},
    {.name = "head-is-arm-frame",
     .kind = NP_OPTION_FLAG,
     .help =
         "Instead of --fiducials: the head lies where its frame is the arm's (in the simulator, or in a head rest that "
         "was measured once)."},
    {.name = "moved",
     .kind = NP_OPTION_FLAG,
     .help = "The head was moved since the session's run before, and --fiducials are measured anew. Without it another "
             "place is refused; with it the difference is told, kept on record, and confirmed by a person at the "
             "executor."},
    {.name = "only-reachable",
     .kind = NP_OPTION_FLAG,
     .help =
         "Make the dots that the arm reaches, though others are out of its reach: these, and those behind them on the "
         "way (in each 64 of the tour all from the first on), are left, not done, to be made from another place. Ends "
         "with status 6."},
    {.name = "early",
     .kind = NP_OPTION_TEXT,
     .value = "REASON",
     .help =
         "Make the session though the one before has dots left, or before its day, or after a later one was begun. The "
         "reason stays on record in the plan."},
    CLI_OTHER_EXECUTOR_OPTION,
    {.name = "cartridge",
     .kind = NP_OPTION_TEXT,
     .value = "LOT",
     .help = "Lot of the needle that is in the arm as the run begins, for the record; not taken, and said, if it was "
             "confirmed at the executor as another. Later changes are named there."},
    {.name = "pigment", .kind = NP_OPTION_TEXT, .value = "LOT", .help = "Lot of the pigment, likewise."},
    {.name = "needle-life",
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .min = 0,
     .max = NP_WIRE_MAX_DOTS,
     .help = "Dots that a needle may make: the executor wants one put in for this session, and another after so many. "
             "0: as the "
             "executor has it."},
    NP_REALTIME_OPTIONS,
    CLI_JSON_OPTION("Print the outcome as JSON."),
    {.name = "accept-no-pedal",
     .kind = NP_OPTION_FLAG,
     .help = "grbl: has no pedal, no lease and no measured depth; needed to move at all. docs/safety.md says what the "
             "machine "
             "must have instead."},
    {.name = "accept-no-limits", .kind = NP_OPTION_FLAG, .help = "grbl: move though homing or soft limits are off."},
    {.name = "home",
     .kind = NP_OPTION_FLAG,
     .help = "grbl: run the homing cycle first. Keep the head out of the machine."},
    CLI_GANTRY_OPTIONS("grbl", "grbl"),
    {.name = "travel",
     .kind = NP_OPTION_NUMBER,
     .value = "MM/S",
     .fallback = "50",
     .min = 0.5,
     .max = 100,
     .help = "grbl: speed between dots."},
    {.name = "silence",
     .kind = NP_OPTION_NUMBER,
     .value = "MS",
     .fallback = "200",
     .min = 100,
     .max = 5000,
     .help = "grbl: hold when no status report came for so long."},
    CLI_STATE_OPTION,
    {.name = "take-ledger",
     .kind = NP_OPTION_FLAG,
     .help = "grbl: the plan is an older copy, and none newer is left: it learns from this machine's ledger which dots "
             "were made, here or under another name of the port."},
    {.name = "ledger-lost",
     .kind = NP_OPTION_FLAG,
     .help =
         "grbl: this machine's ledger was lost, or another machine drove, and the plan is the newest copy there is: "
         "the ledger learns its dots from it."},
    CLI_SANDBOX_OPTION,
    {0}};

static const np_example examples[] = {
    {"To the simulator",
     "needlepath run head.needleplan --session 1 --to zmq:tcp://127.0.0.1:5555 --head-is-arm-frame"},
    {"The same board under whatever name, also after a reconnect",
     "needlepath run head.needleplan --session 1 --to serial:usb:2341:0043:75735303:115200 --fiducials fiducials.yaml"},
    {"Over a serial line, the head where the fiducials say",
     "needlepath run head.needleplan --session 1 --to serial:/dev/ttyUSB0:115200 --fiducials fiducials.yaml"},
    {"Over a network, encrypted, the executor known by its key",
     "needlepath run head.needleplan --session 1 --to zmq:tcp://arm:5555 --curve-key lab.curve --server-key "
     "arm.curve.pub"},
    {"On a gantry with grbl, homed, with an emergency stop and a nose cone of its own",
     "needlepath run head.needleplan --session 1 --to grbl:/dev/ttyUSB0 --fiducials fiducials.yaml --accept-no-pedal"},
    {0}};

static void draw(void *context, const np_run_state *s)
{
    (void)context;
    enum { WIDTH = 30 };
    if (np_standard_streams_are_cut()) /* as when the terminal is closed: nobody looks on */
        cli_interrupted = 1;
    char line[200], bar[WIDTH + 1], left[32];
    size_t full = s->total ? (size_t)s->done * WIDTH / s->total : 0;
    memset(bar, '#', full);
    memset(bar + full, '.', WIDTH - full);
    bar[WIDTH] = '\0';
    cli_duration(s->seconds_left, left, sizeof left);
    snprintf(line, sizeof line, "%-10s [%s] %u/%u dots, %.1f/s, %s left%s", s->phase, bar, s->done, s->total,
             s->dots_per_s, left, s->in_doubt || s->failed ? " (some in doubt or failed)" : "");
    cli_status_line(line);
}

static void note(void *context, const char *text)
{
    cli_progress_clear();
    fprintf(stderr, "needlepath %s: %s\n", (const char *)context, CLI_PLAIN(text));
}

/* Nobody was there, or it was refused: what the plan knows is no outcome of this run. */
static np_status print_unasked(const np_run_state *s, bool air, np_error *err)
{
    if (air)
        printf("no dot was asked for\n");
    else
        printf("no dot was asked for; by the plan %u of %u are done, %u in doubt, %u failed\n", s->done, s->total,
               s->in_doubt, s->failed);
    return cli_check_stdout(err);
}

static np_status print_outcome(const np_run_state *s, np_status outcome, bool air, bool as_json, np_error *err)
{
    if (as_json)
        return cli_give_json(json_pack("{s:s, s:b, s:I, s:I, s:I, s:I, s:I}", "outcome", np_status_name(outcome),
                                       "asked_for", s->asked_for, "dots", (json_int_t)s->total, "done",
                                       (json_int_t)s->done, "in_doubt", (json_int_t)s->in_doubt, "failed",
                                       (json_int_t)s->failed, "left", (json_int_t)s->left),
                             err);
    if (!s->asked_for)
        return print_unasked(s, air, err);
    if (air)
        printf("%u of %u dots rehearsed, %u could not be reached", s->done, s->total, s->failed);
    else
        printf("%u of %u dots done, %u in doubt, %u failed", s->done, s->total, s->in_doubt, s->failed);
    printf(s->left ? ", %u left out\n" : "\n", s->left);
    return cli_check_stdout(err);
}

/* The options of a gantry mean nothing at other executors, and theirs nothing at a gantry: refused, as they would be thought to have
 * done something. */
static np_status check_kind(const np_command_args *args, bool air, np_error *err)
{
    static const char *const of_gantry[] = {"accept-no-pedal", "accept-no-limits", "home", "take-ledger",
                                            "ledger-lost",     "gantry-tilt",      "lift", "plunge",
                                            "travel",          "silence",          "state"};
    static const char *const of_frames[] = {"link-key", "curve-key", "server-key"};
    static const char *const of_ledger[] = {"take-ledger", "ledger-lost", "state"};
    if (!np_link_is_text(np_args_text(args, "to")))
        return CLI_REFUSE(args, of_gantry, "goes with --to grbl:DEVICE only", err);
    if (np_args_flag(args, "only-reachable"))
        return np_error_set(err, NP_ERR_USAGE, "--only-reachable: a gantry is not asked what it reaches");
    np_status status = CLI_REFUSE(args, of_frames, "is no option of a gantry: G-code has no keys", err);
    if (status == NP_OK && air)
        status =
            CLI_REFUSE(args, of_ledger, "is no option of a rehearsal: it makes nothing, and looks into no ledger", err);
    return status;
}

static np_status read_gantry(const np_command_args *args, bool air, np_run_gantry *out, np_error *err)
{
    *out = (np_run_gantry){
        .accept_no_pedal = np_args_flag(args, "accept-no-pedal"),
        .accept_no_limits = np_args_flag(args, "accept-no-limits"),
        .home = np_args_flag(args, "home"),
        .tilt_max_deg = np_args_number(args, "gantry-tilt"),
        .lift_mm = np_args_number(args, "lift"),
        .plunge_mm_s = np_args_number(args, "plunge"),
        .travel_mm_s = np_args_number(args, "travel"),
        .silence_s = np_args_number(args, "silence") / 1000,
    };
    return check_kind(args, air, err);
}

/* A lot that is given must be one that a record can bear. */
static np_status check_lot(const np_command_args *args, const char *option, bool air, np_error *err)
{
    const char *lot = np_args_text(args, option);
    if (lot && air)
        return np_error_set(err, NP_ERR_USAGE, "--%s: a rehearsal uses up nothing and records nothing", option);
    if (lot && (!lot[0] || !np_wire_lot_is_valid(lot)))
        return np_error_set(err, NP_ERR_USAGE,
                            "--%s: expected a lot: UTF-8 of 1 to %d bytes without control characters", option,
                            NP_WIRE_LOT_BYTES - 1);
    return NP_OK;
}

/* A reason that somebody can read later. */
static np_status check_reason(const np_command_args *args, const char *option, bool air, np_error *err)
{
    if (np_args_text(args, option) && air)
        return np_error_set(err, NP_ERR_USAGE,
                            "--%s: a rehearsal makes nothing, and may be made on any day, at any executor", option);
    return cli_check_reason(args, option, err);
}

/* What goes on record must be fit for it. */
static np_status check_texts(const np_command_args *args, bool air, np_error *err)
{
    np_status status = check_lot(args, "cartridge", air, err);
    if (status == NP_OK)
        status = check_lot(args, "pigment", air, err);
    if (status == NP_OK)
        status = check_reason(args, "early", air, err);
    return status == NP_OK ? check_reason(args, "other-executor", air, err) : status;
}

/* What can be told before anything is read. */
static np_status check_options(const np_command_args *args, bool air, np_error *err)
{
    if (np_args_integer(args, "cpu") != NP_REALTIME_ANY_CPU && !np_args_flag(args, "realtime"))
        return np_error_set(err, NP_ERR_USAGE, "--cpu goes with --realtime");
    if (np_args_text(args, "other-executor") && np_args_flag(args, "take-ledger"))
        return np_error_set(err, NP_ERR_USAGE,
                            "--take-ledger and --other-executor say two things of the dots that were made elsewhere: "
                            "give one of them");
    if (np_args_text(args, "other-executor") && np_args_flag(args, "only-reachable"))
        return np_error_set(
            err, NP_ERR_USAGE,
            "--other-executor and --only-reachable: first have the executor told what was made, with "
            "`needlepath review PLAN --session N --to TARGET --other-executor REASON --done ID` of any dot that is "
            "made; then run");
    return check_texts(args, air, err);
}

static np_status stream(const np_command_args *args, bool air, np_error *err)
{
    char command_name[4];
    strcpy(command_name, air ? "air" : "run");
    np_run_options o = {
        .plan_path = args->operands[0],
        .session = np_args_integer(args, "session"),
        .target = np_args_text(args, "to"),
        .report = draw,
        .log = note,
        .report_context = command_name,
        .air = air,
        .link_key = np_args_text(args, "link-key"),
        .curve_key = np_args_text(args, "curve-key"),
        .server_key = np_args_text(args, "server-key"),
        .cartridge = np_args_text(args, "cartridge"),
        .pigment = np_args_text(args, "pigment"),
        .needle_life = (uint32_t)np_args_integer(args, "needle-life"),
        .stop = &cli_interrupted,
        .connect_timeout_s = np_args_number(args, "timeout"),
        .head_is_arm_frame = np_args_flag(args, "head-is-arm-frame"),
        .moved = np_args_flag(args, "moved"),
        .only_reachable = np_args_flag(args, "only-reachable"),
        .early = np_args_text(args, "early"),
        .other_executor = np_args_text(args, "other-executor"),
        .state_folder = np_args_text(args, "state"),
        .take_ledger = np_args_flag(args, "take-ledger"),
        .ledger_lost = np_args_flag(args, "ledger-lost"),
        .realtime = np_args_flag(args, "realtime"),
        .cpu = np_args_integer(args, "cpu"),
    };
    np_run_state state = {0};
    np_run_gantry gantry;
    np_plan_registration registration = {0};
    const char *fiducials = np_args_text(args, "fiducials");
    o.gantry = &gantry;
    np_status status = check_options(args, air, err);
    if (status == NP_OK)
        status = read_gantry(args, air, &gantry, err);
    if (status == NP_OK && fiducials)
        status = np_registration_record_read(fiducials, &registration, err);
    if (status == NP_OK && fiducials && o.head_is_arm_frame)
        status =
            np_error_set(err, NP_ERR_USAGE, "--fiducials and --head-is-arm-frame say two things: give one of them");
    if (status == NP_OK) {
        o.registration = fiducials ? &registration : NULL;
        status = np_run_session(&o, &state, err);
    }
    np_registration_record_fini(&registration);
    cli_progress_clear();
    if (state.total > 0) {
        np_error print_err = {0};
        np_status printed = print_outcome(&state, status, air, np_args_flag(args, "json"), &print_err);
        if (status == NP_OK && printed != NP_OK) {
            *err = print_err;
            status = printed;
        }
    }
    return status;
}

static np_status run(const np_command_args *args, np_error *err)
{
    cli_set_sandbox(args);
    return stream(args, false, err);
}

static np_status run_air(const np_command_args *args, np_error *err)
{
    cli_set_sandbox(args);
    return stream(args, true, err);
}

const np_command cli_cmd_run = {
    .name = "run",
    .summary = "stream a session of an approved plan to an executor",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Streams the session's dots in tour order and writes the journal into the plan. Ctrl-C holds and "
        "ends; running the "
        "same command again goes on at the exact dot. Dots that are done are never sent again; a dot whose "
        "puncture began "
        "and was not confirmed is in doubt: it is reported and never repeated by itself.\n\n"
        "A plan in several shades wants another cartridge where one begins: the run holds until a person has "
        "confirmed it at the executor, and ends if that was another lot. "
        "Pigment is reloaded as the plan's case says (arm: reload_every), by the arm or by a person at the "
        "executor; needles are "
        "changed and confirmed there. Each is recorded in the plan with its lot, so that `needlepath export "
        "--format record` "
        "tells what every dot was made with.\n\n"
        "No dot is made twice as long as the two records are kept, the plan's and the executor's. What no program can "
        "tell from here: a disk that says that it has written and has not, and both records put back from a backup, "
        "which agree and know nothing of what was made since. Restore neither while a treatment goes on; if it "
        "happened, look at the skin before the next run.\n\n"
        "A software stop is no safety function: docs/safety.md says what the hardware must do.",
    .options = options,
    .examples = examples,
    .run = run,
    .holds_needle = true,
};

static const np_example air_examples[] = {
    {"The whole session in the air, before the needle is put in",
     "needlepath air head.needleplan --session 1 --to zmq:tcp://127.0.0.1:5555 --fiducials fiducials.yaml"},
    {0}};

const np_command cli_cmd_air = {
    .name = "air",
    .summary = "rehearse a session above the skin, without a needle",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "The same run as `needlepath run`, of every dot of the session, by the same moves to the hovers from which the "
        "needle would go in, about 2 mm above the skin (on a gantry 2 to 5 mm): plan, approval, "
        "registration, "
        "reach, pedal and stops can be tried before a needle is in. Take the needle out first: nothing but the arm's "
        "accuracy "
        "and the registration keeps it off the skin.\n\n"
        "Nothing is journalled, neither in the plan nor at the executor; a rehearsal that was broken off begins anew.",
    .options = options,
    .examples = air_examples,
    .run = run_air,
    .holds_needle = true,
};
