/* The dots as a table, RFC 4180. */
#include <inttypes.h>

#include "base/angle.h"
#include "report/export.h"

static void write_csv_dot(const np_plan *plan, const np_dot *d, FILE *out)
{
    fprintf(out,
            "%" PRIu32 ",%" PRId32 ",%" PRIu32 ",%.3f,%.3f,%.3f,%.6f,%.6f,%.6f,%.6f,%.6f,%.6f,%.3f,%.4f,%.6f,%.3f,",
            d->id, d->session, d->order, d->position.x, d->position.y, d->position.z, d->normal.x, d->normal.y,
            d->normal.z, d->axis.x, d->axis.y, d->axis.z, d->depth_mm, np_angle_deg(d->tilt_rad), d->tone, d->dwell_ms);
    np_export_quoted(plan->layers[d->layer].name, out);
    fprintf(out, ",%.3f,%d\n", d->density_per_cm2, d->pin);
}

static np_status write_csv(const np_export_request *request, FILE *out, np_error *err)
{
    (void)err;
    fputs("id,session,order,x,y,z,nx,ny,nz,ax,ay,az,depth_mm,tilt_deg,tone,dwell_ms,layer,density_per_cm2,pin\n", out);
    size_t i = 0;
    for (const np_dot *d; (d = np_export_next(request, &i));)
        write_csv_dot(request->plan, d, out);
    return NP_OK;
}

const np_exporter np_exporter_csv = {false, write_csv, false, ""};
