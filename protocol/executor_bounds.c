/* Where an executor lets itself be sent: into its workspace, and to a head that is not upside down.
 *
 * What comes over the wire is in the head's frame; where that puts the arm only the registration says, which is measured by people,
 * in a frame that somebody else has set up.  So the executor holds each place, as it lies in its own frame, to a box that whoever
 * installed it has stated, and the head's own up to what is up where it stands.  A box is convex: with both ends of a straight line
 * in it, all of the line is. */
#include "protocol/private/executor.h"

#include <string.h>

#include "protocol/private/print.h"

#define MILLION 1000000
#define BILLION 1000000000

static const char *const axes[3] = {"x", "y", "z"};

bool wire_executor_bounds_are_valid(const np_wire_executor_config *c)
{
    const np_wire_box *box = &c->workspace;
    const int64_t one = (int64_t)MILLION * MILLION;
    bool stated = wire_executor_has_workspace(c);
    int64_t square = 0;
    for (int i = 0; i < 3; i++) {
        if (stated && (box->min_um[i] >= box->max_um[i] || box->min_um[i] < -NP_WIRE_PLACE_MAX_UM ||
                       box->max_um[i] > NP_WIRE_PLACE_MAX_UM))
            return false;
        if (c->up_ppm[i] < -2 * MILLION || c->up_ppm[i] > 2 * MILLION)
            return false;
        square += (int64_t)c->up_ppm[i] * c->up_ppm[i];
    }
    return (square == 0 || (square > one - one / 5000 && square < one + one / 5000)) &&
           c->head_up_min_ppm >= NP_WIRE_HEAD_UP_ANY_PPM && c->head_up_min_ppm <= MILLION;
}

/* ---- the workspace ---- */

bool wire_executor_has_workspace(const np_wire_executor_config *c)
{
    static const np_wire_box none;
    return memcmp(&c->workspace, &none, sizeof none) != 0;
}

void wire_executor_tell_workspace(const np_wire_executor *x, char out_text[NP_WIRE_TEXT_BYTES])
{
    const np_wire_box *b = &x->config.workspace;
    out_text[0] = '\0';
    if (wire_executor_has_workspace(&x->config))
        wire_print(out_text, NP_WIRE_TEXT_BYTES,
                   "this arm's workspace (um): x %ld to %ld, y %ld to %ld, z %ld to %ld%s", (long)b->min_um[0],
                   (long)b->max_um[0], (long)b->min_um[1], (long)b->max_um[1], (long)b->min_um[2], (long)b->max_um[2],
                   x->config.motion.reach ? "" : "; what else it reaches it cannot tell");
}

/* Where the session's registration lays places of the head's frame. */
typedef struct laying {
    int64_t rotation_ppb[3][3];
    const int32_t *translation_um;
} laying;

/* HEAD, in the head's frame, lies in the workspace; else OUT_AXIS and OUT_UM say where it does not. */
static bool is_place_inside(const np_wire_box *box, const laying *l, const int32_t head_um[3], int *out_axis,
                            int64_t *out_um)
{
    for (int i = 0; i < 3; i++) {
        int64_t turned = 0;
        for (int j = 0; j < 3; j++)
            turned += l->rotation_ppb[i][j] * head_um[j];
        *out_axis = i;
        *out_um = turned / BILLION + l->translation_um[i];
        if (*out_um < box->min_um[i] || *out_um > box->max_um[i])
            return false;
    }
    return true;
}

/* DOT's WHAT lies at UM on AXIS, outside. */
static bool tell_outside(const np_wire_box *box, const np_wire_dot *dot, const char *what, int axis, int64_t um,
                         char out_text[NP_WIRE_TEXT_BYTES])
{
    wire_print(out_text, NP_WIRE_TEXT_BYTES,
               "dot %lu (place %lu): %s lies at %s = %ld um in the arm's frame, outside of its workspace, %ld to %ld",
               (unsigned long)dot->id, (unsigned long)dot->order, what, axes[axis], (long)um, (long)box->min_um[axis],
               (long)box->max_um[axis]);
    return false;
}

bool wire_executor_is_inside(const np_wire_executor *x, const np_wire_dot *dot, np_wire_way way,
                             char out_text[NP_WIRE_TEXT_BYTES])
{
    static const char *const ways[NP_WIRE_WAYS] = {"the way to it", "its entry", "its way home"};
    const np_wire_box *box = &x->config.workspace;
    const np_wire_stop *stops = np_wire_dot_way(dot, x->stops, way);
    laying l = {.translation_um = x->load.registration.translation_um};
    int32_t hover[3];
    int axis;
    int64_t um;
    char what[40];
    if (!wire_executor_has_workspace(&x->config))
        return true;
    wire_executor_rotation(&x->load.registration, l.rotation_ppb);
    for (uint32_t i = 0; i < dot->n_stops[way]; i++) {
        if (is_place_inside(box, &l, stops[i].tip_um, &axis, &um))
            continue;
        wire_print(what, sizeof what, "stop %lu of %s", (unsigned long)i + 1, ways[way]);
        return tell_outside(box, dot, what, axis, um, out_text);
    }
    for (int i = 0; i < 3; i++)
        hover[i] = (int32_t)(dot->position_um[i] - (int64_t)dot->axis_ppm[i] * dot->hover_um / MILLION);
    if (!is_place_inside(box, &l, hover, &axis, &um))
        return tell_outside(box, dot, "its hover", axis, um, out_text);
    return is_place_inside(box, &l, dot->position_um, &axis, &um) || tell_outside(box, dot, "it", axis, um, out_text);
}

bool wire_executor_chunk_is_inside(const np_wire_executor *x, const np_wire_dot *dots, uint32_t n,
                                   char out_text[NP_WIRE_TEXT_BYTES])
{
    /* What is asked for first is left out instead, or told as not reached. */
    if (wire_executor_only_asks(x) || x->load.only_reachable)
        return true;
    for (uint32_t i = 0; i < n; i++)
        for (np_wire_way way = 0; way < NP_WIRE_WAYS; way++)
            if ((way == NP_WIRE_WAY_CHAIN || dots[i].n_stops[way] > 0) &&
                !wire_executor_is_inside(x, &dots[i], way, out_text))
                return false;
    return true;
}

/* ---- upside down ---- */

bool wire_executor_head_is_upright(const np_wire_executor *x, const np_wire_pose *registration,
                                   char out_text[NP_WIRE_TEXT_BYTES])
{
    static const int32_t z[3] = {0, 0, MILLION};
    const int32_t *up = x->config.up_ppm[0] || x->config.up_ppm[1] || x->config.up_ppm[2] ? x->config.up_ppm : z;
    int32_t least = x->config.head_up_min_ppm ? x->config.head_up_min_ppm : NP_WIRE_HEAD_UP_MIN_PPM;
    int64_t rotation[3][3], height = 0;
    wire_executor_rotation(registration, rotation);
    for (int i = 0; i < 3; i++)
        height += rotation[i][2] * up[i];
    height /= BILLION;
    if (least <= NP_WIRE_HEAD_UP_ANY_PPM || height >= least)
        return true;
    wire_print(
        out_text, NP_WIRE_TEXT_BYTES,
        "the registration lays the head upside down: its up rises by %ld of 1000000 in this arm's frame, at least "
        "%ld must be: measure the fiducials again",
        (long)height, (long)least);
    return false;
}
