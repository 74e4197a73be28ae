"""Seeded rounds of everything that can befall a record (tests/bench/rounds.py; `./dev rounds` plays more of them)."""
import re
import subprocess
import sys
import unittest

from programs import SANITIZED, SOURCE, Case


class Rounds(Case):
    @unittest.skipIf(SANITIZED, "what is loaded into the programs must come after no sanitizer")
    def test_a_few_by_each_way(self):
        done = subprocess.run([sys.executable, "-B", SOURCE / "tests/bench/rounds.py", "--rounds", "4", "--seed", "100"],
                              capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("12 rounds, 0 failed", done.stdout)
        for way in "zmq", "serial", "grbl":
            row = re.search(rf"^\| {way} \| all \| 4 \| (\d+) \|.* \| (\d+) \|$", done.stdout, re.M)
            self.assertGreater(int(row[1]), 0, f"{way}: nothing was refused: the rounds do not try what they say")
            self.assertEqual(row[2], "0")


if __name__ == "__main__":
    unittest.main()
