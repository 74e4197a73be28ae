"""Texts from outside, at every output: what a plugin, a case, a plan, a file's name or a lot says cannot write to a terminal, turn a
line round, hide, or fill the screen."""
import json
import os
import re
import shutil
import sqlite3
import unicodedata
import unittest

from programs import BUILD, INVALID, USAGE, Case

BAD = BUILD / "tests" / "badplugins"
ESC = "\x1b]0;owned\x07\x1b[2J\r\nneedlepath: plan approved"
HIDDEN = "\u202eab\u2066\u200b\u061c\ufeff\x9b\U000e0041"
NAMES = ["a " + ESC, "b" + HIDDEN, "c" + "x" * 200]


def trouble(data):
    """What no output may hold; None if all is well."""
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        return str(e)
    for c in text:
        if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            return f"U+{ord(c):04X} at {text[max(0, text.index(c) - 60):][:100]!r}"
    return None


class OutsideTexts(Case):
    def run_program(self, *args, **kwargs):
        out, err = super().run_program(*args, **kwargs)
        for text in (out, err):
            self.assertIsNone(trouble(text.encode(errors="surrogateescape")), args)
            self.assertTrue("--json" in args or max(map(len, text.split("\n"))) < 8192, args)
        return out, err

    def check_file(self, path):
        data = path.read_bytes()
        self.assertIsNone(trouble(data), path)
        return data.decode()

    def test_names_of_files(self):
        self.run_program("case", "new", "fue-scars", "-o", "case.yaml")
        for name in NAMES:
            shutil.copy(self.folder / "case.yaml", self.folder / f"{name}.yaml")
            self.run_program("case", "check", f"{name}.yaml")
            json.loads(self.run_program("case", "check", f"{name}.yaml", "--json")[0])
            self.run_program("case", "new", "crown", "-o", f"{name} new.yaml")
            self.run_program("head", "-o", f"{name} head.ply")
            self.run_program("keys", "new", f"{name}.key", "--name", "me", "--no-passphrase")
            self.run_program(f"{name}", status=USAGE)
            for command in (["show"], ["approve"], ["report", "-o", "r"], ["export"], ["plan", "-o", "x"]):
                self.run_program(*command, f"{name} missing", status=INVALID if command != ["approve"] else USAGE)
        name = NAMES[0]
        self.run_program("plan", "case.yaml", "-o", f"{name}.needleplan")
        self.run_program("show", f"{name}.needleplan")
        json.loads(self.run_program("show", f"{name}.needleplan", "--json")[0])
        self.run_program("approve", f"{name}.needleplan", "--key", f"{name}.key", "--executor", "any")
        self.run_program("diff", f"{name}.needleplan", f"{name}.needleplan")
        self.run_program("report", f"{name}.needleplan", "-o", f"{name} report")
        self.check_file(self.folder / f"{name} report" / "report.html")

    def test_names_in_a_case(self):
        self.run_program("case", "new", "fue-scars", "-o", "case.yaml")
        text = (self.folder / "case.yaml").read_text()
        name = "scar " + HIDDEN.replace("\x9b", "") + " end"
        quoted = '"' + "".join(c if c.isascii() else f"\\U{ord(c):08X}" for c in name) + '"'
        layer = re.search(r"- name: (\w[\w -]*)\n", text)[1]
        text = re.sub(rf"- name: {layer}\n", lambda m: f"- name: {quoted}\n", text)
        self.write("named.yaml", f"title: {quoted}\n" + re.sub(r"(?m)^title:.*\n", "", text))
        self.run_program("case", "check", "named.yaml")
        self.run_program("plan", "named.yaml", "-o", "p.needleplan")
        shown = json.loads(self.run_program("show", "p.needleplan", "--json")[0])
        self.assertEqual(shown["title"], name, "JSON is for programs: escaped, and whole")
        self.run_program("show", "p.needleplan")
        for form in ("csv", "json", "ply", "xyz", "vtp", "record"):
            self.run_program("export", "p.needleplan", "--format", form, "-o", f"x.{form}")
            self.check_file(self.folder / f"x.{form}")
        self.run_program("report", "p.needleplan", "-o", "report")
        self.assertIn("scar \\u202Eab", self.check_file(self.folder / "report" / "report.html"))

        # what a case may not hold is refused, in words that a terminal can be shown
        for key, value in (("title", ESC), ("title", "x" * 100000), ("y" * 100000, "x"), (ESC, "x"), (HIDDEN[:-2], "x")):
            self.write("bad.yaml", f"{json.dumps(key)}: {json.dumps(value)}\n" + re.sub(r"(?m)^title:.*\n", "", text))
            self.refuse("plan", "bad.yaml", "-o", "x.needleplan", says="bad.yaml:")

    def test_names_in_a_plan(self):
        """Whoever sends a plan can write what he likes into what its digest does not bind."""
        self.make_plan("fue-scars")
        db = sqlite3.connect(self.folder / "p.needleplan")
        for text in (ESC + HIDDEN, "x" * 100000):
            db.execute("update approvals set operator = ?", (text.encode()[:64].decode(errors="ignore"),))
            db.execute("insert into runs select null, 1, 0, ?, 'done', value from meta where key = 'digest'", (text,))
            db.commit()
            self.run_program("show", "p.needleplan")
            json.loads(self.run_program("show", "p.needleplan", "--json")[0])
            self.run_program("report", "p.needleplan", "-o", "report")
            self.check_file(self.folder / "report" / "report.html")
        db.execute("update approvals set operator = ?", ("x" * 65,))  # no key has such a name
        db.commit()
        self.run_program("show", "p.needleplan", status=INVALID)
        db.close()

    def test_what_plugins_say(self):
        env = {"NEEDLEPATH_PLUGIN_PATH": str(BAD / "load")}
        self.run_program("plugin", "list", env=env, status=INVALID)
        json.loads(self.run_program("plugin", "list", "--json", env=env, status=INVALID)[0])
        self.run_program("case", "new", "fue-scars", "-o", "case.yaml")
        text = (self.folder / "case.yaml").read_text()
        env = {"NEEDLEPATH_PLUGIN_PATH": str(BAD / "hostile")}
        for strategy, status in (("layout_logs_escapes", 0), ("layout_fails_with_escapes", INVALID),
                                 ("layout_forges_error", INVALID)):
            text = re.sub(r"strategy:\s*\w+", f"strategy: {strategy}", text)
            self.write("case.yaml", re.sub(r"\n    params:.*?(?=\n  -|\n\S|\Z)", "", text, flags=re.S))
            err = self.run_program("case", "check", "case.yaml", env=env, status=status)[1]
            self.assertIn("\\x1B", err)
        # one whose file has such a name
        for name in NAMES:
            shutil.copy(BAD / "load" / "no_entry.so", self.folder / f"{name}.so")
        env = {"NEEDLEPATH_PLUGIN_PATH": str(self.folder)}
        self.run_program("plugin", "list", env=env, status=INVALID)
        json.loads(self.run_program("plugin", "list", "--json", env=env, status=INVALID)[0])
        self.run_program("plugin", "show", "a " + ESC, env=env, status=INVALID)


if __name__ == "__main__":
    unittest.main()
