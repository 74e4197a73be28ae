"""Scars beside each other, as a practitioner has them: planned by the real programs."""
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


if __name__ == "__main__":
    unittest.main()
