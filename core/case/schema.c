/* Keys are laid over np_case itself: a nested mapping such as `needle: {diameter_mm: 0.2}` that has no
 * struct of its own uses its parent's, at offset 0.  A key that libcyaml cannot type is CYAML_IGNORE here
 * and read from the document: a layer's params and inputs, known to its strategy alone, by layers.c, and shapes, which may be made of
 * each other, by shapes.c; these have schemas of their own, by which they are checked. */
#include "case/private/schema.h"

#include <string.h>

#include "case/accept.h"
#include "case/limits.h"
#include "case/private/drawn.h"

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define REQUIRED CYAML_FLAG_DEFAULT
#define NAME_MAX CASE_SCHEMA_NAME_MAX
#define LOT_MAX 32 /* what the wire has room for */
#define TEXT_MAX 4096

#define NUMBER(key_, flags_, struct_, member_) CYAML_FIELD_FLOAT(key_, flags_, struct_, member_)
#define WHOLE(key_, flags_, struct_, member_) CYAML_FIELD_INT(key_, flags_, struct_, member_)
#define TEXT(key_, flags_, struct_, member_, max_)                                                                     \
    CYAML_FIELD_STRING_PTR(key_, (flags_) | CYAML_FLAG_POINTER, struct_, member_, 1, max_)

/* [x, y, z] in a np_vec3 */
#define POINT(key_, flags_, struct_, member_)                                                                          \
    {                                                                                                                  \
        .key = (key_), .data_offset = offsetof(struct_, member_), .value = {                                           \
            CYAML_VALUE_SEQUENCE_FIXED(flags_, double, &coordinate, 3)                                                 \
        }                                                                                                              \
    }

/* [[x, y, z], ...] in a np_case_points */
#define POINTS(key_, flags_, struct_, member_, min_)                                                                   \
    {                                                                                                                  \
        .key = (key_), .data_offset = offsetof(struct_, member_.points), .count_offset = offsetof(struct_, member_.n), \
        .count_size = sizeof(unsigned), .value = {                                                                     \
            CYAML_VALUE_SEQUENCE((flags_) | CYAML_FLAG_POINTER, np_vec3, &point, min_, CASE_SCHEMA_POINTS_MAX)         \
        }                                                                                                              \
    }

/* A list of mappings in an array with its count */
#define LIST(key_, flags_, struct_, member_, count_, entry_, min_, max_)                                               \
    CYAML_FIELD_SEQUENCE_COUNT(key_, (flags_) | CYAML_FLAG_POINTER, struct_, member_, count_, &(entry_), min_, max_)

/* A mapping in MEMBER, or over its parent's own struct */
#define MAPPING(key_, flags_, struct_, member_, fields_) CYAML_FIELD_MAPPING(key_, flags_, struct_, member_, fields_)
#define MAPPING_OVER(key_, flags_, struct_, fields_)                                                                   \
    {                                                                                                                  \
        .key = (key_), .data_offset = 0, .value = { CYAML_VALUE_MAPPING(flags_, struct_, fields_) }                    \
    }

static const cyaml_schema_value_t coordinate = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, double)};
static const cyaml_schema_value_t point = {CYAML_VALUE_SEQUENCE_FIXED(CYAML_FLAG_DEFAULT, double, &coordinate, 3)};

static const cyaml_strval_t units[] = {
    {"mm", NP_CASE_UNIT_MM}, {"cm", NP_CASE_UNIT_CM}, {"m", NP_CASE_UNIT_M}, {"inch", NP_CASE_UNIT_INCH}};
static const cyaml_strval_t sexes[] = {{"m", NP_CASE_SEX_M}, {"f", NP_CASE_SEX_F}};
static const cyaml_strval_t turns[] = {{"clockwise", NP_CASE_CLOCKWISE},
                                       {"counterclockwise", NP_CASE_COUNTERCLOCKWISE}};
static const cyaml_strval_t patterns[] = {{"follicular", NP_CASE_PATTERN_FOLLICULAR}, {"even", NP_CASE_PATTERN_EVEN}};
static const cyaml_strval_t qualities[] = {{"best", NP_CASE_QUALITY_BEST}, {"fast", NP_CASE_QUALITY_FAST}};

static const cyaml_strval_t acceptable[] = {
#define ACCEPT_NAME(id, name, text) {name, NP_ACCEPT_##id},
    NP_ACCEPT_TABLE(ACCEPT_NAME)
#undef ACCEPT_NAME
};
const cyaml_schema_value_t case_accept_schema = {
    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, np_accept, acceptable, CYAML_ARRAY_LEN(acceptable))};

const char *case_accept_says_of(const char *word)
{
    static const struct {
        const char *word, *says;
    } known[] = {{"eye", "; nothing allows dots over eyes"},
                 {"eyes", "; nothing allows dots over eyes"},
                 {"beard", "; a beard is of the 'face'"},
                 {"cheek", "; a cheek is of the 'face'"},
                 {"cheeks", "; cheeks are of the 'face'"},
                 {"chin", "; the chin is of the 'face'"},
                 {"forehead", "; the forehead is of the 'face'"},
                 {"jaw", "; the jaw is of the 'face'"},
                 {"eyebrow", "; an eyebrow is a 'brow'"},
                 {"eyebrows", "; eyebrows are 'brow'"},
                 {"lip", "; lips are of the 'mouth'"},
                 {"lips", "; lips are of the 'mouth'"}};
    for (size_t i = 0; i < CYAML_ARRAY_LEN(known); i++)
        if (strcmp(word, known[i].word) == 0)
            return known[i].says;
    return "";
}

static const cyaml_schema_value_t strength_value = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, double)};
static const cyaml_strval_t reasons[] = {
#define REASON_NAME(id, name, what) {name, NP_PERSON_##id},
    NP_PERSON_REASON_TABLE(REASON_NAME)
#undef REASON_NAME
};
static const cyaml_schema_value_t reason_value = {
    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, np_person_reason, reasons, CYAML_ARRAY_LEN(reasons))};

static const cyaml_strval_t conditions[] = {
#define CONDITION_NAME(id, name, weight, what, section, sure) {name, NP_PERSON_##id},
    NP_PERSON_CONDITION_TABLE(CONDITION_NAME)
#undef CONDITION_NAME
};
static const cyaml_schema_value_t condition_value = {
    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, np_person_condition, conditions, CYAML_ARRAY_LEN(conditions))};

static const cyaml_schema_value_t turn_value = {
    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, np_case_turn, turns, CYAML_ARRAY_LEN(turns))};

/* ---- the scan ---- */

static const cyaml_schema_field_t axes_fields[] = {
    TEXT("anterior", REQUIRED, np_case_scan, axis_anterior, 2),
    TEXT("left", REQUIRED, np_case_scan, axis_left, 2),
    TEXT("up", REQUIRED, np_case_scan, axis_up, 2),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t head_fields[] = {
    CYAML_FIELD_ENUM("sex", OPTIONAL | CYAML_FLAG_STRICT, np_case_scan, sex, sexes, CYAML_ARRAY_LEN(sexes)),
    NUMBER("percentile", OPTIONAL, np_case_scan, percentile),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t scan_fields[] = {
    TEXT("file", OPTIONAL, np_case_scan, file, TEXT_MAX),
    CYAML_FIELD_ENUM("units", OPTIONAL | CYAML_FLAG_STRICT, np_case_scan, units, units, CYAML_ARRAY_LEN(units)),
    MAPPING_OVER("axes", OPTIONAL, np_case_scan, axes_fields),
    MAPPING_OVER("head", OPTIONAL, np_case_scan, head_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t landmark_fields[] = {
    POINT("glabella", REQUIRED, np_case_landmarks, glabella),
    POINT("inion", REQUIRED, np_case_landmarks, inion),
    POINT("tragion_left", REQUIRED, np_case_landmarks, tragion_left),
    POINT("tragion_right", REQUIRED, np_case_landmarks, tragion_right),
    POINT("vertex", REQUIRED, np_case_landmarks, vertex),
    POINT("nasion", OPTIONAL, np_case_landmarks, nasion),
    POINT("pronasale", OPTIONAL, np_case_landmarks, pronasale),
    CYAML_FIELD_END,
};

/* ---- what is drawn on it, or named ---- */

#define NAMED_VALUE(id, key, word) {word, NP_CASE_NAMED_##id},
static const cyaml_strval_t named_regions[] = {NP_CASE_NAMED_REGIONS(NAMED_VALUE)};
static const cyaml_strval_t norwood[] = {NP_CASE_NORWOOD(NAMED_VALUE)};
static const cyaml_strval_t ludwig[] = {NP_CASE_LUDWIG(NAMED_VALUE)};
static const cyaml_strval_t sinclair[] = {NP_CASE_SINCLAIR(NAMED_VALUE)};
static const cyaml_strval_t named_curves[] = {NP_CASE_NAMED_CURVES(NAMED_VALUE)};
static const cyaml_strval_t named_points[] = {NP_CASE_NAMED_POINTS(NAMED_VALUE)};
#undef NAMED_VALUE
#define NAMED(key_, words_)                                                                                            \
    CYAML_FIELD_ENUM(key_, OPTIONAL | CYAML_FLAG_STRICT, np_case_shape, named, words_, CYAML_ARRAY_LEN(words_))

/* What a region is, under a name or as a member of another one. */
#define REGION_KEYS                                                                                                    \
    CYAML_FIELD_IGNORE("outline", OPTIONAL), CYAML_FIELD_IGNORE("painted", OPTIONAL),                                  \
        POINT("inside", OPTIONAL, np_case_shape, inside), NAMED("of", named_regions), NAMED("norwood", norwood),       \
        NAMED("ludwig", ludwig), NAMED("sinclair", sinclair),                                                          \
        TEXT("region", OPTIONAL, np_case_shape, reference, NAME_MAX), CYAML_FIELD_IGNORE("union", OPTIONAL),           \
        CYAML_FIELD_IGNORE("minus", OPTIONAL), CYAML_FIELD_IGNORE("intersect", OPTIONAL),                              \
        CYAML_FIELD_IGNORE("mirror", OPTIONAL), NUMBER("grow_mm", OPTIONAL, np_case_shape, grow_mm)

static const cyaml_schema_field_t region_fields[] = {
    TEXT("name", REQUIRED, np_case_shape, name, NAME_MAX),
    REGION_KEYS,
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t region_value = {CYAML_VALUE_MAPPING(REQUIRED, np_case_shape, region_fields)};

static const cyaml_schema_field_t member_fields[] = {
    REGION_KEYS,
    CYAML_FIELD_END,
};
const cyaml_schema_value_t case_member_schema = {CYAML_VALUE_MAPPING(REQUIRED, np_case_shape, member_fields)};

static const cyaml_schema_field_t curve_fields[] = {
    TEXT("name", REQUIRED, np_case_shape, name, NAME_MAX),
    CYAML_FIELD_IGNORE("points", OPTIONAL),
    NAMED("of", named_curves),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t curve_value = {CYAML_VALUE_MAPPING(REQUIRED, np_case_shape, curve_fields)};

static const cyaml_schema_field_t point_set_fields[] = {
    TEXT("name", REQUIRED, np_case_shape, name, NAME_MAX),
    CYAML_FIELD_IGNORE("points", OPTIONAL),
    CYAML_FIELD_IGNORE("values", OPTIONAL),
    NAMED("of", named_points),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t point_set_value = {CYAML_VALUE_MAPPING(REQUIRED, np_case_shape, point_set_fields)};

static const cyaml_schema_field_t stroke_fields[] = {
    TEXT("name", REQUIRED, np_case_shape, name, NAME_MAX),
    CYAML_FIELD_IGNORE("points", REQUIRED),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t stroke_value = {CYAML_VALUE_MAPPING(REQUIRED, np_case_shape, stroke_fields)};

#define SHAPES(entry_)                                                                                                 \
    {                                                                                                                  \
        CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER, np_case_shape, &(entry_), 0, 200)                                     \
    }
const cyaml_schema_value_t case_regions_schema = SHAPES(region_value);
const cyaml_schema_value_t case_curves_schema = SHAPES(curve_value);
const cyaml_schema_value_t case_strokes_schema = SHAPES(stroke_value);
const cyaml_schema_value_t case_point_sets_schema = SHAPES(point_set_value);

#define DRAWN(least_)                                                                                                  \
    {                                                                                                                  \
        CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER, np_vec3, &point, least_, CASE_SCHEMA_POINTS_MAX)                      \
    }
static const cyaml_strval_t frames[] = {{"lps", CASE_DRAWN_LPS}, {"ras", CASE_DRAWN_RAS}};
static const cyaml_schema_field_t drawn_fields[] = {
    TEXT("file", REQUIRED, case_drawn_source, file, TEXT_MAX),
    CYAML_FIELD_ENUM("frame", OPTIONAL | CYAML_FLAG_STRICT, case_drawn_source, frame, frames, CYAML_ARRAY_LEN(frames)),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t case_drawn_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, case_drawn_source, drawn_fields)};
static const cyaml_schema_field_t painted_fields[] = {
    TEXT("file", OPTIONAL, np_case_shape, file, TEXT_MAX),
    TEXT("color", OPTIONAL, np_case_shape, name, NAME_MAX),
    NUMBER("tolerance", OPTIONAL, np_case_shape, paint.tolerance),
    TEXT("scalar", OPTIONAL, np_case_shape, paint.scalar, NAME_MAX),
    NUMBER("above", OPTIONAL, np_case_shape, paint.above),
    NUMBER("below", OPTIONAL, np_case_shape, paint.below),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t map_fields[] = {
    TEXT("file", OPTIONAL, np_case_shape, file, TEXT_MAX),
    TEXT("color", OPTIONAL, np_case_shape, name, NAME_MAX),
    TEXT("scalar", OPTIONAL, np_case_shape, paint.scalar, NAME_MAX),
    NUMBER("full", OPTIONAL, np_case_shape, paint.full),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t case_painted_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, np_case_shape, painted_fields)};
const cyaml_schema_value_t case_map_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, np_case_shape, map_fields)};
const cyaml_schema_value_t case_outline_schema = DRAWN(3);
const cyaml_schema_value_t case_curve_schema = DRAWN(2);
const cyaml_schema_value_t case_points_schema = DRAWN(1);
const cyaml_schema_value_t case_whorls_schema = DRAWN(0);

static const cyaml_schema_field_t existing_fields[] = {
    POINTS("follicles", OPTIONAL, np_case, existing, 0),
    TEXT("file", OPTIONAL, np_case, existing_file, TEXT_MAX),
    NUMBER("natural_density_per_cm2", OPTIONAL, np_case, natural_density_per_cm2),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t made_fields[] = {
    TEXT("plan", OPTIONAL, np_case, made_plan, TEXT_MAX),
    TEXT("file", OPTIONAL, np_case, made_file, TEXT_MAX),
    NUMBER("faded_tone", OPTIONAL, np_case, made_faded_tone),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t keep_out_fields[] = {
    TEXT("name", REQUIRED, np_case_keep_out, name, NAME_MAX),
    POINT("center", OPTIONAL, np_case_keep_out, center),
    NUMBER("radius_mm", OPTIONAL, np_case_keep_out, radius_mm),
    CYAML_FIELD_IGNORE("points", OPTIONAL),
    CYAML_FIELD_IGNORE("outline", OPTIONAL),
    CYAML_FIELD_IGNORE("curve", OPTIONAL),
    NUMBER("margin_mm", OPTIONAL, np_case_keep_out, margin_mm),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t keep_out_value = {CYAML_VALUE_MAPPING(REQUIRED, np_case_keep_out, keep_out_fields)};

/* ---- what is to be done ---- */

static const cyaml_schema_field_t layer_fields[] = {
    TEXT("name", REQUIRED, np_case_layer, name, NAME_MAX),
    TEXT("strategy", REQUIRED, np_case_layer, strategy, NAME_MAX),
    TEXT("region", OPTIONAL, np_case_layer, region, NAME_MAX),
    TEXT("curve", OPTIONAL, np_case_layer, curve, NAME_MAX),
    TEXT("points", OPTIONAL, np_case_layer, points, NAME_MAX),
    NUMBER("reach_mm", OPTIONAL, np_case_layer, reach_mm),
    WHOLE("from_session", OPTIONAL, np_case_layer, from_session),
    WHOLE("order", OPTIONAL, np_case_layer, order),
    NUMBER("evenness", OPTIONAL, np_case_layer, evenness),
    CYAML_FIELD_IGNORE("inputs", OPTIONAL),
    CYAML_FIELD_IGNORE("density_map", OPTIONAL),
    CYAML_FIELD_IGNORE("params", OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t layer_value = {CYAML_VALUE_MAPPING(REQUIRED, np_case_layer, layer_fields)};

static const cyaml_schema_field_t session_fields[] = {
    NUMBER("cumulative", REQUIRED, np_case_session, cumulative),
    WHOLE("day", REQUIRED, np_case_session, day),
    NUMBER("tone", OPTIONAL, np_case_session, tone),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t session_value = {CYAML_VALUE_MAPPING(REQUIRED, np_case_session, session_fields)};

static const cyaml_schema_field_t dots_fields[] = {
    CYAML_FIELD_ENUM("pattern", OPTIONAL | CYAML_FLAG_STRICT, np_case, pattern, patterns, CYAML_ARRAY_LEN(patterns)),
    CYAML_FIELD_ENUM("quality", OPTIONAL | CYAML_FLAG_STRICT, np_case, quality, qualities, CYAML_ARRAY_LEN(qualities)),
    WHOLE("count", OPTIONAL, np_case, count),
    NUMBER("evenness", OPTIONAL, np_case, evenness),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t needle_fields[] = {
    NUMBER("diameter_mm", OPTIONAL, np_case, needle_diameter_mm),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t limit_fields[] = {
    NUMBER("depth_min_mm", OPTIONAL, np_case_limits, depth_min_mm),
    NUMBER("depth_max_mm", OPTIONAL, np_case_limits, depth_max_mm),
    NUMBER("tilt_max_deg", OPTIONAL, np_case_limits, tilt_max_deg),
    NUMBER("spacing_min_mm", OPTIONAL, np_case_limits, spacing_min_mm),
    NUMBER("session_spacing_min_mm", OPTIONAL, np_case_limits, session_spacing_min_mm),
    WHOLE("max_dots", OPTIONAL, np_case_limits, max_dots),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t depth_fields[] = {
#define ZONE(key, usual_mm) NUMBER(#key, OPTIONAL, np_case_depth, key),
    NP_CASE_DEPTH_TABLE(ZONE)
#undef ZONE
        NUMBER("skin_mm", OPTIONAL, np_case_depth, skin_mm),
    NUMBER("calibration_mm", OPTIONAL, np_case_depth, calibration_mm),
    NUMBER("indentation_mm", OPTIONAL, np_case_depth, indentation_mm),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t test_dots_fields[] = {
    NUMBER("ink_strength", OPTIONAL, np_case_test_dots, ink_strength),
    NUMBER("healed_size", OPTIONAL, np_case_test_dots, healed_size),
    TEXT("read_on", OPTIONAL, np_case_test_dots, read_on, NAME_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t person_fields[] = {
    CYAML_FIELD_SEQUENCE_COUNT("reasons", OPTIONAL, np_person, reasons, n_reasons, &reason_value, 0, NP_PERSON_REASONS),
    CYAML_FIELD_SEQUENCE_COUNT("conditions", OPTIONAL, np_person, conditions, n_conditions, &condition_value, 0,
                               NP_PERSON_CONDITIONS),
    CYAML_FIELD_SEQUENCE_COUNT("cleared", OPTIONAL, np_person, cleared, n_cleared, &condition_value, 0,
                               NP_PERSON_CONDITIONS),
    TEXT("cleared_by", OPTIONAL, np_person, cleared_by, NAME_MAX),
    TEXT("scar_seen_by", OPTIONAL, np_person, scar_seen_by, NAME_MAX),
    NUMBER("age_years", OPTIONAL, np_person, age_years),
    NUMBER("transplant_months", OPTIONAL, np_person, transplant_months),
    NUMBER("scar_months", OPTIONAL, np_person, scar_months),
    NUMBER("scar_raised_mm", OPTIONAL, np_person, scar_raised_mm),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t case_shade_fields[] = {
    TEXT("name", REQUIRED, np_palette_shade, name, LOT_MAX),
    NUMBER("share", REQUIRED, np_palette_shade, share),
    TEXT("lot", OPTIONAL, np_palette_shade, lot, LOT_MAX),
    TEXT("expires", OPTIONAL, np_palette_shade, expires, NAME_MAX),
    NUMBER("dilution", REQUIRED, np_palette_shade, dilution),
    NUMBER("stock_percent", OPTIONAL, np_palette_shade, stock_percent),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t case_shade_value = {
    CYAML_VALUE_MAPPING(REQUIRED, np_palette_shade, case_shade_fields)};

static const cyaml_schema_field_t arm_fields[] = {
    NUMBER("speed_mm_s", OPTIONAL, np_case_arm, speed_mm_s),
    NUMBER("acceleration_mm_s2", OPTIONAL, np_case_arm, acceleration_mm_s2),
    NUMBER("rotation_deg_s", OPTIONAL, np_case_arm, rotation_deg_s),
    NUMBER("rotation_acceleration_deg_s2", OPTIONAL, np_case_arm, rotation_acceleration_deg_s2),
    NUMBER("lift_mm", OPTIONAL, np_case_arm, lift_mm),
    NUMBER("approach_mm_s", OPTIONAL, np_case_arm, approach_mm_s),
    NUMBER("patch_radius_mm", OPTIONAL, np_case_arm, patch_radius_mm),
    NUMBER("repose_s", OPTIONAL, np_case_arm, repose_s),
    NUMBER("cartridge_s", OPTIONAL, np_case_arm, cartridge_s),
    WHOLE("reload_every", OPTIONAL, np_case_arm, reload_every),
    NUMBER("reload_s", OPTIONAL, np_case_arm, reload_s),
    POINT("reload_station_mm", OPTIONAL, np_case_arm, reload_station_mm),
    NUMBER("rest_s", OPTIONAL, np_case_arm, rest_s),
    NUMBER("rest_radius_mm", OPTIONAL, np_case_arm, rest_radius_mm),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t tour_fields[] = {
    WHOLE("kicks_per_dot", OPTIONAL, np_case, tour_kicks_per_dot),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t case_fields[] = {
    WHOLE("needlepath", REQUIRED, np_case, version),
    TEXT("title", OPTIONAL, np_case, title, 200),
    CYAML_FIELD_UINT("seed", OPTIONAL, np_case, seed),
    MAPPING("scan", OPTIONAL, np_case, scan, scan_fields),
    TEXT("confirmed", OPTIONAL, np_case, scan.confirmed, NAME_MAX),
    MAPPING("landmarks", OPTIONAL, np_case, scan.landmarks, landmark_fields),
    CYAML_FIELD_IGNORE("whorls", OPTIONAL),
    LIST("whorl_turns", OPTIONAL, np_case, scan.whorl_turns, scan.n_whorl_turns, turn_value, 0, CASE_SCHEMA_POINTS_MAX),
    LIST("whorl_strengths", OPTIONAL, np_case, scan.whorl_strengths, scan.n_whorl_strengths, strength_value, 0,
         CASE_SCHEMA_POINTS_MAX),
    CYAML_FIELD_IGNORE("strokes", OPTIONAL),
    WHOLE("usual_whorls", OPTIONAL, np_case, scan.usual_whorls),
    CYAML_FIELD_IGNORE("regions", OPTIONAL),
    CYAML_FIELD_IGNORE("curves", OPTIONAL),
    CYAML_FIELD_IGNORE("points", OPTIONAL),
    MAPPING_OVER("existing", OPTIONAL, np_case, existing_fields),
    MAPPING_OVER("made", OPTIONAL, np_case, made_fields),
    LIST("keep_outs", OPTIONAL, np_case, keep_outs, n_keep_outs, keep_out_value, 0, 1000),
    LIST("layers", REQUIRED, np_case, layers, n_layers, layer_value, 1, NP_CASE_LAYERS_MAX),
    CYAML_FIELD_SEQUENCE_COUNT("sessions", OPTIONAL, np_case, sessions, n_sessions, &session_value, 1,
                               NP_CASE_MAX_SESSIONS),
    MAPPING_OVER("dots", OPTIONAL, np_case, dots_fields),
    MAPPING_OVER("needle", OPTIONAL, np_case, needle_fields),
    MAPPING("depth", OPTIONAL, np_case, depth, depth_fields),
    LIST("shades", OPTIONAL, np_case, shades.shades, shades.n, case_shade_value, 1, NP_CASE_SHADES_MAX),
    MAPPING("test_dots", OPTIONAL, np_case, test_dots, test_dots_fields),
    MAPPING("person", OPTIONAL, np_case, person, person_fields),
    MAPPING("limits", OPTIONAL, np_case, limits, limit_fields),
    MAPPING("arm", OPTIONAL, np_case, arm, arm_fields),
    MAPPING_OVER("tour", OPTIONAL, np_case, tour_fields),
    CYAML_FIELD_SEQUENCE_COUNT("accept", OPTIONAL, np_case, accept, n_accept, &case_accept_schema, 0, NP_ACCEPT_COUNT),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t case_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, np_case, case_fields)};

/* ---- the description beside a scan ---- */

static const cyaml_schema_field_t description_fields[] = {
    TEXT("file", OPTIONAL, np_scan_description, scan.file, TEXT_MAX),
    CYAML_FIELD_ENUM("units", OPTIONAL | CYAML_FLAG_STRICT, np_scan_description, scan.units, units,
                     CYAML_ARRAY_LEN(units)),
    MAPPING("axes", OPTIONAL, np_scan_description, scan, axes_fields),
    MAPPING("head", OPTIONAL, np_scan_description, scan, head_fields),
    CYAML_FIELD_IGNORE("estimated", OPTIONAL), /* names of landmarks that were guessed: for people */
    TEXT("confirmed", OPTIONAL, np_scan_description, scan.confirmed, NAME_MAX),
    MAPPING("landmarks", REQUIRED, np_scan_description, scan.landmarks, landmark_fields),
    POINTS("scalp_outline", OPTIONAL, np_scan_description, scalp_outline, 3),
    POINTS("frontal_outline", OPTIONAL, np_scan_description, frontal_outline, 3),
    POINTS("crown_outline", OPTIONAL, np_scan_description, crown_outline, 3),
    POINTS("fut_scar", OPTIONAL, np_scan_description, fut_scar, 2),
    POINTS("facelift_scar", OPTIONAL, np_scan_description, facelift_scar, 2),
    POINTS("fue_scars", OPTIONAL, np_scan_description, fue_scars, 1),
    POINTS("whorls", OPTIONAL, np_scan_description, scan.whorls, 0),
    LIST("whorl_turns", OPTIONAL, np_scan_description, scan.whorl_turns, scan.n_whorl_turns, turn_value, 0,
         CASE_SCHEMA_POINTS_MAX),
    LIST("whorl_strengths", OPTIONAL, np_scan_description, scan.whorl_strengths, scan.n_whorl_strengths, strength_value,
         0, CASE_SCHEMA_POINTS_MAX),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t case_description_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, np_scan_description, description_fields)};

/* ---- fiducials ---- */

static const cyaml_schema_field_t fiducial_fields[] = {
    TEXT("name", REQUIRED, np_fiducial, name, NAME_MAX),
    POINT("head", REQUIRED, np_fiducial, head),
    POINT("arm", REQUIRED, np_fiducial, arm),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t fiducial_value = {CYAML_VALUE_MAPPING(REQUIRED, np_fiducial, fiducial_fields)};

static const cyaml_schema_field_t fiducials_fields[] = {
    NUMBER("limit_mm", OPTIONAL, np_fiducials, limit_mm),
    LIST("fiducials", REQUIRED, np_fiducials, points, n, fiducial_value, 3, 100),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t case_fiducials_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, np_fiducials, fiducials_fields)};

/* ---- palette ---- */

static const cyaml_schema_field_t shade_fields[] = {
    TEXT("name", REQUIRED, np_palette_shade, name, NAME_MAX),
    TEXT("lot", OPTIONAL, np_palette_shade, lot, NAME_MAX),
    TEXT("expires", OPTIONAL, np_palette_shade, expires, NAME_MAX),
    NUMBER("dilution", REQUIRED, np_palette_shade, dilution),
    NUMBER("stock_percent", OPTIONAL, np_palette_shade, stock_percent),
    POINT("lab", OPTIONAL, np_palette_shade, lab),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t shade_value = {CYAML_VALUE_MAPPING(REQUIRED, np_palette_shade, shade_fields)};

static const cyaml_schema_field_t palette_fields[] = {
    LIST("palette", REQUIRED, np_palette, shades, n, shade_value, 1, NP_PALETTE_SHADES_MAX),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t case_palette_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, np_palette, palette_fields)};

/* ---- ranges and defaults ---- */

static const case_schema_number numbers[] = {
    {case_fields, "needlepath", 1, 1, 1, "", "the version of the case format that this needlepath reads"},
    /* domain.md 2.4: a single whorl, or two in up to 6 % */
    {case_fields, "usual_whorls", 0, 2, 0, "", "whorls at the usual place"},
    {case_fields, "seed", 0, 18446744073709551615.0, 1, "", ""},
    /* domain.md 2.8: ANSUR II heads, percentiles measured from 5 to 95 */
    {head_fields, "percentile", 5, 95, 50, "", "the measured heads"},
    /* domain.md 2.1: 74.4 +- 13.3 follicular units per cm2 (Guo 2017); 25 to over 110 by site */
    {existing_fields, "natural_density_per_cm2", 0, 200, 75, "per cm2", ""},
    {made_fields, "faded_tone", 0, 1, 0, "", "the tone below which a dot that was found counts as faded"},
    {region_fields, "grow_mm", -50, 50, 0, "mm", ""},
    {member_fields, "grow_mm", -50, 50, 0, "mm", ""},
    {painted_fields, "tolerance", 0.02, 1, NP_CASE_PAINT_TOLERANCE, "", "a distance in red, green and blue of 0 to 1"},
    {map_fields, "full", 1e-6, 1e9, 1, "", "the value that leaves the layer as dense as it is"},
    {keep_out_fields, "radius_mm", 0.1, 100, 0, "mm", ""},
    /* domain.md 6: moles are kept clear by 3-5 mm */
    {keep_out_fields, "margin_mm", 0, 50, 4, "mm", ""},
    /* domain.md 3: a scar is feathered 8-15 mm into the hair-bearing skin around it */
    {layer_fields, "reach_mm", 0.5, 100, 15, "mm", ""},
    /* domain.md 1.7: faded hairlines in later sessions, the hairline last [C, D] */
    {layer_fields, "from_session", 1, NP_CASE_MAX_SESSIONS, 1, "", ""},
    {layer_fields, "order", 0, 9, 0, "", "lower numbers are finished first"},
    {layer_fields, "evenness", 1.42, 1.49, 0, "", "the Clark-Evans R of scalps; without it that of dots.evenness"},
    /* domain.md 1.6: the first session lightest, later ones darker [C] */
    {session_fields, "tone", -0.5, 0.5, 0, "", ""},
    {session_fields, "cumulative", 1e-3, 1, 0, "", "the share of the final dots"},
    {session_fields, "day", 0, 3650, 0, "days", ""},
    {dots_fields, "count", 0, 1000000, 0, "dots", "0: what the densities ask for"},
    /* domain.md 1.1: needles of 0.15-0.25 (0.30-0.35) mm */
    /* domain.md 7.2: sparse scalps are a little less even */
    {dots_fields, "evenness", 1.42, 1.49, 1.49, "", "the Clark-Evans R of scalps"},
    {needle_fields, "diameter_mm", 0.1, 0.4, 0.2, "mm", ""},
#define ZONE(key, usual_mm)                                                                                            \
    {depth_fields, #key, NP_HARD_DEPTH_MIN_MM, NP_HARD_DEPTH_MAX_MM, usual_mm, "mm", "the hard limits"},
    NP_CASE_DEPTH_TABLE(ZONE)
#undef ZONE
    /* domain.md 1.3: epidermis of 0.06-0.1 mm and dermis of 1.1-1.9 */
    {depth_fields, "skin_mm", 0, 5, 0, "mm", "0: not measured"},
    /* domain.md 1.3: test dots decide, and indentation is a calibration of its own; no source says how much [E] */
    {depth_fields, "calibration_mm", -0.5, 0.5, 0, "mm", ""},
    {depth_fields, "indentation_mm", 0, 1, 0, "mm", ""},
    {person_fields, "age_years", 0, 120, -1, "years", ""},
    {person_fields, "transplant_months", 0, 1200, -1, "months", ""},
    {person_fields, "scar_months", 0, 1200, -1, "months", ""},
    {person_fields, "scar_raised_mm", 0, 20, -1, "mm", ""},
    /* domain.md 1.2, 5.4: ink that is left and healed size are defaults of their own kind [D]; test dots decide */
    {test_dots_fields, "ink_strength", 0.1, 10, 1, "", "in parts of the usual"},
    {test_dots_fields, "healed_size", 0.3, 3, 1, "", "in parts of the usual"},
    /* domain.md 1.3, 1.4, 1.5: hard limits, and 60-90 degrees of elevation by default */
    {limit_fields, "depth_min_mm", NP_HARD_DEPTH_MIN_MM, NP_HARD_DEPTH_MAX_MM, NP_HARD_DEPTH_MIN_MM, "mm",
     "the hard limits"},
    {limit_fields, "depth_max_mm", NP_HARD_DEPTH_MIN_MM, NP_HARD_DEPTH_MAX_MM, NP_HARD_DEPTH_MAX_MM, "mm",
     "the hard limits"},
    {limit_fields, "tilt_max_deg", 0, NP_HARD_TILT_MAX_DEG, NP_DEFAULT_TILT_MAX_DEG, "degrees", "the hard limit"},
    {limit_fields, "spacing_min_mm", NP_HARD_SPACING_MIN_MM, 10, NP_HARD_SPACING_MIN_MM, "mm", "the hard limit"},
    {limit_fields, "session_spacing_min_mm", NP_HARD_SESSION_SPACING_MIN_MM, 10, NP_HARD_SESSION_SPACING_MIN_MM, "mm",
     "the hard limit"},
    /* domain.md 2.7: a full scalp is 34,000-50,000 dots */
    {limit_fields, "max_dots", 1, 1000000, 100000, "dots", ""},
    /* domain.md 4: 50-100 mm/s near the head, at most 250 mm/s anywhere [E]; the arm's other figures: assumed
     */
    {arm_fields, "speed_mm_s", 1, 250, 100, "mm/s", "the speed limits near a head"},
    {arm_fields, "acceleration_mm_s2", 10, 20000, 1000, "mm/s2", ""},
    {arm_fields, "rotation_deg_s", 1, 720, 60, "degrees/s", ""},
    {arm_fields, "rotation_acceleration_deg_s2", 10, 20000, 300, "degrees/s2", ""},
    /* domain.md 4: a surgical robot stays about 2 mm above the scalp between units */
    {arm_fields, "lift_mm", 0.5, 100, 2, "mm", ""},
    {arm_fields, "approach_mm_s", 0.5, 250, 20, "mm/s", ""},
    {arm_fields, "patch_radius_mm", 0, 500, 40, "mm", "0: the arm reaches everything"},
    {arm_fields, "repose_s", 0, 600, 5, "s", ""},
    /* assumed: hold, change, dip, confirm, pedal; no source says how long [E] */
    {arm_fields, "cartridge_s", 0, 3600, 90, "s", ""},
    {arm_fields, "reload_every", 0, 100000, NP_CASE_RELOAD_EVERY, "dots", "0: never"},
    {arm_fields, "reload_s", 0, 600, 4, "s", ""},
    {arm_fields, "rest_s", 0, 3600, 0, "s", ""},
    {arm_fields, "rest_radius_mm", 0, 20, 0, "mm", ""},
    /* domain.md 4: an error budget of 0.6-0.8 mm in all, of which 0.3 registration and 0.3 tracking */
    {fiducials_fields, "limit_mm", 0.01, 10, 1, "mm", ""},
    /* domain.md 5.2: 6:1 to 20:1 and more, of pigment with about 15 % of powder */
    {case_shade_fields, "dilution", 0, 200, 0, "parts of water", ""},
    {case_shade_fields, "stock_percent", 0.1, 60, 15, "%", ""},
    {case_shade_fields, "share", 0.01, 1, 0, "", "the share of all dots"},
    {shade_fields, "dilution", 0, 200, 0, "parts of water", ""},
    {shade_fields, "stock_percent", 0.1, 60, 15, "%", ""},
    {tour_fields, "kicks_per_dot", -1, 1000, -1, "", "-1: the default"},
};

const case_schema_number *case_schema_number_find(const cyaml_schema_field_t *fields, const char *key)
{
    for (size_t i = 0; i < CYAML_ARRAY_LEN(numbers); i++)
        if (numbers[i].fields == fields && strcmp(numbers[i].key, key) == 0)
            return &numbers[i];
    return NULL;
}
