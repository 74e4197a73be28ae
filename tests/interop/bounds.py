"""Where executor.py lets itself be sent: into its workspace, and to heads that are not upside down: section 5 of protocol/SPEC.md."""
import math
import struct

import wire
from wire import Refused

LOWEST_UP = -math.sin(math.radians(45))  # how far the head's up may point below the horizontal
AXES = "xyz"


def box_of(text):
    low_and_high = [int(um) for um in text.split(",")]
    if len(low_and_high) != 6 or any(a >= b for a, b in zip(low_and_high[:3], low_and_high[3:])):
        raise ValueError(text)
    return low_and_high[:3], low_and_high[3:]


def rotation_of(load):
    w, x, y, z = (load[name] for name in ("qw", "qx", "qy", "qz"))
    square = w * w + x * x + y * y + z * z
    if abs(math.sqrt(square) - 1e6) > 100:
        raise Refused("LIMITS", "the rotation is no unit quaternion")
    rows = ((w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)),
            (2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)),
            (2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z))
    return [[value / square for value in row] for row in rows]


class Bounds:
    """The executor's part that knows where things of the head's frame lie in the arm's, whose z is up."""

    def check_pose(self, load):
        if rotation_of(load)[2][2] < LOWEST_UP:
            raise Refused("LIMITS", "the head is upside down")

    def place_outside(self, dot):
        """(What of the dot and its ways lies outside of the workspace, along which axis, where), or None."""
        if self.options.workspace is None:
            return None
        load = self.session.load
        rotation, shift = rotation_of(load), (load["tx"], load["ty"], load["tz"])
        places = [("it", dot[2:5]), ("its hover", [p - a * dot[14] / 1e6 for p, a in zip(dot[2:5], dot[8:11])])]
        for what, way in ("the way to it", wire.CHAIN), ("its entry", wire.ENTRY), ("its way home", wire.HOME):
            places += [(f"stop {at // wire.STOP + 1} of {what}", struct.unpack_from(">3i", dot[way], at))
                       for at in range(0, len(dot[way]), wire.STOP)]
        for what, place in places:
            for axis, row, least, most in zip(range(3), rotation, *self.options.workspace):
                um = sum(r * p for r, p in zip(row, place)) + shift[axis]
                if not least - 1 <= um <= most + 1:  # rounding
                    return what, AXES[axis], round(um)
        return None

    def is_outside(self, dot):
        found = self.place_outside(dot)
        if found:
            print(f"dot {dot[0]}: {found[0]} lies at {found[1]} = {found[2]} um, outside of the workspace", flush=True)
        return found is not None

    def workspace_text(self):
        box = self.options.workspace
        return f"Python's workspace (um): {box[0]} to {box[1]}" if box else ""
