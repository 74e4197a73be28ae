"""protocol/vectors/vectors.json against SPEC.md, with none of needlepath's own code: hashlib, msgpack, and a page of Python."""
import hashlib
import json
import os
import pathlib
import re
import struct
import unittest

import msgpack

SOURCE = pathlib.Path(os.environ.get("NEEDLEPATH_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
V = json.loads((SOURCE / "protocol/vectors/vectors.json").read_text())
NUMBERS = dict(HELLO=1, WELCOME=2, REFUSED=3, LOAD=4, CHUNKS=5, LOADED=6, MAP=7, RESUME_INFO=8, ARM=9, RESUME=10, ARMED=11,
               DOTS=12, EVENTS=13, HEARTBEAT=14, HOLD=15, ABORT=16, ESTOP=17, STOP=18, POSE=19, QUERY=20, STATUS=21, END=22,
               ENDED=23, REVIEW=24, REVIEWED=25, SUPPLIES=26, SUPPLIED=27)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def blake(data, key=b"", size=32):
    return hashlib.blake2b(data, key=key, digest_size=size).digest()


def plain(value):
    """A decoded msgpack value as the vectors write it."""
    if isinstance(value, bytes):
        return "hex:" + value.hex()
    return [plain(x) for x in value] if isinstance(value, list) else value


def unhex(text):
    return bytes.fromhex(text)


class Vectors(unittest.TestCase):
    def test_basics(self):
        self.assertEqual(crc32c(V["crc32c"]["text"].encode()), V["crc32c"]["crc"])
        coded, out, i = unhex(V["cobs"]["coded"]), b"", 0
        while i < len(coded):
            code = coded[i]
            out += coded[i + 1:i + code]
            i += code
            if code < 255 and i < len(coded):
                out += b"\0"
        self.assertEqual(out.hex(), V["cobs"]["plain"])

    def test_keys(self):
        k = V["keys"]
        link = unhex(k["link_key"])
        self.assertEqual(blake(b"needlepath-hello-v1\0", link).hex(), k["hello_key"])
        self.assertEqual(blake(b"needlepath-key-id-v1\0", link)[:8].hex(), k["key_id"])
        session = blake(b"needlepath-session-key-v1\0" + unhex(k["sender_nonce"]) + unhex(k["executor_nonce"])
                        + struct.pack(">II", k["epoch"], k["session"]) + unhex(V["binding"]["digest"]), link)
        self.assertEqual(session.hex(), k["session_key"])

    def test_binding(self):
        b = V["binding"]
        plain_record = struct.pack(">IIiiiiiiiiiiii", *b["dots"][0][:14])
        self.assertEqual(plain_record.hex(), b["record_of_dot_0"])
        records = []
        for dot in b["dots"]:
            ways = [unhex(way[4:]) for way in dot[16:]]
            records.append(struct.pack(">IIiiiiiiiiiiiiII", *dot[:16]) + struct.pack(">III", *(len(w) // 24 for w in ways))
                           + b"".join(ways))
        chunks = [blake(b"needlepath-chunk-v2\0" + struct.pack(">II", 1, i // 64) + b"".join(records[i:i + 64]))
                  for i in range(0, len(records), 64)]
        self.assertEqual(chunks[1].hex(), b["hash_of_chunk_1"])
        root = blake(b"needlepath-session-v1\0" + struct.pack(">II", 1, len(records)) + b"".join(chunks))
        self.assertEqual(root.hex(), b["sessions"][0]["root"])
        digest = blake(b"needlepath-plan-v1\0" + unhex(b["header_hash"]) + struct.pack(">I", len(b["sessions"]))
                       + b"".join(struct.pack(">I", s["dots"]) + unhex(s["root"]) for s in b["sessions"]))
        self.assertEqual(digest.hex(), b["digest"])

    def test_approval(self):
        fields = next(v["fields"] for v in V["frames"] if v["message"] == "LOAD")
        executors, not_after, air_only, reload_every, needle_life, operator = (f for f in fields[-8:-2])
        name = unhex(operator[4:])
        message = (b"needlepath-approval-v2\0" + unhex(V["binding"]["digest"]) + struct.pack(">I", len(executors))
                   + b"".join(unhex(e[4:]) for e in executors) + struct.pack(">QIIII", not_after, air_only, reload_every,
                                                                              needle_life, len(name)) + name)
        self.assertEqual(message.hex(), V["binding"]["signed"])

    def test_frames(self):
        seen = set()
        for v in V["frames"]:
            with self.subTest(v["message"]):
                frame, key = unhex(v["frame"]), unhex(v.get("key", ""))
                seen.add(v["message"])
                self.assertEqual(v["type"], NUMBERS[v["message"]])
                flags = (1 if v["from_executor"] else 0) | (2 if key else 0)
                head = struct.pack(">BBBBII", V["version"], v["type"], flags, 0, v["epoch"], v["sequence"])
                self.assertEqual(frame[:12], head)
                self.assertEqual(struct.unpack(">I", frame[-4:])[0], crc32c(frame[:-4]))
                body = frame[12:-4]
                if key:
                    body, mac = body[:-16], body[-16:]
                    self.assertEqual(mac, blake(head + body, key, 16))
                self.assertEqual(plain(msgpack.unpackb(body, raw=False)), v["fields"])
        self.assertGreaterEqual(len(seen), 23)

    def test_dots_are_differences(self):
        fields = next(v["fields"] for v in V["frames"] if v["message"] == "DOTS")
        dot, dots = [0] * 15, []
        for difference in fields[0]:
            dot = [a + b for a, b in zip(dot, difference)]
            dots.append(dot + (difference[15:] or [0, "hex:", "hex:", "hex:"]))
        self.assertEqual(dots, [V["binding"]["dots"][i] for i in (0, 63, 64)])

    def test_the_specification_names_everything(self):
        spec = (SOURCE / "protocol/SPEC.md").read_text()
        header = (SOURCE / "protocol/wire.h").read_text()
        self.assertIn(V["schema"], spec)
        for name, number in NUMBERS.items():
            self.assertIn(f"| {number} | {name} | ", spec)
        table = header[header.index("NP_WIRE_REASON_TABLE(X)"):header.index("NP_WIRE_REASON_ENUM")]
        squeezed = " ".join(spec.split())
        for number, (name, text) in enumerate(re.findall(r'X\((\w+),\s*"([^"]*)"\)', table)):
            self.assertIn(f"{number} {name} ({text})", squeezed)

    def test_journal(self):
        outcomes, lot, changes, pose, places = [0, 0, 0], b"", [], (), []
        for serial, entry in enumerate(V["journal"]["records"]):
            r = unhex(entry["record"])
            self.assertEqual((len(r), r[:4]), (64, b"NPJ1"))
            self.assertEqual(struct.unpack(">I", r[60:])[0], crc32c(r[:60]))
            kind, outcome, session, _, order, _, number = struct.unpack(">BBHIIII", r[4:24])
            if kind == 11:  # IDENTITY
                self.assertEqual((number, session, r[24:40].hex()), (0, 0, "c3" * 16))
                continue
            self.assertEqual((number, session), (serial, 1))
            if kind == 1:  # EPOCH
                self.assertEqual(r[24:40].hex(), V["keys"]["executor_nonce"])
            if kind == 6:  # LOT: the text stands where others have time, depth, force and digest
                lot = r[24:56].rstrip(b"\0")
                continue
            if kind == 9:  # POSE: likewise
                pose = struct.unpack(">7i8x", r[24:60])
                continue
            self.assertEqual(r[40:56].hex(), V["binding"]["digest"][:32])
            if kind == 2:
                self.assertEqual(outcomes[order], 0)
                outcomes[order] = 1
            elif kind in (3, 4, 5):
                self.assertEqual(outcomes[order], 1)
                outcomes[order] = outcome
            elif kind in (7, 8):
                changes.append((kind, order, lot.decode()))
            elif kind == 10:
                places.append((outcome, *pose))
            lot = b""
        self.assertEqual(changes, [(7, 1, "C-4711 ä"), (8, 1, "")])
        self.assertEqual(places, [(1, 1000000, 0, 0, 0, 0, 0, 0)])
        self.assertEqual(outcomes, V["journal"]["map_of_3_dots"])


if __name__ == "__main__":
    unittest.main()
