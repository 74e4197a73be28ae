/* Fiducials are read by the same schema tables as case files, and refused in the same words. */
#include "case/fiducials.h"

#include <stdlib.h>

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

np_status np_fiducials_parse(const char *path, const char *text, size_t size, np_fiducials *out, np_error *err)
{
    return case_load_struct(path, text, size, &case_fiducials_schema, out, sizeof *out, err);
}
