/* The hairline as a person would point at it: column by column across the forehead, where dots begin.  A plan holds dots and no curve, and what is
 * to be judged is where they are. */
#include "report/private/hairline.h"

#include <math.h>

#include "dots/form.h"

#define COLUMN_MM 8.0
/* A few dots stand before a line without making it. */
enum { BEFORE = 2 };
/* No hairline begins higher (docs/domain.md 2.5: up to 9 cm). */
#define HIGHEST_MM 110.0

/* The dot of the column around Y whose place over the glabella is the lowest but BEFORE; NULL for a column with fewer. */
static const np_dot *column_front(const np_plan *plan, np_vec3 glabella, double y)
{
    const np_dot *lowest[BEFORE + 1] = {0};
    double height[BEFORE + 1];
    np_vec3 front, up;
    np_head_axes(&front, &up);
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *d = &plan->dots[i];
        double over = np_vec3_dot(np_vec3_sub(d->position, glabella), up);
        if (d->pin || fabs(d->position.y - y) > COLUMN_MM / 2 || over < 0 ||
            np_vec3_dot(d->position, front) < 0.3 * np_vec3_dot(glabella, front))
            continue;
        int k = BEFORE;
        if (lowest[k] && height[k] <= over)
            continue;
        for (; k > 0 && (!lowest[k - 1] || over < height[k - 1]); k--) {
            lowest[k] = lowest[k - 1];
            height[k] = height[k - 1];
        }
        lowest[k] = d;
        height[k] = over;
    }
    return lowest[BEFORE];
}

void report_hairline_find(report_hairline *line, const np_plan *plan, const np_scan *scan)
{
    *line = (report_hairline){0};
    np_vec3 glabella = scan->landmarks.glabella;
    const np_dot *middle = column_front(plan, glabella, glabella.y);
    if (!middle)
        return;
    line->height_mm = np_form_along_skin_mm(&scan->surface, glabella, middle->position);
    if (line->height_mm > HIGHEST_MM)
        return;
    for (int k = 0; k < REPORT_HAIRLINE_COLUMNS; k++) {
        int from_middle = k - REPORT_HAIRLINE_COLUMNS / 2;
        const np_dot *d = column_front(plan, glabella, glabella.y + from_middle * COLUMN_MM);
        if (!d)
            continue;
        if (from_middle == 0)
            line->middle = line->n;
        line->place[line->n] = d->position;
        line->normal[line->n++] = d->normal;
    }
}
