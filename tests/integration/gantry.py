"""What the tests of sessions on a machine with grbl share: the machine (fake_grbl.py), a plan for it, and what was done to the skin."""
import collections
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from programs import NEEDLEPATH, wait_until
from streaming import StreamCase

FAKE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fake_grbl.py")
FLAGS = ("--accept-no-pedal", "--lift", "2", "--travel", "100")
CENTRE = (-150, -150, -100)  # where the region lies in the machine


def lines_of(path):
    return path.read_text().splitlines() if path.exists() else []


class GantryCase(StreamCase):
    """A test with approved plans of a level spot, and a machine that records where its needle was."""

    def setUp(self):
        super().setUp()
        self.fakes = []
        self.addCleanup(self.end_fakes)
        self.target = f"grbl:{self.folder}/gantry"

    def end_fakes(self):
        for link in self.folder.glob("gantry*"):
            if link.is_symlink():  # else it leads to whatever test's machine gets that pseudo-terminal next
                link.unlink()
        for fake in self.fakes:
            fake.kill()
            fake.communicate()
        self.fakes = []

    def fake(self, *args, speed=40):
        """A machine in a state of its own; the record goes on."""
        self.end_fakes()
        fake = subprocess.Popen([sys.executable, "-B", FAKE, "--link", f"{self.folder}/gantry", "--record",
                                 f"{self.folder}/strokes", "--speed", str(speed), *args], stdout=subprocess.PIPE, text=True)
        self.fakes.append(fake)
        self.assertEqual(fake.stdout.readline(), "ready\n")
        return fake

    def small_plan(self, count=30):
        """An approved plan of a level spot around the crown's whorl, COUNT dots in all, upright as for a gantry, and where it lies in the machine."""
        def edit(text):
            text = re.sub(r"dots: \{", f"dots: {{count: {count}, ", text)
            text = text.replace("feather_mm: 10", "feather_mm: 0, lean_deg: 0")
            centre = [float(v) for v in re.search(r"whorls:\n\s+- \[(.*?)\]", text)[1].split(",")]
            before, outline, after = re.split(r"(    outline:\n(?:\s+- \[.*\]\n)+)", text)
            points = [[float(v) for v in p.split(",")] for p in re.findall(r"\[(.*?)\]", outline)]
            small = [[c + 0.25 * (v - c) for v, c in zip(p, centre)] for p in points]
            return before + "    outline:\n" + "".join(f"      - {[round(v, 3) for v in p]}\n" for p in small) + after
        if ("grbl", count) not in self.made:
            self.make_plan("crown", edit=edit)
            self.made["grbl", count] = shutil.copytree(self.folder, f"{self.shelf}/grbl{count}")
        shutil.copytree(self.made["grbl", count], self.folder, dirs_exist_ok=True)
        self.forget()
        self.dots = self.planned("p.needleplan")
        self.lay_level()
        return "p.needleplan"

    def forget(self):
        """A machine that has driven nothing yet: a new, empty state folder, in which the ledger will be."""
        os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(dir=self.shelf)
        self.ledger = pathlib.Path(os.environ["XDG_STATE_HOME"]) / "needlepath" / "ledger.sqlite"

    def lay_level(self, tilt_deg=0, centre=CENTRE):
        """Fiducials of a head that is turned so that the region's mean normal is TILT_DEG off the machine's z."""
        mean = [sum(float(d[k]) for d in self.dots) / len(self.dots) for k in ("x", "y", "z", "nx", "ny", "nz")]
        at, n = mean[:3], [v / math.hypot(*mean[3:]) for v in mean[3:]]
        z = n
        x = [1 - z[0] * z[0], -z[0] * z[1], -z[0] * z[2]]
        x = [v / math.hypot(*x) for v in x]
        y = [z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0]]
        c, s = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))
        rows = [[c * a + s * b for a, b in zip(x, z)], y, [c * b - s * a for a, b in zip(x, z)]]

        def place(p):
            return [sum(r * (v - a) for r, v, a in zip(row, p, at)) + c for row, c in zip(rows, centre)]
        self.place = place
        lines = ["limit_mm: 1.0", "fiducials:"]
        for i, p in enumerate([[90.0, 0.0, 0.0], [-90.0, 5.0, 0.0], [0.0, 70.0, 10.0], [0.0, -70.0, 0.0], [0.0, 0.0, 130.0]]):
            lines.append(f"  - {{name: p{i}, head: {p}, arm: {[round(v, 4) for v in place(p)]}}}")
        self.write("gantry.yaml", "\n".join(lines) + "\n")

    def arguments(self, *more, command="run", silence_ms=5000):
        return (command, "p.needleplan", "--session", "1", "--to", self.target, "--fiducials", "gantry.yaml", *FLAGS,
                "--silence", str(silence_ms), *more)

    def start(self, *more):
        return subprocess.Popen([NEEDLEPATH, *self.arguments(*more)], cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    # ---- what was done to the skin ----

    def strokes(self):
        """Ids of the dots whose skin the needle touched, in order; each with whether the cable was whole when it began."""
        found = []
        for line in lines_of(self.folder / "strokes"):
            x, y, z, whole = map(float, line.split(","))
            near = min(self.dots, key=lambda d: math.dist(self.place([float(d[k]) for k in "xyz"])[:2], (x, y)))
            skin = self.place([float(near[k]) for k in "xyz"])
            if z < skin[2] - 1e-3:
                self.assertLess(math.dist(skin[:2], (x, y)), 0.01)
                self.assertLess(skin[2] - z, float(near["depth_mm"]) * 1.05 + 0.01, "too deep")
                found.append((near["id"], bool(whole), z, near))
        return found

    def states(self):
        out = {}
        in_doubt = json.loads(self.run_program("review", "p.needleplan", "--session", "1", "--json")[0])["in_doubt"]
        for dot in in_doubt:
            out[str(dot["id"])] = "in_doubt"
        return out

    def assert_all_made(self, doubts_allowed=0):
        """Every dot once and whole, in order, but for those in doubt, of which each was touched once at most."""
        in_doubt = self.states()
        self.assertLessEqual(len(in_doubt), doubts_allowed)
        times = collections.Counter(s[0] for s in self.strokes())
        for dot in self.dots:
            if dot["id"] in in_doubt:
                self.assertLessEqual(times[dot["id"]], 1, f"dot {dot['id']} was punctured again")
            else:
                self.assertEqual(times[dot["id"]], 1, f"dot {dot['id']}")
        order = {d["id"]: int(d["order"]) for d in self.dots}
        made = [order[s[0]] for s in self.strokes()]
        self.assertEqual(made, sorted(made), "out of order")
        for stroke in self.strokes():
            if stroke[0] not in in_doubt:
                dot = stroke[3]
                skin = self.place([float(dot[k]) for k in "xyz"])[2]
                self.assertGreater(skin - stroke[2], float(dot["depth_mm"]) * 0.99, f"dot {dot['id']} is not deep enough")
        runs = self.show("p.needleplan")["runs"]
        self.assertEqual(sum(r["done"] for r in runs) + len(in_doubt), len(self.dots))
        # a run that was killed behind its last dot left nothing to do
        self.assertIn([r["state"] for r in runs if r["state"] != "learnt"][-1], ("done", "interrupted") if doubts_allowed > 1 else ("done",))

    def assert_one_in_doubt_at_most(self):
        """After a fault: what is done was made, and at most one dot more was touched, which is in doubt."""
        done = sum(r["done"] for r in self.show("p.needleplan")["runs"])
        touched = [s[0] for s in self.strokes()]
        self.assertEqual(len(touched), len(set(touched)))
        in_doubt = self.states()
        self.assertLessEqual(len(in_doubt), 1)
        self.assertEqual(touched[:done], [d["id"] for d in self.dots][:done])
        self.assertLessEqual(set(touched[done:]), set(in_doubt))
        return in_doubt

    def kill_in_a_dot(self):
        """A run that is killed with a dot in doubt, which is returned."""
        self.small_plan()
        self.fake(speed=0.3)
        for _ in range(5):  # nearly always the first time: a dot is in doubt but for moments between two
            run = self.start()
            wait_until(lambda: len(self.states()) == 1 or run.poll() is not None)
            run.kill()
            run.communicate()
            if self.states():
                break
        doubt, = self.states()
        return doubt
