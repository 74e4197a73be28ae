/* What the commands share that look at one plugin of a file: their options, and the plugin and head that these name. */
#ifndef NP_CLI_PLUGIN_LOOK_H
#define NP_CLI_PLUGIN_LOOK_H

#include "case/description.h"
#include "cli/cli.h"
#include "cli/plugin_options.h"
#include "field/example.h"

#define CLI_LOOK_OPTIONS                                                                                               \
    {.name = "param",                                                                                                  \
     .letter = 'p',                                                                                                    \
     .kind = NP_OPTION_TEXT,                                                                                           \
     .value = "ID=VALUE",                                                                                              \
     .repeats = true,                                                                                                  \
     .help = "A parameter, as in a case file: fade_mm=8, picture=map.pgm, fade='[[0, 0], [6, 1]]'."},                  \
        {.name = "input",                                                                                              \
         .letter = 'i',                                                                                                \
         .kind = NP_OPTION_TEXT,                                                                                       \
         .value = "SLOT=PLACE",                                                                                        \
         .repeats = true,                                                                                              \
         .help = "Where an input of the strategy lies, by name as `of:` of a case has it: region=scalp (or frontal, "  \
                 "crown, "                                                                                             \
                 "temple_left), curve=fut_scar, points=fue_scars."},                                                   \
        {.name = "strategy",                                                                                           \
         .kind = NP_OPTION_TEXT,                                                                                       \
         .value = "NAME",                                                                                              \
         .help = "Which one, of a plugin that has several."},                                                          \
    {                                                                                                                  \
        .name = "head", .kind = NP_OPTION_FILE, .value = "SCAN.yaml",                                                  \
        .help = "Another head than the built-in one: the description of a scan (`needlepath scan fit` writes one)."    \
    }

/* The strategies of the plugin, one left; the head; and the case, of ARGS' options.  All the caller's to end (cli_look_fini), after errors too. */
typedef struct cli_look {
    np_plugin_list plugins;
    np_scan_description head;
    np_case *c;
    char strategy[64];
} cli_look;

/* ARGS of a command with CLI_LOOK_OPTIONS, its operand the plugin's file.  PLUGINS are those of that file; LOOK takes them over. */
np_status cli_look_init(const np_command_args *args, np_plugin_list *plugins, cli_look *look, np_error *err);
void cli_look_fini(cli_look *look);

#endif
