#!/usr/bin/python3
"""A sender written from protocol/SPEC.md alone: runs one session of a plan file on any executor that speaks ZeroMQ.

Status 0: every dot is final.  4: refused, or a difference between the two records; the words are on stderr.
"""
import argparse
import json
import os
import sys
import time

import zmq

import curve
import wire
from answers import Answers
from planfile import Plan
from wire import ARMED, DONE, ESTOP, FAULT, HOLDING, IN_DOUBT, LEFT, NONE, REASON, REASONS, RUNNING, TOO_DEEP, VERSION, Refused

HELLO_S, REQUEST_S, ARM_S, HEARTBEAT_S, ACKNOWLEDGE_S, SILENCE_S = 0.150, 0.150, 0.100, 0.020, 0.004, 1.5
HOLD_S, HELD_S = 0.020, 1.0
NEEDLE = 1  # of the kinds of supplies
# What a person at the executor has to see to before it arms.
WAITS = {"NEEDLE": "another needle", "RELOAD": "pigment", "PLACE": "the arm to be driven home", "PEDAL": "the pedal",
         "MOVED": "a word on where the head is now"}


class Journal:
    """This side's record: a line [order, outcome] a dot, synced before it is acknowledged, [kind, order, time, lot] for
    each reload and needle change, and [token] for each epoch, before anything is armed in it."""

    def __init__(self, path, n_dots):
        self.outcomes, self.supplies, self.noted = [NONE] * n_dots, [], bytes(16)
        self.file = open(path, "a+", encoding="ascii")
        self.file.seek(0)
        for line in self.file:
            entry = json.loads(line)
            if len(entry) == 2:
                self.outcomes[entry[0]] = entry[1]
            elif len(entry) == 1:
                self.noted = bytes.fromhex(entry[0])
            else:
                self.supplies.append(entry)

    def write(self, news):
        for order, outcome in news:
            self.outcomes[order] = outcome
            self.file.write(json.dumps([order, outcome]) + "\n")
        self.file.flush()
        os.fdatasync(self.file.fileno())

    def write_supplies(self, news):
        self.supplies += news
        self.file.write("".join(json.dumps(entry) + "\n" for entry in news))
        self.file.flush()
        os.fdatasync(self.file.fileno())

    def note(self, token):
        self.noted = token
        self.file.write(json.dumps([token.hex()]) + "\n")
        self.file.flush()
        os.fdatasync(self.file.fileno())

    def counts(self):
        """(done, in doubt, other)"""
        done, in_doubt = self.outcomes.count(DONE), self.outcomes.count(IN_DOUBT)
        return done, in_doubt, len(self.outcomes) - done - in_doubt - self.outcomes.count(NONE)

    def final(self, left):
        """Orders below it have an outcome, or are LEFT out."""
        return next((o for o, outcome in enumerate(self.outcomes) if outcome == NONE and o not in left), len(self.outcomes))


class Sender(Answers):
    def __init__(self, options):
        self.options = options
        self.plan = Plan(options.plan)
        self.dots = self.plan.dots[options.session]
        self.hashes = self.plan.hashes[options.session]
        self.journal = Journal(options.journal, len(self.dots))
        self.cartridges = self.plan.cartridges(options.session)
        self.link_key = wire.read_key(options.link_key, "needlepath-link-key-v1") if options.link_key else None
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        for option, value in ((zmq.IMMEDIATE, 1), (zmq.SNDHWM, 1), (zmq.LINGER, 0)):
            self.socket.setsockopt(option, value)
        if options.server_key:
            curve.set_sender(self.socket, options.curve_key, options.server_key)
        self.socket.connect(options.to)
        self.request, self.done, self.wanted, self.said = 0, False, None, ""
        self.connect(time.monotonic())

    # ---- the link ----

    def connect(self, now):
        """A new handshake, with a new nonce."""
        self.phase, self.key, self.nonce = "CONNECTING", None, os.urandom(16)
        self.epoch = self.sequence = self.highest = self.chunks = self.mapped = 0
        self.loaded, self.map, self.sent_at, self.round_trip = False, [], {}, None
        self.left = set()  # out: told anew each time, and in no journal
        self.again = self.heartbeat_at = 0.0
        self.acknowledged, self.lacking = -1, 0.0
        self.heard = now
        self.begin_epoch()

    def post(self, kind, /, **fields):
        payload = wire.pack(kind, fields)
        self.sequence += 1
        key = self.key or wire.hello_key(self.link_key)
        data = wire.seal(wire.TYPE[kind], payload, self.epoch, self.sequence, key, False, self.options.version)
        try:
            self.socket.send(data, zmq.NOBLOCK)
        except zmq.Again:
            return False
        return True

    def run(self):
        end = time.monotonic() + self.options.timeout
        while not self.done:
            self.socket.poll(1)
            self.receive()
            now = time.monotonic()
            if now > end:
                raise Refused("NONE", f"not done within {self.options.timeout} s, {self.phase}" + (f": {self.said}" if self.said else ""))
            if self.phase != "CONNECTING" and now > self.heard + SILENCE_S:
                self.connect(now)
            self.step(now)

    def receive(self):
        while True:
            try:
                data = self.socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
            frame = wire.open_frame(data, from_executor=True, version=self.options.version)
            if frame:
                self.take(frame)

    def take(self, frame):
        if frame.version != self.options.version:
            if self.phase == "CONNECTING":
                raise Refused("VERSION", f"the executor speaks version {frame.version} of the protocol")
            return
        if frame.epoch == 0:
            self.take_unbound(frame)
        elif self.key and frame.epoch == self.epoch and frame.proves(self.key) and frame.sequence > self.highest:
            self.highest, self.heard = frame.sequence, time.monotonic()
            self.take_answer(frame)

    def take_answer(self, frame):
        """All of it, or nothing."""
        try:
            name, fields = wire.unpack(frame.number, frame.payload)
        except Refused as e:
            raise Refused("ANSWER", f"it cannot be read: {e.text}") from e
        if not hasattr(self, "on_" + name.lower()):
            raise Refused("ANSWER", f"{name} is no executor's message")
        self.check(name, fields)
        getattr(self, "on_" + name.lower())(**fields)

    def let_go(self):
        """HOLD until the arm stands; nothing else is looked at any more."""
        end, again = time.monotonic() + HELD_S, 0.0
        while self.key and time.monotonic() < end:
            if time.monotonic() >= again:
                self.post("HOLD")
                again = time.monotonic() + HOLD_S
            self.socket.poll(5)
            while self.socket.poll(0):
                frame = wire.open_frame(self.socket.recv(), from_executor=True, version=self.options.version)
                if not frame or frame.epoch != self.epoch or not frame.proves(self.key) or frame.sequence <= self.highest:
                    continue
                self.highest = frame.sequence
                try:
                    name, fields = wire.unpack(frame.number, frame.payload)
                except Refused:
                    continue
                if name == "EVENTS" and fields["state"] not in (ARMED, RUNNING) and not fields["busy"]:
                    return

    def take_unbound(self, frame):
        """WELCOME, or a refusal: without proof of the key only for two reasons, and only of this very HELLO."""
        proven = frame.proves(wire.hello_key(self.link_key))
        name, fields = wire.unpack(frame.number, frame.payload)
        if self.phase != "CONNECTING" or fields.get("sender_nonce") != self.nonce:
            return
        if name == "REFUSED" and (proven or fields["reason"] in (REASON["KEY"], REASON["VERSION"])):
            if fields["reason"] != REASON["BUSY"]:  # another sender may be gone in a moment
                self.on_refused(**fields)
        elif name == "WELCOME" and proven:
            if fields["version"] != VERSION or fields["schema"] != wire.SCHEMA:
                raise Refused("SCHEMA", "the executor has other messages")
            self.check(name, fields)
            self.epoch, self.sequence, self.highest = fields["epoch"], 0, 0
            self.key = wire.session_key(self.link_key, self.nonce, fields["nonce"], self.epoch, self.options.session,
                                        self.plan.digest)
            self.authenticated, self.token = fields["authenticated"], fields["nonce"]
            self.phase, self.again, self.heard = "LOADING", 0.0, time.monotonic()

    def on_refused(self, sender_nonce, reason, text):
        raise Refused(REASONS[reason] if reason < len(REASONS) else str(reason), text)

    # ---- what is asked, again and again ----

    def step(self, now):
        if now >= self.again:
            self.again = now + {"CONNECTING": HELLO_S, "ARMING": ARM_S}.get(self.phase, REQUEST_S)
            self.ask()
        if self.key:
            final = self.journal.final(self.left)
            wait = ACKNOWLEDGE_S if final > self.acknowledged else HEARTBEAT_S
            if now >= self.heartbeat_at + wait:
                self.post("HEARTBEAT", acknowledged=final, time_us=time.monotonic_ns() // 1000)
                self.heartbeat_at, self.acknowledged = now, final
                self.acknowledged_most = max(self.acknowledged_most, final)

    def ask(self):
        plan, session = self.plan, self.options.session
        if self.phase == "CONNECTING":
            self.post("HELLO", version=VERSION, schema=wire.SCHEMA, key_id=wire.key_id(self.link_key), nonce=self.nonce,
                      digest=plan.digest, session=session, name="Python sender")
        elif self.phase == "LOADING" and not self.loaded:
            self.post("LOAD", **plan.load(session, self.journal.noted, x_um=self.options.x_um, moved_um=self.options.moved_um,
                                          only_reachable=int(self.options.only_reachable)), needle_life=self.options.needle_life,
                      reload_every=self.options.reload_every or plan.approval["approved_reload_every"])
        elif self.phase == "LOADING":
            self.post("CHUNKS", first=self.chunks, hashes=self.hashes[self.chunks:self.chunks + 24])
        elif self.phase == "COMPARING" and self.mapped < len(self.dots):
            self.post("MAP", first=self.mapped)
        elif self.phase == "COMPARING":
            self.post("SUPPLIES", first=len(self.journal.supplies))
        elif self.phase == "ARMING":
            self.post("RESUME" if self.holding else "ARM", request=self.request)
        elif self.phase == "ENDING":
            self.post("END", request=self.request)

    def go(self, phase):
        self.phase, self.again = phase, 0.0

    def on_loaded(self, reason, chunks, complete, text, **_):
        if self.phase != "LOADING" or reason == REASON["STATE"]:
            return  # with STATE a dot is still in progress there: asked again
        if reason:
            self.on_refused(b"", reason, text)
        self.loaded, self.chunks = True, chunks
        self.go("COMPARING" if complete else "LOADING")

    def on_resume_info(self, digest, session, first, n_dots, map):
        if self.phase != "COMPARING" or first != self.mapped:
            return
        self.map += [map[i // 2] >> 4 * (i % 2) & 15 for i in range(n_dots)]
        self.mapped += n_dots
        if self.mapped < len(self.dots):
            return self.go("COMPARING")
        pairs = list(zip(self.journal.outcomes, self.map))
        self.left = {order for order, (_, theirs) in enumerate(pairs) if theirs == LEFT}
        wrong = [self.dots[order][0] for order, (mine, theirs) in enumerate(pairs) if mine != NONE and mine != theirs]
        if wrong:
            raise Refused("DIFFERENCE", f"the executor's record differs for the dots {wrong}")
        self.journal.write([(order, theirs) for order, (mine, theirs) in enumerate(pairs) if mine == NONE != theirs != LEFT])
        self.go("COMPARING")

    def on_supplied(self, total, first, supplies):
        have = len(self.journal.supplies)
        comparing = self.phase == "COMPARING" and self.mapped == len(self.dots)
        if comparing and total < have:
            raise Refused("DIFFERENCE", "the executor knows of fewer reloads and needle changes")
        news = [s[:4] for s in supplies[have - first:]] if first <= have else []
        if news:
            self.journal.write_supplies(news)
        if self.phase != "COMPARING" or len(self.journal.supplies) == total:
            self.look_at_cartridge(news)
        if comparing and len(self.journal.supplies) == total:
            print(f"goes on at {self.journal.final(self.left)}", flush=True)
            self.journal.note(self.token)
            self.compared = True
            self.arm(holding=False)
        elif comparing:
            self.again = 0.0

    def look_at_cartridge(self, news):
        """One that is put in now makes the dots from its own order on, whatever was told of the dots before it. One that was in the
        journal is looked at if it makes the next dot, too; else the executor asks for another."""
        needles = [entry for entry in self.journal.supplies if entry[0] == NEEDLE]
        if not self.cartridges or not needles:
            return
        _, order, _, lot = needles[-1]
        next, wanted = self.journal.final(self.left), self.plan.cartridge(self.options.session, order)
        is_news = any(entry[0] == NEEDLE for entry in news)
        if not is_news and (next == len(self.dots) or self.plan.cartridge(self.options.session, next) != wanted):
            return
        if lot not in ("", wanted):
            raise Refused("CARTRIDGE", f"'{lot}' was put in at order {order}, '{wanted}' is to make it")

    def arm(self, holding):
        self.request += 1
        self.holding, self.wanted, self.said = holding, None, ""
        self.go("ENDING" if self.journal.final(self.left) == len(self.dots) and not self.options.insist else "ARMING")

    def on_armed(self, request, granted, reason, text):
        if self.phase != "ARMING" or request != self.request:
            return
        if granted:
            self.sent_at = {}
            self.go("RUNNING")
        elif reason in (REASON["HOLD"], REASON["STOP"], REASON["LEASE"]):  # withdrawn
            self.arm(self.holding)
        elif REASONS[reason] in WAITS:
            self.wanted = REASONS[reason]
        else:
            self.on_refused(b"", reason, text)

    def say_what_is_waited_for(self, next):
        """Of what EVENTS say after the refusal to arm: only they know at which dot a person has to do something."""
        words = WAITS[self.wanted]
        if self.wanted == "NEEDLE" and self.cartridges:
            words = f"the cartridge '{self.plan.cartridge(self.options.session, next)}'"
        said = f"waits for {words} before order {next}"
        if said != self.said:
            print(said, file=sys.stderr, flush=True)
        self.said, self.wanted = said, None

    def on_ended(self, request, done, in_doubt, other, left):
        if self.phase == "ENDING" and request == self.request:
            told = {"done": done, "in_doubt": in_doubt, "other": other, "authenticated": self.authenticated}
            print(json.dumps({**told, "left": left} if left else told))
            self.done = True

    # ---- dots ----

    def on_events(self, state, reason, busy, echo_us, received, bitmap, window, next, first, events, supplies, **_):
        if echo_us:
            trip = time.monotonic() - echo_us / 1e6
            self.round_trip = trip if self.round_trip is None else 0.8 * self.round_trip + 0.2 * trip
        if state in (FAULT, ESTOP):
            raise Refused("LATCHED", f"the executor is latched: {REASONS[reason]}")
        if self.phase == "ARMING" and self.wanted and not busy and state not in (ARMED, RUNNING):
            self.say_what_is_waited_for(next)
        now, have = time.monotonic(), len(self.journal.supplies)
        lacking = self.phase in ("ARMING", "RUNNING", "ENDING") and supplies > have
        if lacking and now > self.lacking + REQUEST_S:
            self.post("SUPPLIES", first=have)
            self.lacking = now
        if self.phase != "RUNNING":
            return
        final = self.journal.final(self.left)
        news = [(first + i, event[0]) for i, event in enumerate(events) if first + i >= final]
        self.left |= {order for order, outcome in news if outcome == LEFT}
        self.journal.write([(order, outcome) for order, outcome in news if outcome != LEFT])
        if any(outcome == TOO_DEEP for _, outcome in news):
            raise Refused("DEPTH", "a dot went deeper than planned: somebody is to look at the needle")
        if self.options.vanish_at and self.journal.final(self.left) >= self.options.vanish_at:
            os._exit(9)
        if self.journal.final(self.left) == len(self.dots):
            if lacking:
                return  # after END nobody could tell them
            self.request += 1
            self.go("ENDING")
        elif state == HOLDING:
            self.arm(holding=True)
        elif state in (ARMED, RUNNING):
            if not (lacking and self.cartridges):  # else it may be the wrong one
                self.send_dots(received, bitmap, window)
        else:
            self.connect(time.monotonic())  # the executor has lost the session

    def send_dots(self, received, bitmap, window):
        now = time.monotonic()
        wait = 0.250 if self.round_trip is None else 2 * self.round_trip + 0.030
        due = [order for order in range(received, window)
               if not (order - received < 8 * len(bitmap) and bitmap[(order - received) // 8] >> (order - received) % 8 & 1)
               and now >= self.sent_at.get(order, 0) + wait]
        for at in range(0, len(due), 12):
            if not self.post_dots(due[at:at + 12]):
                return
            self.sent_at.update((order, now) for order in due[at:at + 12])

    def post_dots(self, group):
        """As many frames as their stops want."""
        while group:
            before, dots, size = [0] * wire.INTEGERS, [], 0
            for order in group:
                dot = self.dots[order]
                size += 78 + sum(map(len, dot[wire.CHAIN:wire.FIELDS])) + (30 if wire.NEWER else 0)
                if dots and size > 1000:
                    break
                dots.append(wire.difference(dot, before))
                before = dot
            if not self.post("DOTS", dots=dots):
                return False
            self.sent_end = max(self.sent_end, *(order + 1 for order in group[:len(dots)]))
            group = group[len(dots):]
        return True


def main():
    p = argparse.ArgumentParser(description="An independent sender for needlepath-sim, over ZeroMQ.")
    p.add_argument("plan")
    p.add_argument("--session", type=int, default=1)
    p.add_argument("--to", required=True, metavar="tcp://HOST:PORT")
    p.add_argument("--journal", required=True)
    p.add_argument("--link-key")
    p.add_argument("--curve-key")
    p.add_argument("--server-key")
    p.add_argument("--timeout", type=float, default=60)
    p.add_argument("--reload-every", type=int, default=0, metavar="N", help="dots between two reloads of pigment")
    p.add_argument("--needle-life", type=int, default=0, metavar="N", help="dots that a needle may make")
    p.add_argument("--x-um", type=int, default=0, metavar="UM", help="the head stands so far in front of the arm's origin")
    p.add_argument("--moved-um", type=int, default=0, metavar="UM", help="it was moved by so much since dots were made")
    p.add_argument("--only-reachable", action="store_true", help="leave out what the arm does not reach")
    p.add_argument("--insist", action="store_true", help="ask to arm even if every dot is final")
    p.add_argument("--vanish-at", type=int, default=0, metavar="N", help="die when N dots are final")
    p.add_argument("--newer", action="store_true", help="add fields to every message, as a later version may")
    p.add_argument("--version", type=int, default=VERSION, help="speak another version of the frames")
    options = p.parse_args()
    wire.NEWER = options.newer
    sender = Sender(options)
    try:
        sender.run()
    except Refused as e:
        print(f"refused: {e}", file=sys.stderr)
        sender.let_go()
        return 4
    finally:
        sender.context.destroy(linger=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
