"""The arms' joints, worked out anew: Universal Robots' table of Denavit-Hartenberg lengths (article 45257), the inverse in closed form
(K. P. Hawkins 2013), and what joints do along a program's moves.  Shares no code with what writes programs."""
import math

import urscript

ARMS = {"ur5e": (162.5, -425.0, -392.2, 133.3, 99.7, 99.6), "ur10e": (180.7, -612.7, -571.55, 174.15, 119.85, 116.55)}
TURN = 2 * math.pi


def along(a, ka, b, kb):
    return [x * ka + y * kb for x, y in zip(a, b)]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def column(r, k):
    return [row[k] for row in r]


class Arm:
    """NAME with a tool whose centre point stands at TCP (mm, rotation vector) in the flange."""

    def __init__(self, name, tcp):
        self.lengths, self.tcp = ARMS[name], ([1e3 * x for x in tcp[:3]], urscript.matrix(tcp[3:]))

    def flange(self, tip, turned):
        r = urscript.times(turned, urscript.transposed(self.tcp[1]))
        return [t - dot(row, self.tcp[0]) for t, row in zip(tip, r)], r

    def tool(self, q):
        """Where joints Q have the tool's tip and how it is turned there: row by row of the table."""
        d1, a2, a3, d4, d5, d6 = self.lengths
        p, r = [0, 0, 0], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        for angle, d, a, twist in zip(q, (d1, 0, 0, d4, d5, d6), (0, a2, a3, 0, 0, 0), (0.25, 0, 0, 0.25, -0.25, 0)):
            c, s, ca, sa = math.cos(angle), math.sin(angle), math.cos(twist * TURN), math.sin(twist * TURN)
            p = [x + dot(row, (a * c, a * s, d)) for x, row in zip(p, r)]
            r = urscript.times(r, [[c, -s * ca, s * sa], [s, c * ca, -c * sa], [0, sa, ca]])
        return [x + dot(row, self.tcp[0]) for x, row in zip(p, r)], urscript.times(r, self.tcp[1])

    def postures(self, tip, turned, q6):
        d1, a2, a3, d4, d5, d6 = self.lengths
        p, r = self.flange(tip, turned)
        x, y, z = (column(r, k) for k in range(3))
        p5 = along(p, 1, z, -d6)
        beside = math.hypot(p5[0], p5[1])
        for side in (1, -1) if beside >= d4 else ():
            q1 = math.atan2(p5[1], p5[0]) + side * math.acos(d4 / beside) + TURN / 4
            forward, across = (math.cos(q1), math.sin(q1), 0), (math.sin(q1), -math.cos(q1), 0)
            for q5 in (math.acos(max(-1, min(1, dot(across, z)))), -math.acos(max(-1, min(1, dot(across, z))))):
                sign = 1 if q5 >= 0 else -1
                if abs(math.sin(q5)) > 1e-6:
                    q6 = math.atan2(-sign * dot(across, y), sign * dot(across, x))
                x5, y5 = along(x, math.cos(q6), y, -math.sin(q6)), along(x, math.sin(q6), y, math.cos(q6))
                x4 = along(x5, math.cos(q5), z, -math.sin(q5))
                wrist = along(along(p5, 1, y5, d5), 1, across, -d4)
                out, up = dot(wrist, forward), wrist[2] - d1
                c3 = (out * out + up * up - a2 * a2 - a3 * a3) / (2 * a2 * a3)
                for q3 in (math.acos(c3), -math.acos(c3)) if abs(c3) <= 1 else ():
                    q2 = math.atan2(up, out) - math.atan2(a3 * math.sin(q3), a2 + a3 * math.cos(q3))
                    yield [q1, q2, q3, math.atan2(x4[2], dot(x4, forward)) - q2 - q3, q5, q6]

    def nearest(self, q, tip, turned):
        """The posture nearest to Q, joints counted on from there, and the largest turn to it."""
        found = [[a + math.remainder(b - a, TURN) for a, b in zip(q, p)] for p in self.postures(tip, turned, q[5])]
        return min(((max(abs(a - b) for a, b in zip(q, p)), p) for p in found), default=(math.inf, None))

    def follow(self, moves, q):
        """The joints at the end of each of MOVES, the first of which is where joints Q have the tool; steps are so small that
        nothing is mistaken, else there is an error."""
        tip, turned = self.tool(q)
        assert math.dist(tip, moves[0][0]) < 0.01 and math.dist(column(turned, 0), column(moves[0][1], 0)) < 1e-4, "not at home"
        at = [q]
        for (a, ra, _), (b, rb, _) in zip(moves, moves[1:]):
            turn = urscript.vector(urscript.times(rb, urscript.transposed(ra)))
            n = max(1, math.ceil(max(math.dist(a, b) / 5, math.sqrt(dot(turn, turn)) / 0.05)))
            for i in range(1, n + 1):
                step = urscript.times(urscript.matrix([t * i / n for t in turn]), ra)
                most, q = self.nearest(q, along(a, 1 - i / n, b, i / n), step)
                assert most < 0.4, f"joints jump by {most} rad on the way to {b}"
                assert max(map(abs, q)) <= TURN + 1e-6, f"a joint beyond its range on the way to {b}"
            at.append(q)
        return at
