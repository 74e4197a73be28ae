/* What an executor holds.  Private to executor*.c:
 *
 *   executor.c          set-up, local inputs, holding and latching
 *   executor_fire.c     the clock: gates, intent, puncture, result
 *   executor_move.c     where the arm stands, and its next move
 *   executor_space.c    the next dot's place beside those that were made
 *   executor_receive.c  frames: checks, handshake, requests
 *   executor_load.c     LOAD and CHUNKS: binding, the journal's map
 *   executor_approval.c whether an approval lets this executor make the session, and how it is revoked
 *   executor_register.c where the head is, by the journal
 *   executor_bounds.c   the workspace, and heads that are upside down
 *   executor_supply.c   needles and pigment
 *   executor_send.c     what is said, and in which order */
#ifndef NP_PROTOCOL_PRIVATE_EXECUTOR_H
#define NP_PROTOCOL_PRIVATE_EXECUTOR_H

#include "protocol/executor.h"
#include "protocol/private/keys.h"
#include "protocol/message.h"

/* Answers that wait to be sent, by priority: the lowest bit first. */
enum {
    WIRE_ANSWER_WELCOME = 1 << 0,
    WIRE_ANSWER_REFUSED = 1 << 1,
    WIRE_ANSWER_STATUS = 1 << 2,
    WIRE_ANSWER_ARMED = 1 << 3,
    WIRE_ANSWER_LOADED = 1 << 4,
    WIRE_ANSWER_MAP = 1 << 5,
    WIRE_ANSWER_REVIEWED = 1 << 6,
    WIRE_ANSWER_ENDED = 1 << 7,
    WIRE_ANSWER_SUPPLIED = 1 << 8
};

/* What was measured of a dot that ended, until the sender has it. */
typedef struct wire_detail {
    uint32_t order; /* whose this is */
    uint64_t time_us;
    int32_t depth_um, force_mn;
} wire_detail;

/* Where a dot was made. */
typedef struct wire_made {
    uint32_t order, id;
    int32_t position_um[3];
} wire_made;

/* Where the arm stands.  WAY and TO_STATION: it was stopped on a move, what is left of which the motion has kept. */
typedef enum wire_place_kind {
    WIRE_PLACE_UNKNOWN,
    WIRE_PLACE_HOME,
    WIRE_PLACE_HOVER,      /* of dot `order` */
    WIRE_PLACE_WAY,        /* to the hover of dot `order`, or home (n_dots) */
    WIRE_PLACE_TO_STATION, /* on the chain to dot `order` */
    WIRE_PLACE_STATION     /* on the chain to dot `order` */
} wire_place_kind;

typedef struct wire_place {
    wire_place_kind kind;
    uint32_t order;
} wire_place;

/* A handshake that was answered and not yet confirmed by a first valid frame under its key. */
typedef struct wire_pending {
    bool valid;
    np_wire_hello hello;
    uint8_t nonce[NP_WIRE_NONCE_BYTES];
    uint8_t key[NP_WIRE_KEY_BYTES];
    uint32_t epoch;
} wire_pending;

struct np_wire_executor {
    np_wire_executor_config config;
    wire_link_key link;
    char name[NP_WIRE_NAME_BYTES];
    uint8_t schema[NP_WIRE_SCHEMA_BYTES];

    np_wire_state state;
    np_wire_reason reason, waiting;
    char text[NP_WIRE_TEXT_BYTES];

    /* The link. */
    wire_pending pending;
    bool established;
    np_wire_hello hello; /* of the present epoch */
    uint8_t key[NP_WIRE_KEY_BYTES];
    uint32_t epoch, received_sequence, sent_sequence, hello_sequence;
    uint64_t last_tick_us, last_valid_us, last_sent_us, last_events_us, last_stranger_us;
    bool lease_is_void; /* the clock went back, and no frame came since */
    uint64_t late_seen; /* of the 64 sequence numbers up to received_sequence */
    uint64_t echo_us;
    unsigned answers;
    bool events_due, events_urgent;
    np_wire_refused refused;
    bool refused_in_epoch, refused_without_mac;

    /* The loaded session. */
    np_wire_load load;
    bool load_accepted, load_complete, revoked;
    np_wire_reason load_reason;
    char load_text[NP_WIRE_TEXT_BYTES];
    uint32_t n_dots, chunks_held;
    uint8_t *chunk_hashes; /* max_dots / 64 x 32 bytes */
    uint8_t *map;          /* outcomes, 4 bits each */
    uint32_t done, in_doubt, other, left, map_first;

    /* The buffer: dot of order o at o % buffer_dots.  Orders below `received` are here, or were; chunks below
     * `verified` are known to be in the plan; orders below `next` are final.  Dropped by setting received =
     * verified = the start of next's chunk. */
    np_wire_dot *buffer;
    uint8_t *present;                   /* one byte a slot */
    np_wire_stop *stops;                /* of the dots in the buffer: those of chunk c in room c % stop_rooms */
    uint32_t *stops_used, *stops_chunk; /* of each room */
    wire_detail *details;
    uint32_t received, verified, next, acknowledged;

    /* Places of the last spacing_dots dots that were begun, of one session of one plan; the i-th at i % spacing_dots. */
    wire_made *made;
    uint32_t n_made, made_session;
    uint8_t made_digest[NP_WIRE_HASH_BYTES];

    /* Where the arm is; it means something with the session and the registration of which it is. */
    wire_place place, bound; /* bound: where a move that goes on will have taken it */
    uint32_t place_session;
    uint8_t place_digest[NP_WIRE_HASH_BYTES];
    np_wire_pose place_registration;
    bool travelling;
    np_wire_stop way[NP_WIRE_DOT_STOPS]; /* that the motion is being told */

    /* Where the head was when dots of the session were made, as the journal says. */
    bool journal_pose_known;
    np_wire_pose journal_pose;
    bool moved_waits; /* it is elsewhere now, which a person has to confirm, */
    int64_t moved_um; /* at most so far from there, by the two poses; 0: not known from where */

    /* What the arm reaches, as the motion said, where what it does not is left out: a byte a chunk (executor_reach.c).  It means
     * something with the session and the registration of which it is. */
    uint8_t *reach;
    uint32_t reach_session;
    uint8_t reach_digest[NP_WIRE_HASH_BYTES];
    np_wire_pose reach_registration;
    uint32_t asked;  /* the chunks below it are known */
    uint32_t stands; /* the arm that is asked: at the hover of this order; UINT32_MAX: elsewhere */
    uint8_t asking;  /* of the chunk at `asked`: its byte so far */
    bool asks_back;
    bool outside_said; /* the first place of this loading that is outside of the workspace was named */

    /* The dot in progress, and what its records say. */
    bool busy;
    np_wire_record record;

    /* Needle and pigment, of the loaded session. */
    bool reloading; /* the arm is on its way to its station or back, which supply_record will tell */
    np_wire_record supply_record;
    bool needle_known;
    bool needle_lost, pigment_lost;       /* another session's is in the arm since */
    bool needle_touched, pigment_touched; /* somebody was at it as it moved: of no session, until one is confirmed */
    bool reload_by_hand;                  /* no way leads by the station now: a person sees to what is due */
    uint32_t needle_used, needle_order, reload_order, supplies;
    np_wire_supply recent[NP_WIRE_SUPPLIES_PER_FRAME]; /* numbers recent_first .. recent_first + n_recent - 1 */
    uint32_t recent_first, n_recent, supplied_first;

    /* A session that was held stays its plan's for a while. */
    bool kept;
    uint64_t held_us;

    /* Arming. */
    bool pedal, arm_waits, arm_granted;
    uint32_t arm_request, end_request, review_request;
    np_wire_reason arm_reason;
    np_wire_ended ended;
    np_wire_reviewed reviewed;

    /* The journal. */
    bool journal_ok;
    bool unsynced; /* the RESULT of unsynced_order is appended and not yet durable */
    uint32_t unsynced_order;
    uint32_t serial, last_epoch;
    uint64_t journal_bytes;
    uint8_t identity[NP_WIRE_IDENTITY_BYTES]; /* zeros until the journal was read */

    /* Tracking. */
    bool pose_known, pose_still;
    np_wire_tracking pose;
    uint64_t pose_time_us;

    uint64_t frames, bad_frames, refused_macs, duplicates;
};

/* executor.c */
/* Asserts what holds of an executor between any two calls; nothing from outside can break it.  Debug and fuzz builds. */
void wire_executor_check(const np_wire_executor *x);
void wire_executor_say(np_wire_executor *x, const char *text);
bool wire_executor_is_latched(const np_wire_executor *x);
bool wire_executor_is_armed(const np_wire_executor *x);
bool wire_executor_lease_is_over(const np_wire_executor *x, uint64_t now_us);
/* The time of a tick.  If the clock went back, the lease is over, and what was measured before says nothing any more. */
void wire_executor_note_time(np_wire_executor *x, uint64_t now_us);
/* Enters the map and the tallies of the loaded session. */
void wire_executor_set_outcome(np_wire_executor *x, uint32_t order, uint32_t outcome);
/* Who wants to move the arm, or does, and with what: "NAME, plan 1a2b3c4d, session 2, 120 of 400 dots".  Returns OUT. */
#define WIRE_EXECUTOR_WHO_BYTES 120
const char *wire_executor_who(const np_wire_executor *x, char out[WIRE_EXECUTOR_WHO_BYTES]);
/* What was granted, before whom: "armed for", or that the arm is only asked what it reaches. */
const char *wire_executor_granted(const np_wire_executor *x);
/* Whether the session that was held a moment ago is kept for its own plan, and HELLO is of another. */
bool wire_executor_is_kept_from(const np_wire_executor *x, uint64_t now_us, const np_wire_hello *hello);
/* TEXT NULL: the reason's own. */
void wire_executor_set_state(np_wire_executor *x, np_wire_state state, np_wire_reason reason, const char *text);
/* Leaves ARMED or RUNNING: retracts, drops the buffer, stands in HOLDING.  Withdraws a waiting request to
 * arm. */
void wire_executor_enter_hold(np_wire_executor *x, np_wire_reason reason, const char *text);
void wire_executor_enter_fault(np_wire_executor *x, np_wire_reason reason, const char *text);
/* Arms, if it rests and the lease is not over. */
void wire_executor_grant(np_wire_executor *x, uint64_t now_us);
void wire_executor_drop_buffer(np_wire_executor *x);
/* Forgets the loaded session. */
void wire_executor_unload(np_wire_executor *x);

/* executor_fire.c */
bool wire_executor_append(np_wire_executor *x, np_wire_record *record);
/* Makes an outcome durable that is not yet: before anything is said or read of it.  False: FAULT. */
bool wire_executor_sync(np_wire_executor *x);
/* The dot of ORDER has the outcome that the map says, and the next one follows. */
void wire_executor_finish_dot(np_wire_executor *x, uint32_t order, uint64_t now_us, int32_t depth_um, int32_t force_mn);
void wire_executor_verify_chunks(np_wire_executor *x);
/* Steps over dots that are final already. */
void wire_executor_skip_final(np_wire_executor *x);
uint32_t wire_executor_window(const np_wire_executor *x);
void wire_executor_abandon_dot(np_wire_executor *x);

/* executor_move.c */
uint32_t wire_executor_stop_rooms(const np_wire_executor_config *config);
/* Takes a dot that arrived into the buffer, with its stops.  False: FAULT. */
bool wire_executor_keep_dot(np_wire_executor *x, const np_wire_dot *dot, const np_wire_stop *stops);
/* Whether a move leads from where the arm stands to the next dot. */
bool wire_executor_place_serves(const np_wire_executor *x);
/* Of the dots that are sent when it is armed: the chunk's of the next one, or of where the arm has to come away from. */
uint32_t wire_executor_first_order(const np_wire_executor *x);
/* The lowest order whose dot is still needed for the arm's way. */
uint32_t wire_executor_place_order(const np_wire_executor *x);
/* Whether the arm is on its way home at the end of a session, or can go. */
bool wire_executor_goes_home(const np_wire_executor *x);
/* The move that comes next towards the next dot, or home; false if its dots are not here yet, or there is none. */
bool wire_executor_find_move(np_wire_executor *x, np_wire_move *out_move, wire_place *out_bound);
/* Fills in the stops of a move: WAY of DOT from stop FIRST on, or all of it backwards. */
void wire_executor_take_way(np_wire_executor *x, const np_wire_dot *dot, np_wire_way way, uint32_t first, bool back,
                            np_wire_move *out);
/* Begins a move alone. */
void wire_executor_travel(np_wire_executor *x, const np_wire_move *move, wire_place bound);
/* Notes that the arm is on its way to BOUND. */
void wire_executor_leave(np_wire_executor *x, wire_place bound);

/* executor_supply.c */
/* NEEDLE or RELOAD if one is to be seen to before the next dot. */
np_wire_reason wire_executor_supply_due(const np_wire_executor *x);
/* Whether that takes a person. */
bool wire_executor_waits_for_supply(const np_wire_executor *x, np_wire_reason due);
/* While armed: true if nothing is due that a person sees to; else holds for it. */
bool wire_executor_see_to_supplies(np_wire_executor *x);
/* True if MOVE, which leads to the next dot, is begun only as far as the station, to reload there; or if it holds, as a reload is
 * due and the move does not lead by the station. */
bool wire_executor_begin_reload(np_wire_executor *x, np_wire_move *move);
void wire_executor_take_supplies(np_wire_executor *x, uint32_t first);
void wire_executor_fill_supplied(const np_wire_executor *x, np_wire_supplied *out);

/* executor_space.c */
/* Whether the dot keeps its distance from those that were made.  False: FAULT. */
bool wire_executor_has_room(np_wire_executor *x, const np_wire_dot *dot);
void wire_executor_note_place(np_wire_executor *x, const np_wire_dot *dot);
/* The square root, rounded down; without a library. */
int64_t wire_executor_root(int64_t square);

/* executor_register.c */
/* Whether the session, whose map is read, may be loaded with its registration; else OUT_TEXT says what is known. */
bool wire_executor_registration_is_accepted(np_wire_executor *x, char out_text[NP_WIRE_TEXT_BYTES]);
/* The rotation matrix, row by row, in 1e-9. */
void wire_executor_rotation(const np_wire_pose *pose, int64_t out_ppb[3][3]);
/* How far the head was moved, in words. */
void wire_executor_tell_moved(const np_wire_executor *x, char out_text[NP_WIRE_TEXT_BYTES]);
/* Writes down where the head is, if the journal does not say that yet: before a dot is made.  False: FAULT. */
bool wire_executor_record_registration(np_wire_executor *x, uint64_t now_us, bool confirmed);

/* executor_bounds.c */
bool wire_executor_bounds_are_valid(const np_wire_executor_config *config);
bool wire_executor_has_workspace(const np_wire_executor_config *config);
/* The workspace in words; "" without one. */
void wire_executor_tell_workspace(const np_wire_executor *x, char out_text[NP_WIRE_TEXT_BYTES]);
/* Whether the stops of a way of DOT, its hover and itself lie in the workspace, if there is one; else OUT_TEXT names what does not. */
bool wire_executor_is_inside(const np_wire_executor *x, const np_wire_dot *dot, np_wire_way way,
                             char out_text[NP_WIRE_TEXT_BYTES]);
/* The same of all ways of N dots that are to be made without having been asked for. */
bool wire_executor_chunk_is_inside(const np_wire_executor *x, const np_wire_dot *dots, uint32_t n,
                                   char out_text[NP_WIRE_TEXT_BYTES]);
/* Whether REGISTRATION, which is valid, leaves the head's up where this executor takes it to be; else OUT_TEXT says how it lies. */
bool wire_executor_head_is_upright(const np_wire_executor *x, const np_wire_pose *registration,
                                   char out_text[NP_WIRE_TEXT_BYTES]);

/* executor_reach.c */
/* Whether the session is loaded to ask what the arm reaches, so that nothing moves. */
bool wire_executor_only_asks(const np_wire_executor *x);
/* Asks the motion for the next dot, which is here and verified. */
void wire_executor_ask_reach(np_wire_executor *x, uint64_t now_us);
/* With only_reachable: where the session is loaded, what is known of it from before; */
void wire_executor_recall_reach(np_wire_executor *x);
/* when the buffer was dropped; */
void wire_executor_restart_asking(np_wire_executor *x);
/* whether there is something to ask; */
bool wire_executor_has_to_ask(const np_wire_executor *x);
/* asks for one move; where that settles a chunk, its dots that are not reached are left out. */
void wire_executor_ask_chunk(np_wire_executor *x);
/* The lowest order whose dot is still needed for that. */
uint32_t wire_executor_reach_order(const np_wire_executor *x);
/* Whether the arm, at the hover of ORDER, gets to NEXT along the chain, or by home. */
typedef enum wire_onward { WIRE_ONWARD_UNKNOWN, WIRE_ONWARD_CHAIN, WIRE_ONWARD_HOME } wire_onward;
wire_onward wire_executor_onward(const np_wire_executor *x, uint32_t order);
/* Whether the chunk of ORDER is known. */
bool wire_executor_chunk_is_known(const np_wire_executor *x, uint32_t order);

/* executor_approval.c */
/* Whether the approval of LOAD holds, and its terms let this executor make that session; else refuses it. */
bool wire_executor_takes_approval(np_wire_executor *x, const np_wire_load *load);
/* Whether the approval has run out by the executor's own clock. */
bool wire_executor_approval_is_over(const np_wire_executor *x, const np_wire_terms *terms);
bool wire_executor_has_clock(const np_wire_executor *x);

/* executor_load.c */
/* Reads the whole journal through a scan that was set up. */
np_wire_status wire_executor_scan_journal(np_wire_executor *x, np_wire_journal_scan *scan);
void wire_executor_open_journal(np_wire_executor *x);
/* The answer to LOAD is no, in words, which are logged as well. */
void __attribute__((format(printf, 3, 4)))
wire_executor_refuse_load(np_wire_executor *x, np_wire_reason reason, const char *format, ...);
void wire_executor_take_load(np_wire_executor *x, const np_wire_load *load);
void wire_executor_take_chunks(np_wire_executor *x, const np_wire_chunks *chunks);

#endif
