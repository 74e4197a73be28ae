/* What every part of the wire shares: sizes, limits, the dot, and the three tables of codes.
 *
 * protocol/ is the one room that firmware takes as it stands: C17, msgpack-c's packer and libsodium, no heap,
 * no threads, no input or output, no globals.  Everything is an integer in a unit small enough for any arm
 * (um, urad, us, 1e-6), so that what is planned, signed, sent and compared is the same to the bit.  SPEC.md
 * describes the wire for strangers. */
#ifndef NP_PROTOCOL_WIRE_H
#define NP_PROTOCOL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NP_WIRE_PROTOCOL_VERSION 2

#define NP_WIRE_KEY_BYTES 32  /* link key, session key */
#define NP_WIRE_HASH_BYTES 32 /* BLAKE2b-256: digests, roots, chunk hashes */
#define NP_WIRE_NONCE_BYTES 16
#define NP_WIRE_IDENTITY_BYTES 16  /* of an executor, as its journal has it */
#define NP_WIRE_SIGNATURE_BYTES 64 /* Ed25519 */
#define NP_WIRE_TEXT_BYTES 160     /* texts on the wire and in errors, with the closing zero */

#define NP_WIRE_LOT_BYTES 33 /* a lot number with the closing zero; GS1's longest is 20 characters */

#define NP_WIRE_MAX_SESSIONS 8
#define NP_WIRE_CARTRIDGES_MAX 16 /* of one session */
#define NP_WIRE_MAX_DOTS 262144u  /* of one session */
/* Dots that are verified together; the last chunk of a session may be shorter. */
#define NP_WIRE_CHUNK_DOTS 64u
#define NP_WIRE_DOT_STOPS 36u    /* of all ways of one dot: they fit a frame */
#define NP_WIRE_CHUNK_STOPS 128u /* of all dots of a chunk */

/* Timing (SPEC.md, "Timing"). */
/* No valid frame for so long: retract, hold, drop the buffer.  Of the 100 ms within which silence holds, 10 are for a loop that looks
 * at it no oftener, and 10 for a machine that lets the loop wait. */
#define NP_WIRE_LEASE_US 80000
#define NP_WIRE_HEARTBEAT_US 25000  /* each side sends at least this often */
#define NP_WIRE_ACKNOWLEDGE_US 4000 /* a sender acknowledges no more often than this */
#define NP_WIRE_KEPT_US 10000000    /* after a hold no other plan is loaded for so long */
#define NP_WIRE_SILENCE_US 1500000  /* a sender that hears nothing for so long starts again with HELLO */

/* Hard limits that no configuration can widen (domain.md 1.3 depth, 1.4 angle, 1.8 contact time). */
#define NP_WIRE_DEPTH_MIN_UM 300
#define NP_WIRE_DEPTH_MAX_UM 1500
#define NP_WIRE_TILT_MAX_URAD 785398 /* 45 degrees */
#define NP_WIRE_DWELL_MIN_US 10000
#define NP_WIRE_DWELL_MAX_US 150000
#define NP_WIRE_SPACING_MIN_UM 450     /* of any two dots (domain.md 1.5) */
#define NP_WIRE_POSITION_MAX_UM 400000 /* from the head frame's origin, each axis */
#define NP_WIRE_HOVER_MIN_UM 500
#define NP_WIRE_HOVER_MAX_UM 20000
#define NP_WIRE_STOP_MAX_UM 1000000   /* from the head frame's origin, each axis */
#define NP_WIRE_PLACE_MAX_UM 10000000 /* of a pose, each axis */
#define NP_WIRE_MOVED_MAX_UM 40000000 /* from one registration to another */
#define NP_WIRE_MOVED_UNKNOWN_UM 1    /* the head was moved, and the sender's record does not say how far */
/* How much the head's up (z of its frame) rises in the arm's, at least: a sine, in 1e-6.  45 degrees below the horizontal: a head on its
 * back, hung back or not, and one on its face stay above that, and one upside down does not. */
#define NP_WIRE_HEAD_UP_MIN_PPM (-707107)
#define NP_WIRE_HEAD_UP_ANY_PPM (-1000000) /* any pose */
#define NP_WIRE_MEASURED_MAX_UM 10000      /* deepest that an executor can report: no needle is longer */

/* What a function of this room returns.  X(name, text) */
#define NP_WIRE_STATUS_TABLE(X)                                                                                        \
    X(OK, "done")                                                                                                      \
    X(TRUNCATED, "the frame is too short")                                                                             \
    X(TOO_LONG, "the frame is too long")                                                                               \
    X(CHECKSUM, "the checksum does not hold")                                                                          \
    X(OTHER_VERSION, "the frame is of another protocol version")                                                       \
    X(MAC, "the authentication code is missing or does not hold")                                                      \
    X(DIRECTION, "the frame came back from our own side")                                                              \
    X(STALE, "the frame is of another epoch, or old")                                                                  \
    X(UNKNOWN, "the message is unknown")                                                                               \
    X(FORMAT, "the message is not of the expected form")                                                               \
    X(RANGE, "a field of the message is out of range")                                                                 \
    X(SPACE, "the memory that was given is too small")                                                                 \
    X(CONFIG, "the configuration cannot be used")                                                                      \
    X(STORAGE, "the journal could not be written or read")                                                             \
    X(CORRUPT, "the journal is damaged before its end")

#define NP_WIRE_STATUS_ENUM(name, text) NP_WIRE_##name,
typedef enum np_wire_status { NP_WIRE_STATUS_TABLE(NP_WIRE_STATUS_ENUM) NP_WIRE_STATUS_COUNT } np_wire_status;
#undef NP_WIRE_STATUS_ENUM

/* States of an executor, as they stand on the wire.  The last two latch until a local reset. */
#define NP_WIRE_STATE_TABLE(X)                                                                                         \
    X(BOOT, "boot")                                                                                                    \
    X(LOCKED, "locked")                                                                                                \
    X(AUTHENTICATED, "authenticated")                                                                                  \
    X(LOADED, "loaded")                                                                                                \
    X(ARMED, "armed")                                                                                                  \
    X(RUNNING, "running")                                                                                              \
    X(HOLDING, "holding")                                                                                              \
    X(FAULT, "fault")                                                                                                  \
    X(ESTOP, "emergency stop")

#define NP_WIRE_STATE_ENUM(name, text) NP_WIRE_STATE_##name,
typedef enum np_wire_state { NP_WIRE_STATE_TABLE(NP_WIRE_STATE_ENUM) NP_WIRE_STATE_COUNT } np_wire_state;
#undef NP_WIRE_STATE_ENUM

/* Why something was refused, held or latched, as it stands on the wire. */
#define NP_WIRE_REASON_TABLE(X)                                                                                        \
    X(NONE, "no reason")                                                                                               \
    X(VERSION, "the other side speaks another version of the protocol")                                                \
    X(SCHEMA, "the other side has other message definitions")                                                          \
    X(KEY, "the two sides do not hold the same link key")                                                              \
    X(BUSY, "another sender is running a session")                                                                     \
    X(LATCHED, "the executor is in fault or emergency stop and wants a local reset")                                   \
    X(STATE, "the request does not fit the executor's state")                                                          \
    X(DIGEST, "the plan does not have the digest that was named")                                                      \
    X(APPROVAL, "the plan's approval does not hold")                                                                   \
    X(OPERATOR, "the approval is by nobody the executor knows")                                                        \
    X(LIMITS, "the plan's limits are wider than the executor's")                                                       \
    X(TOO_BIG, "the session has more dots than the executor can hold")                                                 \
    X(BINDING, "dots arrived that are not in the approved plan")                                                       \
    X(DOT_LIMIT, "a dot is outside the executor's limits")                                                             \
    X(SESSION_DONE, "every dot of the session is done already")                                                        \
    X(PEDAL, "waiting for the pedal: release it, then press it")                                                       \
    X(PEDAL_RELEASED, "the pedal was released")                                                                        \
    X(HOLD, "held by the sender")                                                                                      \
    X(STOP, "stopped by somebody on the link")                                                                         \
    X(LEASE, "no valid frame arrived in time")                                                                         \
    X(RECONNECT, "a sender connected anew")                                                                            \
    X(TRACKING, "the head's position is unknown, old or moving")                                                       \
    X(ABORT, "the run was aborted by the sender")                                                                      \
    X(ESTOP, "emergency stop")                                                                                         \
    X(STORAGE, "the executor's journal could not be written or read")                                                  \
    X(JOURNAL, "the executor's journal is damaged")                                                                    \
    X(MOTION, "the arm reported a fault")                                                                              \
    X(LOCAL, "held at the executor")                                                                                   \
    X(DIFFERENCE, "the executor's record and the sender's journal contradict each other")                              \
    X(DEPTH, "a dot went deeper than planned: check the needle before going on")                                       \
    X(RELOAD, "pigment is to be reloaded: confirm it at the executor")                                                 \
    X(NEEDLE, "the needle is to be changed: confirm it at the executor")                                               \
    X(UNABLE, "the executor has nobody who reloads pigment or changes the needle")                                     \
    X(PLACE, "the arm stands where no move of the plan begins: drive it home and confirm that at the executor")        \
    X(ANSWER, "the executor gave an answer that cannot be true")                                                       \
    X(REACH, "the executor cannot tell beforehand what its arm reaches")                                               \
    X(MOVED, "the head is elsewhere than when dots of the session were made: confirm it at the executor")              \
    X(EXECUTOR, "the approval is for other executors")                                                                 \
    X(EXPIRED, "the approval has run out")                                                                             \
    X(TERMS, "the session is not as its approval says")                                                                \
    X(REVOKED, "the plan was revoked at this executor")                                                                \
    X(RECORD, "this executor's journal is not the one that the session was last run with")

#define NP_WIRE_REASON_ENUM(name, text) NP_WIRE_REASON_##name,
typedef enum np_wire_reason { NP_WIRE_REASON_TABLE(NP_WIRE_REASON_ENUM) NP_WIRE_REASON_COUNT } np_wire_reason;
#undef NP_WIRE_REASON_ENUM

/* What became of a dot; 4 bits in maps.  Everything but NONE is final: the dot is never begun again by
 * itself.  LEFT is so for this load of the session alone (np_wire_load, only_reachable), and in no record. */
#define NP_WIRE_OUTCOME_TABLE(X)                                                                                       \
    X(NONE, "not done")                                                                                                \
    X(IN_DOUBT, "in doubt: begun, and never confirmed")                                                                \
    X(DONE, "done")                                                                                                    \
    X(SKIPPED, "skipped: the arm did not puncture")                                                                    \
    X(TOO_DEEP, "punctured deeper than planned")                                                                       \
    X(NO_CONTACT, "the needle met no skin")                                                                            \
    X(LEFT, "left out: out of the arm's reach, or no way leads to it")

#define NP_WIRE_OUTCOME_ENUM(name, text) NP_WIRE_OUTCOME_##name,
typedef enum np_wire_outcome { NP_WIRE_OUTCOME_TABLE(NP_WIRE_OUTCOME_ENUM) NP_WIRE_OUTCOME_COUNT } np_wire_outcome;
#undef NP_WIRE_OUTCOME_ENUM

/* Texts of the tables above.  Static storage; codes outside the table get "unknown". */
const char *np_wire_status_text(np_wire_status status);
const char *np_wire_state_text(uint32_t state);
const char *np_wire_reason_text(uint32_t reason);
const char *np_wire_outcome_text(uint32_t outcome);

/* A place on the way of the tool: where its tip is, and the unit direction from the handpiece to the tip.  Head frame. */
typedef struct np_wire_stop {
    int32_t tip_um[3], axis_ppm[3];
} np_wire_stop;

/* The ways of a dot, each a list of stops.  From stop to stop the tip goes along a straight line while the axis turns in one
 * plane, both in step.  A way may be gone back as well. */
typedef enum np_wire_way {
    NP_WIRE_WAY_CHAIN, /* from the hover of the dot before; of order 0 from home, its first stop */
    NP_WIRE_WAY_ENTRY, /* from home, its first stop: what the first dot of each chunk has but the session's first */
    NP_WIRE_WAY_HOME,  /* from this dot's hover home, its last stop: the session's last dot alone has it */
    NP_WIRE_WAYS
} np_wire_way;

/* One dot as it is signed, sent and fired, with the moves that lead to it.  Head frame. */
typedef struct np_wire_dot {
    uint32_t id;            /* 1.., unique in the plan */
    uint32_t order;         /* place in its session's tour, 0 first, no gaps */
    int32_t position_um[3]; /* on the undeformed skin */
    int32_t normal_ppm[3];  /* outward unit vector, 1e-6 */
    int32_t axis_ppm[3];    /* needle axis into the skin, unit vector, 1e-6 */
    int32_t depth_um;       /* along the normal, below the skin */
    int32_t dwell_us;
    int32_t tone_ppm; /* 0 lightest .. 1000000 darkest */
    /* Its hover is so far from position, back along the axis.  0: no moves are known, in plans that were made before there
     * were any; they cannot be sent. */
    int32_t hover_um;
    uint32_t station;               /* which stop of the chain is at the pigment station, 1 first; 0: none */
    uint32_t n_stops[NP_WIRE_WAYS]; /* in turn, one way behind the other, from stops[first_stop] on of the */
    uint32_t first_stop;            /* array that goes with the dots; not on the wire */
} np_wire_dot;

/* Stops of all ways of DOT. */
uint32_t np_wire_dot_stop_count(const np_wire_dot *dot);
/* The first of the n_stops[WAY] stops of WAY; STOPS is the array that goes with DOT. */
const np_wire_stop *np_wire_dot_way(const np_wire_dot *dot, const np_wire_stop *stops, np_wire_way way);

/* What one dot must satisfy. */
typedef struct np_wire_limits {
    int32_t depth_min_um, depth_max_um;
    int32_t tilt_max_urad; /* between -axis and normal */
} np_wire_limits;

/* The hard limits, and 30 degrees of tilt. */
np_wire_limits np_wire_limits_default(void);

/* Checks one dot by itself: id and order in range, unit vectors (within 1e-4), position, depth, tilt, dwell,
 * tone.  On NP_WIRE_RANGE OUT_TEXT names the dot, the field, the value and the limit. */
np_wire_status np_wire_dot_check(const np_wire_dot *dot, const np_wire_limits *limits,
                                 char out_text[NP_WIRE_TEXT_BYTES]);
/* Checks the moves of one dot of a session of N_DOTS: hover, number of stops, those that there must be for its order, places and
 * unit axes.  OUT_TEXT as above. */
np_wire_status np_wire_moves_check(const np_wire_dot *dot, const np_wire_stop *stops, uint32_t n_dots,
                                   char out_text[NP_WIRE_TEXT_BYTES]);

/* What became of one dot, as the executor reports it. */
typedef struct np_wire_event {
    uint32_t order;
    uint32_t id;      /* filled in by the sender; not on the wire */
    uint32_t outcome; /* np_wire_outcome, never NONE */
    uint64_t time_us; /* executor's clock at the end of the puncture; 0 unknown (after a reconnect) */
    int32_t depth_um; /* as measured by the executor, up to NP_WIRE_MEASURED_MAX_UM; 0 not measured */
    int32_t force_mn; /* peak, millinewton; 0 not measured */
} np_wire_event;

/* What a person or the arm has renewed. */
typedef enum np_wire_supply_kind {
    NP_WIRE_SUPPLY_NEEDLE = 1, /* another cartridge */
    NP_WIRE_SUPPLY_PIGMENT = 2
} np_wire_supply_kind;

/* Who sees to it, as WELCOME says. */
typedef enum np_wire_supplies {
    NP_WIRE_SUPPLIES_NONE,    /* nobody: an executor that is asked for it refuses the session */
    NP_WIRE_SUPPLIES_BY_HAND, /* a person at the executor, who confirms each */
    NP_WIRE_SUPPLIES_BY_ARM   /* the arm dips by itself; a person changes the needle */
} np_wire_supplies;

/* One reload or needle change of a session. */
typedef struct np_wire_supply {
    uint32_t kind;  /* np_wire_supply_kind */
    uint32_t order; /* the dots that are made from now on, of this order and later, are made with it */
    uint64_t time_us;
    char lot[NP_WIRE_LOT_BYTES]; /* "": not named */
} np_wire_supply;

/* Whether LOT can stand in a record: UTF-8 of at most 32 bytes without control characters.  "" can. */
bool np_wire_lot_is_valid(const char *lot);

/* A rigid transform: rotation as unit quaternion (w, x, y, z) in 1e-6, then translation. */
typedef struct np_wire_pose {
    int32_t rotation_ppm[4];
    int32_t translation_um[3];
} np_wire_pose;

/* A box along the axes of an arm's frame.  All zeros: none. */
typedef struct np_wire_box {
    int32_t min_um[3], max_um[3];
} np_wire_box;

/* Whether its quaternion has length 1, to 1e-4, and its place is within 10 m. */
bool np_wire_pose_is_valid(const np_wire_pose *pose);

#endif
