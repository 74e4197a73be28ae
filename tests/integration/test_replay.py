"""Exported programs, run by an interpreter of this tree's own, and what they would do to the head: the tool is never in it but for the
needle in a puncture's own axis."""
import math
import re
import subprocess
import unittest

import ur_arm
import urscript
from programs import DONE, NEEDLEPATH, SANITIZED, SHARED, USAGE
from replaying import ReplayCase

STEP_MM = 1
REACH_MM = 150  # the tool's length
DENSITY = 20 if SANITIZED else 30  # where joints are looked at: neighbours within 5 mm, of which the first session has a third


class Replay(ReplayCase):
    def urscript(self, *arm):
        """All pieces of session 1, one after the other; each begins and ends at home.  ARM: options of the arm."""
        export = ("export", self.plan, "--session", "1", "--format", "urscript", "--fiducials", "fiducials.yaml", "-o",
                  "session.script", "--force", *arm)
        pieces = -(-len(self.dots) // 1024)
        if pieces > 1:
            self.assertIn(f"--piece 1 to {pieces}", self.run_program(*export, status=USAGE)[1])
        self.run_program(*export, "--piece", pieces + 1, status=USAGE)
        programs = []
        for k in range(pieces):
            self.run_program(*export, "--piece", k + 1)
            self.assertLess((self.folder / "session.script").stat().st_size, 500_000)
            programs.append(urscript.Program((self.folder / "session.script").read_text()))
        self.pieces = [(program.home, list(program.moves)) for program in programs]
        home = programs[0].moves[0]
        for program in programs:
            for end in program.moves[0], program.moves[-1]:
                self.assertLess(math.dist(end[0], home[0]), 1e-6)
        programs[0].moves += [move for program in programs[1:] for move in program.moves]
        return programs[0]

    def check_urscript(self, *arm, mount_deg=0):
        program = self.urscript(*arm)
        tcp, c, s = program.set_up["set_tcp"][0], math.cos(math.radians(mount_deg)), math.sin(math.radians(mount_deg))
        for found, expected in zip(tcp, [-0.15 * s, 0, 0.15 * c, 0, -math.radians(mount_deg), 0]):
            self.assertAlmostEqual(found, expected, delta=1e-6)
        self.assertEqual(len(program.set_up["set_payload"]), 2)
        deep = program.punctures()
        self.assertEqual(len(deep), len(self.dots))
        for i, dot in zip(deep, self.dots):  # each dot once, in order, where it was planned
            tip, axis = self.unplace(program.moves[i][0]), self.unturn([row[2] for row in program.moves[i][1]])
            depth = float(dot["depth_mm"]) / -sum(float(dot[f"a{k}"]) * float(dot[f"n{k}"]) for k in "xyz")
            for k in range(3):
                self.assertAlmostEqual(tip[k], float(dot["xyz"[k]]) + depth * float(dot["a" + "xyz"[k]]), delta=0.01)
                self.assertAlmostEqual(axis[k], float(dot["a" + "xyz"[k]]), delta=1e-4)
        for (p, a, _), (q, b, _) in zip(program.moves, program.moves[1:]):  # the needle stays in one plane: no turn about itself
            turn = urscript.vector(urscript.times(b, urscript.transposed(a)))
            self.assertTrue(p == q or abs(sum(x * row[2] for x, row in zip(turn, a))) < 1e-4, (p, q))
        for a, b in zip(deep, deep[1:]):  # so the hand turns hardly between neighbours
            if not arm and b - a == 3 and math.dist(program.moves[a][0], program.moves[b][0]) < 10:
                turn = urscript.vector(urscript.times(program.moves[b][1], urscript.transposed(program.moves[a][1])))
                self.assertLess(math.degrees(math.sqrt(sum(x * x for x in turn))), 20)
        punctures = set(deep) | {i - 1 for i in deep}
        poses = [(self.unplace(tip), self.unturn(axis), move in punctures) for move, tip, axis in program.poses(STEP_MM, REACH_MM)]
        self.assertGreater(len(poses), 5 * len(self.dots))
        self.assertEqual(self.look(poses)[:3], [])
        return program, poses

    def check_joints(self, name, mount_deg):
        """The program for an arm, and what its joints do by a kinematics of the tests' own: everything is reached, within the joints'
        ranges, no joint turns by more than 20 degrees between near dots, and each piece ends in the posture it began in."""
        program, _ = self.check_urscript("--robot", name, "--mount", mount_deg, mount_deg=mount_deg)
        arm, n_near, in_place = ur_arm.Arm(name, program.set_up["set_tcp"][0]), 0, 0
        for home, moves in self.pieces:
            joints = arm.follow(moves, home)
            self.assertLess(math.dist(joints[-1], home), 1e-3)
            part = urscript.Program("")
            part.moves = moves
            deep = part.punctures()
            for a, b in zip(deep, deep[1:]):
                self.assertLess(math.dist(part.moves[a - 1][0], part.moves[a + 1][0]), 1e-6)
                direct = b - a - 3  # but for turns in place
                in_place += direct == 1
                if direct > 1 or math.dist(moves[a - 1][0], moves[b - 1][0]) >= 5:
                    continue
                n_near += 1
                turn = max(abs(x - y) for x, y in zip(joints[a + 1], joints[b - 1]))
                self.assertLessEqual(math.degrees(turn), 20, f"to {moves[b]}")
        self.assertGreater(n_near, 0.3 * len(self.dots))
        return program, in_place

    def check_advice(self, pieces):
        """Straight in the flange's axis the same arm cannot go everywhere; what it is told to do instead, it can."""
        refused = 0
        for piece in range(pieces):
            export = (NEEDLEPATH, "export", self.plan, "--session", "1", "--format", "urscript", "--robot", "ur5e", "--fiducials",
                      "fiducials.yaml", "--piece", str(piece + 1))
            done = subprocess.run([*export, "--mount", "0"], cwd=self.folder, capture_output=True, text=True, timeout=600)
            if done.returncode == DONE or refused:
                continue
            refused += 1
            mount = re.search(r"on its way to dot \d+\).*; with the handpiece held at (\d+) degrees \(--mount (\d+)\)", done.stderr)
            self.assertTrue(mount, done.stderr)
            self.assertEqual(mount[1], mount[2])
            self.run_program(*export[1:], "--mount", mount[2], "-o", "advised.script")
        self.assertEqual(refused, 1)

    def sit_under_an_arm(self):
        """The head where it is in the simulator's rig: the base frame hangs behind and above it, upside down."""
        c, s = math.cos(math.pi / 18), math.sin(math.pi / 18)
        self.rotation, self.shift = [[c, 0, s], [0, -1, 0], [s, 0, -c]], (590 * c - 500 * s, 0, 590 * s + 500 * c)
        self.lay()

    def test_joints_on_the_built_in_head(self):
        self.prepare("full-scalp", density=DENSITY)
        self.sit_under_an_arm()
        self.check_joints("ur5e", 37)
        text = (self.folder / "session.script").read_text()
        home = urscript.Program(text).home
        for k in range(6):  # in another posture it does not move
            wrong = urscript.Program(text, standing=[q + 0.1 * (i == k) for i, q in enumerate(home)])
            self.assertTrue(wrong.halted)
            self.assertEqual(wrong.moves, [])
            self.assertEqual(wrong.popups, [0])
        self.assertFalse(urscript.Program(text, standing=[q + 0.01 for q in home]).halted)
        self.check_advice(-(-len(self.dots) // 1024))
        # a head beside the arm is out of its reach
        export = ("export", self.plan, "--session", "1", "--format", "urscript", "--robot", "ur5e", "--piece", "1", "-o", "x.script")
        self.shift = (1500.0, 0.0, 0.0)
        self.lay()
        self.refuse(*export, "--mount", "37", "--fiducials", "fiducials.yaml", says=["UR5e", "0 of", "piece 1", "nor does it with the handpiece at 15, 30, 45 or 60 degrees"])
        self.refuse("export", self.plan, "--robot", "ur5e", status=USAGE, says=["--robot", "urscript"])

    @unittest.skipUnless((SHARED / "scans" / "lee_perry_smith.yaml").exists(), "the real scans are not here")
    def test_joints_on_a_real_head(self):
        self.prepare("full-scalp", "--scan", SHARED / "scans" / "lee_perry_smith.yaml", density=DENSITY)
        self.sit_under_an_arm()
        self.check_joints("ur5e", 37)

    def test_urscript_on_the_built_in_head(self):
        self.prepare("full-scalp", density=10)
        program, poses = self.check_urscript()
        # the interpreter and the witness see what is wrong: without its vias the same program goes through the head
        lost = program.moves[:1]
        for move in program.moves[1::200]:
            trace = sum(x * y for a, b in zip(lost[-1][1], move[1]) for x, y in zip(a, b))
            if trace > 1 + 2 * math.cos(3):  # half a turn has no one axis
                lost.append(move)
        self.assertGreater(len(lost), 3)
        program.moves = lost
        self.assertNotEqual(self.look([(self.unplace(tip), self.unturn(axis), False) for _, tip, axis in program.poses(STEP_MM, REACH_MM)]), [])

    @unittest.skipUnless((SHARED / "scans" / "ict_head.yaml").exists(), "the real scans are not here")
    def test_urscript_on_a_real_head(self):
        self.prepare("full-scalp", "--scan", SHARED / "scans" / "ict_head.yaml", density=10)
        self.check_urscript()


if __name__ == "__main__":
    unittest.main()
