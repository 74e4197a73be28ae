/* needlepath-photo-reader: the helper process in which a photograph is taken apart.  It is started by the planner, which sends the file's bytes over the
 * socket, and can open nothing by itself; it is of no use from a shell. */
#include <cairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/private/photo_reader.h"
#include "sandbox/confine.h"
#include "sandbox/limits.h"
#include "sandbox/message.h"
#include "sandbox/talk.h"

#define ADDRESS_SPACE_BYTES ((size_t)4 << 30)

typedef struct bytes {
    const unsigned char *at;
    size_t left;
} bytes;

static cairo_status_t give(void *context, unsigned char *out, unsigned int n)
{
    bytes *b = context;
    if (n > b->left)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(out, b->at, n);
    b->at += n;
    b->left -= n;
    return CAIRO_STATUS_SUCCESS;
}

static unsigned big_endian(const unsigned char *at)
{
    return (unsigned)at[0] << 24 | (unsigned)at[1] << 16 | (unsigned)at[2] << 8 | at[3];
}

/* What the header says, before anything is made of it: a small file can say that it is huge. */
static np_status check_header(const unsigned char *data, size_t size, np_error *err)
{
    static const unsigned char magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    if (size < sizeof magic + 8 || memcmp(data, magic, sizeof magic) != 0)
        return np_error_set(err, NP_ERR_FORMAT, "expected a PNG picture, and it is none by its first bytes");
    unsigned w = big_endian(data + sizeof magic), h = big_endian(data + sizeof magic + 4);
    if (w < PHOTO_SIDE_MIN || h < PHOTO_SIDE_MIN || w > PHOTO_SIDE_MAX || h > PHOTO_SIDE_MAX ||
        w * h > PHOTO_PIXELS_MAX)
        return np_error_set(err, NP_ERR_FORMAT,
                            "%u x %u pixels; expected %u to %u a side, and %u at most in all: cut out the dots", w, h,
                            PHOTO_SIDE_MIN, PHOTO_SIDE_MAX, PHOTO_PIXELS_MAX);
    return NP_OK;
}

static void put_pixels(cairo_surface_t *s, np_message *out)
{
    int w = cairo_image_surface_get_width(s), h = cairo_image_surface_get_height(s),
        stride = cairo_image_surface_get_stride(s);
    const unsigned char *data = cairo_image_surface_get_data(s);
    unsigned char *row = malloc(3 * (size_t)w);
    np_message_begin(out, PHOTO_READER_PIXELS);
    np_message_put_u32(out, (uint32_t)w);
    np_message_put_u32(out, (uint32_t)h);
    out->failed = out->failed || !row;
    for (int y = 0; y < h && row; y++) {
        const uint32_t *from = (const uint32_t *)(const void *)(data + (size_t)y * (size_t)stride);
        for (int x = 0; x < w; x++)
            for (int c = 0; c < 3; c++)
                row[3 * x + c] = (unsigned char)(from[x] >> (16 - 8 * c));
        np_message_put(out, row, 3 * (size_t)w);
    }
    free(row);
}

static np_status decode(const unsigned char *data, size_t size, np_message *out, np_error *err)
{
    np_status status = check_header(data, size, err);
    if (status != NP_OK)
        return status;
    bytes b = {data, size};
    cairo_surface_t *s = cairo_image_surface_create_from_png_stream(give, &b);
    cairo_status_t read = cairo_surface_status(s);
    cairo_format_t format = read == CAIRO_STATUS_SUCCESS ? cairo_image_surface_get_format(s) : CAIRO_FORMAT_INVALID;
    if (read != CAIRO_STATUS_SUCCESS)
        status = np_error_set(err, NP_ERR_FORMAT, "expected a PNG picture: %s", cairo_status_to_string(read));
    else if (format != CAIRO_FORMAT_RGB24 && format != CAIRO_FORMAT_ARGB32)
        status = np_error_set(err, NP_ERR_FORMAT, "expected a colour picture of 8 bits a channel");
    else
        put_pixels(s, out);
    cairo_surface_destroy(s);
    return status == NP_OK && out->failed ? np_error_no_memory(err, "the picture") : status;
}

/* The planner's question out of M, which becomes the answer. */
static void answer(np_message *m, np_status status, np_error *err)
{
    size_t size = (size_t)np_message_get_u64(m);
    unsigned char *data = !m->failed && size <= PHOTO_READER_MAX_BYTES ? malloc(size + 1) : NULL;
    np_message pixels = {0};
    if (data)
        np_message_get(m, data, size);
    if (status == NP_OK && (!data || m->failed))
        status = np_error_no_memory(err, "the picture");
    if (status == NP_OK)
        status = decode(data, size, &pixels, err);
    if (status == NP_OK) {
        np_message_fini(m);
        *m = pixels;
    } else {
        np_message_fini(&pixels);
        np_message_begin(m, PHOTO_READER_FAILED);
        np_message_put_text(m, err->text);
    }
    free(data);
}

int main(int argc, char **argv)
{
    long parent;
    bool weaker;
    if (!np_sandbox_started(argc, argv, &parent, &weaker)) {
        fputs(PHOTO_READER " is started by needlepath; see `needlepath testdots read`.\n", stderr);
        return 2;
    }
    np_error err = {0};
    np_status status = np_sandbox_confine_reader(parent, ADDRESS_SPACE_BYTES, weaker, &err);
    np_message m = {0};
    bool heard = np_message_receive(NP_HELPER_SOCKET_FD, &m) && m.kind == PHOTO_READER_FILE;
    if (heard)
        answer(&m, status, &err);
    heard = heard && np_message_send(NP_HELPER_SOCKET_FD, &m);
    np_message_fini(&m);
    return heard ? 0 : 1;
}
