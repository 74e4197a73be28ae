/* The message table: what each field of each message is.  Private to the room; message.c walks it. */
#ifndef NP_PROTOCOL_SCHEMA_H
#define NP_PROTOCOL_SCHEMA_H

#include "protocol/message.h"

typedef enum np_wire_field_kind {
    NP_WIRE_FIELD_U32,
    NP_WIRE_FIELD_I32,
    NP_WIRE_FIELD_U64,
    NP_WIRE_FIELD_BIN,    /* exactly `size` bytes */
    NP_WIRE_FIELD_VARBIN, /* up to `size` bytes; the length is in the uint32_t at `count` */
    NP_WIRE_FIELD_TEXT,   /* UTF-8, up to `size` - 1 bytes; longer ones are cut */
    NP_WIRE_FIELD_LIST /* an array of up to `size` items of `stride` bytes in memory; how many is at `count`
                        */
} np_wire_field_kind;

/* How an item of a list is written. */
typedef enum np_wire_item_kind {
    NP_WIRE_ITEM_NONE,
    NP_WIRE_ITEM_HASH,    /* bin32 */
    NP_WIRE_ITEM_SESSION, /* [dots, root] */
    NP_WIRE_ITEM_DOT,     /* 14 integers; from the second dot on, differences to the dot before */
    NP_WIRE_ITEM_EVENT,   /* [outcome, time us, depth um, force mN] */
    NP_WIRE_ITEM_SUPPLY   /* [kind, order, time us, lot] */
} np_wire_item_kind;

typedef struct np_wire_field {
    const char *name;
    uint8_t kind, item;
    uint16_t offset, count; /* into np_wire_message */
    uint16_t size, stride;
    int64_t min, max;
} np_wire_field;

typedef struct np_wire_layout {
    const char *name;
    char direction; /* 'S' sender to executor, 'E' executor to sender */
    uint8_t type, n_fields;
    const np_wire_field *fields;
} np_wire_layout;

/* The layout of a type, or NULL. */
const np_wire_layout *np_wire_layout_find(uint8_t type);
/* All layouts by number; *out_count of them. */
const np_wire_layout *np_wire_layout_all(size_t *out_count);

#endif
