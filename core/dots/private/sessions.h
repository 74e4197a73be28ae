/* Which dot is made in which session. */
#ifndef NP_DOTS_PRIVATE_SESSIONS_H
#define NP_DOTS_PRIVATE_SESSIONS_H

#include "dots/dots.h"
#include "dots/private/particles.h"

/* The dots to be shared out; all arrays have N items and are borrowed. */
typedef struct dots_share_out {
    const dots_site *site;
    const np_vec3 *normal; /* to tell the sides of a fold; NULL: near through space is near */
    const int32_t *layer;
    const int32_t *first_session; /* 1 .. n_sessions: not before that one */
    size_t n, n_free;             /* those from n_free on are pins: they stay as early as they may be */
    const dots_site *ghost_site;  /* n_ghosts: what dots near a border look like from the other side of it */
    const np_vec3 *ghost_normal;
    const uint32_t *ghost_source; /* the dot of each */
    size_t n_ghosts;
    size_t n_layers;
    int n_sessions;
    const double *cumulative_share; /* n_sessions */
    double spacing_min_mm;          /* within a session, or 0.75 of its own mean spacing if that is less */
} dots_share_out;

/* Gives each dot its session, 1 first, so that every prefix (sessions 1..k) is as even as the pattern allows,
 * by weighted sample elimination (Yuksel, Sample elimination for generating Poisson disk sample sets,
 * Eurographics 2015) from the last session down.  Where some of a layer may only start later, those dots skip
 * the sessions before, and the rest of the layer keeps its shares.  Floors are seen to by
 * dots_sessions_part. */
np_status dots_sessions_assign(const dots_share_out *dots, int32_t *out_session, np_error *err);

/* Swaps sessions between near dots of a layer so that no two of one session are nearer than its floor, as far
 * as that goes: those left (where a place has dots of one session only, say) have to be moved apart
 * (dots_floors_repair); but pins are parted, or NP_ERR_INVALID.  The floors go to out_floor_mm[1 ..
 * n_sessions]. */
np_status dots_sessions_part(const dots_share_out *dots, int32_t *session,
                             double out_floor_mm[NP_DOTS_MAX_SESSIONS + 1], np_error *err);

/* Whether floors of FLOOR_MM, by session, are still enough: once dots have been moved apart, their session's
 * mean spacing may have grown, and with it what they have to keep. */
np_status dots_sessions_keep(const dots_share_out *dots, int32_t *session, const double *floor_mm, bool *out_keep,
                             np_error *err);

#endif
