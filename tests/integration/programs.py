"""What the integration tests share: the real programs in a folder of their own."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

BUILD = pathlib.Path(os.environ["NEEDLEPATH_BUILD"])
SOURCE = pathlib.Path(os.environ["NEEDLEPATH_SOURCE"])
SHARED = SOURCE.parent / "shared"
SANITIZED = os.environ.get("NEEDLEPATH_SANITIZED") == "1"
NEEDLEPATH = str(BUILD / "bin" / "needlepath")
SIM = str(BUILD / "bin" / "needlepath-sim")

# Statuses of the command line.
DONE, INTERNAL, USAGE, INVALID, LINK, STOPPED, INCOMPLETE = range(7)
ENDED = object()  # of a session: DONE if every dot is done, INCOMPLETE if some are said to be in doubt or failed


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def with_place(args):
    """ARGS of a command; run and air, which want to be told where the head is, are told that its frame is the arm's, as it is in
    the simulator, unless they are given fiducials or drive a gantry."""
    args = [str(a) for a in args]
    said = "--fiducials" in args or any(a.startswith("grbl:") for a in args)
    return args if args[:1] not in (["run"], ["air"]) or said else [*args, "--head-is-arm-frame"]


def ended_status(out):
    """What a session ends with that says OUT at its end."""
    return DONE if re.search(r"(dots|are) done, 0 in doubt, 0 failed$", out, re.M) else INCOMPLETE


class Case(unittest.TestCase):
    """A test with a folder of its own, which is the programs' working directory."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="needlepath-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def run_program(self, *args, status=DONE, env=None, timeout=600, place=with_place):
        """Runs `needlepath ARGS`, checks its exit status, and returns (stdout, stderr)."""
        done = subprocess.run([NEEDLEPATH, *map(str, place(args))], cwd=self.folder, capture_output=True, text=True,
                              timeout=timeout, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL)
        status = ended_status(done.stdout) if status is ENDED else status
        self.assertEqual(done.returncode, status, f"needlepath {args}\n{done.stdout}\n{done.stderr}")
        return done.stdout, done.stderr

    def refuse(self, *args, status=INVALID, says=(), env=None):
        """Runs what must fail: the status, words of the one error, and no new file left behind."""
        before = sorted(p.name for p in self.folder.rglob("*"))
        out, err = self.run_program(*args, status=status, env=env)
        for word in [says] if isinstance(says, str) else says:
            self.assertIn(word, err)
        if "--json" in args:
            self.assertEqual(json.loads(out)["error"]["exit_status"], status)
        else:
            self.assertEqual(out, "")
        self.assertEqual(sorted(p.name for p in self.folder.rglob("*")), before, "something was left behind")
        return err

    def show(self, plan):
        return json.loads(self.run_program("show", plan, "--json")[0])

    def make_plan(self, template="crown", plan="p.needleplan", edit=None, new=()):
        """Case, plan, key and approval in one go; EDIT changes the case's text."""
        self.run_program("case", "new", template, "-o", "case.yaml", "--force", *new)
        case = self.folder / "case.yaml"
        if edit:
            case.write_text(edit(case.read_text()))
        self.run_program("plan", "case.yaml", "-o", plan, "--force")
        if not (self.folder / "op.key").exists():
            self.run_program("keys", "new", "op.key", "--name", "tester", "--no-passphrase")
        self.run_program("approve", plan, "--key", "op.key", "--executor", "any")
        return plan

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return name


@contextlib.contextmanager
def simulator(folder, *args, stdin=None):
    """needlepath-sim, ready to be talked to; ended at the end."""
    process = start_simulator(folder, *args, stdin=stdin)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        if process.stdin:
            process.stdin.close()


def new_journal(folder, args):
    """What a simulator that is started with ARGS for the first time is told besides."""
    if "--journal" not in args:
        return ()
    path = folder / args[args.index("--journal") + 1]
    return () if path.exists() and path.stat().st_size else ("--new-journal",)


def start_simulator(folder, *args, stdin=None):
    with open(folder / "sim.err", "ab") as err:
        process = subprocess.Popen([SIM, *map(str, args), *new_journal(folder, args)], cwd=folder, stdin=stdin,
                                   stdout=subprocess.PIPE, stderr=err, text=True, bufsize=1)
    line = process.stdout.readline()
    assert "listening" in line, f"the simulator did not start: {line}\n{(folder / 'sim.err').read_text()}"
    return process


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False
