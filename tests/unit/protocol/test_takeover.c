/* Who arms whom: the prompt names sender, plan and session, and a session that was held a moment ago is not taken by another
 * plan. */
#include "peer.h"

#include <stdio.h>

static char said[4][NP_WIRE_TEXT_BYTES]; /* the last lines for the person at the executor, newest first */

static void note(void *context, const char *text)
{
    (void)context;
    memmove(said[1], said[0], sizeof said - sizeof said[0]);
    snprintf(said[0], sizeof said[0], "%s", text);
}

/* A peer whose executor's words are heard. */
static peer *peer_heard(uint32_t n)
{
    peer *p = peer_new(n, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    c.log = note;
    peer_start(p, &c);
    return p;
}

static peer *peer_held(uint32_t n)
{
    peer *p = peer_heard(n);
    peer_connect(p);
    peer_load(p);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    peer_wait(p, 110, false); /* it stalls */
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    return p;
}

/* What the plan is called in prompts: the first bytes of its digest. */
static const char *expected(const peer *p, const char *before, const char *after)
{
    static char text[NP_WIRE_TEXT_BYTES];
    const uint8_t *d = p->j.plan.load.digest;
    snprintf(text, sizeof text, "%speer, plan %02x%02x%02x%02x, session 1, 100 of 100 dots%s", before, d[0], d[1], d[2],
             d[3], after);
    return text;
}

static void the_prompt_names_sender_plan_and_session(void **state)
{
    (void)state;
    peer *p = peer_heard(100);
    peer_connect(p);
    peer_load(p);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_listen(p);
    assert_string_equal(said[0], expected(p, "", ": ready: release the pedal, then press it"));
    assert_string_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.text, expected(p, "the pedal arms ", ""));
    peer_press(p);
    assert_string_equal(said[0], expected(p, "armed for ", ""));
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.granted, 1);
    assert_string_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.text, expected(p, "armed for ", ""));
    peer_free(p);
}

/* HELLO of another plan, or of this one. */
static bool is_welcome(peer *p, bool other)
{
    unsigned before = p->count[NP_WIRE_MSG_WELCOME], refused = p->count[NP_WIRE_MSG_REFUSED];
    p->j.plan.load.digest[0] ^= other;
    peer_hello(p);
    p->j.plan.load.digest[0] ^= other;
    assert_int_equal(p->count[NP_WIRE_MSG_WELCOME] - before + p->count[NP_WIRE_MSG_REFUSED] - refused, 1);
    return p->count[NP_WIRE_MSG_WELCOME] > before;
}

static void a_held_session_is_kept_for_its_plan(void **state)
{
    (void)state;
    peer *p = peer_held(100);
    assert_false(is_welcome(p, true));
    const np_wire_refused *r = &p->got[NP_WIRE_MSG_REFUSED].u.refused;
    assert_int_equal(r->reason, NP_WIRE_REASON_BUSY);
    assert_string_equal(
        r->text,
        "a session of another plan, peer's, was held less than 10 s ago: wait, or press the key at the executor");
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    p->epoch = 0;
    peer_wait(p, 9800, false);
    assert_false(is_welcome(p, true));
    peer_wait(p, 200, false);
    assert_true(is_welcome(p, true));
    peer_free(p);
}

static void its_own_plan_resumes_at_once(void **state)
{
    (void)state;
    peer *p = peer_held(100);
    assert_true(is_welcome(p, false));
    peer_accept_welcome(p);
    peer_load(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    /* Not armed since: nothing of it is under way, and it is anybody's. */
    assert_true(is_welcome(p, true));
    peer_free(p);
}

static void a_key_at_the_executor_gives_it_up(void **state)
{
    (void)state;
    peer *p = peer_held(100);
    assert_false(is_welcome(p, true));
    np_wire_executor_give_up(p->j.executor);
    assert_true(is_welcome(p, true));
    peer_free(p);
    /* It is good for that hold alone. */
    p = peer_held(100);
    np_wire_executor_give_up(p->j.executor);
    peer_connect(p);
    peer_load(p);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    peer_wait(p, 110, false);
    assert_false(is_welcome(p, true));
    peer_free(p);
}

/* The other one was welcomed before this one armed: its first frame comes too late. */
static void an_earlier_welcome_does_not_take_it_either(void **state)
{
    (void)state;
    peer *p = peer_heard(100);
    peer_connect(p);
    peer_load(p);
    peer first = *p, *other = calloc(1, sizeof *other);
    assert_true(is_welcome(p, true));
    *other = *p;
    peer_accept_welcome(other);
    p->epoch = first.epoch;
    p->sequence = first.sequence;
    memcpy(p->key, first.key, sizeof p->key);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    peer_wait(p, 110, false);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    other->j.now_us = p->j.now_us;
    assert_int_equal(peer_say(other, NP_WIRE_MSG_QUERY), NP_WIRE_STALE);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    np_wire_executor_give_up(p->j.executor);
    assert_int_equal(peer_say(other, NP_WIRE_MSG_QUERY), NP_WIRE_OK);
    free(other);
    peer_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_prompt_names_sender_plan_and_session),
        cmocka_unit_test(a_held_session_is_kept_for_its_plan),
        cmocka_unit_test(its_own_plan_resumes_at_once),
        cmocka_unit_test(a_key_at_the_executor_gives_it_up),
        cmocka_unit_test(an_earlier_welcome_does_not_take_it_either),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
