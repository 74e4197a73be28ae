"""An interpreter for as much of URScript as exports use: it knows nothing else, and fails at anything else.

Poses as the controller has them: metres and a rotation vector; movel goes straight and turns at a steady rate, both in step."""
import math
import re

NUMBER = r"-?\d+(?:\.\d+)?"
POSE = re.compile(r"p\[(" + ", ".join([NUMBER] * 6) + r")\]")


def matrix(v):
    """The rotation by the vector V (Rodrigues)."""
    angle = math.sqrt(sum(x * x for x in v))
    if angle < 1e-12:
        return [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    x, y, z = (c / angle for c in v)
    c, s = math.cos(angle), math.sin(angle)
    t = 1 - c
    return [[t * x * x + c, t * x * y - s * z, t * x * z + s * y], [t * x * y + s * z, t * y * y + c, t * y * z - s * x],
            [t * x * z - s * y, t * y * z + s * x, t * z * z + c]]


def times(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def transposed(a):
    return [list(row) for row in zip(*a)]


def vector(r):
    """The rotation vector of R, which turns by less than half a circle."""
    angle = math.acos(max(-1, min(1, (r[0][0] + r[1][1] + r[2][2] - 1) / 2)))
    if angle < 1e-9:
        return [0, 0, 0]
    assert angle < 3.1, "half a turn in one move has no one axis"
    k = angle / (2 * math.sin(angle))
    return [k * (r[2][1] - r[1][2]), k * (r[0][2] - r[2][0]), k * (r[1][0] - r[0][1])]


class Halt(Exception):
    """The program has ended itself."""


class Program:
    """The moves of a program: a list of (tip in mm, rotation, speed in mm/s), with the set-up and popups that were met on the way.  STANDING: the
    joints as it begins; without, the arm stands in the posture that the program calls home."""

    def __init__(self, text, standing=None):
        self.moves, self.popups, self.set_up, self.functions = [], [], {}, {}
        self.standing, self.home, self.halted = standing, None, False
        lines = [line.split("#")[0].rstrip() for line in text.splitlines()]
        try:
            self.execute([line for line in lines if line.strip()], {})
        except Halt:
            self.halted = True

    def posture_check(self, lines, i, names):
        """home = [...]; here = get_actual_joint_positions(); if norm([here[0] - home[0], ...]) > X: ... end.  Where it ends."""
        self.home = [float(x) for x in re.fullmatch(r"\s*home = \[(.*)\]", lines[i])[1].split(",")]
        if lines[i + 1].strip() != "here = get_actual_joint_positions()":
            raise ValueError(f"no statement: {lines[i + 1]}")
        off = ", ".join(rf"here\[{k}\] - home\[{k}\]" for k in range(6))
        start = re.fullmatch(rf"(\s*)if norm\(\[{off}\]\) > ({NUMBER}):", lines[i + 2])
        end = lines.index(start[1] + "end", i)
        if math.dist(self.standing or self.home, self.home) > float(start[2]):
            self.execute(lines[i + 3:end], names)
        return end + 1

    def execute(self, lines, names):
        i = 0
        while i < len(lines):
            if lines[i].strip().startswith("home = "):
                i = self.posture_check(lines, i, names)
                continue
            start = re.fullmatch(r"(\s*)def (\w+)\(([\w, ]*)\):", lines[i])
            if not start:
                self.statement(lines[i].strip(), names)
                i += 1
                continue
            end = lines.index(start[1] + "end", i)
            self.functions[start[2]] = ([a.strip() for a in start[3].split(",") if a.strip()], lines[i + 1:end])
            i = end + 1

    def value(self, text, names):
        text = text.strip()
        pose = POSE.fullmatch(text)
        if pose:
            return [float(x) for x in pose[1].split(",")]
        return names[text] if text in names else float(text)

    def statement(self, text, names):
        if text == "halt":
            raise Halt
        call = re.fullmatch(r"(\w+)\((.*)\)", text)
        if not call:
            raise ValueError(f"no statement: {text}")
        name, inside = call[1], call[2]
        if name == "popup":
            self.popups.append(len(self.moves))
            return
        arguments = re.findall(r"\s*(p?\[[^\]]*\]|[^,\[\]]+)", inside)
        if name in ("set_tcp", "set_payload"):
            self.set_up[name] = [[float(x) for x in re.findall(NUMBER, a)] for a in arguments]
        elif name == "movel":
            pose, rates = self.value(arguments[0], names), dict(a.strip().split("=") for a in arguments[1:])
            if set(rates) != {"a", "v"}:
                raise ValueError(f"a move that is not straight from stop to stop: {text}")
            self.moves.append(([1e3 * x for x in pose[:3]], matrix(pose[3:]), 1e3 * float(rates["v"])))
        elif name == "sleep":
            self.value(inside, names)
        else:
            parameters, body = self.functions[name]
            values = [self.value(a, names) for a in arguments]
            if len(values) != len(parameters):
                raise ValueError(f"{name} takes {len(parameters)} arguments: {text}")
            self.execute(body, dict(zip(parameters, values)))

    def punctures(self):
        """Numbers of the moves that end with the needle in the skin: back to where it came from afterwards."""
        def way_mm(i, k):
            return math.dist(self.moves[i][0], self.moves[k][0])
        return [i for i in range(1, len(self.moves) - 1) if way_mm(i - 1, i + 1) < 1e-3 < way_mm(i, i + 1)]

    def poses(self, step_mm, reach_mm):
        """(move, tip, needle's axis) along all moves; no point within REACH_MM of the tip goes farther than STEP_MM from one to the next."""
        for number, ((a, ra, _), (b, rb, _)) in enumerate(zip(self.moves, self.moves[1:])):
            turn = vector(times(rb, transposed(ra)))
            angle = math.sqrt(sum(x * x for x in turn))
            n = math.ceil((math.dist(a, b) + angle * reach_mm) / step_mm) + 1
            for i in range(n):
                t = i / n
                r = times(matrix([t * x for x in turn]), ra)
                yield number, [x + t * (y - x) for x, y in zip(a, b)], [row[2] for row in r]
