/* Frames: the bytes once as one frame (a ZeroMQ message) and once as a serial line. */
#include "fuzz.h"
#include "protocol/frame.h"

static void check_frame(const uint8_t *bytes, size_t size)
{
    static const uint8_t key[NP_WIRE_KEY_BYTES] = {1, 2, 3};
    np_wire_frame frame, again;
    bool held = size <= NP_WIRE_FRAME_MAX && np_wire_frame_verify(bytes, size, key) == NP_WIRE_OK;
    if (np_wire_frame_decode(bytes, size, &frame) != NP_WIRE_OK)
        return;
    NP_FUZZ_EXPECT(frame.payload_size <= NP_WIRE_PAYLOAD_MAX);
    NP_FUZZ_EXPECT(frame.payload >= bytes && frame.payload + frame.payload_size <= bytes + size);
    NP_FUZZ_EXPECT(frame.has_mac || !held);
    /* Written again it is the same frame. */
    uint8_t out[NP_WIRE_FRAME_MAX];
    size_t out_size;
    NP_FUZZ_EXPECT(np_wire_frame_encode(&frame, frame.has_mac ? key : NULL, out, &out_size) == NP_WIRE_OK);
    NP_FUZZ_EXPECT(out_size == size);
    NP_FUZZ_EXPECT(np_wire_frame_decode(out, out_size, &again) == NP_WIRE_OK);
    NP_FUZZ_EXPECT(again.type == frame.type && again.epoch == frame.epoch && again.sequence == frame.sequence);
    if (frame.has_mac)
        NP_FUZZ_EXPECT(np_wire_frame_verify(out, out_size, key) == NP_WIRE_OK);
    else
        NP_FUZZ_EXPECT(memcmp(out, bytes, size) == 0);
}

/* The bytes as payload, so that checksums hold and the inside is reached; then over a line behind noise. */
static void check_round_trip(const uint8_t *data, size_t size)
{
    np_wire_frame frame = {.type = 13, .epoch = 1, .sequence = 2, .payload = data, .payload_size = size};
    uint8_t bytes[NP_WIRE_FRAME_MAX], line[NP_WIRE_SERIAL_MAX];
    size_t n, got_size = 0;
    if (np_wire_frame_encode(&frame, NULL, bytes, &n) != NP_WIRE_OK)
        return;
    check_frame(bytes, n);
    np_wire_decoder *decoder = calloc(1, sizeof *decoder);
    NP_FUZZ_EXPECT(decoder);
    const uint8_t *got = NULL;
    for (size_t i = 0; i < size; i++) /* noise: whatever it leaves, the frame behind it arrives */
        np_wire_decoder_push(decoder, data[i], &got, &got_size);
    size_t on_line = np_wire_serial_encode(bytes, n, line);
    bool ended = false;
    for (size_t i = 0; i < on_line; i++)
        ended = np_wire_decoder_push(decoder, line[i], &got, &got_size);
    NP_FUZZ_EXPECT(ended && got_size == n && memcmp(got, bytes, n) == 0);
    free(decoder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_frame(data, size);
    np_wire_decoder *decoder = calloc(1, sizeof *decoder);
    NP_FUZZ_EXPECT(decoder);
    const uint8_t *frame;
    size_t frame_size;
    for (size_t i = 0; i < size; i++)
        if (np_wire_decoder_push(decoder, data[i], &frame, &frame_size)) {
            NP_FUZZ_EXPECT(frame_size <= NP_WIRE_FRAME_MAX);
            check_frame(frame, frame_size);
        }
    free(decoder);
    check_round_trip(data, size);
    uint8_t *out = malloc(size + 1);
    NP_FUZZ_EXPECT(out);
    np_wire_cobs_decode(data, size, out, &frame_size);
    free(out);
    return 0;
}
