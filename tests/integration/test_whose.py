"""Which executor, and which copy of its journal: one that does not know what was made is refused by name, and a person's word goes on."""
import os
import re
import shlex
import shutil
import signal
import struct
import subprocess
import time
import unittest

from programs import DONE, INVALID, LINK, NEEDLEPATH, STOPPED, USAGE, simulator
from streaming import StreamCase


class Whose(StreamCase):
    def setUp(self):
        super().setUp()
        self.url = f"zmq:ipc://{self.folder}/x"
        self.ids = []  # ids, by all executors

    def sim(self, journal="arm.journal", *more, speed="max"):
        """A simulator with a journal; its record is taken at its end."""
        return simulator(self.folder, *self.sim_args(self.url, *more, journal=journal, speed=speed))

    def take_record(self):
        self.ids += [row["id"] for row in self.record()]
        (self.folder / "record.csv").unlink(missing_ok=True)

    def run_session(self, *args, status=DONE, plan="p.needleplan"):
        return self.run_program("run", plan, "--session", "1", "--to", self.url, "--timeout", "20", *args, status=status)[1]

    def run_a_part(self, journal="arm.journal", dots=15):
        """Makes some dots, all of which are told, and stops."""
        with self.sim(journal, speed="1"):
            run = self.start_run("p.needleplan", self.url)
            self.await_punctures(dots)
            run.send_signal(signal.SIGINT)
            self.finish(run, STOPPED)
        self.take_record()

    def copy(self, a, b):
        shutil.copy(self.folder / a, self.folder / b)

    def assert_each_once(self):
        self.assertEqual(sorted(self.ids, key=int), sorted((row["id"] for row in self.planned("p.needleplan")), key=int))

    def test_another_executor(self):
        self.plan(400)
        self.run_a_part()
        with self.sim("other.journal"):
            err = self.run_session(status=LINK)
            self.assertIn("another one, or one whose journal was lost and begun anew", err)
            self.assertIn("--other-executor REASON", err)
            self.assertEqual(self.punctures(), 0)
            # again and again: its epochs do not catch up
            for _ in range(3):
                self.run_session(status=LINK)
            self.run_session("--other-executor", "the first arm is broken")
        self.take_record()
        self.assert_each_once()
        shown = self.run_program("show", "p.needleplan")[0]
        self.assertIn("OTHER EXECUTOR than before, which did not know what was made; the reason given: the first arm is broken", shown)
        with self.sim("arm.journal"):  # the one that led before knows less now
            self.run_session()  # but nothing is left to make, so that nobody is asked
        self.assertEqual(self.punctures(), 0)

    def test_it_goes_on_with_the_executor_that_was_taken(self):
        self.plan(400)
        self.run_a_part()
        with self.sim("other.journal", speed="1"):
            run = self.start_run("p.needleplan", self.url, 20, "--other-executor", "moved to room 2")
            self.await_punctures(20)
            run.send_signal(signal.SIGINT)
            self.finish(run, STOPPED)
        self.take_record()
        with self.sim("arm.journal"):
            self.assertIn("was last run at the executor", self.run_session(status=LINK))
        with self.sim("other.journal"):
            self.run_session()
        self.take_record()
        self.assert_each_once()

    def test_a_journal_from_a_backup_between_runs(self):
        self.plan(400)
        self.run_a_part()
        self.copy("arm.journal", "backup")
        self.run_a_part(dots=12)
        self.copy("arm.journal", "newest")
        self.copy("backup", "arm.journal")
        with self.sim():
            err = self.run_session(status=LINK)
            self.assertIn("is an older copy, from before session 1 was last run there", err)
            self.assertEqual(self.punctures(), 0)
        self.copy("newest", "arm.journal")  # what it says first
        with self.sim(speed="1"):
            run = self.start_run("p.needleplan", self.url)
            self.await_punctures(5)
            run.send_signal(signal.SIGINT)
            self.finish(run, STOPPED)
        self.take_record()
        self.copy("backup", "arm.journal")  # and what it says then
        with self.sim():
            self.run_session("--other-executor", "the card died; I looked at the skin")
        self.take_record()
        self.assert_each_once()

    def test_a_journal_that_was_lost(self):
        self.plan(400)
        self.run_a_part()
        (self.folder / "arm.journal").unlink()
        with self.sim():  # begun anew
            self.assertIn("whose journal was lost and begun anew", self.run_session(status=LINK))
            self.run_session("--other-executor", "lost")
        self.take_record()
        self.assert_each_once()

    def test_what_was_made_and_never_heard_of(self):
        """Who looks sees a dot that neither record has, and says so: it is not made again.  Without having to look nobody may."""
        self.plan(400)
        self.run_a_part()
        self.copy("arm.journal", "backup")
        self.copy("p.needleplan", "backup.needleplan")
        self.run_a_part(dots=12)
        self.copy("backup", "arm.journal")
        self.copy("backup.needleplan", "p.needleplan")
        done = sum(run["done"] for run in self.show("p.needleplan")["runs"])
        seen = ",".join(self.ids[done:])
        review = "review", "p.needleplan", "--session", "1", "--to", self.url, "--done", seen
        with self.sim():
            self.assertIn("is not in doubt", self.run_program(*review, status=INVALID)[1])
            self.run_program(*review, "--other-executor", "both records are from a backup; I looked")
            self.run_session()
        self.take_record()
        self.assert_each_once()

    def run_at(self, fiducials, *more, status=DONE):
        return self.run_program("run", "p.needleplan", "--session", "1", "--to", self.url, "--timeout", "20", "--fiducials", fiducials,
                                *more, status=status, place=list)[1]

    def places_of(self, journal):
        """(x in um, said to have been moved by um) of each place that the executor wrote down."""
        data = (self.folder / journal).read_bytes()
        found, x = [], None
        for record in (data[i:i + 64] for i in range(0, len(data), 64)):
            if record[4] == 9:
                x = struct.unpack_from(">i", record, 40)[0]
            elif record[4] == 10:
                found.append((x, struct.unpack_from(">i", record, 32)[0]))
        return found

    def begin_at(self, fiducials, journal="arm.journal", dots=15):
        with self.sim(journal, speed="1"):
            run = subprocess.Popen([NEEDLEPATH, "run", "p.needleplan", "--session", "1", "--to", self.url, "--fiducials", fiducials],
                                   cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.await_punctures(dots)
            run.send_signal(signal.SIGINT)
            self.finish(run, STOPPED)
        self.take_record()

    def test_a_verdict_moves_no_head(self):
        """Where the head was as dots were made stands at an executor that is told of them, as the plan has it or a person says."""
        self.plan(400)
        self.fiducials("here.yaml", 2.5)
        self.copy("p.needleplan", "unmade")
        self.begin_at("here.yaml")
        seen = self.planned("p.needleplan")[40]["id"]
        review = "review", "p.needleplan", "--session", "1", "--to", self.url, "--done", seen, "--other-executor", "I looked"
        with self.sim("other.journal"):
            self.run_program(*review)
        self.assertEqual(self.places_of("other.journal"), [(2500, 0)])
        # a copy that knows no place: a person says it, and the next run is held to it
        self.copy("unmade", "p.needleplan")
        with self.sim("third.journal"):
            self.assertIn("--fiducials FILE is missing", self.run_program(*review, status=USAGE)[1])
            self.assertEqual(self.places_of("third.journal"), [])
            self.run_program(*review, "--fiducials", "here.yaml")
            self.assertEqual(self.places_of("third.journal"), [(2500, 0)])
            self.assertIn("I looked", self.run_program("show", "p.needleplan")[0])
            self.copy("p.needleplan", "reviewed")
            self.copy("unmade", "p.needleplan")
            self.assertIn("made with the head elsewhere, by up to 2.50 mm", self.run_session(status=LINK))
            self.assertEqual(self.punctures(), 0)
            self.run_at("here.yaml")
            self.assertEqual(self.punctures(), 119)
        # the plan knows it, too: another executor, which knows of nothing, goes nowhere else
        self.take_record()
        self.copy("reviewed", "p.needleplan")
        with self.sim("fourth.journal"):
            self.assertIn("session 1 was begun with another registration (here.yaml",
                          self.run_session("--other-executor", "I looked", status=INVALID))
            self.assertIn("does not move it", self.run_program(*review, "--head-is-arm-frame", status=INVALID)[1])
            self.assertEqual(self.punctures(), 0)
            self.run_program("run", "p.needleplan", "--session", "1", "--to", self.url, "--timeout", "20", "--other-executor", "I looked",
                             place=list)
        self.assertEqual({place[0] for place in self.places_of("fourth.journal")}, {2500})

    def test_an_epoch_of_the_same_number(self):
        """What an executor tells that is taken with a reason was made in no run that the plan knows, whatever its epochs count."""
        self.plan(400)
        self.fiducials("here.yaml", 2.5)
        self.fiducials("there.yaml", 4.5)
        self.copy("p.needleplan", "unmade")
        with self.sim():
            pass
        self.copy("arm.journal", "early")
        self.begin_at("here.yaml")
        self.copy("p.needleplan", "first")
        self.copy("early", "arm.journal")
        self.copy("unmade", "p.needleplan")
        self.begin_at("there.yaml", dots=30)  # the same numbers, another place
        self.copy("first", "p.needleplan")
        with self.sim():
            self.run_at("here.yaml", status=LINK)
            self.assertEqual(self.punctures(), 0)
            self.run_at("here.yaml", "--other-executor", "I looked", "--moved", status=DONE)
        runs = self.show("p.needleplan")["runs"]
        self.assertEqual([run["learnt"] for run in runs if run["state"] != "learnt"], [0] * (len(runs) - 1))
        self.assertGreater([run["done"] for run in runs if run["state"] == "learnt"][0], 5)

    def test_a_sender_that_stood_still(self):
        """What is heard of when a sender goes on was not made there and then; and if another one drove meanwhile, not by this run."""
        self.plan(400)
        with self.sim(speed="1"):
            run = self.start_run("p.needleplan", self.url, 20)
            self.await_punctures(5)
            run.send_signal(signal.SIGSTOP)
            self.addCleanup(run.kill)
            self.addCleanup(run.send_signal, signal.SIGCONT)
            time.sleep(3)
            run.send_signal(signal.SIGCONT)
            self.await_punctures(self.punctures() + 5)
            run.send_signal(signal.SIGINT)
            self.finish(run, STOPPED)
        runs = self.show("p.needleplan")["runs"]
        self.assertEqual(len(runs), 1)
        self.assertGreater(runs[0]["learnt"], 0)
        self.assertLess(runs[0]["learnt"], runs[0]["done"] - 5)

    def test_a_sender_that_stood_still_while_another_drove(self):
        self.plan(400)
        self.copy("p.needleplan", "other.needleplan")
        with self.sim(speed="1"):
            run = self.start_run("p.needleplan", self.url, 20)
            self.await_punctures(5)
            run.send_signal(signal.SIGSTOP)
            self.addCleanup(run.kill)
            self.addCleanup(run.send_signal, signal.SIGCONT)
            time.sleep(2.5)
            before = self.punctures()
            other = self.start_run("other.needleplan", self.url, 20)
            self.await_punctures(before + 10)
            other.send_signal(signal.SIGINT)
            self.finish(other, STOPPED)
            between = self.punctures() - before
            run.send_signal(signal.SIGCONT)
            self.await_punctures(before + between + 3)
            run.send_signal(signal.SIGINT)
            self.finish(run, STOPPED)
        runs = self.show("p.needleplan")["runs"]
        self.assertEqual([run["state"] == "learnt" for run in runs], [False, True])
        self.assertGreaterEqual(runs[1]["done"], between)
        self.assertEqual(runs[1]["learnt"], runs[1]["done"])

    def test_a_plan_from_a_backup(self):
        self.plan(400)
        self.run_a_part()
        self.copy("p.needleplan", "backup.needleplan")
        self.run_a_part(dots=12)
        self.copy("backup.needleplan", "p.needleplan")
        with self.sim():  # the executor's map leads, as ever
            self.run_session()
        self.take_record()
        self.assert_each_once()
        # what was made in a run that the backup does not know stands with none that it knows
        runs = self.show("p.needleplan")["runs"]
        self.assertEqual([run["state"] == "learnt" for run in runs], [False, False, True])
        self.assertEqual((runs[0]["learnt"], runs[1]["learnt"], runs[2]["learnt"]), (0, 0, runs[2]["done"] + runs[2]["in_doubt"]))
        self.assertGreater(runs[2]["done"], 0)
        self.assertNotIn("registration", runs[2])
        self.assertEqual(sum(run["done"] for run in runs), 120)

    def test_a_lost_record_is_no_dead_end(self):
        self.plan(400)
        self.run_a_part()
        path = self.folder / "arm.journal"
        os.truncate(path, path.stat().st_size - 64)  # the outcome of the last dot
        with self.sim():
            err = self.run_session(status=LINK)
            command = re.search(r"`needlepath (review .*?)`", err)[1]
            self.assertRegex(err, r"dot \d+ \(done here, in doubt there\)")
            self.run_program(*shlex.split(command))
            self.run_session()
        self.take_record()
        self.assert_each_once()

    def test_supplies_that_the_other_does_not_know(self):
        self.plan(400)
        self.run_program("approve", "p.needleplan", "--key", "op.key", "--executor", "any")
        with self.sim("arm.journal", "--cartridge", "A", "--needle-life", "60", speed="1"):
            run = self.start_run("p.needleplan", self.url, 20, "--needle-life", "15")
            self.await_punctures(20)
            run.send_signal(signal.SIGINT)
            self.finish(run, STOPPED)
        self.take_record()
        with self.sim("other.journal", "--cartridge", "B", speed="1"):
            run = self.start_run("p.needleplan", self.url, 20, "--needle-life", "15", "--other-executor", "why not")
            self.await_punctures(20)
            run.send_signal(signal.SIGINT)
            self.finish(run, STOPPED)
        self.take_record()
        with self.sim("other.journal", "--cartridge", "C"):
            self.run_session("--needle-life", "15")
        self.take_record()
        self.assert_each_once()
        lots = [s["lot"] for run in self.show("p.needleplan")["runs"] for s in run["supplies"] if s["kind"] == "cartridge"]
        self.assertEqual(sorted(set(lots)), ["A", "B", "C"])
        self.assertGreaterEqual(len(lots), 120 // 15)

    def test_a_reason_that_nobody_can_read(self):
        self.plan(400)
        self.refuse("run", "p.needleplan", "--session", "1", "--to", self.url, "--other-executor", " ", status=2, says="--other-executor")
        self.refuse("air", "p.needleplan", "--session", "1", "--to", self.url, "--other-executor", "x", status=2, says="rehearsal")


if __name__ == "__main__":
    unittest.main()
