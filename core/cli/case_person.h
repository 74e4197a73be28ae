/* What a case says of the person, as `case check`, `plan`, `show` and `approve` say it. */
#ifndef NP_CLI_CASE_PERSON_H
#define NP_CLI_CASE_PERSON_H

#include <jansson.h>

#include "case/case.h"

/* Reasons with what serves them, then findings with source and sureness; nothing for a case that says nothing of the person and whose sessions
 * are in order. */
void cli_print_person(const np_case *c);
/* {"said": true, "reasons": [{"reason", "served", "by"}], "findings": [{"weight", "text", "section", "sure"}]} */
json_t *cli_person_json(const np_case *c);
/* NP_ERR_UNSAFE with the first thing that blocks the treatment, and how it is cleared. */
np_status cli_check_person(const np_case *c, np_error *err);
/* On stderr, a line for each thing that blocks the treatment or delays it. */
void cli_say_person(const np_case *c);
/* cli_check_person of a plan's case, and what delays it, said. */
np_status cli_check_person_text(const char *path, const char *case_text, np_error *err);

#endif
