/* Plans behind a plan; see followers.h. */
#include "plan/followers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "plan/made.h"
#include "plan/past.h"
#include "plan/private/db.h"
#include "plan/private/past.h"
#include "plan/private/whole.h"

#define DIGEST_DIGITS (2 * NP_PLAN_DIGEST_BYTES)

/* What a plan file says of itself, of which the dots need not be read. */
typedef struct plan_head {
    char digest[DIGEST_DIGITS + 1];
    char *notes;
    bool fills_gaps;
    np_error whole; /* why it cannot be read with its log; NP_OK: it can */
} plan_head;

static void read_rows(plan_db *db, plan_head *out)
{
    static const char sql[] =
        "SELECT d.value, n.value, EXISTS (SELECT 1 FROM layers WHERE strategy NOT GLOB 'test_dots *')"
        " FROM meta AS d, meta AS n WHERE d.key = 'digest' AND n.key = 'notes'";
    sqlite3_stmt *s = NULL;
    unsigned char digest[NP_PLAN_DIGEST_BYTES];
    bool row = false;
    if (plan_db_prepare(db, sql, &s, NULL) == NP_OK && plan_db_step(db, s, &row, NULL) == NP_OK && row &&
        plan_db_blob(s, 0, digest, sizeof digest)) {
        np_hex_write(digest, sizeof digest, out->digest);
        out->notes = plan_db_text(s, 1);
        out->fills_gaps = sqlite3_column_int(s, 2) != 0;
    }
    sqlite3_finalize(s);
}

/* False: no plan, or none that can be read at all. */
static bool read_head(const char *path, plan_head *out)
{
    plan_db db = {0};
    *out = (plan_head){0};
    if (plan_db_open_plan(&db, path, &out->whole) == NP_OK ||
        plan_whole_open_alone(path, path, &db, &(np_error){0}) == NP_OK)
        read_rows(&db, out);
    plan_db_close(&db);
    return out->notes != NULL;
}

/* Whether LATER was planned behind a plan that NOTES name. */
static bool shares_past(const char *later, const char *notes)
{
    char digest[DIGEST_DIGITS + 1];
    for (const char *at = notes; at && (at = strstr(at, PLAN_PAST_WORDS)) != NULL;) {
        at += strlen(PLAN_PAST_WORDS);
        snprintf(digest, sizeof digest, "%.*s", DIGEST_DIGITS, at);
        if (strlen(digest) == DIGEST_DIGITS && strstr(later, digest))
            return true;
    }
    return false;
}

/* How many dots stand of the plan at PATH. */
static np_status count_standing(const char *path, size_t *out, np_error *err)
{
    np_plan *plan = NULL;
    np_made_dot *made = NULL;
    size_t n = 0;
    *out = 0;
    np_status status = np_made_check_unlocked(path, err);
    if (status == NP_OK)
        status = np_plan_read(path, &plan, err);
    if (status == NP_OK)
        status = np_made_read(path, plan, 0, &made, &n, err);
    for (size_t i = 0; i < n; i++)
        *out += made[i].state != NP_JOURNAL_FAILED;
    free(made);
    np_plan_destroy(plan);
    return status;
}

/* The plan file at OTHER, of which HEAD was read. */
static np_status check_one(const char *other, const plan_head *head, const char *own, const char *notes, np_error *err)
{
    size_t n = 0;
    if (!head->fills_gaps || strcmp(head->digest, own) == 0 || strstr(notes, head->digest) ||
        !((own[0] && strstr(head->notes, own)) || shares_past(head->notes, notes)))
        return NP_OK;
    np_status status = head->whole.status == NP_OK ? count_standing(other, &n, err) : np_error_pass(err, &head->whole);
    if (status != NP_OK)
        return np_error_prefix(err, status, "the touch-up %s, of which this plan knows nothing", other);
    return n == 0
               ? NP_OK
               : np_error_set(err, NP_ERR_INVALID,
                              "%zu dots of %s stand, which was planned behind this plan or behind one that it goes on "
                              "from, and this one knows nothing of them and may make them again: plan what is "
                              "missing behind that one (made: {plan: ...} in the case), or find all dots that stand "
                              "(made: {file: ...}); or move it to another folder, if it is a rehearsal and no person's",
                              n, other);
}

static np_status look_through(const char *path, const char *own, const char *notes, np_error *err)
{
    char *folder = np_file_beside(path, ".");
    struct dirent **entries = NULL;
    int n = folder ? scandir(folder, &entries, NULL, alphasort) : 0;
    np_status status = folder ? NP_OK : np_error_no_memory(err, path);
    for (int i = 0; i < n; i++) {
        plan_head head = {0};
        char *other = status == NP_OK ? np_file_beside(path, entries[i]->d_name) : NULL;
        if (status == NP_OK && !other)
            status = np_error_no_memory(err, path);
        if (status == NP_OK && np_file_is_database(other) && read_head(other, &head))
            status = check_one(other, &head, own, notes, err);
        free(head.notes);
        free(other);
        free(entries[i]);
    }
    free(entries);
    free(folder);
    return status;
}

np_status np_plan_followers_check(const char *path, const unsigned char *digest, const char *notes, np_error *err)
{
    char own[DIGEST_DIGITS + 1] = "";
    if (digest)
        np_hex_write(digest, NP_PLAN_DIGEST_BYTES, own);
    np_status status = look_through(path, own, notes ? notes : "", err);
    char *file = status == NP_OK ? realpath(path, NULL) : NULL;
    char *folder = file ? np_file_beside(path, ".") : NULL, *real = file ? np_file_beside(file, ".") : NULL;
    if (folder && real && !np_file_is_same(folder, real))
        status = look_through(file, own, notes ? notes : "", err);
    free(real);
    free(folder);
    free(file);
    return status;
}
