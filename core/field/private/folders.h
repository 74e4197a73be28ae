/* The folders that plugins are looked for in. */
#ifndef NP_FIELD_PRIVATE_FOLDERS_H
#define NP_FIELD_PRIVATE_FOLDERS_H

#include "field/plugins.h"

/* Where needlepath's own plugins lie, beside the program. */
#define FIELD_BUNDLE "lib/needlepath/plugins"

typedef struct field_folder {
    char *path;
    np_plugin_place place;
} field_folder;

typedef struct field_folders {
    field_folder *list; /* the first to be searched first */
    size_t n;
} field_folders;

/* Those of NEEDLEPATH_PLUGIN_PATH, the user's own if it is there, and needlepath's.  The caller ends them with field_folders_fini. */
np_status field_folders_init(field_folders *folders, np_error *err);
void field_folders_fini(field_folders *folders);
/* Whether nobody but the user and root can put something else in the place of what lies at PATH, a folder or a plugin's file; else why, in REASON.  What is
 * not there is safe. */
bool field_folder_is_safe(const char *path, char *reason, size_t size);

#endif
