/* full_scalp: the buzz cut.  All of the scalp at the density that each of its zones has, and borders as a barber leaves them: sides and
 * nape that fade, sideburns that end blunt, a nape that tapers off along no line.
 *
 * Zones and fades are drawn on the chart of the kit, so that they lie alike on every head; borders are the region's.  The front border is
 * the hairline's work: this layer only softens it. */
#include <needlepath/plugin_kit.h>

#include "full_scalp.h"

/* How much a place belongs to each zone, 0..1; the rest is midscalp, crown and the upper sides. */
typedef struct zones {
    double front, temple, ear, back, nape, sideburn;
} zones;

static zones zones_at(np_kit_place at)
{
    zones z;
    double around = at.around_deg, down = at.down_deg;
    double front = 1.0 - np_kit_smoothstep(35.0, 58.0, around), ear = np_kit_smoothstep(80.0, 96.0, around);
    double behind = np_kit_smoothstep(120.0, 150.0, around);
    z.front = np_kit_smoothstep(34.0, 50.0, down) * front;
    z.temple = np_kit_smoothstep(44.0, 60.0, down) * (1.0 - front) * (1.0 - ear);
    z.ear = np_kit_smoothstep(72.0, 98.0, down) * ear * (1.0 - behind);
    z.back = np_kit_smoothstep(62.0, 78.0, down) * behind;
    z.nape = fs_nape_share(at);
    z.sideburn = np_kit_smoothstep(86.0, 96.0, down) * np_kit_smoothstep(50.0, 60.0, around) *
                 (1.0 - np_kit_smoothstep(88.0, 98.0, around));
    return z;
}

/* Where fades are bare and where they are full, degrees down from the top over the ears and at the back of the head.  A barber's low
 * fade ends about an inch above the ear, a mid one about two, a high one near the ridge of the parietal bone. */
static const struct {
    double bare_side, bare_back, full_side, full_back;
} fades[FS_FADE_COUNT] = {
    [FS_FADE_LOW] = {95.0, 125.0, 78.0, 106.0},
    [FS_FADE_MID] = {84.0, 110.0, 61.0, 84.0},
    [FS_FADE_HIGH] = {73.0, 96.0, 50.0, 67.0},
};

/* 0 where the fade is bare, 1 where hair has its full length, and so everywhere where there is none. */
static double fade_at(const double *p, np_kit_place at)
{
    int fade = (int)p[FS_FADE];
    if (fade == FS_FADE_NONE)
        return 1.0;
    double behind = np_kit_smoothstep(105.0, 165.0, at.around_deg);
    double side = np_kit_smoothstep(42.0, 62.0, at.around_deg); /* the front has none */
    double bare = np_kit_lerp(fades[fade].bare_side, fades[fade].bare_back, behind);
    double full = np_kit_lerp(fades[fade].full_side, fades[fade].full_back, behind);
    return np_kit_lerp(1.0, 1.0 - np_kit_smoothstep(full, bare, at.down_deg), side);
}

static double edge_at(const np_strategy_job *job, const zones *z, np_kit_place at, const double q[3], double inside)
{
    double edge = np_kit_smoothstep(0.0, job->params[FS_FEATHER], inside);
    if (z->nape > 0.0)
        edge = np_kit_lerp(edge, fs_nape_edge(job, at, inside), z->nape);
    if (z->sideburn > 0.0)
        edge = np_kit_lerp(edge, fs_sideburn_edge(job, at, q, inside), z->sideburn);
    return edge;
}

/* Density of a place as a share of the midscalp's. */
static double share_at(const double *p, const zones *z)
{
    return 1.0 + z->front * (p[FS_FRONT_SHARE] - 1.0) + z->temple * (p[FS_TEMPLE_SHARE] - 1.0) +
           z->ear * (p[FS_EAR_SHARE] - 1.0) + z->back * (p[FS_BACK_SHARE] - 1.0);
}

int32_t fs_paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *out)
{
    const double *p = job->params;
    for (uint32_t i = 0; i < s->count; i++) {
        double inside = s->region_distance_mm[i], q[3] = {s->x[i], s->y[i], s->z[i]};
        if (inside < 0.0)
            continue;
        np_kit_place at = np_kit_chart(job->head, q[0], q[1], q[2]);
        zones z = zones_at(at);
        double fade = fade_at(p, at);
        double target = p[FS_DENSITY] * share_at(p, &z) *
                        np_kit_variation(job->host, FS_STREAM_VARIATION, p[FS_VARIATION], p[FS_VARIATION_WAVELENGTH],
                                         q[0], q[1], q[2]) *
                        np_kit_lerp(p[FS_FADE_SHARE], 1.0, fade);
        double missing = target - p[FS_EXISTING_SHARE] * s->existing_density_per_cm2[i];

        out->coverage[i] = edge_at(job, &z, at, q, inside);
        out->density_per_cm2[i] = missing > 0.0 ? missing : 0.0;
        np_kit_lean(job, s, i, FS_STREAM_LEAN, p[FS_LEAN], out);
        double tone = p[FS_TONE] + p[FS_TONE_FRONT] * (z.front + z.temple) + p[FS_FADE_TONE] * (1.0 - fade);
        out->tone[i] = np_kit_tone(job->host, FS_STREAM_TONE, s->id[i], tone, p[FS_TONE_VARIATION]);
    }
    return 0;
}
