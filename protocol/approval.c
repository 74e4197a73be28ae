/* The signed form of an approval; see approval.h.  Firmware checks it too: integers and libsodium alone. */
#include "protocol/approval.h"

#include <sodium.h>
#include <string.h>

#include "protocol/private/bytes.h"

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static uint8_t *put_u32(uint8_t *at, uint32_t v)
{
    wire_put_u32(at, v);
    return at + 4;
}

size_t np_wire_approval_encode(const uint8_t digest[NP_WIRE_HASH_BYTES], const np_wire_terms *terms,
                               uint8_t out_message[NP_WIRE_APPROVAL_MAX_BYTES])
{
    uint8_t *at = out_message;
    if (terms->n_executors > NP_WIRE_APPROVAL_EXECUTORS || terms->operator_size > NP_WIRE_OPERATOR_BYTES)
        return 0;
    at = put(at, NP_WIRE_APPROVAL_LABEL, sizeof NP_WIRE_APPROVAL_LABEL);
    at = put(at, digest, NP_WIRE_HASH_BYTES);
    at = put_u32(at, terms->n_executors);
    at = put(at, terms->executors, (size_t)terms->n_executors * NP_WIRE_IDENTITY_BYTES);
    wire_put_u64(at, terms->not_after_s);
    at = put_u32(at + 8, terms->air_only);
    at = put_u32(at, terms->reload_every);
    at = put_u32(at, terms->needle_life);
    at = put_u32(at, terms->operator_size);
    at = put(at, terms->operator_name, terms->operator_size);
    return (size_t)(at - out_message);
}

bool np_wire_approval_is_valid(const uint8_t digest[NP_WIRE_HASH_BYTES], const np_wire_terms *terms,
                               const uint8_t public_key[32], const uint8_t signature[NP_WIRE_SIGNATURE_BYTES])
{
    uint8_t message[NP_WIRE_APPROVAL_MAX_BYTES];
    size_t size = np_wire_approval_encode(digest, terms, message);
    return size > 0 && crypto_sign_verify_detached(signature, message, size, public_key) == 0;
}

bool np_wire_terms_cover(uint32_t approved, uint32_t wanted)
{
    return approved == 0 || (wanted > 0 && wanted <= approved);
}

bool np_wire_terms_name(const np_wire_terms *terms, const uint8_t identity[NP_WIRE_IDENTITY_BYTES])
{
    for (uint32_t i = 0; i < terms->n_executors && i < NP_WIRE_APPROVAL_EXECUTORS; i++)
        if (memcmp(terms->executors[i], identity, NP_WIRE_IDENTITY_BYTES) == 0)
            return true;
    return terms->n_executors == 0;
}
