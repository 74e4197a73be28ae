/* The few forms of printf that an executor's texts need: a C library's own brings a heap, and doubles in software, into firmware. */
#include "protocol/private/print.h"

#include <assert.h>
#include <stdbool.h>

typedef struct printer {
    char *text;
    size_t room, used;
} printer;

/* What stands between % and the letter. */
typedef struct form {
    int width, precision, longs; /* precision -1: none */
} form;

static void put(printer *p, char c)
{
    if (p->used + 1 < p->room)
        p->text[p->used++] = c;
}

static void put_text(printer *p, const char *text, int at_most)
{
    for (int i = 0; text[i] && i != at_most; i++)
        put(p, text[i]);
}

static void put_number(printer *p, unsigned long long value, unsigned base, int width)
{
    char digits[20]; /* of 2^64 - 1 */
    int n = 0;
    do
        digits[n++] = "0123456789abcdef"[value % base];
    while ((value /= base) != 0);
    for (int i = n; i < width; i++)
        put(p, '0');
    while (n > 0)
        put(p, digits[--n]);
}

static const char *read_number(const char *at, int *out)
{
    for (*out = 0; *at >= '0' && *at <= '9'; at++)
        *out = *out * 10 + (*at - '0');
    return at;
}

static const char *read_form(const char *at, form *out)
{
    *out = (form){.precision = -1};
    at = read_number(at, &out->width);
    if (*at == '.')
        at = read_number(at + 1, &out->precision);
    for (; *at == 'l'; at++)
        out->longs++;
    return at;
}

static void put_signed(printer *p, long long value, int width)
{
    if (value < 0)
        put(p, '-');
    put_number(p, value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value, 10, width - (value < 0));
}

int wire_print_list(char *out_text, size_t room, const char *format, va_list list)
{
    printer p = {out_text, room, 0};
    form f;
    for (; *format; format++) {
        if (*format != '%') {
            put(&p, *format);
            continue;
        }
        format = read_form(format + 1, &f);
        if (*format == 's')
            put_text(&p, va_arg(list, const char *), f.precision);
        else if (*format == 'c' || *format == '%')
            put(&p, *format == 'c' ? (char)va_arg(list, int) : '%');
        else if (*format == 'd')
            put_signed(&p,
                       f.longs == 0   ? va_arg(list, int)
                       : f.longs == 1 ? va_arg(list, long)
                                      : va_arg(list, long long),
                       f.width);
        else
            put_number(&p,
                       f.longs == 0   ? va_arg(list, unsigned)
                       : f.longs == 1 ? va_arg(list, unsigned long)
                                      : va_arg(list, unsigned long long),
                       *format == 'x' ? 16 : 10, f.width);
        assert(*format); /* the compiler has checked the format */
    }
    out_text[p.used] = '\0';
    return (int)p.used;
}

int wire_print(char *out_text, size_t room, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int size = wire_print_list(out_text, room, format, list);
    va_end(list);
    return size;
}
