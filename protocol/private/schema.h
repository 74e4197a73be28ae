/* The message table: what each field of each message is.  Private to the room; message.c walks it. */
#ifndef NP_PROTOCOL_PRIVATE_SCHEMA_H
#define NP_PROTOCOL_PRIVATE_SCHEMA_H

#include "protocol/message.h"

typedef enum wire_field_kind {
    WIRE_FIELD_U32,
    WIRE_FIELD_I32,
    WIRE_FIELD_U64,
    WIRE_FIELD_BIN,    /* exactly `size` bytes */
    WIRE_FIELD_VARBIN, /* up to `size` bytes; the length is in the uint32_t at `count` */
    WIRE_FIELD_TEXT,   /* UTF-8, up to `size` - 1 bytes; longer ones are cut */
    WIRE_FIELD_LIST    /* an array of up to `size` items of `stride` bytes in memory; how many is at `count` */
} wire_field_kind;

/* How an item of a list is written. */
typedef enum wire_item_kind {
    WIRE_ITEM_NONE,
    WIRE_ITEM_HASH,     /* bin32 */
    WIRE_ITEM_SESSION,  /* [dots, root] */
    WIRE_ITEM_DOT,      /* 14 integers; from the second dot on, differences to the dot before */
    WIRE_ITEM_EVENT,    /* [outcome, time us, depth um, force mN] */
    WIRE_ITEM_SUPPLY,   /* [kind, order, time us, lot] */
    WIRE_ITEM_IDENTITY, /* bin16 */
    WIRE_ITEM_ORDER     /* a dot's place in its session */
} wire_item_kind;

typedef struct wire_field {
    const char *name;
    uint8_t kind, item;
    uint16_t offset, count; /* into np_wire_message */
    uint16_t size, stride;
    int64_t min, max;
} wire_field;

typedef struct wire_layout {
    const char *name;
    char direction; /* 'S' sender to executor, 'E' executor to sender */
    uint8_t type, n_fields;
    const wire_field *fields;
} wire_layout;

/* The layout of a type, or NULL. */
const wire_layout *wire_layout_find(uint8_t type);
/* All layouts by number; *out_count of them. */
const wire_layout *wire_layout_all(size_t *out_count);

#endif
