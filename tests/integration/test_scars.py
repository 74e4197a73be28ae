"""Scars beside each other, as a practitioner has them: planned by the real programs."""
import csv
import math
import re
import unittest

from programs import Case


class Scars(Case):
    def test_round_scars_beside_a_strip_do_not_make_its_pattern_unnatural(self):
        """A dot in each round scar lies where the scar does: the pattern is judged among those dots, not by them."""
        self.run_program("case", "new", "fue-scars", "-o", "round.yaml")
        points = re.search(r"^points:\n.*?\n(?=\n)", (self.folder / "round.yaml").read_text(), re.S | re.M).group()
        self.run_program("case", "new", "fut-scar", "-o", "strip.yaml")
        text = (self.folder / "strip.yaml").read_text()
        text = text.replace("\nlayers:", f"\n{points}\nlayers:", 1)
        self.write("both.yaml", text.replace("    curve: fut_scar\n", "    curve: fut_scar\n    points: fue_scars\n"))
        for seed in (4, 5):
            out, _ = self.run_program("plan", "both.yaml", "-o", "p.needleplan", "--force", "--seed", seed, "--tour-kicks", 0)
            self.assertIn("Clark-Evans R", out)
            self.assertNotIn("lonely dots", out)

    def test_a_session_that_makes_less_than_the_case_asks_for_is_told(self):
        """A scar is sparse first: its strategy holds dots back, and the share that is missing is a line of plan and of show."""
        says = re.compile(r"by the end of session 1 (\d+) of (\d+) dots are made, (\d+) %, not the 30 % .* layer scar holds dots back")
        self.run_program("case", "new", "fut-scar", "-o", "strip.yaml")
        planned, _ = self.run_program("plan", "strip.yaml", "-o", "p.needleplan", "--tour-kicks", 0)
        shown, _ = self.run_program("show", "p.needleplan")
        made, of, percent = map(int, says.search(planned).groups())
        self.assertIn(says.search(planned).group(), shown)
        sessions = [s["dots"] for s in self.show("p.needleplan")["sessions"]]
        self.assertEqual((made, of, percent), (sessions[0], sum(sessions), round(100 * made / of)))
        self.assertLessEqual(abs(sum(sessions[:2]) - 0.7 * of), 2)
        text = (self.folder / "strip.yaml").read_text().replace("width_mm: 6,", "width_mm: 6, session_1_share: 1,")
        self.run_program("plan", self.write("whole.yaml", text), "-o", "w.needleplan", "--tour-kicks", 0)
        sessions = [s["dots"] for s in self.show("w.needleplan")["sessions"]]
        self.assertLessEqual(abs(sessions[0] - 0.3 * sum(sessions)), 2)
        self.assertNotIn("holds dots back", self.run_program("show", "w.needleplan")[0])

    def test_skin_that_stays_bare_beside_a_scar_is_told(self):
        """Hair counts as there where none is listed; where it is listed farther off, the scar is wider than was said."""
        self.run_program("case", "new", "fut-scar", "-o", "strip.yaml")
        text = (self.folder / "strip.yaml").read_text()
        curve = re.search(r"^curves:\n.*?\n(?=\n)", text, re.S | re.M).group()
        line = [[float(v) for v in row.split(",")] for row in re.findall(r"- \[(.*)\]", curve)]
        self.run_program("case", "new", "full-scalp", "-o", "hair.yaml")
        self.run_program("plan", "hair.yaml", "-o", "hair.needleplan", "--tour-kicks", 0)
        self.run_program("export", "hair.needleplan", "--format", "csv", "-o", "hair.csv")
        with open(self.folder / "hair.csv", newline="", encoding="utf-8") as f:
            hair = [[float(row[k]) for k in "xyz"] for row in csv.DictReader(f)]
        off = [min(math.dist(h, p) for a, b in zip(line, line[1:]) for t in (0, 0.5)
                   for p in [[u + t * (v - u) for u, v in zip(a, b)]]) for h in hair]
        for least_mm, is_bare in ((3, False), (10, True)):
            self.write("hair.xyz", "".join("{} {} {}\n".format(*h) for h, mm in zip(hair, off) if mm > least_mm))
            self.write("case.yaml", text.replace("\nlayers:", "\nexisting: {file: hair.xyz}\nlayers:", 1))
            out, _ = self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--force", "--tour-kicks", 0)
            self.assertEqual("layer scar: skin beside the scar stays bare" in out, is_bare, out)


if __name__ == "__main__":
    unittest.main()
