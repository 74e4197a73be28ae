"""The record of a run: what became of each dot, over real processes, from the simulated arm to what `show` and the report say."""
import csv
import io
import signal
import sqlite3
import subprocess
import time

from programs import INCOMPLETE, INVALID, SIM, SOURCE, STOPPED, USAGE, free_port, simulator, wait_until
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

    def check_no_program_makes_them_again(self, plan, first):
        points = [[90.0, 0.0, 0.0], [-90.0, 5.0, 0.0], [0.0, 70.0, 10.0], [0.0, -70.0, 0.0], [0.0, 0.0, 130.0]]
        self.write("fid.yaml", "fiducials:\n" + "".join(f"  - {{name: p{i}, head: {p}, arm: {p}}}\n" for i, p in enumerate(points)))
        for form in "urscript", "gcode":
            export = ("export", plan, "--format", form, "--fiducials", "fid.yaml", "-o", "program")
            self.refuse(*export, "--session", "1", says=["30 of its dots were begun or made", f"dot {first} first", "needlepath run"])
        second = ("export", plan, "--format", "urscript", "--fiducials", "fid.yaml", "-o", "program", "--session", "2")
        self.refuse(*second, says=["session 2 is due on", "--early"])
        self.run_program(*second, "--early", "so that it can be compared")
        self.assertIn("EARLY: session 2 is due on", (self.folder / "program").read_text())

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
            out = self.run_program(*run, status=INCOMPLETE)[0]
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
        self.check_no_program_makes_them_again(plan, ids[0])
        rows = self.exported(plan)
        names = {1: "in_doubt", 2: "done", 3: "skipped", 4: "too_deep", 5: "no_contact"}
        self.assertEqual([row["outcome"] for row in rows], [names[journal[order][1]] for order in range(30)])
        self.assertEqual([int(row["id"]) for row in rows], ids)
        self.assertEqual(float(rows[14]["depth_mm"]), journal[14][2] / 1000)
        self.assertEqual(float(rows[14]["force_n"]), journal[14][3] / 1000)
        self.assertEqual((rows[9]["depth_mm"], rows[9]["force_n"]), ("", ""))
        self.assertRegex(rows[0]["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.run_program("report", plan, "-o", "report")
        html = (self.folder / "report/report.html").read_text()
        self.assertIn("(1 too deep)", html)
        self.assertIn("without contact", html)

    # ---- needles and pigment ----

    def exported(self, plan):
        """The exported record."""
        return list(csv.DictReader(io.StringIO(self.run_program("export", plan, "--format", "record")[0])))

    def supplies(self, plan):
        return [(s["kind"], s["lot"], s["named"], s["by"], s["from_order"], s["dots"]) for run in self.show(plan)["runs"]
                for s in run["supplies"]]

    def test_lots(self):
        plan, target = self.plan(count=500), f"zmq:tcp://127.0.0.1:{free_port()}"
        digest = self.show(plan)["digest"]
        sim = ("--needle-life", "60", "--cartridge", "C-1", "--cartridge", "Größe 2", "--reload", "hand", "--pigment", "P 1")
        with simulator(self.folder, *self.sim_args(target, *sim)):
            _, err = self.run_program("run", plan, "--session", "1", "--to", target, "--cartridge", "box", "--pigment", "bottle")
        self.assertIn("the needle is to be changed", err)
        self.assertIn("pigment is to be reloaded", err)
        self.assert_made(plan)
        self.assertEqual(self.supplies(plan), [
            ("cartridge", "box", True, "run", 0, 0), ("pigment", "bottle", True, "run", 0, 100),
            ("cartridge", "C-1", True, "executor", 0, 60), ("cartridge", "Größe 2", True, "executor", 60, 60),
            ("pigment", "P 1", True, "executor", 100, 50), ("cartridge", "Größe 2", True, "executor", 120, 30)])
        for row in self.exported(plan):
            order = int(row["order"])
            self.assertEqual(row["cartridge"], "C-1" if order < 60 else "Größe 2")
            self.assertEqual(row["pigment"], "bottle" if order < 100 else "P 1")
        shown = self.run_program("show", plan)[0]
        self.assertIn("cartridge Größe 2 from place 61 of the tour on: 60 dots\n", shown)
        self.assertIn("pigment reloaded 1 time\n", shown)
        self.run_program("report", plan, "-o", "report")
        self.assertIn("<td>cartridge</td><td>Größe 2</td><td>61</td><td>60</td>", (self.folder / "report/report.html").read_text())
        # What was approved is what it was.
        self.assertEqual(self.show(plan)["digest"], digest)
        self.assertTrue(self.show(plan)["approvals"][0]["valid"])

    def test_what_was_confirmed_at_the_executor_is_not_renamed(self):
        plan, target = self.plan(count=500), f"zmq:tcp://127.0.0.1:{free_port()}"
        sim = ("--needle-life", "500", "--cartridge", "N3", "--reload", "hand", "--pigment", "P 1")
        with simulator(self.folder, *self.sim_args(target, *sim)):
            run = self.start_run(plan, target, 20)
            self.await_punctures(120)
            run.kill()
            run.communicate()
            _, err = self.run_program("run", plan, "--session", "1", "--to", target, "--cartridge", "WRONG", "--pigment", "P 2")
        self.assertIn("--cartridge 'WRONG' IS NOT WRITTEN DOWN: the cartridge in use was confirmed at the executor as 'N3', from place 1 ", err)
        self.assertIn("--pigment 'P 2' IS NOT WRITTEN DOWN: the pigment in use was confirmed at the executor as 'P 1', from place 101 ", err)
        self.assert_made(plan)
        self.assertEqual(self.supplies(plan), [("cartridge", "N3", True, "executor", 0, 150), ("pigment", "P 1", True, "executor", 100, 50)])

    def test_a_lot_that_was_set_aside_is_that_of_the_next_change(self):
        """Named for the run, while the one before is still in; then the change is confirmed by a button, without a name."""
        plan, target = self.plan(count=500), f"zmq:tcp://127.0.0.1:{free_port()}"
        # as slow as an arm is, so that a busy machine stops it before the change as well
        with simulator(self.folder, *self.sim_args(target, "--needle-life", "120", "--cartridge", "N3", speed="1")):
            run = self.start_run(plan, target, 20)
            self.await_punctures(5)
            run.send_signal(signal.SIGINT)
            run.communicate()
        with simulator(self.folder, *self.sim_args(target, "--needle-life", "120")):
            _, err = self.run_program("run", plan, "--session", "1", "--to", target, "--cartridge", "N4")
        self.assertIn("--cartridge 'N4' IS NOT WRITTEN DOWN", err)
        self.assert_made(plan)
        lots = [row["cartridge"] for row in self.exported(plan)]
        self.assertEqual(lots, ["N3"] * 120 + ["N4"] * 30)

    def test_arm_reloads_by_itself(self):
        """And what the plan is told of it survives a sender that is killed, each once."""
        plan, target = self.plan(count=4000), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target, "--needle-life", "250")):
            for n in (130, 600):
                run = self.start_run(plan, target, 20, "--cartridge", f"box {n}")
                self.await_punctures(n)
                run.kill()
                run.communicate()
            self.run_program("run", plan, "--session", "1", "--to", target)
        self.assert_made(plan)
        told = [s for s in self.supplies(plan) if s[3] == "executor"]
        self.assertEqual([s[4] for s in told if s[0] == "pigment"], list(range(100, 1200, 100)))
        self.assertEqual([s[4] for s in told if s[0] == "cartridge"], list(range(0, 1200, 250)))
        rows = self.exported(plan)
        self.assertEqual((rows[0]["cartridge"], rows[0]["pigment"]), ("box 130", ""))
        self.assertEqual(rows[-1]["cartridge"], "box 600")
        self.assertEqual(sum(s[5] for s in self.supplies(plan) if s[0] == "cartridge"), 1200)

    def test_a_needle_that_served_another_session_is_changed(self):
        plan, target = self.plan(count=4000), f"zmq:tcp://127.0.0.1:{free_port()}"
        early = ("--early", "to see whose needle it is")
        with simulator(self.folder, *self.sim_args(target, "--needle-life", "5000")):
            run = self.start_run(plan, target, 20)
            self.await_punctures(100)
            run.kill()
            run.communicate()
            self.run_program("run", plan, "--session", "2", "--to", target, *early)
            self.run_program("run", plan, "--session", "1", "--to", target, *early)
        told = [(order, n) for kind, _, _, by, order, n in self.supplies(plan) if (kind, by) == ("cartridge", "executor")]
        again = told[-1][0]
        self.assertGreaterEqual(again, 100)
        self.assertEqual(told, [(0, again), (0, 1600), (again, 1200 - again)])

    def test_what_served_another_session_is_renewed_whoever_counts(self):
        """Needle and pigment of a session with needle life, which goes on without one behind another session."""
        plan, target = self.plan(count=4000), f"zmq:tcp://127.0.0.1:{free_port()}"
        early = ("--early", "to see whose needle it is")
        with simulator(self.folder, *self.sim_args(target, "--reload", "hand")):
            run = self.start_run(plan, target, 20, "--needle-life", "5000")
            self.await_punctures(130)
            run.send_signal(signal.SIGINT)
            run.communicate()
            self.run_program("run", plan, "--session", "2", "--to", target, *early)
            self.run_program("run", plan, "--session", "1", "--to", target, *early)
        told = [(kind, order, n) for kind, _, _, by, order, n in self.supplies(plan) if by == "executor"]
        needles = [(order, n) for kind, order, n in told if kind == "cartridge"]
        again = needles[-1][0]
        self.assertGreaterEqual(again, 130)
        self.assertEqual(needles, [(0, again), (again, 1200 - again)])
        reloads = [order for kind, order, _ in told if kind == "pigment"]
        behind = [*range(100, 1600, 100), again, *range(100 * (again // 100 + 1), 1200, 100)]
        self.assertEqual(reloads[-len(behind):], behind)
        # a slow machine stops while pigment is taken at 200 alone
        self.assertIn(reloads[:-len(behind)], ([*range(100, again, 100)], [*range(100, again + 1, 100)]))

    def test_nothing_moves_before_the_change_is_confirmed(self):
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        with open(self.folder / "sim.err", "ab") as err:
            sim = subprocess.Popen([SIM, *self.sim_args(target, "--needle-life", "20", "--console", "--new-journal")], cwd=self.folder,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, text=True, bufsize=1)
        self.addCleanup(sim.stdin.close)
        self.addCleanup(sim.stdout.close)
        self.addCleanup(sim.wait)
        self.addCleanup(sim.kill)
        self.assertIn("listening", sim.stdout.readline())

        def said(words):
            return wait_until(lambda: words in (self.folder / "sim.err").read_text(), 20)

        sim.stdin.write("needle too early\n")
        self.assertTrue(said("not taken"))
        self.assertFalse("waits for" in (self.folder / "sim.err").read_text())
        run = self.start_run(plan, target)
        self.assertTrue(said("waits for another needle or cartridge before place 1 of the tour: needle [LOT]"))
        time.sleep(0.4)
        self.assertEqual(self.punctures(), 0)
        sim.stdin.write("a needle\nneedle a lot of more than thirty-two bytes\n")
        self.assertTrue(said("expected needle [LOT]"))
        self.assertTrue(said("at most 32 bytes"))
        self.assertEqual(self.punctures(), 0)
        sim.stdin.write("needle C 1\n")
        self.assertTrue(wait_until(lambda: self.punctures() == 20, 20))
        time.sleep(0.2)
        self.assertEqual(self.punctures(), 20)
        self.assertTrue(said("waits for another needle or cartridge before place 21 of the tour"))
        sim.stdin.write("pigment\nneedle\n")
        self.finish(run)
        self.assertEqual((self.folder / "sim.err").read_text().count("waits for"), 2)
        self.assert_made(plan)
        self.assertEqual(self.supplies(plan), [("cartridge", "C 1", True, "executor", 0, 20),
                                               ("pigment", None, False, "executor", 20, 10),
                                               ("cartridge", "C 1", False, "executor", 20, 10)])

    def test_plan_of_the_first_version(self):
        """Read as it is; but no arm gets it, since it says nothing of the way from dot to dot."""
        plan, target = "old.needleplan", f"zmq:tcp://127.0.0.1:{free_port()}"
        with sqlite3.connect(self.folder / plan) as db:
            db.executescript((SOURCE / "tests/unit/plan/version_1.sql").read_text())
        db.close()
        self.run_program("keys", "new", "op.key", "--name", "tester", "--no-passphrase")
        self.run_program("approve", plan, "--key", "op.key", "--executor", "any")
        self.assertEqual(self.show(plan)["runs"], [])
        self.assertEqual(self.exported(plan), [])
        with simulator(self.folder, *self.sim_args(target)):
            for command in "run", "air":
                self.run_program(command, plan, "--session", "1", "--to", target, status=INVALID)
        self.assertEqual(self.exported(plan), [])

    def test_bad_lots(self):
        plan, target = self.plan(count=100), "zmq:tcp://127.0.0.1:9"
        for lot in ("", "a\tb", "x" * 33, "ü" * 17):
            for option in ("--cartridge", "--pigment"):
                self.refuse("run", plan, "--session", "1", "--to", target, option, lot, status=USAGE, says=f"{option}: expected a lot")
        self.refuse("air", plan, "--session", "1", "--to", target, "--pigment", "P", status=USAGE, says="a rehearsal")
        done = subprocess.run([SIM, "--listen", "zmq:tcp://127.0.0.1:*", "--journal", "memory", "--cartridge", "x" * 33],
                              cwd=self.folder, capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("--cartridge: expected a lot", done.stderr)

    def test_bad_faults(self):
        for fault in ("too-deep", "too-deep:", "deep:3", "skipped:0", "skipped:3x", "skipped:99999999999"):
            done = subprocess.run([SIM, "--listen", "zmq:tcp://127.0.0.1:*", "--journal", "memory", "--fault", fault],
                                  cwd=self.folder, capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, USAGE, done.stderr)
            self.assertIn(f"--fault {fault}: expected", done.stderr)


if __name__ == "__main__":
    import unittest
    unittest.main()
