"""A part of the session out of the arm's reach: the rest is made, the arm goes around by home, and another place makes what was left.

The witness looks at every millisecond of motion; either side is killed inside gaps and at their borders.
"""
import json
import random
import re
import shutil
import signal
import subprocess
import time

from programs import ENDED, INCOMPLETE, LINK, NEEDLEPATH, SANITIZED, USAGE, free_port, simulator, start_simulator
from streaming import StreamCase

KILLS = 6 if SANITIZED else 16


class Gaps(StreamCase):
    def setUp(self):
        super().setUp()
        self.target = f"zmq:tcp://127.0.0.1:{free_port()}"
        if "gaps" not in StreamCase.made:
            self.make_plan("full-scalp", edit=lambda text: text.replace("dots: {", "dots: {count: 2000, "))
            self.run_program("head", "--case", "case.yaml", "-o", "head.ply")
            StreamCase.made["gaps"] = shutil.copytree(self.folder, f"{self.shelf}/gaps")
        shutil.copytree(StreamCase.made["gaps"], self.folder, dirs_exist_ok=True)
        self.fiducials("far.yaml", 350)
        self.fiducials("near.yaml", 0)
        self.begin = ("p.needleplan", "--session", "1", "--to", self.target)

    def fiducials(self, name, dx):
        lines = ["limit_mm: 1.0", "fiducials:"]
        for i, (x, y, z) in enumerate(((90, 0, 0), (-90, 5, 0), (0, 70, 10), (0, -70, 0), (0, 0, 130))):
            lines.append(f"  - {{name: 'p {i}', head: [{x}, {y}, {z}], arm: [{x + dx}, {y}, {z}]}}")
        return self.write(name, "\n".join(lines) + "\n")

    def args(self):
        return self.sim_args(self.target, "--head", "head.ply")

    def counts(self):
        runs = self.show("p.needleplan")["runs"]
        return [sum(run[key] for run in runs) for key in ("done", "in_doubt", "failed")]

    def ids(self):
        ids = [row["id"] for row in self.record()]
        self.assertEqual(len(ids), len(set(ids)), "a dot was punctured twice")
        return ids

    def made_by_chunk(self, planned):
        """How many dots of each chunk of the tour are in the record, or in doubt: always the first ones."""
        doubts = json.loads(self.run_program("review", "p.needleplan", "--session", "1", "--json")[0])["in_doubt"]
        made, order = {*self.ids(), *(str(dot["id"]) for dot in doubts)}, [row["id"] for row in planned]
        chunks = [[i in made for i in order[at:at + 64]] for at in range(0, len(order), 64)]
        for chunk in chunks:
            self.assertEqual(chunk, sorted(chunk, reverse=True))
        return [sum(chunk) for chunk in chunks]

    def test_what_is_reached_and_then_the_rest(self):
        planned = self.planned("p.needleplan")
        with simulator(self.folder, *self.args()):
            err = self.run_program("run", *self.begin, "--fiducials", "far.yaml", status=LINK)[1]
            self.assertIn("or make the others, with --only-reachable", err)
            out, err = self.run_program("air", *self.begin, "--fiducials", "far.yaml", "--only-reachable", status=INCOMPLETE)
            rehearsed = int(out.split()[0])
            self.assertEqual(self.ids(), [])
            out, err = self.run_program("run", *self.begin, "--fiducials", "far.yaml", "--only-reachable", status=INCOMPLETE)
            self.assertIn(f"{rehearsed} are made, and the others left for another place", err)
            self.assertIn(f"{rehearsed} of 600 dots done, 0 in doubt, 0 failed, {600 - rehearsed} left out\n", out)
            self.assertIn("--fiducials and --moved", err)
            by_chunk = self.made_by_chunk(planned)
            self.assertTrue(any(0 < n < 64 for n in by_chunk), by_chunk)
            self.assertEqual((len(self.ids()), self.counts()), (rehearsed, [rehearsed, 0, 0]))
            self.assertEqual(self.show("p.needleplan")["runs"][-1]["state"], "partly done")
            # from there nothing more is to be had
            err = self.run_program("run", *self.begin, "--only-reachable", status=LINK, place=list)[1]
            self.assertIn("from here no dot can be made", err)
            first, behind = map(int, re.search(r": (\d+) of 600 dots .* \(dot .*; (\d+) more lie behind them", err).groups())
            self.assertEqual(first + behind, 600 - rehearsed)
            out, err = self.run_program("run", *self.begin, "--fiducials", "near.yaml", "--moved")
            self.assertIn("600 of 600 dots done, 0 in doubt, 0 failed\n", out)
        self.assertEqual(sorted(self.ids()), sorted(row["id"] for row in planned))
        self.assertEqual(self.counts(), [600, 0, 0])

    def test_kills_in_gaps(self):
        """Either side, wherever it stands: at the last dot before a gap, in it, at the first behind it."""
        draw, kills, ended, planned = random.Random(3), 0, False, self.planned("p.needleplan")
        sim = start_simulator(self.folder, *self.args())
        self.addCleanup(lambda: sim.poll() is None and sim.kill())
        made = 0
        for i in range(KILLS):
            run = subprocess.Popen([NEEDLEPATH, "run", *self.begin, "--fiducials", "far.yaml", "--only-reachable"],
                                   cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            wanted = made + draw.randrange(1, 30)
            while run.poll() is None and self.punctures() < wanted:
                time.sleep(0.0005)
            if i % 2:
                sim.kill()
                sim.communicate()
                kills += 1
                sim = start_simulator(self.folder, *self.args())
            if run.poll() is None:
                run.kill()
            run.communicate()
            made, ended = len(self.ids()), run.returncode == INCOMPLETE
            if ended:
                break
        if not ended:  # the last kill may have come when all that is reached was made, and nothing is left for this one
            last = subprocess.run([NEEDLEPATH, "run", *self.begin, "--fiducials", "far.yaml", "--only-reachable"],
                                  cwd=self.folder, capture_output=True, text=True, timeout=120)
            self.assertIn((last.returncode, "from here no dot can be made" in last.stderr), ((INCOMPLETE, False), (LINK, True)))
        by_chunk, (_, in_doubt, failed) = self.made_by_chunk(planned), self.counts()
        self.assertTrue(any(0 < n < 64 for n in by_chunk), by_chunk)
        self.assertEqual(failed, 0)
        self.assertLessEqual(in_doubt, kills)
        self.run_program("run", *self.begin, "--fiducials", "near.yaml", "--moved", status=ENDED)
        self.assertEqual(sum(self.counts()), 600)
        self.assertLessEqual(600 - len(self.ids()), self.counts()[1])
        sim.send_signal(signal.SIGTERM)
        sim.communicate(timeout=20)
        self.assertEqual(sim.returncode, 0)  # the witness had nothing to say

    def test_a_gantry_is_not_asked(self):
        self.refuse("run", "p.needleplan", "--session", "1", "--to", "grbl:/dev/null", "--only-reachable", status=USAGE,
                    says="a gantry is not asked what it reaches")


if __name__ == "__main__":
    import unittest
    unittest.main()
