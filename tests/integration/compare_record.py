"""Compares the simulator's record of punctures with the plan: every dot once, in order, where and how deep it was planned.

usage: compare_record.py PLANNED.csv RECORD.csv      (of `needlepath export --session N` and `needlepath-sim --record`)
"""
import csv
import math
import sys

POSITION_MM = 0.05
DEPTH_MM = 0.01


def compare(planned_path, record_path):
    """Returns (number of dots, list of differences)."""
    with open(planned_path, newline="") as f:
        planned = list(csv.DictReader(f))
    with open(record_path, newline="") as f:
        record = list(csv.DictReader(f))
    differences = []
    if len(planned) != len(record):
        differences.append(f"{len(planned)} dots planned, {len(record)} punctures made")
    seen = set()
    for row in record:
        if row["id"] in seen:
            differences.append(f"dot {row['id']} was punctured twice")
        seen.add(row["id"])
    for want, got in zip(planned, record):
        if want["id"] != got["id"]:
            differences.append(f"dot {want['id']} was due, dot {got['id']} was made")
            break
        away = math.dist([float(want[k]) for k in "xyz"], [float(got[k]) for k in "xyz"])
        if away > POSITION_MM:
            differences.append(f"dot {want['id']} is {away:.3f} mm off")
        if abs(float(want["depth_mm"]) - float(got["depth_mm"])) > DEPTH_MM:
            differences.append(f"dot {want['id']} is {got['depth_mm']} mm deep, planned {want['depth_mm']} mm")
    return len(planned), differences


if __name__ == "__main__":
    n, found = compare(*sys.argv[1:3])
    if found:
        print("\n".join(found[:20]))
        sys.exit(1)
    print(f"all {n} dots of the session: once each, in order, within {POSITION_MM} mm and {DEPTH_MM} mm of depth")
