/* What an approval lets an executor make, how a plan is taken back, and which journal a session goes on with. */
#include "peer.h"

static void expect(peer *p, np_wire_reason reason, const char *text)
{
    p->got[NP_WIRE_MSG_LOADED] = (np_wire_message){.u.loaded.reason = NP_WIRE_REASON_COUNT};
    peer_connect(p);
    peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, reason);
    assert_int_equal(peer_state(p), reason == NP_WIRE_REASON_NONE ? NP_WIRE_STATE_LOADED : NP_WIRE_STATE_AUTHENTICATED);
    if (text)
        assert_non_null(strstr(p->got[NP_WIRE_MSG_LOADED].u.loaded.text, text));
}

/* ---- executors ---- */

static void only_executors_that_are_named_make_it(void **state)
{
    (void)state;
    peer *p = peer_new(20, NULL);
    np_wire_terms *t = &p->j.plan.load.terms;
    peer_connect(p);
    uint8_t mine[16];
    memcpy(mine, p->got[NP_WIRE_MSG_WELCOME].u.welcome.identity, sizeof mine);
    assert_memory_equal(mine, peer_info(p).identity, sizeof mine);
    t->n_executors = 2;
    memset(t->executors, 7, sizeof t->executors);
    plan_approve(&p->j.plan);
    expect(p, NP_WIRE_REASON_EXECUTOR, "the approval is for other executors than this one, ");
    memcpy(t->executors[1], mine, sizeof mine);
    expect(p, NP_WIRE_REASON_APPROVAL, NULL); /* who adds it signs it */
    plan_approve(&p->j.plan);
    expect(p, NP_WIRE_REASON_NONE, NULL);
    peer_restart(p); /* it is the journal's */
    assert_memory_equal(mine, peer_info(p).identity, sizeof mine);
    expect(p, NP_WIRE_REASON_NONE, NULL);
    p->j.file_size = p->j.file_synced = 0; /* a journal that is begun anew is another executor's */
    peer_restart(p);
    assert_memory_not_equal(mine, peer_info(p).identity, sizeof mine);
    expect(p, NP_WIRE_REASON_EXECUTOR, NULL);
    peer_free(p);
}

/* A journal from before there were identities gets one, once. */
static void an_older_journal_gets_an_identity(void **state)
{
    (void)state;
    peer *p = peer_new(5, NULL);
    np_wire_record epoch = {.kind = NP_WIRE_RECORD_EPOCH, .epoch = 3};
    np_wire_record_encode(&epoch, p->j.file);
    p->j.file_size = p->j.file_synced = NP_WIRE_RECORD_BYTES;
    peer_restart(p);
    assert_int_equal(p->j.file_size, 2 * NP_WIRE_RECORD_BYTES);
    peer_restart(p);
    assert_int_equal(p->j.file_size, 2 * NP_WIRE_RECORD_BYTES);
    peer_connect(p);
    assert_int_equal(p->epoch, 4);
    peer_free(p);
}

/* ---- until when ---- */

static uint64_t the_time;

static uint64_t unix_s(void *context)
{
    (void)context;
    return the_time;
}

static void an_approval_ends_by_the_executors_clock(void **state)
{
    (void)state;
    peer *p = peer_new(20, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    p->j.plan.load.terms.not_after_s = 1000;
    plan_approve(&p->j.plan);
    expect(p, NP_WIRE_REASON_NONE, NULL); /* without a clock it is the sender's to judge, */
    assert_int_equal(p->got[NP_WIRE_MSG_WELCOME].u.welcome.clock, 0);
    c.unix_s = unix_s;
    peer_start(p, &c);
    the_time = 0;
    expect(p, NP_WIRE_REASON_NONE, NULL); /* as with one that was not set */
    assert_int_equal(p->got[NP_WIRE_MSG_WELCOME].u.welcome.clock, 0);
    the_time = 1000;
    expect(p, NP_WIRE_REASON_NONE, NULL);
    assert_int_equal(p->got[NP_WIRE_MSG_WELCOME].u.welcome.clock, 1);
    the_time = 1001; /* it ends while the session is loaded: nothing is armed any more */
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_listen(p);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_EXPIRED);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    expect(p, NP_WIRE_REASON_EXPIRED, "by the executor's clock");
    p->j.plan.load.terms.not_after_s = 0;
    plan_approve(&p->j.plan);
    expect(p, NP_WIRE_REASON_NONE, NULL);
    peer_free(p);
}

/* ---- what for ---- */

static void a_session_keeps_what_it_was_approved_for(void **state)
{
    (void)state;
    static const struct {
        uint32_t air_only, approved_reload, approved_life, air, reload, life;
        np_wire_reason reason;
    } cases[] = {{1, 0, 0, 0, 0, 0, NP_WIRE_REASON_TERMS},    {1, 0, 0, 1, 0, 0, NP_WIRE_REASON_NONE},
                 {0, 100, 0, 0, 0, 0, NP_WIRE_REASON_TERMS},  {0, 100, 0, 0, 101, 0, NP_WIRE_REASON_TERMS},
                 {0, 100, 0, 0, 100, 0, NP_WIRE_REASON_NONE}, {0, 100, 0, 0, 40, 0, NP_WIRE_REASON_NONE},
                 {0, 0, 50, 0, 0, 0, NP_WIRE_REASON_TERMS},   {0, 0, 50, 0, 0, 51, NP_WIRE_REASON_TERMS},
                 {0, 0, 50, 0, 0, 50, NP_WIRE_REASON_NONE},   {0, 0, 0, 0, 30, 30, NP_WIRE_REASON_NONE},
                 {0, 100, 50, 1, 0, 0, NP_WIRE_REASON_NONE}};
    peer *p = peer_new(20, NULL);
    np_wire_load *l = &p->j.plan.load;
    p->j.faults.by_hand = true;
    p->j.faults.needle_life = 60;
    peer_restart(p);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        l->terms.air_only = cases[i].air_only;
        l->terms.reload_every = cases[i].approved_reload;
        l->terms.needle_life = cases[i].approved_life;
        l->air = cases[i].air;
        l->reload_every = cases[i].reload;
        l->needle_life = cases[i].life;
        plan_approve(&p->j.plan);
        expect(p, cases[i].reason, cases[i].reason ? "approved" : NULL);
    }
    peer_free(p);
}

/* ---- revoking ---- */

static void a_revoked_plan_holds_and_is_not_armed_again(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    peer_dots(p, 0, 64);
    peer_wait(p, 30, true);
    assert_true(peer_info(p).done > 2);
    assert_true(np_wire_executor_revoke(p->j.executor, p->j.now_us, NULL));
    peer_wait(p, 30, true);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_REVOKED);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.next, peer_info(p).done); /* all that was made is told */
    peer_ask(p, NP_WIRE_MSG_RESUME, 2);
    peer_press(p);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_REVOKED);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    expect(p, NP_WIRE_REASON_REVOKED, NULL);
    peer_restart(p); /* it is in the journal, and the journal is sound */
    expect(p, NP_WIRE_REASON_REVOKED, NULL);
    p->j.plan.load.air = 1; /* not even in the air */
    expect(p, NP_WIRE_REASON_REVOKED, NULL);
    peer_free(p);
}

static void another_plan_is_revoked_by_its_digest(void **state)
{
    (void)state;
    peer *p = peer_new(20, NULL);
    uint8_t other[NP_WIRE_RECORD_DIGEST_BYTES] = {1, 2, 3};
    assert_false(np_wire_executor_revoke(p->j.executor, p->j.now_us, NULL)); /* nothing is loaded */
    assert_true(np_wire_executor_revoke(p->j.executor, p->j.now_us, other));
    expect(p, NP_WIRE_REASON_NONE, NULL);
    assert_true(np_wire_executor_revoke(p->j.executor, p->j.now_us, other)); /* twice is no harm */
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    assert_true(np_wire_executor_revoke(p->j.executor, p->j.now_us, p->j.plan.load.digest));
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_listen(p);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_REVOKED);
    expect(p, NP_WIRE_REASON_REVOKED, NULL);
    peer_free(p);
}

/* A pedal that is waited for arms nobody after that. */
static void revoking_withdraws_a_request_to_arm(void **state)
{
    (void)state;
    peer *p = peer_new_loaded(20);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    assert_true(np_wire_executor_revoke(p->j.executor, p->j.now_us, NULL));
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_REVOKED);
    peer_free(p);
}

/* ---- which journal ---- */

static void a_journal_that_lacks_the_noted_epoch_is_refused(void **state)
{
    (void)state;
    peer *p = peer_new(20, NULL);
    np_wire_load *l = &p->j.plan.load;
    expect(p, NP_WIRE_REASON_NONE, NULL);
    memcpy(l->noted, p->got[NP_WIRE_MSG_WELCOME].u.welcome.nonce, sizeof l->noted);
    size_t before = p->j.file_size - NP_WIRE_RECORD_BYTES; /* without that epoch: a backup from before it */
    peer_restart(p);
    expect(p, NP_WIRE_REASON_NONE, NULL);
    p->j.file_size = p->j.file_synced = before;
    peer_restart(p);
    for (int i = 0; i < 3; i++) /* refused runs are epochs too, and do not catch up */
        expect(p, NP_WIRE_REASON_RECORD, "is not the one that the session was last run with");
    l->air = 2; /* nor is it asked what it reaches */
    expect(p, NP_WIRE_REASON_RECORD, NULL);
    l->air = 0;
    memset(l->noted, 0, sizeof l->noted); /* a person has looked */
    expect(p, NP_WIRE_REASON_NONE, NULL);
    peer_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_executors_that_are_named_make_it),
        cmocka_unit_test(an_older_journal_gets_an_identity),
        cmocka_unit_test(an_approval_ends_by_the_executors_clock),
        cmocka_unit_test(a_session_keeps_what_it_was_approved_for),
        cmocka_unit_test(a_revoked_plan_holds_and_is_not_armed_again),
        cmocka_unit_test(another_plan_is_revoked_by_its_digest),
        cmocka_unit_test(revoking_withdraws_a_request_to_arm),
        cmocka_unit_test(a_journal_that_lacks_the_noted_epoch_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
