/* The executor's durable record, the authority on what has been done to the skin.
 *
 * A file of 64-byte records, only ever appended to.  INTENT is on the disk before the needle moves, RESULT
 * after; INTENT without RESULT is in doubt.  Every record carries a serial number and a CRC-32C, so that a
 * record torn by a crash at the very end is told from damage in the middle: the first is dropped (its sync
 * never returned, so nothing relied on it), the second is an error.
 *
 *   byte 0   "NPJ1"
 *        4   kind u8        5  outcome u8      6  session u16
 *        8   dot id u32    12  order u32      16  epoch u32     20  serial u32, 0 first, no gaps
 *       24   time us u64   32  depth um i32   36  force mN i32
 *       40   first 16 bytes of the plan's digest
 *            (of a LOT: bytes 24 to 55 are its text; of a POSE: bytes 24 to 51 its seven integers, and zeros; of EPOCH and
 *            IDENTITY: bytes 24 to 39 are 16 random ones)
 *       56   0 u32         60  CRC-32C u32 over bytes 0..59
 *
 * Integers big-endian.  Firmware and simulator share this code; the bytes themselves are kept by the storage
 * callbacks. */
#ifndef NP_PROTOCOL_JOURNAL_H
#define NP_PROTOCOL_JOURNAL_H

#include "protocol/wire.h"

#define NP_WIRE_RECORD_BYTES 64
#define NP_WIRE_RECORD_DIGEST_BYTES 16
/* What a storage device writes whole or not at all, at least.  At most two records are ever unsynced, and always
 * within one such block. */
#define NP_WIRE_JOURNAL_BLOCK_BYTES 512

typedef enum np_wire_record_kind {
    NP_WIRE_RECORD_EPOCH = 1,     /* a sender was authenticated: epoch */
    NP_WIRE_RECORD_INTENT = 2,    /* the dot is about to be fired */
    NP_WIRE_RECORD_RESULT = 3,    /* outcome, time, depth, force */
    NP_WIRE_RECORD_WITHDRAWN = 4, /* the intent was not acted upon: the dot is as before it */
    NP_WIRE_RECORD_REVIEW = 5, /* a person decided on a dot: outcome DONE (of one in doubt), or NONE (fire it again) */
    NP_WIRE_RECORD_LOT = 6,    /* the lot of what the next record tells, which counts only with that record */
    NP_WIRE_RECORD_NEEDLE = 7, /* the needle was changed, before the dots of this order and later */
    NP_WIRE_RECORD_RELOAD = 8, /* pigment was reloaded, likewise */
    NP_WIRE_RECORD_POSE = 9,   /* where the head is, which counts only with the next record, */
    /* that the dots of the session are made with it there, from now on: outcome 1 if a person confirmed at the executor that the
     * head was moved; depth and force are by how many um, as the sender said and at most by the two poses (0: nothing before) */
    NP_WIRE_RECORD_REGISTRATION = 10,
    NP_WIRE_RECORD_IDENTITY = 11, /* whose journal this is: one record, the first of a journal that was begun with it */
    NP_WIRE_RECORD_REVOKED = 12   /* the plan of this digest is made here no more */
} np_wire_record_kind;

typedef struct np_wire_record {
    uint8_t kind;    /* np_wire_record_kind */
    uint8_t outcome; /* np_wire_outcome, of RESULT and REVIEW; else 0 */
    uint16_t session;
    uint32_t dot_id, order, epoch, serial;
    uint64_t time_us;
    int32_t depth_um, force_mn;
    uint8_t digest[NP_WIRE_RECORD_DIGEST_BYTES];
    char lot[NP_WIRE_LOT_BYTES]; /* of LOT, instead of time, depth, force and digest */
    np_wire_pose pose;           /* of POSE, instead of the same */
    /* Of IDENTITY the executor's, of EPOCH the executor's nonce, both instead of time, depth and force; zeros in the EPOCH
     * of an executor that kept none yet. */
    uint8_t token[NP_WIRE_NONCE_BYTES];
} np_wire_record;

void np_wire_record_encode(const np_wire_record *record, uint8_t out_bytes[NP_WIRE_RECORD_BYTES]);
/* NP_WIRE_CHECKSUM for what is not a whole record; NP_WIRE_FORMAT for one that is whole and means nothing here. */
np_wire_status np_wire_record_decode(const uint8_t bytes[NP_WIRE_RECORD_BYTES], np_wire_record *out_record);

/* Whether a person who has looked may order a dot of this outcome to be fired again: it is in doubt, or was never punctured (skipped, or the
 * needle met no skin). */
bool np_wire_outcome_can_be_taken_back(uint32_t outcome);

/* Outcomes of a session by order, 4 bits each: order i in the low half of byte i/2 if i is even, in the high
 * half if odd. */
#define NP_WIRE_MAP_BYTES(n_dots) (((size_t)(n_dots) + 1) / 2)
uint32_t np_wire_map_get(const uint8_t *map, uint32_t order);
void np_wire_map_set(uint8_t *map, uint32_t order, uint32_t outcome);

/* Reads a journal record by record, in bounded memory: init, push each whole record in turn, then finish. */
typedef struct np_wire_journal_scan {
    /* set by init */
    const uint8_t *digest; /* of the plan to look for (32 bytes); NULL: only check the journal */
    uint32_t session, n_dots;
    uint8_t *map;           /* filled with the session's outcomes; may be NULL */
    np_wire_supply *wanted; /* set after init: gets the session's supplies FIRST_WANTED .. + N_WANTED - 1; or NULL */
    uint32_t first_wanted, n_wanted;
    const uint8_t *noted; /* set after init: the token of an epoch to look for; or NULL */
    /* results, whole after finish */
    uint32_t records;     /* valid records; the next one's serial number */
    uint64_t valid_bytes; /* whatever is behind is to be cut off before appending */
    uint32_t last_epoch;
    uint32_t done, in_doubt, other; /* dots of the session by outcome */
    uint32_t supplies;              /* reloads and needle changes of the session */
    bool needle_known; /* a needle was put in for this session, and none since for another, which made no dot since, */
    uint32_t needle_order;     /* from this order on, */
    uint32_t needle_used;      /* and so many dots were begun with it and not withdrawn */
    bool needle_lost;          /* one was put in for this session, and another's was since, or made a dot */
    uint32_t reload_order;     /* of the last reload; 0: none */
    bool pigment_known;        /* a reload of this session is there, */
    bool pigment_lost;         /* and behind it, or behind its first dot, a reload or a dot of another */
    bool pose_known;           /* where the head was when the session's last dots were made, */
    np_wire_pose pose;         /* or about to be */
    bool unknown;              /* a whole record means nothing here: a newer version wrote it */
    uint64_t torn_bytes;       /* behind valid_bytes; what a crash leaves there ends with its block, */
    bool too_long;             /* and this goes on behind that: damage */
    bool noted_found, revoked; /* the epoch of NOTED is there; the plan was revoked */
    bool identity_known;
    uint8_t identity[NP_WIRE_IDENTITY_BYTES];
    /* private */
    bool bad, damaged, is_begun;
    char lot[NP_WIRE_LOT_BYTES];
    uint8_t kind_before;
    np_wire_pose pose_before;
} np_wire_journal_scan;

/* MAP: NP_WIRE_MAP_BYTES(n_dots) bytes of the caller, or NULL. */
void np_wire_journal_scan_init(np_wire_journal_scan *scan, const uint8_t *digest, uint32_t session, uint32_t n_dots,
                               uint8_t *map);
void np_wire_journal_scan_push(np_wire_journal_scan *scan, const uint8_t bytes[NP_WIRE_RECORD_BYTES]);
/* TAIL_BYTES: what was left behind the last whole record, 0..63.  NP_WIRE_CORRUPT if the damage is not only
 * at the end. */
np_wire_status np_wire_journal_scan_finish(np_wire_journal_scan *scan, size_t tail_bytes);

/* The same over a whole journal in memory.  Tolerates truncation at any byte. */
np_wire_status np_wire_journal_recover(const uint8_t *bytes, size_t size, const uint8_t *digest, uint32_t session,
                                       uint32_t n_dots, uint8_t *map, np_wire_journal_scan *out_scan);

/* Where the records live.  All calls come from inside the executor's functions, on the caller's thread. */
typedef struct np_wire_storage {
    void *context;
    /* Appends SIZE bytes (one record).  False: nothing may be relied on; the executor goes to FAULT. */
    bool (*append)(void *context, const uint8_t *bytes, size_t size);
    /* Returns after everything appended is durable.  False as above. */
    bool (*sync)(void *context);
    /* Reads up to SIZE bytes from OFFSET into OUT_BYTES and sets *out_size (0 at the end). */
    bool (*read)(void *context, uint64_t offset, uint8_t *out_bytes, size_t size, size_t *out_size);
    /* Cuts the journal to SIZE bytes, durably: used once at the start to drop a torn record. */
    bool (*truncate)(void *context, uint64_t size);
} np_wire_storage;

#endif
