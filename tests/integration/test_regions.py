"""Regions made of others, by the real programs: the example of docs/case-file.md, plans of combinations, and what is refused."""
import json
import re
import unittest

from programs import SHARED, SOURCE, Case

REAL = SHARED / "scans"


class Regions(Case):
    def case(self, name, regions, layers, head="", **params):
        params = ", ".join(f"{k}: {v}" for k, v in {"density_per_cm2": 30, **params}.items())
        text = f"needlepath: 1\n{head}regions:\n" + "".join(f"  - {{{r}}}\n" for r in regions) + "layers:\n"
        for region in layers:
            text += f"  - {{name: l_{region}, strategy: diffuse_density, region: {region}, params: {{{params}}}}}\n"
        self.write(name, text)
        return name

    def plan(self, *args, **more):
        self.case("c.yaml", *args, **more)
        out, _ = self.run_program("plan", "c.yaml", "-o", "p.needleplan", "-f", "--tour-kicks", "0", "--json")
        return json.loads(out)

    def test_the_example_of_the_page(self):
        page = (SOURCE / "docs/case-file.md").read_text()
        example = re.search(r"### Regions made of others\n\n((?:    .*\n)+)", page).group(1)
        example = re.sub(r"^    ", "", example, flags=re.MULTILINE)
        names = re.findall(r"name: (\w+)", example)
        self.assertGreater(len(names), 8)
        layers = "".join(f"  - {{name: l_{n}, strategy: diffuse_density, region: {n}}}\n" for n in names)
        self.write("c.yaml", "needlepath: 1\n" + example + "layers:\n" + layers)
        self.run_program("case", "check", "c.yaml")

    def test_a_ring_has_dots_in_itself_alone(self):
        ring = ["name: ring, minus: [{of: crown, grow_mm: 5}, {of: crown, grow_mm: -15}]"]
        self.plan(ring, ["ring"], feather_mm=0)
        self.run_program("export", "p.needleplan", "--format", "csv", "-o", "d.csv")
        rows = [line.split(",") for line in (self.folder / "d.csv").read_text().splitlines()]
        at = [rows[0].index(k) for k in ("x", "y", "z")]
        dots = [[float(r[k]) for k in at] for r in rows[1:]]
        self.assertGreater(len(dots), 800)
        middle = [sum(d[k] for d in dots) / len(dots) for k in range(3)]
        away = sorted(sum((d[k] - middle[k]) ** 2 for k in range(3)) ** 0.5 for d in dots)
        self.assertGreater(away[0], 20)
        self.assertLess(away[-1], 75)

    def test_the_same_bytes_on_any_number_of_threads(self):
        regions = ["name: top, union: [{norwood: 3}, {of: midscalp}, side], grow_mm: 3",
                   "name: side, mirror: {of: temple_left}"]
        digests = set()
        for threads in ("1", "8"):
            self.case("c.yaml", regions, ["top"])
            self.run_program("plan", "c.yaml", "-o", "p.needleplan", "-f", "--tour-kicks", "0",
                             env={"OMP_NUM_THREADS": threads})
            out, _ = self.run_program("show", "p.needleplan", "--json")
            digests.add(json.loads(out)["digest"])
        self.assertEqual(len(digests), 1)

    def test_what_is_refused(self):
        for regions, layer, words in (
            (["name: x, of: frontal, grow_mm: 45"], "x", "face"),
            (["name: x, intersect: [{of: nape}, {of: crown}]"], "x", "c.yaml:3: region x, intersect: nothing"),
            (["name: x, minus: [{of: crown}, {of: crwn}]"], "x", "did you mean 'crown'?"),
            (["name: x, minus: [{of: crown}, y]"], "x", "there is no region 'y'"),
        ):
            with self.subTest(regions=regions):
                self.case("c.yaml", regions, [layer])
                self.refuse("plan", "c.yaml", "-o", "bad.needleplan", says=words)

    @unittest.skipUnless(REAL.exists(), "needs the real heads of ../shared/scans")
    def test_on_real_heads(self):
        for name in ("ict_head", "lee_perry_smith"):
            text = (REAL / f"{name}.yaml").read_text()
            keep = "".join(b for b in re.split(r"^(?=\w)", text, flags=re.MULTILINE) if b.startswith("landmarks:"))
            axes = "".join(b for b in re.split(r"^(?=\w)", text, flags=re.MULTILINE) if re.match("units:|axes:", b))
            scan = f"scan:\n  file: {REAL / (name + '.obj')}\n" + re.sub("^", "  ", axes, flags=re.MULTILINE).rstrip() + "\n"
            self.plan(["name: top, union: [{of: frontal}, {of: midscalp}, {of: crown}]",
                       "name: sides, minus: [{of: scalp}, top, {of: nape}]",
                       "name: right, mirror: {of: parietal_left}"], ["top", "sides", "right"], head=scan + keep)


if __name__ == "__main__":
    unittest.main()
