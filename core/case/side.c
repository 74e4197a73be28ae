/* Nothing that comes back from the reader is believed: it may be in the hands of whoever made the file. */
#include "case/private/side.h"

#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/plain.h"
#include "case/private/existing.h"
#include "case/private/schema.h"
#include "case/private/values.h"
#include "sandbox/helper.h"

#define WHO "needlepath's reader of points and descriptions"
#define DOING "reading the file"
#define MEMORY_MB 2048
#define TEXT_MAX 8192 /* of a name, a label, or a path with a line */
#define PERCENTILE_MIN 5
#define PERCENTILE_MAX 95
/* As the schema has them: what a helper gives is held to them again. */
#define DILUTION_MIN 0
#define DILUTION_MAX 200
#define STOCK_MIN 0.1
#define STOCK_MAX 60
#define FIDUCIALS_MIN 3
#define FIDUCIALS_MAX 100
#define LIMIT_MIN_MM 0.01
#define LIMIT_MAX_MM 10

/* A small file has no business taking longer; a large one takes a second for every few MiB. */
#ifdef NP_SANITIZED
#define TIMEOUT_S 20.0
#define TIMEOUT_S_PER_MIB 10.0
#else
#define TIMEOUT_S 2.0
#define TIMEOUT_S_PER_MIB 1.0
#endif

/* ---- what is in a file, by its kind ---- */

np_status case_side_take_apart(case_side_kind kind, const char *path, char *text, size_t size, case_side_found *out,
                               np_error *err)
{
    memset(out, 0, sizeof *out);
    switch (kind) {
    case CASE_SIDE_DRAWN:
        return case_drawn_parse(path, text, size, &out->drawn, err);
    case CASE_SIDE_EXISTING:
        return case_existing_parse(path, text, &out->existing, err);
    case CASE_SIDE_MADE:
        return case_made_parse(path, text, &out->made, err);
    case CASE_SIDE_DESCRIPTION:
        return np_scan_description_parse(path, text, size, &out->description, err);
    case CASE_SIDE_PALETTE:
        return np_palette_parse(path, text, size, &out->palette, err);
    case CASE_SIDE_FIDUCIALS:
        return np_fiducials_parse(path, text, size, &out->fiducials, err);
    case CASE_SIDE_MEASURED:
    case CASE_SIDE_MEASURED_IN_PIXELS:
        return np_measured_parse(path, text, kind == CASE_SIDE_MEASURED_IN_PIXELS, &out->measured, err);
    default:
        return np_error_set(err, NP_ERR_INTERNAL, "%s: no kind of file", path);
    }
}

void case_side_fini(case_side_kind kind, case_side_found *found)
{
    switch (kind) {
    case CASE_SIDE_DRAWN:
        case_drawn_fini(&found->drawn);
        break;
    case CASE_SIDE_EXISTING:
        free(found->existing.points);
        break;
    case CASE_SIDE_MADE:
        case_made_fini(&found->made);
        break;
    case CASE_SIDE_PALETTE:
        np_palette_fini(&found->palette);
        break;
    case CASE_SIDE_FIDUCIALS:
        np_fiducials_fini(&found->fiducials);
        break;
    case CASE_SIDE_MEASURED:
    case CASE_SIDE_MEASURED_IN_PIXELS:
        np_measured_fini(&found->measured);
        break;
    default:
        np_scan_description_fini(&found->description);
    }
    memset(found, 0, sizeof *found);
}

/* What drawn points have beside their places. */
static void pass_values(case_pass *pass, case_drawn *d)
{
    unsigned n = d->n_values;
    case_pass_count(pass, CASE_DRAWN_VALUES_MAX, &n);
    if (pass->reading && n > 0)
        d->values = calloc(n, sizeof *d->values);
    pass->message->failed = pass->message->failed || (n > 0 && !d->values);
    for (unsigned i = 0; i < n && !pass->message->failed; i++) {
        np_case_values *v = &d->values[i];
        if (pass->reading)
            d->n_values = i + 1;
        case_pass_text(pass, CASE_VALUES_ID_MAX, &v->id);
        case_pass_count(pass, (unsigned)d->n, &v->bad_point);
        case_pass_numbers(pass, -CASE_VALUES_MAX, CASE_VALUES_MAX, true, (unsigned)d->n, &v->numbers);
        v->n = v->numbers ? (unsigned)d->n : 0;
        pass->message->failed = pass->message->failed || (pass->reading && !(v->id && case_values_is_id(v->id)));
    }
}

static void pass_drawn(case_pass *pass, case_drawn *d)
{
    unsigned frame = (unsigned)d->frame, as = (unsigned)d->as, has_radii = d->radii_mm != NULL;
    np_case_points points = {d->points, (unsigned)d->n};
    case_pass_count(pass, CASE_DRAWN_RAS, &frame);
    case_pass_points(pass, &points);
    if (pass->reading) {
        *d = (case_drawn){.points = points.points, .frame = (case_drawn_frame)frame};
        d->labels = points.n ? calloc(points.n, sizeof *d->labels) : NULL;
        d->n = d->labels ? points.n : 0;
        pass->message->failed = pass->message->failed || d->n != points.n;
    }
    for (size_t i = 0; i < d->n && !pass->message->failed; i++) {
        case_pass_text(pass, TEXT_MAX, &d->labels[i]);
        pass->message->failed = pass->message->failed || (pass->reading && !d->labels[i]);
    }
    case_pass_count(pass, NP_CASE_DRAWN_CLOSED, &as);
    case_pass_count(pass, 1, &has_radii);
    case_pass_numbers(pass, 0, CASE_DRAWN_RADIUS_MAX_MM, true, has_radii ? (unsigned)d->n : 0, &d->radii_mm);
    d->as = (np_case_drawn_as)as;
    pass_values(pass, d);
}

static void pass_made(case_pass *pass, case_made *m)
{
    case_pass_points(pass, &m->points);
    case_pass_numbers(pass, 0, 1, true, m->points.n, &m->tones);
}

static void pass_whorls(case_pass *pass, np_case_scan *scan)
{
    unsigned none = scan->no_whorls;
    case_pass_points(pass, &scan->whorls);
    case_pass_count(pass, 1, &none);
    scan->no_whorls = none;
    case_pass_text(pass, TEXT_MAX, &scan->whorls_at);
    case_pass_count(pass, CASE_SCHEMA_POINTS_MAX, &scan->n_whorl_turns);
    if (pass->reading && scan->n_whorl_turns) {
        scan->whorl_turns = calloc(scan->n_whorl_turns, sizeof *scan->whorl_turns);
        pass->message->failed = pass->message->failed || !scan->whorl_turns;
    }
    for (unsigned i = 0; i < scan->n_whorl_turns && !pass->message->failed; i++) {
        unsigned turn = (unsigned)scan->whorl_turns[i];
        case_pass_count(pass, NP_CASE_COUNTERCLOCKWISE, &turn);
        scan->whorl_turns[i] = (np_case_turn)turn;
    }
    case_pass_count(pass, CASE_SCHEMA_POINTS_MAX, &scan->n_whorl_strengths);
    case_pass_numbers(pass, -CASE_SCHEMA_COORDINATE_MAX, CASE_SCHEMA_COORDINATE_MAX, false, scan->n_whorl_strengths,
                      &scan->whorl_strengths);
}

static void pass_description(case_pass *pass, np_scan_description *d)
{
    np_case_scan *scan = &d->scan;
    unsigned units = (unsigned)scan->units, sex = (unsigned)scan->sex;
    case_pass_text(pass, TEXT_MAX, &scan->file);
    case_pass_text(pass, TEXT_MAX, &scan->axis_anterior);
    case_pass_text(pass, TEXT_MAX, &scan->axis_left);
    case_pass_text(pass, TEXT_MAX, &scan->axis_up);
    case_pass_text(pass, TEXT_MAX, &scan->confirmed);
    case_pass_count(pass, NP_CASE_UNIT_INCH, &units);
    case_pass_count(pass, NP_CASE_SEX_F, &sex);
    case_pass_number(pass, PERCENTILE_MIN, PERCENTILE_MAX, false, &scan->percentile);
    scan->units = (np_case_unit)units;
    scan->sex = (np_case_sex)sex;
    case_pass_point(pass, &scan->landmarks.glabella);
    case_pass_point(pass, &scan->landmarks.inion);
    case_pass_point(pass, &scan->landmarks.tragion_left);
    case_pass_point(pass, &scan->landmarks.tragion_right);
    case_pass_point(pass, &scan->landmarks.vertex);
    case_pass_point(pass, &scan->landmarks.nasion);
    case_pass_point(pass, &scan->landmarks.pronasale);
    pass_whorls(pass, scan);
    case_pass_points(pass, &d->scalp_outline);
    case_pass_points(pass, &d->frontal_outline);
    case_pass_points(pass, &d->crown_outline);
    case_pass_points(pass, &d->fut_scar);
    case_pass_points(pass, &d->facelift_scar);
    case_pass_points(pass, &d->fue_scars);
}

/* A name of what there must be, or (MAY_LACK) may be, fit to be shown. */
static void pass_name(case_pass *pass, bool may_lack, char **name)
{
    case_pass_text(pass, CASE_SCHEMA_NAME_MAX, name);
    if (pass->reading && (*name ? !np_plain_is(*name) : !may_lack))
        pass->message->failed = true;
}

static void pass_palette(case_pass *pass, np_palette *p)
{
    unsigned n = p->n;
    case_pass_count(pass, NP_PALETTE_SHADES_MAX, &n);
    if (pass->reading)
        p->shades = calloc(n + 1, sizeof *p->shades);
    pass->message->failed = pass->message->failed || (pass->reading && (n == 0 || !p->shades));
    for (unsigned i = 0; i < n && !pass->message->failed; i++) {
        np_palette_shade *s = &p->shades[i];
        p->n = i + 1;
        pass_name(pass, false, &s->name);
        pass_name(pass, true, &s->lot);
        pass_name(pass, true, &s->expires);
        case_pass_number(pass, DILUTION_MIN, DILUTION_MAX, false, &s->dilution);
        case_pass_number(pass, STOCK_MIN, STOCK_MAX, false, &s->stock_percent);
        case_pass_point(pass, &s->lab);
    }
}

static void pass_fiducials(case_pass *pass, np_fiducials *f)
{
    unsigned n = f->n;
    case_pass_count(pass, FIDUCIALS_MAX, &n);
    case_pass_number(pass, LIMIT_MIN_MM, LIMIT_MAX_MM, false, &f->limit_mm);
    if (pass->reading)
        f->points = calloc(n + 1, sizeof *f->points);
    pass->message->failed = pass->message->failed || (pass->reading && (n < FIDUCIALS_MIN || !f->points));
    for (unsigned i = 0; i < n && !pass->message->failed; i++) {
        f->n = i + 1;
        pass_name(pass, false, &f->points[i].name);
        case_pass_point(pass, &f->points[i].head);
        case_pass_point(pass, &f->points[i].arm);
    }
}

static void pass_measured(case_pass *pass, np_measured *m)
{
    const double most = CASE_MEASURED_NUMBER_MAX;
    unsigned n = m->n;
    case_pass_count(pass, NP_MEASURED_MAX, &n);
    if (pass->reading)
        m->dots = calloc(n + 1, sizeof *m->dots);
    pass->message->failed = pass->message->failed || (pass->reading && !m->dots);
    for (unsigned i = 0; i < n && !pass->message->failed; i++) {
        m->n = i + 1;
        case_pass_count(pass, UINT_MAX, &m->dots[i].line);
        case_pass_number(pass, -most, most, true, &m->dots[i].number);
        for (int k = 0; k < NP_MEASURED_VALUES; k++)
            case_pass_number(pass, -most, most, true, &m->dots[i].value[k]);
    }
}

void case_side_pass(case_pass *pass, case_side_kind kind, case_side_found *found)
{
    switch (kind) {
    case CASE_SIDE_DRAWN:
        pass_drawn(pass, &found->drawn);
        break;
    case CASE_SIDE_EXISTING:
        case_pass_points(pass, &found->existing);
        break;
    case CASE_SIDE_MADE:
        pass_made(pass, &found->made);
        break;
    case CASE_SIDE_PALETTE:
        pass_palette(pass, &found->palette);
        break;
    case CASE_SIDE_FIDUCIALS:
        pass_fiducials(pass, &found->fiducials);
        break;
    case CASE_SIDE_MEASURED:
    case CASE_SIDE_MEASURED_IN_PIXELS:
        pass_measured(pass, &found->measured);
        break;
    default:
        pass_description(pass, &found->description);
    }
}

/* ---- the planner's end ---- */

/* The error that the helper gives; whatever it says, the file is named. */
static np_status refused(const char *path, np_message *answer, np_error *err)
{
    uint32_t code = np_message_get_u32(answer);
    char *text = np_message_get_text(answer);
    bool known = code == NP_ERR_IO || code == NP_ERR_NO_MEMORY || code == NP_ERR_INVALID;
    np_status status = known ? (np_status)code : NP_ERR_FORMAT;
    if (text && strncmp(text, path, strlen(path)) == 0)
        np_error_set(err, status, "%s", text);
    else
        np_error_set(err, status, "%s: cannot be read: %s", path, text && *text ? text : WHO " does not say why");
    free(text);
    return status;
}

static np_status converse(np_helper *helper, case_side_kind kind, const char *path, np_message *m, case_side_found *out,
                          np_error *err)
{
    np_helper_watch watch = np_helper_begin(helper, DOING, NULL);
    np_status status = np_helper_put_message(helper, &watch, m, err);
    if (status == NP_OK)
        status = np_helper_receive_message(helper, &watch, NP_MESSAGE_MAX_BYTES, m, err);
    if (status == NP_OK && m->kind == CASE_SIDE_FAILED)
        return refused(path, m, err);
    if (status == NP_OK && m->kind != CASE_SIDE_FOUND)
        status = np_helper_misanswered(helper, &watch, err);
    if (status == NP_OK) {
        case_side_pass(&(case_pass){.message = m, .reading = true}, kind, out);
        if (m->failed || m->at != m->size) {
            case_side_fini(kind, out);
            status = np_helper_misanswered(helper, &watch, err);
        }
    }
    if (status == NP_ERR_PLUGIN)
        status = NP_ERR_FORMAT, np_error_prefix(err, status, "%s: cannot be read: " WHO, path);
    return status;
}

np_status case_side_read(case_side_kind kind, const char *path, const char *text, size_t size, case_side_found *out,
                         np_error *err)
{
    np_helper *helper = NULL;
    np_message m = {0};
    double timeout_s = TIMEOUT_S + TIMEOUT_S_PER_MIB * (double)(size >> 20);
    memset(out, 0, sizeof *out);
    np_status status = np_helper_setting("NEEDLEPATH_SCAN_TIMEOUT_S", 0.1, 3600, &timeout_s, err);
    np_helper_setup setup = {
        .program = CASE_SIDE_READER, .whom = "the reader of a file", .timeout_s = timeout_s, .memory_mb = MEMORY_MB};
    if (status == NP_OK)
        status = np_helper_create(&setup, &helper, err);
    if (status != NP_OK)
        return status;
    np_message_begin(&m, CASE_SIDE_FILE);
    np_message_put_u32(&m, (uint32_t)kind);
    np_message_put_text(&m, path);
    np_message_put_u64(&m, size);
    np_message_put(&m, text, size);
    status = converse(helper, kind, path, &m, out, err);
    if (np_helper_is_there(helper))
        (void)np_helper_put_down(helper, DOING, "is done", NULL); /* whatever it still would do */
    np_helper_destroy(helper);
    np_message_fini(&m);
    return status;
}

np_status case_side_read_file(case_side_kind kind, const char *path, size_t limit, char out_sha256[65],
                              case_side_found *out, np_error *err)
{
    char *text;
    size_t size;
    unsigned char hash[crypto_hash_sha256_BYTES];
    memset(out, 0, sizeof *out);
    np_status status = np_file_read_text(path, limit, &text, &size, err);
    if (status == NP_OK && out_sha256) {
        crypto_hash_sha256(hash, (const unsigned char *)text, size);
        np_hex_write(hash, sizeof hash, out_sha256);
    }
    if (status == NP_OK)
        status = case_side_read(kind, path, text, size, out, err);
    free(text);
    return status;
}
