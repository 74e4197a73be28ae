/* The case: what the user writes.  Plain data, as read; nothing here touches a mesh.
 *
 * Points are in the scan file's own coordinates and units (what a person clicks in a mesh viewer), or, for
 * the built-in head, in mm in the head frame.  The scan room turns them into the head frame. */
#ifndef NP_CASE_CASE_H
#define NP_CASE_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/vec3.h"
#include "case/accept.h"
#include "case/named.h"
#include "case/palette.h"
#include "case/person.h"

#define NP_CASE_MAX_SESSIONS 8

typedef enum np_case_unit { NP_CASE_UNIT_MM, NP_CASE_UNIT_CM, NP_CASE_UNIT_M, NP_CASE_UNIT_INCH } np_case_unit;
/* Of a whorl, seen from outside. */
typedef enum np_case_turn { NP_CASE_CLOCKWISE, NP_CASE_COUNTERCLOCKWISE } np_case_turn;
typedef enum np_case_sex { NP_CASE_SEX_M, NP_CASE_SEX_F } np_case_sex;
typedef enum np_case_pattern { NP_CASE_PATTERN_FOLLICULAR, NP_CASE_PATTERN_EVEN } np_case_pattern;
typedef enum np_case_quality { NP_CASE_QUALITY_BEST, NP_CASE_QUALITY_FAST } np_case_quality;

/* A list of points; empty: n = 0. */
typedef struct np_case_points {
    np_vec3 *points;
    unsigned n;
} np_case_points;

typedef struct np_case_landmarks {
    np_vec3 glabella, inion, tragion_left, tragion_right, vertex;
    np_vec3 nasion, pronasale; /* zero: not given; the others are checked by them, nothing else */
} np_case_landmarks;

/* A parameter of a layer, as written; the field room checks it against the strategy's descriptor. */
typedef struct np_case_param {
    char *id;
    char *value;     /* a number or a word; NULL: a list */
    double *numbers; /* of a list, row after row */
    unsigned rows, columns;
    unsigned line;
} np_case_param;

typedef enum np_case_combination {
    NP_CASE_NOT_COMBINED,
    NP_CASE_UNION,
    NP_CASE_MINUS, /* the first member without the others */
    NP_CASE_INTERSECT,
    NP_CASE_MIRROR, /* its one member on the other side of the head */
} np_case_combination;

/* What a file that was drawn in another program says of its points; ANY: nothing. */
typedef enum np_case_drawn_as { NP_CASE_DRAWN_ANY, NP_CASE_DRAWN_CURVE, NP_CASE_DRAWN_CLOSED } np_case_drawn_as;

/* How near to a colour a vertex is one of it: a distance in red, green and blue of 0 to 1, as a brush of two thirds leaves it on white. */
#define NP_CASE_PAINT_TOLERANCE 0.4

/* What of a painted mesh is meant: a colour, or a range of a scalar of its vertices. */
typedef struct np_case_paint {
    char *scalar;        /* its name; NULL: a colour */
    double color[3];     /* red, green, blue, 0 to 1 */
    double tolerance;    /* of a region: how far off a colour may be */
    double above, below; /* of a region: of the scalar; infinite where it has no end */
    double full;         /* of a density map: the scalar where the layer is as dense as it is; 0: no dots */
} np_case_paint;

/* How deep regions may be made of others. */
#define NP_CASE_REGION_DEPTH 8

/* A number that each point of a set has beside its place; the field room checks it against the strategy's descriptor. */
typedef struct np_case_values {
    char *id;
    double *numbers;    /* n; NAN: not given */
    unsigned n;         /* one of each point; or, in the case file alone, one for them all */
    unsigned line;      /* in the case file; 0: it is from the file of the points */
    unsigned bad_point; /* the first, from 1, to which its file gives something else than one number; 0: none */
} np_case_values;

/* A named closed curve (region), open curve, or point set; its points are drawn, or where its name says (NAMED).  A region may also
 * be another one (REFERENCE; grown, unless it is a member), or a combination of its MEMBERS, which have no names of their own. */
typedef struct np_case_shape {
    char *name; /* "" for a member */
    np_case_points points;
    char *file;      /* that the points were read from, as the case names it; NULL: the case itself */
    char sha256[65]; /* of it */
    char **labels;   /* of the points of a file, "" without one */
    double *
        radii_mm; /* of the points of a file that gives them (NAN: in a column that names no unit); NULL: it does not */
    np_case_drawn_as drawn_as; /* of a file */
    bool is_painted;           /* FILE is a mesh; a region, or a layer's density map */
    np_case_paint paint;
    bool is_framed;         /* the file is of 3D Slicer, which has two frames */
    np_case_values *values; /* of the points: what the file has of numbers, wanted or not, and what the case says */
    unsigned n_values;
    np_case_named named;
    bool has_inside; /* region: INSIDE is a point inside; else the smaller side of the curve is */
    np_vec3 inside;
    char
        *reference; /* the name of a region of the case, wherever it stands in it; never one that this one is part of */
    np_case_combination combination;
    struct np_case_shape *members;
    unsigned n_members;
    double grow_mm; /* over the border of all that; negative: shrunk */
    unsigned line;  /* in the case file, for messages */
} np_case_shape;

/* What is known of a scan apart from the mesh: the YAML file beside it (`needlepath head` writes one,
 * ../shared/scans has some), and the same keys at the head of a case file.  Outlines that are not given
 * are empty. */
typedef struct np_case_scan {
    char *file; /* the mesh; relative paths start at the YAML file's folder; NULL: the built-in head */
    np_case_unit units;
    char *axis_anterior, *axis_left, *axis_up; /* "+x", "-z", ...; all NULL: from the landmarks alone */
    np_case_sex sex;                           /* built-in head only */
    double percentile;                         /* built-in head only, 5..95 */
    char *confirmed;                           /* who stands for the landmarks of FILE; NULL: nobody */
    np_case_landmarks landmarks;               /* not used for the built-in head, which knows its own */
    np_case_points whorls;
    char *whorls_at;           /* "FILE:LINE" of them, or of what is said of them, for messages; NULL: nothing is */
    char *whorls_file;         /* that they were read from, as the case names it; NULL: the YAML file itself */
    char whorls_sha256[65];    /* of it */
    np_case_turn *whorl_turns; /* n_whorl_turns: of each whorl; none: all turn clockwise */
    unsigned n_whorl_turns;
    double *whorl_strengths; /* n_whorl_strengths: how far each reaches, against the usual 60 mm; none: all 1 */
    unsigned n_whorl_strengths;
    int usual_whorls;       /* so many at the usual place; 0: WHORLS, or what the head has, else one */
    bool no_whorls;         /* "whorls: []": hair turns around nowhere */
    np_case_shape *strokes; /* case files only: how hair grows along them, from the first of their points to the last */
    unsigned n_strokes;
    const char *path; /* the YAML file, for messages; borrowed; NULL: none */
} np_case_scan;

/* Of a keep-out: discs around points, what a closed curve holds, or what lies along an open one. */
typedef enum np_case_keep_out_kind {
    NP_CASE_KEEP_OUT_DISCS,
    NP_CASE_KEEP_OUT_OUTLINE,
    NP_CASE_KEEP_OUT_CURVE
} np_case_keep_out_kind;

/* A mole, an ear, a lesion, a vein; kept clear by MARGIN_MM more. */
typedef struct np_case_keep_out {
    char *name;
    np_case_keep_out_kind kind;
    np_case_shape drawn; /* its points, nothing else of a shape but the file that they are of */
    np_vec3 center;      /* as the case has it; where it has one, it is the only point of DRAWN, too */
    double radius_mm;    /* of each disc, unless DRAWN has radii; half of how wide it is along a curve */
    double margin_mm;
    unsigned line;
} np_case_keep_out;

/* A shape that fills a slot of the layer's strategy. */
typedef struct np_case_input {
    char *slot, *name;
    unsigned line;
} np_case_input;

#define NP_CASE_LAYERS_MAX 64

typedef struct np_case_layer {
    char *name; /* unique */
    char *strategy;
    char *region, *curve, *points; /* names of shapes; NULL: none.  They are among the inputs too */
    np_case_input *inputs;         /* slot by slot, in the order of the file */
    unsigned n_inputs;
    double reach_mm; /* without a region: how far from its curves or points the layer may paint */
    np_case_param *params;
    unsigned n_params;
    int from_session;          /* no dot of it is made before this one, 1 first */
    int order;                 /* within a session: layers of a lower number are finished first */
    double evenness;           /* of a follicular pattern: the Clark-Evans R of the layer's dots; 0: that of the case */
    np_case_shape density_map; /* not painted: there is none */
    unsigned line;
} np_case_layer;

typedef struct np_case_session {
    double cumulative; /* share of the final dots made by the end of this session; last one 1 */
    int day;           /* days after the first */
    double tone;       /* is added to the tone of its dots */
} np_case_session;

/* Limits tighter than, or equal to, the hard ones (plan/envelope.h). */
typedef struct np_case_limits {
    double depth_min_mm, depth_max_mm;
    double tilt_max_deg;
    double spacing_min_mm;         /* between any two dots */
    double session_spacing_min_mm; /* between two dots of one session */
    int max_dots;                  /* of the whole plan */
} np_case_limits;

/* Depth holds to a tenth of a millimetre (domain.md 4): so much of a measured skin is left below the tip. */
#define NP_CASE_SKIN_LEFT_MM 0.1

/* The zones that have a depth, X(key, where to begin): domain.md 1.3, an engineering choice between the 0.5 and 2 mm of the sources;
 * test dots decide. */
#define NP_CASE_DEPTH_TABLE(X)                                                                                         \
    X(frontal_mm, 0.5)                                                                                                 \
    X(temple_mm, 0.45)                                                                                                 \
    X(midscalp_mm, 0.6)                                                                                                \
    X(crown_mm, 0.6)                                                                                                   \
    X(occipital_mm, 0.55)                                                                                              \
    X(elsewhere_mm, 0.5)

/* How deep needles go, domain.md 1.3.  By zone: true depth in the skin, where no strategy has its own. */
typedef struct np_case_depth {
#define NP_CASE_DEPTH_FIELD(key, usual_mm) double key;
    NP_CASE_DEPTH_TABLE(NP_CASE_DEPTH_FIELD)
#undef NP_CASE_DEPTH_FIELD
    double skin_mm;        /* measured thickness of this person's skin, down to the fat; 0: not measured */
    double calibration_mm; /* this person's, from test dots: added to every depth in the skin */
    double indentation_mm; /* by which skin gives way before the tip is in it: added to what the tip travels */
} np_case_depth;

/* What this person's test dots said (needlepath testdots read). */
typedef struct np_case_test_dots {
    double ink_strength, healed_size; /* in parts of the usual ones */
    char *read_on;                    /* a day, for people; NULL */
} np_case_test_dots;

#define NP_CASE_SHADES_MAX 3 /* of one case: two or three are dithered */

#define NP_CASE_RELOAD_EVERY 100 /* domain.md 1.8: 80-150 dots per dip [E] */

/* The arm as the tour sees it: start-stop moves with trapezoidal speed. */
typedef struct np_case_arm {
    double speed_mm_s, acceleration_mm_s2;
    double rotation_deg_s, rotation_acceleration_deg_s2;
    double lift_mm;                /* retract height between dots */
    double approach_mm_s;          /* speed of the last LIFT_MM down and back up */
    double patch_radius_mm;        /* what the arm reaches without re-posing; 0: everything */
    double repose_s;               /* time of one re-posing */
    double cartridge_s;            /* time of one change of the cartridge, by hand */
    int reload_every;              /* dots between pigment reloads; 0: never (np_case_reload_every) */
    double reload_s;               /* time at the station */
    np_vec3 reload_station_mm;     /* head frame */
    double rest_s, rest_radius_mm; /* dots closer than this are at least rest_s apart in time; 0: no rest */
} np_case_arm;

typedef struct np_case {
    char *path;  /* as given; for messages */
    char *text;  /* the file, byte for byte: it goes into the plan */
    char *title; /* "" if none */
    int version; /* of the format: 1 */
    uint64_t seed;
    np_case_scan scan;
    np_case_shape *regions, *curves, *point_sets;
    unsigned n_regions, n_curves, n_point_sets;
    np_case_points existing;        /* existing follicles, those of EXISTING_FILE included */
    char *existing_file;            /* where they were read from; NULL: the case file itself */
    double natural_density_per_cm2; /* of follicular units, where no follicles are listed */
    char *made_plan, *made_file;    /* an earlier plan of this head; the dots that were found on it; NULL: not given */
    np_case_points made;            /* of MADE_FILE */
    char made_sha256[65];           /* of the file itself */
    double *made_tones;             /* of each of them; NAN: not given */
    double made_faded_tone;         /* a lighter one is there, and does not count */
    np_case_keep_out *keep_outs;
    unsigned n_keep_outs;
    np_case_layer *layers;
    unsigned n_layers;
    np_case_session sessions[NP_CASE_MAX_SESSIONS];
    unsigned n_sessions;
    np_case_pattern pattern;
    np_case_quality quality; /* of an even pattern */
    double evenness;         /* of a follicular pattern: its Clark-Evans R */
    int count;               /* exact number of dots over all sessions; 0: what the densities ask for */
    double needle_diameter_mm;
    np_case_depth depth;
    np_palette shades; /* that the dots are made in; none: one pigment, whose tone is what the layers say */
    np_case_test_dots test_dots;
    np_person person;
    bool has_person; /* the case says something of the person */
    bool has_health; /* and of age or conditions: what blocks or delays a treatment was asked */
    np_case_limits limits;
    np_case_arm arm;
    np_accept accept[NP_ACCEPT_COUNT]; /* what planning may take although it would refuse it */
    unsigned n_accept;
    int tour_kicks_per_dot; /* work budget of the tour optimiser; -1: the default */
    double tour_seconds;    /* > 0: seconds for all tours instead.  In no file: such a plan cannot be made again */
} np_case;

/* Reads and checks the case file at PATH (or TEXT of SIZE bytes, with PATH for messages).  The caller
 * destroys *out_case.  Errors name file, line, key, what was expected and what was found.  No thread keeps
 * state; safe from any thread. */
np_status np_case_read(const char *path, np_case **out_case, np_error *err);
/* arm.reload_every as a case's TEXT has it, without reading anything else of the case or the files that it names: what a
 * plan keeps of its case is enough for a run.  NP_ERR_INVALID names PATH. */
np_status np_case_reload_every(const char *path, const char *text, int *out_dots, np_error *err);
/* depth.indentation_mm, test_dots.ink_strength and healed_size, in the same way. */
np_status np_case_person(const char *path, const char *text, double *out_indentation_mm, double *out_ink_strength,
                         double *out_healed_size, np_error *err);
/* `shades` of a case's TEXT, in the same way; none: zeros.  The caller frees with np_palette_fini, also after an error. */
np_status np_case_shades(const char *path, const char *text, np_palette *out_shades, np_error *err);
/* The keys of a case's TEXT alone, with their defaults: no shapes but keep-outs, no params, nothing of files that it names (a keep-out
 * in a file has no points), nothing checked between keys.  For what a plan keeps of its case.  NP_ERR_FORMAT or NP_ERR_INVALID with PATH and line.  The caller destroys
 * *out_case. */
np_status np_case_parse_keys(const char *path, const char *text, np_case **out_case, np_error *err);
/* The sentence on who stands for the landmarks of a case's TEXT into TEXT_OUT: "landmarks confirmed by NAME" or "landmarks not
 * confirmed by anybody"; "" where it names no scan file, as the built-in head knows its own.  The name is as it was written: a
 * caller that prints it escapes it. */
void np_case_confirmation(const char *path, const char *text, char *out_sentence, size_t size);
/* The same on who has looked at the scars (person.scar_seen_by): "scars looked at by NAME" or "scars not looked at by anybody: ..."; "" where no
 * layer works on scars. */
#define NP_CASE_SCAR_STRATEGY "scar_fill"
void np_case_scars_seen(const char *path, const char *text, char *out_sentence, size_t size);
np_status np_case_parse(const char *path, const char *text, size_t size, np_case **out_case, np_error *err);
void np_case_destroy(np_case *c);

/* Finds by name; NULL if there is none. */
const np_case_shape *np_case_find_region(const np_case *c, const char *name);
const np_case_shape *np_case_find_curve(const np_case *c, const char *name);
const np_case_shape *np_case_find_point_set(const np_case *c, const char *name);

/* The key that a case gives a combination by: "union"; "" for what is not combined.  Static storage; any thread. */
const char *np_case_combination_name(np_case_combination combination);

#endif
