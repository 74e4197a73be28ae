/* The report: the scan rebuilt from the plan's case, the pictures drawn, the HTML written around them. */
#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/private/figure.h"
#include "report/private/html.h"
#include "report/private/ink.h"
#include "report/private/judged.h"
#include "report/private/source.h"
#include "report/private/viewer.h"

static const report_picture *const pictures[] = {
#define PICTURE_ROW(name) &report_picture_##name,
    REPORT_PICTURE_TABLE(PICTURE_ROW)
#undef PICTURE_ROW
        NULL};
enum { N_PICTURES = sizeof pictures / sizeof *pictures - 1 };

np_report_by np_report_by_find(const char *name)
{
    static const char *const names[NP_REPORT_BYS] = {
#define BY_NAME(id, name, what) name,
        NP_REPORT_BY_TABLE(BY_NAME)
#undef BY_NAME
    };
    int by = 0;
    while (by < NP_REPORT_BYS && strcmp(name, names[by]) != 0)
        by++;
    return (np_report_by)by;
}

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

/* What the views need beside the scan: what was made, the hairline, and the dots' colours or what they are as pigment. */
typedef struct report_parts {
    report_made made;
    report_hairline hairline;
    report_colouring by;
    report_preview_scene ink;
    report_standing standing;
    np_plan_look look;
} report_parts;

static np_status collect_parts(const np_report_request *r, const np_case *c, const np_scan *scan, report_parts *parts,
                               np_error *err)
{
    np_status status = report_made_init(&parts->made, r->plan, r->plan_path, err);
    const np_skin_model usual = np_skin_model_default();
    if (status == NP_OK)
        status = report_hairline_find(&parts->hairline, r->plan, scan, err);
    if (status == NP_OK)
        status = report_standing_init(&parts->standing, r->plan, c, scan, r->base_directory, &usual, err);
    if (status == NP_OK)
        status = report_judge(r->plan, &parts->standing, &parts->look, err);
    if (status == NP_OK && r->by != NP_REPORT_BY_INK)
        status = report_colouring_init(&parts->by, r->plan, &parts->made, r->by, err);
    return status == NP_OK ? report_ink_healed(r->plan, &parts->standing, &parts->ink, err) : status;
}

np_status np_report_write(const np_report_request *request, const char *directory, const np_progress *progress,
                          np_error *err)
{
    np_case *c = NULL;
    np_scan *scan = NULL;
    report_parts parts = {0};
    np_status status = report_source_case(request->plan, request->base_directory, &c, err);
    if (status == NP_OK)
        status = np_scan_create(&c->scan, progress, &scan, err);
    if (status == NP_OK)
        status = collect_parts(request, c, scan, &parts, err);
    if (status == NP_OK)
        status = np_folder_make(directory, 0777, err);
    if (status == NP_OK) {
        report_figure_input in = {.plan = request->plan,
                                  .scan = scan,
                                  .box = report_figure_whole_box(request->plan, scan),
                                  .made = &parts.made,
                                  .hairline = &parts.hairline,
                                  .by = request->by == NP_REPORT_BY_INK ? NULL : &parts.by,
                                  .ink = &parts.ink,
                                  .standing = &parts.standing};
        status = draw_all(&in, directory, progress, err);
    }
    if (status == NP_OK)
        status = report_html_write(request->plan, &(report_html_parts){&parts.hairline, &parts.look}, directory,
                                   pictures, err);
    if (status == NP_OK)
        status = report_viewer_write(&(report_viewer_input){request->plan, scan, &parts.made, &parts.hairline,
                                                            parts.ink.dots, &parts.standing,
                                                            report_figure_whole_box(request->plan, scan)},
                                     directory, err);
    report_made_fini(&parts.made);
    report_colouring_fini(&parts.by);
    report_preview_scene_fini(&parts.ink);
    report_standing_fini(&parts.standing);
    np_scan_destroy(scan);
    np_case_destroy(c);
    return status;
}
