"""A plugin's project from nothing: needlepath is installed into a folder, `plugin new` writes the project, and it builds, is checked and plans there."""
import json
import os
import shutil
import subprocess
import unittest

from programs import BUILD, INVALID, SANITIZED, USAGE, Case


@unittest.skipIf(SANITIZED, "the project's compiler knows no sanitizer")
class Kit(Case):
    def setUp(self):
        super().setUp()
        self.prefix = self.folder / "installed"
        self.run_tool("cmake", "--install", BUILD, "--prefix", self.prefix)

    def run_tool(self, *args, **kwargs):
        done = subprocess.run([*map(str, args)], cwd=self.folder, capture_output=True, text=True, **kwargs)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def build(self, name):
        self.run_tool("cmake", "-S", name, "-B", f"{name}/build", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        self.run_tool("cmake", "--build", f"{name}/build")

    def test_projects(self):
        for language in ("c", "cpp", "rust"):
            with self.subTest(language=language):
                if language == "rust" and not shutil.which("cargo"):
                    self.skipTest("cargo is not here: plugins in Rust are not tried")
                name = f"wave_{language}"
                self.run_tool(self.prefix / "bin" / "needlepath", "plugin", "new", name, "--lang", language)
                self.build(name)
                self.assertIn("100% tests passed, 0 tests failed out of 3", self.run_tool("ctest", "--test-dir", f"{name}/build"))
                out = self.run_program("plugin", "show", name, "--json", env={"NEEDLEPATH_PLUGIN_PATH": str(self.folder / name / "build")})[0]
                self.assertEqual(json.loads(out)["id"], name)
                self.assertTrue((self.folder / name / "build" / f"{name}.manifest").exists())

    def test_a_test_of_a_project_fails_where_a_rule_is_broken(self):
        self.run_program("plugin", "new", "torn")
        source = self.folder / "torn" / "torn.c"
        source.write_text(source.read_text().replace("    return 0;\n", "    static int n;\n    out->density_per_cm2[0] = ++n;\n    return 0;\n"))
        self.build("torn")
        done = subprocess.run(["ctest", "--test-dir", "torn/build", "-R", "torn.check", "--output-on-failure"], cwd=self.folder,
                              capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("pure.repeat, strategy torn", done.stdout)

    def test_a_projects_own_test_fails_where_the_strategy_does_something_else(self):
        self.run_program("plugin", "new", "greedy")
        source = self.folder / "greedy" / "greedy.c"
        source.write_text(source.read_text().replace(" - s->existing_density_per_cm2[i]", ""))
        self.build("greedy")
        done = subprocess.run(["ctest", "--test-dir", "greedy/build", "-R", "greedy_test", "--output-on-failure"], cwd=self.folder,
                              capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"greedy_test\.c:\d+: strategy greedy: np_test_dot_count\(t\) is \d.*; expected 0")

    @unittest.skipUnless(shutil.which("cargo"), "cargo is not here: plugins in Rust are not tried")
    def test_rust(self):
        """The crate paints what the kit's C does, to the last bit; a panic, and a channel that is not listed, end as sentences."""
        for language in ("c", "rust"):
            self.run_program("plugin", "new", f"in_{language}", "--lang", language)
            self.build(f"in_{language}")
            self.run_program("plugin", "preview", f"in_{language}/build/in_{language}.so", "-o", language, "-p", "lean_deg=0")
        for picture in ("density", "tilt", "depth", "flow"):
            c, rust = ((self.folder / language / f"{picture}.png").read_bytes() for language in ("c", "rust"))
            self.assertEqual(c, rust, picture)
        source = self.folder / "in_rust" / "src" / "lib.rs"
        text = source.read_text()
        for line, says in (('panic!("the map of {} is empty", s.len());', r"the map of \d+ is empty"),
                           ("let _ = s.zone();", "paint reads zone, whose channel the strategy does not list"),
                           ('return Err("there is no paint left".into());', "there is no paint left")):
            source.write_text(text.replace("for i in 0..s.len() {", line + "\n        for i in 0..s.len() {", 1))
            self.build("in_rust")
            self.assertRegex(self.refuse("plugin", "preview", "in_rust/build/in_rust.so"), f"strategy in_rust .*{says}")

    def test_pkg_config(self):
        env = {**os.environ, "PKG_CONFIG_PATH": str(self.prefix / "lib" / "pkgconfig")}
        flags = self.run_tool("pkg-config", "--cflags", "--libs", "needlepath", env=env).split()
        self.run_program("plugin", "new", "plain")
        self.run_tool("cc", "-shared", "-fPIC", "plain/plain.c", "-o", "plain.so", *flags)
        self.run_program("plugin", "check", "plain.so", "--strict", "4")
        flags = self.run_tool("pkg-config", "--cflags", "--libs", "needlepath-plugin-test", env=env).split()
        self.run_tool("cc", "-g", "-fsanitize=address,undefined", "plain/plain.c", "plain/plain_test.c", "-o", "plain_test", *flags)
        self.run_tool(self.folder / "plain_test")

    def test_names(self):
        for name in ("Wave", "../wave", "1wave", "a" * 41, "wave.so"):
            self.refuse("plugin", "new", name, status=USAGE, says="expected a strategy's id")
        (self.folder / "wave").mkdir()
        self.refuse("plugin", "new", "wave", status=INVALID, says="wave is already there")
        self.refuse("plugin", "new", "sea", "--lang", "cobol", status=USAGE, says="c|cpp")


if __name__ == "__main__":
    unittest.main()
