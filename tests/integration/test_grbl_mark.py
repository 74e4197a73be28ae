"""What a controller keeps of a session by `$I=`: a machine that has never seen a session which it has begun is refused, by name."""
import os
import shutil

from gantry import GantryCase, lines_of
from programs import ENDED, INVALID, STOPPED, wait_until


class GrblMark(GantryCase):
    def keeps(self):
        return self.folder / "kept"

    def controller(self, *more, keeps=None, speed=100):
        self.fake("--keeps", str(keeps or self.keeps()), *more, speed=speed)

    def prefix(self):
        return self.show("p.needleplan")["digest"][:16].upper()

    def stop_after(self, strokes):
        self.controller(speed=10)
        run = self.start()
        self.assertTrue(wait_until(lambda: len(lines_of(self.folder / "strokes")) >= strokes))
        run.terminate()
        run.communicate(timeout=60)
        self.assertEqual(run.returncode, STOPPED)

    def refused(self, *says):
        before = self.strokes()
        err = self.run_program(*self.arguments(), status=INVALID)[1]
        for words in says:
            self.assertIn(words, err)
        self.assertEqual(self.strokes(), before)

    def test_written_twice(self):
        """At a session's beginning and at its end, however many runs it takes; not in a rehearsal."""
        self.small_plan()
        self.controller()
        self.run_program(*self.arguments(command="air"))
        self.assertEqual(lines_of(self.keeps()), [])
        self.stop_after(4)
        begun = f"NEEDLEPATH:{self.prefix()}:1:BEGUN"
        self.assertEqual(lines_of(self.keeps()), [begun])
        self.controller()
        self.run_program(*self.arguments(), status=ENDED)
        self.assertEqual(lines_of(self.keeps()), [begun, begun.replace("BEGUN", "ENDED")])
        self.assertGreaterEqual(len({dot for dot, *_ in self.strokes()}), len(self.dots) - 1)  # one may be in doubt

    def test_another_machine_with_another_copy(self):
        """A copy of the plan from before the first run, at a machine whose ledger has never seen it: in mid-session and after its end."""
        self.small_plan()
        shutil.copy(self.folder / "p.needleplan", self.folder / "copy")
        self.stop_after(4)
        here = os.environ["XDG_STATE_HOME"]
        for state in "begun", "ended":
            self.forget()
            shutil.move(self.folder / "p.needleplan", self.folder / "newest")
            shutil.copy(self.folder / "copy", self.folder / "p.needleplan")
            self.controller()
            self.refused(f"has {state} session 1 of plan {self.prefix()[:8].lower()}", "never seen it", "`$I=`")
            self.refused("never seen it")  # having been refused is not having seen it
            shutil.move(self.folder / "newest", self.folder / "p.needleplan")
            os.environ["XDG_STATE_HOME"] = here
            self.run_program(*self.arguments(), status=ENDED)
        made = [dot for dot, *_ in self.strokes()]
        self.assertEqual(len(made), len(set(made)))

    def test_another_plan_where_one_was_begun(self):
        """Unknown here: refused.  Known here: said, and the controller remembers the new one.  Ended, whoever made it: nothing to say."""
        self.small_plan()
        self.keeps().write_text("NEEDLEPATH:0123456789ABCDEF:2:BEGUN\n")
        self.controller()
        self.refused("has begun session 2 of plan 01234567 (another)", "never seen it")
        self.keeps().write_text("NEEDLEPATH:0123456789ABCDEF:2:ENDED\n")
        _, err = self.run_program(*self.arguments())
        self.assertNotIn("01234567", err)
        self.assertEqual(lines_of(self.keeps())[-1], f"NEEDLEPATH:{self.prefix()}:1:ENDED")

    def test_known_here_and_not_ended(self):
        self.small_plan(24)
        self.small_plan()
        here = os.environ["XDG_STATE_HOME"]
        self.stop_after(4)
        known = lines_of(self.keeps())[0]
        for old in self.folder.glob("p.needleplan*"):
            old.unlink()
        self.small_plan(24)
        os.environ["XDG_STATE_HOME"] = here
        self.controller()
        _, err = self.run_program(*self.arguments())
        self.assertIn(f"had begun session 1 of plan {known.split(':')[1][:8].lower()}", err)
        self.assertEqual(lines_of(self.keeps())[-1], f"NEEDLEPATH:{self.prefix()}:1:ENDED")

    def test_a_text_of_somebody_else_stays(self):
        self.small_plan()
        self.keeps().write_text("GANTRY 7 OF THE LAB\n")
        self.controller()
        _, err = self.run_program(*self.arguments())
        self.assertIn('holds "GANTRY 7 OF THE LAB"', err)
        self.assertEqual(lines_of(self.keeps()), ["GANTRY 7 OF THE LAB"])

    def test_controllers_that_keep_nothing_are_said_and_used(self):
        for keeps in "nothing", "refuses":
            self.small_plan()
            (self.folder / "strokes").unlink(missing_ok=True)
            self.controller(keeps=keeps)
            _, err = self.run_program(*self.arguments())
            self.assertIn("keeps no text (`$I=`)", err)
            self.assertEqual(len(self.strokes()), len(self.dots))


if __name__ == "__main__":
    import unittest
    unittest.main()
