/* YAML by hand: what is written is read again by people, so it has comments and the order of the manual. */
#include "case/private/write.h"

const char *case_write_unit_name(np_case_unit units)
{
    static const char *const names[] = {"mm", "cm", "m", "inch"};
    return names[units];
}

/* [x, y, z], to a micrometre or better in the scan's units. */
static void write_point(FILE *stream, np_case_unit units, np_vec3 p)
{
    static const int decimals[] = {3, 4, 6, 5};
    int d = decimals[units];
    fprintf(stream, "[%.*f, %.*f, %.*f]", d, p.x, d, p.y, d, p.z);
}

void case_write_points(FILE *stream, np_case_unit units, const np_case_points *points, int indent)
{
    for (unsigned i = 0; i < points->n; i++) {
        fprintf(stream, "%*s- ", indent, "");
        write_point(stream, units, points->points[i]);
        fputc('\n', stream);
    }
}

void case_write_whorl_turns(FILE *stream, const np_case_scan *scan)
{
    static const char *const names[] = {"clockwise", "counterclockwise"};
    for (unsigned i = 0; i < scan->n_whorl_turns; i++)
        fprintf(stream, "%s%s%s", i ? ", " : "whorl_turns: [", names[scan->whorl_turns[i]],
                i + 1 < scan->n_whorl_turns ? "" : "]\n");
    for (unsigned i = 0; i < scan->n_whorl_strengths; i++)
        fprintf(stream, "%s%g%s", i ? ", " : "whorl_strengths: [", scan->whorl_strengths[i],
                i + 1 < scan->n_whorl_strengths ? "" : "]\n");
}

void case_write_landmarks(FILE *stream, np_case_unit units, const np_case_landmarks *landmarks, int indent)
{
    const char *names[] = {"glabella", "inion", "tragion_left", "tragion_right", "vertex", "nasion", "pronasale"};
    const np_vec3 points[] = {landmarks->glabella, landmarks->inion,  landmarks->tragion_left, landmarks->tragion_right,
                              landmarks->vertex,   landmarks->nasion, landmarks->pronasale};
    for (int i = 0; i < 7; i++) {
        if (i >= 5 && np_vec3_length(points[i]) == 0) /* not given */
            continue;
        fprintf(stream, "%*s%s: ", indent, "", names[i]);
        write_point(stream, units, points[i]);
        fputc('\n', stream);
    }
}

void case_write_quoted(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}
