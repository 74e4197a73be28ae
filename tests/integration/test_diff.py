"""`needlepath diff`: what differs between two plans."""
import json
import unittest

from programs import Case

DIFFERENT, TROUBLE = 1, 2  # diff(1)'s statuses


class Diff(Case):
    def plan(self, name, old="", new=""):
        text = (self.folder / "case.yaml").read_text()
        self.assertIn(old, text)
        (self.folder / f"{name}.yaml").write_text(text.replace(old, new, 1) if old else text)
        self.run_program("plan", f"{name}.yaml", "-o", f"{name}.needleplan")
        return f"{name}.needleplan"

    def compare(self, a, b):
        found = json.loads(self.run_program("diff", a, b, "--json", status=DIFFERENT)[0])
        self.assertFalse(found["same"])
        return found

    def test_plans(self):
        self.run_program("case", "new", "crown", "-o", "case.yaml")
        a = self.plan("a")
        self.assertIn("the same plan", self.run_program("diff", a, self.plan("again"))[0])

        seed = self.compare(a, self.plan("seed", "seed: 1 ", "seed: 2 "))
        self.assertTrue(seed["same_scan"])
        counts = [s["only_a"] for s in seed["sessions"]]
        self.assertGreater(min(counts), 500)
        self.assertEqual(sum(s["same"] + s["changed"] for s in seed["sessions"]), 0)
        self.assertEqual(seed["common"], 0)
        table = self.run_program("diff", a, "seed.needleplan", status=DIFFERENT)[0]
        self.assertIn("no dot of one plan is in the place of a dot of the other", table)
        self.assertNotIn("depth differs", table)
        self.assertNotRegex(table, r"[ \t]\n")

        shares = self.compare(a, self.plan("shares", "cumulative: 0.3,", "cumulative: 0.4,"))
        self.assertGreater(shares["sessions"][0]["same"], 500)
        self.assertEqual(sum(s["only_a"] for s in shares["sessions"]), sum(s["only_b"] for s in shares["sessions"]))

        sparse = self.compare(a, self.plan("sparse", "density_per_cm2: 60", "density_per_cm2: 40"))
        layer = sparse["layers"][0]
        self.assertEqual(layer["name"], "crown")
        self.assertAlmostEqual(layer["dots_b"] / layer["dots_a"], 40 / 60, delta=0.02)
        table, err = self.run_program("diff", a, "sparse.needleplan", status=DIFFERENT)
        self.assertIn("differs: the case's text", table)
        self.assertIn("only A", table)
        self.assertEqual(err, "")

        self.refuse("diff", a, status=TROUBLE)
        self.refuse("diff", a, "nothing.needleplan", status=TROUBLE, says="nothing.needleplan")
        self.assertIn("2 trouble", self.run_program("diff", "--help")[0])


if __name__ == "__main__":
    unittest.main()
