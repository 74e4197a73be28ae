"""The dots' part of docs/benchmarks.md: dots_table.py BENCH_DOTS NEEDLEPATH OUT.json, the page on standard output.

Figures are judged on the parametric head and on bench_dots' sheets, which grow with the number of dots (75 per cm2 at
their densest); so does the ball that growth is measured on, since a million dots on a head would stand closer than the
hard floor allows."""
import json
import os
import subprocess
import sys

QUICK = bool(os.environ.get("NEEDLEPATH_BENCH_QUICK"))
HEAD = "build/bench_head.ply"
TIMEOUT_S = 120
SIZES = (2000, 10000) if QUICK else (2000, 10000, 50000, 200000, 1000000)
MANY = 5000 if QUICK else 50000
FLAT, RAMP, CONTRAST = 10800, 6750, 3655  # 75 dots per cm2 at their densest on 144 cm2
HOLE_FOLLICULAR, HOLE_EVEN = 1.55, 1.4  # docs/decisions/placing-dots.md
THIRDS, FIRST_THIRD = "0.333,0.667,1", "0.333,1"
HEXAGONAL = 1.0745699318235418  # spacing of the hexagonal lattice, in s
SCANS = os.path.join(os.path.dirname(__file__), "..", "..", "..", "shared", "scans")


def run(program, scan, count, pattern, shares=THIRDS, repeat=1, threads=2, fast=False):
    """One run: its seconds, memory and each prefix's figures, the whole set first; None if it takes too long."""
    env = dict(os.environ, OMP_NUM_THREADS=str(threads))
    args = [program, scan, "--count", count, "--pattern", pattern, "--shares", shares, "--repeat", repeat]
    args += ["--figures"] + (["--fast"] if fast else [])
    try:
        out = subprocess.run([*map(str, args)], env=env, check=True, stdout=subprocess.PIPE, timeout=TIMEOUT_S * repeat)
    except subprocess.TimeoutExpired:
        return None
    result, *prefixes = map(json.loads, out.stdout.splitlines())
    return dict(result, scan=scan, pattern=pattern, shares=shares, prefixes=prefixes)


def verdict(value, low=None, high=None):
    if low is not None and value < low:
        return f"short by {low - value:.3g}"
    if high is not None and value > high:
        return f"over by {value - high:.3g}"
    return "met"


def judge(what, value, rows, low=None, high=None):
    goal = f">= {low:g}" if high is None else f"<= {high:g}" if low is None else f"{low:g}-{high:g}"
    said = verdict(value, low, high)
    rows.append({"what": what, "value": value, "low": low, "high": high, "verdict": said})
    print(f"| {what} | {value:.4g} | {goal} | {said} |")


def follicular(program, rows):
    print("follicular, dots at least 3 mm inside, against human follicular units:\n")
    print("| figure | found | goal | |\n|---|---|---|---|")
    for name, scan, count in ("head", HEAD, MANY), ("flat", "flat", FLAT), ("4:1 ramp", "ramp", RAMP):
        r = run(program, scan, count, "follicular", repeat=3 if scan == HEAD else 1)
        whole, two, one = r["prefixes"][:3]
        name = f"{name}, {r['n']} dots"
        judge(f"{name}: mean NN quantile error, s", whole["nn_quantile_error"], rows, high=0.015)
        judge(f"{name}: RMS of g - 0.95 g_ref", whole["g_rms_error"], rows, high=0.055)
        judge(f"{name}: Clark-Evans R", whole["clark_evans_r"], rows, low=1.473, high=1.520)
        judge(f"{name}: NN CV", whole["nn_cv"], rows, low=0.175, high=0.205)
        judge(f"{name}: largest g in 1.7-2.2 s", whole["g_shell_max"], rows, high=1.08)
        for prefix, which, high in (whole, "all", 0.30), (two, "two thirds", 0.38), (one, "a third", 0.45):
            judge(f"{name}: Fano of 6 of {which}", prefix["fano"], rows, low=0.18, high=high)
        judge(f"{name}: Fano of 30", whole["fano_30"], rows, high=0.18)
        judge(f"{name}: S(0)", whole["structure_factor_0"], rows, high=0.15)
        judge(f"{name}: mottling at 1 m", whole["blotch"], rows, high=0.14)
        judge(f"{name}: smallest spacing, mm", whole["spacing_min_mm"], rows, low=0.45)
        judge(f"{name}: R of the first third", one["clark_evans_r"], rows, low=1.3)
        judge(f"{name}: R of two thirds", two["clark_evans_r"], rows, low=1.3)
        for prefix, which in (whole, "all"), (two, "two thirds"), (one, "a third"):
            judge(f"{name}: largest hole of {which}, s", prefix["hole"], rows, high=HOLE_FOLLICULAR)
        if scan == HEAD:
            judge(f"{name}: seconds", r["seconds"], rows, high=3)


def even(program, rows):
    print("\neven, rho = smallest spacing over the hexagonal lattice's:\n")
    print("| figure | found | goal | |\n|---|---|---|---|")
    r = run(program, HEAD, MANY, "even", FIRST_THIRD, repeat=3)
    judge(f"head, {r['n']} dots: rho", r["prefixes"][0]["rho"], rows, low=0.84)
    judge("the same: rho of the first third", r["prefixes"][1]["rho"], rows, low=0.79)
    judge("the same: seconds", r["seconds"], rows, high=3.5)
    judge("the same, better: rho", r["prefixes"][0]["rho"], rows, low=0.85)
    judge("the same, better: rho of the first third", r["prefixes"][1]["rho"], rows, low=0.80)
    judge("the same, better: seconds", r["seconds"], rows, high=2)
    r = run(program, HEAD, MANY, "even", FIRST_THIRD, repeat=3, fast=True)
    judge(f"head, {r['n']} dots, fast: rho", r["prefixes"][0]["rho"], rows, low=0.76)
    judge("the same: seconds", r["seconds"], rows, high=1.1)
    for name in "lee_perry_smith", "ict_head":
        scan = os.path.join(SCANS, name + ".obj")
        if not os.path.exists(scan):
            print(f"| {name}, the whole scan | not found | | |")
            continue
        r = run(program, scan, MANY, "even", FIRST_THIRD, repeat=3)
        for prefix, goal, which in (r["prefixes"][0], 0.84, "all"), (r["prefixes"][1], 0.79, "the first third"):
            rho = prefix["spacing_min_mm"] * prefix["densest_per_cm2"] ** 0.5 / 10 / HEXAGONAL
            judge(f"{name}, the whole scan, {r['n']} dots: rho of {which}, through space", rho, rows, low=goal)
        judge("the same: seconds", r["seconds"], rows, high=3.5)
    for name, scan, count, less in ("head", HEAD, MANY, 0), ("16:1 contrast", "contrast", CONTRAST, 0.01):
        r = run(program, scan, count, "even")
        for prefix, goal, which in zip(r["prefixes"], (0.78, 0.72, 0.76), ("all", "two thirds", "a third")):
            judge(f"{name}, three equal sessions: rho of {which}", prefix["rho"], rows, low=goal - less)
            judge(f"{name}, three equal sessions: largest hole of {which}, s", prefix["hole"], rows, high=HOLE_EVEN)
    times = [run(program, scan, MANY, "even", repeat=3)["seconds"] for scan in ("uniform", "contrast")]
    judge(f"16:1 contrast, {MANY} dots: seconds over those of an equal density", times[1] / times[0], rows, high=1.3)
    for pattern in "follicular", "even":
        error = run(program, "ramp", MANY, pattern)["prefixes"][0]["strip_error"]
        judge(f"{pattern}, 4:1 ramp of {MANY} dots: largest error of 8 strips' counts, %", 100 * error, rows, high=0.5)
    r = run(program, "flat", FLAT, "even")
    judge("flat: mean psi6", r["prefixes"][0]["psi6"], rows, high=0.46)
    r = run(program, HEAD, 10000, "even", repeat=3)
    judge("head, 10000 dots: seconds", r["seconds"], rows, high=0.6)


def growth(program, rows):
    print("\nGrowth, on a ball at 75/cm2, three equal sessions (medians of 3 up to 50,000 with 2 threads):\n")
    print("| pattern | dots | 1 thread s | 2 threads s | MB |\n|---|---|---|---|---|")
    for pattern in "follicular", "even":
        for n in SIZES:
            two = run(program, "ball", n, pattern, repeat=3 if n <= 50000 else 1)
            one = run(program, "ball", n, pattern, threads=1) if n <= 200000 else None
            if not two:
                print(f"| {pattern} | {n} | | more than {TIMEOUT_S} | |")
                continue
            if one and one["prefixes"] != two["prefixes"]:
                raise SystemExit(f"{pattern}, {n} dots: 1 and 2 threads differ")
            rows.append(dict(two, seconds_1_thread=one and one["seconds"]))
            single = f"{one['seconds']:.2f}" if one else ""
            print(f"| {pattern} | {two['n']} | {single} | {two['seconds']:.2f} | {two['peak_mb']:.0f} |")


def main():
    program, needlepath, out = sys.argv[1:]
    subprocess.run([needlepath, "head", "-f", "-o", HEAD], check=True, stdout=subprocess.DEVNULL)
    figures, sizes = [], []
    print("## Dots\n")
    follicular(program, figures)
    even(program, figures)
    growth(program, sizes)
    with open(out, "w") as f:
        json.dump({"figures": figures, "growth": sizes}, f)


main()
