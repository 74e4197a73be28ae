"""--realtime of both sides, as the kernel tells it, and secrets that neither swap nor a core file may hold."""
import pathlib
import re
import subprocess
import unittest

from programs import LINK, NEEDLEPATH, SANITIZED, USAGE, free_port, simulator
from streaming import StreamCase

SCHED_FIFO = 1


def locked_kib(pid):
    """Sanitizers lock nothing, and say that they did."""
    if SANITIZED:
        return 1 << 20
    return int(re.search(r"^VmLck:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M).group(1))


def schedules(pid):
    """(policy, priority) of each of its threads: fields 41 and 40 of stat (proc(5))."""
    found = set()
    for stat in pathlib.Path(f"/proc/{pid}/task").glob("*/stat"):
        fields = stat.read_text().rpartition(")")[2].split()
        found.add((int(fields[38]), int(fields[37])))
    return found


class Realtime(StreamCase):
    def may(self):
        """Whether this machine grants what --realtime asks for."""
        return subprocess.run(["chrt", "-f", "40", "true"], capture_output=True).returncode == 0

    def test_both_sides(self):
        plan, target = self.plan(count=300), f"zmq:tcp://127.0.0.1:{free_port()}"
        if not self.may():
            raise unittest.SkipTest("no SCHED_FIFO for us here")
        with simulator(self.folder, *self.sim_args(target, "--realtime", "--cpu", "0", speed="1")) as sim:
            self.assertEqual(schedules(sim.pid), {(SCHED_FIFO, 40)})  # ZeroMQ's threads too
            self.assertIn("Cpus_allowed_list:\t0\n", pathlib.Path(f"/proc/{sim.pid}/status").read_text())
            self.assertGreater(locked_kib(sim.pid), 4096)
            run = self.start_run(plan, target, 20, "--realtime")
            self.addCleanup(run.kill)
            self.await_punctures(3)
            self.assertEqual(schedules(run.pid), {(SCHED_FIFO, 40)})
            run.terminate()
            run.communicate(timeout=20)
        self.assertNotIn("--realtime", (self.folder / "sim.err").read_text())

    def test_what_is_not_granted_is_said_and_it_goes_on(self):
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target, "--realtime", "--cpu", "1000")):
            _, err = self.run_program("run", plan, "--session", "1", "--to", target, "--realtime", "--cpu", "1000")
        for text in err, (self.folder / "sim.err").read_text():
            self.assertIn("--realtime: not kept on processor 1000", text)
        self.assert_made(plan)

    def test_a_processor_alone_is_refused(self):
        err = self.refuse("run", self.plan(count=100), "--session", "1", "--to", "zmq:tcp://127.0.0.1:9", "--cpu", "0", status=USAGE)
        self.assertIn("--cpu goes with --realtime", err)

    def test_keys_stay_in_memory(self):
        """With a link key its memory is locked and no core is dumped, on either side, without --realtime."""
        plan, target = self.plan(count=300), f"zmq:tcp://127.0.0.1:{free_port()}"
        self.run_program("keys", "link", "link.key")
        key = ("--link-key", "link.key")
        with simulator(self.folder, *self.sim_args(target, *key, speed="1")) as sim:
            run = self.start_run(plan, target, 20, *key)
            self.addCleanup(run.kill)
            self.await_punctures(3)
            for pid in sim.pid, run.pid:
                self.assertRegex(pathlib.Path(f"/proc/{pid}/limits").read_text(), r"Max core file size +0 +0 ")
                self.assertGreater(locked_kib(pid), 0)
            run.terminate()
            run.communicate(timeout=20)

    def test_memory_that_cannot_be_locked_is_said(self):
        if SANITIZED:
            raise unittest.SkipTest("sanitizers lock nothing, and say that they did")
        plan = self.plan(count=100)
        self.run_program("keys", "link", "link.key")
        done = subprocess.run(["setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock", "bash", "-c", 'ulimit -l 0; exec "$@"', "-",
                               NEEDLEPATH, "run", plan, "--session", "1", "--to", f"zmq:tcp://127.0.0.1:{free_port()}", "--link-key",
                               "link.key", "--timeout", "0.2", "--head-is-arm-frame"], cwd=self.folder, capture_output=True, text=True)
        if "setpriv" in done.stderr:
            raise unittest.SkipTest(done.stderr)
        self.assertEqual(done.returncode, LINK, done.stderr)
        self.assertIn("the key may be written to swap", done.stderr)


if __name__ == "__main__":
    unittest.main()
