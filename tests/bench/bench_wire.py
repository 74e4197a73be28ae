"""The wire's part of docs/benchmarks.md: bench_wire.py BUILD OUT.json, the page on standard output.

Real processes throughout: needlepath (or, for stops, bench_stop: the same sender and link with a made-up plan), needlepath-sim
and, on the serial line, `needlepath-sim --proxy` at 115,200 baud.  Times come from the simulator's trace and the monotonic
clock that all of them share.
"""
import contextlib
import csv
import json
import math
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "interop"))
import planfile
import wire

QUICK = bool(os.environ.get("NEEDLEPATH_BENCH_QUICK"))
MANY, LINE_DOTS = (2000, 600) if QUICK else (60000, 2600)
ZMQ_STOPS, ZMQ_SIDE_BY_SIDE = (20, 2) if QUICK else (500, 2)
LINE_STOPS, LINE_SIDE_BY_SIDE = (6, 2) if QUICK else (170, 6)
SILENCES, SILENCE_SIDE_BY_SIDE = (2, 2) if QUICK else (16, 6)
BUSY_STOPS, BUSY_ROUNDS, BUSY_SILENCES, BUSY_LOOPS = (10, 1, 2, 2) if QUICK else (500, 2, 40, 2)
BAUD = 115200
LINE_BYTES_PER_S = BAUD / 10
DOTS_PER_FRAME = 6  # core/stream/turn.c at this speed

BUILD = pathlib.Path(sys.argv[1]).resolve()
NEEDLEPATH, SIM, STOP = BUILD / "bin" / "needlepath", BUILD / "bin" / "needlepath-sim", BUILD / "tests" / "bench" / "bench_stop"


# ---- processes ----

def call(folder, *args):
    done = subprocess.run([NEEDLEPATH, *map(str, args)], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"needlepath {args}: {done.stderr}")


@contextlib.contextmanager
def started(folder, *args):
    """A needlepath-sim that listens; ended and waited for at the end, so that its trace is whole."""
    with open(folder / "sim.err", "ab") as err:
        process = subprocess.Popen([SIM, *map(str, args)], cwd=folder, stdout=subprocess.PIPE, stderr=err, text=True)
    try:
        if "listening" not in process.stdout.readline():
            raise SystemExit(f"needlepath-sim {args}: {(folder / 'sim.err').read_text()}")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def free_target():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return f"zmq:tcp://127.0.0.1:{s.getsockname()[1]}"


@contextlib.contextmanager
def executor(folder, over_line, journal="memory", speed="max", more=()):
    """A simulator with a trace, for the line with the proxy before it, and MORE options; its target."""
    target = free_target()
    listen = ("serial:pty", "--pty-link", "arm") if over_line else (target,)
    with contextlib.ExitStack() as stack:
        is_new = () if (folder / journal).exists() else ("--new-journal",)
        stack.enter_context(started(folder, "--listen", *listen, "--speed", speed, "--journal", journal, *is_new, "--trace",
                                    "trace.csv", *more))
        if over_line:
            stack.enter_context(started(folder, "--proxy", "--to", f"serial:{folder / 'arm'}:{BAUD}", "--pty-link", "line",
                                        "--baud", BAUD))
            target = f"serial:{folder / 'line'}:{BAUD}"
        yield target


def trace(folder):
    with open(folder / "trace.csv", newline="") as f:
        return [(int(row["time_us"]), row["event"], int(row["silence_us"])) for row in csv.DictReader(f)]


def make_plan(folder, template, dots):
    """An approved plan of one session, in a new folder."""
    folder.mkdir()
    call(folder, "case", "new", template, "-o", "case.yaml", "--force")
    case = folder / "case.yaml"
    text = re.sub(r"dots: \{", f"dots: {{count: {dots}, ", case.read_text())
    text = re.sub(r"sessions:\n(  - .*\n)+", "sessions:\n  - {cumulative: 1, day: 0}\ntour: {kicks_per_dot: 1}\n", text)
    case.write_text(text)
    call(folder, "plan", "case.yaml", "-o", "p.needleplan", "--force")
    call(folder, "keys", "new", "op.key", "--name", "bench", "--no-passphrase")
    call(folder, "approve", "p.needleplan", "--key", "op.key", "--executor", "any")
    shutil.copy(folder / "p.needleplan", folder / "fresh.needleplan")


def timed_run(folder, target):
    began = time.monotonic()
    call(folder, "run", "p.needleplan", "--session", "1", "--to", target, "--head-is-arm-frame", "--timeout", "30")
    return time.monotonic() - began


def rate(events, head_start):
    """Dots a second between the first and the last begin; HEAD_START had come before the first."""
    begins = [t for t, what, _ in events if what == "begin"]
    return (len(begins) - head_start) / (begins[-1] - begins[0]) * 1e6


# ---- what is measured ----

def throughput_and_recovery(folder):
    """A big session over ZeroMQ with both journals in memory (files in /dev/shm), then both journals read again."""
    make_plan(folder, "full-scalp", MANY)
    with executor(folder, False, journal="arm.journal") as target:
        whole = timed_run(folder, target)
    figures = {"dots": MANY, "dots_per_s": rate(trace(folder), 1), "whole_s": whole}

    began = time.monotonic()
    with executor(folder, False, journal="arm.journal") as target:
        figures["executor_recovers_s"] = time.monotonic() - began
        figures["sender_recovers_s"] = timed_run(folder, target)  # finds nothing left to do, and asks nobody
        for end in ("", "-wal", "-shm"):
            (folder / f"p.needleplan{end}").unlink(missing_ok=True)
        shutil.copy(folder / "fresh.needleplan", folder / "p.needleplan")
        figures["sender_learns_s"] = timed_run(folder, target)  # a plan that knows nothing hears all of it
    return figures


def line_throughput(folder):
    make_plan(folder, "crown", LINE_DOTS)
    dots = planfile.Plan(folder / "p.needleplan").dots[1]
    frame_bytes = 0
    for at in range(0, len(dots), DOTS_PER_FRAME):
        some = dots[at:at + DOTS_PER_FRAME]
        body = [wire.difference(dot, before) for dot, before in zip(some, [[0] * wire.INTEGERS, *some])]
        frame_bytes += 12 + len(wire.pack("DOTS", {"dots": body})) + 16 + 4 + 3  # header, payload, MAC, CRC; COBS and two zeros
    with executor(folder, True) as target:
        whole = timed_run(folder, target)
    can_carry = LINE_BYTES_PER_S / (frame_bytes / len(dots))
    return {"dots": LINE_DOTS, "dots_per_s": rate(trace(folder), 64), "whole_s": whole,
            "bytes_per_dot": frame_bytes / len(dots), "line_can_carry_dots_per_s": can_carry}


def side_by_side(folder, n, over_line, speed, stops, silences, dots, wait_ms, realtime=False, seed=0):
    """N executors, each stopped so often; (what bench_stop said, the trace) of each."""
    with contextlib.ExitStack() as stack:
        places = [folder / str(i) for i in range(n)]
        runs = []
        for i, place in enumerate(places):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            target = stack.enter_context(executor(place, over_line, speed=speed, more=("--realtime",) * realtime))
            runs.append(subprocess.Popen([STOP, *map(str, (target, stops, silences, dots, wait_ms, seed + i + 1)),
                                          *("realtime",) * realtime], stdout=subprocess.PIPE, text=True))
        said = [run.communicate()[0].split("\n") for run in runs]
        if any(run.returncode for run in runs):
            raise SystemExit("bench_stop failed")
    return list(zip(said, map(trace, places)))


def latencies(results):
    """Of each stop, in ms: until the arm was held, and until the last dot after it was begun (0: none was)."""
    held, last = [], []
    for said, events in results:
        stops = [int(line.split()[1]) for line in said if line.startswith("stop ")]
        at = iter(events)
        for stop in stops:
            latest = stop
            for t, what, _ in at:
                latest = max(latest, t) if what == "begin" else latest
                if what == "held" and t >= stop:
                    held.append((t - stop) / 1e3)
                    last.append((latest - stop) / 1e3)
                    break
    return held, last


def percentile(values, share):
    """The smallest value that so many are not above (nearest rank)."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def stop_figures(results):
    held, last = latencies(results)
    return {"stops": len(held), **{f"{name}_{key}_ms": percentile(values, share) for name, values in
                                   (("held", held), ("last_begun", last))
                                   for key, share in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("max", 1))}}


def held_after_silence(results):
    """Of each silence, in ms: from the last frame that was handed to the link until the arm was held."""
    found = []
    for said, events in results:
        held = [t for t, what, _ in events if what == "held"]
        for last_frame in (int(line.split()[1]) for line in said if line.startswith("silence ")):
            found.append((min(t for t in held if t >= last_frame) - last_frame) / 1e3)
    return found


def silence_figures(results):
    begun = [silence / 1e3 for _, events in results for _, what, silence in events if what == "begin"]
    silences = sum(line.startswith("silence ") for said, _ in results for line in said)
    held = held_after_silence(results)
    return {"silences": silences, "longest_silence_at_begin_ms": max(begun), "begun_after_30_ms": sum(s > 30 for s in begun),
            "silence_held_p50_ms": percentile(held, 0.5), "silence_held_max_ms": max(held)}


@contextlib.contextmanager
def busy_loops(n):
    """So many programs of ordinary priority that take all they can get."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(n)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def beside_busy_loops(folder, realtime):
    """One executor and one sender over ZeroMQ, stopped and then falling silent, while others want all processors."""
    with busy_loops(BUSY_LOOPS):
        stops = [result for seed in range(BUSY_ROUNDS)
                 for result in side_by_side(folder, 1, False, "max", BUSY_STOPS, 0, 200000, 4, realtime, seed)]
        silences = side_by_side(folder, 1, False, "1", 0, BUSY_SILENCES, 4000, 900, realtime)
    return {**stop_figures(stops), **silence_figures(silences)}


# ---- the page ----

def goal(name, found, limit, at_least, unit):
    met = found >= limit if at_least else found <= limit
    return f"| {name} | {found:.4g} {unit} | {'>=' if at_least else '<='} {limit:.4g} {unit} | {'met' if met else 'NOT MET'} |"


def page(f, load):
    zmq, line, stops, line_stops, silence = f["zmq"], f["line"], f["zmq_stops"], f["line_stops"], f["silence"]
    print("## The wire\n\nReal processes on one machine; the serial line is `needlepath-sim --proxy` at 115,200 baud between two "
          f"pseudo-terminals. Load before: {load[0]:.2f}; stops are as late as the machine is busy.\n\n| figure | found | goal | |\n|---|---|---|---|")
    print(goal(f"ZeroMQ over loopback, {zmq['dots']} dots, journals in /dev/shm", zmq["dots_per_s"], 5000, True, "dots/s"))
    print(goal(f"115,200 baud, {line['dots']} dots", line["dots_per_s"], 200, True, "dots/s"))
    print(goal("the same, of what the line can carry", 100 * line["dots_per_s"] / line["line_can_carry_dots_per_s"], 90, True,
               "%"))
    print(goal(f"executor reads a journal of {zmq['dots']} dots: start to listening", zmq["executor_recovers_s"], 1, False, "s"))
    print(goal("sender reads the plan and its journal of as many: whole command", zmq["sender_recovers_s"], 1, False, "s"))
    print(goal(f"stop over ZeroMQ, {stops['stops']} stops: held, p99.9", stops["held_p99.9_ms"], 5, False, "ms"))
    print(goal("the same: last dot begun, p99.9", stops["last_begun_p99.9_ms"], 5, False, "ms"))
    print(goal(f"stop at 115,200 baud, {line_stops['stops']} stops: held, p99.9", line_stops["held_p99.9_ms"], 20, False, "ms"))
    print(goal("the same: last dot begun, p99.9", line_stops["last_begun_p99.9_ms"], 20, False, "ms"))
    print(goal(f"{silence['silences']} silences: a dot begins so long after the last valid frame, at most",
               silence["longest_silence_at_begin_ms"], 100, False, "ms"))
    print(goal("the same: held after the last frame that was sent, at most", silence["silence_held_max_ms"], 100, False, "ms"))
    for key, name in ("busy", f"beside {BUSY_LOOPS} busy loops"), ("realtime", f"beside {BUSY_LOOPS} busy loops, --realtime"):
        print(goal(f"{name}: {f[key]['stops']} stops over ZeroMQ, held, p99.9", f[key]["held_p99.9_ms"], 5, False, "ms"))
        print(goal(f"{name}: {f[key]['silences']} silences, held after the last frame that was sent, at most",
                   f[key]["silence_held_max_ms"], 100, False, "ms"))
    print(f"\nThe line carries {LINE_BYTES_PER_S:.0f} bytes/s each way; a dot in frames of {DOTS_PER_FRAME} takes "
          f"{line['bytes_per_dot']:.1f} of them (its ways counted; header, MAC, CRC and COBS shared), so {line['line_can_carry_dots_per_s']:.0f} "
          f"dots/s if nothing else were said. Whole commands, with start and end: {zmq['whole_s']:.1f} s over ZeroMQ, "
          f"{line['whole_s']:.1f} s over the line. A plan that knows nothing of {zmq['dots']} dots that the executor has done "
          f"learns and journals them in {zmq['sender_learns_s']:.1f} s.\n")
    print("Stops: HOLD is asked for while the sender's buffers and the line are full of dots; from there to the executor's "
          "state, and to the last dot that it still began, in ms:\n\n| link | | p50 | p99 | p99.9 | max |\n|---|---|---|---|---|---|")
    for name, s in (("ZeroMQ", stops), ("115,200 baud", line_stops)):
        for key, what in (("held", "held"), ("last_begun", "last begun")):
            print(f"| {name} | {what} | " + " | ".join(f"{s[f'{key}_{p}_ms']:.2f}" for p in ("p50", "p99", "p99.9", "max")) + " |")
    print(f"\nSilences: the sender says nothing for 250 ms while the arm works in real time with its buffer full; "
          f"{silence['begun_after_30_ms']} dots began more than 30 ms into one; it was held {silence['silence_held_p50_ms']:.1f} ms "
          f"(median) after the last frame that was sent, {silence['silence_held_max_ms']:.1f} at most.")
    print(f"\nBusy: {BUSY_LOOPS} loops of ordinary priority beside one executor and one sender, on {os.cpu_count()} processors; both "
          "with --realtime, or neither:\n\n| | stop: held p50 | p99 | p99.9 | max | silence: held p50 | max |\n|---|---|---|---|---|---|---|")
    for key, name in ("busy", "ordinary"), ("realtime", "--realtime"):
        print(f"| {name} | " + " | ".join(f"{f[key][k]:.2f}" for k in (
            "held_p50_ms", "held_p99_ms", "held_p99.9_ms", "held_max_ms", "silence_held_p50_ms", "silence_held_max_ms")) + " |")


def main():
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    load = os.getloadavg()
    with tempfile.TemporaryDirectory(dir=in_memory, prefix="needlepath-bench-") as name:
        folder = pathlib.Path(name)
        figures = {"zmq": throughput_and_recovery(folder / "many"),
                   "line": line_throughput(folder / "slow"),
                   "zmq_stops": stop_figures(side_by_side(folder, ZMQ_SIDE_BY_SIDE, False, "max", ZMQ_STOPS, 0, 200000, 4)),
                   "line_stops": stop_figures(side_by_side(folder, LINE_SIDE_BY_SIDE, True, "max", LINE_STOPS, 0, 12000, 400)),
                   "busy": beside_busy_loops(folder / "busy", False),
                   "realtime": beside_busy_loops(folder / "realtime", True),
                   "silence": silence_figures(side_by_side(folder, SILENCE_SIDE_BY_SIDE, False, "1", 0, SILENCES, 4000, 900))}
    page(figures, load)
    with open(sys.argv[2], "w") as f:
        json.dump(figures, f)


main()
