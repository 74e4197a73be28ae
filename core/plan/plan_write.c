/* Writing a plan file: a new database beside the target, synced, then moved into place.  It appears whole or
 * not at all. */
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "plan/binding.h"
#include "plan/past.h"
#include "plan/private/approval.h"
#include "plan/private/db.h"
#include "plan/private/meta.h"
#include "plan/private/moves.h"

/* ---- tables ---- */

static void bind_layers(sqlite3_stmt *s, size_t i, const np_plan *plan)
{
    const np_plan_layer *layer = &plan->layers[i];
    sqlite3_bind_int64(s, 1, (sqlite3_int64)i);
    sqlite3_bind_text(s, 2, layer->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, layer->strategy, -1, SQLITE_STATIC);
    plan_db_bind_real(s, 4, layer->area_cm2);
}

static np_status write_layers(plan_db *db, const np_plan *plan, np_error *err)
{
    return plan_db_insert(db, "INSERT INTO layers VALUES (?, ?, ?, ?)", plan->n_layers, bind_layers, plan, err);
}

static void bind_sessions(sqlite3_stmt *s, size_t i, const np_plan *plan)
{
    const np_plan_session *session = &plan->sessions[i];
    sqlite3_bind_int64(s, 1, (sqlite3_int64)i + 1);
    sqlite3_bind_int(s, 2, session->day);
    sqlite3_bind_int64(s, 3, session->dots);
    plan_db_bind_real(s, 4, session->tour_length_mm);
    plan_db_bind_real(s, 5, session->tour_time_s);
    plan_db_bind_real(s, 6, session->greedy_time_s);
    sqlite3_bind_int64(s, 7, session->patches);
    sqlite3_bind_int64(s, 8, session->reloads);
    plan_db_bind_real(s, 9, session->spacing_min_mm);
}

static np_status write_sessions(plan_db *db, const np_plan *plan, np_error *err)
{
    return plan_db_insert(db, "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", plan->n_sessions,
                          bind_sessions, plan, err);
}

static void bind_dots(sqlite3_stmt *s, size_t i, const np_plan *plan)
{
    const np_dot *dot = &plan->dots[i];
    np_wire_dot w = np_plan_wire_dot(dot);
    const int64_t row[19] = {dot->id,          dot->session,
                             dot->order,       w.position_um[0],
                             w.position_um[1], w.position_um[2],
                             w.normal_ppm[0],  w.normal_ppm[1],
                             w.normal_ppm[2],  w.axis_ppm[0],
                             w.axis_ppm[1],    w.axis_ppm[2],
                             w.depth_um,       lround(dot->tilt_rad * 1e6),
                             w.tone_ppm,       w.dwell_us,
                             dot->layer,       lround(dot->density_per_cm2 * 1e3),
                             dot->pin};
    for (int k = 0; k < 19; k++)
        sqlite3_bind_int64(s, k + 1, row[k]);
}

static np_status write_dots(plan_db *db, const np_plan *plan, np_error *err)
{
    return plan_db_insert(db, "INSERT INTO dots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          plan->n_dots, bind_dots, plan, err);
}

static void bind_statistics(sqlite3_stmt *s, size_t i, const np_plan *plan)
{
    sqlite3_bind_text(s, 1, plan->figures[i].name, -1, SQLITE_STATIC);
    plan_db_bind_real(s, 2, plan->figures[i].value);
}

static np_status write_statistics(plan_db *db, const np_plan *plan, np_error *err)
{
    return plan_db_insert(db, "INSERT INTO statistics VALUES (?, ?)", plan->n_figures, bind_statistics, plan, err);
}

static void bind_approvals(sqlite3_stmt *s, size_t i, const np_plan *plan)
{
    plan_approval_bind(s, &plan->approvals[i]);
}

static np_status write_approvals(plan_db *db, const np_plan *plan, np_error *err)
{
    return plan_db_insert(db, "INSERT INTO approvals VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", plan->n_approvals,
                          bind_approvals, plan, err);
}

typedef np_status write_table(plan_db *db, const np_plan *plan, np_error *err);

static np_status write_database(const np_plan *plan, const char *file, const char *path, np_error *err)
{
    static write_table *const tables[] = {plan_meta_write,  write_layers,     write_sessions, write_dots,
                                          plan_moves_write, write_statistics, write_approvals};
    char head[128];
    snprintf(head, sizeof head,
             "PRAGMA application_id = %d; PRAGMA user_version = %d; PRAGMA journal_mode = MEMORY;"
             "PRAGMA synchronous = OFF; BEGIN",
             PLAN_APPLICATION_ID, PLAN_SCHEMA_VERSION);
    plan_db db = {0};
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX; /* it is this thread's alone */
    np_status status = plan_db_open(&db, file, path, flags, err);
    if (status == NP_OK)
        status = plan_db_exec(&db, head, err); /* nobody sees this file before it is complete and synced */
    if (status == NP_OK)
        status = plan_db_create_tables(&db, err);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && status == NP_OK; i++)
        status = tables[i](&db, plan, err);
    if (status == NP_OK)
        status = plan_db_exec(&db, "COMMIT", err);
    plan_db_close(&db);
    return status;
}

/* ---- into place ---- */

/* A plan that has been run holds the only record on this side of what was done; one that cannot be read may.  What is no plan at
 * all was named by mistake: the case, say. */
static np_status refuse_unless_never_run(const char *path, np_error *err)
{
    plan_db db = {0};
    np_error found = {0};
    int64_t runs = 0;
    np_status status = plan_db_open(&db, path, path, SQLITE_OPEN_READWRITE, &found);
    if (status == NP_OK)
        status = plan_db_check_plan(&db, &found);
    if (status == NP_OK)
        status = plan_db_integer(&db, "SELECT count(*) FROM runs", &runs, &found);
    plan_db_close(&db);
    if (status != NP_OK)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s; it is not overwritten, as --force replaces only a plan that can be seen never to have "
                            "been run: write to another file, or move this one away",
                            found.text);
    if (runs == 0)
        return NP_OK;
    return np_error_set(err, NP_ERR_INVALID,
                        "%s: this plan has been run (%lld times) and holds the journal of it; "
                        "it is not overwritten: write to another file",
                        path, (long long)runs);
}

np_status np_plan_check_target(const char *path, bool overwrite, np_error *err)
{
    struct stat st;
    np_status status = np_file_check_logs(path, err);
    if (status != NP_OK || stat(path, &st) != 0)
        return status;
    if (!S_ISREG(st.st_mode))
        return np_error_set(err, NP_ERR_INVALID, "%s: cannot write: it is not a regular file", path);
    if (!overwrite)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s: the file is there already; give another name, or ask for it to be "
                            "overwritten",
                            path);
    return st.st_size > 0 ? refuse_unless_never_run(path, err) : NP_OK;
}

/* That the file at PATH is none of the plans that PLAN was planned behind: the case names the last of them only. */
static np_status check_not_past(const np_plan *plan, const char *path, np_error *err)
{
    np_plan *there = NULL;
    np_plan_past past;
    if (!np_plan_past_is_named(plan->notes) || access(path, F_OK) != 0)
        return NP_OK;
    np_status status = np_plan_read(path, &there, err);
    if (status == NP_OK && np_plan_past_find(plan->notes, there->digest, &past))
        status =
            np_error_set(err, NP_ERR_USAGE,
                         "%s is read by this command: it is one of the plans that this one was planned behind; write "
                         "to another file",
                         path);
    np_plan_destroy(there);
    return status;
}

/* Nobody begins to run the plan that is about to be replaced: a run takes the same lock, and reads the file once it has it. */
np_status np_plan_write(const np_plan *plan, const char *path, bool overwrite, np_error *err)
{
    int lock = -1;
    np_file_writer writer = {0};
    np_status status = np_plan_check_target(path, overwrite, err);
    if (status == NP_OK && overwrite)
        status = check_not_past(plan, path, err);
    if (status == NP_OK && access(path, F_OK) == 0 && (status = plan_db_lock(path, &lock, err)) == NP_OK)
        status = np_plan_check_target(path, overwrite, err);
    if (status == NP_OK)
        status = np_file_writer_open_database(&writer, path, err);
    if (status == NP_OK)
        status = write_database(plan, writer.temporary, path, err);
    if (status == NP_OK)
        status = overwrite ? np_file_writer_commit(&writer, err) : np_file_writer_commit_new(&writer, err);
    np_file_writer_discard(&writer);
    plan_db_unlock(path, lock);
    return status;
}
