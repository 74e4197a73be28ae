/* Text from outside, made fit to be shown: what came from a file, a plugin or an executor cannot write to a terminal, and cannot
 * hide.  Control characters, bytes that are no UTF-8, and characters that show as nothing or turn the line round stand as \xNN or
 * \uNNNN. */
#ifndef NP_BASE_PLAIN_H
#define NP_BASE_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

/* FROM into TO of SIZE bytes (1 at least), cut at a character where it does not fit; returns TO. */
char *np_plain_copy(const char *from, char *to, size_t size);

/* Whether TEXT is fit as it is. */
bool np_plain_is(const char *text);

#endif
