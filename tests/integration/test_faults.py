"""Either side killed at seeded random times, over and over, over both links: no dot twice, none lost, doubts reported."""
import os
import random
import time
import unittest

from programs import SANITIZED, free_port, start_simulator
from streaming import StreamCase

ROUNDS = int(os.environ.get("NEEDLEPATH_ROUNDS", 6 if SANITIZED else 40))
SEED = int(os.environ.get("NEEDLEPATH_SEED", 1))
KILL_AFTER_S = 0.12  # of a round at most; a session of 1200 dots takes several times as long


class Faults(StreamCase):
    def begin_session(self):
        """A fresh plan, journal and record: nothing is done yet."""
        for name in ("arm.journal", "record.csv", "p.needleplan-wal", "p.needleplan-shm"):
            (self.folder / name).unlink(missing_ok=True)
        return self.plan(4000)

    def kill(self, process):
        process.kill()
        process.communicate()

    def end_session(self, plan, target, kills):
        """Lets the session come to its end undisturbed, and compares record, journal and plan."""
        self.run_program("run", plan, "--session", "1", "--to", target)
        self.assert_at_most_once(plan, kills)

    def assert_at_most_once(self, plan, kills):
        """No dot twice, in order; what is missing is in doubt in the plan's journal, one dot a kill at most."""
        order = {row["id"]: int(row["order"]) for row in self.planned(plan)}
        made = [order[row["id"]] for row in self.record()]
        self.assertEqual(made, sorted(set(made)), "a dot was punctured twice, or out of order")
        runs = self.show(plan)["runs"]
        done, in_doubt, failed = (sum(run[key] for run in runs) for key in ("done", "in_doubt", "failed"))
        self.assertLessEqual(in_doubt, kills)
        self.assertEqual((done + in_doubt, failed), (len(order), 0), "a dot was lost")
        self.assertLessEqual(len(order) - len(made), in_doubt)

    def play(self, listen, target, *more):
        draw = random.Random(SEED)
        plan, kills, total = self.begin_session(), 0, {"sender": 0, "simulator": 0}
        sim, run = start_simulator(self.folder, *self.sim_args(listen, *more)), None
        try:
            for _ in range(ROUNDS):
                run = self.start_run(plan, target)
                time.sleep(draw.uniform(0.01, KILL_AFTER_S))
                victim = draw.choice(("sender", "simulator"))
                total[victim] += run.poll() is None
                if victim == "simulator":
                    kills += 1
                    self.kill(sim)
                    sim = start_simulator(self.folder, *self.sim_args(listen, *more))
                self.kill(run)
                if self.punctures() >= 900:
                    self.end_session(plan, target, kills)
                    self.kill(sim)
                    plan, kills = self.begin_session(), 0
                    sim = start_simulator(self.folder, *self.sim_args(listen, *more))
            self.end_session(plan, target, kills)
        finally:
            self.kill(sim)
            if run and run.poll() is None:
                self.kill(run)
        print(f"seed {SEED}: killed while at work: {total}")
        self.assertGreater(total["sender"] + total["simulator"], ROUNDS / 4, "the kills came when all was over")

    def test_killed_over_zmq(self):
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        self.play(target, target)

    def test_killed_over_pty(self):
        self.play("serial:pty:4000000", f"serial:{self.folder / 'tty'}:4000000", "--pty-link", "tty")


if __name__ == "__main__":
    unittest.main()
