"""Either side killed at seeded random times, over and over, over both links: no dot twice, none lost, doubts reported.

NEEDLEPATH_ROUNDS kills of each side over each link (40; `./dev soak --kill-rounds N` plays more), NEEDLEPATH_SEED.  One
session is killed and gone on with in every round.  The arm is slow (real time), so that most kills of the simulator come in
the middle of a dot, and the test waits for dots and not for time: a slow machine plays the same rounds in more time.
"""
import concurrent.futures
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

from programs import ENDED, SANITIZED, SIM, SOURCE, free_port, start_simulator
from streaming import StreamCase

sys.path.append(str(SOURCE / "tests" / "interop"))
import journal as stranger  # a reader of the executor's journal that shares nothing with the one that wrote it

ROUNDS = int(os.environ.get("NEEDLEPATH_ROUNDS", 6 if SANITIZED else 40))
SEED = int(os.environ.get("NEEDLEPATH_SEED", 1))
ROUND_DOTS = 6  # a round makes one or two; a session must last
SURVIVES = 0.06  # how often the sender outlives the simulator, which costs it 1.5 s of silence
BAD_LINE = ("--flip", "1e-5", "--drop", "0.01", "--duplicate", "0.01", "--jitter", "5", "--cut-every", "4", "--cut-for", "200",
            "--freeze-every", "4", "--freeze-for", "120")


class Rounds(StreamCase):
    """One session, one of whose sides is killed in every round."""

    def prepare(self, victim, over_line):
        self.setUp()
        self.victim, self.over_line = victim, over_line
        self.draw = random.Random(f"{SEED} {victim} {over_line}")
        self.name = f"{victim} over {'a bad line of 115,200 baud' if over_line else 'ZeroMQ'}"
        self.sim = self.run_ = self.proxy = None
        self.kills = self.at_work = 0
        if over_line:
            self.listen, self.target = "serial:pty", f"serial:{self.folder / 'line'}:115200"
        else:
            self.listen = self.target = f"zmq:tcp://127.0.0.1:{free_port()}"
        return self

    # ---- processes ----

    def start_sim(self, speed):
        more = ("--pty-link", "arm") if self.over_line else ()
        # no round is as long as a reload of pigment in real time: it would be begun anew for ever
        reload = ("--reload", "none") if speed == "1" else ()
        self.sim = start_simulator(self.folder, *self.sim_args(self.listen, *more, *reload, speed=speed))

    def start_proxy(self):
        self.proxy = subprocess.Popen([SIM, "--proxy", "--to", f"serial:{self.folder / 'arm'}:115200", "--pty-link", "line",
                                       "--seed", str(SEED), "--json", *BAD_LINE], cwd=self.folder, stdout=subprocess.PIPE,
                                      text=True)
        self.assertIn("listening", self.proxy.stdout.readline())

    def kill_sim(self):
        # its name first: the next pseudo-terminal to be made anywhere may get the number of this one
        (self.folder / "arm").unlink(missing_ok=True)
        self.kills += 1
        self.sim.kill()
        self.sim.communicate()

    def kill_run(self):
        self.run_.kill()
        self.run_.communicate()
        self.run_ = None

    def end(self):
        for process in (self.run_, self.sim, self.proxy):
            if process and process.poll() is None:
                process.kill()
                process.communicate()
        self.doCleanups()

    # ---- rounds ----

    def play_round(self):
        before = self.punctures()
        if self.run_ is None:
            self.run_ = self.start_run("p.needleplan", self.target)
        # Rounds that wait for a dot make sure that kills come while something is under way, on a machine of any speed.
        if self.draw.random() < 0.3 or self.round % 8 == 0:
            self.await_punctures(before + 1, pause=0.01)
        time.sleep(self.draw.uniform(0, 0.2))
        if self.run_.poll() is not None:
            self.fail(f"{self.name}: the run ended by itself: {self.run_.communicate()[1]}")
        self.at_work += self.punctures() > before
        if self.victim == "simulator":
            self.kill_sim()
            self.start_sim("1")
            if self.draw.random() < SURVIVES:
                return
        self.kill_run()

    def play(self):
        self.plan(max(1000, ROUNDS * ROUND_DOTS * 10 // 3))
        self.order = {row["id"]: int(row["order"]) for row in self.planned("p.needleplan")}
        self.start_sim("1")
        if self.over_line:
            self.start_proxy()
        for self.round in range(ROUNDS):
            self.play_round()
            self.assert_record()
        # the rest undisturbed by kills, by a fast arm
        if self.run_:
            self.kill_run()
        self.kill_sim()
        self.start_sim("max")
        self.run_program("run", "p.needleplan", "--session", "1", "--to", self.target, "--timeout", "60", status=ENDED)
        self.assert_record()
        self.assert_journals()
        self.assertGreaterEqual(self.at_work, (ROUNDS + 7) // 8, f"{self.name}: the kills came when nothing was under way")
        return f"{self.name}: seed {SEED}, {ROUNDS} kills, {self.at_work} of them at work, {len(self.doubts)} dots in doubt" \
            + (f"; {self.end_proxy()} faults on the line" if self.over_line else "")

    def end_proxy(self):
        self.proxy.send_signal(signal.SIGTERM)
        line = json.loads(self.proxy.communicate(timeout=20)[0])
        self.assertEqual(self.proxy.returncode, 0)
        n = sum(line[way][what] for way in ("to_executor", "to_sender")
                for what in ("flipped_bits", "dropped_frames", "duplicated_frames", "cut_bytes"))
        self.assertGreater(n, 0, "the line was a good one")
        return n

    # ---- what must hold ----

    def assert_record(self):
        self.made = [self.order[row["id"]] for row in self.record()]
        self.assertEqual(self.made, sorted(set(self.made)), f"{self.name}: a dot was punctured twice, or out of order")

    def assert_journals(self):
        """Both journals say the same of every dot, and what they call done is in the record."""
        shutil.copy(self.folder / "arm.journal", self.folder / "copy.journal")
        theirs = {order: outcome for (_, session, order), outcome in
                  stranger.Journal(self.folder / "copy.journal").outcomes.items() if session == 1}
        with sqlite3.connect(f"file:{self.folder}/p.needleplan?mode=ro", uri=True) as plan:
            rows = plan.execute("SELECT dot, state FROM journal WHERE state != 1 ORDER BY seq").fetchall()
        plan.close()
        ours = {self.order[str(dot)]: state for dot, state in rows}
        done = {order for order, state in ours.items() if state == 2}
        self.doubts = {order for order, state in ours.items() if state == 3}
        self.assertEqual(done | self.doubts, set(self.order.values()), f"{self.name}: a dot was lost")
        self.assertEqual(done, {order for order, outcome in theirs.items() if outcome == stranger.DONE})
        self.assertEqual(self.doubts, {order for order, outcome in theirs.items() if outcome == stranger.IN_DOUBT})
        self.assertLessEqual(len(self.doubts), self.kills, f"{self.name}: more than one dot in doubt a kill")
        self.assertLessEqual(done, set(self.made), f"{self.name}: a dot that is called done is not in the record")


class Faults(StreamCase):
    def play(self, scenario):
        try:
            return scenario.play()
        finally:
            scenario.end()

    def test_killed_over_and_over(self):
        """Side by side, since they mostly wait."""
        self.plan(max(1000, ROUNDS * ROUND_DOTS * 10 // 3))  # made once, and copied by each
        scenarios = [Rounds().prepare(victim, line) for victim in ("sender", "simulator") for line in (False, True)]
        with concurrent.futures.ThreadPoolExecutor(len(scenarios)) as pool:
            results = [pool.submit(self.play, scenario) for scenario in scenarios]
        for result in results:
            print(result.result())


if __name__ == "__main__":
    unittest.main()
