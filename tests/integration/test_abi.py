"""Minor versions of the plugin ABI meet: a helper and a plugin are built against a header 1.5, made here, in which every struct is longer."""
import re
import subprocess
import unittest

from programs import BUILD, INVALID, SANITIZED, SOURCE, Case

INCLUDE = SOURCE / "core" / "include" / "needlepath"


@unittest.skipIf(SANITIZED, "the rooms' libraries are built for a sanitizer")
class Versions(Case):
    def setUp(self):
        super().setUp()
        header = self.folder / "include" / "needlepath" / "plugin.h"
        header.parent.mkdir(parents=True)
        text = (INCLUDE / "plugin.h").read_text()
        text = re.sub(r"^\} (np_\w+);", r"    uint64_t later[3];\n} \1;", text, flags=re.M)
        header.write_text(re.sub(r"(define NP_PLUGIN_ABI_MINOR) 4", r"\1 5", text))
        (header.parent / "plugin_kit.h").write_text((INCLUDE / "plugin_kit.h").read_text())

    def compile(self, out, *args):
        out.parent.mkdir(exist_ok=True)
        subprocess.run(["cc", "-std=gnu17", "-O2", "-ffp-contract=off", "-I", self.folder / "include", *args, "-lm", "-o", out], check=True)

    def host(self, *options):
        """Settings with which plugins run under a host 1.5, compiled with OPTIONS."""
        field = SOURCE / "core" / "field"
        libexec = self.folder / "libexec"
        libexec.mkdir(exist_ok=True)
        for other in (BUILD / "libexec" / "needlepath").iterdir():
            if other.name != "needlepath-strategy-host" and not (libexec / other.name).exists():
                (libexec / other.name).symlink_to(other)
        self.compile(libexec / "needlepath-strategy-host", "-I", SOURCE / "core", *sorted((field / "host").glob("*.c")),
                     *(SOURCE / "core" / "sandbox" / name for name in ("confine.c", "filter.c", "landlock.c", "message.c", "talk.c")),
                     *BUILD.rglob("libnp_base.a"), "-fopenmp", "-lsodium", "-D_GNU_SOURCE", *options)
        return {"NEEDLEPATH_LIBEXEC": str(libexec)}

    def older(self):
        """A folder with the header as it was at 1.0: without what tests/abi/1.1.txt and later say that was added."""
        text = re.sub(r"/\*.*?\*/", " ", (INCLUDE / "plugin.h").read_text(), flags=re.S)
        added = [re.match(r"(np_\w+)\.(\w+) at", line) for path in sorted((SOURCE / "tests" / "abi").glob("1.[1-9].txt"))
                 for line in path.read_text().splitlines()]
        for struct, member in (m.groups() for m in added if m):
            start = text.index(f"typedef struct {struct} {{")
            end = text.index(f"}} {struct};", start)
            body = [d for d in text[start:end].split(";") if not re.search(rf"\b{member}\b", d.split(",")[0] if "," in d else d)]
            text = text[:start] + ";".join(body) + text[end:]
        folder = self.folder / "older"
        (folder / "needlepath").mkdir(parents=True)
        (folder / "needlepath" / "plugin.h").write_text(re.sub(r"(define NP_PLUGIN_ABI_MINOR) \d+", r"\1 0", text))
        return folder

    def plugin(self, needs):
        """Settings with which the plugin of 1.5, which NEEDS that minor version, is found."""
        self.compile(self.folder / "plugins" / "newer.so", SOURCE / "tests" / "abi" / "newer.c", f"-DNEEDS={needs}", "-shared", "-fPIC")
        return {"NEEDLEPATH_PLUGIN_PATH": str(self.folder / "plugins")}

    def plan(self, env):
        self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--force", "--tour-kicks", "0", env=env)
        return self.show("p.needleplan")["digest"]

    def write_case(self, template, strategy=None):
        self.run_program("case", "new", template, "-o", "case.yaml", "--force")
        if strategy:
            text = re.sub(r"strategy:\s*\w+", f"strategy: {strategy}", (self.folder / "case.yaml").read_text())
            self.write("case.yaml", re.sub(r"\n    params:.*?(?=\n  -|\n\S|\Z)", "", text, flags=re.S))

    def test_bundled_plugins_under_a_host_1_5(self):
        newer = self.host()
        for template in ("hairline", "fue-scars"):
            self.write_case(template)
            self.assertEqual(self.plan(newer), self.plan({}))

    def test_a_plugin_of_1_5_that_needs_1_0_only(self):
        self.write_case("crown", "newer")
        env = self.plugin(0)
        self.assertEqual(self.plan(env), self.plan({**env, **self.host()}))

    def test_a_plugin_of_1_0(self):
        """The same bytes as of that plugin built against the header of today: what it does not know, it has not."""
        self.write_case("crown", "older")
        source, plugins = SOURCE / "tests" / "abi" / "older.c", self.folder / "plugins"
        env = {"NEEDLEPATH_PLUGIN_PATH": str(plugins)}
        dots = []
        for include in (self.older(), SOURCE / "core" / "include"):
            plugins.mkdir(exist_ok=True)
            subprocess.run(["cc", "-std=gnu17", "-O2", "-I", include, source, "-shared", "-fPIC", "-o", plugins / "older.so"], check=True)
            self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--force", "--tour-kicks", "0", env=env)
            self.run_program("export", "p.needleplan", "--format", "csv", "-o", "dots.csv", "--force")
            dots.append((self.folder / "dots.csv").read_text())
        self.assertEqual(*dots)

    def test_debug_takes_what_planning_takes(self):
        """The test host, too, reads a plugin's structs as long as the plugin has them: inputs, parameters and pins are in arrays."""
        source, said = SOURCE / "tests" / "abi" / "older.c", []
        for include in (self.older(), SOURCE / "core" / "include", self.folder / "include"):
            subprocess.run(["cc", "-std=gnu17", "-O2", "-I", include, source, "-shared", "-fPIC", "-o", self.folder / "older.so"], check=True)
            said.append(self.run_program("plugin", "debug", "older.so")[0])
        self.assertRegex(said[0], r"^older: about \d+ dots and 2 pins; density where it covers: ")
        self.assertEqual(said, said[:1] * 3)
        newer = self.folder / "plugins" / "newer.so"
        self.plugin(0)
        self.assertRegex(self.run_program("plugin", "debug", newer)[0], r"^newer: about \d+ dots")
        self.plugin(5)
        out, err = self.run_program("plugin", "debug", newer, status=INVALID)
        self.assertIn("plugin under test needs ABI 1.5, this needlepath has 1.4", err)
        self.assertEqual(out, "")

    def test_a_plugin_that_needs_1_5(self):
        self.write_case("crown", "newer")
        env = self.plugin(5)
        self.refuse("plan", "case.yaml", "-o", "p.needleplan", env=env,
                    says="plugin newer.so needs ABI 1.5, this needlepath has 1.4; it takes a newer needlepath")
        self.plan({**env, **self.host()})

    def test_landlock_as_older_kernels_have_it(self):
        """What it does not know yet, the filter of system calls closes."""
        for version in (1, 2, 3):
            env = self.host(f"-DNP_LANDLOCK_NEWEST={version}")
            bad = BUILD / "tests" / "badplugins"
            self.run_program("plugin", "list", env={**env, "NEEDLEPATH_PLUGIN_PATH": str(bad / "reach")})
            self.write_case("crown", "layout_tries_all")
            self.refuse("case", "check", "case.yaml", env={**env, "NEEDLEPATH_PLUGIN_PATH": str(bad / "hostile")}, says="open: thread.")


if __name__ == "__main__":
    unittest.main()
