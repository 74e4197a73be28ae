/* Commands of a command-line program as tables: parsing, help, man pages and shell completion come from the same rows, so
 * that they cannot disagree.  The parsing itself is getopt_long's. */
#ifndef NP_BASE_COMMAND_H
#define NP_BASE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"

#define NP_COMMAND_MAX_OPTIONS 48
#define NP_COMMAND_MAX_REPEATS 16

typedef enum np_option_kind {
    NP_OPTION_FLAG,    /* no value */
    NP_OPTION_TEXT,    /* any text; VALUE is shown in the help */
    NP_OPTION_FILE,    /* as text, but not empty; completed as a file name */
    NP_OPTION_INTEGER, /* MIN..MAX */
    NP_OPTION_UINT64,  /* 0..2^64 - 1, whatever MIN and MAX are: of seeds */
    NP_OPTION_NUMBER,  /* MIN..MAX */
    NP_OPTION_CHOICE   /* one of VALUE, as "csv|json" */
} np_option_kind;

typedef struct np_option {
    const char *name; /* "session": given as --session */
    char letter;      /* 's' for -s too, or 0 */
    np_option_kind kind;
    const char *value;    /* "N", "FILE", "csv|json"; NULL for flags */
    const char *help;     /* one or two sentences */
    const char *fallback; /* value when not given; NULL: none */
    double min, max;      /* of numbers */
    bool required;
    bool repeats; /* may be given up to NP_COMMAND_MAX_REPEATS times */
    bool writes;  /* a file or folder that the command writes: no file that it is given to read */
} np_option;

typedef struct np_example {
    const char *what, *line;
} np_example;

typedef struct np_command_args np_command_args;

typedef struct np_command {
    const char *name;     /* "plan", "case new"; "" for a program without subcommands */
    const char *summary;  /* one line, no full stop */
    const char *operands; /* "CASE.yaml", "" for none; "A|B" completes as words */
    int min_operands, max_operands;
    const char *description;    /* paragraphs parted by a blank line */
    const np_option *options;   /* ended by a row without a name */
    const np_example *examples; /* ended by a row without a line */
    /* Does it.  Texts for the person go to stderr, data to stdout; the error is printed by the caller. */
    np_status (*run)(const np_command_args *args, np_error *err);
    bool holds_needle; /* no second Ctrl-C ends it */
    /* What the program ends with, and what these numbers mean; both NULL: np_status_exit. */
    int (*exit_status)(np_status status);
    const char *exit_meaning;
} np_command;

struct np_command_args {
    const np_command *command;
    const char *values[NP_COMMAND_MAX_OPTIONS][NP_COMMAND_MAX_REPEATS];
    int n_values[NP_COMMAND_MAX_OPTIONS];
    char *const *operands; /* into argv */
    int n_operands;
    bool help; /* --help was given: nothing else was checked */
};

/* What a program that ran COMMAND with STATUS ends with. */
int np_command_exit(const np_command *command, np_status status);

/* Parses argv[1..] (argv[0] is not looked at; argv is permuted) against COMMAND.  NP_ERR_USAGE with a sentence that names
 * the option, what was expected and what was found; also for empty operands, and where a file that is to be written is another
 * one of the command line, under whatever name.  Not thread-safe (getopt). */
np_status np_command_parse(const np_command *command, int argc, char **argv, np_command_args *out_args, np_error *err);

/* Values by option name.  A name that the command does not have ends the program (a rule of the tree finds it first).  Text: NULL if not given and without fallback. */
bool np_args_flag(const np_command_args *args, const char *name);
const char *np_args_text(const np_command_args *args, const char *name);
double np_args_number(const np_command_args *args, const char *name);
uint64_t np_args_uint64(const np_command_args *args, const char *name);
int np_args_integer(const np_command_args *args, const char *name);
int np_args_count(const np_command_args *args, const char *name);
const char *np_args_text_at(const np_command_args *args, const char *name, int i);

/* Whether flag NAME is given, also on a command line that could not be parsed to its end; false for a command that has none. */
bool np_args_asks_for(const np_command_args *args, const char *name, int argc, char **argv);

/* The command whose one- or two-word name begins argv[1..]; *out_words says how many words it took.  NULL if none. */
const np_command *np_command_find(const np_command *const *commands, int argc, char **argv, int *out_words);

/* --help text, man page (section 1, man(7) macros), overview of all commands, bash completion.  COMMANDS ends with NULL. */
void np_command_write_help(const char *program, const np_command *command, FILE *out);
void np_command_write_man(const char *program, const np_command *command, FILE *out);
void np_command_write_overview(const char *program, const char *summary, const np_command *const *commands, FILE *out);
void np_command_write_overview_man(const char *program, const char *summary, const np_command *const *commands,
                                   FILE *out);
void np_command_write_completion(const char *program, const np_command *const *commands, FILE *out);

/* For the build: FOLDER/PROGRAM.1, FOLDER/PROGRAM-COMMAND.1 for each named command, and FOLDER/PROGRAM, the completion. */
np_status np_command_write_documents(const char *program, const char *summary, const np_command *const *commands,
                                     const char *folder, np_error *err);

#endif
