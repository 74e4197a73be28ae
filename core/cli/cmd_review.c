/* needlepath review: dots in doubt or failed, and a person's verdicts on them. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/link_options.h"
#include "cli/plugin_options.h"
#include "link/kinds.h"
#include "link/link.h"
#include "plan/binding.h"
#include "plan/made.h"
#include "stream/register.h"
#include "stream/stream.h"

static const np_option options[] = {
    CLI_SESSION_OPTION,
    {.name = "to",
     .letter = 't',
     .kind = NP_OPTION_TEXT,
     .value = "TARGET",
     .help = "The executor that is told the verdicts, or the gantry that made the session, which need not be "
             "there." NP_LINK_CONNECT_HELP},
    {.name = "done",
     .kind = NP_OPTION_TEXT,
     .value = "ID[,ID...]",
     .repeats = true,
     .help = "These dots are there; with --other-executor also such as nobody was told of."},
    {.name = "again",
     .kind = NP_OPTION_TEXT,
     .value = "ID[,ID...]",
     .repeats = true,
     .help = "These dots are not there: the next run makes them."},
    CLI_OTHER_EXECUTOR_OPTION,
    {.name = "fiducials",
     .letter = 'f',
     .kind = NP_OPTION_FILE,
     .value = "FIDUCIALS.yaml",
     .help =
         "Where the head was as the session's dots were made, if the plan does not know it: an executor whose journal "
         "lacks a dot that is there writes it down with the verdict."},
    {.name = "head-is-arm-frame",
     .kind = NP_OPTION_FLAG,
     .help = "Instead of --fiducials: the head lay where its frame is the arm's."},
    CLI_LINK_OPTIONS,
    CLI_STATE_OPTION,
    CLI_SANDBOX_OPTION,
    CLI_JSON_OPTION("Print the list as JSON."),
    {0}};

static const np_example examples[] = {
    {"Which dots are in doubt, or failed?", "needlepath review head.needleplan --session 1"},
    {"Looked at both: one is there, one is not",
     "needlepath review head.needleplan --session 1 --to zmq:tcp://127.0.0.1:5555 --done 1203 --again 1204"},
    {0}};

/* ---- the list ---- */

static const char *words_of(const np_made_dot *made)
{
    return made->outcome                        ? np_wire_outcome_text(made->outcome)
           : made->state == NP_JOURNAL_IN_DOUBT ? "in doubt"
                                                : "failed";
}

static json_t *dot_json(const np_dot *d, const np_made_dot *made)
{
    return json_pack("{s:I, s:I, s:f, s:f, s:f, s:f, s:s}", "id", (json_int_t)d->id, "order", (json_int_t)d->order, "x",
                     d->position.x, "y", d->position.y, "z", d->position.z, "depth_mm", d->depth_mm, "outcome",
                     words_of(made));
}

/* DOTS are the session's, by tour; of N that were made or tried, those on which a person may have a word. */
static np_status print_list(const np_dot *dots, const np_made_dot *made, size_t n, int session, bool as_json,
                            np_error *err)
{
    size_t found = 0;
    json_t *doubts = json_array(), *failed = json_array();
    for (size_t i = 0; i < n; i++) {
        const np_dot *d = &dots[made[i].order];
        if (made[i].state == NP_JOURNAL_DONE)
            continue;
        found++;
        json_array_append_new(made[i].state == NP_JOURNAL_IN_DOUBT ? doubts : failed, dot_json(d, &made[i]));
        if (!as_json)
            printf("dot %u, number %u of the tour, at x %.3f y %.3f z %.3f mm, %.2f mm deep: %s\n", d->id, d->order + 1,
                   d->position.x, d->position.y, d->position.z, d->depth_mm, words_of(&made[i]));
    }
    json_t *lists = json_pack("{s:i, s:o, s:o}", "session", session, "in_doubt", doubts, "failed", failed);
    if (as_json)
        return cli_give_json(lists, err);
    json_decref(lists);
    if (!found)
        printf("no dot of session %d is in doubt or has failed, as far as this file knows\n", session);
    return cli_check_stdout(err);
}

static np_status list_dots(const char *path, int session, bool as_json, np_error *err)
{
    np_plan *plan = NULL;
    np_made_dot *made = NULL;
    size_t n_dots = 0, n = 0;
    np_status status = np_plan_read(path, &plan, err);
    const np_dot *dots = status == NP_OK ? np_plan_session_dots(plan, session, &n_dots) : NULL;
    if (status == NP_OK && !dots)
        status = np_error_set(err, NP_ERR_INVALID, "%s: there is no session %d; the plan has %zu", path, session,
                              plan->n_sessions);
    if (status == NP_OK)
        status = np_made_read(path, plan, session, &made, &n, err);
    if (status == NP_OK)
        status = print_list(dots, made, n, session, as_json, err);
    free(made);
    np_plan_destroy(plan);
    return status;
}

/* ---- verdicts ---- */

/* Adds the ids of one option's value, "12,15". */
static np_status add_ids(const char *text, bool done, np_run_verdict *verdicts, size_t *n, np_error *err)
{
    for (const char *at = text;; at++) {
        char *end;
        unsigned long long id = *at >= '0' && *at <= '9' ? strtoull(at, &end, 10) : 0;
        if (id < 1 || id > UINT32_MAX || (*end != ',' && *end != '\0'))
            return np_error_set(err, NP_ERR_USAGE, "--%s %.80s: expected ids of dots, as 1203 or 1203,1204",
                                done ? "done" : "again", text);
        for (size_t k = 0; k < *n; k++)
            if (verdicts[k].dot_id == id)
                return np_error_set(err, NP_ERR_USAGE,
                                    "dot %llu has two verdicts: it is there (--done) or not (--again)", id);
        if (*n == NP_RUN_MAX_VERDICTS)
            return np_error_set(err, NP_ERR_USAGE, "more than %d verdicts at once", NP_RUN_MAX_VERDICTS);
        verdicts[(*n)++] = (np_run_verdict){(uint32_t)id, done};
        at = end;
        if (*at == '\0')
            return NP_OK;
    }
}

/* Options that would do nothing. */
static np_status check_kind(const np_command_args *args, bool has_verdicts, np_error *err)
{
    static const char *const of_verdicts[] = {"other-executor", "timeout", "link-key",  "curve-key",
                                              "server-key",     "state",   "fiducials", "head-is-arm-frame"};
    static const char *const of_frames[] = {"other-executor", "timeout",   "link-key",         "curve-key",
                                            "server-key",     "fiducials", "head-is-arm-frame"};
    static const char *const of_gantry[] = {"state"};
    if (!has_verdicts)
        return CLI_REFUSE(args, of_verdicts, "goes with --done or --again: nothing is to be told", err);
    if (np_link_is_text(np_args_text(args, "to")))
        return CLI_REFUSE(args, of_frames, "is no option of a gantry, which keeps no journal and is not asked", err);
    return CLI_REFUSE(args, of_gantry, "goes with --to grbl:DEVICE only", err);
}

static np_status read_verdicts(const np_command_args *args, np_run_verdict *verdicts, size_t *out_n, np_error *err)
{
    np_status status = NP_OK;
    *out_n = 0;
    for (int i = 0; i < np_args_count(args, "done") && status == NP_OK; i++)
        status = add_ids(np_args_text_at(args, "done", i), true, verdicts, out_n, err);
    for (int i = 0; i < np_args_count(args, "again") && status == NP_OK; i++)
        status = add_ids(np_args_text_at(args, "again", i), false, verdicts, out_n, err);
    if (status == NP_OK && (*out_n > 0) != (np_args_text(args, "to") != NULL))
        status = np_error_set(err, NP_ERR_USAGE,
                              *out_n ? "verdicts go to the executor as well: give --to TARGET"
                                     : "--to goes with --done or --again: nothing is to be told");
    return status == NP_OK ? check_kind(args, *out_n > 0, err) : status;
}

static void note(void *context, const char *text)
{
    (void)context;
    cli_progress_clear();
    fprintf(stderr, "needlepath review: %s\n", CLI_PLAIN(text));
}

static np_status run(const np_command_args *args, np_error *err)
{
    np_run_verdict verdicts[NP_RUN_MAX_VERDICTS];
    np_run_options o = {
        .plan_path = args->operands[0],
        .session = np_args_integer(args, "session"),
        .target = np_args_text(args, "to"),
        .log = note,
        .link_key = np_args_text(args, "link-key"),
        .curve_key = np_args_text(args, "curve-key"),
        .server_key = np_args_text(args, "server-key"),
        .stop = &cli_interrupted,
        .connect_timeout_s = np_args_number(args, "timeout"),
        .verdicts = verdicts,
        .state_folder = np_args_text(args, "state"),
        .other_executor = np_args_text(args, "other-executor"),
        .head_is_arm_frame = np_args_flag(args, "head-is-arm-frame"),
    };
    np_plan_registration registration = {0};
    const char *fiducials = np_args_text(args, "fiducials");
    cli_set_sandbox(args);
    np_run_state state;
    np_status status = read_verdicts(args, verdicts, &o.n_verdicts, err);
    if (status == NP_OK)
        status = cli_check_reason(args, "other-executor", err);
    if (status == NP_OK && fiducials && o.head_is_arm_frame)
        status =
            np_error_set(err, NP_ERR_USAGE, "--fiducials and --head-is-arm-frame say two things: give one of them");
    if (status == NP_OK && fiducials && (status = np_registration_record_read(fiducials, &registration, err)) == NP_OK)
        o.registration = &registration;
    if (status == NP_OK && o.n_verdicts) {
        status = np_run_session(&o, &state, err);
        if (status == NP_OK)
            fprintf(stderr,
                    "%zu %s in both journals; nothing was moved. Dots to be made again come with the next "
                    "`needlepath run`\n",
                    o.n_verdicts, o.n_verdicts == 1 ? "verdict stands" : "verdicts stand");
    }
    np_registration_record_fini(&registration);
    return status == NP_OK ? list_dots(o.plan_path, o.session, np_args_flag(args, "json"), err) : status;
}

const np_command cli_cmd_review = {
    .name = "review",
    .summary = "list the dots in doubt or failed, and say what became of them",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "A dot is in doubt when its puncture began and its end was never confirmed: a controller lost its power, say. "
        "It is "
        "never made again by itself. Look at the skin, then say with --done that it is there or with --again that it "
        "is not. "
        "The executor writes the verdict into its journal, then it goes into the plan's; nothing moves. Then run the "
        "session "
        "again.\n\n"
        "A dot that was skipped (the arm did not puncture) or met no skin is not tried again by itself either. When "
        "you have "
        "looked, and the cause is gone, --again orders it, and both journals say so.\n\n"
        "What is still in doubt or failed afterwards is printed, with id, place in the tour, position in the head "
        "frame and "
        "what became of it.",
    .options = options,
    .examples = examples,
    .run = run,
    .holds_needle = true,
};
