/* A gantry's program: one vertical stroke a dot. */
#include "report/private/robot.h"
#include "stream/gcode.h"

static np_status write_gcode(const np_export_request *request, FILE *out, np_error *err)
{
    np_gantry gantry;
    np_status status = np_gantry_init(&gantry, request->plan, request->session, request->registration, request->lift_mm,
                                      request->plunge_mm_s, err);
    if (status != NP_OK)
        return status;
    report_robot_header(request, ";", out);
    fprintf(out, "G21 G90 G94\nG0 Z%.3f\n", gantry.safe_z_mm);
    size_t i = 0;
    for (const np_dot *d; (d = np_export_next(request, &i));) {
        char lines[NP_GCODE_DOT_LINES][64];
        np_gcode_dot(&gantry, d, lines);
        fprintf(out, "; dot %u\n", d->id);
        for (int k = 0; k < NP_GCODE_DOT_LINES; k++)
            fprintf(out, "%s\n", lines[k]);
    }
    fputs("M2\n", out);
    return NP_OK;
}

const np_exporter np_exporter_gcode = {true, write_gcode, false};
