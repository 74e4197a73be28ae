/* The dots as a point cloud with normals, depth and session. */
#include "report/export.h"

static np_status write_ply(const np_export_request *request, FILE *out, np_error *err)
{
    (void)err;
    fprintf(out,
            "ply\nformat ascii 1.0\ncomment needlepath dots, head frame, mm\nelement vertex %zu\n"
            "property double x\nproperty double y\nproperty double z\nproperty float nx\nproperty float ny\n"
            "property float nz\nproperty float depth_mm\nproperty uchar session\nend_header\n",
            np_export_count(request));
    size_t i = 0;
    for (const np_dot *d; (d = np_export_next(request, &i));)
        fprintf(out, "%.3f %.3f %.3f %.6f %.6f %.6f %.3f %d\n", d->position.x, d->position.y, d->position.z,
                d->normal.x, d->normal.y, d->normal.z, d->depth_mm, d->session);
    return NP_OK;
}

const np_exporter np_exporter_ply = {false, write_ply, false, ""};
