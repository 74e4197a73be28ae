/* A disk for SQLite, in memory, that crashes, fails or is full at a call of our choice.
 *
 * Of each file it knows what is there now and what is on the disk for certain, that is since the last sync.
 * A crash leaves of every sector that differs either the one or the other, as a seed has it, and of a file's
 * length and of its very existence likewise.  Files of which it has no image yet are taken from the real
 * disk.  One connection at a time. https://www.sqlite.org/c3ref/vfs.html */
#ifndef NP_TESTS_UNIT_PLAN_CRASH_VFS_H
#define NP_TESTS_UNIT_PLAN_CRASH_VFS_H

#include <sqlite3.h>

#include "in_memory.h"

#define CRASH_FILES 6
#define CRASH_SECTOR 512
#define CRASH_SHM_REGIONS 4

typedef struct crash_image {
    bool exists;
    unsigned char *bytes; /* zeros behind its size */
    size_t size, room;
} crash_image;

typedef struct crash_file {
    char name[160];
    crash_image now, sure; /* as it is, and as it was when last synced */
} crash_file;

static struct {
    crash_file files[CRASH_FILES];
    void *shm[CRASH_SHM_REGIONS];
    uint64_t calls, crash_at, fail_from, fail_calls; /* calls that change a file, 1 first; 0: never */
    bool dead;
    uint64_t random;
    sqlite3_vfs *real;
} disk;

typedef struct crash_handle {
    sqlite3_file base;
    crash_file *file;
} crash_handle;

static bool image_resize(crash_image *i, size_t size)
{
    if (size > i->room) {
        unsigned char *bytes = realloc(i->bytes, 2 * size);
        if (!bytes)
            return false;
        memset(bytes + i->room, 0, 2 * size - i->room);
        i->bytes = bytes;
        i->room = 2 * size;
    }
    if (size < i->size)
        memset(i->bytes + size, 0, i->size - size);
    i->size = size;
    return true;
}

static void image_copy(crash_image *to, const crash_image *from)
{
    to->exists = from->exists;
    if (image_resize(to, from->size) && from->size)
        memcpy(to->bytes, from->bytes, from->size);
}

static crash_file *disk_find(const char *name)
{
    for (int i = 0; i < CRASH_FILES; i++)
        if (strcmp(disk.files[i].name, name) == 0)
            return &disk.files[i];
    for (int i = 0; i < CRASH_FILES; i++) {
        crash_file *f = &disk.files[i];
        if (f->name[0])
            continue;
        snprintf(f->name, sizeof f->name, "%s", name);
        size_t size = 0;
        unsigned char *bytes = file_bytes(name, &size);
        if (bytes && image_resize(&f->now, size)) {
            memcpy(f->now.bytes, bytes, size);
            f->now.exists = true;
            image_copy(&f->sure, &f->now);
        }
        free(bytes);
        return f;
    }
    return NULL;
}

static void disk_forget(crash_file *f)
{
    f->now.exists = false;
    image_resize(&f->now, 0);
    image_copy(&f->sure, &f->now);
}

/* SQLITE_OK, or why the call does not get there. */
static int disk_call(int failure)
{
    disk.calls++;
    disk.dead = disk.dead || disk.calls == disk.crash_at;
    if (disk.dead)
        return SQLITE_IOERR;
    return disk.calls >= disk.fail_from && disk.calls - disk.fail_from < disk.fail_calls ? failure : SQLITE_OK;
}

static bool disk_coin(void) /* splitmix64 */
{
    uint64_t z = disk.random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z >> 63;
}

static void disk_forget_shm(void)
{
    for (int i = 0; i < CRASH_SHM_REGIONS; i++) {
        free(disk.shm[i]);
        disk.shm[i] = NULL;
    }
}

/* The machine comes up again after a crash. */
static void disk_come_up(void)
{
    for (int k = 0; k < CRASH_FILES; k++) {
        crash_file *f = &disk.files[k];
        bool exists = disk_coin() ? f->now.exists : f->sure.exists;
        size_t size = disk_coin() ? f->now.size : f->sure.size;
        size_t most = f->now.size > f->sure.size ? f->now.size : f->sure.size;
        image_resize(&f->now, most);
        image_resize(&f->sure, most);
        for (size_t at = 0; at < most; at += CRASH_SECTOR) {
            size_t n = most - at < CRASH_SECTOR ? most - at : CRASH_SECTOR;
            if (disk_coin())
                memcpy(f->now.bytes + at, f->sure.bytes + at, n);
        }
        f->now.exists = exists;
        image_resize(&f->now, exists ? size : 0);
        image_copy(&f->sure, &f->now);
    }
    disk_forget_shm();
    disk.dead = false;
    disk.crash_at = 0;
}

/* All files as they are on the real disk. */
static void disk_reset(uint64_t seed)
{
    for (int i = 0; i < CRASH_FILES; i++) {
        free(disk.files[i].now.bytes);
        free(disk.files[i].sure.bytes);
        disk.files[i] = (crash_file){0};
    }
    disk_forget_shm();
    disk.calls = disk.crash_at = disk.fail_from = disk.fail_calls = 0;
    disk.dead = false;
    disk.random = seed;
}

/* ---- a file ---- */

static crash_image *image_of(sqlite3_file *file)
{
    return &((crash_handle *)file)->file->now;
}

static int file_close(sqlite3_file *file)
{
    (void)file;
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
    const crash_image *i = image_of(file);
    size_t have = (size_t)at < i->size ? i->size - (size_t)at : 0;
    if (disk.dead)
        return SQLITE_IOERR_READ;
    if (have >= (size_t)n) {
        memcpy(out, i->bytes + at, (size_t)n);
        return SQLITE_OK;
    }
    memset(out, 0, (size_t)n);
    if (have)
        memcpy(out, i->bytes + at, have);
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    crash_image *i = image_of(file);
    size_t end = (size_t)at + (size_t)n;
    int code = disk_call(SQLITE_FULL);
    /* A write that a crash meets may still have got there. */
    if (code != SQLITE_OK && !(disk.dead && disk.calls == disk.crash_at))
        return code;
    if (end > i->size && !image_resize(i, end))
        return SQLITE_NOMEM;
    memcpy(i->bytes + at, bytes, (size_t)n);
    return code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = disk_call(SQLITE_IOERR_TRUNCATE);
    if (code == SQLITE_OK)
        image_resize(image_of(file), (size_t)size);
    return code;
}

static int file_sync(sqlite3_file *file, int flags)
{
    crash_file *f = ((crash_handle *)file)->file;
    (void)flags;
    int code = disk_call(SQLITE_IOERR_FSYNC);
    if (code == SQLITE_OK)
        image_copy(&f->sure, &f->now);
    return code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
    *out_size = (sqlite3_int64)image_of(file)->size;
    return disk.dead ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int level)
{
    (void)file, (void)level;
    return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *file, int *out_reserved)
{
    (void)file;
    *out_reserved = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
    (void)file, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
    (void)file;
    return CRASH_SECTOR;
}

static int file_device(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as SQLite takes real disks to be */
}

static int shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
    (void)file;
    *out = NULL;
    if (region >= CRASH_SHM_REGIONS)
        return SQLITE_NOMEM;
    if (!disk.shm[region] && extend)
        disk.shm[region] = calloc(1, (size_t)size);
    *out = disk.shm[region];
    return SQLITE_OK;
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    (void)file, (void)offset, (void)n, (void)flags;
    return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *file)
{
    (void)file;
}

static int shm_unmap(sqlite3_file *file, int and_delete)
{
    (void)file;
    if (and_delete)
        disk_forget_shm();
    return SQLITE_OK;
}

static const sqlite3_io_methods crash_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_device,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

/* ---- the files ---- */

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    crash_handle *h = (crash_handle *)file;
    (void)vfs;
    *h = (crash_handle){.base.pMethods = NULL, .file = disk_find(name ? name : "temporary")};
    if (disk.dead || !h->file)
        return SQLITE_CANTOPEN;
    if (!h->file->now.exists && !(flags & SQLITE_OPEN_CREATE))
        return SQLITE_CANTOPEN;
    if (!h->file->now.exists)
        disk_forget(h->file); /* a new file of that name: the old one is gone for certain */
    h->file->now.exists = true;
    h->base.pMethods = &crash_methods;
    if (out_flags)
        *out_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    crash_file *f = disk_find(name);
    (void)vfs;
    int code = disk_call(SQLITE_IOERR_DELETE);
    if (code != SQLITE_OK || !f)
        return code;
    f->now.exists = false; /* its bytes stay: a crash may bring it back as it was */
    if (sync_folder)
        disk_forget(f);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    const crash_file *f = disk_find(name);
    (void)vfs, (void)flags;
    *out = f && f->now.exists;
    return SQLITE_OK;
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    return disk.real->xFullPathname(disk.real, name, size, out);
}

static int vfs_randomness(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    memset(out, 42, (size_t)n); /* the same salts every time */
    return n;
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
    (void)vfs;
    *out = (sqlite3_int64)2460000 * 86400000;
    return SQLITE_OK;
}

/* From here on every database of the process is on this disk. */
static inline bool disk_install(void)
{
    static sqlite3_vfs vfs = {.iVersion = 2,
                              .szOsFile = sizeof(crash_handle),
                              .mxPathname = 159,
                              .zName = "crash",
                              .xOpen = vfs_open,
                              .xDelete = vfs_delete,
                              .xAccess = vfs_access,
                              .xFullPathname = vfs_full_name,
                              .xRandomness = vfs_randomness,
                              .xSleep = vfs_sleep,
                              .xCurrentTimeInt64 = vfs_time};
    disk.real = sqlite3_vfs_find(NULL);
    return disk.real && sqlite3_vfs_register(&vfs, 1) == SQLITE_OK;
}

#endif
