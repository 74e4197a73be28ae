/* A photograph's pixels, from a helper process: whoever sends a photograph is a stranger.  What comes back is not believed, but a picture of any colours is
 * a picture. */
#include <stdlib.h>

#include "base/file.h"
#include "report/photo.h"
#include "report/private/photo_reader.h"
#include "sandbox/helper.h"

#define DOING "reading the picture"
#define WHO "needlepath's reader of photographs"
#define MEMORY_MB 2048
#ifdef NP_SANITIZED
#define TIMEOUT_S 60.0
#else
#define TIMEOUT_S 10.0 /* the largest takes 1 s, of a processor that nobody shares */
#endif

/* The helper's answer: pixels into *OUT. */
static bool take_pixels(np_message *m, np_photo *out)
{
    float light[256]; /* of each of a channel's values */
    size_t w = np_message_get_u32(m), h = np_message_get_u32(m);
    if (m->failed || w < PHOTO_SIDE_MIN || h < PHOTO_SIDE_MIN || w > PHOTO_SIDE_MAX || h > PHOTO_SIDE_MAX ||
        w * h > PHOTO_PIXELS_MAX || m->size - m->at != 3 * w * h)
        return false;
    const uint8_t *at = m->data + m->at;
    out->rgb = malloc(3 * w * h * sizeof *out->rgb);
    for (int v = 0; v < 256; v++)
        light[v] = (float)np_srgb_decode(v / 255.0);
    for (size_t i = 0; out->rgb && i < 3 * w * h; i++)
        out->rgb[i] = light[at[i]];
    out->width = (int)w;
    out->height = (int)h;
    return out->rgb;
}

static np_status converse(np_helper *helper, const char *path, np_message *m, np_photo *out, np_error *err)
{
    np_helper_watch watch = np_helper_begin(helper, DOING, NULL);
    np_status status = np_helper_put_message(helper, &watch, m, err);
    if (status == NP_OK)
        status = np_helper_receive_message(helper, &watch, NP_MESSAGE_MAX_BYTES, m, err);
    if (status == NP_OK && m->kind == PHOTO_READER_FAILED) {
        char *text = np_message_get_text(m);
        np_error_set(err, NP_ERR_FORMAT, "%s: %s", path, text ? text : WHO " does not say what is wrong");
        free(text);
        return NP_ERR_FORMAT;
    }
    if (status == NP_OK && (m->kind != PHOTO_READER_PIXELS || !take_pixels(m, out)))
        status = np_helper_misanswered(helper, &watch, err);
    if (status == NP_ERR_PLUGIN)
        status = NP_ERR_FORMAT, np_error_prefix(err, status, "%s: cannot be read: " WHO, path);
    return status;
}

np_status np_photo_read(const char *path, np_photo *out, np_error *err)
{
    np_helper *helper = NULL;
    np_message m = {0};
    char *data = NULL;
    size_t size;
    *out = (np_photo){0};
    np_helper_setup setup = {
        .program = PHOTO_READER, .whom = "the reader of a picture", .timeout_s = TIMEOUT_S, .memory_mb = MEMORY_MB};
    np_status status = np_file_read(path, PHOTO_READER_MAX_BYTES, &data, &size, err);
    if (status == NP_OK)
        status = np_helper_create(&setup, &helper, err);
    if (status == NP_OK) {
        np_message_begin(&m, PHOTO_READER_FILE);
        np_message_put_u64(&m, size);
        np_message_put(&m, data, size);
        status = converse(helper, path, &m, out, err);
        if (np_helper_is_there(helper))
            (void)np_helper_put_down(helper, DOING, "is done", NULL);
        np_helper_destroy(helper);
    }
    np_message_fini(&m);
    free(data);
    return status;
}
