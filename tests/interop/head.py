"""Where the head is when executor.py makes dots: sections 5 and 8 of protocol/SPEC.md."""
import wire
from journal import counts


class Head:
    """The executor's part that keeps a session's registration in the journal."""

    def pose(self):
        return tuple(self.session.load[name] for name in wire.POSE_FIELDS)

    def head_is_where_it_was(self):
        """When dots of the session were made, by the journal."""
        session = self.session
        return (session.air or not any(counts(session.outcomes))
                or self.journal.pose.get((session.digest[:16], session.number)) == self.pose())

    def keep_pose(self, confirmed=False):
        session = self.session
        if not session.air and self.journal.pose.get((session.digest[:16], session.number)) != self.pose():
            self.journal.append_registration(session.digest, session.number, self.epoch, session.next, self.pose(),
                                             int(confirmed), session.load["moved_um"])
