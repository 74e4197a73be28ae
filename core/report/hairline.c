/* How high the hairline is a plan has measured, with the hair that is there (dots/form.h).  Where it runs is where the plan's own dots begin. */
#include "report/private/hairline.h"

#include <stdlib.h>

#define FAR_MM 50.0

np_status report_hairline_find(report_hairline *line, const np_plan *plan, const np_scan *scan, np_error *err)
{
    *line = (report_hairline){0};
    np_form_value form[NP_FORM_FIGURES];
    np_surface_point middle;
    np_form_read(plan->figures, plan->n_figures, form);
    const np_form_value *height = &form[NP_FORM_HAIRLINE_HEIGHT];
    if (!height->measured || !np_surface_nearest(&scan->surface, height->place, FAR_MM, &middle))
        return NP_OK;
    line->found = true;
    line->middle = middle.position;
    line->normal = middle.normal;
    line->height_mm = height->value;
    np_form_dot *dots = calloc(plan->n_dots + 1, sizeof *dots);
    if (!dots)
        return np_error_no_memory(err, "the hairline");
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *d = &plan->dots[i];
        bool makes = !d->pin && np_plan_layer_makes_hairline(&plan->layers[d->layer]);
        dots[i] = (np_form_dot){.position = np_dot_mark(d), .line = makes ? NP_FORM_LINE_DESIGNED : NP_FORM_LINE_NONE};
    }
    np_form_head head = {.glabella = scan->landmarks.glabella, .surface = &scan->surface};
    np_head_axes(&head.anterior, &head.up);
    np_form_front front = np_form_front_find(dots, plan->n_dots, &head);
    for (line->n = 0; line->n < front.n; line->n++) {
        line->place[line->n] = dots[front.dot[line->n]].position;
        line->place_normal[line->n] = plan->dots[front.dot[line->n]].normal;
    }
    free(dots);
    return NP_OK;
}
