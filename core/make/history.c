/* An earlier plan of the same head: all dots that it wanted, and by its journal which of them were made.  A dot in doubt counts as
 * made, as everywhere: it is never made twice. */
#include "make/private/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "plan/made.h"

/* Which ids stand: *OUT_STANDS[id]; the caller frees. */
static np_status list_standing(const char *path, const np_plan *past, bool **out_stands, np_error *err)
{
    np_made_dot *made = NULL;
    size_t n = 0;
    uint32_t last = 0;
    for (size_t i = 0; i < past->n_dots; i++)
        last = past->dots[i].id > last ? past->dots[i].id : last;
    *out_stands = calloc((size_t)last + 1, sizeof **out_stands);
    np_status status =
        *out_stands ? np_made_read(path, past, 0, &made, &n, err) : np_error_no_memory(err, "the earlier plan");
    for (size_t i = 0; i < n && status == NP_OK; i++)
        if (made[i].id <= last && made[i].state != NP_JOURNAL_FAILED)
            (*out_stands)[made[i].id] = true;
    free(made);
    return status;
}

static np_status tell(make_making *m, const np_plan *past, const bool *stands, size_t *out_standing, np_error *err)
{
    np_past_mark *marks = calloc(past->n_dots + 1, sizeof *marks);
    if (!marks)
        return np_error_no_memory(err, "the earlier plan");
    *out_standing = 0;
    for (size_t i = 0; i < past->n_dots; i++) {
        const np_dot *dot = &past->dots[i];
        marks[i] = (np_past_mark){np_dot_mark(dot), dot->tone, stands[dot->id]};
        *out_standing += stands[dot->id];
    }
    np_status status = np_painter_set_history(m->painter, marks, past->n_dots, err);
    free(marks);
    return status;
}

/* A sentence for the person who plans, in front of what the strategies said. */
static np_status note(make_making *m, const np_plan *past, size_t standing, np_error *err)
{
    const char *name = strrchr(m->c->made_plan, '/');
    char *text, plain[200];
    np_plain_copy(name ? name + 1 : m->c->made_plan, plain, sizeof plain);
    bool moved = memcmp(past->scan_digest, m->plan->scan_digest, sizeof past->scan_digest) != 0;
    if (asprintf(&text, "note: %zu of the %zu dots of %s were made%s%s\n", standing, past->n_dots, plain,
                 m->c->made_file ? "; what stands of them is what was found (made.file)" : "",
                 moved ? "; it was planned on another scan, and its dots are taken to this one by the landmarks" : "") <
        0)
        return np_error_no_memory(err, "notes");
    free(m->history_note);
    m->history_note = text;
    return NP_OK;
}

np_status make_history(make_making *m, np_error *err)
{
    const char *path = m->c->made_plan;
    np_plan *past = NULL;
    bool *stands = NULL;
    size_t standing = 0;
    if (!path && !m->c->made_file && np_painter_asks_for_history(m->painter)) {
        m->history_note = strdup("note: the case does not say what was made before (made.plan, made.file): all that is "
                                 "wanted counts as missing\n");
        return m->history_note ? NP_OK : np_error_no_memory(err, "notes");
    }
    if (!path)
        return NP_OK;
    np_status status = np_plan_read(path, &past, err);
    if (status == NP_OK)
        status = list_standing(path, past, &stands, err);
    if (status == NP_OK)
        status = tell(m, past, stands, &standing, err);
    if (status == NP_OK)
        status = note(m, past, standing, err);
    else
        status = np_error_prefix(err, status, "%s: made.plan", m->c->path);
    free(stands);
    np_plan_destroy(past);
    return status;
}
