"""What the simulator refuses by where the registration puts it: places outside of its workspace, and heads that are upside down."""
import re
import subprocess
import unittest

from programs import DONE, INCOMPLETE, LINK, SIM, USAGE, free_port, simulator
from streaming import StreamCase

HEAD = ((90, 0, 0), (-90, 5, 0), (0, 70, 10), (0, -70, 0), (0, 0, 130))


class Bounds(StreamCase):
    def setUp(self):
        super().setUp()
        self.target = f"zmq:tcp://127.0.0.1:{free_port()}"
        self.begin = (self.plan(count=400), "--session", "1", "--to", self.target)

    def laid(self, name, place):
        """The options for a head that PLACE lays."""
        lines = [f"  - {{name: 'p {i}', head: {list(at)}, arm: {list(place(*at))}}}" for i, at in enumerate(HEAD)]
        self.write(name, "\n".join(["limit_mm: 1.0", "fiducials:", *lines]) + "\n")
        return ("--fiducials", name)

    def said(self):
        return (self.folder / "sim.err").read_text()

    def test_a_workspace(self):
        """A head that was put 20 mm aside, the side away from where its tour begins first: what that takes out of the box is refused as a whole,
        or left out."""
        planned = self.planned("p.needleplan")
        ys = sorted(float(row["y"]) for row in planned)
        side = 1 if float(planned[0]["y"]) > ys[len(ys) // 2] else -1
        aside = self.laid("aside.yaml", lambda x, y, z: (x, y - side * 20, z))
        limit = ys[len(ys) // 4 if side > 0 else -1 - len(ys) // 4] - side * 20
        low, high = (limit, 800) if side > 0 else (-800, limit)
        bounds = f"{round(low * 1e3)} to {round(high * 1e3)}"
        box = ("--workspace", f"-800,{low:.3f},-800,800,{high:.3f},800")
        with simulator(self.folder, *self.sim_args(self.target, *box)):
            for command in "air", "run":
                _, err = self.run_program(command, *self.begin, *aside, status=LINK)
                self.assertIn(f"this arm's workspace (um): x -800000 to 800000, y {bounds},", err)
                n, first, y = re.search(r"(\d+) of 120 dots of session 1 are out of the arm's reach, they or the ways to them: "
                                        r".*\(dot (\d+) lies at [-\d.]+, ([-\d.]+), [-\d.]+ mm of the arm's frame\)", err).groups()
                self.assertGreaterEqual(int(n), len(planned) // 4)
                self.assertRegex(self.said(), rf"dot {first} \(place \d+\): .* lies at y = -?\d+ um in the arm's frame, outside of its "
                                 rf"workspace, {bounds}")
                place = next(row for row in planned if row["id"] == first)
                self.assertAlmostEqual(float(y), float(place["y"]) - side * 20, delta=0.06)
            self.assertEqual(self.record(), [])
            self.run_program("run", *self.begin, *aside, "--only-reachable", status=INCOMPLETE)
        made = self.record()
        self.assertTrue(0 < len(made) <= len(planned) - int(n))
        self.assertGreater(min(side * (float(row["y"]) - limit) for row in made) - 20, -0.3)  # as deep as the needle leans

    def test_a_workspace_that_holds_it_all(self):
        with simulator(self.folder, *self.sim_args(self.target, "--workspace", "-800,-800,-800,800,800,800", "--head-tilt", "30")):
            _, err = self.run_program("run", *self.begin, status=DONE)
        self.assertIn("this arm's workspace (um): x -800000 to 800000", err)
        self.assert_made("p.needleplan")

    def test_upside_down(self):
        over = self.laid("over.yaml", lambda x, y, z: (x, -y, -z))
        back = self.laid("back.yaml", lambda x, y, z: (-z, y, x))
        with simulator(self.folder, *self.sim_args(self.target)):
            for command in "air", "run":
                _, err = self.run_program(command, *self.begin, *over, status=LINK)
                self.assertIn("the registration lays the head upside down: its up rises by -1000000 of 1000000 in this arm's frame, at "
                              "least -707106 must be: measure the fiducials again", err)
            _, err = self.run_program("air", *self.begin, *back, status=LINK)
            self.assertIn("out of the arm's reach", err)  # it is asked, which is not what this is about
        with simulator(self.folder, *self.sim_args(self.target, "--head-tilt", "180", journal="memory")):
            _, err = self.run_program("air", *self.begin, *over, status=LINK)
            self.assertIn("out of the arm's reach", err)
        with simulator(self.folder, *self.sim_args(self.target, "--head-tilt", "60", journal="memory")):
            _, err = self.run_program("air", *self.begin, *back, status=LINK)
            self.assertIn("upside down", err)
        self.assertEqual(self.record(), [])

    def test_boxes_that_are_none(self):
        for box in ("", "1,2,3", "0,0,0,1,1,1,", "0,0,0,1,1,0", "0,0,0,1,1,nan", "0,0,0,1,1,1e9", "0,0,0 ,1,1,1", "a,b,c,d,e,f"):
            done = subprocess.run([SIM, "--listen", self.target, "--journal", "memory", "--workspace", box], cwd=self.folder,
                                  capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, USAGE, (box, done.stderr))
            self.assertIn("--workspace", done.stderr)


if __name__ == "__main__":
    unittest.main()
