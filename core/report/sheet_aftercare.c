/* The aftercare sheet: the weeks after a session.  Each sentence has its source in docs/domain.md 6, 1.6 or 1.10; nearly all are what clinics say
 * ([C]) and no trial was found, so the sheet says so. */
#include <stdio.h>

#include "report/private/sheet.h"

static const struct {
    report_page_kind kind;
    const char *key, *text;
} blocks[] = {
    {REPORT_PAGE_HEADING, NULL, "The first days"},
    {REPORT_PAGE_ROW, "Washing",
     "keep the scalp dry for 3 to 5 days; from the fourth day wash gently, with lukewarm water and a mild shampoo, and "
     "pat dry [6, C]"},
    {REPORT_PAGE_ROW, "Hands off",
     "no scratching, no picking: scabs fall by themselves after 7 to 10 days [6, 1.6, C]"},
    {REPORT_PAGE_ROW, "Sweat and water",
     "no sport that makes you sweat, no sauna, no pool or sea for 1 to 4 weeks, as we told you [6, C]"},
    {REPORT_PAGE_HEADING, NULL, "Sun"},
    {REPORT_PAGE_ROW, "Until it is healed", "no sun on the scalp; outside, a clean loose hat [6, C; the hat E]"},
    {REPORT_PAGE_ROW, "From then on", "sunscreen of SPF 30 or more, or a hat: sun makes dots fade [6, 1.10, C]"},
    {REPORT_PAGE_HEADING, NULL, "What is normal, and what is not"},
    {REPORT_PAGE_POINT, NULL,
     "Dots look darker and larger at first, then lighter as the scabs fall: judge the colour after about 28 days [1.6, "
     "C]."},
    {REPORT_PAGE_POINT, NULL, "Some redness for a day or two, a feeling like light sunburn [E]."},
    {REPORT_PAGE_WARNING, NULL,
     "Redness that spreads, swelling, pus, fever, or a rash: see a doctor at once, and tell us [E]."},
    {REPORT_PAGE_HEADING, NULL, "What fades"},
    {REPORT_PAGE_POINT, NULL,
     "About a third of the pigment goes in the first weeks: that is planned, and the next session makes up for it "
     "[5.4, A]."},
    {REPORT_PAGE_POINT, NULL,
     "Sun, oily skin, sweat and chlorine make it fade faster; scars lose more than skin [1.10; scars A, the rest C]."},
    {REPORT_PAGE_POINT, NULL, "A touch-up after 3 to 6 years is usual; others say 2 to 15 [1.10, C]."},
    {REPORT_PAGE_POINT, NULL, "Before magnetic imaging, say that you have pigment in your scalp [6, C]."},
};

np_status report_sheet_aftercare(const np_sheet_request *r, report_page *page, np_error *err)
{
    const np_plan *plan = r->plan;
    char title[130];
    (void)err;
    snprintf(page->title, sizeof page->title, "Afterwards: %s",
             report_page_cut(*plan->title ? plan->title : "scalp micropigmentation", title, sizeof title));
    snprintf(page->subtitle, sizeof page->subtitle, "What to do and what to leave in the weeks after a session");
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        report_page_add(page, blocks[i].kind, blocks[i].key, "%s", blocks[i].text);
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "When to come back");
    for (size_t i = 0; i < plan->n_sessions; i++) {
        char key[32], day[REPORT_SHEET_DAY_BYTES];
        snprintf(key, sizeof key, "Session %zu", i + 1);
        report_page_add(page, REPORT_PAGE_ROW, key, "%s", report_sheet_day(r, i, day));
    }
    report_page_add(page, REPORT_PAGE_POINT, NULL,
                    "Come later, not earlier, if scabs are still there: skin must be closed (10 to 30 days by some "
                    "clinics) [1.6, C].");
    report_page_add(page, REPORT_PAGE_ROW, "Call us", "______________________");
    snprintf(
        page->foot, sizeof page->foot,
        "In brackets: section of docs/domain.md, where the sources are, and how sure it is: A a study, C what clinics "
        "say, E general knowledge. No trial of aftercare was found. Your doctor's word goes before this sheet.");
    return NP_OK;
}
