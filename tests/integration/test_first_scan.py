"""Landmarks are enough: every template on a scan without outlines, and the page docs/first-scan.md, command by command."""
import itertools
import re
import shutil
import unittest

from programs import SHARED, SOURCE, Case

TEMPLATES = ("full-scalp", "fade", "hairline", "diffuse", "crown", "womens-diffuse", "double-crown",
             "fut-scar", "fue-scars", "facelift", "post-transplant")
REAL = SHARED / "scans"


class Landmarks(Case):
    def describe(self, text, mesh):
        """The description TEXT without outlines."""
        blocks = re.split(r"^(?=\w)", text, flags=re.MULTILINE)
        kept = "".join(b for b in blocks if not re.match(r"\w+_(outline|scars?):|file:|head:|whorls:", b))
        self.write("head.yaml", f'file: "{mesh}"\n' + kept + ("" if "units:" in kept else "units: mm\n"))

    def plan_without_a_warning(self, template):
        self.run_program("case", "new", template, "--scan", "head.yaml", "-o", "c.yaml", "-f")
        out, err = self.run_program("plan", "c.yaml", "-o", "p.needleplan", "-f", "--tour-kicks", "0")
        self.assertNotIn("warning", out + err)

    def test_on_built_in_heads(self):
        for sex, percentile in (("m", 50), ("f", 5)):
            self.run_program("head", "-o", "h.ply", "-f", "--sex", sex, "--percentile", percentile)
            self.describe((self.folder / "h.yaml").read_text(), "h.ply")
            for template in ("hairline", "crown" if sex == "f" else "fue-scars"):
                with self.subTest(sex=sex, percentile=percentile, template=template):
                    self.plan_without_a_warning(template)

    def test_hairlines_where_the_built_in_heads_are_drawn_to_have_them(self):
        for sex, percentile in itertools.product("mf", (5, 50, 95)):
            with self.subTest(sex=sex, percentile=percentile):
                self.run_program("case", "new", "hairline", "-s", sex, "-p", percentile, "-o", "c.yaml", "-f")
                out, err = self.run_program("plan", "c.yaml", "-o", "p.needleplan", "-f", "--tour-kicks", "0")
                self.assertNotIn("warning", out + err)

    @unittest.skipUnless(REAL.exists(), "needs the real heads of ../shared/scans")
    def test_on_real_heads(self):
        for name in ("ict_head", "lee_perry_smith"):
            self.describe((REAL / f"{name}.yaml").read_text(), REAL / f"{name}.obj")
            for template in TEMPLATES:
                with self.subTest(name=name, template=template):
                    self.plan_without_a_warning(template)


@unittest.skipUnless(REAL.exists(), "needs the real heads of ../shared/scans")
class Page(Case):
    def test_every_command_of_the_page(self):
        page = (SOURCE / "docs/first-scan.md").read_text()
        shutil.copy(REAL / "ict_head.obj", self.folder / "person.obj")
        short = re.search(r"(?:^    .*\n|^\n)*^    needlepath: 1\n(?:^    .*\n)+", page, re.MULTILINE).group(0)
        short = re.sub(r"^    ", "", short.strip("\n"), flags=re.MULTILINE)
        self.assertLess(len(short.splitlines()), 15)
        self.write("short.yaml", short + "\n")
        commands = re.findall(r"^    needlepath (.+)$", page, re.MULTILINE)
        self.assertGreater(len(commands), 5)
        for command in commands:
            with self.subTest(command=command):
                self.run_program(*command.split())


if __name__ == "__main__":
    unittest.main()
