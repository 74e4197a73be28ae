"""Where the arm of executor.py stands, and the plan's links that it goes: section 15 of protocol/SPEC.md."""
import wire

BUFFER_DOTS = 128


def backwards(way):
    return b"".join(way[i:i + wire.STOP] for i in reversed(range(0, len(way), wire.STOP)))


class Arm:
    """The executor's part that knows `place`: ("home", 0) or ("hover", order), of the session in place_of."""

    def has_its_ways(self, dot):
        order, station, chain, entry, home = dot[1], *dot[wire.INTEGERS:wire.FIELDS]
        enters = order > 0 and order % 64 == 0
        return (500 <= dot[14] <= 20000 and station * wire.STOP <= len(chain) and (order > 0 or chain != b"")
                and bool(entry) == enters and bool(home) == (order + 1 == self.session.n_dots))

    def place_serves(self):
        kind, order = self.place
        begin = self.session.next // 64 * 64
        near = begin <= order + 1 or self.leaves_out()
        return kind == "home" or (self.place_of == self.key_of_place() and near and order < begin + 64)

    def key_of_place(self):
        load = self.session.load
        return [self.session.digest, self.session.number, *(load[name] for name in ("qw", "qx", "qy", "qz", "tx", "ty", "tz"))]

    def step(self):
        """The next link of the chain from where the arm stands: (order it leads to, way), or None if its dot is not here yet."""
        session, (kind, order) = self.session, self.place
        to = session.next // 64 * 64 if kind == "home" else order + (order < session.next) - (order > session.next)
        by = max(order, to) if kind != "home" else to
        if not all(o // 64 in session.checked and o in session.dots for o in (to, by)):
            return None
        dot = session.dots[by]
        if kind == "home":
            return to, dot[wire.ENTRY] if to else dot[wire.CHAIN]
        if to == order:
            return to, b""
        return to, dot[wire.CHAIN] if to > order else backwards(dot[wire.CHAIN])

    def go(self, place, way):
        if self.path:
            self.path.write(f"{self.place[0]},{self.place[1]},{place[0]},{place[1]},{way.hex()}\n")
        self.place, self.place_of = place, self.key_of_place()

    def go_home(self):
        """Back along the chain to where the chunk was entered, or on from the last dot."""
        session = self.session
        kind, order = self.place
        while kind == "hover" and order in session.dots and order // 64 in session.checked:
            dot = session.dots[order]
            if order + 1 == session.n_dots:
                self.go(("home", 0), dot[wire.HOME])
            elif order % 64 == 0:
                self.go(("home", 0), backwards(dot[wire.ENTRY] or dot[wire.CHAIN]))
            else:
                self.go(("hover", order - 1), backwards(dot[wire.CHAIN]))
            kind, order = self.place

    def open_window(self):
        """No dot is overwritten that the arm has still to pass."""
        session = self.session
        low = min(session.next, self.place[1] + 1 if self.place[0] == "hover" else session.received)
        session.window = max(session.window, min(session.n_dots, low // 64 * 64 + BUFFER_DOTS))
