"""Needle and pigment of executor.py: section 14 of protocol/SPEC.md."""
import bisect
import functools

from journal import NEEDLE, RELOAD


class Supplies:
    """The executor's part that knows what is due, and who has seen to it."""

    def due(self):
        """NEEDLE or RELOAD if one is to be seen to before the next dot."""
        session = self.session
        if session.air or session.next == session.n_dots:
            return None
        life = min((n for n in (self.options.needle_life, session.load["needle_life"]) if n), default=0)
        key, every = (session.digest[:16], session.number), session.load["reload_every"]
        known = self.journal.needle_of == key
        if life and (not known or self.journal.made.get(key, life) >= life):
            return "NEEDLE"
        needles, reloads = ([order for kind, order, _, _ in self.journal.supplies.get(key, []) if kind == k] for k in (1, 2))
        if needles and not known:
            return "NEEDLE"
        cartridge_of = functools.partial(bisect.bisect_right, session.load["cartridges"])
        if session.load["cartridges"] and (not known or cartridge_of(needles[-1]) != cartridge_of(session.next)):
            return "NEEDLE"
        if key in self.journal.other_pigment and (every or reloads):
            return "RELOAD"
        return "RELOAD" if every and session.next // every > max(reloads, default=0) // every else None

    def renew(self, kind, lot=""):
        session = self.session
        self.journal.append_supply(kind, session.digest, session.number, self.epoch, session.next, lot)
        print(f"{'needle' if kind == NEEDLE else 'pigment'} {session.next} {lot}", flush=True)
        self.news = True

    def do_what_is_wanted(self):
        """Somebody does, when nothing is armed; what was asked for before is asked for anew."""
        lots = self.options.cartridge
        self.withdraw(self.wanted)
        if self.wanted == "MOVED":
            self.keep_pose(confirmed=True)
            print(f"moved {self.session.load['moved_um']}", flush=True)
        elif self.wanted == "PLACE":
            self.place = ("home", 0)
        elif self.wanted == "NEEDLE":
            self.renew(NEEDLE, lots.pop(0) if len(lots) > 1 else lots[0] if lots else "")
        else:
            self.renew(RELOAD)
            self.by_hand = None
        self.wanted = None

    def supplies(self):
        session = self.session
        return self.journal.supplies.get((session.digest[:16], session.number), []) if session and session.complete else []

    def on_supplies(self, first):
        if self.session and self.session.complete:
            told = [] if self.session.air else self.supplies()
            self.tell("SUPPLIED", total=len(told), first=first, supplies=told[first:first + 8])
