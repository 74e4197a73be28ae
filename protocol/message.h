/* Messages: what is said.  Each is one msgpack array of the fields below, in this order; SPEC.md gives
 * ranges.
 *
 * One table in schema.c describes every field (kind, range, place in the struct); encoding, decoding, range
 * checks and the schema hash all come from it, so that they cannot disagree.  Trailing fields that a newer
 * speaker adds are skipped; a message of unknown type is refused; a field out of range refuses the message.
 */
#ifndef NP_PROTOCOL_MESSAGE_H
#define NP_PROTOCOL_MESSAGE_H

#include "protocol/approval.h"
#include "protocol/binding.h"
#include "protocol/frame.h"

#define NP_WIRE_SCHEMA_BYTES 8
#define NP_WIRE_KEY_ID_BYTES 8
#define NP_WIRE_NAME_BYTES 48
#define NP_WIRE_DOTS_PER_FRAME 12 /* at most; even the longest encoding fits a frame */
#define NP_WIRE_EVENTS_PER_FRAME 32
#define NP_WIRE_HASHES_PER_FRAME 24
#define NP_WIRE_SUPPLIES_PER_FRAME 8
#define NP_WIRE_MAP_DOTS 1024   /* dots in one RESUME_INFO */
#define NP_WIRE_BITMAP_BYTES 32 /* received-bitmap of EVENTS: 256 dots */

/* X(name, number, direction: S sender to executor, E executor to sender) */
#define NP_WIRE_MESSAGE_TABLE(X)                                                                                       \
    X(HELLO, 1, S)                                                                                                     \
    X(WELCOME, 2, E)                                                                                                   \
    X(REFUSED, 3, E)                                                                                                   \
    X(LOAD, 4, S)                                                                                                      \
    X(CHUNKS, 5, S)                                                                                                    \
    X(LOADED, 6, E)                                                                                                    \
    X(MAP, 7, S)                                                                                                       \
    X(RESUME_INFO, 8, E)                                                                                               \
    X(ARM, 9, S)                                                                                                       \
    X(RESUME, 10, S)                                                                                                   \
    X(ARMED, 11, E)                                                                                                    \
    X(DOTS, 12, S)                                                                                                     \
    X(EVENTS, 13, E)                                                                                                   \
    X(HEARTBEAT, 14, S)                                                                                                \
    X(HOLD, 15, S)                                                                                                     \
    X(ABORT, 16, S)                                                                                                    \
    X(ESTOP, 17, S)                                                                                                    \
    X(STOP, 18, S)                                                                                                     \
    X(POSE, 19, S)                                                                                                     \
    X(QUERY, 20, S)                                                                                                    \
    X(STATUS, 21, E)                                                                                                   \
    X(END, 22, S)                                                                                                      \
    X(ENDED, 23, E)                                                                                                    \
    X(REVIEW, 24, S)                                                                                                   \
    X(REVIEWED, 25, E)                                                                                                 \
    X(SUPPLIES, 26, S)                                                                                                 \
    X(SUPPLIED, 27, E)

#define NP_WIRE_MESSAGE_ENUM(name, number, direction) NP_WIRE_MSG_##name = number,
typedef enum np_wire_message_type { NP_WIRE_MESSAGE_TABLE(NP_WIRE_MESSAGE_ENUM) } np_wire_message_type;
#undef NP_WIRE_MESSAGE_ENUM

typedef struct np_wire_hello {
    uint32_t version;                     /* NP_WIRE_PROTOCOL_VERSION */
    uint8_t schema[NP_WIRE_SCHEMA_BYTES]; /* np_wire_schema_hash */
    uint8_t key_id[NP_WIRE_KEY_ID_BYTES]; /* names the link key without telling it; zeros: none */
    uint8_t nonce[NP_WIRE_NONCE_BYTES];
    uint8_t digest[NP_WIRE_HASH_BYTES]; /* of the plan that will be loaded */
    uint32_t session;
    char name[NP_WIRE_NAME_BYTES]; /* "needlepath 0.1.0" */
} np_wire_hello;

typedef struct np_wire_welcome {
    uint32_t version;
    uint8_t schema[NP_WIRE_SCHEMA_BYTES];
    uint8_t sender_nonce[NP_WIRE_NONCE_BYTES]; /* as in HELLO */
    uint8_t nonce[NP_WIRE_NONCE_BYTES];
    uint32_t epoch;         /* of the frames that follow */
    uint32_t authenticated; /* 1: a link key is in use */
    uint32_t state;         /* np_wire_state */
    uint32_t buffer_dots, max_dots;
    uint32_t durable; /* 1: the journal survives power loss; 0: memory only */
    char name[NP_WIRE_NAME_BYTES];
    uint32_t supplies;                        /* np_wire_supplies */
    uint8_t identity[NP_WIRE_IDENTITY_BYTES]; /* of its journal; zeros while it stands in FAULT without one */
    uint32_t clock;                           /* 1: it has one, by which approvals end */
} np_wire_welcome;

typedef struct np_wire_refused {
    uint8_t sender_nonce[NP_WIRE_NONCE_BYTES];
    uint32_t reason; /* np_wire_reason */
    char text[NP_WIRE_TEXT_BYTES];
} np_wire_refused;

/* What a session is loaded for.  All but the first leave no record. */
typedef enum np_wire_air {
    NP_WIRE_AIR_NOT,   /* the dots are made */
    NP_WIRE_AIR_MOVES, /* the moves are made, and the needle stays at its hovers */
    NP_WIRE_AIR_REACH  /* nothing moves: of each dot is told whether the arm reaches it, on all ways to it */
} np_wire_air;

typedef struct np_wire_load {
    uint8_t digest[NP_WIRE_HASH_BYTES], header_hash[NP_WIRE_HASH_BYTES];
    uint32_t session; /* 1 first */
    uint32_t n_sessions;
    np_wire_session_binding sessions[NP_WIRE_MAX_SESSIONS];
    uint8_t public_key[32], signature[NP_WIRE_SIGNATURE_BYTES]; /* the approval, */
    np_wire_terms terms;                                        /* and what it is for */
    np_wire_limits limits;
    np_wire_pose registration; /* head frame to the executor's frame */
    uint32_t air;              /* np_wire_air */
    uint32_t reload_every;     /* dots between two reloads of pigment; 0: never */
    uint32_t needle_life;      /* dots that a needle may make; 0: as many as the executor lets it */
    /* The head was moved since dots of the session were made, and measured anew: it takes them up to so many um from where they
     * were to lie, NP_WIRE_MOVED_UNKNOWN_UM if that is not known; 0: it is where it was. */
    uint32_t moved_um;
    uint32_t only_reachable;            /* 1: what the arm does not reach is left out, and not done: SPEC.md, 15 */
    uint8_t noted[NP_WIRE_NONCE_BYTES]; /* token of the last epoch that the sender armed in; zeros: it notes none */
    /* The places in the tour from which on another cartridge is wanted, the first one 0, ascending; none: one will do for all.  A dot waits until
     * the last needle change is one that was confirmed while a dot of the same cartridge was next. */
    uint32_t n_cartridges;
    uint32_t cartridges[NP_WIRE_CARTRIDGES_MAX];
} np_wire_load;

typedef struct np_wire_chunks {
    uint32_t first; /* chunk number of hashes[0] */
    uint32_t n;
    uint8_t hashes[NP_WIRE_HASHES_PER_FRAME][NP_WIRE_HASH_BYTES];
} np_wire_chunks;

typedef struct np_wire_loaded {
    uint32_t reason;                /* NONE: so far so good */
    uint32_t chunks;                /* chunk hashes held, from 0 without gaps */
    uint32_t complete;              /* 1: the root holds, the journal is read, the state is LOADED */
    uint32_t done, in_doubt, other; /* of this session, when complete */
    char text[NP_WIRE_TEXT_BYTES];
} np_wire_loaded;

typedef struct np_wire_map_request {
    uint32_t first; /* a multiple of NP_WIRE_MAP_DOTS */
} np_wire_map_request;

typedef struct np_wire_resume_info {
    uint8_t digest[NP_WIRE_HASH_BYTES];
    uint32_t session, first, n_dots; /* n_dots <= NP_WIRE_MAP_DOTS outcomes from FIRST on */
    uint32_t map_size;
    uint8_t map[NP_WIRE_MAP_DOTS / 2]; /* as in journal.h */
} np_wire_resume_info;

typedef struct np_wire_arm { /* ARM and RESUME, and END */
    uint32_t request;        /* counts up within an epoch; one number arms at most once */
} np_wire_arm;

typedef struct np_wire_armed {
    uint32_t request, granted; /* granted 0 with reason PEDAL: still waiting */
    uint32_t reason;
    char text[NP_WIRE_TEXT_BYTES];
} np_wire_armed;

typedef struct np_wire_dots {
    uint32_t n, n_stops;
    np_wire_dot dots[NP_WIRE_DOTS_PER_FRAME];
    np_wire_stop stops[NP_WIRE_DOT_STOPS]; /* that the dots' first_stop counts in */
} np_wire_dots;

typedef struct np_wire_events {
    uint32_t state, reason; /* reason: why it holds or faults */
    uint32_t waiting;       /* a np_wire_reason that delays the next dot without holding (TRACKING), or NONE */
    uint32_t busy;          /* 1: a dot is in progress */
    uint64_t echo_us;       /* time_us of the last HEARTBEAT */
    uint32_t received;      /* dots below this order have been received since arming */
    uint32_t bitmap_size;
    uint8_t bitmap[NP_WIRE_BITMAP_BYTES]; /* bit i of byte j: order received + 8 j + i is here too */
    uint32_t window;                      /* credits: dots below this order may be sent; 0 when not armed */
    uint32_t next;                        /* dots below this order are final */
    uint32_t first;                       /* order of events[0]; the sender's acknowledgement */
    uint32_t n;
    np_wire_event events[NP_WIRE_EVENTS_PER_FRAME];
    uint32_t supplies; /* reloads and needle changes of the session so far, in all epochs */
} np_wire_events;

typedef struct np_wire_heartbeat {
    uint32_t acknowledged; /* outcomes below this order are in the sender's journal */
    uint64_t time_us;      /* sender's clock, echoed in EVENTS */
} np_wire_heartbeat;

typedef struct np_wire_tracking {
    uint64_t age_us;      /* of the measurement when it was sent */
    uint32_t quality_ppm; /* 0 lost .. 1000000 best */
    np_wire_pose pose;    /* head frame to the tracker's reference */
} np_wire_tracking;

typedef struct np_wire_status_info {
    uint32_t state, reason, epoch, pedal;
    uint32_t done, in_doubt, other;
    char text[NP_WIRE_TEXT_BYTES];
} np_wire_status_info;

typedef struct np_wire_ended {
    uint32_t request, done, in_doubt, other;
    uint32_t left; /* out; none but with only_reachable */
} np_wire_ended;

typedef struct np_wire_review {
    uint32_t request, order, id;
    uint32_t outcome; /* DONE, or NONE: fire it again */
} np_wire_review;

typedef struct np_wire_reviewed {
    uint32_t request, order, outcome, reason;
} np_wire_reviewed;

typedef struct np_wire_supplies_request {
    uint32_t first; /* number of the first one wanted, 0 first */
} np_wire_supplies_request;

typedef struct np_wire_supplied {
    uint32_t total; /* of the session */
    uint32_t first, n;
    np_wire_supply supplies[NP_WIRE_SUPPLIES_PER_FRAME]; /* numbers FIRST, FIRST + 1, ... */
} np_wire_supplied;

/* HOLD, ABORT, ESTOP, STOP and QUERY have no fields. */
typedef struct np_wire_message {
    uint8_t type; /* np_wire_message_type */
    union {
        np_wire_hello hello;
        np_wire_welcome welcome;
        np_wire_refused refused;
        np_wire_load load;
        np_wire_chunks chunks;
        np_wire_loaded loaded;
        np_wire_map_request map_request;
        np_wire_resume_info resume_info;
        np_wire_arm arm; /* ARM, RESUME, END */
        np_wire_armed armed;
        np_wire_dots dots;
        np_wire_events events;
        np_wire_heartbeat heartbeat;
        np_wire_tracking tracking; /* POSE */
        np_wire_status_info status;
        np_wire_ended ended;
        np_wire_review review;
        np_wire_reviewed reviewed;
        np_wire_supplies_request supplies_request; /* SUPPLIES */
        np_wire_supplied supplied;
    } u;
} np_wire_message;

/* Writes the payload of a message.  NP_WIRE_RANGE for a field that the table does not allow, NP_WIRE_SPACE if
 * CAPACITY is too small, NP_WIRE_UNKNOWN for a type outside the table. */
np_wire_status np_wire_message_encode(const np_wire_message *message, uint8_t *out_payload, size_t capacity,
                                      size_t *out_size);

/* Reads a payload.  Nothing of *out_message is to be used unless NP_WIRE_OK.  OUT_TEXT (may be NULL) names
 * the message and the field that was not as expected. */
np_wire_status np_wire_message_decode(uint8_t type, const uint8_t *payload, size_t size, np_wire_message *out_message,
                                      char out_text[NP_WIRE_TEXT_BYTES]);

/* "HELLO"; "unknown" outside the table. */
const char *np_wire_message_name(uint8_t type);
/* True if messages of TYPE go from the executor to the sender. */
bool np_wire_message_is_from_executor(uint8_t type);

/* First 8 bytes of BLAKE2b-256 over the text form of the message table. */
void np_wire_schema_hash(uint8_t out_hash[NP_WIRE_SCHEMA_BYTES]);

#endif
