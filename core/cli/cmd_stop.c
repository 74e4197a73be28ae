/* needlepath stop: hold an executor, whoever runs it. */
#include "cli/cli.h"
#include "link/kinds.h"
#include "link/link.h"
#include "stream/grbl_run.h"
#include "stream/stop.h"

static const np_option options[] = {
    {.name = "to",
     .letter = 't',
     .kind = NP_OPTION_TEXT,
     .value = "TARGET",
     .required = true,
     .help = "The executor." NP_LINK_CONNECT_HELP},
    {.name = "curve-key",
     .kind = NP_OPTION_FILE,
     .value = "FILE",
     .help = "Your secret CURVE key. Default: one that is made for this once, since anybody may stop."},
    {.name = "server-key",
     .kind = NP_OPTION_FILE,
     .value = "FILE.pub",
     .help = "The executor's public CURVE key; needed where it speaks CURVE and has no --stop-listen address."},
    {.name = "timeout",
     .kind = NP_OPTION_NUMBER,
     .value = "S",
     .fallback = "2",
     .min = 0.1,
     .max = 60,
     .help = "How long to try, in seconds."},
    {0}};

static const np_example examples[] = {
    {"Stop the arm", "needlepath stop --to zmq:tcp://127.0.0.1:5555"},
    {"The same where the link is encrypted", "needlepath stop --to zmq:tcp://arm:5555 --server-key arm.curve.pub"},
    {0}};

static np_status run(const np_command_args *args, np_error *err)
{
    const char *target = np_args_text(args, "to");
    np_link_keys curve = {.key = np_args_text(args, "curve-key"), .server_key = np_args_text(args, "server-key")};
    if (np_link_is_text(target)) {
        static const char *const of_frames[] = {"curve-key", "server-key"};
        np_status stopped = CLI_REFUSE(args, of_frames, "is no option of a gantry: G-code has no keys", err);
        if (stopped != NP_OK)
            return stopped;
        stopped = np_grbl_stop(target, np_args_number(args, "timeout"), err);
        if (stopped == NP_OK)
            fprintf(stderr, "%s stands and was reset; the needle is where it was: look at the machine\n",
                    CLI_PLAIN(target));
        return stopped;
    }
    np_status status = np_stop_send(target, &curve, np_args_number(args, "timeout"), err);
    if (status == NP_OK)
        fprintf(stderr, "STOP was sent to %s; it has no answer: look at the arm\n", CLI_PLAIN(target));
    return status;
}

const np_command cli_cmd_stop = {
    .name = "stop",
    .summary = "make an executor hold, whoever runs it",
    .operands = "",
    .description =
        "Sends STOP: the executor takes the needle out and holds. Anyone may, without a key "
        "(an executor that speaks CURVE must only be known by its public key). The run ends as held; running "
        "the same command again goes on at the exact dot, with the pedal.\n\n"
        "A gantry with grbl is held and reset, and the needle stays where it is; the next run begins by raising it.\n\n"
        "A serial line has one owner: while a run holds it, stop the run instead (Ctrl-C).\n\n"
        "A software stop is no safety function: docs/safety.md says what the hardware must do.",
    .options = options,
    .examples = examples,
    .run = run,
    .holds_needle = true,
};
