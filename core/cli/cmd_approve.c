/* needlepath approve: an operator's signature over a plan, and over who may make it, until when and how. */
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "case/day.h"
#include "cli/case_person.h"
#include "cli/cli.h"
#include "cli/passphrase.h"
#include "plan/approval.h"
#include "plan/past.h"

enum { DEFAULT_DAYS = 90, DAY_S = 86400 };

static const np_option options[] = {
    {.name = "key",
     .letter = 'k',
     .kind = NP_OPTION_FILE,
     .value = "FILE",
     .required = true,
     .help = "The operator's secret key."},
    CLI_PASSPHRASE_OPTION,
    {.name = "executor",
     .letter = 'x',
     .kind = NP_OPTION_TEXT,
     .value = "IDENTITY|any",
     .repeats = true,
     .help = "Which executors may make the plan: the 32 digits that each shows (`needlepath-sim --show-identity`), "
             "given up to 8 "
             "times. any (the default, and said aloud): every executor, so that each copy of the plan can be made, and "
             "made "
             "twice."},
    {.name = "not-after",
     .kind = NP_OPTION_TEXT,
     .value = "DATE|never",
     .help = "Until when: 2026-12-31, to that day's end, or 2026-12-31T18:00, both in UTC; by the executor's clock "
             "where it has "
             "one, else by the sender's. Default: 90 days from now."},
    {.name = "air-only", .kind = NP_OPTION_FLAG, .help = "For rehearsals in the air alone (`needlepath air`)."},
    {.name = "needle-life",
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .fallback = "0",
     .min = 0,
     .max = NP_WIRE_MAX_DOTS,
     .help =
         "Dots that a needle may make at most; an executor that does not count needles refuses the plan then, and a "
         "gantry with grbl and a program a session of more dots. 0: as the executor has it."},
    {0}};

static const np_example examples[] = {
    {"Look at the report first, then sign, for one executor",
     "needlepath approve head.needleplan --key operator.key --executor 0d5c1f6e8a2b4937c6f0a1b2d3e4f506"},
    {"For whatever executor, for a day",
     "needlepath approve head.needleplan --key operator.key --executor any --not-after 2026-12-31"},
    {0}};

static np_status read_executors(const np_command_args *args, np_wire_terms *out, np_error *err)
{
    int n = np_args_count(args, "executor");
    for (int i = 0; i < n; i++) {
        const char *text = np_args_text_at(args, "executor", i);
        if (strcmp(text, "any") == 0 && n > 1)
            return np_error_set(err, NP_ERR_USAGE, "--executor any stands alone: it is every executor");
        if (strcmp(text, "any") == 0)
            continue;
        if (out->n_executors == NP_WIRE_APPROVAL_EXECUTORS)
            return np_error_set(err, NP_ERR_USAGE, "--executor: an approval names at most %d",
                                NP_WIRE_APPROVAL_EXECUTORS);
        if (strlen(text) != 2 * NP_WIRE_IDENTITY_BYTES ||
            !np_hex_read(text, NP_WIRE_IDENTITY_BYTES, out->executors[out->n_executors]))
            return np_error_set(
                err, NP_ERR_USAGE,
                "--executor %.80s: expected any, or the identity of an executor, 32 digits of 0-9 and a-f, as "
                "`needlepath-sim --journal FILE --show-identity` prints it",
                text);
        out->n_executors++;
    }
    return NP_OK;
}

static np_status read_end(const char *text, int64_t now_s, uint64_t *out_s, np_error *err)
{
    struct tm tm = {0};
    const char *rest;
    *out_s = (uint64_t)(now_s + (int64_t)DEFAULT_DAYS * DAY_S);
    if (!text)
        return NP_OK;
    *out_s = 0;
    if (strcmp(text, "never") == 0)
        return NP_OK;
    char date[11];
    int64_t midnight_s;
    snprintf(date, sizeof date, "%s", text);
    bool day = strcmp(date, text) == 0, is_one = np_case_read_day(date, &midnight_s);
    if (!is_one || (!day && (!(rest = strptime(text, "%Y-%m-%dT%H:%M", &tm)) || *rest)))
        return np_error_set(err, NP_ERR_USAGE,
                            "--not-after %.80s: expected a day of the calendar as 2026-12-31, a time as "
                            "2026-12-31T18:00 (UTC), or never",
                            text);
    int64_t end = day ? midnight_s + DAY_S - 1 : (int64_t)timegm(&tm);
    if (end <= now_s)
        return np_error_set(err, NP_ERR_USAGE, "--not-after %.80s is past: no executor would take the approval", text);
    *out_s = (uint64_t)end;
    return NP_OK;
}

static void say(const char *path, const np_wire_terms *terms)
{
    np_plan_approval a = {.version = 2, .terms = *terms};
    char text[NP_APPROVAL_TEXT_BYTES];
    fprintf(stderr, "%s is approved %s\n", CLI_PLAIN(path), np_approval_text(&a, text));
    if (!terms->n_executors)
        fputs(
            "any executor: whoever has a copy of the plan can make it, also again; name one with --executor IDENTITY\n",
            stderr);
    fprintf(stderr, "next: needlepath %s %s --session 1 --to TARGET\n", terms->air_only ? "air" : "run",
            CLI_PLAIN(path));
}

/* Approvals that were there before hold beside a new one, whatever it names; they are all listed by `show`. */
static np_status say_what_else_holds(const char *path, int64_t now_s, np_error *err)
{
    np_plan *plan = NULL;
    np_status status = np_plan_read(path, &plan, err);
    for (size_t i = 0; status == NP_OK && i + 1 < plan->n_approvals; i++) {
        const np_plan_approval *a = &plan->approvals[i];
        char text[NP_APPROVAL_TEXT_BYTES];
        bool has_ended = a->terms.not_after_s && a->terms.not_after_s < (uint64_t)now_s;
        if (a->version != 2 || has_ended || a->terms.n_executors)
            continue;
        fprintf(stderr,
                "the approval by %s %s still holds beside this one; only `revoke` at each executor ends it, and that "
                "ends every approval of this plan\n",
                CLI_PLAIN(a->operator_name), np_approval_text(a, text));
    }
    np_plan_destroy(plan);
    return status;
}

/* What blocks the treatment of a person blocks its approval, and so do dots that were made since by a plan that this one was planned
 * behind; but for rehearsals in the air. */
static np_status check_plan(const char *path, bool air_only, np_error *err)
{
    np_plan *plan = NULL;
    char warning[NP_PLAN_PAST_WARNING_BYTES] = "";
    np_status status = air_only ? NP_OK : np_plan_read(path, &plan, err);
    if (status == NP_OK && plan)
        status = cli_check_person_text(path, plan->case_text, err);
    if (status == NP_OK && plan && (status = np_plan_past_check(path, plan, warning, err)) != NP_OK)
        np_error_prefix(err, status, "%s", path);
    if (warning[0])
        fprintf(stderr, "%s\n", warning);
    np_plan_destroy(plan);
    return status;
}

static np_status run(const np_command_args *args, np_error *err)
{
    const char *path = args->operands[0];
    int64_t now_s = (int64_t)time(NULL);
    np_wire_terms terms = {.air_only = np_args_flag(args, "air-only"),
                           .needle_life = (uint32_t)np_args_integer(args, "needle-life")};
    np_command_args asked = *args;
    np_key_opener opener = {.ask = cli_passphrase_ask, .context = &asked};
    np_status status = read_executors(args, &terms, err);
    if (status == NP_OK)
        status = read_end(np_args_text(args, "not-after"), now_s, &terms.not_after_s, err);
    if (status == NP_OK)
        status = check_plan(path, np_args_flag(args, "air-only"), err);
    if (status == NP_OK)
        status = np_plan_approve(path, np_args_text(args, "key"), &opener, &terms, now_s, err);
    if (status == NP_OK)
        say(path, &terms);
    if (status == NP_OK && terms.n_executors)
        status = say_what_else_holds(path, now_s, err);
    if (status == NP_OK && opener.was_plain)
        fprintf(
            stderr,
            "%s: NO PASSPHRASE: whoever gets at this key can approve plans; `needlepath keys new` makes one that has\n",
            CLI_PLAIN(np_args_text(args, "key")));
    return status;
}

const np_command cli_cmd_approve = {
    .name = "approve",
    .summary = "sign a plan as its operator",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Signs the plan's digest with the operator's key, together with what it is for (which executors, until when, "
        "needle or "
        "air, how often pigment and needle are renewed), and stores the approval in the plan. No executor runs a "
        "plan without one; a dot that is changed afterwards voids it.\n\n"
        "An executor's identity lies in its journal. So a plan that is approved for one executor is made by the one "
        "that knows what "
        "was made of it, whatever copies there are.",
    .options = options,
    .examples = examples,
    .run = run,
};
