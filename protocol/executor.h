/* The executor: the state machine on the arm's side that decides whether a dot may be fired.
 *
 * Sans-I/O: the caller hands in frames, the clock and local inputs; the executor asks the motion and storage
 * callbacks and hands out frames.  The same code runs in needlepath-sim, in firmware and in virtual-time
 * tests.
 *
 *   loop
 *     for each frame that came in            np_wire_executor_receive
 *     pedal, arm, emergency stop             np_wire_executor_pedal, _motion_done, _arrived, _motion_fault, _estop, _reset
 *     at least every 10 ms, and at once
 *     after each of the above                np_wire_executor_tick
 *     while the link takes a frame           np_wire_executor_send
 *
 * Heartbeats come out of np_wire_executor_send, so a loop that hangs falls silent.  At most one frame should
 * wait in the operating system's queue: ask for the next one when the link can take it.
 *
 * One thread at a time.  No heap: all memory is given at init.  Times: microseconds of a monotonic clock of
 * the caller, 64 bits wide: no call names an earlier time than one before.  One that goes back (a timer of 32 bits wraps
 * after 71.6 minutes) ends the lease, and holds. */
#ifndef NP_PROTOCOL_EXECUTOR_H
#define NP_PROTOCOL_EXECUTOR_H

#include "protocol/frame.h"
#include "protocol/journal.h"

/* A move: from where the arm stands by its stops, in turn, to the hover of a dot; or to the last of them.  The tip goes along
 * straight lines while the axis turns in one plane, both in step.  Borrowed for the call. */
typedef struct np_wire_move {
    const np_wire_dot *dot; /* NULL: ends at the last stop, or goes on to where the motion knows */
    const np_wire_stop *stops;
    uint32_t n_stops;
    /* The arm was stopped on a move to the same end: it goes on along what is left of that one, which it has kept; STOPS is empty. */
    bool goes_on;
    bool air;                         /* a rehearsal: no puncture is made */
    bool from_home;                   /* of reach: it begins at home, and not where the move before it ended */
    const np_wire_pose *registration; /* head frame to the executor's frame, as loaded */
    const np_wire_pose *head;         /* the last tracked pose, NULL without tracking */
} np_wire_move;

/* How the arm is asked to move.  Calls come from inside the executor's functions and return at once; one move at a time. */
typedef struct np_wire_motion {
    void *context;
    /* Begins a move and at its end the puncture of its dot (none in a rehearsal), from which the needle comes
     * back to the hover; INTENT is durable by now.  The end is reported by np_wire_executor_motion_done, or a failure by
     * np_wire_executor_motion_fault, after this call has returned. */
    void (*begin)(void *context, const np_wire_move *move);
    /* Begins a move alone; its end is reported by np_wire_executor_arrived, as above. */
    void (*travel)(void *context, const np_wire_move *move);
    /* Takes the needle out of the skin as fast as it goes, back to its hover, and stops; on a move it stops on the line. What is in
     * progress is still to be reported. */
    void (*retract)(void *context);
    /* Begins a move to the pigment station, its last stop, and reloads there, with supplies BY_ARM; NULL otherwise.  The end is
     * reported by np_wire_executor_reload_done after this call has returned; retract breaks it off. */
    void (*reload)(void *context, const np_wire_move *move);
    /* Whether the arm would get along MOVE and, if it has a dot and is not in the AIR, to that one's depth and back; answered at
     * once, and nothing moves: also while the arm does.  A session's moves are asked for in turn, each from the end of the last that
     * was reached.  NULL: this arm cannot tell but by its workspace, if it has one. */
    bool (*reach)(void *context, const np_wire_move *move);
} np_wire_motion;

typedef struct np_wire_executor_config {
    np_wire_storage storage;
    np_wire_motion motion;
    void *context; /* of the three callbacks below */
    uint64_t (*clock_us)(void *context);
    /* Seconds since 1970, by which approvals end; 0: not set yet.  NULL: there is no such clock, and the sender's counts. */
    uint64_t (*unix_s)(void *context);
    void (*random)(void *context, uint8_t *out_bytes, size_t size); /* unpredictable: nonces */
    void (*log)(void *context, const char *text); /* one line for the person at the machine; may be NULL */

    const char *name;        /* "needlepath-sim 0.1.0"; up to 47 bytes are sent */
    const uint8_t *link_key; /* 32 bytes, copied; NULL: unauthenticated, which is said loudly */
    bool
        link_knows_peers; /* peers are authenticated by the link's allow-list (CURVE); only changes the start-up message */
    const uint8_t (*operators)[32]; /* public keys whose approvals count, borrowed; */
    size_t n_operators;             /* 0: any valid approval counts, which is said loudly */
    np_wire_limits limits;          /* within the hard ones */
    /* Where the needle's tip may go, above the skin, in the arm's frame: all stops, hovers and dots of a session, as its registration
     * lays them, or nothing is made of it.  Each axis within +-10 m; all zeros: not stated, and not looked at. */
    np_wire_box workspace;
    /* What is up in the arm's frame, a unit vector in 1e-6 (zeros: z), and how much the head's up must rise along it, as a sine in 1e-6
     * (0: NP_WIRE_HEAD_UP_MIN_PPM): a session whose registration lays the head otherwise is refused.  NP_WIRE_HEAD_UP_ANY_PPM: none is. */
    int32_t up_ppm[3], head_up_min_ppm;
    uint32_t max_dots;    /* of one session; memory grows with it (half a byte each, and 32 per 64 dots) */
    uint32_t buffer_dots; /* at least NP_WIRE_CHUNK_DOTS; 256 is a good number */
    /* A dot is not made within 0.45 mm of one of the last so many of its session; 20 bytes each; 0: not looked at. */
    uint32_t spacing_dots;
    bool durable;                /* what WELCOME says of the journal */
    np_wire_supplies supplies;   /* who renews needle and pigment */
    uint32_t needle_life;        /* dots a needle may make, in one session of one patient; 0: it is not counted */
    bool hold_on_pedal_release;  /* the pedal is a dead-man's switch */
    uint32_t events_interval_us; /* shortest time between two EVENTS; 0: 5 ms */

    /* Head tracking: with tracking_required a dot begins only while a POSE is young, good and still. */
    bool tracking_required;
    uint32_t pose_max_age_us;      /* 0: 100 ms */
    uint32_t pose_max_jump_um;     /* between two POSEs; 0: 2000 */
    uint32_t pose_max_speed_um_s;  /* 0: 5000 */
    uint32_t pose_min_quality_ppm; /* 0: 500000 */
} np_wire_executor_config;

typedef struct np_wire_executor np_wire_executor;

/* Bytes that np_wire_executor_init wants for a configuration (of which it looks at max_dots, buffer_dots and spacing_dots).
 */
size_t np_wire_executor_size(const np_wire_executor_config *config);

/* Sets an executor up in MEMORY (of at least np_wire_executor_size bytes, aligned for any type, the caller's
 * for as long as the executor is used) and reads the journal.  *out_executor points into MEMORY.
 * NP_WIRE_SPACE, NP_WIRE_CONFIG: not set up.  A journal that is damaged or cannot be read is no error here:
 * the executor stands in FAULT and says so. */
np_wire_status np_wire_executor_init(const np_wire_executor_config *config, void *memory, size_t size,
                                     np_wire_executor **out_executor);

/* Takes one frame (without COBS).  Whatever is wrong with it is counted and ignored, or answered with
 * REFUSED.  Returns what was found, for logs and tests. */
np_wire_status np_wire_executor_receive(np_wire_executor *executor, uint64_t now_us, const uint8_t *frame, size_t size);

/* Takes one frame of somebody whom the link knows not to be on its list (CURVE, RFC 27): STOP holds, HELLO is
 * answered with REFUSED (KEY), and whatever else it is, it is dropped.  NP_WIRE_OK for STOP, NP_WIRE_MAC for HELLO,
 * NP_WIRE_STALE for the rest. */
np_wire_status np_wire_executor_receive_unlisted(np_wire_executor *executor, uint64_t now_us, const uint8_t *frame,
                                                 size_t size);

/* Runs the clock: lease, gates, the next dot. */
void np_wire_executor_tick(np_wire_executor *executor, uint64_t now_us);

/* Writes the next frame to send and returns its size, or 0 when there is nothing to say now. */
size_t np_wire_executor_send(np_wire_executor *executor, uint64_t now_us, uint8_t out_frame[NP_WIRE_FRAME_MAX]);

/* The time at which tick or send has something to do next, if nothing comes in before. */
uint64_t np_wire_executor_deadline(const np_wire_executor *executor, uint64_t now_us);

/* Local inputs.  The pedal arms on its edge: seen released, then pressed, while a sender's ARM or RESUME is
 * waiting. */
void np_wire_executor_pedal(np_wire_executor *executor, uint64_t now_us, bool pressed);
/* The dot that was begun has ended: DONE, SKIPPED, TOO_DEEP or NO_CONTACT; IN_DOUBT if the arm cannot tell;
 * NONE if it was pulled back before the needle met the skin: the dot is as before, and its turn comes again
 * after a resume.  Depth (below the skin, up to NP_WIRE_MEASURED_MAX_UM: a sender believes no other) and force 0 where not
 * measured.  Ignored when no dot is in progress. */
void np_wire_executor_motion_done(np_wire_executor *executor, uint64_t now_us, np_wire_outcome outcome,
                                  int32_t depth_um, int32_t force_mn);
/* The move that was begun has ended: at its end, or (ARRIVED false) stopped on the way.  Ignored when none was begun. */
void np_wire_executor_arrived(np_wire_executor *executor, uint64_t now_us, bool arrived);
/* The arm has reloaded and stands at its pigment station; DONE false: it did not reload, which is still due, and was stopped on
 * the way.  Ignored when it was not sent. */
void np_wire_executor_reload_done(np_wire_executor *executor, uint64_t now_us, bool done);
/* A person at the machine has put another needle in, or pigment, of lot LOT ("" if nobody says; np_wire_lot_is_valid).
 * True: it is in the journal.  False: nothing is recorded, as no session is loaded or all of it is made, or as something
 * was armed or moving: that is held now, and the person confirms again when it rests. */
bool np_wire_executor_supply(np_wire_executor *executor, uint64_t now_us, np_wire_supply_kind kind, const char *lot);
/* The arm stands at its home, from where it gets to the first stop of any session without meeting the head: a person has driven
 * it there, or a machine that finds its home by itself.  Until this is said, and after a fault, nothing is armed.  False while
 * something is armed or moving: that is held now. */
bool np_wire_executor_at_home(np_wire_executor *executor, uint64_t now_us);
/* A person at the machine confirms that the head was moved and measured anew since dots of the session were made, by as much as
 * the log has said.  True: it is in the journal, with where the head is now.  False: nobody asked for it (waits_for_moved), or
 * something was armed or moving: that is held now. */
bool np_wire_executor_confirm_moved(np_wire_executor *executor, uint64_t now_us);
/* The arm failed; a dot in progress is in doubt.  Latches FAULT. */
void np_wire_executor_motion_fault(np_wire_executor *executor, uint64_t now_us, const char *text);
/* A person at the machine holds, as HOLD from the sender. */
void np_wire_executor_hold(np_wire_executor *executor, uint64_t now_us, const char *text);
/* The emergency stop was pressed; a dot in progress is in doubt.  Latches. */
/* A person gives up the session that is held: another plan may be loaded at once, and not only NP_WIRE_KEPT_US after the hold. */
void np_wire_executor_give_up(np_wire_executor *executor);
void np_wire_executor_estop(np_wire_executor *executor, uint64_t now_us);
/* A person takes back the approval of the plan whose digest begins with DIGEST (NP_WIRE_RECORD_DIGEST_BYTES); NULL: of the one that
 * is loaded.  It is held, and made here no more, with whatever approval: that stands in the journal.  False: none is loaded, or the
 * journal cannot be written (then it stands in FAULT). */
bool np_wire_executor_revoke(np_wire_executor *executor, uint64_t now_us, const uint8_t *digest);
/* A person at the machine clears FAULT or ESTOP: back to LOCKED, and the journal is read again. */
void np_wire_executor_reset(np_wire_executor *executor, uint64_t now_us);

typedef struct np_wire_executor_info {
    np_wire_state state;
    np_wire_reason reason;  /* of HOLDING, FAULT, ESTOP */
    np_wire_reason waiting; /* what delays the next dot without holding */
    char text[NP_WIRE_TEXT_BYTES];
    bool waits_for_pedal; /* a person has to release and press it now */
    bool authenticated;   /* the present epoch was opened with a link key */
    bool busy;            /* a dot is in progress */
    uint32_t epoch, session, n_dots, next;
    uint32_t air;                   /* np_wire_air: what the session is loaded for */
    uint32_t done, in_doubt, other; /* of the loaded session */
    uint32_t left;                  /* out, as the arm does not reach them */
    np_wire_reason due;             /* NEEDLE or RELOAD: is to be seen to before the next dot */
    bool waits_for_supply;          /* and by a person, for whom the session waits now */
    bool reloading;
    bool travelling;      /* between dots, or home */
    bool waits_for_home;  /* a person has to drive the arm home, and say so (np_wire_executor_at_home) */
    bool waits_for_moved; /* a person has to confirm that the head was moved (np_wire_executor_confirm_moved) */
    uint32_t supplies, needle_used; /* of the loaded session; dots begun with the present needle */
    uint64_t frames, bad_frames, refused_macs, duplicates; /* since init */
    uint64_t journal_bytes;
    uint8_t identity[NP_WIRE_IDENTITY_BYTES]; /* its journal's; zeros in FAULT without one */
} np_wire_executor_info;

void np_wire_executor_get_info(const np_wire_executor *executor, np_wire_executor_info *out_info);

/* A frame that anyone may send without a key: STOP.  Returns its size. */
size_t np_wire_stop_frame(uint8_t out_frame[NP_WIRE_FRAME_MAX]);

#endif
