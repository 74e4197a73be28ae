/* Dots in whole units of the wire, and the hashes over them: what is planned, signed, sent and compared is one and the same. */
#include "plan/binding.h"

#include <math.h>

#include "base/angle.h"
#include "plan/chunks.h"
#include "plan/hash.h"
#include "plan/private/moves.h"

static int32_t whole(double value, double per_unit)
{
    return (int32_t)lround(value * per_unit);
}

static void whole3(np_vec3 v, double per_unit, int32_t out[3])
{
    out[0] = whole(v.x, per_unit);
    out[1] = whole(v.y, per_unit);
    out[2] = whole(v.z, per_unit);
}

np_wire_dot np_plan_wire_dot(const np_dot *dot)
{
    np_wire_dot w = {.id = dot->id,
                     .order = dot->order,
                     .depth_um = whole(dot->depth_mm, 1e3),
                     .dwell_us = whole(dot->dwell_ms, 1e3),
                     .tone_ppm = whole(dot->tone, 1e6)};
    whole3(dot->position, 1e3, w.position_um);
    whole3(dot->normal, 1e6, w.normal_ppm);
    whole3(dot->axis, 1e6, w.axis_ppm);
    return w;
}

static np_vec3 round3(np_vec3 v, double per_unit)
{
    int32_t w[3];
    whole3(v, per_unit, w);
    return np_vec3_make(w[0] / per_unit, w[1] / per_unit, w[2] / per_unit);
}

void np_plan_quantise_dot(np_dot *dot)
{
    dot->position = round3(dot->position, 1e3);
    dot->normal = round3(dot->normal, 1e6);
    dot->axis = round3(dot->axis, 1e6);
    dot->depth_mm = whole(dot->depth_mm, 1e3) / 1e3;
    dot->tilt_rad = whole(dot->tilt_rad, 1e6) / 1e6;
    dot->tone = whole(dot->tone, 1e6) / 1e6;
    dot->dwell_ms = whole(dot->dwell_ms, 1e3) / 1e3;
    dot->density_per_cm2 = whole(dot->density_per_cm2, 1e3) / 1e3;
}

np_wire_limits np_plan_wire_limits(const np_plan *plan)
{
    const double urad_per_deg = 1e6 * NP_PI / 180;
    int32_t tilt = whole(plan->limits.tilt_max_deg, urad_per_deg);
    return (np_wire_limits){.depth_min_um = whole(plan->limits.depth_min_mm, 1e3),
                            .depth_max_um = whole(plan->limits.depth_max_mm, 1e3),
                            .tilt_max_urad = tilt < NP_WIRE_TILT_MAX_URAD ? tilt : NP_WIRE_TILT_MAX_URAD};
}

const np_dot *np_plan_session_dots(const np_plan *plan, int session, size_t *out_n)
{
    *out_n = 0;
    if (session < 1 || (size_t)session > plan->n_sessions)
        return NULL;
    size_t begin = 0;
    for (int s = 1; s < session; s++)
        begin += plan->sessions[s - 1].dots;
    *out_n = plan->sessions[session - 1].dots;
    return plan->dots + begin;
}

static void hash_limits(np_hash *h, const np_case_limits *limits)
{
    np_hash_u32(h, (uint32_t)whole(limits->depth_min_mm, 1e3));
    np_hash_u32(h, (uint32_t)whole(limits->depth_max_mm, 1e3));
    np_hash_u32(h, (uint32_t)whole(limits->tilt_max_deg, 1e6));
    np_hash_u32(h, (uint32_t)whole(limits->spacing_min_mm, 1e3));
    np_hash_u32(h, (uint32_t)whole(limits->session_spacing_min_mm, 1e3));
    np_hash_u32(h, (uint32_t)limits->max_dots);
}

/* Dots have their shade's tone; here is what is in the cartridge of that tone. */
static void hash_shades(np_hash *h, const np_palette *shades)
{
    if (shades->n == 0)
        return;
    np_hash_text(h, "shades");
    np_hash_u32(h, shades->n);
    for (unsigned i = 0; i < shades->n; i++) {
        const np_palette_shade *s = &shades->shades[i];
        np_hash_text(h, s->name);
        np_hash_text(h, s->lot ? s->lot : "");
        np_hash_text(h, s->expires ? s->expires : "");
        np_hash_double(h, s->dilution);
        np_hash_double(h, s->stock_percent);
        np_hash_double(h, s->share);
    }
}

void np_plan_header_hash(const np_plan *plan, unsigned char out_hash[NP_WIRE_HASH_BYTES])
{
    np_hash h;
    np_hash_init(&h, "needlepath-header-v1");
    np_hash_bytes(&h, plan->scan_digest, sizeof plan->scan_digest);
    np_hash_u64(&h, plan->seed);
    np_hash_u32(&h, (uint32_t)whole(plan->needle_diameter_mm, 1e3));
    hash_limits(&h, &plan->limits);
    np_hash_u32(&h, (uint32_t)plan->n_layers);
    for (size_t i = 0; i < plan->n_layers; i++) {
        np_hash_text(&h, plan->layers[i].name);
        np_hash_text(&h, plan->layers[i].strategy);
    }
    np_hash_u32(&h, (uint32_t)plan->n_sessions);
    for (size_t i = 0; i < plan->n_sessions; i++) {
        np_hash_u32(&h, (uint32_t)plan->sessions[i].day);
        np_hash_u32(&h, plan->sessions[i].dots);
    }
    np_hash_u32(&h, (uint32_t)plan->n_dots);
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *dot = &plan->dots[i];
        np_hash_u32(&h, (uint32_t)dot->layer);
        np_hash_u32(&h, (uint32_t)whole(dot->density_per_cm2, 1e3));
        np_hash_u32(&h, (uint32_t)whole(dot->tilt_rad, 1e6));
        np_hash_bytes(&h, dot->pin ? "\1" : "\0", 1);
    }
    if (plan->accepted) {
        np_hash_text(&h, "accepted");
        np_hash_u32(&h, (uint32_t)plan->accepted);
    }
    hash_shades(&h, &plan->shades);
    plan_moves_hash(&h, plan);
    np_hash_fini(&h, out_hash);
}

void np_plan_session_binding(const np_plan *plan, int session, np_wire_session_binding *out_binding)
{
    size_t n;
    np_plan_session_dots(plan, session, &n);
    *out_binding = (np_wire_session_binding){.n_dots = (uint32_t)n};
    if (n > NP_WIRE_MAX_DOTS) /* no envelope passes it, no reader accepts it: a root that nothing matches */
        return;
    static _Thread_local uint8_t hashes[NP_WIRE_MAX_DOTS / NP_WIRE_CHUNK_DOTS][NP_WIRE_HASH_BYTES];
    np_plan_chunks chunks = np_plan_chunks_begin(plan, session);
    np_plan_chunk chunk;
    for (uint32_t c = 0;; c++) {
        if (!np_plan_chunks_next(&chunks, &chunk))
            return;
        if (chunk.n == 0)
            break;
        np_wire_chunk_hash((uint32_t)session, c, chunk.dots, chunk.n, chunk.stops, hashes[c]);
    }
    np_wire_session_root((uint32_t)session, (uint32_t)n, hashes[0], out_binding->root);
}

void np_plan_digest(const np_plan *plan, unsigned char out_digest[NP_PLAN_DIGEST_BYTES])
{
    unsigned char header[NP_WIRE_HASH_BYTES];
    np_wire_session_binding sessions[NP_WIRE_MAX_SESSIONS];
    np_plan_header_hash(plan, header);
    for (size_t i = 0; i < plan->n_sessions; i++)
        np_plan_session_binding(plan, (int)i + 1, &sessions[i]);
    np_wire_plan_digest(header, sessions, (uint32_t)plan->n_sessions, out_digest);
}
