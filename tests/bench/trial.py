"""The trial: every template on every kind of head, each session, by every way to a machine: was the tool in the head?

    ./dev trial [--share 0.2] [--heads NAME...] [--templates NAME...] [--targets sim|urscript|gcode...]

Six parametric heads, the two real scans where ../shared is, and three parametric ones with noise of 0.1 mm and three holes beside the
treated skin.  needlepath-sim looks at its own tool at each millisecond of motion (--head); exported programs are run by the tests' interpreters and the
same witness sees their poses, a millimetre of way apart, the gantry's with the head laid in four ways.  Of the templates' density SHARE
is planned: what is tried is the ways, and fewer dots are farther apart.  A line for each head and template as it goes, then the table of
docs/benchmarks.md.  Exit status 1 if the tool was in the head, or if anything could not be planned, run or exported."""
import argparse
import collections
import math
import os
import pathlib
import random
import re
import shutil
import struct
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
import gcode
import test_gantry
import urscript
from programs import DONE, INCOMPLETE, SHARED, free_port, simulator
from replaying import about
from seeds import TEMPLATES as OF_ONE_CASE

TEMPLATES = (*OF_ONE_CASE, "touch-up")  # of a full scalp whose first session was made
PARAMETRIC = {f"{sex}{percentile}": ("--sex", sex, "--percentile", percentile) for sex in "mf" for percentile in (5, 50, 95)}
REAL = {name: SHARED / "scans" / f"{name}.yaml" for name in ("ict_head", "lee_perry_smith")}
NOISY = {f"noisy-{name}": name for name in ("m50", "f5", "f95")}
NOISE_MM = 0.1
HOLES, HOLE_MM = ((95, 35, -50), (5, -75, -45), (-85, 15, -75)), 6  # at the nearest vertex: a cheek, under an ear, the neck
STEP_MM, REACH_MM = 1, 150  # of the tool
PIECE = 1024


class Trial(test_gantry.Gantry):
    def runTest(self):
        """unittest wants one."""

    def head(self, name):
        """What `case new` is told of it."""
        if name in PARAMETRIC:
            return PARAMETRIC[name]
        return "--scan", REAL[name] if name in REAL else self.spoil(NOISY[name])

    def spoil(self, name):
        """A parametric head as a scanner would give it."""
        self.run_program("head", *PARAMETRIC[name], "-o", "noisy.ply", "--force")
        head, _, body = (self.folder / "noisy.ply").read_bytes().partition(b"end_header\n")
        vertices, faces = (int(re.search(b"element %s (\\d+)" % what, head)[1]) for what in (b"vertex", b"face"))
        noise = random.Random(7)
        at = [tuple(x + noise.gauss(0, NOISE_MM) for x in p) for p in struct.iter_unpack("<3f", body[:12 * vertices])]
        middles = [min(at, key=lambda p, h=hole: math.dist(p, h)) for hole in HOLES]
        rows = (body[12 * vertices + 13 * i:12 * vertices + 13 * (i + 1)] for i in range(faces))
        kept = [f for f in rows
                if all(math.dist(at[v], m) > HOLE_MM for v in struct.unpack_from("<3i", f, 1) for m in middles)]
        assert len(kept) < faces
        head = head.replace(b"element face %d" % faces, b"element face %d" % len(kept))
        points = b"".join(struct.pack("<3f", *p) for p in at)
        (self.folder / "noisy.ply").write_bytes(head + b"end_header\n" + points + b"".join(kept))
        return "noisy.yaml"

    def plan_template(self, template, name, share):
        """False where the head's description lacks what the template draws on."""
        new = self.head(name)
        if name in REAL and f"needs '" in self.needs(template, new):
            return False
        thin = lambda text: re.sub(r"density_per_cm2: *([0-9.]+)", lambda m: f"density_per_cm2: {max(10, share * float(m[1])):g}", text)
        if template == "touch-up":
            self.make_first(thin, new)
        self.plan = self.make_plan(template, edit=thin, new=new)
        self.run_program("head", "--case", "case.yaml", "-o", "head.ply", "--force")
        return True

    def make_first(self, thin, new):
        """The plan that is touched up, with one of its three sessions made."""
        self.plan = self.make_plan("full-scalp", plan="first.needleplan", edit=thin, new=new)
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, "--listen", target, "--speed", "max", "--journal", "memory", "--operator", "op.key.pub"):
            self.run_session(1, target, self.plan)

    def needs(self, template, new):
        try:
            self.run_program("case", "new", template, *new, "-o", "case.yaml", "--force")
        except AssertionError as error:
            return str(error)
        return ""

    # ---- the ways to a machine: each gives how many dots were made, at how many poses the tool was looked at (None: not counted), what was found ----

    def by_sim(self, sessions):
        """All sessions on one simulator, as on one arm, by a copy of the plan: no program is exported of what was made."""
        plan = shutil.copy(self.folder / self.plan, self.folder / "sim.needleplan")
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, "--listen", target, "--speed", "max", "--journal", "memory", "--operator", "op.key.pub", "--head",
                       "head.ply"):
            for session in sessions:
                self.run_session(session, target, plan)
        said = (self.folder / "sim.err").read_text()
        done = sum(run["done"] for run in self.show(plan)["runs"])
        return done, None, [line for line in said.splitlines() if "into the head" in line]

    def run_session(self, session, target, plan):
        """All of it, or what the simulated arm reaches of this head."""
        run = ("run", plan, "--session", session, "--to", target, "--early", "a trial")
        try:
            self.run_program(*run, timeout=3600)
        except AssertionError as error:
            if "out of the arm's reach" not in str(error):
                raise
            self.run_program(*run, "--only-reachable", status=INCOMPLETE, timeout=3600)

    def export_program(self, form, session, *more, status=DONE):
        self.run_program("export", self.plan, "--session", session, "--format", form, "--fiducials", "fiducials.yaml", "-o", "program",
                         "--early", "a trial", "--force", *more, status=status)
        return (self.folder / "program").read_text()

    def by_urscript(self, sessions):
        self.rotation = about(0, 30)
        self.lay()
        dots = poses = 0
        findings = []
        for session, n in sessions.items():
            pieces = -(-n // PIECE)
            for piece in range(pieces):
                program = urscript.Program(self.export_program("urscript", session, "--piece", piece + 1))
                deep = program.punctures()
                ways = {*deep, *(i - 1 for i in deep)}
                seen = [(self.unplace(tip), self.unturn(axis), move in ways) for move, tip, axis in program.poses(STEP_MM, REACH_MM)]
                dots += len(deep)
                poses += len(seen)
                findings += self.look(seen)
        assert dots == sum(sessions.values())
        return dots, poses, findings

    def by_gcode(self, sessions):
        """With the vertex, the nape and the temples up in turn: a gantry makes what it reaches, and leaves the rest."""
        dots = poses = 0
        findings = []
        for self.rotation in test_gantry.POSES.values():
            self.lay()
            for session in sessions:
                try:
                    text = self.export_program("gcode", session, status=INCOMPLETE)
                except AssertionError as error:
                    if "can be made as the head lies" in str(error):
                        continue
                    text = self.export_program("gcode", session)
                program = gcode.Program(text.splitlines(), self.start())
                dots += len(program.punctures())
                poses += sum(1 for _ in program.poses(STEP_MM))
                findings += self.findings(program)
        return dots, poses, findings


TARGETS = {"sim": Trial.by_sim, "urscript": Trial.by_urscript, "gcode": Trial.by_gcode}
Row = collections.namedtuple("Row", "heads dots poses findings", defaults=(0, 0, 0, 0))


def try_one(table, template, name, args):
    """Adds to TABLE; whether all went as it should."""
    trial = Trial()
    trial.setUp()
    try:
        if not trial.plan_template(template, name, args.share):
            print(f"{template:16} {name:16} its description has not what the template draws on", flush=True)
            return True
        sessions = {i + 1: s["dots"] for i, s in enumerate(trial.show(trial.plan)["sessions"]) if s["dots"]}
        for target in args.targets:
            began = time.monotonic()
            dots, poses, findings = TARGETS[target](trial, sessions)
            old = table[template, target]
            table[template, target] = Row(old.heads + 1, old.dots + dots, old.poses + (poses or 0), old.findings + len(findings))
            print(f"{template:16} {name:16} {target:9} {len(sessions)} sessions {dots:6} dots {poses or '-':>8} poses "
                  f"{len(findings)} in the head, {time.monotonic() - began:.0f} s", *findings[:3], sep="\n  " if findings else "", flush=True)
        return not any(table[template, target].findings for target in args.targets)
    except Exception:  # told, and on to the next
        print(f"{template:16} {name:16} FAILED", flush=True)
        traceback.print_exc()
        return False
    finally:
        trial.doCleanups()


def main():
    heads = [*PARAMETRIC, *(name for name in REAL if REAL[name].exists()), *NOISY]
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--heads", nargs="*", default=heads, choices=heads, metavar="NAME")
    parser.add_argument("--templates", nargs="*", default=TEMPLATES, choices=TEMPLATES, metavar="NAME")
    parser.add_argument("--targets", nargs="*", default=list(TARGETS), choices=TARGETS, metavar="NAME")
    args = parser.parse_args()
    os.nice(19)
    table = collections.defaultdict(Row)
    well = [try_one(table, template, name, args) for template in args.templates for name in args.heads]
    print("\n| template | way | heads | dots | poses looked at | in the head |\n|---|---|---|---|---|---|")
    for (template, target), row in table.items():
        print(f"| {template} | {target} | {row.heads} | {row.dots} | {'each ms of motion' if target == 'sim' else row.poses} | {row.findings} |")
    sys.exit(not all(well))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
