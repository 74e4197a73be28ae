"""The helper processes that take mesh files and side files apart: what it may do, what it is given, and that nothing is left of it."""
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import unittest

from programs import INVALID, NEEDLEPATH, SANITIZED, STOPPED, Case, wait_until

MASKED = pathlib.Path(__file__).parent / "masked.py"


def reader_of(pid):
    """The process id of the reader that PID started, or None."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and "scan-reader" in (entry / "cmdline").read_bytes().split(b"\0")[0].decode():
                status = dict(line.split(":\t", 1) for line in (entry / "status").read_text().splitlines() if ":\t" in line)
                if int(status["PPid"]) == pid:
                    return int(entry.name)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return None


class Reader(Case):
    def slow_scan(self):
        """A file that takes the reader seconds: one polygon after another that just may be."""
        with open(self.folder / "slow.obj", "w") as f:
            f.write("".join(f"v {i % 991} {i % 997} {i % 983}\n" for i in range(1000)))
            f.write(("f " + " ".join(str(1 + i) for i in range(3)) + "\n") * 4_000_000)
        return "slow.obj"

    def await_that(self, condition):
        self.assertTrue(wait_until(condition))

    def start(self, *args):
        child = subprocess.Popen([NEEDLEPATH, *args], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.addCleanup(child.stderr.close)
        return child

    def test_it_is_confined(self):
        planner = self.start("scan", "fit", self.slow_scan(), "-o", "fit.yaml")
        self.await_that(lambda: reader_of(planner.pid))
        reader = pathlib.Path(f"/proc/{reader_of(planner.pid)}")

        def status():
            return dict(line.split(":\t", 1) for line in (reader / "status").read_text().splitlines() if ":\t" in line)
        self.await_that(lambda: status()["NoNewPrivs"] == "1" and (SANITIZED or status()["Seccomp_filters"] == "2"))
        self.assertEqual(status()["CapPrm"].strip("0"), "")
        self.assertEqual(status()["CapEff"].strip("0"), "")
        if os.geteuid() == 0:  # what cannot be dumped shows its files to root alone
            files = {int(f.name): os.readlink(f) for f in (reader / "fd").iterdir()}
            self.assertEqual({n: files[n] for n in (0, 1)}, {0: "/dev/null", 1: "/dev/null"})
            self.assertLessEqual({f for n, f in files.items() if n > 2 and not f.startswith("socket:")},
                                 {str(self.folder / "slow.obj")})

    def test_it_dies_with_the_planner(self):
        planner = self.start("scan", "fit", self.slow_scan(), "-o", "fit.yaml")
        self.await_that(lambda: reader_of(planner.pid))
        reader = reader_of(planner.pid)
        planner.kill()
        planner.wait()
        self.await_that(lambda: not pathlib.Path(f"/proc/{reader}/exe").exists() or not os.path.isdir(f"/proc/{reader}"))

    def write_case(self, scan):
        """A case on the mesh file SCAN, with the built-in head's landmarks."""
        self.run_program("head", "-o", "head.ply")
        description = self.folder / "head.yaml"
        description.write_text(description.read_text().replace("head.ply", scan))
        self.run_program("case", "new", "crown", "--scan", "head.yaml", "-o", "case.yaml")

    def test_ctrl_c(self):
        self.write_case(self.slow_scan())
        before = sorted(p.name for p in self.folder.iterdir())
        planner = self.start("plan", "case.yaml", "-o", "p.needleplan")
        self.await_that(lambda: reader_of(planner.pid))
        reader = reader_of(planner.pid)
        os.kill(planner.pid, signal.SIGINT)
        self.assertEqual(planner.wait(60), STOPPED, planner.stderr.read())
        self.await_that(lambda: not os.path.isdir(f"/proc/{reader}"))
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), before)

    def test_scan_fit_ends_at_a_signal(self):
        scan = self.slow_scan()
        before = sorted(p.name for p in self.folder.iterdir())
        for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            fit = self.start("scan", "fit", scan, "-o", "fit.yaml")
            self.await_that(lambda: reader_of(fit.pid))
            reader = reader_of(fit.pid)
            os.kill(reader, signal.SIGSTOP)  # it never answers; only the signal can end this
            os.kill(fit.pid, sent)
            self.assertEqual(fit.wait(60), STOPPED, fit.stderr.read())
            self.await_that(lambda: not os.path.isdir(f"/proc/{reader}"))
            self.assertEqual(sorted(p.name for p in self.folder.iterdir()), before)

    @unittest.skipIf(SANITIZED, "a sanitizer needs calls that a reader may not make: nothing is confined")
    def test_a_kernel_without_landlock(self):
        """Nothing is read, and the reason says what reads it."""
        self.write_case("head.ply")

        def masked(*args):
            return subprocess.run([sys.executable, MASKED, NEEDLEPATH, *args], cwd=self.folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True)
        for command in (("case", "check", "case.yaml"), ("scan", "fit", "head.ply", "-o", "fit.yaml"),
                        ("head", "--case", "case.yaml", "-o", "copy.ply")):
            result = masked(*command)
            self.assertEqual(result.returncode, INVALID, result.stderr)
            self.assertIn("head.ply: is not read: this kernel cannot confine who reads it: Landlock: Operation not supported; "
                          "`--weaker-sandbox` reads it all the same", result.stderr)
            self.assertNotIn("is not read", masked(*command, "--weaker-sandbox").stderr)
        self.assertEqual(masked("case", "check", "case.yaml", "--weaker-sandbox").returncode, 0)

    def write_case_of_points(self, name, content):
        """A case of which a region is drawn in the file NAME."""
        self.run_program("case", "new", "crown", "-f", "-o", "case.yaml")
        case = self.folder / "case.yaml"
        text, n = re.subn(r"    outline:\n(?:      - .*\n)+", f"    outline: {{file: {name}}}\n", case.read_text(), count=1)
        self.assertEqual(n, 1)
        case.write_text(text)
        if content is not None:
            (self.folder / name).write_bytes(content)

    @unittest.skipIf(SANITIZED, "a sanitizer needs calls that a reader may not make: nothing is confined")
    def test_side_files_and_a_kernel_without_landlock(self):
        """Files of points and descriptions of scans are not read either."""
        self.write_case("head.ply")
        self.write_case_of_points("a.csv", b"1,2,3\n")

        def masked(*args):
            return subprocess.run([sys.executable, MASKED, NEEDLEPATH, *args], cwd=self.folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True)
        for name, command in (("a.csv", ("case", "check", "case.yaml")),
                              ("head.yaml", ("case", "new", "crown", "--scan", "head.yaml", "-o", "other.yaml"))):
            result = masked(*command)
            self.assertEqual(result.returncode, INVALID, result.stderr)
            self.assertIn(f"{name}: is not read: this kernel cannot confine who reads it: Landlock: Operation not supported; "
                          "`--weaker-sandbox` reads it all the same", result.stderr)
            self.assertFalse((self.folder / "other.yaml").exists())
            self.assertNotIn("is not read", masked(*command, "--weaker-sandbox").stderr)
        self.assertTrue((self.folder / "other.yaml").exists())

    def test_side_files_made_to_harm(self):
        """One error each, soon, that names the file."""
        os.mkfifo(self.folder / "pipe.csv")
        os.mkfifo(self.folder / "pipe.yaml")
        for name, content, says in (
                ("deep.mrk.json", b"[" * 1_000_000, "deep.mrk.json:1: not valid JSON"),
                ("many.mrk.json", b"[0" + b",0" * 9_000_000, "bytes are too many for JSON"),
                ("deep.pp", b"<PickedPoints>" + b"<a>" * 1_000_000, "deep.pp:1: elements in elements"),
                ("bomb.pp", b'<!DOCTYPE PickedPoints [<!ENTITY a "aaaa">]><PickedPoints>&a;</PickedPoints>', "a document type"),
                ("device.csv", None, "device.csv: cannot read: it is not a regular file"),
                ("pipe.csv", None, "pipe.csv: cannot read: it is not a regular file")):
            if name == "device.csv":
                (self.folder / name).symlink_to("/dev/zero")
            self.write_case_of_points(name, content)
            self.refuse("case", "check", "case.yaml", says=says)
        for name, content, says in (
                ("deep.yaml", b"[" * 1_000_000, "deep.yaml:1: more than 1000 brackets are open here"),
                ("bomb.yaml", b"a: &a [0,0,0,0,0,0,0,0]\n" + b"".join(
                    b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % ((i + 1,) * 2 + (i,) * 8) for i in range(97, 110)), "bomb.yaml:1: "),
                ("huge.yaml", b"- 1\n" * 300_000, "huge.yaml: the file has 1200000 bytes; at most 1048576 are read"),
                ("pipe.yaml", None, "pipe.yaml: cannot read: it is not a regular file")):
            if content is not None:
                (self.folder / name).write_bytes(content)
            self.refuse("case", "new", "crown", "--scan", name, "-o", "new.yaml", says=says)
            self.assertFalse((self.folder / "new.yaml").exists())
            self.refuse("register", name, says=says)
            self.refuse("shades", "no.needleplan", "--palette", name, says=says)

    def gltf(self, uri):
        """A glTF whose buffer is URI: a tetrahedron, over and over."""
        positions = struct.pack("<12f", 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1)
        indices = struct.pack("<12H", 0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3)
        document = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
                    "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
                    "buffers": [{"byteLength": 72, "uri": uri}],
                    "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": 48}, {"buffer": 0, "byteOffset": 48, "byteLength": 24}],
                    "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
                                  {"bufferView": 1, "componentType": 5123, "count": 12, "type": "SCALAR"}]}
        (self.folder / "s").mkdir(exist_ok=True)
        (self.folder / "s" / "scan.gltf").write_text(json.dumps(document))
        return positions + indices

    def test_what_a_gltf_names(self):
        data = self.gltf("sub/buffer.bin")
        (self.folder / "s" / "sub").mkdir()
        (self.folder / "s" / "sub" / "buffer.bin").write_bytes(data)
        few = "holds 4 triangles, a head needs at least 100"
        self.refuse("scan", "fit", "s/scan.gltf", "-o", "f.yaml", says=few)
        (self.folder / "outside.bin").write_bytes(data)
        (self.folder / "s" / "link.bin").symlink_to("../outside.bin")
        (self.folder / "s" / "inside.bin").symlink_to("sub/buffer.bin")
        (self.folder / "s" / "device.bin").symlink_to("/dev/zero")
        os.mkfifo(self.folder / "s" / "pipe.bin")
        outside = "outside of its own folder"
        for uri, says in (("inside.bin", few), ("link.bin", outside), ("device.bin", outside), ("../outside.bin", outside),
                          ("..%2Foutside.bin", "'../outside.bin' " + outside),
                          ("/dev/zero", outside), ("pipe.bin", "s/pipe.bin: cannot read: it is not a regular file"),
                          ("sub", "s/sub: cannot read: it is not a regular file"),
                          ("none.bin", "s/none.bin: cannot read: No such file or directory")):
            self.gltf(uri)
            self.refuse("scan", "fit", "s/scan.gltf", "-o", "f.yaml", says=says)


if __name__ == "__main__":
    unittest.main()
