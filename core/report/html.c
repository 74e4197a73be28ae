/* One file that can be mailed and kept: pictures are embedded, nothing is loaded, and no script runs.  All text that
 * comes from the case or a plugin is escaped. */
#include "report/private/html.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/band.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/plain.h"
#include "case/case.h"
#include "dots/figures.h"
#include "dots/form.h"
#include "dots/findings.h"
#include "plan/approval.h"
#include "plan/cartridges.h"
#include "plan/made.h"
#include "plan/past.h"
#include "report/private/depth_table.h"

enum { PICTURE_LIMIT = 64 << 20 };

/* Text from outside goes in fit to be shown, and escaped. */
void report_html_escaped(const char *outside, FILE *out)
{
    char plain[4096];
    for (const char *text = np_plain_copy(outside, plain, sizeof plain); *text; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static void write_duration(double seconds, FILE *out)
{
    long s = lround(seconds);
    fprintf(out, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

/* As a paragraph of its own; nothing for "". */
static void write_sentence(const char *sentence, FILE *out)
{
    if (!*sentence)
        return;
    fputs("<p>", out);
    report_html_escaped(sentence, out);
    fputs(sentence[strlen(sentence) - 1] == '?' ? "</p>\n" : ".</p>\n", out);
}

static void write_head(const np_plan *plan, FILE *out)
{
    char digest[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_hex_write(plan->digest, NP_PLAN_DIGEST_BYTES, digest);
    fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>needlepath: ", out);
    report_html_escaped(*plan->title ? plan->title : "plan", out);
    fputs("</title>\n<style>body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;"
          "color:#222}table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .8rem;border-bottom:1px solid "
          "#ddd;text-align:right}td:first-child,th:first-child{text-align:left}img{max-width:100%;border:1px solid "
          "#ddd;border-radius:4px}figure{margin:1rem 0}figcaption{color:#555}.views{display:grid;gap:1rem;"
          "grid-template-columns:repeat(auto-fit,minmax(20rem,1fr))}code{word-break:break-all}.no{color:#b00020}"
          "</style></head><body>\n<h1>",
          out);
    report_html_escaped(*plan->title ? plan->title : "Treatment plan", out);
    fprintf(
        out,
        "</h1>\n<p><b>%zu dots</b> on %.1f cm<sup>2</sup> in %zu sessions. Digest <code>%s</code>, made by needlepath ",
        plan->n_dots, plan->treated_area_cm2, plan->n_sessions, digest);
    report_html_escaped(plan->version, out);
    fprintf(out, ", seed %llu.</p>\n", (unsigned long long)plan->seed);
    char landmarks[128], scars[160];
    np_case_confirmation("the plan's case", plan->case_text, landmarks, sizeof landmarks);
    write_sentence(landmarks, out);
    np_case_scars_seen("the plan's case", plan->case_text, scars, sizeof scars);
    write_sentence(scars, out);
    char accepted[NP_ACCEPT_TEXT_BYTES];
    np_accept_list((np_accept_set)plan->accepted, accepted);
    if (*accepted)
        fprintf(out, "<p class=\"no\">Accepted by name though planning would refuse it: %s.</p>\n", accepted);
}

static void write_sessions(const np_plan *plan, FILE *out)
{
    fputs("<h2>Sessions</h2>\n<table><tr><th>session</th><th>day</th><th>dots</th><th>share, cumulative</th><th>tour, "
          "m</th>"
          "<th>time at the arm, h:min:s</th><th>patches</th><th>reloads</th><th>closest pair, "
          "mm</th></tr>\n",
          out);
    uint64_t sum = 0;
    for (size_t i = 0; i < plan->n_sessions; i++) {
        const np_plan_session *s = &plan->sessions[i];
        sum += s->dots;
        fprintf(out, "<tr><td>%zu</td><td>%d</td><td>%u</td><td>%.1f %%</td><td>%.1f</td><td>", i + 1, s->day, s->dots,
                plan->n_dots ? 100.0 * (double)sum / (double)plan->n_dots : 0, s->tour_length_mm / 1000);
        write_duration(s->tour_time_s, out);
        fprintf(out, "</td><td>%u</td><td>%u</td>", s->patches, s->reloads);
        if (s->spacing_min_mm > 0)
            fprintf(out, "<td>%.2f</td></tr>\n", s->spacing_min_mm);
        else
            fputs("<td>none near</td></tr>\n", out);
    }
    fputs("</table>\n", out);
}

/* Nothing for a plan without shades. */
static void write_cartridges(const np_plan *plan, FILE *out)
{
    char text[NP_PLAN_SHADE_TEXT_BYTES];
    if (plan->shades.n == 0)
        return;
    fputs("<h2>Cartridges</h2>\n<table><tr><th>session</th><th>cartridge</th><th>shade</th><th>dots</th>"
          "<th>from place in the tour</th></tr>\n",
          out);
    for (int session = 1; session <= (int)plan->n_sessions; session++) {
        np_plan_cartridge cartridges[NP_PLAN_CARTRIDGES_MAX];
        size_t n = np_plan_cartridges(plan, session, cartridges);
        for (size_t i = 0; i < n; i++) {
            fprintf(out, "<tr><td>%d</td><td>%zu</td><td>", session, i + 1);
            report_html_escaped(np_plan_shade_text(&plan->shades.shades[cartridges[i].shade], text), out);
            fprintf(out, "</td><td>%u</td><td>%u</td></tr>\n", cartridges[i].dots, cartridges[i].first + 1);
        }
    }
    fputs("</table>\n", out);
}

static void write_layers(const np_plan *plan, FILE *out)
{
    fputs("<h2>Layers</h2>\n<table><tr><th>layer</th><th>strategy</th><th>area, cm<sup>2</sup></th><th>dots</th>"
          "<th>dots/cm<sup>2</sup></th></tr>\n",
          out);
    for (size_t i = 0; i < plan->n_layers; i++) {
        const np_plan_layer *l = &plan->layers[i];
        uint32_t dots = np_plan_layer_dots(plan, l);
        fputs("<tr><td>", out);
        report_html_escaped(l->name, out);
        fputs("</td><td>", out);
        report_html_escaped(l->strategy, out);
        fprintf(out, "</td><td>%.1f</td><td>%u</td><td>%.1f</td></tr>\n", l->area_cm2, dots,
                l->area_cm2 > 0 ? dots / l->area_cm2 : 0);
    }
    fputs("</table>\n", out);
}

/* One row of the table: a figure, its natural band, and what is wrong where it is out. */
static void write_finding(FILE *out, const np_dots_finding *f)
{
    if (!f->measured) {
        fprintf(out, "<tr><td>%s</td><td></td><td></td><td>no room to measure it</td></tr>\n", f->name);
        return;
    }
    char band[NP_BAND_TEXT_BYTES];
    fprintf(out, "<tr><td>%s</td><td>%.3f</td><td>%s", f->name, f->value, np_band_text(f->low, f->high, band));
    fprintf(out, "</td><td>%s%s%s</td></tr>\n", f->out ? "<span class=\"no\">" : "", f->out ? f->sentence : "natural",
            f->out ? "</span>" : "");
}

/* TEXT line by line as it stands, under a heading; nothing for none. */
static void write_lines(const char *heading, const char *text, FILE *out)
{
    if (!*text)
        return;
    fprintf(out, "<h2>%s</h2>\n<pre>", heading);
    for (size_t n; *text; text += n + (text[n] == '\n')) {
        char line[4096];
        n = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)n, text);
        report_html_escaped(line, out);
        fputc('\n', out);
    }
    fputs("</pre>\n", out);
}

static void write_naturalness(const np_plan *plan, FILE *out)
{
    np_dots_stats stats, *s = &stats;
    np_dots_figures_read(plan->figures, plan->n_figures, s);
    fputs("<h2>Does it look like hair?</h2>\n", out);
    if (s->n_interior < NP_DOTS_FINDINGS_MIN) {
        fprintf(out, "<p>Only %zu dots are far enough from a border to be measured; %d are needed.</p>\n",
                s->n_interior, NP_DOTS_FINDINGS_MIN);
        return;
    }
    if (np_plan_past_is_counted(plan->notes))
        fputs("<p>New dots and those that stand from before, together.</p>\n", out);
    else if (np_plan_past_stands(plan->notes))
        fputs("<p>These are the new dots alone: those that stand from before are not counted, and fill what seems bare "
              "between them.</p>\n",
              out);
    fprintf(out,
            "<p>%zu dots inside, lengths in units of s = 10/&radic;density mm, against measured human follicular "
            "units.</p>\n<table><tr><th>figure</th><th>here</th><th>natural band</th><th></th></tr>\n",
            s->n_interior);
    np_dots_finding findings[NP_DOTS_FINDINGS];
    np_dots_stats_findings(s, findings);
    for (int i = 0; i < NP_DOTS_FINDINGS; i++)
        write_finding(out, &findings[i]);
    fputs("</table>\n", out);
}

/* Whether these figures and the pictures are of all that is seen of a touch-up. */
static void write_standing(const np_plan_look *look, FILE *out)
{
    if (look->standing)
        fprintf(out,
                "<p>With the %zu dots that stand from before, healed, which the views and viewer.html show too; "
                "maps show the new ones alone.</p>\n",
                look->standing);
    if (*look->missing) {
        fputs("<p class=\"no\">Without the dots that stand from before, in these figures and in all pictures: ", out);
        report_html_escaped(look->missing, out);
        fputs("</p>\n", out);
    }
}

/* A row of a figure that was measured; IN NULL: it has a place alone. */
static void write_banded(const np_band *b, double value, const char *in, np_vec3 place, FILE *out)
{
    const char *sentence = np_band_sentence(b, value);
    char band[NP_BAND_TEXT_BYTES];
    fprintf(out, "<tr><td>%s</td><td>%.3g</td><td>%s</td><td>", b->name, value, np_band_text(b->low, b->high, band));
    if (in) {
        report_html_escaped(in, out);
        fputs(", ", out);
    }
    fprintf(out, "%.0f %.0f %.0f</td><td>%s%s%s</td></tr>\n", place.x, place.y, place.z,
            sentence ? "<span class=\"no\">" : "", sentence ? sentence : "natural", sentence ? "</span>" : "");
}

#define BANDED_HEAD "<table><tr><th>figure</th><th>here</th><th>natural band</th><th>where</th><th></th></tr>\n"

static void write_form(const np_plan *plan, FILE *out)
{
    np_form_value form[NP_FORM_FIGURES];
    np_form_read(plan->figures, plan->n_figures, form);
    fputs("<p>Its form: dots and the hair that is there, each figure where it is worst; places in the head frame, "
          "mm.</p>\n" BANDED_HEAD,
          out);
    for (int f = 0; f < NP_FORM_FIGURES; f++)
        if (form[f].measured)
            write_banded(np_form_band_of((np_form_figure)f), form[f].value, NULL, form[f].place, out);
    fputs("</table>\n", out);
}

/* The figures of the plan's picture, each where it is worst. */
static void write_look(const np_plan *plan, const np_plan_look *look, FILE *out)
{
    fprintf(
        out,
        "<p>%zu windows of it as it will be once healed, on light skin, against shaved hair: an estimate. Each figure "
        "where it is worst; places in the head frame, mm.</p>\n",
        look->windows);
    write_standing(look, out);
    if (look->windows == 0)
        return;
    fputs(BANDED_HEAD, out);
    for (int f = 0; f < NP_JUDGE_FIGURES; f++) {
        const np_judged *j = &look->figure[f];
        if (j->measured)
            write_banded(np_judge_band_of((np_judge_figure)f), j->value, np_judged_layer(plan, j), j->place, out);
    }
    fputs("</table>\n", out);
}

/* With what the dots were made: one row a needle or a reload that somebody named, or that something was made with. */
static void write_supplies(const np_plan *plan, FILE *out)
{
    if (plan->n_supplies == 0)
        return;
    fputs("<h2>Cartridges and pigment</h2>\n<table><tr><th>run</th><th>session</th><th>what</th><th>lot</th><th>from "
          "place of "
          "the tour</th><th>dots made with it</th></tr>\n",
          out);
    for (size_t i = 0; i < plan->n_supplies; i++) {
        const np_plan_supply *s = &plan->supplies[i];
        const char *lot = np_plan_supply_lot(plan, (int)i);
        if (!s->lot && s->dots == 0)
            continue;
        fprintf(out, "<tr><td>%lld</td><td>%d</td><td>%s</td><td>", (long long)s->run, s->session,
                np_plan_supply_kind_name(s->kind));
        report_html_escaped(lot ? lot : "not named", out);
        fprintf(out, "%s</td><td>%u</td><td>%u</td></tr>\n", lot && !s->lot ? " (not named anew)" : "", s->order + 1,
                s->dots);
    }
    fputs("</table>\n", out);
}

static void write_run(const np_plan_run *r, FILE *out)
{
    char registration[NP_PLAN_REGISTRATION_TEXT_BYTES];
    fprintf(out,
            "<li>Run %lld of session %d: %u done (%u too deep), %u in doubt, %u failed (%u skipped, %u without "
            "contact); ",
            (long long)r->id, r->session, r->done, r->too_deep, r->in_doubt, r->failed, r->skipped, r->no_contact);
    report_html_escaped(r->state == NP_PLAN_RUN_LEARNT ? NP_PLAN_LEARNT_TEXT : np_plan_run_state_name(r->state), out);
    if (r->learnt && r->state != NP_PLAN_RUN_LEARNT)
        fprintf(out, "; %u of them were heard of after the run", r->learnt);
    if (r->registration) {
        fputs("; registration: ", out);
        report_html_escaped(np_plan_registration_text(r->registration, registration), out);
    }
    if (r->other_executor) {
        fputs("; <span class=\"no\">at another executor than before, which did not know what was made, because: ", out);
        report_html_escaped(r->other_executor, out);
        fputs("</span>", out);
    }
    if (r->early_found) {
        fputs("; <span class=\"no\">early: ", out);
        report_html_escaped(r->early_found, out);
        fputs("; the reason given: ", out);
        report_html_escaped(r->early_reason, out);
        fputs("</span>", out);
    }
    fputs("</li>\n", out);
}

static void write_history(const np_plan *plan, FILE *out)
{
    char terms[NP_APPROVAL_TEXT_BYTES];
    fputs("<h2>Approvals and runs</h2>\n<ul>\n", out);
    if (plan->n_approvals == 0)
        fputs("<li class=\"no\">Not approved: no executor will run it.</li>\n", out);
    for (size_t i = 0; i < plan->n_approvals; i++) {
        fputs("<li>Approved by ", out);
        report_html_escaped(plan->approvals[i].operator_name, out);
        fputs(", ", out);
        fputs(np_approval_text(&plan->approvals[i], terms), out);
        fputs(np_approval_is_valid(&plan->approvals[i], plan->digest)
                  ? ".</li>\n"
                  : ": <span class=\"no\">not valid for this digest</span>.</li>\n",
              out);
    }
    for (size_t i = 0; i < plan->n_runs; i++)
        write_run(&plan->runs[i], out);
    fputs("</ul>\n", out);
    write_supplies(plan, out);
}

np_status report_html_base64(const void *data, size_t size, FILE *out, np_error *err)
{
    size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(room);
    if (!text)
        return np_error_no_memory(err, "what a page embeds");
    sodium_bin2base64(text, room, data, size, sodium_base64_VARIANT_ORIGINAL);
    fputs(text, out);
    free(text);
    return NP_OK;
}

static np_status write_picture(const char *directory, const report_picture *picture, FILE *out, np_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.png", directory, picture->name);
    char *data = NULL;
    size_t size;
    np_status status = np_file_read(path, PICTURE_LIMIT, &data, &size, err);
    if (status != NP_OK)
        return status;
    fprintf(out, "<figure><img alt=\"%s\" src=\"data:image/png;base64,", picture->name);
    status = report_html_base64(data, size, out, err);
    fprintf(out, "\"><figcaption>%s</figcaption></figure>\n", picture->caption);
    free(data);
    return status;
}

np_status report_html_write(const np_plan *plan, const report_html_parts *parts, const char *directory,
                            const report_picture *const *pictures, np_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/report.html", directory);
    np_file_writer writer = {0};
    np_status status = np_file_writer_open(&writer, path, err);
    if (status != NP_OK)
        return status;
    write_head(plan, writer.stream);
    if (parts->hairline->found)
        fprintf(writer.stream, "<p>Hairline: its middle is %.0f mm over the glabella, along the skin.</p>\n",
                parts->hairline->height_mm);
    write_sessions(plan, writer.stream);
    write_cartridges(plan, writer.stream);
    write_layers(plan, writer.stream);
    report_depth_table(plan, writer.stream);
    write_lines("What the strategies had to say", plan->notes, writer.stream);
    write_lines("Plugins and the files they were given, layer by layer: SHA-256 and path", plan->plugins,
                writer.stream);
    write_naturalness(plan, writer.stream);
    write_form(plan, writer.stream);
    write_look(plan, parts->look, writer.stream);
    write_history(plan, writer.stream);
    fputs("<p><a href=\"viewer.html\">viewer.html</a>, beside this file, shows the head to turn around.</p>\n",
          writer.stream);
    fputs("<h2>Pictures</h2>\n<div class=\"views\">\n", writer.stream);
    for (; *pictures && status == NP_OK; pictures++)
        status = write_picture(directory, *pictures, writer.stream, err);
    fputs("</div>\n</body></html>\n", writer.stream);
    if (status == NP_OK)
        status = np_file_writer_commit(&writer, err);
    np_file_writer_discard(&writer);
    return status;
}
