/* CURVE key pairs, and whether those that are named go together; see link_keys.h. */
#include "link/link_keys.h"

#include <errno.h>
#include <sodium.h>
#include <zmq.h>

#include "base/secrets.h"
#include "link/private/link_key_set.h"

np_status np_link_keys_new(const char *path, const char *name, np_error *err)
{
    char own[LINK_KEYS_TEXT], secret[LINK_KEYS_TEXT] = "";
    np_status status = link_key_set_check_build(err);
    if (status == NP_OK)
        status = np_key_file_check_name(name, err);
    if (status != NP_OK)
        return status;
    np_secrets_close_memory();
    if (zmq_curve_keypair(own, secret) != 0)
        return np_error_set(err, NP_ERR_INTERNAL, "ZeroMQ made no keys: %s", zmq_strerror(errno));
    status = np_key_file_write_pair(path, NP_KEY_FILE_CURVE_SECRET, name, secret, own, err);
    sodium_memzero(secret, sizeof secret);
    return status;
}

np_status np_link_keys_check_for(const char *target, const np_link_keys *curve, bool listen, np_error *err)
{
    np_link_target parsed;
    link_key_set keys = {0};
    if (!link_keys_are_set(curve))
        return NP_OK;
    np_status status = np_link_parse_target(target, listen, &parsed, err);
    if (status == NP_OK)
        status = link_key_set_read(&parsed, curve, listen, &keys, err);
    link_key_set_wipe(&keys);
    return status;
}
