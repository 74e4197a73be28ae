/* A plugin's entry and descriptors, copied with the sizes that its own header had (decisions/plugin-abi.md).  Compiled into the helper
 * program and into the test host for authors (plugin_test), so that both take and refuse the same plugins.  All functions keep nothing and
 * may be called from any thread; the plugin's tables must stay while the copies are in use. */
#ifndef NP_FIELD_HOST_ENTRY_H
#define NP_FIELD_HOST_ENTRY_H

#include <stdbool.h>

#include <needlepath/plugin.h>

/* A struct of SIZE bytes at IN into one of ROOM at OUT: what it lacks is 0, what it has more is left out. */
void field_entry_struct(void *out, size_t room, const void *in, size_t size);
/* ENTRY (NULL: none) of the plugin called NAME into OUT.  False, and the reason in ERROR (of SIZE bytes), if this version cannot
 * read it. */
bool field_entry_take(const np_plugin_entry *entry, const char *name, np_plugin_entry *out, char *error, size_t size);
/* Strategy I of ENTRY, which was taken, into S; its tables are still the plugin's, with elements of the entry's sizes.  False as above. */
bool field_entry_strategy(const np_plugin_entry *entry, uint32_t i, np_strategy_desc *s, char *error, size_t size);

#endif
