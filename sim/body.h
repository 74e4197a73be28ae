/* A body: what carries the needle.  The phases of a dot (sim/arm.h) say along which legs the tool is to go; a body goes
 * there, and says where the tool is.  Behind it stands the kinematic six-axis arm (sim/body_ur5e.h); the phases do not know.
 *
 * A motion is one list of legs, each straight from stop to stop, from where the tool stands.  It lasts until sim_body_stop, which also ends a motion that
 * has come to its end; between stop and follow the tool stands still.  Seconds count from the begin of the motion: the
 * body has no clock, so that real and virtual time are the same to it.
 *
 * Frames: mm, in the executor's frame, in which a registration places the head (here the head rest's).  One thread. */
#ifndef NP_SIM_BODY_H
#define NP_SIM_BODY_H

#include <stdbool.h>

#include "base/status.h"
#include "robot/frame3.h"
#include "sim/way.h"

#define SIM_BODY_MAX_LEGS 40

/* A straight way (sim/way.h) to a stop. */
typedef struct sim_leg {
    sim_pose to;
    double speed_mm_s; /* of the tip, at most */
    double pause_s;    /* how long the tool stays at its end */
    bool puncture;     /* goes along the tool's own axis; the needle may be in the skin */
    bool
        by_hand; /* a person drives the tool there, by a way of their own: of this one nothing can be said but its end */
} sim_leg;

typedef struct sim_body sim_body;

/* The functions of a kind of body; sim_body_follow and so on below call them. */
typedef struct sim_body_kind {
    const char *name;
    sim_pose (*rest)(const sim_body *body);
    bool (*follow)(sim_body *body, const np_frame3 *head, const sim_leg *legs, int n);
    double (*arrives_s)(const sim_body *body, int leg);
    sim_pose (*tool)(sim_body *body, double seconds);
    void (*stop)(sim_body *body, double seconds);
    void (*destroy)(sim_body *body);
} sim_body_kind;

/* A body begins with this. */
struct sim_body {
    const sim_body_kind *kind;
};

/* Where the tool is when the body rests: also the pigment station. */
static inline sim_pose sim_body_rest(const sim_body *body)
{
    return body->kind->rest(body);
}
/* Begins a motion of N legs (1 to SIM_BODY_MAX_LEGS; copied) round the head whose frame is HEAD.  False if the body cannot
 * go this way: nothing has begun then. */
static inline bool sim_body_follow(sim_body *body, const np_frame3 *head, const sim_leg *legs, int n)
{
    return body->kind->follow(body, head, legs, n);
}
/* When the tool arrives at the end of LEG, its pause not included; while that is not known, when to ask again, which is later
 * than the last seconds that sim_body_tool was asked for. */
static inline double sim_body_arrives_s(const sim_body *body, int leg)
{
    return body->kind->arrives_s(body, leg);
}
/* Where the tool is at SECONDS, worked out from what the body's parts do.  SECONDS never go back within a motion. */
static inline sim_pose sim_body_tool(sim_body *body, double seconds)
{
    return body->kind->tool(body, seconds);
}
/* Ends the motion: the tool stays where it was at SECONDS on its way, or at its end. */
static inline void sim_body_stop(sim_body *body, double seconds)
{
    body->kind->stop(body, seconds);
}
/* Safe on NULL. */
static inline void sim_body_destroy(sim_body *body)
{
    if (body)
        body->kind->destroy(body);
}

#endif
