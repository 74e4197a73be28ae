/* The record of what was punctured, as protocol/SPEC.md sections 3 to 8 and protocol/ keep it: a sender with its plan's journal,
 * one or two executors with theirs, a line, and everything that may befall them.  README.md says what is modelled and what is not;
 * scenarios.txt turns assumptions off and says what must break then.
 *
 * The line promises nothing: a message that was sent under a key may arrive never, once, often, late and in any order for as long
 * as that key counts.  So a message is a flag, or a bit of a set, that stays until its key is replaced.
 *
 * Switches (-D): DOTS EXECUTORS PLANS HELLOS CRASHES, and those named in scenarios.txt. */

#ifndef DOTS
#define DOTS 2 /* of the session, at most 3 */
#endif
#ifndef EXECUTORS
#define EXECUTORS 1
#endif
#ifndef PLANS
#define PLANS 1 /* copies of the plan file, made before its first run */
#endif
#ifndef HELLOS
#define HELLOS 3 /* runs of the sender, a reconnection being one as well */
#endif
#ifndef CRASHES
#define CRASHES 2 /* of executors, together */
#endif

/* Outcomes. */
#define NONE 0
#define DOUBT 1
#define DONE 2

/* What is checked: scenarios that must break check one alone. */
#ifdef ONCE
#define ASSERT_ONCE(x) assert(x)
#else
#define ASSERT_ONCE(x) skip
#endif
#ifdef TOLD
#define ASSERT_TOLD(x) assert(x)
#else
#define ASSERT_TOLD(x) skip
#endif
#ifdef DURABLE
#define ASSERT_DURABLE(x) assert(x)
#else
#define ASSERT_DURABLE(x) skip
#endif
#ifdef SOUND
#define ASSERT_SOUND(x) assert(x)
#else
#define ASSERT_SOUND(x) skip
#endif

/* ---- the skin ---- */

byte made[DOTS]; /* punctures of each dot */

/* ---- the executors ---- */

#define LOCKED 0 /* and AUTHENTICATED: an epoch or none, nothing loaded */
#define LOADED 1
#define ARMED 2 /* and RUNNING */
#define HOLDING 3

#define TAIL 3       /* records that may wait for a sync */
#define EPOCH DOTS   /* in place of a record's dot: its value is the epoch's token, a number that nobody else has */

typedef executor {
    /* The journal: what is durable, and records that were appended and may be lost from any of them on.  A RESULT and the INTENT
     * whose sync it shares lie in one block, so that no crash keeps the second and loses the first. */
    byte disk[DOTS];
    byte disk_epoch; /* number of the last */
    byte disk_tokens; /* bit t: the journal has the EPOCH with token t */
    byte id; /* made with the journal */
    byte tail_dot[TAIL], tail_value[TAIL], n_tail;

    byte state;
    byte map[DOTS]; /* of the loaded session */
    byte busy;      /* 1 + the dot in progress, 0: none */
    bit touched;    /* it is in the skin */

    bit pending;     /* holds a handshake of the sender's present HELLO */
    bit established; /* its epoch's key is the sender's present one */

    /* Messages under its epoch's key that may arrive. */
    bit arm_in, dots_in, end_in;
    byte review_in; /* 1 + the dot of a verdict, 0: none */
    byte verdict_in;
    bit review_taken; /* that request's number was answered */
};
executor x[EXECUTORS];
byte crashes, hellos;

/* ---- the sender ---- */

#define OFF 0
#define CONNECTING 1
#define LOADING 2
#define COMPARED 3
#define ACTIVE 4 /* ARMING, RUNNING, HOLDING: asks to arm and sends dots */
#define ENDING 5

typedef plan { /* durable: SQLite, synced at each commit */
    byte known[DOTS];
    byte noted_id, noted_epoch, noted_token;
};
plan file[PLANS];
byte phase, at, with; /* at: the executor; with: the plan file */
byte welcome_id, welcome_epoch; /* of the executor, as it said in WELCOME */

/* Messages under the sender's present key that may arrive: bit p of a set is the map p, dot d in its digit 3^d. */
int told_maps, told_events;
bit told_review, told_ended;

/* A person's verdict that the sender has asked the executor to take: 1 + the dot, 0: none. */
byte asked, verdict;

/* What a run may end with: scenarios that must reach one of these. */
#define ALL_DONE (made[0] && made[1] && file[0].known[0] == DONE && file[0].known[1] == DONE)
#define DONE_AFTER_CRASHES (ALL_DONE && crashes == CRASHES)
#define DOUBT_IN_THE_SKIN (file[0].known[0] == DOUBT && made[0])
#define DOUBT_NOT_THERE (file[0].known[0] == DOUBT && !made[0])
#define DONE_IN_SECOND_EPOCH (ALL_DONE && file[0].noted_epoch == 2)
#define DONE_IN_KNOWN_EPOCH (ALL_DONE && file[0].noted_token == 2)

#define POWER(d) (d == 0 -> 1 : (d == 1 -> 3 : 9))
#if DOTS == 3
#define ALL_FINAL(m) (m[0] && m[1] && m[2])
#define IN_DOUBT(m) (m[0] == DOUBT || m[1] == DOUBT || m[2] == DOUBT)
#define PACKED(m) (m[0] + 3 * m[1] + 9 * m[2])
#else
#define ALL_FINAL(m) (m[0] && m[1])
#define IN_DOUBT(m) (m[0] == DOUBT || m[1] == DOUBT)
#define PACKED(m) (m[0] + 3 * m[1])
#endif
#define DIGIT(p, d) ((p / POWER(d)) % 3)

#include "executor.pml"
#include "sender.pml"
#include "files.pml"

init {
    byte i;
    atomic {
        for (i : 0 .. EXECUTORS - 1) { x[i].id = i + 1; run executor_does(i) }
        run sender_does();
        WORLD;
    }
}
