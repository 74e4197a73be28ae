/* Texts with numbers in them. */
#ifndef NP_PROTOCOL_PRIVATE_PRINT_H
#define NP_PROTOCOL_PRIVATE_PRINT_H

#include <stdarg.h>
#include <stddef.h>

/* As snprintf, for %s, %.Ns, %c, %d, %u and %x with l, ll and 0N before them, and %%; what does not fit into ROOM (at least 1) bytes is left
 * out, and the number of bytes that are there is returned, without the closing zero. */
int wire_print(char *out_text, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));
int wire_print_list(char *out_text, size_t room, const char *format, va_list list)
    __attribute__((format(printf, 3, 0)));

#endif
