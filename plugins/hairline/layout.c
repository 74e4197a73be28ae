/* Layout: the line as a curve, and sentinels, the few single hairs ahead of it, as pins. */
#include <needlepath/plugin_kit.h>
#include <stdlib.h>

#include "hairline.h"

#define MAX_SENTINELS 8
#define SENTINELS_APART_MM 4.0
#define SENTINEL_INSIDE_MM 0.8 /* of the region, at least */
#define TRIES 400u

static int32_t fail(const np_strategy_job *job, const char *text)
{
    job->host->set_error(job->host->context, text);
    return -1;
}

static int32_t emit_line(const np_strategy_job *job, const hl_head *head, const hl_line *line, np_strategy_layout *out)
{
    double *points = malloc(3 * line->count * sizeof *points);
    if (!points)
        return fail(job, "out of memory");
    for (uint32_t i = 0; i < line->count; i++)
        hl_head_point(head, line->at[i], points + 3 * i);
    int32_t code = out->add_curve(out->context, line->count, points, 0);
    free(points);
    return code;
}

/* The smallest distance from P to any place of the line that lies within 10 places of the I-th. */
static double ahead_of_line_mm(const hl_head *head, const hl_line *line, uint32_t i, const double p[3])
{
    double best = INFINITY;
    for (uint32_t k = i > 10 ? i - 10 : 0; k < line->count && k <= i + 10; k++) {
        double q[3];
        hl_head_point(head, line->at[k], q);
        double dx = q[0] - p[0], dy = q[1] - p[1], dz = q[2] - p[2];
        best = fmin(best, sqrt(dx * dx + dy * dy + dz * dz));
    }
    return best;
}

static bool near_another(double (*taken)[3], int n, const double p[3])
{
    for (int i = 0; i < n; i++) {
        double dx = taken[i][0] - p[0], dy = taken[i][1] - p[1], dz = taken[i][2] - p[2];
        if (dx * dx + dy * dy + dz * dz < SENTINELS_APART_MM * SENTINELS_APART_MM)
            return true;
    }
    return false;
}

/* The TRY-th candidate: beside a place of the frontal part of the line, 1 mm to the wanted distance ahead. */
static bool propose(const np_strategy_job *job, const hl_head *head, const hl_line *line, uint32_t try, double out_p[3])
{
    const np_host *h = job->host;
    uint64_t lot = hl_head_seed(job->head) + try;
    double front = fmin(line->corner_mm, -line->arc_mm[0] - 20.0);
    double arc = front * (2.0 * h->uniform(h->context, HL_STREAM_SENTINEL, lot, 0) - 1.0);
    double ahead = np_kit_lerp(1.0, job->params[HL_SENTINEL_AHEAD], h->uniform(h->context, HL_STREAM_SENTINEL, lot, 1));
    uint32_t i = 1;
    while (i + 2 < line->count && line->arc_mm[i] < arc)
        i++;

    double down, around;
    uint32_t nearest;
    hl_head_step_mm(head, line->at[i - 1], line->at[i + 1], &down, &around);
    double length = sqrt(down * down + around * around);
    if (length <= 0.0)
        return false;
    hl_place at = hl_head_move(head, line->at[i], ahead * around / length, -ahead * down / length);
    if (hl_head_border_mm(head, at, &nearest) < SENTINEL_INSIDE_MM)
        return false;
    hl_head_point(head, at, out_p);
    double real = ahead_of_line_mm(head, line, i, out_p);
    return real >= 0.8 && real <= job->params[HL_SENTINEL_AHEAD];
}

static int32_t emit_sentinels(const np_strategy_job *job, const hl_head *head, const hl_line *line,
                              np_strategy_layout *out)
{
    double taken[MAX_SENTINELS][3];
    int n = 0, wanted = (int)job->params[HL_SENTINELS];
    for (uint32_t try = 0; n < wanted && try < TRIES; try++) {
        double p[3];
        if (!propose(job, head, line, try, p) || near_another(taken, n, p))
            continue;
        np_strategy_pin pin = np_kit_pin(p[0], p[1], p[2], (int32_t)job->params[HL_EDGE_SESSION]);
        pin.depth_mm = job->params[HL_DEPTH];
        pin.tone = np_kit_tone(job->host, HL_STREAM_SENTINEL_TONE, (uint64_t)n, job->params[HL_TONE_FRONT],
                               job->params[HL_TONE_VARIATION]);
        if (out->add_pins(out->context, 1, &pin) != 0)
            return -1;
        for (int a = 0; a < 3; a++)
            taken[n][a] = p[a];
        n++;
    }
    if (n < wanted)
        job->host->log(job->host->context, 1,
                       "there was not room for all sentinel hairs between hairline and region border");
    return 0;
}

static int32_t draw(const np_strategy_job *job, np_strategy_layout *out)
{
    hl_head head;
    hl_line *line = malloc(sizeof *line);
    int32_t code = -1;
    if (!hl_head_init(&head, job) || !line) {
        code = fail(job, "out of memory");
    } else {
        const char *problem = hl_line_draw(job, &head, line);
        code = problem ? fail(job, problem) : emit_line(job, &head, line, out);
        hl_remark_softness(job);
        if (code == 0)
            code = emit_sentinels(job, &head, line, out);
    }
    hl_head_fini(&head);
    free(line);
    return code;
}

int32_t hl_layout(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    if (job->region_count == 0 || job->regions[0]->count < 20)
        return fail(job, "hairline needs a region with a border of at least 20 mm");
    double params[HL_PARAM_COUNT];
    hl_preset_apply(job->params, params);
    np_strategy_job preset = *job;
    preset.params = params;
    return draw(&preset, out);
}
