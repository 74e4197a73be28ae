/* Messages: one byte says the type, the rest is the payload. */
#include "fuzz.h"
#include "protocol/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 1 + NP_WIRE_PAYLOAD_MAX)
        return 0;
    np_wire_message message, again;
    char text[NP_WIRE_TEXT_BYTES];
    if (np_wire_message_decode(data[0], data + 1, size - 1, &message, text) != NP_WIRE_OK) {
        NP_FUZZ_EXPECT(memchr(text, 0, sizeof text) && text[0]);
        return 0;
    }
    /* What was accepted can be said, and what was said is understood the same. */
    uint8_t first[NP_WIRE_PAYLOAD_MAX], second[NP_WIRE_PAYLOAD_MAX];
    size_t first_size, second_size;
    NP_FUZZ_EXPECT(np_wire_message_encode(&message, first, sizeof first, &first_size) == NP_WIRE_OK);
    NP_FUZZ_EXPECT(np_wire_message_decode(data[0], first, first_size, &again, text) == NP_WIRE_OK);
    NP_FUZZ_EXPECT(np_wire_message_encode(&again, second, sizeof second, &second_size) == NP_WIRE_OK);
    NP_FUZZ_EXPECT(first_size == second_size && memcmp(first, second, first_size) == 0);
    return 0;
}
