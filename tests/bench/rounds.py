"""Seeded rounds with everything that can befall a record: is a dot made twice, or lost without a word?

    ./dev rounds [--rounds 500] [--seed 1] [--ways zmq serial grbl] [--only KIND...]

A round is a small session by one way to a machine, one to three kinds of trouble in it, and a person who does what `needlepath run` asks
for until the session has ended.  The real programs, and the tests' grbl; what happens inside a program happens at a write or sync of a
number (faults_preload.c), so that a round depends on its seed.  What was made is read from the simulator's record and from
the gantry's strokes, which no journal has to do with.  A line for each round that fails, with the command that plays it again; then the table
of docs/safety.md.  Exit status 1 if a round failed."""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
from gantry import GantryCase
from programs import BUILD, DONE, INCOMPLETE, NEEDLEPATH, SIM, free_port, start_simulator

WAYS = ("zmq", "serial", "grbl")
DOTS, PLAN = 90, "p.needleplan"
BAD_LINE = "bad line"  # a kind for serial lines alone
PRELOAD = BUILD / "tests" / "bench" / "faults_preload.so"
LEDGER = "state/needlepath/ledger.sqlite"
CALLS = {"run": (15, 70), "sim": (5, 90), "part": (22, 40), "grbl": (40, 400), "grbl part": (60, 180)}  # writes and syncs of a session, from before its first dot to behind its last
BAD_LINES = ("--flip 3e-5 --lose 1e-4", "--drop 0.05 --duplicate 0.05 --jitter 8", "--cut-every 0.7 --cut-for 250 --delay 3",
             "--freeze-every 0.5 --freeze-for 150 --flip 1e-5 --drop 0.02")  # of the proxy
TRIES = 14
BLOCK = 512

# What `run` says -> what it is called here, and what the person does.
REFUSALS = (
    ("was copied, renamed or moved without it", "log missing", "log"),
    ("belongs to another plan file, or to another state", "foreign log", "pair"),
    ("is an older copy, from before session", "older executor's journal", "executor"),
    ("was last run at the executor", "another executor", "executor"),
    ("is for other executors", "approved for others", "back"),
    ("contradict each other", "difference", "look"),
    ("that the plan file does not", "ledger knows more", "take"),
    ("--ledger-lost", "plan knows more", "give"),
    ("never seen it", "controller has begun it", "back"),
)
WARNINGS = (("for ANY executor", "any executor"), ("keeps no text", "controller keeps no text"),
            ("begun on", "begun elsewhere as well"))


class Round(GantryCase):
    def runTest(self):
        """unittest wants one."""

    # ---- set-up ----

    def prepare(self, way, seed, kinds):
        self.setUp()
        self.way, self.dice = way, random.Random(f"{way} {seed}")
        self.small_plan(DOTS)
        self.state, self.machine, self.came_from, self.keeps = self.folder / "state", "arm", "arm", self.dice.random() < 0.5
        os.environ["XDG_STATE_HOME"] = str(self.state)
        self.options, self.said, self.warned, self.unpromised = [], collections.Counter(), set(), False
        self.sim = self.proxy = self.bad_line = None
        self.line_faults = 0
        if way != "grbl":
            self.target = f"zmq:tcp://127.0.0.1:{free_port()}" if way == "zmq" else f"serial:{self.folder}/line:115200"
            self.bound = self.dice.random() < 0.5
            if self.bound:
                done = subprocess.run([SIM, "--journal", "arm.journal", "--show-identity", "--new-journal"], cwd=self.folder,
                                      capture_output=True, text=True, check=True)
                identity = re.search(r"[0-9A-Fa-f]{32}", done.stdout)[0]
                with sqlite3.connect(self.folder / PLAN) as db:
                    db.execute("DELETE FROM approvals")  # the one for any executor: each that a plan has holds
                db.close()
                self.run_program("approve", PLAN, "--key", "op.key", "--executor", identity)
        self.kinds = [k for k in (kinds or self.dice.sample(sorted(set(KINDS) - {BAD_LINE}), self.dice.randint(1, 3)))]
        self.dice.shuffle(self.kinds)
        # by a die of its own, and for the whole round
        line = random.Random(f"line {seed}")
        if way == "serial" and (BAD_LINE in self.kinds or (not kinds and line.random() < 0.25)):
            self.bad_line = ["--seed", str(seed), *line.choice(BAD_LINES).split()]
            self.kinds = [BAD_LINE, *(k for k in self.kinds if k != BAD_LINE)]
        self.keep("first")
        return self

    def end(self):
        self.stop_machine()
        self.end_fakes()
        self.doCleanups()

    # ---- the files ----

    def files(self, side):
        """What makes up a side's record."""
        plan = [PLAN, f"{PLAN}-wal"]
        book = [LEDGER, f"{LEDGER}-wal"] if self.way == "grbl" else [f"{self.machine}.journal"]
        return {"plan": plan, "book": book, "both": plan + book}[side]

    def keep(self, name, side="both"):
        (self.folder / name).mkdir(exist_ok=True)
        for f in self.files(side):
            self.copy_file(self.folder / f, self.folder / name / f.replace("/", "%"))

    def put_back(self, name, side):
        for f in self.files(side):
            kept = self.folder / name / f.replace("/", "%")
            if kept.exists() or f.endswith("-wal"):
                self.copy_file(kept, self.folder / f)
        for f in (f"{PLAN}-shm", f"{LEDGER}-shm"):
            (self.folder / f).unlink(missing_ok=True)

    @staticmethod
    def copy_file(a, b):
        if a.exists():
            b.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(a, b)
        else:
            b.unlink(missing_ok=True)

    # ---- programs ----

    def env(self, side, fault):
        names = self.files("book" if side == "sim" else "both")
        return {**os.environ, "LD_PRELOAD": str(PRELOAD), "ROUNDS_FOLDER": str(self.folder), "ROUNDS_FILES": ":".join(names),
                "ROUNDS_FAULT": fault, **({"ROUNDS_SLOW_US": "10000"} if side == "sim" else {})}

    def start_machine(self, fault=""):
        for name in "synced", "snap":
            shutil.rmtree(self.folder / name, True)
        self.keep("synced")
        (self.folder / "snap").mkdir()
        if self.way == "grbl":
            self.fake(*(["--keeps", str(self.folder / "kept")] if self.keeps else []), speed=60)
            return
        (self.folder / "line").unlink(missing_ok=True)
        listen = (self.target,) if self.way == "zmq" else ("serial:pty", "--pty-link", "far end" if self.bad_line else "line")
        args = self.sim_args(*listen, journal=f"{self.machine}.journal")
        before = os.environ.copy()
        os.environ.update(self.env("sim", fault))
        try:
            self.sim = start_simulator(self.folder, *args)
        finally:
            os.environ.clear()
            os.environ.update(before)
        if self.bad_line:
            self.proxy = subprocess.Popen([SIM, "--proxy", "--to", f"serial:{self.folder}/far end:115200", "--pty-link", "line", "--json", *self.bad_line],
                                          cwd=self.folder, stdout=subprocess.PIPE, text=True)
            self.assertIn("listening", self.proxy.stdout.readline())

    def stop_machine(self):
        self.end_fakes()
        if self.proxy:
            self.proxy.terminate()
            line = json.loads(self.proxy.communicate(timeout=20)[0])
            self.line_faults += line.get("freezes", 0) + sum(
                line[way][what] for way in ("to_executor", "to_sender")
                for what in ("flipped_bits", "lost_bytes", "dropped_frames", "duplicated_frames", "cut_bytes"))
        self.proxy = None
        if self.sim:
            self.sim.terminate()
            try:
                self.sim.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                self.sim.kill()
                self.sim.communicate()
        self.sim = None

    def command(self, plan, options=()):
        if self.way == "grbl":
            return [a if a != PLAN else plan for a in map(str, self.arguments(*options))]
        return ["run", plan, "--session", "1", "--to", self.target, "--timeout", "4", "--head-is-arm-frame", *options]

    def begin(self, fault="", plan=PLAN):
        return subprocess.Popen([NEEDLEPATH, *self.command(plan, self.options)], cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=self.env("run", fault))

    def outcome(self, run):
        """Waits for a run, which is stopped when its machine has died."""
        end = time.monotonic() + 90
        while run.poll() is None and time.monotonic() < end:
            if self.sim and self.sim.poll() is not None:
                run.send_signal(signal.SIGINT)
                end = min(end, time.monotonic() + 20)
            time.sleep(0.005)
        if run.poll() is None:
            run.kill()
            run.communicate()
            raise AssertionError("the run does not end")
        out, err = run.communicate()
        for words, name in WARNINGS:
            if words in err:
                self.warned.add(name)
        if run.returncode not in range(7) and run.returncode != -signal.SIGKILL or run.returncode in (1, 2):
            raise AssertionError(f"run ended with {run.returncode}: {err}")
        return run.returncode, out + err

    def leg(self, run_fault="", sim_fault="", plan=PLAN):
        """A part of the session, with what befalls either side."""
        self.start_machine(sim_fault)
        result = self.outcome(self.begin(run_fault, plan))
        self.stop_machine()
        return result

    def call(self, side):
        """When it happens."""
        if self.way == "grbl":
            side = "grbl part" if side == "part" else "grbl"
        return self.dice.randint(*CALLS[side])

    def side(self):
        return "run" if self.way == "grbl" else self.dice.choice(("run", "sim"))

    def part(self):
        """A leg in which some dots are made, and that ends by Ctrl-C or a kill; which leaves the log beside the plan."""
        how = self.dice.choice(("stop", "kill"))
        self.go_on(f"{how}@{self.call('part')}")

    def fault(self, text):
        """A leg with a fault of one side, drawn."""
        side = self.side()
        at = f"{text[:4]}@{self.call(side)}{text[4:]}"
        self.go_on(**{f"{side}_fault": at})
        return side

    # ---- kinds of trouble ----

    def kill(self):
        self.fault(self.dice.choice(("kill", "tear")))

    def power_cut(self):
        """What was not synced is lost, or reads as zeros, block by block."""
        side = self.fault(self.dice.choice(("kill", "tear")))
        for f in self.files("both" if self.way == "grbl" else "book" if side == "sim" else "plan"):
            now, safe = self.folder / f, self.folder / "synced" / f.replace("/", "%")
            if now.exists():
                now.write_bytes(self.torn(now.read_bytes(), safe.read_bytes() if safe.exists() else b""))
            (self.folder / f"{f}-shm").unlink(missing_ok=True)

    def torn(self, now, safe):
        fate = self.dice.choice(("lost", "zeroed", "some"))
        if fate == "lost":
            return safe
        blocks = []
        for at in range(0, len(now), BLOCK):
            new, old = now[at:at + BLOCK], safe[at:at + BLOCK]
            kept = fate == "some" and self.dice.random() < 0.5
            blocks.append(new if new == old or kept else old + bytes(len(new) - len(old)))
        return b"".join(blocks)

    def full_disk(self):
        self.fault(f"full:{self.dice.choice((1, 3, 100000))}")

    def clock_jump(self):
        ms = self.dice.choice((50, 1000, 3600000)) * self.dice.choice((-1, 1))
        self.fault(f"jump:{ms}")

    def on_a_bad_line(self):
        """Which all of the round has (prepare)."""
        self.part()

    def copy(self):
        """A copy made in the middle goes on in its place, the other one too, and then the copy."""
        self.part()
        self.keep("copy", "plan")
        self.part()
        self.keep("newest", "plan")
        self.put_back("copy", "plan")

    def rename(self):
        """Under another name, without the log beside it."""
        self.part()
        self.keep("newest", "plan")
        for f in f"{PLAN}-wal", f"{PLAN}-shm":
            (self.folder / f).unlink(missing_ok=True)

    def restore(self, side):
        self.part()
        self.keep("old")
        self.part()
        self.keep("newest")
        self.put_back("old", side)

    def restore_plan(self):
        self.restore("plan")

    def restore_executor(self):
        self.restore("book")

    def restore_both(self):
        self.unpromised = True
        self.restore("both")

    def snapshot(self):
        """A copy of the executor's (the driving machine's) record while the session runs, put back."""
        side = "run" if self.way == "grbl" else "sim"
        at = self.call(side)
        if side == "run":
            self.go_on(f"snap@{at},stop@{at + self.dice.randint(5, 40)}")
        else:
            self.go_on(f"stop@{self.call('run')}", f"snap@{at}")
        self.keep("newest")
        if any((self.folder / "snap").iterdir()):
            self.unpromised = True
            self.put_back("snap", "book")

    def second_executor(self):
        """The session goes on at another machine: with the plan, or with a copy from before it began."""
        self.part()
        self.keep("newest")
        if self.dice.random() < 0.5:
            self.put_back("first", "plan")
            self.unpromised |= not self.keeps if self.way == "grbl" else not self.bound
        self.came_from, self.machine = self.machine, "other" if self.machine == "arm" else "arm"
        if self.way == "grbl":
            shutil.rmtree(self.state, True)

    def takeover(self):
        """Another sender, with a copy of the plan, while the first is at work."""
        self.part()
        shutil.copy(self.folder / PLAN, self.folder / "copy.needleplan")
        if (self.folder / f"{PLAN}-wal").exists():
            shutil.copy(self.folder / f"{PLAN}-wal", self.folder / "copy.needleplan-wal")
        self.start_machine()
        runs = [self.begin(f"stop@{self.call('run')}"), self.begin(plan="copy.needleplan")]
        for run in runs:
            self.outcome(run)
        self.stop_machine()
        self.told("copy.needleplan")

    # ---- the person ----

    def punctured(self):
        if self.way == "grbl":
            return [int(s[0]) for s in self.strokes()]
        return [int(row["id"]) for row in self.record()]

    def told(self, plan=PLAN):
        """The dots that a plan's journal has as done, and in doubt; done is made."""
        with sqlite3.connect(f"file:{self.folder}/{plan}?mode=ro", uri=True) as db:
            rows = dict(db.execute("SELECT dot, state FROM journal WHERE state != 1 ORDER BY seq").fetchall())
        db.close()
        done = {dot for dot, state in rows.items() if state == 2}
        self.assertLessEqual(done, set(self.punctured()), f"{plan}: told as done and not made")
        return done, {dot for dot, state in rows.items() if state == 3}

    def look(self):
        """Looks at the skin, and says of what was made and nobody has as done that it is there."""
        there = sorted(set(self.punctured()) - self.told()[0])
        if self.way != "grbl":
            self.options = ["--other-executor", "looked at the skin"]
            if there:
                self.start_machine()
                self.run_program("review", PLAN, "--session", "1", "--to", self.target, "--done", ",".join(map(str, there)), *self.options,
                                 timeout=60)
                self.stop_machine()

    def back(self):
        """Goes back to the machine, and to the newest files, from which it came."""
        self.machine, self.options = self.came_from, []
        self.put_back("newest", "both")

    def answer(self, what):
        if what == "log":
            self.copy_file(self.folder / "newest" / f"{PLAN}-wal", self.folder / f"{PLAN}-wal")
        elif what == "pair":
            self.put_back("newest", "plan")
        elif what == "take":
            self.options = ["--take-ledger"]
        elif what == "give":
            self.options = ["--ledger-lost"]
        elif what == "back" or (what == "executor" and self.dice.random() < 0.5 and (self.folder / "newest").exists()):
            self.back()
        else:
            self.look()

    def go_on(self, run_fault="", sim_fault=""):
        """With what befalls either side, until it is not refused any more; without that, until the session has ended."""
        for _ in range(TRIES):
            status, text = self.leg(run_fault, sim_fault)
            found = next((r for r in REFUSALS if r[0] in text), None)
            self.options = [] if found is None else self.options
            if found:
                self.said[found[1]] += 1
                self.answer(found[2])
            elif run_fault or sim_fault or status in (DONE, INCOMPLETE):
                return
            else:
                self.said["other"] += 1
        raise AssertionError(f"no end: {dict(self.said)}: {text}")

    def play(self):
        for kind in self.kinds:
            KINDS[kind](self)
        self.go_on()
        made, (done, doubt) = collections.Counter(self.punctured()), self.told()
        self.twice = [dot for dot, n in made.items() if n > 1]
        if not self.unpromised:
            self.assertEqual(self.twice, [], "made twice")
        if self.way != "grbl" and not self.bound:
            self.assertIn("any executor", self.warned, "it was not said that copies can be made anywhere")
        self.assertEqual(set(made) - done - doubt, set(), "made, and called not done")
        self.assertEqual({int(d["id"]) for d in self.dots} - done - doubt, set(), "not made, and not in doubt")
        return len(made), len(doubt)


KINDS = {"copy": Round.copy, "rename": Round.rename, "restore of the plan": Round.restore_plan,
         "restore of the executor's record": Round.restore_executor, "restore of both": Round.restore_both,
         "snapshot of a running record": Round.snapshot, "second executor": Round.second_executor, "takeover": Round.takeover,
         BAD_LINE: Round.on_a_bad_line, "kill": Round.kill, "power cut": Round.power_cut, "full disk": Round.full_disk, "clock jump": Round.clock_jump}


def play(way, seed, only, tally):
    r = Round().prepare(way, seed, only)
    row = tally[way]
    try:
        dots, doubt = r.play()
        failed = 0
    except Exception:
        dots = doubt = 0
        failed, r.twice = 1, []
        words = traceback.format_exc(limit=-1).strip()
        kinds = " ".join(f"--only '{k}'" for k in only)
        print(f"FAILED: {way}, {', '.join(r.kinds)}: {words}\n  again: ./dev rounds --ways {way} --seed {seed} --rounds 1 {kinds}", flush=True)
        if os.environ.get("NEEDLEPATH_KEEP"):
            shutil.copytree(r.folder, os.environ["NEEDLEPATH_KEEP"], dirs_exist_ok=True)
    finally:
        r.end()
    what = {"rounds": 1, "failed": failed, "dots": dots, "doubt": doubt, "refused": bool(set(r.said) - {"other"}), "warned": bool(r.warned),
            "twice": len(r.twice) if r.unpromised else 0, "unpromised": r.unpromised}
    for kind in [*r.kinds, "all"]:
        row[kind].update({k: int(v) for k, v in what.items()})
    for name, n in r.said.items():
        tally["said"][way, name] += n
    tally["line faults"] += r.line_faults
    return failed


def print_table(tally, ways):
    print("| way | kind | rounds | refused by name | warned | in doubt | not promised | made twice there | failed |\n|---|---|---|---|---|---|---|---|---|")
    for way in ways:
        for kind in [*KINDS, "all"]:
            t = tally[way][kind]
            print(f"| {way} | {kind} | {t['rounds']} | {t['refused']} | {t['warned']} | {t['doubt']} | {t['unpromised']} | {t['twice']} | {t['failed']} |")
    for (way, name), n in sorted(tally["said"].items()):
        print(f"{way}: {name}: {n}")


def main():
    p = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    p.add_argument("--rounds", type=int, default=500)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--seconds", type=float, default=float("inf"), help="begin no round later than so many seconds after the first")
    p.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    p.add_argument("--only", action="append", choices=sorted(KINDS), default=[], help="these kinds, in each round")
    args = p.parse_args()
    if BAD_LINE in args.only and list(args.ways) != ["serial"]:
        p.error(f"--only '{BAD_LINE}' goes with --ways serial")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell has in the background ignore it, which programs inherit
    tally = {"line faults": 0, "said": collections.Counter(), **{way: collections.defaultdict(collections.Counter) for way in WAYS}}
    Round.setUpClass()
    failed = n = 0
    end = time.monotonic() + args.seconds
    for seed in range(args.seed, args.seed + args.rounds):
        for way in args.ways:
            if time.monotonic() < end:
                failed += play(way, seed, args.only, tally)
                n += 1
    print_table(tally, args.ways)
    Round.doClassCleanups()
    print(f"{n} rounds, {failed} failed; {tally['line faults']} faults on bad lines")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
