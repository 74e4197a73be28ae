"""Bad input: each is one clear error, the right exit status, and nothing half written."""
import array
import contextlib
import json
import math
import os
import re
import sqlite3
import struct
import subprocess
import unittest

from programs import BUILD, INVALID, NEEDLEPATH, SANITIZED, USAGE, Case


def ply(vertices, faces):
    """A binary PLY file."""
    head = (f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\nproperty float x\nproperty float y\n"
            f"property float z\nelement face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n")
    return head.encode() + b"".join(struct.pack("<3f", *v) for v in vertices) + b"".join(
        struct.pack("<B3i", 3, *f) for f in faces)


def read_ply(data):
    """Vertices and faces of a file that `needlepath head` wrote."""
    head, body = data.split(b"end_header\n", 1)
    nv = int(re.search(rb"element vertex (\d+)", head)[1])
    nf = int(re.search(rb"element face (\d+)", head)[1])
    size = 8 if b"double x" in head else 4
    code = "d" if size == 8 else "f"
    vertices = [struct.unpack_from(f"<3{code}", body, i * 3 * size) for i in range(nv)]
    offset = nv * 3 * size
    faces = [struct.unpack_from("<B3i", body, offset + i * 13)[1:] for i in range(nf)]
    return vertices, faces


class Scans(Case):
    def setUp(self):
        super().setUp()
        self.run_program("head", "-o", "head.ply")
        self.run_program("case", "new", "crown", "--scan", "head.yaml", "-o", "case.yaml")
        self.case = (self.folder / "case.yaml").read_text()
        self.mesh = (self.folder / "head.ply").read_bytes()

    def refuse_scan(self, name, content, says):
        """Plans the case with another mesh file in place of the head's."""
        if content is not None:
            self.write(name, content)
        text = re.sub(r"(file:\s*)\S*head\.ply\"?", rf"\g<1>{self.folder / name}", self.case)
        self.assertIn(name, text)
        self.write("bad.yaml", text)
        err = self.refuse("plan", "bad.yaml", "-o", "x.needleplan", says=says)
        self.assertEqual(len([line for line in err.splitlines() if line.startswith("needlepath")]), 1)
        return err

    def test_files_that_are_no_meshes(self):
        self.refuse_scan("missing.ply", None, "missing.ply")
        self.refuse_scan("empty.ply", b"", "empty.ply")
        self.refuse_scan("text.stl", "this is a letter, not a head\n" * 50, "text.stl")
        self.refuse_scan("cut.ply", self.mesh[: len(self.mesh) // 2], "cut.ply")
        self.refuse_scan("cube.ply", ply([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 1, 2)]), "cube.ply")
        self.refuse_scan("folder.ply", None, "folder.ply") if os.mkdir(self.folder / "folder.ply") is None else None

    def test_units(self):
        vertices, faces = read_ply(self.mesh)
        metres = ply([tuple(c / 1000 for c in v) for v in vertices], faces)
        self.write("metres.ply", metres)
        text = re.sub(r"(file:\s*)\S*head\.ply\"?", rf"\g<1>{self.folder / 'metres.ply'}", self.case)
        # landmarks in metres too, the way a scanner's software would give them: every point of the file / 1000
        text = re.sub(r"\[\s*(-?[\d.]+),\s*(-?[\d.]+),\s*(-?[\d.]+)\s*\]",
                      lambda m: "[" + ", ".join(f"{float(g) / 1000:.6f}" for g in m.groups()) + "]", text)
        self.write("bad.yaml", text)
        self.refuse("plan", "bad.yaml", "-o", "x.needleplan", says=["units", " m"])
        # landmarks in mm, as the case has them, on the mesh in metres
        self.refuse_scan("metres.ply", metres, ["the mesh is in m, and the landmarks are in mm", "multiplied by 0.001", "set units: m"])

    def test_flipped_faces(self):
        vertices, faces = read_ply(self.mesh)
        self.refuse_scan("flipped.ply", ply(vertices, [(a, c, b) for a, b, c in faces]), "flip")

    def test_landmarks(self):
        def landmark(name, value):
            return re.sub(rf"({name}:\s*)\[[^\]]*\]", rf"\g<1>{value}", self.case)
        self.write("bad.yaml", landmark("glabella", "[300, 0, 0]"))
        self.refuse("plan", "bad.yaml", "-o", "x", says="glabella")
        left = re.search(r"tragion_left:\s*(\[[^\]]*\])", self.case)[1]
        right = re.search(r"tragion_right:\s*(\[[^\]]*\])", self.case)[1]
        self.write("bad.yaml", self.case.replace(f"tragion_left: {left}", "tragion_left: SWAP").replace(right, left)
                   .replace("SWAP", right))
        self.refuse("plan", "bad.yaml", "-o", "x", says="tragion")

    def test_holes_and_parts_are_accepted(self):
        vertices, faces = read_ply(self.mesh)
        # a hole low on the neck, and a second small part beside the head
        low = min(v[2] for v in vertices)
        faces = [f for f in faces if vertices[f[0]][2] > low + 3]
        n = len(vertices)
        vertices += [(300, 0, 0), (305, 0, 0), (300, 5, 0)]
        self.write("holes.ply", ply(vertices, faces + [(n, n + 1, n + 2)]))
        text = re.sub(r"(file:\s*)\S*head\.ply\"?", rf"\g<1>{self.folder / 'holes.ply'}", self.case)
        self.write("holes.yaml", text)
        self.run_program("case", "check", "holes.yaml")


    def case_on(self, name, content):
        """The case with another mesh file in place of the head's."""
        self.write(name, content)
        text = re.sub(r"(file:\s*)\S*head\.ply\"?", rf"\g<1>{self.folder / name}", self.case)
        return self.write(f"{name}.yaml", text)

    def check_case(self, name, content):
        """Number of triangles, and notes, of that case."""
        said = json.loads(self.run_program("case", "check", self.case_on(name, content), "--json")[0])
        return said["triangles"], said["notes"]

    def test_faces_that_stand_twice_are_dropped_and_counted(self):
        vertices, faces = read_ply(self.mesh)
        again = [(b, c, a) for a, b, c in faces[1000:1300]] + [(c, b, a) for a, b, c in faces[5000:5200]]
        doubled = ply(vertices, faces + again)
        said = "scan: of its faces 500 stood in the file twice and 0 looked inwards, unlike those beside them: dropped and turned"
        self.assertEqual(self.check_case("doubled.ply", doubled), (len(faces), [said]))
        plans = {}
        for name, content in (("clean", ply(vertices, faces)), ("twice", doubled)):
            case = self.case_on(f"{name}.ply", content)
            (self.folder / case).write_text(re.sub(r"density_per_cm2: *[0-9.]+", "density_per_cm2: 10", (self.folder / case).read_text()))
            out = self.run_program("plan", case, "-o", f"{name}.needleplan")[0]
            self.assertEqual(out.count(said), int(name == "twice"))
            self.run_program("export", f"{name}.needleplan", "-o", f"{name}.csv")
            plans[name] = (self.folder / f"{name}.csv").read_text()
        self.assertGreater(plans["clean"].count("\n"), 100)
        self.assertEqual(plans["twice"], plans["clean"])

    def test_a_head_as_programs_write_it(self):
        """Keywords in capitals, and bytes behind the end: the same head."""
        vertices, faces = read_ply(self.mesh)
        corners = [[vertices[i] for i in f] for f in faces]
        text = "SOLID HEAD\n" + "".join(
            "FACET NORMAL 0 0 0\nOUTER LOOP\n" + "".join(f"VERTEX {x!r} {y!r} {z!r}\n" for x, y, z in c) + "ENDLOOP\nENDFACET\n"
            for c in corners) + "ENDSOLID HEAD\n"
        binary = b"solid".ljust(80, b"\0") + struct.pack("<I", len(faces)) + b"".join(
            struct.pack("<12fH", 0, 0, 0, *(x for v in c for x in v), 0) for c in corners)
        for name, content in (("capitals.stl", text), ("binary.stl", binary), ("behind.stl", binary + b"\0made by X" * 3),
                              ("behind.ply", ply(vertices, faces) + b"\r\nmade by X\0"), ("upper.PLY", ply(vertices, faces))):
            self.assertEqual(self.check_case(name, content), (len(faces), []), name)

    def write_a_spoilt_crown(self):
        """A crown with a spike and a hole."""
        self.run_program("case", "new", "crown", "--scan", "head.yaml", "-o", "whole.yaml")
        vertices, faces = read_ply(self.mesh)
        top = max(range(len(vertices)), key=lambda i: vertices[i][2] - abs(vertices[i][1]) - abs(vertices[i][0] + 45))
        x, y, z = vertices[top]
        faces = [f for f in faces if min(math.dist(vertices[i], (x, y + 14, z)) for i in f) > 5 or top in f]
        vertices[top] = (x, y, z + 2.5)
        self.write("spoilt.ply", ply(vertices, faces))
        text = (self.folder / "whole.yaml").read_text()
        self.write("spoilt.yaml", re.sub(r"(file:\s*)\S*head\.ply\"?", rf"\g<1>{self.folder / 'spoilt.ply'}", text))

    def test_a_finding_is_shown_and_accepted_by_name(self):
        self.write_a_spoilt_crown()
        plan = ["plan", "spoilt.yaml", "-o", "x.needleplan"]
        self.refuse(*plan, says=["spike: ", "--accept spike", "also: hole", "--refused-picture FILE.png"])
        err = self.run_program(*plan, "--refused-picture", "where.png", status=INVALID)[1]
        self.assertIn("where.png: where planning refused dots", err)
        picture = (self.folder / "where.png").read_bytes()
        self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
        text = (self.folder / "whole.yaml").read_text()
        glabella = re.search(r"glabella: (\[.*?\])", text)[1]
        self.write("face.yaml", text.replace("    outline:", f"    inside: {glabella}\n    outline:", 1))
        err = self.run_program("plan", "face.yaml", "-o", "x.needleplan", "--refused-picture", "face.png", status=INVALID)[1]
        self.assertIn("face: the treated area holds the glabella", err)
        self.assertIn("face.png: where planning refused dots", err)
        self.assertNotEqual((self.folder / "face.png").read_bytes(), picture)
        self.refuse(*plan, "--refused-picture", "where.png", says=["where.png is already there"])
        self.refuse(*plan, "-f", "--refused-picture", "spoilt.ply", status=USAGE, says=["is read by this command"])
        self.refuse(*plan, "--accept", "spikes", status=USAGE, says=["is 'spike' meant?", "double-layer"])
        for eye in ("eye", "hole,eyes"):
            err = self.refuse(*plan, "--accept", eye, status=USAGE, says=["expected one of", "nothing allows dots over eyes"])
            self.assertNotIn("meant", err)
        self.refuse(*plan, "--accept", "spike", says="hole: ")
        self.refuse(*plan, "--accept", "", status=USAGE, says="expected one of")
        self.run_program(*plan, "--accept", "spike,hole")
        self.assertIn("ACCEPTED by name though planning would refuse it: hole, spike", self.run_program("show", "x.needleplan")[0])
        self.assertEqual(json.loads(self.run_program("show", "x.needleplan", "--json")[0])["accepted"], "hole, spike")
        self.run_program("report", "x.needleplan", "-o", "report")
        self.assertIn("Accepted by name though planning would refuse it: hole, spike",
                      (self.folder / "report" / "report.html").read_text())

    @unittest.skipIf(SANITIZED, "too slow with sanitizers")
    def test_a_million_triangles(self):
        vertices, faces = read_ply(self.mesh)
        corners = array.array("f")
        n = 6
        for face in faces:  # each as 36 smaller ones, a soup as STL files are
            a, b, c = (vertices[i] for i in face)
            e = [(b[k] - a[k]) / n for k in range(3)]
            f = [(c[k] - a[k]) / n for k in range(3)]
            grid = [[(a[0] + i * e[0] + j * f[0], a[1] + i * e[1] + j * f[1], a[2] + i * e[2] + j * f[2])
                     for j in range(n + 1 - i)] for i in range(n + 1)]
            for i in range(n):
                for j in range(n - i):
                    corners.extend(grid[i][j] + grid[i + 1][j] + grid[i][j + 1])
                    if i + j < n - 1:
                        corners.extend(grid[i + 1][j] + grid[i + 1][j + 1] + grid[i][j + 1])
        count = len(corners) // 9
        self.assertGreater(count, 1_000_000)
        head = (f"ply\nformat binary_little_endian 1.0\nelement vertex {3 * count}\nproperty float x\nproperty float y\n"
                f"property float z\nelement face {count}\nproperty list uchar int vertex_indices\nend_header\n")
        with open(self.folder / "million.ply", "wb") as out:
            out.write(head.encode())
            corners.tofile(out)
            out.write(b"".join(struct.pack("<B3i", 3, i, i + 1, i + 2) for i in range(0, 3 * count, 3)))
        text = re.sub(r"(file:\s*)\S*head\.ply\"?", rf"\g<1>{self.folder / 'million.ply'}", self.case)
        self.write("million.yaml", text)
        self.assertIn(str(count), self.run_program("case", "check", "million.yaml")[0])


class Cases(Case):
    def setUp(self):
        super().setUp()
        self.run_program("case", "new", "crown", "-o", "case.yaml")
        self.case = (self.folder / "case.yaml").read_text()

    def refuse_case(self, change, says):
        text = change(self.case)
        self.assertNotEqual(text, self.case, "the change did not change anything")
        self.write("bad.yaml", text)
        return self.refuse("plan", "bad.yaml", "-o", "x.needleplan", says=says)

    def test_yaml(self):
        self.refuse("plan", "none.yaml", "-o", "x", says="none.yaml")
        self.write("empty.yaml", "")
        self.refuse("plan", "empty.yaml", "-o", "x", says="empty.yaml")
        self.refuse_case(lambda t: t + "\nfoo: [\n", "bad.yaml")
        self.refuse_case(lambda t: t + "\nsed: 3\n", ["bad.yaml:", "sed", "seed"])
        self.refuse_case(lambda t: re.sub(r"(?m)^seed:.*$", "seed: many", t), ["bad.yaml:", "seed", "many"])
        self.refuse_case(lambda t: t + "\nlimits: {depth_max_mm: 3}\n" if "\nlimits:" not in t
                         else re.sub(r"depth_max_mm:\s*[\d.]+", "depth_max_mm: 3", t), ["depth_max_mm", "1.5"])

    def test_a_text_with_a_byte_0(self):
        """Disks give zeros for what was not yet written when the power failed: no text ends there without a word."""
        points = "\n".join(f"{i} 0 100" for i in range(20)) + "\n"
        for at, line in ((0, 1), (len(points) // 2, points[:len(points) // 2].count("\n") + 1), (len(points), 21)):
            content = (points[:at] + "\0" * 8 + points[at:]).encode()
            for key in ("existing", "made"):
                self.write("points.xyz", content)
                self.refuse_case(lambda t, k=key: t + f"\n{k}: {{file: points.xyz}}\n", f"points.xyz:{line}: expected a text, found a byte 0: binary data, or a file "
                                 "that was cut off by a power failure")
        self.refuse_case(lambda t: t + "\n# \0\n", ["bad.yaml:", "found a byte 0"])
        self.write("scan.yaml", "file: head.ply\n\0\0\0\n")
        self.refuse("case", "new", "crown", "--scan", "scan.yaml", "-o", "new.yaml", says="scan.yaml:2: expected a text, found a byte 0")

    def test_layers(self):
        self.refuse_case(lambda t: re.sub(r"strategy:\s*\w+", "strategy: wizardry", t), ["wizardry", "diffuse_density"])
        self.refuse_case(lambda t: re.sub(r"density_per_cm2:\s*[\d.]+", "density_per_cm2: 5000", t),
                         ["bad.yaml:", "density_per_cm2", "5000"])
        self.refuse_case(lambda t: re.sub(r"density_per_cm2:\s*[\d.]+", "densty_per_cm2: 50", t),
                         ["bad.yaml:", "densty_per_cm2"])
        self.refuse_case(lambda t: re.sub(r"region:\s*\w+", "region: atlantis", t), ["bad.yaml:", "atlantis"])

    def test_regions(self):
        far = "outline: [[500, 0, 0], [510, 0, 0], [500, 10, 0]]"
        self.refuse_case(lambda t: re.sub(r"outline:\s*(\n(\s*-\s*\[[^\]]*\]\n)+|\[\[.*?\]\])", far + "\n", t, 1, re.S),
                         ["mm"])
        two = "outline: [[0, 0, 130], [10, 0, 130]]"
        self.refuse_case(lambda t: re.sub(r"outline:\s*(\n(\s*-\s*\[[^\]]*\]\n)+|\[\[.*?\]\])", two + "\n", t, 1, re.S),
                         ["3"])

    def test_a_plugin_of_another_abi(self):
        folder = BUILD / "tests" / "badplugins" / "load"
        out, err = self.run_program("plugin", "list", env={"NEEDLEPATH_PLUGIN_PATH": str(folder)}, status=INVALID)
        self.assertIn("ABI", err)
        self.assertIn("diffuse_density", out)


class Plans(Case):
    def setUp(self):
        super().setUp()
        self.make_plan("fue-scars")

    def test_cut_short(self):
        data = (self.folder / "p.needleplan").read_bytes()
        for part in (0, 10, 100, len(data) // 2, len(data) - 4096):
            self.write("cut.needleplan", data[:part])
            self.refuse("show", "cut.needleplan", says="cut.needleplan")
        self.write("text.needleplan", "hello\n" * 1000)
        self.refuse("show", "text.needleplan", says="text.needleplan")
        self.refuse("show", "none.needleplan", says="none.needleplan")

    def test_changed_after_approval(self):
        db = sqlite3.connect(self.folder / "p.needleplan")
        columns = [r[1] for r in db.execute("pragma table_info(dots)")]
        depth = next(c for c in columns if c.startswith("depth"))
        db.execute(f"update dots set {depth} = {depth} + 1 where id = 3")
        db.commit()
        db.close()
        for command in (["show", "p.needleplan"], ["approve", "p.needleplan", "--key", "op.key", "--executor", "any"],
                        ["run", "p.needleplan", "--session", "1", "--to", "zmq:tcp://127.0.0.1:1"],
                        ["export", "p.needleplan", "-o", "x.csv"], ["report", "p.needleplan", "-o", "r"]):
            self.refuse(*command, says="digest")

    def test_views_and_triggers(self):
        """What is in the place of a table, or writes on its own, is of somebody else; also in a file that lies beside the plan only."""
        def spoil(name, sql):
            (self.folder / name).write_bytes((self.folder / "p.needleplan").read_bytes())
            with contextlib.closing(sqlite3.connect(self.folder / name)) as db, db:
                db.executescript(sql)
            self.refuse("show", name, says=[name, "views or triggers"])
        endless = "AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        spoil("trigger.needleplan", "CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM journal; END;")
        spoil("marks.needleplan", f"DROP TABLE marks; CREATE VIEW marks {endless} SELECT i AS run, i AS mark, 0 AS complete FROM n;")
        spoil("meta.needleplan", f"ALTER TABLE meta RENAME TO m; CREATE VIEW meta {endless} SELECT 'a' AS key, i AS value FROM n;")
        self.run_program("approve", "p.needleplan", "--key", "op.key", "--executor", "any")

    def test_plans_are_not_replaced_unasked(self):
        self.refuse("plan", "case.yaml", "-o", "p.needleplan", says="already there")

    def test_unapproved(self):
        self.run_program("plan", "case.yaml", "-o", "q.needleplan")
        self.refuse("run", "q.needleplan", "--session", "1", "--to", "zmq:tcp://127.0.0.1:1", says="approve")

    def test_a_full_disk(self):
        # a file system of 32 KiB of its own, in a namespace of its own
        small = "mount -t tmpfs -o size=32k none small && "
        if subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode != 0:
            self.skipTest("user namespaces are not allowed here")
        os.mkdir(self.folder / "small")
        for command in ("plan case.yaml -o small/full.needleplan", "export p.needleplan --format json -o small/full.json",
                        "head -o small/full.ply"):
            done = subprocess.run(["unshare", "-Urm", "bash", "-c", f"{small} {NEEDLEPATH} {command}; s=$?; ls -A small; exit $s"],
                                  cwd=self.folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, INVALID, done.stderr)
            self.assertIn("small/full.", done.stderr)
            self.assertEqual(done.stdout, "", "something was left behind")
        with open("/dev/full", "w") as full:
            done = subprocess.run([NEEDLEPATH, "export", "p.needleplan"], cwd=self.folder, stdout=full,
                                  stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, INVALID)


if __name__ == "__main__":
    unittest.main()
