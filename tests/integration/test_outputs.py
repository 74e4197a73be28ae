"""What commands write: never over a plan that holds a journal, never over what they read, through symbolic links, and whole."""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import unittest

from programs import BUILD, INVALID, SIM, USAGE, Case, free_port

# the back of the head looks up
FIDUCIALS = "fiducials:\n" + "".join(f"- {{name: p{i}, head: {[x, y, z]}, arm: {[z, y, -x]}}}\n" for i, (x, y, z) in enumerate(
    ([100, 0, 0], [0, 70, 0], [0, -70, 0], [0, 0, 120])))


def mark_as_run(path):
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO runs SELECT NULL, 1, 0, 'zmq:x', 'done', value FROM meta WHERE key = 'digest'")


def mark_as_made(path):
    """All dots of the plan at PATH, as a run would have written them down."""
    mark_as_run(path)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO journal (run, dot, state, time_unix_us, outcome, plan) SELECT r.id, d.id, 2, 0, 0, substr(r.digest, 1, 8) FROM dots d, runs r")


class Outputs(Case):
    def setUp(self):
        super().setUp()
        self.make_plan("fue-scars")
        self.write("fid.yaml", FIDUCIALS)
        self.run_program("testdots", "case.yaml", "-o", "test.needleplan")
        mark_as_made(self.folder / "test.needleplan")
        self.write("dots.csv", "dot,contrast,width_mm,red_over_blue\n" + "".join(f"{i},0.6,0.21,\n" for i in range(1, 15)))

    def writers(self):
        """One call of every command that writes a file of a name that it is given, without the name."""
        exports = [["export", "p.needleplan", "--format", f] for f in ("csv", "json", "ply", "xyz", "record", "vtp")]
        programs = [["export", "p.needleplan", "--format", f, "--session", "1", "--fiducials", "fid.yaml"]
                    for f in ("gcode", "urscript")]
        return [["case", "new", "crown"], ["head"], ["head", "--case", "case.yaml"], ["plan", "case.yaml"],
                ["testdots", "case.yaml"],
                ["testdots", "read", "case.yaml", "--plan", "test.needleplan", "--measured", "dots.csv"], *exports, *programs]

    def test_every_command_that_writes_is_tried_here(self):
        names = [line[2:18].strip() for line in
                 self.run_program("--help")[0].split("commands:\n")[1].split("\n\n")[0].splitlines()]
        writing = {n for n in names if "--out " in self.run_program(*n.split(), "--help")[0]}
        self.assertEqual(writing, {"case new", "head", "plan", "export", "report", "preview", "scan fit", "plugin preview", "testdots", "testdots read"})

    def test_a_journal_is_replaced_by_nothing(self):
        shutil.copy(self.folder / "p.needleplan", self.folder / "ran.needleplan")
        mark_as_run(self.folder / "ran.needleplan")
        os.link(self.folder / "ran.needleplan", self.folder / "hard.ply")
        os.symlink("ran.needleplan", self.folder / "soft.ply")
        before = (self.folder / "ran.needleplan").read_bytes()
        for command in [*self.writers(), ["scan", "fit", "scan.ply"]]:
            for name in ("ran.needleplan", "hard.ply", "soft.ply"):
                with self.subTest(command=command, name=name):
                    self.refuse(*command, "-f", "-o", name, says=["overwritten", name])
                    self.assertEqual((self.folder / "ran.needleplan").read_bytes(), before)
                    self.assertEqual((self.folder / name).read_bytes(), before)
        for command, name in (("report", "report.html"), ("report", "viewer.html"), ("report", "front.png"), ("report", "density.png"),
                              ("preview", "three-quarter-1m-healed.png")):
            folder = self.folder / f"for {name}"
            folder.mkdir()
            os.symlink("../ran.needleplan", folder / name)
            err = self.run_program(command, "p.needleplan", "-o", folder.name, status=INVALID)[1]
            self.assertIn(f"{folder.name}/{name}: is a plan", err)
            self.assertEqual((self.folder / "ran.needleplan").read_bytes(), before)
        bundled = BUILD / "lib" / "needlepath" / "plugins" / "scar_fill.so"
        nothing = BUILD / "tests" / "badplugins" / "run" / "misbehave.so", "--strategy", "nothing"
        for args, name in (((bundled,), "density.png"), ((bundled,), "dots.png"), (nothing, "dots.png")):
            folder = self.folder / f"for the {len(args)} {name}"
            folder.mkdir()
            os.link(self.folder / "ran.needleplan", folder / name)
            err = self.run_program("plugin", "preview", *args, "-o", folder.name, status=INVALID)[1]
            self.assertIn(f"{folder.name}/{name}: is a plan", err)
            self.assertEqual((folder / name).read_bytes(), before)
        # the description that goes beside a head
        os.symlink("ran.needleplan", self.folder / "h.yaml")
        self.refuse("head", "-f", "-o", "h.ply", says="h.yaml: is a plan")
        for args in (["--trace", "ran.needleplan"], ["--record", "ran.needleplan"], ["--journal", "ran.needleplan"]):
            args += [] if "--journal" in args else ["--journal", "memory"]
            done = subprocess.run([SIM, "--listen", f"zmq:tcp://127.0.0.1:{free_port()}", "--once", *args], cwd=self.folder, capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual(done.returncode, INVALID, done.stderr)
            self.assertIn("ran.needleplan", done.stderr)
            self.assertEqual((self.folder / "ran.needleplan").read_bytes(), before)

    def refuse_to_serve(self, *args, says):
        """needlepath-sim is tried with ARGS, which name a file that it must leave as it is, wherever it listens."""
        before = {p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file()}
        args += () if "--proxy" in args or "--listen" in args else ("--listen", f"zmq:tcp://127.0.0.1:{free_port()}")
        with self.subTest(args=args):
            done = subprocess.run([SIM, *args], cwd=self.folder, capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, INVALID, done.stderr)
            self.assertIn(says, done.stderr)
            self.assertEqual({p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file()}, before)

    def test_the_simulator_writes_over_no_file_of_another_kind(self):
        self.run_program("export", "p.needleplan", "--format", "record", "-o", "other.csv")
        subprocess.run([SIM, "--journal", "other.journal", "--new-journal", "--show-identity"], cwd=self.folder, check=True, capture_output=True)
        (self.folder / "trace.csv").write_text("time_us,event,dot,silence_us\n1,begin,1,0\n")
        (self.folder / "events.csv").write_text("time_us,event\n1,cut\n")
        self.write("p.needleplan-wal", bytes.fromhex("377f0682") + b"x" * 100)
        os.symlink("op.key", self.folder / "soft")
        os.link(self.folder / "op.key", self.folder / "hard")
        once = "--journal", "memory", "--once"
        for name in ("other.journal", "op.key", "op.key.pub", "soft", "hard", "case.yaml", "fid.yaml", "p.needleplan-wal"):
            for option in ("--trace", "--record"):
                self.refuse_to_serve(*once, option, name, says=f"{name}: ")
            self.refuse_to_serve("--proxy", "--listen", "serial:pty", "--to", "serial:/dev/null", "--events", name, says=f"{name}: ")
            self.refuse_to_serve(*once, "--listen", f"zmq:ipc://{name}", says=f"{name} is there and is no socket")
        self.refuse_to_serve(*once, "--trace", "other.csv", says="other.csv: is another file")
        self.refuse_to_serve(*once, "--trace", "events.csv", says="events.csv: is another file")
        self.refuse_to_serve(*once, "--record", "trace.csv", says="trace.csv: is another file")
        self.refuse_to_serve("--proxy", "--listen", "serial:pty", "--to", "serial:/dev/null", "--events", "trace.csv", says="trace.csv: is another file")

    def test_the_simulator_begins_its_own_files_anew(self):
        for name, text in (("trace.csv", "time_us,event,dot,silence_us\n1,begin,1,0\n"), ("empty.csv", ""), ("new.csv", None)):
            if text is not None:
                self.write(name, text)
            with subprocess.Popen([SIM, "--listen", f"zmq:tcp://127.0.0.1:{free_port()}", "--journal", "memory", "--trace", name], cwd=self.folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as sim:
                said = sim.stdout.readline()
                sim.terminate()
                said += sim.stdout.read()
            self.assertEqual((self.folder / name).read_text(), "time_us,event,dot,silence_us\n", said)

    def test_nor_the_place_of_one_whose_log_lies_there(self):
        self.write("gone.needleplan-wal", b"x" * 100)
        os.symlink("gone.needleplan", self.folder / "dangling.ply")
        for command in [*self.writers(), ["scan", "fit", "scan.ply"]]:
            with self.subTest(command=command):
                self.refuse(*command, "-o", "gone.needleplan", says="gone.needleplan-wal is there")
                self.refuse(*command, "-f", "-o", "gone.needleplan", says="gone.needleplan-wal is there")

    def test_nor_what_lies_beside_a_plan(self):
        """Its log above all, which a run that was killed left behind."""
        log = bytes.fromhex("377f0682") + b"x" * 100
        shutil.copy(self.folder / "p.needleplan", self.folder / "ran.needleplan")
        for name, data in (("-wal", log), ("-shm", b""), ("-lock", b"12345678")):
            self.write(f"ran.needleplan{name}", data)
        self.write("kept.log", log)
        os.symlink("ran.needleplan-wal", self.folder / "soft")
        os.link(self.folder / "ran.needleplan-wal", self.folder / "hard")
        os.mkdir(self.folder / "pictures")
        os.symlink("../ran.needleplan-wal", self.folder / "pictures" / "report.html")
        before = {p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file()}
        names = [f"ran.needleplan{end}" for end in ("-wal", "-shm", "-lock", "-journal")] + ["soft", "hard", "kept.log"]
        for command in [*self.writers(), ["scan", "fit", "scan.ply"]]:
            for name in names:
                with self.subTest(command=command, name=name):
                    self.refuse(*command, "-f", "-o", name, says=name)
                    self.assertEqual({p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file()}, before)
        for command in (["report", "p.needleplan", "-o", "pictures"], ["keys", "new", "ran.needleplan-journal"],
                        ["plan", "case.yaml", "-o", "new.needleplan", "--refused-picture", "ran.needleplan-wal"]):
            with self.subTest(command=command):
                err = self.run_program(*command, status=INVALID)[1]
                self.assertIn("ran.needleplan" if "pictures" not in command else "report.html", err)
            self.assertEqual({p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file()}, before)
        for option in ("--trace", "--record", "--journal"):
            others = ["--journal", "memory"] if option != "--journal" else ["--new-journal"]
            self.refuse_to_serve(*others, "--once", option, "ran.needleplan-journal", says="ran.needleplan-journal: is the name of what belongs to")

    def test_a_plan_replaces_plans_that_were_never_run_alone(self):
        self.run_program("plan", "case.yaml", "-f", "-o", "p.needleplan", "--seed", "3")
        self.write("empty", "")
        self.run_program("plan", "case.yaml", "-f", "-o", "empty")
        case = (self.folder / "case.yaml").read_text()
        os.link(self.folder / "case.yaml", self.folder / "other.yaml")
        self.refuse("plan", "case.yaml", "-f", "-o", "case.yaml", status=USAGE, says="is given to be read")
        self.refuse("plan", "case.yaml", "-f", "-o", "other.yaml", status=USAGE, says=["is given to be read", "other.yaml"])
        self.assertEqual((self.folder / "case.yaml").read_text(), case)
        self.refuse("plan", "case.yaml", "-f", "-o", "fid.yaml", says="not a plan file")
        self.assertEqual((self.folder / "fid.yaml").read_text(), FIDUCIALS)
        # of one that cannot be read nobody knows
        data = bytearray((self.folder / "p.needleplan").read_bytes())
        data[4096:] = b"\xff" * (len(data) - 4096)
        self.write("damaged.needleplan", bytes(data))
        self.refuse("plan", "case.yaml", "-f", "-o", "damaged.needleplan", says=["damaged", "not overwritten"])
        self.assertEqual((self.folder / "damaged.needleplan").read_bytes(), data)

    def test_nothing_is_written_over_what_is_read(self):
        self.run_program("head", "-o", "h.ply")
        self.run_program("case", "new", "crown", "--scan", "h.yaml", "-o", "scanned.yaml")
        os.symlink("h.ply", self.folder / "link.ply")
        os.mkdir(self.folder / "sub")
        before = {p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file()}
        program = ["export", "p.needleplan", "--format", "gcode", "--session", "1", "--fiducials", "fid.yaml"]
        for command, name in ((["case", "new", "crown", "--scan", "h.yaml"], "h.yaml"),
                              (["case", "new", "crown", "--scan", "h.yaml"], "h.ply"),
                              (["head", "--case", "scanned.yaml"], "scanned.yaml"),
                              (["head", "--case", "scanned.yaml"], "h.ply"),
                              (["head", "--case", "scanned.yaml"], "link.ply"),
                              (["export", "p.needleplan"], "p.needleplan"),
                              (program, "fid.yaml"), (program, "sub/../fid.yaml")):
            with self.subTest(command=command, name=name):
                self.refuse(*command, "-f", "-o", name, status=USAGE, says=["read", name])
                self.assertEqual({p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file()}, before)

    def test_a_program_takes_no_fiducials_that_are_far_off(self):
        """As `run` on a gantry: it does not feel the skin, whatever machine runs it."""
        self.write("off.yaml", "limit_mm: 1\n" + FIDUCIALS.replace("arm: [120, 0, 0]", "arm: [121, 0, 0]"))
        for form in ("gcode", "urscript"):
            self.refuse("export", "p.needleplan", "--session", "1", "--fiducials", "off.yaml", "--format", form, "-o", "off.txt",
                        says=["mm off after registration", "0.3 mm at most is allowed"])
            self.assertFalse((self.folder / "off.txt").exists())

    def test_symbolic_links_are_followed(self):
        os.mkdir(self.folder / "real")
        for command in self.writers():
            if "gcode" in command:  # no gantry can make this plan
                continue
            if command[0] == "plan" or command == ["testdots", "case.yaml"]:
                self.run_program("plan", "case.yaml", "-o", "real/target")
            else:
                self.write("real/target", "needlepath: 1\n" if "read" in command else "old")
            os.symlink("real/target", self.folder / "link")
            with self.subTest(command=command):
                self.refuse(*command, "-o", "link", says="already there")
                self.run_program(*command, "-f", "-o", "link")
                self.assertEqual(os.readlink(self.folder / "link"), "real/target")
                self.assertEqual(os.listdir(self.folder / "real"), ["target"])
                self.assertGreater((self.folder / "real" / "target").stat().st_size, 80)
                (self.folder / "real" / "target").unlink()
                self.refuse(*command, "-f", "-o", "link", says=["link", "leads to no file"])
            (self.folder / "link").unlink()
            (self.folder / "link.yaml").unlink(missing_ok=True)

    def test_a_plan_is_run_once_at_a_time_under_whatever_name(self):
        os.symlink("p.needleplan", self.folder / "link.needleplan")
        lock = subprocess.Popen(["flock", "p.needleplan-lock", "sleep", "60"], cwd=self.folder)
        try:
            while not (self.folder / "p.needleplan-lock").exists():
                pass
            for name in ("p.needleplan", "link.needleplan"):
                self.refuse("plan", "case.yaml", "-f", "-o", name, says="is running this plan")
        finally:
            lock.kill()
            lock.wait()

    def test_empty_names_are_wrong_usage(self):
        for command in self.writers() + [["report", "p.needleplan"], ["preview", "p.needleplan"]]:
            self.refuse(*command, "-o", "", status=USAGE, says="--out: expected")
        for command in (["show", ""], ["plan", "", "-o", "x"], ["keys", "new", ""], ["diff", "p.needleplan", ""],
                        ["report", "p.needleplan", "-o", "r", "--case-dir", ""], ["head", "-o", "h.ply", "--case", ""],
                        ["approve", "p.needleplan", "--key", ""], ["register", ""],
                        ["export", "p.needleplan", "--fiducials", ""],
                        ["run", "p.needleplan", "-s", "1", "-t", "zmq:tcp://127.0.0.1:1", "--state", ""]):
            self.refuse(*command, status=2, says="found an empty text")
        self.refuse("run", "p.needleplan", "-s", "1", "-t", "", status=USAGE, says="target")

    def test_messages_name_a_file_once(self):
        for command in self.writers():
            for name in ("none/x.ply", "/dev/full", "/proc/x.ply"):
                with self.subTest(command=command, name=name):
                    err = self.refuse(*command, "-f", "-o", name, says=name)
                    self.assertEqual(err.count(name), 1, err)
        for name in ("/dev/full", "/proc/x"):
            for command in ("report", "preview"):
                err = self.refuse(command, "p.needleplan", "-o", name, says=name)
                self.assertEqual(err.count(name), 1, err)


if __name__ == "__main__":
    unittest.main()
