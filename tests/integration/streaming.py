"""What the tests of streaming share: approved plans, simulators and their records."""
import csv
import os
import re
import shutil
import subprocess
import tempfile
import time

import compare_record
from programs import DONE, ENDED, NEEDLEPATH, Case, ended_status

# In memory where there is such a place: thousands of syncs are not what is tested, and a kill leaves files as they are.
if os.access("/dev/shm", os.W_OK):
    tempfile.tempdir = "/dev/shm"


class StreamCase(Case):
    """A test with approved plans to stream, a simulator to stream to, and its record to compare."""

    made = {}  # plans by number of dots, approved by op.key: each is made once and copied

    @classmethod
    def setUpClass(cls):
        cls.shelf = tempfile.mkdtemp(prefix="needlepath-plans-")
        cls.addClassCleanup(shutil.rmtree, cls.shelf, True)

    def plan(self, count=1000):
        """An approved crown of COUNT dots, 30 % of them in session 1."""
        def edit(text):
            return re.sub(r"dots: \{", f"dots: {{count: {count}, ", text)
        if count not in self.made:
            self.make_plan("crown", edit=edit)
            self.made[count] = shutil.copytree(self.folder, f"{self.shelf}/{count}")
        shutil.copytree(self.made[count], self.folder, dirs_exist_ok=True)
        return "p.needleplan"

    def fiducials(self, name, dx=0.0):
        lines = ["limit_mm: 1.0", "fiducials:"]
        for i, (x, y, z) in enumerate(((90, 0, 0), (-90, 5, 0), (0, 70, 10), (0, -70, 0), (0, 0, 130))):
            lines.append(f"  - {{name: 'p, {i}', head: [{x}, {y}, {z}], arm: [{x + dx}, {y}, {z}]}}")
        return self.write(name, "\n".join(lines) + "\n")

    def sim_args(self, target, *more, journal="arm.journal", speed="max"):
        return ("--listen", target, "--speed", speed, "--journal", journal, "--record", "record.csv", "--operator",
                "op.key.pub", *more)

    def record(self):
        path = self.folder / "record.csv"
        if not path.exists():
            return []
        with open(path, newline="") as f:
            return list(csv.DictReader(f))

    def planned(self, plan):
        self.run_program("export", plan, "--session", "1", "-o", "planned.csv", "--force")
        with open(self.folder / "planned.csv", newline="") as f:
            return list(csv.DictReader(f))

    def assert_made(self, plan):
        """The record is the session: every dot once, in order, in place."""
        self.planned(plan)
        n, differences = compare_record.compare(self.folder / "planned.csv", self.folder / "record.csv")
        self.assertEqual(differences, [])
        runs = self.show(plan)["runs"]
        self.assertEqual((sum(run["done"] for run in runs), runs[-1]["state"]), (n, "done"))

    def assert_made_but_for_doubts(self, plan, kills):
        """After KILLS of the simulator: no dot twice, those that are missing are in doubt, one a kill at most."""
        planned, made = self.planned(plan), self.record()
        ids = [row["id"] for row in made]
        self.assertEqual(len(ids), len(set(ids)), "a dot was punctured twice")
        order = {row["id"]: int(row["order"]) for row in planned}
        self.assertEqual([order[i] for i in ids], sorted(order[i] for i in ids), "out of order")
        runs = self.show(plan)["runs"]
        done, in_doubt, failed = (sum(run[key] for run in runs) for key in ("done", "in_doubt", "failed"))
        self.assertEqual(runs[-1]["state"], "done")
        self.assertLessEqual(in_doubt, kills)
        self.assertEqual(failed, 0)
        self.assertEqual(done + in_doubt, len(planned))
        self.assertLessEqual(len(planned) - len(made), in_doubt)

    def start_run(self, plan, target, timeout=20, *more):
        return subprocess.Popen([NEEDLEPATH, "run", plan, "--session", "1", "--to", target, "--timeout", str(timeout),
                                 "--head-is-arm-frame", *more],
                                cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, run, status=DONE):
        out, err = run.communicate(timeout=120)
        status = ended_status(out) if status is ENDED else status
        self.assertEqual(run.returncode, status, out + err)
        return err

    def await_punctures(self, n, pause=0.002):
        """Until the record has N, and the session of 1200 is still under way."""
        end = time.monotonic() + 60
        while self.punctures() < n:
            self.assertLess(time.monotonic(), end, "the session does not go on")
            time.sleep(pause)

    def punctures(self):
        path = self.folder / "record.csv"
        return path.read_bytes().count(b"\n") - 1 if path.exists() else 0
