/* Every kind of mistake in a case file gets one error that names file, line and key and says what was
 * expected. */
#include "../test.h"

#include <stdio.h>

#include "case/case.h"

#define SHAPES                                                                                                         \
    "curves: [{name: c, points: [[1, 2, 3], [4, 5, 6]]}]\n"                                                            \
    "regions: [{name: scalp, outline: [[1, 2, 3], [4, 5, 6], [7, 8, 8]]}]\n"
#define LAYERS "layers: [{name: a, strategy: s, curve: c}]\n"
#define BASE "needlepath: 1\n" SHAPES LAYERS

typedef struct mistake {
    const char *text;
    const char *message; /* must be part of the error */
} mistake;

static const mistake mistakes[] = {
    {"", "case.yaml: the file is empty"},
    {"# nothing but a comment\n", "the file is empty"},
    {"needlepath: [1\n", "case.yaml:2: not valid YAML"},
    {"a: b: c\n", "case.yaml:1: not valid YAML"},
    {"\xff\xfe\xff", "not a YAML file"},
    {"needlepath: 1\n---\nneedlepath: 1\n", "case.yaml:3: a second document"},
    {"- a\n", "expected a mapping (key: value) with the keys needlepath, title"},
    {"just words\n", "found 'just words'"},
    {SHAPES LAYERS, "the key 'needlepath' is missing"},
    {"needlepath: 2\n" SHAPES LAYERS, "case.yaml:1: needlepath: expected 1 (the version"},
    {"needlepath: 1\n" SHAPES, "the key 'layers' is missing"},
    {"needlepath: 1\n" SHAPES "layers: []\n", "layers: expected 1 to 64 entries, found 0"},
    {"needlepath: 1\n" SHAPES "layers:\n", "layers: it has no value"},
    {"needlepath: 1\n" SHAPES "layers: {name: a}\n", "layers: expected a list (lines that begin with '- ')"},
    {BASE "sedd: 2\n", "case.yaml:5: unknown key 'sedd'; did you mean 'seed'? Expected one of: needlepath, title"},
    {BASE "zzzzzzzzzz: 2\n", "case.yaml:5: unknown key 'zzzzzzzzzz'; expected one of: "},
    {BASE "accept: [eye]\n", "large, found 'eye'; nothing allows dots over eyes"},
    {BASE "accept: [jaw]\n", "large, found 'jaw'; the jaw is of the 'face'"},
    {BASE "accept: [ears]\n", "found 'ears'; did you mean 'ear'?"},
    {BASE "seed: 1\nseed: 2\n", "case.yaml:6: the key 'seed' is there twice"},
    {BASE "? [1, 2]\n: 3\n", "expected a word as key"},
    {BASE "seed: -1\n", "seed: expected 0 to 18446744073709551615, found"},
    {BASE "seed: 18446744073709551616\n", "seed: expected 0 to"},
    {BASE "seed: 1.5\n", "seed: expected a whole number, found '1.5'"},
    {BASE "seed: 010\n", "seed: expected a whole number"},
    {BASE "seed: [1]\n", "seed: expected a whole number, found a list of 1"},
    {BASE "depth:\n  crown_mm: 2\n", "case.yaml:6: depth.crown_mm: expected 0.3 to 1.5 mm (the hard limits), found 2"},
    {BASE "depth:\n  temple_mm: 0.45\n  calibration_mm: -0.2\n",
     "case.yaml:6: depth.temple_mm: 0.45 with calibration_mm -0.2 and indentation_mm 0 is a depth of 0.25 in the skin"},
    {BASE "depth:\n  crown_mm: 1.2\n  indentation_mm: 0.4\n", "and 1.6 for the tip; expected 0.3 to 1.5 (limits)"},
    {BASE "depth:\n  crown_mm: 0.6\nlimits: {depth_max_mm: 0.5}\n", "case.yaml:6: depth.crown_mm: 0.6 with"},
    {BASE "depth:\n  skin_mm: 1\n  crown_mm: 1\n", "case.yaml:7: depth.crown_mm: 1 with calibration_mm 0 goes through"},
    {BASE "depth: {skin_mm: 0.2}\n", "case.yaml:5: depth.skin_mm: expected 0 (not measured), or 0.5 to 5 mm"},
    {BASE "depth: {crwn_mm: 0.6}\n", "unknown key 'crwn_mm'; did you mean 'crown_mm'?"},
    {BASE "depth: {indentation_mm: -0.1}\n", "indentation_mm: expected 0 to 1 mm"},
    {BASE "shades:\n  - {name: a, share: 0.5, dilution: 8}\n  - {name: a, share: 0.5, dilution: 12}\n",
     "case.yaml:7: shades[1] ('a'): its name or lot is shades[0]'s already"},
    {BASE "shades: [{name: a, share: 0.9, dilution: 8}]\n", "case.yaml:5: shades: expected shares that add up to 1"},
    {BASE "shades: [{name: a, share: 1, dilution: 1}]\n", "are darker than the tones go"},
    {BASE "person: {conditions: [keloid]}\n", "found 'keloid'; did you mean 'keloids'?"},
    {BASE "person: {age_years: 200}\n", "age_years: expected 0 to 120 years"},
    {BASE "person: {conditions: [eczema], cleared: [eczema]}\n", "case.yaml:5: person.cleared: expected 'cleared_by'"},
    {BASE "person: {cleared: [eczema], cleared_by: Dr Who}\n", "person.cleared[0]: it is not among 'conditions'"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, curve: c, from_session: 4}]\n",
     "case.yaml:4: layer 'a': from_session 4 is after the last of 3 sessions"},
    {"needlepath: 1\n" SHAPES
     "layers: [{name: a, strategy: s, curve: c}, {name: b, strategy: s, curve: c, order: 1}]\narm: {rest_s: 5}\n",
     "layer 'b': its order is not that of layer 'a'"},
    {BASE "test_dots: {read_on: tomorrow}\n", "case.yaml:5: test_dots.read_on: 'tomorrow' is no day"},
    {BASE "test_dots: {read_on: 2026-02-30}\n", "test_dots.read_on: '2026-02-30' is no day"},
    {BASE "title: Patient #12\n", "case.yaml:5: title: the text ends before '#12', which begins a comment"},
    {BASE "title: Gr\xC3\xBC\xC3\x9F #12\n", "title: the text ends before '#12'"},
    {"needlepath: 1\nseed:\xC2\xA0"
     "1\ntitle: x\n" SHAPES LAYERS,
     "case.yaml:2: not valid YAML: here is a no-break space (U+00A0)"},
    {BASE "seed: \xC2\xA0"
          "1\n",
     "seed: expected a whole number, found '\\xA01'"},
    {BASE "title: [a]\n", "title: expected a text, found a list of 1"},
    {BASE "title: \"a\\nb\"\n", "title: expected a text of one line"},
    {"needlepath: 1\nregions: [{name: a, of: scapl}]\n" LAYERS,
     "regions[0].of: expected one of scalp, frontal, midscalp, crown, "},
    {"needlepath: 1\nregions: [{name: a, of: scapl}]\n" LAYERS, "found 'scapl'; did you mean 'scalp'?"},
    {"needlepath: 1\nregions: [{name: a, norwood: 1}]\n" LAYERS, "norwood: expected one of 2, 3, 3v, 4, 5, 6, 7"},
    {"needlepath: 1\nregions: [{name: a, ludwig: 4}]\n" LAYERS, "ludwig: expected one of 1, 2, 3"},
    {"needlepath: 1\nregions: [{name: a, sinclair: 1}]\n" LAYERS, "sinclair: expected one of 2, 3, 4, 5"},
    {"needlepath: 1\nregions: [{name: a}]\n" LAYERS,
     "case.yaml:2: regions 'a': expected one of outline, painted, of, norwood, ludwig, sinclair, region, union, minus, "
     "intersect, mirror; found none"},
#define REGION(text) "needlepath: 1\nregions: [" text "]\n" LAYERS
    {REGION("{name: a, union: [{of: crown}]}"), "case.yaml:2: regions 'a'.union: expected a list of 2 to 32 regions"},
    {REGION("{name: a, union: b}"), "regions 'a'.union: expected a list of 2 to 32 regions"},
    {REGION("{name: a, minus: }"), "regions 'a'.minus: it has no value"},
    {REGION("{name: a, minus: [b, {of: crwon}]}, {name: b, of: crown}"),
     "regions 'a'.minus[1].of: expected one of scalp, frontal, midscalp, crown"},
    {REGION("{name: a, minus: [b, {}]}, {name: b, of: crown}"),
     "regions 'a'.minus[1]: expected one of outline, painted, of"},
    {REGION("{name: a, minus: [b, {name: c, of: crown}]}"), "regions 'a'.minus[1]: unknown key 'name'"},
    {REGION("{name: a, minus: [b, [c]]}"), "regions 'a'.minus[1]: expected the name of a region or a mapping"},
    {REGION("{name: a, minus: [b, ~]}"), "regions 'a'.minus[1]: expected the name of a region or a mapping"},
    {REGION("{name: a, minus: [b, {outline: [[1, 2, 3]]}]}"), "minus[1].outline: expected 3 to 1000000 points"},
    {REGION("{name: a, minus: [b, {outline: [[1, 2, 3], [1, 2], [2, 3, 4]]}]}"),
     "regions 'a'.minus[1].outline[1]: expected a point [x, y, z]"},
    {REGION("{name: a, intersect: [b, {of: crown}]},\n {name: c, of: crown}"), "case.yaml:2: there is no region 'b'"},
    {REGION("{name: a, mirror: crwn},\n {name: crown, of: crown}"), "there is no region 'crwn'; did you mean 'crown'?"},
    {REGION("{name: a, mirror: temple_left}"), "for that part of the scalp write {of: temple_left}"},
    {REGION("{name: a, mirror: [b]}"), "regions 'a'.mirror: expected the name of a region or a mapping"},
    {REGION("{name: a, mirror: a}"), "case.yaml:2: region 'a' is part of itself"},
    {REGION("{name: a, union: [{of: crown}, b]},\n {name: b, mirror: {region: a, grow_mm: 2}}"),
     "case.yaml:3: region 'a' is part of itself"},
    {REGION("{name: c, mirror: a}, {name: a, mirror: b}, {name: b, mirror: a}"), "region 'c' is made of others"},
    {REGION("{name: a, mirror: {mirror: {mirror: {mirror: {mirror: {mirror: {mirror: {mirror: {of: crown}}}}}}}}}"),
     "regions are made of others up to a depth of 8; found more"},
    {REGION("{name: a, mirror: &m {mirror: *m}}"), "regions: with its aliases, it is deeper than 100 lists"},
    {REGION("{name: a, region: b}, {name: b, of: crown}"), "add a 'grow_mm' that is not 0"},
    {REGION("{name: a, of: crown, grow_mm: 51}"), "regions[0].grow_mm: expected -50 to 50 mm, found 51"},
    {REGION("{name: a, of: crown, grow_mm: wide}"), "regions[0].grow_mm: expected a number, found 'wide'"},
    {REGION("{name: a, union: [b, b], of: crown}"), "found several"},
    {REGION("{name: a, union: [b, b], inside: [1, 2, 3]}"), "'inside' goes with an 'outline'"},
    {"needlepath: 1\nregions:\n" LAYERS, "regions: it has no value"},
    {"needlepath: 1\nregions: [{name: a, of: crown, norwood: 4}]\n" LAYERS, "found several"},
    {"needlepath: 1\nregions: [{name: a, of: crown, inside: [1, 2, 3]}]\n" LAYERS, "'inside' goes with an 'outline'"},
    {"needlepath: 1\ncurves: [{name: c}]\n" LAYERS, "curves 'c': expected one of points, of; found none"},
    {"needlepath: 1\ncurves: [{name: c, of: fut}]\n" LAYERS, "curves[0].of: expected one of fut_scar, facelift_scar"},
    {"needlepath: 1\npoints: [{name: c, of: fue_scars, points: [[1, 2, 3]]}]\n" LAYERS, "found several"},
    {BASE "title: \"\"\n", "title: expected a text of 1 to 200 bytes"},
    {BASE "needle: {diameter_mm: 3}\n", "needle.diameter_mm: expected 0.1 to 0.4 mm, found 3"},
    {BASE "needle: {diameter_mm: wide}\n", "needle.diameter_mm: expected a number, found 'wide'"},
    {BASE "needle: {diameter_mm: 0x1}\n", "expected a number, found '0x1'"},
    {BASE "needle: {diameter: 0.2}\n", "did you mean 'diameter_mm'?"},
    {BASE "needle: 0.2\n", "needle: expected a mapping (key: value) with the keys diameter_mm, found '0.2'"},
    {BASE "limits: {depth_max_mm: 1.6}\n", "limits.depth_max_mm: expected 0.3 to 1.5 mm (the hard limits), found 1.6"},
    {BASE "limits: {depth_min_mm: 0.29}\n", "limits.depth_min_mm: expected 0.3 to 1.5"},
    {BASE "limits: {tilt_max_deg: 46}\n", "expected 0 to 45 degrees"},
    {BASE "limits: {spacing_min_mm: 0.44}\n", "expected 0.45 to 10 mm (the hard limit)"},
    {BASE "limits: {session_spacing_min_mm: 0.69}\n", "expected 0.7 to 10 mm"},
    {BASE "limits: {depth_min_mm: 0.9, depth_max_mm: 0.8}\n", "depth_min_mm 0.9 is not below depth_max_mm 0.8"},
    {BASE "limits: {max_dots: 10}\ndots: {count: 11}\n", "case.yaml:6: dots.count: 11 dots are more than"},
    {BASE "strokes: [{name: s}]\n", "case.yaml:5: strokes[0]: the key 'points' is missing"},
    {BASE "strokes: [{name: s, points: [[1, 2, 3]]}]\n", "strokes 's'.points: expected 2 to"},
    {BASE "strokes: [{name: s, of: crown}]\n", "strokes[0]: unknown key 'of'; expected one of: name, points"},
    {BASE "strokes:\n  - {name: s, points: &p [[1, 2, 3], [4, 5, 6]]}\n  - {name: s, points: *p}\n",
     "case.yaml:7: stroke 's': the name is taken by the one in line 6"},
    {BASE "whorl_strengths: [a]\n", "whorl_strengths[0]: expected a number, found 'a'"},
    {BASE "dots: {pattern: evn}\n", "dots.pattern: expected one of follicular, even, found 'evn'"},
    {BASE "dots: {quality: fast}\n", "case.yaml:5: dots.quality: only an even pattern can be made faster"},
    {BASE "dots: {pattern: even, quality: good}\n", "dots.quality: expected one of best, fast, found 'good'"},
    {BASE "scan: {head: {percentile: 4}}\n", "scan.head.percentile: expected 5 to 95 (the measured heads), found 4"},
    {BASE "scan: {head: {sex: x}}\n", "scan.head.sex: expected one of m, f, found 'x'"},
    {BASE "scan: {file: a.ply, head: {sex: m}}\n", "scan: it has both 'file' and 'head'"},
    {BASE "scan: {units: mm}\n", "scan: expected 'file' (a mesh) or 'head'"},
    {BASE "scan: {head: {sex: m}, units: mm}\n", "scan: 'units' and 'axes' belong to a scan file"},
    {BASE "scan: {file: a.ply, units: feet}\n", "scan.units: expected one of mm, cm, m, inch, found 'feet'"},
    {BASE "scan: {file: a.ply}\n", "case.yaml:5: the scan has no landmarks; add 'landmarks:'"},
    {BASE "scan: {file: a.ply}\nlandmarks: {glabella: [1, 2, 3]}\n", "landmarks: the key 'inion' is missing"},
    {BASE "landmarks: {glabella: [1, 2, 3], inion: [1, 2, 3], tragion_left: [1, 2, 3], tragion_right: [1, 2, 3], "
          "vertex: [1, 2, 3]}\n",
     "the built-in head knows its own"},
    {BASE "scan: {file: a.ply, axes: {anterior: \"+z\", left: \"+x\"}}\n", "scan.axes: the key 'up' is missing"},
    {BASE "whorl_turns: [left]\n", "whorl_turns[0]: expected one of clockwise, counterclockwise, found 'left'"},
    {BASE "whorls: [[1, 2]]\n", "whorls[0]: expected a point [x, y, z], found a list of 2"},
    {BASE "whorls: [[1, 2, .nan]]\n", "whorls[0][2]: expected a number, found '.nan'"},
    {BASE "whorls: [[1, 2, nan]]\n", "whorls[0][2]: expected a number, found 'nan'"},
    {BASE "whorls: [[1, 2, 1e999]]\n", "whorls[0][2]: expected a number, found '1e999'"},
    {BASE "whorls: [[1, 2, 20000]]\n", "whorls[0][2]: expected a coordinate between"},
    {BASE "whorls:\n  - [1, 2, 3]\n  - [4, 5, 6]\n  - [1, 2, 3]\n",
     "whorl 3 is at the same place as whorl 1; name each once"},
    {BASE "whorls: [[1, 0, 0], [2, 0, 0], [3, 0, 0], [4, 0, 0], [5, 0, 0], [6, 0, 0], [7, 0, 0], [8, 0, 0], [9, 0, 0], "
          "[10, 0, 0], "
          "[11, 0, 0], [12, 0, 0], [13, 0, 0], [14, 0, 0], [15, 0, 0], [16, 0, 0], [17, 0, 0]]\n",
     "whorls: expected at most 16, found 17"},
    {BASE "whorls: 3\n", "whorls: expected a list of points [[x, y, z], ...] or {file: NAME}, found '3'"},
    {"needlepath: 1\nregions: [{name: r, outline: [[1, 2, 3], [2, 3, 4]]}]\nlayers: [{name: a, strategy: s, "
     "region: r}]\n",
     "case.yaml:2: regions 'r'.outline: expected 3 to 1000000 points, found 2"},
    {"needlepath: 1\n" SHAPES "layers:\n  - name: a\n    strategy: s\n    regoin: scalp\n",
     "case.yaml:7: layers[0]: unknown key 'regoin'; did you mean 'region'?"},
    {"needlepath: 1\n" SHAPES "layers:\n  - name: a\n    strategy: s\n    region: sclap\n",
     "case.yaml:5: layer 'a': there is no region 'sclap'; did you mean 'scalp'? The file has: scalp"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, curve: nothing}]\n",
     "there is no curve 'nothing'; the file has: c"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, points: p}]\n",
     "there is no set of points 'p'; the file has: none"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s}]\n", "layer 'a': expected a 'region', a 'curve' or"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, curve: c}]\n", "layers[0]: the key 'strategy' is missing"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, curve: c}, {name: a, strategy: t, curve: c}]\n",
     "layer 'a': the name is taken by the one in line 4"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, curve: c, params: 3}]\n",
     "layer 'a': params: expected a mapping"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, curve: c, params: {x: {y: 1}}}]\n",
     "case.yaml:4: layer 'a': params.x: expected a number, a word or a list of numbers"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, curve: c, params: {x: [1, b]}}]\n",
     "case.yaml:4: layer 'a': params.x: expected a number in each place"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, curve: c, params: {x: [[1, 2], [3]]}}]\n",
     "params.x: expected rows of as many numbers as the first one has"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, inputs: c}]\n",
     "inputs: expected a mapping (slot: name, or slot: [name, name])"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, inputs: {line: []}}]\n",
     "layer 'a': inputs.line: expected the name of a region"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, curve: c, inputs: {curve: c}}]\n",
     "layer 'a': 'curve' stands beside inputs and in it"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, curve: c, params: {x: 1, x: 2}}]\n",
     "params: 'x' is there twice"},
    {"needlepath: 1\n" SHAPES "layers: [{name: a, strategy: s, curve: c, reach_mm: 0}]\n",
     "layers[0].reach_mm: expected 0.5 to 100 mm, found 0"},
    {"needlepath: 1\ncurves: [{name: c, points: [[1, 2, 3], [4, 5, 6]]}, {name: c, points: [[1, 2, 3], [4, "
     "5, 6]]}]\n" LAYERS,
     "curve 'c': the name is taken"},
    {BASE "points: [{name: p, points: [[1, 2, 3]]}, {name: p, points: [[1, 2, 3]]}]\n",
     "points 'p': the name is taken"},
    {BASE "keep_outs: [{name: k, center: [1, 2, 3]}]\n", "keep-out 'k': expected 'radius_mm' beside 'center'"},
    {BASE "keep_outs: [{name: k, points: [[1, 2, 3]]}]\n", "keep-out 'k': expected 'radius_mm' beside 'points'"},
    {BASE "keep_outs: [{name: k, radius_mm: 1}]\n",
     "case.yaml:5: keep-out 'k': expected one of center, points, outline, curve; found none"},
    {BASE "keep_outs: [{name: k, points: , radius_mm: 1}]\n", "keep-out 'k': points: it has no value"},
    {BASE "keep_outs: [{name: k, points: [[1, 2, 3], [4, 5]], radius_mm: 1}]\n", "keep-out 'k'.points[1]"},
    {BASE "keep_outs: [{name: k, curve: [[1, 2, 3]]}]\n", "keep-out 'k'.curve: expected 2 to 1000000 points, found 1"},
    {BASE "keep_outs: [{name: k, outline: [[1, 2, 3], [4, 5, 6]]}]\n", "keep-out 'k'.outline: expected 3 to"},
    {BASE "keep_outs: [{name: k, outline: [[1, 2, 3], [4, 5, 6], [7, 8, 9]], radius_mm: 2}]\n",
     "keep-out 'k': an 'outline' has no 'radius_mm'; 'margin_mm' is what"},
    {BASE "keep_outs: [{name: k, curve: [[1, 2, 3], [4, 5, 6]], margin_mm: 0}]\n",
     "keep-out 'k': a 'curve' of radius_mm 0 and margin_mm 0 keeps no skin clear"},
    {BASE "keep_outs: [{name: k, points: {file: none.csv}, radius_mm: 2}]\n",
     "case.yaml:5: keep-out 'k'.points: none.csv: cannot read"},
    {BASE "keep_outs: [{name: k, center: [1, 2, 3], radius_mm: 1, outline: [[1, 2, 3], [2, 3, 4], [3, 4, 5]]}]\n",
     "keep-out 'k': expected one of center, points, outline, curve; found several"},
    {BASE "keep_outs: [{name: k, center: [1, 2, 3], radius_mm: 1}, {name: k, center: [1, 2, 3], radius_mm: 1}]\n",
     "keep-out 'k': the name is taken"},
    {BASE "sessions: []\n", "sessions: expected 1 to 8 entries, found 0"},
    {BASE "sessions: [{cumulative: 0.5, day: 0}, {cumulative: 0.5, day: 3}]\n",
     "sessions[1].cumulative: expected more"},
    {BASE "sessions: [{cumulative: 0.5, day: 4}, {cumulative: 1, day: 4}]\n", "sessions[1].day: expected a day after"},
    {BASE "sessions: [{cumulative: 0.5, day: 4}]\n", "sessions[0].cumulative: the last session completes the work"},
    {BASE "sessions: [{cumulative: 1.5, day: 4}]\n", "sessions[0].cumulative: expected 0.001 to 1"},
    {BASE "existing: {follicles: [[1, 2, 3]], file: a.xyz}\n", "existing: it has both 'follicles' and 'file'"},
    {BASE "arm: {speed_mm_s: 1000}\n", "arm.speed_mm_s: expected 1 to 250 mm/s (the speed limits near a head)"},
    {BASE "tour: {kicks_per_dot: 1.5}\n", "tour.kicks_per_dot: expected a whole number"},
    {BASE "whorls: *nowhere\n", "not valid YAML"},
    {BASE "whorls:\n", "case.yaml:5: whorls: it has no value; give one or remove the key"},
    {BASE "whorls: {file: none.csv}\n", "case.yaml:5: whorls: none.csv: cannot read"},
    {BASE "whorls: &w [*w]\n", "whorls: with its aliases, it is deeper than 100 lists and mappings"},
};

static void each_mistake_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        np_case *c = (np_case *)&mistakes;
        np_error err = {0};
        np_status status = np_case_parse("case.yaml", mistakes[i].text, strlen(mistakes[i].text), &c, &err);
        if (status == NP_OK || c != NULL)
            fail_msg("mistake %zu was not noticed: %s", i, mistakes[i].text);
        if (np_status_exit(status) != 3)
            fail_msg("mistake %zu has exit status %d: %s", i, np_status_exit(status), err.text);
        if (strncmp(err.text, "case.yaml:", 10) != 0 || !strstr(err.text, mistakes[i].message))
            fail_msg("mistake %zu: expected '%s' in\n%s", i, mistakes[i].message, err.text);
        assert_int_equal(err.status, status);
    }
}

/* The first 300 bytes of a good case with one byte changed at a time: an error or a case, never a crash. */
static void changed_bytes_do_no_harm(void **state)
{
    (void)state;
    char text[] = BASE "limits: {depth_max_mm: 1.2}\nwhorls: [[1, 2, 3]]\nexisting: {follicles: [[1, 2, 3]]}\n";
    static const char replacements[] = {'\0', '[', ':', '\n', '"', '9'};
    unsigned good = 0;
    for (size_t i = 0; i < sizeof text - 1; i++) {
        char was = text[i];
        for (size_t k = 0; k < sizeof replacements; k++) {
            text[i] = replacements[k];
            np_case *c;
            np_error err = {0};
            np_status status = np_case_parse("case.yaml", text, sizeof text - 1, &c, &err);
            assert_int_equal(c != NULL, status == NP_OK);
            assert_int_equal(*err.text != 0, status != NP_OK);
            good += status == NP_OK;
            np_case_destroy(c);
        }
        text[i] = was;
    }
    assert_true(good > 50);
}

static void a_file_cut_short_is_refused_or_whole(void **state)
{
    (void)state;
    static const char text[] = BASE "title: a\n";
    for (size_t n = 0; n < sizeof text; n++) {
        np_case *c;
        np_error err = {0};
        np_status status = np_case_parse("case.yaml", text, n, &c, &err);
        assert_true(status == NP_OK ? c != NULL : *err.text);
        np_case_destroy(c);
    }
}

static void a_huge_file_is_refused(void **state)
{
    (void)state;
    size_t size = (16u << 20) + 1;
    char *text = malloc(size);
    memset(text, '\n', size);
    np_case *c;
    np_error err = {0};
    assert_int_equal(np_case_parse("case.yaml", text, size, &c, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "at most 16777216 are read"));
    free(text);
}

/* A few aliases that stand for a hundred million points. */
static void aliases_without_end_are_refused(void **state)
{
    (void)state;
    size_t room = 1u << 20, used = 0;
    char *text = malloc(room);
    used += (size_t)snprintf(text, room, BASE "whorls: &w [");
    for (int i = 0; i < 60000; i++)
        used += (size_t)snprintf(text + used, room - used, "[1,2,3],");
    used += (size_t)snprintf(text + used, room - used, "]\npoints:\n");
    for (int i = 0; i < 200; i++)
        used += (size_t)snprintf(text + used, room - used, "- {name: p%d, points: *w}\n", i);
    np_case *c;
    np_error err = {0};
    assert_int_equal(np_case_parse("case.yaml", text, used, &c, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "with its aliases"));
    free(text);
}

static void wrong_axes_are_refused(void **state)
{
    (void)state;
    static const char *const axes[] = {
        "anterior: \"+x\", left: \"+x\", up: \"+z\"", "anterior: \"+x\", left: \"-y\", up: \"+z\"",
        "anterior: \"+x\", left: \"y\", up: \"+z\"", "anterior: \"+w\", left: \"+y\", up: \"+z\""};
    for (size_t i = 0; i < 4; i++) {
        char text[1000];
        snprintf(text, sizeof text,
                 BASE "scan: {file: a.ply, axes: {%s}}\nlandmarks: {glabella: [1, 2, 3], inion: [1, 2, 3], "
                      "tragion_left: [1, 2, 3], tragion_right: [1, 2, 3], vertex: [1, 2, 3]}\n",
                 axes[i]);
        np_case *c;
        np_error err = {0};
        assert_int_equal(np_case_parse("case.yaml", text, strlen(text), &c, &err), NP_ERR_INVALID);
        assert_non_null(strstr(err.text, i < 2 ? "right-handed" : "expected \"+x\""));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_named),
        cmocka_unit_test(changed_bytes_do_no_harm),
        cmocka_unit_test(a_file_cut_short_is_refused_or_whole),
        cmocka_unit_test(a_huge_file_is_refused),
        cmocka_unit_test(aliases_without_end_are_refused),
        cmocka_unit_test(wrong_axes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
