/* Fiducials are read by the same schema tables as case files, and refused in the same words. */
#include "case/fiducials.h"

#include <stdlib.h>
#include <string.h>

#include "case/private/load.h"
#include "case/private/side.h"

void np_fiducials_fini(np_fiducials *f)
{
    for (unsigned i = 0; i < f->n; i++)
        free(f->points[i].name);
    free(f->points);
    *f = (np_fiducials){0};
}

np_status np_fiducials_read(const char *path, np_fiducials *out, np_error *err)
{
    case_side_found found;
    np_status status = case_side_read_file(CASE_SIDE_FIDUCIALS, path, CASE_SIDE_YAML_MAX_BYTES, NULL, &found, err);
    *out = found.fiducials;
    return status;
}

/* Of two points under one name nobody can say which of them a residual is of, or which was measured last. */
static np_status check_names(const char *path, const np_fiducials *f, np_error *err)
{
    for (unsigned i = 0; i < f->n; i++)
        for (unsigned j = 0; j < i; j++)
            if (strcmp(f->points[i].name, f->points[j].name) == 0)
                return np_error_set(
                    err, NP_ERR_INVALID,
                    "%s: fiducials %u and %u have the same name, '%s'; keep the one that holds, or give "
                    "each point a name of its own",
                    path, j + 1, i + 1, f->points[i].name);
    return NP_OK;
}

np_status np_fiducials_parse(const char *path, const char *text, size_t size, np_fiducials *out, np_error *err)
{
    np_status status = case_load_struct(path, text, size, &case_fiducials_schema, out, sizeof *out, err);
    if (status == NP_OK && (status = check_names(path, out, err)) != NP_OK)
        np_fiducials_fini(out);
    return status;
}
