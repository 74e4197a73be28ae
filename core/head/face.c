/* The parts of a face as boxes and curves in anatomical axes, from where they lie on the mean man (glabella 97 mm in front of
 * and 40 mm above the middle of the tragia, domain.md 2.8), stretched with the head.
 *
 * They are coarse and err to the side of the face: what matters is that no outline, drawn or computed, lets a needle onto it.
 * The borders of real scalps (two scans, six built-in heads, each with its nose) stay 12 mm or more behind them. */
#include "head/face.h"

#include "head/private/frame.h"

/* Of the mean man, mm. */
#define GLABELLA_ANTERIOR 97.0
#define EAR_MARGIN 2.0
#define CHIN_ANTERIOR 80.0
#define CHIN_UP (-97.0) /* 0.13 of a man's stature below the vertex, domain.md 2.8 */
/* The middle of the opening between the lids, 31 mm from the midline (half the interpupillary distance of domain.md 2.8).  Open eyes of ict_head: 18 mm behind
 * the glabella and 23 under it, the opening 16 to 29 under; closed ones of lee_perry_smith: 13 and 31; built-in man: 12 and 29.  Within 5 mm of all three. */
#define EYE_ANTERIOR 82.0
#define EYE_UNDER_GLABELLA 27.0
#define EYE_SIDE 31.0
/* The lower lid down to the rim of the orbit, 16 mm under the opening of these; inner corners are 15 mm from the midline there, and more. */
#define LID_UNDER_GLABELLA 48.0
#define LID_INNER_UNDER_GLABELLA 35.0
/* The glabella over the deepest point of the nose's root: 19 to 23 mm on the two scans and the six built-in heads. */
#define OVER_ROOT 21.0
/* The lowest and the highest glabella of the heads at hand (the two scans: 41 and 49, stretched to the mean man; built in: 39 to 42). */
#define GLABELLA_UP_LEAST 39.0
#define GLABELLA_UP_MOST 49.0
/* The crease in which an ear stands reaches this far from it. */
#define EAR_ROOT 40.0

/* Counted from the middle of the tragia, in the mean man's mm. */
typedef struct place {
    double anterior, side, up; /* side: away from the midline, not negative */
} place;

/* By how much the mean man is longer than this head. */
static double stretch_of(const np_scan *scan)
{
    return GLABELLA_ANTERIOR / np_vec3_dot(scan->landmarks.glabella, head_anterior);
}

/* Between which heights the glabella lies, mm.  It was marked by hand, and one that was marked too low would shrink the face and have the eyes too low, one that
 * was marked too high would have them too high and make cheeks of lids: it is said by the mark and by the nose, and where the scan shows no nose by the mark and
 * all heads at hand. */
typedef struct glabella_up {
    double low, high;
} glabella_up;

static glabella_up glabella_up_of(const np_scan *scan)
{
    double up = np_vec3_dot(scan->landmarks.glabella, head_up), root = scan->nose_root_up_mm;
    double least = isnan(root) ? GLABELLA_UP_LEAST / stretch_of(scan) : root + OVER_ROOT;
    double most = isnan(root) ? GLABELLA_UP_MOST / stretch_of(scan) : root + OVER_ROOT;
    return (glabella_up){fmin(up, least), fmax(up, most)};
}

static place place_of(const np_scan *scan, np_vec3 p, glabella_up *out_up)
{
    double stretch = stretch_of(scan);
    glabella_up up = glabella_up_of(scan);
    *out_up = (glabella_up){up.low * stretch, up.high * stretch};
    return (place){np_vec3_dot(p, head_anterior) * stretch, fabs(p.y) * stretch, np_vec3_dot(p, head_up) * stretch};
}

/* How far in front a scalp may reach at HEIGHT (in parts of the glabella's over the tragia): from the sideburn's root, 15-25 mm
 * wide in front of the ear (domain.md 2.8), up the temple's hairline to 30 mm over the glabella, 20 mm below the lowest hairlines
 * that people have of their own (domain.md 2.5), with 12 mm to spare. */
static double front_of_scalp(double height)
{
    static const double heights[] = {0, 0.85, 1.35, 1.75}, anterior[] = {42, 47, 60, 70};
    if (height <= heights[0])
        return anterior[0];
    for (int i = 1; i < 4; i++)
        if (height <= heights[i])
            return anterior[i - 1] +
                   (anterior[i] - anterior[i - 1]) * (height - heights[i - 1]) / (heights[i] - heights[i - 1]);
    return INFINITY;
}

/* The auricle, 64 x 36 mm, leaning back (domain.md 2.8), with MARGIN around it; also the skin behind it, which a needle cannot
 * reach. */
static bool in_ear(place p, double margin)
{
    const double back_deg_cos = 0.985, back_deg_sin = 0.17; /* 10 degrees */
    double x = p.anterior + 12, z = p.up + 2;
    double along = z * back_deg_cos - x * back_deg_sin, across = x * back_deg_cos + z * back_deg_sin;
    return p.side > 40 && pow(along / (32 + margin), 2) + pow(across / (18 + margin), 2) < 1;
}

static bool on_lids(place p, glabella_up glabella)
{
    double inner = p.up > glabella.low - LID_INNER_UNDER_GLABELLA ? 8 : 15;
    return p.up > glabella.low - LID_UNDER_GLABELLA && p.up <= glabella.high && p.side > inner && p.side < 55;
}

/* P is in front of the scalp.  Margins of 5 mm are in the numbers; openings of eyes reach from 20 to 46 mm from the midline, brows to 60 mm. */
static np_face_part part_of_face(place p, glabella_up glabella)
{
    double over = p.up - glabella.high;
    if (on_lids(p, glabella))
        return NP_FACE_EYE;
    if (over > -5 && over < 22 && p.side < 70)
        return NP_FACE_BROW;
    if (over > -68 && over <= -5 && p.side < 22)
        return NP_FACE_NOSE;
    if (over > -100 && over <= -68 && p.side < 34)
        return NP_FACE_MOUTH;
    return NP_FACE_REST;
}

np_face_part np_face_part_at(const np_scan *scan, np_vec3 position)
{
    glabella_up glabella;
    place p = place_of(scan, position, &glabella);
    if (p.anterior > front_of_scalp(p.up / glabella.high))
        return part_of_face(p, glabella);
    if (in_ear(p, EAR_MARGIN))
        return NP_FACE_EAR;
    if (p.up < -36 && p.anterior > -15) /* below the lobes: jaw */
        return NP_FACE_REST;
    return p.up < -75 ? NP_FACE_NECK : NP_FACE_NONE;
}

np_accept np_face_accept(np_face_part part)
{
    static const np_accept names[] = {
        [NP_FACE_NONE] = NP_ACCEPT_COUNT, [NP_FACE_EYE] = NP_ACCEPT_COUNT,   [NP_FACE_BROW] = NP_ACCEPT_BROW,
        [NP_FACE_NOSE] = NP_ACCEPT_NOSE,  [NP_FACE_MOUTH] = NP_ACCEPT_MOUTH, [NP_FACE_REST] = NP_ACCEPT_FACE,
        [NP_FACE_EAR] = NP_ACCEPT_EAR,    [NP_FACE_NECK] = NP_ACCEPT_NECK,
    };
    return names[part];
}

bool np_face_is_by_ear(const np_scan *scan, np_vec3 position)
{
    glabella_up glabella;
    return in_ear(place_of(scan, position, &glabella), EAR_ROOT);
}

void np_face_eyes(const np_scan *scan, np_vec3 out[NP_FACE_EYES])
{
    double mm = 1 / stretch_of(scan);
    glabella_up glabella = glabella_up_of(scan);
    for (int i = 0; i < NP_FACE_EYES; i++) {
        double up = (i < 2 ? glabella.low : glabella.high) - EYE_UNDER_GLABELLA * mm;
        np_vec3 between = np_vec3_mad(np_vec3_scale(head_up, up), head_anterior, EYE_ANTERIOR * mm);
        out[i] = np_vec3_add(between, np_vec3_make(0, (i % 2 ? -EYE_SIDE : EYE_SIDE) * mm, 0));
    }
}

double np_face_chin_z_mm(const np_scan *scan)
{
    np_vec3 chin = np_vec3_mad(np_vec3_scale(head_anterior, CHIN_ANTERIOR), head_up, CHIN_UP);
    return chin.z / stretch_of(scan);
}
