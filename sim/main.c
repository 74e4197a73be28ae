/* needlepath-sim: arguments, signals, and what is printed.  The work is machine.c's. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "base/command.h"
#include "base/realtime.h"
#include "base/signals.h"
#include "base/version.h"
#include "link/kinds.h"
#include "sim/machine.h"
#include "sim/proxy_command.h"

volatile sig_atomic_t sim_stop;

static const np_option options[] = {
    {.name = "listen",
     .letter = 'l',
     .kind = NP_OPTION_TEXT,
     .value = "TARGET",
     .help = "Where to wait for a sender; not with --show-identity and --revoke." NP_LINK_LISTEN_HELP},
    {.name = "pty-link",
     .kind = NP_OPTION_FILE,
     .value = "PATH",
     .help = "With serial:pty: make PATH a symbolic link to it, so that its name survives a restart."},
    {.name = "speed",
     .kind = NP_OPTION_CHOICE,
     .value = "1|max",
     .fallback = "1",
     .help = "Real time, or simulated time as fast as it goes."},
    {.name = "journal",
     .letter = 'j',
     .kind = NP_OPTION_FILE,
     .value = "FILE|memory",
     .writes = true,
     .fallback = "needlepath-sim.journal",
     .help = "The executor's record of what was done, synced before and after each dot; it is gone on with after a "
             "restart."},
    {.name = "new-journal",
     .kind = NP_OPTION_FLAG,
     .help = "This executor has made nothing yet: begin the journal, which must not be there."},
    {.name = "show-identity",
     .kind = NP_OPTION_FLAG,
     .help = "Print whose journal it is and end: 32 digits, for `needlepath approve --executor`. With --new-journal it "
             "is begun."},
    {.name = "revoke",
     .kind = NP_OPTION_TEXT,
     .value = "DIGEST",
     .help = "Write into the journal that the plan with this digest (`needlepath show`; its first 32 digits or all 64) "
             "is made "
             "here no more, whoever approves it, and end."},
    {.name = "record",
     .letter = 'r',
     .kind = NP_OPTION_FILE,
     .value = "FILE.csv",
     .writes = true,
     .help = "Write every puncture that was made: time_s,id,x,y,z,depth_mm,status (head frame, mm)."},
    {.name = "trace",
     .kind = NP_OPTION_FILE,
     .value = "FILE.csv",
     .writes = true,
     .help = "Write when each dot was begun and the arm was armed and held: time_us,event,dot,silence_us (monotonic "
             "clock; how "
             "long ago the last valid frame had come). An earlier trace is replaced, and no other file."},
    {.name = "head",
     .kind = NP_OPTION_FILE,
     .value = "HEAD.ply",
     .help = "Have a witness look whether needle, cartridge or handpiece are in this head, at each millisecond of each "
             "move, and end with an error that names the move if they are. The head as `needlepath head --case "
             "CASE.yaml` writes it; where it stands is the registration's."},
    {.name = "head-tolerance",
     .kind = NP_OPTION_NUMBER,
     .value = "MM",
     .fallback = "0",
     .min = 0,
     .max = 5,
     .help = "With --head: how deep is not deep yet, for a head that is not the one that was planned on, scanned anew, "
             "say."},
    {.name = "workspace",
     .kind = NP_OPTION_TEXT,
     .value = "X0,Y0,Z0,X1,Y1,Z1",
     .help = "Two corners of the box, in mm of the simulator's own frame, that the needle's tip stays in: a session of "
             "which a dot, or a stop of a way, lies elsewhere is refused before anything moves. Default: none."},
    {.name = "head-tilt",
     .kind = NP_OPTION_NUMBER,
     .value = "DEG",
     .fallback = "135",
     .min = 1,
     .max = 180,
     .help = "How far the top of the head may lean from straight up, by the registration: 135 degrees take a head that "
             "sits or lies, and refuse one that is upside down; 180 is any pose."},
    {.name = "operator",
     .kind = NP_OPTION_FILE,
     .value = "KEY.pub",
     .repeats = true,
     .help = "Whose approvals count; may be given several times. Default: any valid approval."},
    {.name = "link-key",
     .kind = NP_OPTION_FILE,
     .value = "FILE",
     .help = "The key shared with the sender. Default: none, and nobody is authenticated."},
    {.name = "curve-key",
     .kind = NP_OPTION_FILE,
     .value = "FILE",
     .help = "The executor's secret CURVE key (`needlepath keys curve`), which encrypts a ZeroMQ link."},
    {.name = "allow",
     .kind = NP_OPTION_FILE,
     .value = "FILE.pub|DIR",
     .repeats = true,
     .help = "With --curve-key: a public CURVE key, or a folder of *.pub, that may run sessions; all others may only "
             "STOP. Read "
             "at the start: a change of the list takes a restart."},
    {.name = "stop-listen",
     .kind = NP_OPTION_TEXT,
     .value = "TARGET",
     .help = "A second, plain zmq: address at which anybody may STOP without keys, and nothing else."},
    {.name = "once", .kind = NP_OPTION_FLAG, .help = "End when a session has ended."},
    {.name = "repeatability",
     .kind = NP_OPTION_NUMBER,
     .value = "MM",
     .fallback = "0",
     .min = 0,
     .max = 1,
     .help = "Standard deviation of where the needle really goes, in each axis."},
    {.name = "seed", .kind = NP_OPTION_UINT64, .value = "N", .fallback = "1", .help = "Of that error."},
    {.name = "fault",
     .kind = NP_OPTION_TEXT,
     .value = "KIND:ID",
     .repeats = true,
     .help = "What befalls the dot with this id: skipped, too-deep, no-contact, or in-doubt (made, and the arm cannot "
             "tell); "
             "may be given several times."},
    {.name = "needle-life",
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .min = 0,
     .max = NP_WIRE_MAX_DOTS,
     .help = "Dots that a needle may make, in one session of one plan: without a needle put in for it, and beyond that "
             "number, "
             "nothing is made until a change is confirmed here. 0: needles are not counted."},
    {.name = "reload",
     .kind = NP_OPTION_CHOICE,
     .value = "arm|hand|none",
     .fallback = "arm",
     .help = "Who fetches pigment when the plan wants it: the arm at its station, or a person. none: nobody, and "
             "nobody changes "
             "needles; the sender is told so."},
    {.name = "reload-s",
     .kind = NP_OPTION_NUMBER,
     .value = "S",
     .fallback = "4",
     .min = 0,
     .max = 600,
     .help = "How long the arm stays at its pigment station, in seconds."},
    {.name = "cartridge",
     .kind = NP_OPTION_TEXT,
     .value = "LOT",
     .repeats = true,
     .help = "Lot of the needle that is put in when one is asked for: given several times, each in turn."},
    {.name = "pigment",
     .kind = NP_OPTION_TEXT,
     .value = "LOT",
     .repeats = true,
     .help = "The same of pigment, with --reload hand."},
    {.name = "console",
     .kind = NP_OPTION_FLAG,
     .help = "Renew nothing by itself: take the operator's commands from standard input, one a line: needle [LOT], "
             "pigment [LOT], home, moved (so that the head may be elsewhere), hold, give-up (the session that is held: "
             "another plan may come at once), revoke [DIGEST] (the plan that is loaded, or that one, is made here no "
             "more)."},
    NP_REALTIME_OPTIONS,
    {.name = "json", .kind = NP_OPTION_FLAG, .help = "Print the summary at the end as JSON, or the error."},
    {.name = "proxy",
     .kind = NP_OPTION_FLAG,
     .help = "As the first word: be a slow and faulty serial line instead; see needlepath-sim --proxy --help."},
    {.name = "version", .kind = NP_OPTION_FLAG, .help = "Print the version."},
    {0}};
_Static_assert(sizeof options / sizeof *options <= NP_COMMAND_MAX_OPTIONS, "more options than are read");

static const np_example examples[] = {
    {"As fast as it goes, over ZeroMQ",
     "needlepath-sim --listen zmq:tcp://127.0.0.1:5555 --speed max --journal memory"},
    {"In real time, over a pseudo-terminal",
     "needlepath-sim --listen serial:pty --pty-link /tmp/arm --new-journal --record made.csv"},
    {"Which executor is it?", "needlepath-sim --journal arm.journal --show-identity"},
    {"With a witness that looks whether the tool goes into the head",
     "needlepath-sim --listen zmq:tcp://127.0.0.1:5555 --speed max --journal memory --head head.ply"},
    {"Over a network, encrypted, for those whose public keys are in a folder",
     "needlepath-sim --listen zmq:tcp://*:5555 --curve-key arm.curve --allow senders/ --operator operator.key.pub"},
    {0}};

static void print_words(const sim_machine_summary *s)
{
    printf("%llu punctures in %.1f s of arm time, %llu dots out of reach; ", (unsigned long long)s->punctures,
           s->time_s, (unsigned long long)s->unreachable);
    if (!s->session)
        puts("no session was begun");
    else if (s->rehearsed)
        printf("session %u: %u of %u dots rehearsed\n", s->session, s->done, s->dots);
    else
        printf("session %u: %u of %u dots done, %u in doubt, %u too deep or failed\n", s->session, s->done, s->dots,
               s->in_doubt, s->other);
}

static void print_summary(const sim_machine_summary *s, bool as_json)
{
    if (as_json)
        printf("{\"punctures\": %llu, \"unreachable\": %llu, \"reloads\": %llu, \"session\": %u, \"dots\": %u, "
               "\"done\": %u, \"in_doubt\": %u, "
               "\"other\": %u, \"rehearsed\": %s, \"time_s\": %.3f, \"frames\": %llu, \"bad_frames\": %llu, "
               "\"journal_bytes\": %llu, "
               "\"syncs\": %llu}\n",
               (unsigned long long)s->punctures, (unsigned long long)s->unreachable, (unsigned long long)s->reloads,
               s->session, s->dots, s->done, s->in_doubt, s->other, s->rehearsed ? "true" : "false", s->time_s,
               (unsigned long long)s->frames, (unsigned long long)s->bad_frames, (unsigned long long)s->journal_bytes,
               (unsigned long long)s->syncs);
    else
        print_words(s);
}

static np_status read_faults(const np_command_args *args, sim_arm_fault *out_faults, int *out_n, np_error *err)
{
    *out_n = np_args_count(args, "fault");
    for (int i = 0; i < *out_n; i++)
        if (!sim_arm_fault_parse(np_args_text_at(args, "fault", i), &out_faults[i]))
            return np_error_set(err, NP_ERR_USAGE,
                                "--fault %.80s: expected skipped:ID, too-deep:ID, no-contact:ID or in-doubt:ID, "
                                "with the id of a dot",
                                np_args_text_at(args, "fault", i));
    return NP_OK;
}

static np_status read_bounds(const np_command_args *args, sim_machine_options *out, np_error *err)
{
    double mm[6];
    const char *text = np_args_text(args, "workspace"), *at = text;
    np_wire_box *box = &out->workspace;
    bool good = true;
    /* Rounded up, as 0 would be the default. */
    out->head_up_min_ppm = (int32_t)ceil(cos(np_angle_rad(np_args_number(args, "head-tilt"))) * 1e6);
    if (!text)
        return NP_OK;
    for (int i = 0; i < 6 && good; i++) {
        char *end;
        mm[i] = strtod(at, &end);
        good = end > at && fabs(mm[i]) <= NP_WIRE_PLACE_MAX_UM / 1e3 && *end == (i < 5 ? ',' : '\0');
        at = end + 1;
    }
    for (int i = 0; i < 3 && good; i++) {
        box->min_um[i] = (int32_t)lround(mm[i] * 1e3);
        box->max_um[i] = (int32_t)lround(mm[i + 3] * 1e3);
        good = box->min_um[i] < box->max_um[i];
    }
    if (!good)
        return np_error_set(err, NP_ERR_USAGE,
                            "--workspace %.80s: expected X0,Y0,Z0,X1,Y1,Z1 in mm, within 10 m, each of the first three "
                            "less than the one of the last three that it goes with",
                            text);
    return NP_OK;
}

static np_status read_lots(const np_command_args *args, const char *option, sim_operator_lots *out, np_error *err)
{
    out->n = np_args_count(args, option);
    for (int i = 0; i < out->n; i++) {
        out->lots[i] = np_args_text_at(args, option, i);
        if (!np_wire_lot_is_valid(out->lots[i]))
            return np_error_set(err, NP_ERR_USAGE,
                                "--%s: expected a lot: UTF-8 of at most %d bytes without control characters", option,
                                NP_WIRE_LOT_BYTES - 1);
    }
    return NP_OK;
}

/* What is more than a word or a number. */
static np_status read_values(const np_command_args *args, sim_arm_fault *out_faults, sim_machine_options *out,
                             np_error *err)
{
    np_status status = read_faults(args, out_faults, &out->n_faults, err);
    if (status == NP_OK)
        status = read_bounds(args, out, err);
    if (status == NP_OK)
        status = read_lots(args, "cartridge", &out->operator.cartridges, err);
    if (status == NP_OK)
        status = read_lots(args, "pigment", &out->operator.pigments, err);
    return status;
}

static np_wire_supplies supplies_of(const char *reload)
{
    return strcmp(reload, "arm") == 0    ? NP_WIRE_SUPPLIES_BY_ARM
           : strcmp(reload, "hand") == 0 ? NP_WIRE_SUPPLIES_BY_HAND
                                         : NP_WIRE_SUPPLIES_NONE;
}

static np_status run(const np_command_args *args, np_error *err)
{
    sim_arm_fault faults[NP_COMMAND_MAX_REPEATS];
    if (np_args_flag(args, "proxy"))
        return np_error_set(err, NP_ERR_USAGE, "--proxy must be the first word: needlepath-sim --proxy ...");
    sim_machine_options o = {
        .listen = np_args_text(args, "listen"),
        .pty_link = np_args_text(args, "pty-link"),
        .real_time = strcmp(np_args_text(args, "speed"), "1") == 0,
        .journal = np_args_text(args, "journal"),
        .new_journal = np_args_flag(args, "new-journal"),
        .revoke = np_args_text(args, "revoke"),
        .record = np_args_text(args, "record"),
        .trace = np_args_text(args, "trace"),
        .head = np_args_text(args, "head"),
        .head_tolerance_mm = np_args_number(args, "head-tolerance"),
        .n_operators = np_args_count(args, "operator"),
        .link_key = np_args_text(args, "link-key"),
        .curve_key = np_args_text(args, "curve-key"),
        .n_allow = np_args_count(args, "allow"),
        .stop_listen = np_args_text(args, "stop-listen"),
        .once = np_args_flag(args, "once"),
        .seed = np_args_uint64(args, "seed"),
        .repeatability_mm = np_args_number(args, "repeatability"),
        .stop = &sim_stop,
        .needle_life = (uint32_t)np_args_integer(args, "needle-life"),
        .supplies = supplies_of(np_args_text(args, "reload")),
        .reload_s = np_args_number(args, "reload-s"),
        .realtime = np_args_flag(args, "realtime"),
        .cpu = np_args_integer(args, "cpu"),
        .operator= {.console = np_args_flag(args, "console")},
        .out = stdout,
        .log = stderr,
    };
    for (int i = 0; i < o.n_operators; i++)
        o.operators[i] = np_args_text_at(args, "operator", i);
    for (int i = 0; i < o.n_allow; i++)
        o.allow[i] = np_args_text_at(args, "allow", i);
    o.faults = faults;
    sim_machine_summary summary = {0};
    if (np_args_flag(args, "show-identity") || o.revoke)
        return sim_machine_keep(&o, err);
    if (!o.listen)
        return np_error_set(err, NP_ERR_USAGE, "--listen TARGET is missing: where to wait for a sender");
    if (o.needle_life && o.supplies == NP_WIRE_SUPPLIES_NONE)
        return np_error_set(err, NP_ERR_USAGE,
                            "--needle-life goes with --reload arm or hand: somebody has to change needles");
    if (o.cpu != NP_REALTIME_ANY_CPU && !o.realtime)
        return np_error_set(err, NP_ERR_USAGE, "--cpu goes with --realtime");
    np_status status = read_values(args, faults, &o, err);
    if (status == NP_OK)
        status = sim_machine_run(&o, &summary, err);
    if (status == NP_OK)
        print_summary(&summary, np_args_flag(args, "json"));
    return status;
}

static const np_command command = {
    .name = "",
    .summary = "a simulated arm that executes plans",
    .operands = "",
    .description = "Waits for a sender (needlepath run), checks the plan's approval, and makes the dots with a "
                   "simulated six-axis arm "
                   "(Universal Robots UR5e, kinematics only). What the needle really did, worked out from the arm's "
                   "joints, goes into "
                   "the record.\n\n"
                   "The simulator's own frame is its head rest's (x anterior, y left, z up), 590 mm in front of the "
                   "arm: a registration "
                   "places the head in it, and the record is in the head's frame again.\n\n"
                   "The journal says what was done, also after a crash: a dot whose puncture began and was not "
                   "confirmed is in doubt, "
                   "is reported, and is never made again by itself.",
    .options = options,
    .examples = examples,
    .run = run,
};

static const np_command *const commands[] = {&command, &sim_proxy_command, NULL};

/* As needlepath prints it.  The text is plain already (base/status.h). */
static void print_error_json(np_status status, const char *text)
{
    printf("{\"error\": {\"status\": \"%s\", \"exit_status\": %d, \"text\": \"", np_status_name(status),
           np_status_exit(status));
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    puts("\"}}");
}

int main(int argc, char **argv)
{
    np_error err = {0};
    np_command_args args;
    np_standard_streams_hold();
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("needlepath-sim " NP_VERSION);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "generate") == 0) /* for the build: man page and completion */
        return np_status_exit(np_command_write_documents("needlepath-sim", command.summary, commands, argv[2], NULL));
    np_signals_catch(&sim_stop, true); /* ends the loop between two dots */
    /* --proxy in the first place makes it another program */
    int words = argc > 1 && strcmp(argv[1], sim_proxy_command.name) == 0;
    const np_command *chosen = commands[words];
    np_status status = np_command_parse(chosen, argc - words, argv + words, &args, &err);
    if (status == NP_OK && args.help)
        np_command_write_help("needlepath-sim", chosen, stdout);
    else if (status == NP_OK)
        status = chosen->run(&args, &err);
    const char *text = err.text[0] ? err.text : np_status_text(status);
    if (status != NP_OK)
        fprintf(stderr, "needlepath-sim: %s\n", text);
    if (status != NP_OK && np_args_asks_for(&args, "json", argc, argv))
        print_error_json(status, text);
    return np_status_exit(status);
}
