/* What pictures of a plan need beside it: the scan, which a plan does not hold but names in its case; and what was made. */
#include "report/private/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

np_status report_source_case(const np_plan *plan, const char *base_directory, np_case **out_case, np_error *err)
{
    /* relative paths in the case are meant from the folder that it lay in */
    char path[4096];
    snprintf(path, sizeof path, "%s/case.yaml", base_directory);
    return np_case_parse(path, plan->case_text, strlen(plan->case_text), out_case, err);
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = ((const np_made_dot *)a)->id, y = ((const np_made_dot *)b)->id;
    return x < y ? -1 : x > y;
}

np_status report_made_init(report_made *made, const np_plan *plan, const char *path, np_error *err)
{
    *made = (report_made){0};
    size_t n = 0;
    np_status status = np_made_read(path, plan, 0, &made->dots, &n, err);
    if (status != NP_OK)
        return status;
    made->by_dot = calloc(plan->n_dots + 1, sizeof(np_made_dot *));
    if (!made->by_dot) {
        report_made_fini(made);
        return np_error_no_memory(err, "what was made");
    }
    if (n)
        qsort(made->dots, n, sizeof *made->dots, by_id);
    for (size_t i = 0; n && i < plan->n_dots; i++) {
        np_made_dot key = {.id = plan->dots[i].id};
        made->by_dot[i] = bsearch(&key, made->dots, n, sizeof key, by_id);
    }
    return NP_OK;
}

void report_made_fini(report_made *made)
{
    free(made->dots);
    free(made->by_dot);
    *made = (report_made){0};
}
