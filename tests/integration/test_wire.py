"""What an operator does around a run: registering the head, rehearsing in the air, reviewing dots in doubt, stopping."""
import base64
import json
import math
import stat

from programs import LINK, STOPPED, USAGE, free_port, simulator, wait_until
from streaming import StreamCase

# Points of a head, head frame, mm.
POINTS = {"glabella": (95, 0, 40), "inion": (-95, 2, 5), "left": (0, 72, 0), "right": (1, -71, 0), "vertex": (-5, 0, 131)}


class Wire(StreamCase):
    def fiducials(self, turn_deg=0, shift=(0, 0, 0), spoil_mm=0, name="fiducials.yaml"):
        """A head turned about x, then y, then z by TURN_DEG, and shifted."""
        c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))

        def placed(x, y, z):
            y, z = c * y - s * z, s * y + c * z
            x, z = c * x + s * z, -s * x + c * z
            x, y = c * x - s * y, s * x + c * y
            return x + shift[0], y + shift[1], z + shift[2]
        lines = ["limit_mm: 1.0", "fiducials:"]
        for point, head in POINTS.items():
            arm = placed(*head)
            if point == "vertex":
                arm = (arm[0], arm[1], arm[2] + spoil_mm)
            lines.append(f"  - {{name: {point}, head: {list(map(float, head))}, arm: {[round(v, 4) for v in arm]}}}")
        return self.write(name, "\n".join(lines) + "\n")

    # ---- registration ----

    def test_registered_head(self):
        """The head is where the fiducials say: the arm moves otherwise, and the dots on the head stay as planned."""
        plan, times = self.plan(count=100), []
        for more in ((), ("--fiducials", self.fiducials(turn_deg=9, shift=(21, -13, 17)))):
            target = f"zmq:tcp://127.0.0.1:{free_port()}"
            copy = self.write("copy.needleplan", (self.folder / plan).read_bytes())
            (self.folder / "record.csv").unlink(missing_ok=True)
            with simulator(self.folder, *self.sim_args(target, journal="memory")):
                self.run_program("run", copy, "--session", "1", "--to", target, *more)
            self.assert_made(copy)
            times.append([row["time_s"] for row in self.record()])
        self.assertNotEqual(*times, "the registration did not move the arm")

    def test_head_out_of_reach(self):
        """A head two metres away: every dot is skipped and reported, none made where the head is not."""
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            out = self.run_program("run", plan, "--session", "1", "--to", target, "--fiducials",
                                   self.fiducials(shift=(2000, 0, 0)))[0]
        self.assertIn("0 of 30 dots done, 0 in doubt, 30 failed", out)
        self.assertEqual(self.record(), [])

    def test_bad_fiducials(self):
        """Nobody is connected to, and nothing is written into the plan."""
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        self.refuse("run", plan, "--session", "1", "--to", target, "--fiducials", "none.yaml", says="none.yaml")
        path = self.fiducials(spoil_mm=20)
        self.refuse("run", plan, "--session", "1", "--to", target, "--fiducials", path, says=[path, "mm off"])
        self.assertEqual(self.show(plan)["runs"], [])

    # ---- rehearsal ----

    def test_air(self):
        """All dots in the air: no puncture, nothing in either journal; then the run makes every dot."""
        plan, target = self.plan(count=200), f"zmq:tcp://127.0.0.1:{free_port()}"
        before = (self.folder / plan).read_bytes()
        with simulator(self.folder, *self.sim_args(target, "--json")):
            for _ in range(2):
                out = self.run_program("air", plan, "--session", "1", "--to", target)[0]
                self.assertEqual(out, "60 of 60 dots rehearsed, 0 could not be reached\n")
            self.assertEqual(self.record(), [])
            self.assertEqual((self.folder / plan).read_bytes(), before)
            self.run_program("run", plan, "--session", "1", "--to", target)
            self.assert_made(plan)
            # a session that is done can still be rehearsed, and that changes nothing
            self.run_program("air", plan, "--session", "1", "--to", target)
        self.assert_made(plan)
        self.assertEqual(len(self.show(plan)["runs"]), 1)

    def test_air_tells_what_is_out_of_reach(self):
        plan, target = self.plan(count=100), f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(target)):
            out = self.run_program("air", plan, "--session", "1", "--to", target, "--json", "--fiducials",
                                   self.fiducials(shift=(2000, 0, 0)))[0]
        self.assertEqual((json.loads(out)["done"], json.loads(out)["failed"]), (0, 30))

    def test_air_wants_an_approval_too(self):
        self.plan(count=100)
        self.run_program("plan", "case.yaml", "-o", "fresh.needleplan")
        self.refuse("air", "fresh.needleplan", "--session", "1", "--to", "zmq:tcp://127.0.0.1:1", says="not approved")

    # ---- stopping from outside, and the link's key ----

    def test_stop(self):
        """Anyone may stop, also where the link has a key that he does not know; the run says so and can be gone on with."""
        plan, target = self.plan(count=200), f"zmq:tcp://127.0.0.1:{free_port()}"
        self.run_program("keys", "link", "lab.key", "--name", "lab")
        keys = ("--link-key", "lab.key")
        with simulator(self.folder, *self.sim_args(target, *keys, speed="1")):
            run = self.start_run(plan, target, 20, *keys)
            self.await_punctures(2)
            self.assertIn("look at the arm", self.run_program("stop", "--to", target)[1])
            self.assertIn("stopped by somebody on the link", self.finish(run, STOPPED))
            made = self.punctures()
            self.assertLess(made, 60)
            self.assertEqual(self.show(plan)["runs"][-1]["state"], "held")
            self.assertEqual(self.punctures(), made, "the arm went on after the stop")
        with simulator(self.folder, *self.sim_args(target, *keys)):
            self.run_program("run", plan, "--session", "1", "--to", target, *keys)
        self.assert_made(plan)
        self.assertIn("STOP received", (self.folder / "sim.err").read_text())

    def test_stop_over_a_serial_line(self):
        target = f"serial:{self.folder / 'tty'}:115200"
        with simulator(self.folder, "--listen", "serial:pty", "--pty-link", "tty", "--journal", "memory"):
            self.run_program("stop", "--to", target)
            self.assertTrue(wait_until(lambda: "STOP received" in (self.folder / "sim.err").read_text(), 10))

    def test_stop_with_nobody_there(self):
        err = self.run_program("stop", "--to", f"zmq:tcp://127.0.0.1:{free_port()}", "--timeout", "0.3", status=LINK)[1]
        self.assertIn("nothing was stopped", err)
        self.refuse("stop", "--to", "arm", status=USAGE, says="zmq:tcp://HOST:PORT")

    def test_link_key_files(self):
        self.run_program("keys", "link", "a.key", "--name", "room2")
        self.run_program("keys", "link", "b.key")
        a, b = ((self.folder / name).read_text() for name in ("a.key", "b.key"))
        label, name, key = a.split(" ")
        self.assertEqual((label, name, len(base64.b64decode(key))), ("needlepath-link-key-v1", "room2", 32))
        self.assertNotEqual(key, b.split(" ")[2])
        self.assertEqual(stat.S_IMODE((self.folder / "a.key").stat().st_mode), 0o600)
        self.refuse("keys", "link", "a.key", says=["a.key", "never overwritten"])
        self.refuse("keys", "link", "c.key", "--name", "room 2", says="without blanks")
        self.assertEqual((self.folder / "a.key").read_text(), a)


if __name__ == "__main__":
    import unittest
    unittest.main()
