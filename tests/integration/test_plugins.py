"""Plugins that attack, against the real program: Ctrl-C is heard whatever they do, and nothing of them stays."""
import ctypes
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from programs import BUILD, INVALID, NEEDLEPATH, SANITIZED, STOPPED, Case, wait_until

BAD = BUILD / "tests" / "badplugins"


# Orphans of the programs come to us, so that whatever stays is seen.
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children(pid):
    return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


def name_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


class BadCase(Case):
    def write_case(self, strategy):
        self.run_program("case", "new", "crown", "-o", "case.yaml", "--force")
        text = (self.folder / "case.yaml").read_text()
        text = re.sub(r"strategy:\s*\w+", f"strategy: {strategy}", text)
        self.write("case.yaml", re.sub(r"\n    params:.*?(?=\n  -|\n\S|\Z)", "", text, flags=re.S))


class Memory(BadCase):
    def test_the_planner_is_out_of_reach(self):
        self.write_case("layout_reaches")
        for command in (("plan", "case.yaml", "-o", "p.needleplan"), ("case", "check", "case.yaml")):
            self.refuse(*command, says="reached:.", env={"NEEDLEPATH_PLUGIN_PATH": str(BAD / "hostile")})


@unittest.skipIf(SANITIZED, "a sanitizer needs calls that a plugin may not make")
class Sandbox(BadCase):
    """Of the ways in tests/badplugins/reach.h none is open but to start threads; not while a plugin is loaded either."""

    def test_working(self):
        self.write_case("layout_tries_all")
        self.refuse("plan", "case.yaml", "-o", "p.needleplan", says="open: thread.",
                    env={"NEEDLEPATH_PLUGIN_PATH": str(BAD / "hostile")})
        self.assertFalse(os.path.exists("/tmp/needlepath-reached"))

    def test_loading(self):
        out, err = self.run_program("plugin", "list", env={"NEEDLEPATH_PLUGIN_PATH": str(BAD / "reach")})
        self.assertIn("bad_at_load", out)
        self.assertEqual(err, "")

    def test_a_library_beside_the_plugin(self):
        """A plugin is one file: what it brings along is not looked for, wherever it says that it lies."""
        folder = self.folder / "plugins"
        folder.mkdir()
        self.write("own.c", "int own(void) { return 1; }")
        self.write("needs.c", "int own(void); const void *np_plugin_entry_v1(void) { return own() ? 0 : &own; }")

        def cc(*args):
            subprocess.run(["cc", "-shared", "-fPIC", *args], cwd=self.folder, check=True)
        cc("own.c", "-o", folder / "libown.so.1", "-Wl,-soname,libown.so.1")
        cc("needs.c", folder / "libown.so.1", "-Wl,-rpath,$ORIGIN", "-o", folder / "needs.so")
        env = {"NEEDLEPATH_PLUGIN_PATH": str(folder)}
        out, err = self.run_program("plugin", "list", env=env, status=INVALID)
        self.assertIn("needs.so: cannot be loaded: libown.so.1: cannot open shared object file", err)
        self.assertIn("a plugin is one file: link libraries of its own into it", err)
        cc("needs.c", "own.c", "-o", folder / "needs.so")  # one file: now it is asked, and what it says is refused
        out, err = self.run_program("plugin", "list", env=env, status=INVALID)
        self.assertNotIn("cannot be loaded", err)

    def test_a_kernel_without_landlock(self):
        """Nothing is loaded, and the reason says what loads it; then all else still holds."""
        def masked(*args, folder):
            env = {**os.environ, "NEEDLEPATH_PLUGIN_PATH": str(BAD / folder)}
            return subprocess.run([sys.executable, pathlib.Path(__file__).parent / "masked.py", NEEDLEPATH, *args], cwd=self.folder,
                                  env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        result = masked("plugin", "list", folder="run")  # which has no manifest
        self.assertEqual(result.returncode, INVALID)
        self.assertIn("is not loaded: this kernel cannot keep it from reading your files: Landlock: Operation not supported; "
                      "`--weaker-sandbox` loads it all the same", result.stderr)
        self.assertEqual(masked("plugin", "list", "--weaker-sandbox", folder="run").returncode, 0)
        result = masked("plugin", "list", "--weaker-sandbox", folder="reach")
        self.assertIn("reach.so: crashed (SIGABRT", result.stderr)  # it ends there if a way is open: it reads a file
        commands = ("plan", "case.yaml", "-o", "p.needleplan"), ("case", "check", "case.yaml")
        self.run_program("case", "new", "crown", "-o", "case.yaml")
        for command in commands:
            self.assertIn("is not loaded: this kernel", masked(*command, folder="hostile").stderr)
        self.write_case("layout_tries_all")
        for command in commands:
            self.assertIn("open: thread.", masked(*command, "--weaker-sandbox", folder="hostile").stderr)


class Origin(BadCase):
    """Where a strategy comes from is said, and others beside it cost nothing."""

    def setUp(self):
        super().setUp()
        self.run_program("case", "new", "crown", "-o", "case.yaml")
        self.strategy = re.search(r"strategy:\s*(\w+)", (self.folder / "case.yaml").read_text())[1]
        self.bundled = BUILD / "lib" / "needlepath" / "plugins" / f"{self.strategy}.so"

    def test_one_that_hides_a_bundled_one(self):
        mine = self.folder / self.bundled.name
        shutil.copy(self.bundled, mine)
        err = self.run_program("case", "check", "case.yaml", env={"NEEDLEPATH_PLUGIN_PATH": str(self.folder)})[1]
        self.assertIn(f"this is the strategy of {mine}, not the one", err)
        mine.write_text("no library")
        err = self.run_program("case", "check", "case.yaml", env={"NEEDLEPATH_PLUGIN_PATH": str(self.folder)})[1]
        self.assertIn(f"that of {mine} is not used: cannot be loaded", err)
        self.assertEqual(self.run_program("case", "check", "case.yaml")[1], "")

    def listed(self, status=0, **env):
        out, err = self.run_program("plugin", "list", "--json", status=status, env=env)
        found = json.loads(out)
        return {s["id"]: (s["place"], s["folder"]) for s in found["strategies"]}, {p["plugin"]: p["reason"] for p in found["problems"]}

    def test_folders_in_their_order(self):
        home, named = self.folder / "home", self.folder / "named"
        own = home / ".local" / "lib" / "needlepath"
        own.mkdir(parents=True)
        named.mkdir()
        system = str(self.bundled.parent)
        self.assertEqual(self.listed(HOME=str(home))[0][self.strategy], ("system", system))
        shutil.copy(self.bundled, own)
        found, problems = self.listed(status=INVALID, HOME=str(home))
        self.assertEqual(found[self.strategy], ("user", str(own)))
        self.assertEqual(problems, {str(self.bundled): f"its strategy {self.strategy} is not used: {own / self.bundled.name} gives it already"})
        shutil.copy(self.bundled, named)
        found, problems = self.listed(status=INVALID, HOME=str(home), NEEDLEPATH_PLUGIN_PATH=f":{named}:")
        self.assertEqual(found[self.strategy], ("NEEDLEPATH_PLUGIN_PATH", str(named)))
        self.assertEqual(set(problems), {str(self.bundled), str(own / self.bundled.name)})
        out, err = self.run_program("plugin", "list", status=INVALID, env={"HOME": str(home)})
        self.assertRegex(out, rf"(?m)^{own} \(user\):\n  {self.strategy} .*\n{system} \(system\):\n  ")
        err = self.run_program("case", "check", "case.yaml", env={"HOME": str(home)})[1]
        self.assertIn(f"this is the strategy of {own / self.bundled.name}, not the one", err)
        for nowhere in ("", "home", "/nonexistent"):  # no absolute path, or none there
            self.assertEqual(self.listed(HOME=nowhere)[1], {})

    def test_what_others_can_write_is_not_trusted(self):
        home = self.folder / "home"
        own = home / ".local" / "lib" / "needlepath"
        own.mkdir(parents=True)
        mine = own / self.bundled.name
        shutil.copy(self.bundled, mine)
        other = (self.folder / "case.yaml").read_text().replace(f"strategy: {self.strategy}", "strategy: mine")
        self.write("other.yaml", other)
        for path, mode, kind in ((own, 0o777, "folder"), (own, 0o1777, "folder"), (mine, 0o666, "file")):
            with self.subTest(mode=oct(mode)):
                before = path.stat().st_mode
                path.chmod(mode)
                self.addCleanup(path.chmod, before)
                why = f"the {kind} {path} can be written by everybody (mode {mode:04o}), so it is not trusted; `chmod go-w` makes it safe"
                found, problems = self.listed(status=INVALID, HOME=str(home))
                self.assertEqual(found[self.strategy][0], "system")
                self.assertIn(why, problems.values())
                self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--force", "--tour-kicks", "0", env={"HOME": str(home)})
                self.assertIn(why, " ".join(self.show("p.needleplan")["notes"]))
                if kind == "folder":
                    shutil.copy(mine, own / "mine.so")
                    self.refuse("plan", "other.yaml", "-o", "q.needleplan", env={"HOME": str(home)}, says=why)
                    (own / "mine.so").unlink()
                path.chmod(before)
        self.assertEqual(self.listed(status=INVALID, HOME=str(home))[0][self.strategy][0], "user")

    @unittest.skipUnless(os.geteuid() == 0, "only root gives files away")
    def test_a_file_is_no_folder(self):
        """Nobody is told to take others' rights to a device away."""
        plugin = BUILD / "lib" / "needlepath" / "plugins" / "crown.so"
        for path in ("/dev/null", plugin):
            out, err = self.run_program("plugin", "list", status=INVALID, env={"NEEDLEPATH_PLUGIN_PATH": str(path)})
            self.assertIn(f"cannot be used: {path}: is no folder; name the folder that the plugin's file is in", out + err)
            self.assertNotIn("chmod", out + err)

    def test_a_pipe_is_no_plugin(self):
        """Nobody waits for who might write to it."""
        os.mkfifo(self.folder / "pipe.so")
        (self.folder / "folder.so").mkdir()
        for command in ("check", "manifest", "debug", "preview"):
            for name in ("pipe.so", "folder.so"):
                with self.subTest(command=command, name=name):
                    begin = time.monotonic()
                    self.refuse("plugin", command, name, says=(name, "is no regular file"), env={"NEEDLEPATH_PLUGIN_TIMEOUT_S": "60"})
                    self.assertLess(time.monotonic() - begin, 30)

    def test_what_belongs_to_others_is_not_trusted(self):
        """Neither a folder nor a plugin of another user, but for root's; whose it is and what to do is said, also in the plan."""
        own = self.folder / "plugins"
        own.mkdir()
        mine = own / self.bundled.name
        shutil.copy(self.bundled, mine)
        env = {"NEEDLEPATH_PLUGIN_PATH": str(own)}
        for path, kind, owner, name in ((own, "folder", 65534, "the user nobody"), (mine, "file", 65534, "the user nobody"),
                                        (own, "folder", 54321, "the user with the number 54321")):
            with self.subTest(path=path.name, owner=owner):
                os.chown(path, owner, -1)
                why = (f"the {kind} {path} belongs to {name}, who can change it at any time, so it is not trusted; copy it to a folder of your own, "
                       "or have its owner set to you or root")
                found, problems = self.listed(status=INVALID, **env)
                self.assertEqual(found[self.strategy][0], "system")
                self.assertIn(why, problems.values())
                self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--force", "--tour-kicks", "0", env=env)
                self.assertIn(why, " ".join(self.show("p.needleplan")["notes"]))
                os.chown(path, 0, -1)
        self.assertEqual(self.listed(status=INVALID, **env)[0][self.strategy][0], "NEEDLEPATH_PLUGIN_PATH")

    def test_a_plan_names_the_file_that_made_it(self):
        mine = self.folder / self.bundled.name
        shutil.copy(self.bundled, mine)
        digest = hashlib.sha256(mine.read_bytes()).hexdigest()
        for path, env in (("lib/needlepath/plugins/" + mine.name, {}), (str(mine), {"NEEDLEPATH_PLUGIN_PATH": str(self.folder)})):
            self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--force", "--tour-kicks", "0", env=env)
            plugins = self.show("p.needleplan")["plugins"]
            self.assertEqual(set(plugins), {f"{digest}  {path}"})
            self.assertIn(f"made by, SHA-256 {digest}  {path}\n", self.run_program("show", "p.needleplan")[0])
            self.run_program("report", "p.needleplan", "-o", "report")
            self.assertIn(f"{digest}  {path}\n", (self.folder / "report" / "report.html").read_text())

    def test_a_plan_names_the_files_it_was_given(self):
        self.write_case("values")
        (self.folder / "data").mkdir()
        (self.folder / "data" / "first.bin").write_bytes(b"A")  # a density of 65, and a little
        case = (self.folder / "case.yaml").read_text()
        self.write("case.yaml", case.replace("    region: crown\n", "    region: crown\n    params: {bytes: data/first.bin}\n"))
        env = {"NEEDLEPATH_PLUGIN_PATH": str(BAD / "run")}
        self.run_program("plan", "case.yaml", "-o", "p.needleplan", "--tour-kicks", "0", env=env)
        line = f"{hashlib.sha256(b'A').hexdigest()}  data/first.bin"
        self.assertEqual(self.show("p.needleplan")["plugins"][1:], [line])
        self.assertIn(f"made by, SHA-256 {line}\n", self.run_program("show", "p.needleplan")[0])
        (self.folder / "data" / "first.bin").write_bytes(b"x" * 101)
        self.refuse("plan", "case.yaml", "-o", "q.needleplan", env=env,
                    says="bytes: expected the path of a file of 0 to 100 bytes, found one of 101 bytes")

    def test_neighbours(self):
        os.mkfifo(self.folder / "a_pipe.so")
        shutil.copy(BAD / "hang" / "hang.so", self.folder)
        env = {"NEEDLEPATH_PLUGIN_PATH": str(self.folder), "NEEDLEPATH_PLUGIN_TIMEOUT_S": "3600"}
        self.run_program("case", "check", "case.yaml", env=env, timeout=60)
        self.run_program("plugin", "show", self.strategy, env=env, timeout=60)

    def test_the_reason_is_of_the_one_asked_for(self):
        self.write_case("null_entry")
        env = {"NEEDLEPATH_PLUGIN_PATH": str(BAD / "load")}
        err = self.refuse("plan", "case.yaml", "-o", "p.needleplan", env=env,
                          says=["strategy null_entry cannot be used", "null_entry.so: np_plugin_entry_v1() returned NULL"])
        self.assertNotIn("bad_id", err)
        self.refuse("plugin", "show", "null_entry", env=env, says="returned NULL")

    def test_what_cannot_be_used_shows_in_the_status(self):
        self.run_program("plugin", "list")
        out, err = self.run_program("plugin", "list", env={"NEEDLEPATH_PLUGIN_PATH": str(BAD / "load")}, status=INVALID)
        self.assertIn(self.strategy, out)
        self.assertIn("51 cannot be used", err)


class Manifests(BadCase):
    """A plugin with a manifest is listed, shown and looked for without being run; and a manifest is believed no further than that."""

    def setUp(self):
        super().setUp()
        self.bundled = BUILD / "lib" / "needlepath" / "plugins"
        libexec = self.folder / "libexec"
        libexec.mkdir()
        (libexec / "needlepath-geometry").symlink_to(BUILD / "libexec" / "needlepath" / "needlepath-geometry")
        (libexec / "needlepath-strategy-host").symlink_to("/bin/false")
        self.env = {"NEEDLEPATH_PLUGIN_PATH": str(self.folder)}
        self.runs_nothing = {**self.env, "NEEDLEPATH_LIBEXEC": str(libexec)}

    def copy(self, name):
        for end in (".so", ".manifest"):
            shutil.copy(self.bundled / (name + end), self.folder)
        return self.folder / f"{name}.so"

    def shown_from(self, strategy, env):
        """The file whose plugin gives STRATEGY: ours, or the bundled one if ours cannot be used."""
        return re.search(r"^  from (.*)$", self.run_program("plugin", "show", strategy, env=env, timeout=20)[0], re.M)[1]

    def test_nothing_is_run(self):
        mine = self.copy("hairline")
        self.run_program("plugin", "list", env={"NEEDLEPATH_LIBEXEC": self.runs_nothing["NEEDLEPATH_LIBEXEC"]})
        self.assertEqual(self.shown_from("hairline", self.runs_nothing), str(mine))
        by_helper = json.loads(self.run_program("plugin", "show", "hairline", "--json", env=self.env)[0])
        self.assertEqual(json.loads(self.run_program("plugin", "show", "hairline", "--json", env=self.runs_nothing)[0]), by_helper)
        (self.folder / "hairline.manifest").unlink()
        self.assertEqual(self.shown_from("hairline", self.runs_nothing), str(self.bundled / "hairline.so"))
        self.assertEqual(json.loads(self.run_program("plugin", "show", "hairline", "--json", env=self.env)[0]), by_helper)
        self.run_program("plugin", "manifest", str(mine))
        self.assertEqual((self.folder / "hairline.manifest").read_bytes(), (self.bundled / "hairline.manifest").read_bytes())

    def test_one_of_another_file_counts_as_none(self):
        mine, manifest = self.copy("hairline"), self.folder / "hairline.manifest"
        good = manifest.read_bytes()
        for bad in (b"", good[:50], good[:-1], good + b"x", good.replace(b"manifest 2", b"manifest 3"), b"\xff" * 5000):
            manifest.write_bytes(bad)
            self.assertEqual(self.shown_from("hairline", self.runs_nothing), str(self.bundled / "hairline.so"))
            self.assertEqual(self.shown_from("hairline", self.env), str(mine))
        manifest.write_bytes(good)
        with mine.open("ab") as out:
            out.write(b"later")
        self.assertEqual(self.shown_from("hairline", self.runs_nothing), str(self.bundled / "hairline.so"))
        manifest.unlink()
        os.mkfifo(manifest)
        self.assertEqual(self.shown_from("hairline", self.env), str(mine))

    def test_one_that_lies_is_found_out(self):
        mine = self.copy("diffuse_density")
        manifest = self.folder / "diffuse_density.manifest"
        manifest.write_bytes(manifest.read_bytes().replace(b"Density", b"density", 1))
        self.assertIn("density:", self.run_program("plugin", "show", "diffuse_density", env=self.runs_nothing)[0])
        self.run_program("case", "new", "crown", "-o", "case.yaml")
        for command in (("plan", "case.yaml", "-o", "p.needleplan"), ("case", "check", "case.yaml")):
            self.refuse(*command, env=self.env, says="its manifest says something else")
        found = json.loads(self.run_program("plugin", "check", str(mine), "--strict", "1", "--json", status=INVALID)[0])
        self.assertEqual([f["rule"] for f in found["findings"]], ["manifest"])

    def test_refused(self):
        self.refuse("plugin", "manifest", str(BAD / "load" / "bad_id.so"), says=["bad_id.so: ", "not well-formed"])
        self.assertFalse((BAD / "load" / "bad_id.manifest").exists())
        self.refuse("plugin", "manifest", "nonesuch.so", says="nonesuch.so")


class CtrlC(BadCase):
    def start(self, *args, folder):
        env = {**os.environ, "NEEDLEPATH_PLUGIN_PATH": str(BAD / folder), "NEEDLEPATH_PLUGIN_TIMEOUT_S": "600"}
        process = subprocess.Popen([NEEDLEPATH, *args], cwd=self.folder, env=env, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        return process

    def wait_for_helper(self, process):
        self.assertTrue(wait_until(lambda: "needlepath-stra" in map(name_of, children(process.pid))))

    def expect_no_survivors(self):
        self.assertTrue(wait_until(lambda: not any(is_alive(p) for p in children(os.getpid())), 10), "a process stayed")

    def expect_stop(self, process, says):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, STOPPED, err)
        self.assertIn(says, err)
        self.expect_no_survivors()

    def test_while_loading(self):
        for folder in ("hang", "drip"):
            process = self.start("plugin", "list", folder=folder)
            self.wait_for_helper(process)
            self.expect_stop(process, "stopped while being loaded")

    def test_while_laying_out(self):
        for strategy, does in (("layout_hangs", "np_waits"), ("layout_drip", "np_drips")):
            self.write_case(strategy)
            process = self.start("plan", "case.yaml", "-o", "p.needleplan", folder="hostile")
            self.assertTrue(wait_until(lambda: does in map(name_of, children(process.pid))))
            self.expect_stop(process, "stopped while laying out")
            self.assertFalse((self.folder / "p.needleplan").exists())

    def test_while_checking(self):
        process = self.start("plugin", "check", str(BAD / "hang" / "hang.so"), folder="hang")
        self.assertTrue(wait_until(lambda: children(process.pid)))
        self.expect_stop(process, "stopped")

    def test_while_dots_are_placed(self):
        """Where no loop looks for long the program ends by itself, with the error that it would have given, and leaves nothing."""
        self.run_program("case", "new", "full-scalp", "-o", "case.yaml")
        process = self.start("plan", "case.yaml", "-o", "p.needleplan", "--json", folder="run")
        for painting in (True, False):
            self.assertTrue(wait_until(lambda: bool(children(process.pid)) == painting))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, STOPPED, err)
        error = json.loads(out)["error"]
        self.assertEqual((error["status"], error["exit_status"]), ("ERR_STOPPED", STOPPED))
        self.assertEqual(err, f"needlepath plan: {error['text']}\n")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["case.yaml"])
        self.expect_no_survivors()

    def test_a_second_one_kills(self):
        process = self.start("plugin", "list", folder="hang")
        self.wait_for_helper(process)
        for stop in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
            process.send_signal(stop)
        process.communicate(timeout=60)
        self.assertIn(process.returncode, (-signal.SIGINT, -signal.SIGTERM))
        self.expect_no_survivors()


if __name__ == "__main__":
    unittest.main()
