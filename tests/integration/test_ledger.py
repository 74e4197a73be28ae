"""The ledger of a machine that drives a gantry: copies, backups and other machines are named, and no dot is made twice."""
import contextlib
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess

from gantry import CENTRE, GantryCase, lines_of
from programs import DONE, ENDED, INCOMPLETE, INVALID, LINK, NEEDLEPATH, USAGE, wait_until

ROUNDS = int(os.environ.get("NEEDLEPATH_LEDGER_ROUNDS", "12"))


class Ledger(GantryCase):
    def kill_after(self, strokes):
        self.fake(speed=10)
        run = self.start()
        self.assertTrue(wait_until(lambda: len(lines_of(self.folder / "strokes")) >= strokes))
        run.send_signal(signal.SIGKILL)
        run.communicate()

    def keep(self, name):
        """The plan as it is now, with its log, for a backup."""
        for end in ("", "-wal"):
            if (self.folder / f"p.needleplan{end}").exists():
                shutil.copy(self.folder / f"p.needleplan{end}", self.folder / f"{name}{end}")

    def put_back(self, name):
        for end in ("", "-wal", "-shm"):
            (self.folder / f"p.needleplan{end}").unlink(missing_ok=True)
        for end in ("", "-wal"):
            if (self.folder / f"{name}{end}").exists():
                shutil.copy(self.folder / f"{name}{end}", self.folder / f"p.needleplan{end}")

    def refused(self, *says, more=()):
        before = self.strokes()
        err = self.run_program(*self.arguments(*more), status=INVALID)[1]
        for words in says:
            self.assertIn(words, err)
        self.assertEqual(self.strokes(), before)
        return err

    def rows(self):
        with contextlib.closing(sqlite3.connect(self.ledger)) as db:
            return db.execute("select dot, state, origin from dots order by seq").fetchall()

    def test_a_session_is_written_down(self):
        """Every dot before it is sent and when it is made; a rehearsal is not."""
        self.small_plan()
        self.fake(speed=100)
        self.run_program(*self.arguments(command="air"))
        self.assertFalse(self.ledger.exists())
        self.run_program(*self.arguments())
        first = (int(self.dots[0]["id"]), 0, "begin")
        self.assertEqual(self.rows(), [first, *((int(d["id"]), state, "run") for d in self.dots for state in (3, 2))])
        self.assertEqual(self.ledger.parent.stat().st_mode & 0o077, 0, "the ledger is nobody else's")

    def test_backup(self):
        """The plan as it was before the run, and as it was in the middle of it: refused, or brought up to date."""
        self.small_plan()
        self.keep("before")
        self.kill_after(4)
        self.keep("middle")
        self.fake(speed=100)
        self.run_program(*self.arguments(), status=ENDED)
        self.assert_all_made(doubts_allowed=1)
        doubts = self.states()
        for name in ("before", "middle"):
            with self.subTest(backup=name):
                self.put_back(name)
                self.refused("of session 1 that the plan file does not", "--take-ledger", "(done)")
                err = self.run_program(*self.arguments("--take-ledger"), status=ENDED)[1]
                self.assertIn("were learnt from this machine's ledger", err)
                self.assert_all_made(doubts_allowed=1)
                self.assertEqual(self.states(), doubts)
                self.run_program(*self.arguments(), status=ENDED)

    def test_backup_of_before_a_whole_session(self):
        """All dots are learnt, none is asked for, and the session ends as done."""
        self.small_plan()
        self.keep("before")
        self.fake(speed=100)
        self.run_program(*self.arguments())
        made = self.strokes()
        self.put_back("before")
        out = self.run_program(*self.arguments("--take-ledger"), status=ENDED)[0]
        n = len(self.dots)
        self.assertIn(f"no dot was asked for; by the plan {n} of {n} are done, 0 in doubt, 0 failed", out)
        self.run_program(*self.arguments())
        self.assertEqual(self.strokes(), made)

    def test_copy_that_goes_on(self):
        """A copy of both files in the middle of a run, run in its turn: what the original made since is not made again."""
        self.small_plan(60)
        self.kill_after(3)
        self.keep("copy")
        self.kill_after(8)
        self.put_back("copy")
        self.fake(speed=100)
        self.refused("that the plan file does not")
        self.run_program(*self.arguments("--take-ledger"), status=ENDED)
        self.assert_all_made(doubts_allowed=2)

    def plainly(self, *more):
        """The run's arguments without the fiducials."""
        words = list(self.arguments(*more))
        at = words.index("--fiducials")
        return words[:at] + words[at + 2:]

    def move(self, dx):
        """Fiducials that were measured with the head DX mm from where it was."""
        x, y, z = CENTRE
        self.lay_level(centre=(x + dx, y, z))

    def test_place_of_what_is_learnt(self):
        """An older copy of the plan goes on where the head was as its dots were made, not where the file has it or a file of fiducials."""
        self.small_plan()
        self.keep("before")
        self.kill_after(4)
        self.put_back("before")
        made = len(lines_of(self.folder / "strokes"))
        self.move(5)
        self.fake(speed=100)
        err = self.run_program(*self.arguments("--take-ledger"), status=INVALID)[1]
        self.assertRegex(err, r"by this machine's ledger .* elsewhere \(gantry.yaml\).*up to 5\.00 mm.*--moved")
        self.assertEqual(len(lines_of(self.folder / "strokes")), made)
        # the head is moved, and a copy from before that does not bring it back
        self.lay_level()
        self.fake(speed=10)
        run = self.start("--take-ledger")
        self.assertTrue(wait_until(lambda: len(lines_of(self.folder / "strokes")) > made + 1))
        run.send_signal(signal.SIGKILL)
        run.communicate()
        self.keep("middle")
        made = len(lines_of(self.folder / "strokes"))
        self.move(5)
        self.fake(speed=10)
        run = self.start("--take-ledger", "--moved")
        self.assertTrue(wait_until(lambda: len(lines_of(self.folder / "strokes")) > made))
        run.send_signal(signal.SIGKILL)
        run.communicate()
        self.put_back("middle")
        made = len(lines_of(self.folder / "strokes"))
        self.fake(speed=100)
        err = self.run_program(*self.plainly("--take-ledger"), status=INVALID)[1]
        self.assertIn("up to 5.00 mm", err)
        self.assertEqual(len(lines_of(self.folder / "strokes")), made)

    def test_place_that_an_older_ledger_does_not_say(self):
        self.small_plan()
        self.keep("before")
        self.kill_after(4)
        self.put_back("before")
        with contextlib.closing(sqlite3.connect(self.ledger)) as db, db:
            db.execute("DROP TABLE places")
        self.fake(speed=100)
        self.refused("does not say where the head was", "--fiducials FILE with --moved", more=("--take-ledger",))
        self.run_program(*self.arguments("--take-ledger", "--moved"), status=ENDED)
        self.assert_all_made(doubts_allowed=1)

    def test_moved_and_nothing_made(self):
        """Who said that the head was moved is not taken back to where it was by the next run."""
        self.small_plan()
        self.kill_after(3)
        self.move(5)
        self.fake("--mute")
        self.run_program(*self.arguments("--moved", "--timeout", "1"), status=LINK)
        self.fake(speed=100)
        made = len(lines_of(self.folder / "strokes"))
        self.assertIn("was told with --moved that the head had been moved",
                      self.run_program(*self.plainly(), status=INVALID)[1])
        self.assertEqual(len(lines_of(self.folder / "strokes")), made)

    def test_empty_file(self):
        """What a full disk or a restore that failed leaves is no new ledger."""
        self.small_plan()
        self.keep("before")
        self.fake(speed=100)
        self.run_program(*self.arguments())
        self.put_back("before")
        for end in ("-wal", "-shm"):
            pathlib.Path(f"{self.ledger}{end}").unlink(missing_ok=True)
        self.ledger.write_bytes(b"")
        self.refused("not a ledger of needlepath, or damaged")
        self.assertEqual(self.ledger.stat().st_size, 0)
        self.ledger.unlink()
        os.mkfifo(self.ledger)
        self.refused("ledger.sqlite: the ledger of what is made on a gantry cannot be opened: it is not a regular file; move it away")

    def test_lost(self):
        """A plan that was begun elsewhere, or before the ledger was lost: asked once."""
        self.small_plan()
        self.kill_after(4)
        self.forget()
        self.fake(speed=100)
        self.refused("what this machine's ledger", "does not know", "--ledger-lost", f"{self.dots[0]['id']} (done)")
        self.refused("does not know", more=("--take-ledger",))
        done = self.show("p.needleplan")["runs"][0]["done"]
        self.run_program(*self.arguments("--ledger-lost"), status=ENDED)
        self.assert_all_made(doubts_allowed=1)
        self.assertEqual(sum(row[2] == "plan" for row in self.rows()), done + len(self.states()))
        self.run_program(*self.arguments(), status=ENDED)

    def test_reviewed(self):
        """Verdicts stand in both, so that a backup of the plan knows of them."""
        doubt = self.kill_in_a_dot()
        self.keep("doubt")
        self.end_fakes()
        self.run_program("review", "p.needleplan", "--session", "1", "--to", self.target, "--done", doubt)
        self.assertEqual(self.rows()[-1], (int(doubt), 2, "review"))
        self.put_back("doubt")
        self.fake(speed=100)
        self.run_program(*self.arguments())
        self.assertEqual(self.states(), {})
        self.assertLessEqual([s[0] for s in self.strokes()].count(doubt), 1)

    def test_killed_between_the_two(self):
        """What a kill can leave in one alone: a dot in doubt in the plan, which was not sent; one done in the ledger, which is made."""
        for sql, left in (("delete from dots where dot = ? and origin = 'run'", 1), ("update dots set state = 2 where dot = ? and origin = 'run'", 0)):
            with self.subTest(sql=sql):
                doubt = self.kill_in_a_dot()
                with contextlib.closing(sqlite3.connect(self.ledger, isolation_level=None)) as db:
                    db.execute("insert into dots select null, digest, session, target, 0, 0, 'run', 0 from dots limit 1")
                    self.assertEqual(db.execute(sql, (doubt,)).rowcount, 1)
                self.fake(speed=100)
                before = [s[0] for s in self.strokes()].count(doubt)
                self.run_program(*self.arguments(), status=ENDED)
                self.assertEqual([s[0] for s in self.strokes()].count(doubt), before)
                self.assertEqual(list(self.states()), [doubt] * left)
                (self.folder / "strokes").unlink()

    def at(self, other, *more):
        """The arguments of a run at another target."""
        return [a if a != self.target else f"grbl:{other}" for a in self.arguments(*more)]

    def test_another_target(self):
        """A copy from before the run, under another name of the port: the dots made are named, and learnt, or passed over with a reason."""
        other = self.folder / "gantry2"
        for option, reason in (("--take-ledger", None), ("--other-executor", "the first was a trial on silicone")):
            with self.subTest(option=option):
                self.small_plan()
                (self.folder / "strokes").unlink(missing_ok=True)
                self.keep("before")
                self.kill_after(4)
                made = {s[0] for s in self.strokes()}
                doubts = self.states()
                self.put_back("before")
                self.fake("--link", str(other), "--keeps", "nothing", speed=100)
                before = self.strokes()
                err = self.run_program(*self.at(other), status=INVALID)[1]
                for words in (f"{self.dots[0]['id']} (done)", f"made at {self.target}", "--take-ledger", "--other-executor REASON"):
                    self.assertIn(words, err)
                self.assertEqual(self.strokes(), before)
                self.run_program(*self.at(other, *filter(None, (option, reason))), status=ENDED)
                again = [s[0] for s in self.strokes()[len(before):]]
                shown = self.run_program("show", "p.needleplan")[0]
                if reason:
                    self.assertEqual(len(again), len(self.dots))
                    self.assertIn(f"the reason given: {reason}", shown)
                else:
                    self.assertFalse(set(again) & (made | set(doubts)))
                    self.assertNotIn("the reason given", shown)
                self.run_program(*self.at(other), status=ENDED)  # nothing is left, and nobody is asked

    def test_reviewed_under_another_name(self):
        """A person's verdict on a dot in doubt holds for whatever name of the port it was begun under."""
        doubt = self.kill_in_a_dot()
        other = self.folder / "gantry2"
        self.fake("--link", str(other), "--keeps", "nothing", speed=100)
        self.run_program("review", "p.needleplan", "--session", "1", "--to", f"grbl:{other}", "--again", doubt)
        self.run_program(*self.at(other))
        self.assertEqual(self.states(), {})

    def test_another_state_folder(self):
        """The ledger where it lies by default is asked too, and kept as it is."""
        self.small_plan()
        self.keep("before")
        self.kill_after(4)
        made = {s[0] for s in self.strokes()} | set(self.states())
        rows = self.rows()
        self.put_back("before")
        self.fake("--keeps", "nothing", speed=100)
        self.refused(f"{self.dots[0]['id']} (done)", f"in {self.ledger}", "--take-ledger", more=("--state", "elsewhere"))
        before = len(self.strokes())
        self.run_program(*self.arguments("--state", "elsewhere", "--take-ledger"), status=ENDED)
        self.assertFalse({s[0] for s in self.strokes()[before:]} & made)
        self.assertEqual(self.rows(), rows)
        self.run_program(*self.arguments("--state", str(self.ledger.parent)), status=INCOMPLETE if self.states() else DONE)
        self.refuse(*self.arguments("--take-ledger", "--other-executor", "x"), status=USAGE, says="say two things")
        self.refuse("review", "p.needleplan", "--session", "1", "--to", self.target, "--done", "1", "--other-executor", "x", status=USAGE,
                    says="--other-executor")

    def begin_again(self):
        """The next run, told what it asks for: a log is put back or away, an older copy learns from the ledger.  Its refusals."""
        refusals = []
        for _ in range(6):
            done = subprocess.run([NEEDLEPATH, *self.arguments(*(["--take-ledger"] if "ledger" in refusals else []))], cwd=self.folder,
                                  capture_output=True, text=True, timeout=120)
            if done.returncode in (DONE, INCOMPLETE):
                return refusals
            self.assertEqual(done.returncode, INVALID, done.stderr)
            if "was copied, renamed or moved without it" in done.stderr:
                refusals.append("no log")
                shutil.copy(self.folder / "newest-wal", self.folder / "p.needleplan-wal")
            elif "belongs to another plan file, or to another state" in done.stderr:
                refusals.append("foreign log")
                self.put_back("newest")
            else:
                self.assertIn("--take-ledger", done.stderr)
                refusals.append("ledger")
        self.fail(f"no end of refusals: {refusals}")

    def test_seeded_rounds(self):
        """Kills, backups of both files or of one, put back whole or beside the wrong log: no dot twice, none lost."""
        seen = set()
        for seed in range(ROUNDS):
            with self.subTest(seed=seed):
                dice = random.Random(seed)
                self.small_plan(60)
                (self.folder / "strokes").unlink(missing_ok=True)
                self.keep("old")
                kills = dice.randint(1, 3)
                for _ in range(kills):
                    self.kill_after(len(lines_of(self.folder / "strokes")) + dice.randint(1, 4))
                    self.keep("newest")
                    if dice.random() < 0.4:
                        self.keep("old")
                what = dice.choice(("nothing", "no log", "old file", "old pair"))
                if what == "no log":
                    (self.folder / "p.needleplan-wal").unlink()
                elif what == "old file":
                    shutil.copy(self.folder / "old", self.folder / "p.needleplan")
                elif what == "old pair":
                    self.put_back("old")
                self.fake(speed=100)
                refusals = self.begin_again()
                seen.update(refusals)
                self.assertEqual(refusals[:1], {"nothing": [], "no log": ["no log"]}.get(what, refusals[:1]))
                self.assert_all_made(doubts_allowed=kills)
        self.assertEqual(seen, {"no log", "foreign log", "ledger"} if ROUNDS >= 12 else seen)

    def test_bad_places(self):
        """No folder can be made, no ledger, no place for one."""
        self.small_plan()
        self.fake(speed=100)
        self.write("file", "no folder\n")
        self.refused("the folder cannot be made", more=("--state", "file"))
        self.refused("the folder cannot be made", more=("--state", "file/below"))
        pathlib.Path(self.folder / "state").mkdir()
        self.write("state/ledger.sqlite", "this is no ledger, and long enough to be taken for one by nobody\n" * 20)
        self.refused("not a ledger of needlepath", more=("--state", "state"))
        shutil.copy(self.folder / "p.needleplan", self.folder / "state" / "ledger.sqlite")
        self.refused("not a ledger of needlepath", more=("--state", "state"))
        err = self.run_program(*self.arguments(), status=INVALID, env={"XDG_STATE_HOME": "", "HOME": ""})[1]
        self.assertIn("--state FOLDER", err)
        self.assertEqual(self.strokes(), [])
        self.run_program(*self.arguments("--state", "new/folder"))
        self.assertTrue((self.folder / "new/folder/ledger.sqlite").exists())
        self.refuse("run", "p.needleplan", "--session", "1", "--to", "zmq:tcp://127.0.0.1:1", "--ledger-lost", status=USAGE,
                    says="grbl:DEVICE only")


if __name__ == "__main__":
    import unittest
    unittest.main()
