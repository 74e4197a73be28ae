"""The executor's journal of protocol/SPEC.md, section 8: a file of 64-byte records that says what was done to whom."""
import os
import struct
import time

from wire import DONE, IN_DOUBT, LEFT, NO_CONTACT, NONE, SKIPPED, Refused, crc32c

EPOCH, INTENT, RESULT, WITHDRAWN, REVIEW, LOT, NEEDLE, RELOAD, POSE, REGISTRATION, IDENTITY, REVOKED = range(1, 13)
SIZE, BLOCK = 64, 512
LAYOUT = struct.Struct(">4sBBHIIIIQii16sI")  # and the CRC
LOT_LAYOUT = struct.Struct(">4sBBHIIII32sI")
POSE_LAYOUT = struct.Struct(">4sBBHIIII7i8x")
TOKEN_LAYOUT = struct.Struct(">4sBBHIIII16s16sI")  # EPOCH and IDENTITY


class Damaged(Exception):
    """The journal contradicts itself: nothing may move until a person has looked at it."""


class Journal:
    """Records appended and synced one by one; `outcomes` of every dot that was ever begun, `epoch` the last one, and by
    session the `supplies` [kind, order, time_us, lot], the dots that its needle has `made` (not there without one), and the
    `pose` of the head (not there before the first dot, or if an older executor made it)."""

    def __init__(self, path):
        self.outcomes = {}  # by (first half of the plan digest, session, order)
        self.supplies, self.made, self.lot = {}, {}, ""
        self.pose, self.pose_before = {}, None
        self.epoch = self.serial = 0
        self.identity, self.tokens, self.revoked = None, set(), set()
        self.begun, self.other_pigment = set(), set()  # sessions; those begun of which the pigment in the arm may be another's since
        self.needle_of = None  # the session for which the needle in the arm was put in, unless it made a dot of another since
        self.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        data = os.read(self.file, os.fstat(self.file).st_size)
        good = self.read(data)
        os.ftruncate(self.file, good)
        os.lseek(self.file, good, os.SEEK_SET)
        if self.identity is None:
            self.append_token(IDENTITY, os.urandom(16), bytes(16), 0, self.epoch)

    def read(self, data):
        """Takes in what is whole and returns its length; what a crash tore off at the end is left out."""
        good = len(data)
        for at in range(0, len(data), SIZE):
            piece = data[at:at + SIZE]
            if len(piece) < SIZE or struct.pack(">I", crc32c(piece[:60])) != piece[60:]:
                if data[at + SIZE:].strip(b"\0") or len(data) > (at // BLOCK + 1) * BLOCK:
                    raise Damaged(f"a wrong record at byte {at}")
                good = at
                break
            magic, kind, outcome, session, _, order, epoch, serial, time_us, _, _, half, _ = LAYOUT.unpack(piece[:60])
            if magic != b"NPJ1" or serial != self.serial:
                raise Damaged(f"record {self.serial} is missing at byte {at}")
            self.serial += 1
            if not EPOCH <= kind <= REVOKED:
                raise Damaged(f"a record of kind {kind} at byte {at}: a newer version wrote it")
            if kind in (EPOCH, IDENTITY):
                self.take_token(kind, TOKEN_LAYOUT.unpack(piece[:60])[8], epoch)
            elif kind == REVOKED:
                self.revoked.add(half)
            elif kind == LOT:
                self.lot = LOT_LAYOUT.unpack(piece[:60])[8].rstrip(b"\0").decode()
            elif kind == POSE:
                self.pose_before = POSE_LAYOUT.unpack(piece[:60])[8:15]
            else:
                self.take(kind, outcome, epoch, (half, session, order), time_us)
        return good

    def take_token(self, kind, token, epoch):
        """Whose journal it is, once; or an epoch, by which a sender knows it again."""
        self.lot = ""
        if kind == EPOCH:
            self.epoch = epoch
            self.tokens.add(token)
        elif self.identity is None:
            self.identity = token
        else:
            raise Damaged("it has two identities")

    def take(self, kind, outcome, epoch, key, time_us):
        lot, self.lot = self.lot, ""
        pose, self.pose_before = self.pose_before, None
        session = key[:2]
        if kind == REGISTRATION:
            if pose is None:
                raise Damaged("a registration without its pose")
            self.pose[session] = pose
            return
        if kind in (INTENT, RELOAD):
            self.begun.add(session)
            self.other_pigment |= self.begun - {session}
        if kind == RELOAD:
            self.other_pigment.discard(session)
        if kind in (NEEDLE, RELOAD):
            self.supplies.setdefault(session, []).append([1 if kind == NEEDLE else 2, key[2], time_us, lot])
            if kind == NEEDLE:
                self.made[session] = 0
                self.needle_of = session
            return
        if kind == INTENT and session != self.needle_of:
            self.needle_of = None
        if session in self.made:
            self.made[session] += {INTENT: 1, WITHDRAWN: -1}.get(kind, 0)
        before = self.outcomes.get(key, NONE)
        if kind == INTENT and before == NONE:
            self.outcomes[key] = IN_DOUBT
        elif kind in (RESULT, WITHDRAWN, REVIEW) and before == IN_DOUBT:
            self.outcomes[key] = NONE if kind == WITHDRAWN else outcome
        elif kind == REVIEW and outcome == DONE and before == NONE:
            self.outcomes[key] = DONE
        elif kind == REVIEW and outcome == NONE and before in (SKIPPED, NO_CONTACT):
            self.outcomes[key] = NONE
        else:
            raise Damaged(f"a record of kind {kind} for a dot with outcome {before}")

    def append(self, kind, digest, session, epoch, dot_id=0, order=0, outcome=NONE, depth_um=0, force_mn=0):
        """On the disk when this returns."""
        now = time.monotonic_ns() // 1000
        self.write(LAYOUT.pack(b"NPJ1", kind, outcome, session, dot_id, order, epoch, self.serial, now, depth_um, force_mn,
                               digest[:16], 0))
        self.take(kind, outcome, epoch, (digest[:16], session, order), now)

    def append_token(self, kind, token, digest, session, epoch):
        self.write(TOKEN_LAYOUT.pack(b"NPJ1", kind, 0, session, 0, 0, epoch, self.serial, token, digest[:16], 0))
        self.take_token(kind, token, epoch)

    def append_supply(self, kind, digest, session, epoch, order, lot):
        """The lot first: without the record behind it, it says nothing."""
        if lot:
            self.write(LOT_LAYOUT.pack(b"NPJ1", LOT, 0, session, 0, order, epoch, self.serial, lot.encode(), 0))
        self.lot = lot
        self.append(kind, digest, session, epoch, order=order)

    def append_registration(self, digest, session, epoch, order, pose, confirmed, moved_um):
        """The pose first: without the record behind it, it says nothing."""
        self.write(POSE_LAYOUT.pack(b"NPJ1", POSE, 0, session, 0, order, epoch, self.serial, *pose))
        self.pose_before = tuple(pose)
        self.append(REGISTRATION, digest, session, epoch, order=order, outcome=confirmed, depth_um=moved_um)

    def write(self, body):
        os.write(self.file, body + struct.pack(">I", crc32c(body)))
        os.fdatasync(self.file)
        self.serial += 1

    def check(self, load):
        """Whether the plan may be made here, and this is the journal that the sender knows."""
        if load["digest"][:16] in self.revoked:
            raise Refused("REVOKED", "the plan was revoked here")
        if any(load["noted"]) and load["noted"] not in self.tokens:
            raise Refused("RECORD", "the session was last armed with another journal than this one")

    def of_session(self, digest, session, n_dots):
        return [self.outcomes.get((digest[:16], session, order), NONE) for order in range(n_dots)]


def counts(outcomes):
    """(done, in doubt, other)"""
    done, doubt = outcomes.count(DONE), outcomes.count(IN_DOUBT)
    return done, doubt, len(outcomes) - outcomes.count(NONE) - outcomes.count(LEFT) - done - doubt
