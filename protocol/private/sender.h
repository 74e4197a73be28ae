/* What a sender holds.  Private to sender*.c:
 *
 *   sender.c          set-up, the operator's wishes, outcomes and the two journals
 *   sender_receive.c  frames in: what each answer moves
 *   sender_check.c    whether an answer can be true
 *   sender_send.c     frames out: urgent first, then the phase's request, then heartbeats and dots */
#ifndef NP_PROTOCOL_PRIVATE_SENDER_H
#define NP_PROTOCOL_PRIVATE_SENDER_H

#include "protocol/journal.h"
#include "protocol/private/keys.h"
#include "protocol/sender.h"

#define WIRE_SENDER_WINDOW 1024 /* dots under way at most, whatever the executor could buffer */

/* When a dot was sent last. */
typedef struct wire_sent {
    uint32_t order;
    uint64_t at_us; /* 0: not since arming */
} wire_sent;

struct np_wire_sender {
    np_wire_sender_config config;
    wire_link_key link;
    char name[NP_WIRE_NAME_BYTES];
    uint8_t schema[NP_WIRE_SCHEMA_BYTES];

    np_wire_phase phase;
    np_wire_reason reason;
    char text[NP_WIRE_TEXT_BYTES];

    /* The link. */
    np_wire_hello hello;
    np_wire_welcome welcome;
    uint8_t key[NP_WIRE_KEY_BYTES];
    uint32_t epoch, received_sequence, sent_sequence, hello_sequence, connects;
    uint64_t now_us; /* of the last call */
    uint64_t last_heard_us, silent_since_us, last_frame_us, last_heartbeat_us, next_request_us, round_trip_us;

    /* What the executor said last. */
    np_wire_events events; /* without the outcomes */
    bool events_known;
    uint32_t chunks_held; /* by the executor */

    /* What it can say: it makes only dots that it has, and has only those that were sent. */
    uint32_t sent_end;   /* orders below it may be final there, as they were before this arming or were sent in it */
    bool arming_is_new;  /* granted, and nothing sent yet */
    bool has_compared;   /* in this epoch: all that was final before is known */
    bool distrusts;      /* it said what cannot be true: only whether it moves is still looked at */
    bool too_deep_holds; /* a dot went deeper than planned, and nobody has resumed since */

    /* What the operator wants. */
    bool wants_hold, wants_abort, wants_estop;
    bool urgent; /* one of them has not been sent yet */
    uint64_t next_urgent_us, abort_us;

    /* What is known of each dot, 4 bits each; outcomes below `acknowledged` are in our journal. */
    uint8_t *map;
    uint32_t acknowledged, compared; /* orders below `compared` agree with the executor's map */
    bool acknowledge_due, uncommitted;
    uint32_t done, in_doubt, other, left, too_deep, differences;
    char difference_text[NP_WIRE_TEXT_BYTES];

    /* Reloads and needle changes: how many are in our journal, and whether that were all when we compared. */
    uint32_t supplies, supplies_behind;
    bool supplies_compared;
    uint64_t next_supplies_us;

    /* Requests. */
    uint32_t request;
    bool request_open;   /* an ARM or RESUME of this number is out */
    bool needle_refused; /* and was refused, as a needle is due */
    bool needle_asked;   /* as np_wire_sender_info says */
    bool failing;        /* FAILED, while the last outcomes are still collected until give_up_us */
    bool asked_status;
    uint64_t give_up_us;
    bool storage_failed; /* our journal takes nothing more */

    struct {
        uint32_t order;
        uint8_t verdict;
    } reviews[NP_WIRE_REVIEWS_MAX];
    uint32_t n_reviews, reviews_done;

    /* Dots that the executor is to be told are made: a bit each, none below settle_from. */
    uint8_t *to_settle;
    uint32_t n_to_settle, settle_from;

    bool pose_due;
    np_wire_tracking pose;
    uint64_t pose_time_us;

    wire_sent sent[WIRE_SENDER_WINDOW];
    uint64_t dots_sent, dots_resent, bad_frames;
};

/* sender_check.c.  False: the session fails with the field, and what was found and expected. */
bool wire_sender_trusts_welcome(np_wire_sender *s, uint64_t now_us, const np_wire_welcome *w);
bool wire_sender_trusts_loaded(np_wire_sender *s, uint64_t now_us, const np_wire_loaded *l);
bool wire_sender_trusts_map(np_wire_sender *s, uint64_t now_us, const np_wire_resume_info *r);
bool wire_sender_trusts_events(np_wire_sender *s, uint64_t now_us, const np_wire_events *e);
bool wire_sender_trusts_ended(np_wire_sender *s, uint64_t now_us, const np_wire_ended *e);
/* An answer that could not be read; TEXT names the field. */
void wire_sender_distrust(np_wire_sender *s, uint64_t now_us, const char *text);

/* sender.c */
/* Asserts what holds of a sender between any two calls; nothing from outside can break it.  Debug and fuzz builds. */
void wire_sender_check(const np_wire_sender *s);
/* The time of a call.  If the clock went back, nothing waits for a time that is far off now. */
void wire_sender_note_time(np_wire_sender *s, uint64_t now_us);
void wire_sender_say(np_wire_sender *s, const char *text);
void wire_sender_enter(np_wire_sender *s, np_wire_phase phase);
/* HOLDING for REASON, or for the dot that went too deep. */
void wire_sender_enter_holding(np_wire_sender *s, np_wire_reason reason);
/* A dot went deeper than planned: holds, whatever the executor does. */
void wire_sender_hold_too_deep(np_wire_sender *s);
void wire_sender_connect(np_wire_sender *s);
/* The session cannot go on.  Collects what the executor still has to tell, for a second at most. */
void wire_sender_fail(np_wire_sender *s, uint64_t now_us, np_wire_reason reason, const char *text);
/* Takes the executor's word on one dot.  False: the two journals contradict each other, or ours cannot be
 * written. */
bool wire_sender_reconcile(np_wire_sender *s, const np_wire_event *event);
bool wire_sender_commit(np_wire_sender *s);
void wire_sender_set_outcome(np_wire_sender *s, uint32_t order, uint32_t outcome);
void wire_sender_forget_sent(np_wire_sender *s);
bool wire_sender_is_settled(const np_wire_sender *s);
/* The executor has answered to the next verdict, on ORDER. */
void wire_sender_note_told(np_wire_sender *s, uint32_t order);
/* The verdict that the executor is to be told next; false if it has them all. */
bool wire_sender_next_verdict(const np_wire_sender *s, uint32_t *out_order, uint32_t *out_verdict);
/* The executor has told of supplies that we have not asked for yet. */
bool wire_sender_lacks_supplies(const np_wire_sender *s);

#endif
