/* The search, compiled once for each metric: the includer defines METRIC and SUFFIX(name). */

static inline __attribute__((always_inline)) float SUFFIX(cost)(const tour_cell *c, uint32_t a, uint32_t b)
{
    return cost_of(c, METRIC, a, b);
}

/* Tries all ways to go on from the open end of MOVE, which has LEVEL cuts and has gained OPEN so far; GO_ON
 * is the same one level deeper, NULL at the last.  True if a shorter tour was found and left in MOVE;
 * otherwise the best place from which to go on after the last level is in CHAIN.
 *
 * Depth first, and the first that is found is taken: the best of all, or the simplest, leads back to the tour
 * before the kick more often (docs/decisions/tours.md). */
static inline __attribute__((always_inline)) bool SUFFIX(extend)(const tour_cell *c, chain *h, move *m, float open,
                                                                 const unsigned level, extender *const go_on)
{
    const float least_gain = c->least_gain;
    const uint16_t from = m->t[2 * level - 1], t1 = m->t[0];
    const tour_card *card = &c->cards[from];
    for (unsigned s = 0; s < BREADTH; s++) {
        float added = open - card->to_cost[s];
        if (added <= least_gain)
            break;
        uint16_t next = card->to[s];
        int32_t place = c->place[next];
        const tour_stop *stop = &c->stops[place];
        if (stop[1].node == from || stop[-1].node == from)
            continue;
        for (int side = 0; side < 2; side++) {
            float cut_open = added + stop[side - 1].cost;
            if (cut_open - h->least_close <= least_gain)
                continue;
            uint16_t end = (uint16_t)stop[side ? 1 : -1].node;
            uint16_t cut = (uint16_t)(side ? place : place == 0 ? c->n - 1 : place - 1);
            float closed = cut_open - SUFFIX(cost)(c, end, t1);
            /* Worth it only if closing helps, or if there may be a way on from END. */
            bool closes = closed > least_gain;
            bool goes_on = cut_open - c->cards[end].to_cost[0] > least_gain && (go_on || cut_open > h->open);
            if (!(closes || goes_on) || move_has(m, level, cut) || chain_has(h, next, end))
                continue;
            move_cut(m, level, next, end, cut, side);
            if ((closes || !go_on) && move_is_tour(m, level + 1)) {
                m->gain = closed;
                m->n_cuts = level + 1;
                if (closes)
                    return true;
                h->best = *m;
                h->open = cut_open;
            }
            if (goes_on && go_on && go_on(c, h, m, cut_open))
                return true;
        }
    }
    return false;
}

static bool SUFFIX(extend_4)(const tour_cell *c, chain *h, move *m, float open)
{
    return SUFFIX(extend)(c, h, m, open, 4, NULL);
}

static bool SUFFIX(extend_3)(const tour_cell *c, chain *h, move *m, float open)
{
    return SUFFIX(extend)(c, h, m, open, 3, SUFFIX(extend_4));
}

static bool SUFFIX(extend_2)(const tour_cell *c, chain *h, move *m, float open)
{
    return SUFFIX(extend)(c, h, m, open, 2, SUFFIX(extend_3));
}

static bool SUFFIX(extend_1)(const tour_cell *c, chain *h, move *m, float open)
{
    return SUFFIX(extend)(c, h, m, open, 1, SUFFIX(extend_2));
}

/* Makes moves that begin by removing the edge from T1 to the stop before or after it, each where the one
 * before ended, until the tour is shorter; the gain, or 0 if there is none and nothing was moved. */
static float SUFFIX(improve_side)(tour_cell *c, uint16_t t1, bool after)
{
    const tour_stop *stop = &c->stops[c->place[t1]];
    uint16_t t2 = (uint16_t)stop[after ? 1 : -1].node;
    float open = stop[after - 1].cost;
    if (open == -INFINITY)
        return 0;
    bool has_gap = c->space.n < c->n;
    float to_gap = has_gap ? SUFFIX(cost)(c, t1, c->space.n) : INFINITY;
    chain h = {.least_close = fminf(c->cards[t1].to_cost[0], to_gap)};
    uint32_t mark = c->journal_size;
    for (unsigned step = 0; step < MAX_STEPS; step++) {
        int32_t place = c->place[t1];
        after = c->stops[place + 1].node == t2;
        move m = {.n_cuts = 1};
        move_cut(&m, 0, t1, t2, (uint16_t)(after ? place : place == 0 ? c->n - 1 : place - 1), after);
        h.open = 0;
        if (SUFFIX(extend_1)(c, &h, &m, open)) {
            move_make(c, &m);
            look_at_ends(c, &h, &m);
            return m.gain;
        }
        if (h.open <= 0)
            break;
        move_make(c, &h.best);
        chain_add(&h);
        t2 = h.best.t[2 * MAX_CUTS - 1];
        open = h.open;
    }
    undo_to(c, mark);
    return 0;
}

/* Empties the queue; returns by how much the tour got shorter.  Ends early when that is WANTED, for then the
 * tour is the one before the kick.  UNDOABLE: all changes stay in the journal; when it is nearly full nothing
 * more is moved. */
static double SUFFIX(search_queue)(tour_cell *c, bool undoable, double wanted)
{
    double gain = 0;
    while (c->queue_size > 0) {
        uint16_t a = pop(c);
        if (!undoable)
            c->journal_size = 0;
        if (c->journal_room - c->journal_size < MAX_STEPS * (c->n + 2u))
            continue;
        float won = SUFFIX(improve_side)(c, a, false);
        if (won == 0)
            won = SUFFIX(improve_side)(c, a, true);
        gain += (double)won;
        if (won > 0 && undoable && fabs(gain - wanted) < (double)c->least_gain)
            while (c->queue_size > 0)
                pop(c);
    }
    return gain;
}

/* The other half of a double bridge: an edge between the SIZE places from FROM on and one among the rest,
 * whose exchange costs least; looks at WINDOW edges from place FROM + SKIP on.  False: none. */
static bool SUFFIX(find_bridge)(const tour_cell *c, uint32_t from, uint32_t size, uint32_t skip, uint32_t window,
                                uint32_t *out_inside, uint32_t *out_outside)
{
    uint32_t n = c->n;
    float least = INFINITY;
    for (uint32_t i = skip; i < skip + window; i++) {
        uint32_t x = (from + i) % n;
        const tour_stop *stop = &c->stops[x];
        for (int side = 0; side < 2; side++) {
            const tour_card *card = &c->cards[stop[side].node];
            for (unsigned s = 0; s < BREADTH && card->to_cost[s] - stop->cost < least; s++) {
                uint32_t y = c->place[card->to[s]];
                y = side ? y : y == 0 ? n - 1 : y - 1;
                const tour_stop *other = &c->stops[y];
                float cost = card->to_cost[s] - stop->cost - other->cost;
                if ((y + n - from) % n < size || (y + 1) % n == from || cost >= least)
                    continue;
                cost += SUFFIX(cost)(c, stop[!side].node, other[side].node);
                if (cost < least)
                    least = cost, *out_inside = x, *out_outside = y;
            }
        }
    }
    return least < INFINITY;
}

/* A double bridge, which no sequential move of few exchanges undoes, with short new edges: a random exchange
 * with a near neighbour that would split the tour in two, and the cheapest one that joins the two again.
 * Returns the gain, mostly negative; NAN if there was no place for it. */
static double SUFFIX(kick)(tour_cell *c, np_philox_block bits)
{
    uint32_t n = c->n, cut[4], p = below(bits.word[0], n);
    const tour_card *card = &c->cards[c->stops[p].node];
    uint32_t next = card->to[below(bits.word[1], KICK_BREADTH)];
    bool after = bits.word[1] & 1;
    if (next == TOUR_NONE)
        return (double)NAN;
    /* From P to NEXT, between the cuts 0 and 2, lies what the first exchange would split off. */
    uint32_t a = after ? p : (p + n - 1) % n, b = after ? (c->place[next] + n - 1) % n : c->place[next];
    bool inner = (b + n - a) % n <= n / 2;
    cut[0] = inner ? a : b;
    cut[2] = inner ? b : a;
    uint32_t size = (cut[2] + n - cut[0]) % n;
    if (size < 2)
        return (double)NAN;
    uint32_t window = size - 1 < KICK_WINDOW ? size - 1 : KICK_WINDOW;
    uint32_t skip = below(bits.word[2], size - window);
    if (!SUFFIX(find_bridge)(c, (cut[0] + 1) % n, size, skip, window, &cut[1], &cut[3]))
        return (double)NAN;
    float gain = 0;
    for (int i = 0; i < 4; i++)
        gain += c->stops[cut[i]].cost -
                SUFFIX(cost)(c, c->stops[cut[i]].node, c->stops[(int32_t)cut[(i + 2) % 4] + 1].node);
    if (!(gain > -INFINITY))
        return (double)NAN;
    for (int i = 0; i < 4; i++) {
        tour_cell_look_at(c, (uint16_t)c->stops[cut[i]].node);
        tour_cell_look_at(c, (uint16_t)c->stops[cut[i] + 1].node);
    }
    /* Each piece is followed by the one before it. */
    join_pieces(c, cut, 4, 0x41270563);
    return (double)gain;
}

static void SUFFIX(run)(tour_cell *c, uint32_t kicks, double temperature, uint64_t seed, uint64_t stream)
{
    SUFFIX(search_queue)(c, false, 0);
    if (c->n < 8)
        return;
    for (uint32_t i = 0; i < kicks; i++) {
        np_philox_block bits = kick_bits(seed, stream, i);
        c->journal_size = 0;
        double gain = SUFFIX(kick)(c, bits);
        if (isnan(gain))
            continue;
        gain += SUFFIX(search_queue)(c, true, -gain);
        if (gain < -temperature * random_exponential(bits))
            undo_to(c, 0);
    }
}
