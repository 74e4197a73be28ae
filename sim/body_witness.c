/* A body that is looked at; see body_witness.h.
 *
 * It looks whenever the phases ask where the tool is, or end the motion: at all the milliseconds up to then that it has not
 * looked at, in their order, so that a body which only goes forwards can be looked at as well. */
#include "sim/body_witness.h"

#include <stdio.h>
#include <stdlib.h>

static const double EVERY_S = 1e-3;
/* Farther from the skin no puncture ends, and no rehearsal in the air (5 mm, and the needle's tilt). */
static const double NEAR_MM = 8;

typedef struct watched {
    sim_body body;
    sim_body *inner;
    sim_witness *witness;
    np_frame3 head;
    sim_leg legs[SIM_BODY_MAX_LEGS];
    int n;                   /* 0: no motion, or one by hand */
    uint64_t looks;          /* of this motion */
    uint32_t from, to, next; /* dots; 0: home, or where the body rests */
    np_error found;
    bool finding;    /* in this motion */
    double depth_mm; /* of what was found */
} watched;

static sim_pose watched_rest(const sim_body *body)
{
    return sim_body_rest(((const watched *)body)->inner);
}

/* Punctures are at the skin, or it is another head's, or stands elsewhere: then nothing that is clear means anything. */
static void check_place(watched *w)
{
    for (int i = 0; i < w->n && w->found.status == NP_OK; i++) {
        np_vec3 tip = np_frame3_place_back(&w->head, w->legs[i].to.tip);
        if (w->legs[i].puncture && !sim_witness_is_near(w->witness, tip, NEAR_MM))
            np_error_set(&w->found, NP_ERR_INVALID,
                         "dot %u is more than %.0f mm from the skin of --head: is it the head of this plan's case?",
                         w->to, NEAR_MM);
    }
}

static bool watched_follow(sim_body *body, const np_frame3 *head, const sim_leg *legs, int n)
{
    watched *w = (watched *)body;
    if (n > SIM_BODY_MAX_LEGS || !sim_body_follow(w->inner, head, legs, n))
        return false;
    w->head = *head;
    for (int i = 0; i < n; i++)
        w->legs[i] = legs[i];
    w->n = legs[0].by_hand ? 0 : n;
    w->looks = 0;
    w->to = legs[0].by_hand ? 0 : w->next;
    check_place(w);
    return true;
}

static double watched_arrives_s(const sim_body *body, int leg)
{
    return sim_body_arrives_s(((const watched *)body)->inner, leg);
}

/* The leg that the tool is on at SECONDS, or at whose end it stays. */
static int leg_at(const watched *w, double seconds)
{
    int i = 0;
    while (i + 1 < w->n && seconds > sim_body_arrives_s(w->inner, i) + w->legs[i].pause_s)
        i++;
    return i;
}

static void name_of(uint32_t dot, char out[32])
{
    if (dot)
        snprintf(out, 32, "dot %u", dot);
    else
        snprintf(out, 32, "home or the station");
}

static void note(watched *w, double seconds, const sim_finding *f)
{
    char from[32], to[32];
    name_of(w->from, from);
    name_of(w->to, to);
    w->depth_mm = f->depth_mm;
    np_error_set(
        &w->found, NP_ERR_UNSAFE,
        "the tool went into the head: from %s to %s, %.3f s after it set out, its %s was %.2f mm below the skin at "
        "%.1f %.1f %.1f (mm, head frame)",
        from, to, seconds, f->part, f->depth_mm, f->place.x, f->place.y, f->place.z);
}

static void look_at(watched *w, double seconds)
{
    sim_pose tool = sim_body_tool(w->inner, seconds);
    sim_pose in_head = {np_frame3_place_back(&w->head, tool.tip), np_frame3_turn_back(&w->head, tool.axis)};
    sim_finding finding;
    bool clear = sim_witness_look(w->witness, &in_head, w->legs[leg_at(w, seconds)].puncture, &finding);
    if (!clear && (w->found.status == NP_OK || (w->finding && finding.depth_mm > w->depth_mm))) {
        w->finding = true;
        note(w, seconds, &finding);
    }
}

/* All the milliseconds up to SECONDS, or to the motion's end. */
static void look_until(watched *w, double seconds)
{
    if (w->n == 0)
        return;
    double end = fmin(seconds, sim_body_arrives_s(w->inner, w->n - 1) + EVERY_S);
    for (; (double)w->looks * EVERY_S <= end; w->looks++)
        look_at(w, (double)w->looks * EVERY_S);
}

static sim_pose watched_tool(sim_body *body, double seconds)
{
    watched *w = (watched *)body;
    look_until(w, seconds);
    return sim_body_tool(w->inner, seconds);
}

static void watched_stop(sim_body *body, double seconds)
{
    watched *w = (watched *)body;
    look_until(w, seconds);
    sim_body_stop(w->inner, seconds);
    w->n = 0;
    w->finding = false;
    w->from = w->to;
}

static void watched_destroy(sim_body *body)
{
    free(body);
}

static const sim_body_kind watched_kind = {"a body that is looked at",
                                           watched_rest,
                                           watched_follow,
                                           watched_arrives_s,
                                           watched_tool,
                                           watched_stop,
                                           watched_destroy};

np_status sim_body_witness_create(sim_body *inner, sim_witness *witness, sim_body **out_body, np_error *err)
{
    watched *w = calloc(1, sizeof *w);
    if (!w)
        return np_error_no_memory(err, "the witness");
    *w = (watched){.body = {&watched_kind}, .inner = inner, .witness = witness};
    *out_body = &w->body;
    return NP_OK;
}

void sim_body_witness_name(sim_body *body, uint32_t dot)
{
    ((watched *)body)->next = dot;
}

np_status sim_body_witness_verdict(const sim_body *body, np_error *err)
{
    const watched *w = (const watched *)body;
    return w->found.status == NP_OK ? NP_OK : np_error_pass(err, &w->found);
}
