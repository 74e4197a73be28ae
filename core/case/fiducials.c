/* Fiducials are read by the same schema tables as case files, and refused in the same words. */
#include "case/fiducials.h"

#include <stdlib.h>

#include "case/private/load.h"

void np_fiducials_fini(np_fiducials *f)
{
    for (unsigned i = 0; i < f->n; i++)
        free(f->points[i].name);
    free(f->points);
    *f = (np_fiducials){0};
}

np_status np_fiducials_read(const char *path, np_fiducials *out, np_error *err)
{
    case_document document;
    np_status status = case_load_file(path, &case_fiducials_schema, &document, out, sizeof *out, err);
    case_document_fini(&document);
    return status;
}
