"""The simulated line (needlepath-sim --proxy): its usage, its speed, and a device that is unplugged under a session."""
import json
import signal
import subprocess
import unittest

from programs import SIM, USAGE, simulator
from streaming import StreamCase


class Proxy(StreamCase):
    def run_over(self, plan, *options):
        """Session 1 of PLAN over the line; the proxy's summary."""
        with simulator(self.folder, *self.sim_args("serial:pty", "--pty-link", "arm")):
            proxy = subprocess.Popen([SIM, "--proxy", "--to", f"serial:{self.folder / 'arm'}:115200", "--pty-link", "line",
                                      "--json", *options], cwd=self.folder, stdout=subprocess.PIPE, text=True)
            try:
                self.assertEqual(proxy.stdout.readline(), "listening on serial:line:115200\n")
                self.run_program("run", plan, "--session", "1", "--to", f"serial:{self.folder / 'line'}:115200")
            finally:
                proxy.send_signal(signal.SIGTERM)
                out = proxy.communicate(timeout=20)[0]
        self.assertEqual(proxy.returncode, 0)
        self.assertFalse((self.folder / "line").is_symlink())
        return json.loads(out)

    def test_no_faster_than_the_line(self):
        plan = self.plan()
        line = self.run_over(plan)
        self.assert_made(plan)
        for way in ("to_executor", "to_sender"):
            self.assertLessEqual(line[way]["busy"], 1)
            self.assertGreater(line[way]["frames"], 10)
            self.assertEqual([line[way][what] for what in ("flipped_bits", "lost_bytes", "dropped_frames", "cut_bytes")],
                             [0, 0, 0, 0])
        self.assertGreater(line["to_executor"]["bytes_in"], 300 * 30)

    def test_unplugged(self):
        """The sender finds the device again under the same name, as often as it goes."""
        plan = self.plan()
        line = self.run_over(plan, "--cut-every", "0.6", "--cut-for", "200", "--unplug", "--events", "cuts.csv")
        self.assert_made(plan)
        events = [row.split(",")[1] for row in (self.folder / "cuts.csv").read_text().split()[1:]]
        self.assertEqual(events.count("cut"), line["cuts"])
        self.assertGreater(line["cuts"], 0)

    def test_usage(self):
        def refused(*options):
            done = subprocess.run([SIM, "--proxy", *options], capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, USAGE)
            return done.stderr
        self.assertIn("--to", refused())
        self.assertIn("serial: at both ends", refused("--to", "zmq:tcp://127.0.0.1:5555"))
        self.assertIn("--unplug", refused("--to", "serial:/dev/null:115200", "--unplug"))
        self.assertIn("serial:pty only", refused("--to", "serial:/dev/null", "--listen", "serial:/dev/zero", "--pty-link", "x"))
        self.assertIn("--flip", refused("--to", "serial:/dev/null", "--flip", "2"))
        out = subprocess.run([SIM, "--proxy", "--help"], capture_output=True, text=True, timeout=20).stdout
        self.assertIn("usage: needlepath-sim --proxy", out)
        done = subprocess.run([SIM, "--listen", "serial:pty", "--proxy"], capture_output=True, text=True, timeout=20)
        self.assertIn("first word", done.stderr)
        subprocess.run([SIM, "generate", self.folder], check=True, timeout=20)
        self.assertTrue((self.folder / "needlepath-sim-proxy.1").exists())


if __name__ == "__main__":
    unittest.main()
