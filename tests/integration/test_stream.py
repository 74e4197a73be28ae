"""Sessions over real links, with either side killed on the way: every dot once, or reported."""
import base64
import csv
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import compare_record
from programs import DONE, INVALID, LINK, NEEDLEPATH, STOPPED, USAGE, Case, free_port, simulator, start_simulator

# In memory where there is such a place: thousands of syncs are not what is tested, and a kill leaves files as they are.
if os.access("/dev/shm", os.W_OK):
    tempfile.tempdir = "/dev/shm"


class Stream(Case):
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

    def sim_args(self, target, *more, journal="arm.journal"):
        return ("--listen", target, "--speed", "max", "--journal", journal, "--record", "record.csv", "--operator",
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

    def start_run(self, plan, target, timeout=20):
        return subprocess.Popen([NEEDLEPATH, "run", plan, "--session", "1", "--to", target, "--timeout", str(timeout)],
                                cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, run, status=DONE):
        out, err = run.communicate(timeout=120)
        self.assertEqual(run.returncode, status, out + err)
        return err

    def await_punctures(self, n):
        """Until the record has N, and the session of 1200 is still under way."""
        end = time.monotonic() + 60
        while self.punctures() < n:
            self.assertLess(time.monotonic(), end, "the session does not go on")
            time.sleep(0.002)

    def punctures(self):
        path = self.folder / "record.csv"
        return path.read_bytes().count(b"\n") - 1 if path.exists() else 0

    # ---- whole sessions ----

    def test_zmq(self):
        plan, target = self.plan(), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program("run", plan, "--session", "1", "--to", target)
            self.assert_made(plan)
            # again: nothing left to do
            self.run_program("run", plan, "--session", "1", "--to", target)
        self.assertEqual(self.punctures(), 300)

    def test_pty(self):
        plan = self.plan()
        tty = self.folder / "tty"
        with simulator(self.folder, *self.sim_args("serial:pty", "--pty-link", "tty")):
            self.run_program("run", plan, "--session", "1", "--to", f"serial:{tty}:115200")
        self.assert_made(plan)
        self.assertFalse(os.path.lexists(tty))

    def test_real_time(self):
        plan, target = self.plan(count=10), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, "--listen", target, "--speed", "1", "--journal", "memory", "--record", "record.csv"):
            began = time.monotonic()
            self.run_program("run", plan, "--session", "1", "--to", target)
            took = time.monotonic() - began
        self.assert_made(plan)
        self.assertGreater(took, float(self.record()[-1]["time_s"]) - 0.5)
        self.assertIn("any valid approval counts", (self.folder / "sim.err").read_text())

    def test_once(self):
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        sim = start_simulator(self.folder, *self.sim_args(target, "--once", "--json"))
        self.run_program("run", plan, "--session", "1", "--to", target)
        out, _ = sim.communicate(timeout=20)
        self.assertEqual(sim.returncode, 0)
        self.assertIn('"punctures": 30,', out)

    # ---- killed and started again ----

    def test_sender_killed(self):
        plan, target = self.plan(count=4000), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            for n in (50, 300):
                run = self.start_run(plan, target)
                self.await_punctures(n)
                run.kill()
                run.communicate()
                self.assertLess(self.punctures(), 1200)
            self.run_program("run", plan, "--session", "1", "--to", target)
        self.assert_made(plan)

    def test_sender_killed_over_pty(self):
        plan = self.plan(count=4000)
        target = f"serial:{self.folder / 'tty'}:115200"
        with simulator(self.folder, *self.sim_args("serial:pty", "--pty-link", "tty")):
            run = self.start_run(plan, target)
            self.await_punctures(100)
            run.kill()
            run.communicate()
            self.assertLess(self.punctures(), 1200)
            self.run_program("run", plan, "--session", "1", "--to", target)
        self.assert_made(plan)

    def kill_simulator(self, listen, target, *more):
        plan = self.plan(count=4000)
        sim = start_simulator(self.folder, *self.sim_args(listen, *more))
        run = self.start_run(plan, target)
        for n in (50, 300):
            self.await_punctures(n)
            sim.kill()
            sim.communicate()
            self.assertLess(self.punctures(), 1200)
            sim = start_simulator(self.folder, *self.sim_args(listen, *more))
        self.finish(run)
        sim.send_signal(signal.SIGTERM)
        sim.communicate(timeout=20)
        self.assertEqual(sim.returncode, 0)
        self.assert_made_but_for_doubts(plan, kills=2)

    def test_simulator_killed(self):
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        self.kill_simulator(target, target)

    def test_simulator_killed_over_pty(self):
        self.kill_simulator("serial:pty", f"serial:{self.folder / 'tty'}:115200", "--pty-link", "tty")

    def test_simulator_killed_for_good(self):
        """The sender gives up, says how to go on, and the next run does."""
        plan, target = self.plan(count=4000), f"zmq:tcp://127.0.0.1:{free_port()}"
        sim = start_simulator(self.folder, *self.sim_args(target))
        run = self.start_run(plan, target, timeout=1)
        self.await_punctures(100)
        sim.kill()
        sim.communicate()
        self.assertIn("run the same command again", self.finish(run, LINK))
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program("run", plan, "--session", "1", "--to", target)
        self.assert_made_but_for_doubts(plan, kills=1)

    def test_interrupted(self):
        plan, target = self.plan(count=4000), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            run = self.start_run(plan, target)
            self.await_punctures(100)
            run.send_signal(signal.SIGINT)
            self.assertIn("run the same command again", self.finish(run, STOPPED))
            self.assertLess(self.punctures(), 1200)
            self.assertEqual(self.show(plan)["runs"][-1]["state"], "held")
            self.run_program("run", plan, "--session", "1", "--to", target)
        self.assert_made(plan)

    # ---- what is refused ----

    def test_nobody_there(self):
        plan = self.plan(count=100)
        err = self.run_program("run", plan, "--session", "1", "--to", f"zmq:tcp://127.0.0.1:{free_port()}", "--timeout",
                               "0.5", status=LINK)[1]
        self.assertIn("no executor answered", err)

    def test_bad_target(self):
        plan = self.plan(count=100)
        for target in ("arm", "zmq:tcp://127.0.0.1", "serial:ttyUSB0", "serial:/dev/ttyUSB0:5"):
            self.refuse("run", plan, "--session", "1", "--to", target, status=USAGE, says="zmq:tcp://HOST:PORT")

    def test_unapproved_and_altered(self):
        plan = self.plan(count=100)
        self.run_program("plan", "case.yaml", "-o", "fresh.needleplan")
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            self.refuse("run", "fresh.needleplan", "--session", "1", "--to", target, status=INVALID, says="not approved")
            with sqlite3.connect(self.folder / plan) as db:
                column = next(row[1] for row in db.execute("PRAGMA table_info(dots)") if "depth" in row[1])
                db.execute(f"UPDATE dots SET {column} = {column} + 1 WHERE id = (SELECT max(id) FROM dots)")
            db.close()
            self.refuse("run", plan, "--session", "1", "--to", target, status=INVALID)
        self.assertEqual(self.record(), [])

    def test_wrong_operator(self):
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        self.run_program("keys", "new", "other.key", "--name", "other")
        with simulator(self.folder, "--listen", target, "--speed", "max", "--journal", "memory", "--record", "record.csv",
                       "--operator", "other.key.pub"):
            err = self.run_program("run", plan, "--session", "1", "--to", target, status=LINK)[1]
            self.assertIn("nobody the executor knows", err)
        self.assertEqual(self.record(), [])

    def test_link_keys(self):
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        self.write("lab.key", f"needlepath-link-key-v1 lab {base64.b64encode(bytes(range(32))).decode()}\n")
        with simulator(self.folder, *self.sim_args(target, "--link-key", "lab.key")):
            err = self.run_program("run", plan, "--session", "1", "--to", target, status=LINK)[1]
            self.assertIn("link key", err)
            self.assertIn("UNAUTHENTICATED", err)
            err = self.run_program("run", plan, "--session", "1", "--to", target, "--link-key", "lab.key")[1]
            self.assertNotIn("UNAUTHENTICATED", err)
        self.assert_made(plan)

    def test_damaged_journal(self):
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program("run", plan, "--session", "1", "--to", target)
        journal = self.folder / "arm.journal"
        spoilt = bytearray(journal.read_bytes())
        spoilt[500] ^= 1
        journal.write_bytes(spoilt)
        done = subprocess.run([str(NEEDLEPATH) + "-sim", *self.sim_args(target)], cwd=self.folder, capture_output=True,
                              text=True, timeout=20)
        self.assertEqual(done.returncode, INVALID)
        self.assertIn("damaged", done.stderr)
        self.assertEqual(journal.read_bytes(), bytes(spoilt))


if __name__ == "__main__":
    import unittest
    unittest.main()
