"""Templates plan whatever the seed: those that once did not, and the program that tries a thousand of each (`./dev seeds`)."""
import re
import subprocess
import sys

from programs import NEEDLEPATH, SOURCE, Case

SEEDS = SOURCE / "tests/bench/seeds.py"


class Seeds(Case):
    def seeds(self, *args, needlepath=NEEDLEPATH):
        return subprocess.run([sys.executable, "-B", SEEDS, needlepath, *args], capture_output=True, text=True)

    def test_seeds_that_once_failed(self):
        """A dot lay up to 0.11 mm outside where 0.10 is allowed."""
        for template, seeds in (("fue-scars", (38, 68, 73, 117, 179, 180, 196)), ("post-transplant", (30,))):
            for seed in seeds:
                done = self.seeds(template, "--from", str(seed), "--seeds", "1")
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertRegex(done.stdout, rf"{template} +1 seeds from {seed}, 0 failed")

    def test_templates_ask_for_no_hairline_that_their_region_cannot_hold(self):
        for template in ("full-scalp",):
            for sex in "mf":
                for percentile in (5, 50, 95):
                    with self.subTest(template=template, sex=sex, percentile=percentile):
                        self.run_program("case", "new", template, "-o", "c.yaml", "-f", "--sex", sex, "--percentile", percentile)
                        self.write("c.yaml", re.sub(r"density_per_cm2: *\d+", "density_per_cm2: 10", (self.folder / "c.yaml").read_text()))
                        out, err = self.run_program("plan", "c.yaml", "-o", "p.needleplan", "-f", "--tour-kicks", "0")
                        self.assertNotIn("warning", out + err)

    def test_a_plan_that_fails_is_told(self):
        self.write("broken", "#!/bin/sh\n[ $1 = case ] || { echo no skin >&2; exit 3; }\n")
        broken = self.folder / "broken"
        broken.chmod(0o755)
        done = self.seeds("crown", "--from", "5", "--seeds", "2", needlepath=broken)
        self.assertEqual(done.returncode, 1)
        self.assertIn("crown                 2 seeds from 5, 2 failed", done.stdout)
        self.assertIn("--seed 6 --tour-kicks 0\n  no skin", done.stdout)


if __name__ == "__main__":
    import unittest
    unittest.main()
