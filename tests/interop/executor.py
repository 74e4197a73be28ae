#!/usr/bin/python3
"""An executor written from protocol/SPEC.md alone: a robot without an arm, whose dots take a moment and land in a CSV file.

It keeps the journal, the lease and the pedal, which is pressed by nobody: whenever an arming waits, it is released and then
pressed. It fetches pigment by itself where a move leads by the station, and whenever a needle (or pigment elsewhere) is asked
for somebody sees to it, or drives the arm home. It goes by the plan's moves and writes down each. No tracking, no review.
"""
import argparse
import contextlib
import math
import os
import time

import zmq

import curve
import wire
from arm import BUFFER_DOTS, Arm
from head import Head
from journal import EPOCH, INTENT, RELOAD, RESULT, WITHDRAWN, Damaged, Journal, counts
from lies import Lies, lie_of
from reach import Reach, add_options
from supplies import Supplies
from wire import (ARMED, AUTHENTICATED, BOOT, DONE, ESTOP, FAULT, HOLDING, LOADED, LOCKED, NONE, REASON, RUNNING, VERSION,
                  Refused)

LEASE_S, HEARTBEAT_S, NEWS_S, PEDAL_S, RELOAD_S = 0.080, 0.020, 0.005, 0.015, 0.020
BY_ARM = 2
MAX_DOTS = 20000
DEPTH_MAX_UM, TILT_MAX_URAD = 2000, 700000
TILT_SLACK_URAD = 5  # unit vectors have six digits
ACTIVE = (ARMED, RUNNING)


class Session:
    """What LOAD and CHUNKS told, and how far the dots are."""

    def __init__(self, load):
        self.load = load
        self.digest, self.number, self.air = load["digest"], load["session"], load["air"]
        self.n_dots, self.root = load["sessions"][self.number - 1][:2]
        self.n_chunks = (self.n_dots + 63) // 64
        self.hashes, self.outcomes, self.complete = [], [NONE] * self.n_dots, False
        self.next, self.reached = 0, {}
        self.told = {}  # order: (time_us, depth_um, force_mn) of this epoch
        self.disarm()

    def disarm(self):
        self.dots, self.checked, self.received, self.window = {}, set(), 0, 0

    def advance(self):
        """`next` is the lowest order that is not final."""
        while self.next < self.n_dots and self.outcomes[self.next] != NONE:
            self.next += 1


class Executor(Arm, Head, Lies, Reach, Supplies):
    def __init__(self, options):
        self.options = options
        self.link_key = wire.read_key(options.link_key, "needlepath-link-key-v1") if options.link_key else None
        self.operators = [wire.read_key(path, "needlepath-public-key-v1") for path in options.operator]
        self.context, self.socket = zmq.Context(), None
        self.list = curve.AllowList(self.context, options.curve_key, options.allow) if options.curve_key else None
        self.peer = self.welcome = self.busy = self.ended = None
        self.pending = None  # a handshake that was welcomed: (nonce, epoch, key, session, digest)
        self.epoch, self.key, self.highest, self.seen, self.sent = 0, None, 0, set(), 0
        self.session, self.state, self.reason = None, BOOT, "NONE"
        self.reload_end = self.wanted_at = self.wanted = None
        self.place, self.place_of = ("home", 0), None  # somebody has driven the arm there
        self.by_hand = None  # a reload that no move leads to
        self.request, self.arming, self.granted = 0, None, 0
        self.acknowledged = self.echo_us = self.made = 0
        self.lease = self.told_at = self.refused_at = 0.0
        self.news = True
        self.record = open(options.record, "a", buffering=1, encoding="ascii") if options.record else None
        self.path = open(options.path, "a", buffering=1, encoding="ascii") if options.path else None
        try:
            self.journal = Journal(options.journal)
            self.state = LOCKED
        except Damaged as e:
            print(f"the journal is damaged: {e}", flush=True)
            self.state, self.reason = FAULT, "JOURNAL"

    # ---- the link ----

    def listen(self):
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.setsockopt(zmq.LINGER, 0)
        if self.list:
            self.list.set_executor(self.socket)
        self.socket.bind(self.options.listen)

    def run(self):
        self.listen()
        print(f"listening on {self.options.listen}", flush=True)
        end = None
        while end is None or time.monotonic() < end:
            if self.list:
                self.list.serve()
            if self.socket.poll(1):
                self.receive()
            self.tick(time.monotonic())
            if self.options.cut_at and self.made >= self.options.cut_at:
                self.cut()
            if self.options.once and self.ended and end is None:
                end = time.monotonic() + 0.5  # ENDED may have to be said again

    def cut(self):
        """The cable is pulled out for longer than the sender bears, while the loop that moves the arm goes on."""
        self.options.cut_at = 0
        self.socket.close()
        end = time.monotonic() + self.options.cut_s
        self.socket = self.context.socket(zmq.ROUTER)
        while time.monotonic() < end:
            self.tick(time.monotonic())
            time.sleep(0.001)
        self.socket.close()
        self.listen()

    def receive(self):
        while True:
            try:
                parts = self.socket.recv_multipart(zmq.NOBLOCK, copy=False)
            except zmq.Again:
                return
            frame = wire.open_frame(parts[-1].bytes, from_executor=False, version=self.options.version)
            if frame and (not self.list or curve.may_run(parts[-1])):
                self.take(parts[0].bytes, frame)
            elif frame:
                self.take_unlisted(parts[0].bytes, frame)

    def post(self, peer, name, fields, epoch, key, sequence):
        data = wire.seal(wire.TYPE[name], wire.pack(name, self.lie(name, fields)), epoch, sequence, key, True, self.options.version)
        with contextlib.suppress(zmq.ZMQError):  # like a lost frame: everything is told or asked again
            self.socket.send_multipart([peer, data], zmq.NOBLOCK)

    def tell(self, name, /, **fields):
        if self.key and self.peer:
            self.sent += 1
            self.post(self.peer, name, fields, self.epoch, self.key, self.sent)

    def refuse(self, peer, nonce, reason, text, proven=False):
        """REFUSED in a handshake; without proof of the key at most ten times a second."""
        now = time.monotonic()
        if not proven:
            if now < self.refused_at + 0.1:
                return
            self.refused_at = now
        self.post(peer, "REFUSED", {"sender_nonce": nonce, "reason": REASON[reason], "text": text}, 0,
                  wire.hello_key(self.link_key) if proven else None, 1)

    # ---- frames ----

    def take(self, peer, frame):
        if frame.version != self.options.version:
            self.refuse(peer, bytes(16), "VERSION", f"the sender speaks version {frame.version} of the protocol, this executor "
                        f"version {self.options.version}")
        elif frame.epoch == 0:
            self.take_unbound(peer, frame)
        elif self.proves_pending(frame):
            self.begin_epoch()
            self.take_bound(peer, frame)
        elif self.key and frame.epoch == self.epoch and frame.proves(self.key):
            self.take_bound(peer, frame)

    def take_unlisted(self, peer, frame):
        """Somebody whose CURVE key is not listed: STOP and HELLO are looked at, nothing else."""
        if frame.epoch == 0 and frame.version == self.options.version:
            if frame.number == wire.TYPE["STOP"]:
                self.hold("STOP")
            elif frame.number == wire.TYPE["HELLO"]:
                nonce = wire.unpack(frame.number, frame.payload)[1]["nonce"]
                self.refuse(peer, nonce, "KEY", "this CURVE key is not listed: it may only STOP")

    def take_unbound(self, peer, frame):
        if frame.number == wire.TYPE["STOP"]:
            self.hold("STOP")
        if frame.number != wire.TYPE["HELLO"]:
            return
        try:
            _, hello = wire.unpack(frame.number, frame.payload)
        except Refused:
            return
        nonce = hello["nonce"]
        if not frame.proves(wire.hello_key(self.link_key)):
            self.refuse(peer, nonce, "KEY", "the sender holds another link key than this executor")
        elif hello["version"] != VERSION:
            self.refuse(peer, nonce, "VERSION", f"version {VERSION} is spoken here", proven=True)
        elif hello["schema"] != wire.SCHEMA:
            self.refuse(peer, nonce, "SCHEMA", f"the schema here is {wire.SCHEMA.hex()}", proven=True)
        elif self.state in ACTIVE and self.holds_lease():
            self.refuse(peer, nonce, "BUSY", "another sender is running a session", proven=True)
        else:
            self.greet(peer, hello)

    def greet(self, peer, hello):
        """WELCOME; the same one for the same nonce, and nothing else changes."""
        if not self.pending or self.pending["nonce"] != hello["nonce"]:
            mine, epoch = os.urandom(16), self.journal.epoch + 1
            self.pending = {"nonce": hello["nonce"], "epoch": epoch, "session": hello["session"], "digest": hello["digest"], "token": mine,
                            "key": wire.session_key(self.link_key, hello["nonce"], mine, epoch, hello["session"],
                                                    hello["digest"])}
            self.welcome = {"version": VERSION, "schema": wire.SCHEMA, "sender_nonce": hello["nonce"], "nonce": mine,
                            "epoch": epoch, "authenticated": int(self.link_key is not None), "state": self.state,
                            "buffer_dots": BUFFER_DOTS, "max_dots": MAX_DOTS, "durable": 1, "name": "Python executor",
                            "supplies": BY_ARM, "identity": self.journal.identity, "clock": 1}
        self.post(peer, "WELCOME", self.welcome, 0, wire.hello_key(self.link_key), 1)

    def proves_pending(self, frame):
        return (self.pending and frame.epoch == self.pending["epoch"] and frame.proves(self.pending["key"])
                and not (self.state in ACTIVE and self.holds_lease()))

    def begin_epoch(self):
        self.bound, self.pending = self.pending, None
        self.epoch, self.key = self.bound["epoch"], self.bound["key"]
        self.highest, self.seen, self.sent, self.request, self.granted = 0, set(), 0, 0, 0
        self.acknowledged, self.echo_us, self.arming, self.session, self.ended = 0, 0, None, None, None
        self.journal.append_token(EPOCH, self.bound["token"], self.bound["digest"], self.bound["session"], self.epoch)
        self.reload_end = self.wanted = None
        if self.state not in (FAULT, ESTOP):
            self.enter(AUTHENTICATED, "RECONNECT" if self.state not in (LOCKED, AUTHENTICATED) else "NONE")

    def take_bound(self, peer, frame):
        """A frame of this epoch whose MAC holds: is it new, or a late DOTS?"""
        newest = frame.sequence > self.highest
        late_dots = frame.number == wire.TYPE["DOTS"] and frame.sequence > self.highest - 64 and frame.sequence not in self.seen
        if not newest and not late_dots:
            return
        self.seen.add(frame.sequence)
        if newest:
            self.highest, self.lease, self.peer = frame.sequence, time.monotonic(), peer
            self.seen = {s for s in self.seen if s > self.highest - 64}
        try:
            name, fields = wire.unpack(frame.number, frame.payload)
            handler = getattr(self, "on_" + name.lower(), None)
            if handler is None:
                raise Refused("SCHEMA", f"{name} is not for an executor")
            handler(**fields)
        except Refused as e:
            self.tell("REFUSED", sender_nonce=bytes(16), reason=REASON[e.reason], text=e.text)

    # ---- loading ----

    def on_load(self, **load):
        try:
            self.load(load)
        except Refused as e:
            self.refuse_load(e)
        else:
            self.tell_loaded()

    def refuse_load(self, why):
        self.tell("LOADED", reason=REASON[why.reason], chunks=0, complete=0, done=0, in_doubt=0, other=0, text=why.text)

    def load(self, load):
        if self.session and self.session.load == load:
            return
        if self.state in (FAULT, ESTOP):
            raise Refused("LATCHED", "reset the executor first")
        if self.state not in (AUTHENTICATED, LOADED) or self.busy:
            raise Refused("STATE", "a session is loaded already")
        bare = [tuple(s[:2]) for s in load["sessions"]]
        if load["digest"] != self.bound["digest"] or wire.plan_digest(load["header_hash"], bare) != load["digest"]:
            raise Refused("DIGEST", "the plan is not the one of the handshake")
        if not wire.approved(load):
            raise Refused("APPROVAL", "the approval's signature does not hold")
        if self.operators and load["public_key"] not in self.operators:
            raise Refused("OPERATOR", "approved by nobody on the list")
        wire.check_terms(load, self.journal.identity)
        if load["session"] != self.bound["session"] or load["session"] > len(bare) or bare[load["session"] - 1][0] == 0:
            raise Refused("DIGEST", "no such session in the plan")
        if bare[load["session"] - 1][0] > MAX_DOTS:
            raise Refused("TOO_BIG", f"{MAX_DOTS} dots at most")
        if load["depth_max_um"] > DEPTH_MAX_UM or load["tilt_max_urad"] > TILT_MAX_URAD:
            raise Refused("LIMITS", f"at most {DEPTH_MAX_UM} um deep and {TILT_MAX_URAD} urad tilted")
        self.check_that_it_can_tell(load)
        self.session = Session(load)
        self.enter(AUTHENTICATED, "NONE")

    def on_chunks(self, first, hashes):
        session = self.session
        if not session:
            return
        if not session.complete and first <= len(session.hashes):
            session.hashes[first:first + len(hashes)] = hashes
            if len(session.hashes) >= session.n_chunks:
                try:
                    self.complete_load()
                except Refused as e:
                    self.session = None
                    return self.refuse_load(e)
        self.tell_loaded()

    def complete_load(self):
        session = self.session
        if wire.session_root(session.number, session.n_dots, session.hashes) != session.root:
            raise Refused("DIGEST", "the chunk hashes do not give the session's root")
        self.journal.check(session.load)
        if not session.air:
            session.outcomes = self.journal.of_session(session.digest, session.number, session.n_dots)
            if not self.head_is_where_it_was() and not session.load["moved_um"]:
                raise Refused("MOVED", "the head is elsewhere than when dots were made")
        session.complete = True
        session.advance()
        self.enter(LOADED, "NONE")

    def tell_loaded(self):
        done, in_doubt, other = counts(self.session.outcomes)
        self.tell("LOADED", reason=0, chunks=len(self.session.hashes), complete=int(self.session.complete), done=done,
                  in_doubt=in_doubt, other=other, text=self.workspace_text())

    def on_map(self, first):
        session = self.session
        if not session or not session.complete or first >= session.n_dots or first % 1024:
            return
        part = session.outcomes[first:first + 1024]
        halves = part + [0] * (len(part) % 2)
        packed = bytes(low | high << 4 for low, high in zip(halves[::2], halves[1::2]))
        self.tell("RESUME_INFO", digest=session.digest, session=session.number, first=first, n_dots=len(part), map=packed)

    # ---- arming ----

    def on_arm(self, request):
        self.ask(request, LOADED)

    def on_resume(self, request):
        self.ask(request, HOLDING)

    def ask(self, request, state):
        """A new request to arm waits for the pedal; an old one is answered with what became of it."""
        if request <= self.request:
            waits, armed = self.arming is not None and request == self.request, request == self.granted
            self.tell_armed(request, int(armed), "NONE" if armed else "PEDAL" if waits else "STATE")
            return
        self.request = request
        if self.state in (FAULT, ESTOP):
            self.tell_armed(request, 0, "LATCHED")
        elif self.state != state or self.busy:
            self.tell_armed(request, 0, "STATE")
        elif self.session.next == self.session.n_dots:
            self.tell_armed(request, 0, "SESSION_DONE")
        elif not self.head_is_where_it_was():
            self.want(request, "MOVED")
        elif self.only_asks():
            self.press_pedal()
        elif not self.place_serves():
            self.want(request, "PLACE")
        elif self.due() and self.due() in ("NEEDLE", self.by_hand):
            self.want(request, self.due())
        else:
            self.arming = time.monotonic()
            self.tell_armed(request, 0, "PEDAL")

    def want(self, request, what):
        """A person has to do something first; the same number may ask again."""
        self.request -= 1
        if self.wanted != what:
            self.wanted, self.wanted_at = what, time.monotonic() + PEDAL_S
        self.tell_armed(request, 0, what)

    def tell_armed(self, request, granted, reason):
        self.tell("ARMED", request=request, granted=granted, reason=REASON[reason], text=f"{reason.lower()}, says Python")

    def press_pedal(self):
        """Released after the request, and now pressed."""
        session = self.session
        session.disarm()
        session.received = self.first_order()
        session.window = min(session.n_dots, session.received + BUFFER_DOTS)
        self.arming, self.granted = None, self.request
        self.enter(ARMED, "NONE")
        self.tell_armed(self.request, 1, "NONE")

    def withdraw(self, reason):
        if self.arming is not None:
            self.arming = None
            self.tell_armed(self.request, 0, reason)

    def hold(self, reason):
        self.withdraw(reason)
        if self.state in ACTIVE:
            self.reload_end = None  # broken off, and still due
            self.session.disarm()
            self.enter(HOLDING, reason)

    def latch(self, state, reason):
        self.withdraw(reason)
        if self.session:
            self.session.disarm()
        self.busy = self.reload_end = None  # INTENT without RESULT: in doubt
        self.enter(state, reason)

    def enter(self, state, reason):
        if (state, reason) != (self.state, self.reason):
            print(f"state {state} {reason}", flush=True)
        self.state, self.reason, self.news, self.told_at = state, reason, True, 0.0

    # ---- dots ----

    def on_dots(self, dots):
        session = self.session
        if self.state not in ACTIVE:
            return
        before = [0] * wire.INTEGERS
        for dot in dots:
            before = [a + b for a, b in zip(before, dot[:wire.INTEGERS])]
            order = before[1]
            if session.received <= order < session.window:
                session.dots.setdefault(order, before + (list(dot[wire.INTEGERS:wire.FIELDS]) or [0, b"", b"", b""]))
        while session.received in session.dots:
            session.received += 1
        self.news = True
        self.check_chunks()

    def check_chunks(self):
        session = self.session
        for chunk in {order // 64 for order in session.dots} - session.checked:
            orders = range(chunk * 64, min(chunk * 64 + 64, session.n_dots))
            if not all(order in session.dots for order in orders):
                continue
            dots = [session.dots[order] for order in orders]
            if wire.chunk_hash(session.number, chunk, dots) != session.hashes[chunk]:
                return self.latch(FAULT, "BINDING")
            if not all(self.within_limits(dot) for dot in dots):
                return self.latch(FAULT, "DOT_LIMIT")
            session.checked.add(chunk)
            self.settle(chunk)

    def within_limits(self, dot):
        load, normal, axis, depth = self.session.load, dot[5:8], dot[8:11], dot[11]
        if not self.has_its_ways(dot) or self.is_forbidden(dot):
            return False
        if not all(abs(math.hypot(*v) - 1e6) < 100 for v in (normal, axis)):
            return False
        cosine = -sum(n * a for n, a in zip(normal, axis))
        sine = math.hypot(*(normal[i - 2] * axis[i - 1] - normal[i - 1] * axis[i - 2] for i in range(3)))
        tilt = math.atan2(sine, cosine) * 1e6
        return load["depth_min_um"] <= depth <= load["depth_max_um"] and tilt <= load["tilt_max_urad"] + TILT_SLACK_URAD

    def holds_lease(self):
        return time.monotonic() < self.lease + LEASE_S

    def fire(self):
        """The next dot, if everything holds; only its turn counts, not when it came."""
        session = self.session
        order, due = session.next, self.due()
        if due == "NEEDLE":
            return self.hold("NEEDLE")
        if order >= session.n_dots or order // 64 not in session.checked or order - self.acknowledged >= BUFFER_DOTS:
            return
        step = self.step()
        if not step:
            return
        dot = session.dots[order]
        if step[0] != order:  # past a dot that is final, or into the chain
            self.go(("hover", step[0]), step[1])
            return self.open_window()
        if due and not (self.place == ("hover", order - 1) and dot[wire.INTEGERS]):
            self.by_hand = "RELOAD"
            return self.hold("RELOAD")
        if due:
            self.reload_end = self.reload_end or time.monotonic() + RELOAD_S
            return None
        self.keep_pose()
        self.write(session, INTENT, dot)
        if not self.holds_lease():
            self.write(session, WITHDRAWN, dot)
            return self.hold("LEASE")
        if self.record:
            self.record.write(",".join(map(str, dot[:14])) + "\n")
        self.go(("hover", order), step[1])
        self.made += 1
        if self.made == self.options.die_at:
            os._exit(9)
        self.busy = (dot, session, time.monotonic() + self.options.dot_ms / 1000)
        if self.state == ARMED:
            self.enter(RUNNING, "NONE")

    def finish(self):
        """The dot's end; its session may be over by now, which the journal does not mind."""
        dot, session, _ = self.busy
        self.write(session, RESULT, dot, outcome=DONE, depth_um=dot[11])
        self.busy, self.news = None, True
        session.outcomes[dot[1]] = DONE
        session.told[dot[1]] = (time.monotonic_ns() // 1000, dot[11], 0)
        session.advance()
        if self.state in ACTIVE:
            self.open_window()

    def write(self, session, kind, dot, **more):
        if not session.air:
            self.journal.append(kind, session.digest, session.number, self.epoch, dot[0], dot[1], **more)

    # ---- the rest ----

    def on_heartbeat(self, acknowledged, time_us):
        self.acknowledged, self.echo_us = max(self.acknowledged, acknowledged), time_us

    def on_hold(self):
        self.hold("HOLD")

    def on_stop(self):
        self.hold("STOP")

    def on_estop(self):
        self.latch(ESTOP, "ESTOP")

    def unload(self, reason):
        self.hold(reason)
        if self.state not in (FAULT, ESTOP, BOOT, LOCKED):
            self.session = None
            self.enter(AUTHENTICATED, reason)

    def on_abort(self):
        self.unload("ABORT")

    def on_pose(self, **_):
        """No tracking here."""

    def on_query(self):
        done, in_doubt, other = counts(self.session.outcomes) if self.session else (0, 0, 0)
        self.tell("STATUS", state=self.state, reason=REASON[self.reason], epoch=self.epoch, pedal=int(self.state in ACTIVE),
                  done=done, in_doubt=in_doubt, other=other, text="")

    def on_end(self, request):
        if not self.ended or self.ended["request"] != request:
            done, in_doubt, other = counts(self.session.outcomes) if self.session else (0, 0, 0)
            self.ended = {"request": request, "done": done, "in_doubt": in_doubt, "other": other, "left": self.count_left()}
            if self.session and self.state in ACTIVE and self.session.next == self.session.n_dots:
                self.go_home()
            self.unload("NONE")
        self.tell("ENDED", **self.ended)

    def tick(self, now):
        if self.state in ACTIVE + (LOADED, HOLDING) and not self.holds_lease():
            self.hold("LEASE")
        if self.arming is not None and now >= self.arming + PEDAL_S:
            self.press_pedal()
        if self.busy and now >= self.busy[2]:
            self.finish()
        if self.wanted and now >= self.wanted_at and self.state in (LOADED, HOLDING) and not self.busy:
            self.do_what_is_wanted()
        if self.reload_end and now >= self.reload_end:
            self.reload_end = None
            self.renew(RELOAD)
        if self.state in ACTIVE and not self.busy and not self.reload_end and not self.comes_home():
            self.fire()
        if now >= self.told_at + (NEWS_S if self.news else HEARTBEAT_S):
            self.tell_events()
            self.told_at, self.news = now, False

    def tell_events(self):
        session = self.session if self.session and self.session.complete else None
        following = session.next if session else 0
        first = min(self.acknowledged, following)
        events = [[session.outcomes[order], *session.told.get(order, (0, 0, 0))]
                  for order in range(first, min(following, first + 32))]
        received, window = (session.received, session.window) if session and self.state in ACTIVE else (0, 0)
        bits = bytearray(32)
        for order in session.dots if session and window else ():
            if received <= order < received + 256:
                bits[(order - received) // 8] |= 1 << (order - received) % 8
        self.tell("EVENTS", state=self.state, reason=REASON[self.reason],
                  waiting=REASON["RELOAD"] if self.reload_end else 0, busy=int(self.busy is not None),
                  echo_us=self.echo_us, received=received, bitmap=bytes(bits).rstrip(b"\0"), window=window, next=following,
                  first=first, events=events, supplies=0 if session and session.air else len(self.supplies()))


def main():
    p = argparse.ArgumentParser(description="An independent executor for needlepath run, over ZeroMQ.")
    p.add_argument("--listen", required=True, metavar="tcp://HOST:PORT")
    p.add_argument("--journal", required=True)
    p.add_argument("--record", help="CSV file: the 14 integers of every dot whose needle moved")
    p.add_argument("--path", help="CSV file: each move: from, to, stops")
    p.add_argument("--operator", action="append", default=[], metavar="KEY.pub")
    p.add_argument("--link-key")
    p.add_argument("--curve-key")
    p.add_argument("--allow", action="append", default=[], metavar="KEY.pub")
    p.add_argument("--dot-ms", type=float, default=0.2, help="how long a dot takes")
    p.add_argument("--cut-at", type=int, default=0, metavar="N", help="pull the cable after N dots")
    p.add_argument("--cut-s", type=float, default=2.0, help="for so long")
    p.add_argument("--die-at", type=int, default=0, metavar="N", help="die while dot N is under way")
    p.add_argument("--needle-life", type=int, default=0, metavar="N", help="ask for a needle after so many dots")
    p.add_argument("--cartridge", action="append", default=[], metavar="LOT", help="lots of the needles, one after the other")
    add_options(p)
    p.add_argument("--lie", type=lie_of, metavar="MESSAGE.FIELD=N", help="tell this instead of the truth")
    p.add_argument("--once", action="store_true", help="end with the session")
    p.add_argument("--newer", action="store_true", help="add fields to every message, as a later version may")
    p.add_argument("--version", type=int, default=VERSION, help="speak another version of the frames")
    options = p.parse_args()
    wire.NEWER = options.newer
    executor = Executor(options)
    try:
        executor.run()
    finally:
        executor.context.destroy(linger=0)


if __name__ == "__main__":
    main()
