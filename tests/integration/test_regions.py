"""Regions made of others, by the real programs: the example of docs/case-file.md, plans of combinations, and what is refused."""
import csv
import hashlib
import json
import math
import re
import unittest

from programs import SHARED, SOURCE, Case

REAL = SHARED / "scans"


class Regions(Case):
    def case(self, name, regions, layers, head="", **params):
        params = ", ".join(f"{k}: {v}" for k, v in {"density_per_cm2": 30, **params}.items())
        text = f"needlepath: 1\n{head}regions:\n" + "".join(f"  - {{{r}}}\n" for r in regions) + "layers:\n"
        for region in layers:
            text += f"  - {{name: l_{region}, strategy: diffuse_density, region: {region}, params: {{{params}}}}}\n"
        self.write(name, text)
        return name

    def plan(self, *args, **more):
        self.case("c.yaml", *args, **more)
        out, _ = self.run_program("plan", "c.yaml", "-o", "p.needleplan", "-f", "--tour-kicks", "0", "--json")
        return json.loads(out)

    def test_the_example_of_the_page(self):
        page = (SOURCE / "docs/case-file.md").read_text()
        example = re.search(r"### Regions made of others\n\n((?:    .*\n)+)", page).group(1)
        example = re.sub(r"^    ", "", example, flags=re.MULTILINE)
        names = re.findall(r"name: (\w+)", example)
        self.assertGreater(len(names), 8)
        layers = "".join(f"  - {{name: l_{n}, strategy: diffuse_density, region: {n}}}\n" for n in names)
        self.write("c.yaml", "needlepath: 1\n" + example + "layers:\n" + layers)
        self.run_program("case", "check", "c.yaml")

    def test_a_ring_has_dots_in_itself_alone(self):
        ring = ["name: ring, minus: [{of: crown, grow_mm: 5}, {of: crown, grow_mm: -15}]"]
        self.plan(ring, ["ring"], feather_mm=0)
        self.run_program("export", "p.needleplan", "--format", "csv", "-o", "d.csv")
        rows = [line.split(",") for line in (self.folder / "d.csv").read_text().splitlines()]
        at = [rows[0].index(k) for k in ("x", "y", "z")]
        dots = [[float(r[k]) for k in at] for r in rows[1:]]
        self.assertGreater(len(dots), 800)
        middle = [sum(d[k] for d in dots) / len(dots) for k in range(3)]
        away = sorted(sum((d[k] - middle[k]) ** 2 for k in range(3)) ** 0.5 for d in dots)
        self.assertGreater(away[0], 20)
        self.assertLess(away[-1], 75)

    def test_a_forehead_is_warned_of(self):
        """Above the face and below any hairline nothing is refused, as people are treated there: whoever grew a region by mistake is told."""
        self.plan(["name: low, of: frontal, grow_mm: 20"], ["low"])
        self.assertIn("dots lie on the forehead", self.run_program("show", "p.needleplan")[0])
        self.run_program("report", "p.needleplan", "--sheet", "operator", "-o", "o.html", "-f")
        self.assertRegex((self.folder / "o.html").read_text(), r"\d+ dots lie on the forehead, the lowest \d\d mm from the glabella")
        self.plan(["name: usual, of: frontal"], ["usual"])
        self.assertNotIn("forehead", self.run_program("show", "p.needleplan")[0])

    def few(self, *points, more=""):
        """What plan says of dots placed by hand."""
        at = "".join(f"      - {list(p)}\n" for p in points)
        self.write("few.yaml", f"needlepath: 1\n{more}points:\n  - name: p\n    points:\n{at}layers:\n  - {{name: a, strategy: "
                   "scar_fill, points: p, reach_mm: 2, params: {disc_diameter_mm: 0.6, disc_spread_mm: 0}}\n"
                   "sessions: [{cumulative: 1, day: 0}]\n")
        return self.run_program("plan", "few.yaml", "-o", "few.needleplan", "-f")[0]

    def test_a_nose_is_no_forehead(self):
        self.few((104, 0, 0), (36.426, 76.678, 33.311), more="accept: [nose]\n")
        notes = self.run_program("show", "few.needleplan")[0]
        self.assertIn("1 dot lies on the nose, as the case accepts by name", notes)
        self.assertNotIn("forehead", notes)

    def test_the_closest_of_dots_that_are_far_from_each_other(self):
        left, right, above = (36.426, 76.678, 33.311), (35.396, -73.294, 33.524), (26.068, 73.140, 2.345)
        self.assertRegex(self.few(left, above), r"2 dots on .*, closest pair 3\d\.\d\d mm")
        self.assertRegex(self.few(left, right), r"2 dots on .*, no two dots near each other")
        self.run_program("report", "few.needleplan", "--sheet", "operator", "-o", "o.html", "-f")
        self.run_program("report", "few.needleplan", "-o", "report")
        for page in ("o.html", "report/report.html"):
            text = (self.folder / page).read_text()
            self.assertRegex(text, r"no two dots near each other|<td>none near</td>")
            self.assertNotRegex(text, r"closest pair 0\.00|<td>0\.00</td>")

    def test_the_same_bytes_on_any_number_of_threads(self):
        regions = ["name: top, union: [{norwood: 3}, {of: midscalp}, side], grow_mm: 3",
                   "name: side, mirror: {of: temple_left}"]
        digests = set()
        for threads in ("1", "8"):
            self.case("c.yaml", regions, ["top"])
            self.run_program("plan", "c.yaml", "-o", "p.needleplan", "-f", "--tour-kicks", "0",
                             env={"OMP_NUM_THREADS": threads})
            out, _ = self.run_program("show", "p.needleplan", "--json")
            digests.add(json.loads(out)["digest"])
        self.assertEqual(len(digests), 1)

    def test_what_is_refused(self):
        for regions, layer, words in (
            (["name: x, of: frontal, grow_mm: 45"], "x", "face"),
            (["name: x, intersect: [{of: nape}, {of: crown}]"], "x", "c.yaml:3: region x, intersect: nothing"),
            (["name: x, union: [{of: crown}, {intersect: [{of: nape}, {of: crown}]}]"], "x", "c.yaml:3: region without a name, intersect: nothing"),
            (["name: x, minus: [{of: crown}, {of: crwn}]"], "x", "did you mean 'crown'?"),
            (["name: x, minus: [{of: crown}, y]"], "x", "there is no region 'y'"),
        ):
            with self.subTest(regions=regions):
                self.case("c.yaml", regions, [layer])
                self.refuse("plan", "c.yaml", "-o", "bad.needleplan", says=words)

    @unittest.skipUnless(REAL.exists(), "needs the real heads of ../shared/scans")
    def test_on_real_heads(self):
        for name in ("ict_head", "lee_perry_smith"):
            text = (REAL / f"{name}.yaml").read_text()
            keep = "".join(b for b in re.split(r"^(?=\w)", text, flags=re.MULTILINE) if b.startswith("landmarks:"))
            axes = "".join(b for b in re.split(r"^(?=\w)", text, flags=re.MULTILINE) if re.match("units:|axes:", b))
            scan = f"scan:\n  file: {REAL / (name + '.obj')}\n" + re.sub("^", "  ", axes, flags=re.MULTILINE).rstrip() + "\n"
            self.plan(["name: top, union: [{of: frontal}, {of: midscalp}, {of: crown}]",
                       "name: sides, minus: [{of: scalp}, top, {of: nape}]",
                       "name: right, mirror: {of: parietal_left}"], ["top", "sides", "right"], head=scan + keep)


OUTLINE = [[92.5, 14.4, 84], [79.4, 37.4, 88.7], [60, 30, 106], [60, 10, 115]]  # turned round, the first is 10 mm off the head


def markup(points, frame):
    controls = [{"id": str(i), "label": f"F-{i}", "position": p, "positionStatus": "defined"} for i, p in enumerate(points)]
    return json.dumps({"markups": [{"type": "ClosedCurve", "coordinateSystem": frame, "coordinateUnits": "mm",
                                    "controlPoints": controls}]})


class Drawn(Case):
    """Points that were drawn in other programs."""

    def case(self, outline, name="c.yaml"):
        self.write(name, f"needlepath: 1\nregions:\n  - {{name: burn, outline: {outline}}}\nlayers:\n"
                   "  - {name: all, strategy: diffuse_density, region: burn, params: {feather_mm: 2}}\n")
        return name

    def dots(self, outline, name="c.yaml"):
        self.case(outline, name)
        self.run_program("plan", name, "-o", "p.needleplan", "-f", "--tour-kicks", "0")
        self.run_program("export", "p.needleplan", "--format", "csv", "-o", "d.csv", "-f")
        return (self.folder / "d.csv").read_text()

    def test_a_file_is_as_good_as_a_list(self):
        expected = self.dots(json.dumps(OUTLINE))
        self.assertGreater(len(expected.splitlines()), 100)
        turned = [[-x, -y, z] for x, y, z in OUTLINE]
        self.write("lps.mrk.json", markup(OUTLINE, "LPS"))
        self.write("ras.mrk.json", markup(turned, "RAS"))
        self.write("as_ras.mrk.json", markup(turned, "LPS"))
        self.write("b.pp", "<!DOCTYPE PickedPoints>\n<PickedPoints>" + "".join(
            f'<point x="{x}" y="{y}" z="{z}" name="{i}" active="1"/>' for i, (x, y, z) in enumerate(OUTLINE)) + "</PickedPoints>")
        self.write("b.csv", "label,x,y,z\n" + "".join(f"p,{x},{y},{z}\n" for x, y, z in OUTLINE))
        (self.folder / "sub").mkdir()
        self.write("sub/b.xyz", "".join(f"{x} {y} {z}\n" for x, y, z in OUTLINE))
        for outline, name in (("{file: lps.mrk.json}", "c.yaml"), ("{file: ras.mrk.json}", "c.yaml"), ("{file: b.pp}", "c.yaml"),
                              ("{file: as_ras.mrk.json, frame: ras}", "c.yaml"), ("{file: b.csv}", "c.yaml"),
                              ("{file: b.xyz}", "sub/c.yaml")):
            with self.subTest(outline=outline):
                self.assertEqual(self.dots(outline, name), expected)

    def test_the_plan_says_which_file_it_was(self):
        self.write("lps.mrk.json", markup(OUTLINE, "LPS"))
        self.dots("{file: lps.mrk.json}")
        digest = hashlib.sha256((self.folder / "lps.mrk.json").read_bytes()).hexdigest()
        self.assertIn(f"{digest}  lps.mrk.json", self.run_program("show", "p.needleplan")[0])

    def test_nothing_is_written_over_it(self):
        text = "".join(f"{x},{y},{z}\n" for x, y, z in OUTLINE)
        self.write("b.csv", text)
        self.case("{file: b.csv}")
        self.run_program("head", "--case", "c.yaml", "-o", "b.csv", "--force", status=2)
        self.run_program("plan", "c.yaml", "-o", "p.needleplan", "--refused-picture", "b.csv", "--force", status=2)
        self.assertEqual((self.folder / "b.csv").read_text(), text)

    def test_curves_and_points_and_members(self):
        self.write("line.pp", "<PickedPoints>" + "".join(
            f'<point x="{x}" y="{y}" z="{z}"/>' for x, y, z in OUTLINE[:3]) + "</PickedPoints>")
        self.write("p.csv", "".join(f"{x},{y},{z}\n" for x, y, z in OUTLINE))
        self.write("c.yaml", "needlepath: 1\ncurves: [{name: scar, points: {file: line.pp}}]\n"
                   "points: [{name: grafts, points: {file: p.csv}}]\n"
                   "regions: [{name: x, minus: [{of: scalp}, {outline: {file: p.csv}}]}]\nlayers:\n"
                   "  - {name: a, strategy: scar_fill, curve: scar, reach_mm: 5}\n"
                   "  - {name: b, strategy: scar_fill, points: grafts, reach_mm: 3}\n"
                   "  - {name: c, strategy: diffuse_density, region: x}\n")
        self.run_program("case", "check", "c.yaml")

    def test_what_is_wrong_is_told(self):
        turned = [[-x, -y, z] for x, y, z in OUTLINE]
        self.write("wrong.mrk.json", markup(turned, "LPS"))
        self.write("off.mrk.json", markup(OUTLINE[:3] + [[60, 10, 195]], "LPS"))
        self.write("off.csv", "".join(f"{x},{y},{z}\n" for x, y, z in turned))
        self.write("two.csv", "1,2,3\n4,5,6\n")
        for outline, words in (
            ("{file: wrong.mrk.json}", ["c.yaml:3: region burn: point ", "with x and y negated all", "'frame: ras'"]),
            ("{file: off.mrk.json}", ["point 4 ('F-3') of off.mrk.json", "mm off the scan", "coordinates and units"]),
            ("{file: off.csv}", ["with x and y negated all its points lie on the scan", "negate x and y in the file"]),
            ("{file: two.csv}", ["c.yaml:3: regions 'burn'.outline: ", "two.csv: expected at least 3 points, found 2"]),
            ("{file: nowhere.csv}", ["c.yaml:3: regions 'burn'.outline: ", "nowhere.csv"]),
            ("{file: off.csv, frame: ras}", ["'frame' is for files of 3D Slicer"]),
            ("{file: off.csv, frame: las}", ["expected one of lps, ras, found 'las'"]),
            ("{fil: off.csv}", ["unknown key 'fil'; did you mean 'file'?"]),
            ("off.csv", ["expected a list of points [[x, y, z], ...] or {file: NAME}, found 'off.csv'"]),
        ):
            with self.subTest(outline=outline):
                self.case(outline)
                self.refuse("plan", "c.yaml", "-o", "bad.needleplan", says=words)


class KeepOuts(Case):
    """Moles, lesions and veins that were marked in other programs."""

    VEIN = [[88, 22, 85], [72, 32, 96], [61, 21, 109]]
    MOLES = [([80, 25, 92], 2.0), ([68, 24, 103], 0.75)]

    def plan(self, keep_outs, **options):
        """Places of the dots, in mm."""
        self.write("c.yaml", f"needlepath: 1\nregions:\n  - {{name: burn, outline: {json.dumps(OUTLINE)}}}\nlayers:\n"
                   "  - {name: all, strategy: diffuse_density, region: burn, params: {feather_mm: 2}}\n"
                   f"keep_outs:\n{keep_outs}")
        self.run_program("plan", "c.yaml", "-o", "p.needleplan", "-f", "--tour-kicks", "0", **options)
        self.run_program("export", "p.needleplan", "--format", "csv", "-o", "d.csv", "-f")
        rows = csv.DictReader(line for line in (self.folder / "d.csv").read_text().splitlines() if not line.startswith("#"))
        return [[float(row[k]) for k in ("x", "y", "z")] for row in rows]

    def test_what_was_marked_stays_clear(self):
        self.write("moles.csv", "name,x,y,z,diameter_mm\n" + "".join(
            f"mole,{x},{y},{z},{2 * r}\n" for (x, y, z), r in self.MOLES))
        self.write("vein.mrk.json", markup(self.VEIN, "LPS").replace("ClosedCurve", "Curve"))
        self.write("lesion.pp", "<PickedPoints>" + "".join(
            f'<point x="{x}" y="{y}" z="{z}"/>' for x, y, z in OUTLINE[:3]) + "</PickedPoints>")
        n = len(self.plan("  []\n"))
        moles = self.plan("  - {name: moles, points: {file: moles.csv}, margin_mm: 1}\n")
        for at, radius in self.MOLES:
            nearest = min(math.dist(at, d) for d in moles)
            self.assertGreater(nearest, radius + 1 - 0.3, "the place may lie off the skin by so much")
            self.assertLess(nearest, radius + 1 + 2)
        vein = self.plan("  - {name: vein, curve: {file: vein.mrk.json}, margin_mm: 2}\n")
        line = [[a + (b - a) * t / 20 for a, b in zip(p, q)] for p, q in zip(self.VEIN, self.VEIN[1:]) for t in range(21)]
        self.assertGreater(min(math.dist(p, d) for p in line for d in vein), 1.9)
        self.assertLess(len(vein), 0.9 * n)
        digest = hashlib.sha256((self.folder / "vein.mrk.json").read_bytes()).hexdigest()
        self.assertIn(f"{digest}  vein.mrk.json", self.run_program("show", "p.needleplan")[0])
        self.assertLess(len(self.plan("  - {name: lesion, outline: {file: lesion.pp}, margin_mm: 1}\n")), 0.9 * n)
        self.run_program("head", "--case", "c.yaml", "-o", "lesion.pp", "--force", status=2)  # nothing is written over it

    def test_what_is_wrong_is_told(self):
        self.write("curve.mrk.json", markup(self.VEIN, "LPS").replace("ClosedCurve", "Curve"))
        self.write("closed.mrk.json", markup(self.VEIN, "LPS"))
        self.write("turned.mrk.json", markup([[-x, -y, z] for x, y, z in self.VEIN], "LPS").replace("ClosedCurve", "Curve"))
        self.write("radius.csv", "x,y,z,radius\n80,25,92,2\n")
        self.write("some.csv", "x,y,z,radius_mm\n80,25,92,2\n68,24,103,\n")
        self.write("mm.csv", "x,y,z,radius_mm\n80,25,92,2\n")
        self.write("off.csv", "x,y,z,radius_mm\n80,25,192,2\n")
        for keep_out, words in (
            ("points: {file: curve.mrk.json}, radius_mm: 2", ["c.yaml:7: keep-out 'k': curve.mrk.json is an open curve of 3D Slicer, "
                                                              "not points; write `curve:` instead of `points:`"]),
            ("points: {file: closed.mrk.json}, radius_mm: 2", ["is a closed curve", "not points; write `outline:`"]),
            ("curve: {file: closed.mrk.json}", ["is a closed curve", "not an open one; write `outline:` instead of `curve:`"]),
            ("curve: {file: turned.mrk.json}", ["keep-out k: point ", "of turned.mrk.json", "'frame: ras'"]),
            ("points: {file: mm.csv}, radius_mm: 2", ["mm.csv has radii, and the case a 'radius_mm'"]),
            ("points: {file: radius.csv}, radius_mm: 2", ["radius.csv has a column", "name it radius_mm or diameter_mm"]),
            ("points: {file: closed.csv}, radius_mm: 2", ["c.yaml:7: keep-out 'k'.points: ", "closed.csv"]),
            ("points: {file: some.csv}", ["c.yaml:7: keep-out 'k'.points: ", "some.csv:3: expected more than 0"]),
            ("points: {file: off.csv}", ["c.yaml:7: keep-out k: point 1 of off.csv", "mm off the scan"]),
        ):
            with self.subTest(keep_out=keep_out):
                self.write("c.yaml", f"needlepath: 1\nregions:\n  - {{name: burn, outline: {json.dumps(OUTLINE)}}}\nlayers:\n"
                           f"  - {{name: all, strategy: diffuse_density, region: burn}}\nkeep_outs:\n  - {{name: k, {keep_out}}}\n")
                self.refuse("plan", "c.yaml", "-o", "bad.needleplan", says=words)
        self.write("many.csv", "80,25,92\n" * 1001)
        self.refuse("case", "check", self.many("many.csv"), says="the case has 1001 points that are kept clear of; expected at most 1000")

    def many(self, name):
        self.write("c.yaml", "needlepath: 1\nregions: [{name: x, of: crown}]\nlayers: [{name: a, strategy: diffuse_density, region: x}]\n"
                   f"keep_outs: [{{name: k, points: {{file: {name}}}, radius_mm: 1}}]\n")
        return "c.yaml"


if __name__ == "__main__":
    unittest.main()
