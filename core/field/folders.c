/* Where plugins are looked for: what the user names for this run, what he has installed for himself, and what came with needlepath.  A plugin has a hand
 * in a treatment, and its sandbox does not keep it from painting badly: so it is not taken from where anybody may put one. */
#include "field/private/folders.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/program.h"

/* Below the home folder, where the XDG Base Directory Specification has ~/.local/bin and ~/.local/share: it names none for libraries. */
#define USERS_OWN ".local/lib/needlepath"

static np_status add(field_folders *f, char *path, np_plugin_place place, np_error *err)
{
    if (!path)
        return np_error_no_memory(err, "the plugins' folders");
    f->list[f->n++] = (field_folder){path, place};
    return NP_OK;
}

static np_status add_named(field_folders *f, const char *setting, np_error *err)
{
    np_status status = NP_OK;
    for (size_t n; *setting && status == NP_OK; setting += n + (setting[n] != '\0')) {
        n = strcspn(setting, ":");
        if (n > 0)
            status = add(f, strndup(setting, n), NP_PLUGIN_PLACE_NAMED, err);
    }
    return status;
}

/* A home that is no absolute path counts as none, as the specification has it. */
static np_status add_users_own(field_folders *f, np_error *err)
{
    const char *home = getenv("HOME");
    char *path = NULL;
    struct stat st;
    if (!home || home[0] != '/')
        return NP_OK;
    if (asprintf(&path, "%s/" USERS_OWN, home) < 0)
        return np_error_no_memory(err, "the plugins' folders");
    if (stat(path, &st) == 0)
        return add(f, path, NP_PLUGIN_PLACE_USER, err);
    free(path);
    return NP_OK;
}

np_status field_folders_init(field_folders *f, np_error *err)
{
    const char *setting = getenv("NEEDLEPATH_PLUGIN_PATH");
    char *bundle = NULL;
    setting = setting ? setting : "";
    *f = (field_folders){.list = calloc(strlen(setting) + 3, sizeof *f->list)};
    np_status status = f->list ? add_named(f, setting, err) : np_error_no_memory(err, "the plugins' folders");
    if (status == NP_OK)
        status = add_users_own(f, err);
    if (status == NP_OK)
        status = np_program_beside(FIELD_BUNDLE, &bundle, err);
    if (status == NP_OK)
        status = add(f, bundle, NP_PLUGIN_PLACE_SYSTEM, err);
    if (status != NP_OK)
        field_folders_fini(f);
    return status;
}

void field_folders_fini(field_folders *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->list[i].path);
    free(f->list);
    *f = (field_folders){0};
}

static const char *name_user(uid_t id, char *out, size_t size)
{
    struct passwd user, *found = NULL;
    char room[4096];
    if (getpwuid_r(id, &user, room, sizeof room, &found) == 0 && found)
        snprintf(out, size, "the user %s", found->pw_name);
    else
        snprintf(out, size, "the user with the number %u", (unsigned)id);
    return out;
}

bool field_folder_is_safe(const char *path, char *reason, size_t size)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return true;
    const char *what = S_ISDIR(st.st_mode) ? "the folder" : "the file";
    if (st.st_uid != geteuid() && st.st_uid != 0) {
        char owner[80];
        snprintf(reason, size,
                 "%s %s belongs to %s, who can change it at any time, so it is not trusted; copy it to a folder of "
                 "your own, or have its owner set to you or root",
                 what, path, name_user(st.st_uid, owner, sizeof owner));
        return false;
    }
    bool others = st.st_mode & S_IWOTH, group = (st.st_mode & S_IWGRP) && st.st_gid != getegid();
    if (!others && !group)
        return true;
    snprintf(reason, size, "%s %s can be written by %s (mode %04o), so it is not trusted; `chmod %s` makes it safe",
             what, path, others ? "everybody" : "another group", (unsigned)(st.st_mode & 07777), "go-w");
    return false;
}
