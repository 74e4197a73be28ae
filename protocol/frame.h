/* Frames: what travels.  A frame is one message part on ZeroMQ; on serial it is COBS-encoded between zero
 * bytes.
 *
 *   byte 0   version (1)
 *        1   message type
 *        2   flags: bit 0 from the executor, bit 1 a MAC follows the payload; other bits 0
 *        3   0
 *        4   epoch u32, 0 in the handshake
 *        8   sequence u32, strictly increasing per direction and epoch
 *       12   payload: one msgpack array, 0..1024 bytes
 *        .   MAC, 16 bytes: keyed BLAKE2b-128 over everything before it
 *        .   CRC-32C u32 (Castagnoli) over everything before it
 *
 * Integers big-endian.  The CRC finds line noise cheaply, before any cryptography; the MAC finds people.  A
 * zero byte never occurs inside a COBS frame, so one zero byte aborts whatever was in progress: an urgent
 * stop never waits behind data. Method: S. Cheshire, M. Baker, Consistent Overhead Byte Stuffing, IEEE/ACM
 * Trans. Networking 7(2), 1999. */
#ifndef NP_PROTOCOL_FRAME_H
#define NP_PROTOCOL_FRAME_H

#include "protocol/wire.h"

#define NP_WIRE_HEADER_BYTES 12
#define NP_WIRE_MAC_BYTES 16
#define NP_WIRE_CRC_BYTES 4
#define NP_WIRE_PAYLOAD_MAX 1024
#define NP_WIRE_FRAME_MAX (NP_WIRE_HEADER_BYTES + NP_WIRE_PAYLOAD_MAX + NP_WIRE_MAC_BYTES + NP_WIRE_CRC_BYTES)
/* A frame as COBS, without and with its two delimiters. */
#define NP_WIRE_COBS_MAX (NP_WIRE_FRAME_MAX + NP_WIRE_FRAME_MAX / 254 + 1)
#define NP_WIRE_SERIAL_MAX (NP_WIRE_COBS_MAX + 2)

typedef struct np_wire_frame {
    uint8_t type;
    bool from_executor;
    bool has_mac; /* set by decode; encode decides by its key */
    uint32_t epoch, sequence;
    const uint8_t *payload; /* borrowed: points into the caller's bytes */
    size_t payload_size;
} np_wire_frame;

/* Writes a frame, with a MAC if KEY is not NULL.  NP_WIRE_TOO_LONG for a payload over the maximum. */
np_wire_status np_wire_frame_encode(const np_wire_frame *frame, const uint8_t *key,
                                    uint8_t out_bytes[NP_WIRE_FRAME_MAX], size_t *out_size);

/* Reads a frame: length, checksum, version, flags.  The MAC is not looked at.  OUT_FRAME->payload points into
 * BYTES. */
np_wire_status np_wire_frame_decode(const uint8_t *bytes, size_t size, np_wire_frame *out_frame);

/* NP_WIRE_MAC unless the frame (as decoded without error) carries a MAC that holds under KEY. */
np_wire_status np_wire_frame_verify(const uint8_t *bytes, size_t size, const uint8_t key[NP_WIRE_KEY_BYTES]);

/* CRC-32C of SIZE bytes; "123456789" gives 0xE3069283. */
uint32_t np_wire_crc32c(const uint8_t *bytes, size_t size);

/* COBS without delimiters.  OUT_BYTES has room for size + size/254 + 1 bytes; returns the bytes written. */
size_t np_wire_cobs_encode(const uint8_t *bytes, size_t size, uint8_t *out_bytes);
/* The way back; OUT_BYTES has room for SIZE bytes.  False if BYTES is not COBS. */
bool np_wire_cobs_decode(const uint8_t *bytes, size_t size, uint8_t *out_bytes, size_t *out_size);

/* A frame as it goes onto a serial line: zero byte (which aborts what was in progress), COBS, zero byte.
 * Returns the bytes written; SIZE at most NP_WIRE_FRAME_MAX. */
size_t np_wire_serial_encode(const uint8_t *frame, size_t size, uint8_t out_bytes[NP_WIRE_SERIAL_MAX]);

/* Takes serial bytes apart.  Zero-initialise. */
typedef struct np_wire_decoder {
    uint8_t cobs[NP_WIRE_COBS_MAX];
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    bool too_long;    /* skipping to the next zero byte */
    uint64_t dropped; /* pieces between zero bytes that were no COBS or too long */
} np_wire_decoder;

/* Takes one byte.  True when it ended a piece that can be a frame: *out_frame (inside the decoder, until the
 * next push) and *out_size are to be handed to np_wire_executor_receive or np_wire_sender_receive. */
bool np_wire_decoder_push(np_wire_decoder *decoder, uint8_t byte, const uint8_t **out_frame, size_t *out_size);

#endif
