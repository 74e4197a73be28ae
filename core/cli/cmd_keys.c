/* needlepath keys new, keys link, keys curve: the keys of operators and of links. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/passphrase.h"
#include "link/link_keys.h"
#include "link/key.h"
#include "plan/keys.h"

static const np_option keys_options[] = {
    {.name = "name",
     .letter = 'n',
     .kind = NP_OPTION_TEXT,
     .value = "NAME",
     .help = "The operator's name as approvals show it, without blanks. Default: the user's login name."},
    CLI_PASSPHRASE_OPTION,
    {.name = "no-passphrase",
     .kind = NP_OPTION_FLAG,
     .help = "Protect the secret key by the file's mode alone: whoever gets at the file can approve plans in the "
             "operator's name. The default where there is no terminal to ask at and no passphrase is given."},
    {0}};

static const np_example keys_examples[] = {
    {"A key pair, operator.key and operator.key.pub; the passphrase is asked for",
     "needlepath keys new operator.key --name jdoe"},
    {"For a simulation that nobody attends", "needlepath keys new sim.key --name simulation --no-passphrase"},
    {0}};

static void say_made(const char *path, const char *name, bool plain)
{
    fprintf(stderr, "%s: secret key of %s; keep it to yourself\n%s.pub: public key; give it to the executor\n",
            CLI_PLAIN(path), CLI_PLAIN(name), CLI_PLAIN(path));
    if (plain)
        fprintf(stderr, "%s: NO PASSPHRASE: whoever gets at this file can approve plans in the name of %s\n",
                CLI_PLAIN(path), CLI_PLAIN(name));
}

static np_status run_keys(const np_command_args *args, np_error *err)
{
    const char *path = args->operands[0];
    const char *name = np_args_text(args, "name");
    if (!name)
        name = getenv("USER") && *getenv("USER") ? getenv("USER") : "operator";
    bool plain = np_args_flag(args, "no-passphrase");
    char passphrase[NP_PASSPHRASE_BYTES] = "";
    if (plain && np_args_text(args, "passphrase-file"))
        return np_error_set(err, NP_ERR_USAGE,
                            "--no-passphrase and --passphrase-file say two things: give one of them");
    /* a script that names none gets a key without one, and is told so */
    plain = plain || !cli_passphrase_can_be_had(args);
    np_status status = cli_check_absent(path, err);
    if (status == NP_OK && !plain)
        status = cli_passphrase_ask_new(args, path, passphrase, err);
    if (status == NP_OK)
        status = np_keys_new(path, name, plain ? NULL : passphrase, err);
    sodium_memzero(passphrase, sizeof passphrase);
    if (status == NP_OK)
        say_made(path, name, plain);
    return status;
}

const np_command cli_cmd_keys_new = {
    .name = "keys new",
    .summary = "make an operator's key pair",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Makes an Ed25519 key pair: FILE (secret, readable by its owner alone, and sealed by a passphrase) and "
        "FILE.pub. "
        "Approvals are signed with the one and checked with the other. Files that are there are never replaced.",
    .options = keys_options,
    .examples = keys_examples,
    .run = run_keys,
};

static const np_option link_options[] = {{.name = "name",
                                          .letter = 'n',
                                          .kind = NP_OPTION_TEXT,
                                          .value = "NAME",
                                          .fallback = "link",
                                          .help = "What the key is for, without blanks."},
                                         {0}};

static const np_example link_examples[] = {
    {"A key for the arm in room 2", "needlepath keys link room2.key --name room2"},
    {"Both sides take it", "needlepath run head.needleplan --session 1 --to zmq:tcp://arm:5555 --link-key room2.key"},
    {0}};

static np_status run_link(const np_command_args *args, np_error *err)
{
    const char *path = args->operands[0];
    np_status status = np_link_new_key(path, np_args_text(args, "name"), err);
    if (status == NP_OK)
        fprintf(stderr, "%s: link key; copy it to the executor in person, and give it to both sides as --link-key\n",
                CLI_PLAIN(path));
    return status;
}

const np_command cli_cmd_keys_link = {
    .name = "keys link",
    .summary = "make the key that a sender and an executor share",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Makes 32 random bytes and writes them to FILE, readable by its owner alone. With the same file on both "
        "sides (--link-key of `needlepath run` and of needlepath-sim) every frame is authenticated, and nobody "
        "without it can move the arm; anyone can still stop it. A file that is there is never replaced.",
    .options = link_options,
    .examples = link_examples,
    .run = run_link,
};

static const np_option curve_options[] = {
    {.name = "name",
     .letter = 'n',
     .kind = NP_OPTION_TEXT,
     .value = "NAME",
     .help = "Whose it is, without blanks; the executor's log shows it. Default: FILE's name."},
    {0}};

static const np_example curve_examples[] = {
    {"One pair for the computer that sends, one for the executor", "needlepath keys curve lab.curve --name lab"},
    {"The executor has its own secret key and a list of public ones",
     "needlepath-sim --listen zmq:tcp://*:5555 --curve-key arm.curve --allow lab.curve.pub"},
    {"The sender has its own secret key and the executor's public one",
     "needlepath run head.needleplan --session 1 --to zmq:tcp://arm:5555 --curve-key lab.curve --server-key "
     "arm.curve.pub"},
    {0}};

static np_status run_curve(const np_command_args *args, np_error *err)
{
    const char *path = args->operands[0], *name = np_args_text(args, "name"), *slash = strrchr(path, '/');
    np_status status = np_link_keys_new(path, name ? name : slash ? slash + 1 : path, err);
    if (status == NP_OK)
        fprintf(stderr,
                "%s: secret key; keep it to yourself (--curve-key)\n%s.pub: public key; give it to the other side (a "
                "sender's to the executor's --allow, an executor's to the senders' --server-key)\n",
                CLI_PLAIN(path), CLI_PLAIN(path));
    return status;
}

const np_command cli_cmd_keys_curve = {
    .name = "keys curve",
    .summary = "make a CURVE key pair, for an encrypted ZeroMQ link",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Makes a key pair of ZeroMQ's CURVE: FILE (secret, readable by its owner alone) and FILE.pub. Each side has "
        "one pair. With CURVE nobody on the way can read or alter what is sent, and only those whose public keys the "
        "executor lists can run a session; anyone else can still stop it. Files that are there are never replaced.",
    .options = curve_options,
    .examples = curve_examples,
    .run = run_curve,
};
