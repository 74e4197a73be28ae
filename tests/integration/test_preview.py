"""Previews and shades: what is written, that it is the same on any number of threads, that dots darken skin as they should, and what is refused."""
import contextlib
import json
import re
import sqlite3
import struct
import unittest
import zlib

from programs import INVALID, USAGE, Case


def pixels(path):
    """(width, height, rows of RGB bytes) of a PNG as cairo writes it."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at, body = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", chunk[:10])
            assert (depth, colour) == (8, 2)
        elif kind == b"IDAT":
            body += chunk
        at += 12 + size
    raw, stride, rows, above = zlib.decompress(body), 3 * width, [], bytearray(3 * width)
    for y in range(height):
        kind, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            a, b, c = (row[i - 3] if i >= 3 else 0), above[i], (above[i - 3] if i >= 3 else 0)
            p = a + b - c
            paeth = a if abs(p - a) <= abs(p - b) and abs(p - a) <= abs(p - c) else b if abs(p - b) <= abs(p - c) else c
            row[i] = row[i] + (0, a, b, (a + b) // 2, paeth)[kind] & 255
        rows.append(row)
        above = row
    return width, height, rows


def mean(path, left=0.4, right=0.6, top=0.15, bottom=0.35):
    """The mean green of a part of a picture."""
    width, height, rows = pixels(path)
    values = [rows[y][3 * x + 1] for y in range(int(top * height), int(bottom * height))
              for x in range(int(left * width), int(right * width))]
    return sum(values) / len(values)


class Preview(Case):
    def setUp(self):
        super().setUp()
        self.plan = self.make_plan("crown")

    def preview(self, *args, **more):
        return self.run_program("preview", self.plan, "-o", "out", "--width", "640", *args, **more)

    def made(self):
        return sorted(p.name for p in (self.folder / "out").iterdir())

    def test_moments_and_views(self):
        self.preview("--view", "back", "--when", "before,s1,healed,10y", "--distance", "0.4,1")
        self.assertEqual(self.made(), sorted(f"back-{d}m-{w}.png" for d in ("0.4", "1") for w in ("before", "s1", "healed", "10y")))
        tone = {w: mean(self.folder / "out" / f"back-0.4m-{w}.png") for w in ("before", "s1", "healed", "10y")}
        self.assertGreater(tone["before"] - tone["healed"], 3)
        self.assertGreater(tone["10y"] - tone["healed"], 1)
        self.assertGreater(tone["before"] - tone["s1"], 1)
        self.preview("--view", "10,-20", "--compare", "--when", "healed")
        self.assertIn("10.0,-20.0-1m-before-healed.png", self.made())
        self.assertEqual(pixels(self.folder / "out/10.0,-20.0-1m-before-healed.png")[0], 2 * 640 + 8)

    def test_captions(self):
        """A caption stands in the picture whole, however narrow that is, and what is too coarse to show dots says so."""
        _, said = self.preview("--view", "back", "--when", "before")
        self.assertIn("single dots are hidden; they show from --width 1032 on", said)
        _, said = self.preview("--view", "back", "--when", "before", "--compare", "--distance", "0.4")
        self.assertIn("--width 774", said)
        _, tall, rows = pixels(self.folder / "out/back-1m-before.png")
        _, wide, _ = pixels(self.folder / "out/back-0.4m-before-before.png")
        self.assertGreater(tall, wide)  # more lines of fewer words
        self.assertTrue(all(min(row[-3 * 12:]) == 255 for row in rows[480:]), "letters reach the right edge")

    def test_same_bytes_on_any_number_of_threads(self):
        once = {}
        for threads in ("1", "8"):
            self.preview("--view", "back", "--when", "healed", env={"OMP_NUM_THREADS": threads})
            data = (self.folder / "out/back-1m-healed.png").read_bytes()
            self.assertEqual(once.setdefault("bytes", data), data)

    def test_constants_and_what_was_made(self):
        self.preview("--view", "back", "--distance", "0.4", "--when", "before,healed")
        usual = mean(self.folder / "out/back-0.4m-healed.png")
        self.preview("--view", "back", "--distance", "0.4", "--when", "healed", "--set", "mu_light_per_mm=1", "--set", "mu_dark_per_mm=1")
        self.assertGreater(mean(self.folder / "out/back-0.4m-healed.png"), usual + 1)
        _, said = self.preview("--view", "back", "--distance", "0.4", "--when", "healed", "--made")
        self.assertIn("no dot of this plan was made yet", said)
        bare = pixels(self.folder / "out/back-0.4m-healed.png")[2][:400]
        self.assertEqual(bare, pixels(self.folder / "out/back-0.4m-before.png")[2][:400])  # nothing was made

    def test_light(self):
        """A bulb's light is warmer than the sky's, and as bright."""
        channel = {}
        for kelvin in ("2700", "6500"):
            self.preview("--view", "back", "--when", "before", "--light", kelvin)
            _, _, rows = pixels(self.folder / "out/back-1m-before.png")
            channel[kelvin] = [sum(sum(row[c::3]) for row in rows[100:300]) for c in range(3)]
        warm, cool = channel["2700"], channel["6500"]
        self.assertLess(warm[2] / warm[0], 0.97 * cool[2] / cool[0])
        self.assertAlmostEqual(warm[1] / cool[1], 1, delta=0.03)
        self.refuse("preview", self.plan, "-o", "out", "--light", "100", status=USAGE, says="2000")

    def test_shaved_hair(self):
        """In the dots' places hair is darker than dots, black hair darker than blond; where the case lists follicles it is drawn beside the dots."""
        tone = {}
        for colour in ("black", "blond"):
            self.preview("--view", "back", "--distance", "0.4", "--when", "healed,reference", "--hair", colour, "--stubble", "0.5")
            tone[colour] = mean(self.folder / "out/back-0.4m-reference.png")
        self.assertGreater(mean(self.folder / "out/back-0.4m-healed.png") - tone["black"], 3)
        self.assertGreater(tone["blond"] - tone["black"], 5)
        rows = [line.split(",") for line in self.run_program("export", self.plan, "--format", "csv")[0].splitlines()[1:200]]
        follicles = "".join(f"{r[3]} {r[4]} {r[5]}\n" for r in rows)
        (self.folder / "follicles.txt").write_text(follicles)
        self.plan = self.make_plan("crown", plan="q.needleplan", edit=lambda text: text + "existing:\n  file: follicles.txt\n")
        dark = []
        for extra in ((), ("--hair", "black")):
            self.preview("--view", "back", "--when", "before", *extra)
            dark.append(mean(self.folder / "out/back-1m-before.png", 0.2, 0.8, 0.05, 0.7))
        self.assertLess(dark[1], dark[0] - 0.05)

    def test_shades(self):
        """The nearest to hair first; warned of what is wrong; a palette that cannot be read is refused by line."""
        self.write("palette.yaml", "palette:\n  - {name: dark, dilution: 6, expires: 2020-01-31, lab: [24, 12, 9]}\n"
                   "  - {name: light, dilution: 20, lot: A1}\n")
        shades = lambda *args: json.loads(self.run_program("shades", self.plan, "--palette", "palette.yaml", "--json", *args)[0])
        brown, blond = shades("--hair", "brown"), shades("--hair", "blond", "--hair-density", "20")
        self.assertEqual(len(brown["mixes"]), 5)
        share = lambda found, name: sum(s["share"] for s in found["mixes"][0]["shades"] if s["name"] == name)
        self.assertGreater(share(brown, "dark"), share(blond, "dark"))
        self.assertAlmostEqual(share(brown, "dark") + share(brown, "light"), 1)
        for found, words in ((brown, ["too light", "dots/cm2", "expired on 2020-01-31", "no neutral black"]),
                             (shades("--skin", "dark"), ["weak on dark skin"]),
                             (shades("--hair", "blond", "--hair-density", "1", "--set", "mu_dark_per_mm=200", "--set",
                                     "healed_ratio=1.4"), ["too dark"]),
                             (shades("--set", "blowout_from_mm=0.5", "--set", "blowout_full_mm=0.6"), ["deep"])):
            text = " ".join(found["warnings"])
            for word in words:
                self.assertIn(word, text)
        self.assertGreater(brown["matching_density_per_cm2"], 1.3 * brown["density_per_cm2"])
        self.assertIn("estimate", self.run_program("shades", self.plan, "--palette", "palette.yaml")[0])
        self.write("bad.yaml", "palette:\n  - {name: dark, dilution: 600}\n")
        self.refuse("shades", self.plan, "--palette", "bad.yaml", says=["bad.yaml:2", "dilution"])
        self.refuse("shades", self.plan, "--palette", "bad.yaml", "--skin", "green", status=USAGE, says="green")

    def test_report_by(self):
        """The report's views in every colouring; the hairline's height; a ring around what is in doubt or was not made."""
        report = lambda *args: self.run_program("report", self.plan, "-o", "report", *args)
        pictures = {}
        for by in ("ink", "session", "azimuth", "outcome"):
            report("--by", by)
            pictures[by] = (self.folder / "report/back.png").read_bytes()
        self.assertEqual(len(set(pictures.values())), len(pictures))
        report()
        self.assertEqual((self.folder / "report/back.png").read_bytes(), pictures["ink"])
        self.assertNotIn("Hairline", (self.folder / "report/report.html").read_text())
        with contextlib.closing(sqlite3.connect(self.folder / self.plan)) as db, db:
            dots = [row[0] for row in db.execute("SELECT id FROM dots WHERE session = 1 LIMIT 40")]
            db.execute("INSERT INTO runs SELECT 1, 1, 0, 'zmq:x', 'done', value FROM meta WHERE key = 'digest'")
            for i, dot in enumerate(dots):  # in doubt, skipped
                db.execute("INSERT INTO journal (seq, run, dot, state, time_unix_us, outcome, plan) SELECT ?, 1, ?, ?, 0, ?, substr(value, 1, 8) "
                           "FROM meta WHERE key = 'digest'", (i + 1, dot, 3 + i % 2, (1, 3)[i % 2]))
            db.execute("INSERT INTO registrations VALUES (1, 'pads <b>.csv', 0, 1000000, 0, 0, 0, 0, 0, 0, 100, 250, 1500, '')")
        report()
        html, shown = (self.folder / "report/report.html").read_text(), self.run_program("show", self.plan)[0]
        self.assertIn("registration: pads &lt;b&gt;.csv, worst fiducial 0.25 mm off; the dots were taken up to 1.50 mm from", html)
        self.assertIn("registration: pads <b>.csv, worst fiducial 0.25 mm off; the dots were taken up to 1.50 mm from", shown)
        self.assertNotEqual((self.folder / "report/top.png").read_bytes(), pictures["ink"])
        _, _, rows = pixels(self.folder / "report/back.png")
        violet = sum(r > 150 and g < 80 and b > 80 for row in rows for r, g, b in zip(row[::3], row[1::3], row[2::3]))
        self.assertGreater(violet, 50)
        self.refuse("report", self.plan, "-o", "report", "--by", "weight", status=USAGE, says=["weight", "azimuth"])
        self.plan = self.make_plan("hairline", plan="h.needleplan")
        report()
        found = re.search(r"middle is (\d+) mm over the glabella", (self.folder / "report/report.html").read_text())
        form = {f["figure"]: f for f in json.loads(self.run_program("show", self.plan, "--json")[0])["form"]}
        self.assertEqual(int(found[1]), round(form["hairline_height_mm"]["value"]))
        self.assertTrue(50 < int(found[1]) < 95, found)

    def test_show_look(self):
        """Each figure of the picture with its band and place; one with a thick needle is found out; the report says the same."""
        figures = lambda plan: {f["figure"]: f for f in
                                json.loads(self.run_program("show", plan, "--look", "--json")[0])["look"]["figures"]}
        self.assertNotIn("look", json.loads(self.run_program("show", self.plan, "--json")[0]))
        found = figures(self.plan)
        for key in ("period", "repeat", "blotch", "mark_cv", "size", "space", "darkening", "tint"):
            self.assertTrue(found[key]["natural"], found[key])
            self.assertEqual(len(found[key]["place_mm"]), 3)
        self.assertFalse(found["line_ramp"]["measured"])
        self.assertIsNone(found["line_ramp"]["natural"])
        self.assertFalse(found["border_straight"]["measured"])  # the edge of a crown is not at the nape
        text = self.run_program("show", self.plan, "--look")[0]
        self.assertIn("mottling at 1 m", text)
        self.assertIn("no room to measure it", text)
        self.run_program("report", self.plan, "-o", "report")
        self.assertIn("likeness to itself some millimetres on", (self.folder / "report/report.html").read_text())
        heavy = self.make_plan("crown", plan="heavy.needleplan", edit=lambda text: text.replace("diameter_mm: 0.2", "diameter_mm: 0.4").replace(
            "density_per_cm2: 60,", "density_per_cm2: 100, tone: 1,"))
        found = figures(heavy)
        self.assertIn("painted", found["space"]["finding"])
        self.assertIn("equally dark", found["mark_cv"]["finding"])

    def test_form(self):
        """A border that fades passes, one that does not is a warning of plan, show and report, with its place."""
        form = lambda plan: {f["figure"]: f for f in json.loads(self.run_program("show", plan, "--json")[0])["form"]}
        crown = form(self.plan)
        self.assertTrue(crown["border_density"]["natural"], crown)
        for key in ("hairline_height_mm", "front_mirror", "front_straight_mm"):
            self.assertFalse(crown[key]["measured"])
            self.assertIsNone(crown[key]["natural"])
            self.assertNotIn("value", crown[key])
        self.make_plan("crown", plan="hard.needleplan", edit=lambda text: text.replace("feather_mm: 10", "feather_mm: 0"))
        hard = form("hard.needleplan")["border_density"]
        self.assertGreater(hard["value"], 0.7)
        self.assertEqual(len(hard["place_mm"]), 3)
        self.assertIn("hard edge", hard["finding"])
        text = self.run_program("show", "hard.needleplan")[0]
        self.assertRegex(text, r"density at a border beside skin, over behind +\d.*hard edge")
        self.assertRegex(text, r"WARNING: density at a border .*hard edge")
        self.run_program("report", "hard.needleplan", "-o", "report")
        self.assertIn("hard edge", (self.folder / "report/report.html").read_text())

    def test_only_hairlines_are_measured_as_such(self):
        """Of layers that design one; where a diffuse layer ends is none, though it is no farther from the glabella."""
        form = lambda plan: {f["figure"]: f for f in json.loads(self.run_program("show", plan, "--json")[0])["form"]}
        front = ("hairline_height_mm", "front_mirror", "front_straight_mm")
        line = form(self.make_plan("hairline", plan="line.needleplan"))
        self.assertEqual([line[key]["natural"] for key in front], [True] * 3)
        amid = self.make_plan("hairline", plan="amid.needleplan", edit=lambda text: re.sub(r"params: {density_per_cm2: 60.*}", "params: {density_per_cm2: 60}",
                              text.replace("strategy: hairline", "strategy: diffuse_density")))
        self.assertEqual([form(amid)[key]["measured"] for key in front], [False] * 3)

    def test_two_densities_are_not_bunched(self):
        """A narrow scar beside a sideburn of another density: windows that reach over bare skin do not count."""
        plan = self.make_plan("facelift", plan="two.needleplan")
        pattern = json.loads(self.run_program("show", plan, "--json")[0])["naturalness"]
        self.assertTrue(pattern["judged"])
        self.assertEqual([f for f in pattern["figures"] if f["natural"] is False], [])

    def test_lines_of_templates_are_natural(self):
        """A line is not ruled by chance, nor a step seen where layers meet: seeds with which both were."""
        for template, seed in (("hairline", 9), ("hairline", 11), ("fade", 4)):
            with self.subTest(template=template, seed=seed):
                self.run_program("case", "new", template, "-o", "lines.yaml", "--force")
                self.run_program("plan", "lines.yaml", "-o", "lines.needleplan", "--seed", str(seed), "--tour-kicks", "0", "--force")
                look = json.loads(self.run_program("show", "lines.needleplan", "--look", "--json")[0])["look"]["figures"]
                self.assertTrue(all(f["measured"] for f in look if f["figure"].startswith("line_")))
                self.assertEqual([f for f in look if f["natural"] is False], [])

    def test_refusals(self):
        for args, says in ((("--view", "under"), ["under", "three-quarter"]), (("--view", "0,89"), "elevation"),
                           (("--when", "s9"), ["s9", "s1 to s3"]), (("--when", "5"), ["5y", "reference"]), (("--when", ""), "moment"),
                           (("--when", "60y"), "50y"), (("--distance", "0.1"), "0.25"), (("--distance", "nan"), "metres"),
                           (("--skin", "pink"), ["pink", "L,a,b"]), (("--skin", "60,10"), "L,a,b"), (("--skin", "12,40,45"), "screen"),
                           (("--set", "fade_year=3"), ["fade_year", "fade_years"]), (("--set", "fade_years=0"), "0.5"),
                           (("--hair", "green"), "black|brown|blond"), (("--hair", "brown"), ["existing", "--when reference"]),
                           (("--when", "reference"), "--hair")):
            self.refuse("preview", self.plan, "-o", "out", *args, status=USAGE, says=says)
        self.refuse("preview", "missing", "-o", "out", status=INVALID, says="missing")
        self.assertFalse((self.folder / "out").exists())


if __name__ == "__main__":
    unittest.main()
