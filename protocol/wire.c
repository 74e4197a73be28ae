/* Texts of the tables, and the checks of one dot; see wire.h.  No libm: firmware takes this as it stands. */
#include "protocol/wire.h"

#include "protocol/private/print.h"

#define TEXT(name, text) text,

const char *np_wire_status_text(np_wire_status status)
{
    static const char *const texts[] = {NP_WIRE_STATUS_TABLE(TEXT)};
    return (unsigned)status < NP_WIRE_STATUS_COUNT ? texts[status] : "unknown";
}

const char *np_wire_state_text(uint32_t state)
{
    static const char *const texts[] = {NP_WIRE_STATE_TABLE(TEXT)};
    return state < NP_WIRE_STATE_COUNT ? texts[state] : "unknown";
}

const char *np_wire_reason_text(uint32_t reason)
{
    static const char *const texts[] = {NP_WIRE_REASON_TABLE(TEXT)};
    return reason < NP_WIRE_REASON_COUNT ? texts[reason] : "unknown";
}

const char *np_wire_outcome_text(uint32_t outcome)
{
    static const char *const texts[] = {NP_WIRE_OUTCOME_TABLE(TEXT)};
    return outcome < NP_WIRE_OUTCOME_COUNT ? texts[outcome] : "unknown";
}

/* The code point at *AT, which is moved behind it; 0 for what is no UTF-8 (RFC 3629: shortest form, no surrogates). */
static uint32_t next_point(const unsigned char **at)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *p = *at;
    int more = *p < 0x80 ? 0 : (*p & 0xe0) == 0xc0 ? 1 : (*p & 0xf0) == 0xe0 ? 2 : (*p & 0xf8) == 0xf0 ? 3 : -1;
    if (more < 0)
        return 0;
    uint32_t point = more ? *p & (0x3fu >> more) : *p;
    for (int i = 0; i < more; i++) {
        if ((*++p & 0xc0) != 0x80) /* the closing zero ends here, too */
            return 0;
        point = point << 6 | (*p & 0x3fu);
    }
    *at = p + 1;
    return point < least[more] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? 0 : point;
}

bool np_wire_lot_is_valid(const char *lot)
{
    size_t size = 0;
    while (size < NP_WIRE_LOT_BYTES && lot[size])
        size++;
    if (size == NP_WIRE_LOT_BYTES)
        return false;
    for (const unsigned char *p = (const unsigned char *)lot; *p;) {
        uint32_t point = next_point(&p);
        if (point < 0x20 || (point >= 0x7f && point <= 0x9f))
            return false;
    }
    return true;
}

np_wire_limits np_wire_limits_default(void)
{
    return (np_wire_limits){NP_WIRE_DEPTH_MIN_UM, NP_WIRE_DEPTH_MAX_UM, 523599};
}

static np_wire_status out_of_range(const np_wire_dot *dot, char *out_text, const char *field, long long value,
                                   long long low, long long high)
{
    wire_print(out_text, NP_WIRE_TEXT_BYTES, "dot %lu (place %lu): %s is %lld, expected %lld to %lld",
               (unsigned long)dot->id, (unsigned long)dot->order, field, value, low, high);
    return NP_WIRE_RANGE;
}

static int64_t dot_product(const int32_t a[3], const int32_t b[3])
{
    return (int64_t)a[0] * b[0] + (int64_t)a[1] * b[1] + (int64_t)a[2] * b[2];
}

/* Whether the length is 1 within 1e-4, on squares so that no square root is needed. */
static bool is_unit(const int32_t v[3])
{
    for (int i = 0; i < 3; i++)
        if (v[i] < -1000100 || v[i] > 1000100)
            return false;
    int64_t square = dot_product(v, v);
    return square >= 999800000000 && square <= 1000200000000;
}

bool np_wire_pose_is_valid(const np_wire_pose *pose)
{
    int64_t square = 0;
    for (int i = 0; i < 4; i++) {
        if (pose->rotation_ppm[i] < -1000100 || pose->rotation_ppm[i] > 1000100)
            return false;
        square += (int64_t)pose->rotation_ppm[i] * pose->rotation_ppm[i];
    }
    for (int i = 0; i < 3; i++)
        if (pose->translation_um[i] < -NP_WIRE_PLACE_MAX_UM || pose->translation_um[i] > NP_WIRE_PLACE_MAX_UM)
            return false;
    return square >= 999800000000 && square <= 1000200000000;
}

/* Numbers in 1e-9 of one; no FPU that firmware has counts so far. */
#define BILLION 1000000000

/* sin(angle)^2 in 1e-18, by the series of sin; the sine is exact to 3e-9 up to 45 degrees. */
static int64_t sine_squared(int64_t angle_urad)
{
    int64_t x2 = angle_urad * angle_urad / 1000, t = BILLION - x2 / 72;
    t = BILLION - x2 * t / BILLION / 42;
    t = BILLION - x2 * t / BILLION / 20;
    t = BILLION - x2 * t / BILLION / 6;
    int64_t sine = angle_urad * t / 1000000;
    return sine * sine;
}

/* A number times (1 + excess_ppt * 1e-12), which is small. */
static int64_t stretch(int64_t number, int64_t excess_ppt)
{
    return number + number / 1000000 * (excess_ppt / 1000) / 1000;
}

/* Whether the needle goes in (against the normal) within the tilt; 5 urad cover the rounding of the two
 * vectors.  By the cross product, since the cosine is blind to small angles.  Both are unit vectors to 1e-4. */
static bool is_within_tilt(const np_wire_dot *dot, int32_t tilt_max_urad)
{
    const int32_t *n = dot->normal_ppm, *a = dot->axis_ppm;
    const int64_t one = (int64_t)1000 * BILLION; /* squared lengths are in 1e-12 */
    int64_t cross2 = 0,
            limit = sine_squared((tilt_max_urad < NP_WIRE_TILT_MAX_URAD ? tilt_max_urad : NP_WIRE_TILT_MAX_URAD) + 5);
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        int64_t c = ((int64_t)n[j] * a[k] - (int64_t)n[k] * a[j]) / 1000;
        cross2 += c * c;
    }
    limit = stretch(stretch(limit, dot_product(n, n) - one), dot_product(a, a) - one);
    return dot_product(n, a) < 0 && cross2 <= limit;
}

static np_wire_status check_axis(const np_wire_dot *dot, const np_wire_limits *limits, char *out_text)
{
    if (!is_unit(dot->normal_ppm) || !is_unit(dot->axis_ppm)) {
        wire_print(out_text, NP_WIRE_TEXT_BYTES, "dot %lu (place %lu): normal and axis must be unit vectors",
                   (unsigned long)dot->id, (unsigned long)dot->order);
        return NP_WIRE_RANGE;
    }
    if (!is_within_tilt(dot, limits->tilt_max_urad)) {
        wire_print(out_text, NP_WIRE_TEXT_BYTES, "dot %lu (place %lu): the needle is tilted by more than %ld urad",
                   (unsigned long)dot->id, (unsigned long)dot->order, (long)limits->tilt_max_urad);
        return NP_WIRE_RANGE;
    }
    return NP_WIRE_OK;
}

np_wire_status np_wire_dot_check(const np_wire_dot *dot, const np_wire_limits *limits,
                                 char out_text[NP_WIRE_TEXT_BYTES])
{
    static const char *const axes[3] = {"x (um)", "y (um)", "z (um)"};
    out_text[0] = '\0';
    if (dot->id == 0)
        return out_of_range(dot, out_text, "id", 0, 1, UINT32_MAX);
    if (dot->order >= NP_WIRE_MAX_DOTS)
        return out_of_range(dot, out_text, "order", dot->order, 0, NP_WIRE_MAX_DOTS - 1);
    for (int i = 0; i < 3; i++)
        if (dot->position_um[i] < -NP_WIRE_POSITION_MAX_UM || dot->position_um[i] > NP_WIRE_POSITION_MAX_UM)
            return out_of_range(dot, out_text, axes[i], dot->position_um[i], -NP_WIRE_POSITION_MAX_UM,
                                NP_WIRE_POSITION_MAX_UM);
    if (dot->depth_um < limits->depth_min_um || dot->depth_um > limits->depth_max_um)
        return out_of_range(dot, out_text, "depth (um)", dot->depth_um, limits->depth_min_um, limits->depth_max_um);
    if (dot->dwell_us < NP_WIRE_DWELL_MIN_US || dot->dwell_us > NP_WIRE_DWELL_MAX_US)
        return out_of_range(dot, out_text, "dwell (us)", dot->dwell_us, NP_WIRE_DWELL_MIN_US, NP_WIRE_DWELL_MAX_US);
    if (dot->tone_ppm < 0 || dot->tone_ppm > 1000000)
        return out_of_range(dot, out_text, "tone (1e-6)", dot->tone_ppm, 0, 1000000);
    return check_axis(dot, limits, out_text);
}

/* ---- moves ---- */

uint32_t np_wire_dot_stop_count(const np_wire_dot *dot)
{
    return dot->n_stops[NP_WIRE_WAY_CHAIN] + dot->n_stops[NP_WIRE_WAY_ENTRY] + dot->n_stops[NP_WIRE_WAY_HOME];
}

const np_wire_stop *np_wire_dot_way(const np_wire_dot *dot, const np_wire_stop *stops, np_wire_way way)
{
    uint32_t at = dot->first_stop;
    for (unsigned w = 0; w < (unsigned)way; w++)
        at += dot->n_stops[w];
    return stops + at;
}

static np_wire_status check_stop(const np_wire_dot *dot, const np_wire_stop *stop, char *out_text)
{
    static const char *const axes[3] = {"x (um) of a stop", "y (um) of a stop", "z (um) of a stop"};
    for (int i = 0; i < 3; i++)
        if (stop->tip_um[i] < -NP_WIRE_STOP_MAX_UM || stop->tip_um[i] > NP_WIRE_STOP_MAX_UM)
            return out_of_range(dot, out_text, axes[i], stop->tip_um[i], -NP_WIRE_STOP_MAX_UM, NP_WIRE_STOP_MAX_UM);
    if (is_unit(stop->axis_ppm))
        return NP_WIRE_OK;
    wire_print(out_text, NP_WIRE_TEXT_BYTES, "dot %lu (place %lu): the axis of a stop must be a unit vector",
               (unsigned long)dot->id, (unsigned long)dot->order);
    return NP_WIRE_RANGE;
}

/* Which ways there must be, and which there must not be, for the dot's place in its session. */
static np_wire_status check_ways(const np_wire_dot *dot, uint32_t n_dots, char *out_text)
{
    static const char *const names[NP_WIRE_WAYS] = {"stops from home to the first dot", "stops of the entry move",
                                                    "stops of the move home"};
    const bool first = dot->order == 0;
    const bool needed[NP_WIRE_WAYS] = {first, !first && dot->order % NP_WIRE_CHUNK_DOTS == 0, dot->order + 1 == n_dots};
    for (unsigned w = 0; w < NP_WIRE_WAYS; w++) {
        uint32_t most = needed[w] || w == NP_WIRE_WAY_CHAIN ? NP_WIRE_DOT_STOPS : 0;
        if (dot->n_stops[w] < needed[w] || dot->n_stops[w] > most)
            return out_of_range(dot, out_text, names[w], dot->n_stops[w], needed[w], most);
    }
    return NP_WIRE_OK;
}

np_wire_status np_wire_moves_check(const np_wire_dot *dot, const np_wire_stop *stops, uint32_t n_dots,
                                   char out_text[NP_WIRE_TEXT_BYTES])
{
    out_text[0] = '\0';
    if (dot->hover_um < NP_WIRE_HOVER_MIN_UM || dot->hover_um > NP_WIRE_HOVER_MAX_UM)
        return out_of_range(dot, out_text, "hover (um)", dot->hover_um, NP_WIRE_HOVER_MIN_UM, NP_WIRE_HOVER_MAX_UM);
    np_wire_status status = check_ways(dot, n_dots, out_text);
    if (status != NP_WIRE_OK)
        return status;
    uint32_t n = np_wire_dot_stop_count(dot);
    if (n > NP_WIRE_DOT_STOPS)
        return out_of_range(dot, out_text, "number of stops", n, 0, NP_WIRE_DOT_STOPS);
    if (dot->station > dot->n_stops[NP_WIRE_WAY_CHAIN])
        return out_of_range(dot, out_text, "the stop at the station", dot->station, 0, dot->n_stops[NP_WIRE_WAY_CHAIN]);
    for (uint32_t i = 0; i < n && status == NP_WIRE_OK; i++)
        status = check_stop(dot, &stops[dot->first_stop + i], out_text);
    return status;
}
