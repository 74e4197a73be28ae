/* What was probably meant by a word that is no known name.  Any thread. */
#ifndef NP_BASE_SUGGEST_H
#define NP_BASE_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* The name in NAMES[n] that WORD was probably meant to be; NULL if none is close. */
const char *np_suggest_name(const char *word, const char *const *names, size_t n);
/* Writes the NAMES, separated by commas, to TEXT of SIZE bytes, cut where they do not fit; "none" for n = 0. */
void np_suggest_list(char *text, size_t size, const char *const *names, size_t n);

#endif
