/* Which dots are there at a moment, and what each looks like by then. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "report/private/deposit.h"
#include "report/private/preview.h"
#include "report/private/source.h"

static np_status bad_when(const char *text, const np_plan *plan, np_error *err)
{
    return np_error_set(err, NP_ERR_USAGE,
                        "'%s' is no moment: expected before, s1 to s%zu (right after a session), healed, years such as "
                        "5y (up to 50y), or reference (shaved hair in the dots' places)",
                        text, plan->n_sessions);
}

np_status np_preview_parse_when(const char *text, const np_plan *plan, np_preview_when *out_when, np_error *err)
{
    np_preview_when w = {.last_session = (int)plan->n_sessions};
    double last = plan->sessions[plan->n_sessions - 1].day, years;
    int session, end = 0;
    if (strlen(text) >= sizeof w.name)
        return bad_when(text, plan, err);
    snprintf(w.name, sizeof w.name, "%s", text);
    if (!strcmp(text, "before")) {
        w.day = -1;
        w.last_session = 0;
        snprintf(w.text, sizeof w.text, "before");
    } else if (!strcmp(text, "reference")) {
        w.reference = true;
        w.last_session = 0;
        snprintf(w.text, sizeof w.text, "no dots: shaved hair in their places");
    } else if (!strcmp(text, "healed")) {
        w.day = last + NP_SKIN_HEALED_DAYS;
        snprintf(w.text, sizeof w.text, "healed, %g days after the last session", NP_SKIN_HEALED_DAYS);
    } else if (sscanf(text, "s%d%n", &session, &end) == 1 && !text[end] && session >= 1 &&
               session <= (int)plan->n_sessions) {
        w.day = plan->sessions[session - 1].day;
        w.last_session = session;
        snprintf(w.text, sizeof w.text, "right after session %d", session);
    } else if (sscanf(text, "%lfy%n", &years, &end) == 1 && end && !text[end] && years > 0 && years <= 50) {
        w.day = last + years * NP_SKIN_DAYS_PER_YEAR;
        snprintf(w.text, sizeof w.text, "%g year%s after the last session", years, years == 1 ? "" : "s");
    } else {
        return bad_when(text, plan, err);
    }
    *out_when = w;
    return NP_OK;
}

np_status np_preview_parse_skin(const char *text, np_lab *out_skin, np_error *err)
{
    /* examples of each class as scalps are measured: redder than the model's own skins, which have no sun and no forehead */
    static const np_lab examples[NP_SKIN_CLASSES] = {
        {66, 11.5, 15.5}, {61, 11, 18}, {55, 11, 20.5}, {45, 11, 20}, {33, 9.5, 13}};
    for (int c = 0; c < NP_SKIN_CLASSES; c++)
        if (!strcmp(text, np_skin_class_name((np_skin_class)c))) {
            *out_skin = examples[c];
            return NP_OK;
        }
    np_lab s;
    double rgb[3];
    int end = 0;
    if (sscanf(text, "%lf,%lf,%lf%n", &s.l, &s.a, &s.b, &end) != 3 || text[end] || !(s.l >= 10 && s.l <= 95) ||
        !(s.a >= -5 && s.a <= 40) || !(s.b >= -5 && s.b <= 45))
        return np_error_set(
            err, NP_ERR_USAGE,
            "skin '%s': expected light, intermediate, tan, brown or dark, or L,a,b as measured (L* 10 to "
            "95, a* -5 to 40, b* -5 to 45)",
            text);
    np_colour_lab_to_rgb(s, rgb);
    if (fmin(rgb[0], fmin(rgb[1], rgb[2])) <= 0)
        return np_error_set(err, NP_ERR_USAGE, "skin '%s': no screen can show this colour; was it measured as L*a*b*?",
                            text);
    *out_skin = s;
    return NP_OK;
}

void report_preview_scene_fini(report_preview_scene *scene)
{
    free(scene->dots);
    free(scene->hairs);
    *scene = (report_preview_scene){0};
}

np_status report_preview_dots(const np_preview_request *request, const np_preview_when *when,
                              report_preview_scene *scene, np_error *err)
{
    const np_plan *plan = request->plan;
    const np_skin_model model = report_deposit_model(plan, &request->model);
    report_made made = {0};
    np_status status = NP_GROW(scene->dots, scene->dot_room, scene->n_dots + plan->n_dots, "dots of a picture", err);
    if (status == NP_OK && request->made)
        status = report_made_init(&made, plan, request->plan_path, err);
    for (size_t i = 0; status == NP_OK && i < plan->n_dots; i++) {
        const np_dot *dot = &plan->dots[i];
        double age = when->day - plan->sessions[dot->session - 1].day;
        const np_made_dot *as_made = request->made ? made.by_dot[i] : NULL;
        /* one in doubt may well be in the skin */
        bool there = !request->made || (as_made && as_made->state != NP_JOURNAL_FAILED);
        if (dot->session > when->last_session || age < 0 || !there)
            continue;
        bool measured = as_made && isfinite(as_made->depth_mm) && as_made->depth_mm > 0;
        np_skin_deposit deposit = report_deposit(plan, &model, dot, measured ? as_made->depth_mm : dot->depth_mm);
        np_look_dot *out = &scene->dots[scene->n_dots++];
        *out = (np_look_dot){.position = np_dot_mark(dot), .normal = dot->normal};
        np_skin_deposit_mark(&model, &deposit, request->skin, age, &out->mark);
    }
    report_made_fini(&made);
    return status;
}
