"""What an operator does around a run: registering the head, rehearsing in the air, reviewing dots in doubt, stopping."""
import base64
import csv
import json
import math
import shutil
import stat
import time

from programs import INCOMPLETE, LINK, STOPPED, USAGE, free_port, simulator, start_simulator, wait_until
from streaming import StreamCase

# Points of a head, head frame, mm.
POINTS = {"glabella": (95, 0, 40), "inion": (-95, 2, 5), "left": (0, 72, 0), "right": (1, -71, 0), "vertex": (-5, 0, 131)}


class Wire(StreamCase):
    doubted = None  # a folder with a plan, the simulator's journal and record, in which one dot is in doubt

    def fiducials(self, turn_deg=0, shift=(0, 0, 0), spoil_mm=0, name="fiducials.yaml"):
        """A head turned about x, then y, then z by TURN_DEG, and shifted."""
        c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))

        def placed(x, y, z):
            y, z = c * y - s * z, s * y + c * z
            x, z = c * x + s * z, -s * x + c * z
            x, y = c * x - s * y, s * x + c * y
            return x + shift[0], y + shift[1], z + shift[2]
        lines = ["limit_mm: 1.0", "fiducials:"]
        for point, head in POINTS.items():
            arm = placed(*head)
            if point == "vertex":
                arm = (arm[0], arm[1], arm[2] + spoil_mm)
            lines.append(f"  - {{name: {point}, head: {list(map(float, head))}, arm: {[round(v, 4) for v in arm]}}}")
        return self.write(name, "\n".join(lines) + "\n")

    # ---- registration ----

    def test_registered_head(self):
        """The head is where the fiducials say: the arm moves otherwise, and the dots on the head stay as planned."""
        plan, times = self.plan(count=100), []
        for more in ((), ("--fiducials", self.fiducials(turn_deg=9, shift=(21, -13, 17)))):
            target = f"zmq:tcp://127.0.0.1:{free_port()}"
            copy = self.write("copy.needleplan", (self.folder / plan).read_bytes())
            (self.folder / "record.csv").unlink(missing_ok=True)
            with simulator(self.folder, *self.sim_args(target, journal="memory")):
                self.run_program("run", copy, "--session", "1", "--to", target, *more)
            self.assert_made(copy)
            times.append([row["time_s"] for row in self.record()])
        self.assertNotEqual(*times, "the registration did not move the arm")

    def test_bad_fiducials(self):
        """Nobody is connected to, and nothing is written into the plan."""
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        self.refuse("run", plan, "--session", "1", "--to", target, "--fiducials", "none.yaml", says="none.yaml")
        path = self.fiducials(spoil_mm=20)
        self.refuse("run", plan, "--session", "1", "--to", target, "--fiducials", path, says=[path, "mm off"])
        self.assertEqual(self.show(plan)["runs"], [])

    def test_residuals_that_a_wide_limit_allows(self):
        """They are told, by register and by run."""
        path = self.folder / self.fiducials(spoil_mm=6)
        path.write_text(path.read_text().replace("limit_mm: 1.0", "limit_mm: 8"))
        plan, target = self.plan(count=20), f"zmq:tcp://127.0.0.1:{free_port()}"
        self.assertRegex(self.run_program("register", path)[0], "more than 1.0 mm off: .*measure anew")
        with simulator(self.folder, *self.sim_args(target)):
            err = self.run_program("run", plan, "--session", "1", "--to", target, "--fiducials", path)[1]
        self.assertRegex(err, "a fiducial is [2-6].[0-9]* mm off, which its file's limit_mm allows")

    # ---- rehearsal ----

    def test_air(self):
        """All dots in the air: no puncture, nothing in either journal; then the run makes every dot."""
        plan, target = self.plan(count=200), f"zmq:tcp://127.0.0.1:{free_port()}"
        before = (self.folder / plan).read_bytes()
        with simulator(self.folder, *self.sim_args(target, "--json")):
            for _ in range(2):
                out = self.run_program("air", plan, "--session", "1", "--to", target)[0]
                self.assertEqual(out, "60 of 60 dots rehearsed, 0 could not be reached\n")
            self.assertEqual(self.record(), [])
            self.assertEqual((self.folder / plan).read_bytes(), before)
            self.run_program("run", plan, "--session", "1", "--to", target)
            self.assert_made(plan)
            # a session that is done can still be rehearsed, and that changes nothing
            self.run_program("air", plan, "--session", "1", "--to", target)
        self.assert_made(plan)
        self.assertEqual(len(self.show(plan)["runs"]), 1)

    def test_head_out_of_reach(self):
        """A head two metres away: the arm is asked before it moves, and nothing does."""
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            for command in "air", "run":
                _, said = self.run_program(command, plan, "--session", "1", "--to", target, "--fiducials",
                                           self.fiducials(shift=(2000, 0, 0)), status=LINK)
                self.assertIn("30 of 30 dots of session 1 are out of the arm's reach, they or the ways to them: 1, 2, 3", said)
                self.assertIn("nothing was moved: move the head, or the arm", said)
        run = self.show(plan)["runs"][0]
        self.assertEqual((run["done"], run["in_doubt"], run["failed"]), (0, 0, 0))
        self.assertEqual(self.record(), [])

    def test_air_wants_an_approval_too(self):
        self.plan(count=100)
        self.run_program("plan", "case.yaml", "-o", "fresh.needleplan")
        self.refuse("air", "fresh.needleplan", "--session", "1", "--to", "zmq:tcp://127.0.0.1:1", says="not approved")

    # ---- dots in doubt ----

    def doubts(self, plan):
        return json.loads(self.run_program("review", plan, "--session", "1", "--json")[0])["in_doubt"]

    def leave_a_doubt(self):
        """A plan of 30 dots with one in doubt, the others done, and what there is to be known of that one."""
        if not self.doubted:
            type(self).doubted = f"{self.shelf}/doubted"
            self.kill_in_a_dot(self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}")
            shutil.copytree(self.folder, self.doubted)
        shutil.copytree(self.doubted, self.folder, dirs_exist_ok=True)
        found = self.doubts("p.needleplan")
        self.assertEqual(len(found), 1)
        return "p.needleplan", f"zmq:tcp://127.0.0.1:{free_port()}", found[0]

    def kill_in_a_dot(self, plan, target):
        """Kills the simulator in its second dot, in real time; the next one finds the doubt in its journal and goes on."""
        sim = start_simulator(self.folder, *self.sim_args(target, speed="1"))
        run = self.start_run(plan, target)
        self.await_punctures(2)
        time.sleep(0.05)
        sim.kill()
        sim.communicate()
        with simulator(self.folder, *self.sim_args(target)):
            self.finish(run, INCOMPLETE)

    def test_review_again(self):
        """A dot in doubt: never made by itself, made once more when a person says so."""
        plan, target, doubt = self.leave_a_doubt()
        planned = self.planned(plan)[doubt["order"]]
        self.assertEqual([str(doubt["id"])] + [f"{doubt[k]:.3f}" for k in "xyz"],
                         [planned["id"]] + [f"{float(planned[k]):.3f}" for k in "xyz"])
        times = [row["id"] for row in self.record()].count(str(doubt["id"]))
        made = self.punctures()
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program("run", plan, "--session", "1", "--to", target, status=INCOMPLETE)
            self.assertEqual(self.punctures(), made, "a dot in doubt was made by itself")
            review = ("review", plan, "--session", "1", "--to", target)
            out, err = self.run_program(*review, "--again", doubt["id"])
            self.assertIn("nothing was moved", err)
            self.assertEqual(out, "no dot of session 1 is in doubt or has failed, as far as this file knows\n")
            self.assertEqual(self.punctures(), made, "a review moved the arm")
            self.assertEqual(self.show(plan)["runs"][-1]["state"], "reviewed")
            # a verdict counts once
            self.refuse(*review, "--again", doubt["id"], says="not in doubt")
            out = self.run_program("run", plan, "--session", "1", "--to", target)[0]
            self.assertIn("30 of 30 dots done, 0 in doubt", out)
        self.assertEqual([row["id"] for row in self.record()].count(str(doubt["id"])), times + 1)
        self.assertEqual(self.punctures(), made + 1)

    def test_review_done(self):
        """A person saw the dot: it is done in both journals, and never made again."""
        plan, target, doubt = self.leave_a_doubt()
        made = self.punctures()
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program("review", plan, "--session", "1", "--to", target, "--done", doubt["id"])
            out = self.run_program("run", plan, "--session", "1", "--to", target)[0]
            self.assertIn("30 of 30 dots done, 0 in doubt", out)
        self.assertEqual(self.punctures(), made)
        self.assertEqual(self.doubts(plan), [])

    def test_review_that_was_taken_and_not_heard_of(self):
        """The executor has the verdict, the plan was put back to before it: the same review settles it."""
        plan, target, doubt = self.leave_a_doubt()
        before = (self.folder / plan).read_bytes()
        with simulator(self.folder, *self.sim_args(target)):
            review = ("review", plan, "--session", "1", "--to", target)
            self.run_program(*review, "--again", doubt["id"])
            self.write(plan, before)
            self.run_program(*review, "--again", doubt["id"])
            self.assertEqual(self.doubts(plan), [])
            self.assertIn("30 of 30 dots done", self.run_program("run", plan, "--session", "1", "--to", target)[0])

    def test_review_the_other_way_than_before(self):
        """The executor was told that it is not there, and the plan was put back; now somebody sees that it is: it is not made again."""
        plan, target, doubt = self.leave_a_doubt()
        before, made = (self.folder / plan).read_bytes(), self.punctures()
        with simulator(self.folder, *self.sim_args(target)):
            review = ("review", plan, "--session", "1", "--to", target)
            self.run_program(*review, "--again", doubt["id"])
            self.write(plan, before)
            self.run_program(*review, "--done", doubt["id"])
            self.assertEqual(self.doubts(plan), [])
            self.assertIn("30 of 30 dots done", self.run_program("run", plan, "--session", "1", "--to", target)[0])
        self.assertEqual(self.punctures(), made)

    def failed(self, plan):
        return json.loads(self.run_program("review", plan, "--session", "1", "--json")[0])["failed"]

    def test_failed_dots_are_made_again_when_a_person_says_so(self):
        """Skipped, and without contact: never tried again by itself; made once on a verdict, which both journals have."""
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        ids = [row["id"] for row in self.planned(plan)]
        skipped, missed = ids[4], ids[9]
        run = ("run", plan, "--session", "1", "--to", target)
        review = ("review", plan, "--session", "1", "--to", target)
        with simulator(self.folder, *self.sim_args(target, f"--fault=skipped:{skipped}", f"--fault=no-contact:{missed}")):
            out, err = self.run_program(*run, status=INCOMPLETE)
            self.assertIn("28 of 30 dots done, 0 in doubt, 2 failed", out)
            self.assertIn("2 failed: look at the skin; `needlepath review p.needleplan --session 1` lists them", err)
        self.assertEqual([(str(d["id"]), d["order"]) for d in self.failed(plan)], [(skipped, 4), (missed, 9)])
        self.assertIn("skipped: the arm did not puncture", self.run_program("review", plan, "--session", "1")[0])
        before = (self.folder / plan).read_bytes()
        with simulator(self.folder, *self.sim_args(target)):
            self.run_program(*run, status=INCOMPLETE)
            self.assertEqual(self.punctures(), 28, "a dot that failed was made by itself")
            self.refuse(*review, "--done", skipped, says="is not in doubt: it is 'failed'")
            self.refuse(*review, "--again", ids[0], says="is not in doubt and has not failed: it is 'done'")
            self.run_program(*review, "--again", f"{skipped},{missed}")
            self.assertEqual(self.failed(plan), [])
            self.write(plan, before)
            self.run_program(*run, status=INCOMPLETE)
            self.run_program(*review, "--again", skipped, "--again", missed)
            self.assertEqual(self.punctures(), 28)
            self.assertIn("30 of 30 dots done, 0 in doubt, 0 failed", self.run_program(*run)[0])
            self.run_program(*run)
        made = [row["id"] for row in self.record()]
        self.assertEqual(sorted(made), sorted(ids))
        self.assertEqual(made[-2:], [skipped, missed])
        self.run_program("export", plan, "--format", "record", "--session", "1", "-o", "made.csv")
        with open(self.folder / "made.csv", newline="") as f:
            self.assertEqual({row["outcome"] for row in csv.DictReader(f)}, {"done"})

    def test_bad_verdicts(self):
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        review = ("review", plan, "--session", "1")
        self.assertEqual(self.run_program(*review)[0], "no dot of session 1 is in doubt or has failed, as far as this file knows\n")
        first, second = (row["id"] for row in self.planned(plan)[:2])
        self.refuse(*review, "--done", first, status=USAGE, says="--to TARGET")
        self.refuse(*review, "--to", target, status=USAGE, says="--done or --again")
        for ids in ("", "x", "1,", ",1", "1;2", "0", "-1", "99999999999"):
            self.refuse(*review, "--to", target, "--again", ids, status=USAGE, says="expected ids of dots")
        self.refuse(*review, "--to", target, "--done", f"{first},{second}", status=USAGE, says="--fiducials FILE is missing")
        for twice in (("--again", first, "--done", first), ("--done", f"{first},{first}"), ("--again", first, "--again", f"{second},{first}")):
            self.refuse(*review, "--to", target, *twice, status=USAGE, says=f"dot {first} has two verdicts")
        place = ("--head-is-arm-frame",)
        self.refuse(*review, *place, "--to", target, "--done", f"{first},{second}", says=f"dot {first} is not in doubt")
        self.refuse(*review, *place, "--to", target, "--done", "4000000000", says="not of session 1")
        self.refuse("review", plan, "--session", "5", says="no session 5")
        self.assertEqual(self.show(plan)["runs"], [])

    # ---- stopping from outside, and the link's key ----

    def test_stop(self):
        """Anyone may stop, also where the link has a key that he does not know; the run says so and can be gone on with."""
        plan, target = self.plan(count=200), f"zmq:tcp://127.0.0.1:{free_port()}"
        self.run_program("keys", "link", "lab.key", "--name", "lab")
        keys = ("--link-key", "lab.key")
        with simulator(self.folder, *self.sim_args(target, *keys, speed="1")):
            run = self.start_run(plan, target, 20, *keys)
            self.await_punctures(2)
            self.assertIn("look at the arm", self.run_program("stop", "--to", target)[1])
            self.assertIn("stopped by somebody on the link", self.finish(run, STOPPED))
            made = self.punctures()
            self.assertLess(made, 60)
            self.assertEqual(self.show(plan)["runs"][-1]["state"], "held")
            self.assertEqual(self.punctures(), made, "the arm went on after the stop")
        with simulator(self.folder, *self.sim_args(target, *keys)):
            self.run_program("run", plan, "--session", "1", "--to", target, *keys)
        self.assert_made(plan)
        self.assertIn("STOP received", (self.folder / "sim.err").read_text())

    def test_stop_over_a_serial_line(self):
        target = f"serial:{self.folder / 'tty'}:4000000"
        with simulator(self.folder, "--listen", "serial:pty:4000000", "--pty-link", "tty", "--journal", "memory"):
            self.run_program("stop", "--to", target)
            self.assertTrue(wait_until(lambda: "STOP received" in (self.folder / "sim.err").read_text(), 10))

    def test_stop_with_nobody_there(self):
        err = self.run_program("stop", "--to", f"zmq:tcp://127.0.0.1:{free_port()}", "--timeout", "0.3", status=LINK)[1]
        self.assertIn("nothing was stopped", err)
        self.refuse("stop", "--to", "arm", status=USAGE, says="zmq:tcp://HOST:PORT")

    def test_link_key_files(self):
        self.run_program("keys", "link", "a.key", "--name", "room2")
        self.run_program("keys", "link", "b.key")
        a, b = ((self.folder / name).read_text() for name in ("a.key", "b.key"))
        label, name, key = a.split(" ")
        self.assertEqual((label, name, len(base64.b64decode(key))), ("needlepath-link-key-v1", "room2", 32))
        self.assertNotEqual(key, b.split(" ")[2])
        self.assertEqual(stat.S_IMODE((self.folder / "a.key").stat().st_mode), 0o600)
        self.refuse("keys", "link", "a.key", says=["a.key", "never overwritten"])
        self.refuse("keys", "link", "c.key", "--name", "room 2", says="without blanks")
        self.assertEqual((self.folder / "a.key").read_text(), a)


if __name__ == "__main__":
    import unittest
    unittest.main()
