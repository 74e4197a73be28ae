"""Sessions over real links, with either side killed on the way: every dot once, or reported."""
import base64
import csv
import io
import json
import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import time

from programs import ENDED, INVALID, LINK, NEEDLEPATH, SIM, STOPPED, USAGE, free_port, simulator, start_simulator, wait_until
from streaming import StreamCase


class Stream(StreamCase):
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
        with simulator(self.folder, *self.sim_args("serial:pty:4000000", "--pty-link", "tty")):
            self.run_program("run", plan, "--session", "1", "--to", f"serial:{tty}:4000000")
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
                self.assertEqual(self.show(plan)["runs"][-1]["state"], "interrupted")
            self.run_program("run", plan, "--session", "1", "--to", target)
        self.assert_made(plan)

    def test_sender_killed_over_pty(self):
        plan = self.plan(count=4000)
        target = f"serial:{self.folder / 'tty'}:4000000"
        with simulator(self.folder, *self.sim_args("serial:pty:4000000", "--pty-link", "tty")):
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
        self.finish(run, ENDED)
        sim.send_signal(signal.SIGTERM)
        sim.communicate(timeout=20)
        self.assertEqual(sim.returncode, 0)
        self.assert_made_but_for_doubts(plan, kills=2)

    def test_simulator_killed(self):
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        self.kill_simulator(target, target)

    def test_simulator_killed_over_pty(self):
        self.kill_simulator("serial:pty:4000000", f"serial:{self.folder / 'tty'}:4000000", "--pty-link", "tty")

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
            self.run_program("run", plan, "--session", "1", "--to", target, status=ENDED)
        self.assert_made_but_for_doubts(plan, kills=1)

    def test_a_stop_that_a_dead_executor_cannot_answer(self):
        """It is no held run: nobody knows what was begun, and whoever asks the file is told so."""
        self.stop_unanswered(signal.SIGKILL, 0)

    def test_a_stop_that_a_frozen_executor_cannot_answer(self):
        """Its link takes all that is sent, so that it is looked for anew."""
        self.stop_unanswered(signal.SIGSTOP, 0)

    def test_a_stop_while_the_executor_is_looked_for_anew(self):
        self.stop_unanswered(signal.SIGSTOP, 2.5)

    def stop_unanswered(self, number, wait_s):
        plan, target = self.plan(count=4000), f"zmq:tcp://127.0.0.1:{free_port()}"
        sim = start_simulator(self.folder, *self.sim_args(target, speed="1"))
        run = self.start_run(plan, target)
        self.await_punctures(5)
        sim.send_signal(number)
        time.sleep(wait_s)
        run.send_signal(signal.SIGINT)
        self.assertRegex(self.finish(run, LINK), "has not said within 3 s that it stands: look at the arm.*may have begun others")
        self.assertEqual(self.show(plan)["runs"][-1]["state"], "link lost")
        self.assertIn("what the executor began since it was last heard is not in this file", self.run_program("show", plan)[0])
        sim.kill()
        sim.communicate()
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program("run", plan, "--session", "1", "--to", target, status=ENDED)
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

    def test_other_signals_and_a_closed_terminal_end_a_run_as_ctrl_c_does(self):
        plan, target = self.plan(count=4000), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
                before = self.punctures()
                run = self.start_run(plan, target)
                self.await_punctures(before + 50)
                run.send_signal(number)
                run.send_signal(number)
                self.assertIn("run the same command again", self.finish(run, STOPPED))
                self.assertEqual(self.show(plan)["runs"][-1]["state"], "held")
            before = self.punctures()
            child, terminal = pty.fork()
            if child == 0:
                os.chdir(self.folder)
                os.execv(NEEDLEPATH, [NEEDLEPATH, "run", plan, "--session", "1", "--to", target, "--head-is-arm-frame"])
            self.await_punctures(before + 50)
            os.close(terminal)
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), STOPPED)
            self.assertLess(self.punctures(), 1200)
            self.assertEqual(self.show(plan)["runs"][-1]["state"], "held")
            self.run_program("run", plan, "--session", "1", "--to", target)
        self.assert_made(plan)

    def test_a_run_that_nobody_can_read_any_more_is_held(self):
        """Both outputs are pipes whose other end was closed: as over ssh without a terminal, where no signal comes."""
        plan, target = self.plan(count=1000), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target, speed="1")):
            run = self.start_run(plan, target)
            self.await_punctures(2)
            run.stdout.close()
            time.sleep(0.3)
            self.assertIsNone(run.poll(), "one of them is read")
            run.stderr.close()
            self.assertEqual(run.wait(20), STOPPED)
            self.assertEqual(self.show(plan)["runs"][-1]["state"], "held")
        with simulator(self.folder, *self.sim_args(target)):
            # started with none, nothing that it opens gets their numbers
            done = subprocess.run(["bash", "-c", 'exec "$@" <&- >&- 2>&-', "-", NEEDLEPATH, "run", plan, "--session", "1", "--to",
                                   target, "--head-is-arm-frame"], cwd=self.folder, timeout=120)
            self.assertEqual(done.returncode, INVALID)  # what there is to say could not be said
        self.assert_made(plan)

    def test_a_run_that_was_started_to_survive_its_terminal_does(self):
        plan, target = self.plan(count=1000), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            run = subprocess.Popen(["nohup", NEEDLEPATH, "run", plan, "--session", "1", "--to", target,
                                    "--head-is-arm-frame"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.await_punctures(20)
            run.send_signal(signal.SIGHUP)
            self.finish(run)
        self.assert_made(plan)

    # ---- where the head is ----

    def test_place_is_kept(self):
        """A session goes on where it was begun, whatever is given; another place is said, told in mm, and on record."""
        plan, target = self.plan(count=12000), f"zmq:tcp://127.0.0.1:{free_port()}"
        begin = ("run", plan, "--session", "1", "--to", target)
        self.fiducials("here.yaml", 2.5)
        self.fiducials("there.yaml", 4.5)

        def plain(args):
            return args
        err = self.run_program(*begin, status=USAGE, place=plain)[1]
        self.assertIn("--head-is-arm-frame", err)
        self.assertIn("--fiducials", self.run_program("air", *begin[1:], status=USAGE, place=plain)[1])
        self.assertEqual(self.show(plan)["runs"], [])
        with simulator(self.folder, *self.sim_args(target)):
            for more in (("--fiducials", "here.yaml"), ()):
                before = self.punctures()
                run = subprocess.Popen([NEEDLEPATH, *begin, *more], cwd=self.folder, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
                self.await_punctures(before + 50)
                run.send_signal(signal.SIGINT)
                self.finish(run, STOPPED)
            made = self.punctures()
            self.assertIn("say two things", self.run_program(*begin, "--fiducials", "here.yaml", "--head-is-arm-frame",
                                                             status=USAGE)[1])
            err = self.run_program(*begin, "--fiducials", "there.yaml", status=INVALID)[1]
            self.assertRegex(err, r"here\.yaml, \d{4}-.*up to 2\.00 mm, 2\.00 on average.*--moved")
            self.assertEqual(self.punctures(), made)
            err = self.run_program(*begin, "--fiducials", "there.yaml", "--moved")[1]
            self.assertIn("THE HEAD WAS MOVED: the dots now lie up to 2.00 mm", err)
            self.assertIn("confirmed by the simulator itself, as it has no --console", (self.folder / "sim.err").read_text())
        ids = [row["id"] for row in self.record()]
        self.assertEqual((len(ids), len(set(ids))), (3600, 3600))
        runs = self.show(plan)["runs"]
        self.assertEqual([run["registration"]["name"] for run in runs], ["here.yaml", "here.yaml", "there.yaml"])
        self.assertEqual([run["registration"]["moved_mm"] for run in runs], [0, 0, 2])
        with sqlite3.connect(self.folder / plan) as db:
            rows = db.execute("SELECT qw_ppm, tx_um, rms_um, fiducials FROM registrations ORDER BY run").fetchall()
        self.assertEqual([row[:3] for row in rows], [(1000000, 2500, 0)] * 2 + [(1000000, 4500, 0)])
        self.assertEqual(rows[0][3].splitlines()[1], '"p, 0",90.0000,0.0000,0.0000,92.5000,0.0000,0.0000,0.0000')

    def start_console(self, target):
        """A simulator at whose console somebody is, until the test ends."""
        with open(self.folder / "sim.err", "ab") as err:
            sim = subprocess.Popen([SIM, *self.sim_args(target, "--console")], cwd=self.folder, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=err, text=True)
        for clean_up in (sim.stdin.close, sim.stdout.close, sim.wait, sim.kill):
            self.addCleanup(clean_up)
        self.assertIn("listening", sim.stdout.readline())
        return sim

    def test_place_by_the_executor(self):
        """A copy of the plan that knows of no run: the executor's journal says where the head was, and asks a person."""
        plan, target = self.plan(count=1000), f"zmq:tcp://127.0.0.1:{free_port()}"
        begin = ("run", plan, "--session", "1", "--to", target)
        self.fiducials("here.yaml", 2.5)
        self.fiducials("there.yaml", 4.5)
        shutil.copy(self.folder / plan, self.folder / "copy")
        with simulator(self.folder, *self.sim_args(target, "--fault", "too-deep:" + self.planned(plan)[99]["id"])):
            self.run_program(*begin, "--fiducials", "here.yaml", status=STOPPED)
        shutil.copy(self.folder / "copy", self.folder / plan)
        made = self.punctures()
        sim = self.start_console(target)
        err = self.run_program(*begin, "--fiducials", "there.yaml", status=LINK)[1]
        self.assertIn(f"{made} dots were made with the head elsewhere, by up to 2.00 mm", err)
        self.assertIn("with --moved, and confirm it at the executor", err)
        run = subprocess.Popen([NEEDLEPATH, *begin, "--fiducials", "there.yaml", "--moved"], cwd=self.folder,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertTrue(wait_until(lambda: "THE HEAD WAS MOVED" in (self.folder / "sim.err").read_text()))
        time.sleep(0.3)
        self.assertEqual(self.punctures(), made)  # nobody has confirmed it
        sim.stdin.write("moved\n")
        sim.stdin.flush()
        self.assertIn(f"{made} dots were learnt from the executor's record", self.finish(run))
        self.assertIn("is confirmed, and on record", (self.folder / "sim.err").read_text())
        self.assertEqual([row["id"] for row in self.record()], [row["id"] for row in self.planned(plan)])
        # this copy does not know from where, and says that it was said
        (place,) = [run["registration"] for run in self.show(plan)["runs"] if "registration" in run]
        self.assertEqual((place["name"], place["moved_mm"], place["moved_unknown"], place["claimed"]), ("there.yaml", 0, True, False))
        words = "the head was said to have been moved, how far is not known here"
        self.assertIn(words, self.run_program("show", plan)[0])
        self.run_program("report", plan, "-o", "rep")
        self.assertIn(words, (self.folder / "rep/report.html").read_text())

    def test_place_of_dots_that_are_learnt(self):
        """Dots of a run that was killed lie where that run had the head, not where the next one says that it is."""
        plan, target = self.plan(count=1000), f"zmq:tcp://127.0.0.1:{free_port()}"
        begin = ("run", plan, "--session", "1", "--to", target)
        self.fiducials("here.yaml", 2.5)
        self.fiducials("there.yaml", 4.5)
        shutil.copy(self.folder / plan, self.folder / "copy")
        with simulator(self.folder, *self.sim_args(target, speed="1")):
            run = subprocess.Popen([NEEDLEPATH, *begin, "--fiducials", "here.yaml"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.await_punctures(15)
            run.kill()
            run.communicate()
        made = self.punctures()
        # the killed run wrote none of its dots down, and the file has the run all the same
        with sqlite3.connect(self.folder / plan) as db:
            db.execute("DELETE FROM journal")
        db.close()
        self.start_console(target)

        def give_up(*more):
            """Nobody at the executor confirms it."""
            (self.folder / "sim.err").write_text("")
            run = subprocess.Popen([NEEDLEPATH, *begin, *more], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
            self.assertTrue(wait_until(lambda: "THE HEAD WAS MOVED" in (self.folder / "sim.err").read_text()))
            run.send_signal(signal.SIGINT)
            self.finish(run, STOPPED)
            self.assertEqual(self.punctures(), made)
        give_up("--fiducials", "there.yaml", "--moved")
        runs = self.show(plan)["runs"]
        self.assertEqual([(run["done"], run["registration"]["name"], run["registration"]["claimed"]) for run in runs],
                         [(made, "here.yaml", False), (0, "there.yaml", True)])
        # it was said that the head is no longer there: not gone on with by itself
        err = self.run_program(*begin, status=INVALID, place=list)[1]
        self.assertRegex(err, r"run 2 was told with --moved that the head had been moved \(there.yaml\).*--fiducials FILE")
        self.assertEqual(self.punctures(), made)
        self.assertIn("here.yaml", self.run_program(*begin, "--fiducials", "there.yaml", status=INVALID)[1])
        self.assertIn("--fiducials FILE with --moved", self.run_program(*begin, "--moved", status=USAGE, place=list)[1])
        # a copy that knows of no run: what it learns is nowhere until a person has said where
        shutil.copy(self.folder / plan, self.folder / "kept")
        shutil.copy(self.folder / "copy", self.folder / plan)
        give_up("--fiducials", "there.yaml", "--moved")
        self.assertIn("how far the sender's record does not say, at most 2.00 by the two poses",
                      (self.folder / "sim.err").read_text())
        runs = self.show(plan)["runs"]
        self.assertEqual([(run["done"], run["learnt"], run["state"], run.get("registration", {}).get("claimed")) for run in runs],
                         [(0, 0, "held", True), (made, made, "learnt", None)])
        self.assert_learnt(plan, made)
        # without that statement nothing says where they are
        with sqlite3.connect(self.folder / plan) as db:
            db.execute("DELETE FROM registrations")
        db.close()
        self.assertRegex(self.run_program(*begin, status=USAGE, place=list)[1],
                         f"this file learnt {made} dots of session 1 from another record, and does not say where the head was")
        self.assertEqual(self.punctures(), made)
        shutil.copy(self.folder / "kept", self.folder / plan)
        # the plan's record says that the head was there, by a hand that changed it; the executor's that it was not
        with sqlite3.connect(self.folder / plan) as db:
            db.execute("DELETE FROM registrations WHERE moved_um < 0")
            db.execute("UPDATE registrations SET tx_um = 4500")
        db.close()
        err = self.run_program(*begin, status=LINK, place=list)[1]
        self.assertIn("by the plan's it lay in run 1 as it does now (here.yaml), by the executor's elsewhere", err)
        shutil.copy(self.folder / "kept", self.folder / plan)
        run = subprocess.Popen([NEEDLEPATH, *begin, "--fiducials", "here.yaml"], cwd=self.folder, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
        self.finish(run)
        self.assertEqual([row["id"] for row in self.record()], [row["id"] for row in self.planned(plan)])

    def assert_learnt(self, plan, made):
        """`show`, the report and the record say of MADE dots that they were heard of, and neither when nor where they were made."""
        said = self.run_program("show", plan)[0]
        self.assertRegex(said, rf"run 2: session 1, heard of 20\S+ .*: {made} done .*learnt: of runs that this file does not know")
        self.assertIn("heard", self.show(plan)["runs"][1])
        self.assertNotIn("started", self.show(plan)["runs"][1])
        self.run_program("report", plan, "-o", "rep")
        self.assertIn("learnt: of runs that this file does not know", (self.folder / "rep/report.html").read_text())
        rows = list(csv.DictReader(io.StringIO(self.run_program("export", plan, "--format", "record")[0])))
        self.assertEqual({(row["run"], row["learnt"]) for row in rows}, {("", "1")})
        self.assertEqual(len(rows), made)

    # ---- what is refused ----

    def test_nobody_there(self):
        plan = self.plan(count=100)
        to = ("--session", "1", "--to", f"zmq:tcp://127.0.0.1:{free_port()}", "--timeout", "0.5")
        out, err = self.run_program("run", plan, *to, status=LINK)
        self.assertIn("no executor answered", err)
        self.assertEqual(out, "no dot was asked for; by the plan 0 of 30 are done, 0 in doubt, 0 failed\n")
        self.assertEqual(self.run_program("air", plan, *to, status=LINK)[0], "no dot was asked for\n")

    def test_counts_are_the_plan_s_until_dots_are_asked_for(self):
        """Nobody there, or a refusal, in the middle of a session: the plan says what is done, and the simulator what it made."""
        plan, target = self.plan(count=1000), f"zmq:tcp://127.0.0.1:{free_port()}"
        begin = ("run", plan, "--session", "1", "--to", target)
        with simulator(self.folder, *self.sim_args(target, "--fault", "too-deep:" + self.planned(plan)[99]["id"])) as sim:
            self.assertIn("100 of 300 dots", self.run_program(*begin, status=STOPPED)[1])
            self.assertIn("300 of 300 dots rehearsed", self.run_program("air", *begin[1:])[0])
            sim.send_signal(signal.SIGTERM)
            said = sim.communicate(timeout=20)[0]
        self.assertIn("; session 1: 300 of 300 dots rehearsed\n", said)
        out, _ = self.run_program(*begin, "--timeout", "0.5", status=LINK)
        self.assertEqual(out, "no dot was asked for; by the plan 100 of 300 are done, 0 in doubt, 0 failed\n")
        state = json.loads(self.run_program(*begin, "--timeout", "0.5", "--json", status=LINK)[0])
        self.assertEqual((state["done"], state["asked_for"]), (100, False))
        self.run_program("keys", "new", "other.key", "--no-passphrase")
        refusing = [a if a != "op.key.pub" else "other.key.pub" for a in self.sim_args(target)]
        with simulator(self.folder, *refusing):
            out, err = self.run_program(*begin, status=LINK)
            self.assertIn("; 100 of 300 dots are done", err)
            self.assertIn("by the plan 100 of 300 are done", out)
        (self.folder / "sim.err").unlink()
        with simulator(self.folder, *self.sim_args(target)) as sim:
            self.assertIn("300 of 300 dots done", self.run_program(*begin)[0])
            sim.send_signal(signal.SIGTERM)
            self.assertIn("; session 1: 299 of 300 dots done, 0 in doubt, 1 too deep or failed\n", sim.communicate(timeout=20)[0])
        log = (self.folder / "sim.err").read_text()
        self.assertEqual((log.count("armed for"), log.count("session has ended")), (1, 1))
        self.assertIn("asked what it reaches, by needlepath", log)

    def test_a_plan_is_no_journal(self):
        plan = self.plan(count=100)
        for more in ((), ("--new-journal",)):
            done = subprocess.run([SIM, "--listen", f"zmq:tcp://127.0.0.1:{free_port()}", "--journal", plan, *more], cwd=self.folder,
                                  capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, INVALID)
            self.assertIn("is a plan, or another database, and no executor's journal", done.stderr)

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
        self.run_program("keys", "new", "other.key", "--name", "other", "--no-passphrase")
        with simulator(self.folder, "--listen", target, "--speed", "max", "--journal", "memory", "--record", "record.csv",
                       "--operator", "other.key.pub"):
            err = self.run_program("run", plan, "--session", "1", "--to", target, status=LINK)[1]
            self.assertIn("nobody the executor knows", err)
            self.assertIn("enter the approver's public key (KEY.pub) at the executor", err)
            self.assertNotIn("YOUR.key", err)
        self.assertEqual(self.record(), [])

    def test_link_keys(self):
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        self.write("lab.key", f"needlepath-link-key-v1 lab {base64.b64encode(bytes(range(32))).decode()}\n")
        os.chmod(self.folder / "lab.key", 0o644)
        self.refuse("run", plan, "--session", "1", "--to", target, "--link-key", "lab.key", says="chmod 600")
        os.chmod(self.folder / "lab.key", 0o600)
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

    def test_journal_that_is_not_there(self):
        """Never made anew by itself, and nothing else is taken for one; a person says so."""
        self.plan(count=100)
        target, journal = f"zmq:tcp://127.0.0.1:{free_port()}", self.folder / "arm.journal"
        for content, more, says in ((None, (), "--new-journal"), (b"", (), "--new-journal"), (b"hello world", (), "not an executor's journal"),
                                    (b"hello world", ("--new-journal",), "leave --new-journal out")):
            with self.subTest(content=content, more=more):
                if content is not None:
                    journal.write_bytes(content)
                done = subprocess.run([SIM, *self.sim_args(target, *more)], cwd=self.folder, capture_output=True, text=True,
                                      timeout=20)
                self.assertEqual(done.returncode, INVALID)
                self.assertIn(says, done.stderr)
                self.assertEqual(journal.read_bytes() if journal.exists() else None, content)


if __name__ == "__main__":
    import unittest
    unittest.main()
