"""The viewer beside a report: what the page holds is the plan's, nothing in it is loaded or taken for markup, and in a headless browser it does what it
says by mouse and keys, also where there is no WebGL.  Without Chromium (apt: chromium) the browser's part is skipped, and said."""
import base64
import csv
import json
import math
import re
import struct
import tempfile
import unittest

from browser import CHROMIUM, Browser
from programs import INCOMPLETE, Case, free_port, simulator
from streaming import StreamCase
from test_preview import pixels

HOSTILE = "</script><img src=x onerror=alert(1)> & \\u003c \"quoted\""


def array(page, name, kind):
    """Numbers that PAGE holds by this name."""
    return [x[0] for x in struct.iter_unpack("<" + kind, base64.b64decode(re.search(rf'id="{name}">(.*?)</script>', page)[1]))]


class StandingDots(Case):
    """A touch-up of a crown of which every second dot was found in the skin."""

    def setUp(self):
        super().setUp()
        self.make_plan()
        self.run_program("export", "p.needleplan", "-o", "dots.csv")
        with open(self.folder / "dots.csv", newline="") as f:
            rows = list(csv.DictReader(line for line in f if not line.startswith("#")))
        self.found = [[float(r[c]) for c in "xyz"] for r in rows[::2]]
        self.write("found.xyz", "".join("{} {} {}\n".format(*p) for p in self.found))
        text = (self.folder / "case.yaml").read_text()
        self.write("again.yaml", text[:text.index("\nlayers:")] + "\nlayers:\n  - {name: gaps, strategy: touch_up, region: crown}\n"
                   "made: {plan: p.needleplan, file: found.xyz}\nsessions: [{cumulative: 1, day: 0}]\n")
        self.run_program("plan", "again.yaml", "-o", "again.needleplan", "--tour-kicks", "0")

    def report(self, name, *more):
        self.run_program("report", "again.needleplan", "-o", name, *more)
        return (self.folder / name / "viewer.html").read_text()

    def test_the_page_and_the_views(self):
        page = self.report("r")
        told = json.loads(re.search(r'id="plan">(.*?)</script>', page)[1])
        n, standing = told["dots"], told["standing"]
        self.assertEqual(standing, len(self.found))
        places = array(page, "places", "h")
        self.assertEqual((len(places), len(array(page, "facing", "b")), len(array(page, "ink", "H"))), (3 * (n + standing), 3 * (n + standing), 8 * (n + standing)))
        self.assertEqual(len(array(page, "ids", "I")), 4 * n)
        shown = [[c / 100 for c in places[3 * i:3 * i + 3]] for i in range(n, n + standing)]
        self.assertLess(max(math.dist(a, b) for a, b in zip(shown, self.found)), 0.1)
        # the coloured view without them: the same plan where the file of what was found is another
        self.report("with", "--by", "depth")
        self.write("found.xyz", (self.folder / "found.xyz").read_text() + "\n\n")
        self.assertIn('"standing":0,', self.report("without", "--by", "depth"))
        images = [pixels(self.folder / name / "back.png") for name in ("with", "without")]
        grey = [sum(row.count(bytes([51, 51, 51])) for row in rows) for _, _, rows in images]
        self.assertGreater(grey[0], grey[1] + standing // 2)  # some are on the other side

    @unittest.skipUnless(CHROMIUM, "no Chromium here: standing dots were not tried in a browser")
    def test_in_a_browser(self):
        self.report("r")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, Browser(profile) as b:
            b.open(self.folder / "r/viewer.html")
            self.assertIn(f"{len(self.found)} dots", b.evaluate("$('standing').textContent"))
            b.key("f")
            for colouring in ("as ink", "coloured"):
                with self.subTest(colouring):
                    both = b.screenshot()
                    b.key("s")
                    self.assertNotEqual(b.screenshot(), both)
                    b.key("s")
                    self.assertEqual(b.screenshot(), both)
                b.key("c")
            self.assertIn("stands from before", b.evaluate("$('legend').textContent"))
            self.assertEqual(b.events("Runtime.exceptionThrown") + b.events("Log.entryAdded"), [])


class Rings(StreamCase):
    """Dots in doubt or not made, of the plan itself and of the one that a touch-up stands on."""

    def setUp(self):
        super().setUp()
        self.plan(400)
        ids = [int(row["id"]) for row in self.planned("p.needleplan")]
        self.doubt, self.missed = ids[5:8], ids[20:22]
        target = f"zmq:tcp://127.0.0.1:{free_port()}"
        faults = [f"--fault=in-doubt:{i}" for i in self.doubt] + [f"--fault=no-contact:{i}" for i in self.missed]
        with simulator(self.folder, *self.sim_args(target, "--new-journal", *faults)):
            self.run_program("run", "p.needleplan", "--session", "1", "--to", target, status=INCOMPLETE)
        text = (self.folder / "case.yaml").read_text()
        self.write("again.yaml", text[:text.index("\nlayers:")] + "\nlayers:\n  - {name: gaps, strategy: touch_up, region: crown}\n"
                   "made: {plan: p.needleplan}\nsessions: [{cumulative: 1, day: 0}]\n")
        self.run_program("plan", "again.yaml", "-o", "again.needleplan", "--tour-kicks", "0")

    def report(self, plan, name):
        self.run_program("report", plan, "-o", name, "--by", "depth")
        page = (self.folder / name / "viewer.html").read_text()
        told = json.loads(re.search(r'id="plan">(.*?)</script>', page)[1])
        return told, array(page, "rings", "B"), array(page, "ids", "I")[::4]

    def test_the_page(self):
        told, rings, ids = self.report("p.needleplan", "r")
        self.assertEqual([ring["n"] for ring in told["rings"]], [len(self.doubt), len(self.missed)])
        self.assertEqual([sorted(i for i, ring in zip(ids, rings) if ring == k) for k in (0, 1)], [sorted(self.doubt), sorted(self.missed)])
        told, rings, ids = self.report("again.needleplan", "again")
        self.assertEqual([ring["n"] for ring in told["rings"]], [len(self.doubt), 0])
        self.assertEqual(rings[:len(ids)].count(0), 0)
        self.assertEqual((len(rings), rings.count(0)), (len(ids) + told["standing"], len(self.doubt)))
        _, _, rows = pixels(self.folder / "again/back.png")
        violet = sum(r > 150 and g < 80 and b > 80 for row in rows for r, g, b in zip(row[::3], row[1::3], row[2::3]))
        self.assertGreater(violet, 20)

    @unittest.skipUnless(CHROMIUM, "no Chromium here: rings were not tried in a browser")
    def test_in_a_browser(self):
        for plan in ("p", "again"):
            self.report(plan + ".needleplan", plan)
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, Browser(profile) as b:
                b.open(self.folder / plan / "viewer.html")
                self.assertIn(f"in doubt: {len(self.doubt)}", b.evaluate("$('legend').textContent"))
                b.key("f")
                with_rings = b.screenshot()
                b.evaluate("ringed.fill([]), standingRings.fill([]), redraw()")
                b.settle()
                self.assertNotEqual(b.screenshot(), with_rings)
                self.assertEqual(b.events("Runtime.exceptionThrown") + b.events("Log.entryAdded"), [])


class Viewer(Case):
    def setUp(self):
        super().setUp()
        self.plan = self.make_plan("hairline", edit=lambda text: re.sub(r"(?m)^title:.*$", lambda _: "title: " + json.dumps(HOSTILE), text))

    def report(self, env=None):
        self.run_program("report", self.plan, "-o", "report", env=env)
        return self.folder / "report/viewer.html"

    def test_the_page(self):
        page = self.report({"OMP_NUM_THREADS": "1"})
        text = page.read_text()
        self.assertEqual(text, self.report({"OMP_NUM_THREADS": "8"}).read_text())
        self.assertIn('href="viewer.html"', (self.folder / "report/report.html").read_text())
        self.assertIn("default-src 'none'", text)
        self.assertIsNone(re.search(r"https?://|<link|<img|<iframe| src=|import\s", re.sub(r'id="plan">.*', "", text)))
        self.assertEqual(text.count("<script"), text.count("</script>"))
        found = json.loads(re.search(r'id="plan">(.*?)</script>', text)[1])
        self.assertEqual(found["title"], HOSTILE)
        csv = [line.split(",") for line in self.run_program("export", self.plan, "--format", "csv")[0].splitlines()]
        at, rows = {name: i for i, name in enumerate(csv[0])}, csv[1:]
        rows.sort(key=lambda r: (int(r[at["session"]]), int(r[at["order"]])))
        self.assertEqual(found["dots"], len(rows))
        self.assertEqual(array(text, "ids", "I")[::4], [int(r[at["id"]]) for r in rows])
        for depth, row in zip(array(text, "rows", "f")[::6], rows):
            self.assertAlmostEqual(depth, float(row[at["depth_mm"]]), places=4)
        self.assertEqual(len(array(text, "colours", "B")), 3 * len(rows) * (len(found["colourings"]) - 1))
        vertices, triangles, places = array(text, "vertices", "h"), array(text, "triangles", "I"), array(text, "places", "h")
        self.assertLess(max(triangles), len(vertices) / 3)
        self.assertLess(len(triangles) / 3, 300001)
        x = [float(row[at["x"]]) for row in rows]
        self.assertLess(max(abs(a / 100 - b) for a, b in zip(places[::3], x)), 0.4)  # a mark lies beside its entry

    @unittest.skipUnless(CHROMIUM, "no Chromium here: the viewer was not tried in a browser")
    def test_in_a_browser(self):
        page = self.report()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, Browser(profile) as b:
            b.open(page)
            self.assertIsNone(b.evaluate("$('message')"), "WebGL is not to be had by software either")
            self.assertEqual(b.evaluate("$('title').textContent"), HOSTILE)
            n = b.evaluate("N")
            text = lambda i: b.evaluate(f"$('{i}').textContent")
            self.assertEqual(text("shown"), f"{n} of {n} dots")
            b.key("f")
            near = b.screenshot()
            b.key("c")
            self.assertIn("session 1:", text("legend"))
            coloured = b.screenshot()
            self.assertNotEqual(near, coloured)
            b.evaluate("document.querySelector('#sessions input').click()")
            first = b.evaluate("ids.filter((x, i) => i % 4 === 2 && (x & 255) === 1).length")
            self.assertEqual(text("shown"), f"{n - first} of {n} dots")
            b.evaluate("document.querySelector('#sessions input').click()")
            b.key("Home")
            self.assertTrue(text("shown").startswith(f"0 of {n}"))
            for _ in range(3):
                b.key("]")
            self.assertTrue(text("shown").startswith(f"3 of {n} dots, up to place 3 of session 1"), text("shown"))
            self.assertNotEqual(b.screenshot(), coloured)
            b.key("End")
            # a click on a dot that is seen shows its row
            place = b.evaluate("(() => { const v = view(), r = $('canvas').getBoundingClientRect(); for (const i of visible) { const p = project(v, at(places, i)); "
                               "const h = hitPixel(v, p[0], p[1]); if (p[0] > 200 && p[0] < 600 && p[1] > 200 && p[1] < 500 && h && "
                               "Math.abs(project(v, h)[2] - p[2]) < 0.5) return [i, p[0] + r.left, p[1] + r.top]; } })()")
            b.click(place[1], place[2])
            picked = b.evaluate("state.dot")
            far = b.evaluate(f"(() => {{ const v = view(), a = project(v, at(places, {place[0]})), p = project(v, at(places, state.dot)); "
                             "return Math.hypot(a[0] - p[0], a[1] - p[1]); })()")
            self.assertLess(far, 2, (place, picked))
            self.assertIn("depth", text("dot"))
            self.assertIn("to be made", text("dot"))
            # along the skin is longer than straight, and no more than a curved head makes it
            b.key("1")
            b.key("m")
            b.click(700, 150)
            b.click(850, 250)
            along, straight = map(float, re.findall(r"([\d.]+) mm", text("measured")))
            self.assertTrue(straight <= along < 1.3 * straight, (along, straight))
            b.key("Escape")
            before = b.evaluate("[state.az, state.el]")
            b.drag(700, 300, 800, 330)
            b.key("ArrowLeft")
            self.assertNotEqual(b.evaluate("[state.az, state.el]"), before)
            self.assertEqual(b.events("Runtime.exceptionThrown") + b.events("Log.entryAdded"), [])
            asked = {e["request"]["url"].split(":")[0] for e in b.events("Network.requestWillBeSent")}
            self.assertLessEqual(asked, {"file"})

    @unittest.skipUnless(CHROMIUM, "no Chromium here: the viewer was not tried without WebGL")
    def test_without_webgl(self):
        page = self.report()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, Browser(profile, "--disable-3d-apis") as b:
            b.open(page)
            self.assertIn("no WebGL", b.evaluate("$('message').textContent"))
            self.assertIn("day 0", b.evaluate("$('sessions').textContent"))


if __name__ == "__main__":
    if not CHROMIUM:
        print("no Chromium here: the viewer is not tried in a browser", flush=True)
    unittest.main()
