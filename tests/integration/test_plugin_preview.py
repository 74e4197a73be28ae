"""`needlepath plugin preview`: pictures of what a strategy paints, again when its file changes, and what is wrong by name."""
import os
import re
import shutil
import signal
import struct
import subprocess
import unittest

from programs import BUILD, INVALID, NEEDLEPATH, SANITIZED, SHARED, USAGE, Case, wait_until

BUNDLED = BUILD / "lib" / "needlepath" / "plugins"
BAD = BUILD / "tests" / "badplugins"
MAPS = ("density", "depth", "tilt", "flow")


class Preview(Case):
    def pictures(self, folder):
        """Each picture's bytes by name; all are PNGs of one size."""
        found = {p.stem: p.read_bytes() for p in (self.folder / folder).iterdir()}
        for name, data in found.items():
            self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n", name)
            self.assertEqual(struct.unpack(">II", data[16:24]), (2480, 690), name)
        return found

    def preview(self, *args, **kwargs):
        return self.run_program("plugin", "preview", *args, **kwargs)

    def test_pictures(self):
        out, _ = self.preview(BUNDLED / "diffuse_density.so")
        self.assertRegex(out, r"^diffuse_density: \d{4} dots on \d+\.\d cm2; diffuse_density-preview/")
        first = self.pictures("diffuse_density-preview")
        self.assertEqual(set(first), {*MAPS, "dots"})
        self.preview(BUNDLED / "diffuse_density.so", "-o", "again", env={"OMP_NUM_THREADS": "1"})
        self.assertEqual(self.pictures("again"), first, "another number of threads, other pictures")
        out, _ = self.preview(BUNDLED / "diffuse_density.so", "-p", "density_per_cm2=30", "-p", "lean_deg=0", "-o", "other")
        other = self.pictures("other")
        for name in ("density", "tilt", "flow", "dots"):
            self.assertNotEqual(other[name], first[name], name)
        self.assertEqual(other["depth"], first["depth"])

    def test_every_bundled_strategy_is_drawn_as_it_is(self):
        plugins = sorted(BUNDLED.glob("*.so"))
        self.assertGreater(len(plugins), 5)
        for plugin in plugins:
            with self.subTest(plugin=plugin.stem):
                out, _ = self.preview(plugin, "-o", plugin.stem)
                self.assertRegex(out, rf"^{plugin.stem}: \d+ dots on ")
                self.assertEqual(set(self.pictures(plugin.stem)), {*MAPS, "dots"})

    def test_inputs(self):
        out, _ = self.preview(BUNDLED / "scar_fill.so", "-o", "usual")
        counts = [int(re.match(r"scar_fill: (\d+) dots", out)[1])]
        for slot in ("curve=fut_scar", "curve=facelift_scar", "points=fue_scars"):
            counts.append(int(re.match(r"scar_fill: (\d+) dots", self.preview(BUNDLED / "scar_fill.so", "-i", slot, "-o", "one")[0])[1]))
        self.assertEqual(len(set(counts)), 4, counts)
        self.assertGreater(counts[0], max(counts[1:]), "both scars")

    @unittest.skipUnless((SHARED / "scans" / "ict_head.yaml").exists(), "the scans are not there")
    def test_another_head(self):
        out, _ = self.preview(BUNDLED / "hairline.so", "-i", "region=frontal", "--head", SHARED / "scans" / "ict_head.yaml")
        self.assertIn("hairline: ", out)
        self.pictures("hairline-preview")

    def test_a_field_without_dots_is_drawn_all_the_same(self):
        self.preview(BUNDLED / "diffuse_density.so", "-o", "p")
        _, err = self.preview(BAD / "run" / "misbehave.so", "--strategy", "nothing", "-o", "p", status=INVALID)
        self.assertIn("the plan would have no dots", err)
        self.assertEqual(set(self.pictures("p")), set(MAPS), "dots of another time are still there")

    def test_what_is_wrong(self):
        plugin = str(BUNDLED / "scar_fill.so")
        for args, status, says in (
                (("nonesuch.so",), INVALID, "nonesuch.so: cannot be looked into"),
                ((plugin, "-p", "width_mm"), USAGE, "expected a parameter as ID=VALUE, found 'width_mm'"),
                ((plugin, "-p", "width_mm=99"), INVALID, "width_mm: expected 0.5..40 mm, found 99"),
                ((plugin, "-p", "widht_mm=9"), INVALID, "width_mm"),
                ((plugin, "-p", "width_mm=1'}"), INVALID, "width_mm: expected 0.5..40 mm, found 1'}"),
                ((plugin, "-i", "curv=fut_scar"), USAGE, "of the slots region, curve, points"),
                ((plugin, "-i", "curve=fut_scr"), INVALID, "did you mean 'fut_scar'"),
                ((plugin, "-i", "curve=fut_scar}"), USAGE, "expected an input as SLOT=PLACE"),
                ((plugin, "--strategy", "hairline"), USAGE, "expected one of those of"),
                ((plugin, "--head", "nobody.yaml"), INVALID, "nobody.yaml")):
            with self.subTest(args=args[1:]):
                self.refuse("plugin", "preview", *args, status=status, says=says)
        several = str(BAD / "run" / "misbehave.so")
        self.refuse("plugin", "preview", several, status=USAGE, says="--strategy: expected one of those of")
        self.refuse("plugin", "preview", several, "--strategy", "crash", says=("strategy crash", "crashed (SIGSEGV"))

    @unittest.skipIf(SANITIZED, "a sanitizer's helper has no filter")
    def test_it_is_in_the_sandbox(self):
        err = self.refuse("plugin", "preview", str(BAD / "hostile" / "hostile.so"), "--strategy", "layout_tries_all")
        self.assertIn("open: thread.", err)

    def test_watching(self):
        wave = self.folder / "wave.so"
        shutil.copy(BUNDLED / "diffuse_density.so", wave)
        with open(self.folder / "log", "wb") as log:
            process = subprocess.Popen([NEEDLEPATH, "plugin", "preview", "wave.so", "--watch", "-o", "pictures"], cwd=self.folder,
                                       stdout=log, stderr=log, env=os.environ)
            said = lambda: (self.folder / "log").read_text()
            try:
                self.assertTrue(wait_until(lambda: said().count("watching wave.so; Ctrl-C ends") == 1), said())
                first = self.pictures("pictures")
                self.write("other.so", "another file of the folder")
                self.write("half.so", "no library")
                os.rename(self.folder / "half.so", wave)
                self.assertTrue(wait_until(lambda: said().count("watching") == 2), said())
                self.assertIn("wave.so cannot be used: cannot be loaded", said())
                self.assertEqual(self.pictures("pictures"), first, "pictures of what cannot be loaded")
                shutil.copy(BUNDLED / "scar_fill.so", wave)
                self.assertTrue(wait_until(lambda: said().count("watching") == 3), said())
                self.assertIn("scar_fill: ", said())
                self.assertNotEqual(self.pictures("pictures"), first)
            finally:
                process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(20), 0)


if __name__ == "__main__":
    unittest.main()
