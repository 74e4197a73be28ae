/* A gantry's program: one vertical stroke a dot, all travel above the head; dots that it has to leave out are named. */
#include "report/private/robot.h"
#include "stream/gcode.h"

/* The next dot that is not left out. */
static const np_dot *next_made(const np_export_request *request, const np_gantry *gantry, size_t *index)
{
    const np_dot *d;
    do
        d = np_export_next(request, index);
    while (d && np_gantry_judge(gantry, d) != NP_GANTRY_MAKES);
    return d;
}

static void write_dots(const np_export_request *request, const np_gantry *gantry, FILE *out)
{
    size_t i = 0;
    char label[REPORT_ROBOT_CARTRIDGE_BYTES];
    const np_dot *before = NULL, *behind;
    for (const np_dot *d = next_made(request, gantry, &i); d; before = d, d = behind) {
        char lines[NP_GCODE_DOT_LINES][64];
        behind = next_made(request, gantry, &i);
        np_gcode_dot(gantry, before, d, behind, lines);
        if (report_robot_cartridge(request->plan, before, d, label))
            fprintf(out, "M0 ; put in the cartridge %s, dip it, then go on\n", label);
        fprintf(out, "; dot %u\n", d->id);
        for (int k = 0; k < NP_GCODE_DOT_LINES; k++)
            fprintf(out, "%s\n", lines[k]);
    }
}

static np_status write_gcode(const np_export_request *request, FILE *out, np_error *err)
{
    const np_gantry_settings settings = {request->lift_mm, request->plunge_mm_s, request->tilt_max_deg, false};
    np_gantry gantry;
    char text[NP_GANTRY_TEXT_BYTES];
    np_status status = np_gantry_init(&gantry, request->plan, request->registration, &settings, err);
    if (status != NP_OK)
        return status;
    size_t first = 0, n = np_export_count(request);
    const np_dot *dots = np_export_next(request, &first);
    size_t left = np_gantry_left_out(&gantry, dots, n, NULL, text);
    if (left > 0 && left == n)
        return np_error_set(err, NP_ERR_UNSAFE, "no dot of session %d can be made as the head lies: %s: turn the head",
                            request->session, text);
    report_robot_header(request, ";", out);
    fprintf(out,
            "; travel at z %.3f and below: no part of the head as it was scanned is above z %.3f. The way to there is "
            "straight up "
            "from where the machine stands\n",
            gantry.safe_z_mm, gantry.top_z_mm);
    if (left)
        fprintf(out, "; LEFT OUT %zu of %zu dots: %s\n", left, n, text);
    fprintf(out, "G21 G90 G94\nG0 Z%.3f\n", gantry.safe_z_mm);
    write_dots(request, &gantry, out);
    fputs("M2\n", out);
    return left == 0 ? NP_OK
                     : np_error_set(err, NP_ERR_INCOMPLETE,
                                    "%zu of %zu dots of session %d are not in the program: %s; turn the head so that "
                                    "they lie level, and export again",
                                    left, n, request->session, text);
}

const np_exporter np_exporter_gcode = {true, write_gcode, false, "fiducials gantry-tilt lift plunge early unapproved"};
