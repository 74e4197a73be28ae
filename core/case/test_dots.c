/* A case is a person's text, with comments and an order of its own: what test dots say goes into it by replacing two of its keys, and the
 * outcome is read again before anybody gets it. */
#include "case/test_dots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "case/advice.h"
#include "case/private/write.h"

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
        bool item =
            at[0] == '-' && (at[1] == ' ' || at[1] == '\n' || at[1] == '\r'); /* of a list that is not indented */
        bool top =
            !item && *at != ' ' && *at != '\n' && *at != '\r' && *at != '#' && *at != '\t' && *at != '}' && *at != ']';
        if (top) {
            leaving = false;
            for (size_t k = 0; keys[k]; k++)
                leaving = leaving || begins(at, keys[k]);
        }
        if (!leaving || *at == '#')
            fwrite(at, 1, (size_t)(next_line(at) - at), out);
    }
}

/* ---- a case that makes them ---- */

/* The least and the deepest of five depths in the skin, and the usual one for other times and tones. */
#define LEAST_MM 0.4
#define MOST_MM 0.85
#define USUAL_MM 0.6
/* So much of depth tells something of colour (skin/calibrate.h), and rungs are then told apart. */
#define SPAN_MIN_MM 0.16
enum { DEPTHS = 5 };

/* What a depth in the skin may be of this person: over the fat, and within the limits with what the skin gives way. */
static np_status find_span(const np_case *c, double *out_least, double *out_most, np_error *err)
{
    *out_least = fmax(LEAST_MM, c->limits.depth_min_mm);
    *out_most = floor(fmin(MOST_MM, np_case_deepest_mm(c)) * 100 + 1e-6) / 100;
    if (*out_most - *out_least >= SPAN_MIN_MM - 1e-9)
        return NP_OK;
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: no ladder of test dots fits: five depths from %.2f mm on want %.2f mm of depth, and "
        "limits (%g to %g), depth.indentation_mm %g and depth.skin_mm %g leave %.2f; is the indentation "
        "measured right? Otherwise keep to the usual depths without test dots",
        c->path, *out_least, SPAN_MIN_MM, c->limits.depth_min_mm, c->limits.depth_max_mm, c->depth.indentation_mm,
        c->depth.skin_mm, fmax(*out_most - *out_least, 0));
}

/* Depths at even distances where the usual ones would go too deep, and other tones where C has shades that make them: one pigment has one tone. */
static void write_ladder(const np_case *c, double least, double most, FILE *out)
{
    static const double depths[DEPTHS] = {LEAST_MM, 0.5, 0.6, 0.7, MOST_MM};
    static const double others[][2] = {{15, 0.5}, {60, 0.5}, {30, 0.2}, {30, 0.8}};
    bool whole = least <= LEAST_MM && most >= MOST_MM;
    fputs(", ladder: [", out);
    for (int i = 0; i < DEPTHS; i++)
        fprintf(out, "[%.4g, 30, 0.5], ", whole ? depths[i] : least + (most - least) * i / (DEPTHS - 1));
    double usual = fmin(fmax(USUAL_MM, least), most);
    for (size_t i = 0; i < (c->shades.n ? 4 : 2); i++)
        fprintf(out, "%s[%.4g, %g, %g]", i ? ", " : "", usual, others[i][0], others[i][1]);
    fputc(']', out);
}

static void write_test_case(const np_case *c, np_vec3 middle, int repeats, double least, double most, FILE *out)
{
    static const char *const replaced[] = {"title", "layers",    "sessions", "points", "dots",
                                           "depth", "test_dots", "...",      NULL};
    np_case_points place = {&middle, 1};
    size_t n = strlen(c->text);
    fputs("# Test dots, in place of the layers of the case that is left of them below.  Read them after four weeks "
          "(docs/domain.md 3) with\n# `needlepath testdots read`.\n",
          out);
    copy_without(c->text, replaced, out);
    fputs(n && c->text[n - 1] != '\n' ? "\ntitle: " : "title: ", out);
    char title[220];
    snprintf(title, sizeof title, "Test dots%s%.150s", *c->title ? ": " : "", c->title);
    case_write_quoted(out, title);
    fputs("\npoints:\n  - name: place\n    points:\n", out);
    case_write_points(out, c->scan.units, &place, 6);
    fprintf(out,
            "layers:\n  - {name: test dots, strategy: test_dots, points: place, reach_mm: 35, params: {repeats: %d",
            repeats);
    write_ladder(c, least, most, out);
    fprintf(out, "}}\nsessions: [{cumulative: 1, day: 0}]\ndepth: {skin_mm: %.15g, indentation_mm: %.15g}\n",
            c->depth.skin_mm, c->depth.indentation_mm);
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Whether all that protects the person of C protects him of TEST as well. */
static bool is_as_safe(const np_case *c, const np_case *test)
{
    return memcmp(&c->limits, &test->limits, sizeof c->limits) == 0 &&
           memcmp(&c->arm, &test->arm, sizeof c->arm) == 0 && c->needle_diameter_mm == test->needle_diameter_mm &&
           c->depth.skin_mm == test->depth.skin_mm && c->depth.indentation_mm == test->depth.indentation_mm &&
           c->n_keep_outs == test->n_keep_outs && c->n_regions == test->n_regions &&
           c->has_person == test->has_person && c->person.n_conditions == test->person.n_conditions &&
           c->person.age_years == test->person.age_years && np_case_accepted(c) == np_case_accepted(test) &&
           is_same_text(c->made_plan, test->made_plan) && is_same_text(c->made_file, test->made_file) &&
           is_same_text(c->scan.file, test->scan.file) && c->existing.n == test->existing.n;
}

np_status np_case_test_dots_create(const np_case *c, np_vec3 middle, int repeats, np_case **out, np_error *err)
{
    char *text = NULL;
    size_t size;
    double least, most;
    *out = NULL;
    np_status status = find_span(c, &least, &most, err);
    if (status != NP_OK)
        return status;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return np_error_no_memory(err, c->path);
    write_test_case(c, middle, repeats, least, most, stream);
    np_error why = {0};
    status = fclose(stream) == 0 ? np_case_parse(c->path, text, size, out, &why) : np_error_no_memory(&why, c->path);
    if (status == NP_OK && is_as_safe(c, *out))
        goto end;
    np_case_destroy(*out);
    *out = NULL;
    status =
        np_error_set(err, NP_ERR_INVALID,
                     "%s: a program cannot put test dots in place of its layers and keep the rest (%s); write every "
                     "key at the beginning of a line, without quotes, anchors or braces around them all",
                     c->path, status == NP_OK ? "its keys are written in an unusual form" : why.text);
end:
    free(text);
    return status;
}

/* ---- a case that has what they said ---- */

/* Depths that are the usual ones are not written. */
static void write_keys(const np_case_depth *d, double calibration_mm, const np_case_test_dots *read, FILE *out)
{
    fprintf(out, "depth: {calibration_mm: %.3f", calibration_mm);
#define WRITE_OTHER(field, usual_mm)                                                                                   \
    if (d->field != usual_mm)                                                                                          \
        fprintf(out, ", " #field ": %.10g", d->field);
    NP_CASE_DEPTH_TABLE(WRITE_OTHER)
    WRITE_OTHER(skin_mm, 0)
    WRITE_OTHER(indentation_mm, 0)
#undef WRITE_OTHER
    fprintf(out, "}\ntest_dots: {ink_strength: %.3f, healed_size: %.3f", read->ink_strength, read->healed_size);
    if (read->read_on) {
        fputs(", read_on: ", out);
        case_write_quoted(out, read->read_on);
    }
    fputs("}\n", out);
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
    if (status != NP_OK)
        return np_error_set(
            err, NP_ERR_INVALID,
            "what these dots say (calibration_mm %+.3f) does not go with the rest of %s: %s; change that "
            "first: nothing is written",
            calibration_mm, c->path, why.text);
    return np_error_set(err, NP_ERR_INVALID,
                        "%s: its text cannot be changed by a program (its keys depth and test_dots are written in an "
                        "unusual form); write into it: "
                        "depth: {calibration_mm: %.3f}, "
                        "test_dots: {ink_strength: %.3f, healed_size: %.3f}",
                        c->path, calibration_mm, read->ink_strength, read->healed_size);
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
    write_keys(&c->depth, calibration_mm, read, out);
    np_status status = fclose(out) == 0 ? NP_OK : np_error_no_memory(err, c->path);
    if (status == NP_OK)
        status = check(c, *out_text, calibration_mm, read, err);
    if (status != NP_OK) {
        free(*out_text);
        *out_text = NULL;
    }
    return status;
}
