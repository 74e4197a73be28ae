"""What a gantry is sent, as a program and line by line, run by an interpreter of this tree's own: which dots it makes as the head lies, and
that its tool is never in the head but for the needle in a puncture."""
import math
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

import gcode
from gantry import FAKE
from programs import INCOMPLETE, INVALID, NEEDLEPATH, SHARED, wait_until
from replaying import ReplayCase, about

STEP_MM = 1
TILT_DEG, LIFT_MM, HOVER_MM = 15, 2, 5
# which part of the head looks up, and how it is turned for that
POSES = {"vertex": about(2, 40), "nape": about(1, 100), "left temple": about(0, 85), "right temple": about(0, -80)}


def angle_deg(a, b):
    cosine = sum(x * y for x, y in zip(a, b)) / math.hypot(*a) / math.hypot(*b)
    return math.degrees(math.acos(max(-1, min(1, cosine))))


def vertices(path):
    """Of a PLY file as `needlepath head` writes it: floats behind the header."""
    header, data = path.read_bytes().split(b"end_header\n", 1)
    n = int(re.search(rb"element vertex (\d+)", header)[1])
    return list(struct.iter_unpack("<3f", data[:12 * n]))


class Gantry(ReplayCase):
    def expected(self):
        """The dots that a needle along -z can make, by what the plan says of them and this test's own arithmetic."""
        up = self.unturn([0, 0, 1])
        with sqlite3.connect(self.folder / self.plan) as db:
            leans = [lean for lean, in db.execute("SELECT lean_deg FROM hovers WHERE session = 1 ORDER BY tour_order")]
            limit, = db.execute("SELECT value FROM meta WHERE key = 'tilt_max_deg'").fetchone()
        db.close()
        found = []
        for dot, lean in zip(self.dots, leans):
            normal, axis = ([float(dot[letter + k]) for k in "xyz"] for letter in "na")
            off = angle_deg([-a for a in axis], up)
            if angle_deg(normal, up) <= limit and off <= TILT_DEG and off <= lean:
                found.append(dot)
        return found

    def top(self):
        """Of the head in the machine."""
        return max(self.place(v)[2] for v in vertices(self.folder / "head.ply"))

    def export(self, *more, status):
        err = self.run_program("export", self.plan, "--session", "1", "--format", "gcode", "--fiducials", "fiducials.yaml", "-o",
                               "session.gcode", "--force", *more, status=status)[1]
        return (self.folder / "session.gcode").read_text(), err

    def findings(self, program):
        """What the witness finds on all ways of PROGRAM."""
        down = self.unturn([0, 0, -1])
        punctures = program.punctures()
        ways = set(punctures) | {i - 1 for i in punctures}
        return self.look([(self.unplace(tip), down, way in ways) for way, tip in program.poses(STEP_MM)])

    def check(self, program, expected, height):
        """Each of the dots once, in order, where and as deep as planned; first and last at HEIGHT; and nothing in the head."""
        up = self.unturn([0, 0, 1])
        deep = [program.stops[i] for i in program.punctures()]
        self.assertEqual(len(deep), len(expected))
        for stop, dot in zip(deep, expected):
            skin = self.place([float(dot[k]) for k in "xyz"])
            slope = math.cos(math.radians(angle_deg([float(dot["n" + k]) for k in "xyz"], up)))
            self.assertLess(math.dist(stop, [*skin[:2], skin[2] - float(dot["depth_mm"]) / slope]), 0.01)
        self.assert_ways(program, height)
        self.assertEqual(self.findings(program)[:3], [])

    def assert_ways(self, program, height):
        """Along z, or level, and to the first dot (over which it may stand already) and from the last at HEIGHT."""
        ways = list(zip(program.stops, program.stops[1:]))
        for a, b in ways:
            self.assertTrue(a[:2] == b[:2] or a[2] == b[2], (a, b))
        first = program.punctures()[0]
        self.assertGreaterEqual(max(stop[2] for stop in program.stops[:first]), height)
        self.assertTrue(all(a[2] >= height for a, b in ways[:first] if a[:2] != b[:2]), ways[:first])
        self.assertAlmostEqual(program.stops[-1][2], height)

    def start(self):
        """Where a machine stands at first: aside, and free above."""
        return [self.shift[0] - 400, self.shift[1] - 400, self.shift[2]]

    def check_export(self, pose):
        """Returns the program."""
        self.rotation = POSES[pose]
        self.lay()
        expected = self.expected()
        self.assertTrue(0 < len(expected) < len(self.dots), pose)
        text, err = self.export(status=INCOMPLETE)
        left = len(self.dots) - len(expected)
        for words in (f"{left} of {len(self.dots)} dots of session 1 are not in the program", "(--gantry-tilt)",
                      "lean_deg: 0 in the layers' params plans them upright"):
            self.assertIn(words, err)
        self.assertIn(f"; LEFT OUT {left} of {len(self.dots)} dots", text)
        self.assertEqual(re.findall(r"^; dot (\d+)$", text, re.M), [dot["id"] for dot in expected])
        height, top = (float(x) for x in re.search(r"travel at z (\S+) and below: .* above z (\S+)\.", text).groups())
        self.assertAlmostEqual(height, top + LIFT_MM, delta=0.002)
        self.assertGreaterEqual(top, self.top() - 1e-3)
        program = gcode.Program(text.splitlines(), self.start())
        self.assertTrue(program.ended)
        self.check(program, expected, height)
        return program, text, height

    def test_exports_on_the_built_in_head(self):
        self.prepare("full-scalp", density=10)
        for pose in POSES:
            with self.subTest(pose=pose):
                _, _, height = self.check_export(pose)
                self.assertLess(height, self.top() + 8)  # a bound, and no head lower than it is
        self.travel_too_low()

    @unittest.skipUnless((SHARED / "scans" / "ict_head.yaml").exists(), "the real scans are not here")
    def test_exports_on_a_real_head(self):
        self.prepare("full-scalp", "--scan", SHARED / "scans" / "ict_head.yaml", density=10)
        for pose in POSES:
            with self.subTest(pose=pose):
                self.check_export(pose)

    def travel_too_low(self):
        """The interpreter and the witness see what is wrong: a program that travels lower than the head, and a head that lies otherwise."""
        program, _, _ = self.check_export("vertex")
        deep = set(program.punctures())
        program.stops = [stop if i in deep else [*stop[:2], stop[2] - 6] for i, stop in enumerate(program.stops)]
        self.assertNotEqual(self.findings(program), [])
        program, _, _ = self.check_export("left temple")
        self.rotation = POSES["vertex"]
        self.assertNotEqual(self.findings(program), [])

    def test_settings(self):
        """Higher on request, less off the axis on request, and not at all where nothing can be made."""
        self.prepare("full-scalp", count=3000)
        self.rotation = POSES["vertex"]
        self.lay()
        text, _ = self.export("--lift", 30, status=INCOMPLETE)
        height, top = (float(x) for x in re.search(r"travel at z (\S+) and below: .* above z (\S+)\.", text).groups())
        self.assertAlmostEqual(height, top + 30, delta=0.002)
        fewer, _ = self.export("--gantry-tilt", 5, status=INCOMPLETE)
        self.assertLess(fewer.count("; dot "), text.count("; dot ") / 4)
        (self.folder / "session.gcode").unlink()
        self.rotation = about(1, -90)  # the face looks up
        self.lay()
        self.refuse("export", self.plan, "--session", "1", "--format", "gcode", "--fiducials", "fiducials.yaml", "-o", "none.gcode",
                    says="no dot of session 1 can be made as the head lies", status=INVALID)

    # ---- line by line ----

    def machine(self, speed):
        """A machine of 900 mm that writes down what it is sent."""
        large = [word for axis in range(3) for word in ("--set", f"{130 + axis}=900")]
        fake = subprocess.Popen([sys.executable, "-B", FAKE, "--link", f"{self.folder}/gantry", "--record", f"{self.folder}/strokes",
                                 "--lines", f"{self.folder}/lines", "--speed", str(speed), *large], stdout=subprocess.PIPE, text=True)
        self.assertEqual(fake.stdout.readline(), "ready\n")
        self.addCleanup(fake.communicate)
        self.addCleanup(fake.kill)
        return fake

    def arguments(self, *more, command="run", number=1):
        return [command, self.plan, "--session", str(number), "--to", f"grbl:{self.folder}/gantry", "--fiducials", "fiducials.yaml",
                "--accept-no-pedal", "--silence", "5000", *(["--state", self.state] if command == "run" else []), *more]

    def session(self, *more, status, command="run", number=1):
        return self.run_program(*self.arguments(*more, command=command, number=number), status=status)

    def streamed(self):
        """What was sent since the last time, from where the machine stood."""
        lines = (self.folder / "lines").read_text().splitlines()
        (self.folder / "lines").unlink()
        start = [float(x) for x in lines[0].split()]
        return gcode.Program(lines[1:], start)

    def prepare_machine(self, count, speed=400):
        self.state = tempfile.mkdtemp(dir=self.folder)
        self.shift = (-450.0, -450.0, -450.0)
        self.prepare("full-scalp", count=count)
        return self.machine(speed)

    def test_sessions_on_a_machine(self):
        """A session in two places, rehearsed in the first: each dot that can be made there is made, once, and the rest is not done."""
        self.prepare_machine(count=3000)
        made = []
        for number, (pose, more) in enumerate({"vertex": (), "nape": ("--moved",)}.items()):
            self.rotation = POSES[pose]
            self.lay()
            expected = [dot for dot in self.expected() if dot["id"] not in made]
            self.assertGreater(len(expected), 5)
            if number == 0:
                self.session(command="air", status=INCOMPLETE)
                program = self.streamed()
                self.assertEqual(self.look([(self.unplace(tip), self.unturn([0, 0, -1]), False) for _, tip in program.poses(STEP_MM)]), [])
                there = [stop[:2] for stop in program.stops]
                for dot in expected:
                    skin = self.place([float(dot[k]) for k in "xyz"])
                    self.assertLess(min(math.dist(skin[:2], place) for place in there), 0.01)
            out, err = self.session(*more, status=INCOMPLETE)
            made += [dot["id"] for dot in expected]
            left = len(self.dots) - len(made)
            self.assertIn(f"{len(made)} of {len(self.dots)} dots done, 0 in doubt, 0 failed, {left} left out\n", out)
            self.assertIn(f"LEFT OUT, not done, {left} of {len(self.dots)} dots", err)
            program = self.streamed()
            height = program.stops[-1][2]
            self.assertGreaterEqual(height, self.top() + LIFT_MM - 1e-3)
            self.check(program, expected, height)
            self.assertEqual(self.show(self.plan)["runs"][-1]["state"], "partly done")
            slow = [feed for i in program.punctures() for feed in program.feeds[i:i + 2]]
            self.assertEqual(set(slow), {1200})

    def test_goes_on_from_where_it_was_stopped(self):
        """After a kill -9 and a stop: first straight up, also out of the skin, and then as ever."""
        fake = self.prepare_machine(count=4000, speed=2)
        self.rotation = POSES["vertex"]
        self.lay()
        run = subprocess.Popen([NEEDLEPATH, *self.arguments()], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        lines = self.folder / "lines"
        self.assertTrue(wait_until(lambda: lines.exists() and len(lines.read_text().splitlines()) > 40))
        run.kill()
        run.communicate()
        self.run_program("stop", "--to", f"grbl:{self.folder}/gantry")
        self.streamed()
        fake.send_signal(signal.SIGUSR1)
        self.session(status=INCOMPLETE)
        program = self.streamed()
        height = program.stops[-1][2]
        self.assert_ways(program, height)
        if program.stops[1][2] > program.stops[0][2]:
            program.stops = program.stops[1:]  # it stood in the skin, or just over it; elsewhere it begins with a dot
        self.assertGreater(len(program.punctures()), 20)
        self.assertEqual(self.findings(program)[:3], [])

    def test_early(self):
        """A gantry keeps to the calendar as executors do: session 2 waits, or a reason stays on record."""
        self.prepare_machine(count=3000)
        self.rotation = POSES["vertex"]
        self.lay()
        _, err = self.session(number=2, status=INVALID)
        self.assertRegex(err, r"(\d+) of \1 dots of session 1 are not made.*--early")
        self.assertEqual(self.show(self.plan)["runs"], [])
        self.session(status=INCOMPLETE)
        self.streamed()
        _, err = self.session(number=2, status=INVALID)  # what is left out is not made
        self.assertRegex(err, r"\d+ of \d+ dots of session 1 are not made")
        self.assertFalse((self.folder / "lines").exists())
        self.session("--early", "the rest is for the arm", number=2, status=INCOMPLETE)
        self.assertGreater(len(self.streamed().punctures()), 5)
        runs = self.show(self.plan)["runs"]
        self.assertEqual([(run["session"], run.get("early", {}).get("reason")) for run in runs], [(1, None), (2, "the rest is for the arm")])
        self.assertRegex(runs[1]["early"]["found"], r"dots of session 1 are not made$")


if __name__ == "__main__":
    unittest.main()
