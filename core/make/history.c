/* Earlier plans of the same head: all dots that the last one wanted, and by their journals which dots were made.  A dot in doubt counts
 * as made, as everywhere: it is never made twice.  A plan that was a touch-up itself names the one before it: what that made stands,
 * too, and was wanted. */
#include "make/private/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/plain.h"
#include "make/make.h"
#include "make/private/notes.h"
#include "make/private/scan.h"
#include "plan/followers.h"
#include "plan/made.h"
#include "plan/past.h"

/* Where somebody can go who has no use for the plan. */
#define INSTEAD                                                                                                        \
    "or leave made.plan out and give all dots that stand as made.file, in this scan's own coordinates, with "          \
    "density_per_cm2 in the layer's params"

/* What was read of them up to now. */
typedef struct past_marks {
    make_past *past;
    unsigned char digests[NP_PLAN_PAST_MAX][NP_PLAN_DIGEST_BYTES];
    size_t n_plans;
} past_marks;

/* One of the plans. */
typedef struct past_plan {
    char *path;
    np_plan *plan;
    np_case *keys; /* of the case that it was made of */
    bool *stands;  /* by id */
    size_t n_standing;
    np_plan_past outcomes;
    bool other_landmarks; /* on the same mesh */
    np_similarity frame;  /* other_landmarks: of the scan that it was planned on */
} past_plan;

static void past_plan_fini(past_plan *past)
{
    np_plan_destroy(past->plan);
    np_case_destroy(past->keys);
    free(past->stands);
    free(past->path);
    *past = (past_plan){0};
}

static np_status list_standing(past_plan *past, np_error *err)
{
    const np_plan *plan = past->plan;
    np_made_dot *made = NULL;
    size_t n = 0;
    uint32_t last = 0;
    for (size_t i = 0; i < plan->n_dots; i++)
        last = plan->dots[i].id > last ? plan->dots[i].id : last;
    past->stands = calloc((size_t)last + 1, sizeof *past->stands);
    np_status status =
        past->stands ? np_made_read(past->path, plan, 0, &made, &n, err) : np_error_no_memory(err, "the earlier plan");
    for (size_t i = 0; i < n && status == NP_OK; i++)
        if (made[i].id <= last && made[i].state != NP_JOURNAL_FAILED) {
            past->stands[made[i].id] = true;
            past->n_standing++;
        }
    past->outcomes = np_plan_past_of(made, n);
    free(made);
    return status;
}

/* ---- the head frame of then ---- */

static np_status another_scan(const past_plan *past, np_error *err)
{
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s was planned on another scan: where its dots lie on this one nobody knows to the tenth of a "
        "millimetre, as the head frame is only that of the landmarks.  Plan on the scan of then, " INSTEAD,
        past->path);
}

/* The mesh of now in the head frame of then: if that is what the plan was made on, the two frames are known exactly. */
static np_status find_frame(const make_making *m, past_plan *past, np_error *err)
{
    if (memcmp(past->plan->scan_digest, m->plan->scan_digest, sizeof m->plan->scan_digest) == 0)
        return NP_OK;
    if (!m->c->scan.file || !past->keys->scan.file)
        return another_scan(past, err);
    const np_case_scan *then = &past->keys->scan;
    np_case_scan source = {.file = m->c->scan.file,
                           .units = then->units,
                           .axis_anterior = then->axis_anterior,
                           .axis_left = then->axis_left,
                           .axis_up = then->axis_up,
                           .landmarks = then->landmarks};
    unsigned char digest[NP_PLAN_DIGEST_BYTES];
    np_scan *scan = NULL;
    np_error why = {0};
    np_status status = np_scan_create(&source, m->progress, &scan, &why);
    if (status == NP_ERR_STOPPED || status == NP_ERR_NO_MEMORY)
        return np_error_pass(err, &why);
    if (status != NP_OK) /* the landmarks of then do not fit it */
        return another_scan(past, err);
    np_make_scan_digest(&scan->surface.mesh, digest);
    past->frame = scan->surface.from_file;
    past->other_landmarks = memcmp(past->plan->scan_digest, digest, sizeof digest) == 0;
    np_scan_destroy(scan);
    return past->other_landmarks ? NP_OK : another_scan(past, err);
}

static np_vec3 to_now(const make_making *m, const past_plan *past, np_vec3 p)
{
    return past->other_landmarks ? np_scan_from_file(m->scan, np_similarity_revert(&past->frame, p)) : p;
}

/* ---- the plans ---- */

static np_status check_new(const past_marks *all, const past_plan *past, np_error *err)
{
    for (size_t k = 0; k < all->n_plans; k++)
        if (memcmp(all->digests[k], past->plan->digest, sizeof all->digests[k]) == 0)
            return np_error_set(err, NP_ERR_INVALID,
                                "%s: the plan is there twice in the row of earlier plans: one was put in another's "
                                "place; put back the plan that was touched up",
                                past->path);
    return NP_OK;
}

/* Opens the plan at PAST's path, which no run may be changing. */
static np_status open_past(const make_making *m, past_plan *past, np_error *err)
{
    np_status status = np_made_check_unlocked(past->path, err);
    if (status == NP_OK)
        status = np_plan_read(past->path, &past->plan, err);
    if (status == NP_OK)
        status = list_standing(past, err);
    if (status == NP_OK)
        status = np_made_check_ended(past->path, past->plan, err);
    if (status == NP_OK)
        status = np_case_parse_keys(past->path, past->plan->case_text, &past->keys, err);
    return status == NP_OK ? find_frame(m, past, err) : status;
}

/* Of the plan of the case (ALL is empty) everything was wanted, of those before it what stands. */
static np_status take(const make_making *m, const past_plan *past, past_marks *all, np_error *err)
{
    const np_plan *plan = past->plan;
    np_past_mark *marks = realloc(all->past->marks, (all->past->n + plan->n_dots + 1) * sizeof *marks);
    if (!marks)
        return np_error_no_memory(err, "the earlier plan");
    all->past->marks = marks;
    double *wanted = realloc(all->past->wanted_per_cm2, (all->past->n + plan->n_dots + 1) * sizeof *wanted);
    if (!wanted)
        return np_error_no_memory(err, "the earlier plan");
    all->past->wanted_per_cm2 = wanted;
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *dot = &plan->dots[i];
        bool stands = past->stands[dot->id];
        if (stands || all->n_plans == 0) {
            wanted[all->past->n] = past->keys->made_plan || past->keys->made_file ? 0 : dot->density_per_cm2;
            marks[all->past->n++] =
                (np_past_mark){to_now(m, past, np_dot_mark(dot)), to_now(m, past, dot->position), dot->tone, stands,
                               !dot->pin && np_plan_layer_makes_hairline(&plan->layers[dot->layer])};
        }
    }
    memcpy(all->digests[all->n_plans++], plan->digest, sizeof plan->digest);
    return NP_OK;
}

/* ---- their keep-outs ---- */

static bool has_keep_out(const make_past *past, const char *name)
{
    for (unsigned i = 0; i < past->n_keep_outs; i++)
        if (strcmp(past->keep_outs[i].name, name) == 0)
            return true;
    return false;
}

/* Its points are in no plan: the file may be gone, or another one by now. */
static np_status keep_out_in_file(const past_plan *past, const np_case_keep_out *k, np_error *err)
{
    char name[80], file[200];
    return np_error_set(
        err, NP_ERR_INVALID,
        "the case of %s has a keep-out '%s' of the file %s, which the plan does not hold: name it in this "
        "case's keep_outs, too, or say anew what holds now",
        past->path, np_plain_copy(k->name, name, sizeof name), np_plain_copy(k->drawn.file, file, sizeof file));
}

/* A mole stays a mole: those of an earlier plan hold on, but where the case, or a later plan, has one of the same name. */
static np_status keep_out(make_making *m, const past_plan *past, np_error *err)
{
    make_past *all = &m->past;
    unsigned n_before = all->n_keep_outs;
    np_case_keep_out *grown = realloc(all->keep_outs, (n_before + past->keys->n_keep_outs + 1) * sizeof *grown);
    if (!grown)
        return np_error_no_memory(err, "the earlier plan");
    all->keep_outs = grown;
    for (unsigned i = 0; i < past->keys->n_keep_outs; i++) {
        const np_case_keep_out *k = &past->keys->keep_outs[i];
        if (has_keep_out(all, k->name))
            continue;
        if (k->drawn.file)
            return keep_out_in_file(past, k, err);
        const np_case_points *points = &k->drawn.points;
        np_case_keep_out *copy = &all->keep_outs[all->n_keep_outs++];
        *copy = (np_case_keep_out){.name = strdup(k->name),
                                   .kind = k->kind,
                                   .radius_mm = k->radius_mm,
                                   .drawn.points = {calloc(points->n + 1, sizeof *points->points), points->n},
                                   .margin_mm = k->margin_mm};
        if (!copy->name || !copy->drawn.points.points)
            return np_error_no_memory(err, "the earlier plan");
        for (unsigned j = 0; j < points->n; j++)
            copy->drawn.points.points[j] = to_now(m, past, points->points[j]);
    }
    unsigned n = all->n_keep_outs - n_before;
    return n == 0 ? NP_OK
                  : make_note(m, err,
                              "note: %u keep-out%s of the earlier plan hold%s here, too; one that is gone is named in "
                              "this case's keep_outs, as small as it may be (radius_mm 0.1, margin_mm 0)\n",
                              n, n == 1 ? "" : "s", n == 1 ? "s" : "");
}

/* What protected the person in an earlier case is not dropped by leaving it out: another value is a statement, none is none. */
static np_status check_protects(const make_making *m, const past_plan *past, np_error *err)
{
    const np_case *then = past->keys, *now = m->c;
    const struct {
        const char *key;
        bool missing;
        double value; /* NAN: no number */
    } kept[] = {
        {"depth: {skin_mm", then->depth.skin_mm > 0 && !(now->depth.skin_mm > 0), then->depth.skin_mm},
        {"depth: {calibration_mm", then->depth.calibration_mm != 0 && now->depth.calibration_mm == 0,
         then->depth.calibration_mm},
        {"limits: {depth_max_mm", now->limits.depth_max_mm > then->limits.depth_max_mm, then->limits.depth_max_mm},
        {"person", (then->has_person && !now->has_person) || (then->has_health && !now->has_health), (double)NAN},
        {"existing", then->existing.n + (then->existing_file != NULL) > 0 && now->existing.n == 0, (double)NAN},
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (kept[i].missing && isnan(kept[i].value))
            return np_error_set(err, NP_ERR_INVALID,
                                "the case of %s has `%s`, and this one has not: copy it, or say anew what holds now",
                                past->path, kept[i].key);
        else if (kept[i].missing)
            return np_error_set(
                err, NP_ERR_INVALID,
                "the case of %s has `%s: %.6g}`, and this one lets needles go deeper: say it here, too, "
                "or what was measured anew",
                past->path, kept[i].key, kept[i].value);
    return NP_OK;
}

void make_history_fini(make_past *past)
{
    for (unsigned i = past->n_own; i < past->n_keep_outs; i++) {
        free(past->keep_outs[i].name);
        free(past->keep_outs[i].drawn.points.points);
    }
    free(past->keep_outs);
    free(past->marks);
    free(past->wanted_per_cm2);
    *past = (make_past){0};
}

/* ---- what is said of them ---- */

/* Sentences for the person who plans, in front of what the strategies said. */
static np_status note(make_making *m, const past_plan *past, np_error *err)
{
    const np_plan *plan = past->plan;
    const char *name = strrchr(past->path, '/');
    char plain[200], words[NP_PLAN_PAST_BYTES], digest[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_plain_copy(name ? name + 1 : past->path, plain, sizeof plain);
    np_hex_write(plan->digest, sizeof plan->digest, digest);
    np_plan_past_words(plan->digest, &past->outcomes, words);
    np_status status =
        make_note(m, err, "note: %zu of the %zu dots of %s were made%s%s (%s)\n", past->n_standing, plan->n_dots, plain,
                  m->c->made_file ? "; what stands of them is what was found (made.file)" : "",
                  past->other_landmarks
                      ? "; it was planned on the same mesh with other landmarks, and its dots keep their places on it"
                      : "",
                  words);
    if (status == NP_OK && past->outcomes.n_outcomes == 0)
        status = make_note(m, err,
                           "WARNING: no dot of %s was made, by its journal: if it was run, this is a copy from before, "
                           "and the dots of this plan go in between those that stand\n",
                           plain);
    if (status == NP_OK && past->outcomes.n_outcomes < plan->n_dots)
        status = make_note(
            m, err,
            "WARNING: %s has %zu dots that nobody made yet, and knows nothing of this plan: it must not be run any "
            "more; revoke it at each executor (`revoke` at its console, `needlepath-sim --revoke %s`)\n",
            plain, plan->n_dots - past->outcomes.n_outcomes, digest);
    return status;
}

/* ---- from one to the one before ---- */

/* LATER was planned behind PAST, and said so, and how many of its dots had an outcome. */
static np_status check_is_that(const np_plan *later, const past_plan *past, np_error *err)
{
    char digest[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_plan_past then;
    np_hex_write(past->plan->digest, sizeof past->plan->digest, digest);
    if (!np_plan_past_is_named(later->notes))
        return NP_OK;
    if (!np_plan_past_find(later->notes, past->plan->digest, &then))
        return np_error_set(
            err, NP_ERR_INVALID,
            "%s is not the plan that was touched up: its digest is %s, and the later plan names another; put "
            "that one in its place, " INSTEAD,
            past->path, digest);
    if (past->outcomes.n_outcomes < then.n_outcomes)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s has %zu outcomes in its journal, and had %zu when it was touched up: it is an older "
                            "copy; put the newest one in its place, " INSTEAD,
                            past->path, past->outcomes.n_outcomes, then.n_outcomes);
    return NP_OK;
}

/* *OUT_NEXT: the path of the plan before PAST, beside it; NULL where it was the first. */
static np_status find_before(const past_plan *past, size_t n_plans, char **out_next, np_error *err)
{
    const np_case *keys = past->keys;
    *out_next = NULL;
    if (keys->made_file)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s was a touch-up itself, of dots that were found then (its own made.file), which it does "
                            "not hold: find the dots anew, " INSTEAD,
                            past->path);
    if (!keys->made_plan)
        return NP_OK;
    if (n_plans == NP_PLAN_PAST_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%s: more than %d plans, each a touch-up of the one before, " INSTEAD,
                            past->path, NP_PLAN_PAST_MAX);
    *out_next = np_file_beside(past->path, keys->made_plan);
    return *out_next ? NP_OK : np_error_no_memory(err, past->path);
}

/* A plan of which nothing was made leaves nothing to be touched up; dots of made.file may be all that stands. */
static np_status check_stands(const make_making *m, np_error *err)
{
    for (size_t i = 0; i < m->past.n; i++)
        if (m->past.marks[i].stands)
            return NP_OK;
    return m->c->made_file
               ? NP_OK
               : np_error_set(
                     err, NP_ERR_INVALID,
                     "no dot of %s was made, by its journal: it was never run, or it is a copy from before its "
                     "run, and then the dots of this plan would go in between those that stand; put in the "
                     "file that was run",
                     m->c->made_plan);
}

/* A plan that nobody will let run is still one to look at. */
static np_status warn_of_followers(make_making *m, np_error *err)
{
    np_error why = {0};
    char plain[sizeof why.text];
    np_status status = np_plan_followers_check(m->c->made_plan, NULL, m->plan->notes, &why);
    if (status == NP_OK)
        return NP_OK;
    return status == NP_ERR_NO_MEMORY ? np_error_pass(err, &why)
                                      : make_note(m, err, "WARNING: %s: %s\n",
                                                  m->c->made_file ? "are these among the dots of made.file?"
                                                                  : "this plan cannot be approved or run as things are",
                                                  np_plain_copy(why.text, plain, sizeof plain));
}

static np_status follow(make_making *m, past_marks *all, np_error *err)
{
    past_plan later = {0}, past = {.path = strdup(m->c->made_plan)};
    np_status status = past.path ? NP_OK : np_error_no_memory(err, "the earlier plan");
    while (status == NP_OK && past.path) {
        char *next = NULL;
        status = open_past(m, &past, err);
        if (status != NP_OK && later.plan)
            status = np_error_prefix(err, status, "%s was a touch-up of another plan, which is looked for beside it",
                                     later.path);
        if (status == NP_OK && later.plan)
            status = check_is_that(later.plan, &past, err);
        if (status == NP_OK)
            status = check_new(all, &past, err);
        if (status == NP_OK)
            status = take(m, &past, all, err);
        if (status == NP_OK)
            status = note(m, &past, err);
        if (status == NP_OK)
            status = check_protects(m, &past, err);
        if (status == NP_OK)
            status = keep_out(m, &past, err);
        if (status == NP_OK)
            status = find_before(&past, all->n_plans, &next, err);
        past_plan_fini(&later);
        later = past;
        past = (past_plan){.path = next};
    }
    past_plan_fini(&later);
    past_plan_fini(&past);
    return status;
}

/* A file of a part of the dots looks like one of dots that are gone. */
static np_status warn_of_part(make_making *m, const make_past *all, size_t found, np_error *err)
{
    size_t standing = 0;
    for (size_t i = 0; i < all->n; i++)
        standing += all->marks[i].stands;
    if (!m->c->made_file || 2 * found >= standing)
        return NP_OK;
    return make_note(
        m, err,
        "WARNING: near only %zu of the %zu dots that the journals have as made is one in made.file: does "
        "it hold all that stands, in this scan's coordinates?  The rest counts as gone; new dots keep clear of it\n",
        found, standing);
}

static np_status note_file(make_making *m, np_error *err)
{
    const char *name = strrchr(m->c->made_file, '/');
    char plain[200];
    np_plain_copy(name ? name + 1 : m->c->made_file, plain, sizeof plain);
    return make_note(m, err, "note: %u " NP_PLAN_PAST_FOUND_WORDS " %s (SHA-256 %s)\n", m->c->made.n, plain,
                     m->c->made_sha256);
}

np_status make_history_read(make_making *m, np_error *err)
{
    make_past *past = &m->past;
    past_marks all = {.past = past};
    past->source = *m->c;
    if (!m->c->made_plan)
        return NP_OK;
    past->keep_outs = calloc(m->c->n_keep_outs + 1u, sizeof *past->keep_outs);
    if (!past->keep_outs)
        return np_error_no_memory(err, "the earlier plan");
    for (unsigned i = 0; i < m->c->n_keep_outs; i++)
        past->keep_outs[i] = m->c->keep_outs[i];
    past->n_own = past->n_keep_outs = m->c->n_keep_outs;
    np_status status = follow(m, &all, err);
    if (status == NP_OK)
        status = check_stands(m, err);
    if (status == NP_OK)
        status = warn_of_followers(m, err);
    past->source.keep_outs = past->keep_outs;
    past->source.n_keep_outs = past->n_keep_outs;
    return status == NP_OK ? NP_OK : np_error_prefix(err, status, "%s: made.plan", m->c->path);
}

np_status make_history_tell(make_making *m, np_error *err)
{
    const make_past *past = &m->past;
    size_t found = 0;
    np_status status = m->draft ? NP_OK : np_painter_check_history(m->painter, err);
    if (status == NP_OK && m->c->made_file)
        status = note_file(m, err);
    if (!m->c->made_plan || status != NP_OK)
        return status;
    status = np_painter_set_history(m->painter, past->marks, past->n, &found, err);
    return status == NP_OK ? warn_of_part(m, past, found, err)
                           : np_error_prefix(err, status, "%s: made.plan", m->c->path);
}
