"""VTK PolyData: well-formed XML whose arrays have the lengths that it states and the values of the CSV export."""
import csv
import io
import unittest
import xml.etree.ElementTree as tree

from programs import Case


def numbers(array):
    return [float(x) for x in array.text.split()]


def strings(array):
    return bytes(int(x) for x in array.text.split()).split(b"\0")[:-1]


class Vtp(Case):
    def test_holds_every_dot_with_its_values(self):
        self.run_program("case", "new", "fue-scars", "-o", "case.yaml")
        head, layers = (self.folder / "case.yaml").read_text().split("\nlayers:\n")
        layers = layers.replace("- name: scars", "- name: \"a -- <b> & c\"", 1)
        (self.folder / "case.yaml").write_text(head + "\nlayers:\n" + layers)
        self.run_program("plan", "case.yaml", "-o", "x.needleplan")
        for session in (0, 2):
            out, _ = self.run_program("export", "x.needleplan", "--format", "vtp", "--session", session)
            rows = list(csv.DictReader(io.StringIO(self.run_program("export", "x.needleplan", "--session", session)[0])))
            root = tree.fromstring(out)
            self.assertEqual((root.tag, root.get("type")), ("VTKFile", "PolyData"))
            piece = root.find("PolyData/Piece")
            self.assertEqual(int(piece.get("NumberOfPoints")), len(rows))
            self.assertEqual(int(piece.get("NumberOfVerts")), len(rows))
            points = numbers(piece.find("Points/DataArray"))
            self.assertEqual(points, [float(r[k]) for r in rows for k in "xyz"])
            self.assertEqual(numbers(piece.find("Verts/DataArray[@Name='connectivity']")), list(range(len(rows))))
            self.assertEqual(numbers(piece.find("Verts/DataArray[@Name='offsets']")), list(range(1, len(rows) + 1)))
            data = {a.get("Name"): numbers(a) for a in piece.findall("PointData/DataArray")}
            self.assertEqual(len(data), 12)
            for name in ("id", "session", "order", "depth_mm", "dwell_ms", "tone", "pin"):
                self.assertEqual(data[name], [float(r[name]) for r in rows], name)
            for name, keys in (("Normals", ("nx", "ny", "nz")), ("axis", ("ax", "ay", "az"))):
                for got, row in zip(zip(*[iter(data[name])] * 3), rows):
                    for a, key in zip(got, keys):
                        self.assertAlmostEqual(a, float(row[key]), delta=2e-6)
            layers = strings(root.find("PolyData/FieldData/Array[@Name='layers']"))
            for number, row in zip(data["layer"], rows):
                self.assertEqual(layers[int(number)].decode(), row["layer"])
            self.assertIn(b"a -- <b> & c", layers)


if __name__ == "__main__":
    unittest.main()
