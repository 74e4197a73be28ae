/* An executor and an approved plan of 1,000 dots, of which somebody changed something.
 *
 * What an executor believes rests on three comparisons: the approval's signature over the digest, the digest
 * over header hash and session roots, and each chunk's hash over its dots (protocol/binding.h).  Every bit
 * under each of them is flipped; then a sample of the flips goes to a running executor, which must not fire.
 */
#include "peer.h"

#define DOTS 1000
#define FIELDS 15 /* of a dot, 32 bits each, before those that say where its stops are */

/* Under sanitizers a sample: each STRIDE-th case, so that every field and bit is still met. */
#ifdef NP_SANITIZED
#define STRIDE 17
#else
#define STRIDE 1
#endif

_Static_assert(offsetof(np_wire_dot, station) == 4 * FIELDS, "a dot is its fields, without gaps");

static void flip(void *bytes, size_t bit)
{
    ((uint8_t *)bytes)[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* ---- the comparisons ---- */

/* 480,000 changed plans: none keeps the hash of its chunk. */
static void every_bit_of_every_dot_is_bound(void **state)
{
    (void)state;
    job_plan plan;
    plan_make(&plan, DOTS, 5);
    size_t tried = 0;
    for (uint32_t c = 0; c < np_wire_chunk_count(DOTS); c++) {
        uint32_t n = np_wire_chunk_dots(DOTS, c);
        np_wire_dot *dots = plan.dots + (size_t)c * NP_WIRE_CHUNK_DOTS;
        uint8_t approved[NP_WIRE_HASH_BYTES], hash[NP_WIRE_HASH_BYTES];
        np_wire_chunk_hash(1, c, dots, n, plan.stops, approved);
        for (size_t bit = 0; bit < (size_t)n * 32 * FIELDS; bit += STRIDE, tried++) {
            np_wire_dot *dot = &dots[bit / (32 * FIELDS)];
            flip(dot, bit % (32 * FIELDS));
            np_wire_chunk_hash(1, c, dots, n, plan.stops, hash);
            if (memcmp(hash, approved, sizeof hash) == 0)
                fail_msg("chunk %u: bit %zu is not bound", c, bit);
            flip(dot, bit % (32 * FIELDS));
        }
        np_wire_chunk_hash(1, c, dots, n, plan.stops, hash);
        assert_memory_equal(hash, approved, sizeof hash);
    }
    assert_true(tried >= (size_t)DOTS * FIELDS * 32 / STRIDE);
    plan_free(&plan);
}

static bool is_the_approved_list(const job_plan *plan, np_wire_dot *dots, uint32_t n, bool renumber)
{
    uint8_t root[NP_WIRE_HASH_BYTES];
    for (uint32_t i = 0; renumber && i < n; i++)
        dots[i].order = i;
    np_wire_session_root_of_dots(1, dots, n, plan->stops, root);
    return memcmp(root, plan->load.sessions[0].root, sizeof root) == 0;
}

/* A dot swapped with its neighbour or with any other, left out, or put in, at each place, with the places in
 * the tour written anew or not. */
static void no_other_list_of_dots_has_the_root(void **state)
{
    (void)state;
    job_plan plan;
    job_random r = {99};
    plan_make(&plan, DOTS, 5);
    np_wire_dot *list = malloc((DOTS + 1) * sizeof *list);
    for (uint32_t i = 0; i < 2 * DOTS; i += STRIDE) {
        bool renumber = i & 1;
        uint32_t at = i / 2, other = at ? at - 1 : DOTS - 1, far = (uint32_t)(random_next(&r) % DOTS);
        for (int k = 0; k < 2; k++, other = far) {
            memcpy(list, plan.dots, DOTS * sizeof *list);
            np_wire_dot kept = list[at];
            list[at] = list[other];
            list[other] = kept;
            assert_true(is_the_approved_list(&plan, list, DOTS, renumber) == (at == other));
        }
        memcpy(list, plan.dots, at * sizeof *list);
        memcpy(list + at, plan.dots + at + 1, (DOTS - at - 1) * sizeof *list);
        assert_false(is_the_approved_list(&plan, list, DOTS - 1, renumber));
        list[at] = plan.dots[far];
        list[at].id = 7; /* ids of the plan begin with 1000 */
        memcpy(list + at + 1, plan.dots + at, (DOTS - at) * sizeof *list);
        assert_false(is_the_approved_list(&plan, list, DOTS + 1, renumber));
    }
    memcpy(list, plan.dots, DOTS * sizeof *list);
    assert_true(is_the_approved_list(&plan, list, DOTS, true));
    free(list);
    plan_free(&plan);
}

/* ---- a running executor ---- */

static np_wire_loaded answer_to_load(peer *p, const np_wire_load *load)
{
    np_wire_message m = {.type = NP_WIRE_MSG_LOAD, .u.load = *load};
    p->got[NP_WIRE_MSG_LOADED] = (np_wire_message){.u.loaded.reason = NP_WIRE_REASON_COUNT};
    peer_send(p, &m);
    peer_listen(p);
    return p->got[NP_WIRE_MSG_LOADED].u.loaded;
}

/* Each bit of all that LOAD says about the plan: refused, with a reason, or no message at all. */
static void a_changed_approval_is_refused(void **state)
{
    (void)state;
    peer *p = peer_new(DOTS, NULL);
    np_wire_load *l = &p->j.plan.load;
    const struct {
        void *bytes;
        size_t size;
    } parts[] = {{l->digest, sizeof l->digest},
                 {l->header_hash, sizeof l->header_hash},
                 {&l->session, sizeof l->session},
                 {&l->n_sessions, sizeof l->n_sessions},
                 {l->sessions, 2 * sizeof *l->sessions},
                 {l->public_key, sizeof l->public_key},
                 {l->signature, sizeof l->signature},
                 {&l->terms.n_executors, sizeof l->terms.n_executors},
                 {&l->terms.not_after_s, sizeof l->terms.not_after_s},
                 {&l->terms.air_only, sizeof l->terms.air_only},
                 {&l->terms.reload_every, sizeof l->terms.reload_every},
                 {&l->terms.needle_life, sizeof l->terms.needle_life},
                 {&l->terms.operator_size, sizeof l->terms.operator_size},
                 {l->terms.operator_name, l->terms.operator_size}};
    peer_connect(p);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (size_t bit = 0; bit < 8 * parts[i].size; bit++) {
            flip(parts[i].bytes, bit);
            np_wire_load changed = *l;
            flip(parts[i].bytes, bit);
            uint8_t payload[NP_WIRE_PAYLOAD_MAX];
            size_t size;
            np_wire_message m = {.type = NP_WIRE_MSG_LOAD, .u.load = changed};
            if (changed.n_sessions > NP_WIRE_MAX_SESSIONS ||
                np_wire_message_encode(&m, payload, sizeof payload, &size) != NP_WIRE_OK)
                continue; /* cannot even be said */
            np_wire_loaded answer = answer_to_load(p, &changed);
            if (answer.reason == NP_WIRE_REASON_NONE || peer_state(p) != NP_WIRE_STATE_AUTHENTICATED)
                fail_msg("part %zu: bit %zu was accepted", i, bit);
        }
    }
    assert_int_equal(answer_to_load(p, l).reason, NP_WIRE_REASON_NONE);
    peer_load(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    peer_free(p);
}

/* Bits of each chunk's hash, under the true LOAD. */
static void a_changed_chunk_hash_is_refused(void **state)
{
    (void)state;
    peer *p = peer_new(DOTS, NULL);
    uint8_t hashes[(DOTS + NP_WIRE_CHUNK_DOTS - 1) / NP_WIRE_CHUNK_DOTS][NP_WIRE_HASH_BYTES];
    uint32_t count = np_wire_chunk_count(DOTS);
    for (uint32_t c = 0; c < count; c++)
        np_wire_chunk_hash(1, c, p->j.plan.dots + (size_t)c * NP_WIRE_CHUNK_DOTS, np_wire_chunk_dots(DOTS, c),
                           p->j.plan.stops, hashes[c]);
    peer_connect(p);
    for (size_t bit = 0; bit < 8 * sizeof hashes; bit += 9 * STRIDE) { /* a ninth: each costs a signature */
        assert_int_equal(answer_to_load(p, &p->j.plan.load).reason, NP_WIRE_REASON_NONE);
        flip(hashes, bit);
        np_wire_message m = {.type = NP_WIRE_MSG_CHUNKS, .u.chunks.n = count};
        memcpy(m.u.chunks.hashes, hashes, sizeof hashes);
        flip(hashes, bit);
        peer_send(p, &m);
        peer_listen(p);
        assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, NP_WIRE_REASON_DIGEST);
        assert_int_equal(peer_state(p), NP_WIRE_STATE_AUTHENTICATED);
    }
    peer_free(p);
}

/* The dots of the plan as they are now; a frame that cannot be written is left out. */
static void send_dots(peer *p, uint32_t n)
{
    uint8_t payload[NP_WIRE_PAYLOAD_MAX];
    size_t size;
    for (uint32_t i = 0; i < n;) {
        np_wire_message m = {.type = NP_WIRE_MSG_DOTS};
        while (i < n && plan_put(&p->j.plan, i, &m.u.dots))
            i++;
        if (np_wire_message_encode(&m, payload, sizeof payload, &size) == NP_WIRE_OK)
            peer_send(p, &m);
    }
    peer_listen(p);
}

/* One flipped bit in a third of the fields of the dots that fit the buffer, streamed to an armed executor: no
 * dot of its chunk is ever begun.  (The skin of harness.h also compares each dot that is begun with the
 * plan's.) */
static void a_changed_dot_is_never_fired(void **state)
{
    (void)state;
    job_random r = {7};
    const uint32_t sent = 4 * NP_WIRE_CHUNK_DOTS;
    unsigned faults = 0, tried = 0;
    for (uint32_t i = 0; i < sent * FIELDS; i += 3 * STRIDE, tried++) {
        uint32_t at = i / FIELDS, first = at / NP_WIRE_CHUNK_DOTS * NP_WIRE_CHUNK_DOTS;
        peer *p = peer_new_armed(sent);
        p->j.faults.motion_us = 1000;
        size_t bit = i % FIELDS * 32 + random_next(&r) % 32;
        flip(&p->j.plan.dots[at], bit);
        send_dots(p, sent);
        flip(&p->j.plan.dots[at], bit);
        peer_wait(p, 3, true);
        for (uint32_t k = first; k < first + NP_WIRE_CHUNK_DOTS; k++)
            assert_int_equal(p->j.punctures[k], 0);
        assert_string_equal(p->j.trouble, "");
        faults += peer_state(p) == NP_WIRE_STATE_FAULT;
        peer_free(p);
    }
    /* The others were no dots at all, or stood in another's place. */
    assert_true(faults > tried / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_of_every_dot_is_bound), cmocka_unit_test(no_other_list_of_dots_has_the_root),
        cmocka_unit_test(a_changed_approval_is_refused),   cmocka_unit_test(a_changed_chunk_hash_is_refused),
        cmocka_unit_test(a_changed_dot_is_never_fired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
