/* Passphrases of operators' keys: from a file, from the environment, or from whoever sits at the terminal. */
#ifndef NP_CLI_PASSPHRASE_H
#define NP_CLI_PASSPHRASE_H

#include "cli/cli.h"
#include "plan/keys.h"

#define CLI_PASSPHRASE_OPTION                                                                                          \
    {                                                                                                                  \
        .name = "passphrase-file", .kind = NP_OPTION_FILE, .value = "FILE",                                            \
        .help = "For scripts: the first line of FILE, which nobody else may read, is the key's passphrase. Else it "   \
                "is the "                                                                                              \
                "environment's NEEDLEPATH_PASSPHRASE, or asked for at the terminal.",                                  \
    }

/* Whether there is a passphrase, or somebody at a terminal to ask for one. */
bool cli_passphrase_can_be_had(const np_command_args *args);
/* A np_passphrase_ask; CONTEXT is the command's np_command_args. */
np_status cli_passphrase_ask(void *context, const char *path, char out_passphrase[NP_PASSPHRASE_BYTES], np_error *err);
/* The same for a new key: at the terminal it is asked for twice, until both are the same. */
np_status cli_passphrase_ask_new(const np_command_args *args, const char *path,
                                 char out_passphrase[NP_PASSPHRASE_BYTES], np_error *err);

#endif
