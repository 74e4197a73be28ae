"""A plan file is whole: copies without their log, logs of other plans and open viewers are named, and no dot is made twice."""
import random
import shutil
import signal
import sqlite3

from gantry import GantryCase, lines_of
from programs import ENDED, INVALID, free_port, simulator, wait_until

LOST = "was copied, renamed or moved without it"
FOREIGN = "belongs to another plan file, or to another state of this one"


class Whole(GantryCase):
    def kill_after(self, strokes):
        """A run of p.needleplan on the gantry that is killed -9 after so many."""
        self.fake(speed=10)
        run = self.start()
        self.assertTrue(wait_until(lambda: len(lines_of(self.folder / "strokes")) >= strokes))
        run.send_signal(signal.SIGKILL)
        run.communicate()
        self.assertTrue((self.folder / "p.needleplan-wal").exists())

    def everything_refuses(self, says):
        """Each command that reads a plan; and nothing is touched by it."""
        before = len(lines_of(self.folder / "strokes"))
        self.fake()
        for command in (self.arguments(), self.arguments(command="air"), ("show", "p.needleplan"), ("diff", "p.needleplan", "p.needleplan"),
                        ("export", "p.needleplan", "--format", "record"), ("report", "p.needleplan", "-o", "report.html"),
                        ("review", "p.needleplan", "--session", "1"), ("approve", "p.needleplan", "--key", "op.key", "--executor", "any")):
            with self.subTest(command=command[0]):
                # as diff(1), which ends with 2 where it cannot compare
                self.refuse(*command, says=says, status=2 if command[0] == "diff" else INVALID)
        self.assertEqual(len(lines_of(self.folder / "strokes")), before)

    def move_away(self, *names):
        (self.folder / "away").mkdir(exist_ok=True)
        for name in names:
            shutil.move(self.folder / name, self.folder / "away" / name)

    def test_copied_or_renamed_without_its_log(self):
        """Refused until the log is beside it again; then the run goes on, and no dot is made twice."""
        self.small_plan()
        self.kill_after(4)
        self.show("p.needleplan")
        self.move_away("p.needleplan-wal", "p.needleplan-shm")
        self.everything_refuses(LOST)
        self.assertFalse((self.folder / "p.needleplan-wal").exists(), "litter beside the copy")
        shutil.copy(self.folder / "away" / "p.needleplan-wal", self.folder)
        self.run_program(*self.arguments(), status=ENDED)
        self.assert_all_made(doubts_allowed=1)
        self.assertFalse((self.folder / "p.needleplan-wal").exists())

    def test_put_over_a_plan_whose_run_was_killed(self):
        """Another plan, or the same one as it was before: the log that lies there is not taken for its own."""
        self.small_plan(34)
        self.move_away("p.needleplan")
        self.small_plan()
        shutil.copy(self.folder / "p.needleplan", self.folder / "backup.needleplan")
        self.kill_after(4)
        shutil.copy(self.folder / "p.needleplan", self.folder / "killed.needleplan")
        for over in ("away/p.needleplan", "backup.needleplan"):
            shutil.copy(self.folder / over, self.folder / "p.needleplan")
            self.everything_refuses(FOREIGN)
        shutil.copy(self.folder / "killed.needleplan", self.folder / "p.needleplan")
        self.fake()
        self.run_program(*self.arguments(), status=ENDED)
        self.assert_all_made(doubts_allowed=1)

    def test_a_log_of_nobody_is_left_as_it_is(self):
        """Random bytes beside a plan that was never run say nothing of it, and whoever looks leaves nothing behind."""
        self.small_plan()
        self.write("p.needleplan-wal", random.Random(5).randbytes(20000))
        before = {p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file()}
        for command in (["show", "p.needleplan"], ["diff", "p.needleplan", "p.needleplan"], ["export", "p.needleplan"],
                        ["review", "p.needleplan", "--session", "1"]):
            self.run_program(*command)
            self.assertEqual({p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file()}, before, command)

    def test_open_in_a_viewer(self):
        """In the middle of reading when a run begins: named, and nothing was made.  Only open when it ends: said."""
        self.small_plan()
        self.fake()
        viewer = sqlite3.connect(self.folder / "p.needleplan", isolation_level=None)
        self.addCleanup(viewer.close)
        viewer.execute("begin")
        viewer.execute("select count(*) from dots").fetchall()
        self.assertIn("another program has it open", self.run_program(*self.arguments(), status=INVALID)[1])
        self.assertEqual(lines_of(self.folder / "strokes"), [])
        viewer.execute("commit")
        run = self.start()
        self.assertTrue(wait_until(lambda: len(lines_of(self.folder / "strokes")) >= 2))
        viewer.execute("select count(*) from dots").fetchall()
        err = run.communicate(timeout=60)[1]
        self.assertEqual(run.returncode, 0, err)
        self.assertIn("another program has the plan file open", err)
        self.assert_all_made()
        viewer.close()
        self.run_program(*self.arguments())
        self.assertFalse((self.folder / "p.needleplan-wal").exists())

    def test_sender_to_an_executor(self):
        """The same with a journal of the executor's own: the plan's record is not given up for it."""
        plan, target = self.plan(count=4000), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            run = self.start_run(plan, target)
            self.await_punctures(50)
            run.kill()
            run.communicate()
            self.move_away(plan + "-wal", plan + "-shm")
            self.refuse("run", plan, "--session", "1", "--to", target, says=LOST)
            shutil.copy(self.folder / "away" / (plan + "-wal"), self.folder)
            self.run_program("run", plan, "--session", "1", "--to", target)
        self.assert_made(plan)


if __name__ == "__main__":
    import unittest
    unittest.main()
