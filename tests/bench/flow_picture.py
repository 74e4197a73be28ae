"""Draws docs/pictures/flow.png: how needles lean all over a scalp, from the front, the top and the back; a row for each plan.

    /usr/bin/python3 tests/bench/flow_picture.py SINGLE.needleplan DOUBLE.needleplan docs/pictures/flow.png

One dot in EVERY is a stroke from its place to where the needle's shaft leans, which is where hair grows, coloured by azimuth in the picture (hue); dots that
the head hides are left out."""
import sqlite3
import sys

from crown_picture import SCALE, by_azimuth, dot, reject, stroke, unit, write_png

EVERY, STROKE_MM, EDGE_MM, FACING = 9, 6.0, 8.0, 0.15
SIZE_MM = 230
# Anatomical axes in the head frame, which looks up by 11.7 degrees: right and up of each picture, and from where it is seen.
FORWARD, LEFT, UP = (0.97909, 0, -0.20343), (0, 1, 0), (0.20343, 0, 0.97909)
VIEWS = ((LEFT, UP, FORWARD), ([-v for v in LEFT], FORWARD, UP), ([-v for v in LEFT], UP, [-v for v in FORWARD]))
CENTER_MM = [40 * v for v in UP]


def read(path):
    """Place, normal and lean of one dot in EVERY."""
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT x_um, y_um, z_um, nx_ppm, ny_ppm, nz_ppm, ax_ppm, ay_ppm, az_ppm, tilt_urad FROM dots ORDER BY x_um, y_um, z_um").fetchall()
    db.close()
    for r in rows[::EVERY]:
        n = unit(r[3:6])
        lean = reject([-v for v in r[6:9]], n) if r[9] > 20000 else (0, 0, 0)
        yield [v / 1e3 - c for v, c in zip(r[:3], CENTER_MM)], n, unit(lean)


def panel(dots, view):
    right, up, toward = view
    size = int(SCALE * SIZE_MM / 2)
    rows = [[[255, 255, 255] for _ in range(size)] for _ in range(size)]
    scale = SCALE / 2
    for place, normal, lean in dots:
        if dot(normal, toward) < FACING:
            continue
        x, y = size / 2 + scale * dot(place, right), size / 2 - scale * dot(place, up)
        along = dot(lean, right), dot(lean, up)
        far = scale * STROKE_MM
        stroke(rows, ((x, y), (x + far * along[0], y - far * along[1])), by_azimuth(*along))
    return rows


def main():
    rows = []
    for path in sys.argv[1:-1]:
        dots = list(read(path))
        rows += [a + b + c for a, b, c in zip(*(panel(dots, view) for view in VIEWS))]
    write_png(sys.argv[-1], rows)


if __name__ == "__main__":
    main()
