/* The search, compiled once for each metric: the includer defines METRIC and SUFFIX(name). */

static inline __attribute__((always_inline)) float SUFFIX(cost)(const tour_cell *c, uint16_t a, uint16_t b)
{
    return tour_cost(&c->space, METRIC, a, b);
}

/* Tries all ways to go on from the open end of MOVE, which has gained GAIN so far; true if a shorter tour was
 * found and left in MOVE. */
static bool SUFFIX(extend)(const tour_cell *c, move *m, float gain)
{
    unsigned level = m->n_cuts, breadth = breadths[level - 1] < c->k ? breadths[level - 1] : c->k;
    uint16_t from = m->t[2 * level - 1];
    const uint16_t *to = c->to + (size_t)from * c->k;
    const float *to_cost = c->to_cost + (size_t)from * c->k;
    for (unsigned s = 0; s < breadth; s++) {
        float open = gain - to_cost[s];
        if (open <= c->least_gain)
            break;
        uint16_t next = to[s], after = next_of(c, next), before = previous_of(c, next);
        if (after == from || before == from)
            continue;
        for (int side = 0; side < 2; side++) {
            uint16_t end = side ? after : before;
            if (c->mate[next] == end || !move_cut(c, m, next, end, side))
                continue;
            float open_after = open + SUFFIX(cost)(c, next, end);
            float closed = open_after - SUFFIX(cost)(c, end, m->t[0]);
            if (closed > c->least_gain && move_is_tour(m)) {
                m->gain = closed;
                return true;
            }
            if (level + 1 < MAX_CUTS && SUFFIX(extend)(c, m, open_after))
                return true;
            m->n_cuts = level;
        }
    }
    return false;
}

/* Makes a move that removes an edge of T1 and shortens the tour; its gain, or 0 if there is none. */
static float SUFFIX(improve)(tour_cell *c, uint16_t t1)
{
    for (int side = 0; side < 2; side++) {
        uint16_t t2 = side ? next_of(c, t1) : previous_of(c, t1);
        if (c->mate[t1] == t2)
            continue;
        move m = {.n_cuts = 0};
        move_cut(c, &m, t1, t2, side);
        if (SUFFIX(extend)(c, &m, SUFFIX(cost)(c, t1, t2))) {
            move_make(c, &m);
            return m.gain;
        }
    }
    return 0;
}

/* Empties the queue; returns by how much the tour got shorter.  When the journal is nearly full nothing more
 * is moved, so that everything since the kick can be taken back. */
static double SUFFIX(settle)(tour_cell *c)
{
    double gain = 0;
    while (c->queue_size > 0) {
        uint16_t a = c->queue[c->queue_head];
        c->queue_head = (uint16_t)(c->queue_head + 1 == c->n ? 0 : c->queue_head + 1);
        c->queue_size--;
        c->queued[a] = 0;
        if (c->journal_room - c->journal_size >= c->n + 2u)
            gain += (double)SUFFIX(improve)(c, a);
    }
    return gain;
}

/* Removes four edges close to each other along the tour and joins the three pieces between them in the
 * opposite order: the double bridge, which no sequential move of few exchanges undoes.  Returns the gain,
 * mostly negative; NAN if there was no place for it. */
static double SUFFIX(kick)(tour_cell *c, np_philox_block bits)
{
    uint32_t n = c->n, longest = n / 8 < KICK_PIECE ? n / 8 : KICK_PIECE, cut[4] = {below(bits.word[0], n)};
    for (int i = 1; i < 4; i++)
        cut[i] = cut[i - 1] + 1 + below(bits.word[i], longest);
    uint16_t left[4], right[4];
    float gain = 0;
    for (int i = 0; i < 4; i++) {
        left[i] = c->order[cut[i] % n];
        right[i] = c->order[(cut[i] + 1) % n];
        if (c->mate[left[i]] == right[i])
            return (double)NAN;
        gain += SUFFIX(cost)(c, left[i], right[i]);
    }
    gain -= SUFFIX(cost)(c, left[0], right[2]) + SUFFIX(cost)(c, left[3], right[1]);
    gain -= SUFFIX(cost)(c, left[2], right[0]) + SUFFIX(cost)(c, left[1], right[3]);
    const piece pieces[3] = {{cut[2] + 1, cut[3] - cut[2], false},
                             {cut[1] + 1, cut[2] - cut[1], false},
                             {cut[0] + 1, cut[1] - cut[0], false}};
    rewrite(c, cut[0] + 1, cut[3] - cut[0], pieces, 3);
    for (int i = 0; i < 4; i++) {
        tour_cell_look_at(c, left[i]);
        tour_cell_look_at(c, right[i]);
    }
    return (double)gain;
}

static void SUFFIX(run)(tour_cell *c, uint32_t kicks, double heat, uint64_t seed, uint64_t stream)
{
    SUFFIX(settle)(c);
    if (c->n < 8)
        return;
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    c->journaling = true;
    for (uint32_t i = 0; i < kicks; i++) {
        const uint32_t counter[4] = {i, (uint32_t)stream, (uint32_t)(stream >> 32), STREAM_KICK};
        np_philox_block bits = np_philox4x32(counter, key);
        c->journal_size = 0;
        double gain = SUFFIX(kick)(c, bits);
        if (isnan(gain))
            continue;
        gain += SUFFIX(settle)(c);
        if (gain < -heat * random_exponential(bits))
            undo(c);
    }
}
