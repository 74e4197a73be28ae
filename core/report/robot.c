/* The header of programs for machines: the same warnings in every language. */
#include "report/private/robot.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "plan/cartridges.h"

/* What was asked of the plan when the program was written, a line each. */
static void write_leave(const char *lines, const char *comment, FILE *out)
{
    for (const char *line = lines ? lines : "nobody asked whether the plan is approved\n"; *line;) {
        size_t n = strcspn(line, "\n");
        fprintf(out, "%s when this was written: %.*s\n", comment, (int)n, line);
        line += n + (line[n] != '\0');
    }
}

/* The same warnings in both languages, behind their comment signs. */
void report_robot_header(const np_export_request *request, const char *comment, FILE *out)
{
    const np_plan *plan = request->plan;
    const np_registration *r = request->registration;
    int session = request->session;
    char digest[2 * NP_PLAN_DIGEST_BYTES + 1];
    char lies[NP_REGISTRATION_TEXT_BYTES];
    np_hex_write(plan->digest, NP_PLAN_DIGEST_BYTES, digest);
    np_registration_say(r, lies);
    fprintf(out,
            "%s needlepath: session %d, %u dots, plan %s\n"
            "%s OFFLINE AND NOT JOURNALLED.  Nothing checks the approval again, nothing records what was done, nothing "
            "stops on\n"
            "%s silence, and a second start punctures every dot a second time.  For dry runs and for rigs with all of "
            "that.\n"
            "%s limits: depth %.3f to %.3f mm, tilt at most %.1f degrees, dots at least %.2f mm apart\n"
            "%s registration: quaternion %.9f %.9f %.9f %.9f, translation %.4f %.4f %.4f mm, residual %.3f mm RMS\n"
            "%s %s\n",
            comment, session, plan->sessions[session - 1].dots, digest, comment, comment, comment,
            plan->limits.depth_min_mm, plan->limits.depth_max_mm, plan->limits.tilt_max_deg,
            plan->limits.spacing_min_mm, comment, r->rotation[0], r->rotation[1], r->rotation[2], r->rotation[3],
            r->translation.x, r->translation.y, r->translation.z, r->rms_mm, comment, lies);
    write_leave(request->leave, comment, out);
}

bool report_robot_cartridge(const np_plan *plan, const np_dot *before, const np_dot *dot,
                            char label[REPORT_ROBOT_CARTRIDGE_BYTES])
{
    const np_palette *shades = &plan->shades;
    unsigned shade = np_plan_shade_of(shades, dot->tone);
    if (shades->n == 0 || (before && np_plan_shade_of(shades, before->tone) == shade))
        return false;
    char text[NP_PLAN_SHADE_TEXT_BYTES];
    snprintf(label, REPORT_ROBOT_CARTRIDGE_BYTES, "%s", np_plan_shade_text(&shades->shades[shade], text));
    for (char *c = label; *c; c++)
        if (*c == '\'' || *c == '"' || *c == '\\' || *c == '(' || *c == ')' || *c == ';' || *c < ' ' || *c > '~')
            *c = *c == '\'' ? ' ' : '?';
    return true;
}
