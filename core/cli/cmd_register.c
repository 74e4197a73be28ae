/* needlepath register: checks fiducials and prints where the head is. */
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/plugin_options.h"
#include "stream/register.h"

static const np_option options[] = {CLI_SANDBOX_OPTION, CLI_JSON_OPTION("Print as JSON."), {0}};

static const np_example examples[] = {
    {"How good are my fiducials?", "needlepath register fiducials.yaml"},
    {"Use them", "needlepath run head.needleplan --session 1 --to TARGET --fiducials fiducials.yaml"},
    {0}};

static np_status print(const np_fiducials *f, const np_registration *r, const double *residual_mm, bool as_json,
                       np_error *err)
{
    char lies[NP_REGISTRATION_TEXT_BYTES];
    np_registration_say(r, lies);
    if (as_json) {
        json_t *points = json_array();
        for (unsigned i = 0; i < f->n; i++)
            json_array_append_new(points,
                                  json_pack("{s:s, s:f}", "name", f->points[i].name, "residual_mm", residual_mm[i]));
        return cli_give_json(json_pack("{s:[f,f,f,f], s:[f,f,f], s:s, s:f, s:f, s:f, s:o}", "rotation_wxyz",
                                       r->rotation[0], r->rotation[1], r->rotation[2], r->rotation[3], "translation_mm",
                                       r->translation.x, r->translation.y, r->translation.z, "orientation", lies,
                                       "rms_mm", r->rms_mm, "worst_mm", r->worst_mm, "limit_mm", f->limit_mm,
                                       "fiducials", points),
                             err);
    }
    for (unsigned i = 0; i < f->n; i++)
        printf("  %-20s %6.3f mm off%s\n", CLI_PLAIN(f->points[i].name), residual_mm[i],
               residual_mm[i] > f->limit_mm ? "  TOO FAR" : "");
    printf("  RMS %.3f mm, limit %.2f mm a point\n  %s\n", r->rms_mm, f->limit_mm, lies);
    if (r->worst_mm > NP_REGISTRATION_USUAL_MM)
        printf("  more than %.1f mm off: dots and their depth may be as much off; measure anew\n",
               NP_REGISTRATION_USUAL_MM);
    return cli_check_stdout(err);
}

static np_status run(const np_command_args *args, np_error *err)
{
    np_fiducials fiducials = {0};
    np_registration registration;
    double *residual_mm = NULL;
    cli_set_sandbox(args);
    np_status status = np_fiducials_read(args->operands[0], &fiducials, err);
    if (status == NP_OK && !(residual_mm = calloc(fiducials.n, sizeof *residual_mm)))
        status = np_error_no_memory(err, "the residuals");
    if (status == NP_OK) {
        status = np_register(&fiducials, &registration, residual_mm, err);
        /* the residuals say which point to measure again: they are printed for a refused set too */
        if (status == NP_OK || status == NP_ERR_UNSAFE) {
            np_error print_err = {0};
            np_status printed = print(&fiducials, &registration, residual_mm, np_args_flag(args, "json"), &print_err);
            if (status == NP_OK && printed != NP_OK) {
                *err = print_err;
                status = printed;
            }
        }
    }
    free(residual_mm);
    np_fiducials_fini(&fiducials);
    return status;
}

const np_command cli_cmd_register = {
    .name = "register",
    .summary = "check fiducials and compute where the head is",
    .operands = "FIDUCIALS.yaml",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Computes the rigid motion from the head frame to the arm's frame from points measured in both (Horn 1987) and "
        "prints each point's residual and how the head lies in the arm's frame. Refuses fewer than 4 points, points "
        "near "
        "one line or one plane (left and right taken for each other would go unnoticed), sets that fit themselves once "
        "turned, mirrored sets, and residuals "
        "above limit_mm.\n\n"
        "The file: `limit_mm: 1.0` and `fiducials: [{name: nasion, head: [x, y, z], arm: [x, y, z]}, ...]`, in mm; "
        "head "
        "coordinates are of the head frame.",
    .options = options,
    .examples = examples,
    .run = run,
};
