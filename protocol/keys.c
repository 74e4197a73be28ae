/* Link keys and session keys; see private/keys.h.  Each is derived under a label of its own, so that none can stand for another. */
#include "protocol/private/keys.h"

#include <sodium.h>
#include <string.h>

#include "protocol/private/bytes.h"

static const char hello_label[] = "needlepath-hello-v1";
static const char id_label[] = "needlepath-key-id-v1";
static const char session_label[] = "needlepath-session-key-v1";

void wire_link_key_init(wire_link_key *link, const uint8_t *key)
{
    memset(link, 0, sizeof *link);
    link->present = key != NULL;
    if (key)
        memcpy(link->key, key, sizeof link->key);
    crypto_generichash(link->hello_key, sizeof link->hello_key, (const unsigned char *)hello_label, sizeof hello_label,
                       link->key, sizeof link->key);
    if (key) {
        uint8_t id[NP_WIRE_HASH_BYTES];
        crypto_generichash(id, sizeof id, (const unsigned char *)id_label, sizeof id_label, link->key,
                           sizeof link->key);
        memcpy(link->id, id, sizeof link->id);
    }
}

void wire_session_key(const wire_link_key *link, const np_wire_hello *hello,
                      const uint8_t executor_nonce[NP_WIRE_NONCE_BYTES], uint32_t epoch,
                      uint8_t out_key[NP_WIRE_KEY_BYTES])
{
    crypto_generichash_state state;
    uint8_t numbers[8];
    wire_put_u32(numbers, epoch);
    wire_put_u32(numbers + 4, hello->session);
    crypto_generichash_init(&state, link->key, sizeof link->key, NP_WIRE_KEY_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)session_label, sizeof session_label);
    crypto_generichash_update(&state, hello->nonce, sizeof hello->nonce);
    crypto_generichash_update(&state, executor_nonce, NP_WIRE_NONCE_BYTES);
    crypto_generichash_update(&state, numbers, sizeof numbers);
    crypto_generichash_update(&state, hello->digest, sizeof hello->digest);
    crypto_generichash_final(&state, out_key, NP_WIRE_KEY_BYTES);
}
