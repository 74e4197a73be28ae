/* What a test does with what is wrong. */
#ifndef NP_PLUGIN_TEST_PRIVATE_FAIL_H
#define NP_PLUGIN_TEST_PRIVATE_FAIL_H

#include "plugin_test/private/parts.h"

/* A failure: a line on standard error.  AT is "file:line", or what was called. */
void plugin_test_fail(np_test *test, const char *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* N bytes of zeros at a multiple of 64; ends the program without memory, as a test then has nothing to say. */
void *plugin_test_alloc(size_t n);

#endif
