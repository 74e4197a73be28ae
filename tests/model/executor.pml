/* An executor: its journal, what it says, what it does.  protocol/executor*.c and protocol/journal.c. */

/* ---- the journal of executor e ---- */

inline make_durable(e) /* the oldest record of the tail */
{
    if
    :: x[e].tail_dot[0] == EPOCH -> x[e].disk_epoch++; x[e].disk_tokens = x[e].disk_tokens | (1 << x[e].tail_value[0])
    :: else ->
        /* INTENT only where nothing was begun, all else only in doubt: else the journal is damaged. */
        ASSERT_SOUND(x[e].disk[x[e].tail_dot[0]] == (x[e].tail_value[0] == DOUBT -> NONE : DOUBT));
        x[e].disk[x[e].tail_dot[0]] = x[e].tail_value[0]
    fi;
    x[e].tail_dot[0] = x[e].tail_dot[1]; x[e].tail_value[0] = x[e].tail_value[1];
    x[e].tail_dot[1] = x[e].tail_dot[2]; x[e].tail_value[1] = x[e].tail_value[2];
    x[e].tail_dot[2] = 0; x[e].tail_value[2] = 0;
    x[e].n_tail--
}

inline flush(e)
{
    do
    :: x[e].n_tail > 0 -> make_durable(e)
    :: else -> break
    od;
    skip /* where a d_step may end */
}

inline sync(e)
{
#ifndef DISK_LIES
    flush(e)
#else
    skip
#endif
}

inline append(e, d, value)
{
    if
    :: x[e].n_tail == TAIL -> make_durable(e)
    :: else
    fi;
    x[e].tail_dot[x[e].n_tail] = d;
    x[e].tail_value[x[e].n_tail] = value;
    x[e].n_tail++
}

/* Dot d as the file has it for whoever reads it now: durable or not. */
#define WAITS(e, k, d) (x[e].n_tail > k && x[e].tail_dot[k] == d)
#define IN_FILE(e, d) \
    (WAITS(e, 2, d) -> x[e].tail_value[2] : (WAITS(e, 1, d) -> x[e].tail_value[1] : \
    (WAITS(e, 0, d) -> x[e].tail_value[0] : x[e].disk[d])))

/* ---- what an executor says; nothing before it is durable ---- */

inline tell_map(e)
{
    told_maps = told_maps | (1 << PACKED(x[e].map))
}

/* Outcomes up to the first dot that is not final; the dot in progress is in doubt and not told. */
inline tell_events(e)
{
    p = 0;
    for (i : 0 .. DOTS - 1) {
        if
        :: x[e].map[i] == NONE || x[e].busy == i + 1 -> break
        :: else -> ASSERT_DURABLE(x[e].disk[i] == x[e].map[i]); p = p + x[e].map[i] * POWER(i)
        fi
    }
    printf("executor %d: tells outcomes %d (base 3, dot 0 last)\n", e, p);
    told_events = told_events | (1 << p);
    p = 0
}

/* ---- an executor ---- */

inline unload(e)
{
    for (i : 0 .. DOTS - 1) { x[e].map[i] = 0 }
    x[e].state = LOCKED
}

/* Messages of an epoch that is over: their key does not hold any more. */
inline forget_messages(e)
{
#ifndef STALE_FRAMES
    x[e].arm_in = 0; x[e].dots_in = 0; x[e].end_in = 0; x[e].review_in = 0; x[e].verdict_in = 0;
#endif
    x[e].review_taken = 0
}

/* A crash, or a power cut: any of the unsynced records are lost from one on.  The arm stands still. */
inline crash(e)
{
    printf("executor %d: crashes\n", e);
    do
    :: x[e].n_tail > 0 -> make_durable(e)
    :: break
    od;
    do
    :: x[e].n_tail > 0 -> x[e].n_tail--; x[e].tail_dot[x[e].n_tail] = 0; x[e].tail_value[x[e].n_tail] = 0
    :: else -> break
    od;
    x[e].busy = 0; x[e].touched = 0; x[e].pending = 0; x[e].established = 0;
    unload(e);
    forget_messages(e)
}

#ifdef BOUND /* the approval names the executor that may make the plan */
#define IS_APPROVED(e) (x[e].id == 1)
#else
#define IS_APPROVED(e) 1
#endif

#ifdef EPOCH_KNOWN /* LOAD names the epoch that the plan noted, and a journal that does not have it refuses */
#define IS_KNOWN(e) (file[with].noted_token == 0 || (x[e].disk_tokens & (1 << file[with].noted_token)))
#else
#define IS_KNOWN(e) 1
#endif

#ifdef WITHDRAWN_LATE
#define MAY_BE_WITHDRAWN(e) 1
#else
#define MAY_BE_WITHDRAWN(e) (!x[e].touched)
#endif

/* The first dot that nothing is known of. */
#define NEXT(e, d) (x[e].map[d] == NONE && (d < 1 || x[e].map[0]) && (d < 2 || x[e].map[1]))

proctype executor_does(byte e)
{
    byte i, d, p;
    do
    /* HELLO -> WELCOME; BUSY while armed. */
    :: d_step { phase == CONNECTING && at == e && !x[e].pending && x[e].state != ARMED ->
        x[e].pending = 1 }

    /* The first frame under the new key, a LOAD: the epoch begins, and what was under way is held. */
    :: d_step { phase == LOADING && at == e && x[e].pending && x[e].state != ARMED ->
        x[e].pending = 0; x[e].established = 1;
        printf("executor %d: epoch %d begins\n", e, x[e].disk_epoch + 1);
        unload(e); forget_messages(e);
        append(e, EPOCH, hellos); sync(e) }

    /* LOAD, not with a dot in progress; the journal tells the map. */
    :: d_step { x[e].established && phase == LOADING && x[e].state == LOCKED && !x[e].busy && IS_APPROVED(e) &&
                IS_KNOWN(e) ->
        printf("executor %d: loads\n", e);
        sync(e);
        for (i : 0 .. DOTS - 1) { x[e].map[i] = IN_FILE(e, i) }
        x[e].state = LOADED;
        tell_map(e) }

    /* A person's verdict on a dot in doubt. */
    :: d_step { x[e].state == LOADED && x[e].review_in && !x[e].review_taken ->
        d = x[e].review_in - 1;
        printf("executor %d: takes verdict %d on dot %d, which is %d there\n", e, x[e].verdict_in, d, x[e].map[d]);
        x[e].review_taken = 1;
        if
        :: x[e].map[d] == DOUBT ->
            append(e, d, x[e].verdict_in); sync(e);
            x[e].map[d] = x[e].verdict_in;
        :: else
        fi;
        told_review = x[e].established;
        d = 0 }

    /* ARM or RESUME, and a pedal edge; a request arms once. */
    :: d_step { (x[e].state == LOADED || x[e].state == HOLDING) && x[e].arm_in && !x[e].busy && !ALL_FINAL(x[e].map) ->
        x[e].arm_in = 0;
        printf("executor %d: armed\n", e);
        x[e].state = ARMED }

    /* Lease, STOP, HOLD, pedal, tracking. */
    :: d_step { x[e].state == ARMED ->
        printf("executor %d: holds\n", e);
        x[e].state = HOLDING }

    /* The next dot: INTENT, durable. */
    :: atomic { x[e].state == ARMED && x[e].dots_in && !x[e].busy && !ALL_FINAL(x[e].map) ->
#ifdef FIRES_WHAT_ARRIVES
        if :: d = 0 :: d = DOTS - 1 fi;
#else
        d_step { do :: NEXT(e, d) -> break :: else -> d++ od }
#endif
        d_step {
            printf("executor %d: INTENT of dot %d\n", e, d);
            append(e, d, DOUBT);
#ifndef INTENT_NOT_SYNCED
            sync(e);
#endif
            x[e].map[d] = DOUBT; x[e].busy = d + 1; d = 0
#ifdef DONE_BEFORE_MOTION
            ; append(e, x[e].busy - 1, DONE); x[e].map[x[e].busy - 1] = DONE; sync(e)
#endif
        } }

    /* Pulled back before the needle met the skin. */
    :: d_step { x[e].busy && MAY_BE_WITHDRAWN(e) ->
        printf("executor %d: WITHDRAWN dot %d\n", e, x[e].busy - 1);
        append(e, x[e].busy - 1, NONE); sync(e);
        x[e].map[x[e].busy - 1] = NONE;
        x[e].busy = 0; x[e].touched = 0 }

    :: d_step { x[e].busy && !x[e].touched ->
        printf("executor %d: punctures dot %d\n", e, x[e].busy - 1);
        x[e].touched = 1; made[x[e].busy - 1]++;
        ASSERT_ONCE(made[x[e].busy - 1] <= 1) }

    /* RESULT; its sync may be the next INTENT's, or the next report's. */
    :: d_step { x[e].busy && x[e].touched ->
        printf("executor %d: RESULT of dot %d\n", e, x[e].busy - 1);
#ifndef DONE_BEFORE_MOTION
        append(e, x[e].busy - 1, DONE);
        if
        :: x[e].state != LOCKED -> x[e].map[x[e].busy - 1] = DONE
        :: else
        fi;
#endif
        x[e].busy = 0; x[e].touched = 0
#ifdef RESULT_SYNCED_ALONE
        ; sync(e)
#endif
        }

    /* EVENTS. */
    :: d_step { x[e].established && x[e].state != LOCKED ->
#ifndef TOLD_BEFORE_DURABLE
        sync(e);
#endif
        tell_events(e) }

    /* END. */
    :: d_step { x[e].end_in && x[e].state != LOCKED && !x[e].busy ->
        printf("executor %d: ends the session\n", e);
        x[e].end_in = 0;
        sync(e);
        unload(e); told_ended = x[e].established }

    :: atomic { crashes < CRASHES -> crashes++; crash(e) }
    od
}
