/* Case files to begin with: `needlepath case new TEMPLATE`.  Each is a whole treatment that plans as it
 * is, but for touch-up, which needs the earlier plan, with a comment at every key a newcomer may want to change. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "case/description.h"
#include "case/private/write.h"
#include "case/template.h"

/* A shape of the description, or where it has none the usual one by name, and how a template draws on it. */
typedef enum shape_kind { REGION, CURVE, POINT_SET } shape_kind;

#define NO_OUTLINE SIZE_MAX /* no scan describes it */

typedef struct template_shape {
    shape_kind kind;
    const char *name, *usual; /* in the case; where it lies unless the description says */
    size_t offset;            /* of the points in np_scan_description */
    const char *comment;
} template_shape;

static const template_shape scalp = {REGION, "scalp", "of: scalp", offsetof(np_scan_description, scalp_outline),
                                     "all of the hair-bearing scalp"};
static const template_shape buzz = {REGION, "buzz",
                                    "union: [scalp, {of: sideburn_left, grow_mm: 7}, {of: sideburn_right, grow_mm: 7}]",
                                    NO_OUTLINE, "with room for sideburns"};
static const template_shape frontal = {REGION, "frontal", "of: frontal", offsetof(np_scan_description, frontal_outline),
                                       "what the receding hairline has left bare"};
static const template_shape crown = {REGION, "crown", "of: crown", offsetof(np_scan_description, crown_outline),
                                     "the thin spot around the whorl"};
static const template_shape thin = {
    REGION, "thin", "ludwig: 2", NO_OUTLINE,
    "thin on top behind a hairline that is kept; sinclair: 2 to 5 is the other pattern"};
static const template_shape wide_crown = {REGION, "crown", "of: crown, grow_mm: 8", NO_OUTLINE,
                                          "the thin spot around the whorls, with room for its border"};
static const template_shape fut_scar = {CURVE, "fut_scar", "of: fut_scar", offsetof(np_scan_description, fut_scar),
                                        "the middle of the scar, from end to end"};
static const template_shape facelift_scar = {CURVE, "facelift_scar", "of: facelift_scar",
                                             offsetof(np_scan_description, facelift_scar),
                                             "the middle of the scar, from in front of the ear upwards"};
static const template_shape sideburn = {REGION, "sideburn", "of: sideburn_left, grow_mm: 5", NO_OUTLINE,
                                        "where the left sideburn was"};
static const template_shape fue_scars = {POINT_SET, "fue_scars", "of: fue_scars",
                                         offsetof(np_scan_description, fue_scars), "one point a scar, in its middle"};

typedef struct case_template {
    const char *name, *title, *intro;
    const template_shape *shapes[3]; /* in the order regions, curves, points; ended by NULL */
    const char *layers;
    bool two_whorls;
} case_template;

/* domain.md 3: what a template cannot know of a scar. */
#define SCAR_SEEN                                                                                                      \
    "\n# Of the scar nobody has said anything yet, and plans tell so.  Look at it, and FILL IN who looked, how old "   \
    "it is "                                                                                                           \
    "and how far it stands up.\n"                                                                                      \
    "# Under 6 months, raised by over 0.5 mm or red (conditions: [red_scar]) it is not to be treated.\n"               \
    "# person: {scar_seen_by: NAME, scar_months: N, scar_raised_mm: N}\n"

/* Densities: domain.md 1.5 (table: 60 conservative, 75 natural), 2.1 (Keene: 44 at the temples), 2.7 (25
 * between existing hair). */
static const case_template templates[] = {
    {"full-scalp",
     "Full scalp",
     "# A shaved look for a bald head: follicle-like dots all over the scalp, with a designed hairline in "
     "front.\n",
     {&scalp, &buzz},
     "  # The bottom layer: dots like follicles, by the density of each zone, with blunt sideburns and a nape that "
     "tapers.  75 a cm2\n"
     "  # is the natural density of midscalp and crown; 60 is conservative.\n"
     "  - name: scalp\n"
     "    strategy: full_scalp\n"
     "    region: buzz\n"
     "    params: {density_per_cm2: 75}\n"
     "  # On top of it: a hairline designed from the landmarks, soft and irregular; 40 mm behind it the zones go on.\n"
     "  - name: hairline\n"
     "    strategy: hairline\n"
     "    region: scalp\n"
     "    params: {density_per_cm2: 75, shape: natural, behind_mm: 40}\n",
     false},
    {"fade",
     "Buzz cut with a fade",
     "# A buzz cut all over a bald head, with a fade at sides and nape, sideburns, and a designed hairline in front.\n",
     {&scalp, &buzz},
     "  # All of the scalp by its zones.  fade: none, low, mid or high; where hair still grows at the sides, list it "
     "below\n"
     "  # (existing) and the dots only make up for what it lacks.\n"
     "  - name: scalp\n"
     "    strategy: full_scalp\n"
     "    region: buzz\n"
     "    params: {density_per_cm2: 75, fade: mid, sideburn_width_mm: 20}\n"
     "  # On top of it: a hairline designed from the landmarks, soft and irregular; 40 mm behind it the zones go on.\n"
     "  # It ends above the temples, where the fade begins, and is there and in tone as the zones are, so that no step "
     "is seen.\n"
     "  - name: hairline\n"
     "    strategy: hairline\n"
     "    region: scalp\n"
     "    params: {density_per_cm2: 75, shape: natural, behind_mm: 40, temporal_mm: 10, macro_mm: 5,\n"
     "      temple_share: 0.55, tone: 0.45}\n",
     false},
    {"hairline",
     "Hairline",
     "# A new frontal hairline, and the area behind it, where the hair has receded.\n",
     {&frontal},
     "  # The line is designed from the landmarks, soft and irregular; behind it the density rises to this "
     "one.  Its mounds are\n"
     "  # higher than by default (3 mm): at this density chance, by which dots lie, can level those.\n"
     "  - name: hairline\n"
     "    strategy: hairline\n"
     "    region: frontal\n"
     "    params: {density_per_cm2: 60, shape: natural, macro_mm: 5}\n",
     false},
    {"diffuse",
     "Diffuse density",
     "# More density all over a scalp whose hair has become thin: dots between the hairs that are left.\n",
     {&scalp},
     "  # Few dots between much hair: 25 a cm2.  With the follicles that grow there listed below (existing), "
     "write the\n"
     "  # density that hairs and dots are to have together instead, 75 for instance.\n"
     "  - name: density\n"
     "    strategy: diffuse_density\n"
     "    region: scalp\n"
     "    params: {density_per_cm2: 25}\n",
     false},
    {"crown",
     "Crown",
     "# A bald or thin crown.\n",
     {&crown},
     "  # 60 a cm2 is conservative beside natural hair of 75; the layer fades in over feather_mm from the "
     "border.\n"
     "  - name: crown\n"
     "    strategy: diffuse_density\n"
     "    region: crown\n"
     "    params: {density_per_cm2: 60, feather_mm: 10}\n",
     false},
    {"womens-diffuse",
     "Women's diffuse loss",
     "# A woman's hair that has become thin on top: dots between the hairs, most where it parts, and none at the "
     "hairline, which is "
     "kept.\n",
     {&thin},
     "  # Few dots between much hair: 25 a cm2, fading out over feather_mm to all sides.  With the follicles that grow "
     "there listed\n"
     "  # below (existing), write the density that hairs and dots are to have together instead, 75 for instance.\n"
     "  - name: thin\n"
     "    strategy: diffuse_density\n"
     "    region: thin\n"
     "    params: {density_per_cm2: 25, feather_mm: 22, front_share: 1, crown_share: 1}\n",
     false},
    {"double-crown",
     "Crown with two whorls",
     "# A bald or thin crown with two whorls.\n",
     {&wide_crown},
     "  # About the nearest whorl, out to radius_mm and an irregular border; 60 a cm2 is conservative beside natural "
     "hair of 75.\n"
     "  - name: crown\n"
     "    strategy: crown\n"
     "    region: crown\n"
     "    params: {density_per_cm2: 60, radius_mm: 45}\n",
     true},
    {"fut-scar",
     "FUT scar",
     "# The long scar that a strip (FUT) hair transplant leaves at the back of the head.\n",
     {&fut_scar},
     "  # Fills the scar along its middle and fades into the skin around it, at most reach_mm away; never an "
     "outline.\n"
     "  - name: scar\n"
     "    strategy: scar_fill\n"
     "    curve: fut_scar\n"
     "    reach_mm: 15\n"
     "    params: {width_mm: 6, density_per_cm2: 60}\n" SCAR_SEEN,
     false},
    {"fue-scars",
     "FUE scars",
     "# The small round scars that single-follicle (FUE) extraction leaves.\n",
     {&fue_scars},
     "  # One dot or two in each scar, and few beside it.\n"
     "  - name: scars\n"
     "    strategy: scar_fill\n"
     "    points: fue_scars\n"
     "    reach_mm: 3\n"
     "    params: {disc_diameter_mm: 0.85}\n" SCAR_SEEN,
     false},
    {"facelift",
     "Facelift scar",
     "# The scar in front of and above the ear after a facelift, and the lost sideburn.\n",
     {&sideburn, &facelift_scar},
     "  # Breaks the visible line by irregular dots on both sides of it, at most reach_mm away.\n"
     "  - name: scar\n"
     "    strategy: scar_fill\n"
     "    curve: facelift_scar\n"
     "    reach_mm: 10\n"
     "    params: {width_mm: 3, density_per_cm2: 44}\n"
     "  # On top of it the sideburn that the lift took away, fine and blunt; leave the layer out where there is one.\n"
     "  - name: sideburn\n"
     "    strategy: full_scalp\n"
     "    region: sideburn\n"
     "    params: {density_per_cm2: 75, sideburn_width_mm: 18, tone: 0.45}\n" SCAR_SEEN,
     false},
    {"post-transplant",
     "After a hair transplant",
     "# After a hair transplant: density between the grafts, and the scars where they were taken.\n",
     {&frontal, &fue_scars},
     "  # Between the grafts.  With the grafts listed below (existing), write the density that grafts and "
     "dots are to\n"
     "  # have together instead.\n"
     "  - name: grafts\n"
     "    strategy: diffuse_density\n"
     "    region: frontal\n"
     "    params: {density_per_cm2: 30}\n"
     "  # Where they were taken.\n"
     "  - name: donor_scars\n"
     "    strategy: scar_fill\n"
     "    points: fue_scars\n"
     "    reach_mm: 3\n"
     "    params: {disc_diameter_mm: 0.85}\n" SCAR_SEEN,
     false},
    {"touch-up",
     "Touch-up",
     "# A touch-up, weeks or years later: what an earlier treatment lacks.  Say below what was made (made) before "
     "planning it.\n",
     {&scalp},
     "  # What was wanted minus what stands, in the gaps, in the tone of the dots around.  By the earlier plan, and "
     "nothing where it\n"
     "  # put no dot; or where none is named up to this density, hair and dots together.\n"
     "  - name: gaps\n"
     "    strategy: touch_up\n"
     "    region: scalp\n"
     "    params: {density_per_cm2: 60}\n"
     "\n"
     "# What was made: FILL IN the earlier plan of this head, with its journal; or the dots that were found on the "
     "skin\n"
     "# (file: found.csv, lines x y z tone, a CSV with these columns, or an ASCII PLY); or both (faded_tone: 0.1 "
     "leaves "
     "out paler ones).\n"
     "made: {plan: first.needleplan}\n",
     false},
};
#define N_TEMPLATES (sizeof templates / sizeof *templates)

const char *const np_case_template_names[] = {"full-scalp",      "fade",         "hairline", "diffuse",   "crown",
                                              "womens-diffuse",  "double-crown", "fut-scar", "fue-scars", "facelift",
                                              "post-transplant", "touch-up",     NULL};

static const case_template *find(const char *name)
{
    for (size_t i = 0; i < N_TEMPLATES; i++)
        if (strcmp(templates[i].name, name) == 0)
            return &templates[i];
    return NULL;
}

static const np_case_points *points_of(const np_scan_description *description, const template_shape *shape)
{
    static const np_case_points nowhere;
    return shape->offset == NO_OUTLINE
               ? &nowhere
               : (const np_case_points *)(const void *)((const char *)description + shape->offset);
}

/* ---- the parts of the file ---- */

static void write_confirmed(const np_scan_description *d, FILE *stream)
{
    if (d->scan.confirmed) {
        fputs("confirmed: ", stream);
        case_write_quoted(stream, d->scan.confirmed);
        fputc('\n', stream);
    } else {
        fputs("# confirmed: NAME  # who has checked the landmarks, and left and right\n", stream);
    }
}

static void write_whorls(const np_scan_description *d, bool two, FILE *stream)
{
    if (two && d->scan.whorls.n < 2) {
        fputs(
            "\n# Two whorls beside each other at the usual place, the right one first; whorls: [[x, y, z], [x, y, z]] "
            "instead says "
            "where they\n# really are.  Two mostly turn against each other.\nusual_whorls: 2\nwhorl_turns: [clockwise, "
            "counterclockwise]\n",
            stream);
    } else if (d->scan.no_whorls) {
        fputs("\n# Hair turns around nowhere.\nwhorls: []\n", stream);
    } else if (d->scan.whorls.n == 0) {
        fputs("\n# Where hair turns around: one point at the usual place; whorls: [[x, y, z]] instead says where it "
              "really is, whorls: []\n# that there is none.\nusual_whorls: 1\n",
              stream);
        case_write_whorl_turns(stream, &d->scan);
    } else {
        fputs("\n# Where hair turns around: usually one point at the back of the crown (clockwise; whorl_turns says "
              "otherwise);\n# whorls: [] says that there is none.\nwhorls:\n",
              stream);
        case_write_points(stream, d->scan.units, &d->scan.whorls, 2);
        case_write_whorl_turns(stream, &d->scan);
    }
}

static void write_head(const np_scan_description *d, FILE *stream)
{
    if (!d->scan.file) {
        fprintf(stream,
                "# The built-in head: sex m or f, percentile 5 to 95.  Points are mm in the head frame: x to "
                "the front,\n"
                "# y to the left, z up, the origin midway between the ears; those below were made for this "
                "head.\n"
                "scan: {head: {sex: %s, percentile: %g}}\n",
                d->scan.sex == NP_CASE_SEX_F ? "f" : "m", d->scan.percentile);
    } else {
        /* The case file may end up in any folder. */
        char *absolute = realpath(d->scan.file, NULL);
        fputs("# The mesh (OBJ, PLY, STL, glTF, VTK).  All points below are in its coordinates and units: mm, cm, "
              "m or inch.\n"
              "scan:\n  file: ",
              stream);
        case_write_quoted(stream, absolute ? absolute : d->scan.file);
        fprintf(stream, "\n  units: %s\n", case_write_unit_name(d->scan.units));
        if (d->scan.axis_anterior)
            fprintf(stream, "  axes: {anterior: \"%s\", left: \"%s\", up: \"%s\"}  # which way the file's axes point\n",
                    d->scan.axis_anterior, d->scan.axis_left, d->scan.axis_up);
        fputs("\n# Between the brows, the bump at the back, in front of each ear canal, the top of the "
              "head.\nlandmarks:\n",
              stream);
        case_write_landmarks(stream, d->scan.units, &d->scan.landmarks, 2);
        write_confirmed(d, stream);
        free(absolute);
    }
}

void np_case_template_write_scan(const np_scan_description *d, FILE *stream)
{
    write_head(d, stream);
    write_whorls(d, false, stream);
}

/* FIRST of its kind: it needs the kind's key. */
static void write_shape(const np_scan_description *d, const template_shape *shape, bool first, FILE *stream)
{
    static const char *const heads[] = {
        "\n# Areas, each bounded by a closed curve through these points on the skin.\nregions:\n",
        "\n# Open curves through these points on the skin.\ncurves:\n", "\n# Sets of points on the skin.\npoints:\n"};
    static const char *const usual[] = {
        "\n# Areas by name: of: scalp, frontal, midscalp, crown, temple_left, ..., norwood: 2 to 7 (3v), ludwig: 1 to "
        "3,\n"
        "# sinclair: 2 to 5; or outline: [[x, y, z], ...], a closed curve on the skin.\nregions:\n",
        ("\n# Where such a scar usually is: for the real one write points: [[x, y, z], ...], an open curve on the "
         "skin.\ncurves:\n"),
        "\n# Where such scars usually are: for the real ones write points: [[x, y, z], ...].\npoints:\n"};
    if (points_of(d, shape)->n == 0) {
        fprintf(stream, "%s  - {name: %s, %s}  # %s\n", first ? usual[shape->kind] : "", shape->name, shape->usual,
                shape->comment);
        return;
    }
    fputs(first ? heads[shape->kind] : "", stream);
    fprintf(stream, "  - name: %s  # %s\n    %s:\n", shape->name, shape->comment,
            shape->kind == REGION ? "outline" : "points");
    case_write_points(stream, d->scan.units, points_of(d, shape), 6);
}

static const char tail[] =
    "\n"
    "# How much of the final density stands at the end of each session, and how many days after the first it "
    "takes place.\n"
    "# Scabs fall after 7 to 10 days: no session while one is left.\n"
    "sessions:\n"
    "  - {cumulative: 0.3, day: 0}\n"
    "  - {cumulative: 0.7, day: 7}\n"
    "  - {cumulative: 1, day: 30}\n"
    "\n"
    "dots: {pattern: follicular}  # like real follicles; even: maximal spacing, for research (quality: best "
    "or fast)\n"
    "needle: {diameter_mm: 0.2}\n"
    "\n"
    "# Depth in the skin where a strategy has none of its own, mm, to begin with; test dots say what this person "
    "needs.\n"
    "# depth: {frontal_mm: 0.5, temple_mm: 0.45, midscalp_mm: 0.6, crown_mm: 0.6, occipital_mm: 0.55,\n"
    "#   elsewhere_mm: 0.5, calibration_mm: 0, indentation_mm: 0}\n"
    "\n"
    "# Limits may be tighter than these, never looser than depth 0.3 to 1.5 mm, 45 degrees, 0.45 and 0.7 "
    "mm.\n"
    "limits:\n"
    "  depth_min_mm: 0.3\n"
    "  depth_max_mm: 1.5\n"
    "  tilt_max_deg: 30\n"
    "  spacing_min_mm: 0.45          # between any two dots\n"
    "  session_spacing_min_mm: 0.7   # between two dots of one session\n"
    "\n"
    "# More that can be said; take the # away and put in your own points.\n"
    "# keep_outs:  # moles, ears, lesions, veins: no dot inside, nor within the margin around\n"
    "#   - {name: mole, center: [60, 20, 105], radius_mm: 3, margin_mm: 4}\n"
    "#   - {name: vein, curve: {file: vein.mrk.json}}   # drawn in 3D Slicer, say; also points: and outline:\n"
    "# existing:   # follicles that grow there, or their hairs: in a file of lines 'x y z', or as a list of points\n"
    "#   file: follicles.xyz\n"
    "# arm: {speed_mm_s: 100, lift_mm: 2, reload_every: 100}\n";

static void write_layers(const case_template *t, FILE *stream)
{
    fprintf(stream,
            "\n# What is done where, from the bottom layer to the top one.  `needlepath plugin list` shows every\n"
            "# strategy with its params.\nlayers:\n%s",
            t->layers);
}

np_status np_case_template_write(const char *template_name, const np_scan_description *description, FILE *stream,
                                 np_error *err)
{
    const case_template *t = find(template_name);
    if (!t) {
        char list[300] = "";
        np_suggest_list(list, sizeof list, np_case_template_names, N_TEMPLATES);
        const char *meant = np_suggest_name(template_name, np_case_template_names, N_TEMPLATES);
        return np_error_set(err, NP_ERR_INVALID, "there is no template '%.60s'; %s%s%s one of: %s", template_name,
                            meant ? "did you mean '" : "expected", meant ? meant : "", meant ? "'? Expected" : "",
                            list);
    }
    fprintf(stream,
            "%s# Check it with `needlepath case check FILE`; plan it with `needlepath plan FILE`.\n\n"
            "needlepath: 1  # version of this format\ntitle: %s\n"
            "seed: 1        # another seed gives another pattern of the same kind\n\n",
            t->intro, t->title);
    write_head(description, stream);
    write_whorls(description, t->two_whorls, stream);
    for (size_t i = 0; t->shapes[i]; i++)
        write_shape(description, t->shapes[i], i == 0 || t->shapes[i]->kind != t->shapes[i - 1]->kind, stream);
    write_layers(t, stream);
    fputs(tail, stream);
    return NP_OK;
}
