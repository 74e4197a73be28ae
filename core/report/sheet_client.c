/* The client's sheet: what was agreed, in words of people.  The figures of the pattern are named by what an eye would notice. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dots/figures.h"
#include "dots/findings.h"
#include "plan/past.h"
#include "report/private/figure.h"
#include "report/private/ink.h"
#include "report/private/plot.h"
#include "report/private/sheet.h"
#include "report/private/source.h"

enum { AREAS_SHOWN = 8, VIEW_SIZE = 700, GAP = 24, SHOWN = 2 };

/* What strategies that come with needlepath do, for people; others stand under their own names. */
static const char *what_is_done(const char *strategy)
{
    static const struct {
        const char *name, *words;
    } known[] = {{"hairline ", "a new hairline, single hairs in front and fuller behind"},
                 {"scar_fill ", "a scar filled and blended into what is around it"},
                 {"diffuse_density ", "thin hair made to look fuller"},
                 {"full_scalp ", "the look of a shaved head"},
                 {"crown ", "the crown filled around its whorl"},
                 {"touch_up ", "gaps in earlier work filled"},
                 {"test_dots ", "test dots in a hidden place"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(strategy, known[i].name, strlen(known[i].name)) == 0)
            return known[i].words;
    return strategy;
}

static void add_agreed(const np_sheet_request *r, const report_hairline *hairline, report_page *page)
{
    const np_plan *plan = r->plan;
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "What we agreed");
    if (hairline->n)
        report_page_add(page, REPORT_PAGE_ROW, "Your hairline",
                        "its middle lies %.0f mm above the point between your eyebrows, measured along the skin",
                        hairline->height_mm);
    for (size_t i = 0; i < plan->n_layers && i < AREAS_SHOWN; i++) {
        const np_plan_layer *l = &plan->layers[i];
        report_page_add(page, REPORT_PAGE_ROW, l->name, "%s: %.0f cm2, about %u dots", what_is_done(l->strategy),
                        l->area_cm2, np_plan_layer_dots(plan, l));
    }
    if (plan->n_layers > AREAS_SHOWN)
        report_page_add(page, REPORT_PAGE_ROW, "", "and %zu more areas", plan->n_layers - AREAS_SHOWN);
}

/* Whether session A comes before B: those that were run in the order in which they were, before all that were not. */
static bool comes_before(const np_plan *plan, size_t a, size_t b)
{
    const np_plan_run *run = np_plan_last_run(plan, (int)a + 1), *other = np_plan_last_run(plan, (int)b + 1);
    if (run && other && run->started_unix_s != other->started_unix_s)
        return run->started_unix_s < other->started_unix_s;
    return !run == !other ? a < b : run != NULL;
}

/* How much of the plan's dots is there after session S, percent. */
static double share_percent(const np_plan *plan, size_t s)
{
    size_t made = plan->sessions[s].dots;
    for (size_t i = 0; i < plan->n_sessions; i++)
        made += i != s && comes_before(plan, i, s) ? plan->sessions[i].dots : 0;
    return plan->n_dots ? 100.0 * (double)made / (double)plan->n_dots : 0;
}

static void add_sessions(const np_sheet_request *r, report_page *page)
{
    const np_plan *plan = r->plan;
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "Your sessions");
    for (size_t i = 0; i < plan->n_sessions; i++) {
        char key[32], day[REPORT_SHEET_DAY_BYTES], time[32];
        snprintf(key, sizeof key, "Session %zu", i + 1);
        report_page_add(page, REPORT_PAGE_ROW, key,
                        "%s; the needle works for about %s, and breaks come on top; then %.0f %% of the dots are there",
                        report_sheet_day(r, i, day), report_sheet_duration(plan->sessions[i].tour_time_s, time),
                        share_percent(plan, i));
    }
    report_page_add(
        page, REPORT_PAGE_POINT, NULL,
        "The first session is light on purpose: we see how your skin takes the pigment, and go on from there.");
}

/* What an eye would notice of each figure, in the order of np_dots_stats_findings. */
static void add_figures(const np_plan *plan, bool shown, report_page *page)
{
    static const struct {
        const char *key, *words;
    } asked[] = {{"clark_evans_r", "Are the dots spread like hair, neither in clumps nor in rows?"},
                 {"nn_cv", "Do gaps between neighbours vary as they do in hair?"},
                 {"g_shell_max", "Is there no grid to be seen?"},
                 {"fano", "Is it filled evenly, close by?"},
                 {"fano_30", "Is it filled evenly, from some steps away?"},
                 {"blotch", "Is the tone free of dark and light patches from a metre away?"}};
    np_dots_stats stats;
    np_dots_finding findings[NP_DOTS_FINDINGS];
    np_dots_figures_read(plan->figures, plan->n_figures, &stats);
    np_dots_stats_findings(&stats, findings);
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "Does it look like hair?");
    if (stats.n_interior < NP_DOTS_FINDINGS_MIN) {
        report_page_add(page, REPORT_PAGE_POINT, NULL,
                        "The area is too small to be measured against real hair; look at the picture.");
        return;
    }
    if (np_plan_past_stands(plan->notes)) {
        bool counted = np_plan_past_is_counted(plan->notes);
        report_page_add(page, REPORT_PAGE_POINT, NULL,
                        "New dots fill the gaps between those that you have: only both together look like hair.%s The "
                        "picture shows %s.",
                        counted ? " They are judged together." : "", shown ? "both" : "the new ones alone");
        if (!counted)
            return;
    }
    for (size_t a = 0; a < sizeof asked / sizeof *asked; a++)
        for (int i = 0; i < NP_DOTS_FINDINGS; i++)
            if (strcmp(findings[i].key, asked[a].key) == 0)
                report_page_add(page, findings[i].out ? REPORT_PAGE_WARNING : REPORT_PAGE_POINT, NULL, "%s %s",
                                asked[a].words,
                                !findings[i].measured ? "Too small an area to tell."
                                : findings[i].out     ? findings[i].sentence
                                                      : "Yes, as measured on real scalps.");
}

/* The two sides from which most of the plan is seen. */
static void choose_sides(const np_plan *plan, report_view_side out[SHOWN])
{
    double seen[REPORT_VIEW_COUNT] = {0};
    for (int side = 0; side < REPORT_VIEW_COUNT; side++) {
        np_vec3 toward, up;
        report_view_axes((report_view_side)side, &toward, &up);
        for (size_t i = 0; i < plan->n_dots; i++)
            seen[side] += fmax(np_vec3_dot(plan->dots[i].normal, toward), 0);
    }
    for (int k = 0; k < SHOWN; k++) {
        int best = 0;
        for (int side = 1; side < REPORT_VIEW_COUNT; side++)
            best = seen[side] > seen[best] ? side : best;
        out[k] = (report_view_side)best;
        seen[best] = -1;
    }
}

/* Views side by side, healed, on light skin. */
static np_status draw(const np_sheet_request *r, const np_scan *scan, const report_standing *standing,
                      report_page *page, np_error *err)
{
    report_preview_scene ink = {0};
    report_view_side shown[SHOWN];
    report_box box = report_figure_whole_box(r->plan, scan);
    choose_sides(r->plan, shown);
    page->picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, SHOWN * (VIEW_SIZE + GAP), VIEW_SIZE);
    cairo_t *cr = cairo_create(page->picture);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    np_status status = report_ink_healed(r->plan, standing, &ink, err);
    for (int i = 0; i < SHOWN && status == NP_OK; i++) {
        report_view view = {0};
        status = report_view_init(&view, shown[i], &scan->surface.mesh, scan->surface.normals, &box, VIEW_SIZE, err);
        if (status == NP_OK)
            status = report_view_ink(&view, scan, &ink, err);
        if (status == NP_OK) {
            cairo_set_source_surface(cr, view.surface, i * (VIEW_SIZE + GAP) + (VIEW_SIZE - view.width) / 2,
                                     (VIEW_SIZE - view.height) / 2);
            cairo_paint(cr);
        }
        report_view_fini(&view);
    }
    cairo_destroy(cr);
    report_preview_scene_fini(&ink);
    snprintf(page->caption, sizeof page->caption,
             "From two sides (%s, %s), once healed, on light skin whatever yours is: an estimate, not a promise.",
             report_view_names[shown[0]], report_view_names[shown[1]]);
    return status;
}

np_status report_sheet_client(const np_sheet_request *r, report_page *page, np_error *err)
{
    np_case *c = NULL;
    np_scan *scan = NULL;
    report_hairline hairline = {0};
    report_standing standing = {0};
    const np_skin_model usual = np_skin_model_default();
    np_status status = report_source_case(r->plan, r->base_directory, &c, err);
    if (status == NP_OK)
        status = np_scan_create(&c->scan, r->progress, &scan, err);
    if (status == NP_OK)
        status = report_standing_init(&standing, r->plan, c, scan, r->base_directory, &usual, err);
    if (status == NP_OK) {
        report_hairline_find(&hairline, r->plan, scan);
        status = draw(r, scan, &standing, page, err);
    }
    const bool shown = standing.n > 0;
    report_standing_fini(&standing);
    np_scan_destroy(scan);
    np_case_destroy(c);
    if (status != NP_OK)
        return status;
    char title[130];
    snprintf(page->title, sizeof page->title, "Your treatment: %s",
             report_page_cut(*r->plan->title ? r->plan->title : "scalp micropigmentation", title, sizeof title));
    snprintf(page->subtitle, sizeof page->subtitle, "%zu dots of pigment on %.0f cm2, in %zu sessions", r->plan->n_dots,
             r->plan->treated_area_cm2, r->plan->n_sessions);
    add_agreed(r, &hairline, page);
    add_sessions(r, page);
    add_figures(r->plan, shown, page);
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "What to expect");
    report_page_add(page, REPORT_PAGE_POINT, NULL,
                    "Right after a session dots look darker and larger than they will be; scabs fall after 7 to 10 "
                    "days, and the skin renews itself in about 28.");
    report_page_add(page, REPORT_PAGE_POINT, NULL,
                    "Dots fade, in scars faster; most people come for a touch-up after 3 to 6 years.");
    report_page_add(page, REPORT_PAGE_ROW, "Agreed", "______________________   on ______________");
    snprintf(page->foot, sizeof page->foot,
             "From docs/domain.md 1.6, 1.10 and 7.5. Nothing here is medical advice; ask before you agree.");
    return NP_OK;
}
