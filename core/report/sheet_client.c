/* The client's sheet: what was agreed, in words of people.  Whether it looks like hair they see in the picture; what was measured of it is one sentence,
 * and each figure that is not as in hair another one. */
#include <stdio.h>

#include "dots/figures.h"
#include "dots/findings.h"
#include "dots/form.h"
#include "plan/past.h"
#include "report/private/judged.h"
#include "report/private/reach.h"
#include "report/private/sheet.h"
#include "report/private/sheet_client_views.h"
#include "report/private/source.h"

enum { AREAS_SHOWN = 8 };

static void add_area(const np_plan *plan, size_t i, const np_scan *scan, bool hairline, report_page *page)
{
    const np_plan_layer *l = &plan->layers[i];
    report_reach reach[REPORT_REACH_MARKS];
    char name[REPORT_PAGE_KEY_BYTES], where[REPORT_REACH_TEXT_BYTES];
    report_reach_find(plan, (int)i, scan, reach);
    report_reach_text(reach, hairline ? REPORT_REACH_INION : REPORT_REACH_GLABELLA, where);
    report_page_add(page, REPORT_PAGE_ROW, report_sheet_name(l->name, name, sizeof name),
                    "%s: about %u dots on %.0f cm\u00b2. %s%s%s", report_sheet_work(l->strategy),
                    np_plan_layer_dots(plan, l), l->area_cm2, *where ? "They begin " : "", where, *where ? "." : "");
}

static void add_agreed(const np_plan *plan, const np_scan *scan, const report_hairline *hairline, report_page *page)
{
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "What we agreed");
    if (hairline->n > 0)
        report_page_add(page, REPORT_PAGE_ROW, "Your hairline",
                        "its middle lies %.0f mm above the point between your eyebrows, measured along the skin",
                        hairline->height_mm);
    for (size_t i = 0; i < plan->n_layers && i < AREAS_SHOWN; i++)
        add_area(plan, i, scan, hairline->n > 0, page);
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
    if (plan->n_sessions > 1)
        report_page_add(
            page, REPORT_PAGE_POINT, NULL,
            "The first session is light on purpose: we see how your skin takes the pigment, and go on from there.");
}

/* Of the things that give dots away: how many could be measured and judged, and how many of these are not as in hair. */
typedef struct likeness {
    size_t all, measured, doubts;
} likeness;

/* One of them, with its SENTENCE where it is not as in hair. */
static void add_one(likeness *of, bool measured, const char *sentence, report_page *page)
{
    of->all++;
    of->measured += measured;
    if (!measured || !sentence)
        return;
    of->doubts++;
    report_page_add(page, REPORT_PAGE_WARNING, NULL, "%s", sentence);
}

/* All of the pattern, its form and its picture. */
static likeness add_doubts(const np_plan *plan, const np_plan_look *look, report_page *page)
{
    likeness of = {0};
    np_dots_stats stats;
    np_dots_finding findings[NP_DOTS_FINDINGS];
    np_form_value form[NP_FORM_FIGURES];
    np_dots_figures_read(plan->figures, plan->n_figures, &stats);
    np_dots_stats_findings(&stats, findings);
    np_form_read(plan->figures, plan->n_figures, form);
    for (int i = 0; i < NP_DOTS_FINDINGS; i++)
        add_one(&of, findings[i].measured && stats.n_interior >= NP_DOTS_FINDINGS_MIN, findings[i].sentence, page);
    for (int f = 0; f < NP_FORM_FIGURES; f++)
        add_one(&of, form[f].measured, np_band_sentence(np_form_band_of((np_form_figure)f), form[f].value), page);
    for (int f = 0; f < NP_JUDGE_FIGURES; f++)
        add_one(&of, look->figure[f].measured,
                np_band_sentence(np_judge_band_of((np_judge_figure)f), look->figure[f].value), page);
    return of;
}

static void add_likeness(const np_plan *plan, const np_plan_look *look, bool shown, report_page *page)
{
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "Does it look like hair?");
    report_page_add(page, REPORT_PAGE_POINT, NULL, "Look at the picture: you are the judge of it.");
    if (np_plan_past_stands(plan->notes)) {
        bool counted = np_plan_past_is_counted(plan->notes);
        report_page_add(page, REPORT_PAGE_POINT, NULL,
                        "New dots fill the gaps between those that you have: only both together look like hair.%s The "
                        "picture shows %s.",
                        counted ? " They are judged together." : "", shown ? "both" : "the new ones alone");
        if (!counted)
            return;
    }
    likeness of = add_doubts(plan, look, page);
    if (of.measured == 0)
        report_page_add(page, REPORT_PAGE_POINT, NULL, "The area is too small to be measured against real hair.");
    else if (of.doubts == 0)
        report_page_add(
            page, REPORT_PAGE_POINT, NULL,
            "Of %zu things that give dots away, such as rows, a grid, patches or a ruled edge, %zu could be "
            "measured here, against the hair of 413 people and pictures of shaved hair: nothing looked "
            "made.%s",
            of.all, of.measured,
            of.measured < of.all ? " For the others this treatment has no place, or too small a one." : "");
}

/* The words, when all is known. */
static void add_words(const np_sheet_request *r, const np_scan *scan, const report_hairline *hairline,
                      const np_plan_look *look, report_page *page)
{
    const np_plan *plan = r->plan;
    char title[130];
    snprintf(page->title, sizeof page->title, "Your treatment: %s",
             report_page_cut(*plan->title ? plan->title : "scalp micropigmentation", title, sizeof title));
    snprintf(page->subtitle, sizeof page->subtitle, "%zu dots of pigment on %.0f cm\u00b2 of skin, in %zu session%s",
             plan->n_dots, plan->treated_area_cm2, plan->n_sessions, plan->n_sessions == 1 ? "" : "s");
    add_agreed(plan, scan, hairline, page);
    add_sessions(r, page);
    add_likeness(plan, look, look->standing > 0, page);
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "What to expect");
    report_page_add(page, REPORT_PAGE_POINT, NULL,
                    "Right after a session the dots look darker and larger than they will be. Scabs fall after 7 to 10 "
                    "days, and the skin renews itself in about 28.");
    report_page_add(page, REPORT_PAGE_POINT, NULL,
                    "The dots fade, in scars faster; most people come back for a touch-up after 3 to 6 years.");
    report_page_add(page, REPORT_PAGE_ROW, "Agreed", "______________________   on ______________");
    snprintf(page->foot, sizeof page->foot,
             "Where this is from: sessions in steps, and scars: Liu and others, J Cosmet Dermatol 2025; scabs, fading "
             "and touch-ups: what clinics say. Nothing here is medical advice; ask before you agree.");
}

np_status report_sheet_client(const np_sheet_request *r, report_page *page, np_error *err)
{
    np_case *c = NULL;
    np_scan *scan = NULL;
    report_hairline hairline = {0};
    report_standing standing = {0};
    np_plan_look look = {0};
    const np_skin_model usual = np_skin_model_default();
    bool makes_one = false;
    for (size_t i = 0; i < r->plan->n_layers; i++)
        makes_one = makes_one || np_plan_layer_makes_hairline(&r->plan->layers[i]);
    np_status status = report_source_case(r->plan, r->base_directory, &c, err);
    if (status == NP_OK)
        status = np_scan_create(&c->scan, r->progress, &scan, err);
    if (status == NP_OK)
        status = report_standing_init(&standing, r->plan, c, scan, r->base_directory, &usual, err);
    if (status == NP_OK)
        status = report_judge(r->plan, &standing, &look, err);
    if (status == NP_OK && makes_one)
        status = report_hairline_find(&hairline, r->plan, scan, err);
    if (status == NP_OK)
        status = report_sheet_client_views(r->plan, scan, &standing, &hairline, page, err);
    if (status == NP_OK)
        add_words(r, scan, &hairline, &look, page);
    report_standing_fini(&standing);
    np_scan_destroy(scan);
    np_case_destroy(c);
    return status;
}
