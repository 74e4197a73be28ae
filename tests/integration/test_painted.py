"""Regions and densities that were painted on a copy of the scan, as MeshLab, Blender and CloudCompare, 3D Slicer and ParaView write them."""
import base64
import csv
import hashlib
import json
import math
import struct
import unittest
import zlib

from programs import Case

MIDDLE = (35.0, 40.0, 118.0)  # over the left half of the built-in head's top
WHITE, RED = (1.0, 1.0, 1.0), (1.0, 0.0, 0.0)


def read_mesh(path):
    """Vertices and triangles of a PLY as `needlepath head` writes it."""
    head, body = path.read_bytes().split(b"end_header\n", 1)
    n, m = (int(line.split()[2]) for line in head.decode().splitlines() if line.startswith("element"))
    vertices = [struct.unpack_from("<3f", body, 12 * i) for i in range(n)]
    triangles = [struct.unpack_from("<3I", body, 12 * n + 13 * i + 1) for i in range(m)]
    return vertices, triangles


def soft(distance, radius):
    """How much of a soft brush's paint lies at DISTANCE from its middle: half at RADIUS, over 4 mm."""
    return min(1, max(0, 0.5 + (radius - distance) / 4))


def mix(share, color):
    return [1 + share * (c - 1) for c in color]


class Painted(Case):
    def setUp(self):
        super().setUp()
        self.run_program("head", "-o", "head.ply")
        self.vertices, self.triangles = read_mesh(self.folder / "head.ply")

    # ---- what other programs write ----

    def ply(self, name, properties, rows, fmt, vertices=None):
        """Binary, with PROPERTIES ("uchar red", ...) of each vertex behind its place: FMT packs a row."""
        vertices = vertices or self.vertices
        head = (f"ply\nformat binary_little_endian 1.0\ncomment VCGLIB generated\nelement vertex {len(vertices)}\nproperty float x\n"
                "property float y\nproperty float z\n" + "".join(f"property {p}\n" for p in properties) +
                f"element face {len(self.triangles)}\nproperty list uchar int vertex_indices\nend_header\n")
        body = b"".join(struct.pack("<3f", *v) + struct.pack("<" + fmt, *row) for v, row in zip(vertices, rows))
        (self.folder / name).write_bytes(head.encode() + body + b"".join(struct.pack("<B3i", 3, *t) for t in self.triangles))

    def colors_ply(self, name, colors, **more):
        self.ply(name, ["uchar red", "uchar green", "uchar blue", "uchar alpha"],
                 [[round(255 * c) for c in color] + [255] for color in colors], "4B", **more)

    def obj(self, name, colors):
        self.write(name, "".join("v %.6f %.6f %.6f %.4f %.4f %.4f\n" % (*v, *c) for v, c in zip(self.vertices, colors)) +
                   "".join("f %d %d %d\n" % tuple(k + 1 for k in t) for t in self.triangles))

    def glb(self, name, colors):
        light = [[c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color] + [1] for color in colors]
        parts = [b"".join(struct.pack("<3f", *v) for v in self.vertices), b"".join(struct.pack("<4f", *c) for c in light),
                 b"".join(struct.pack("<3I", *t) for t in self.triangles)]
        views = [{"buffer": 0, "byteOffset": sum(map(len, parts[:i])), "byteLength": len(p)} for i, p in enumerate(parts)]
        n = len(self.vertices)
        document = {"asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}], "bufferViews": views,
                    "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "COLOR_0": 1}, "indices": 2}]}],
                    "buffers": [{"byteLength": sum(map(len, parts))}],
                    "accessors": [{"bufferView": 0, "componentType": 5126, "count": n, "type": "VEC3"},
                                  {"bufferView": 1, "componentType": 5126, "count": n, "type": "VEC4"},
                                  {"bufferView": 2, "componentType": 5125, "count": 3 * len(self.triangles), "type": "SCALAR"}]}
        text = json.dumps(document).encode()
        text += b" " * (-len(text) % 4)
        data = b"".join(parts)
        (self.folder / name).write_bytes(struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(data)) + struct.pack(
            "<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(data), b"BIN\0") + data)

    def vtk(self, name, values, version):
        """Binary, as 3D Slicer (4.2) and ParaView (5.1) write it: VALUES are the scalar `loss`."""
        head = f"# vtk DataFile Version {version}\nvtk output\nBINARY\nDATASET POLYDATA\nPOINTS {len(self.vertices)} float\n".encode()
        points = b"".join(struct.pack(">3f", *v) for v in self.vertices)
        m = len(self.triangles)
        if version < 5:
            cells = f"\nPOLYGONS {m} {4 * m}\n".encode() + b"".join(struct.pack(">4i", 3, *t) for t in self.triangles)
        else:
            cells = (f"\nPOLYGONS {m + 1} {3 * m}\nOFFSETS vtktypeint64\n".encode() + b"".join(struct.pack(">q", 3 * i) for i in range(m + 1)) +
                     b"\nCONNECTIVITY vtktypeint64\n" + b"".join(struct.pack(">3q", *t) for t in self.triangles))
        data = (f"\nPOINT_DATA {len(values)}\nFIELD FieldData 2\nid 1 {len(values)} vtkIdType\n".encode() +
                b"".join(struct.pack(">q", i) for i in range(len(values))) + f"\nloss 1 {len(values)} double\n".encode() +
                b"".join(struct.pack(">d", v) for v in values))
        (self.folder / name).write_bytes(head + points + cells + data + b"\n")

    def vtp(self, name, values):
        """Packed and appended in base64, as VTK and 3D Slicer write it: VALUES are the scalar `loss`."""
        n, m = len(self.vertices), len(self.triangles)
        parts, at = [], 0
        for data in (b"".join(struct.pack("<d", v) for v in values), b"".join(struct.pack("<3f", *v) for v in self.vertices),
                     b"".join(struct.pack("<3q", *t) for t in self.triangles), b"".join(struct.pack("<q", 3 * i + 3) for i in range(m))):
            blocks = [zlib.compress(data[i:i + 32768]) for i in range(0, len(data), 32768)]
            header = struct.pack(f"<{3 + len(blocks)}I", len(blocks), 32768, len(data) % 32768, *map(len, blocks))
            parts.append(base64.b64encode(header) + base64.b64encode(b"".join(blocks)))
        loss, points, corners, ends = (sum(map(len, parts[:i])) for i in range(4))
        (self.folder / name).write_bytes(
            f"""<?xml version="1.0"?>
<VTKFile type="PolyData" version="0.1" byte_order="LittleEndian" header_type="UInt32" compressor="vtkZLibDataCompressor"><PolyData>
<Piece NumberOfPoints="{n}" NumberOfVerts="0" NumberOfLines="0" NumberOfStrips="0" NumberOfPolys="{m}">
<PointData><DataArray type="Float64" Name="loss" format="appended" offset="{loss}"/></PointData>
<Points><DataArray type="Float32" Name="Points" NumberOfComponents="3" format="appended" offset="{points}"/></Points>
<Polys><DataArray type="Int64" Name="connectivity" format="appended" offset="{corners}"/>
<DataArray type="Int64" Name="offsets" format="appended" offset="{ends}"/></Polys>
</Piece></PolyData><AppendedData encoding="base64">_""".encode() + b"".join(parts) + b"</AppendedData></VTKFile>\n")

    # ---- cases ----

    def case(self, region, layer="", name="c.yaml", density=40):
        self.write(name, f"needlepath: 1\nregions:\n  - {{name: spot, {region}}}\nlayers:\n"
                   f"  - {{name: all, strategy: diffuse_density, region: spot, {layer}params: {{density_per_cm2: {density}, feather_mm: 0}}}}\n")
        return name

    def dots(self, *args, threads=None, **more):
        self.case(*args, **more)
        self.run_program("plan", "c.yaml", "-o", "p.needleplan", "-f", "--tour-kicks", "0",
                         **({"env": {"OMP_NUM_THREADS": str(threads)}} if threads else {}))
        self.run_program("export", "p.needleplan", "--format", "csv", "-o", "d.csv", "-f")
        return [[float(row[k]) for k in "xyz"] for row in csv.DictReader((self.folder / "d.csv").read_text().splitlines())]

    def spot(self, radius=22):
        return [soft(math.dist(v, MIDDLE), radius) for v in self.vertices]

    # ---- tests ----

    def test_a_spot_of_paint_is_a_region(self):
        """Whatever program wrote it; its border is round, to a millimetre, though the mesh's edges are several long."""
        colors = [mix(s, RED) for s in self.spot()]
        self.colors_ply("red.ply", colors)
        self.obj("red.obj", colors)
        self.glb("red.glb", colors)
        self.ply("cc.ply", ["float scalar_Loss"], [[80 * s] for s in self.spot()], "f")
        self.vtk("slicer.vtk", [80 * s for s in self.spot()], 4.2)
        self.vtk("paraview.vtk", [80 * s for s in self.spot()], 5.1)
        self.vtp("slicer.vtp", [80 * s for s in self.spot()])
        skin = min(math.dist(v, MIDDLE) for v in self.vertices)
        for region in ("painted: {file: red.ply, color: red}", "painted: {file: red.obj, color: '#ff0000'}",
                       "painted: {file: red.glb, color: red}", "painted: {file: slicer.vtk, scalar: loss, above: 52}",
                       "painted: {file: paraview.vtk, scalar: loss, above: 52}",
                       "painted: {file: slicer.vtp, scalar: loss, above: 52}", "painted: {file: cc.ply, scalar: loss, above: 52}"):
            with self.subTest(region=region):
                dots = self.dots(region)
                away = sorted(math.dist(d, MIDDLE) for d in dots)
                self.assertLess(away[0], skin + 4)
                self.assertLess(away[-1], 23)
                ring = {}
                for d in dots:
                    sector = int(6 * math.atan2(d[1] - MIDDLE[1], d[0] - MIDDLE[0]) / math.pi)
                    ring[sector] = max(ring.get(sector, 0), math.dist(d, MIDDLE))
                self.assertGreater(min(ring.values()), 19)
        digest = hashlib.sha256((self.folder / "cc.ply").read_bytes()).hexdigest()
        self.assertIn(f"{digest}  cc.ply", self.run_program("show", "p.needleplan")[0])
        self.run_program("head", "--case", "c.yaml", "-o", "cc.ply", "--force", status=2)  # nothing is written over it

    def test_it_is_a_region_like_others(self):
        """Grown, subtracted, of the scan's own file; the same on any number of threads."""
        self.colors_ply("red.ply", [mix(s, RED) for s in self.spot()])
        whole = len(self.dots("painted: {file: red.ply, color: red}"))
        grown = len(self.dots("painted: {file: red.ply, color: red}, grow_mm: 5"))
        self.assertGreater(grown, 1.4 * whole)
        ring = len(self.dots("minus: [{painted: {file: red.ply, color: red}, grow_mm: 5}, {painted: {file: red.ply, color: red}}]"))
        self.assertLess(abs(ring + whole - grown), 0.05 * grown)
        self.colors_ply("head.ply", [mix(s, RED) for s in self.spot()])
        head = "\n".join(line for line in (self.folder / "head.yaml").read_text().splitlines() if line[:1] == " " and ": [" in line)
        self.case("painted: {color: red}")
        case = (self.folder / "c.yaml").read_text()
        self.write("c.yaml", case.replace("regions:", f"scan: {{file: head.ply}}\nlandmarks:\n{head}\nregions:"))
        text = []
        for threads in (1, 8):
            self.run_program("plan", "c.yaml", "-o", "p.needleplan", "-f", "--tour-kicks", "0", env={"OMP_NUM_THREADS": str(threads)})
            self.run_program("export", "p.needleplan", "--format", "csv", "-o", "d.csv", "-f")
            text.append((self.folder / "d.csv").read_text())
        self.assertEqual(*text)
        self.assertLess(abs(text[0].count("\n") - 1 - whole), 0.05 * whole)

    def test_a_density_is_painted(self):
        """From full in front to nothing behind: linear, and never more than the layer has."""
        share = [min(1, max(0, (v[0] + 20) / 60)) for v in self.vertices]
        self.ply("share.ply", ["float loss"], [[80 * s] for s in share], "f")
        self.colors_ply("black.ply", [mix(s, (0, 0, 0)) for s in share])
        whole = self.dots("of: midscalp", density=60)
        for layer in ("density_map: {file: share.ply, scalar: loss, full: 80}, ", "density_map: {file: black.ply, color: black}, "):
            with self.subTest(layer=layer):
                thin = self.dots("of: midscalp", layer, density=60)
                for low in range(-20, 40, 15):
                    def within(dots):
                        return sum(low <= d[0] < low + 15 for d in dots)
                    if within(whole) > 200:
                        self.assertLess(abs(within(thin) / within(whole) - (low + 7.5 + 20) / 60), 0.06)
        digest = hashlib.sha256((self.folder / "black.ply").read_bytes()).hexdigest()
        self.assertIn(f"{digest}  black.ply", self.run_program("show", "p.needleplan")[0])

    def test_what_is_wrong_is_told(self):
        n = len(self.vertices)
        self.colors_ply("white.ply", [WHITE] * n)
        self.colors_ply("red.ply", [RED] * n)
        self.ply("scalars.ply", ["float quality", "int label"], [[i / n, 1] for i in range(n)], "fi")
        self.ply("nan.ply", ["float quality"], [[math.nan]] * n, "f")
        self.colors_ply("off.ply", [RED] * n, vertices=[(x + 3, y, z) for x, y, z in self.vertices])
        self.colors_ply("y_up.ply", [RED] * n, vertices=[(x, z, -y) for x, y, z in self.vertices])
        self.write("points.csv", "1,2,3\n")
        for painted, words in (
            ("{file: head.ply, color: red}", ["c.yaml:3: ", "head.ply: its vertices have no colours; paint vertices"]),
            ("{file: white.ply, color: red}", ["white.ply: no vertex is painted so: the nearest colour is #ffffff, which is 1.41 off"]),
            ("{file: red.ply, color: red}", ["c.yaml:3: region spot, painted"]),
            ("{file: white.ply, scalar: quality, above: 1}", ["its vertices have no scalar 'quality'; they have: red, green, blue, alpha"]),
            ("{file: scalars.ply, scalar: loss, above: 1}", ["no scalar 'loss'; they have: quality, label"]),
            ("{file: scalars.ply, scalar: quality, above: 7}", ["no vertex is painted so: 'quality' goes from ", " to 0.9999"]),
            ("{file: nan.ply, scalar: quality, above: 0}", ["no vertex is painted: 'quality' has no number on the scan"]),
            ("{file: off.ply, color: red}", ["off.ply: does not lie on the scan: its vertex [", " mm off (at most 0.5 mm)", "same axes"]),
            ("{file: y_up.ply, color: red}", ["y_up.ply: does not lie on the scan"]),
            ("{file: points.csv, color: red}", ["points.csv: not a known kind of mesh file"]),
            ("{file: none.ply, color: red}", ["c.yaml:3: regions 'spot'.painted", "none.ply"]),
            ("{color: red}", ["c.yaml:3: regions 'spot'.painted: expected a 'file': the built-in head is not painted"]),
            ("{file: red.ply}", ["expected either 'color' or 'scalar'; found none"]),
            ("{file: red.ply, color: red, scalar: x}", ["found both"]),
            ("{file: red.ply, color: rouge}", ["painted.color: expected red, green, blue", "found 'rouge'"]),
            ("{file: red.ply, color: '#ff00'}", ["found '#ff00'"]),
            ("{file: red.ply, color: red, tolerance: 3}", ["painted.tolerance: expected 0.02 to 1"]),
            ("{file: red.ply, color: red, above: 1}", ["'above' and 'below' go with a 'scalar'"]),
            ("{file: red.ply, scalar: x}", ["expected 'above', 'below' or both"]),
            ("{file: red.ply, scalar: x, above: 3, below: 2}", ["nothing is above 3 and below 2"]),
            ("red.ply", ["painted: expected a mapping"]),
        ):
            with self.subTest(painted=painted):
                self.refuse("plan", self.case(f"painted: {painted}"), "-o", "bad.needleplan", says=words)
        for density, words in (
            ("{file: scalars.ply, scalar: quality, full: 0.5}", ["c.yaml:5: layer all: density_map: scalars.ply: 'quality' goes up to 0.9999",
                                                                "write `full: 0.9999"]),
            ("{file: white.ply, color: white}", ["white is where a map has no dots"]),
            ("{file: white.ply, color: black, full: 3}", ["density_map.full: it goes with a 'scalar'"]),
            ("{file: white.ply, color: black, above: 3}", ["unknown key 'above'"]),
        ):
            with self.subTest(density=density):
                self.refuse("plan", self.case("of: crown", f"density_map: {density}, "), "-o", "bad.needleplan", says=words)
        self.ply("below.ply", ["float quality"], [[-i / n] for i in range(n)], "f")
        self.refuse("plan", self.case("of: crown", "density_map: {file: below.ply, scalar: quality}, "), "-o", "bad.needleplan",
                    says="expected nothing below 0, which is no dots")


if __name__ == "__main__":
    unittest.main()
