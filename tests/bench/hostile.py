"""Hostile plugins against the planner, and what they got: `./dev hostile [--modes NAME...] [--by USER] [--seeds N] [--seed S]`.

A mode is one way to be hostile at one time (tests/badplugins/modes.c): while the plugin is loaded, lays out, prepares or paints.  Each is planned
with, by an ordinary user and by root, on this kernel and behind a helper that knows Landlock as of version 2 alone (Debian 12's kernel).  What is seen
from outside counts: a folder of canaries, listeners, the terminal, shared memory, processes left, how the planner ended, and whether it named the
plugin and the reason.  Needs root, to be both users; an ordinary user tries himself alone.  Then the seeded runs (hostile_runs.c) with N seeds from S, by
each build that there is: release, debug (ASan, UBSan) and tsan.  Prints the table of docs/safety.md; exit status 1 for an escape, a hang, a survivor
or a reason that is missing."""
import argparse
import collections
import ctypes
import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time

BUILD = pathlib.Path(os.environ["NEEDLEPATH_BUILD"])
SOURCE = pathlib.Path(os.environ["NEEDLEPATH_SOURCE"])
CANARY = pathlib.Path("/tmp/needlepath-canary")  # as in modes.c
PORT, NOBODY, TIMEOUT_S, HANG_S = 47113, 65534, 3, 60
PR_SET_CHILD_SUBREAPER = 36
WHEN = ("ctor", "layout", "prepare", "paint")
# While it is loaded a plugin may map code, and load what lies in the system's folders (docs/plugin-author.md): so does the loader.
ALLOWED = {"ctor_code_new", "ctor_code_changed", "ctor_loads_library"}


def modes():
    """Every way of the table in modes.c, at each time."""
    text = (SOURCE / "tests/badplugins/modes.c").read_text()
    ways = re.findall(r'\{"(\w+)", \w+\}', text[text.index("static const mode modes[]"):])
    return [f"{when}_{way}" for when in WHEN for way in ways]


class Listeners:
    """What a plugin must not get through to."""

    def __init__(self):
        self.open = []
        for family, kind, address in ((socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)), (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", PORT)),
                                      (socket.AF_UNIX, socket.SOCK_STREAM, str(CANARY / "socket")), (socket.AF_UNIX, socket.SOCK_STREAM, "\0needlepath-canary")):
            s = socket.socket(family, kind)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(address)
            if kind == socket.SOCK_STREAM:
                s.listen(5)
            self.open.append(s)
        os.chmod(CANARY / "socket", 0o777)

    def heard(self):
        return bool(select.select(self.open, [], [], 0)[0])

    def close(self):
        for s in self.open:
            s.close()


def set_canary():
    shutil.rmtree(CANARY, ignore_errors=True)
    CANARY.mkdir()
    os.chmod(CANARY, 0o777)
    (CANARY / "secret").write_text("not for plugins\n")
    os.chmod(CANARY / "secret", 0o666)


def canary_state():
    files = sorted((p.name, p.stat().st_mode, p.stat().st_mtime_ns if p.name == "secret" else 0) for p in CANARY.iterdir())
    return files, (CANARY / "secret").read_bytes() if (CANARY / "secret").exists() else None, pathlib.Path("/dev/shm/needlepath-canary").exists(), \
        len(pathlib.Path("/proc/sysvipc/shm").read_text().splitlines())


def children():
    """Processes that are ours, of whatever generation: orphans come to us."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == os.getpid():
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def survivors():
    """How many processes are left half a minute later; ends them."""
    end = time.monotonic() + 30
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return 0
        if time.monotonic() > end:
            left = children()
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            return len(left)
        time.sleep(0.01)


class Setting:
    """Where a mode is tried: USER (a uid), and the helper's LIBEXEC."""

    def __init__(self, name, user, libexec):
        self.name, self.user, self.libexec = name, user, libexec
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="needlepath-hostile-"))
        (self.folder / "plugins").mkdir()
        self.listeners = None

    def give_away(self):
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, self.user, self.user)

    def case(self, strategy):
        subprocess.run([BUILD / "bin/needlepath", "case", "new", "crown", "-o", "case.yaml", "--force"], cwd=self.folder, check=True, capture_output=True)
        path = self.folder / "case.yaml"
        text = re.sub(r"strategy:\s*\w+", f"strategy: {strategy}", path.read_text())
        path.write_text(re.sub(r"\n    params:.*?(?=\n  -|\n\S|\Z)", "", text, flags=re.S))

    def plan(self):
        """(exit status or None for a hang, what it printed, what was typed into its terminal)."""
        env = {**os.environ, "NEEDLEPATH_PLUGIN_PATH": str(self.folder / "plugins"), "NEEDLEPATH_PLUGIN_TIMEOUT_S": str(TIMEOUT_S),
               "NEEDLEPATH_LIBEXEC": str(self.libexec), "HOME": str(self.folder)}
        master, slave = pty.openpty()
        done = subprocess.Popen([BUILD / "bin/needlepath", "plan", "case.yaml", "-o", "p.needleplan"], cwd=self.folder, env=env, stdin=slave,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="backslashreplace", start_new_session=True,
                                **({"user": self.user, "group": self.user, "extra_groups": []} if os.geteuid() == 0 and self.user else {}))
        try:
            said, status = done.communicate(timeout=HANG_S)[0], done.returncode
        except subprocess.TimeoutExpired:
            os.killpg(done.pid, signal.SIGKILL)
            said, status = done.communicate()[0], None
        typed = struct.unpack("i", fcntl.ioctl(slave, termios.FIONREAD, b"\0" * 4))[0]
        os.close(master)
        os.close(slave)
        return status, said, typed

    def try_mode(self, mode):
        """(what is wrong: a list of words, what the planner said)."""
        for path in (self.folder / "plugins").iterdir():
            path.unlink()
        shutil.copy(BUILD / "tests" / "badplugins" / "modes" / "modes.so", self.folder / "plugins" / f"{mode}.so")
        set_canary()
        self.listeners = Listeners()
        self.case(mode)
        self.give_away()
        before = canary_state()
        status, said, typed = self.plan()
        wrong = []
        if status is None:
            wrong.append("hang")
        elif status < 0 or status not in (3,):
            wrong.append(f"exit {status}")
        if survivors():
            wrong.append("survivor")
        if canary_state() != before or self.listeners.heard() or typed or re.search(r"\breached\b", said) or (self.folder / "p.needleplan").exists():
            wrong.append("escape")
        if mode.startswith("ctor_") and "SIGABRT" in said and mode != "ctor_aborts" and mode not in ALLOWED:
            wrong.append("escape")
        if f"{mode}.so" not in said or len(said.split(f"{mode}.so", 1)[1]) < 8:
            wrong.append("no reason")
        self.listeners.close()
        return wrong, said

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def landlock_2():
    """A folder of helpers in which the strategies' knows Landlock of version 2 alone."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="needlepath-landlock2-"))
    os.chmod(folder, 0o755)
    for other in (BUILD / "libexec/needlepath").iterdir():
        ours = BUILD / "tests" / "landlock2" / other.name
        (folder / other.name).symlink_to(ours if ours.exists() else other)
    return folder


def reason(said):
    """What the planner said of the plugin, in short."""
    text = said.strip().splitlines()[-1] if said.strip() else ""
    return re.sub(r"^.*\.so\)?: ", "", text)[:100]


def try_modes(names, by, verbose):
    bad, table = 0, []
    older = landlock_2()
    users = [("ordinary user", NOBODY), ("root", 0)] if os.geteuid() == 0 else [("ordinary user", os.getuid())]
    users = [user for user in users if by in (None, user[0].split()[0])]
    for user, uid in users:
        for kernel, libexec in (("this kernel", BUILD / "libexec/needlepath"), ("Landlock 2", older)):
            setting = Setting(f"{user}, {kernel}", uid, libexec)
            counts, begin = collections.Counter(), time.monotonic()
            for mode in names:
                wrong, said = setting.try_mode(mode)
                counts.update(wrong)
                if wrong or verbose:
                    print(f"{setting.name}: {mode}: {', '.join(wrong) or 'held'}: {reason(said)}", flush=True)
                bad += bool(wrong)
            setting.close()
            other = sum(n for word, n in counts.items() if word.startswith("exit"))
            table.append(f"| {user} | {kernel} | {len(names)} | {counts['escape']} | {counts['hang']} | {counts['survivor']} | "
                         f"{counts['no reason']} | {other} | {time.monotonic() - begin:.0f} |")
            print(table[-1], flush=True)
    shutil.rmtree(older)
    shutil.rmtree(CANARY, ignore_errors=True)
    print("\n| by | on | modes | escapes | hangs | processes left | without a reason | ended otherwise | s |\n|---|---|---|---|---|---|---|---|---|")
    print("\n".join(table))
    return bad


def try_seeds(first, count):
    """The seeded runs, in each build that there is; helpers are those of release, which have the filter."""
    bad = 0
    for preset, what in (("release", "release"), ("debug", "ASan and UBSan"), ("tsan", "TSan")):
        program = BUILD.parent / preset / "tests" / "hostile_runs"
        if not program.exists():
            print(f"{what}: not built (./dev build {preset})")
            continue
        env = {**os.environ, "NEEDLEPATH_LIBEXEC": str(BUILD / "libexec/needlepath"), "UBSAN_OPTIONS": "halt_on_error=1",
               "NEEDLEPATH_PLUGIN_PATH": str(BUILD / "tests" / "badplugins" / "seeded"), "ASAN_OPTIONS": "detect_leaks=1",
               "LSAN_OPTIONS": f"suppressions={SOURCE}/tests/lsan.supp",
               "TSAN_OPTIONS": f"ignore_noninstrumented_modules=1:suppressions={SOURCE}/tests/tsan.supp"}
        done = subprocess.run([program, str(first), str(count)], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="backslashreplace")
        print(f"{what}: {done.stdout.strip()[-2000:]}", flush=True)
        bad += done.returncode != 0
    return bad


def main():
    parser = argparse.ArgumentParser(prog="./dev hostile", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--modes", nargs="*", help="these alone (all); none: --modes with no name")
    parser.add_argument("--by", choices=("ordinary", "root"), help="this user alone (both)")
    parser.add_argument("--seeds", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="a line for each mode")
    args = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.umask(0o022)
    known = modes()
    names = known if args.modes is None else args.modes
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"./dev hostile: there is no mode {unknown[0]}; they are WHEN_WHAT, WHEN {', '.join(WHEN)} and WHAT of tests/badplugins/modes.c")
    bad = try_modes(names, args.by, args.verbose) if names else 0
    bad += try_seeds(args.seed, args.seeds) if args.seeds else 0
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
