/* What an executor refuses by where the registration puts it: places outside of its workspace, whichever of a session they are, told
 * by name before anything moves, and heads that are upside down; and that heads that sit or lie are none of these. */
#include "peer.h"

#include <math.h>

#include "base/angle.h"

#define DOTS 130

/* ---- the workspace ---- */

/* In the head's frame; all of a plan of the harness is in it. */
static const int32_t inside[2][3] = {{-100000, -100000, 89000}, {200000, 100000, 210000}};

/* A quarter turn about z, so that x comes to lie along y and y along -x, and a shift. */
static const np_wire_pose turned = {{707107, 0, 0, 707107}, {300000, -20000, 500000}};

static const np_wire_box box = {{200000, -120000, 589000}, {400000, 180000, 710000}};

typedef enum culprit { ITSELF, HOVER, CHAIN, ENTRY, HOME } culprit;

static const struct {
    uint32_t order;
    culprit what;
    const char *says;
} cases[] = {
    {70, ITSELF,
     "dot 1210 (place 70): it lies at z = 588000 um in the arm's frame, outside of its workspace, 589000 to 710000"},
    {20, HOVER, "dot 1060 (place 20): its hover lies at y = -130000 um in the arm's frame"},
    {0, CHAIN, "dot 1000 (place 0): stop 1 of the way to it lies at x = 150000 um"},
    {64, ENTRY, "dot 1192 (place 64): stop 1 of its entry lies at x = 150000 um"},
    {129, HOME, "dot 1387 (place 129): stop 1 of its way home lies at x = 150000 um"},
};

static char logged[20000];

static void keep_log(void *context, const char *text)
{
    (void)context;
    strncat(logged, text, sizeof logged - strlen(logged) - 2);
    strcat(logged, "\n");
}

static unsigned count_in_log(const char *text)
{
    unsigned n = 0;
    for (const char *at = logged; (at = strstr(at, text)); at++)
        n++;
    return n;
}

/* Puts one place of the dot at ORDER, or of its ways, out of the workspace, and nothing else. */
static void spoil(job_plan *plan, uint32_t order, culprit what)
{
    np_wire_dot *dot = &plan->dots[order];
    np_wire_stop *stops = plan->stops + dot->first_stop;
    if (what == ITSELF) {
        dot->position_um[2] = inside[0][2] - 1000;
    } else if (what == HOVER) { /* from behind */
        dot->position_um[0] = inside[0][0] + 10000;
        memcpy(dot->axis_ppm, (int32_t[]){1000000, 0, 0}, sizeof dot->axis_ppm);
        memcpy(dot->normal_ppm, (int32_t[]){-1000000, 0, 0}, sizeof dot->normal_ppm);
        dot->hover_um = 20000;
    } else {
        np_wire_way way = what == CHAIN ? NP_WIRE_WAY_CHAIN : what == ENTRY ? NP_WIRE_WAY_ENTRY : NP_WIRE_WAY_HOME;
        assert_true(dot->n_stops[way] > 0);
        stops += np_wire_dot_way(dot, plan->stops, way) - stops;
        stops->tip_um[1] = 150000;
    }
    plan_seal(plan);
}

static peer *bounded_peer(size_t i, bool tells, np_wire_air air, bool only_reachable)
{
    peer *p = peer_new(DOTS, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    c.buffer_dots = p->j.buffer_dots = 128;
    c.workspace = box;
    c.log = keep_log;
    c.motion.reach = tells ? motion_reach : NULL;
    p->j.executor_memory = realloc(p->j.executor_memory, np_wire_executor_size(&c));
    p->j.out_of_reach = UINT32_MAX;
    p->j.plan.load.registration = turned;
    p->j.plan.load.air = air;
    p->j.plan.load.only_reachable = only_reachable;
    if (i < sizeof cases / sizeof *cases)
        spoil(&p->j.plan, cases[i].order, cases[i].what);
    logged[0] = '\0';
    peer_start(p, &c);
    peer_connect(p), peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, NP_WIRE_REASON_NONE);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    if (air != NP_WIRE_AIR_REACH)
        peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    return p;
}

static void send_all(peer *p)
{
    for (uint32_t at = 0; at < DOTS && peer_state(p) != NP_WIRE_STATE_FAULT; at += 64) {
        peer_dots(p, at, np_wire_chunk_dots(DOTS, at / 64));
        peer_wait(p, 700, true);
    }
}

/* With an arm that can tell besides what it reaches, and with one that cannot. */
static void the_dry_pass_names_what_is_outside(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int tells = 0; tells < 2; tells++) {
            peer *p = bounded_peer(i, tells, NP_WIRE_AIR_REACH, false);
            const char *said = p->got[NP_WIRE_MSG_LOADED].u.loaded.text;
            assert_non_null(
                strstr(said, "workspace (um): x 200000 to 400000, y -120000 to 180000, z 589000 to 710000"));
            assert_int_equal(strstr(said, "what else it reaches it cannot tell") == NULL, tells);
            send_all(p);
            assert_int_equal(peer_info(p).done, DOTS - 1);
            assert_int_equal(peer_info(p).other, 1);
            assert_int_equal(count_in_log(cases[i].says), 1);
            assert_int_equal(count_in_log("outside of its workspace"), 1);
            assert_int_equal(p->j.moves, 0);
            peer_free(p);
        }
}

/* A sender that did not ask: nothing of the chunk is begun, and the executor latches. */
static void who_does_not_ask_is_stopped_before_the_chunk(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (np_wire_air air = NP_WIRE_AIR_NOT; air <= NP_WIRE_AIR_MOVES; air++) {
            peer *p = bounded_peer(i, true, air, false);
            uint32_t chunk = cases[i].order / 64;
            send_all(p);
            assert_int_equal(peer_state(p), NP_WIRE_STATE_FAULT);
            assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_DOT_LIMIT);
            assert_non_null(strstr(peer_info(p).text, cases[i].says));
            for (uint32_t o = 0; o < DOTS; o++)
                assert_int_equal(p->j.punctures[o], o / 64 < chunk);
            assert_string_equal(p->j.trouble, "");
            peer_free(p);
        }
}

static void only_reachable_leaves_it_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int tells = 0; tells < 2; tells++) {
            peer *p = bounded_peer(i, tells, NP_WIRE_AIR_NOT, true);
            send_all(p);
            peer_wait(p, 700, true);
            uint32_t order = cases[i].order;
            for (uint32_t o = 0; o < DOTS; o++)
                assert_int_equal(p->j.punctures[o], o / 64 != order / 64 || o < order);
            assert_string_equal(p->j.trouble, "");
            assert_int_equal(count_in_log(cases[i].says), 1);
            peer_free(p);
        }
}

/* The same plan, where nothing of it is spoilt; to the um. */
static void what_is_inside_is_made(void **state)
{
    (void)state;
    peer *p = bounded_peer(SIZE_MAX, true, NP_WIRE_AIR_NOT, false);
    send_all(p);
    assert_int_equal(peer_info(p).done, DOTS);
    assert_int_equal(count_in_log("outside"), 0);
    peer_free(p);
    for (int32_t beyond = 0; beyond <= 1; beyond++) {
        p = peer_new(10, NULL);
        np_wire_executor_config c = job_executor_config(&p->j);
        c.workspace = (np_wire_box){{-400000, -400000, 0}, {400000, 400000, 200000 - beyond}}; /* where the stops are */
        peer_start(p, &c);
        peer_connect(p), peer_load(p), peer_ask(p, NP_WIRE_MSG_ARM, 1), peer_press(p);
        peer_dots(p, 0, 10);
        assert_int_equal(peer_state(p), beyond ? NP_WIRE_STATE_FAULT : NP_WIRE_STATE_ARMED);
        peer_free(p);
    }
}

static void a_box_is_checked_at_set_up(void **state)
{
    (void)state;
    peer *p = peer_new(70, NULL);
    np_wire_executor_config good = job_executor_config(&p->j), c = good;
    size_t size = np_wire_executor_size(&good);
    np_wire_executor *x;
    c.workspace = box;
    assert_int_equal(np_wire_executor_init(&c, p->j.executor_memory, size, &x), NP_WIRE_OK);
    c.workspace.max_um[1] = c.workspace.min_um[1];
    assert_int_equal(np_wire_executor_init(&c, p->j.executor_memory, size, &x), NP_WIRE_CONFIG);
    c.workspace = box, c.workspace.max_um[2] = NP_WIRE_PLACE_MAX_UM + 1;
    assert_int_equal(np_wire_executor_init(&c, p->j.executor_memory, size, &x), NP_WIRE_CONFIG);
    c = good, c.up_ppm[0] = 999000;
    assert_int_equal(np_wire_executor_init(&c, p->j.executor_memory, size, &x), NP_WIRE_CONFIG);
    c.up_ppm[0] = INT32_MIN;
    assert_int_equal(np_wire_executor_init(&c, p->j.executor_memory, size, &x), NP_WIRE_CONFIG);
    c = good, c.head_up_min_ppm = -1000001;
    assert_int_equal(np_wire_executor_init(&c, p->j.executor_memory, size, &x), NP_WIRE_CONFIG);
    c.head_up_min_ppm = 1000001;
    assert_int_equal(np_wire_executor_init(&c, p->j.executor_memory, size, &x), NP_WIRE_CONFIG);
    peer_free(p);
}

/* ---- upside down ---- */

/* Turns by DEG about an axis of the arm's frame, the first one first. */
typedef struct pose_case {
    const char *name;
    double deg[3];
    bool refused;
} pose_case;

static const pose_case poses[] = {
    {"sitting", {0, 0, 0}, false},
    {"sitting, looking back", {0, 0, 180}, false},
    {"sitting, bent forward", {0, 60, 0}, false},
    {"sitting, leant to a side", {40, 0, 120}, false},
    {"on the back", {0, -90, 0}, false},
    {"on the back, across", {0, -90, 90}, false},
    {"on the back, hung back by 40 degrees", {0, -130, 0}, false},
    {"half sitting", {0, -45, 0}, false},
    {"on the face", {0, 90, 0}, false},
    {"on the face, neck bent by 40 degrees", {0, 130, -90}, false},
    {"on a side", {90, 0, 30}, false},
    {"upside down: y and z negated", {180, 0, 0}, true},
    {"upside down: x and z negated", {0, 180, 0}, true},
    {"upside down, and turned", {180, 0, 77}, true},
    {"upside down, bent by 40 degrees", {0, 140, 0}, true},
    {"upside down, the other way", {0, -140, 45}, true},
};

static np_wire_pose pose_of(const double deg[3])
{
    double q[4] = {1, 0, 0, 0};
    for (int i = 0; i < 3; i++) { /* q = turn * q */
        double c = cos(deg[i] * NP_PI / 360), s = sin(deg[i] * NP_PI / 360), t[4] = {c, 0, 0, 0};
        t[1 + i] = s;
        double w = t[0] * q[0] - t[1] * q[1] - t[2] * q[2] - t[3] * q[3];
        double x = t[0] * q[1] + t[1] * q[0] + t[2] * q[3] - t[3] * q[2];
        double y = t[0] * q[2] - t[1] * q[3] + t[2] * q[0] + t[3] * q[1];
        double z = t[0] * q[3] + t[1] * q[2] - t[2] * q[1] + t[3] * q[0];
        q[0] = w, q[1] = x, q[2] = y, q[3] = z;
    }
    np_wire_pose pose = {.translation_um = {1000, 2000, 3000}};
    for (int i = 0; i < 4; i++)
        pose.rotation_ppm[i] = (int32_t)lround(q[i] * 1e6);
    return pose;
}

static bool is_refused(const np_wire_executor_config *c, peer *p, np_wire_pose pose)
{
    peer_start(p, c);
    p->j.plan.load.registration = pose;
    peer_connect(p), peer_load(p);
    const np_wire_loaded *l = &p->got[NP_WIRE_MSG_LOADED].u.loaded;
    if (l->reason == NP_WIRE_REASON_NONE)
        return false;
    assert_int_equal(l->reason, NP_WIRE_REASON_LIMITS);
    assert_non_null(strstr(l->text, "upside down"));
    assert_non_null(strstr(l->text, "measure the fiducials again"));
    assert_int_equal(peer_state(p), NP_WIRE_STATE_AUTHENTICATED);
    return true;
}

static void heads_that_sit_or_lie_are_taken_and_others_refused(void **state)
{
    (void)state;
    peer *p = peer_new(70, NULL);
    for (int air = 0; air <= 2; air++)
        for (size_t i = 0; i < sizeof poses / sizeof *poses; i++) {
            np_wire_executor_config c = job_executor_config(&p->j);
            p->j.plan.load.air = (uint32_t)air;
            if (is_refused(&c, p, pose_of(poses[i].deg)) != poses[i].refused)
                fail_msg("%s: %srefused", poses[i].name, poses[i].refused ? "not " : "");
        }
    peer_free(p);
}

static void an_executor_says_what_is_up_and_how_far_heads_may_lean(void **state)
{
    (void)state;
    peer *p = peer_new(70, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    const np_wire_pose sits = pose_of((double[]){0, 0, 0}), turned_over = pose_of((double[]){180, 0, 0}),
                       lies = pose_of((double[]){0, -90, 0});
    c.up_ppm[2] = -1000000; /* an arm that hangs from the ceiling */
    assert_true(is_refused(&c, p, sits));
    assert_false(is_refused(&c, p, turned_over));
    memcpy(c.up_ppm, (int32_t[]){-707107, 0, 707107},
           sizeof c.up_ppm); /* one on a slope: up is a head's that is half back */
    assert_false(is_refused(&c, p, pose_of((double[]){0, -90, 0})));
    assert_true(is_refused(&c, p, pose_of((double[]){0, 140, 0})));
    memset(c.up_ppm, 0, sizeof c.up_ppm);
    c.head_up_min_ppm = NP_WIRE_HEAD_UP_ANY_PPM;
    assert_false(is_refused(&c, p, turned_over));
    c.head_up_min_ppm = 500000; /* a chair in which nobody lies: axes that were swapped show as well */
    assert_false(is_refused(&c, p, sits));
    assert_true(is_refused(&c, p, lies));
    assert_true(is_refused(&c, p, turned_over));
    peer_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_dry_pass_names_what_is_outside),
        cmocka_unit_test(who_does_not_ask_is_stopped_before_the_chunk),
        cmocka_unit_test(only_reachable_leaves_it_out),
        cmocka_unit_test(what_is_inside_is_made),
        cmocka_unit_test(a_box_is_checked_at_set_up),
        cmocka_unit_test(heads_that_sit_or_lie_are_taken_and_others_refused),
        cmocka_unit_test(an_executor_says_what_is_up_and_how_far_heads_may_lean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
