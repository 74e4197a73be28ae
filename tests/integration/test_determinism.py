"""Same case, same seed, same plan: on any number of threads, and in a case file of any name."""
import unittest

from programs import Case

RENAMED = "M\u00fcller (2).txt"


class Determinism(Case):
    def digest(self, threads, *args, case="case.yaml"):
        self.run_program("plan", case, "-o", "p.needleplan", "--force", *args,
                         env={"OMP_NUM_THREADS": str(threads)})
        dots = self.run_program("export", "p.needleplan")[0]
        return self.show("p.needleplan")["digest"], dots

    def test_threads_and_names_do_not_matter_and_seeds_do(self):
        self.run_program("case", "new", "crown", "-o", "case.yaml")
        one = self.digest(1)
        for threads in (2, 8):
            self.assertEqual(self.digest(threads), one)
        (self.folder / "case.yaml").rename(self.folder / RENAMED)
        self.assertEqual(self.digest(2, case=RENAMED), one)
        self.assertNotEqual(self.digest(2, "--seed", "99", case=RENAMED)[0], one[0])


if __name__ == "__main__":
    unittest.main()
