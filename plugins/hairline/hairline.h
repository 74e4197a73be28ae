/* The parts of the hairline strategy: its parameters, the chart of the head that it draws on, the line, the
 * field. */
#ifndef HAIRLINE_H
#define HAIRLINE_H

#include <needlepath/plugin_kit.h>
#include <stdbool.h>

enum {
    HL_SHAPE,
    HL_MID_FRONTAL,
    HL_FRONTOTEMPORAL,
    HL_RECESSION,
    HL_TEMPORAL,
    HL_PEAK,
    HL_MACRO,
    HL_MICRO,
    HL_ASYMMETRY,
    HL_BORDER_GAP,
    HL_SENTINELS,
    HL_SENTINEL_AHEAD,
    HL_DENSITY,
    HL_FRONT_SHARE,
    HL_TEMPLE_SHARE,
    HL_RAMP,
    HL_RAMP_START,
    HL_BEHIND,
    HL_FEATHER,
    HL_VARIATION,
    HL_DEPTH,
    HL_TONE,
    HL_TONE_FRONT,
    HL_TONE_VARIATION,
    HL_LEAN,
    HL_EDGE_SESSION,
    HL_PRESET,
    HL_PARAM_COUNT
};

/* Order of the labels of "shape". */
enum { HL_NATURAL, HL_LINEAR, HL_ROUNDED, HL_M_SHAPED, HL_WIDOWS_PEAK, HL_SHAPE_COUNT };

/* Order of the labels of "preset". */
enum {
    HL_PRESET_NONE,
    HL_MAN_YOUNG,
    HL_MAN_MATURE,
    HL_MAN_RECEDED,
    HL_WOMAN_ROUND,
    HL_WOMAN_LINEAR,
    HL_WOMAN_M,
    HL_WOMAN_TRIANGULAR,
    HL_WOMAN_PEAK,
    HL_PRESET_COUNT
};

/* Random streams. */
enum {
    HL_STREAM_MACRO = 1, /* and the next: right, left */
    HL_STREAM_MICRO = 3, /* and the next */
    HL_STREAM_ASYMMETRY = 5,
    HL_STREAM_SENTINEL,
    HL_STREAM_VARIATION,
    HL_STREAM_TONE,
    HL_STREAM_SENTINEL_TONE,
    HL_STREAM_LEAN,
};

/* A place on the chart: angles in radians, unrolled about the crown of the head held upright: AHEAD and LEFT
 * are the polar angle from straight up, split by direction. */
typedef struct hl_place {
    double ahead, left;
} hl_place;

/* The head as far as a plugin knows it: landmarks and the region's border lie on it, and between them its
 * radius about the middle is interpolated.  The host moves what is drawn onto the scan. */
typedef struct hl_head {
    double centre[3], up[3], forward[3];
    uint32_t n_known; /* directions and radii of known surface points */
    double *known_direction, *known_radius_mm;
    uint32_t n_border; /* the region's border, on the chart and in space */
    hl_place *border;
    const np_strategy_curve *border_curve;
    double orientation; /* +1 if the border runs counter-clockwise on the chart */
} hl_head;

/* The chart alone, without what is known of the surface: enough for hl_head_place.  Allocates nothing. */
void hl_head_orient(hl_head *head, const np_strategy_head *landmarks);
/* Allocates; false if memory is short.  fini is safe after a failed init. */
bool hl_head_init(hl_head *head, const np_strategy_job *job);
void hl_head_fini(hl_head *head);

hl_place hl_head_place(const hl_head *head, const double point[3]);
void hl_head_point(const hl_head *head, hl_place at, double out_point[3]);
/* AT moved by millimetres along the surface: away from the crown, and to the left around it. */
hl_place hl_head_move(const hl_head *head, hl_place at, double down_mm, double around_mm);
/* The millimetres of a small step, the inverse of hl_head_move. */
void hl_head_step_mm(const hl_head *head, hl_place from, hl_place to, double *out_down_mm, double *out_around_mm);
/* Distance to the region's border, positive inside, and the border point that is nearest. */
double hl_head_border_mm(const hl_head *head, hl_place at, uint32_t *out_nearest);
/* AT pushed into the region until it is GAP_MM from the border. */
hl_place hl_head_push_inside(const hl_head *head, hl_place at, double gap_mm);

/* The line: control places about 1.5 mm apart from the right end (outside the region) to the left one. */
#define HL_MAX_PLACES 1000u
typedef struct hl_line {
    uint32_t count;
    hl_place at[HL_MAX_PLACES];
    double arc_mm[HL_MAX_PLACES]; /* from the middle of the line, positive to the left */
    double corner_mm;             /* arc of the frontotemporal points, either side */
} hl_line;

/* Draws the line; NULL, or what is in the way. */
const char *hl_line_draw(const np_strategy_job *job, const hl_head *head, hl_line *line);

/* Says where the N places of the line, ASKED for, came to lie as PLACED, if that is not the same: the height of the MIDDLE-th, and the
 * shape of the N_FRONT places to either side of it. */
void hl_remark_place(const np_strategy_job *job, const hl_head *head, const hl_place *asked, const hl_place *placed,
                     uint32_t n, uint32_t middle, uint32_t n_front);
/* Says where the front of LINE is torn: the region behind it, or under it, is less deep than the density's ramp. */
void hl_remark_torn(const np_strategy_job *job, const hl_head *head, const hl_line *line);
/* The longest stretch of LINE between the frontotemporal points that no place of leaves by more than HL_STRAIGHT_WITHIN_MM, mm along the line,
 * and the arc at which it begins. */
#define HL_STRAIGHT_WITHIN_MM 0.4
double hl_straight_mm(const hl_head *head, const hl_line *line, double *out_from_mm);
/* Says where LINE is straight for longer than hairlines are. */
void hl_remark_straight(const np_strategy_job *job, const hl_head *head, const hl_line *line);
/* The job's parameters with what its preset says in their place: OUT[HL_PARAM_COUNT].  Its mid_frontal_mm is then below 0: at least so much, as
 * low as the region allows. */
void hl_preset_apply(const double *params, double *out);
/* Says if the parameters make a line that looks drawn. */
void hl_remark_softness(const np_strategy_job *job);

/* A number that another head has otherwise: what is drawn by lot is drawn by it too. */
uint64_t hl_head_seed(const np_strategy_head *head);
/* Macro- and micro-irregularity of a line. */
typedef struct hl_waves {
    np_kit_wave macro, micro;
    double macro_mm, micro_mm; /* from top to bottom */
} hl_waves;

/* Draws those of the job's head: of several the first that is nowhere too flat or too straight, or else the one that is least. */
void hl_waves_choose(const np_strategy_job *job, hl_waves *out);
/* How far the line departs from its design at ARC, mm, ahead positive. */
double hl_irregularity_mm(const hl_waves *waves, double arc_mm);

int32_t hl_layout(const np_strategy_job *job, np_strategy_layout *out, void **state);
int32_t hl_prepare(const np_strategy_job *job, void **state);
void hl_finish(const np_strategy_job *job, void *state);
int32_t hl_paint(const np_strategy_job *job, const np_strategy_samples *samples, np_strategy_field *out);

#endif
