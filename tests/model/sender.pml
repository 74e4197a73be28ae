/* The sender and its plan file.  protocol/sender*.c and core/plan/journal.c. */

/* One outcome into the plan's journal, as np_wire_sender's reconcile does.  Sets differs. */
inline take_outcome(d, outcome)
{
    if
    :: outcome == file[with].known[d] -> skip
    :: else ->
        if
        :: file[with].known[d] == DONE || outcome == NONE -> differs = 1
        :: else ->
            file[with].known[d] = outcome;
            printf("sender: dot %d is %d, says its journal\n", d, outcome);
            if
            :: outcome == DONE ->
                ASSERT_TOLD(made[d] > 0)
            :: else
            fi
        fi
    fi
}

/* Any message of a set: its number in p. */
inline choose(set)
{
    do
    :: (set >> (p + 1)) != 0 -> p++
    :: set & (1 << p) -> break
    od
}

inline forget_answers()
{
#ifndef STALE_FRAMES
    told_maps = 0; told_events = 0; told_review = 0; told_ended = 0;
#endif
    welcome_id = 0; welcome_epoch = 0; asked = 0; verdict = 0;
    for (i : 0 .. EXECUTORS - 1) { x[i].pending = 0; x[i].established = 0 }
}

inline stop_run()
{
    phase = OFF; forget_answers(); differs = 0; p = 0; d = 0
}

inline note()
{
#ifdef IDENTITY
    file[with].noted_id = welcome_id;
#endif
#ifdef EPOCH_CHECK
    file[with].noted_epoch = welcome_epoch;
#endif
#ifdef EPOCH_KNOWN
    file[with].noted_token = hellos;
#endif
    skip
}

/* Another executor than the plan has noted, or an epoch that is not above the one noted. */
inline check_executor()
{
#ifdef IDENTITY
    differs = differs || (file[with].noted_id && file[with].noted_id != welcome_id);
#endif
#ifdef EPOCH_CHECK
    differs = differs || (welcome_epoch <= file[with].noted_epoch);
#endif
    skip
}

proctype sender_does()
{
    byte i, d, p;
    bit differs;
    do
    /* A run, with a copy of the plan and an executor. */
    :: atomic { phase == OFF && hellos < HELLOS ->
        hellos++;
        if
        :: with = 0
#if PLANS == 2
        :: with = 1
#endif
        fi;
        if
        :: at = 0
#if EXECUTORS == 2
        :: at = 1
#endif
        fi;
        printf("sender: run %d, plan file %d, executor %d\n", hellos, with, at);
        phase = CONNECTING }

    /* WELCOME. */
    :: d_step { phase == CONNECTING && x[at].pending ->
        printf("sender: welcomed\n");
        welcome_id = x[at].id; welcome_epoch = x[at].disk_epoch + 1;
        phase = LOADING;
#ifdef CHECKED_AT_WELCOME
        check_executor();
        if
        :: differs -> printf("sender: refuses this executor\n"); stop_run()
        :: else
        fi
#endif
        }

    /* LOADED and the maps: what the executor knows is news, what it denies a difference. */
    :: atomic { phase == LOADING && told_maps ->
        choose(told_maps);
        for (d : 0 .. DOTS - 1) {
            if
#ifdef REVIEWS
            /* A verdict in hand that was taken before and not heard of. */
            :: file[with].known[d] == DOUBT && DIGIT(p, d) == NONE && made[d] == 0 -> file[with].known[d] = NONE
#endif
            :: take_outcome(d, DIGIT(p, d))
            fi
        }
        p = 0; d = 0;
        if
        :: differs -> stop_run()
        :: else -> phase = COMPARED
        fi }

#ifdef REVIEWS
    /* A person looks at a dot in doubt and says what is so. */
    :: atomic { phase == COMPARED && x[at].established && !asked && IN_DOUBT(file[with].known) ->
        d = (file[with].known[0] == DOUBT -> 0 : (file[with].known[1] == DOUBT -> 1 : DOTS - 1));
        asked = d + 1;
        if
#ifdef FALSE_VERDICTS
        :: verdict = NONE
#endif
        :: verdict = (made[d] -> DONE : NONE)
        fi;
        printf("sender: verdict %d on dot %d\n", verdict, d);
        x[at].review_in = asked; x[at].verdict_in = verdict; x[at].review_taken = 0;
        d = 0 }
    :: d_step { phase == COMPARED && told_review && asked ->
        file[with].known[asked - 1] = verdict;
        told_review = 0; asked = 0; verdict = 0 }
#endif

    /* All agrees. */
    :: d_step { phase == COMPARED ->
        printf("sender: all agrees\n");
        check_executor();
        if
        :: differs -> printf("sender: refuses this executor\n"); stop_run()
        :: else ->
#ifndef NOTED_LATE
            note();
#endif
            phase = (ALL_FINAL(file[with].known) -> ENDING : ACTIVE)
        fi }

    :: d_step { phase == ACTIVE && x[at].established && !x[at].arm_in && x[at].state != ARMED ->
        x[at].arm_in = 1 }
    :: d_step { phase == ACTIVE && x[at].established && !x[at].dots_in -> x[at].dots_in = 1 }

    /* EVENTS, committed before they are acknowledged. */
    :: atomic { phase == ACTIVE && told_events ->
        choose(told_events);
        d_step {
        for (d : 0 .. DOTS - 1) {
            if
            :: DIGIT(p, d) != NONE -> take_outcome(d, DIGIT(p, d))
            :: else
            fi
        }
#ifdef NOTED_LATE
        note();
#endif
        p = 0; d = 0;
        if
        :: differs -> stop_run()
        :: ALL_FINAL(file[with].known) -> phase = ENDING
        :: else
        fi } }

    :: d_step { phase == ENDING && x[at].established && !x[at].end_in -> x[at].end_in = 1 }
    :: d_step { phase == ENDING && told_ended ->
        /* The end, as the operator is told it. */
        for (i : 0 .. DOTS - 1) {
            ASSERT_TOLD(file[with].known[i] != NONE);
            ASSERT_TOLD(file[with].known[i] != DONE || made[i] > 0);
            ASSERT_TOLD(made[i] == 0 || file[with].known[i] != NONE)
        }
#ifdef GOAL
        assert(!GOAL);
#endif
        stop_run() }

    /* Killed, or stopped. */
    :: d_step { phase != OFF ->
        printf("sender: dies\n");
        stop_run() }
    od
}
