"""One session of a .needleplan, read with Python's own SQLite as docs/plan-file.md describes the file; of its case the shades, as docs/case-file.md has them."""
import math
import re
import sqlite3
import struct

import wire

DOT_COLUMNS = "id, tour_order, x_um, y_um, z_um, nx_ppm, ny_ppm, nz_ppm, ax_ppm, ay_ppm, az_ppm, depth_um, dwell_us, tone_ppm"


def named(text):
    data = text.encode()
    return struct.pack(">I", len(data)) + data


def shades_of(case_text):
    """The shades of a case: name, lot, expires, dilution, stock_percent, share of each."""
    if not re.search(r"^shades\s*:", case_text, re.M):
        return []
    import yaml  # only such plans need it
    fields = {"lot": "", "expires": "", "stock_percent": 15}
    return [{**fields, **shade} for shade in yaml.load(case_text, Loader=yaml.BaseLoader)["shades"]]


def tone_of(shade):
    """Where its ink lies between 24 parts of water to one of a 15 % pigment (0) and 6 parts (1), in the logarithm."""
    return math.log(25 / (1 + float(shade["dilution"])) * float(shade["stock_percent"]) / 15) / math.log(25 / 7)


def micro(value, unit):
    return struct.pack(">i", round(value * unit))


class Plan:
    """Dots, hashes and approval of a plan; says so if they do not give the digest that the file names."""

    def __init__(self, path):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            self.meta = dict(db.execute("SELECT key, value FROM meta"))
            self.shades = shades_of(self.meta["case_text"])
            self.session_rows = db.execute("SELECT number, day, dots FROM sessions ORDER BY number").fetchall()
            self.layers = db.execute("SELECT name, strategy FROM layers ORDER BY number").fetchall()
            self.rest = db.execute("SELECT layer, density_per_1000_cm2, tilt_urad, pin FROM dots "
                                   "ORDER BY session, tour_order").fetchall()
            self.dots = {number: db.execute(f"SELECT {DOT_COLUMNS} FROM dots WHERE session = ? ORDER BY tour_order",
                                            (number,)).fetchall() for number, _, _ in self.session_rows}
            hovers = db.execute("SELECT hover_um, lean_deg FROM hovers ORDER BY session, tour_order").fetchall()
            self.hovers, self.leans = [um for um, _ in hovers], [degrees for _, degrees in hovers]
            self.support = [um for um, in db.execute("SELECT reach_um FROM support ORDER BY node")]
            self.moves = db.execute("SELECT session, from_order, to_order, vias FROM moves ORDER BY number").fetchall()
            self.vias = db.execute("SELECT x_um, y_um, z_um, ax_ppm, ay_ppm, az_ppm FROM vias ORDER BY number").fetchall()
            approval = db.execute("SELECT public_key, signature, executors, not_after_unix_s, air_only, reload_every, "
                                  "needle_life, operator FROM approvals WHERE version = 2 ORDER BY number").fetchone()
        db.close()
        if approval is None:
            raise SystemExit(f"{path}: nobody has approved this plan")
        names = ("public_key", "signature", "executors", "not_after_s", "air_only", "approved_reload_every",
                 "approved_needle_life", "operator")
        self.approval = dict(zip(names, approval))
        listed = self.approval["executors"]
        self.approval["executors"] = [listed[i:i + 16] for i in range(0, len(listed), 16)]
        self.approval["operator"] = self.approval["operator"].encode()
        self.header_hash = self.make_header_hash()
        self.add_ways()
        self.hashes = {number: [wire.chunk_hash(number, c, dots[64 * c:64 * c + 64])
                                for c in range((len(dots) + 63) // 64)] for number, dots in self.dots.items()}
        self.sessions = [[len(self.dots[number]), wire.session_root(number, len(self.dots[number]), self.hashes[number])]
                         for number, _, _ in self.session_rows]
        self.digest = wire.plan_digest(self.header_hash, self.sessions)
        if self.digest != self.meta["digest"]:
            raise SystemExit(f"{path}: the digest is {self.digest.hex()}, the file names {self.meta['digest'].hex()}")
        if not wire.approved({"digest": self.digest, **self.approval}):
            raise SystemExit(f"{path}: the approval does not hold")

    def make_header_hash(self):
        meta = self.meta
        return wire.digest256(
            b"needlepath-header-v1\0", meta["scan_digest"], struct.pack(">q", meta["seed"]),
            micro(meta["needle_diameter_mm"], 1e3), micro(meta["depth_min_mm"], 1e3), micro(meta["depth_max_mm"], 1e3),
            micro(meta["tilt_max_deg"], 1e6), micro(meta["spacing_min_mm"], 1e3), micro(meta["session_spacing_min_mm"], 1e3),
            struct.pack(">I", meta["max_dots"]),
            struct.pack(">I", len(self.layers)), *(named(name) + named(strategy) for name, strategy in self.layers),
            struct.pack(">I", len(self.session_rows)), *(struct.pack(">II", day, n) for _, day, n in self.session_rows),
            struct.pack(">I", len(self.rest)), *(struct.pack(">IIIB", *row) for row in self.rest),
            named("accepted") + struct.pack(">I", meta["accepted"]) if meta["accepted"] else b"", *self.make_shades(), *self.make_moves())

    def make_shades(self):
        """What the shades add to the header."""
        if not self.shades:
            return []
        return [named("shades"), struct.pack(">I", len(self.shades)),
                *(named(s["name"]) + named(s["lot"]) + named(s["expires"]) +
                  struct.pack(">3d", float(s["dilution"]), float(s["stock_percent"]), float(s["share"])) for s in self.shades)]

    def cartridge(self, session, order):
        """What a person calls the cartridge that makes the dot: its lot, or its name."""
        tone = self.dots[session][order][wire.INTEGERS - 2] / 1e6
        shade = min(self.shades, key=lambda s: abs(tone_of(s) - tone))
        return shade["lot"] or shade["name"]

    def cartridges(self, session):
        """The orders from which on another cartridge is wanted."""
        if not self.shades:
            return []
        labels = [self.cartridge(session, order) for order in range(len(self.dots[session]))]
        return [order for order, label in enumerate(labels) if order == 0 or label != labels[order - 1]]

    def add_ways(self):
        """Behind the integers of each dot: hover, station, and its ways (docs/plan-file.md, and section 7 of SPEC.md)."""
        stops = [struct.pack(">6i", *via) for via in self.vias]
        home, station = stops[:2]
        listed, hovers, at = {}, iter(self.hovers), 2
        for session, start, end, n in self.moves:
            listed[session, start, end] = b"".join(stops[at:at + n])
            at += n
        for number, dots in self.dots.items():
            for i, dot in enumerate(dots):
                before = i - 1 if i else -1
                chain, station_at = b"" if i else home, 0
                if (number, before, -2) in listed:
                    chain += listed[number, before, -2] + station
                    station_at = len(chain) // wire.STOP
                    before = -2
                chain += listed.get((number, before, i), b"")
                entry = home + listed[number, -1, i] if i and i % 64 == 0 else b""
                way_home = listed[number, i, -1] + home if i + 1 == len(dots) else b""
                dots[i] = [*dot, next(hovers), station_at, chain, entry, way_home]

    def make_moves(self):
        """What the moves add to the header; the first two vias are home and the station."""
        if not self.hovers:
            return []
        vias = [struct.pack(">6i", *via) for via in self.vias]
        parts = [named("moves"), struct.pack(f">{len(self.hovers)}i", *self.hovers), *vias[:2], struct.pack(">Q", len(self.moves))]
        next_via = 2
        for session, start, end, n in self.moves:
            parts += [struct.pack(">IqqI", session, start, end, n), *vias[next_via:next_via + n]]
            next_via += n
        if self.support:
            parts += [named("gantry"), struct.pack(f">{len(self.leans)}I", *self.leans),
                      struct.pack(f">Q{len(self.support)}i", len(self.support), *self.support)]
        return parts

    def load(self, session, noted, air=0, x_um=0, moved_um=0, only_reachable=0):
        """The fields of LOAD; the head stands at the executor's origin, or X_UM in front of it.  NOTED: token of the epoch armed in
        last."""
        return {"digest": self.digest, "header_hash": self.header_hash, "session": session, "sessions": self.sessions,
                **self.approval, "noted": noted,
                "depth_min_um": round(self.meta["depth_min_mm"] * 1e3), "depth_max_um": round(self.meta["depth_max_mm"] * 1e3),
                "tilt_max_urad": round(math.radians(self.meta["tilt_max_deg"]) * 1e6),
                "qw": 1000000, "qx": 0, "qy": 0, "qz": 0, "tx": x_um, "ty": 0, "tz": 0, "air": air,
                "moved_um": moved_um, "only_reachable": only_reachable, "cartridges": self.cartridges(session)}
