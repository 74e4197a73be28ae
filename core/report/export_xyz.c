/* The dots' places alone, for programs that read nothing else. */
#include "report/export.h"

static np_status write_xyz(const np_export_request *request, FILE *out, np_error *err)
{
    (void)err;
    size_t i = 0;
    for (const np_dot *d; (d = np_export_next(request, &i));)
        fprintf(out, "%.3f %.3f %.3f\n", d->position.x, d->position.y, d->position.z);
    return NP_OK;
}

const np_exporter np_exporter_xyz = {false, write_xyz, false, ""};
