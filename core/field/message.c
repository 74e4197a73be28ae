/* Messages as growing runs of bytes.  A failure is kept in the message instead of being returned by each call, so that
 * code that reads or writes a dozen fields checks once. */
#include "field/private/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "sandbox/talk.h"

#define NO_TEXT UINT32_MAX

void field_message_begin(field_message *message, uint32_t kind)
{
    message->kind = kind;
    message->size = 0;
    message->at = 0;
    message->failed = false;
}

void field_message_fini(field_message *message)
{
    free(message->data);
    *message = (field_message){0};
}

static bool grow(field_message *message, size_t size)
{
    if (message->failed || size > FIELD_MESSAGE_MAX_BYTES) {
        message->failed = true;
        return false;
    }
    message->failed = NP_GROW(message->data, message->capacity, size, "a message", NULL) != NP_OK;
    return !message->failed;
}

uint8_t *field_message_reserve(field_message *message, size_t size)
{
    if (!grow(message, size ? size : 1))
        return NULL;
    message->size = size;
    return message->data;
}

void field_message_put(field_message *message, const void *bytes, size_t size)
{
    if (size == 0 || size > FIELD_MESSAGE_MAX_BYTES || !grow(message, message->size + size)) {
        message->failed = message->failed || size > FIELD_MESSAGE_MAX_BYTES;
        return;
    }
    memcpy(message->data + message->size, bytes, size);
    message->size += size;
}

void field_message_put_u32(field_message *message, uint32_t value)
{
    field_message_put(message, &value, sizeof value);
}

void field_message_put_u64(field_message *message, uint64_t value)
{
    field_message_put(message, &value, sizeof value);
}

void field_message_put_f64(field_message *message, double value)
{
    field_message_put(message, &value, sizeof value);
}

void field_message_put_text(field_message *message, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length >= FIELD_MESSAGE_MAX_BYTES) {
        message->failed = true;
        return;
    }
    field_message_put_u32(message, text ? (uint32_t)length : NO_TEXT);
    field_message_put(message, text, length);
}

void field_message_get(field_message *message, void *out_bytes, size_t size)
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

uint32_t field_message_get_u32(field_message *message)
{
    uint32_t value;
    field_message_get(message, &value, sizeof value);
    return value;
}

uint64_t field_message_get_u64(field_message *message)
{
    uint64_t value;
    field_message_get(message, &value, sizeof value);
    return value;
}

double field_message_get_f64(field_message *message)
{
    double value;
    field_message_get(message, &value, sizeof value);
    return value;
}

char *field_message_get_text(field_message *message)
{
    uint32_t length = field_message_get_u32(message);
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
    field_message_get(message, text, length);
    text[length] = '\0';
    return text;
}

void *field_message_get_array(field_message *message, size_t count, size_t item)
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
    field_message_get(message, array, count * item);
    return array;
}

/* FNV-1a (Fowler, Noll, Vo). */
uint64_t field_message_print(const field_message *message, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size && i < message->size; i++)
        hash = (hash ^ message->data[i]) * 0x100000001b3u;
    return hash;
}

bool field_message_send(int fd, const field_message *message)
{
    if (message->failed) {
        errno = ENOMEM;
        return false;
    }
    field_message_header header = {message->kind, (uint32_t)message->size};
    return np_sandbox_put(fd, &header, sizeof header) && np_sandbox_put(fd, message->data, message->size);
}

bool field_message_receive(int fd, field_message *message)
{
    field_message_header header;
    if (!np_sandbox_take(fd, &header, sizeof header, NULL))
        return false;
    field_message_begin(message, header.kind);
    return field_message_reserve(message, header.size) && np_sandbox_take(fd, message->data, header.size, NULL);
}
