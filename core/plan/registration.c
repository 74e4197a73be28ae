/* Registrations in the plan file: a row a run, integers as they were sent, so that a run that goes on can be held to the same
 * place to the bit. */
#include "plan/private/registration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void plan_registration_destroy(np_plan_registration *r)
{
    if (!r)
        return;
    free(r->name);
    free(r->fiducials);
    free(r);
}

static char *text_of(sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    return strdup(text ? text : "");
}

void plan_registration_bind_pose(sqlite3_stmt *s, int first, const np_plan_registration *r)
{
    for (int i = 0; i < 4; i++)
        sqlite3_bind_int(s, first + i, r->rotation[i]);
    for (int i = 0; i < 3; i++)
        sqlite3_bind_int(s, first + 4 + i, r->translation[i]);
}

void plan_registration_read_pose(sqlite3_stmt *s, int first, np_plan_registration *r)
{
    for (int i = 0; i < 4; i++)
        r->rotation[i] = sqlite3_column_int(s, first + i);
    for (int i = 0; i < 3; i++)
        r->translation[i] = sqlite3_column_int(s, first + 4 + i);
}

static np_plan_registration *read_row(sqlite3_stmt *s)
{
    np_plan_registration *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->name = text_of(s, 1);
    r->time_unix_s = sqlite3_column_int64(s, 2);
    plan_registration_read_pose(s, 3, r);
    r->rms_mm = sqlite3_column_int(s, 10) * 1e-3;
    r->worst_mm = sqlite3_column_int(s, 11) * 1e-3;
    int moved_um = sqlite3_column_int(s, 12);
    r->claimed = moved_um < 0;
    moved_um = r->claimed ? -1 - moved_um : moved_um;
    r->moved_unknown = moved_um == NP_WIRE_MOVED_UNKNOWN_UM;
    r->moved_mm = r->moved_unknown ? 0 : moved_um * 1e-3;
    r->fiducials = text_of(s, 13);
    if (r->name && r->fiducials)
        return r;
    plan_registration_destroy(r);
    return NULL;
}

/* A quaternion that is none would put the dots anywhere. */
static bool is_sound(const np_plan_registration *r)
{
    double length2 = 0;
    for (int i = 0; i < 4; i++)
        length2 += 1e-12 * r->rotation[i] * r->rotation[i];
    return fabs(sqrt(length2) - 1) < 1e-4;
}

np_status plan_registration_read(plan_db *db, np_plan *plan, np_error *err)
{
    int64_t version;
    sqlite3_stmt *s = NULL;
    bool row = true;
    np_status status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status != NP_OK || version < 3)
        return status;
    status = plan_db_prepare(db,
                             "SELECT run, name, time_unix_s, qw_ppm, qx_ppm, qy_ppm, qz_ppm, tx_um, ty_um, tz_um,"
                             " rms_um, worst_um, moved_um, fiducials FROM registrations ORDER BY run",
                             &s, err);
    while (status == NP_OK && (status = plan_db_step(db, s, &row, err)) == NP_OK && row) {
        np_plan_run *run = np_plan_find_run(plan, sqlite3_column_int64(s, 0));
        if (!run)
            continue; /* of a run that began since the runs were read */
        run->registration = read_row(s);
        if (!run->registration)
            status = np_error_no_memory(err, db->path);
        else if (!is_sound(run->registration))
            status = np_error_set(err, NP_ERR_FORMAT,
                                  "%s: the plan file is damaged: the registration of run %lld has no unit "
                                  "quaternion",
                                  db->path, (long long)run->id);
    }
    sqlite3_finalize(s);
    return status;
}

np_status plan_registration_write(plan_db *db, int64_t run, const np_plan_registration *r, np_error *err)
{
    sqlite3_stmt *s = NULL;
    long long moved_um = r->moved_unknown ? NP_WIRE_MOVED_UNKNOWN_UM : llround(r->moved_mm * 1e3);
    np_status status = plan_db_prepare(
        db, "INSERT OR REPLACE INTO registrations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &s, err);
    if (status == NP_OK) {
        sqlite3_bind_int64(s, 1, run);
        sqlite3_bind_text(s, 2, r->name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 3, r->time_unix_s);
        plan_registration_bind_pose(s, 4, r);
        sqlite3_bind_int64(s, 11, llround(r->rms_mm * 1e3));
        sqlite3_bind_int64(s, 12, llround(r->worst_mm * 1e3));
        sqlite3_bind_int64(s, 13, r->claimed ? -1 - moved_um : moved_um);
        sqlite3_bind_text(s, 14, r->fiducials, -1, SQLITE_STATIC);
        status = plan_db_run(db, s, err);
    }
    sqlite3_finalize(s);
    return status;
}
