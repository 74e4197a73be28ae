/* Which depth comes from what. */
#include "report/private/depth_table.h"

#include "plan/depths.h"
#include "report/private/html.h"

void report_depth_table(const np_plan *plan, FILE *out)
{
    char text[NP_PLAN_DEPTHS_TEXT_BYTES];
    fputs("<h2>Depth</h2>\n<p>Depth ", out);
    report_html_escaped(np_plan_depths_case_text(plan, text), out);
    fputs(".</p>\n<table><tr><th>layer</th><th>depth</th></tr>\n", out);
    for (size_t i = 0; i < plan->n_layers; i++) {
        np_plan_depths depths;
        np_plan_depths_of(plan, i, &depths);
        if (depths.most_mm <= 0)
            continue;
        fputs("<tr><td>", out);
        report_html_escaped(plan->layers[i].name, out);
        fprintf(out, "</td><td>%s</td></tr>\n", np_plan_depths_text(&depths, text));
    }
    fputs("</table>\n", out);
}
