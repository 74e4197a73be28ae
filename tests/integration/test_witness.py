"""The witness: a simulator that looks whether its tool goes into the head, with real plans and real files."""
import random
import re
import signal
import sqlite3
import struct
import subprocess
import unittest

from programs import DONE, INVALID, LINK, SIM, free_port, start_simulator
from streaming import StreamCase


class Witness(StreamCase):
    def write_head(self, case="case.yaml"):
        """The case's scan in the head frame; returns the simulator's options for it."""
        _, said = self.run_program("head", "--case", case, "-o", "head.ply", "--force")
        return re.search(r"needlepath-sim (--head head\.ply)$", said.strip()).group(1).split()

    def run_session(self, plan, *more, status=DONE):
        """Runs session 1; returns the simulator's exit status and what it said."""
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        sim = start_simulator(self.folder, *self.sim_args(target, *more, journal="memory"))
        self.run_program("run", plan, "--session", "1", "--to", target, "--timeout", "5", status=status)
        if status == DONE:
            sim.send_signal(signal.SIGTERM)
        self.assertIsNotNone(sim.wait(20))
        sim.stdout.close()
        return sim.returncode, (self.folder / "sim.err").read_text()

    def test_a_crown_is_clear(self):
        """Dots lie so near to each other that the straight way at the hover's height is none through the head."""
        plan = self.plan(count=1000)
        status, said = self.run_session(plan, *self.write_head())
        self.assertEqual((status, "into the head" in said), (DONE, False), said)
        self.assert_made(plan)

    def test_from_temple_to_temple(self):
        """Where two dots lie far apart the straight way leads through the head; the plan's moves do not."""
        thin = lambda text: re.sub(r"density_per_cm2: *[0-9.]+", "density_per_cm2: 10", text)
        plan = self.make_plan("full-scalp", edit=thin)
        status, said = self.run_session(plan, *self.write_head())
        self.assertEqual((status, "into the head" in said), (DONE, False), said)
        self.assert_made(plan)

    def test_a_scan_with_noise(self):
        """Moves keep clear of what was scanned, bumps and all, and hovers are higher only where it has bumps."""
        self.run_program("head", "-o", "noisy.ply")
        header, _, rest = (self.folder / "noisy.ply").read_bytes().partition(b"end_header\n")
        n = 3 * int(re.search(rb"element vertex (\d+)", header).group(1))
        noise = random.Random(5)
        rough = struct.pack(f"<{n}f", *(x + noise.gauss(0, 0.1) for x in struct.unpack(f"<{n}f", rest[:4 * n])))
        (self.folder / "noisy.ply").write_bytes(header + b"end_header\n" + rough + rest[4 * n:])
        thin = lambda text: re.sub(r"density_per_cm2: *[0-9.]+", "density_per_cm2: 10", text)
        plan = self.make_plan("full-scalp", edit=thin, new=["--scan", "noisy.yaml"])
        with sqlite3.connect(f"file:{self.folder / plan}?mode=ro", uri=True) as db:
            hovers = sorted(um / 1000 for um, in db.execute("SELECT hover_um FROM hovers"))
        self.assertGreater(hovers[0], 2)
        self.assertLess(hovers[len(hovers) // 2], 2.35)
        status, said = self.run_session(plan, *self.write_head())
        self.assertEqual((status, "into the head" in said), (DONE, False), said)

    def test_a_head_that_is_larger_than_planned(self):
        """The cartridge would be in it: that is found, and ends both sides."""
        plan = self.plan(count=1000)
        options = self.write_head()
        header, _, rest = (self.folder / "head.ply").read_bytes().partition(b"end_header\n")
        n = 3 * int(re.search(rb"element vertex (\d+)", header).group(1))
        grown = struct.pack(f"<{n}f", *(1.03 * x for x in struct.unpack(f"<{n}f", rest[:4 * n])))
        (self.folder / "head.ply").write_bytes(header + b"end_header\n" + grown + rest[4 * n:])
        status, said = self.run_session(plan, *options, status=LINK)
        self.assertEqual(status, INVALID, said)
        self.assertRegex(said, r"the tool went into the head: .* its (cone|body|needle) was [\d.]+ mm below the skin at ")
        self.assertLess(len(self.record()), 300)

    def test_files_that_are_none(self):
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        for content, says in ((b"solid\n", "as `needlepath head` writes it"), (None, "No such file")):
            if content is not None:
                self.write("bad.ply", content)
            done = subprocess.run([SIM, "--listen", target, "--journal", "memory", "--head", "bad.ply" if content else "none.ply"],
                                  cwd=self.folder, capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, INVALID, done.stderr)
            self.assertIn(says, done.stderr)


if __name__ == "__main__":
    unittest.main()
