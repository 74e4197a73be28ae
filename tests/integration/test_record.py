"""The record of a run: what became of each dot, over real processes, from the simulated arm to what `show` and the report say."""
import sqlite3
import subprocess

from programs import SIM, STOPPED, USAGE, free_port, simulator
from streaming import StreamCase

# What can befall a dot, by place in the tour; the outcome's number on the wire (protocol/wire.h).
FAULTS = {4: ("in-doubt", 1), 9: ("skipped", 3), 14: ("too-deep", 4), 19: ("no-contact", 5)}


class Record(StreamCase):
    def journal(self, plan):
        """The last row of each dot, by order: (state, outcome, depth_um, force_mn, planned depth_um, time_unix_us)."""
        with sqlite3.connect(self.folder / plan) as db:
            rows = db.execute("SELECT tour_order, state, outcome, journal.depth_um, force_mn, dots.depth_um, time_unix_us"
                              " FROM journal JOIN dots ON dots.id = dot ORDER BY seq").fetchall()
        db.close()
        return {row[0]: row[1:] for row in rows}

    def test_every_outcome(self):
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        ids = [int(row["id"]) for row in self.planned(plan)]
        faults = [f"--fault={kind}:{ids[order]}" for order, (kind, _) in FAULTS.items()]
        run = ("run", plan, "--session", "1", "--to", target)
        with simulator(self.folder, *self.sim_args(target, *faults)):
            # Deeper than planned: it holds, and the run ends so that somebody looks.
            err = self.run_program(*run, status=STOPPED)[1]
            self.assertIn("deeper than planned", err)
            self.assertEqual(self.punctures(), 14)  # up to the 15th dot, without the one that was skipped
            self.assertEqual(self.show(plan)["runs"][-1]["state"], "held")
            out = self.run_program(*run)[0]
        self.assertIn("27 of 30 dots done, 1 in doubt, 2 failed", out)
        self.assertEqual(self.punctures(), 28)  # all but the one that was skipped and the one that met no skin

        states = {1: 3, 2: 2, 3: 4, 4: 2, 5: 4}
        journal = self.journal(plan)
        self.assertEqual(len(journal), 30)
        for order, (state, outcome, depth, force, planned, time_us) in journal.items():
            self.assertEqual(outcome, FAULTS.get(order, (None, 2))[1])
            self.assertEqual(state, states[outcome])
            self.assertGreater(time_us, 1_600_000_000_000_000)
            if outcome == 2:
                self.assertAlmostEqual(depth, planned, delta=2)
                self.assertAlmostEqual(force, planned, delta=2)  # 1 N/mm
            elif outcome == 4:
                self.assertAlmostEqual(depth, planned + 500, delta=2)
            else:
                self.assertEqual((depth, force), (None, None))

        runs = self.show(plan)["runs"]
        total = {key: sum(run[key] for run in runs)
                 for key in ("done", "too_deep", "in_doubt", "failed", "skipped", "no_contact")}
        self.assertEqual(total, {"done": 27, "too_deep": 1, "in_doubt": 1, "failed": 2, "skipped": 1, "no_contact": 1})
        shown = self.run_program("show", plan)[0]
        self.assertIn("13 done (1 too deep), 1 in doubt, 1 failed (1 skipped, 0 without contact), held", shown)
        self.run_program("report", plan, "-o", "report")
        html = (self.folder / "report/report.html").read_text()
        self.assertIn("(1 too deep)", html)
        self.assertIn("without contact", html)

    def test_bad_faults(self):
        for fault in ("too-deep", "too-deep:", "deep:3", "skipped:0", "skipped:3x", "skipped:99999999999"):
            done = subprocess.run([SIM, "--listen", "zmq:tcp://127.0.0.1:*", "--journal", "memory", "--fault", fault],
                                  cwd=self.folder, capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, USAGE, done.stderr)
            self.assertIn(f"--fault {fault}: expected", done.stderr)


if __name__ == "__main__":
    import unittest
    unittest.main()
