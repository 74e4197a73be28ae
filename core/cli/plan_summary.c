/* A plan in figures, from one set of fields, as a table or as JSON: `plan` and `show` print the same of a file, so what
 * was approved can be compared with what was planned. */
#include "cli/plan_summary.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/band.h"
#include "base/hex.h"
#include "case/case.h"
#include "cli/cli.h"
#include "cli/plan_depths.h"
#include "dots/figures.h"
#include "dots/findings.h"
#include "dots/form.h"
#include "plan/approval.h"
#include "plan/cartridges.h"
#include "plan/made.h"
#include "plan/past.h"
#include "report/judged.h"

static void time_text(int64_t unix_s, char *text, size_t size)
{
    time_t t = (time_t)unix_s;
    struct tm tm;
    if (!gmtime_r(&t, &tm) || strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        snprintf(text, size, "?");
}

static json_t *layers_json(const np_plan *plan)
{
    json_t *out = json_array();
    for (size_t i = 0; i < plan->n_layers; i++) {
        const np_plan_layer *l = &plan->layers[i];
        json_t *dots = json_array();
        for (size_t s = 0; s < plan->n_sessions; s++)
            json_array_append_new(dots, json_integer((json_int_t)l->dots[s]));
        json_array_append_new(out, json_pack("{s:s, s:s, s:f, s:o}", "name", l->name, "strategy", l->strategy,
                                             "area_cm2", l->area_cm2, "dots_per_session", dots));
    }
    return out;
}

static json_t *cartridges_json(const np_plan *plan, int session)
{
    np_plan_cartridge cartridges[NP_PLAN_CARTRIDGES_MAX];
    size_t n = np_plan_cartridges(plan, session, cartridges);
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++) {
        const np_palette_shade *s = &plan->shades.shades[cartridges[i].shade];
        json_array_append_new(out, json_pack("{s:s, s:s?, s:s?, s:f, s:f, s:I, s:I}", "shade", s->name, "lot", s->lot,
                                             "expires", s->expires, "dilution", s->dilution, "stock_percent",
                                             s->stock_percent, "from_order", (json_int_t)cartridges[i].first, "dots",
                                             (json_int_t)cartridges[i].dots));
    }
    return out;
}

static json_t *sessions_json(const np_plan *plan)
{
    json_t *out = json_array();
    for (size_t i = 0; i < plan->n_sessions; i++) {
        const np_plan_session *s = &plan->sessions[i];
        json_t *session =
            json_pack("{s:i, s:i, s:I, s:f, s:f, s:f, s:I, s:I, s:f}", "session", (int)i + 1, "day", s->day, "dots",
                      (json_int_t)s->dots, "tour_length_mm", s->tour_length_mm, "tour_time_s", s->tour_time_s,
                      "greedy_time_s", s->greedy_time_s, "patches", (json_int_t)s->patches, "reloads",
                      (json_int_t)s->reloads, "spacing_min_mm", s->spacing_min_mm);
        if (plan->shades.n)
            json_object_set_new(session, "cartridges", cartridges_json(plan, (int)i + 1));
        json_array_append_new(out, session);
    }
    return out;
}

static json_t *approvals_json(const np_plan *plan)
{
    json_t *out = json_array();
    for (size_t i = 0; i < plan->n_approvals; i++) {
        const np_plan_approval *a = &plan->approvals[i];
        char key[65], when[32], terms[NP_APPROVAL_TEXT_BYTES];
        np_hex_write(a->public_key, sizeof a->public_key, key);
        time_text(a->time_unix_s, when, sizeof when);
        json_array_append_new(out, json_pack("{s:s, s:s, s:s, s:b, s:s}", "operator", a->operator_name, "key", key,
                                             "time", when, "valid", np_approval_is_valid(a, plan->digest), "terms",
                                             np_approval_text(a, terms)));
    }
    return out;
}

/* Needles and pigment of a run.  A lot that stands there though nobody named it anew is the one before. */
static json_t *supplies_json(const np_plan *plan, int64_t run)
{
    json_t *out = json_array();
    for (size_t i = 0; i < plan->n_supplies; i++) {
        const np_plan_supply *s = &plan->supplies[i];
        const char *lot = np_plan_supply_lot(plan, (int)i);
        char when[32];
        if (s->run != run)
            continue;
        time_text(s->time_unix_us / 1000000, when, sizeof when);
        json_t *item = json_pack("{s:s, s:b, s:s, s:I, s:I, s:s}", "kind", np_plan_supply_kind_name(s->kind), "named",
                                 s->lot != NULL, "by", s->number < 0 ? "run" : "executor", "from_order",
                                 (json_int_t)s->order, "dots", (json_int_t)s->dots, "time", when);
        json_object_set_new(item, "lot", lot ? json_string(lot) : json_null());
        json_array_append_new(out, item);
    }
    return out;
}

/* NULL for none. */
static json_t *registration_json(const np_plan_registration *r)
{
    if (!r)
        return NULL;
    return json_pack("{s:s, s:[f,f,f,f], s:[f,f,f], s:f, s:f, s:f, s:b, s:b}", "name", r->name, "rotation_wxyz",
                     r->rotation[0] * 1e-6, r->rotation[1] * 1e-6, r->rotation[2] * 1e-6, r->rotation[3] * 1e-6,
                     "translation_mm", r->translation[0] * 1e-3, r->translation[1] * 1e-3, r->translation[2] * 1e-3,
                     "rms_mm", r->rms_mm, "worst_mm", r->worst_mm, "moved_mm", r->moved_mm, "moved_unknown",
                     r->moved_unknown, "claimed", r->claimed);
}

/* NULL for a run in its order and on its day. */
static json_t *early_json(const np_plan_run *r)
{
    return r->early_found
               ? json_pack("{s:s, s:s}", "found", CLI_PLAIN(r->early_found), "reason", CLI_PLAIN(r->early_reason))
               : NULL;
}

static json_t *runs_json(const np_plan *plan)
{
    json_t *out = json_array();
    for (size_t i = 0; i < plan->n_runs; i++) {
        const np_plan_run *r = &plan->runs[i];
        char when[32];
        time_text(r->started_unix_s, when, sizeof when);
        json_array_append_new(
            out,
            json_pack("{s:I, s:i, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o*, s:o*, s:s*}", "run",
                      (json_int_t)r->id, "session", r->session, r->state == NP_PLAN_RUN_LEARNT ? "heard" : "started",
                      when, "target", r->target, "state", np_plan_run_state_name(r->state), "done", (json_int_t)r->done,
                      "in_doubt", (json_int_t)r->in_doubt, "failed", (json_int_t)r->failed, "too_deep",
                      (json_int_t)r->too_deep, "skipped", (json_int_t)r->skipped, "no_contact",
                      (json_int_t)r->no_contact, "learnt", (json_int_t)r->learnt, "supplies",
                      supplies_json(plan, r->id), "registration", registration_json(r->registration), "early",
                      early_json(r), "other_executor", r->other_executor ? CLI_PLAIN(r->other_executor) : NULL));
    }
    return out;
}

/* null: nobody knows whether what was not JUDGED is natural. */
static json_t *natural_json(bool judged, bool out)
{
    return judged ? json_boolean(!out) : json_null();
}

/* The findings with their bands, then the whole picture. */
static json_t *naturalness_json(const np_dots_stats *s)
{
    json_t *quantiles = json_array(), *g = json_array(), *figures = json_array();
    for (size_t i = 0; i < sizeof s->nn_quantile / sizeof s->nn_quantile[0]; i++)
        json_array_append_new(quantiles, json_real(s->nn_quantile[i]));
    for (size_t i = 0; i < NP_DOTS_G_BINS; i++)
        json_array_append_new(g, json_real(s->g[i]));
    np_dots_finding findings[NP_DOTS_FINDINGS];
    np_dots_stats_findings(s, findings);
    for (int i = 0; i < NP_DOTS_FINDINGS; i++) {
        const np_dots_finding *f = &findings[i];
        bool judged = f->measured && s->n_interior >= NP_DOTS_FINDINGS_MIN;
        json_t *figure = json_pack("{s:s, s:f, s:b, s:o}", "figure", f->key, "value", f->value, "measured", judged,
                                   "natural", natural_json(judged, f->out));
        if (f->low != -HUGE_VAL)
            json_object_set_new(figure, "low", json_real(f->low));
        if (f->high != HUGE_VAL)
            json_object_set_new(figure, "high", json_real(f->high));
        if (f->out)
            json_object_set_new(figure, "finding", json_string(f->sentence));
        json_array_append_new(figures, figure);
    }
    return json_pack("{s:I, s:b, s:o, s:f, s:f, s:f, s:f, s:o, s:o}", "dots_measured", (json_int_t)s->n_interior,
                     "judged", s->n_interior >= NP_DOTS_FINDINGS_MIN, "figures", figures, "nn_mean", s->nn_mean,
                     "nn_quantile_error", s->nn_quantile_error, "g_rms_error", s->g_rms_error, "psi6", s->psi6,
                     "nn_quantiles", quantiles, "g", g);
}

enum { LEANS = UINT8_MAX + 1 };

/* How many dots a tool that is not turned comes to, by the degrees that it may lean. */
static void count_leans(const np_plan *plan, size_t out_dots[LEANS])
{
    memset(out_dots, 0, LEANS * sizeof *out_dots);
    for (size_t i = 0; i < plan->n_dots; i++)
        out_dots[plan->moves.lean_deg[i]]++;
}

/* NULL for a plan that no gantry takes. */
static json_t *leans_json(const np_plan *plan)
{
    if (!plan->moves.support_um)
        return NULL;
    size_t dots[LEANS];
    count_leans(plan, dots);
    json_t *out = json_array();
    for (int deg = 0; deg < LEANS; deg++)
        if (dots[deg])
            json_array_append_new(out, json_pack("{s:i, s:I}", "lean_deg", deg, "dots", (json_int_t)dots[deg]));
    return out;
}

/* A number; of those that JSON's readers have no room for, the digits as text. */
static json_t *seed_json(uint64_t seed)
{
    return seed <= INT64_MAX ? json_integer((json_int_t)seed) : json_sprintf("%llu", (unsigned long long)seed);
}

/* A figure with its band; where it is worst, if it was MEASURED. */
static json_t *banded_json(const np_band *b, bool measured, double value, np_vec3 place)
{
    const char *sentence = measured ? np_band_sentence(b, value) : NULL;
    json_t *one = json_pack("{s:s, s:s, s:b, s:o}", "figure", b->key, "name", b->name, "measured", measured, "natural",
                            natural_json(measured, sentence != NULL));
    if (measured) {
        json_object_set_new(one, "value", json_real(value));
        json_object_set_new(one, "place_mm", json_pack("[f, f, f]", place.x, place.y, place.z));
    }
    if (b->low != -HUGE_VAL)
        json_object_set_new(one, "low", json_real(b->low));
    if (b->high != HUGE_VAL)
        json_object_set_new(one, "high", json_real(b->high));
    if (sentence)
        json_object_set_new(one, "finding", json_string(sentence));
    return one;
}

/* The same as a line; IN NULL: it has a place alone. */
static void print_banded(const np_band *b, bool measured, double value, const char *in, np_vec3 place)
{
    if (!measured) {
        printf("    %-47s      -  (no room to measure it)\n", b->name);
        return;
    }
    const char *sentence = np_band_sentence(b, value);
    char band[NP_BAND_TEXT_BYTES];
    printf("    %-47s %6.3g  (%s)  %s%s%sat %.0f %.0f %.0f%s%s\n", b->name, value, np_band_text(b->low, b->high, band),
           in ? "in " : "", in ? in : "", in ? " " : "", place.x, place.y, place.z, sentence ? ": " : "",
           sentence ? sentence : "");
}

static json_t *form_json(const np_plan *plan)
{
    np_form_value form[NP_FORM_FIGURES];
    np_form_read(plan->figures, plan->n_figures, form);
    json_t *out = json_array();
    for (int f = 0; f < NP_FORM_FIGURES; f++)
        json_array_append_new(
            out, banded_json(np_form_band_of((np_form_figure)f), form[f].measured, form[f].value, form[f].place));
    return out;
}

static void print_form(const np_plan *plan)
{
    np_form_value form[NP_FORM_FIGURES];
    np_form_read(plan->figures, plan->n_figures, form);
    int measured = 0;
    for (int f = 0; f < NP_FORM_FIGURES; f++)
        measured += form[f].measured;
    if (measured == 0) {
        puts("  form: nothing of it was measured: too few dots, or a plan from before it was");
        return;
    }
    puts("  form, of dots and hair that is there, each figure where it is worst:");
    for (int f = 0; f < NP_FORM_FIGURES; f++)
        print_banded(np_form_band_of((np_form_figure)f), form[f].measured, form[f].value, NULL, form[f].place);
}

static json_t *look_json(const np_plan *plan, const np_plan_look *look)
{
    json_t *figures = json_array();
    for (int f = 0; f < NP_JUDGE_FIGURES; f++) {
        const np_judged *j = &look->figure[f];
        json_t *one = banded_json(np_judge_band_of((np_judge_figure)f), j->measured, j->value, j->place);
        if (j->measured)
            json_object_set_new(one, "layer", json_string(CLI_PLAIN(np_judged_layer(plan, j))));
        json_array_append_new(figures, one);
    }
    return json_pack("{s:I, s:I, s:s*, s:o}", "windows", (json_int_t)look->windows, "standing",
                     (json_int_t)look->standing, "standing_missing", *look->missing ? CLI_PLAIN(look->missing) : NULL,
                     "figures", figures);
}

static void print_look(const np_plan *plan, const np_plan_look *look)
{
    if (*look->missing)
        printf("  look of the new dots alone, without those that stand from before: %s\n", CLI_PLAIN(look->missing));
    if (look->standing)
        printf("  look with the %zu dots that stand from before, healed\n", look->standing);
    if (look->windows == 0) {
        puts("  look: no part of the plan is wide enough to be judged by its picture");
        return;
    }
    printf("  look, healed, of %zu windows on light skin, each figure where it is worst (an estimate):\n",
           look->windows);
    for (int f = 0; f < NP_JUDGE_FIGURES; f++) {
        const np_judged *j = &look->figure[f];
        print_banded(np_judge_band_of((np_judge_figure)f), j->measured, j->value, CLI_PLAIN(np_judged_layer(plan, j)),
                     j->place);
    }
}

static np_status print_json(const np_plan *plan, const char *path, const np_make_timing *timing,
                            const np_plan_look *look, np_error *err)
{
    char digest[2 * NP_PLAN_DIGEST_BYTES + 1], scan[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_hex_write(plan->digest, NP_PLAN_DIGEST_BYTES, digest);
    np_hex_write(plan->scan_digest, NP_PLAN_DIGEST_BYTES, scan);
    np_dots_stats stats;
    np_dots_figures_read(plan->figures, plan->n_figures, &stats);
    json_t *out =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:I, s:f, s:o, s:o, s:o*, s:f, s:o, s:o, s:o}", "plan",
                  CLI_PLAIN(path), "title", plan->title, "made_by", plan->version, "digest", digest, "scan_digest",
                  scan, "seed", seed_json(plan->seed), "dots", (json_int_t)plan->n_dots, "treated_area_cm2",
                  plan->treated_area_cm2, "layers", layers_json(plan), "sessions", sessions_json(plan), "gantry",
                  leans_json(plan), "spacing_min_mm", stats.spacing_min_mm, "naturalness", naturalness_json(&stats),
                  "approvals", approvals_json(plan), "runs", runs_json(plan));
    char landmarks[128];
    np_case_confirmation(path, plan->case_text, landmarks, sizeof landmarks);
    if (*landmarks)
        json_object_set_new(out, "landmarks", json_string(CLI_PLAIN(landmarks)));
    char scars[160];
    np_case_scars_seen(path, plan->case_text, scars, sizeof scars);
    if (*scars)
        json_object_set_new(out, "scars", json_string(CLI_PLAIN(scars)));
    char accepted[NP_ACCEPT_TEXT_BYTES];
    np_accept_list((np_accept_set)plan->accepted, accepted);
    if (*accepted)
        json_object_set_new(out, "accepted", json_string(accepted));
    json_object_set_new(out, "form", form_json(plan));
    json_object_set_new(out, "depths", cli_depths_json(plan));
    json_object_set_new(out, "notes", cli_lines_json(plan->notes));
    json_object_set_new(out, "plugins", cli_lines_json(plan->plugins));
    if (look)
        json_object_set_new(out, "look", look_json(plan, look));
    if (timing)
        json_object_set_new(out, "seconds",
                            json_pack("{s:f, s:f, s:f, s:f, s:f}", "scan", timing->scan_s, "field", timing->field_s,
                                      "dots", timing->dots_s, "tour", timing->tour_s, "check", timing->check_s));
    return cli_give_json(out, err);
}

static void print_cartridges(const np_plan *plan, int session)
{
    np_plan_cartridge cartridges[NP_PLAN_CARTRIDGES_MAX];
    size_t n = np_plan_cartridges(plan, session, cartridges);
    for (size_t i = 0; i < n; i++) {
        char text[NP_PLAN_SHADE_TEXT_BYTES];
        printf("    cartridge %zu: %s: %u dots from place %u of the tour on\n", i + 1,
               CLI_PLAIN(np_plan_shade_text(&plan->shades.shades[cartridges[i].shade], text)), cartridges[i].dots,
               cartridges[i].first + 1);
    }
}

static void print_sessions(const np_plan *plan)
{
    for (size_t i = 0; i < plan->n_sessions; i++) {
        const np_plan_session *s = &plan->sessions[i];
        char time[32], closest[NP_PLAN_CLOSEST_TEXT_BYTES];
        cli_duration(s->tour_time_s, time, sizeof time);
        printf("  session %zu, day %-3d %6u dots, tour %.1f m, about %s, %s\n", i + 1, s->day, s->dots,
               s->tour_length_mm / 1000, time, np_plan_closest_text(s->spacing_min_mm, closest));
        print_cartridges(plan, (int)i + 1);
    }
}

static void print_tones(const np_plan *plan)
{
    char text[NP_PLAN_ONE_TONE_TEXT_BYTES];
    if (*np_plan_one_tone_text(plan, text))
        printf("  %s\n", text);
}

static void print_leans(const np_plan *plan)
{
    if (!plan->moves.support_um) {
        puts("  gantries: none takes this plan, which was made before they could; plan the case again");
        return;
    }
    size_t dots[LEANS];
    count_leans(plan, dots);
    printf("  gantries: the needle may stand off its planned axis by");
    const char *before = " ";
    for (int deg = LEANS - 1; deg > 0; deg--)
        if (dots[deg]) {
            printf("%s%d degrees at %zu dots", before, deg, dots[deg]);
            before = ", ";
        }
    printf("%snothing at %zu\n", *before == ',' ? ", by " : " ", dots[0]);
}

static void print_layers(const np_plan *plan)
{
    for (size_t i = 0; i < plan->n_layers; i++) {
        const np_plan_layer *l = &plan->layers[i];
        printf("  layer %-18s %-24s %6u dots on %.1f cm2\n", CLI_PLAIN(l->name), CLI_PLAIN(l->strategy),
               np_plan_layer_dots(plan, l), l->area_cm2);
    }
}

/* What was named, and every needle; reloads of the same pigment are only counted. */
static void print_supplies(const np_plan *plan, int64_t run)
{
    unsigned reloads = 0;
    for (size_t i = 0; i < plan->n_supplies; i++) {
        const np_plan_supply *s = &plan->supplies[i];
        const char *lot = np_plan_supply_lot(plan, (int)i);
        if (s->run != run)
            continue;
        reloads += s->number >= 0 && s->kind == NP_WIRE_SUPPLY_PIGMENT;
        if (s->kind == NP_WIRE_SUPPLY_PIGMENT && !s->lot)
            continue;
        printf("    %s %s from place %u of the tour on: %u dots%s%s\n", np_plan_supply_kind_name(s->kind),
               lot ? CLI_PLAIN(lot) : "of a lot that nobody named", s->order + 1, s->dots,
               lot && !s->lot ? ", the lot not named anew" : "", s->number < 0 ? ", as the run was told" : "");
    }
    if (reloads)
        printf("    pigment reloaded %u time%s\n", reloads, reloads == 1 ? "" : "s");
}

static void print_history(const np_plan *plan)
{
    char when[32], terms[NP_APPROVAL_TEXT_BYTES], registration[NP_PLAN_REGISTRATION_TEXT_BYTES];
    for (size_t i = 0; i < plan->n_approvals; i++) {
        const np_plan_approval *a = &plan->approvals[i];
        time_text(a->time_unix_s, when, sizeof when);
        printf("  approved by %s, %s, %s%s\n", CLI_PLAIN(a->operator_name), when, np_approval_text(a, terms),
               np_approval_is_valid(a, plan->digest) ? "" : ": NOT VALID for this digest");
    }
    if (plan->n_approvals == 0)
        puts("  not approved");
    for (size_t i = 0; i < plan->n_runs; i++) {
        const np_plan_run *r = &plan->runs[i];
        time_text(r->started_unix_s, when, sizeof when);
        bool is_run = r->state != NP_PLAN_RUN_LEARNT;
        printf(
            "  run %lld: session %d, %s%s, %s: %u done (%u too deep), %u in doubt, %u failed (%u skipped, %u without "
            "contact), "
            "%s\n",
            (long long)r->id, r->session, is_run ? "" : "heard of ", when, CLI_PLAIN(r->target), r->done, r->too_deep,
            r->in_doubt, r->failed, r->skipped, r->no_contact,
            is_run ? np_plan_run_state_name(r->state) : NP_PLAN_LEARNT_TEXT);
        if (r->state != NP_PLAN_RUN_RUNNING && np_made_open_run(plan, r->session) == r)
            puts("    what the executor began since it was last heard is not in this file until a run asks it again");
        if (is_run && r->learnt)
            printf("    %u of them were heard of after the run\n", r->learnt);
        if (r->other_executor)
            printf("    OTHER EXECUTOR than before, which did not know what was made; the reason given: %s\n",
                   CLI_PLAIN(r->other_executor));
        if (r->early_found)
            printf("    EARLY: %s; the reason given: %s\n", CLI_PLAIN(r->early_found), CLI_PLAIN(r->early_reason));
        if (r->registration)
            printf("    registration: %s\n", np_plan_registration_text(r->registration, registration));
        print_supplies(plan, r->id);
    }
}

static void print_naturalness(const np_plan *plan, const np_dots_stats *s)
{
    if (s->n_interior < NP_DOTS_FINDINGS_MIN) {
        printf("  naturalness: not judged: %zu of %zu dots lie far enough from borders, %d are needed\n", s->n_interior,
               s->n, NP_DOTS_FINDINGS_MIN);
        return;
    }
    np_dots_finding findings[NP_DOTS_FINDINGS];
    np_dots_stats_findings(s, findings);
    puts(np_plan_past_is_counted(plan->notes)
             ? "  naturalness of new dots and those that stand, together, against real follicles:"
         : np_plan_past_stands(plan->notes)
             ? "  naturalness of the new dots alone, not of those that stand with them, against real follicles:"
             : "  naturalness, against real follicles:");
    for (int i = 0; i < NP_DOTS_FINDINGS; i++) {
        const np_dots_finding *f = &findings[i];
        if (!f->measured) {
            printf("    %-44s      -  (no room to measure it)\n", f->name);
            continue;
        }
        char band[NP_BAND_TEXT_BYTES];
        printf("    %-44s %6.3f  (%s)", f->name, f->value, np_band_text(f->low, f->high, band));
        printf("%s%s\n", f->out ? "  " : "", f->out ? f->sentence : "");
    }
}

/* Plugins and files that made them, a line each, once where several layers in a row have the same. */
static void print_plugins(const np_plan *plan)
{
    const char *before = "";
    size_t n, n_before = 0;
    for (const char *at = plan->plugins; *at; before = at, n_before = n, at += n + (at[n] == '\n')) {
        char line[4096];
        n = strcspn(at, "\n");
        if (n == n_before && memcmp(at, before, n) == 0)
            continue;
        snprintf(line, sizeof line, "%.*s", (int)n, at);
        printf("  made by, SHA-256 %s\n", CLI_PLAIN(line));
    }
}

static void print_confirmation(const np_plan *plan, const char *path)
{
    char landmarks[128];
    np_case_confirmation(path, plan->case_text, landmarks, sizeof landmarks);
    if (*landmarks)
        printf("  %s\n", CLI_PLAIN(landmarks));
    char scars[160];
    np_case_scars_seen(path, plan->case_text, scars, sizeof scars);
    if (*scars)
        printf("  %s\n", CLI_PLAIN(scars));
}

static void print_accepted(const np_plan *plan)
{
    char accepted[NP_ACCEPT_TEXT_BYTES];
    np_accept_list((np_accept_set)plan->accepted, accepted);
    if (*accepted)
        printf("  ACCEPTED by name though planning would refuse it: %s\n", accepted);
}

static void print_table(const np_plan *plan, const char *path, const np_make_timing *timing, const np_plan_look *look)
{
    char digest[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_hex_write(plan->digest, NP_PLAN_DIGEST_BYTES, digest);
    np_dots_stats stats;
    np_dots_figures_read(plan->figures, plan->n_figures, &stats);
    printf("%s%s%s\n", CLI_PLAIN(path), *plan->title ? ": " : "", CLI_PLAIN(plan->title));
    printf("  digest %s\n", digest);
    char closest[NP_PLAN_CLOSEST_TEXT_BYTES];
    printf("  %zu dots on %.1f cm2, %s\n", plan->n_dots, plan->treated_area_cm2,
           np_plan_closest_text(stats.spacing_min_mm, closest));
    print_confirmation(plan, path);
    print_accepted(plan);
    print_layers(plan);
    cli_print_depths(plan);
    print_plugins(plan);
    print_sessions(plan);
    print_tones(plan);
    print_leans(plan);
    print_naturalness(plan, &stats);
    print_form(plan);
    if (look)
        print_look(plan, look);
    cli_print_notes(plan->notes, stdout);
    if (timing)
        printf("  planned in %.1f s: scan %.1f, field %.1f, dots %.1f, tour %.1f, checks %.1f\n",
               timing->scan_s + timing->field_s + timing->dots_s + timing->tour_s + timing->check_s, timing->scan_s,
               timing->field_s, timing->dots_s, timing->tour_s, timing->check_s);
    print_history(plan);
}

np_status cli_print_plan(const np_plan *plan, const char *path, const np_make_timing *timing, bool look, bool as_json,
                         np_error *err)
{
    np_plan_look figures;
    if (look) {
        char *folder = cli_case_folder(NULL, path);
        np_status status = folder ? np_plan_judge(plan, folder, &figures, err) : np_error_no_memory(err, path);
        free(folder);
        if (status != NP_OK)
            return status;
    }
    if (as_json)
        return print_json(plan, path, timing, look ? &figures : NULL, err);
    print_table(plan, path, timing, look ? &figures : NULL);
    return cli_check_stdout(err);
}
