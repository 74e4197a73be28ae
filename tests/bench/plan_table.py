"""The plan's part of docs/benchmarks.md: plan_table.py NEEDLEPATH OUT.json, the page on standard output."""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

QUICK = bool(os.environ.get("NEEDLEPATH_BENCH_QUICK"))
CASE = "hairline" if QUICK else "full-scalp"
REPEATS = 1 if QUICK else 3
GOAL_S = 5


def plan(program, case, folder, threads):
    """`plan --json`: its figures, with the wall time of the whole command among the seconds."""
    env = dict(os.environ, OMP_NUM_THREADS=str(threads))
    args = [program, "plan", case, "-f", "-o", os.path.join(folder, "bench.needleplan"), "--json"]
    start = time.monotonic()
    out = subprocess.run(args, env=env, check=True, stdout=subprocess.PIPE)
    whole = time.monotonic() - start
    figures = json.loads(out.stdout)
    figures["seconds"]["whole command"] = whole
    return figures


def main():
    program, out = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        case = os.path.join(folder, "case.yaml")
        subprocess.run([program, "case", "new", CASE, "-o", case], check=True, capture_output=True)
        runs = {t: [plan(program, case, folder, t) for _ in range(REPEATS)] for t in (1, 2)}
    figures = runs[2][0]
    if len({r["digest"] for t in runs for r in runs[t]}) != 1:
        raise SystemExit("the plan differs from run to run or with the number of threads")
    seconds = {t: {k: statistics.median(r["seconds"][k] for r in runs[t]) for k in figures["seconds"]} for t in runs}
    print(f"## Planning\n\n`needlepath plan` of the built-in {CASE} case, {figures['dots']} dots, medians of {REPEATS}:\n")
    print("| stage | 1 thread s | 2 threads s |\n|---|---|---|")
    for stage in figures["seconds"]:
        print(f"| {stage} | {seconds[1][stage]:.2f} | {seconds[2][stage]:.2f} |")
    over = seconds[2]["whole command"] - GOAL_S
    print(f"\nGoal: under {GOAL_S} s with 2 threads: {'met' if over < 0 else f'over by {over:.2f} s'}.")
    print("\n| session | dots | the arm's time by the moves, dwell included, s |\n|---|---|---|")
    for s in figures["sessions"]:
        print(f"| {s['session']} | {s['dots']} | {s['tour_time_s']:.0f} |")
    with open(out, "w") as f:
        json.dump({"dots": figures["dots"], "seconds": seconds, "sessions": figures["sessions"]}, f)


main()
