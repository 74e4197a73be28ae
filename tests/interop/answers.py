"""What an executor's answers must be, to be true: section 6 of protocol/SPEC.md, "What cannot be true"."""
from wire import ARMED, LEFT, LOADED, NONE, RUNNING, Refused

MAP_DOTS, CHUNK_DOTS, DEEPEST_UM = 1024, 64, 10000


class Answers:
    """The sender's part that looks at each answer before anything of it is taken."""

    def begin_epoch(self):
        self.compared, self.told, self.sent_end, self.acknowledged_most = False, 0, 0, 0

    def check(self, name, fields):
        """Refused("ANSWER", the field, what was found, what was expected), or TOO_BIG."""
        looks_at = getattr(self, f"check_{name.lower()}", None)
        if looks_at:
            looks_at(**fields)

    def expect(self, true, field, found, expected):
        if not true:
            raise Refused("ANSWER", f"{field} is {found}, {expected} was expected")

    def check_welcome(self, max_dots, **_):
        if max_dots < len(self.dots):
            raise Refused("TOO_BIG", f"WELCOME.max_dots is {max_dots}, the session has {len(self.dots)} dots")

    def check_loaded(self, reason, chunks, complete, done, in_doubt, other, **_):
        if reason:
            return
        count, n = -(-len(self.dots) // CHUNK_DOTS), len(self.dots)
        if complete:
            self.expect(done + in_doubt + other <= n, "LOADED.done, in_doubt and other", done + in_doubt + other, f"at most {n}")
        else:
            self.expect(chunks < count, "LOADED.chunks", chunks, f"less than {count}")

    def check_resume_info(self, digest, session, first, n_dots, map):
        n = len(self.dots)
        self.expect(digest == self.plan.digest, "RESUME_INFO.digest", digest.hex()[:8], self.plan.digest.hex()[:8])
        self.expect(session == self.options.session, "RESUME_INFO.session", session, self.options.session)
        self.expect(first % MAP_DOTS == 0 and first < n, "RESUME_INFO.first", first, f"a multiple of {MAP_DOTS} below {n}")
        dots = min(MAP_DOTS, n - first)
        self.expect(n_dots == dots, "RESUME_INFO.n_dots", n_dots, dots)
        self.expect(len(map) == (dots + 1) // 2, "the length of RESUME_INFO.map", len(map), (dots + 1) // 2)
        for i in range(dots):
            self.check_outcome(first + i, map[i // 2] >> 4 * (i % 2) & 15, least=NONE)

    def check_outcome(self, order, outcome, least):
        most = LEFT if self.options.only_reachable else LEFT - 1
        self.expect(least <= outcome <= most, f"the outcome of order {order}", outcome, f"{least}..{most}")

    def is_known(self, order):
        return self.journal.outcomes[order] != NONE or order in self.left

    def may_be_final(self):
        while self.sent_end < len(self.dots) and self.is_known(self.sent_end):
            self.sent_end += 1
        return self.sent_end

    def check_events(self, state, received, window, next, first, events, **_):
        if not self.compared or state < LOADED:
            return
        end = self.may_be_final()
        self.expect(next <= end, "EVENTS.next", next, f"at most {end}")
        self.expect(next >= self.told, "EVENTS.next", next, f"at least {self.told}")
        self.expect(first <= self.acknowledged_most, "EVENTS.first", first, f"at most {self.acknowledged_most}")
        self.expect(first + len(events) <= next, "EVENTS.first and the number of events", first + len(events), f"at most {next}")
        if window and state in (ARMED, RUNNING):
            self.expect(received <= end, "EVENTS.received", received, f"at most {end}")
        for i, (outcome, _, depth_um, _) in enumerate(events):
            self.check_outcome(first + i, outcome, least=NONE + 1)
            self.expect(0 <= depth_um <= DEEPEST_UM, f"the depth of order {first + i}", depth_um, f"0..{DEEPEST_UM}")
        self.told = next

    def check_ended(self, done, in_doubt, other, left, **_):
        own = self.journal.counts(), len(self.left)
        self.expect(((done, in_doubt, other), left) == own, "ENDED's counts", (done, in_doubt, other, left), (*own[0], own[1]))
