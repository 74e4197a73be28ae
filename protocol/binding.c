/* Hashes that tie dots to a plan; see binding.h.  Firmware computes them too: integers and libsodium alone. */
#include "protocol/binding.h"

#include <sodium.h>
#include <string.h>

#include "protocol/private/bytes.h"

static const char chunk_label[] = "needlepath-chunk-v2";
static const char chunk_label_without_moves[] = "needlepath-chunk-v1";
static const char session_label[] = "needlepath-session-v1";
static const char plan_label[] = "needlepath-plan-v1";

typedef crypto_generichash_state hash_state;

/* Starts a hash with its label, closing zero byte included, so that no kind of hash can pass for another. */
static void hash_begin(hash_state *state, const char *label, size_t size)
{
    crypto_generichash_init(state, NULL, 0, NP_WIRE_HASH_BYTES);
    crypto_generichash_update(state, (const unsigned char *)label, size);
}

static void hash_u32(hash_state *state, uint32_t v)
{
    uint8_t bytes[4];
    wire_put_u32(bytes, v);
    crypto_generichash_update(state, bytes, sizeof bytes);
}

void np_wire_dot_encode(const np_wire_dot *dot, uint8_t out_record[NP_WIRE_DOT_RECORD_BYTES])
{
    uint8_t *p = out_record;
    wire_put_u32(p, dot->id);
    wire_put_u32(p + 4, dot->order);
    for (int i = 0; i < 3; i++) {
        wire_put_u32(p + 8 + 4 * i, (uint32_t)dot->position_um[i]);
        wire_put_u32(p + 20 + 4 * i, (uint32_t)dot->normal_ppm[i]);
        wire_put_u32(p + 32 + 4 * i, (uint32_t)dot->axis_ppm[i]);
    }
    wire_put_u32(p + 44, (uint32_t)dot->depth_um);
    wire_put_u32(p + 48, (uint32_t)dot->dwell_us);
    wire_put_u32(p + 52, (uint32_t)dot->tone_ppm);
}

void np_wire_stop_encode(const np_wire_stop *stop, uint8_t out_record[NP_WIRE_STOP_RECORD_BYTES])
{
    for (int i = 0; i < 3; i++) {
        wire_put_u32(out_record + 4 * i, (uint32_t)stop->tip_um[i]);
        wire_put_u32(out_record + 12 + 4 * i, (uint32_t)stop->axis_ppm[i]);
    }
}

void np_wire_stop_decode(const uint8_t record[NP_WIRE_STOP_RECORD_BYTES], np_wire_stop *out_stop)
{
    for (int i = 0; i < 3; i++) {
        out_stop->tip_um[i] = (int32_t)wire_get_u32(record + 4 * i);
        out_stop->axis_ppm[i] = (int32_t)wire_get_u32(record + 12 + 4 * i);
    }
}

/* The numbers first, so that no two lists of dots with moves have the same bytes. */
static void hash_moves(hash_state *state, const np_wire_dot *dot, const np_wire_stop *stops)
{
    uint32_t n = np_wire_dot_stop_count(dot);
    hash_u32(state, (uint32_t)dot->hover_um);
    hash_u32(state, dot->station);
    for (int w = 0; w < NP_WIRE_WAYS; w++)
        hash_u32(state, dot->n_stops[w]);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t record[NP_WIRE_STOP_RECORD_BYTES];
        np_wire_stop_encode(&stops[dot->first_stop + i], record);
        crypto_generichash_update(state, record, sizeof record);
    }
}

uint32_t np_wire_chunk_count(uint32_t n_dots)
{
    return n_dots / NP_WIRE_CHUNK_DOTS + (n_dots % NP_WIRE_CHUNK_DOTS != 0);
}

uint32_t np_wire_chunk_dots(uint32_t n_dots, uint32_t chunk)
{
    uint32_t first = chunk * NP_WIRE_CHUNK_DOTS;
    if (chunk >= np_wire_chunk_count(n_dots))
        return 0;
    return n_dots - first < NP_WIRE_CHUNK_DOTS ? n_dots - first : NP_WIRE_CHUNK_DOTS;
}

void np_wire_chunk_hash(uint32_t session, uint32_t chunk, const np_wire_dot *dots, uint32_t n,
                        const np_wire_stop *stops, uint8_t out_hash[NP_WIRE_HASH_BYTES])
{
    hash_state state;
    bool moves = n > 0 && dots[0].hover_um != 0;
    const char *label = moves ? chunk_label : chunk_label_without_moves;
    hash_begin(&state, label, sizeof chunk_label);
    hash_u32(&state, session);
    hash_u32(&state, chunk);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t record[NP_WIRE_DOT_RECORD_BYTES];
        np_wire_dot_encode(&dots[i], record);
        crypto_generichash_update(&state, record, sizeof record);
        if (moves)
            hash_moves(&state, &dots[i], stops);
    }
    crypto_generichash_final(&state, out_hash, NP_WIRE_HASH_BYTES);
}

void np_wire_session_root(uint32_t session, uint32_t n_dots, const uint8_t *chunk_hashes,
                          uint8_t out_root[NP_WIRE_HASH_BYTES])
{
    hash_state state;
    hash_begin(&state, session_label, sizeof session_label);
    hash_u32(&state, session);
    hash_u32(&state, n_dots);
    crypto_generichash_update(&state, chunk_hashes, (size_t)np_wire_chunk_count(n_dots) * NP_WIRE_HASH_BYTES);
    crypto_generichash_final(&state, out_root, NP_WIRE_HASH_BYTES);
}

void np_wire_session_root_of_dots(uint32_t session, const np_wire_dot *dots, uint32_t n_dots, const np_wire_stop *stops,
                                  uint8_t out_root[NP_WIRE_HASH_BYTES])
{
    hash_state state;
    hash_begin(&state, session_label, sizeof session_label);
    hash_u32(&state, session);
    hash_u32(&state, n_dots);
    for (uint32_t c = 0; c < np_wire_chunk_count(n_dots); c++) {
        uint8_t hash[NP_WIRE_HASH_BYTES];
        np_wire_chunk_hash(session, c, dots + (size_t)c * NP_WIRE_CHUNK_DOTS, np_wire_chunk_dots(n_dots, c), stops,
                           hash);
        crypto_generichash_update(&state, hash, sizeof hash);
    }
    crypto_generichash_final(&state, out_root, NP_WIRE_HASH_BYTES);
}

void np_wire_plan_digest(const uint8_t header_hash[NP_WIRE_HASH_BYTES], const np_wire_session_binding *sessions,
                         uint32_t n_sessions, uint8_t out_digest[NP_WIRE_HASH_BYTES])
{
    hash_state state;
    hash_begin(&state, plan_label, sizeof plan_label);
    crypto_generichash_update(&state, header_hash, NP_WIRE_HASH_BYTES);
    hash_u32(&state, n_sessions);
    for (uint32_t i = 0; i < n_sessions; i++) {
        hash_u32(&state, sessions[i].n_dots);
        crypto_generichash_update(&state, sessions[i].root, NP_WIRE_HASH_BYTES);
    }
    crypto_generichash_final(&state, out_digest, NP_WIRE_HASH_BYTES);
}
