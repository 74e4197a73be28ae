"""The preview's part of docs/benchmarks.md: preview_table.py BENCH_PREVIEW TESTS OUT.json, the page on standard output.

Times by bench_preview; how true the colours are, by what the unit tests of skin and look measure and print (TESTS is their folder)."""
import json
import re
import statistics
import subprocess
import sys

GOALS = {("first_s", 1): 1.0, ("first_s", 0.4): 2.5, ("second_s", 1): 0.4, ("second_s", 0.4): 0.4, ("mb", 1): 160, ("mb", 0.4): 160}


def timed(program, dots, metres, repeats=3):
    runs = [json.loads(subprocess.run([program, str(dots), str(metres)], capture_output=True, text=True, check=True).stdout)
            for _ in range(repeats)]
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def printed(program, pattern):
    run = subprocess.run([program], capture_output=True, text=True, check=True)
    return [tuple(map(float, m)) for m in re.findall(pattern, run.stdout + run.stderr)]


def verdict(found, goal):
    return "met" if found <= goal else "missed"


def main():
    bench, tests, out = sys.argv[1:]
    times = [timed(bench, dots, metres) for dots in (35000, 60000) for metres in (1, 0.4)]
    fields = printed(f"{tests}/skin_test_fields", r"(\d+) fields, dE00 mean ([\d.]+), worst ([\d.]+)")
    scales = printed(f"{tests}/look_test_look", r"([\d.]+) mm a pixel: dE00 ([\d.]+) from 0.1 mm, ([\d.]+) from the law")
    slant = printed(f"{tests}/look_test_look", r"(55) degrees: ([\d.]+)")[0][1]
    with open(out, "w") as file:
        json.dump({"times": times, "fields": fields, "scales": scales, "slant": slant}, file)
    print("## Preview\n\n`./dev bench preview`. Bare skin and dots at 1,600 x 1,200, on the built-in head; CPU seconds are all threads' together:\n")
    print("| dots | m | first state s | CPU s | second state s | CPU s | MB | goals | |\n|---|---|---|---|---|---|---|---|---|")
    for t in times:
        goals = [GOALS[key, t["metres"]] for key in ("first_s", "second_s", "mb")]
        good = all(t[key] <= goal for key, goal in zip(("first_s", "second_s", "mb"), goals))
        print(f"| {t['dots']} | {t['metres']} | {t['first_s']:.2f} | {t['first_cpu_s']:.2f} | {t['second_s']:.2f} | {t['second_cpu_s']:.2f} | {t['mb']} | "
              f"<= {goals[0]} s, {goals[1]} s, {goals[2]} MB | {'met' if good else 'missed'} |")
    print("\nColours, dE00: the law by which dots add against Monte Carlo of whole fields; a field's mean in the picture against the law:\n")
    print("| figure | found | goal | |\n|---|---|---|---|")
    rows = [("fields on the table's grid, mean", fields[0][1], 0.15), ("worst", fields[0][2], 1.5), ("fields off the grid, worst", fields[1][2], 2)]
    rows += [(f"picture at {mm:g} mm a pixel", law, 0.15) for mm, _, law in scales] + [("picture at 55 degrees of slant", slant, 0.15)]
    for what, found, goal in rows:
        print(f"| {what} | {found:.3f} | <= {goal} | {verdict(found, goal)} |")


main()
