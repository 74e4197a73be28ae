"""The trial (`./dev trial`) on one head: that it tries what it says, and tells what it finds."""
import re
import subprocess
import sys
import unittest

from programs import SANITIZED, SOURCE, Case


class Trial(Case):
    @unittest.skipIf(SANITIZED, "too slow with sanitizers")
    def test_a_scar_on_a_head_with_noise_and_holes(self):
        done = subprocess.run([sys.executable, "-B", SOURCE / "tests/bench/trial.py", "--share", "0.1", "--heads", "noisy-f5",
                               "--templates", "fut-scar"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for way, looked in (("sim", "each ms of motion"), ("urscript", r"\d{4,}"), ("gcode", r"\d{3,}")):
            self.assertTrue(re.search(rf"^\| fut-scar \| {way} \| 1 \| [1-9]\d* \| {looked} \| 0 \|$", done.stdout, re.M), done.stdout)


if __name__ == "__main__":
    unittest.main()
