"""Silent connections by the dozen to a simulator: nobody who comes to STOP is kept out, or the arm holds by itself."""
import resource
import signal
import socket
import time

from programs import free_port, start_simulator, wait_until
from streaming import StreamCase

CROWD = 120


class Crowd(StreamCase):
    def setUp(self):
        super().setUp()
        self.ports = free_port(), free_port()
        self.target, self.plain = (f"zmq:tcp://127.0.0.1:{port}" for port in self.ports)
        self.made_plan = self.plan(count=400)
        self.guests = []

    def start(self, files):
        """The simulator in real time, with so many descriptors."""
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, before[1]))
        try:
            sim = start_simulator(self.folder, *self.sim_args(self.target, "--stop-listen", self.plain, speed="1"))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        self.addCleanup(sim.stdout.close)
        self.addCleanup(sim.wait)
        self.addCleanup(sim.send_signal, signal.SIGTERM)
        run = self.start_run(self.made_plan, self.target)
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        self.await_punctures(5)

    def crowd(self):
        for port in self.ports:
            for _ in range(CROWD):
                guest = socket.socket()
                guest.setblocking(False)
                guest.connect_ex(("127.0.0.1", port))
                self.guests.append(guest)
                self.addCleanup(guest.close)

    def log(self):
        return (self.folder / "sim.err").read_text()

    def assert_still(self):
        made = self.punctures()
        time.sleep(1.5)
        self.assertEqual(self.punctures(), made, "the arm goes on")
        self.assertLess(made, 400)

    def check_stop(self, target):
        """With the descriptors that there usually are the session goes on, and STOP is heard."""
        self.start(1024)
        self.crowd()
        made = self.punctures()
        self.assertTrue(wait_until(lambda: self.punctures() > made + 2, 20), "the session does not go on")
        self.assertNotIn("connections can be let in", self.log())
        self.assertIn("look at the arm", self.run_program("stop", "--to", target)[1])
        self.assertTrue(wait_until(lambda: "stopped by somebody on the link" in self.log(), 10), self.log())
        self.assert_still()

    def test_stop_gets_through(self):
        self.check_stop(self.target)

    def test_stop_gets_through_at_the_stop_address(self):
        self.check_stop(self.plain)

    def test_no_descriptors_left(self):
        """Where nobody can be let in any more the arm holds before anybody has to stop it."""
        self.start(60)
        self.crowd()
        self.assertTrue(wait_until(lambda: "so that nobody could STOP" in self.log(), 10), self.log())
        self.assert_still()


if __name__ == "__main__":
    import unittest
    unittest.main()
