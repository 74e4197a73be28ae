"""Sessions on a machine with grbl (fake_grbl.py): what is made of them whatever fails, and what is refused."""
import os
import random
import re
import signal
import time

from gantry import GantryCase, lines_of
from programs import ENDED, INVALID, LINK, STOPPED, USAGE, wait_until

SANITIZED = os.environ.get("NEEDLEPATH_SANITIZED") == "1"


class Grbl(GantryCase):
    # ---- whole sessions ----

    def test_session(self):
        """Every dot once, in order, where and as deep as planned; a second run has nothing to do; a rehearsal touches nothing."""
        self.small_plan()
        self.fake("--garbage")
        before = (self.folder / "p.needleplan").read_bytes()
        out = self.run_program(*self.arguments(command="air"))[0]
        self.assertEqual(out, f"{len(self.dots)} of {len(self.dots)} dots rehearsed, 0 could not be reached\n")
        self.assertEqual(self.strokes(), [])
        self.assertEqual((self.folder / "p.needleplan").read_bytes(), before)
        self.run_program(*self.arguments("--needle-life", "100"), status=USAGE)
        out, err = self.run_program(*self.arguments("--cartridge", "C 1", "--pigment", "P 1"))
        self.assertEqual(out, f"{len(self.dots)} of {len(self.dots)} dots done, 0 in doubt, 0 failed\n")
        self.assertIn("set $1=255", err)
        self.assert_all_made()
        record = self.run_program("export", "p.needleplan", "--format", "record")[0].splitlines()[1:]
        self.assertEqual(sum(line.endswith(',"C 1","P 1",0') for line in record), len(self.dots))
        self.run_program(*self.arguments())
        self.assert_all_made()

    def test_early(self):
        """Session 2 waits for session 1, and for its day, as on an executor; a reason stays on record, and it is made whole."""
        self.small_plan()
        self.fake(speed=100)
        session_2 = ["2" if before == "--session" else argument
                     for before, argument in zip(("", *self.arguments()), self.arguments())]
        self.assertRegex(self.refused("session 2 is not to be made now", status=INVALID, arguments=session_2),
                         r"(\d+) of \1 dots of session 1 are not made")
        self.assertEqual(self.show("p.needleplan")["runs"], [])
        self.run_program(*self.arguments())
        self.assert_all_made()
        (self.folder / "strokes").unlink()
        self.assertRegex(self.refused("--early", status=INVALID, arguments=session_2),
                         r"session 2 is due on \d{4}-\d\d-\d\d, 7 days after session 1")
        err = self.run_program(*session_2, "--early", "a test")[1]
        self.assertIn("EARLY: session 2 is due on", err)
        self.run_program("export", "p.needleplan", "--session", "2", "-o", "second.csv")
        self.assertEqual(len(lines_of(self.folder / "strokes")), len(lines_of(self.folder / "second.csv")) - 1)
        runs = self.show("p.needleplan")["runs"]
        self.assertEqual([(run["session"], run["state"], run.get("early", {}).get("reason")) for run in runs],
                         [(1, "done", None), (2, "done", "a test")])

    # ---- what fails on the way ----

    def total_bytes(self):
        """About as many as a session's lines have."""
        return 10 + 165 * len(self.dots)

    def resume(self, doubts_allowed=1, *more):
        self.run_program(*self.arguments(*more), status=ENDED)
        self.assert_all_made(doubts_allowed)

    def test_cut_cable(self):
        """Cut at a random byte: at most one more dot is touched and it is in doubt, nothing is sent when the cable is whole
        again but hold and reset, and the next run does the rest."""
        random.seed(11)
        # the limit of silence is far above what a busy machine makes of 200 ms, and the silence far above the limit
        for kind, seconds in (("silence", 5), ("silence", 1000), ("unplug", 0.3)):
            self.small_plan()
            (self.folder / "strokes").unlink(missing_ok=True)
            cut = random.randrange(12, self.total_bytes())
            with self.subTest(kind=kind, byte=cut):
                self.fake("--fault", f"{kind}@{cut}:{seconds}", speed=10)
                out, err = self.run_program(*self.arguments("--timeout", "1" if seconds > 10 else "10", silence_ms=1500),
                                            status=LINK)
                touched = len(self.strokes())
                in_doubt = self.assert_one_in_doubt_at_most()
                self.assertLessEqual(sum(not s[1] for s in self.strokes()), 1, "more than one dot after the cut")
                self.assertEqual(self.show("p.needleplan")["runs"][-1]["state"], "link lost")
                self.assertIn("dots of session 1 are done", err)
                if seconds > 10:
                    self.assertEqual("THE NEEDLE MAY BE IN THE SKIN" in err, bool(in_doubt), err)
                    time.sleep(0.5)
                    self.assertLessEqual(len(self.strokes()), touched + 1)
                    self.assert_one_in_doubt_at_most()
                    self.fake()
                else:
                    self.assertNotIn("THE NEEDLE", err)
                self.resume()

    def test_killed(self):
        """kill -9 at random times, many rounds: never a dot twice, one in doubt a round at most."""
        self.small_plan(100)
        self.fake(speed=20)
        random.seed(5)
        kills = 0
        for _ in range(3 if SANITIZED else 5):
            before = len(lines_of(self.folder / "strokes"))
            run = self.start()
            wait_until(lambda: run.poll() is not None or len(lines_of(self.folder / "strokes")) > before + 1)
            time.sleep(random.random() * 0.1)
            if run.poll() is None:
                run.send_signal(signal.SIGKILL)
                kills += 1
            run.communicate()
        self.assertGreaterEqual(kills, 2)
        self.resume(kills)

    def test_killed_and_reviewed(self):
        """A dot in doubt is made again when a person says so, and counts as done when he says that."""
        doubt = self.kill_in_a_dot()
        self.fake()
        self.resume()
        times = [s[0] for s in self.strokes()].count(doubt)
        # the controller need not even be there for a verdict: its journal is the plan's
        self.end_fakes()
        review = ("review", "p.needleplan", "--session", "1", "--to", self.target)
        self.run_program(*review, "--again", doubt)
        self.fake()
        self.run_program(*self.arguments())
        self.assertEqual([s[0] for s in self.strokes()].count(doubt), times + 1)
        self.assertEqual(self.states(), {})
        self.refuse(*review, "--done", doubt, says="not in doubt")

    def test_stopped(self):
        """Ctrl-C or a closed terminal: held at once, needle out, and the rest is made later."""
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            with self.subTest(signal=number):
                self.stop_with(number)

    def stop_with(self, number):
        self.small_plan()
        (self.folder / "strokes").unlink(missing_ok=True)
        fake = self.fake(speed=0.7)
        run = self.start()
        self.assertTrue(wait_until(lambda: len(self.strokes()) >= 1))
        run.send_signal(number)
        err = run.communicate(timeout=30)[1]
        self.assertEqual(run.returncode, STOPPED, err)
        self.assertIn("stopped", err)
        self.assertNotIn("THE NEEDLE", err)
        self.assertEqual(self.show("p.needleplan")["runs"][-1]["state"], "held")
        self.assert_one_in_doubt_at_most()
        touched = len(self.strokes())
        time.sleep(0.3)
        self.assertEqual(len(self.strokes()), touched)
        fake.send_signal(signal.SIGUSR1)
        self.resume()

    def test_machine_faults(self):
        """An alarm, a restart, a hold at the machine: one dot in doubt at most, with what to do."""
        random.seed(3)
        for kind, says in (("limit", "ALARM:1"), ("restart", "restarted by itself"), ("hold", "state Hold")):
            self.small_plan()
            (self.folder / "strokes").unlink(missing_ok=True)
            at = random.randrange(200, self.total_bytes() - 200)
            with self.subTest(kind=kind, byte=at):
                self.fake("--fault", f"{kind}@{at}", speed=10)
                out, err = self.run_program(*self.arguments(), status=LINK)
                self.assertIn(says, err)
                in_doubt = self.assert_one_in_doubt_at_most()
                self.assertEqual(self.show("p.needleplan")["runs"][-1]["state"], "fault")
                if kind != "hold":
                    self.assertEqual("THE NEEDLE MAY BE IN THE SKIN" in err, bool(in_doubt), err)
                    # locked until it is homed
                    self.assertIn("home it", self.run_program(*self.arguments(), status=LINK)[1])
                    self.resume(1, "--home")
                else:
                    self.assertNotIn("THE NEEDLE", err)
                    self.resume()

    def test_too_deep(self):
        """A needle that is below where it was sent to is seen and taken out: on its way down to the skin, when no dot is in doubt yet, or in
        it; of a dot's 165 bytes 100 are the puncture's."""
        in_doubt = []
        for at in (240, 320):
            self.small_plan()
            self.fake("--fault", f"sink@{at}", speed=1)
            err = self.run_program(*self.arguments("--plunge", "4"), status=LINK)[1]
            self.assertIn("below the", err)
            self.assertNotIn("THE NEEDLE", err)
            in_doubt.append(len(self.states()))
        self.assertIn(1, in_doubt)
        self.assertLessEqual(max(in_doubt), 1)

    def test_locked_meanwhile(self):
        """An alarm that nobody told of: the next line is refused with error:9, or a report says so first."""
        self.small_plan()
        self.fake("--fault", "lock@400")
        err = self.run_program(*self.arguments(), status=LINK)[1]
        self.assertRegex(err, "error:9: it is locked|state Alarm")
        self.assert_one_in_doubt_at_most()

    def test_stopped_from_outside(self):
        """After a kill -9 in a dot: `stop` holds and resets; the next run raises the needle first and goes on."""
        self.small_plan()
        fake = self.fake(speed=0.5)
        run = self.start()
        self.assertTrue(wait_until(lambda: len(self.strokes()) >= 1))
        self.refuse("stop", "--to", self.target, status=LINK, says="another program is using it")
        run.kill()
        run.communicate()
        self.assertIn("stands and was reset", self.run_program("stop", "--to", self.target)[1])
        touched = len(self.strokes())
        time.sleep(0.3)
        self.assertEqual(len(self.strokes()), touched)
        fake.send_signal(signal.SIGUSR1)
        self.resume()

    # ---- what is refused before anything moves ----

    def refused(self, says, *more, status=LINK, arguments=None):
        out, err = self.run_program(*(arguments or self.arguments(*more)), status=status)
        for word in [says] if isinstance(says, str) else says:
            self.assertIn(word, err)
        self.assertFalse((self.folder / "strokes").exists())
        self.assertNotIn("THE NEEDLE", err)
        return err

    def test_settings(self):
        """A machine that is not safely set up, and one that is too small; and what flags allow."""
        self.small_plan()
        for args, says in ((("--set", "20=0"), ["soft limits", "--accept-no-limits"]),
                           (("--set", "22=0", "--set", "20=0"), ["homing", "$22=0"]),
                           (("--set", "130=140"), ["outside the machine's travel", "X from"]),
                           (("--options", "VZ", "--set", "23=2"), ["outside the machine's travel", "Y from"]),
                           (("--locked", "--set", "10=0"), "$10=1"), (("--locked",), ["Alarm", "$H"]),
                           (("--startup", "G0X0"), "startup line")):
            with self.subTest(args=args):
                self.fake(*args)
                self.refused(says)
        self.assertEqual(set(run["state"] for run in self.show("p.needleplan")["runs"]), {"refused"})
        self.fake("--set", "22=0", "--set", "20=0", speed=100)
        self.run_program(*self.arguments("--accept-no-limits"))
        self.assert_all_made()

    def test_never_homed(self):
        """grblHAL that was switched on and not homed is Idle at 0: it is refused, homed on request, and then believed."""
        self.small_plan()
        hal = ("--banner", "GrblHAL 1.1f ['$' or '$HELP' for help]")
        self.fake(*hal, "--unhomed")
        self.refused(["not homed since it was switched on", "--home"])
        self.fake(*hal, "--unhomed", speed=100)
        self.run_program(*self.arguments("--home"))
        self.assert_all_made()
        (self.folder / "strokes").unlink()
        self.small_plan()
        self.fake(*hal, speed=100)
        self.assertNotIn("whether it was homed", self.run_program(*self.arguments())[1])
        self.assert_all_made()

    def test_not_said_whether_homed(self):
        """grbl 1.1 does not say it: the operator is told, unless --home makes it sure."""
        self.small_plan()
        self.fake(speed=100)
        self.assertIn("whether it was homed", self.run_program(*self.arguments(command="air"))[1])
        self.assertNotIn("whether it was homed", self.run_program(*self.arguments("--home", command="air"))[1])

    def test_feed_override(self):
        """An override at the pendant changes the speed of the needle: refused before, and a fault in the session."""
        self.small_plan()
        self.fake("--override", "150")
        self.refused(["feed override stands at 150 %", "100 %"])
        self.fake("--fault", f"override@{self.total_bytes() // 2}", speed=10)
        err = self.run_program(*self.arguments(), status=LINK)[1]
        self.assertIn("feed override stands at 200 %", err)
        self.assertNotIn("THE NEEDLE", err)
        self.assertGreater(len(self.strokes()), 1)
        self.assert_one_in_doubt_at_most()
        self.fake(speed=40)
        self.resume()

    def test_alarms_with_numbers(self):
        """grblHAL's Alarm:11 is an alarm with its reason, and --home ends it; a pressed emergency stop is called that at once."""
        self.small_plan()
        self.fake("--alarm", "11")
        self.refused(["state Alarm (11: it wants to be homed", "--home"])
        self.fake("--alarm", "11", speed=100)
        self.run_program(*self.arguments("--home"))
        self.assert_all_made()
        (self.folder / "strokes").unlink()
        self.small_plan()
        self.fake("--alarm", "10")
        self.refused(["ALARM:10", "its emergency stop is pressed"])

    def test_slow_after_a_reset(self):
        """A controller that answers 1.2 s after a reset is waited for, whatever silence is allowed in the session."""
        self.small_plan()
        self.fake("--slow-s", "1.2", speed=100)
        self.run_program(*self.arguments(silence_ms=300))
        self.assert_all_made()

    def test_lagging_controller_is_not_reset_in_motion(self):
        """The banner is lost and the machine moves again: it is held before it is reset a second time."""
        self.small_plan()
        fake = self.fake("--lag", speed=1)
        run = self.start()
        time.sleep(4)
        fake.send_signal(signal.SIGUSR1)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, err)  # ALARM:3 would have locked it
        self.assert_all_made()

    def test_tilt(self):
        """A head that lies askew: the dots beyond the angle are left out by name and not done, and the rest is made; they are made when the
        head lies so that they can be. What is too steep for the plan is for no flag."""
        self.small_plan()
        self.lay_level(tilt_deg=15)
        self.fake(speed=100)
        out, err = self.run_program(*self.arguments(), status=ENDED)
        left = int(re.search(r"LEFT OUT, not done, (\d+) of", err)[1])
        self.assertTrue(0 < left < len(self.dots), err)
        named = re.findall(r"dot (\d+) \(([0-9.]+)\)", err)
        self.assertEqual(len(named), min(left, 8))
        self.assertTrue(all(float(angle) > 15 for _, angle in named))
        self.assertIn(f"{len(self.dots) - left} of {len(self.dots)} dots done, 0 in doubt, 0 failed, {left} left out\n", out)
        self.assertIn(f"{left} of {len(self.dots)} dots of session 1 were left out and are not done", err)
        touched = [stroke[0] for stroke in self.strokes()]
        self.assertEqual(len(touched), len(self.dots) - left)
        self.assertFalse(set(touched) & {dot for dot, _ in named})
        run = self.show("p.needleplan")["runs"][-1]
        self.assertEqual((run["state"], run["done"]), ("partly done", len(touched)))
        # again in the same place: nothing to do, and nothing moves
        err = self.run_program(*self.arguments(), status=INVALID)[1]
        self.assertIn(f"none of the {left} dots of session 1 that are not done can be made", err)
        self.assertIn("LEFT OUT", self.run_program(*self.arguments(command="air"), status=ENDED)[1])
        # the strokes so far are where the head was
        before = {stroke[0]: stroke for stroke in self.strokes()}
        (self.folder / "strokes").unlink()
        self.lay_level()
        out = self.run_program(*self.arguments("--moved"))[0]
        self.assertIn(f"{len(self.dots)} of {len(self.dots)} dots done", out)
        self.assertEqual(sorted([*before, *[stroke[0] for stroke in self.strokes()]], key=int),
                         sorted((dot["id"] for dot in self.dots), key=int))

    def test_too_steep(self):
        self.small_plan()
        self.fake(speed=100)
        self.lay_level(tilt_deg=40)
        self.refused("degrees off level", "--gantry-tilt", "45", status=INVALID)
        self.lay_level(tilt_deg=23)  # within the plan's tilt, and farther than any lean that is proved
        err = self.run_program(*self.arguments("--gantry-tilt", "45"), status=ENDED)[1]
        self.assertRegex(err, r"LEFT OUT, not done, (\d) of 9 dots: \1 have no room that is proved")
        (self.folder / "strokes").unlink()
        self.small_plan()
        self.lay_level(tilt_deg=12)
        self.run_program(*self.arguments("--gantry-tilt", "20"))
        self.assert_all_made()

    def test_no_grbl(self):
        """Silence, somebody else, no device."""
        self.small_plan()
        self.fake("--mute")
        self.refused("no grbl answered", "--timeout", "1")
        self.fake("--banner", "Grbl 0.9j ['$' for help]")
        self.refused("is Grbl 0.9j")
        self.fake("--banner", "Grbl 3.7 [FluidNC v3.7.14 (wifi) '$' for help]")
        self.refused(["is Grbl 3.7 [FluidNC v3.7.14 (wifi)]", "speaks grbl 1.1"])
        self.end_fakes()
        self.refused("cannot be opened")

    def test_flags(self):
        """What an operator has to say by himself; flags that mean nothing elsewhere; plans that were begun elsewhere."""
        self.small_plan()
        run = ("run", "p.needleplan", "--session", "1", "--to", self.target)
        err = self.run_program(*run, "--fiducials", "gantry.yaml", status=USAGE)[1]
        self.assertIn("docs/safety.md), say so with --accept-no-pedal", err)
        self.assertIn("--fiducials FILE is missing", self.run_program(*run, "--accept-no-pedal", status=USAGE)[1])
        self.refuse("run", "p.needleplan", "--session", "1", "--to", "zmq:tcp://127.0.0.1:1", "--home", status=USAGE,
                    says="grbl:DEVICE only")
        self.assertEqual(self.show("p.needleplan")["runs"], [])
        self.run_program("run", "p.needleplan", "--session", "1", "--to", "zmq:tcp://127.0.0.1:1", "--timeout", "0.2", status=LINK)
        self.fake()
        self.refused("begun on zmq:", status=INVALID)


if __name__ == "__main__":
    import unittest
    unittest.main()
