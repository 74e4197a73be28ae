"""Frames, keys, messages and hashes of protocol/SPEC.md, for the two independent sides beside this file.

Written from that page alone, with none of needlepath's code, so that a gap in the page shows as a session that fails.
Numbers in comments are its sections.
"""
import base64
import ctypes
import ctypes.util
import hashlib
import struct
import time

import msgpack

VERSION = 2
SCHEMA = bytes.fromhex("fbb399d73596124c")
NO_KEY = bytes(32)
OVERHEAD = 12 + 4
MAX_PAYLOAD = 1024
FROM_EXECUTOR, HAS_MAC = 1, 2

BOOT, LOCKED, AUTHENTICATED, LOADED, ARMED, RUNNING, HOLDING, FAULT, ESTOP = range(9)
# A dot: 15 integers, the station, and the stops of its three ways, 24 bytes each.
INTEGERS, CHAIN, ENTRY, HOME, FIELDS = 15, 16, 17, 18, 19
STOP, MAX_STOPS = 24, 36

NONE, IN_DOUBT, DONE, SKIPPED, TOO_DEEP, NO_CONTACT, LEFT = range(7)

REASONS = ("NONE VERSION SCHEMA KEY BUSY LATCHED STATE DIGEST APPROVAL OPERATOR LIMITS TOO_BIG BINDING DOT_LIMIT "
           "SESSION_DONE PEDAL PEDAL_RELEASED HOLD STOP LEASE RECONNECT TRACKING ABORT ESTOP STORAGE JOURNAL MOTION LOCAL "
           "DIFFERENCE DEPTH RELOAD NEEDLE UNABLE PLACE ANSWER REACH MOVED EXECUTOR EXPIRED TERMS REVOKED RECORD").split()
REASON = {name: number for number, name in enumerate(REASONS)}


class Refused(Exception):
    """The other side refused, or is to be refused: REASON by name, and words for a person."""

    def __init__(self, reason, text=""):
        super().__init__(f"{reason}: {text}")
        self.reason, self.text = reason, text


# ---- 4: messages ----

def integer(low, high):
    return lambda v: isinstance(v, int) and not isinstance(v, bool) and low <= v <= high


def exactly(size):
    return lambda v: isinstance(v, bytes) and len(v) == size


def at_most(size):
    return lambda v: isinstance(v, bytes) and len(v) <= size


def text(_):
    return lambda v: isinstance(v, str)


def array(low, high, item):
    return lambda v: isinstance(v, list) and low <= len(v) <= high and all(item(x) for x in v)


def record(*fields):
    return lambda v: isinstance(v, list) and len(v) >= len(fields) and all(f(x) for f, x in zip(fields, v))


def moved_dot(v):
    """Integers as differences; the rest may be missing where there are no stops."""
    if not isinstance(v, list) or not (len(v) == INTEGERS or len(v) >= FIELDS):
        return False
    ways = v[CHAIN:FIELDS]
    return (all(integer(-2**32, 2**32)(x) for x in v[:INTEGERS]) and all(integer(0, MAX_STOPS)(x) for x in v[INTEGERS:CHAIN])
            and all(isinstance(w, bytes) and len(w) % STOP == 0 for w in ways)
            and sum(len(w) for w in ways) <= MAX_STOPS * STOP)


def lot(v):
    """An identity: never cut, never altered."""
    return isinstance(v, str) and len(v.encode()) <= 32 and not any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in v)


def counted(v):
    """An order, which count may also be its end."""
    return integer(0, 262144)(v)


U32, I32, U64, FLAG = integer(0, 2**32 - 1), integer(-2**31, 2**31 - 1), integer(0, 2**63 - 1), integer(0, 1)
POSITIVE, ORDER, STATE, NUMBER = integer(1, 2**32 - 1), integer(0, 262143), integer(0, 8), integer(0, 65535)
UNIT, METRES, LIMIT = integer(-1000100, 1000100), integer(-10**7, 10**7), integer(0, 100000)
POSE = [(q, UNIT) for q in ("qw", "qx", "qy", "qz")] + [(t, METRES) for t in ("tx", "ty", "tz")]

TABLE = {
    1: ("HELLO", [("version", integer(1, 65535)), ("schema", exactly(8)), ("key_id", exactly(8)), ("nonce", exactly(16)),
                  ("digest", exactly(32)), ("session", integer(1, 8)), ("name", text(47))]),
    2: ("WELCOME", [("version", integer(1, 65535)), ("schema", exactly(8)), ("sender_nonce", exactly(16)),
                    ("nonce", exactly(16)), ("epoch", POSITIVE), ("authenticated", FLAG), ("state", STATE),
                    ("buffer_dots", integer(64, 2**32 - 1)), ("max_dots", POSITIVE), ("durable", FLAG), ("name", text(47)),
                    ("supplies", integer(0, 2)), ("identity", exactly(16)), ("clock", FLAG)]),
    3: ("REFUSED", [("sender_nonce", exactly(16)), ("reason", NUMBER), ("text", text(159))]),
    4: ("LOAD", [("digest", exactly(32)), ("header_hash", exactly(32)), ("session", integer(1, 8)),
                 ("sessions", array(1, 8, record(counted, exactly(32)))), ("public_key", exactly(32)),
                 ("signature", exactly(64)), ("depth_min_um", LIMIT), ("depth_max_um", LIMIT),
                 ("tilt_max_urad", integer(0, 3141593)), *POSE, ("air", integer(0, 2)), ("reload_every", counted),
                 ("needle_life", counted), ("moved_um", integer(0, 40000000)), ("only_reachable", FLAG),
                 ("executors", array(0, 8, exactly(16))), ("not_after_s", U64), ("air_only", FLAG),
                 ("approved_reload_every", counted), ("approved_needle_life", counted), ("operator", at_most(64)),
                 ("noted", exactly(16)), ("cartridges", array(0, 16, integer(0, 999999)))]),
    5: ("CHUNKS", [("first", U32), ("hashes", array(1, 24, exactly(32)))]),
    6: ("LOADED", [("reason", NUMBER), ("chunks", U32), ("complete", FLAG), ("done", counted), ("in_doubt", counted),
                   ("other", counted), ("text", text(159))]),
    7: ("MAP", [("first", ORDER)]),
    8: ("RESUME_INFO", [("digest", exactly(32)), ("session", integer(1, 8)), ("first", ORDER), ("n_dots", integer(1, 1024)),
                        ("map", at_most(512))]),
    9: ("ARM", [("request", POSITIVE)]),
    10: ("RESUME", [("request", POSITIVE)]),
    11: ("ARMED", [("request", POSITIVE), ("granted", FLAG), ("reason", NUMBER), ("text", text(159))]),
    12: ("DOTS", [("dots", array(1, 12, moved_dot))]),
    13: ("EVENTS", [("state", STATE), ("reason", NUMBER), ("waiting", NUMBER), ("busy", FLAG), ("echo_us", U64),
                    ("received", counted), ("bitmap", at_most(32)), ("window", counted), ("next", counted),
                    ("first", counted), ("events", array(0, 32, record(integer(1, 6), U64, I32, I32))),
                    ("supplies", U32)]),
    14: ("HEARTBEAT", [("acknowledged", counted), ("time_us", U64)]),
    15: ("HOLD", []), 16: ("ABORT", []), 17: ("ESTOP", []), 18: ("STOP", []),
    19: ("POSE", [("age_us", U64), ("quality_ppm", integer(0, 1000000)), *POSE]),
    20: ("QUERY", []),
    21: ("STATUS", [("state", STATE), ("reason", NUMBER), ("epoch", U32), ("pedal", FLAG), ("done", counted),
                    ("in_doubt", counted), ("other", counted), ("text", text(159))]),
    22: ("END", [("request", POSITIVE)]),
    23: ("ENDED", [("request", POSITIVE), ("done", counted), ("in_doubt", counted), ("other", counted), ("left", counted)]),
    24: ("REVIEW", [("request", POSITIVE), ("order", ORDER), ("id", POSITIVE), ("outcome", lambda v: v in (0, 2))]),
    25: ("REVIEWED", [("request", POSITIVE), ("order", ORDER), ("outcome", integer(0, 5)), ("reason", NUMBER)]),
    26: ("SUPPLIES", [("first", U32)]),
    27: ("SUPPLIED", [("total", U32), ("first", U32), ("supplies", array(0, 8, record(integer(1, 2), counted, U64, lot)))]),
}
TYPE = {name: number for number, (name, _) in TABLE.items()}
POSE_FIELDS = [name for name, _ in POSE]


NEWER = False  # speak as a later version would: with more fields in every message and in every item of a list
MORE = [None, {"a": [1, b"2"]}, "later"]


def difference(dot, before):
    """DOT as it goes on the wire behind the dot BEFORE, whose integers may be zeros."""
    integers = [a - b for a, b in zip(dot[:INTEGERS], before[:INTEGERS])]
    return integers + list(dot[INTEGERS:FIELDS]) if NEWER or any(dot[CHAIN:FIELDS]) else integers


def pack(name, fields):
    """The payload of a message from its fields by name."""
    values = []
    for field, valid in TABLE[TYPE[name]][1]:
        assert valid(fields[field]), (name, field, fields[field])
        value = fields[field]
        if NEWER and isinstance(value, list) and value and isinstance(value[0], list):
            value = [list(item) + MORE for item in value]
        values.append(value)
    if NEWER:
        values += MORE
    return msgpack.packb(values, use_bin_type=True)


def unpack(number, payload):
    """(name, fields) of a payload, or Refused("SCHEMA", what is wrong)."""
    if number not in TABLE:
        raise Refused("SCHEMA", f"message type {number} is not known")
    name, table = TABLE[number]
    try:
        values = msgpack.unpackb(payload, raw=False, strict_map_key=False)
    except (ValueError, msgpack.exceptions.UnpackException) as e:
        raise Refused("SCHEMA", f"{name}: no msgpack: {e}") from e
    if not isinstance(values, list) or len(values) < len(table):
        raise Refused("SCHEMA", f"{name}: {len(table)} fields expected")
    for (field, valid), value in zip(table, values):
        if not valid(value):
            raise Refused("SCHEMA", f"{name}.{field} is not as it should be")
    return name, {field: value for (field, _), value in zip(table, values)}


# ---- 2: frames ----

def crc_table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


CRC_TABLE = list(crc_table())


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def mac(key, data):
    return hashlib.blake2b(data, key=key, digest_size=16).digest()


def seal(number, payload, epoch, sequence, key, from_executor, version=VERSION):
    """A frame; without MAC if KEY is None."""
    flags = (FROM_EXECUTOR if from_executor else 0) | (HAS_MAC if key is not None else 0)
    data = struct.pack(">BBBBII", version, number, flags, 0, epoch, sequence) + payload
    if key is not None:
        data += mac(key, data)
    return data + struct.pack(">I", crc32c(data))


class Frame:
    """A received frame whose length, CRC, flags and direction are right; the rest its receiver checks."""

    def __init__(self, data):
        self.version, self.number, self.flags, _, self.epoch, self.sequence = struct.unpack(">BBBBII", data[:12])
        self.body = data[:-4]
        self.payload = self.body[12:-16] if self.flags & HAS_MAC else self.body[12:]

    def proves(self, key):
        return bool(self.flags & HAS_MAC) and mac(key, self.body[:-16]) == self.body[-16:]


def open_frame(data, from_executor, version=VERSION):
    """The frame, None if it is to be dropped; one of another VERSION is returned as it is, to be refused."""
    if not OVERHEAD <= len(data) <= OVERHEAD + 16 + MAX_PAYLOAD:
        return None
    if crc32c(data[:-4]) != struct.unpack(">I", data[-4:])[0]:
        return None
    frame = Frame(data)
    if frame.version != version:
        return frame
    if frame.flags & ~3 or data[3] or bool(frame.flags & FROM_EXECUTOR) != from_executor:
        return None
    if frame.flags & HAS_MAC and len(data) < OVERHEAD + 16:
        return None
    return frame


# ---- 3: keys ----

def keyed(key, *parts):
    return hashlib.blake2b(b"".join(parts), key=key, digest_size=32).digest()


def hello_key(link_key):
    return keyed(link_key or NO_KEY, b"needlepath-hello-v1\0")


def key_id(link_key):
    return keyed(link_key, b"needlepath-key-id-v1\0")[:8] if link_key else bytes(8)


def session_key(link_key, sender_nonce, executor_nonce, epoch, session, digest):
    return keyed(link_key or NO_KEY, b"needlepath-session-key-v1\0", sender_nonce, executor_nonce,
                 struct.pack(">II", epoch, session), digest)


def read_key(path, label):
    """The 32 bytes of a key file: one line "LABEL NAME BASE64"."""
    with open(path, encoding="ascii") as f:
        words = f.readline().split()
    if len(words) != 3 or words[0] != label:
        raise ValueError(f"{path}: expected one line '{label} NAME BASE64'")
    key = base64.b64decode(words[2], validate=True)
    if len(key) != 32:
        raise ValueError(f"{path}: a key has 32 bytes, this one {len(key)}")
    return key


# ---- 9: plan binding ----

def digest256(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def dot_record(dot):
    ways = dot[CHAIN:FIELDS]
    numbers = [*dot[:CHAIN], *(len(way) // STOP for way in ways)]
    return b"".join((value & 0xFFFFFFFF).to_bytes(4, "big") for value in numbers) + b"".join(ways)


def chunk_hash(session, number, dots):
    return digest256(b"needlepath-chunk-v2\0", struct.pack(">II", session, number), *map(dot_record, dots))


def session_root(session, n_dots, hashes):
    return digest256(b"needlepath-session-v1\0", struct.pack(">II", session, n_dots), *hashes)


def plan_digest(header_hash, sessions):
    """SESSIONS: (dots, root) of each."""
    return digest256(b"needlepath-plan-v1\0", header_hash, struct.pack(">I", len(sessions)),
                     *(struct.pack(">I", n) + root for n, root in sessions))


sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
assert sodium.sodium_init() >= 0


def approved(load):
    """Whether the signature of LOAD is its key's approval of the plan on its terms: Ed25519, which Python's own library lacks."""
    executors, operator, signature, public_key = load["executors"], load["operator"], load["signature"], load["public_key"]
    message = (b"needlepath-approval-v2\0" + load["digest"] + struct.pack(">I", len(executors)) + b"".join(executors)
               + struct.pack(">QIIII", load["not_after_s"], load["air_only"], load["approved_reload_every"],
                             load["approved_needle_life"], len(operator)) + operator)
    return sodium.crypto_sign_verify_detached(signature, message, ctypes.c_ulonglong(len(message)), public_key) == 0


def check_terms(load, identity):
    """The approval says who may make the plan, until when and how; this is the executor of IDENTITY."""
    if load["executors"] and identity not in load["executors"]:
        raise Refused("EXECUTOR", f"this executor is {identity.hex()}")
    if load["not_after_s"] and time.time() > load["not_after_s"]:
        raise Refused("EXPIRED", "the approval has run out")
    if load["air_only"] and not load["air"]:
        raise Refused("TERMS", "approved for the air alone")
    for name in ("reload_every", "needle_life"):
        approved_for = load["approved_" + name]
        if approved_for and not load["air"] and not 0 < load[name] <= approved_for:
            raise Refused("TERMS", f"{name} is {load[name]}, approved are {approved_for}")
