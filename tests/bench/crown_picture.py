"""Draws docs/pictures/crown.png: how needles lean about one whorl (upper row) and two (lower row).

    /usr/bin/python3 tests/bench/crown_picture.py SINGLE.needleplan DOUBLE.needleplan docs/pictures/crown.png

Seen along the crown's mean normal, the front of the head up.  Each dot is a stroke to where the needle's shaft leans, as long as its tilt: on the left
coloured by tilt (dark upright, yellow most), on the right by azimuth (hue)."""
import colorsys
import math
import sqlite3
import struct
import sys
import zlib

SCALE = 4  # pixels a millimetre
STROKE_MM, WIDTH_MM, EDGE_MM = 1.0, 0.13, 2.0
VIRIDIS = (68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)


def dot(a, b):
    return sum(p * q for p, q in zip(a, b))


def unit(v):
    length = math.sqrt(dot(v, v)) or 1
    return [c / length for c in v]


def reject(v, n):
    return [a - dot(v, n) * b for a, b in zip(v, n)]


def read(path):
    """Of each dot: place and lean in the picture's plane, mm and unit, and tilt in degrees."""
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT x_um, y_um, z_um, nx_ppm, ny_ppm, nz_ppm, ax_ppm, ay_ppm, az_ppm, tilt_urad FROM dots").fetchall()
    db.close()
    n = unit([sum(r[3 + k] for r in rows) for k in range(3)])
    y = unit(reject([1, 0, 0], n))
    x = [y[1] * n[2] - y[2] * n[1], y[2] * n[0] - y[0] * n[2], y[0] * n[1] - y[1] * n[0]]
    for r in rows:
        p, shaft = [v / 1e3 for v in r[:3]], unit(reject([-v for v in r[6:9]], unit(r[3:6])))
        yield dot(p, x), dot(p, y), dot(shaft, x), dot(shaft, y), math.degrees(r[9] / 1e6)


def by_tilt(tilt, most):
    at = min(1, tilt / most) * 4
    i = min(3, int(at))
    return [a + (b - a) * (at - i) for a, b in zip(VIRIDIS[i], VIRIDIS[i + 1])]


def by_azimuth(x, y):
    return [255 * v for v in colorsys.hsv_to_rgb(math.atan2(y, x) / math.tau % 1, 0.8, 0.85)]


def stroke(rows, ends, colour):
    """From the first to the second of ENDS, in pixels, with soft edges."""
    (x0, y0), (x1, y1) = ends
    along = (x1 - x0, y1 - y0)
    length2 = dot(along, along) or 1
    for row in range(int(min(y0, y1)) - 3, int(max(y0, y1)) + 4):
        for column in range(int(min(x0, x1)) - 3, int(max(x0, x1)) + 4):
            t = min(1, max(0, ((column - x0) * along[0] + (row - y0) * along[1]) / length2))
            off = math.hypot(column - x0 - t * along[0], row - y0 - t * along[1])
            cover = min(1, max(0, WIDTH_MM * SCALE * (1.6 - t) + 0.5 - off))
            if cover > 0 and 0 <= row < len(rows) and 0 <= column < len(rows[0]):
                rows[row][column] = [a + (b - a) * cover for a, b in zip(rows[row][column], colour)]


def panel(dots, colour):
    left, low = (min(d[k] for d in dots) - EDGE_MM for k in (0, 1))
    width, height = (int(SCALE * (max(d[k] for d in dots) + EDGE_MM - m)) for k, m in ((0, left), (1, low)))
    rows = [[[255, 255, 255] for _ in range(width)] for _ in range(height)]
    most = max(d[4] for d in dots)
    for x, y, lean_x, lean_y, tilt in dots:
        at = (SCALE * (x - left), height - SCALE * (y - low))
        far = STROKE_MM * SCALE * tilt / most
        stroke(rows, (at, (at[0] + far * lean_x, at[1] - far * lean_y)), colour(lean_x, lean_y, tilt, most))
    return rows


def write_png(path, rows):
    width = max(len(row) for row in rows)
    raw = b"".join(b"\0" + bytes(round(v / 17) * 17 for pixel in row + [[255, 255, 255]] * (width - len(row)) for v in pixel) for row in rows)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)) +
                   chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def main():
    rows = []
    for path in sys.argv[1:3]:
        dots = list(read(path))
        tilt = panel(dots, lambda _x, _y, t, most: by_tilt(t, most))
        azimuth = panel(dots, lambda x, y, _t, _most: by_azimuth(x, y))
        rows += [a + b for a, b in zip(tilt, azimuth)]
    write_png(sys.argv[3], rows)


if __name__ == "__main__":
    main()
