"""What an approval is for: which executors, until when, needle or air; how its key is kept; and how a plan is taken back."""
import os
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import unittest

from programs import DONE, INVALID, LINK, NEEDLEPATH, SIM, STOPPED, USAGE, simulator
from streaming import StreamCase

PASSPHRASE = "correct horse battery"


class Approval(StreamCase):
    def setUp(self):
        super().setUp()
        self.url = f"zmq:ipc://{self.folder}/x"

    def approve(self, *args, plan="p.needleplan", **more):
        return self.run_program("approve", plan, "--key", "op.key", *args, **more)[1]

    def unapprove(self, plan="p.needleplan"):
        with sqlite3.connect(self.folder / plan) as db:
            db.execute("DELETE FROM approvals")
        db.close()

    def identity(self, journal):
        new = () if (self.folder / journal).exists() else ("--new-journal",)
        done = subprocess.run([SIM, "--journal", journal, "--show-identity", *new], cwd=self.folder, capture_output=True, text=True,
                              check=True)
        self.assertRegex(done.stdout, r"^[0-9a-f]{32}\n$")
        return done.stdout.strip()

    def sim(self, journal="arm.journal", *more):
        return simulator(self.folder, *self.sim_args(self.url, *more, journal=journal))

    def lay(self):
        """Fiducials of a head whose frame is the machine's."""
        points = [[90.0, 0.0, 0.0], [-90.0, 5.0, 0.0], [0.0, 70.0, 10.0], [0.0, -70.0, 0.0], [0.0, 0.0, 130.0]]
        self.write("fid.yaml", "fiducials:\n" + "".join(f"  - {{name: p{i}, head: {p}, arm: {p}}}\n" for i, p in enumerate(points)))

    def run_session(self, *args, plan="p.needleplan", status=DONE, command="run"):
        return self.run_program(command, plan, "--session", "1", "--to", self.url, "--head-is-arm-frame", "--timeout", "20", *args,
                                status=status)[1]

    # ---- executors ----

    def test_a_copy_runs_on_the_executor_that_was_approved_alone(self):
        self.plan(200)
        self.unapprove()
        mine, other = self.identity("arm.journal"), self.identity("other.journal")
        self.assertNotEqual(mine, other)
        self.assertEqual(mine, self.identity("arm.journal"))
        self.assertIn(f"for executor {mine}", self.approve("--executor", mine))
        shutil.copy(self.folder / "p.needleplan", self.folder / "copy.needleplan")
        with self.sim():
            err = self.run_session()
            self.assertIn("approved by tester for executor", err)
        self.assert_made("p.needleplan")
        made = self.punctures()
        with self.sim("other.journal"):
            err = self.run_session(plan="copy.needleplan", status=LINK)
            self.assertIn("the approval is for other executors than this one", err)
            # what it says to do does it
            command = re.search(r"`needlepath (approve .*?)`", err)[1].replace("YOUR.key", "op.key").split()
            self.assertEqual(command[-1], other)
        self.assertEqual(self.punctures(), made)
        with self.sim():  # and the copy makes nothing twice where it may be made
            self.run_session(plan="copy.needleplan")
        self.assertEqual(self.punctures(), made)

    def test_any_executor_is_said_aloud(self):
        self.plan(60)
        self.assertIn("any executor: whoever has a copy of the plan can make it", self.approve("--executor", "any"))
        with self.sim():
            self.assertIn("for ANY executor", self.run_session())
        self.assertIn("approved for ANY executor", (self.folder / "sim.err").read_text())

    def test_an_approval_for_any_that_was_there_before_is_said(self):
        self.plan(60)  # which is approved for any
        err = self.approve("--executor", "0" * 32)
        self.assertRegex(err, "the approval by tester for ANY executor.* still holds beside this one")
        self.unapprove()
        self.assertNotIn("still holds", self.approve("--executor", "0" * 32))

    def test_several_executors(self):
        self.plan(60)
        self.unapprove()
        ids = [self.identity(f"{i}.journal") for i in range(2)]
        self.approve("--executor", "0" * 32, "--executor", ids[1])
        with self.sim("0.journal"):
            self.run_session(status=LINK)
        with self.sim("1.journal"):
            self.run_session()
        self.assert_made("p.needleplan")

    def test_a_program_is_written_of_an_approved_session_that_is_due(self):
        self.plan(30)
        self.unapprove()
        self.lay()
        export = ("export", "p.needleplan", "--format", "urscript", "--fiducials", "fid.yaml", "-o", "program", "--session")

        def write(*args):
            err = self.run_program(*export, *args)[1]
            head = [line for line in (self.folder / "program").read_text().splitlines() if line.startswith("# when this was written: ")]
            for line in head:
                self.assertIn(line[len("# when this was written: "):], err)
            os.unlink(self.folder / "program")
            return head

        self.refuse(*export, "1", says=["not approved", "needlepath approve", "--unapproved"])
        self.refuse(*export, "1", "--unapproved", "", status=USAGE, says=["--unapproved", "reason"])
        self.assertEqual(write("1", "--unapproved", "on a dummy"), ["# when this was written: NOT APPROVED: on a dummy"])
        self.approve("--executor", self.identity("arm.journal"))
        self.refuse(*export, "1", says=["names its executors", "--executor any"])
        self.unapprove()
        self.approve("--executor", "any", "--air-only")
        self.refuse(*export, "1", says="for rehearsals in the air alone")
        self.approve("--executor", "any")
        said = write("1")
        self.assertEqual(len(said), 1)
        self.assertIn("approved by tester for ANY executor", said[0])
        self.refuse(*export, "2", says=["dots of session 1 are not made", "--early"])
        said = write("2", "--early", "the first was made elsewhere")
        self.assertRegex(said[-1], "EARLY: .* of session 1 are not made; the reason given: the first was made elsewhere$")
        self.assertFalse((self.folder / "program").exists())

    def test_wrong_executors(self):
        self.plan(60)
        for given, says in ((["x"], "expected any, or the identity"), (["A" * 32], "expected any, or the identity"),
                            (["any", "0" * 32], "stands alone"), (["0" * 31], "expected any"), (["0" * 32] * 9, "at most 8")):
            options = [word for one in given for word in ("--executor", one)]
            self.refuse("approve", "p.needleplan", "--key", "op.key", *options, status=USAGE, says=says)
        self.assertIn("is approved for ANY executor", self.run_program("approve", "p.needleplan", "--key", "op.key")[1])

    def test_the_older_form_is_refused_with_the_command_that_renews_it(self):
        self.plan(60)
        with sqlite3.connect(self.folder / "p.needleplan") as db:
            db.execute("UPDATE approvals SET version = 1")
        db.close()
        self.assertIn("of the older form", self.run_program("show", "p.needleplan")[0])
        err = self.run_session(status=INVALID)
        self.assertIn("is of the older form, which named no executor and had no end: renew it", err)
        self.assertIn("`needlepath approve p.needleplan --key YOUR.key --executor IDENTITY`", err)

    def test_changed_terms_void_it(self):
        self.plan(60)
        self.unapprove()
        self.approve("--executor", self.identity("arm.journal"), "--needle-life", "5000", "--not-after", "2099-01-01")
        for change in ("executors = x''", "not_after_unix_s = 0", "not_after_unix_s = not_after_unix_s + 1", "air_only = 1",
                       "reload_every = reload_every + 1", "needle_life = 0", "operator = 'somebody'"):
            with self.subTest(change):
                shutil.copy(self.folder / "p.needleplan", self.folder / "x.needleplan")
                with sqlite3.connect(self.folder / "x.needleplan") as db:
                    db.execute(f"UPDATE approvals SET {change}")
                db.close()
                self.assertIn("does not hold for the plan", self.run_session(plan="x.needleplan", status=INVALID))

    # ---- until when, and what for ----

    def test_not_after(self):
        self.plan(60)
        self.assertIn("until 2099-12-31 23:59 UTC", self.approve("--executor", "any", "--not-after", "2099-12-31"))
        self.assertIn("until 2099-12-31 18:30 UTC", self.approve("--executor", "any", "--not-after", "2099-12-31T18:30"))
        self.assertIn("without an end", self.approve("--executor", "any", "--not-after", "never"))
        for text in ("2001-01-01", "tomorrow", "2099-12-31x", "2099-02-29", "2099-11-31", "2099-02-30T18:00"):
            self.refuse("approve", "p.needleplan", "--key", "op.key", "--executor", "any", "--not-after", text, status=USAGE,
                        says="--not-after")
        approvals = self.show("p.needleplan")["approvals"]
        self.assertRegex(approvals[0]["terms"], r"for ANY executor, until \d{4}-\d\d-\d\d")  # by default it has an end

    def test_air_alone(self):
        self.plan(60)
        self.unapprove()
        self.assertIn("rehearsals in the air alone", self.approve("--executor", "any", "--air-only"))
        with self.sim():
            self.assertIn("is for rehearsals in the air alone", self.run_session(status=INVALID))
            self.run_session(command="air")
        self.assertEqual(self.punctures(), 0)

    def test_needle_life(self):
        self.plan(200)  # 60 dots in session 1
        self.unapprove()
        self.approve("--executor", "any", "--needle-life", "25")
        self.assertIn("lets a needle make 25 dots, and --needle-life says 26",
                      self.run_session("--needle-life", "26", status=INVALID))
        with self.sim("arm.journal", "--cartridge", "A"):
            self.run_session()
        self.assertEqual(len([s for s in self.show("p.needleplan")["runs"][-1]["supplies"] if s["kind"] == "cartridge"]), 3)

    def test_a_needle_life_is_for_who_counts(self):
        """A gantry and who runs a program count no needles: none makes more dots in a session than the approval lets a needle make."""
        self.plan(200)  # 60 dots in session 1
        self.lay()
        fiducials = ("p.needleplan", "--session", "1", "--fiducials", "fid.yaml")
        says = ["lets a needle make 59 dots", "session 1 has 60", "counts none", "without --needle-life"]
        run = ("run", *fiducials, "--to", "grbl:/dev/none", "--accept-no-pedal")
        self.unapprove()
        self.approve("--executor", "any", "--needle-life", "59")
        for form in ("urscript", "gcode"):
            self.refuse("export", *fiducials, "--format", form, "-o", "program", says=says)
        self.refuse(*run, says=says)
        self.approve("--executor", "any", "--needle-life", "60")
        self.run_program("export", *fiducials, "--format", "urscript", "-o", "program")
        self.assertIn("/dev/none", self.run_program(*run, status=LINK)[1])

    # ---- taking it back ----

    def test_a_revoked_plan_is_made_no_more(self):
        self.plan(1200)
        process = subprocess.Popen([SIM, *map(str, self.sim_args(self.url, "--console", speed="1")), "--new-journal"],
                                   cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        process.stdout.readline()
        run = self.start_run("p.needleplan", self.url)
        self.await_punctures(3)
        process.stdin.write("revoke\n")
        process.stdin.flush()
        _, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, STOPPED, err)
        self.assertIn("as the plan was revoked at the executor", err)
        self.assertIn("plan --seed N", err)
        made = self.punctures()
        runs = self.show("p.needleplan")["runs"]
        self.assertEqual(sum(r["done"] for r in runs), made)  # nothing that was made is lost
        self.run_session(status=LINK)
        process.terminate()
        process.communicate(timeout=20)
        with self.sim():  # it survives a restart, and another approval
            self.approve("--executor", "any")
            err = self.run_session(status=LINK)
            self.assertIn("the plan was revoked at this executor", err)
            self.assertIn("plan --seed N", err)  # the same case gives the same plan, which stays revoked
            self.run_program("plan", "case.yaml", "-o", "same.needleplan")
            self.approve("--executor", "any", plan="same.needleplan")
            self.assertIn("was revoked", self.run_session(plan="same.needleplan", status=LINK))
            self.run_program("plan", "case.yaml", "--seed", "4711", "-o", "other.needleplan")
            self.assertNotEqual(self.show("other.needleplan")["digest"], self.show("p.needleplan")["digest"])
        self.assertEqual(self.punctures(), made)

    def test_revoking_by_digest(self):
        self.plan(60)
        digest = self.show("p.needleplan")["digest"]
        self.identity("arm.journal")
        for wrong in ("xyz", digest[:31], digest[:40]):
            done = subprocess.run([SIM, "--journal", "arm.journal", "--revoke", wrong], cwd=self.folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, USAGE, done.stderr)
        subprocess.run([SIM, "--journal", "arm.journal", "--revoke", digest], cwd=self.folder, check=True, capture_output=True)
        with self.sim():
            self.assertIn("was revoked", self.run_session(status=LINK))
        self.assertEqual(self.punctures(), 0)

    # ---- keys ----

    def test_a_key_with_a_passphrase(self):
        self.plan(60)
        self.unapprove()
        (self.folder / "op.key").unlink()
        (self.folder / "op.key.pub").unlink()
        self.write("pass", PASSPHRASE + "\n")
        self.refuse("keys", "new", "op.key", "--passphrase-file", "pass", says="others may read")
        (self.folder / "pass").chmod(0o600)
        self.run_program("keys", "new", "op.key", "--name", "tester", "--passphrase-file", "pass")
        self.assertIn("needlepath-secret-key-v2 tester ", (self.folder / "op.key").read_text())
        self.assertIn("needlepath-public-key-v1 tester ", (self.folder / "op.key.pub").read_text())
        self.write("wrong", "something else\n")
        (self.folder / "wrong").chmod(0o600)
        self.refuse("approve", "p.needleplan", "--key", "op.key", "--executor", "any", "--passphrase-file", "wrong",
                    says="not the key's passphrase")
        self.assertNotIn("NO PASSPHRASE", self.approve("--executor", "any", "--passphrase-file", "pass"))
        self.approve("--executor", "any", env={"NEEDLEPATH_PASSPHRASE": PASSPHRASE})
        with self.sim():
            self.run_session()
        self.assert_made("p.needleplan")

    def test_keys_without_one_are_said_to_be(self):
        self.assertIn("NO PASSPHRASE", self.run_program("keys", "new", "a.key", "--no-passphrase")[1])
        self.plan(60)
        self.assertIn("NO PASSPHRASE", self.approve("--executor", "any"))
        self.refuse("keys", "new", "b.key", "--no-passphrase", "--passphrase-file", "a.key", status=USAGE, says="two things")
        self.refuse("keys", "new", "b.key", env={"NEEDLEPATH_PASSPHRASE": "short"}, says="at least 8 bytes")

    def test_without_a_terminal_nobody_is_asked(self):
        done = subprocess.run(["setsid", NEEDLEPATH, "keys", "new", "x.key"], cwd=self.folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, DONE)
        self.assertIn("NO PASSPHRASE", done.stderr)
        self.run_program("keys", "new", "sealed.key", env={"NEEDLEPATH_PASSPHRASE": PASSPHRASE})
        self.plan(60)
        done = subprocess.run(["setsid", NEEDLEPATH, "approve", "p.needleplan", "--key", "sealed.key"], cwd=self.folder,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, INVALID)
        self.assertIn("there is no terminal to ask for the passphrase: give --passphrase-file FILE", done.stderr)

    def ask(self, *args, answers):
        """Runs a command at a terminal of its own; returns its status and all that the terminal showed."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execv(NEEDLEPATH, [NEEDLEPATH, *args])
        shown, answers = b"", list(answers)
        while select.select([terminal], [], [], 30)[0]:
            try:
                piece = os.read(terminal, 1000)
            except OSError:
                break
            shown += piece
            if answers and shown.rstrip(b" ").endswith(b":"):
                os.write(terminal, answers.pop(0).encode() + b"\n")
                shown += b"|"
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()

    def test_at_a_terminal(self):
        self.plan(60)
        self.unapprove()
        for answers, status in (((PASSPHRASE, "another one"), INVALID), (("",), STOPPED), ((PASSPHRASE, PASSPHRASE), DONE)):
            found, shown = self.ask("keys", "new", "my.key", "--name", "me", answers=answers)
            self.assertEqual(found, status, shown)
            self.assertNotIn(PASSPHRASE, shown)
        found, shown = self.ask("approve", "p.needleplan", "--key", "my.key", "--executor", "any", answers=("no, not this",))
        self.assertEqual(found, INVALID, shown)
        found, shown = self.ask("approve", "p.needleplan", "--key", "my.key", "--executor", "any", answers=(PASSPHRASE,))
        self.assertEqual(found, DONE, shown)
        self.assertNotIn(PASSPHRASE, shown)
        self.assertEqual(self.show("p.needleplan")["approvals"][-1]["operator"], "me")


if __name__ == "__main__":
    unittest.main()
