/* The options of the commands that make the built-in head (head, case new): rows of their option tables, and what they say. */
#ifndef NP_CLI_HEAD_OPTIONS_H
#define NP_CLI_HEAD_OPTIONS_H

#include "base/command.h"
#include "case/description.h"
#include "head/head.h"

#define CLI_HEAD_OPTIONS                                                                                               \
    {.name = "sex",                                                                                                    \
     .letter = 's',                                                                                                    \
     .kind = NP_OPTION_CHOICE,                                                                                         \
     .value = "m|f",                                                                                                   \
     .fallback = "m",                                                                                                  \
     .help = "Of the built-in head: men's or women's measures."},                                                      \
    {                                                                                                                  \
        .name = "percentile", .letter = 'p', .kind = NP_OPTION_NUMBER, .value = "P", .fallback = "50", .min = 5,       \
        .max = 95, .help = "Of the built-in head: of all its measures at once, 5 to 95."                               \
    }

/* The built-in head that ARGS ask for; the caller frees both. */
static inline np_status cli_head_create(const np_command_args *args, np_mesh *out_mesh,
                                        np_scan_description *out_description, np_error *err)
{
    np_case_sex sex = np_args_text(args, "sex")[0] == 'f' ? NP_CASE_SEX_F : NP_CASE_SEX_M;
    return np_head_create(sex, np_args_number(args, "percentile"), out_mesh, out_description, err);
}

/* The options above, where a scan takes the place of that head. */
#define CLI_HEAD_REFUSE(args, err)                                                                                     \
    cli_refuse(args, (const char *const[]){"sex", "percentile"}, 2,                                                    \
               "goes with the built-in head, and not with a scan", err)

#endif
