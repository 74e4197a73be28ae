/* A person finds landmarks with a finger and the rest with a tape: each edge is told by the nearest of them, along the skin. */
#include "report/private/reach.h"

#include <math.h>
#include <stdio.h>

#include "dots/form.h"

/* A tape from a mark tells an edge within a hand's breadth. */
#define AT_HAND_MM 100.0
/* Left and right are told as one where a tape would not tell them apart. */
#define SAME_MM 3.0
/* and are told by one word for their direction where they are a pair. */
#define PAIR_MM 10.0
#define TOUCHES_MM 2.0

static void find_nearest(const np_plan *plan, int layer, bool pins, report_reach *r)
{
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *d = &plan->dots[i];
        if ((layer < 0 || d->layer == layer) && d->pin == pins &&
            (!r->dot || np_vec3_distance(d->position, r->mark) < np_vec3_distance(r->dot->position, r->mark)))
            r->dot = d;
    }
}

void report_reach_find(const np_plan *plan, int layer, const np_scan *scan, report_reach out[REPORT_REACH_MARKS])
{
    const np_case_landmarks *l = &scan->landmarks;
    const np_vec3 marks[REPORT_REACH_MARKS] = {l->glabella, l->inion, l->tragion_left, l->tragion_right};
    for (int k = 0; k < REPORT_REACH_MARKS; k++) {
        out[k] = (report_reach){.mark = marks[k]};
        find_nearest(plan, layer, false, &out[k]);
        if (!out[k].dot)
            find_nearest(plan, layer, true, &out[k]);
        if (out[k].dot)
            out[k].mm = np_form_along_skin_mm(&scan->surface, marks[k], out[k].dot->position);
    }
}

static np_vec3 way_of(const report_reach *r)
{
    return np_vec3_normalize(np_vec3_sub(r->dot->position, r->mark));
}

/* Along WAY from a mark to a dot, as somebody who stands upright would say it. */
static const char *direction_of(np_vec3 way)
{
    np_vec3 front, up;
    np_head_axes(&front, &up);
    double rise = np_vec3_dot(way, up), ahead = np_vec3_dot(way, front);
    return rise > 0.5     ? "above"
           : rise < -0.5  ? "below"
           : ahead < -0.5 ? "behind"
           : ahead > 0.5  ? "in front of"
                          : "from";
}

static size_t write_one(const report_reach *r, np_vec3 way, const char *mark, size_t used,
                        char out[REPORT_REACH_TEXT_BYTES])
{
    const char *and = used ? " and " : "";
    if (r->mm < TOUCHES_MM)
        used += (size_t)snprintf(out + used, REPORT_REACH_TEXT_BYTES - used, "%sat %s", and, mark);
    else
        used += (size_t)snprintf(out + used, REPORT_REACH_TEXT_BYTES - used, "%s%.0f mm %s %s", and, r->mm,
                                 direction_of(way), mark);
    return used;
}

const char *report_reach_text(const report_reach reach[REPORT_REACH_MARKS], report_reach_mark first,
                              char out[REPORT_REACH_TEXT_BYTES])
{
    static const char *const names[REPORT_REACH_MARKS] = {
        "the point between your eyebrows", "the bump at the back of your head",
        "the notch at the front of your left ear", "the notch at the front of your right ear"};
    const report_reach *left = &reach[REPORT_REACH_TRAGION_LEFT], *right = &reach[REPORT_REACH_TRAGION_RIGHT];
    size_t used = 0;
    out[0] = '\0';
    if (!reach[first].dot)
        return out;
    int nearest = (int)first;
    for (int k = (int)first; k < REPORT_REACH_MARKS; k++)
        nearest = reach[k].mm < reach[nearest].mm ? k : nearest;
    const double most_mm = first > 0 ? AT_HAND_MM : fmax(AT_HAND_MM, reach[nearest].mm);
    const bool one = fabs(left->mm - right->mm) < SAME_MM, pair = fabs(left->mm - right->mm) < PAIR_MM;
    for (int k = (int)first; k < REPORT_REACH_MARKS; k++) {
        bool both = one && k == REPORT_REACH_TRAGION_LEFT;
        const report_reach *r = both && right->mm < left->mm ? right : &reach[k];
        bool ear = k == REPORT_REACH_TRAGION_LEFT || k == REPORT_REACH_TRAGION_RIGHT;
        np_vec3 way = ear && pair ? np_vec3_add(way_of(left), way_of(right)) : way_of(r);
        if (r->mm <= most_mm && !(one && k == REPORT_REACH_TRAGION_RIGHT))
            used =
                write_one(r, np_vec3_normalize(way), both ? "the notch at the front of each ear" : names[k], used, out);
    }
    return out;
}
