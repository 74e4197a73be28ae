"""The tour's part of docs/benchmarks.md: tour_table.py BENCH_TOUR OUT.json, the page on standard output.

Point sets with known best tours come from ../shared/bench; without them only made-up sets are measured."""
import json
import os
import statistics
import subprocess
import sys
import tempfile

QUICK = bool(os.environ.get("NEEDLEPATH_BENCH_QUICK"))
LONG_S = 10  # budgets from here on are run once
SIZES = (2000, 10000) if QUICK else (2000, 10000, 50000, 200000, 1000000)
SHARED = os.path.join(os.path.dirname(__file__), "..", "..", "..", "shared", "bench")
# The best known tour, and for each budget of seconds how many per cent above it the aim is.
SETS = {"scalp_10k": (20891.548, {0.4: 0.12, 1: None, 3: 0.047}),
        "scalp_50k": (46613.445, {1.5: 0.10, 3.5: 0.045, 15: 0.011})}
if QUICK:
    SETS = {"scalp_10k": (20891.548, {0.4: 0.12})}


def run(program, points, *args, threads=2):
    """One run's JSON, after checking that the order is a permutation."""
    with tempfile.TemporaryDirectory() as folder:
        tour = os.path.join(folder, "tour.txt")
        env = dict(os.environ, OMP_NUM_THREADS=str(threads))
        out = subprocess.run([program, points, *map(str, args), "-o", tour], env=env, check=True, capture_output=True)
        result = json.loads(out.stdout)
        with open(tour) as f:
            if sorted(map(int, f)) != list(range(result["n"])):
                raise SystemExit(f"{points}: the order is not a permutation")
        return result


def median(program, points, *args, repeats=3):
    runs = [run(program, points, *args) for _ in range(repeats)]
    return {key: statistics.median(r[key] for r in runs) for key in runs[0]}


def find(name):
    for folder in (os.environ.get("NEEDLEPATH_BENCH_POINTS"), SHARED, "/work/shared/bench"):
        path = folder and os.path.join(folder, name + ".xyz")
        if path and os.path.exists(path):
            return path
    return None


def known_tours(program, rows):
    print("Closed tours, plain length, against the best known:\n")
    print("| set | budget | mm | above best | goal | | wall s |\n|---|---|---|---|---|---|---|")
    for name, (best, budgets) in SETS.items():
        path = find(name)
        if not path:
            print(f"| {name} | not found | | | | | |")
            continue
        for args in [["--seconds", s] for s in budgets] + [["--kicks", k] for k in (0, 1, -1)]:
            r = median(program, path, "--closed", *args, repeats=1 if QUICK or args[1] >= LONG_S else 3)
            kicks = {-1: "default kicks", 0: "no kicks", 1: "1 kick a dot"}.get(args[1])
            label = kicks if args[0] == "--kicks" else f"{args[1]} s"
            goal = budgets.get(args[1]) if args[0] == "--seconds" else None
            gap = 100 * (r["length_mm"] / best - 1)
            rows.append(dict(r, set=name, budget=label, gap_percent=gap, goal_percent=goal))
            judged = ("", "") if goal is None else (f"<= {goal} %", "met" if gap <= goal else f"over by {gap - goal:.3f}")
            print(f"| {name} | {label} | {r['length_mm']:.1f} | {gap:.3f} % | {judged[0]} | {judged[1]} | {r['seconds']:.2f} |")


def arm_time(program, rows):
    print("\nThe arm's time (open tour, default arm without reloads and patches, no dwell):\n")
    print("| set | greedy s | ordered by length s | ordered by time s |\n|---|---|---|---|")
    for name in SETS:
        points = find(name)
        if not points:
            continue
        by_length = run(program, points, "--metric", "length")
        by_time = run(program, points, "--metric", "time")
        rows.append(dict(set=name, by_length_s=by_length["time_s"], **by_time))
        print(f"| {name} | {by_time['greedy_time_s']:.1f} | {by_length['time_s']:.1f} | {by_time['time_s']:.1f} |")


def sizes(program, rows):
    print("\nGrowth, on made-up sets (a jittered lattice), default kicks:\n")
    print("| dots | 1 thread s | 2 threads s | MB |\n|---|---|---|---|")
    for n in SIZES:
        one, two = (run(program, f"made:{n}", threads=t) for t in (1, 2))
        if one["length_mm"] != two["length_mm"]:
            raise SystemExit(f"{n} dots: 1 and 2 threads differ")
        rows.append(dict(two, seconds_1_thread=one["seconds"]))
        print(f"| {n} | {one['seconds']:.2f} | {two['seconds']:.2f} | {two['peak_mb']:.0f} |")


def main():
    program, out = sys.argv[1:]
    rows = []
    print("## Tours\n")
    known_tours(program, rows)
    arm_time(program, rows)
    sizes(program, rows)
    with open(out, "w") as f:
        json.dump(rows, f)


main()
