"""A raw scan to a case: what `scan fit` finds, writes and refuses, and who is said to have confirmed it."""
import json
import math
import unittest

from programs import SHARED, USAGE, Case

HEAD = SHARED / "scans" / "lee_perry_smith.obj"


class ScanFit(Case):
    def test_what_is_no_head_is_refused_and_nothing_written(self):
        rings, steps = 30, 60
        places = [(math.pi * i / rings, 2 * math.pi * j / steps) for i in range(rings + 1) for j in range(steps)]
        egg = "".join(f"v {100 * math.sin(a) * math.cos(b):.3f} {80 * math.sin(a) * math.sin(b):.3f} {110 * math.cos(a):.3f}\n" for a, b in places)
        egg += "".join(f"f {i * steps + j + 1} {(i + 1) * steps + j + 1} {(i + 1) * steps + (j + 1) % steps + 1} {i * steps + (j + 1) % steps + 1}\n"
                       for i in range(rings) for j in range(steps))
        (self.folder / "egg.obj").write_text(egg)
        self.refuse("scan", "fit", "egg.obj", "-o", "fit.yaml", says="expected one head with its face")

    def test_the_built_in_head_is_found(self):
        self.run_program("head", "--sex", "f", "--percentile", "95", "-o", "head.ply")
        said = self.run_program("scan", "fit", "head.ply", "-o", "fit.yaml")[1]
        self.assertNotIn("guess", said)
        self.run_program("case", "new", "hairline", "--scan", "fit.yaml", "-o", "case.yaml")

    def test_wrong_usage(self):
        self.run_program("head", "-o", "egg.ply")
        self.refuse("scan", "fit", "egg.ply", "-o", "fit.png", status=USAGE, says="expected a YAML file")
        self.refuse("scan", "fit", "egg.ply", "-o", "fit.yaml", "--confirmed", "two\nlines", status=USAGE, says="one line")
        self.refuse("scan", "fit", "none.ply", "-o", "fit.yaml", says="cannot read the scan")


@unittest.skipUnless(HEAD.exists(), "needs the real heads of ../shared/scans")
class RealHead(Case):
    def fit(self, *options):
        return self.run_program("scan", "fit", HEAD, "-o", "fit.yaml", "--force", *options)

    def plan(self):
        self.run_program("case", "new", "full-scalp", "--scan", "fit.yaml", "-o", "case.yaml", "--force")
        path = self.folder / "case.yaml"
        path.write_text(path.read_text().replace("density_per_cm2: 75", "density_per_cm2: 10"))
        return self.run_program("plan", "case.yaml", "-o", "x.needleplan", "--force")[0]

    def test_json_says_what_was_found(self):
        found = json.loads(self.fit("--json")[0])
        self.assertEqual(found["units"], "mm")
        self.assertIsNone(found["confirmed"])
        self.assertFalse(found["faces_look_inwards"])
        self.assertEqual(len(found["landmarks"]), 7)
        self.assertLess(abs(found["landmarks"]["pronasale"]["at"][0] + 4.4), 6)
        written = (self.folder / "fit.yaml").read_text()
        for name, at in [("  pronasale: ", found["landmarks"]["pronasale"]["at"]), ("whorls:\n  - ", found["usual_whorl"])]:
            self.assertIn(name + "[" + ", ".join(f"{x:.3f}" for x in at) + "]", written)
        self.assertTrue((self.folder / "fit.png").read_bytes().startswith(b"\x89PNG"))

    def test_a_case_from_a_fit_plans_and_says_that_nobody_confirmed(self):
        self.assertIn("not confirmed by anybody", self.fit()[1])
        self.assertIn("landmarks not confirmed by anybody", self.plan())
        self.run_program("report", "x.needleplan", "-o", "report")
        self.assertIn("landmarks not confirmed by anybody", (self.folder / "report/report.html").read_text())

    def test_a_name_goes_all_the_way(self):
        self.assertNotIn("not confirmed", self.fit("--confirmed", "R. <Roe>")[1])
        self.assertIn("landmarks confirmed by R. <Roe>", self.plan())
        shown = json.loads(self.run_program("show", "x.needleplan", "--json")[0])
        self.assertEqual(shown["landmarks"], "landmarks confirmed by R. <Roe>")


if __name__ == "__main__":
    unittest.main()
