"""An interpreter for as much G-code as gantries are sent: it knows nothing else, and fails at anything else.

Millimetres, absolute, straight lines; the machine stands still at the end of each line that moves."""
import math
import re

WORD = re.compile(r"([A-Z])(-?\d+(?:\.\d+)?)")
MODES = {21, 94, 90, 53}  # mm, mm/min, absolute, machine coordinates


class Program:
    """The places a machine comes to that begins at START, with the speed (mm/min; 0: as fast as it can) of the way to each, and how long
    it dwells there."""

    def __init__(self, lines, start):
        self.stops, self.feeds, self.dwells = [list(start)], [None], [0]
        self.ended = False
        self.feed = None
        self.absolute = self.motion = None
        for line in lines:
            self.execute(re.sub(r"\s+", "", line.split(";")[0]).upper())

    def execute(self, line):
        words = WORD.findall(line)
        if "".join(letter + number for letter, number in words) != line or (self.ended and line):
            raise ValueError(f"no line of a program: {line}")
        codes = {float(number) for letter, number in words if letter == "G"}
        values = {letter: float(number) for letter, number in words if letter not in "GM"}
        if ("M", "2") in words:
            self.ended = True
        elif 4 in codes:
            if codes != {4} or set(values) != {"P"}:
                raise ValueError(f"no dwell: {line}")
            self.dwells[-1] += values["P"]
        elif codes - MODES - {0, 1} or set(values) - set("XYZF"):
            raise ValueError(f"unknown: {line}")
        else:
            self.absolute = self.absolute or 90 in codes
            self.move(codes, values)

    def move(self, codes, values):
        self.feed = values.get("F", self.feed)
        if not set(values) & set("XYZ"):
            return
        if not codes & {0, 1} or not (self.absolute or 53 in codes):
            raise ValueError(f"a move that does not say by itself where it goes: {codes} {values}")
        to = [values.get(letter, x) for letter, x in zip("XYZ", self.stops[-1])]
        if to == self.stops[-1]:
            return
        self.stops.append(to)
        self.feeds.append(0 if 0 in codes else self.feed)
        self.dwells.append(0)

    def punctures(self):
        """Numbers of the stops at which the needle turns back upwards."""
        z = [stop[2] for stop in self.stops]
        return [i for i in range(1, len(z) - 1) if z[i - 1] > z[i] < z[i + 1]]

    def poses(self, step_mm):
        """(number of the stop before, tip) along all ways, the last stop included."""
        for i, (a, b) in enumerate(zip(self.stops, self.stops[1:])):
            n = math.ceil(math.dist(a, b) / step_mm) + 1
            for k in range(n):
                yield i, [x + k / n * (y - x) for x, y in zip(a, b)]
        yield len(self.stops) - 1, self.stops[-1]

    def seconds(self, rapid_mm_s):
        """How long all of it takes, without what speeding up costs."""
        way = sum(math.dist(a, b) / (feed / 60 if feed else rapid_mm_s)
                  for a, b, feed in zip(self.stops, self.stops[1:], self.feeds[1:]))
        return way + sum(self.dwells)
