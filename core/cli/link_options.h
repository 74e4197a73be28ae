/* The options of the commands that open a link to an executor (run, air, review): rows of their option tables. */
#ifndef NP_CLI_LINK_OPTIONS_H
#define NP_CLI_LINK_OPTIONS_H

#include "case/limits.h"

#define CLI_SESSION_OPTION                                                                                             \
    {                                                                                                                  \
        .name = "session", .letter = 's', .kind = NP_OPTION_INTEGER, .value = "N", .min = 1,                           \
        .max = NP_CASE_MAX_SESSIONS, .required = true, .help = "Which session of the plan; the first is 1."            \
    }

#define CLI_STATE_OPTION                                                                                               \
    {                                                                                                                  \
        .name = "state", .kind = NP_OPTION_FILE, .value = "FOLDER",                                                    \
        .help = "grbl: where this machine keeps its ledger of what was made. Default: $XDG_STATE_HOME/needlepath, or " \
                "~/.local/state/needlepath, which is asked in any case.",                                              \
    }

#define CLI_OTHER_EXECUTOR_OPTION                                                                                      \
    {                                                                                                                  \
        .name = "other-executor", .kind = NP_OPTION_TEXT, .value = "REASON",                                           \
        .help = "Somebody has looked at the skin: take an executor whose journal does not have what was made of the "  \
                "session, as it is another one, or its journal was lost or is an older copy. What the plan has as "    \
                "made is told to it. grbl: dots that this machine's ledger has at another target are not in this "     \
                "skin, and are made. The reason stays on record in the plan.",                                         \
    }

#define CLI_LINK_OPTIONS                                                                                               \
    {.name = "timeout",                                                                                                \
     .kind = NP_OPTION_NUMBER,                                                                                         \
     .value = "S",                                                                                                     \
     .fallback = "10",                                                                                                 \
     .min = 0.1,                                                                                                       \
     .max = 3600,                                                                                                      \
     .help = "How long to wait for the executor to answer, in seconds."},                                              \
        {.name = "link-key",                                                                                           \
         .kind = NP_OPTION_FILE,                                                                                       \
         .value = "FILE",                                                                                              \
         .help = "The key shared with the executor. Default: none, and neither side is authenticated."},               \
        {.name = "curve-key",                                                                                          \
         .kind = NP_OPTION_FILE,                                                                                       \
         .value = "FILE",                                                                                              \
         .help = "Your secret CURVE key (`needlepath keys curve`), which encrypts a ZeroMQ link; the executor lists "  \
                 "its public "                                                                                         \
                 "half."},                                                                                             \
    {                                                                                                                  \
        .name = "server-key", .kind = NP_OPTION_FILE, .value = "FILE.pub",                                             \
        .help = "With it: the executor's public CURVE key."                                                            \
    }

#endif
