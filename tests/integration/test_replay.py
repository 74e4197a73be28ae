"""Exported programs, run by an interpreter of this tree's own, and what they would do to the head: the tool is never in it but for the
needle in a puncture's own axis."""
import math
import unittest

import urscript
from programs import SHARED, USAGE
from replaying import ReplayCase

STEP_MM = 1
REACH_MM = 150  # the tool's length


class Replay(ReplayCase):
    def urscript(self):
        """All pieces of session 1, one after the other; each begins and ends at home."""
        export = ("export", self.plan, "--session", "1", "--format", "urscript", "--fiducials", "fiducials.yaml", "-o",
                  "session.script", "--force")
        pieces = -(-len(self.dots) // 1024)
        if pieces > 1:
            self.assertIn(f"--piece 1 to {pieces}", self.run_program(*export, status=USAGE)[1])
        self.run_program(*export, "--piece", pieces + 1, status=USAGE)
        programs = []
        for k in range(pieces):
            self.run_program(*export, "--piece", k + 1)
            self.assertLess((self.folder / "session.script").stat().st_size, 500_000)
            programs.append(urscript.Program((self.folder / "session.script").read_text()))
        home = programs[0].moves[0]
        for program in programs:
            for end in program.moves[0], program.moves[-1]:
                self.assertLess(math.dist(end[0], home[0]), 1e-6)
        programs[0].moves += [move for program in programs[1:] for move in program.moves]
        return programs[0]

    def check_urscript(self):
        program = self.urscript()
        self.assertEqual(program.set_up["set_tcp"], [[0, 0, 0.15, 0, 0, 0]])
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
            if b - a == 3 and math.dist(program.moves[a][0], program.moves[b][0]) < 10:
                turn = urscript.vector(urscript.times(program.moves[b][1], urscript.transposed(program.moves[a][1])))
                self.assertLess(math.degrees(math.sqrt(sum(x * x for x in turn))), 20)
        punctures = set(deep) | {i - 1 for i in deep}
        poses = [(self.unplace(tip), self.unturn(axis), move in punctures) for move, tip, axis in program.poses(STEP_MM, REACH_MM)]
        self.assertGreater(len(poses), 5 * len(self.dots))
        self.assertEqual(self.look(poses)[:3], [])
        return program, poses

    def test_urscript_on_the_built_in_head(self):
        self.prepare("full-scalp", density=10)
        program, poses = self.check_urscript()
        # the interpreter and the witness see what is wrong: without its vias the same program goes through the head
        lost = [move for i, move in enumerate(program.moves) if i % 200 == 1 or i in (0, len(program.moves) - 1)]
        program.moves = lost
        self.assertNotEqual(self.look([(self.unplace(tip), self.unturn(axis), False) for _, tip, axis in program.poses(STEP_MM, REACH_MM)]), [])

    @unittest.skipUnless((SHARED / "scans" / "ict_head.yaml").exists(), "the real scans are not here")
    def test_urscript_on_a_real_head(self):
        self.prepare("full-scalp", "--scan", SHARED / "scans" / "ict_head.yaml", density=10)
        self.check_urscript()


if __name__ == "__main__":
    unittest.main()
