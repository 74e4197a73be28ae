/* Frames and COBS; see frame.h.  Nothing of a frame is looked at before its length and CRC hold. */
#include "protocol/frame.h"

#include <sodium.h>
#include <string.h>

#include "protocol/private/bytes.h"

#define FLAG_FROM_EXECUTOR 1u
#define FLAG_MAC 2u

/* CRC-32C (Castagnoli, reflected 0x82F63B78), four bits at a time: 64 bytes of table suit firmware. */
uint32_t np_wire_crc32c(const uint8_t *bytes, size_t size)
{
    static const uint32_t table[16] = {0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
                                       0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
                                       0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

np_wire_status np_wire_frame_encode(const np_wire_frame *frame, const uint8_t *key,
                                    uint8_t out_bytes[NP_WIRE_FRAME_MAX], size_t *out_size)
{
    *out_size = 0;
    if (frame->payload_size > NP_WIRE_PAYLOAD_MAX)
        return NP_WIRE_TOO_LONG;
    out_bytes[0] = NP_WIRE_PROTOCOL_VERSION;
    out_bytes[1] = frame->type;
    out_bytes[2] = (uint8_t)((frame->from_executor ? FLAG_FROM_EXECUTOR : 0) | (key ? FLAG_MAC : 0));
    out_bytes[3] = 0;
    wire_put_u32(out_bytes + 4, frame->epoch);
    wire_put_u32(out_bytes + 8, frame->sequence);
    size_t size = NP_WIRE_HEADER_BYTES;
    if (frame->payload_size)
        memcpy(out_bytes + size, frame->payload, frame->payload_size);
    size += frame->payload_size;
    if (key) {
        crypto_generichash(out_bytes + size, NP_WIRE_MAC_BYTES, out_bytes, size, key, NP_WIRE_KEY_BYTES);
        size += NP_WIRE_MAC_BYTES;
    }
    wire_put_u32(out_bytes + size, np_wire_crc32c(out_bytes, size));
    *out_size = size + NP_WIRE_CRC_BYTES;
    return NP_WIRE_OK;
}

np_wire_status np_wire_frame_decode(const uint8_t *bytes, size_t size, np_wire_frame *out_frame)
{
    memset(out_frame, 0, sizeof *out_frame);
    if (size < NP_WIRE_HEADER_BYTES + NP_WIRE_CRC_BYTES)
        return NP_WIRE_TRUNCATED;
    if (size > NP_WIRE_FRAME_MAX)
        return NP_WIRE_TOO_LONG;
    size_t body = size - NP_WIRE_CRC_BYTES;
    if (wire_get_u32(bytes + body) != np_wire_crc32c(bytes, body))
        return NP_WIRE_CHECKSUM;
    /* The version stands first in every version, so that a stranger can be told from noise. */
    if (bytes[0] != NP_WIRE_PROTOCOL_VERSION)
        return NP_WIRE_OTHER_VERSION;
    if ((bytes[2] & ~(FLAG_FROM_EXECUTOR | FLAG_MAC)) || bytes[3])
        return NP_WIRE_FORMAT;
    out_frame->has_mac = bytes[2] & FLAG_MAC;
    size_t tail = out_frame->has_mac ? NP_WIRE_MAC_BYTES : 0;
    if (body < NP_WIRE_HEADER_BYTES + tail)
        return NP_WIRE_TRUNCATED;
    out_frame->payload_size = body - tail - NP_WIRE_HEADER_BYTES;
    if (out_frame->payload_size > NP_WIRE_PAYLOAD_MAX)
        return NP_WIRE_TOO_LONG;
    out_frame->type = bytes[1];
    out_frame->from_executor = bytes[2] & FLAG_FROM_EXECUTOR;
    out_frame->epoch = wire_get_u32(bytes + 4);
    out_frame->sequence = wire_get_u32(bytes + 8);
    out_frame->payload = bytes + NP_WIRE_HEADER_BYTES;
    return NP_WIRE_OK;
}

np_wire_status np_wire_frame_verify(const uint8_t *bytes, size_t size, const uint8_t key[NP_WIRE_KEY_BYTES])
{
    if (size < NP_WIRE_HEADER_BYTES + NP_WIRE_MAC_BYTES + NP_WIRE_CRC_BYTES || !(bytes[2] & FLAG_MAC))
        return NP_WIRE_MAC;
    size_t covered = size - NP_WIRE_MAC_BYTES - NP_WIRE_CRC_BYTES;
    uint8_t mac[NP_WIRE_MAC_BYTES];
    crypto_generichash(mac, sizeof mac, bytes, covered, key, NP_WIRE_KEY_BYTES);
    return sodium_memcmp(mac, bytes + covered, sizeof mac) == 0 ? NP_WIRE_OK : NP_WIRE_MAC;
}

size_t np_wire_cobs_encode(const uint8_t *bytes, size_t size, uint8_t *out_bytes)
{
    size_t code_at = 0, out = 1;
    uint8_t code = 1;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i]) {
            out_bytes[out++] = bytes[i];
            code++;
        }
        /* A block ends at a zero byte, or full after 254 others if more is to come. */
        if (!bytes[i] || (code == 255 && i + 1 < size)) {
            out_bytes[code_at] = code;
            code_at = out++;
            code = 1;
        }
    }
    out_bytes[code_at] = code;
    return out;
}

bool np_wire_cobs_decode(const uint8_t *bytes, size_t size, uint8_t *out_bytes, size_t *out_size)
{
    size_t out = 0;
    *out_size = 0;
    for (size_t i = 0; i < size;) {
        uint8_t code = bytes[i++];
        if (!code || (size_t)(code - 1) > size - i)
            return false;
        for (uint8_t j = 1; j < code; j++, i++) {
            if (!bytes[i])
                return false;
            out_bytes[out++] = bytes[i];
        }
        if (code != 255 && i < size)
            out_bytes[out++] = 0;
    }
    *out_size = out;
    return size > 0;
}

size_t np_wire_serial_encode(const uint8_t *frame, size_t size, uint8_t out_bytes[NP_WIRE_SERIAL_MAX])
{
    out_bytes[0] = 0;
    size_t n = np_wire_cobs_encode(frame, size, out_bytes + 1);
    out_bytes[n + 1] = 0;
    return n + 2;
}

bool np_wire_decoder_push(np_wire_decoder *decoder, uint8_t byte, const uint8_t **out_frame, size_t *out_size)
{
    if (byte) {
        if (decoder->size == sizeof decoder->cobs)
            decoder->too_long = true;
        else
            decoder->cobs[decoder->size++] = byte;
        return false;
    }
    size_t size = decoder->size;
    bool too_long = decoder->too_long;
    decoder->size = 0;
    decoder->too_long = false;
    if (!size)
        return false;
    /* Decoding never makes longer, and a piece of the longest size could still hold a byte too many. */
    uint8_t room[NP_WIRE_COBS_MAX];
    if (too_long || !np_wire_cobs_decode(decoder->cobs, size, room, out_size) || *out_size > NP_WIRE_FRAME_MAX) {
        decoder->dropped++;
        return false;
    }
    memcpy(decoder->frame, room, *out_size);
    *out_frame = decoder->frame;
    return true;
}
