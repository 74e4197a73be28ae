/* What a plugin says of itself, as long as this header has it. */
#ifndef NP_PLUGIN_TEST_PRIVATE_TAKE_H
#define NP_PLUGIN_TEST_PRIVATE_TAKE_H

#include "plugin_test/private/parts.h"

/* Copies the strategy NAMED (NULL: the first) of ENTRY into TEST, and makes it the test's.  The plugin may have been built against another minor
 * version of plugin.h: what its structs lack is 0, what they have more is left out, as in planning.  A failure of TEST, with the reason, where
 * planning would not load it or there is no such strategy.  Ended by plugin_test_take_fini. */
void plugin_test_take(np_test *test, const np_plugin_entry *entry, const char *named);
void plugin_test_take_fini(np_test *test);

#endif
