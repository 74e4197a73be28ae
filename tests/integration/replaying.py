"""What the tests of exported and streamed programs share: a plan, its head laid somewhere into a machine, and what the witness
(tests/replay/look.c) finds of poses there."""
import csv
import math
import re
import subprocess

from programs import BUILD, DONE, Case

LOOK = str(BUILD / "tests" / "replay" / "look")


def about(axis, degrees):
    """The rotation about X, Y or Z (0, 1, 2)."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    i, j = [k for k in range(3) if k != axis]
    if axis == 1:
        s = -s
    rows = [[float(a == b) for b in range(3)] for a in range(3)]
    rows[i][i] = rows[j][j] = c
    rows[i][j], rows[j][i] = -s, s
    return rows


class ReplayCase(Case):
    """A test in which machine = rotation head + shift."""

    rotation = about(0, 30)
    shift = (400.0, -120.0, 250.0)

    def place(self, p):
        """A point of the head frame in the machine's."""
        return [sum(r * x for r, x in zip(row, p)) + s for row, s in zip(self.rotation, self.shift)]

    def unturn(self, v):
        return [sum(self.rotation[k][i] * v[k] for k in range(3)) for i in range(3)]

    def unplace(self, p):
        return self.unturn([x - s for x, s in zip(p, self.shift)])

    def prepare(self, template, *new, density=10, count=None):
        """A plan of COUNT dots, or by DENSITY, its head and the dots of its first session, and where the head lies."""
        def thin(text):
            if count:
                return re.sub(r"dots: \{", f"dots: {{count: {count}, ", text)
            return re.sub(r"density_per_cm2: *[0-9.]+", f"density_per_cm2: {density}", text)
        self.plan = self.make_plan(template, edit=thin, new=new)
        self.run_program("head", "--case", "case.yaml", "-o", "head.ply", "--force")
        self.run_program("export", self.plan, "--session", "1", "-o", "dots.csv", "--force")
        with open(self.folder / "dots.csv", newline="", encoding="utf-8") as f:
            self.dots = list(csv.DictReader(f))
        self.lay()

    def lay(self):
        """Writes down where the head lies."""
        lines = ["limit_mm: 1.0", "fiducials:"]
        for i, p in enumerate([[90.0, 0.0, 0.0], [-90.0, 5.0, 0.0], [0.0, 70.0, 10.0], [0.0, -70.0, 0.0], [0.0, 0.0, 130.0]]):
            lines.append(f"  - {{name: p{i}, head: {p}, arm: {[round(v, 6) for v in self.place(p)]}}}")
        self.write("fiducials.yaml", "\n".join(lines) + "\n")

    def look(self, poses):
        """What the witness finds at POSES: (tip, axis, whether it is a puncture), head frame."""
        lines = "".join(" ".join(f"{x:.5f}" for x in [*tip, *axis]) + f" {int(puncture)}\n" for tip, axis, puncture in poses)
        done = subprocess.run([LOOK, "head.ply"], input=lines, cwd=self.folder, capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, DONE, done.stderr)
        *findings, last = done.stdout.splitlines()
        self.assertEqual(last, f"{len(poses)} poses")
        return findings
