/* The sender: the state machine on our side, that brings one session of an approved plan to an executor.
 *
 * Sans-I/O like the executor:
 *
 *   loop:  for each frame that came in     np_wire_sender_receive
 *          while the link takes a frame    np_wire_sender_send
 *          until np_wire_sender_get_info says finished
 *
 * It connects, loads, compares the executor's record with its own journal, arms (a person presses the pedal),
 * streams under the executor's credits, repeats what got lost, and reports every outcome exactly once through
 * the event callback, which writes the journal.  A silent executor is connected to again by itself; going on
 * then takes the pedal.
 *
 * One thread at a time, no heap; times in microseconds of a monotonic clock of the caller, 64 bits wide.  Should it go back, what
 * was to be done at a certain time is done at once. */
#ifndef NP_PROTOCOL_SENDER_H
#define NP_PROTOCOL_SENDER_H

#include "protocol/frame.h"
#include "protocol/message.h"

typedef struct np_wire_sender_config {
    /* The plan; borrowed for as long as the sender is used. */
    const np_wire_dot *dots; /* of the session, dots[i].order == i */
    uint32_t n_dots;
    const np_wire_stop *stops; /* that the dots' first_stop counts in */
    np_wire_load load;         /* digest, header hash, session, bindings, approval, limits, registration, air */

    /* What the sender's own journal knows: one np_wire_outcome per dot, by order; NULL: nothing yet.  Not looked
     * at in a rehearsal (load.air), which is no part of any journal: it begins with the first dot, also after a
     * reconnect, and event may then be called for the same dots again. */
    const uint8_t *known;

    void *context;                                                  /* of the callbacks */
    void (*random)(void *context, uint8_t *out_bytes, size_t size); /* unpredictable: the nonce */
    /* One dot's outcome, in the order of the tour, each at most once, and none that KNOWN already had; a dot
     * in doubt comes once more, then out of order, when a review at the executor has settled it.  LEFT (with only_reachable) is
     * no outcome for a journal: the dot is not done; it may come again after a reconnect.
     * Returns true when it is taken (see commit); only then it is acknowledged.  False: the sender fails with
     * reason STORAGE. */
    bool (*event)(void *context, const np_wire_event *event);
    /* Makes everything that event took durable; called after a batch of them and before they are
     * acknowledged, so that one sync serves many dots.  NULL: event itself is durable.  False as above. */
    bool (*commit)(void *context);
    /* A verdict of np_wire_sender_review is durable at the executor; may be NULL.  False as above. */
    bool (*reviewed)(void *context, uint32_t order, uint32_t id, uint32_t outcome);
    /* One reload or needle change, in turn, each once: number NUMBER of the session, 0 first, durable on return; may be
     * NULL.  KNOWN_SUPPLIES: how many of the session our journal has already.  False as above. */
    bool (*supply)(void *context, uint32_t number, const np_wire_supply *supply);
    uint32_t known_supplies;
    uint32_t
        supplies_behind; /* so many of them the executor's journal lacks, as it is not the one that told them (note) */
    /* Notes the epoch in which something may be armed now: its token (WELCOME's nonce) and the executor's identity, durable on
     * return.  The sender that comes next names that token (load.noted), and an executor whose journal lacks it refuses.  May be NULL;
     * not called in a rehearsal.  False as above. */
    bool (*note)(void *context, const np_wire_welcome *welcome, uint32_t supplies_behind);
    /* The executor is armed, and nothing was sent yet that it could make: what is to be on record before the first dot, durable
     * on return.  Called at each grant; may be NULL; not called in a rehearsal.  False as above. */
    bool (*armed)(void *context);
    /* A person takes an executor whose journal lacks what was made: what KNOWN has as made, and it has not begun or doubts, is told
     * it as done (REVIEW), and is no difference; nor are supplies that it lacks. */
    bool settle;
    /* The executor's record and KNOWN contradict each other on this dot; may be NULL.  The sender then fails.
     */
    void (*difference)(void *context, uint32_t order, uint32_t id, uint32_t known, uint32_t executor);
    void (*log)(void *context, const char *text); /* one line for the operator; may be NULL */

    const char *name;        /* "needlepath 0.1.0" */
    const uint8_t *link_key; /* 32 bytes, copied; NULL: unauthenticated, which is said loudly */
    bool link_knows_peers;   /* the executor is authenticated by the link (CURVE); only changes the start-up message */
    uint32_t dots_per_frame; /* 1..NP_WIRE_DOTS_PER_FRAME; 0: the maximum.  Slow serial lines: about 5 */
    /* What a serial line carries; 0: frames take no time.  A heartbeat is due NP_WIRE_HEARTBEAT_US after the last frame has left
     * the line, and not after it was handed over: a frame of dots takes about as long as that. */
    uint32_t line_bytes_per_s;
    /* Least time between two acknowledgements; 0: NP_WIRE_ACKNOWLEDGE_US.  On slow serial lines long enough for heartbeats
     * to take a small part of the line. */
    uint32_t acknowledge_us;
    /* Ask to go on without being told, after a hold that the sender did not want (lease, tracking, reconnect, pedal
     * released); a person's foot on the pedal decides anyway. */
    bool ask_after_hold;
} np_wire_sender_config;

/* Where the sender is. */
#define NP_WIRE_PHASE_TABLE(X)                                                                                         \
    X(CONNECTING, "connecting")                                                                                        \
    X(LOADING, "loading")                                                                                              \
    X(COMPARING, "comparing journals")                                                                                 \
    X(ARMING, "waiting for the pedal")                                                                                 \
    X(RUNNING, "running")                                                                                              \
    X(HOLDING, "holding")                                                                                              \
    X(ENDING, "ending")                                                                                                \
    X(DONE, "done")                                                                                                    \
    X(FAILED, "failed")

#define NP_WIRE_PHASE_ENUM(name, text) NP_WIRE_PHASE_##name,
typedef enum np_wire_phase { NP_WIRE_PHASE_TABLE(NP_WIRE_PHASE_ENUM) NP_WIRE_PHASE_COUNT } np_wire_phase;
#undef NP_WIRE_PHASE_ENUM

const char *np_wire_phase_text(uint32_t phase);

typedef struct np_wire_sender np_wire_sender;

/* Bytes that np_wire_sender_init wants (it looks at n_dots). */
size_t np_wire_sender_size(const np_wire_sender_config *config);

/* Sets a sender up in MEMORY (of at least np_wire_sender_size bytes, aligned for any type) and checks the
 * dots and their moves against the load's limits and root.  NP_WIRE_SPACE, NP_WIRE_CONFIG, NP_WIRE_RANGE: not set up;
 * OUT_TEXT (may be NULL) says why. */
np_wire_status np_wire_sender_init(const np_wire_sender_config *config, uint64_t now_us, void *memory, size_t size,
                                   np_wire_sender **out_sender, char out_text[NP_WIRE_TEXT_BYTES]);

/* Takes one frame (without COBS).  Whatever is wrong with it is counted and ignored. */
np_wire_status np_wire_sender_receive(np_wire_sender *sender, uint64_t now_us, const uint8_t *frame, size_t size);

/* Writes the next frame to send and returns its size, or 0 when there is nothing to say now.  Urgent frames
 * come first. */
size_t np_wire_sender_send(np_wire_sender *sender, uint64_t now_us, uint8_t out_frame[NP_WIRE_FRAME_MAX]);

/* The time at which send has something to say next, if nothing comes in before. */
uint64_t np_wire_sender_deadline(const np_wire_sender *sender, uint64_t now_us);

/* True while an urgent frame waits: a serial link then drops what it has queued (the leading zero byte aborts
 * a frame in progress) and asks np_wire_sender_send at once. */
bool np_wire_sender_is_urgent(const np_wire_sender *sender);

/* The operator's wishes.  Hold: until resume.  Abort: ends the run, which can be begun anew later.  Estop:
 * latches at the executor until a person resets it there. */
void np_wire_sender_hold(np_wire_sender *sender);
void np_wire_sender_resume(np_wire_sender *sender);
void np_wire_sender_abort(np_wire_sender *sender);
void np_wire_sender_estop(np_wire_sender *sender);

/* A measured head pose, taken at TIME_US of the caller's clock; the youngest one is sent. */
void np_wire_sender_pose(np_wire_sender *sender, uint64_t time_us, uint32_t quality_ppm, const np_wire_pose *pose);

/* A person's verdict: DONE on a dot in doubt; NONE, to fire it again, on one in doubt or not punctured.  Before the session is armed, that
 * is: right after init, one call a dot (at most NP_WIRE_REVIEWS_MAX). */
#define NP_WIRE_REVIEWS_MAX 64
np_wire_status np_wire_sender_review(np_wire_sender *sender, uint32_t order, np_wire_outcome verdict);

typedef struct np_wire_sender_info {
    np_wire_phase phase;
    bool finished;         /* phase DONE, or FAILED with everything reported that can be */
    bool settled;          /* nothing is in progress at the executor and every outcome has been reported: after a hold,
                   * the moment to go */
    bool stopped;          /* FAILED because abort or estop was asked for */
    np_wire_reason reason; /* of HOLDING and FAILED; PEDAL while a person has to press it */
    char text[NP_WIRE_TEXT_BYTES];     /* a sentence for a person, of FAILED and HOLDING */
    bool connected;                    /* a valid frame came within the last NP_WIRE_SILENCE_US, up to the last call */
    bool authenticated, durable;       /* as WELCOME said */
    char executor[NP_WIRE_NAME_BYTES]; /* its name */
    uint8_t identity[NP_WIRE_IDENTITY_BYTES]; /* and identity */
    np_wire_state executor_state;
    bool compared;          /* the two journals agree, and everything that the executor had to tell is in ours */
    uint32_t next;          /* dots below this order have been reported */
    bool needle_asked;      /* the executor waits for a needle before the dot at next, and has told all that is made */
    uint32_t supplies;      /* reloads and needle changes of the session, reported so far or known before */
    uint64_t last_heard_us; /* 0: never */
    uint32_t epoch, connects;
    uint32_t done, in_doubt, other; /* dots of the session by outcome, reported so far or known before */
    uint32_t left;                  /* out, in this run: out of the arm's reach, or no way leads to them */
    uint32_t too_deep;              /* of the others: punctured, but deeper than planned */
    uint32_t differences;
    uint64_t dots_sent, dots_resent, bad_frames;
    uint32_t round_trip_us; /* smoothed; 0: not measured yet */
} np_wire_sender_info;

void np_wire_sender_get_info(const np_wire_sender *sender, np_wire_sender_info *out_info);

#endif
