/* The history of a head: dots that are there keep others at a distance as follicles do, and a strategy is told how many there are and
 * how many there should be.  Both densities are measured by the same kernel of the same width, so that their difference is 0 where
 * nothing is missing, at borders too, and nowhere by chance: what it adds up to is what is missing. */
#include "field/private/history.h"

#include <math.h>
#include <stdlib.h>

#include "field/private/drawing.h"
#include "field/private/painter_parts.h"

#define TONE_RADIUS_MM 5.0 /* a few dots at 20 a cm2 */
#define SAME_DOT_MM 0.45   /* nearer than two dots can be made */

static np_status index_all(np_painter *painter, np_error *err)
{
    field_history *h = &painter->history;
    np_near_fini(&painter->counted_near);
    np_near_fini(&h->standing_near);
    np_vec3 *counted = realloc(painter->counted, (painter->n_units + h->n_standing + 1) * sizeof *counted);
    if (!counted)
        return np_error_no_memory(err, "the hair that is there");
    painter->counted = counted;
    for (size_t i = 0; i < painter->n_units; i++)
        counted[i] = painter->units[i].position;
    for (size_t i = 0; i < h->n_standing; i++)
        counted[painter->n_units + i] = h->standing[i];
    np_status status = np_near_init(&painter->counted_near, counted, sizeof *counted, painter->n_units + h->n_standing,
                                    NP_NEAR_DENSITY_CELL_MM, err);
    if (status == NP_OK)
        status = np_near_init(&h->standing_near, h->standing, sizeof *h->standing, h->n_standing,
                              NP_NEAR_DENSITY_CELL_MM, err);
    return status;
}

/* Appends N dots that are there, with TONES (NULL: all count), to the existing points: first those that count. */
static np_status add_made(np_painter *painter, const np_surface_point *points, const double *tones, size_t n,
                          np_error *err)
{
    field_history *h = &painter->history;
    double faded = painter->source->made_faded_tone;
    np_surface_point *existing = realloc(painter->existing, (painter->n_existing + n + 1) * sizeof *existing);
    if (!existing)
        return np_error_no_memory(err, "the dots that were made");
    painter->existing = existing;
    h->standing = calloc(n + 1, sizeof *h->standing);
    h->tones = calloc(n + 1, sizeof *h->tones);
    if (!h->standing || !h->tones)
        return np_error_no_memory(err, "the dots that were made");
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n; i++) {
            bool counts = !tones || !(tones[i] < faded);
            if (counts != (pass == 0))
                continue;
            existing[painter->n_existing++] = points[i];
            if (counts) {
                h->standing[h->n_standing] = points[i].position;
                h->tones[h->n_standing++] = tones ? tones[i] : (double)NAN;
            }
        }
    return index_all(painter, err);
}

np_status field_history_init(np_painter *painter, np_error *err)
{
    const np_case *c = painter->source;
    np_surface_point *points = NULL;
    np_status status = field_painter_points(painter, &c->made, "dots that were found (made.file)", 0, &points, err);
    if (status == NP_OK)
        status = add_made(painter, points, c->made_tones, c->made.n, err);
    free(points);
    return status;
}

void field_history_fini(field_history *history)
{
    np_near_fini(&history->standing_near);
    np_near_fini(&history->planned_near);
    free(history->standing);
    free(history->tones);
    free(history->planned);
    free(history->entries);
    *history = (field_history){0};
}

/* The marks on the scan, and which of them stand. */
static np_status settle(const np_painter *painter, const np_past_mark *marks, size_t n, np_surface_point *points,
                        np_error *err)
{
    size_t off = 0, worst = 0;
    for (size_t i = 0; i < n; i++)
        if (!np_surface_nearest(&painter->scan->surface, marks[i].position, FIELD_SNAP_MM, &points[i])) {
            worst = off++ ? worst : i;
            points[i].position = marks[i].position;
        }
    if (off)
        return np_error_set(
            err, NP_ERR_INVALID,
            "%zu of %zu dots lie more than %g mm off this scan, the first at (%.1f, %.1f, %.1f) in the head "
            "frame: is it the same head, with the same landmarks?",
            off, n, FIELD_SNAP_MM, marks[worst].position.x, marks[worst].position.y, marks[worst].position.z);
    return NP_OK;
}

/* Keeps new dots clear of what the journals have as made and nobody found: it counts as gone, and may be there all the same. */
static np_status add_unfound(np_painter *painter, const np_surface_point *points, size_t n, size_t *out_found,
                             np_error *err)
{
    np_near found;
    np_surface_point *existing = realloc(painter->existing, (painter->n_existing + n + 1) * sizeof *existing);
    if (!existing)
        return np_error_no_memory(err, "the dots that were made");
    painter->existing = existing;
    size_t n_before = painter->n_existing, first = painter->source->existing.n;
    np_status status =
        np_near_init(&found, &existing[first].position, sizeof *existing, n_before - first, NP_FOUND_WITHIN_MM, err);
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        double mm;
        bool is_found = np_near_nearest(&found, points[i].position, NP_FOUND_WITHIN_MM, SIZE_MAX, &mm) != SIZE_MAX;
        *out_found += is_found;
        if (!is_found || mm > SAME_DOT_MM)
            existing[painter->n_existing++] = points[i];
    }
    np_near_fini(&found);
    return status == NP_OK ? index_all(painter, err) : status;
}

/* The marks' places are settled in POINTS (of N). */
static np_status take_marks(np_painter *painter, const np_past_mark *marks, size_t n, np_surface_point *points,
                            double *tones, size_t *out_found, np_error *err)
{
    field_history *h = &painter->history;
    for (size_t i = 0; i < n; i++)
        h->planned[i] = points[i].position;
    h->n_planned = n;
    np_status status = np_near_init(&h->planned_near, h->planned, sizeof *h->planned, n, NP_NEAR_DENSITY_CELL_MM, err);
    for (size_t i = 0; i < n; i++)
        if (marks[i].stands) {
            h->entries[h->n_entries] = marks[i].entry;
            tones[h->n_entries] = marks[i].tone;
            points[h->n_entries++] = points[i];
        }
    if (status != NP_OK)
        return status;
    *out_found = 0;
    if (painter->source->made_file) /* what was found says more than what was done */
        return add_unfound(painter, points, h->n_entries, out_found, err);
    free(h->standing);
    free(h->tones);
    h->n_standing = 0;
    *out_found = h->n_entries;
    return add_made(painter, points, tones, h->n_entries, err);
}

np_status field_history_set(np_painter *painter, const np_past_mark *marks, size_t n, size_t *out_found, np_error *err)
{
    field_history *h = &painter->history;
    np_surface_point *points = calloc(n + 1, sizeof *points);
    double *tones = calloc(n + 1, sizeof *tones);
    h->planned = calloc(n + 1, sizeof *h->planned);
    h->entries = calloc(n + 1, sizeof *h->entries);
    np_status status = points && tones && h->planned && h->entries ? settle(painter, marks, n, points, err)
                                                                   : np_error_no_memory(err, "the earlier plan");
    if (status == NP_OK)
        status = take_marks(painter, marks, n, points, tones, out_found, err);
    free(points);
    free(tones);
    return status;
}

static double tone_near(const field_history *h, np_vec3 p)
{
    double sum = 0, weights = 0;
    np_near_walk walk = np_near_around(&h->standing_near, p, TONE_RADIUS_MM);
    for (uint32_t j; np_near_next(&walk, &j);) {
        double share =
            1 - np_vec3_distance2(p, np_near_point(&h->standing_near, j)) / (TONE_RADIUS_MM * TONE_RADIUS_MM);
        if (share <= 0 || isnan(h->tones[j]))
            continue;
        sum += share * h->tones[j];
        weights += share;
    }
    return weights > 0 ? sum / weights : -1;
}

field_past field_history_at(const field_history *h, np_vec3 p)
{
    field_past past = {.planned_density_per_cm2 = -1, .made_tone = -1};
    double bandwidth_mm;
    if (h->n_standing)
        past.made_tone = tone_near(h, p);
    if (!h->planned) {
        past.made_density_per_cm2 = h->n_standing ? np_near_density_per_cm2(&h->standing_near, p) : 0;
        return past;
    }
    past.planned_density_per_cm2 = np_near_density_by_per_cm2(&h->planned_near, p, &bandwidth_mm);
    if (h->n_standing)
        past.made_density_per_cm2 = np_near_density_of_per_cm2(&h->standing_near, p, bandwidth_mm);
    return past;
}
