"""What the arm of executor.py reaches, and what is left out of a session: sections 5 and 15 of protocol/SPEC.md."""
from bounds import Bounds, box_of
from wire import DONE, LEFT, NONE, SKIPPED, Refused

AIR_REACH = 2  # of LOAD: nothing moves, and what the arm reaches is told


def add_options(p):
    p.add_argument("--reach-um", type=int, metavar="UM", help="dots that are farther in front are out of the arm's reach")
    p.add_argument("--workspace", type=box_of, metavar="X0,Y0,Z0,X1,Y1,Z1", help="two corners of the box for the tip, um")


class Reach(Bounds):
    """The executor's part that knows of each chunk how many of its first dots are reached: all that are not too far in front."""

    def check_that_it_can_tell(self, load):
        self.check_pose(load)
        can_tell = self.options.reach_um is not None or self.options.workspace is not None
        if (load["air"] == AIR_REACH or load["only_reachable"]) and not can_tell:
            raise Refused("REACH", "this arm finds out when it gets there")

    def count_left(self):
        return self.session.outcomes.count(LEFT) if self.session else 0

    def only_asks(self):
        return self.session.air == AIR_REACH

    def leaves_out(self):
        return bool(self.session.load["only_reachable"])

    def reaches(self, dot):
        far = self.options.reach_um
        return (far is None or dot[2] + self.session.load["tx"] <= far) and not self.is_outside(dot)

    def is_forbidden(self, dot):
        """What is asked for first is left out instead, or told as not reached."""
        return not (self.only_asks() or self.leaves_out()) and self.is_outside(dot)

    def settle(self, chunk):
        """A chunk is here and checked: its dots behind the first that is not reached are left out, or all are told of."""
        session = self.session
        if not (self.only_asks() or self.leaves_out()):
            return
        orders = range(chunk * 64, min(chunk * 64 + 64, session.n_dots))
        reached = [self.reaches(session.dots[order]) for order in orders]
        most = session.reached[chunk] = (reached + [False]).index(False)
        for i, order in enumerate(orders):
            if session.outcomes[order] != NONE:
                continue
            if self.leaves_out() and i >= most:
                session.outcomes[order] = SKIPPED if self.only_asks() and i == most else LEFT
            elif self.only_asks():
                session.outcomes[order] = DONE if reached[i] else SKIPPED
        session.advance()
        self.news = True

    def is_cut_off(self):
        """Whether the arm, at a hover, gets to the next dot by home alone."""
        session, (kind, order) = self.session, self.place
        chunk = order // 64
        if not self.leaves_out() or kind == "home" or chunk not in session.reached or session.next // 64 <= chunk:
            return False
        return session.reached[chunk] < min(64, session.n_dots - chunk * 64) or session.reached.get(chunk + 1) == 0

    def comes_home(self):
        """The arm does nothing else now."""
        if self.is_cut_off():
            self.go_home()
        elif not self.only_asks():
            return False
        self.open_window()
        return True

    def first_order(self):
        """Of the dots that are sent when it is armed."""
        begin, (kind, order) = self.session.next // 64 * 64, self.place
        return min(begin, order // 64 * 64) if self.leaves_out() and kind != "home" and not self.only_asks() else begin
