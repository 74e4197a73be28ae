"""A plugin's project from nothing: needlepath is installed into a folder, `plugin new` writes the project, and it builds, is checked and plans there."""
import ctypes
import hashlib
import json
import os
import re
import shutil
import subprocess
import unittest

from programs import BUILD, INVALID, NEEDLEPATH, SANITIZED, SOURCE, USAGE, Case


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

    def test_weights_of_zones(self):
        """They make 1 everywhere, are most where the zone is, and pass into each other; a plugin that reads them stands the check and plans."""
        self.run_program("plugin", "new", "graded")
        source = self.folder / "graded" / "graded.c"
        text = source.read_text()
        for old, new in (("NP_CHANNEL_EXISTING_DENSITY,", "NP_CHANNEL_EXISTING_DENSITY | NP_CHANNEL_ZONE | NP_CHANNEL_ZONE_WEIGHTS,"),
                         ("NP_KIT_PLUGIN(0,", "NP_KIT_PLUGIN(3,"),
                         ("        double missing = ", """        double sum = 0, own = s->zone_weight[(uint32_t)s->zone[i] * s->stride + i];
        for (uint32_t z = 0; z < s->zone_count; z++)
            sum += s->zone_weight[z * s->stride + i];
        if (s->zone_count != 6 || !(sum > 1 - 1e-9 && sum < 1 + 1e-9) || !(own > 0.24 && own <= 1)) {
            job->host->set_error(job->host->context, "the weights are none");
            return -1;
        }
        out->tone[i] = 1 - own;
        double missing = """)):
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, new)
        source.write_text(text)
        self.build("graded")
        self.assertIn("100% tests passed, 0 tests failed out of 3", self.run_tool("ctest", "--test-dir", "graded/build"))
        self.run_program("case", "new", "diffuse", "-o", "case.yaml")
        case = re.sub(r"strategy: \w+", "strategy: graded", (self.folder / "case.yaml").read_text(), count=1)
        self.write("case.yaml", re.sub(r"\n    params: \{.*?\}", "\n    params: {density_per_cm2: 10}", case, count=1, flags=re.S))
        self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--tour-kicks", "0", env={"NEEDLEPATH_PLUGIN_PATH": str(self.folder / "graded" / "build")})
        self.run_program("export", "p.needleplan", "--format", "json", "-o", "dots.json")
        tones = [dot["tone"] for dot in json.loads((self.folder / "dots.json").read_text())["dots"]]
        self.assertGreater(sum(tone == 0 for tone in tones), 100)  # in the middle of zones
        self.assertGreater(sum(0.1 < tone < 0.4 for tone in tones), 20)  # and where they pass into each other

    @unittest.skipUnless(shutil.which("cargo"), "cargo is not here: plugins in Rust are not tried")
    def test_rust_and_a_history(self):
        """What an earlier treatment made is there in Rust, in its own tests and in the planner, and the plugin needs the version of the newest channel that it lists."""
        self.run_program("plugin", "new", "again", "--lang", "rust")
        source = self.folder / "again" / "src" / "lib.rs"
        text = source.read_text()
        for old, new in (("channel::EXISTING_DENSITY,", "channel::EXISTING_DENSITY | channel::HISTORY | channel::HAIR_TILT | channel::ZONE_WEIGHTS,"),
                         ("let missing = ", "let past = s.planned_density_per_cm2()[i] - s.made_density_per_cm2()[i];\n            "
                          "out.tone[i] = s.made_tone()[i].max(0.0);\n            let missing = past + 0.0 * (s.hair_tilt_rad()[i] + s.zone_weight(5)[i]) + "),
                         ("        t.set_hair(150.0);\n", "        t.set_hair(150.0);\n        t.set_history(10.0, 400.0, 0.25);\n"),
                         ("        assert_eq!(t.dot_count(), 0.0);\n", "        assert!(t.dot_count() > 0.0);\n        assert_eq!(t.at(MIDDLE).tone, 0.25);\n")):
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, new)
        source.write_text(text)
        self.build("again")
        # not its third test: a plan without an earlier one wants nothing made again
        self.assertIn("100% tests passed, 0 tests failed out of 2", self.run_tool("ctest", "--test-dir", "again/build", "-E", "plan"))
        entry = ctypes.CDLL(str(self.folder / "again" / "build" / "again.so")).np_plugin_entry_v1
        entry.restype = ctypes.POINTER(ctypes.c_uint32)
        self.assertEqual(entry()[1:3], [1, 3])  # major, and the minor version that it needs

    @unittest.skipUnless(shutil.which("cargo"), "cargo is not here: plugins in Rust are not tried")
    def test_rust_and_values_of_points(self):
        """Values of points and the radius of a pin, in its own tests and in the planner; the plugin asks for ABI 1.4."""
        self.run_program("plugin", "new", "grafts", "--lang", "rust")
        source = self.folder / "grafts" / "src" / "lib.rs"
        text = source.read_text()
        for old, new in ((re.search(r"inputs: &\[Input.*", text)[0],
                          'inputs: &[Input { id: "points", name: "Scars", help: "Their middles.", draws: needlepath::Draws::Points, min: 1, max: 1, '
                          'values: &[needlepath::Value { id: "diameter_mm", name: "Diameter", help: "Of the scar.", unit: "mm", '
                          'kind: Kind::Float { min: 0.3, max: 9.0, default: 0.3 }, required: true }] }],'),
                         ("channel::REGION_DISTANCE | channel::EXISTING_DENSITY", "channel::POINTS"), ("keeps_clear: false", "keeps_clear: true"),
                         ("    fn prepare(", "    fn layout(job: &Job, out: &mut needlepath::Layout) -> Result<()> {\n        let p = job.points(0);\n"
                          "        let mut pin = needlepath::Pin::at([p.x[0], p.y[0], p.z[0]], 1);\n        pin.radius_mm = p.values(0)[0];\n"
                          "        out.pins(&[pin])\n    }\n\n    fn prepare("),
                         (re.search(r"        for i in 0\.\.s\.len\(\) \{.*?\n        \}\n", text, re.S)[0],
                          "        for i in 0..s.len() {\n            out.coverage[i] = 1.0;\n            out.density_per_cm2[i] = job.number(DENSITY) + job.number(FADE) * "
                          "job.number(LEAN) * 0.0;\n        }\n"),
                         (text[text.index("/// What it is to do"):],
                          "#[cfg(test)]\nmod tests {\n    use needlepath::testing::Test;\n\n    #[test]\n    fn values() {\n"
                          '        let mut t = Test::begin(super::np_plugin_entry_v1(), "grafts");\n'
                          '        t.draw_points("points", &[[-30.0, 0.0, 120.0]]);\n        t.set_values("points", "diameter_mm", &[4.0]);\n'
                          "        t.run().unwrap();\n    }\n}\n"),
                         (", smoothstep", "")):
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, new)
        source.write_text(text)
        self.build("grafts")
        self.assertIn("100% tests passed, 0 tests failed out of 2", self.run_tool("ctest", "--test-dir", "grafts/build", "-E", "plan"))
        entry = ctypes.CDLL(str(self.folder / "grafts" / "build" / "grafts.so")).np_plugin_entry_v1
        entry.restype = ctypes.POINTER(ctypes.c_uint32)
        self.assertEqual(entry()[1:3], [1, 4])
        self.write("case.yaml", "needlepath: 1\nscan: {head: {sex: m, percentile: 50}}\nlayers: [{name: a, strategy: grafts, points: p, reach_mm: 8}]\n"
                   "points: [{name: p, points: [[-80, 0, 80]], values: {diameter_mm: 5}}]\n")
        self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--tour-kicks", "0", env={"NEEDLEPATH_PLUGIN_PATH": str(self.folder / "grafts" / "build")})
        self.run_program("export", "p.needleplan", "--format", "json", "-o", "dots.json")
        dots = json.loads((self.folder / "dots.json").read_text())["dots"]
        self.assertGreater(len(dots), 20)

    def test_pkg_config(self):
        env = {**os.environ, "PKG_CONFIG_PATH": str(self.prefix / "lib" / "pkgconfig")}
        flags = self.run_tool("pkg-config", "--cflags", "--libs", "needlepath", env=env).split()
        self.run_program("plugin", "new", "plain")
        self.run_tool("cc", "-shared", "-fPIC", "plain/plain.c", "-o", "plain.so", *flags)
        self.run_program("plugin", "check", "plain.so", "--strict", "4")
        flags = self.run_tool("pkg-config", "--cflags", "--libs", "needlepath-plugin-test", env=env).split()
        self.run_tool("cc", "-g", "-fsanitize=address,undefined", "plain/plain.c", "plain/plain_test.c", "-o", "plain_test", *flags)
        self.run_tool(self.folder / "plain_test")

    def test_every_command_of_the_guide(self):
        """docs/plugin-author.md, done as it says: its programs are saved under the names that it gives them, its commands run in one shell."""
        text = (SOURCE / "docs" / "plugin-author.md").read_text()
        blocks = re.findall(r"^```(\w+)\n(.*?)^```", text, re.M | re.S)
        for language, block in blocks:
            name = re.search(r'\.id = "(\w+)"', block) or re.search(r'np_test_begin\(np_plugin_entry_v1\(\), "(\w+)"', block)
            if language == "c" and name:
                self.write(f"{name[1]}{'_test' * ('np_test_begin' in block)}.c", block)
        home = self.folder / "home"
        home.mkdir()
        for shell in [b for language, b in blocks if language == "sh"]:
            if not shutil.which("gdb"):
                shell = re.sub(r".*--under 'gdb.*\n", "", shell)
            commands = f"set -e\n{shell}\n"
            done = subprocess.run(["bash", "-c", commands], cwd=self.folder, capture_output=True, text=True, env={
                **os.environ, "HOME": str(home), "PATH": f"{self.prefix}/bin:{os.environ['PATH']}", "C_INCLUDE_PATH": f"{self.prefix}/include",
                "CMAKE_PREFIX_PATH": str(self.prefix), "PKG_CONFIG_PATH": f"{self.prefix}/lib/pkgconfig"})
            self.assertEqual(done.returncode, 0, commands + done.stdout + done.stderr)
        for made in ("home/.local/lib/needlepath/wave.so", "home/.local/lib/needlepath/wave.manifest", "wave/wave-0.1.0-Linux.tar.gz",
                     "soft_patch-preview/dots.png", "by_picture-preview/dots.png"):
            self.assertTrue((self.folder / made).exists(), made)
        self.write_case_of_the_guide(text)
        out, _ = self.run_program("plan", "case.yaml", "-o", "p.needleplan", env={"NEEDLEPATH_PLUGIN_PATH": str(home / "strategies")})
        self.assertRegex(out, r"layer patch +soft_patch 0\.1\.0 +\d{4} dots")

    def write_case_of_the_guide(self, text):
        self.run_program("case", "new", "crown", "-o", "case.yaml")
        layers = re.search(r"^```yaml\n(layers:\n.*?)^```", text, re.M | re.S)[1]
        case = (self.folder / "case.yaml").read_text()
        self.write("case.yaml", re.sub(r"^layers:\n.*?(?=^\S|^#)", layers, case, flags=re.M | re.S))

    def test_by_a_picture(self):
        """What is wrong with a picture is said; another picture is another plan, and the plan names it."""
        block = next(b for b in re.findall(r"^```c\n(.*?)^```", (SOURCE / "docs" / "plugin-author.md").read_text(), re.M | re.S) if '"by_picture"' in b)
        self.write("by_picture.c", block)
        self.run_tool("cc", "-std=c17", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-I", self.prefix / "include", "by_picture.c", "-o", "by_picture.so", "-lm")
        for name, content in (("text", b"hello"), ("short", b"P5 4 4 255\n1234"), ("deep", b"P5 2 2 65535\n" + bytes(8)), ("huge", b"P5 4000000000 4000000000 255\n" + bytes(99)),
                              ("bare", b"P5"), ("negative", b"P5 -3 -3 255\n" + bytes(99))):
            self.write(f"{name}.pgm", content)
            with self.subTest(picture=name):
                self.refuse("plugin", "preview", "by_picture.so", "-p", f"picture={name}.pgm", says=("strategy by_picture", "picture: this"))
        self.run_program("case", "new", "crown", "-o", "case.yaml")
        case = re.sub(r"strategy: \w+", "strategy: by_picture", (self.folder / "case.yaml").read_text())
        self.write("case.yaml", re.sub(r"params: \{.*?\}", "params: {picture: map.pgm}", case))
        digests = set()
        for grey in (b"\xff\xff\xff\xff", b"\xff\x80\x80\xff"):
            content = b"P5 2 2 255\n" + grey
            self.write("map.pgm", content)
            self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--force", "--tour-kicks", "0", env={"NEEDLEPATH_PLUGIN_PATH": str(self.folder)})
            shown = self.show("p.needleplan")
            digests.add(shown["digest"])
            self.assertIn(f"{hashlib.sha256(content).hexdigest()}  map.pgm", " ".join(shown["plugins"]))
        self.assertEqual(len(digests), 2)

    def test_debug(self):
        """What a plugin prints is shown, a debugger and a sanitizer see its faults, and it is said that there is no sandbox."""
        self.run_program("plugin", "new", "wave")
        source = self.folder / "wave" / "wave.c"
        text = source.read_text()
        compile_it = lambda *flags: self.run_tool("cc", "-g", "-shared", "-fPIC", "-fvisibility=hidden", "-I", self.prefix / "include", *flags, source, "-o",
                                                  "wave.so", "-lm")
        source.write_text(text.replace("    for (uint32_t i", '    fputs("here I am\\n", stderr);\n    for (uint32_t i', 1).replace("#include", "#include <stdio.h>\n#include", 1))
        compile_it()
        out, err = self.run_program("plugin", "debug", "wave.so", "-p", "density_per_cm2=45")
        self.assertIn("wave.so runs without the sandbox, with your rights", err)
        self.assertIn("here I am", err)
        self.assertRegex(out, r"wave: about \d{4} dots and 0 pins; density where it covers: ")
        source.write_text(text.replace("for (uint32_t i = 0; i < s->count; i++)", "for (uint32_t i = 0; i <= s->count + 64; i++)"))
        compile_it("-fsanitize=address")
        done = subprocess.run([NEEDLEPATH, "plugin", "debug", "wave.so"], cwd=self.folder, capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"AddressSanitizer: heap-buffer-overflow(?s:.*)in paint .*wave\.c:\d+")
        source.write_text(text.replace("        double inside_mm", "        *(volatile int *)0 = 1;\n        double inside_mm", 1))
        compile_it()
        if shutil.which("gdb"):
            done = subprocess.run([NEEDLEPATH, "plugin", "debug", "wave.so", "--under", "gdb -batch -ex run -ex bt --args"], cwd=self.folder, capture_output=True, text=True)
            self.assertRegex(done.stdout, r"SIGSEGV(?s:.*)paint \(.*wave\.c:\d+")
        for args, says in ((("wave.so", "-p", "nonesuch=1"), "there is no parameter"), (("wave.so", "-p", "fade_mm=99"), "takes 0 to 30"), (("wave.so", "--strategy", "sea"), "no strategy 'sea'"),
                           (("none.so",), "none.so: cannot be looked into"), (("wave/wave.c",), "wave.c: ")):
            source.write_text(text)
            compile_it()
            out, err = self.run_program("plugin", "debug", *args, status=INVALID)
            self.assertIn(says, out + err)
            self.assertNotIn("dots", out)

    def test_names(self):
        for name in ("Wave", "../wave", "1wave", "a" * 41, "wave.so"):
            self.refuse("plugin", "new", name, status=USAGE, says="expected a strategy's id")
        (self.folder / "wave").mkdir()
        self.refuse("plugin", "new", "wave", status=INVALID, says="wave is already there")
        self.refuse("plugin", "new", "sea", "--lang", "cobol", status=USAGE, says="c|cpp")


if __name__ == "__main__":
    unittest.main()
