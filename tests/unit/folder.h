/* A new folder for a group of tests, which must leave it empty: what a test left behind fails the group's teardown. */
#ifndef NP_TESTS_UNIT_FOLDER_H
#define NP_TESTS_UNIT_FOLDER_H

#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/np-test-XXXXXX";

static inline int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

#endif
