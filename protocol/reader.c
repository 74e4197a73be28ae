/* A reader of msgpack of our own: no heap, no recursion without bound, and every length is checked before it is used.
 * msgpack-c's own unpacker allocates. */
#include "protocol/private/reader.h"

static bool fail(wire_reader *reader)
{
    reader->failed = true;
    return false;
}

/* N big-endian bytes, or failure if they are not there. */
static bool take(wire_reader *reader, unsigned n, uint64_t *out_value)
{
    if (reader->failed || (size_t)(reader->end - reader->next) < n)
        return fail(reader);
    *out_value = 0;
    for (unsigned i = 0; i < n; i++)
        *out_value = *out_value << 8 | *reader->next++;
    return true;
}

bool wire_read_int(wire_reader *reader, int64_t *out_value)
{
    uint64_t tag, v;
    if (!take(reader, 1, &tag))
        return false;
    if (tag <= 0x7f) {
        *out_value = (int64_t)tag;
        return true;
    }
    if (tag >= 0xe0) {
        *out_value = (int64_t)tag - 256;
        return true;
    }
    if (tag >= 0xcc && tag <= 0xcf) {
        if (!take(reader, 1u << (tag - 0xcc), &v) || v > INT64_MAX)
            return fail(reader);
        *out_value = (int64_t)v;
        return true;
    }
    if (tag < 0xd0 || tag > 0xd3)
        return fail(reader);
    unsigned bytes = 1u << (tag - 0xd0);
    if (!take(reader, bytes, &v))
        return false;
    /* Sign extension: everything above the sign bit becomes ones. */
    uint64_t sign = UINT64_C(1) << (8 * bytes - 1);
    *out_value = (int64_t)((v & sign) ? v | ~(2 * sign - 1) : v);
    return true;
}

/* The length that stands in the BYTES behind a tag. */
static bool take_length(wire_reader *reader, unsigned bytes, uint32_t *out_size)
{
    uint64_t v;
    if (!take(reader, bytes, &v))
        return false;
    *out_size = (uint32_t)v;
    return true;
}

bool wire_read_array(wire_reader *reader, uint32_t *out_count)
{
    uint64_t tag;
    if (!take(reader, 1, &tag))
        return false;
    if (tag >= 0x90 && tag <= 0x9f) {
        *out_count = (uint32_t)tag & 15;
        return true;
    }
    if (tag == 0xdc || tag == 0xdd)
        return take_length(reader, tag == 0xdc ? 2 : 4, out_count);
    return fail(reader);
}

static bool take_bytes(wire_reader *reader, uint32_t size, const uint8_t **out_bytes, uint32_t *out_size)
{
    if ((size_t)(reader->end - reader->next) < size)
        return fail(reader);
    *out_bytes = reader->next;
    *out_size = size;
    reader->next += size;
    return true;
}

bool wire_read_bin(wire_reader *reader, const uint8_t **out_bytes, uint32_t *out_size)
{
    uint64_t tag;
    uint32_t size;
    if (!take(reader, 1, &tag))
        return false;
    if (tag < 0xc4 || tag > 0xc6)
        return fail(reader);
    return take_length(reader, 1u << (tag - 0xc4), &size) && take_bytes(reader, size, out_bytes, out_size);
}

bool wire_read_str(wire_reader *reader, const uint8_t **out_bytes, uint32_t *out_size)
{
    uint64_t tag;
    uint32_t size;
    if (!take(reader, 1, &tag))
        return false;
    if (tag >= 0xa0 && tag <= 0xbf)
        return take_bytes(reader, (uint32_t)tag & 31, out_bytes, out_size);
    if (tag < 0xd9 || tag > 0xdb)
        return fail(reader);
    return take_length(reader, 1u << (tag - 0xd9), &size) && take_bytes(reader, size, out_bytes, out_size);
}

/* What one object holds: its own bytes behind the tag, and the objects inside. */
static bool measure(wire_reader *reader, uint64_t tag, uint64_t *out_bytes, uint64_t *out_objects)
{
    uint64_t n = 0;
    *out_bytes = *out_objects = 0;
    if (tag <= 0x7f || tag >= 0xe0 || tag == 0xc0 || tag == 0xc2 || tag == 0xc3)
        return true;
    if (tag <= 0x8f)
        *out_objects = 2 * (tag & 15);
    else if (tag <= 0x9f)
        *out_objects = tag & 15;
    else if (tag <= 0xbf)
        *out_bytes = tag & 31;
    else if (tag >= 0xc4 && tag <= 0xc6) {
        if (!take(reader, 1u << (tag - 0xc4), out_bytes))
            return false;
    } else if (tag >= 0xc7 && tag <= 0xc9) {
        if (!take(reader, 1u << (tag - 0xc7), out_bytes))
            return false;
        *out_bytes += 1;
    } else if (tag == 0xca || tag == 0xcb)
        *out_bytes = tag == 0xca ? 4 : 8;
    else if (tag >= 0xcc && tag <= 0xd3)
        *out_bytes = UINT64_C(1) << ((tag - 0xcc) & 3);
    else if (tag >= 0xd4 && tag <= 0xd8)
        *out_bytes = (UINT64_C(1) << (tag - 0xd4)) + 1;
    else if (tag >= 0xd9 && tag <= 0xdb) {
        if (!take(reader, 1u << (tag - 0xd9), out_bytes))
            return false;
    } else if (tag >= 0xdc && tag <= 0xdf) {
        if (!take(reader, (tag & 1) ? 4 : 2, &n))
            return false;
        *out_objects = tag >= 0xde ? 2 * n : n;
    } else
        return fail(reader);
    return true;
}

bool wire_read_check(wire_reader *reader, const char *name, int64_t value, int64_t min, int64_t max)
{
    if (value >= min && value <= max)
        return true;
    reader->odd = true;
    reader->odd_name = name;
    reader->odd_value = value;
    reader->odd_min = min;
    reader->odd_max = max;
    return false;
}

bool wire_read_skip(wire_reader *reader)
{
    /* Counts what is still to come instead of descending; every object takes a byte, so this ends. */
    for (uint64_t left = 1; left; left--) {
        uint64_t tag, bytes, objects;
        if (!take(reader, 1, &tag) || !measure(reader, tag, &bytes, &objects))
            return false;
        uint64_t room = (uint64_t)(reader->end - reader->next);
        if (bytes > room || objects > room)
            return fail(reader);
        reader->next += bytes;
        left += objects;
    }
    return true;
}
