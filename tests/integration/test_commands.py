"""The command line as a newcomer meets it: help, usage errors, the files commands make and refuse to replace."""
import contextlib
import csv
import io
import json
import os
import re
import sqlite3
import stat
import subprocess
import time
import unittest

from programs import INVALID, LINK, SIM, USAGE, Case, free_port

class Commands(Case):
    def commands(self):
        """The names of all commands, as the program lists them."""
        lines = self.run_program("--help")[0].split("commands:\n")[1].split("\n\n")[0].splitlines()
        names = [line[2:17].strip() for line in lines]
        self.assertGreater(len(names), 15)
        return names

    def test_help_of_every_command(self):
        for command in self.commands():
            out, _ = self.run_program(*command.split(), "--help")
            self.assertIn(f"usage: needlepath {command}", out)
            self.assertIn("examples:", out)
            self.assertEqual(self.run_program("help", *command.split())[0], out)
        self.assertRegex(self.run_program("--version")[0], r"^needlepath \d+\.\d+\.\d+$")

    def test_man_pages_and_completion_are_made_of_the_tables(self):
        self.run_program("generate", ".")
        made = {p.name for p in self.folder.iterdir()}
        self.assertEqual(made, {"needlepath", "needlepath.1"} | {f"needlepath-{c.replace(' ', '-')}.1" for c in self.commands()})
        self.assertIn("complete", (self.folder / "needlepath").read_text())

    def test_wrong_usage(self):
        self.refuse(status=USAGE)
        self.refuse("frobnicate", status=USAGE, says="unknown command 'frobnicate'")
        self.refuse("case", status=USAGE, says="case new")
        err = self.refuse("plugin", "xyz", status=USAGE, says=["unknown command 'plugin xyz'", "`needlepath plugin --help`"])
        self.assertNotIn("did you mean", err)
        self.refuse("plugin", "lst", status=USAGE, says="did you mean 'plugin list'?")
        self.refuse("plna", status=USAGE, says="did you mean 'plan'?")
        self.refuse("run", "p", "--sesion", "1", status=USAGE, says="unknown option --sesion; did you mean --session?")
        self.refuse("run", "p", "--sesion=1", status=USAGE, says="did you mean --session?")
        self.refuse("run", "p", "-session", "1", status=USAGE, says="unknown option -session; did you mean --session?")
        self.refuse("sim", "--listen", "x", status=USAGE, says="the simulator is a program of its own: needlepath-sim")
        self.refuse("run", "p", "--to", "zmq:x", status=USAGE, says="--session N is missing: which session of the plan; the first is 1.")
        self.refuse("plan", "c", "-o", "p", "--seed", "1e3", status=USAGE, says="from 0 to 18446744073709551615, found '1e3'")
        self.refuse("run", "p", "-q", status=USAGE, says="unknown option -q")
        self.refuse("run", "p", "--zzzzzz", status=USAGE, says="unknown option --zzzzzz\n")
        self.refuse("head", "--force=3", "-o", "h.ply", status=USAGE, says="--force takes no value")
        self.refuse("head", "--help=3", status=USAGE, says="--help takes no value")
        self.refuse("plan", status=USAGE, says="--out")
        self.refuse("plan", "-o", "x", status=USAGE, says="CASE.yaml")
        self.refuse("head", "--sex", "x", "-o", "h.ply", status=USAGE, says="one of m|f")
        self.refuse("head", "--percentile", "99", "-o", "h.ply", status=USAGE, says="from 5 to 95")
        self.refuse("run", "p", "--session", "one", "--to", "zmq:x", status=USAGE, says="whole number")

    def test_options_that_would_do_nothing(self):
        """Refused by name, before anything is read: whoever gives one thinks that it does something."""
        used = {"gcode": ("fiducials", "gantry-tilt", "lift", "plunge", "early", "unapproved"),
                "urscript": ("fiducials", "piece", "robot", "mount", "plunge", "early", "unapproved")}
        for form in ("csv", "json", "ply", "xyz", "vtp", "record", "gcode", "urscript"):
            for option in ("fiducials", "piece", "robot", "mount", "gantry-tilt", "lift", "plunge", "early", "unapproved"):
                if option not in used.get(form, ()):
                    users = ", ".join(f for f in used if option in used[f])
                    self.refuse("export", "p", "--format", form, f"--{option}", "ur5e" if option == "robot" else "5", status=USAGE,
                                says=f"--{option}: --format {form} does not use it; it goes with --format {users}\n")
        self.refuse("export", "p", "--force", status=USAGE, says="--force goes with --out")
        wire, gantry = ("--to", "zmq:tcp://127.0.0.1:1"), ("--to", "grbl:/dev/none")
        for option in ("gantry-tilt", "lift", "plunge", "travel", "state"):
            self.refuse("run", "p", "--session", "1", *wire, f"--{option}", "5", status=USAGE, says=f"--{option} goes with --to grbl:DEVICE only")
        self.refuse("run", "p", "--session", "1", *gantry, "--link-key", "k", status=USAGE, says="--link-key is no option of a gantry")
        self.refuse("air", "p", "--session", "1", *gantry, "--state", "s", status=USAGE, says="--state is no option of a rehearsal")
        self.refuse("review", "p", "--session", "1", "--state", "s", status=USAGE, says="--state goes with --done or --again")
        self.refuse("review", "p", "--session", "1", *wire, "--done", "1", "--state", "s", status=USAGE, says="--state goes with --to grbl:DEVICE only")
        self.refuse("review", "p", "--session", "1", *gantry, "--done", "1", "--timeout", "3", status=USAGE, says="--timeout is no option of a gantry")
        self.refuse("head", "--case", "c", "--sex", "f", "-o", "h.ply", status=USAGE, says="--sex goes with the built-in head, and not with a scan")
        self.refuse("case", "new", "crown", "--scan", "s", "-p", "5", "-o", "c", status=USAGE, says="--percentile goes with the built-in head")
        self.refuse("stop", *gantry, "--server-key", "k", status=USAGE, says="--server-key is no option of a gantry")

    def test_head_and_its_description(self):
        self.run_program("head", "--sex", "f", "--percentile", "5", "-o", "h.ply")
        self.assertTrue((self.folder / "h.ply").read_bytes().startswith(b"ply\n"))
        self.assertIn("glabella", (self.folder / "h.yaml").read_text())
        self.refuse("head", "-o", "h.ply", says="already there")
        self.run_program("case", "new", "crown", "--scan", "h.yaml", "-o", "case.yaml")
        out = json.loads(self.run_program("case", "check", "case.yaml", "--json")[0])
        self.assertEqual((out["ok"], out["findings"]), (True, []))
        self.assertNotIn("error", out)

    def test_every_template_is_in_order(self):
        for name in ("full-scalp", "fade", "hairline", "diffuse", "crown", "womens-diffuse", "double-crown",
                     "fut-scar", "fue-scars", "facelift", "post-transplant", "touch-up"):
            self.run_program("case", "new", name, "-o", f"{name}.yaml")
            if name == "touch-up":
                self.refuse("case", "check", f"{name}.yaml", says=["made.plan", "first.needleplan", "put in the path"])
                self.refuse("plan", f"{name}.yaml", "-o", "t.needleplan", says=["made.plan", "first.needleplan", "put in the path"])
                continue
            self.assertIn("in order", self.run_program("case", "check", f"{name}.yaml")[0])
        self.refuse("case", "new", "full-scalp", "-o", "crown.yaml", says="already there")
        self.refuse("case", "new", "helmet", "-o", "x.yaml", says=["helmet", "full-scalp"])

    def test_budgets_of_the_tour(self):
        self.run_program("case", "new", "fut-scar", "-o", "case.yaml")
        plan = lambda name, *args: json.loads(self.run_program("plan", "case.yaml", "-o", name, "--json", *args)[0])
        default, same, none = plan("a"), plan("b", "--tour-kicks", "1"), plan("c", "--tour-kicks", "0")
        self.assertEqual(default["digest"], same["digest"])
        self.assertNotEqual(default["digest"], none["digest"])
        start = time.monotonic()
        timed = plan("d", "--tour-seconds", "1.5")
        self.assertGreater(time.monotonic() - start, 1.5)
        for figures in same, none, timed:
            self.assertEqual(figures["dots"], default["dots"])
            self.assertLess(abs(figures["sessions"][0]["tour_time_s"] / default["sessions"][0]["tour_time_s"] - 1), 0.1)
        self.refuse("plan", "case.yaml", "-o", "e", "--tour-seconds", "2", "--tour-kicks", "3", status=USAGE,
                    says=["--tour-kicks", "--tour-seconds", "both"])
        self.refuse("plan", "case.yaml", "-o", "e", "--tour-seconds", "0", status=USAGE, says="--tour-seconds")
        self.assertFalse((self.folder / "e").exists())

    def test_show_report_and_exports(self):
        plan = self.make_plan("crown")
        figures = self.show(plan)
        self.assertEqual(sum(s["dots"] for s in figures["sessions"]), figures["dots"])
        self.assertEqual(sum(map(sum, (l["dots_per_session"] for l in figures["layers"]))), figures["dots"])
        self.assertEqual(len(figures["naturalness"]["figures"]), 10)
        self.assertTrue(figures["approvals"][0]["valid"])
        self.assertIn(figures["digest"], self.run_program("show", plan)[0])
        rows = list(csv.DictReader(io.StringIO(self.run_program("export", plan)[0])))
        self.assertEqual(len(rows), figures["dots"])
        for session in (1, 2, 3):
            orders = [int(r["order"]) for r in rows if r["session"] == str(session)]
            self.assertEqual(orders, list(range(len(orders))))
        self.assertEqual(len({r["id"] for r in rows}), len(rows))
        for form in ("json", "ply", "xyz"):
            self.run_program("export", plan, "--format", form, "-o", f"dots.{form}")
        self.assertEqual(len(json.loads((self.folder / "dots.json").read_text())["dots"]), len(rows))
        self.run_program("report", plan, "-o", "report")
        made = {p.name for p in (self.folder / "report").iterdir()}
        html = (self.folder / "report" / "report.html").read_text()
        shown = re.findall(r'<img alt="(\w+)" src="data:image/png;base64,', html)
        self.assertGreaterEqual(len(shown), 8)
        self.assertEqual(made, {"report.html", "viewer.html", *(f"{name}.png" for name in shown)})
        self.assertNotIn("src=\"http", html)
        told = self.run_program("report", "--help")[0]
        for name in shown:
            self.assertIn(name, told)

    def test_a_plan_cannot_write_to_the_terminal(self):
        plan = self.make_plan("crown")
        with contextlib.closing(sqlite3.connect(self.folder / plan)) as db, db:
            db.execute("INSERT INTO runs SELECT NULL, 1, 0, ?, 'done', value FROM meta WHERE key = 'digest'", ("\x1b[2Jzmq\u202e:x\n",))
        out, _ = self.run_program("show", plan)
        self.assertIn(r"\x1B[2Jzmq\u202E:x\x0A: 0 done", out)

    def test_keys_and_approval(self):
        self.make_plan("fue-scars")
        mode = stat.S_IMODE(os.stat(self.folder / "op.key").st_mode)
        self.assertEqual(mode, 0o600)
        self.refuse("keys", "new", "op.key", "--no-passphrase", says="op.key")
        self.refuse("approve", "p.needleplan", "--key", "op.key.pub", "--executor", "any", says="op.key.pub")
        self.refuse("approve", "p.needleplan", "--key", "none.key", "--executor", "any", says="none.key")
        self.write("bad.key", "garbage")
        self.refuse("approve", "p.needleplan", "--key", "bad.key", "--executor", "any", says="bad.key")

    def test_errors_are_json_where_that_is_asked_for(self):
        """Of every command that has --json: one object with the error that stands on standard error, whatever went wrong."""
        self.write("bad.yaml", "title: x\nlayers: 3\n")
        failing = {"case check": (["bad.yaml"], INVALID), "plan": (["bad.yaml", "-o", "x"], INVALID), "show": (["none"], INVALID),
                   "diff": (["none", "none"], 2), "register": (["bad.yaml"], INVALID), "plugin show": (["nonesuch"], INVALID),
                   "run": (["none", "-s", "1", "-t", "zmq:tcp://127.0.0.1:1"], INVALID), "plugin list": (["--nonsense"], USAGE),
                   "plugin check": (["none.so"], INVALID),
                   "air": (["none", "-s", "1", "-t", "pigeon:x"], USAGE), "review": (["none", "-s", "1"], INVALID),
                   "scan fit": (["none.ply", "-o", "x.yaml"], INVALID), "shades": (["none", "--palette", "none"], INVALID),
                   "testdots": (["bad.yaml", "-o", "x"], INVALID),
                   "testdots read": (["bad.yaml", "--plan", "none", "--measured", "none", "-o", "x"], INVALID)}
        self.assertEqual(set(failing), {c for c in self.commands() if " --json" in self.run_program(*c.split(), "--help")[0]})
        for command, (args, status) in failing.items():
            for usage in ([], ["--nonsense"]):
                with self.subTest(command=command, usage=usage):
                    expected = 2 if usage else status
                    out, err = self.run_program(*command.split(), *args, *usage, "--json", status=expected, place=list)
                    error = json.loads(out)["error"]
                    self.assertEqual(error["exit_status"], expected)
                    self.assertEqual(err.split("\n")[0], f"needlepath {command}: {error['text']}")
                    self.assertEqual(error["status"] == "ERR_USAGE", expected == 2 and command != "diff" or bool(usage))
        for args, status in ((["--listen", 'a "\\ b', "--json"], USAGE), (["--proxy", "--nonsense", "--json"], USAGE),
                             (["--listen", "zmq:tcp://127.0.0.1:1", "--json", "--journal", "none"], INVALID)):
            done = subprocess.run([SIM, *args], cwd=self.folder, capture_output=True, text=True, timeout=60)
            error = json.loads(done.stdout)["error"]
            self.assertEqual((done.returncode, error["exit_status"]), (status, status))
            self.assertEqual(done.stderr, f"needlepath-sim: {error['text']}\n")
        found = json.loads(self.run_program("case", "check", "bad.yaml", "--json", status=INVALID)[0])
        self.assertEqual((found["ok"], found["findings"]), (False, [found["error"]["text"]]))
        self.assertIn("bad.yaml:", found["findings"][0])

    def test_nobody_is_there(self):
        plan = self.make_plan("fue-scars")
        self.run_program("run", plan, "--session", "1", "--to", f"zmq:tcp://127.0.0.1:{free_port()}", "--timeout",
                         "1", status=LINK)
        self.run_program("run", plan, "--session", "1", "--to", "serial:/dev/nonesuch:115200", status=LINK)
        self.run_program("run", plan, "--session", "9", "--to", "zmq:tcp://127.0.0.1:1", status=USAGE)
        self.run_program("run", plan, "--session", "5", "--to", "zmq:tcp://127.0.0.1:1", status=INVALID)
        self.run_program("run", plan, "--session", "1", "--to", "carrier-pigeon", status=USAGE)

    def test_plugins(self):
        found = json.loads(self.run_program("plugin", "list", "--json")[0])
        self.assertEqual({s["id"] for s in found["strategies"]}, {"hairline", "scar_fill", "diffuse_density", "full_scalp", "touch_up", "crown", "test_dots"})
        self.assertEqual(found["problems"], [])
        out, _ = self.run_program("plugin", "show", "hairline")
        self.assertIn("parameters:", out)
        self.refuse("plugin", "show", "nonesuch", says="nonesuch")
        self.refuse("plugin", "show", "hairlin", says="did you mean hairline?")


if __name__ == "__main__":
    unittest.main()
