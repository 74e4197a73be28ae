"""A second visit: what a session's journal, or dots that were found, leave of an earlier plan, and what touch_up adds to it."""
import csv
import math

from programs import free_port, simulator
from streaming import StreamCase

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

    def test_what_is_not_said_is_noted(self):
        self.first(10)
        text = (self.folder / "case.yaml").read_text()
        self.write("again.yaml", text[:text.index("\nlayers:")] + "\n" + LAYER % "density_per_cm2: 10")
        out, err = self.run_program("plan", "again.yaml", "-o", "again.needleplan", "--tour-kicks", "0")
        self.assertIn("does not say what was made", out + err)


if __name__ == "__main__":
    import unittest
    unittest.main()
