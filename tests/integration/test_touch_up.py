"""A second visit: what a session's journal, or dots that were found, leave of an earlier plan, and what touch_up adds to it."""
import contextlib
import csv
import fcntl
import hashlib
import json
import math
import re
import shutil
import sqlite3

from programs import ENDED, INCOMPLETE, INVALID, LINK, USAGE, free_port, simulator, start_simulator
from streaming import StreamCase
from test_preview import pixels

MADE = "made: {%s}\nsessions: [{cumulative: 1, day: 0}]\n"
LAYER = "layers:\n  - {name: gaps, strategy: touch_up, region: crown, params: {%s}}\n"


def near(p, dots):
    return min(math.dist(p, q) for q in dots)


class TouchUp(StreamCase):
    def case(self, made, params="", extra=""):
        """The crown, with a touch-up of what was MADE."""
        text = (self.folder / "case.yaml").read_text()
        self.write("again.yaml", text[:text.index("\nlayers:")] + "\n" + LAYER % params + MADE % made + extra)
        return "again.yaml"

    def dots(self, plan):
        """Marks of the plan: x, y, z, tone."""
        self.run_program("export", plan, "-o", "dots.csv", "--force")
        with open(self.folder / "dots.csv", newline="") as f:
            rows = list(csv.DictReader(line for line in f if not line.startswith("#")))
        return [(float(r["x"]), float(r["y"]), float(r["z"]), float(r["tone"]), int(r["session"])) for r in rows]

    def again(self, made, params="", extra=""):
        out, err = self.run_program("plan", self.case(made, params, extra), "-o", "again.needleplan", "--force", "--tour-kicks", "0")
        return self.dots("again.needleplan"), out + err

    def first(self, density=60):
        self.run_program("case", "new", "crown", "-o", "case.yaml", "--force")
        text = (self.folder / "case.yaml").read_text().replace("density_per_cm2: 60", f"density_per_cm2: {density}, lean_deg: 0")
        self.write("case.yaml", text)
        self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--force", "--tour-kicks", "0")
        return self.dots("p.needleplan")

    def test_what_a_journal_says(self):
        """Session 1 of three is made by the simulator: what is missing is the other two, and the gaps are where those dots would be."""
        self.plan(2000)
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program("run", "p.needleplan", "--session", "1", "--to", target, "--head-is-arm-frame")
        planned = self.dots("p.needleplan")
        made = [d for d in planned if d[4] == 1]
        new, said = self.again("plan: p.needleplan")
        self.assertIn(f"{len(made)} of the {len(planned)} dots of p.needleplan were made", said)
        self.assertAlmostEqual(len(new) / (len(planned) - len(made)), 1, delta=0.12)
        self.assertGreaterEqual(min(near(p[:3], [d[:3] for d in made]) for p in new), 0.449)
        # the new dots alone are no picture of the skin: figures are of both
        self.assertIn("naturalness of new dots and those that stand, together", self.run_program("show", "again.needleplan")[0])
        found = self.show("again.needleplan")["naturalness"]
        self.assertGreater(found["dots_measured"], 1.05 * len(new))
        self.assertEqual([f for f in found["figures"] if f["natural"] is False], [])
        self.run_program("report", "again.needleplan", "--sheet", "client", "-o", "c.html")
        page = (self.folder / "c.html").read_text()
        self.assertIn("They are judged together. The picture shows both.", page)
        self.assertIn("nothing looked made", page)
        self.see_what_stands(len(made))

    def look(self, plan):
        return json.loads(self.run_program("show", plan, "--look", "--json")[0])["look"]

    def skin(self, plan, *more):
        """The pixels of the skin before PLAN, without the caption, and what was said."""
        _, said = self.run_program("preview", plan, "-o", "out", "--view", "back", "--distance", "0.4", "--when", "before", "--width", "640", *more)
        return pixels(self.folder / "out/back-0.4m-before.png")[2][:480], said

    def see_what_stands(self, count):
        """Dots of the earlier plan are under the new ones in pictures and windows; where that plan is not there, or another is in its place, it is said."""
        look = self.look("again.needleplan")
        self.assertEqual((look["standing"], look.get("standing_missing")), (count, None))
        self.run_program("report", "again.needleplan", "-o", "r0")
        self.assertIn(f'"standing":{count},', (self.folder / "r0/viewer.html").read_text())
        drawn, said = self.skin("again.needleplan")
        self.assertNotIn("not drawn", said)
        faded, _ = self.skin("again.needleplan", "--standing-years", "10")
        (self.folder / "apart").mkdir()
        self.write("apart/again.needleplan", (self.folder / "again.needleplan").read_bytes())
        bare, said = self.skin("apart/again.needleplan")
        self.assertIn("dots that stand from before are not drawn: apart/p.needleplan cannot be found", said)
        dark = {name: sum(map(sum, bare)) - sum(map(sum, rows)) for name, rows in (("drawn", drawn), ("faded", faded))}
        self.assertGreater(dark["drawn"], 1.5 * dark["faded"])
        self.assertGreater(dark["faded"], 0)
        self.write("apart/p.needleplan", (self.folder / "again.needleplan").read_bytes())
        look = self.look("apart/again.needleplan")
        self.assertEqual(look["standing"], 0)
        self.assertIn("is not the plan that was touched up", look["standing_missing"])
        self.run_program("report", "apart/again.needleplan", "-o", "r")
        self.assertIn("is not the plan that was touched up", (self.folder / "r/report.html").read_text())
        page = (self.folder / "r/viewer.html").read_text()
        self.assertIn("without those that stand from before: ", page)
        self.assertIn('"standing":0', page)
        self.assertIn("is not the plan", self.run_program("show", "apart/again.needleplan", "--look")[0])

    def test_nothing_is_missing_where_everything_was_found(self):
        planned = self.first(40)
        self.write("found.csv", "x,y,z,tone\n" + "".join(f"{d[0]},{d[1]},{d[2]},{d[3]}\n" for d in planned))
        self.refuse("plan", self.case("plan: p.needleplan, file: found.csv"), "-o", "again.needleplan", says="no dots")

    def test_gaps_that_were_found_are_filled_in_the_tone_around(self):
        planned = self.first(60)
        middle = min(planned, key=lambda d: math.dist(d[:3], [sum(c) / len(planned) for c in list(zip(*planned))[:3]]))[:3]
        hole = [d for d in planned if math.dist(d[:3], middle) < 8]
        left = [d for d in planned if math.dist(d[:3], middle) >= 8]
        self.assertGreater(len(hole), 60)
        self.write("found.ply", "ply\nformat ascii 1.0\nelement vertex %d\nproperty float tone\nproperty double x\nproperty double y\n"
                   "property double z\nend_header\n" % len(left) + "".join(f"0.25 {d[0]} {d[1]} {d[2]}\n" for d in left))
        for made in ("plan: p.needleplan, file: found.ply", "file: found.ply"):
            new, _ = self.again(made, "tone_variation: 0, density_per_cm2: 60, tolerance: 0.25")
            inside = [d for d in new if math.dist(d[:3], middle) < 9.5]
            with self.subTest(made=made):
                self.assertAlmostEqual(len(inside) / len(hole), 1, delta=0.15 if "plan" in made else 0.25)
                self.assertGreaterEqual(min(near(p[:3], [d[:3] for d in left]) for p in new), 0.449)
                edge = [d[3] for d in inside if math.dist(d[:3], middle) > 5]
                self.assertAlmostEqual(sum(edge) / len(edge), 0.25, delta=0.01)
        new, _ = self.again("plan: p.needleplan, file: found.ply")
        self.assertLess(len([d for d in new if math.dist(d[:3], middle) > 12]), 0.03 * len(left))
        self.assertEqual([f for f in self.show("again.needleplan")["naturalness"]["figures"] if f["natural"] is False], [])
        self.assertIn("in the scan's coordinates", self.look("again.needleplan")["standing_missing"])
        drawn, said = self.skin("again.needleplan")
        self.assertNotIn("not drawn", said)
        # the file was changed since then: what stands now nobody knows
        self.write("found.ply", (self.folder / "found.ply").read_text().replace("0.25 ", "0.75 ", 1))
        bare, said = self.skin("again.needleplan")
        self.assertIn("not drawn: the file of dots that were found is another", said)
        self.assertGreater(sum(map(sum, bare)), sum(map(sum, drawn)))

    def test_few_dots(self):
        """Few dots a cm2 leave bare skin between: what was wanted there is still the plan's, and no more than that is made."""
        for count in (60, 200):
            self.run_program("case", "new", "crown", "-o", "case.yaml", "--force")
            text = (self.folder / "case.yaml").read_text()
            self.write("case.yaml", text.replace("{pattern: follicular}", "{pattern: follicular, count: %d}" % count))
            self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--force", "--tour-kicks", "0")
            planned = self.dots("p.needleplan")
            self.write("case.yaml", text)
            made = [d for d in planned if d[4] == 1]
            self.write("found.xyz", "".join(f"{d[0]} {d[1]} {d[2]}\n" for d in made))
            new, _ = self.again("plan: p.needleplan, file: found.xyz")
            with self.subTest(count=count):
                self.assertAlmostEqual(len(new) / (count - len(made)), 1, delta=0.05)

    def test_nothing_is_made_where_the_plan_wanted_nothing(self):
        """The touch-up's region is all of the scalp, the earlier plan a crown, of which one half is gone."""
        planned = self.first(40)
        middle = sum(d[1] for d in planned) / len(planned)
        left = [d for d in planned if d[1] < middle]
        self.write("found.xyz", "".join(f"{d[0]} {d[1]} {d[2]}\n" for d in left))
        self.run_program("case", "new", "touch-up", "-o", "case.yaml", "--force")
        text = (self.folder / "case.yaml").read_text()
        self.assertIn("region: scalp", text)
        self.write("again.yaml", text.replace("{plan: first.needleplan}", "{plan: p.needleplan, file: found.xyz}"))
        self.run_program("plan", "again.yaml", "-o", "again.needleplan", "--tour-kicks", "0")
        new = self.dots("again.needleplan")
        self.assertAlmostEqual(len(new) / (len(planned) - len(left)), 1, delta=0.05)
        self.assertLess(max(near(p[:3], [d[:3] for d in planned]) for p in new), 6)

    def test_faded_dots_do_not_count_and_are_not_touched(self):
        planned = self.first(40)
        self.write("found.xyz", "".join(f"{d[0]} {d[1]} {d[2]} {0.05 if i % 2 else 0.5}\n" for i, d in enumerate(planned)))
        new, _ = self.again("plan: p.needleplan, file: found.xyz, faded_tone: 0.1")
        self.assertAlmostEqual(len(new) / (len(planned) / 2), 1, delta=0.15)
        self.assertGreaterEqual(min(near(p[:3], [d[:3] for d in planned]) for p in new), 0.449)

    def test_any_strategy_makes_up_for_what_is_missing(self):
        planned = self.first(40)
        half = planned[::2]
        self.write("found.xyz", "".join(f"{d[0]} {d[1]} {d[2]}\n" for d in half))
        text = (self.folder / "case.yaml").read_text()
        self.write("again.yaml", text + "\nmade: {file: found.xyz}\n")
        self.run_program("plan", "again.yaml", "-o", "again.needleplan", "--tour-kicks", "0")
        new = self.dots("again.needleplan")
        self.assertAlmostEqual(len(new) / (len(planned) - len(half)), 1, delta=0.2)
        self.assertGreaterEqual(min(near(p[:3], [d[:3] for d in half]) for p in new), 0.449)

    def test_bad_input(self):
        self.first(10)
        for name, text, says in (
                ("a.csv", "", "found none"),
                ("b.csv", "x,y,z\n1,2\n", "b.csv:2: expected numbers x y z"),
                ("c.csv", "u,v,w\n1,2,3\n", "c.csv:1: expected a first line that names the columns"),
                ("d.csv", "x,y,z,tone\n60,0,100,1.5\n", "d.csv:2: expected a tone from 0"),
                ("e.ply", "ply\nformat binary_little_endian 1.0\nelement vertex 1\nend_header\n", "e.ply:2: expected an ASCII PLY"),
                ("f.ply", "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
                 "-80 0 90\n", "f.ply:9: expected a line for each vertex"),
                ("more.ply", "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
                 "-80 0 90\n-80 1 90\n", "more.ply:9: expected the end of the file"),
                ("g.ply", "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nend_header\n1\n", "x, y and z"),
                ("h.ply", "ply\nformat ascii 1.0\n", "end_header"),
                ("i.xyz", "1 2 nan\n", "i.xyz:1: expected"),
                ("j.xyz", "500 0 0\n", "dots that were found")):
            self.write(name, text)
            with self.subTest(name=name):
                self.refuse("plan", self.case(f"file: {name}"), "-o", "n.needleplan", says=says)
        self.refuse("plan", self.case("plan: none.needleplan"), "-o", "n.needleplan", says=["made.plan", "none.needleplan"])
        self.refuse("plan", self.case("plan: case.yaml"), "-o", "n.needleplan", says=["made.plan", "case.yaml"])
        self.refuse("plan", self.case(""), "-o", "n.needleplan", says="made: expected 'plan'")
        self.refuse("plan", self.case("plan: p.needleplan"), "-o", "p.needleplan", "--force", status=2)

    def test_a_plan_that_would_not_find_the_earlier_one_is_not_written(self):
        """It is looked for from the new plan's folder: elsewhere who approves or runs that one would not see what became of it."""
        self.plan(200)
        self.made_first()
        (self.folder / "apart").mkdir()
        case, kicks = self.case("plan: p.needleplan"), ("--tour-kicks", "0")
        for command in (("plan", case, *kicks), ("testdots", case)):
            self.refuse(*command, "-o", "apart/n.needleplan", status=USAGE,
                        says=["made.plan", "apart/p.needleplan", "into the case's folder", "from the root on"])
            self.write("apart/p.needleplan", (self.folder / "p.needleplan").read_bytes())  # a copy is not the plan that is run
            self.refuse(*command, "-o", "apart/n.needleplan", status=USAGE, says="apart/p.needleplan")
            (self.folder / "apart/p.needleplan").unlink()
        self.run_program("plan", self.case(f"plan: {self.folder}/p.needleplan"), "-o", "apart/n.needleplan", *kicks)
        self.assertNotIn("WARNING", self.run_program("approve", "apart/n.needleplan", "--key", "op.key", "--executor", "any")[1])

    def test_what_is_not_said_is_refused(self):
        """Without a word on what was made everything would be made again."""
        self.first(10)
        text = (self.folder / "case.yaml").read_text()
        self.write("again.yaml", text[:text.index("\nlayers:")] + "\n" + LAYER % "density_per_cm2: 10")
        for command in (("case", "check", "again.yaml"), ("plan", "again.yaml", "-o", "again.needleplan")):
            self.refuse(*command, says=["again.yaml:", "layer 'gaps'", "made: {plan: FIRST.needleplan}"])

    # ---- plans of which something was made ----

    def made_first(self, plan="p.needleplan"):
        """Session 1 of the approved PLAN is made: its dots."""
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target, journal=f"{plan}.journal")):
            self.run_program("run", plan, "--session", "1", "--to", target, "--head-is-arm-frame")
        return [d for d in self.dots(plan) if d[4] == 1]

    def test_what_stands_keeps_its_place_under_other_landmarks(self):
        """The same mesh, another glabella: another head frame, and the same skin under each dot."""
        self.run_program("head", "-o", "h.ply")
        self.make_plan("crown", new=("--scan", "h.yaml"))
        standing = self.made_first()
        text = (self.folder / "case.yaml").read_text()
        same, _ = self.again("plan: p.needleplan")
        moved = re.sub(r"glabella: \[([^,]+), ([^,]+), ([^\]]+)\]", lambda m: "glabella: [%s, %s, %f]" % (m[1], m[2], float(m[3]) + 4), text)
        self.assertNotEqual(moved, text)
        self.write("case.yaml", moved)
        new, said = self.again("plan: p.needleplan")
        self.assertIn("same mesh with other landmarks", said)
        # the two frames, by what stands unchanged of the touch-up: rotated about the axis through the tragia
        a = [float(x) for x in re.search(r"glabella: \[(.*)\]", text)[1].split(",")]
        b = [float(x) for x in re.search(r"glabella: \[(.*)\]", moved)[1].split(",")]
        c = [float(x) for x in re.search(r"inion: \[(.*)\]", text)[1].split(",")]
        turn = math.atan2(b[2] - c[2], b[0] - c[0]) - math.atan2(a[2] - c[2], a[0] - c[0])
        turned = [(d[0] * math.cos(turn) + d[2] * math.sin(turn), d[1], d[2] * math.cos(turn) - d[0] * math.sin(turn)) for d in standing]
        self.assertGreater(abs(turn), 0.01)
        # landmarks are taken from the smooth skin nearest to them, which this turn does not know: up to 0.08 mm at these dots
        self.assertGreaterEqual(min(near(p[:3], turned) for p in new), 0.45 - 0.09)
        self.assertLess(min(near(p[:3], [d[:3] for d in standing]) for p in new), 0.3)
        self.assertAlmostEqual(len(new) / len(same), 1, delta=0.05)

    def test_another_scan_is_refused(self):
        self.run_program("head", "-o", "h.ply")
        self.run_program("head", "-o", "g.ply", "--percentile", "60")
        self.run_program("case", "new", "crown", "--scan", "h.yaml", "-o", "case.yaml")
        self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--tour-kicks", "0")
        for scan in ("g.yaml", None):
            self.run_program("case", "new", "crown", *(["--scan", scan] if scan else []), "-o", "case.yaml", "--force")
            self.refuse("plan", self.case("plan: p.needleplan"), "-o", "again.needleplan", says=["made.plan", "another scan", "made.file"])

    def test_a_touch_up_of_a_touch_up_knows_the_first(self):
        self.plan(2000)
        first = self.made_first()
        self.again("plan: p.needleplan")
        (self.folder / "again.needleplan").rename(self.folder / "second.needleplan")
        text = (self.folder / "case.yaml").read_text()
        third, said = self.again("plan: second.needleplan")
        self.assertIn(f"{len(first)} of the", said)
        self.assertIn("0 of the", said)
        self.assertGreaterEqual(min(near(p[:3], [d[:3] for d in first]) for p in third), 0.449)
        second = self.dots("second.needleplan")
        self.assertAlmostEqual(len(third) / len(second), 1, delta=0.12)
        # the first one in its place alone
        (self.folder / "p.needleplan").rename(self.folder / "kept.needleplan")
        self.refuse("plan", self.case("plan: second.needleplan"), "-o", "n.needleplan", says=["p.needleplan", "touch-up of another plan"])
        self.write("case.yaml", text.replace("seed: 1", "seed: 2"))
        self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--tour-kicks", "0")
        self.refuse("plan", self.case("plan: second.needleplan"), "-o", "n.needleplan", says="is not the plan that was touched up")
        shutil.copy(self.folder / "second.needleplan", self.folder / "p.needleplan")
        self.refuse("plan", self.case("plan: second.needleplan"), "-o", "n.needleplan", says="p.needleplan")

    def test_a_touch_up_of_dots_that_were_found_cannot_be_followed(self):
        self.first(20)
        self.write("found.xyz", "".join(f"{d[0]} {d[1]} {d[2]}\n" for d in self.dots("p.needleplan")[::2]))
        self.again("file: found.xyz", "density_per_cm2: 20")
        (self.folder / "again.needleplan").rename(self.folder / "second.needleplan")
        self.refuse("plan", self.case("plan: second.needleplan"), "-o", "n.needleplan", says=["second.needleplan", "find the dots anew", "made.file"])

    def first_id(self, plan="p.needleplan"):
        self.run_program("export", plan, "-o", "ids.csv")
        with open(self.folder / "ids.csv", newline="") as f:
            return next(row["id"] for row in csv.DictReader(line for line in f if not line.startswith("#")) if row["session"] == "1")

    def test_a_copy_from_before_the_run_is_refused(self):
        self.first(10)
        self.refuse("plan", self.case("plan: p.needleplan"), "-o", "n.needleplan",
                    says=["no dot of p.needleplan was made", "a copy from before its run", "put in the file that was run"])
        self.assertFalse((self.folder / "n.needleplan").exists())

    def test_other_dots_of_the_earlier_plan_are_made_since(self):
        """As many outcomes as then: a dot that failed then was made again."""
        self.plan(60)
        target, dot = f"zmq:tcp://127.0.0.1:{free_port()}", self.first_id()
        with simulator(self.folder, *self.sim_args(target, "--fault", f"skipped:{dot}")):
            self.run_program("run", "p.needleplan", "--session", "1", "--to", target, "--head-is-arm-frame", status=INCOMPLETE)
        self.again("plan: p.needleplan")
        approve = ("approve", "again.needleplan", "--key", "op.key", "--executor", "any")
        self.run_program(*approve)
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program("review", "p.needleplan", "--session", "1", "--to", target, "--again", dot)
            self.assertIn("are to be made again, then end that first", self.run_program(*approve, status=INVALID)[1])
            self.run_program("run", "p.needleplan", "--session", "1", "--to", target, "--head-is-arm-frame")
            for command in (approve, ("run", "again.needleplan", "--session", "1", "--to", target, "--head-is-arm-frame")):
                self.assertRegex(self.run_program(*command, status=INVALID)[1], "18, not all of them these, .* plan it anew")

    def test_of_two_touch_ups_one_is_made(self):
        """Behind one plan: neither the other one nor the plan itself is approved, run or exported then; one behind the first is."""
        self.plan(60)
        self.made_first()
        self.again("plan: p.needleplan")
        shutil.copy(self.folder / "again.needleplan", self.folder / "first.needleplan")
        text = (self.folder / "case.yaml").read_text()
        self.write("case.yaml", text.replace("seed: 1", "seed: 2"))
        self.again("plan: p.needleplan")
        for name in ("first", "again"):
            self.run_program("approve", f"{name}.needleplan", "--key", "op.key", "--executor", "any")
        places = [[90.0, 0.0, 0.0], [-90.0, 5.0, 0.0], [0.0, 70.0, 10.0], [0.0, -70.0, 0.0], [0.0, 0.0, 130.0]]
        self.write("fid.yaml", "fiducials:\n" + "".join(f"  - {{name: p{i}, head: {p}, arm: {p}}}\n" for i, p in enumerate(places)))
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        run = ("--session", "1", "--to", target, "--head-is-arm-frame")
        with simulator(self.folder, *self.sim_args(target, "--fault", f"skipped:{self.first_id('first.needleplan')}")):
            self.run_program("run", "first.needleplan", *run, status=INCOMPLETE)
            for name, number in (("again", "1"), ("p", "2")):
                plan = f"{name}.needleplan"
                for command in (("approve", plan, "--key", "op.key", "--executor", "any"),
                                ("run", plan, "--session", number, "--to", target, "--head-is-arm-frame", "--early", "a test"),
                                ("export", plan, "--session", number, "--format", "urscript", "-o", "x", "--fiducials", "fid.yaml", "--early",
                                 "a test")):
                    self.assertRegex(self.run_program(*command, status=INVALID)[1],
                                     rf"{name}.needleplan.* dots of first.needleplan stand, .* plan what is missing behind that one")
            _, said = self.again("plan: p.needleplan")
            self.assertRegex(said, "WARNING: this plan cannot be approved or run as things are: [0-9]+ dots of first.needleplan stand")
            self.write("found.xyz", "".join(f"{d[0]} {d[1]} {d[2]}\n" for plan in ("p", "first") for d in self.dots(f"{plan}.needleplan")[:30]))
            for made, status, says in (("plan: p.needleplan, file: found.xyz", 0, "are these among the dots that were found"),
                                       ("plan: first.needleplan", 0, "")):
                self.again(made)
                err = self.run_program("approve", "again.needleplan", "--key", "op.key", "--executor", "any", status=status)[1]
                self.assertIn(says, err)
                self.assertEqual("WARNING" in err, says != "")
        (self.folder / "elsewhere").mkdir()
        (self.folder / "elsewhere/today.needleplan").symlink_to(self.folder / "p.needleplan")
        approve = ("approve", "elsewhere/today.needleplan", "--key", "op.key", "--executor", "any")
        self.assertIn("first.needleplan stand", self.run_program(*approve, status=INVALID)[1])

    def test_a_touch_up_that_was_cut_off_is_not_passed_over(self):
        """Also where its log is gone."""
        self.plan(60)
        self.made_first()
        self.again("plan: p.needleplan")
        (self.folder / "again.needleplan").rename(self.folder / "first.needleplan")
        self.run_program("approve", "first.needleplan", "--key", "op.key", "--executor", "any")
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target, speed="1")):
            run = self.start_run("first.needleplan", target)
            self.await_punctures(25)
            run.kill()
            run.communicate()
        approve = ("approve", "p.needleplan", "--key", "op.key", "--executor", "any")
        self.assertIn("the touch-up first.needleplan, of which this plan knows nothing", self.run_program(*approve, status=INVALID)[1])
        for ending in ("-wal", "-shm", "-lock"):
            (self.folder / f"first.needleplan{ending}").unlink(missing_ok=True)
        err = self.run_program(*approve, status=INVALID)[1]
        self.assertIn("the touch-up first.needleplan, of which this plan knows nothing", err)
        self.assertIn("the write-ahead log of its run 1 is missing", err)

    def test_test_dots_fill_no_gap(self):
        self.plan(60)
        self.made_first()
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        self.run_program("testdots", self.case("plan: p.needleplan"), "-o", "t.needleplan")
        for plan in ("t.needleplan", "again.needleplan"):
            if plan == "again.needleplan":
                self.again("plan: p.needleplan")
            self.run_program("approve", plan, "--key", "op.key", "--executor", "any")
            with simulator(self.folder, *self.sim_args(target)):
                self.run_program("run", plan, "--session", "1", "--to", target, "--head-is-arm-frame")

    def test_no_plan_that_stands_behind_it_is_replaced(self):
        self.plan(60)
        shutil.copy(self.folder / "p.needleplan", self.folder / "copy.needleplan")
        self.made_first()
        self.again("plan: p.needleplan")
        (self.folder / "again.needleplan").rename(self.folder / "second.needleplan")
        before = {p.name: p.read_bytes() for p in self.folder.glob("*.needleplan")}
        for name, status, says in (("p.needleplan", INVALID, "has been run"), ("second.needleplan", USAGE, "is read by this command"),
                                   ("copy.needleplan", USAGE, "is read by this command")):
            self.refuse("plan", self.case("plan: second.needleplan"), "-o", name, "--force", "--tour-kicks", "0", status=status,
                        says=[name, says])
            self.assertEqual({p.name: p.read_bytes() for p in self.folder.glob("*.needleplan")}, before)

    def test_a_plan_that_is_run_is_refused(self):
        self.first(10)
        case = self.case("plan: p.needleplan")
        with open(self.folder / "p.needleplan-lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refuse("plan", case, "-o", "n.needleplan", says=["p.needleplan is being run", "end the run first"])
            self.refuse("case", "check", case, says="p.needleplan is being run")
        self.refuse("plan", case, "-o", "n.needleplan", says=["p.needleplan was cut off", "review"])
        (self.folder / "p.needleplan-lock").unlink()
        self.plan(2000)
        self.made_first()
        for state in ("running", "interrupted"):
            with contextlib.closing(sqlite3.connect(self.folder / "p.needleplan")) as db, db:
                db.execute("UPDATE runs SET state = ?", (state,))
            self.refuse("plan", self.case("plan: p.needleplan"), "-o", "n.needleplan", says=["run 1 of", "no end that is known", "review"])

    def test_a_run_whose_end_nobody_was_told_of(self):
        """An executor that went away made dots that nobody knows of; what asks and gets no answer tells nothing more of them."""
        self.plan(2000)
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        begin = ("run", "p.needleplan", "--session", "1", "--to", target, "--timeout", "3")
        sim = start_simulator(self.folder, *self.sim_args(target, speed="1"))
        run = self.start_run("p.needleplan", target, 3)
        self.await_punctures(5)
        sim.kill()
        sim.communicate()
        self.finish(run, LINK)
        case = self.case("plan: p.needleplan")
        self.refuse("plan", case, "-o", "n.needleplan", says=["run 1 of", "no end that is known"])
        self.run_program(*begin, status=LINK)
        self.refuse("plan", case, "-o", "n.needleplan", says=["run 1 of", "no end that is known"])
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program(*begin, status=ENDED)
        self.again("plan: p.needleplan")
        # a run that found nobody made nothing
        self.run_program("run", "p.needleplan", "--session", "2", "--to", target, "--timeout", "1", "--early", "a test", status=LINK)
        self.again("plan: p.needleplan")

    def test_an_earlier_plan_that_was_run_on_since_or_is_an_older_copy(self):
        self.plan(1000)
        shutil.copy(self.folder / "p.needleplan", self.folder / "before")
        self.made_first()
        new, _ = self.again("plan: p.needleplan")
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        approve = ("approve", "again.needleplan", "--key", "op.key", "--executor", "any")
        begin = ("run", "again.needleplan", "--session", "1", "--to", target)
        shutil.copy(self.folder / "p.needleplan", self.folder / "now")
        shutil.copy(self.folder / "before", self.folder / "p.needleplan")
        for command, status in ((approve, INVALID), (begin, INVALID)):
            err = self.run_program(*command, status=status)[1]
            self.assertRegex(err, "p.needleplan has 0 outcomes in its journal, and had 300 .* older copy")
            shutil.copy(self.folder / "now", self.folder / "p.needleplan")
            self.run_program(*approve)
            shutil.copy(self.folder / "before", self.folder / "p.needleplan")
        # in a row of plans
        (self.folder / "again.needleplan").rename(self.folder / "second.needleplan")
        self.refuse("plan", self.case("plan: second.needleplan"), "-o", "n.needleplan", says=["has 0 outcomes", "older copy"])
        shutil.copy(self.folder / "now", self.folder / "p.needleplan")
        (self.folder / "second.needleplan").rename(self.folder / "again.needleplan")
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program("run", "p.needleplan", "--session", "2", "--to", target, "--early", "a test")
            made = len(self.record())
            for command in (approve, begin):
                err = self.run_program(*command, status=INVALID)[1]
                self.assertRegex(err, r"p.needleplan has 7\d\d outcomes in its journal, and had 300 .* plan it anew")
            self.assertEqual(len(self.record()), made)
            # who has no earlier plan at hand is told that nobody looked
            (self.folder / "p.needleplan").rename(self.folder / "elsewhere")
            self.assertIn("is not there: whether dots were made by it since", self.run_program(*approve)[1])

    def plan_and_make_first(self):
        """Session 1 of first.yaml is made, at an executor of its own."""
        for name in ("p.needleplan", "p.needleplan.journal"):
            (self.folder / name).unlink(missing_ok=True)
        self.run_program("plan", "first.yaml", "-o", "p.needleplan", "--tour-kicks", "0")
        self.run_program("approve", "p.needleplan", "--key", "op.key", "--executor", "any")
        self.made_first()

    def test_what_protected_the_person_still_does(self):
        self.run_program("case", "new", "crown", "-o", "case.yaml", "--force")
        plain = (self.folder / "case.yaml").read_text()
        plain = plain.replace("dots: {", "dots: {count: 60, ")
        self.write("plain.yaml", plain)
        self.run_program("plan", "plain.yaml", "-o", "p.needleplan", "--tour-kicks", "0")
        self.run_program("keys", "new", "op.key", "--name", "tester", "--no-passphrase")
        x, y, z = self.dots("p.needleplan")[0][:3]
        mole = f"keep_outs:\n  - {{name: mole, center: [{x}, {y}, {z}], radius_mm: 3, margin_mm: 4}}\n"
        self.write("first.yaml", plain + mole)
        self.plan_and_make_first()
        for extra, clear in (("", 6.9), (mole.replace("margin_mm: 4", "margin_mm: 0").replace(": 3", ": 0.1"), 0)):
            new, said = self.again("plan: p.needleplan", extra=extra)
            self.assertGreaterEqual(near((x, y, z), [d[:3] for d in new]), clear)
            self.assertEqual(clear > 0, "1 keep-out of the earlier plan holds here, too" in said)
        # whose points are in a file: in no plan
        self.write("moles.csv", f"{x},{y},{z}\n")
        filed = "keep_outs:\n  - {name: moles, points: {file: moles.csv}, radius_mm: 3}\n"
        self.write("first.yaml", plain + filed)
        self.plan_and_make_first()
        self.refuse("plan", self.case("plan: p.needleplan"), "-o", "n.needleplan",
                    says=["p.needleplan has a keep-out 'moles' of the file moles.csv, which the plan does not hold: name it in this"])
        self.assertGreaterEqual(near((x, y, z), [d[:3] for d in self.again("plan: p.needleplan", extra=filed)[0]]), 6.9)
        for then, now in (("depth: {skin_mm: 0.6}", "depth: {skin_mm: 0.7}"), ("depth: {calibration_mm: -0.05}", "depth: {calibration_mm: 0.01}"),
                          ("person: {age_years: 40}", "person: {age_years: 41}"), ("limits:", "limits: {depth_max_mm: 0.8}")):
            self.write("first.yaml", re.sub("depth_max_mm: [0-9.]+", "depth_max_mm: 0.9", plain) if then == "limits:" else plain + then + "\n")
            self.plan_and_make_first()
            self.refuse("plan", self.case("plan: p.needleplan"), "-o", "n.needleplan", says=[then.split(":")[0], "p.needleplan"])
            self.again("plan: p.needleplan", extra=now + "\n")

    def test_what_a_part_of_a_file_lacks_is_kept_clear_of(self):
        self.plan(2000)
        made = self.made_first()
        self.write("part.xyz", "".join(f"{d[0]} {d[1]} {d[2]}\n" for d in made[:len(made) // 4]))
        new, said = self.again("plan: p.needleplan, file: part.xyz")
        self.assertIn("WARNING: near only", said)
        self.assertGreaterEqual(min(near(p[:3], [d[:3] for d in made]) for p in new), 0.449)
        self.write("all.xyz", "".join(f"{d[0]} {d[1]} {d[2]}\n" for d in made))
        _, said = self.again("plan: p.needleplan, file: all.xyz")
        self.assertNotIn("near only", said)
        sha = hashlib.sha256((self.folder / "all.xyz").read_bytes()).hexdigest()
        self.assertIn(f"{len(made)} dots that were found stand in all.xyz (SHA-256 {sha})", "\n".join(self.show("again.needleplan")["notes"]))

    def test_what_must_not_be_run_any_more_is_said_and_named(self):
        self.plan(2000)
        made = self.made_first()
        _, said = self.again("plan: p.needleplan")
        digest = self.show("p.needleplan")["digest"]
        self.assertIn(f"WARNING: p.needleplan has {2000 - len(made)} dots that nobody made yet", said)
        self.assertIn(f"--revoke {digest}", said)
        self.assertIn(f"plan digest {digest}, {len(made)} outcomes in its journal", "\n".join(self.show("again.needleplan")["notes"]))

    def test_pins_and_needles_of_what_stands(self):
        self.first(20)
        d = self.dots("p.needleplan")[0]
        self.write("found.xyz", f"{d[0]} {d[1]} {d[2]}\n")
        text = (self.folder / "case.yaml").read_text()
        self.write("again.yaml", text[:text.index("\nlayers:")] + f"\npoints:\n  - {{name: at, points: [[{d[0]}, {d[1]}, {d[2]}]]}}\n"
                   "layers:\n  - {name: holes, strategy: scar_fill, points: at}\nmade: {file: found.xyz}\n")
        err = self.run_program("plan", "again.yaml", "-o", "n.needleplan", status=3)[1]
        self.assertNotIn("existing hair", err)
        self.assertIn("a dot that was made before", err)

    def test_what_is_no_list_is_not_repeated(self):
        self.first(10)
        for name, text in (("op.key", "SECRET0123456789\n"), ("k.ply", "ply\nSECRET\n"), ("k.xyz", "1 2 3\n4 SECRET 6\n")):
            self.write(name, text)
            err = self.refuse("plan", self.case(f"file: {name}"), "-o", "n.needleplan", says=f"{name}:")
            self.assertNotIn("SECRET", err)


if __name__ == "__main__":
    import unittest
    unittest.main()
