/* What the arm of the harness reaches: nothing it is told of, but a function of seed, registration, dot and way; and which dots of
 * a session can then be made, by book-keeping of its own.  A part of harness.h, which includes it. */
#ifndef NP_TESTS_UNIT_PROTOCOL_REACH_H
#define NP_TESTS_UNIT_PROTOCOL_REACH_H

typedef enum job_leg { JOB_LEG_CHAIN, JOB_LEG_ENTRY, JOB_LEG_HOME, JOB_LEG_BACK } job_leg;

static inline double reach_unit(const job *j, const np_wire_pose *at, uint64_t a, uint64_t b)
{
    uint64_t place = (uint64_t)(uint32_t)at->translation_um[0] * 3 + (uint64_t)(uint32_t)at->translation_um[1] * 5 +
                     (uint64_t)(uint32_t)at->translation_um[2] * 7;
    job_random r = {(j->gap_seed + place) * 0x9e3779b97f4a7c15u ^ (a * 4 + b) * 0xbf58476d1ce4e5b9u};
    random_next(&r);
    return random_unit(&r);
}

/* Whether the arm gets along one way of the dot at ORDER; stretches of dots are out of its reach whatever way it comes. */
static inline bool job_reaches(const job *j, const np_wire_pose *at, uint32_t order, job_leg leg)
{
    if (j->gaps <= 0)
        return true;
    if (leg != JOB_LEG_BACK && reach_unit(j, at, 1000000 + order / 16, 0) < j->gaps && order % 16 < 11)
        return false;
    return reach_unit(j, at, order, leg) >= j->gaps / 20;
}

/* How many of the first dots of a chunk can be made: entered from home, one after the other, and home again. */
static inline uint32_t job_reached_in(const job *j, uint32_t chunk)
{
    const np_wire_pose *at = &j->plan.load.registration;
    uint32_t first = chunk * NP_WIRE_CHUNK_DOTS, n = np_wire_chunk_dots(j->plan.n, chunk), k = 1, stands = 0;
    if (!job_reaches(j, at, first, first ? JOB_LEG_ENTRY : JOB_LEG_CHAIN))
        return 0;
    while (k < n && job_reaches(j, at, first + k, JOB_LEG_CHAIN))
        k++;
    stands = k - 1;
    if (first + k == j->plan.n && !job_reaches(j, at, j->plan.n - 1, JOB_LEG_HOME))
        k--;
    for (uint32_t i = 0; k < n && i <= stands; i++)
        if (!job_reaches(j, at, first + i, JOB_LEG_BACK))
            return 0;
    return k;
}

static inline bool job_can_be_made(const job *j, uint32_t order)
{
    return order % NP_WIRE_CHUNK_DOTS < job_reached_in(j, order / NP_WIRE_CHUNK_DOTS);
}

/* The real arm sets out: not where it does not get.  (From a whole chunk back nobody asks for.) */
static inline void job_check_reach(job *j, const np_wire_move *move, const job_place *from)
{
    uint32_t to = move->dot ? move->dot->order : 0, o = from->order;
    bool good = true;
    if (move->goes_on || (move->dot && from->kind == JOB_AT_HOVER && to == o))
        return;
    if (from->kind == JOB_AT_HOME)
        good = job_reaches(j, move->registration, to, to ? JOB_LEG_ENTRY : JOB_LEG_CHAIN);
    else if (move->dot && (from->kind == JOB_AT_STATION || to > o))
        good = job_reaches(j, move->registration, to, JOB_LEG_CHAIN);
    else if (!move->dot && from->kind == JOB_AT_HOVER && o + 1 == j->plan.n)
        good = job_reaches(j, move->registration, o, JOB_LEG_HOME);
    if (!good)
        job_trouble(j, "the arm was sent where it does not reach", move->dot ? to : o);
}

/* The arm that is asked: each way to each dot, as it is in the plan, from where it stands. */
static inline bool motion_reach(void *context, const np_wire_move *move)
{
    job *j = context;
    const job_plan *p = &j->plan;
    uint32_t to = move->dot ? move->dot->order : p->n - 1, by = move->air ? j->asked_at : to;
    np_wire_way way = move->air    ? by % NP_WIRE_CHUNK_DOTS == 0 && by ? NP_WIRE_WAY_ENTRY : NP_WIRE_WAY_CHAIN
                      : !move->dot ? NP_WIRE_WAY_HOME
                      : move->from_home && to ? NP_WIRE_WAY_ENTRY
                                              : NP_WIRE_WAY_CHAIN;
    if (!is_way(move, way_of(p, by, way, 0, 0, move->air)))
        job_trouble(j, "another way was asked for than the plan's", to);
    if (move->air && move->dot && to + 1 != by)
        job_trouble(j, "a way back was asked for from elsewhere", to);
    j->asked++;
    job_leg leg = move->air                  ? JOB_LEG_BACK
                  : way == NP_WIRE_WAY_HOME  ? JOB_LEG_HOME
                  : way == NP_WIRE_WAY_ENTRY ? JOB_LEG_ENTRY
                                             : JOB_LEG_CHAIN;
    bool reached = job_reaches(j, move->registration, by, leg) && (!move->dot || to != j->out_of_reach || move->air);
    if (reached && move->dot)
        j->asked_at = to;
    return reached;
}

#endif
