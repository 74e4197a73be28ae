/* Needle and pigment: what is due when, what hands near the needle do, and how the sender hears of it. */
#include "sender_job.h"
#include "peer.h"

/* ---- by hand: the executor's rules, one a test ---- */

/* A session that asks for supplies at a machine of the given kind, loaded. */
static peer *loaded(uint32_t n, uint32_t reload_every, uint32_t needle_life, bool by_hand)
{
    peer *p = peer_new(n, NULL);
    p->j.faults.needle_life = needle_life;
    p->j.faults.reload_every = reload_every;
    p->j.faults.by_hand = by_hand;
    if (reload_every && !by_hand) {
        plan_move(&p->j.plan, reload_every, 1);
        plan_seal(&p->j.plan);
    }
    plan_reload_every(&p->j.plan, reload_every);
    peer_restart(p);
    peer_connect(p);
    peer_load(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    return p;
}

static bool change(peer *p, np_wire_supply_kind kind, const char *lot)
{
    bool taken = np_wire_executor_supply(p->j.executor, p->j.now_us, kind, lot);
    if (kind == NP_WIRE_SUPPLY_NEEDLE) {
        p->j.needle_in = true;
        p->j.needle_made = 0;
    } else {
        p->j.reload_made = peer_info(p).next;
    }
    peer_listen(p);
    return taken;
}

static np_wire_reason asked(peer *p, np_wire_message_type type, uint32_t request)
{
    peer_ask(p, type, request);
    peer_listen(p);
    const np_wire_armed *a = &p->got[NP_WIRE_MSG_ARMED].u.armed;
    assert_int_equal(a->request, request);
    assert_int_equal(a->granted, 0);
    return (np_wire_reason)a->reason;
}

static void a_session_begins_with_a_needle(void **state)
{
    (void)state;
    peer *p = loaded(40, 0, 25, true);
    assert_int_equal(peer_info(p).due, NP_WIRE_REASON_NEEDLE);
    assert_false(peer_info(p).waits_for_supply); /* nobody has asked to begin yet */
    /* Neither a request nor the pedal replaces it, and the same number asks again afterwards. */
    assert_int_equal(asked(p, NP_WIRE_MSG_ARM, 1), NP_WIRE_REASON_NEEDLE);
    assert_true(peer_info(p).waits_for_supply);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    assert_true(change(p, NP_WIRE_SUPPLY_NEEDLE, "A 1"));
    assert_int_equal(peer_info(p).due, NP_WIRE_REASON_NONE);
    assert_int_equal(asked(p, NP_WIRE_MSG_ARM, 1), NP_WIRE_REASON_PEDAL);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    peer_free(p);
}

static void a_needle_makes_so_many_dots_and_no_more(void **state)
{
    (void)state;
    peer *p = loaded(40, 0, 25, true);
    change(p, NP_WIRE_SUPPLY_NEEDLE, "");
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    peer_dots(p, 0, 40);
    peer_wait(p, 400, true);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.reason, NP_WIRE_REASON_NEEDLE);
    assert_int_equal(peer_info(p).next, 25);
    /* A restart forgets nothing of it. */
    peer_restart(p);
    peer_connect(p);
    peer_load(p);
    assert_int_equal(peer_info(p).needle_used, 25);
    assert_int_equal(asked(p, NP_WIRE_MSG_ARM, 1), NP_WIRE_REASON_NEEDLE);
    change(p, NP_WIRE_SUPPLY_NEEDLE, "");
    peer_ask(p, NP_WIRE_MSG_ARM, 2);
    peer_press(p);
    peer_dots(p, 0, 40);
    peer_wait(p, 400, true);
    assert_int_equal(peer_info(p).done, 40);
    assert_int_equal(peer_info(p).needle_used, 15);
    assert_string_equal(p->j.trouble, "");
    peer_free(p);
}

/* Each cartridge waits for a needle that was put in at its first dot or later, also after a restart. */
static void a_cartridge_begins_with_a_change(void **state)
{
    (void)state;
    peer *p = peer_new(40, NULL);
    p->j.faults.by_hand = true;
    p->j.plan.load.n_cartridges = 3;
    p->j.plan.load.cartridges[1] = 10;
    p->j.plan.load.cartridges[2] = 25;
    peer_restart(p);
    const uint32_t stops[] = {0, 10, 25, 40};
    for (uint32_t k = 0; k < 3; k++) {
        peer_connect(p);
        peer_load(p);
        assert_int_equal(peer_info(p).next, stops[k]);
        assert_int_equal(asked(p, NP_WIRE_MSG_ARM, 1), NP_WIRE_REASON_NEEDLE);
        assert_true(change(p, NP_WIRE_SUPPLY_NEEDLE, "A"));
        peer_ask(p, NP_WIRE_MSG_ARM, 2);
        peer_press(p);
        peer_dots(p, 0, 40);
        peer_wait(p, 400, true);
        assert_int_equal(peer_info(p).next, stops[k + 1]);
        assert_int_equal(peer_info(p).due, k < 2 ? NP_WIRE_REASON_NEEDLE : NP_WIRE_REASON_NONE);
        peer_restart(p);
    }
    assert_string_equal(p->j.trouble, "");
    peer_free(p);
}

/* The plan may want less of a needle than the machine, never more. */
static void the_smaller_needle_life_counts(void **state)
{
    (void)state;
    static const struct {
        uint32_t machine, plan, made;
    } lives[] = {{20, 10, 10}, {10, 20, 10}, {0, 7, 7}, {7, 0, 7}};
    for (unsigned i = 0; i < sizeof lives / sizeof lives[0]; i++) {
        peer *p = peer_new(30, NULL);
        p->j.faults.needle_life = lives[i].machine;
        p->j.faults.by_hand = true;
        p->j.plan.load.needle_life = lives[i].plan;
        peer_restart(p);
        peer_connect(p);
        peer_load(p);
        change(p, NP_WIRE_SUPPLY_NEEDLE, "");
        peer_ask(p, NP_WIRE_MSG_ARM, 1);
        peer_press(p);
        peer_dots(p, 0, 30);
        peer_wait(p, 200, true);
        assert_int_equal(peer_info(p).next, lives[i].made);
        peer_free(p);
    }
}

static void pigment_by_hand_holds_where_the_plan_wants_it(void **state)
{
    (void)state;
    peer *p = loaded(50, 20, 0, true);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    peer_dots(p, 0, 50);
    peer_wait(p, 200, true);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_RELOAD);
    assert_int_equal(peer_info(p).next, 20);
    assert_int_equal(asked(p, NP_WIRE_MSG_RESUME, 2), NP_WIRE_REASON_RELOAD);
    /* A needle is no pigment. */
    assert_true(change(p, NP_WIRE_SUPPLY_NEEDLE, ""));
    assert_int_equal(asked(p, NP_WIRE_MSG_RESUME, 2), NP_WIRE_REASON_RELOAD);
    assert_true(change(p, NP_WIRE_SUPPLY_PIGMENT, "P"));
    assert_int_equal(asked(p, NP_WIRE_MSG_RESUME, 2), NP_WIRE_REASON_PEDAL);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    peer_free(p);
}

static void hands_at_the_needle_disarm(void **state)
{
    (void)state;
    peer *p = loaded(50, 0, 0, true);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    peer_dots(p, 0, 50);
    peer_wait(p, 20, true);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_RUNNING);
    /* While it moves nothing is taken: it holds, and the dot in progress ends first. */
    assert_true(peer_info(p).busy);
    assert_false(change(p, NP_WIRE_SUPPLY_NEEDLE, ""));
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_NEEDLE);
    assert_false(change(p, NP_WIRE_SUPPLY_NEEDLE, ""));
    assert_int_equal(peer_info(p).supplies, 0);
    peer_wait(p, 10, true);
    /* What was done to it then nobody knows: it does not go on before the change is confirmed. */
    assert_int_equal(asked(p, NP_WIRE_MSG_RESUME, 2), NP_WIRE_REASON_NEEDLE);
    peer_connect(p);
    peer_load(p);
    assert_int_equal(asked(p, NP_WIRE_MSG_ARM, 1), NP_WIRE_REASON_NEEDLE);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    assert_true(change(p, NP_WIRE_SUPPLY_NEEDLE, "A"));
    assert_int_equal(asked(p, NP_WIRE_MSG_ARM, 1), NP_WIRE_REASON_PEDAL);
    peer_press(p);
    peer_dots(p, peer_info(p).next, 50 - peer_info(p).next);
    peer_wait(p, 20, true);
    assert_false(change(p, NP_WIRE_SUPPLY_NEEDLE, ""));
    peer_wait(p, 10, true);
    assert_true(change(p, NP_WIRE_SUPPLY_NEEDLE, "B"));
    /* A request that waits for the pedal is void, too: the edge has to come after one from after the change. */
    assert_int_equal(asked(p, NP_WIRE_MSG_RESUME, 2), NP_WIRE_REASON_PEDAL);
    assert_true(change(p, NP_WIRE_SUPPLY_NEEDLE, "C"));
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_NEEDLE);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(asked(p, NP_WIRE_MSG_RESUME, 2), NP_WIRE_REASON_PEDAL);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    peer_free(p);
}

static void what_cannot_be_recorded_is_not_taken(void **state)
{
    (void)state;
    peer *p = peer_new(5, NULL);
    p->j.faults.by_hand = true;
    peer_restart(p);
    assert_false(change(p, NP_WIRE_SUPPLY_NEEDLE, "A")); /* no session */
    peer_connect(p);
    peer_load(p);
    assert_false(change(p, 3, "A"));
    assert_false(change(p, NP_WIRE_SUPPLY_NEEDLE, "a lot of more than thirty-two bytes"));
    assert_false(change(p, NP_WIRE_SUPPLY_NEEDLE, "two\nlines"));
    assert_true(change(p, NP_WIRE_SUPPLY_NEEDLE, "exactly thirty-two bytes of lot!"));
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    peer_dots(p, 0, 5);
    peer_wait(p, 50, true);
    assert_int_equal(peer_info(p).done, 5);
    peer_say(p, NP_WIRE_MSG_HOLD);
    assert_false(change(p, NP_WIRE_SUPPLY_PIGMENT, "A")); /* nothing left to make with it */
    assert_int_equal(peer_info(p).supplies, 1);
    peer_free(p);
}

static void a_machine_without_anybody_refuses(void **state)
{
    (void)state;
    peer *p = peer_new(5, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    c.supplies = NP_WIRE_SUPPLIES_NONE;
    c.motion.reload = NULL;
    peer_start(p, &c);
    for (int i = 0; i < 4; i++) {
        plan_reload_every(&p->j.plan, i == 1 ? 100 : 0);
        p->j.plan.load.needle_life = i == 2 ? 100 : 0;
        p->j.plan.load.n_cartridges = i == 3;
        peer_connect(p);
        assert_int_equal(p->got[NP_WIRE_MSG_WELCOME].u.welcome.supplies, NP_WIRE_SUPPLIES_NONE);
        peer_load(p);
        assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, i ? NP_WIRE_REASON_UNABLE : NP_WIRE_REASON_NONE);
    }
    /* Whoever says that he did something to it, it counts for nothing; but it holds. */
    p->j.plan.load.n_cartridges = 0;
    peer_connect(p);
    peer_load(p);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    peer_dots(p, 0, 5);
    peer_wait(p, 3, true);
    assert_false(change(p, NP_WIRE_SUPPLY_NEEDLE, ""));
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    peer_wait(p, 10, true);
    assert_false(change(p, NP_WIRE_SUPPLY_NEEDLE, ""));
    assert_int_equal(peer_info(p).supplies, 0);
    assert_int_equal(peer_info(p).due, NP_WIRE_REASON_NONE);
    /* Who counts needles must have somebody who changes them; who has an arm that reloads must say so. */
    c.needle_life = 5;
    assert_int_equal(np_wire_executor_init(&c, p->j.executor_memory, np_wire_executor_size(&c), &p->j.executor),
                     NP_WIRE_CONFIG);
    c.needle_life = 0;
    c.motion.reload = motion_reload;
    assert_int_equal(np_wire_executor_init(&c, p->j.executor_memory, np_wire_executor_size(&c), &p->j.executor),
                     NP_WIRE_CONFIG);
    c.supplies = NP_WIRE_SUPPLIES_BY_ARM;
    peer_start(p, &c);
    peer_free(p);
}

static void a_rehearsal_wants_nothing(void **state)
{
    (void)state;
    peer *p = peer_new(30, NULL);
    p->j.plan.load.reload_every = p->j.plan.load.needle_life = 10;
    p->j.plan.load.air = 1;
    peer_connect(p);
    peer_load(p);
    assert_false(change(p, NP_WIRE_SUPPLY_NEEDLE, "A"));
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    peer_dots(p, 0, 30);
    peer_wait(p, 200, true);
    assert_int_equal(peer_info(p).done, 30);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.supplies, 0);
    peer_free(p);
}

/* ---- by the arm ---- */

/* Armed, with the arm on its way to the station before dot 10. */
static peer *at_the_station(void)
{
    peer *p = loaded(30, 10, 0, false);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    peer_dots(p, 0, 30);
    peer_wait(p, 60, true);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_RUNNING);
    assert_true(p->j.reloading);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.waiting, NP_WIRE_REASON_RELOAD);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.next, 10);
    return p;
}

static void the_arm_reloads_by_itself_and_goes_on(void **state)
{
    (void)state;
    peer *p = at_the_station();
    p->j.reloading = false;
    p->j.place = p->j.bound;
    p->j.reload_made = 10;
    np_wire_executor_reload_done(p->j.executor, p->j.now_us, true);
    peer_wait(p, 20, true);
    const np_wire_events *e = &p->got[NP_WIRE_MSG_EVENTS].u.events;
    assert_int_equal(e->supplies, 1);
    assert_true(e->next > 10);
    assert_int_equal(e->waiting, NP_WIRE_REASON_NONE);
    np_wire_message m = {.type = NP_WIRE_MSG_SUPPLIES};
    peer_send(p, &m);
    peer_listen(p);
    const np_wire_supplied *l = &p->got[NP_WIRE_MSG_SUPPLIED].u.supplied;
    assert_int_equal(l->total, 1);
    assert_int_equal(l->n, 1);
    assert_int_equal(l->supplies[0].kind, NP_WIRE_SUPPLY_PIGMENT);
    assert_int_equal(l->supplies[0].order, 10);
    assert_string_equal(l->supplies[0].lot, "");
    np_wire_executor_reload_done(p->j.executor, p->j.now_us, true); /* once more: ignored */
    assert_int_equal(peer_info(p).supplies, 1);
    assert_string_equal(p->j.trouble, "");
    peer_free(p);
}

static void a_hold_breaks_a_reload_off_and_it_stays_due(void **state)
{
    (void)state;
    peer *p = at_the_station();
    peer_say(p, NP_WIRE_MSG_HOLD);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(p->j.reload_end_us, p->j.now_us); /* it was called back */
    assert_int_equal(asked(p, NP_WIRE_MSG_RESUME, 2), NP_WIRE_REASON_STATE);
    p->j.reloading = false;
    np_wire_executor_reload_done(p->j.executor, p->j.now_us, false);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_HOLD);
    assert_int_equal(peer_info(p).due, NP_WIRE_REASON_RELOAD);
    assert_int_equal(asked(p, NP_WIRE_MSG_RESUME, 2), NP_WIRE_REASON_PEDAL);
    peer_press(p);
    peer_dots(p, 0, 30);
    peer_wait(p, 5, true);
    assert_true(p->j.reloading);
    /* One that fails by itself holds as well. */
    p->j.reloading = false;
    np_wire_executor_reload_done(p->j.executor, p->j.now_us, false);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_RELOAD);
    assert_int_equal(peer_info(p).supplies, 0);
    peer_free(p);
}

static void no_session_is_loaded_while_the_arm_is_at_its_station(void **state)
{
    (void)state;
    peer *p = at_the_station();
    peer_say(p, NP_WIRE_MSG_ABORT);
    peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, NP_WIRE_REASON_STATE);
    /* What it did is written down all the same. */
    p->j.reloading = false;
    np_wire_executor_reload_done(p->j.executor, p->j.now_us, true);
    peer_load(p);
    assert_int_equal(peer_info(p).supplies, 1);
    assert_int_equal(peer_info(p).due, NP_WIRE_REASON_NONE);
    peer_free(p);
}

/* ---- the sender ---- */

/* A sender that has lost its journal hears of all of them, however many; one that knows more is a difference. */
static void a_sender_catches_up(void **state)
{
    (void)state;
    job *j = job_new(200);
    j->faults.reload_every = 7;
    j->faults.needle_life = 11;
    j->dots_per_frame = 12;
    job_start(j);
    assert_true(job_run(j, 60));
    assert_true(job_check(j));
    uint32_t n = j->n_supplies;
    assert_true(n >= 28 + 19);
    assert_true(n < 100);
    assert_string_equal(j->supplies[0].lot[0] ? "lot 1" : "", j->supplies[0].lot);
    j->n_supplies = 0;
    memset(j->journal_committed, 0, j->plan.n);
    job_start_sender(j);
    assert_true(job_run(j, 60));
    assert_int_equal(j->n_supplies, n);
    assert_true(job_check(j));
    j->n_supplies = n + 1;
    job_start_sender(j);
    pass_until(j, NP_WIRE_PHASE_FAILED);
    assert_int_equal(info_of(j).reason, NP_WIRE_REASON_DIFFERENCE);
    assert_non_null(strstr(info_of(j).text, "fewer reloads and needle changes"));
    job_destroy(j);
}

static bool refuse_supply(void *context, uint32_t number, const np_wire_supply *supply)
{
    (void)context, (void)number, (void)supply;
    return false;
}

static void a_journal_that_takes_no_supply_stops_the_run(void **state)
{
    (void)state;
    job *j = job_new(100);
    j->faults.needle_life = 10;
    j->dots_per_frame = 12;
    job_start(j);
    np_wire_sender_config c = {.dots = j->plan.dots,
                               .n_dots = j->plan.n,
                               .stops = j->plan.stops,
                               .load = j->plan.load,
                               .context = j,
                               .random = job_random_bytes,
                               .event = journal_event,
                               .commit = journal_commit,
                               .supply = refuse_supply,
                               .name = "test",
                               .ask_after_hold = true};
    assert_int_equal(np_wire_sender_init(&c, j->now_us, j->sender_memory, np_wire_sender_size(&c), &j->sender, NULL),
                     NP_WIRE_OK);
    pass_until(j, NP_WIRE_PHASE_FAILED);
    assert_int_equal(info_of(j).reason, NP_WIRE_REASON_STORAGE);
    job_destroy(j);
}

/* A session of three cartridges, where LOST of the frames get lost and GAPS of the dots are out of reach: whenever a needle is asked for,
 * it is for the very dot that the executor waits at; once for each stop.  Returns how many were asked for. */
static unsigned ask_for_cartridges(uint64_t seed, double lost, double gaps)
{
    static const job_faults slow_line = {
        .pipe = {.delay_us = 15000, .jitter_us = 3000}, .motion_us = 100, .nobody = true};
    job *j = malloc(sizeof *j);
    unsigned asked = 0;
    bool before = false;
    job_init(j, 400, seed, &slow_line);
    j->faults.pipe.lose = lost;
    j->gaps = gaps;
    j->plan.load.n_cartridges = 3;
    j->plan.load.cartridges[1] = 150;
    j->plan.load.cartridges[2] = 290;
    job_start(j);
    for (int i = 0; i < 400000 && !info_of(j).finished; i++) {
        pass(j, 0.0002);
        np_wire_sender_info told = info_of(j);
        np_wire_executor_info there;
        np_wire_executor_get_info(j->executor, &there);
        if (told.needle_asked && !before) {
            assert_int_equal(told.next, there.next);
            asked++;
            assert_true(np_wire_executor_supply(j->executor, j->now_us, NP_WIRE_SUPPLY_NEEDLE, ""));
        }
        before = told.needle_asked;
    }
    assert_true(info_of(j).finished);
    assert_int_equal(info_of(j).phase, NP_WIRE_PHASE_DONE);
    job_destroy(j);
    return asked;
}

static void a_needle_is_asked_for_the_dot_that_waits(void **state)
{
    (void)state;
    assert_int_equal(ask_for_cartridges(1, 0, 0), 3);
    for (uint64_t seed = 2; seed < 12; seed++) {
        assert_int_equal(ask_for_cartridges(seed, 0.2, 0), 3);
        assert_in_range(ask_for_cartridges(seed, seed % 2 ? 0.2 : 0, 0.2), 1, 3);
    }
}

/* ---- lots ---- */

static void lots_are_text_that_can_be_shown(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "A",
                                       "(10)ABC-123/4.5",
                                       "12345678901234567890123456789012",
                                       "Gr\xc3\xb6\xc3\x9f\x65",
                                       "\xe2\x82\xac \xf0\x9f\xa9\xb9"};
    static const char *const bad[] = {"123456789012345678901234567890123",
                                      "a\tb",
                                      "\x7f",
                                      "\xc2\x85",
                                      "\xff",
                                      "\xc3",
                                      "\xc0\x80",
                                      "\xe0\x80\x80",
                                      "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80",
                                      "a\xc3(",
                                      "\xf8\x88\x80\x80\x80"};
    for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(np_wire_lot_is_valid(good[i]));
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(np_wire_lot_is_valid(bad[i]));
    /* On the wire, too: one that is not is refused, never cut or shown otherwise. */
    np_wire_message m = {.type = NP_WIRE_MSG_SUPPLIED}, back;
    uint8_t bytes[NP_WIRE_PAYLOAD_MAX];
    size_t size;
    m.u.supplied = (np_wire_supplied){.total = 1, .n = 1, .supplies = {{1, 0, 0, "LOT"}}};
    assert_int_equal(np_wire_message_encode(&m, bytes, sizeof bytes, &size), NP_WIRE_OK);
    assert_int_equal(np_wire_message_decode(m.type, bytes, size, &back, NULL), NP_WIRE_OK);
    bytes[size - 1] = 0;
    assert_int_equal(np_wire_message_decode(m.type, bytes, size, &back, NULL), NP_WIRE_RANGE);
    bytes[size - 1] = '\n';
    assert_int_equal(np_wire_message_decode(m.type, bytes, size, &back, NULL), NP_WIRE_RANGE);
    strcpy(m.u.supplied.supplies[0].lot, "a\nb");
    assert_int_equal(np_wire_message_encode(&m, bytes, sizeof bytes, &size), NP_WIRE_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_begins_with_a_needle),
        cmocka_unit_test(a_needle_makes_so_many_dots_and_no_more),
        cmocka_unit_test(a_cartridge_begins_with_a_change),
        cmocka_unit_test(the_smaller_needle_life_counts),
        cmocka_unit_test(pigment_by_hand_holds_where_the_plan_wants_it),
        cmocka_unit_test(hands_at_the_needle_disarm),
        cmocka_unit_test(what_cannot_be_recorded_is_not_taken),
        cmocka_unit_test(a_machine_without_anybody_refuses),
        cmocka_unit_test(a_rehearsal_wants_nothing),
        cmocka_unit_test(the_arm_reloads_by_itself_and_goes_on),
        cmocka_unit_test(a_hold_breaks_a_reload_off_and_it_stays_due),
        cmocka_unit_test(no_session_is_loaded_while_the_arm_is_at_its_station),
        cmocka_unit_test(a_sender_catches_up),
        cmocka_unit_test(a_needle_is_asked_for_the_dot_that_waits),
        cmocka_unit_test(a_journal_that_takes_no_supply_stops_the_run),
        cmocka_unit_test(lots_are_text_that_can_be_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
