/* Messages to bytes and back, field by field as schema.c lists them; see message.h.  What goes out is checked as strictly
 * as what comes in, so that a side cannot say what the other must refuse. */
#include "protocol/message.h"

#include <msgpack/pack.h>
#include <sodium.h>
#include <string.h>

#include "protocol/private/print.h"
#include "protocol/private/reader.h"
#include "protocol/private/schema.h"

#define DOT_INTS 15
#define MOVED_DOT_FIELDS                                                                                               \
    (DOT_INTS + 1 + NP_WIRE_WAYS) /* behind them the station and the stops of its ways, a binary each */
#define EVENT_INTS 4
#define SUPPLY_FIELDS 4

/* ---- places in the structs ---- */

static uint32_t get_u32(const void *base, size_t offset)
{
    uint32_t v;
    memcpy(&v, (const uint8_t *)base + offset, sizeof v);
    return v;
}

static void set_u32(void *base, size_t offset, uint32_t v)
{
    memcpy((uint8_t *)base + offset, &v, sizeof v);
}

static int64_t get_number(const np_wire_message *m, const wire_field *f)
{
    if (f->kind == WIRE_FIELD_U64) {
        uint64_t v;
        memcpy(&v, (const uint8_t *)m + f->offset, sizeof v);
        return v > INT64_MAX ? -1 : (int64_t)v; /* -1 is out of every U64's range */
    }
    uint32_t v = get_u32(m, f->offset);
    return f->kind == WIRE_FIELD_I32 ? (int64_t)(int32_t)v : (int64_t)v;
}

static void set_number(np_wire_message *m, const wire_field *f, int64_t value)
{
    if (f->kind == WIRE_FIELD_U64) {
        uint64_t v = (uint64_t)value;
        memcpy((uint8_t *)m + f->offset, &v, sizeof v);
    } else {
        set_u32(m, f->offset, (uint32_t)value);
    }
}

/* A dot as the integers of the wire, and back.  False if one does not fit. */
static void dot_to_ints(const np_wire_dot *dot, int64_t out[DOT_INTS])
{
    out[0] = dot->id;
    out[1] = dot->order;
    for (int i = 0; i < 3; i++) {
        out[2 + i] = dot->position_um[i];
        out[5 + i] = dot->normal_ppm[i];
        out[8 + i] = dot->axis_ppm[i];
    }
    out[11] = dot->depth_um;
    out[12] = dot->dwell_us;
    out[13] = dot->tone_ppm;
    out[14] = dot->hover_um;
}

static bool dot_from_ints(const int64_t v[DOT_INTS], np_wire_dot *dot)
{
    if (v[0] < 1 || v[0] > UINT32_MAX || v[1] < 0 || v[1] >= NP_WIRE_MAX_DOTS)
        return false;
    for (int i = 2; i < DOT_INTS; i++)
        if (v[i] < INT32_MIN || v[i] > INT32_MAX)
            return false;
    dot->id = (uint32_t)v[0];
    dot->order = (uint32_t)v[1];
    for (int i = 0; i < 3; i++) {
        dot->position_um[i] = (int32_t)v[2 + i];
        dot->normal_ppm[i] = (int32_t)v[5 + i];
        dot->axis_ppm[i] = (int32_t)v[8 + i];
    }
    dot->depth_um = (int32_t)v[11];
    dot->dwell_us = (int32_t)v[12];
    dot->tone_ppm = (int32_t)v[13];
    dot->hover_um = (int32_t)v[14];
    return true;
}

static bool event_is_valid(const np_wire_event *event)
{
    return event->outcome > NP_WIRE_OUTCOME_NONE && event->outcome < NP_WIRE_OUTCOME_COUNT &&
           event->time_us <= INT64_MAX;
}

static bool supply_is_valid(const np_wire_supply *s)
{
    return (s->kind == NP_WIRE_SUPPLY_NEEDLE || s->kind == NP_WIRE_SUPPLY_PIGMENT) && s->order <= NP_WIRE_MAX_DOTS &&
           s->time_us <= INT64_MAX && np_wire_lot_is_valid(s->lot);
}

/* ---- writing ---- */

typedef struct sink {
    uint8_t *bytes;
    size_t size, capacity;
} sink;

static int sink_write(void *context, const char *bytes, size_t size)
{
    sink *s = context;
    if (size > s->capacity - s->size)
        return -1;
    memcpy(s->bytes + s->size, bytes, size);
    s->size += size;
    return 0;
}

static int pack_bin(msgpack_packer *pk, const void *bytes, size_t size)
{
    if (msgpack_pack_bin(pk, size))
        return -1;
    return size ? msgpack_pack_bin_body(pk, bytes, size) : 0;
}

/* INTS carries the dot before, and then this one. */
static np_wire_status write_dot(msgpack_packer *pk, const np_wire_dots *dots, const np_wire_dot *dot,
                                int64_t ints[DOT_INTS])
{
    int64_t v[DOT_INTS];
    np_wire_dot checked;
    dot_to_ints(dot, v);
    uint32_t total = np_wire_dot_stop_count(dot);
    if (!dot_from_ints(v, &checked) || total > NP_WIRE_DOT_STOPS || dot->first_stop > NP_WIRE_DOT_STOPS - total)
        return NP_WIRE_RANGE;
    bool straight = total == 0;
    int failed = msgpack_pack_array(pk, straight ? DOT_INTS : MOVED_DOT_FIELDS);
    for (int i = 0; i < DOT_INTS && !failed; i++)
        failed = msgpack_pack_int64(pk, v[i] - ints[i]);
    memcpy(ints, v, sizeof v);
    if (!straight && !failed)
        failed = msgpack_pack_uint32(pk, dot->station);
    for (unsigned w = 0; w < NP_WIRE_WAYS && !straight && !failed; w++) {
        const np_wire_stop *stops = np_wire_dot_way(dot, dots->stops, (np_wire_way)w);
        failed = msgpack_pack_bin(pk, (size_t)dot->n_stops[w] * NP_WIRE_STOP_RECORD_BYTES);
        for (uint32_t i = 0; i < dot->n_stops[w] && !failed; i++) {
            uint8_t record[NP_WIRE_STOP_RECORD_BYTES];
            np_wire_stop_encode(&stops[i], record);
            failed = msgpack_pack_bin_body(pk, record, sizeof record);
        }
    }
    return failed ? NP_WIRE_SPACE : NP_WIRE_OK;
}

/* One item of a list of M; INTS carries the dot before. */
static np_wire_status write_item(msgpack_packer *pk, const np_wire_message *m, const wire_field *f, const uint8_t *item,
                                 int64_t ints[DOT_INTS])
{
    int failed = 0;
    if (f->item == WIRE_ITEM_HASH) {
        failed = pack_bin(pk, item, NP_WIRE_HASH_BYTES);
    } else if (f->item == WIRE_ITEM_IDENTITY) {
        failed = pack_bin(pk, item, NP_WIRE_IDENTITY_BYTES);
    } else if (f->item == WIRE_ITEM_ORDER) {
        uint32_t order = *(const uint32_t *)(const void *)item;
        if (order >= NP_WIRE_MAX_DOTS)
            return NP_WIRE_RANGE;
        failed = msgpack_pack_uint32(pk, order);
    } else if (f->item == WIRE_ITEM_SESSION) {
        const np_wire_session_binding *s = (const void *)item;
        if (s->n_dots > NP_WIRE_MAX_DOTS)
            return NP_WIRE_RANGE;
        failed = msgpack_pack_array(pk, 2) || msgpack_pack_uint32(pk, s->n_dots) ||
                 pack_bin(pk, s->root, NP_WIRE_HASH_BYTES);
    } else if (f->item == WIRE_ITEM_DOT) {
        return write_dot(pk, &m->u.dots, (const void *)item, ints);
    } else if (f->item == WIRE_ITEM_SUPPLY) {
        const np_wire_supply *s = (const void *)item;
        if (!supply_is_valid(s))
            return NP_WIRE_RANGE;
        size_t size = strlen(s->lot);
        failed = msgpack_pack_array(pk, SUPPLY_FIELDS) || msgpack_pack_uint32(pk, s->kind) ||
                 msgpack_pack_uint32(pk, s->order) || msgpack_pack_uint64(pk, s->time_us) ||
                 msgpack_pack_str(pk, size) || (size && msgpack_pack_str_body(pk, s->lot, size));
    } else {
        const np_wire_event *e = (const void *)item;
        if (!event_is_valid(e))
            return NP_WIRE_RANGE;
        failed = msgpack_pack_array(pk, EVENT_INTS) || msgpack_pack_uint32(pk, e->outcome) ||
                 msgpack_pack_uint64(pk, e->time_us) || msgpack_pack_int32(pk, e->depth_um) ||
                 msgpack_pack_int32(pk, e->force_mn);
    }
    return failed ? NP_WIRE_SPACE : NP_WIRE_OK;
}

static np_wire_status write_list(msgpack_packer *pk, const np_wire_message *m, const wire_field *f)
{
    uint32_t n = get_u32(m, f->count);
    int64_t ints[DOT_INTS] = {0};
    if (n > f->size || n < f->min)
        return NP_WIRE_RANGE;
    np_wire_status status = msgpack_pack_array(pk, n) ? NP_WIRE_SPACE : NP_WIRE_OK;
    for (uint32_t i = 0; i < n && status == NP_WIRE_OK; i++)
        status = write_item(pk, m, f, (const uint8_t *)m + f->offset + (size_t)i * f->stride, ints);
    return status;
}

static np_wire_status write_field(msgpack_packer *pk, const np_wire_message *m, const wire_field *f)
{
    const uint8_t *at = (const uint8_t *)m + f->offset;
    int failed = 0;
    switch (f->kind) {
    case WIRE_FIELD_BIN:
        failed = pack_bin(pk, at, f->size);
        break;
    case WIRE_FIELD_VARBIN: {
        uint32_t size = get_u32(m, f->count);
        if (size > f->size)
            return NP_WIRE_RANGE;
        failed = pack_bin(pk, at, size);
        break;
    }
    case WIRE_FIELD_TEXT: {
        const uint8_t *end = memchr(at, '\0', f->size - 1u);
        size_t size = end ? (size_t)(end - (const uint8_t *)at) : f->size - 1u;
        failed = msgpack_pack_str(pk, size) || (size && msgpack_pack_str_body(pk, at, size));
        break;
    }
    case WIRE_FIELD_LIST:
        return write_list(pk, m, f);
    default: {
        int64_t v = get_number(m, f);
        if (v < f->min || v > f->max)
            return NP_WIRE_RANGE;
        failed = msgpack_pack_int64(pk, v);
    }
    }
    return failed ? NP_WIRE_SPACE : NP_WIRE_OK;
}

np_wire_status np_wire_message_encode(const np_wire_message *message, uint8_t *out_payload, size_t capacity,
                                      size_t *out_size)
{
    *out_size = 0;
    const wire_layout *layout = wire_layout_find(message->type);
    if (!layout)
        return NP_WIRE_UNKNOWN;
    sink s = {out_payload, 0, capacity};
    msgpack_packer pk;
    msgpack_packer_init(&pk, &s, sink_write);
    np_wire_status status = msgpack_pack_array(&pk, layout->n_fields) ? NP_WIRE_SPACE : NP_WIRE_OK;
    for (unsigned i = 0; i < layout->n_fields && status == NP_WIRE_OK; i++)
        status = write_field(&pk, message, &layout->fields[i]);
    if (status == NP_WIRE_OK)
        *out_size = s.size;
    return status;
}

/* ---- reading ---- */

/* An array of at least N elements; *out_extra are to be skipped when these are read. */
static bool open_array(wire_reader *r, uint32_t n, uint32_t *out_extra)
{
    uint32_t count;
    if (!wire_read_array(r, &count) || count < n) {
        r->failed = true;
        return false;
    }
    *out_extra = count - n;
    return true;
}

static bool close_array(wire_reader *r, uint32_t extra)
{
    while (extra-- && wire_read_skip(r))
        ;
    return !r->failed;
}

static bool read_exact(wire_reader *r, uint8_t *out, uint32_t size)
{
    const uint8_t *bytes;
    uint32_t n;
    if (!wire_read_bin(r, &bytes, &n) || n != size)
        return false;
    memcpy(out, bytes, size);
    return true;
}

/* Integers of an item, all of which must be there. */
static bool read_ints(wire_reader *r, int n, int64_t *out)
{
    uint32_t extra;
    if (!open_array(r, (uint32_t)n, &extra))
        return false;
    for (int i = 0; i < n; i++)
        if (!wire_read_int(r, &out[i]))
            return false;
    return close_array(r, extra);
}

static np_wire_status read_session(wire_reader *r, np_wire_session_binding *out)
{
    uint32_t extra;
    int64_t n;
    if (!open_array(r, 2, &extra) || !wire_read_int(r, &n) || !read_exact(r, out->root, NP_WIRE_HASH_BYTES) ||
        !close_array(r, extra))
        return NP_WIRE_FORMAT;
    if (n < 0 || n > NP_WIRE_MAX_DOTS)
        return NP_WIRE_RANGE;
    out->n_dots = (uint32_t)n;
    return NP_WIRE_OK;
}

/* The stops of one way go behind those that DOTS has. */
static np_wire_status read_way(wire_reader *r, np_wire_dots *dots, uint32_t *out_n)
{
    const uint8_t *bytes;
    uint32_t size;
    if (!wire_read_bin(r, &bytes, &size) || size % NP_WIRE_STOP_RECORD_BYTES)
        return NP_WIRE_FORMAT;
    *out_n = size / NP_WIRE_STOP_RECORD_BYTES;
    if (*out_n > NP_WIRE_DOT_STOPS - dots->n_stops)
        return NP_WIRE_RANGE;
    for (uint32_t i = 0; i < *out_n; i++)
        np_wire_stop_decode(bytes + (size_t)i * NP_WIRE_STOP_RECORD_BYTES, &dots->stops[dots->n_stops++]);
    return NP_WIRE_OK;
}

/* What follows the integers of a dot that has stops; *EXTRA counts what is left to read. */
static np_wire_status read_ways(wire_reader *r, np_wire_dots *dots, np_wire_dot *out, uint32_t *extra)
{
    int64_t station;
    if (*extra < MOVED_DOT_FIELDS - DOT_INTS || !wire_read_int(r, &station))
        return NP_WIRE_FORMAT;
    if (station < 0 || station > NP_WIRE_DOT_STOPS)
        return NP_WIRE_RANGE;
    out->station = (uint32_t)station;
    *extra -= MOVED_DOT_FIELDS - DOT_INTS;
    np_wire_status status = NP_WIRE_OK;
    for (unsigned w = 0; w < NP_WIRE_WAYS && status == NP_WIRE_OK; w++)
        status = read_way(r, dots, &out->n_stops[w]);
    return status;
}

static np_wire_status read_dot(wire_reader *r, np_wire_dots *dots, int64_t ints[DOT_INTS], np_wire_dot *out)
{
    int64_t v[DOT_INTS];
    uint32_t extra;
    bool read = open_array(r, DOT_INTS, &extra);
    for (int i = 0; i < DOT_INTS && read; i++)
        read = wire_read_int(r, &v[i]);
    if (!read)
        return NP_WIRE_FORMAT;
    out->first_stop = dots->n_stops;
    if (extra) {
        np_wire_status status = read_ways(r, dots, out, &extra);
        if (status != NP_WIRE_OK)
            return status;
    }
    if (!close_array(r, extra))
        return NP_WIRE_FORMAT;
    for (int i = 0; i < DOT_INTS; i++) {
        /* Differences of 32-bit numbers; anything wider is nonsense and could overflow. */
        if (v[i] < -(INT64_C(1) << 33) || v[i] > INT64_C(1) << 33)
            return NP_WIRE_RANGE;
        ints[i] += v[i];
    }
    return dot_from_ints(ints, out) ? NP_WIRE_OK : NP_WIRE_RANGE;
}

static np_wire_status read_event(wire_reader *r, np_wire_event *out)
{
    int64_t v[EVENT_INTS];
    if (!read_ints(r, EVENT_INTS, v))
        return NP_WIRE_FORMAT;
    if (!wire_read_check(r, "outcome", v[0], NP_WIRE_OUTCOME_IN_DOUBT, NP_WIRE_OUTCOME_COUNT - 1) ||
        !wire_read_check(r, "time_us", v[1], 0, INT64_MAX) ||
        !wire_read_check(r, "depth_um", v[2], INT32_MIN, INT32_MAX) ||
        !wire_read_check(r, "force_mn", v[3], INT32_MIN, INT32_MAX))
        return NP_WIRE_RANGE;
    *out = (np_wire_event){
        .outcome = (uint32_t)v[0], .time_us = (uint64_t)v[1], .depth_um = (int32_t)v[2], .force_mn = (int32_t)v[3]};
    return NP_WIRE_OK;
}

/* A lot is an identity: one that is too long or cannot be shown is refused, not cut or altered. */
static np_wire_status read_supply(wire_reader *r, np_wire_supply *out)
{
    int64_t v[SUPPLY_FIELDS - 1];
    uint32_t extra, size;
    const uint8_t *lot;
    if (!open_array(r, SUPPLY_FIELDS, &extra) || !wire_read_int(r, &v[0]) || !wire_read_int(r, &v[1]) ||
        !wire_read_int(r, &v[2]) || !wire_read_str(r, &lot, &size) || !close_array(r, extra))
        return NP_WIRE_FORMAT;
    if (v[0] < 0 || v[0] > UINT32_MAX || v[1] < 0 || v[1] > UINT32_MAX || v[2] < 0 || size >= NP_WIRE_LOT_BYTES ||
        memchr(lot, 0, size))
        return NP_WIRE_RANGE;
    *out = (np_wire_supply){.kind = (uint32_t)v[0], .order = (uint32_t)v[1], .time_us = (uint64_t)v[2]};
    memcpy(out->lot, lot, size);
    return supply_is_valid(out) ? NP_WIRE_OK : NP_WIRE_RANGE;
}

static np_wire_status read_order(wire_reader *r, uint32_t *out)
{
    int64_t v;
    if (!wire_read_int(r, &v))
        return NP_WIRE_FORMAT;
    if (!wire_read_check(r, "order", v, 0, NP_WIRE_MAX_DOTS - 1))
        return NP_WIRE_RANGE;
    *out = (uint32_t)v;
    return NP_WIRE_OK;
}

static np_wire_status read_list(wire_reader *r, np_wire_message *m, const wire_field *f)
{
    uint32_t n;
    int64_t ints[DOT_INTS] = {0};
    if (!wire_read_array(r, &n))
        return NP_WIRE_FORMAT;
    if (n > f->size || n < f->min)
        return NP_WIRE_RANGE;
    np_wire_status status = NP_WIRE_OK;
    for (uint32_t i = 0; i < n && status == NP_WIRE_OK; i++) {
        void *item = (uint8_t *)m + f->offset + (size_t)i * f->stride;
        if (f->item == WIRE_ITEM_HASH)
            status = read_exact(r, item, NP_WIRE_HASH_BYTES) ? NP_WIRE_OK : NP_WIRE_FORMAT;
        else if (f->item == WIRE_ITEM_IDENTITY)
            status = read_exact(r, item, NP_WIRE_IDENTITY_BYTES) ? NP_WIRE_OK : NP_WIRE_FORMAT;
        else if (f->item == WIRE_ITEM_ORDER)
            status = read_order(r, item);
        else if (f->item == WIRE_ITEM_SESSION)
            status = read_session(r, item);
        else if (f->item == WIRE_ITEM_DOT)
            status = read_dot(r, &m->u.dots, ints, item);
        else if (f->item == WIRE_ITEM_SUPPLY)
            status = read_supply(r, item);
        else
            status = read_event(r, item);
    }
    set_u32(m, f->count, n);
    return status;
}

static np_wire_status read_field(wire_reader *r, np_wire_message *m, const wire_field *f)
{
    uint8_t *at = (uint8_t *)m + f->offset;
    const uint8_t *bytes;
    uint32_t size;
    int64_t v;
    switch (f->kind) {
    case WIRE_FIELD_BIN:
        return read_exact(r, at, f->size) ? NP_WIRE_OK : NP_WIRE_FORMAT;
    case WIRE_FIELD_VARBIN:
        if (!wire_read_bin(r, &bytes, &size))
            return NP_WIRE_FORMAT;
        if (size > f->size)
            return NP_WIRE_RANGE;
        memcpy(at, bytes, size);
        set_u32(m, f->count, size);
        return NP_WIRE_OK;
    case WIRE_FIELD_TEXT:
        if (!wire_read_str(r, &bytes, &size))
            return NP_WIRE_FORMAT;
        size = size < f->size ? size : f->size - 1u;
        /* Texts are shown to people on terminals: control characters do not get through. */
        for (uint32_t i = 0; i < size; i++)
            at[i] = bytes[i] < 0x20 || bytes[i] == 0x7f ? '?' : bytes[i];
        at[size] = 0;
        return NP_WIRE_OK;
    case WIRE_FIELD_LIST:
        return read_list(r, m, f);
    default:
        if (!wire_read_int(r, &v))
            return NP_WIRE_FORMAT;
        if (!wire_read_check(r, NULL, v, f->min, f->max))
            return NP_WIRE_RANGE;
        set_number(m, f, v);
        return NP_WIRE_OK;
    }
}

static np_wire_status decode_failed(char *out_text, const wire_reader *r, np_wire_status status, const char *name,
                                    const char *field)
{
    if (out_text && r->odd && status == NP_WIRE_RANGE)
        wire_print(out_text, NP_WIRE_TEXT_BYTES, "%s: field %s%s%s is %lld, %lld..%lld was expected", name, field,
                   r->odd_name ? ": " : "", r->odd_name ? r->odd_name : "", (long long)r->odd_value,
                   (long long)r->odd_min, (long long)r->odd_max);
    else if (out_text)
        wire_print(out_text, NP_WIRE_TEXT_BYTES, "%s: field %s %s", name, field,
                   status == NP_WIRE_RANGE ? "is out of range" : "is missing or of another kind");
    return status;
}

np_wire_status np_wire_message_decode(uint8_t type, const uint8_t *payload, size_t size, np_wire_message *out_message,
                                      char out_text[NP_WIRE_TEXT_BYTES])
{
    const wire_layout *layout = wire_layout_find(type);
    memset(out_message, 0, sizeof *out_message);
    out_message->type = type;
    if (out_text)
        out_text[0] = '\0';
    if (!layout) {
        if (out_text)
            wire_print(out_text, NP_WIRE_TEXT_BYTES, "message %u is unknown", type);
        return NP_WIRE_UNKNOWN;
    }
    wire_reader r = {.next = payload, .end = size ? payload + size : payload};
    uint32_t extra;
    if (!open_array(&r, layout->n_fields, &extra))
        return decode_failed(out_text, &r, NP_WIRE_FORMAT, layout->name, "list");
    for (unsigned i = 0; i < layout->n_fields; i++) {
        np_wire_status status = read_field(&r, out_message, &layout->fields[i]);
        if (status != NP_WIRE_OK)
            return decode_failed(out_text, &r, status, layout->name, layout->fields[i].name);
    }
    /* A newer speaker may have more to say: skipped, but it must be well-formed, and nothing may follow it.
     */
    if (!close_array(&r, extra) || r.next != r.end)
        return decode_failed(out_text, &r, NP_WIRE_FORMAT, layout->name, "end");
    return NP_WIRE_OK;
}

/* ---- about messages ---- */

const char *np_wire_message_name(uint8_t type)
{
    const wire_layout *layout = wire_layout_find(type);
    return layout ? layout->name : "unknown";
}

bool np_wire_message_is_from_executor(uint8_t type)
{
    const wire_layout *layout = wire_layout_find(type);
    return layout && layout->direction == 'E';
}

void np_wire_schema_hash(uint8_t out_hash[NP_WIRE_SCHEMA_BYTES])
{
    size_t n;
    const wire_layout *all = wire_layout_all(&n);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, NP_WIRE_HASH_BYTES);
    for (size_t i = 0; i < n; i++) {
        char line[128];
        int size = wire_print(line, sizeof line, "%s %u %c\n", all[i].name, all[i].type, all[i].direction);
        crypto_generichash_update(&state, (const uint8_t *)line, (unsigned long long)size);
        for (unsigned j = 0; j < all[i].n_fields; j++) {
            const wire_field *f = &all[i].fields[j];
            size = wire_print(line, sizeof line, " %s %u %u %u %lld %lld\n", f->name, f->kind, f->item, f->size,
                              (long long)f->min, (long long)f->max);
            crypto_generichash_update(&state, (const uint8_t *)line, (unsigned long long)size);
        }
    }
    uint8_t hash[NP_WIRE_HASH_BYTES];
    crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(out_hash, hash, NP_WIRE_SCHEMA_BYTES);
}
