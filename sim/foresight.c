/* The needle's turns for all that was asked; see foresight.h. */
#include "sim/foresight.h"

#include <stdlib.h>

#include "base/grow.h"
#include "robot/turns.h"
#include "sim/body_ur5e.h"
#include "sim/rig.h"

/* Between stops that are nearer to each other no joint is to turn far. */
static const double NEAR_MM = 5;

/* A leg is one that was asked for if tip and axis at both its ends are so near. */
static const double SAME_MM = 0.2, SAME_AXIS = 5e-3;

typedef struct foreseen {
    sim_pose from, to;
    np_joints leaves;
} foreseen;

struct sim_foresight {
    sim_body body;
    sim_body *arm;                /* that goes by itself where no turns are found */
    np_turns_search *way, *entry; /* from dot to dot, and from home; NULL: none */
    sim_pose way_end, entry_end;
    foreseen *
        legs; /* [n_legs], of ways that have ended and of entries, then from way_first on of the way as far as it is known */
    size_t n_legs, legs_capacity, way_first, way_known; /* stops of the way */
    size_t next;                                        /* the leg that is looked at first */
};

/* ---- searches ---- */

static np_vec3 middle_of(const np_frame3 *head)
{
    np_frame3 rest = sim_rig_rest();
    return np_frame3_place(&rest, np_frame3_place(head, (np_vec3){0, 0, NP_UR_HEAD_MIDDLE_MM}));
}

static np_turns_stop stop_of(const sim_pose *pose)
{
    np_frame3 rest = sim_rig_rest();
    return (np_turns_stop){.tip = np_frame3_place(&rest, pose->tip), .axis = np_frame3_turn(&rest, pose->axis)};
}

bool sim_foresight_stand(const np_frame3 *head, const sim_pose *pose, np_joints *out_joints)
{
    np_turns_stop stop = stop_of(pose);
    np_joints home = sim_rig_home();
    return np_turns_stand(&sim_rig, middle_of(head), &stop, &home, out_joints);
}

static bool begin(const np_frame3 *head, const np_joints *joints, np_turns_search **out_search)
{
    np_turns_search *search;
    bool begun = np_turns_search_create(&sim_rig, middle_of(head), joints, &search, NULL) == NP_OK;
    if (!begun)
        np_turns_search_destroy(search);
    *out_search = begun ? search : NULL;
    return begun;
}

/* Takes SEARCH on from FROM by a motion's legs; punctures go into the skin and back at the end of the leg before. */
static bool add(np_turns_search *search, const sim_pose *from, const sim_leg *legs, int n)
{
    np_turns_stop stops[SIM_BODY_MAX_LEGS];
    size_t n_stops = 0;
    sim_pose last = *from;
    for (int i = 0; i < n; i++) {
        double mm = np_vec3_distance(last.tip, legs[i].to.tip);
        if (legs[i].puncture && n_stops > 0) {
            np_turns_stop *hover = &stops[n_stops - 1];
            hover->plunge_mm = fmax(hover->plunge_mm, mm);
        } else if (!legs[i].puncture) {
            stops[n_stops] = stop_of(&legs[i].to);
            stops[n_stops++].is_near = mm < NEAR_MM;
        }
        last = legs[i].to;
    }
    return np_turns_search_add(search, stops, n_stops, NULL) == NP_OK;
}

/* ---- what is known ---- */

/* Adds the legs of SEARCH, as is best for all of it up to now. */
static bool take_legs(sim_foresight *f, const np_turns_search *search)
{
    const size_t n = np_turns_search_count(search);
    np_turns_pose *poses = NULL;
    bool ok = np_turns_search_end(search, &poses, NULL) == NP_OK &&
              NP_GROW(f->legs, f->legs_capacity, f->n_legs + n, "what is foreseen", NULL) == NP_OK;
    sim_pose from = ok ? sim_rig_pose(&poses[0].joints) : (sim_pose){0};
    for (size_t i = 1; ok && i < n; i++) {
        sim_pose to = sim_rig_pose(&poses[i].joints);
        f->legs[f->n_legs++] = (foreseen){from, to, poses[i - 1].leaves};
        from = to;
    }
    free(poses);
    return ok;
}

/* The way as far as it was asked. */
static void know_way(sim_foresight *f)
{
    if (!f->way || f->way_known == np_turns_search_count(f->way))
        return;
    f->n_legs = f->way_first;
    f->next = 0;
    if (take_legs(f, f->way))
        f->way_known = np_turns_search_count(f->way);
}

static void end_way(sim_foresight *f)
{
    know_way(f);
    np_turns_search_destroy(f->way);
    f->way = NULL;
    f->way_first = f->n_legs;
    f->way_known = 0;
}

/* The legs of an entry, before those of the way, which may go on. */
static void put_aside(sim_foresight *f, const np_turns_search *entry)
{
    f->n_legs = f->way_first;
    f->way_known = 0;
    take_legs(f, entry);
    f->way_first = f->n_legs;
}

static bool is_same(const sim_pose *a, const sim_pose *b)
{
    return np_vec3_distance(a->tip, b->tip) < SAME_MM && np_vec3_distance(a->axis, b->axis) < SAME_AXIS;
}

bool sim_foresight_find(sim_foresight *f, const sim_pose *from, const sim_pose *to, np_joints *out_joints)
{
    know_way(f);
    for (size_t k = 0; k < f->n_legs; k++) {
        size_t i = (f->next + k) % f->n_legs;
        if (!is_same(&f->legs[i].to, to) || !is_same(&f->legs[i].from, from))
            continue;
        *out_joints = f->legs[i].leaves;
        f->next = i + 1;
        return true;
    }
    return false;
}

/* ---- the body that is asked ---- */

static sim_pose asked_rest(const sim_body *body)
{
    (void)body;
    np_joints home = sim_rig_home();
    return sim_rig_pose(&home);
}

static void drop_entry(sim_foresight *f)
{
    np_turns_search_destroy(f->entry);
    f->entry = NULL;
}

/* The entry has come to its end: another one of the way, if that has come there as well, or the begin of a new way. */
static void take_entry(sim_foresight *f)
{
    if (f->way && is_same(&f->way_end, &f->entry_end)) {
        np_turns_search_meet(f->way, f->entry);
        put_aside(f, f->entry);
        drop_entry(f);
        return;
    }
    end_way(f);
    f->way = f->entry;
    f->way_end = f->entry_end;
    f->entry = NULL;
}

/* Goes a motion for which no turns are found without foresight, from where what was asked so far ends best, and searches on from there. */
static bool go_between(sim_foresight *f, np_turns_search **search, const np_frame3 *head, const sim_leg *legs, int n)
{
    np_turns_pose *poses = NULL;
    np_turns_search *next = NULL;
    if (np_turns_search_end(*search, &poses, NULL) != NP_OK)
        return false;
    sim_body_ur5e_stand(f->arm, &poses[np_turns_search_count(*search) - 1].joints);
    free(poses);
    if (!sim_body_follow(f->arm, head, legs, n))
        return false;
    sim_body_stop(f->arm, sim_body_arrives_s(f->arm, n - 1));
    np_joints joints = sim_body_ur5e_joints(f->arm);
    if (!begin(head, &joints, &next))
        return false;
    if (search == &f->way) {
        end_way(f);
    } else {
        put_aside(f, *search);
        np_turns_search_destroy(*search);
    }
    *search = next;
    return true;
}

static bool asked_follow(sim_body *body, const np_frame3 *head, const sim_leg *legs, int n)
{
    sim_foresight *f = (sim_foresight *)body;
    np_joints joints;
    if (legs[0].by_hand) {
        drop_entry(f);
        f->entry_end = legs[0].to;
        bool stands = sim_foresight_stand(head, &legs[0].to, &joints) && begin(head, &joints, &f->entry);
        if (!stands)
            end_way(f);
        return stands;
    }
    np_turns_search **search = f->entry ? &f->entry : &f->way;
    sim_pose *end = f->entry ? &f->entry_end : &f->way_end;
    if (!*search || n > SIM_BODY_MAX_LEGS || (!add(*search, end, legs, n) && !go_between(f, search, head, legs, n))) {
        drop_entry(f);
        return false;
    }
    *end = legs[n - 1].to;
    if (f->entry)
        take_entry(f);
    return true;
}

static double asked_arrives_s(const sim_body *body, int leg)
{
    (void)body;
    (void)leg;
    return 0;
}

static sim_pose asked_tool(sim_body *body, double seconds)
{
    const sim_foresight *f = (const sim_foresight *)body;
    (void)seconds;
    return f->entry ? f->entry_end : f->way_end;
}

static void asked_stop(sim_body *body, double seconds)
{
    (void)body;
    (void)seconds;
}

static const sim_body_kind asked_kind = {
    "an arm that is asked", asked_rest, asked_follow, asked_arrives_s, asked_tool, asked_stop, NULL};

np_status sim_foresight_create(sim_foresight **out_foresight, np_error *err)
{
    sim_foresight *f = *out_foresight = calloc(1, sizeof *f);
    if (!f)
        return np_error_no_memory(err, "what is foreseen");
    f->body.kind = &asked_kind;
    return sim_body_ur5e_create(&f->arm, err);
}

void sim_foresight_forget(sim_foresight *f)
{
    drop_entry(f);
    np_turns_search_destroy(f->way);
    f->way = NULL;
    f->n_legs = f->way_first = f->way_known = f->next = 0;
}

void sim_foresight_destroy(sim_foresight *f)
{
    if (!f)
        return;
    sim_foresight_forget(f);
    sim_body_destroy(f->arm);
    free(f->legs);
    free(f);
}

sim_body *sim_foresight_body(sim_foresight *f)
{
    return &f->body;
}
