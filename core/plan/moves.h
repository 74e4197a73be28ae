/* The moves of a plan: how the tool gets from one puncture to the next without touching the head.
 *
 * Each dot has a hover, a height above the skin along its needle's axis; the tool goes from hover to hover, straight, or by vias.  What
 * a plan lists are the moves that are not simply straight from one dot's hover to the next one's: those with vias, those from and to
 * home, and those by the pigment station; and entries, by which an executor that stands at home comes to the dots it goes on with.  From stop to stop the tip goes along a straight line while the axis turns in one plane, both
 * in step.  core/make has proved all of it against the scan (arm/moves.h); the plan's digest covers it. */
#ifndef NP_PLAN_MOVES_H
#define NP_PLAN_MOVES_H

#include <stddef.h>
#include <stdint.h>

#include "base/support.h"

/* Ends of moves that are no dot. */
#define NP_PLAN_HOME (-1)
#define NP_PLAN_STATION (-2)
#define NP_PLAN_MAX_VIAS 32 /* of one move */
/* Every so many dots a session can be entered from home: there is a move to the dots of these orders but the first. */
#define NP_PLAN_ENTRY_DOTS 64

/* Where the tool stands: its tip, and the unit direction from the handpiece to the tip; head frame. */
typedef struct np_plan_via {
    int32_t tip_um[3], axis_ppm[3];
} np_plan_via;

typedef struct np_plan_move {
    int32_t session;      /* 1 first */
    int64_t from, to;     /* places in the session's tour, or NP_PLAN_HOME or NP_PLAN_STATION */
    uint32_t via, n_vias; /* vias[via .. via + n_vias) */
} np_plan_move;

/* Session by session, in the order in which they are made, and behind them the entries.  hover_um is NULL in a plan without moves (made before there were any). */
typedef struct np_plan_moves {
    int32_t *hover_um; /* [n_dots of the plan], in its order */
    /* For machines that do not turn the needle; both NULL in a plan that was made before there were any. */
    uint8_t *
        lean_deg; /* [n_dots]: along any axis within it of a dot's own the tool comes clear of the scan from far above; 0: along none */
    int32_t *support_um; /* [NP_SUPPORT_NODES]: how far the scan reaches (base/support.h) */
    np_plan_via home, station;
    np_plan_move *moves;
    size_t n_moves;
    np_plan_via *vias;
    size_t n_vias;
} np_plan_moves;

/* Frees the arrays; safe on zero. */
void np_plan_moves_fini(np_plan_moves *moves);

/* No point Q of the scan, in mm, has a larger Q . DIRECTION (head frame, not zero).  A plan that has no support: INFINITY. */
double np_plan_moves_reach_mm(const np_plan_moves *moves, np_vec3 direction);

/* The listed move of SESSION between FROM and TO; NULL where it is straight from hover to hover. */
const np_plan_move *np_plan_moves_find(const np_plan_moves *moves, int session, int64_t from, int64_t to);

#endif
