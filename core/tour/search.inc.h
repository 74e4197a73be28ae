/* The search, compiled once for each metric: the includer defines METRIC and SUFFIX(name). */

static inline __attribute__((always_inline)) float SUFFIX(cost)(const tour_cell *c, uint32_t a, uint32_t b)
{
    return cost_of(c, METRIC, a, b);
}

/* Tries all ways to go on from the open end of MOVE, which has LEVEL cuts and has gained GAIN so far, by up
 * to BREADTH neighbours; GO_ON is the same one level deeper.  True if a shorter tour was found and left in
 * MOVE.
 *
 * Depth first, and the first that is found is taken: the best of all, or the simplest, leads back to the tour
 * before the kick more often (docs/decisions/tours.md). */
static inline __attribute__((always_inline)) bool SUFFIX(extend)(const tour_cell *c, move *m, float gain,
                                                                 const unsigned level, const unsigned breadth,
                                                                 extender *const go_on)
{
    const float least_gain = c->least_gain;
    const uint16_t from = m->t[2 * level - 1], t1 = m->t[0];
    const tour_card *card = &c->cards[from];
    for (unsigned s = 0; s < breadth; s++) {
        float open = gain - card->to_cost[s];
        if (open <= least_gain)
            break;
        uint16_t next = card->to[s];
        int32_t place = c->place[next];
        const tour_stop *stop = &c->stops[place];
        if (stop[1].node == from || stop[-1].node == from)
            continue;
        for (int side = 0; side < 2; side++) {
            uint16_t end = (uint16_t)stop[side ? 1 : -1].node;
            uint16_t cut = (uint16_t)(side ? place : place == 0 ? c->n - 1 : place - 1);
            float open_after = open + stop[side - 1].cost;
            float closed = open_after - SUFFIX(cost)(c, end, t1);
            /* Worth it only if closing helps, or if there may be a way on from END. */
            bool closes = closed > least_gain;
            bool goes_on = go_on && open_after - c->cards[end].to_cost[0] > least_gain;
            if (!(closes || goes_on) || move_has(m, level, cut))
                continue;
            move_cut(m, level, next, end, cut, side);
            if (closes && move_is_tour(m, level + 1)) {
                m->gain = closed;
                m->n_cuts = level + 1;
                return true;
            }
            if (goes_on && go_on(c, m, open_after))
                return true;
        }
    }
    return false;
}

static bool SUFFIX(extend_4)(const tour_cell *c, move *m, float gain)
{
    return SUFFIX(extend)(c, m, gain, 4, 1, NULL);
}

static bool SUFFIX(extend_3)(const tour_cell *c, move *m, float gain)
{
    return SUFFIX(extend)(c, m, gain, 3, 2, SUFFIX(extend_4));
}

static bool SUFFIX(extend_2)(const tour_cell *c, move *m, float gain)
{
    return SUFFIX(extend)(c, m, gain, 2, 3, SUFFIX(extend_3));
}

static bool SUFFIX(extend_1)(const tour_cell *c, move *m, float gain)
{
    return SUFFIX(extend)(c, m, gain, 1, 5, SUFFIX(extend_2));
}

/* Makes a move that removes an edge of T1 and shortens the tour; its gain, or 0 if there is none. */
static float SUFFIX(improve)(tour_cell *c, uint16_t t1)
{
    for (int side = 0; side < 2; side++) {
        int32_t place = c->place[t1];
        uint16_t t2 = (uint16_t)c->stops[place + (side ? 1 : -1)].node;
        float cost = c->stops[place + side - 1].cost;
        if (cost == -INFINITY)
            continue;
        move m = {.n_cuts = 1};
        move_cut(&m, 0, t1, t2, (uint16_t)(side ? place : place == 0 ? c->n - 1 : place - 1), side);
        if (SUFFIX(extend_1)(c, &m, cost)) {
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

/* Removes four edges close to each other along the tour, sooner where there is slack, and joins the three
 * pieces between them in the opposite order: the double bridge, which no sequential move of few exchanges
 * undoes.  Returns the gain, mostly negative; NAN if there was no place for it. */
static double SUFFIX(kick)(tour_cell *c, np_philox_block bits, np_philox_block others)
{
    uint32_t n = c->n, cut[4];
    choose_cuts(c, bits, others, cut);
    uint16_t left[4], right[4];
    float gain = 0;
    for (int i = 0; i < 4; i++) {
        const tour_stop *stop = &c->stops[cut[i] % n];
        left[i] = (uint16_t)stop[0].node;
        right[i] = (uint16_t)stop[1].node;
        gain += stop[0].cost;
    }
    if (gain == -INFINITY)
        return (double)NAN;
    gain -= SUFFIX(cost)(c, left[0], right[2]) + SUFFIX(cost)(c, left[3], right[1]);
    gain -= SUFFIX(cost)(c, left[2], right[0]) + SUFFIX(cost)(c, left[1], right[3]);
    const piece pieces[3] = {{cut[2] + 1, cut[3] - cut[2], false},
                             {cut[1] + 1, cut[2] - cut[1], false},
                             {cut[0] + 1, cut[1] - cut[0], false}};
    rewrite(c, (cut[0] + 1) % n, cut[3] - cut[0], pieces, 3);
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
    c->journaling = true;
    for (uint32_t i = 0; i < kicks; i++) {
        np_philox_block bits = kick_bits(seed, stream, i, 0);
        c->journal_size = 0;
        double gain = SUFFIX(kick)(c, bits, kick_bits(seed, stream, i, 1));
        if (isnan(gain))
            continue;
        gain += SUFFIX(settle)(c);
        if (gain < -heat * random_exponential(bits))
            undo(c);
    }
}
