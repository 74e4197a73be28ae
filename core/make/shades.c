/* The shades of a case over its dots. */
#include "make/private/shades.h"

#include <stdlib.h>

#include "dots/shades.h"
#include "make/private/notes.h"

_Static_assert(NP_CASE_SHADES_MAX <= NP_DOTS_SHADES_MAX, "room for every shade of a case");

/* What the dots room asks for of each dot. */
typedef struct columns {
    np_vec3 *positions;
    int32_t *session;
    double *density_per_cm2, *tone;
    uint8_t *shade;
} columns;

static np_status columns_init(columns *c, const make_making *m, np_error *err)
{
    size_t n = m->n_placed;
    *c = (columns){calloc(n + 1, sizeof *c->positions), calloc(n + 1, sizeof *c->session),
                   calloc(n + 1, sizeof *c->density_per_cm2), calloc(n + 1, sizeof *c->tone),
                   calloc(n + 1, sizeof *c->shade)};
    if (!c->positions || !c->session || !c->density_per_cm2 || !c->tone || !c->shade)
        return np_error_no_memory(err, "the shades of the dots");
    for (size_t i = 0; i < n; i++) {
        c->positions[i] = m->placed[i].point.position;
        c->session[i] = m->placed[i].session;
        c->density_per_cm2[i] = m->placed[i].density_per_cm2;
        c->tone[i] = m->needles[i].tone;
    }
    return NP_OK;
}

static void columns_fini(columns *c)
{
    free(c->positions);
    free(c->session);
    free(c->density_per_cm2);
    free(c->tone);
    free(c->shade);
}

static np_status take_tones(make_making *m, const columns *c, np_error *err)
{
    const np_palette *shades = &m->c->shades;
    size_t dots[NP_CASE_SHADES_MAX] = {0};
    np_status status = NP_OK;
    for (size_t i = 0; i < m->n_placed; i++) {
        m->needles[i].tone = fmin(fmax(np_palette_tone(&shades->shades[c->shade[i]]), 0), 1);
        dots[c->shade[i]]++;
    }
    for (unsigned k = 0; k < shades->n && status == NP_OK; k++)
        status = make_note(m, err, "shade '%s': %zu dots, %.1f %% of all\n", shades->shades[k].name, dots[k],
                           100 * (double)dots[k] / (double)m->n_placed);
    return status;
}

np_status make_shades(make_making *m, np_error *err)
{
    columns c;
    const np_palette *shades = &m->c->shades;
    if (shades->n == 0 || m->n_placed == 0)
        return NP_OK;
    np_status status = columns_init(&c, m, err);
    np_dots_shading request = {.positions = c.positions,
                               .session = c.session,
                               .density_per_cm2 = c.density_per_cm2,
                               .tone = c.tone,
                               .n = m->n_placed,
                               .n_shades = (int)shades->n};
    for (unsigned k = 0; k < shades->n; k++) {
        request.shade_tone[k] = np_palette_tone(&shades->shades[k]);
        request.share[k] = shades->shades[k].share;
    }
    if (status == NP_OK)
        status = np_dots_shade(&request, c.shade, err);
    if (status == NP_OK)
        status = take_tones(m, &c, err);
    columns_fini(&c);
    return status;
}
