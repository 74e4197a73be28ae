/* A case is a person's text, with comments and an order of its own: what test dots say goes into it by replacing two of its keys, and the
 * outcome is read again before anybody gets it. */
#include "case/test_dots.h"

#include <stdlib.h>
#include <string.h>

#include "case/private/write.h"

static void write_scan(const np_case_scan *scan, FILE *out)
{
    if (!scan->file) {
        fprintf(out, "scan: {head: {sex: %s, percentile: %.17g}}\n", scan->sex == NP_CASE_SEX_F ? "f" : "m",
                scan->percentile);
        return;
    }
    char *absolute = realpath(scan->file, NULL);
    fputs("scan:\n  file: ", out);
    case_write_quoted(out, absolute ? absolute : scan->file);
    fprintf(out, "\n  units: %s\n", case_write_unit_name(scan->units));
    if (scan->axis_anterior)
        fprintf(out, "  axes: {anterior: \"%s\", left: \"%s\", up: \"%s\"}\n", scan->axis_anterior, scan->axis_left,
                scan->axis_up);
    fputs("landmarks:\n", out);
    case_write_landmarks(out, scan->units, &scan->landmarks, 2);
    if (scan->confirmed) {
        fputs("confirmed: ", out);
        case_write_quoted(out, scan->confirmed);
        fputc('\n', out);
    }
    free(absolute);
}

void np_case_test_dots_write(const np_case *c, np_vec3 middle, int repeats, FILE *out)
{
    np_case_points place = {&middle, 1};
    fputs("# Test dots: five depths, two more contact times, two more tones, in a hidden place.  Read them after four "
          "weeks\n"
          "# (docs/domain.md 3) with `needlepath testdots read`.\nneedlepath: 1\ntitle: ",
          out);
    char title[220];
    snprintf(title, sizeof title, "Test dots%s%.150s", *c->title ? ": " : "", c->title);
    case_write_quoted(out, title);
    fprintf(out, "\nseed: %llu\n", (unsigned long long)c->seed);
    write_scan(&c->scan, out);
    fputs("points:\n  - name: place\n    points:\n", out);
    case_write_points(out, c->scan.units, &place, 6);
    fprintf(out,
            "layers:\n  - {name: test dots, strategy: test_dots, points: place, reach_mm: 35, params: {repeats: %d}}\n"
            "sessions: [{cumulative: 1, day: 0}]\nneedle: {diameter_mm: %.17g}\n"
            "depth: {indentation_mm: %.17g}\nlimits: {depth_min_mm: %.17g, depth_max_mm: %.17g}\n"
            "arm: {lift_mm: %.17g, reload_every: %d}\n",
            repeats, c->needle_diameter_mm, c->depth.indentation_mm, c->limits.depth_min_mm, c->limits.depth_max_mm,
            c->arm.lift_mm, c->arm.reload_every);
}

/* Whether the line at AT begins the top-level key KEY. */
static bool begins(const char *at, const char *key)
{
    size_t n = strlen(key);
    return strncmp(at, key, n) == 0 && at[n] == ':';
}

static const char *next_line(const char *at)
{
    const char *end = strchr(at, '\n');
    return end ? end + 1 : at + strlen(at);
}

/* TEXT without the top-level keys KEYS (ended by NULL) and all that is indented below them; comments that are not indented stay. */
static void copy_without(const char *text, const char *const *keys, FILE *out)
{
    bool leaving = false;
    for (const char *at = text; *at; at = next_line(at)) {
        bool top = *at != ' ' && *at != '\n' && *at != '\r' && *at != '#' && *at != '\t' && *at != '}' && *at != ']';
        if (top) {
            leaving = false;
            for (size_t k = 0; keys[k]; k++)
                leaving = leaving || begins(at, keys[k]);
        }
        if (!leaving || *at == '#')
            fwrite(at, 1, (size_t)(next_line(at) - at), out);
    }
}

/* A case that says nothing of depths. */
static const char silent[] = "needlepath: 1\nlayers: [{name: a, strategy: a}]\n";

static np_status write_keys(const np_case_depth *d, double calibration_mm, const np_case_test_dots *read, FILE *out,
                            np_error *err)
{
    np_case *usual = NULL;
    np_status status = np_case_parse_keys("defaults", silent, &usual, err);
    if (status != NP_OK)
        return status;
    fprintf(out, "depth: {calibration_mm: %.3f", calibration_mm);
#define WRITE_OTHER(field)                                                                                             \
    if (d->field != usual->depth.field)                                                                                \
        fprintf(out, ", " #field ": %.10g", d->field);
    WRITE_OTHER(frontal_mm)
    WRITE_OTHER(temple_mm)
    WRITE_OTHER(midscalp_mm)
    WRITE_OTHER(crown_mm)
    WRITE_OTHER(occipital_mm)
    WRITE_OTHER(elsewhere_mm)
    WRITE_OTHER(skin_mm)
    WRITE_OTHER(indentation_mm)
#undef WRITE_OTHER
    fprintf(out, "}\ntest_dots: {ink_strength: %.3f, healed_size: %.3f", read->ink_strength, read->healed_size);
    if (read->read_on) {
        fputs(", read_on: ", out);
        case_write_quoted(out, read->read_on);
    }
    fputs("}\n", out);
    np_case_destroy(usual);
    return NP_OK;
}

/* Whether TEXT says what was to be said, and nothing else has changed that a plan is made of. */
static np_status check(const np_case *c, const char *text, double calibration_mm, const np_case_test_dots *read,
                       np_error *err)
{
    np_case *again = NULL;
    np_error why = {0};
    np_status status = np_case_parse(c->path, text, strlen(text), &again, &why);
    bool same = status == NP_OK && fabs(again->depth.calibration_mm - calibration_mm) < 6e-4 &&
                fabs(again->test_dots.ink_strength - read->ink_strength) < 6e-4 && again->n_layers == c->n_layers &&
                again->n_regions == c->n_regions && again->seed == c->seed &&
                again->depth.crown_mm == c->depth.crown_mm && again->limits.depth_max_mm == c->limits.depth_max_mm;
    np_case_destroy(again);
    if (same)
        return NP_OK;
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: its text cannot be changed by a program (%s); write into it: depth: {calibration_mm: %.3f}, "
        "test_dots: {ink_strength: %.3f, healed_size: %.3f}",
        c->path, status == NP_OK ? "its keys depth and test_dots are written in an unusual form" : why.text,
        calibration_mm, read->ink_strength, read->healed_size);
}

np_status np_case_calibrate_text(const np_case *c, double calibration_mm, const np_case_test_dots *read,
                                 char **out_text, np_error *err)
{
    static const char *const replaced[] = {"depth", "test_dots", NULL};
    size_t size;
    *out_text = NULL;
    FILE *out = open_memstream(out_text, &size);
    if (!out)
        return np_error_no_memory(err, c->path);
    copy_without(c->text, replaced, out);
    size_t n = strlen(c->text);
    if (n && c->text[n - 1] != '\n')
        fputc('\n', out);
    np_status status = write_keys(&c->depth, calibration_mm, read, out, err);
    if (fclose(out) != 0 && status == NP_OK)
        status = np_error_no_memory(err, c->path);
    if (status == NP_OK)
        status = check(c, *out_text, calibration_mm, read, err);
    if (status != NP_OK) {
        free(*out_text);
        *out_text = NULL;
    }
    return status;
}
