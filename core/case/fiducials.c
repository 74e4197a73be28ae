/* Fiducials are read by the same schema tables as case files, and refused in the same words. */
#include "case/fiducials.h"

#include <stdlib.h>

#include "base/file.h"
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
    *out = (np_fiducials){0};
    char *text;
    size_t size;
    np_status status = np_file_read(path, CASE_FILE_MAX, &text, &size, err);
    if (status != NP_OK)
        return status;
    case_document document = {0};
    void *data = NULL;
    status = case_load(path, text, size, &case_fiducials_schema, &document, &data, err);
    if (status == NP_OK)
        *out = *(np_fiducials *)data;
    free(data);
    case_document_fini(&document);
    free(text);
    return status;
}
