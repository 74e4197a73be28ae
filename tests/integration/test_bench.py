"""The programs behind `./dev bench tour`, `dots` and `tree`: one JSON line, and files that others can read."""
import csv
import json
import math
import os
import random
import subprocess
import sys
import unittest

from programs import BUILD, SOURCE, Case

BENCH = BUILD / "tests" / "bench"


class Bench(Case):
    def run_bench(self, program, *args, status=0, threads=2):
        done = subprocess.run([str(BENCH / program), *map(str, args)], cwd=self.folder, capture_output=True, text=True,
                              env=dict(os.environ, OMP_NUM_THREADS=str(threads)))
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def make_points(self, n):
        draw = random.Random(n)
        points = [(draw.uniform(0, 20), draw.uniform(0, 20), draw.uniform(0, 1)) for _ in range(n)]
        self.write("points.xyz", "".join("%.6f %.6f %.6f\n" % p for p in points))
        return points

    def order(self, name="t"):
        return [int(line) for line in (self.folder / name).read_text().split()]

    def test_tree(self):
        page = subprocess.run([sys.executable, "-B", str(SOURCE / "tests/bench/tree_table.py"), "tree.json"], cwd=self.folder,
                              capture_output=True, text=True, check=True).stdout
        found = json.loads((self.folder / "tree.json").read_text())
        self.assertEqual(sum(found[top]["functions"] for top in ("core", "protocol", "sim", "plugins")), found["all"]["functions"])
        self.assertGreater(found["all"]["functions"], 2000)
        self.assertEqual(found["private_included_from_outside"], 0)
        self.assertIn(f"| {found['all']['functions']} |", page)

    def test_tours(self):
        points = self.make_points(700)
        for ends in ["--closed"], ["--first", 5], ["--first", 5, "--last", 600], []:
            result = json.loads(self.run_bench("bench_tour", "points.xyz", "--kicks", 2, *ends, "-o", "t"))
            order = self.order()
            self.assertEqual(sorted(order), list(range(700)))
            around = order + order[:1] if ends == ["--closed"] else order
            length = sum(math.dist(points[a], points[b]) for a, b in zip(around, around[1:]))
            self.assertAlmostEqual(result["length_mm"], length, delta=0.01)
            self.assertEqual(result["n"], 700)
            self.assertTrue("--first" not in ends or order[0] == 5)
            self.assertTrue("--last" not in ends or order[-1] == 600)
        result = json.loads(self.run_bench("bench_tour", "points.xyz", "--seconds", 0.3, "--metric", "time", "-o", "t"))
        self.assertGreaterEqual(result["seconds"], 0.3)

    def test_tours_are_the_same_on_any_number_of_threads(self):
        self.make_points(9000)
        for threads in 1, 2, 8:
            self.run_bench("bench_tour", "points.xyz", "--kicks", 1, "-o", f"t{threads}", threads=threads)
        self.assertEqual(self.order("t1"), self.order("t2"))
        self.assertEqual(self.order("t1"), self.order("t8"))

    def test_tours_of_nonsense(self):
        self.write("bad.xyz", "1 2 3\n4 5\n")
        self.assertIn("bad.xyz:2", self.run_bench("bench_tour", "bad.xyz", "-o", "t", status=1))
        self.assertIn("none.xyz", self.run_bench("bench_tour", "none.xyz", "-o", "t", status=1))
        self.assertIn("usage", self.run_bench("bench_tour", "bad.xyz", status=2))
        self.make_points(9)
        self.assertIn("dot 9", self.run_bench("bench_tour", "points.xyz", "--first", 9, "-o", "t", status=1))
        self.assertFalse((self.folder / "t").exists())

    def test_dots(self):
        for pattern in "even", "follicular":
            args = ["flat", "--count", 900, "--pattern", pattern, "--shares", "0.3333,0.6667,1", "-o", "dots.csv"]
            result = json.loads(self.run_bench("bench_dots", *args))
            self.assertEqual(result["n"], 900)
            self.assertLessEqual({"n", "seconds", "peak_mb"}, set(result))
            with open(self.folder / "dots.csv", newline="") as f:
                rows = list(csv.DictReader(f))
            self.assertEqual(list(rows[0]), ["x", "y", "z", "session", "density_per_cm2"])
            for session in "123":
                self.assertAlmostEqual(sum(r["session"] == session for r in rows), 300, delta=1)
        figures = [json.loads(line) for line in self.run_bench("bench_dots", *args, "--figures").splitlines()]
        self.assertEqual([f["n"] for f in figures[:4]], [900, 900, 600, 300])


if __name__ == "__main__":
    unittest.main()
