/* A plan does not hold its scan, but the case that it was made from, which names it. */
#include "report/private/source.h"

#include <stdio.h>
#include <string.h>

np_status report_source_case(const np_plan *plan, const char *base_directory, np_case **out_case, np_error *err)
{
    /* relative paths in the case are meant from the folder that it lay in */
    char path[4096];
    snprintf(path, sizeof path, "%s/case.yaml", base_directory);
    return np_case_parse(path, plan->case_text, strlen(plan->case_text), out_case, err);
}

np_status report_source_scan(const np_plan *plan, const char *base_directory, np_scan **out_scan, np_error *err)
{
    np_case *c = NULL;
    np_status status = report_source_case(plan, base_directory, &c, err);
    if (status == NP_OK)
        status = np_scan_create(&c->scan, NULL, out_scan, err);
    np_case_destroy(c);
    return status;
}
