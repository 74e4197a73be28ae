/* Failures of a test, told at once, in the form in which compilers tell theirs. */
#include "plugin_test/private/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void plugin_test_fail(np_test *test, const char *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: strategy %s: ", at, test->strategy ? test->strategy->id : "?");
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    test->failures++;
}

void *plugin_test_alloc(size_t n)
{
    size_t whole = (n / 64 + 1) * 64;
    void *memory = aligned_alloc(64, whole);
    if (!memory) {
        fputs("needlepath/plugin_test.h: out of memory\n", stderr);
        exit(1);
    }
    return memset(memory, 0, whole);
}
