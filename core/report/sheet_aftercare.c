/* The aftercare sheet: the weeks after a session.  What it says is docs/domain.md 6, 1.6, 1.10 and 5.4: nearly all of it what clinics say ([C]), as no
 * trial was found; the foot says so, and what is from a study or is general knowledge ([E]). */
#include <stdio.h>

#include "report/private/sheet.h"

static const struct {
    report_page_kind kind;
    const char *key, *text;
} blocks[] = {
    {REPORT_PAGE_HEADING, NULL, "The first days"},
    {REPORT_PAGE_ROW, "Washing",
     "Keep your scalp dry for 3 days, and for 5 if it is sore. Then wash it gently with lukewarm water and a mild "
     "shampoo, and pat it dry."},
    {REPORT_PAGE_ROW, "Hands off", "Do not scratch or pick. Scabs fall off by themselves after 7 to 10 days."},
    {REPORT_PAGE_ROW, "Sweat and water",
     "No sport that makes you sweat, no sauna, no pool and no sea for ______ weeks (clinics say 1 to 4)."},
    {REPORT_PAGE_HEADING, NULL, "Sun"},
    {REPORT_PAGE_ROW, "Until it has healed", "Keep your scalp out of the sun. Outside, wear a clean, loose hat."},
    {REPORT_PAGE_ROW, "From then on", "Use sunscreen of SPF 30 or more, or wear a hat: sun makes the dots fade."},
    {REPORT_PAGE_HEADING, NULL, "What is normal, and what is not"},
    {REPORT_PAGE_POINT, NULL,
     "The dots look darker and larger at first, and lighter once the scabs have gone. Judge the colour after about "
     "four weeks, when the skin has renewed itself."},
    {REPORT_PAGE_POINT, NULL, "Some redness for a day or two, and a feeling like light sunburn, are normal."},
    {REPORT_PAGE_WARNING, NULL,
     "Redness that spreads, swelling, pus, fever or a rash are not: see a doctor at once, and tell us."},
    {REPORT_PAGE_HEADING, NULL, "What fades"},
    {REPORT_PAGE_POINT, NULL,
     "About a third of the pigment goes in the first weeks: the treatment is planned for that."},
    {REPORT_PAGE_POINT, NULL,
     "Sun, oily skin, sweat and chlorine make the dots fade faster. Scars lose more than other skin."},
    {REPORT_PAGE_POINT, NULL, "Most clinics expect a touch-up after 3 to 6 years; some say 2, others up to 15."},
    {REPORT_PAGE_POINT, NULL, "Before an MRI scan, tell the staff that you have pigment in your scalp."},
};

np_status report_sheet_aftercare(const np_sheet_request *r, report_page *page, np_error *err)
{
    const np_plan *plan = r->plan;
    char title[130];
    (void)err;
    snprintf(page->title, sizeof page->title, "Aftercare: %s",
             report_page_cut(*plan->title ? plan->title : "scalp micropigmentation", title, sizeof title));
    snprintf(page->subtitle, sizeof page->subtitle,
             "What to do, and what to leave alone, in the weeks after a session");
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        report_page_add(page, blocks[i].kind, blocks[i].key, "%s", blocks[i].text);
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "When to come back");
    for (size_t i = 0; i < plan->n_sessions; i++) {
        char key[32], day[REPORT_SHEET_DAY_BYTES];
        snprintf(key, sizeof key, "Session %zu", i + 1);
        report_page_add(page, REPORT_PAGE_ROW, key, "%s", report_sheet_day(r, i, day));
    }
    report_page_add(page, REPORT_PAGE_POINT, NULL,
                    "Your skin must be closed. If a scab is still there on the day, do not pull it off: call us, and "
                    "we put the session off until it has fallen. Some clinics wait 4 days, others 4 weeks; no study "
                    "has compared them.");
    report_page_add(page, REPORT_PAGE_ROW, "Call us", "______________________");
    snprintf(page->foot, sizeof page->foot,
             "Where this is from: what clinics and practitioners tell their clients, as no trial of aftercare was "
             "found. Studies: how much pigment goes in the first weeks (Baumler 2015), scars (Liu and others, J Cosmet "
             "Dermatol 2025). General knowledge: the hat, redness, and when to see a doctor. Your doctor's word goes "
             "before this sheet.");
    return NP_OK;
}
