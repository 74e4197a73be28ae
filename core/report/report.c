/* The report: the scan rebuilt from the plan's case, the pictures drawn, the HTML written around them. */
#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/private/figure.h"
#include "report/private/html.h"
#include "report/private/source.h"
#include "head/scan.h"

static const report_picture *const pictures[] = {
#define PICTURE_ROW(name) &report_picture_##name,
    REPORT_PICTURE_TABLE(PICTURE_ROW)
#undef PICTURE_ROW
        NULL};
enum { N_PICTURES = sizeof pictures / sizeof *pictures - 1 };

static np_status draw_all(const report_figure_input *in, const char *directory, const np_progress *progress,
                          np_error *err)
{
    for (int i = 0; i < N_PICTURES; i++) {
        if (!np_progress_step(progress, "drawing", (double)i / N_PICTURES))
            return np_error_set(err, NP_ERR_STOPPED, "stopped; %s is incomplete", directory);
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.png", directory, pictures[i]->name);
        np_status status = pictures[i]->draw(in, path, err);
        if (status != NP_OK)
            return status;
    }
    return NP_OK;
}

np_status np_report_write(const np_plan *plan, const char *base_directory, const char *directory,
                          const np_progress *progress, np_error *err)
{
    np_scan *scan = NULL;
    np_status status = report_source_scan(plan, base_directory, &scan, err);
    if (status == NP_OK)
        status = np_folder_make(directory, 0777, err);
    if (status == NP_OK) {
        report_figure_input in = {plan, scan, report_figure_box(scan)};
        for (size_t i = 0; i < plan->n_dots; i++)
            report_figure_box_add(&in.box, plan->dots[i].position);
        status = draw_all(&in, directory, progress, err);
    }
    if (status == NP_OK)
        status = report_html_write(plan, directory, pictures, err);
    np_scan_destroy(scan);
    return status;
}
