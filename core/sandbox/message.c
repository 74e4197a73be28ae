/* Messages as growing runs of bytes.  A failure is kept in the message instead of being returned by each call, so that
 * code that reads or writes a dozen fields checks once. */
#include "sandbox/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "sandbox/talk.h"

#define NO_TEXT UINT32_MAX

void np_message_begin(np_message *message, uint32_t kind)
{
    message->kind = kind;
    message->size = 0;
    message->at = 0;
    message->failed = false;
}

void np_message_fini(np_message *message)
{
    free(message->data);
    *message = (np_message){0};
}

static bool grow(np_message *message, size_t size)
{
    if (message->failed || size > NP_MESSAGE_MAX_BYTES) {
        message->failed = true;
        return false;
    }
    message->failed = NP_GROW(message->data, message->capacity, size, "a message", NULL) != NP_OK;
    return !message->failed;
}

uint8_t *np_message_reserve(np_message *message, size_t size)
{
    if (!grow(message, size ? size : 1))
        return NULL;
    message->size = size;
    return message->data;
}

void np_message_put(np_message *message, const void *bytes, size_t size)
{
    if (size == 0 || size > NP_MESSAGE_MAX_BYTES || !grow(message, message->size + size)) {
        message->failed = message->failed || size > NP_MESSAGE_MAX_BYTES;
        return;
    }
    memcpy(message->data + message->size, bytes, size);
    message->size += size;
}

void np_message_put_u32(np_message *message, uint32_t value)
{
    np_message_put(message, &value, sizeof value);
}

void np_message_put_u64(np_message *message, uint64_t value)
{
    np_message_put(message, &value, sizeof value);
}

void np_message_put_f64(np_message *message, double value)
{
    np_message_put(message, &value, sizeof value);
}

void np_message_put_text(np_message *message, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length >= NP_MESSAGE_MAX_BYTES) {
        message->failed = true;
        return;
    }
    np_message_put_u32(message, text ? (uint32_t)length : NO_TEXT);
    np_message_put(message, text, length);
}

void np_message_get(np_message *message, void *out_bytes, size_t size)
{
    if (message->failed || size > message->size - message->at) {
        message->failed = true;
        memset(out_bytes, 0, size);
        return;
    }
    if (size > 0)
        memcpy(out_bytes, message->data + message->at, size);
    message->at += size;
}

uint32_t np_message_get_u32(np_message *message)
{
    uint32_t value;
    np_message_get(message, &value, sizeof value);
    return value;
}

uint64_t np_message_get_u64(np_message *message)
{
    uint64_t value;
    np_message_get(message, &value, sizeof value);
    return value;
}

double np_message_get_f64(np_message *message)
{
    double value;
    np_message_get(message, &value, sizeof value);
    return value;
}

char *np_message_get_text(np_message *message)
{
    uint32_t length = np_message_get_u32(message);
    if (message->failed || length == NO_TEXT)
        return NULL;
    if (length > message->size - message->at) {
        message->failed = true;
        return NULL;
    }
    char *text = malloc((size_t)length + 1);
    if (!text) {
        message->failed = true;
        return NULL;
    }
    np_message_get(message, text, length);
    text[length] = '\0';
    return text;
}

void *np_message_get_array(np_message *message, size_t count, size_t item)
{
    if (message->failed || count == 0)
        return NULL;
    if (count > (message->size - message->at) / item) {
        message->failed = true;
        return NULL;
    }
    void *array = malloc(count * item);
    if (!array) {
        message->failed = true;
        return NULL;
    }
    np_message_get(message, array, count * item);
    return array;
}

/* FNV-1a (Fowler, Noll, Vo). */
uint64_t np_message_print(const np_message *message, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size && i < message->size; i++)
        hash = (hash ^ message->data[i]) * 0x100000001b3u;
    return hash;
}

bool np_message_send(int fd, const np_message *message)
{
    if (message->failed) {
        errno = ENOMEM;
        return false;
    }
    np_message_header header = {message->kind, (uint32_t)message->size};
    return np_sandbox_put(fd, &header, sizeof header) && np_sandbox_put(fd, message->data, message->size);
}

bool np_message_receive(int fd, np_message *message)
{
    np_message_header header;
    if (!np_sandbox_take(fd, &header, sizeof header, NULL))
        return false;
    np_message_begin(message, header.kind);
    return np_message_reserve(message, header.size) && np_sandbox_take(fd, message->data, header.size, NULL);
}
