/* The options of the commands that foresee skin (preview, shades): a row of their option tables, and what they say. */
#ifndef NP_CLI_SKIN_OPTIONS_H
#define NP_CLI_SKIN_OPTIONS_H

#include "base/command.h"
#include "report/preview.h"
#include "skin/deposit.h"

#define CLI_SKIN_OPTION                                                                                                \
    {                                                                                                                  \
        .name = "skin", .kind = NP_OPTION_TEXT, .value = "CLASS|L,A,B", .fallback = "light",                           \
        .help = "light, intermediate, tan, brown or dark, or L*a*b* as measured without the surface's reflection."     \
    }

/* The skin of --skin, and the model with what each --set says. */
static inline np_status cli_skin_read(const np_command_args *args, np_lab *out_skin, np_skin_model *out_model,
                                      np_error *err)
{
    *out_model = np_skin_model_default();
    np_status status = np_preview_parse_skin(np_args_text(args, "skin"), out_skin, err);
    for (int i = 0; status == NP_OK && i < np_args_count(args, "set"); i++)
        status = np_skin_model_set(out_model, np_args_text_at(args, "set", i), err);
    return status;
}

#endif
