"""Real input, end to end: parametric heads and, where they are, the real scans; planned, approved, streamed, compared."""
import re
import subprocess
import unittest

import compare_record
from programs import LINK, NEEDLEPATH, SANITIZED, SHARED, Case, ended_status, free_port, simulator, with_place

# Sanitized programs are some ten times slower: the same way with fewer dots.
DENSITY = 15 if SANITIZED else 75


class Heads(Case):
    def treat(self, template, *new):
        """Plans TEMPLATE, runs session 1, and checks the simulator's record; returns what `show` says."""
        def thin(text):
            return re.sub(r"density_per_cm2: *[0-9.]+", f"density_per_cm2: {DENSITY}", text) if SANITIZED else text
        plan = self.make_plan(template, edit=thin, new=new)
        out = self.make_session(plan)
        self.run_program("export", plan, "--session", "1", "-o", "planned.csv")
        left = self.leave_out_unreached(out)
        n, differences = compare_record.compare(self.folder / "planned.csv", self.folder / "record.csv")
        self.assertEqual(differences, [])
        figures = self.show(plan)
        self.assertEqual(sum(run["done"] for run in figures["runs"]), n)
        self.assertLessEqual(left, 64)
        self.assertEqual(figures["runs"][-1]["state"], "partly done" if left else "done")
        return figures

    def make_session(self, plan):
        """Session 1; returns what its last run said.  The simulated arm chooses the turns about its needle from dot to dot, and may come to an end on a
        way that it found when it was asked, from another posture: it stands in fault, is reset (another simulator with its journal and record), and goes on."""
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        run = with_place(("run", plan, "--session", "1", "--to", target, "--only-reachable"))
        for _ in range(4):
            with simulator(self.folder, "--listen", target, "--speed", "max", "--journal", "arm.journal", "--record", "record.csv",
                           "--operator", "op.key.pub"):
                done = subprocess.run([NEEDLEPATH, *map(str, run)], cwd=self.folder, capture_output=True, text=True, timeout=600)
            if not (done.returncode == LINK and "stands in fault" in done.stderr and "is out of the arm's reach" in done.stderr):
                break
        self.assertEqual(done.returncode, ended_status(done.stdout), done.stdout + done.stderr)
        return done.stdout

    def leave_out_unreached(self, said):
        """Takes the dots out of planned.csv that were left as out of reach, with those behind them of their 64 on the way: the simulated
        arm reaches every dot, but a way may have a stop at which it has no posture, as in front of the mouth.  Returns how many; SAID by the run."""
        counted = re.search(r"(\d+) left out", said)
        left = int(counted[1]) if counted else 0
        lines = self.lines("record.csv")
        at = lines[0].split(",").index("id")
        made = {line.split(",")[at] for line in lines[1:]}
        lines = self.lines("planned.csv")
        at = lines[0].split(",").index("id")
        kept = [line for line in lines[1:] if line.split(",")[at] in made]
        self.assertEqual(len(lines) - 1 - len(kept), left)
        (self.folder / "planned.csv").write_text("\n".join([lines[0], *kept]) + "\n")
        return left

    def lines(self, name):
        return (self.folder / name).read_text().splitlines()

    def check_full_scalp(self, figures):
        area = figures["treated_area_cm2"]
        self.assertGreater(area, 330)
        self.assertLess(area, 650)
        dots = figures["dots"]
        self.assertGreater(dots, 0.75 * DENSITY * area)
        self.assertLess(dots, 1.05 * DENSITY * area)
        done = 0
        for session, share in zip(figures["sessions"], (0.3, 0.7, 1.0)):
            done += session["dots"]
            self.assertAlmostEqual(done / dots, share, delta=0.005)
            self.assertGreaterEqual(session["spacing_min_mm"], 0.45)
        self.assertGreaterEqual(figures["spacing_min_mm"], 0.4499)


def add_head(sex, percentile):
    def test(self):
        self.check_full_scalp(self.treat("full-scalp", "--sex", sex, "--percentile", percentile))
    setattr(Heads, f"test_full_scalp_{sex}_{percentile}", test)


for s in "mf":
    for p in (5, 50, 95):
        add_head(s, p)


def add_scan(name):
    @unittest.skipUnless((SHARED / "scans" / f"{name}.yaml").exists(), "the real scans are not here")
    def full(self):
        self.check_full_scalp(self.treat("full-scalp", "--scan", SHARED / "scans" / f"{name}.yaml"))

    @unittest.skipUnless((SHARED / "scans" / f"{name}.yaml").exists(), "the real scans are not here")
    def scar(self):
        figures = self.treat("fut-scar", "--scan", SHARED / "scans" / f"{name}.yaml")
        self.assertGreater(figures["dots"], 100)
        self.assertLess(figures["dots"], 6000)
    setattr(Heads, f"test_full_scalp_{name}", full)
    setattr(Heads, f"test_scar_{name}", scar)


for scan in ("ict_head", "lee_perry_smith"):
    add_scan(scan)

if __name__ == "__main__":
    unittest.main()
