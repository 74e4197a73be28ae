"""Strangers on the wire: an executor and a sender in Python, written from protocol/SPEC.md alone, against the real programs."""
import base64
import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time

from programs import DONE, INCOMPLETE, LINK, NEEDLEPATH, SOURCE, Case, free_port, simulator, wait_until

INTEROP = SOURCE / "tests/interop"
PYTHON = "/usr/bin/python3"
DOTS = 150  # of session 1; the plan has 500
PLACES = [[90.0, 0.0, 0.0], [0.0, 75.0, 0.0], [0.0, 0.0, 130.0], [0.0, 0.0, 0.0]]  # of fiducials: no turn brings them onto one another
COLUMNS = "id, tour_order, x_um, y_um, z_um, nx_ppm, ny_ppm, nz_ppm, ax_ppm, ay_ppm, az_ppm, depth_um, dwell_us, tone_ppm"

# In memory where there is such a place: what is tested is the wire, not the disk.
if os.access("/dev/shm", os.W_OK):
    tempfile.tempdir = "/dev/shm"


class Interop(Case):
    shelf = None  # an approved plan and its key, made once

    def setUp(self):
        super().setUp()
        if Interop.shelf is None:
            self.make_plan("crown", edit=lambda text: re.sub(r"dots: \{", "dots: {count: 500, ", text))
            Interop.shelf = tempfile.mkdtemp(prefix="needlepath-plans-")
            self.addClassCleanup(shutil.rmtree, Interop.shelf, True)
            shutil.copytree(self.folder, Interop.shelf, dirs_exist_ok=True)
        shutil.copytree(Interop.shelf, self.folder, dirs_exist_ok=True)
        key = base64.b64encode(os.urandom(32)).decode()
        self.write("link.key", f"needlepath-link-key-v1 test {key}\n")
        os.chmod(self.folder / "link.key", 0o600)
        self.url = f"tcp://127.0.0.1:{free_port()}"

    def planned(self):
        """The 14 integers of every dot of session 1, from the plan file itself."""
        with sqlite3.connect(self.folder / "p.needleplan") as db:
            dots = db.execute(f"SELECT {COLUMNS} FROM dots WHERE session = 1 ORDER BY tour_order").fetchall()
        db.close()
        self.assertEqual(len(dots), DOTS)
        return dots

    # ---- the Python executor ----

    def executor(self, *args):
        """The Python executor, listening; ended with the test."""
        out = open(self.folder / "executor.out", "ab")
        self.addCleanup(out.close)
        process = subprocess.Popen([PYTHON, "-B", INTEROP / "executor.py", "--listen", self.url, "--journal", "arm.journal",
                                    "--record", "made.csv", "--operator", "op.key.pub", *args], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=out, text=True)
        self.addCleanup(self.end, process)
        self.assertIn("listening", process.stdout.readline(), (self.folder / "executor.out").read_text())
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()

    def run_session(self, *args, status=DONE):
        return self.run_program("run", "p.needleplan", "--session", "1", "--to", f"zmq:{self.url}", *args, status=status,
                                timeout=60)

    def made(self):
        with open(self.folder / "made.csv", newline="") as f:
            return [tuple(map(int, row)) for row in csv.reader(f)]

    def assert_made(self):
        """What arrived in Python is the session to the last digit: every dot once, in order."""
        self.assertEqual(self.made(), self.planned())
        runs = self.show("p.needleplan")["runs"]
        self.assertEqual(sum(run["done"] for run in runs), DOTS)
        self.assertEqual([run["state"] for run in runs if run["state"] != "learnt"][-1], "done")

    def test_executor(self):
        self.executor()
        _, err = self.run_session()
        self.assertIn("UNAUTHENTICATED", err)
        self.assert_made()
        # Again, with a copy of the plan that knows of no run: the executor's record keeps the needle away.
        shutil.copy(f"{Interop.shelf}/p.needleplan", self.folder)
        self.run_session()
        self.assert_made()

    def test_executor_with_key(self):
        self.executor("--link-key", "link.key")
        _, err = self.run_session(status=LINK)
        self.assertIn("link key", err)
        self.assertFalse(self.made())
        _, err = self.run_session("--link-key", "link.key")
        self.assertNotIn("UNAUTHENTICATED", err)
        self.assert_made()

    def curve_keys(self):
        """What a listed sender, and one that is not, say to the executor `arm`."""
        for name in ("arm", "lab", "guest"):
            self.run_program("keys", "curve", name)
        return (("--curve-key", name, "--server-key", "arm.pub") for name in ("lab", "guest"))

    def test_executor_with_curve(self):
        lab, guest = self.curve_keys()
        self.executor("--curve-key", "arm", "--allow", "lab.pub", "--dot-ms", "20")
        _, err = self.run_session(*guest, status=LINK)
        self.assertIn("may only STOP", err)
        self.assertFalse(self.made())
        run = subprocess.Popen([NEEDLEPATH, "run", "p.needleplan", "--session", "1", "--head-is-arm-frame", "--to",
                                f"zmq:{self.url}", *lab],
                               cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertTrue(wait_until(lambda: len(self.made()) > 5))
        self.run_program("stop", "--to", f"zmq:{self.url}", *guest)
        _, err = run.communicate(timeout=60)
        self.assertIn("stopped by somebody on the link", err)
        self.run_session(*lab)
        self.assert_made()

    def test_executor_that_says_more(self):
        """A later version may add fields to every message, and to what is in its lists: they are skipped."""
        self.executor("--newer", "--needle-life", "60")
        self.run_session()
        self.assert_made()

    def test_executor_that_wants_needles(self):
        executor = self.executor("--needle-life", "60", "--cartridge", "C 1", "--cartridge", "C 2", "--once")
        self.run_session()
        self.assert_made()
        out, _ = executor.communicate(timeout=20)
        self.assertEqual(re.findall(r"needle .*", out), ["needle 0 C 1", "needle 60 C 2", "needle 120 C 2"])

    def test_executor_of_a_head_that_was_moved(self):
        """The Python executor's journal has the registration, whatever copy of the plan comes."""
        for name, dx in (("here.yaml", 1.0), ("there.yaml", 3.0)):
            self.write(name, "limit_mm: 1.0\nfiducials:\n" + "".join(
                f"  - {{name: 'p{i}', head: {at}, arm: [{at[0] + dx}, {at[1]}, {at[2]}]}}\n" for i, at in enumerate(PLACES)))
        first = self.executor("--die-at", "70")
        self.run_session("--fiducials", "here.yaml", "--timeout", "1", status=LINK)
        self.assertEqual(first.wait(20), 9)
        shutil.copy(f"{Interop.shelf}/p.needleplan", self.folder)
        again = self.executor("--once")
        _, err = self.run_session("--fiducials", "there.yaml", status=LINK)
        self.assertIn("the head is elsewhere than when dots were made with --moved", err)
        self.run_session("--fiducials", "there.yaml", "--moved", status=INCOMPLETE)
        self.assertIn("moved 1\n", again.communicate(timeout=20)[0])
        self.assertEqual(self.made(), self.planned())

    def laid(self, name, place):
        """The options for a head that PLACE lays."""
        self.write(name, "limit_mm: 1.0\nfiducials:\n" + "".join(
            f"  - {{name: 'p{i}', head: {at}, arm: {place(*at)}}}\n" for i, at in enumerate(PLACES)))
        return ("--fiducials", name)

    def test_executor_with_a_workspace(self):
        """A head that lies on its back, its x up: dots whose x is too small are outside, and refused or left out; one upside down is
        refused."""
        planned = self.planned()
        back = self.laid("back.yaml", lambda x, y, z: [-z, y, x])
        limit = sorted(dot[2] for dot in planned)[24] - 3
        self.executor(f"--workspace=-900000,-900000,{limit},900000,900000,900000")
        _, err = self.run_session(*self.laid("over.yaml", lambda x, y, z: [x, -y, -z]), status=LINK)
        self.assertIn("the head is upside down", err)
        _, err = self.run_session(*back, status=LINK)
        self.assertIn(f"Python's workspace (um): [-900000, -900000, {limit}] to [900000, 900000, 900000]", err)
        self.assertRegex(err, r"\d+ of 150 dots of session 1 are out of the arm's reach")
        self.assertFalse(self.made())
        self.run_session(*back, "--only-reachable", status=INCOMPLETE)
        self.assertTrue(0 < len(self.made()) <= DOTS - 24)
        self.assertGreaterEqual(min(dot[2] for dot in self.made()), limit)

    def test_executor_that_does_not_reach_everything(self):
        """What is too far in front is left out, and made when the head was moved back: the arm goes by the plan's links alone."""
        for name, dx in (("here.yaml", 0.0), ("there.yaml", -100.0)):
            self.write(name, "limit_mm: 1.0\nfiducials:\n" + "".join(
                f"  - {{name: 'p{i}', head: {at}, arm: [{at[0] + dx}, {at[1]}, {at[2]}]}}\n" for i, at in enumerate(PLACES)))
        planned = self.planned()
        limit = sorted(dot[2] for dot in planned)[-25]
        self.executor("--reach-um", str(limit), "--path", "path.csv")
        _, err = self.run_session("--fiducials", "here.yaml", status=LINK)
        self.assertIn("24 of 150 dots of session 1 are out of the arm's reach", err)
        self.assertIn("with --only-reachable", err)
        out, err = self.run_session("--fiducials", "here.yaml", "--only-reachable", status=INCOMPLETE)
        chunks = [[dot[2] <= limit for dot in planned[at:at + 64]] for at in (0, 64, 128)]
        made = [at + i for at, c in zip((0, 64, 128), chunks) for i in range((c + [False]).index(False))]
        self.assertTrue(0 < len(made) < DOTS)
        self.assertIn(f"{len(made)} of 150 dots done, 0 in doubt, 0 failed, {DOTS - len(made)} left out", out)
        self.assertEqual([dot[1] for dot in self.made()], made)
        ends = {(row[0], row[2]) for row in csv.reader(open(self.folder / "path.csv", newline=""))}
        self.assertLessEqual({("home", "hover"), ("hover", "home")}, ends)
        self.assertEqual(self.show("p.needleplan")["runs"][-1]["state"], "partly done")
        self.run_session("--fiducials", "there.yaml", "--moved")
        self.assertEqual(sorted(self.made(), key=lambda dot: dot[1]), planned)

    def test_executor_of_another_version(self):
        self.executor("--version", "1")
        _, err = self.run_session(status=LINK)
        self.assertIn("the executor speaks version 1 of the protocol", err)
        self.assertFalse(self.made())

    def test_executor_that_knows_no_operator_of_ours(self):
        self.run_program("keys", "new", "other.key", "--name", "stranger", "--no-passphrase")
        (self.folder / "other.key.pub").replace(self.folder / "op.key.pub")
        self.executor()
        _, err = self.run_session(status=LINK)
        self.assertIn("approved by nobody", err)
        self.assertFalse(self.made())

    def test_cut_half_way(self):
        # 50 dots of 10 ms outlast the lease of 80 ms six times over, on a fast machine too.
        executor = self.executor("--cut-at", "70", "--dot-ms", "10", "--link-key", "link.key", "--once")
        self.run_session("--link-key", "link.key")
        self.assert_made()
        out, _ = executor.communicate(timeout=20)
        self.assertIn("LEASE", out)  # it held by itself,
        # and went on, armed anew after a new connection or resumed on the old one, whichever the sender was in time for
        self.assertRegex(out.split("LEASE", 1)[1], "state [45] NONE")

    def test_executor_dies_in_a_dot(self):
        first = self.executor("--die-at", "70")
        self.run_session("--timeout", "1", status=LINK)
        self.assertEqual(first.wait(20), 9)
        self.executor()
        self.run_session(status=INCOMPLETE)
        # The 70th dot was begun and its end is not known: in doubt, and never made again by itself.
        self.assertEqual(self.made(), self.planned())
        runs = self.show("p.needleplan")["runs"]
        self.assertEqual((sum(run["done"] for run in runs), sum(run["in_doubt"] for run in runs)), (DOTS - 1, 1))

    # ---- the Python sender ----

    def sender(self, *args, status=DONE, journal="sender.journal"):
        done = subprocess.run([PYTHON, "-B", INTEROP / "sender.py", "p.needleplan", "--to", self.url, "--journal", journal,
                               "--timeout", "30", *args], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout.splitlines(), done.stderr

    def sim(self, *args):
        return simulator(self.folder, "--listen", f"zmq:{self.url}", "--speed", "max", "--journal", "arm.journal", "--record",
                         "record.csv", "--operator", "op.key.pub", *args)

    def assert_simulated(self):
        with open(self.folder / "record.csv", newline="") as f:
            self.assertEqual([int(row["id"]) for row in csv.DictReader(f)], [dot[0] for dot in self.planned()])

    def test_sender(self):
        with self.sim():
            out, _ = self.sender()
            self.assertEqual(json.loads(out[-1]), {"done": DOTS, "in_doubt": 0, "other": 0, "authenticated": 0})
            self.assert_simulated()
            # The session is done; who asks to arm all the same is refused.
            _, err = self.sender("--insist", status=LINK)
            self.assertIn("SESSION_DONE", err)
            # A sender that lost its journal learns from the executor that there is nothing to do.
            out, _ = self.sender(journal="new.journal")
            self.assertEqual(out[0], f"goes on at {DOTS}")
            self.assert_simulated()

    def test_sender_that_knows_more_than_the_executor(self):
        order, dot_id = 3, self.planned()[3][0]
        self.write("sender.journal", f"[{order}, 2]\n")
        with self.sim():
            _, err = self.sender(status=LINK)
        self.assertIn(f"DIFFERENCE: the executor's record differs for the dots [{dot_id}]", err)

    def test_sender_with_key(self):
        with self.sim("--link-key", "link.key"):
            _, err = self.sender(status=LINK)
            self.assertIn("KEY", err)
            out, _ = self.sender("--link-key", "link.key")
        self.assertEqual(json.loads(out[-1])["authenticated"], 1)
        self.assert_simulated()

    def test_sender_with_curve(self):
        lab, guest = self.curve_keys()
        with self.sim("--curve-key", "arm", "--allow", "lab.pub"):
            _, err = self.sender(*guest, status=LINK)
            self.assertIn("may only STOP", err)
            out, _ = self.sender(*lab)
        self.assertEqual(json.loads(out[-1])["authenticated"], 0)  # that is the link key's
        self.assert_simulated()

    def test_sender_whose_executor_errs(self):
        """Each answer that cannot be true ends the session by its name, and the arm is held; in both senders, each by its own code."""
        for lie, python, real in (("WELCOME.max_dots=100", "TOO_BIG", "max_dots is 100"),
                                  ("LOADED.done=151", "LOADED.done", "LOADED: the sum of done"),
                                  ("RESUME_INFO.session=2", "RESUME_INFO.session is 2, 1", "field session is 2, 1"),
                                  ("RESUME_INFO.digest=0", "RESUME_INFO.digest is 00000000", "field digest is 00000000"),
                                  ("RESUME_INFO.n_dots=149", "RESUME_INFO.n_dots is 149, 150", "149 dots"),
                                  ("EVENTS.next=150", "EVENTS.next is 150, at most", "field next is 150, at most"),
                                  ("EVENTS.first=150", "EVENTS.first is 150, at most", "field first is 150, at most"),
                                  ("EVENTS.received=150", "EVENTS.received is 150, at most", "field received is 150, at most"),
                                  ("EVENTS.depth=-1", "depth of order 0 is -1", "is -1, 0..10000 was expected"),
                                  ("EVENTS.depth=10001", "depth of order 0 is 10001", "is 10001, 0..10000 was expected"),
                                  ("ENDED.done=0", "ENDED's counts", "ENDED: fields done")):
            with self.subTest(lie):
                for name in ("arm.journal", "sender.journal", "made.csv"):
                    (self.folder / name).unlink(missing_ok=True)
                executor = self.executor("--lie", lie, "--dot-ms", "2")
                _, err = self.sender(status=LINK)
                self.assertIn(python, err)
                self.assertIn("TOO_BIG" if "max_dots" in lie else "ANSWER", err)
                if "ENDED" not in lie:
                    made = len(self.made())
                    self.assertLess(made, DOTS)
                    time.sleep(0.15)
                    self.assertEqual(len(self.made()), made, "it was not held")
                self.end(executor)
                for name in ("arm.journal", "made.csv"):
                    (self.folder / name).unlink(missing_ok=True)
                for old in self.folder.glob("p.needleplan*"):
                    old.unlink()
                shutil.copy(f"{Interop.shelf}/p.needleplan", self.folder)
                executor = self.executor("--lie", lie, "--dot-ms", "2")
                _, err = self.run_session(status=LINK)
                self.assertIn(real, err)
                self.end(executor)

    def test_sender_looks_at_a_needle_that_went_too_deep(self):
        deep = self.planned()[70][0]
        with self.sim("--fault", f"too-deep:{deep}"):
            _, err = self.sender(status=LINK)
            self.assertIn("DEPTH", err)
            out, _ = self.sender()
        self.assertEqual(json.loads(out[-1])["other"], 1)

    def supplies(self, journal="sender.journal"):
        """What a Python sender wrote down of reloads (2) and needle changes (1): (kind, order, lot)."""
        lines = (self.folder / journal).read_text().splitlines()
        return [(e[0], e[1], e[3]) for e in map(json.loads, lines) if len(e) == 4]

    def test_sender_that_wants_pigment_and_needles(self):
        with self.sim("--cartridge", "C 1", "--cartridge", "Größe 2"):
            out, _ = self.sender("--reload-every", "40", "--needle-life", "60", "--newer")
            self.assertEqual(json.loads(out[-1])["done"], DOTS)
            self.assert_simulated()
            told = self.supplies()
            self.assertEqual(told, [(1, 0, "C 1"), (2, 40, ""), (1, 60, "Größe 2"), (2, 80, ""), (1, 120, "Größe 2"), (2, 120, "")])
            # One that lost its journal hears of them again, from the simulator's.
            self.sender("--reload-every", "40", "--needle-life", "60", journal="new.journal")
            self.assertEqual(self.supplies("new.journal"), told)

    def shaded(self):
        """A plan of two shades, approved; returns from which order on session 1 is made with the second."""
        shades = "\nshades:\n  - {name: 'dark \"1\"', share: 0.25, dilution: 8, lot: A12, expires: 2096-11-30}\n  - {name: pale, share: 0.75, dilution: 14}\n"
        self.make_plan("hairline", edit=lambda t: t.replace("dots: {", "dots: {count: 60, ") + shades)
        pale, dark = self.show("p.needleplan")["sessions"][0]["cartridges"]
        self.assertEqual((pale["shade"], pale["from_order"]), ("pale", 0))
        return dark["from_order"]

    def test_sender_that_wants_cartridges(self):
        second = self.shaded()
        with self.sim("--cartridge", "pale", "--cartridge", "A12"):
            out, err = self.sender()
            self.assertEqual((json.loads(out[-1])["done"], json.loads(out[-1])["other"]), (18, 0))
        self.assertIn("waits for the cartridge 'pale' before order 0\n", err)
        self.assertEqual(self.supplies(), [(1, 0, "pale"), (1, second, "A12")])

    def test_sender_whose_cartridge_is_anothers(self):
        second = self.shaded()
        with self.sim("--cartridge", "pale", "--cartridge", "A11"):
            _, err = self.sender(status=LINK)
            self.assertIn(f"CARTRIDGE: 'A11' was put in at order {second}, 'A12' is to make it", err)
            _, err = self.sender(status=LINK)  # nor is anything made when it comes again
            self.assertIn("CARTRIDGE: 'A11'", err)
            self.assertEqual(self.supplies(), [(1, 0, "pale"), (1, second, "A11")])
        with open(self.folder / "record.csv", newline="") as f:
            self.assertEqual(len(list(csv.DictReader(f))), second)

    def test_sender_says_what_a_person_is_waited_for(self):
        self.shaded()
        with self.sim("--console"):
            _, err = self.sender("--timeout", "3", status=LINK)
        self.assertIn("not done within 3.0 s, ARMING: waits for the cartridge 'pale' before order 0", err)
        self.assertEqual(err.count("waits for"), 2)

    def test_sender_hears_of_a_cartridge_before_the_last_dots_made_with_the_one_before(self):
        """SUPPLIED comes while the last pale dots are not told yet, and while all are; with a right lot, with another, with none."""
        script = """if True:
            import sender, wire
            from types import SimpleNamespace as Named
            for told, lot in ((8, "A12"), (8, ""), (8, "ZZ"), (10, "ZZ"), (18, "pale")):
                s = sender.Sender.__new__(sender.Sender)
                s.options, s.dots, s.left, s.cartridges, s.phase, s.mapped = Named(session=1), [None] * 18, set(), [0, 10], "ARMING", 18
                s.plan = Named(cartridge=lambda session, order: "pale" if order < 10 else "A12")
                s.journal = Named(final=lambda left: told, supplies=[[1, 0, 5, "pale"]])
                s.journal.write_supplies = s.journal.supplies.extend
                try:
                    s.on_supplied(2, 1, [[1, 10, 6, lot]])
                    print("taken")
                except wire.Refused as e:
                    print(e)
                assert len(s.journal.supplies) == 2, "told, and in no journal"
        """
        done = subprocess.run([PYTHON, "-B", "-c", script], cwd=INTEROP, capture_output=True, text=True, timeout=60)
        wrong = "CARTRIDGE: '{}' was put in at order 10, 'A12' is to make it"
        self.assertEqual(done.stdout.splitlines(), ["taken", "taken", wrong.format("ZZ"), wrong.format("ZZ"), wrong.format("pale")],
                         done.stderr)

    def test_sender_writes_cartridges_as_the_vectors_have_them(self):
        vectors = json.loads((SOURCE / "protocol/vectors/vectors.json").read_text())
        vector = next(v for v in vectors["frames"] if v["message"] == "LOAD")
        self.assertEqual(vector["fields"][-1], [0, 700])
        script = ("import sys, wire; frame = wire.open_frame(bytes.fromhex(sys.argv[1]), from_executor=False); "
                  "name, fields = wire.unpack(frame.number, frame.payload); print(fields['cartridges']); "
                  "print(wire.pack(name, fields) == frame.payload)")
        done = subprocess.run([PYTHON, "-B", "-c", script, vector["frame"]], cwd=INTEROP, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stdout.split("\n")[:2], ["[0, 700]", "True"], done.stderr)

    def test_sender_where_pigment_is_reloaded_by_hand(self):
        with self.sim("--reload", "hand", "--pigment", "P 1", "--pigment", "P 2"):
            out, _ = self.sender("--reload-every", "60")
            self.assertEqual(json.loads(out[-1])["done"], DOTS)
        self.assert_simulated()
        self.assertEqual(self.supplies(), [(2, 60, "P 1"), (2, 120, "P 2")])

    def test_sender_of_a_head_that_was_moved(self):
        with self.sim():
            self.sender("--x-um", "1000", "--vanish-at", "40", status=9)
            _, err = self.sender("--x-um", "3000", status=LINK)
            self.assertIn("MOVED: ", err)
            out, _ = self.sender("--x-um", "3000", "--moved-um", "2000")
        self.assertEqual(json.loads(out[-1])["done"], DOTS)
        self.assert_simulated()

    def test_sender_that_takes_what_is_reachable(self):
        with self.sim():
            out, _ = self.sender("--x-um", "-250000", "--only-reachable")
            told = json.loads(out[-1])
            self.assertTrue(0 < told["done"] < DOTS, told)
            self.assertEqual(told["done"] + told["left"], DOTS)
            out, _ = self.sender("--x-um", "0", "--moved-um", "250000")
        self.assertEqual(json.loads(out[-1])["done"], DOTS)
        with open(self.folder / "record.csv", newline="") as f:
            self.assertEqual(sorted(int(row["id"]) for row in csv.DictReader(f)), sorted(dot[0] for dot in self.planned()))

    def test_sender_of_another_version(self):
        with self.sim():
            _, err = self.sender("--version", "1", status=LINK)
        self.assertIn("the executor speaks version 2", err)

    def test_sender_killed_half_way(self):
        with self.sim():
            self.sender("--vanish-at", "40", status=9)
            out, _ = self.sender()
        at = int(re.fullmatch(r"goes on at (\d+)", out[0])[1])
        self.assertGreaterEqual(at, 40)
        self.assertEqual(json.loads(out[-1])["done"], DOTS)
        self.assert_simulated()


if __name__ == "__main__":
    import unittest
    unittest.main()
