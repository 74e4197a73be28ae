/* The mark that a controller keeps of a session: `NEEDLEPATH:`, the first 8 bytes of the plan's digest, the session, BEGUN or ENDED.
 *
 * A ledger belongs to the machine that drives; another machine that drives the same gantry, with another copy of the plan, knows nothing of
 * it.  The controller is the one thing that both have.  Its memory wears out, so that it is written twice a session and no more; so the
 * mark does not tell which dots were made, and only stops a machine that has never heard of them. */
#include "stream/private/grbl_mark.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "stream/private/agree.h"

#define LABEL "NEEDLEPATH:"
enum { PREFIX = 8, MARK_BYTES = 48 };

typedef struct mark {
    char prefix[2 * PREFIX + 1]; /* of the plan's digest, as needlepath shows it */
    int session;
    bool ended;
} mark;

/* As grbl keeps it, which makes capitals of all letters. */
static void write_mark(const stream_session *s, bool ended, char out[MARK_BYTES])
{
    char prefix[2 * PREFIX + 1];
    np_hex_write(s->plan->digest, PREFIX, prefix);
    snprintf(out, MARK_BYTES, LABEL "%s:%d:%s", prefix, s->options->session, ended ? "ENDED" : "BEGUN");
    for (char *c = out; *c; c++)
        *c = (char)toupper(*c);
}

/* False if TEXT is no mark. */
static bool read_mark(const char *text, mark *out)
{
    char state[8], rest;
    *out = (mark){0};
    if (sscanf(text, LABEL "%16[0-9A-F]:%2d:%7[A-Z]%c", out->prefix, &out->session, state, &rest) != 3 ||
        strlen(out->prefix) != 2 * PREFIX)
        return false;
    for (char *c = out->prefix; *c; c++)
        *c = (char)tolower(*c);
    out->ended = strcmp(state, "ENDED") == 0;
    return out->ended || strcmp(state, "BEGUN") == 0;
}

static bool is_this_session(const stream_session *s, const mark *m)
{
    char prefix[2 * PREFIX + 1];
    np_hex_write(s->plan->digest, PREFIX, prefix);
    return m->session == s->options->session && strcmp(m->prefix, prefix) == 0;
}

static void tell(const stream_session *s, const char *text)
{
    if (s->options->log)
        s->options->log(s->options->report_context, text);
}

static np_status refuse(const stream_session *s, const mark *m, np_error *err)
{
    const char *which = is_this_session(s, m) ? "this session" : "another";
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: the controller has %s session %d of plan %.8s (%s), and this machine's ledger (%s) has never seen it: "
        "it was driven from elsewhere, or the ledger was lost. Go on where it was begun, with the plan file that "
        "is there. If nothing of that is left, look at the skin, and clear what the controller keeps, with `$I=` "
        "and nothing behind it. Nothing was made",
        s->options->target, m->ended ? "ended" : "begun", m->session, m->prefix, which, np_ledger_path(s->ledger));
}

np_status stream_grbl_mark_check(stream_session *s, const stream_grbl *g, np_error *err)
{
    char text[240];
    mark m;
    bool known = false;
    if (!s->ledger || !g->info[0])
        return NP_OK;
    if (!read_mark(g->info, &m)) {
        snprintf(text, sizeof text,
                 "the controller's `$I=` holds \"%.79s\", which is left as it is: it cannot warn another machine that "
                 "drives it; clear it "
                 "with `$I=` to have it do so",
                 g->info);
        tell(s, text);
        return NP_OK;
    }
    bool ours = is_this_session(s, &m);
    if (m.ended && !ours)
        return NP_OK;
    np_status status = np_ledger_knows(s->ledger, m.prefix, m.session, &known, err);
    if (status != NP_OK || !known)
        return status == NP_OK ? refuse(s, &m, err) : status;
    if (!ours) {
        snprintf(text, sizeof text,
                 "the controller had begun session %d of plan %.8s, and its end is not known: from now on only this "
                 "machine's ledger "
                 "knows of it",
                 m.session, m.prefix);
        tell(s, text);
    }
    return NP_OK;
}

/* Has the controller keep it, unless it does, or keeps what is somebody else's. */
static np_status put(stream_session *s, stream_grbl *g, bool ended, np_error *err)
{
    char wanted[MARK_BYTES];
    mark m;
    write_mark(s, ended, wanted);
    if (strcmp(g->info, wanted) == 0 || (g->info[0] && !read_mark(g->info, &m)))
        return NP_OK;
    np_status status = stream_grbl_keep(g, wanted, err);
    if (status == NP_OK && strcmp(g->info, wanted) != 0 && !ended)
        tell(s, "this controller keeps no text (`$I=`): another machine that drives it is not warned of what was made "
                "from here");
    return status;
}

np_status stream_grbl_mark_begin(stream_session *s, stream_grbl *g, np_error *err)
{
    bool blank = false;
    if (!s->ledger)
        return NP_OK;
    np_status status = np_ledger_is_blank(s->ledger, &blank, err);
    /* The ledger first: whoever finds the mark after a crash is then known to have seen the session. */
    if (status == NP_OK && blank)
        status = stream_agree_record(s, s->dots[0].id, NP_JOURNAL_NONE, "begin", err);
    return status == NP_OK ? put(s, g, false, err) : status;
}

np_status stream_grbl_mark_end(stream_session *s, stream_grbl *g, np_error *err)
{
    return s->ledger ? put(s, g, true, err) : NP_OK;
}
