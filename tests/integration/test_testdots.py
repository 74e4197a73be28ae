"""Test dots: planned in a hidden place, run like any plan, read back into the case, and what plans and pictures then do."""
import csv
import math
import re
import sqlite3
import struct
import unittest
import zlib

from programs import ENDED, INVALID, USAGE, free_port, simulator
from streaming import StreamCase


class TestDots(StreamCase):
    def setUp(self):
        super().setUp()
        self.run_program("case", "new", "crown", "-o", "case.yaml")

    def make(self, *options):
        self.run_program("testdots", "case.yaml", "-o", "test.needleplan", *options)
        self.run_program("export", "test.needleplan", "--format", "csv", "-o", "dots.csv", "-f")
        with open(self.folder / "dots.csv", newline="") as f:
            return list(csv.DictReader(f))

    def make_and_run(self, *options):
        dots = self.make(*options)
        if not (self.folder / "op.key").exists():
            self.run_program("keys", "new", "op.key", "--name", "tester", "--no-passphrase")
        self.run_program("approve", "test.needleplan", "--key", "op.key", "--executor", "any")
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program("run", "test.needleplan", "--session", "1", "--to", target)
        return dots

    def measure(self, dots, deeper_mm=0.0, name="measured.csv"):
        """What somebody reads whose needle goes DEEPER_MM deeper than it is told: domain.md 5.5's red over blue."""
        known = [(0.25, 1.30), (0.35, 1.51), (0.45, 1.69), (0.55, 1.845), (0.65, 1.97), (0.75, 2.08), (0.85, 2.17), (0.95, 2.33), (1.1, 2.65)]
        lines = ["dot,contrast,width_mm,red_over_blue"]
        for d in dots:
            depth = float(d["depth_mm"]) + deeper_mm
            (z0, r0), (z1, r1) = next((a, b) for a, b in zip(known, known[1:]) if depth <= b[0])
            ratio = r0 + (r1 - r0) * (depth - z0) / (z1 - z0)
            contrast = {"0.200000": 0.57, "0.800000": 0.69}.get(d["tone"], 0.635)
            lines.append(f"{d['id']},{contrast},0.217,{ratio:.3f}")
        self.write(name, "\n".join(lines) + "\n")
        return name

    def read(self, measured, *options, **how):
        return self.run_program("testdots", "read", "case.yaml", "--plan", "test.needleplan", "--measured", measured, "-o",
                                "new.yaml", "-f", *options, **how)[0]

    def test_depths_that_nobody_asked_for_are_held_at_a_limit(self):
        """As `case check` says; what a strategy is told to do beyond one is refused."""
        text = (self.folder / "case.yaml").read_text().replace("depth_max_mm: 1.5", "depth_max_mm: 0.5")
        self.write("case.yaml", text)
        self.assertIn("crown_mm 0.6 at 0.5", self.run_program("case", "check", "case.yaml")[0])
        out, _ = self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--tour-kicks", "0")
        self.assertRegex(out, r"tip 0\.50-0\.50 mm below the skin.* (\d+) dots are held at a limit of depth")
        self.write("case.yaml", text + "depth: {crown_mm: 0.6}\n")
        self.refuse("plan", "case.yaml", "-o", "deep.needleplan", says=["crown_mm", "0.5"])

    def test_no_ladder_across_a_scar(self):
        """A case of a strip's scar: the usual place lies across it."""
        self.run_program("case", "new", "fut-scar", "-o", "case.yaml", "--force")
        self.refuse("testdots", "case.yaml", "-o", "test.needleplan", says=["of the 14 test dots", "in a scar", "--at"])
        self.make("--at", "-35,-9.6,122.6")

    def test_the_ladder(self):
        dots = self.make()
        self.assertEqual(len(dots), 14)
        depths = sorted({float(d["depth_mm"]) for d in dots})
        self.assertEqual(depths, [0.4, 0.5, 0.6, 0.7, 0.85])
        self.assertEqual({float(d["dwell_ms"]) for d in dots}, {15.0, 30.0, 60.0})
        self.assertEqual({float(d["tone"]) for d in dots}, {0.5})
        places = [tuple(float(d[k]) for k in "xyz") for d in dots]
        self.assertGreater(min(math.dist(a, b) for a in places for b in places if a is not b), 3.5)
        for x, y, z in places:  # at the back, near the midline
            self.assertLess(x, -80)
            self.assertLess(abs(y), 5)
        self.assertNotIn("one cartridge", self.run_program("show", "test.needleplan")[0])
        self.assertEqual(len(self.make("--repeats", "1", "-f")), 7)
        self.add("shades: [{name: dark, share: 0.5, dilution: 8}, {name: pale, share: 0.5, dilution: 14}]\n")
        dots = self.make("-f")  # tones that shades make
        self.assertEqual((len(dots), len({d["tone"] for d in dots})), (18, 2))

    def test_it_runs_like_any_plan(self):
        self.make_and_run()
        self.assert_made("test.needleplan")
        made = sorted((row["id"] for row in self.record()), key=int)
        self.assertEqual(made, [str(i) for i in range(1, 15)])

    def add(self, text):
        """TEXT at the end of the case, in place of the template's limits where it has some."""
        case = self.folder / "case.yaml"
        old = case.read_text()
        if "limits:" in text:
            old = re.sub(r"(?m)^limits:.*\n(?: .*\n)*", "", old)
        case.write_text(old + "\n" + text + "\n")

    def test_the_case_protects_test_dots_too(self):
        self.add("""arm: {reload_station_mm: [10, 210, 90], lift_mm: 3, reload_every: 40}
limits: {depth_max_mm: 1.2, tilt_max_deg: 20, spacing_min_mm: 0.5}
depth:
  skin_mm: 0.7
  calibration_mm: -0.1
  crown_mm: 0.55
keep_outs:
- {name: mole, center: [-35.1, -9.6, 122.6], radius_mm: 3}
person: {age_years: 40, conditions: [keloids]}""")
        depths = sorted({float(d["depth_mm"]) for d in self.make()})
        self.assertEqual((len(depths), depths[0], depths[-1]), (5, 0.4, 0.6))
        self.assertGreaterEqual(min(b - a for a, b in zip(depths, depths[1:])), 0.04)
        with sqlite3.connect(self.folder / "test.needleplan") as db:
            text = db.execute("SELECT value FROM meta WHERE key = 'case_text'").fetchone()[0]
        for kept in ("reload_station_mm: [10, 210, 90]", "tilt_max_deg: 20", "name: mole", "skin_mm: 0.7", "keloids"):
            self.assertIn(kept, text)
        self.assertNotIn("diffuse_density\n    region", text)
        self.run_program("keys", "new", "op.key", "--name", "tester", "--no-passphrase")
        self.refuse("approve", "test.needleplan", "--key", "op.key", "--executor", "any", says="keloids")

    def test_a_mole_stays_clear(self):
        dots = self.make()
        middle = [sum(float(d[k]) for d in dots) / len(dots) for k in "xyz"]
        self.add("keep_outs: [{name: mole, center: [%.2f, %.2f, %.2f], radius_mm: 3, margin_mm: 4}]" % tuple(middle))
        self.refuse("testdots", "case.yaml", "-o", "x.needleplan", says=["off the surface", "--at X,Y,Z"])

    def test_test_dots_keep_clear_of_earlier_ones(self):
        dots = self.make()
        self.write("found.csv", "x,y,z\n" + "".join(f"{d['x']},{d['y']},{d['z']}\n" for d in dots))
        self.add("made: {file: found.csv}")
        self.refuse("testdots", "case.yaml", "-o", "x.needleplan", says=["a dot that was made before", "--at X,Y,Z"])
        self.run_program("testdots", "case.yaml", "-o", "x.needleplan", "--at", "0,0,130")

    def test_a_skin_that_gives_way_too_far_has_no_ladder(self):
        self.add("depth: {indentation_mm: 0.9}\nlimits: {depth_max_mm: 1.4}")
        self.refuse("testdots", "case.yaml", "-o", "x.needleplan", says=["no ladder of test dots fits", "0.9"])

    def test_the_forehead_is_not_hidden(self):
        at = ["testdots", "case.yaml", "-o", "x.needleplan", "--at", "95,0,70"]
        self.refuse(*at, says=["off the hair-bearing scalp", "accept: [face]"])
        self.add("accept: [face]")
        self.run_program(*at)

    def test_a_text_that_a_program_cannot_change(self):
        self.write("flow.yaml", "{needlepath: 1, layers: [{name: a, strategy: diffuse_density, region: r}], regions: [{name: r, of: crown}]}\n")
        self.refuse("testdots", "flow.yaml", "-o", "x.needleplan", says="write every key at the beginning of a line")

    def test_a_limit_does_not_reach_the_fat(self):
        self.add("depth: {skin_mm: 0.5}\nlimits: {depth_min_mm: 0.45}")
        line = (self.folder / "case.yaml").read_text().count("\n")
        self.refuse("case", "check", "case.yaml", says=[f"case.yaml:{line}: limits.depth_min_mm: 0.45", "skin_mm 0.5", "at most 0.4"])

    def test_check_says_which_depths_are_held(self):
        self.assertNotIn("held", self.run_program("case", "check", "case.yaml")[0])
        self.add("depth: {skin_mm: 0.65}")
        self.assertIn("2 of the zones are held at a limit: midscalp_mm 0.6 at 0.55, crown_mm 0.6 at 0.55",
                      self.run_program("case", "check", "case.yaml")[0])

    def test_a_case_keeps_its_text_and_gets_what_the_dots_say(self):
        dots = self.make_and_run()
        for word in ("tomorrow", "2026-02-30", "29.12.2026"):
            self.read(self.measure(dots, deeper_mm=0.1), "--read-on", word, status=USAGE)
            self.assertFalse((self.folder / "new.yaml").exists())
        case = self.folder / "case.yaml"
        case.write_text(case.read_text() + "\ndepth: # mine\n  crown_mm: 0.65\n  calibration_mm: 0.02\n# the end\n")
        out = self.read(self.measure(dots, deeper_mm=0.1), "--read-on", "2026-12-29")
        text = (self.folder / "new.yaml").read_text()
        self.assertIn("test_dots: {ink_strength: ", text)
        self.assertIn('read_on: "2026-12-29"', text)
        self.assertIn("crown_mm: 0.65", text)
        self.assertIn("# the end", text)
        self.assertEqual(text.count("calibration_mm"), 2)  # one is the template's comment
        found = float(out.split("calibration_mm ")[1].split()[0])
        self.assertTrue(-0.2 < found < 0.0, found)
        self.run_program("plan", "new.yaml", "-o", "new.needleplan")
        self.run_program("plan", "case.yaml", "-o", "old.needleplan")
        new, old = (self.show(p)["depths"]["layers"][0]["most_mm"] for p in ("new.needleplan", "old.needleplan"))
        self.assertAlmostEqual(new - old, found - 0.02, delta=0.002)

    def test_without_colour_depth_stays(self):
        dots = self.make_and_run()
        # a file that a power failure cut off is not read in part
        measured = (self.folder / self.measure(dots)).read_bytes().splitlines(keepends=True)
        self.write("cut.csv", b"".join(measured[:5]) + b"\0" * 20 + b"\n" + b"".join(measured[5:]))
        self.refuse("testdots", "read", "case.yaml", "--plan", "test.needleplan", "--measured", "cut.csv", "-o", "new.yaml",
                    says="cut.csv:6: expected a text, found a byte 0")
        self.write("loupe.csv", "dot,contrast,width_mm\n" + "".join(f"{d['id']},0.63,0.217\n" for d in dots))
        out = self.read("loupe.csv")
        self.assertIn("calibration_mm stays +0.000", out)
        self.assertIn("calibration_mm: 0.000", (self.folder / "new.yaml").read_text())

    def test_dots_that_were_not_made_say_nothing(self):
        dots = self.make()
        read = ["testdots", "read", "case.yaml", "--plan", "test.needleplan", "--measured", self.measure(dots), "-o", "new.yaml"]
        self.refuse(*read, says="no dot that was made")
        self.run_program("keys", "new", "op.key", "--name", "tester", "--no-passphrase")
        self.run_program("approve", "test.needleplan", "--key", "op.key", "--executor", "any")
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target, "--fault=skipped:3", "--fault=no-contact:7")):
            self.run_program("run", "test.needleplan", "--session", "1", "--to", target, status=ENDED)
        out = self.run_program(*read)[0]
        self.assertIn("12 test dots", out)
        self.assertIn("2 of the dots that were measured are not made", out)

    def test_dots_of_another_person_or_needle(self):
        dots = self.make_and_run()
        measured = self.measure(dots)
        case = (self.folder / "case.yaml").read_text()
        for old, new, says in [("percentile: 50", "percentile: 60", "another scan"), ("sex: m", "sex: f", "another scan"),
                               ("diameter_mm: 0.2", "diameter_mm: 0.3", ["needle of 0.2 mm", "diameter_mm 0.3"]),
                               ("seed: 1 ", "depth: {indentation_mm: 0.2}\nseed: 1 ", ["indentation_mm 0,", "has 0.2"])]:
            with self.subTest(new=new):
                self.assertIn(old, case)
                self.write("other.yaml", case.replace(old, new))
                self.refuse("testdots", "read", "other.yaml", "--plan", "test.needleplan", "--measured", measured, "-o", "new.yaml", says=says)
                self.assertFalse((self.folder / "new.yaml").exists())

    def test_colour_that_does_not_grow_with_depth_tells_none(self):
        dots = self.make_and_run()
        for name, ratio in (("constant", lambda d: 1.9), ("reversed", lambda d: 2.4 - d)):
            with self.subTest(name=name):
                self.write("m.csv", "dot,contrast,width_mm,red_over_blue\n" +
                           "".join(f"{d['id']},0.63,0.217,{ratio(float(d['depth_mm'])):.3f}\n" for d in dots))
                out = self.read("m.csv")
                self.assertIn("red over blue does not grow with depth", out)
                self.assertIn("calibration_mm: 0.000", (self.folder / "new.yaml").read_text())

    def picture(self, dots, mm_per_pixel=0.05):
        """A photograph of DOTS, drawn: pixels of each, rows 4 mm apart as the ladder has them."""
        width, height = int(14 / mm_per_pixel), int(42 / mm_per_pixel)
        rows = [[(190, 150, 130)] * width for _ in range(height)]
        places = {}
        by_height = sorted(dots, key=lambda d: float(d["z"]))
        for r in range(len(dots) // 2):
            for k, d in enumerate(sorted(by_height[2 * r:2 * r + 2], key=lambda d: float(d["y"]))):
                x, y = int((5 + 4 * k) / mm_per_pixel), int((5 + 4 * r) / mm_per_pixel)
                places[d["id"]] = x, y
                for j in range(-12, 13):
                    for i in range(-12, 13):
                        dark = 1 - 0.65 * math.exp(-(i * i + j * j) * mm_per_pixel**2 / (2 * 0.12**2))
                        rows[y + j][x + i] = tuple(int(c * dark**(1 / 2.2)) for c in (190, 150, 130))
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        raw = b"".join(b"\0" + bytes(v for pixel in row for v in pixel) for row in rows)
        (self.folder / "crop.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                                               chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
        self.write("places.csv", "dot,x,y\n" + "".join(f"{i},{x},{y}\n" for i, (x, y) in places.items()))

    def test_a_scale_that_cannot_be(self):
        self.picture(self.make_and_run())
        read = ["testdots", "read", "case.yaml", "--plan", "test.needleplan", "--measured", "places.csv", "--picture", "crop.png", "-o", "new.yaml"]
        for scale, far in (("0.062", "1.2"), ("0.043", "0.8")):
            self.refuse(*read, "--mm-per-pixel", scale, says=["times as far apart as they were planned", far])
        self.run_program(*read, "--mm-per-pixel", "0.05")
        (self.folder / "new.yaml").unlink()
        self.write("text.png", "no picture\n")
        read[read.index("crop.png")] = "text.png"
        self.refuse(*read, "--mm-per-pixel", "0.05", says="expected a PNG picture, and it is none")

    def test_nothing_seen_is_no_measurement(self):
        dots = self.make_and_run()
        self.write("m.csv", "dot,contrast,width_mm\n" + "".join(f"{d['id']},0,\n" for d in dots))
        self.refuse("testdots", "read", "case.yaml", "--plan", "test.needleplan", "--measured", "m.csv", "-o", "new.yaml", says="none of the 14 dots is seen")
        self.assertFalse((self.folder / "new.yaml").exists())

    def test_lists_as_spreadsheets_write_them(self):
        dots = self.make_and_run()
        plain = self.read(self.measure(dots))
        text = (self.folder / "measured.csv").read_text()
        self.write("excel.csv", "\ufeff" + text.replace(",", ";").replace("\n", "\r\n"))
        self.assertEqual(self.read("excel.csv"), plain)

    def test_what_was_made_is_told(self):
        dots = self.make_and_run()
        _, told = self.run_program("testdots", "read", "case.yaml", "--plan", "test.needleplan", "--measured", self.measure(dots), "-o", "new.yaml")
        line = told.split("add to new.yaml:")[1].strip().splitlines()[0]
        new = self.folder / "new.yaml"
        new.write_text(new.read_text() + line + "\n")
        out = self.run_program("plan", "new.yaml", "-o", "new.needleplan")[0]
        self.assertIn("14 of the 14 dots of test.needleplan were made", out)
        self.refuse("testdots", "new.yaml", "-o", "again.needleplan", says="a dot that was made before")

    def test_force_replaces_a_case_and_nothing_else(self):
        dots = self.make_and_run()
        read = ["testdots", "read", "case.yaml", "--plan", "test.needleplan", "--measured", self.measure(dots), "-f"]
        for name, says in (("arm.journal", "journal of an executor"), ("op.key", "key file"), ("op.key.pub", "key file"),
                           ("record.csv", "record of what an executor made"), ("measured2.csv", "is no case file")):
            with self.subTest(name=name):
                if name == "measured2.csv":
                    self.write(name, "mine\n")
                before = (self.folder / name).read_bytes()
                self.refuse(*read, "-o", name, says=says)
                self.assertEqual((self.folder / name).read_bytes(), before)
        for name in ("arm.journal", "op.key", "record.csv"):
            self.refuse("case", "new", "crown", "-o", name, "-f", says="is not overwritten")
            self.refuse("export", "test.needleplan", "--format", "csv", "-o", name, "-f", says="is not overwritten")
        self.run_program(*read, "-o", "new.yaml")
        self.run_program(*read, "-o", "new.yaml")

    def test_what_is_refused(self):
        dots = self.make_and_run()
        head = "dot,contrast,width_mm,red_over_blue\n"
        for text, says in [("1,2,3\n", "bad.csv:1: expected a first line"), (head + "1,60,0.2,\n", "bad.csv:2: contrast: expected the share"),
                           (head + "99,0.5,0.2,\n", "dot: expected a number from 1 to 14"), (head + "1,0.5,0.2,\n1,0.5,0.2,\n", "bad.csv:3: dot 1 is there twice"),
                           (head + "1,0.5,9,\n", "width_mm: expected 0 to 3"), (head + "1|0.5\n", "bad.csv:2: expected dot,contrast"),
                           (head + "1,nan,0.2,\n", "bad.csv:2"), (head, "too few"), (head + "1,0.5,0.2,\n", "too few"), ("", "too few"),
                           (head + "1,0.5,\x1b[31m\n", "\\x1B")]:
            with self.subTest(text=text):
                self.write("bad.csv", text)
                self.refuse("testdots", "read", "case.yaml", "--plan", "test.needleplan", "--measured", "bad.csv", "-o", "new.yaml", says=says)
        measured = self.measure(dots)
        read = ["testdots", "read", "case.yaml", "--measured", measured, "-o", "new.yaml"]
        self.run_program("plan", "case.yaml", "-o", "crown.needleplan")
        self.refuse(*read, "--plan", "crown.needleplan", says="is no plan of test dots")
        self.refuse(*read, "--plan", "test.needleplan", "--picture", "dots.csv", status=USAGE, says="--mm-per-pixel")
        self.refuse(*read, "--plan", "test.needleplan", "--picture", "dots.csv", "--mm-per-pixel", "0.02", status=INVALID, says="expected a PNG")
        self.refuse(*read, "--plan", "test.needleplan", "--grey", "1,2,3,4", status=USAGE, says="--grey X,Y,W,H goes with")
        self.refuse(*read, "--plan", "test.needleplan", "--days", "3", status=USAGE, says="--days")
        self.refuse("testdots", "case.yaml", "-o", "x.needleplan", "--at", "1,2", status=USAGE, says="--at: expected X,Y,Z")
        self.refuse("testdots", "case.yaml", "-o", "x.needleplan", "--at", "0,0,500", says="points")


if __name__ == "__main__":
    unittest.main()
