/* The operator's sheet: what stands at the arm before the first dot, in the words of a practice.  Whatever the plan does not know is a line to write on;
 * what is only of use to who writes cases (keys, sections of docs/domain.md, counts of where depths are from) stands in report.html. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/angle.h"
#include "base/hex.h"
#include "case/advice.h"
#include "plan/approval.h"
#include "plan/cartridges.h"
#include "plan/depths.h"
#include "plan/made.h"
#include "report/private/sheet.h"
#include "skin/deposit.h"

enum { LAYERS_SHOWN = 8, SHADES_SHOWN = 6, CARTRIDGES_SHOWN = 12, APPROVALS_SHOWN = 2, ORDER_BYTES = 400 };
#define BLANK "______________"

/* TEXT without the asides in it that name keys of a case or sections of docs/domain.md: " (person: {age_years: N})".  Returns OUT. */
static const char *without_asides(const char *text, char out[REPORT_PAGE_TEXT_BYTES])
{
    size_t used = 0;
    while (*text && used + 1 < REPORT_PAGE_TEXT_BYTES) {
        size_t end = strncmp(text, " (", 2) == 0 ? strcspn(text, ")") : 0;
        if (end && text[end] && (memchr(text, '_', end) || memmem(text, end, "domain.md", 9)))
            text += end + 1;
        else
            out[used++] = *text++;
    }
    out[used] = '\0';
    return out;
}

static void add_approvals(const np_plan *plan, report_page *page)
{
    int shown = 0;
    for (size_t i = 0; i < plan->n_approvals; i++) {
        char terms[NP_APPROVAL_TEXT_BYTES];
        const np_plan_approval *a = &plan->approvals[i];
        if (!np_approval_is_valid(a, plan->digest) || shown++ >= APPROVALS_SHOWN)
            continue;
        report_page_add(page, REPORT_PAGE_ROW, "Approved by", "%s, %s", a->operator_name, np_approval_text(a, terms));
    }
    if (shown > APPROVALS_SHOWN)
        report_page_add(page, REPORT_PAGE_ROW, "", "and %d more", shown - APPROVALS_SHOWN);
    if (shown == 0)
        report_page_add(page, REPORT_PAGE_WARNING, NULL, "Not approved: no arm will run this plan.");
    char landmarks[160], accepted[NP_ACCEPT_TEXT_BYTES];
    np_case_confirmation("the plan's case", plan->case_text, landmarks, sizeof landmarks);
    if (*landmarks)
        report_page_add(page, REPORT_PAGE_ROW, "Scan", "%s", landmarks);
    char scars[160];
    np_case_scars_seen("the plan's case", plan->case_text, scars, sizeof scars);
    if (*scars)
        report_page_add(page, REPORT_PAGE_ROW, "Scars", "%s", scars);
    np_accept_list((np_accept_set)plan->accepted, accepted);
    if (*accepted)
        report_page_add(page, REPORT_PAGE_WARNING, NULL,
                        "Accepted by whoever planned it, though planning would refuse it: %s", accepted);
}

/* What planning warned of; it would be read nowhere else at the arm. */
static void add_warnings(const np_plan *plan, report_page *page)
{
    enum { SHOWN = 4 };
    int n = 0;
    for (const char *line = plan->notes; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
        static const char mark[] = "WARNING: ";
        char text[REPORT_PAGE_TEXT_BYTES], words[REPORT_PAGE_TEXT_BYTES];
        if (strncmp(line, mark, sizeof mark - 1) != 0 || n++ >= SHOWN)
            continue;
        snprintf(text, sizeof text, "%.*s", (int)(strcspn(line, "\n") - (sizeof mark - 1)), line + sizeof mark - 1);
        report_page_add(page, REPORT_PAGE_WARNING, NULL, "%s", without_asides(text, words));
    }
    if (n > SHOWN)
        report_page_add(page, REPORT_PAGE_WARNING, NULL, "and %d warnings more: see the report", n - SHOWN);
}

/* What the case says of the person and of its sessions, the heaviest first. */
static void add_findings(const np_case *c, report_page *page)
{
    enum { SHOWN = 6 };
    static const char *const weights[] = {
        [NP_PERSON_BLOCKS] = "Do not treat", [NP_PERSON_DELAYS] = "Not now", [NP_PERSON_ASKS] = "Ask"};
    np_person_finding found[NP_PERSON_FINDINGS_MAX];
    char plain[REPORT_PAGE_TEXT_BYTES], words[REPORT_PAGE_TEXT_BYTES];
    size_t n = np_case_findings(c, found);
    for (size_t i = 0; i < n && i < SHOWN; i++)
        report_page_add(page, found[i].weight == NP_PERSON_ASKS ? REPORT_PAGE_POINT : REPORT_PAGE_WARNING, NULL,
                        "%s: %s", weights[found[i].weight],
                        report_sheet_name(without_asides(found[i].text, plain), words, sizeof words));
    if (n > SHOWN)
        report_page_add(page, REPORT_PAGE_POINT, NULL, "and %zu more: see the check of the case", n - SHOWN);
    if (!c->has_health)
        report_page_add(
            page, REPORT_PAGE_POINT, NULL,
            "Nothing is written down of the person's health: ask for age, keloids, infection, skin disease, "
            "allergies, medicines, pregnancy, and a transplant.");
}

static void add_registration(const np_plan *plan, report_page *page)
{
    const np_plan_registration *last = NULL;
    for (size_t i = 0; i < plan->n_runs; i++)
        if (plan->runs[i].registration)
            last = plan->runs[i].registration;
    if (!last)
        report_page_add(page, REPORT_PAGE_ROW, "Registration",
                        "none yet: measure the marks on the head (fiducials); worst error " BLANK " mm");
    else if (strcmp(last->name, NP_PLAN_HEAD_IS_ARM_FRAME) == 0)
        report_page_add(page, REPORT_PAGE_ROW, "Registration",
                        "none: it was said that the arm knows where the head is");
    else
        report_page_add(page, REPORT_PAGE_ROW, "Registration",
                        "last by %s: worst mark off by %.2f mm, %.2f mm in the mean (RMS)", last->name, last->worst_mm,
                        last->rms_mm);
}

/* ---- needle and pigment ---- */

static void add_lots(const np_plan *plan, int kind, const char *key, report_page *page)
{
    const char *lot = NULL;
    for (size_t i = 0; i < plan->n_supplies; i++)
        if (plan->supplies[i].kind == kind && np_plan_supply_lot(plan, (int)i))
            lot = np_plan_supply_lot(plan, (int)i);
    if (lot)
        report_page_add(page, REPORT_PAGE_ROW, key, "last used %s; now " BLANK " opened at ________", lot);
    else
        report_page_add(page, REPORT_PAGE_ROW, key, BLANK "  expires " BLANK "  opened at ________");
}

/* How many dots come nearest to each shade. */
static void count_dots(const np_plan *plan, const np_palette *palette, size_t *out)
{
    memset(out, 0, palette->n * sizeof *out);
    for (size_t i = 0; i < plan->n_dots; i++)
        out[np_plan_shade_of(palette, plan->dots[i].tone)]++;
}

static void add_palette(const np_sheet_request *r, report_page *page)
{
    const np_palette *palette = r->palette;
    size_t dots[NP_PALETTE_SHADES_MAX];
    count_dots(r->plan, palette, dots);
    for (unsigned k = 0; k < palette->n && k < SHADES_SHOWN; k++) {
        const np_palette_shade *s = &palette->shades[k];
        char key[64];
        snprintf(key, sizeof key, "Cartridge %u", k + 1);
        report_page_add(page, REPORT_PAGE_ROW, key,
                        "%s, %g parts of water to 1, lot %s, expires %s: nearest to the tone of %zu dots", s->name,
                        s->dilution, s->lot ? s->lot : BLANK, s->expires ? s->expires : BLANK, dots[k]);
        /* the day of the session where it is known, so that the sheet is the same whenever it is printed */
        if (r->start && np_palette_expired(s, r->start))
            report_page_add(page, REPORT_PAGE_WARNING, NULL, "%s expires on %s, before the first session on %s",
                            s->name, s->expires, r->start);
    }
    if (palette->n > SHADES_SHOWN)
        report_page_add(page, REPORT_PAGE_ROW, "", "and %u more shades in the palette", palette->n - SHADES_SHOWN);
}

/* What goes into the arm, session by session, in the order in which it does. */
static void add_cartridges(const np_sheet_request *r, report_page *page)
{
    const np_plan *plan = r->plan;
    char text[NP_PLAN_SHADE_TEXT_BYTES], key[64];
    size_t all = 0;
    for (int session = 1; session <= (int)plan->n_sessions; session++) {
        np_plan_cartridge cartridges[NP_PLAN_CARTRIDGES_MAX];
        size_t n = np_plan_cartridges(plan, session, cartridges);
        for (size_t i = 0; i < n && all++ < CARTRIDGES_SHOWN; i++) {
            const np_plan_cartridge *c = &cartridges[i];
            const np_palette_shade *shade = &plan->shades.shades[c->shade];
            snprintf(key, sizeof key, "Session %d, cartridge %zu", session, i + 1);
            report_page_add(page, REPORT_PAGE_ROW, key, "%s%s%s: %u dots, places %u to %u%s",
                            np_plan_shade_text(shade, text), shade->lot ? "" : ", lot " BLANK,
                            shade->expires ? "" : ", expires " BLANK, c->dots, c->first + 1, c->first + c->dots,
                            i ? "; changed and dipped at the station" : "");
        }
    }
    if (all > CARTRIDGES_SHOWN)
        report_page_add(page, REPORT_PAGE_ROW, "", "and more cartridges: the report lists all");
    for (unsigned k = 0; k < plan->shades.n; k++)
        if (r->start && np_palette_expired(&plan->shades.shades[k], r->start))
            report_page_add(page, REPORT_PAGE_WARNING, NULL, "%s expires on %s, before the first session on %s",
                            plan->shades.shades[k].name, plan->shades.shades[k].expires, r->start);
}

static void add_pigment(const np_sheet_request *r, report_page *page)
{
    const np_plan *plan = r->plan;
    np_skin_model model = np_skin_model_default();
    double least = 1, most = 0, sum = 0;
    for (size_t i = 0; i < plan->n_dots; i++) {
        least = fmin(least, plan->dots[i].tone);
        most = fmax(most, plan->dots[i].tone);
        sum += plan->dots[i].tone;
    }
    double mean = plan->n_dots ? sum / (double)plan->n_dots : 0;
    double mu = model.mu_light_per_mm * pow(model.mu_dark_per_mm / model.mu_light_per_mm, mean);
    report_page_add(
        page, REPORT_PAGE_ROW, "Tone",
        "%.2f to %.2f, mean %.2f (0 is the lightest, 1 the darkest): about %.0f parts of water to 1 of a 15 %% pigment",
        least, most, mean, 7 * model.mu_dark_per_mm / mu - 1);
    if (plan->shades.n)
        add_cartridges(r, page);
    else if (r->palette)
        add_palette(r, page);
    else
        report_page_add(page, REPORT_PAGE_ROW, "Shades", "none chosen: one pigment for all dots");
    char one_tone[NP_PLAN_ONE_TONE_TEXT_BYTES];
    if (*np_plan_one_tone_text(plan, one_tone))
        report_page_add(
            page, REPORT_PAGE_WARNING, NULL,
            "The plan has lighter and darker dots side by side, which one cartridge cannot make: all will come "
            "out alike. Choose two or three shades, and plan with them.");
    if (plan->shades.n == 0)
        add_lots(plan, NP_WIRE_SUPPLY_PIGMENT, "Pigment, lot", page);
}

/* ---- the work ---- */

/* Layers by where their dots stand in a session's tour, in the mean. */
static const char *order_of(const np_plan *plan, int session, char out[ORDER_BYTES])
{
    double sum[64] = {0};
    size_t n[64] = {0}, used = 0;
    char name[REPORT_PAGE_KEY_BYTES];
    for (size_t i = 0; i < plan->n_dots; i++)
        if (plan->dots[i].session == session && plan->dots[i].layer < 64) {
            sum[plan->dots[i].layer] += plan->dots[i].order;
            n[plan->dots[i].layer]++;
        }
    *out = '\0';
    for (;;) {
        size_t next = 64;
        for (size_t l = 0; l < plan->n_layers && l < 64; l++)
            if (n[l] && (next == 64 || sum[l] / (double)n[l] < sum[next] / (double)n[next]))
                next = l;
        if (next == 64 || used > ORDER_BYTES / 2)
            return out;
        used += (size_t)snprintf(out + used, ORDER_BYTES - used, "%s%s", used ? ", " : "",
                                 report_sheet_name(plan->layers[next].name, name, sizeof name));
        n[next] = 0;
    }
}

static void add_areas(const np_plan *plan, report_page *page)
{
    char text[NP_PLAN_DEPTHS_TEXT_BYTES];
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "Areas and depth");
    report_page_add(page, REPORT_PAGE_ROW, "Depth", "%s", np_plan_depths_case_text(plan, text));
    for (size_t i = 0; i < plan->n_layers && i < LAYERS_SHOWN; i++) {
        const np_plan_layer *l = &plan->layers[i];
        np_plan_depths depths;
        char name[REPORT_PAGE_KEY_BYTES], held[64] = "";
        np_plan_depths_of(plan, i, &depths);
        if (depths.held)
            snprintf(held, sizeof held, "; %u held at a limit of depth", depths.held);
        report_page_add(page, REPORT_PAGE_ROW, report_sheet_name(l->name, name, sizeof name),
                        "%s: %u dots on %.1f cm\u00b2, tip %.2f to %.2f mm below the skin%s",
                        report_sheet_work(l->strategy), np_plan_layer_dots(plan, l), l->area_cm2, depths.least_mm,
                        depths.most_mm, held);
    }
    if (plan->n_layers > LAYERS_SHOWN)
        report_page_add(page, REPORT_PAGE_ROW, "", "and %zu more areas", plan->n_layers - LAYERS_SHOWN);
}

static void add_sessions(const np_sheet_request *r, const np_case *c, report_page *page)
{
    const np_plan *plan = r->plan;
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "Sessions: time at the arm, and the order of areas");
    for (size_t i = 0; i < plan->n_sessions; i++) {
        const np_plan_session *s = &plan->sessions[i];
        char key[32], day[REPORT_SHEET_DAY_BYTES], time[32], order[ORDER_BYTES], closest[NP_PLAN_CLOSEST_TEXT_BYTES];
        snprintf(key, sizeof key, "Session %zu", i + 1);
        report_page_add(page, REPORT_PAGE_ROW, key, "%s: %u dots in %s, %u reload%s%s, %s. Order: %s",
                        report_sheet_day(r, i, day), s->dots, report_sheet_duration(s->tour_time_s, time), s->reloads,
                        s->reloads == 1 ? "" : "s", plan->reload_every ? "" : " (never reloaded)",
                        np_plan_closest_text(s->spacing_min_mm, closest), order_of(plan, (int)i + 1, order));
    }
    if (plan->reload_every)
        report_page_add(page, REPORT_PAGE_ROW, "Reload", "every %d dots", plan->reload_every);
    if (c && c->arm.rest_s > 0)
        report_page_add(page, REPORT_PAGE_ROW, "Rest", "%.0f s or more between dots closer than %.1f mm", c->arm.rest_s,
                        c->arm.rest_radius_mm);
}

/* What all sessions keep between their dots: the limit, or less where the most crowded one has no room for it. */
static double session_spacing_mm(const np_plan *plan)
{
    double mm = plan->limits.session_spacing_min_mm;
    for (size_t s = 0; s < plan->n_sessions; s++)
        if (plan->sessions[s].spacing_min_mm > 0)
            mm = fmin(mm, plan->sessions[s].spacing_min_mm);
    return mm;
}

np_status report_sheet_operator(const np_sheet_request *r, report_page *page, np_error *err)
{
    const np_plan *plan = r->plan;
    const np_case_limits *limits = &plan->limits;
    char digest[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_case *c = NULL; /* stays NULL for a case of another version: the plan's digest stands for it */
    np_error ignored = {0};
    (void)err;
    (void)np_case_parse_keys("the plan's case", plan->case_text, &c, &ignored);
    np_hex_write(plan->digest, NP_PLAN_DIGEST_BYTES, digest);
    char title[140];
    snprintf(page->title, sizeof page->title, "Operator: %s",
             report_page_cut(*plan->title ? plan->title : "untitled plan", title, sizeof title));
    snprintf(page->subtitle, sizeof page->subtitle, "%zu dots on %.1f cm\u00b2 of skin in %zu session%s", plan->n_dots,
             plan->treated_area_cm2, plan->n_sessions, plan->n_sessions == 1 ? "" : "s");
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "Before the first dot");
    add_approvals(plan, page);
    add_warnings(plan, page);
    if (c)
        add_findings(c, page);
    add_registration(plan, page);
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "Needle and pigment");
    report_page_add(page, REPORT_PAGE_ROW, "Needle", "%.2f mm, sterile, used for this person and this visit only",
                    plan->needle_diameter_mm);
    add_lots(plan, NP_WIRE_SUPPLY_NEEDLE, "Needle, lot", page);
    add_pigment(r, page);
    add_areas(plan, page);
    add_sessions(r, c, page);
    np_case_destroy(c);
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "Limits");
    report_page_add(
        page, REPORT_PAGE_ROW, "Plan and arm keep",
        "depth %.2f to %.2f mm, the needle within %.0f degrees of upright on the skin, %.2f mm between any two dots, "
        "%.2f mm within a session",
        limits->depth_min_mm, limits->depth_max_mm, limits->tilt_max_deg, limits->spacing_min_mm,
        session_spacing_mm(plan));
    report_page_add(page, REPORT_PAGE_POINT, NULL,
                    "A software stop is no safety function: keep the hand on the emergency stop. Hold when the person "
                    "moves, feels unwell, or skin bleeds.");
    report_page_add(page, REPORT_PAGE_ROW, "Done by", BLANK "   on " BLANK "   signed " BLANK);
    snprintf(
        page->foot, sizeof page->foot,
        "Write down lots, expiry and time of opening of needles and pigment. What to ask, and when: clinics' consent "
        "forms; steps of the sessions: Liu and others, J Cosmet Dermatol 2025. Plan number %s, by needlepath %.20s: "
        "the approval is for this number alone, and the arm refuses any other.",
        digest, plan->version);
    return NP_OK;
}
