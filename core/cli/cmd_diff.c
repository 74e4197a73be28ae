/* needlepath diff: what differs between two plans.  A dot is the same dot where it stands at the same place, to the micrometre that
 * the plan holds; ids and orders change with every tour and prove nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "cli/cli.h"
#include "plan/plan.h"

static const np_option options[] = {CLI_JSON_OPTION("Print as JSON."), {0}};

static const np_example examples[] = {
    {"What another hairline changes", "needlepath diff before.needleplan after.needleplan"},
    {"Is it the plan that was signed?", "needlepath diff signed.needleplan again.needleplan >/dev/null && echo yes"},
    {0}};

/* How the dots of one session of plan A fared in plan B, or, of ONLY_B, the other way round. */
typedef struct tally {
    uint32_t same, changed, other_session, only_a, only_b;
} tally;

typedef struct comparison {
    const np_plan *a, *b;
    tally sessions[NP_CASE_MAX_SESSIONS];
    uint32_t common;                             /* dots that stayed in their place, */
    double depth_max_mm, tilt_max_rad, tone_max; /* and the largest changes of those */
} comparison;

/* ---- dots ---- */

static int by_place(const void *left, const void *right)
{
    const np_dot *p = *(const np_dot *const *)left, *q = *(const np_dot *const *)right;
    const double d[] = {p->position.x - q->position.x, p->position.y - q->position.y, p->position.z - q->position.z};
    for (int k = 0; k < 3; k++)
        if (d[k] != 0)
            return d[k] < 0 ? -1 : 1;
    return 0;
}

static const np_dot **sorted(const np_plan *plan)
{
    const np_dot **dots = malloc((plan->n_dots + 1) * sizeof *dots);
    for (size_t i = 0; dots && i < plan->n_dots; i++)
        dots[i] = &plan->dots[i];
    if (dots)
        qsort(dots, plan->n_dots, sizeof *dots, by_place);
    return dots;
}

static bool same_values(const np_dot *p, const np_dot *q)
{
    return p->depth_mm == q->depth_mm && p->tone == q->tone && p->dwell_ms == q->dwell_ms && p->axis.x == q->axis.x &&
           p->axis.y == q->axis.y && p->axis.z == q->axis.z;
}

static void compare_pair(comparison *c, const np_dot *p, const np_dot *q)
{
    tally *t = &c->sessions[p->session - 1];
    c->common++;
    if (p->session != q->session)
        t->other_session++;
    else if (same_values(p, q))
        t->same++;
    else
        t->changed++;
    c->depth_max_mm = fmax(c->depth_max_mm, fabs(p->depth_mm - q->depth_mm));
    c->tilt_max_rad = fmax(c->tilt_max_rad, fabs(p->tilt_rad - q->tilt_rad));
    c->tone_max = fmax(c->tone_max, fabs(p->tone - q->tone));
}

static np_status compare_dots(comparison *c, np_error *err)
{
    const np_dot **a = sorted(c->a), **b = sorted(c->b);
    np_status status = a && b ? NP_OK : np_error_no_memory(err, "the comparison");
    for (size_t i = 0, j = 0; status == NP_OK && (i < c->a->n_dots || j < c->b->n_dots);) {
        int side = i == c->a->n_dots ? 1 : j == c->b->n_dots ? -1 : by_place(&a[i], &b[j]);
        if (side == 0)
            compare_pair(c, a[i++], b[j++]);
        else if (side < 0)
            c->sessions[a[i++]->session - 1].only_a++;
        else
            c->sessions[b[j++]->session - 1].only_b++;
    }
    free(a);
    free(b);
    return status;
}

static size_t n_sessions(const comparison *c)
{
    return c->a->n_sessions > c->b->n_sessions ? c->a->n_sessions : c->b->n_sessions;
}

/* ---- layers, by name ---- */

static const np_plan_layer *find_layer(const np_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n_layers; i++)
        if (strcmp(plan->layers[i].name, name) == 0)
            return &plan->layers[i];
    return NULL;
}

static uint32_t layer_dots(const np_plan *plan, const np_plan_layer *layer)
{
    return layer ? np_plan_layer_dots(plan, layer) : 0;
}

/* Calls ROW for every layer of either plan, those of A first; NULL where a plan does not have it. */
static void each_layer(const comparison *c,
                       void (*row)(const comparison *, const np_plan_layer *, const np_plan_layer *, void *),
                       void *context)
{
    for (size_t i = 0; i < c->a->n_layers; i++)
        row(c, &c->a->layers[i], find_layer(c->b, c->a->layers[i].name), context);
    for (size_t i = 0; i < c->b->n_layers; i++)
        if (!find_layer(c->a, c->b->layers[i].name))
            row(c, NULL, &c->b->layers[i], context);
}

/* ---- printing ---- */

static bool is_same(const comparison *c)
{
    return memcmp(c->a->digest, c->b->digest, sizeof c->a->digest) == 0;
}

static void print_layer(const comparison *c, const np_plan_layer *a, const np_plan_layer *b, void *context)
{
    (void)context;
    char area_a[32] = "-", area_b[32] = "-";
    if (a)
        snprintf(area_a, sizeof area_a, "%.1f", a->area_cm2);
    if (b)
        snprintf(area_b, sizeof area_b, "%.1f", b->area_cm2);
    printf("  %-22.22s %9u %9u %10s %10s%s\n", CLI_PLAIN(a ? a->name : b->name), layer_dots(c->a, a),
           layer_dots(c->b, b), area_a, area_b,
           !a                                 ? "  only in B"
           : !b                               ? "  only in A"
           : strcmp(a->strategy, b->strategy) ? "  another strategy"
                                              : "");
}

static void print_table(const comparison *c, const char *path_a, const char *path_b)
{
    printf("A: %s\nB: %s\n", CLI_PLAIN(path_a), CLI_PLAIN(path_b));
    if (is_same(c)) {
        puts("the same plan: the digests are equal");
        return;
    }
    const struct {
        const char *what;
        bool differs;
    } heads[] = {{"the case's text", strcmp(c->a->case_text, c->b->case_text) != 0},
                 {"the seed", c->a->seed != c->b->seed},
                 {"the scan", memcmp(c->a->scan_digest, c->b->scan_digest, sizeof c->a->scan_digest) != 0},
                 {"the limits", memcmp(&c->a->limits, &c->b->limits, sizeof c->a->limits) != 0},
                 {"the version of needlepath", strcmp(c->a->version, c->b->version) != 0}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (heads[i].differs)
            printf("differs: %s\n", heads[i].what);
    printf("\n  %-22s %9s %9s %10s %10s\n", "layer", "dots A", "dots B", "cm2 A", "cm2 B");
    each_layer(c, print_layer, NULL);
    printf("\n  %-10s %9s %9s %15s %9s %9s\n", "session", "same", "changed", "other session", "only A", "only B");
    for (size_t s = 0; s < n_sessions(c); s++) {
        const tally *t = &c->sessions[s];
        printf("  %-10zu %9u %9u %15u %9u %9u\n", s + 1, t->same, t->changed, t->other_session, t->only_a, t->only_b);
    }
    if (!c->common) {
        puts("\nno dot of one plan is in the place of a dot of the other");
        return;
    }
    printf("\nof dots in the same place: depth differs by up to %.3f mm, tilt by %.2f degrees, tone by %.3f\n",
           c->depth_max_mm, np_angle_deg(c->tilt_max_rad), c->tone_max);
}

static void add_layer(const comparison *c, const np_plan_layer *a, const np_plan_layer *b, void *context)
{
    json_array_append_new(context, json_pack("{s:s, s:i, s:i, s:f, s:f}", "name", a ? a->name : b->name, "dots_a",
                                             (int)layer_dots(c->a, a), "dots_b", (int)layer_dots(c->b, b), "area_a_cm2",
                                             a ? a->area_cm2 : 0, "area_b_cm2", b ? b->area_cm2 : 0));
}

static np_status print_json(const comparison *c, np_error *err)
{
    json_t *layers = json_array(), *sessions = json_array();
    each_layer(c, add_layer, layers);
    for (size_t s = 0; s < n_sessions(c); s++) {
        const tally *t = &c->sessions[s];
        json_array_append_new(sessions,
                              json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "session", (int)s + 1, "same", (int)t->same,
                                        "changed", (int)t->changed, "other_session", (int)t->other_session, "only_a",
                                        (int)t->only_a, "only_b", (int)t->only_b));
    }
    return cli_give_json(json_pack("{s:b, s:b, s:b, s:o, s:o, s:I, s:f, s:f, s:f}", "same", is_same(c), "same_case",
                                   strcmp(c->a->case_text, c->b->case_text) == 0, "same_scan",
                                   memcmp(c->a->scan_digest, c->b->scan_digest, sizeof c->a->scan_digest) == 0,
                                   "layers", layers, "sessions", sessions, "common", (json_int_t)c->common,
                                   "depth_max_mm", c->depth_max_mm, "tilt_max_rad", c->tilt_max_rad, "tone_max",
                                   c->tone_max),
                         err);
}

/* Of the two plans that run compared. */
static bool differ;

static int exit_status(np_status status)
{
    return status != NP_OK ? 2 : differ;
}

static np_status run(const np_command_args *args, np_error *err)
{
    np_plan *a = NULL, *b = NULL;
    comparison c = {0};
    np_status status = np_plan_read(args->operands[0], &a, err);
    if (status == NP_OK)
        status = np_plan_read(args->operands[1], &b, err);
    if (status == NP_OK) {
        c.a = a;
        c.b = b;
        status = compare_dots(&c, err);
    }
    if (status == NP_OK && np_args_flag(args, "json"))
        status = print_json(&c, err);
    else if (status == NP_OK) {
        print_table(&c, args->operands[0], args->operands[1]);
        status = cli_check_stdout(err);
    }
    differ = status == NP_OK && !is_same(&c);
    np_plan_destroy(a);
    np_plan_destroy(b);
    return status;
}

const np_command cli_cmd_diff = {
    .name = "diff",
    .summary = "say what differs between two plans, by layer, session and dots",
    .operands = "PLAN PLAN",
    .min_operands = 2,
    .max_operands = 2,
    .description =
        "Compares what two plans would do to a head. Dots at the same place, to the micrometre, are the same dot: for "
        "each session "
        "it counts those that are the same, those whose depth, axis, tone or dwell changed, those that went to "
        "another session (counted where the first plan has them), and those that only one plan has. Layers are matched "
        "by name.\n\n"
        "Equal digests mean the same plan; approvals and runs are not compared.",
    .options = options,
    .examples = examples,
    .run = run,
    .exit_status = exit_status,
    .exit_meaning = "0 the same plan, 1 the plans differ, 2 trouble: nothing was compared",
};
