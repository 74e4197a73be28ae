/* What each message consists of, field by field; message.c reads and writes by it, and the schema hash is over it.
 *
 * NP_WIRE_MESSAGE_TABLE says which messages there are; the fields of message NAME stand in fields_NAME here, and a message
 * without them does not compile. */
#include "protocol/private/schema.h"

#define AT(member) ((uint16_t)offsetof(np_wire_message, u.member))
#define SIZE(member) ((uint16_t)sizeof(((np_wire_message *)0)->u.member))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define U32(label, member, low, high)                                                                                  \
    {                                                                                                                  \
        .name = label, .kind = WIRE_FIELD_U32, .offset = AT(member), .min = (low), .max = (high)                       \
    }
#define I32(label, member, low, high)                                                                                  \
    {                                                                                                                  \
        .name = label, .kind = WIRE_FIELD_I32, .offset = AT(member), .min = (low), .max = (high)                       \
    }
#define U64(label, member)                                                                                             \
    {                                                                                                                  \
        .name = label, .kind = WIRE_FIELD_U64, .offset = AT(member), .max = INT64_MAX                                  \
    }
#define BIN(label, member)                                                                                             \
    {                                                                                                                  \
        .name = label, .kind = WIRE_FIELD_BIN, .offset = AT(member), .size = SIZE(member)                              \
    }
#define VARBIN(label, member, length)                                                                                  \
    {                                                                                                                  \
        .name = label, .kind = WIRE_FIELD_VARBIN, .offset = AT(member), .count = AT(length), .size = SIZE(member)      \
    }
#define TEXT(label, member)                                                                                            \
    {                                                                                                                  \
        .name = label, .kind = WIRE_FIELD_TEXT, .offset = AT(member), .size = SIZE(member)                             \
    }
#define LIST(label, member, length, what, low)                                                                         \
    {                                                                                                                  \
        .name = label, .kind = WIRE_FIELD_LIST, .item = what, .offset = AT(member), .count = AT(length),               \
        .size = (uint16_t)COUNT(((np_wire_message *)0)->u.member), .stride = SIZE(member[0]), .min = (low)             \
    }
#define POSE(prefix)                                                                                                   \
    I32("qw", prefix.rotation_ppm[0], -1000100, 1000100), I32("qx", prefix.rotation_ppm[1], -1000100, 1000100),        \
        I32("qy", prefix.rotation_ppm[2], -1000100, 1000100), I32("qz", prefix.rotation_ppm[3], -1000100, 1000100),    \
        I32("tx_um", prefix.translation_um[0], -10000000, 10000000),                                                   \
        I32("ty_um", prefix.translation_um[1], -10000000, 10000000),                                                   \
        I32("tz_um", prefix.translation_um[2], -10000000, 10000000)
#define END                                                                                                            \
    {                                                                                                                  \
        0                                                                                                              \
    }
#define ORDER_MAX (NP_WIRE_MAX_DOTS - 1)
#define STATE(member) U32("state", member, 0, NP_WIRE_STATE_COUNT - 1)
/* Reasons grow: an unknown one is shown by its number, not refused. */
#define REASON(label, member) U32(label, member, 0, 65535)
#define TALLY(prefix)                                                                                                  \
    U32("done", prefix.done, 0, NP_WIRE_MAX_DOTS), U32("in_doubt", prefix.in_doubt, 0, NP_WIRE_MAX_DOTS),              \
        U32("other", prefix.other, 0, NP_WIRE_MAX_DOTS)

static const wire_field fields_HELLO[] = {
    U32("version", hello.version, 1, 65535),
    BIN("schema", hello.schema),
    BIN("key_id", hello.key_id),
    BIN("nonce", hello.nonce),
    BIN("digest", hello.digest),
    U32("session", hello.session, 1, NP_WIRE_MAX_SESSIONS),
    TEXT("name", hello.name),
    END,
};
static const wire_field fields_WELCOME[] = {
    U32("version", welcome.version, 1, 65535),
    BIN("schema", welcome.schema),
    BIN("sender_nonce", welcome.sender_nonce),
    BIN("nonce", welcome.nonce),
    U32("epoch", welcome.epoch, 1, UINT32_MAX),
    U32("authenticated", welcome.authenticated, 0, 1),
    STATE(welcome.state),
    U32("buffer_dots", welcome.buffer_dots, NP_WIRE_CHUNK_DOTS, NP_WIRE_MAX_DOTS),
    U32("max_dots", welcome.max_dots, 1, NP_WIRE_MAX_DOTS),
    U32("durable", welcome.durable, 0, 1),
    TEXT("name", welcome.name),
    U32("supplies", welcome.supplies, NP_WIRE_SUPPLIES_NONE, NP_WIRE_SUPPLIES_BY_ARM),
    BIN("identity", welcome.identity),
    U32("clock", welcome.clock, 0, 1),
    END,
};
static const wire_field fields_REFUSED[] = {
    BIN("sender_nonce", refused.sender_nonce),
    REASON("reason", refused.reason),
    TEXT("text", refused.text),
    END,
};
static const wire_field fields_LOAD[] = {
    BIN("digest", load.digest),
    BIN("header_hash", load.header_hash),
    U32("session", load.session, 1, NP_WIRE_MAX_SESSIONS),
    LIST("sessions", load.sessions, load.n_sessions, WIRE_ITEM_SESSION, 1),
    BIN("public_key", load.public_key),
    BIN("signature", load.signature),
    I32("depth_min_um", load.limits.depth_min_um, 0, 100000),
    I32("depth_max_um", load.limits.depth_max_um, 0, 100000),
    I32("tilt_max_urad", load.limits.tilt_max_urad, 0, 3141593),
    POSE(load.registration),
    U32("air", load.air, NP_WIRE_AIR_NOT, NP_WIRE_AIR_REACH),
    U32("reload_every", load.reload_every, 0, NP_WIRE_MAX_DOTS),
    U32("needle_life", load.needle_life, 0, NP_WIRE_MAX_DOTS),
    U32("moved_um", load.moved_um, 0, NP_WIRE_MOVED_MAX_UM),
    U32("only_reachable", load.only_reachable, 0, 1),
    LIST("executors", load.terms.executors, load.terms.n_executors, WIRE_ITEM_IDENTITY, 0),
    U64("not_after_s", load.terms.not_after_s),
    U32("air_only", load.terms.air_only, 0, 1),
    U32("approved_reload_every", load.terms.reload_every, 0, NP_WIRE_MAX_DOTS),
    U32("approved_needle_life", load.terms.needle_life, 0, NP_WIRE_MAX_DOTS),
    VARBIN("operator", load.terms.operator_name, load.terms.operator_size),
    BIN("noted", load.noted),
    LIST("cartridges", load.cartridges, load.n_cartridges, WIRE_ITEM_ORDER, 0),
    END,
};
static const wire_field fields_CHUNKS[] = {
    U32("first", chunks.first, 0, NP_WIRE_MAX_DOTS / NP_WIRE_CHUNK_DOTS),
    LIST("hashes", chunks.hashes, chunks.n, WIRE_ITEM_HASH, 1),
    END,
};
static const wire_field fields_LOADED[] = {
    REASON("reason", loaded.reason),
    U32("chunks", loaded.chunks, 0, NP_WIRE_MAX_DOTS / NP_WIRE_CHUNK_DOTS),
    U32("complete", loaded.complete, 0, 1),
    TALLY(loaded),
    TEXT("text", loaded.text),
    END,
};
static const wire_field fields_MAP[] = {
    U32("first", map_request.first, 0, ORDER_MAX),
    END,
};
static const wire_field fields_RESUME_INFO[] = {
    BIN("digest", resume_info.digest),
    U32("session", resume_info.session, 1, NP_WIRE_MAX_SESSIONS),
    U32("first", resume_info.first, 0, ORDER_MAX),
    U32("n_dots", resume_info.n_dots, 1, NP_WIRE_MAP_DOTS),
    VARBIN("map", resume_info.map, resume_info.map_size),
    END,
};
static const wire_field fields_ARM[] = {
    U32("request", arm.request, 1, UINT32_MAX),
    END,
};
static const wire_field fields_ARMED[] = {
    U32("request", armed.request, 1, UINT32_MAX),
    U32("granted", armed.granted, 0, 1),
    REASON("reason", armed.reason),
    TEXT("text", armed.text),
    END,
};
static const wire_field fields_DOTS[] = {
    LIST("dots", dots.dots, dots.n, WIRE_ITEM_DOT, 1),
    END,
};
static const wire_field fields_EVENTS[] = {
    STATE(events.state),
    REASON("reason", events.reason),
    REASON("waiting", events.waiting),
    U32("busy", events.busy, 0, 1),
    U64("echo_us", events.echo_us),
    U32("received", events.received, 0, NP_WIRE_MAX_DOTS),
    VARBIN("bitmap", events.bitmap, events.bitmap_size),
    U32("window", events.window, 0, NP_WIRE_MAX_DOTS),
    U32("next", events.next, 0, NP_WIRE_MAX_DOTS),
    U32("first", events.first, 0, NP_WIRE_MAX_DOTS),
    LIST("events", events.events, events.n, WIRE_ITEM_EVENT, 0),
    U32("supplies", events.supplies, 0, UINT32_MAX),
    END,
};
static const wire_field fields_HEARTBEAT[] = {
    U32("acknowledged", heartbeat.acknowledged, 0, NP_WIRE_MAX_DOTS),
    U64("time_us", heartbeat.time_us),
    END,
};
static const wire_field fields_POSE[] = {
    U64("age_us", tracking.age_us),
    U32("quality_ppm", tracking.quality_ppm, 0, 1000000),
    POSE(tracking.pose),
    END,
};
static const wire_field fields_STATUS[] = {
    STATE(status.state),
    REASON("reason", status.reason),
    U32("epoch", status.epoch, 0, UINT32_MAX),
    U32("pedal", status.pedal, 0, 1),
    TALLY(status),
    TEXT("text", status.text),
    END,
};
static const wire_field fields_ENDED[] = {
    U32("request", ended.request, 1, UINT32_MAX),
    TALLY(ended),
    U32("left", ended.left, 0, NP_WIRE_MAX_DOTS),
    END,
};
static const wire_field fields_REVIEW[] = {
    U32("request", review.request, 1, UINT32_MAX),
    U32("order", review.order, 0, ORDER_MAX),
    U32("id", review.id, 1, UINT32_MAX),
    U32("outcome", review.outcome, NP_WIRE_OUTCOME_NONE, NP_WIRE_OUTCOME_DONE),
    END,
};
static const wire_field fields_REVIEWED[] = {
    U32("request", reviewed.request, 1, UINT32_MAX),
    U32("order", reviewed.order, 0, ORDER_MAX),
    U32("outcome", reviewed.outcome, 0, NP_WIRE_OUTCOME_LEFT - 1),
    REASON("reason", reviewed.reason),
    END,
};
static const wire_field fields_SUPPLIES[] = {
    U32("first", supplies_request.first, 0, UINT32_MAX),
    END,
};
static const wire_field fields_SUPPLIED[] = {
    U32("total", supplied.total, 0, UINT32_MAX),
    U32("first", supplied.first, 0, UINT32_MAX),
    LIST("supplies", supplied.supplies, supplied.n, WIRE_ITEM_SUPPLY, 0),
    END,
};

static const wire_field fields_nothing[] = {END};
#define fields_RESUME fields_ARM
#define fields_END fields_ARM
#define fields_HOLD fields_nothing
#define fields_ABORT fields_nothing
#define fields_ESTOP fields_nothing
#define fields_STOP fields_nothing
#define fields_QUERY fields_nothing

#define LAYOUT(name, number, direction) {#name, DIRECTION_##direction, number, COUNT(fields_##name) - 1, fields_##name},
enum { DIRECTION_S = 'S', DIRECTION_E = 'E' };
static const wire_layout layouts[] = {NP_WIRE_MESSAGE_TABLE(LAYOUT)};

/* Numbers have no gaps: the number is the place. */
#define PLACE(name, number, direction) PLACE_##name,
#define IS_IN_PLACE(name, number, direction) _Static_assert(PLACE_##name + 1 == (number), #name " is out of turn");
enum { NP_WIRE_MESSAGE_TABLE(PLACE) };
NP_WIRE_MESSAGE_TABLE(IS_IN_PLACE)

const wire_layout *wire_layout_all(size_t *out_count)
{
    *out_count = COUNT(layouts);
    return layouts;
}

const wire_layout *wire_layout_find(uint8_t type)
{
    return type >= 1 && type <= COUNT(layouts) ? &layouts[type - 1] : NULL;
}
