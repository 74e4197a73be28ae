"""A case with shades: which cartridge makes which dot, in the plan, on the sheets and in programs for machines."""
import csv
import json
import math
import re
import sqlite3
import subprocess
import threading
import unittest

from programs import DONE, INCOMPLETE, LINK, NEEDLEPATH, STOPPED, USAGE, Case, free_port, simulator, wait_until, with_place

SHADES = """
shades:
  - {name: 'dark "one"', share: 0.25, dilution: 8, lot: A12, expires: 2096-11-30}
  - {name: pale, share: 0.75, dilution: 14}
"""


class Shades(Case):
    def plan(self, name, shades=SHADES, **how):
        self.write(f"{name}.yaml", (self.folder / "case.yaml").read_text() + shades)
        self.run_program("plan", f"{name}.yaml", "-o", f"{name}.needleplan", **how)
        return self.show(f"{name}.needleplan")

    def dots(self, plan):
        self.run_program("export", plan, "-o", "dots.json", "--format", "json")
        return json.loads((self.folder / "dots.json").read_text())["dots"]

    def setUp(self):
        super().setUp()
        self.run_program("case", "new", "hairline", "-o", "case.yaml")

    def test_every_session_is_made_shade_by_shade(self):
        plan = self.plan("s")
        dots = sorted(self.dots("s.needleplan"), key=lambda d: (d["session"], d["order"]))
        tones = sorted({d["tone"] for d in dots})
        self.assertEqual(len(tones), 2)
        ink = [3.57 ** d["tone"] for d in dots]  # in parts of the lightest: docs/preview.md, mu_light_per_mm and mu_dark_per_mm
        mean = sum(ink) / len(ink)
        self.assertAlmostEqual(math.sqrt(sum((i - mean) ** 2 for i in ink) / len(ink)) / mean, 0.25, delta=0.02)
        for session in plan["sessions"]:
            pale, dark = session["cartridges"]
            self.assertEqual((pale["shade"], pale["lot"], dark["shade"], dark["lot"]), ("pale", None, 'dark "one"', "A12"))
            self.assertEqual((pale["from_order"], dark["from_order"]), (0, pale["dots"]))
            self.assertEqual(pale["dots"] + dark["dots"], session["dots"])
            self.assertAlmostEqual(dark["dots"] / session["dots"], 0.25, delta=0.03)
            of_it = [d["tone"] for d in dots if d["session"] == session["session"]]
            self.assertEqual(of_it, pale["dots"] * tones[:1] + dark["dots"] * tones[1:])

    def test_the_same_with_any_number_of_threads_and_signed(self):
        digests = [self.plan(f"t{n}", env={"OMP_NUM_THREADS": str(n)})["digest"] for n in (1, 8)]
        self.assertEqual(digests[0], digests[1])
        others = [SHADES.replace("A12", "A13"), SHADES.replace("pale", "paler"), SHADES.replace("14", "15"),
                  SHADES.replace("2096-11-30", "2096-12-30"), ""]
        self.assertEqual(len({self.plan("o" + str(i), s)["digest"] for i, s in enumerate(others)} | set(digests)), 6)
        self.assertNotIn("cartridges", self.plan("none", "")["sessions"][0])

    def test_a_case_whose_shades_were_changed_in_the_plan_is_refused(self):
        self.plan("s")
        with sqlite3.connect(self.folder / "s.needleplan") as db:
            db.execute("UPDATE meta SET value = replace(value, 'lot: A12', 'lot: B12') WHERE key = 'case_text'")
        db.close()
        self.refuse("show", "s.needleplan", says="were changed after planning")

    def test_sheet_and_report_name_every_cartridge(self):
        plan = self.plan("s")
        self.run_program("report", "s.needleplan", "--sheet", "operator", "-o", "o.html", "--start", "2096-12-01")
        text = re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", (self.folder / "o.html").read_text(), flags=re.S))
        for session in plan["sessions"]:
            for i, cartridge in enumerate(session["cartridges"]):
                self.assertIn(f"Session {session['session']}, cartridge {i + 1}", text)
                self.assertIn(f"{cartridge['dots']} dots, places {cartridge['from_order'] + 1} to", text)
        self.assertIn("8 parts of water to 1, lot A12, expires 2096-11-30", text)
        self.assertIn("expires on 2096-11-30, before the first session on 2096-12-01", text)
        self.run_program("report", "s.needleplan", "-o", "report")
        self.assertIn("<h2>Cartridges</h2>", (self.folder / "report" / "report.html").read_text())
        self.write("palette.yaml", "palette: [{name: x, dilution: 6}]\n")
        self.refuse("report", "s.needleplan", "--sheet", "operator", "-o", "x.pdf", "--palette", "palette.yaml", status=USAGE,
                    says="shades of its own")

    def test_programs_for_machines_stop_for_the_cartridge(self):
        self.plan("s")
        self.write("fiducials.yaml", "fiducials:\n" + "".join(f"  - {{name: {n}, head: {p}, arm: {p}}}\n" for n, p in (
            ("a", [90, 20, 50]), ("b", [-90, 0, 50]), ("c", [0, 80, 60]), ("d", [0, -80, 60]))))
        self.run_program("export", "s.needleplan", "--session", "1", "--fiducials", "fiducials.yaml", "--format", "urscript", "-o",
                         "s.script", "--unapproved", "a trial")
        stops = re.findall(r'popup\("([^"]*)", blocking=True\)', (self.folder / "s.script").read_text())
        self.assertIn("this piece begins with the cartridge  pale , 14 parts of water to 1", stops[0])
        changes = [s for s in stops if "put in the cartridge" in s]
        self.assertEqual(len(changes), 1)
        self.assertIn("dark ?one? , 8 parts of water to 1, lot A12", changes[0])
        self.run_program("case", "new", "crown", "-o", "case.yaml", "--force")
        text = (self.folder / "case.yaml").read_text()
        self.write("case.yaml", text.replace("feather_mm: 10", "feather_mm: 0, lean_deg: 0"))
        self.plan("c")
        self.run_program("export", "c.needleplan", "--session", "1", "--fiducials", "fiducials.yaml", "--format", "gcode", "-o",
                         "s.gcode", "--unapproved", "a trial", status=INCOMPLETE)
        program = (self.folder / "s.gcode").read_text().splitlines()
        pauses = [line for line in program if line.startswith("M0")]
        self.assertEqual(len(pauses), 2)
        self.assertIn("pale", pauses[0])
        self.assertIn("lot A12", pauses[1])

    def run_session(self, plan, *options, status=DONE, sim=(), command="run"):
        with simulator(self.folder, "--listen", f"zmq:tcp://127.0.0.1:{self.port}", "--speed", "max", "--journal", "arm.journal", *sim):
            return self.run_program(command, plan, "--session", "1", "--to", f"zmq:tcp://127.0.0.1:{self.port}", *options, status=status)

    def small(self, count=60, shades=SHADES, seed=1):
        """An approved plan of COUNT dots; its first session is of 0.3 of them."""
        self.port = free_port()
        self.make_plan("hairline", edit=lambda t: t.replace("dots: {", f"dots: {{count: {count}, ").replace("seed: 1", f"seed: {seed}") + shades)
        return self.show("p.needleplan")["sessions"][0]

    def test_a_run_stops_for_each_cartridge(self):
        pale, dark = self.small()["cartridges"]
        _, err = self.run_session("p.needleplan", sim=("--cartridge", "pale", "--cartridge", "A12"))
        self.assertIn("put in the cartridge 'pale', 14 parts of water to 1, dip it, and confirm it at the executor as 'pale'", err)
        self.assertIn("confirm it at the executor as 'A12'", err)
        made = [(s["lot"], s["by"], s["from_order"], s["dots"]) for s in self.show("p.needleplan")["runs"][-1]["supplies"]
                if s["kind"] == "cartridge"]
        self.assertEqual(made, [("pale", "executor", 0, pale["dots"]), ("A12", "executor", dark["from_order"], dark["dots"])])

    def test_another_cartridge_makes_nothing_until_it_is_changed(self):
        dark = self.small()["cartridges"][1]
        _, err = self.run_session("p.needleplan", status=STOPPED, sim=("--cartridge", "pale", "--cartridge", "A11"))
        self.assertIn("was confirmed as 'A11' and is to be 'dark \"one\"'", err)
        made = self.show("p.needleplan")["runs"][-1]["done"]
        self.assertEqual(made, dark["from_order"])
        _, err = self.run_session("p.needleplan", status=STOPPED)
        self.assertIn("confirm it at the executor as 'A12'", err)
        self.assertEqual(self.show("p.needleplan")["runs"][-1]["done"], 0)

    def pale_dot(self, place):
        """Id of the first session's dot at that place of the tour, 0 first."""
        return next(d["id"] for d in self.dots("p.needleplan") if (d["session"], d["order"]) == (1, place))

    def cartridges(self):
        """Of all runs: lot, from which place of the tour on, and how many dots were made with it."""
        return [(s["lot"], s["from_order"], s["dots"]) for run in self.show("p.needleplan")["runs"] for s in run["supplies"]
                if s["kind"] == "cartridge"]

    def test_a_dot_made_again_gets_its_own_cartridge(self):
        pale, dark = self.small()["cartridges"]
        first, dot = dark["from_order"], self.pale_dot(3)
        named = [("pale", 0, pale["dots"] - 1), ("A12", first, dark["dots"])]
        self.run_session("p.needleplan", status=INCOMPLETE,
                         sim=("--fault", f"skipped:{dot}", "--cartridge", "pale", "--cartridge", "A12"))
        self.assertEqual(self.cartridges(), named)
        self.run_session("p.needleplan", "--again", dot, command="review")
        # the dark one is in the arm: confirming another dark one for it makes nothing, and is no part of what was made
        err = self.run_session("p.needleplan", status=STOPPED, sim=("--cartridge", "A12"))[1]
        self.assertIn("confirm it at the executor as 'pale'", err)
        self.assertIn("was confirmed as 'A12' and is to be 'pale'", err)
        self.assertEqual(self.cartridges(), [*named, ("A12", 3, 0)])
        self.run_session("p.needleplan", status=STOPPED)
        # a word on this side puts no other in the arm
        err = self.run_session("p.needleplan", "--cartridge", "pale", status=STOPPED)[1]
        self.assertIn("--cartridge 'pale' IS NOT WRITTEN DOWN: the cartridge in use was confirmed at the executor as 'A12'", err)
        url = f"zmq:tcp://127.0.0.1:{self.port}"
        with simulator(self.folder, "--listen", url, "--journal", "arm.journal", "--console", stdin=subprocess.PIPE) as sim:
            self.run_program("run", "p.needleplan", "--session", "1", "--to", url, status=STOPPED)
            changes = (self.folder / "sim.err").read_text().count("the needle was changed")
            sim.stdin.write("needle pale\n")
            self.assertTrue(wait_until(lambda: (self.folder / "sim.err").read_text().count("the needle was changed") > changes, 20))
            self.run_program("run", "p.needleplan", "--session", "1", "--to", url)
        self.assertEqual(self.cartridges(), [*named, ("A12", 3, 0), ("pale", 3, 1)])

    def leave_pale_dots_out(self, seed):
        """Session 1 but for those to one side, which the arm does not reach; its two cartridges, and what was made with them."""
        (self.folder / "p.needleplan").unlink(missing_ok=True)
        cartridges = self.small(440, SHADES.replace("0.25", "0.1").replace("0.75", "0.9"), seed)["cartridges"]
        self.run_program("export", "p.needleplan", "-o", "dots.csv", "--session", "1", "--force")
        with open(self.folder / "dots.csv", newline="") as f:
            dots = list(csv.DictReader(line for line in f if not line.startswith("#")))
        left, right = (pick(dots, key=lambda dot: float(dot["y"])) for pick in (max, min))
        if int(left["order"]) < 64:  # in a chunk before the dark ones'
            box = f"-800,-800,-800,800,{float(left['y']) - 0.5:.3f},800"
        elif int(right["order"]) < 64:
            box = f"-800,{float(right['y']) + 0.5:.3f},-800,800,800,800"
        else:
            return cartridges, []
        self.run_session("p.needleplan", "--only-reachable", status=INCOMPLETE,
                         sim=("--workspace", box, "--cartridge", "pale", "--cartridge", "A12"))
        return cartridges, self.cartridges()

    def test_dots_out_of_reach_get_their_own_cartridge_later(self):
        for seed in range(1, 20):  # until all dark ones are reached
            (pale, *dark), made = self.leave_pale_dots_out(seed)
            if dark and [n for _, _, n in made[1:]] == [dark[0]["dots"]]:
                break
        else:
            self.fail("no seed of 19 has its dark dots in reach, and pale ones out of it")
        first, left = made[0][1], pale["dots"] - made[0][2]
        self.assertEqual(first % 64, 0)  # a chunk that begins out of reach is left out whole
        self.assertEqual(made, [("pale", first, pale["dots"] - left), ("A12", dark[0]["from_order"], dark[0]["dots"])])
        self.assertGreater(left, 0)
        err = self.run_session("p.needleplan", sim=("--cartridge", "pale"))[1]
        self.assertIn("confirm it at the executor as 'pale'", err)
        self.assertEqual([(lot, n) for lot, _, n in self.cartridges()], [*((lot, n) for lot, _, n in made), ("pale", left)])

    def test_who_follows_the_prompts_makes_no_dot_in_another_shade(self):
        """Where many dots are left out at once: what is asked for is what makes the next dot, and none is asked for in vain."""
        three = "\nshades:\n" + "".join(f"  - {{name: {n}, share: {s}, dilution: {d}, lot: {n}, expires: 2096-11-30}}\n"
                                       for n, s, d in (("dark", 0.2, 8), ("mid", 0.4, 12), ("pale", 0.4, 18)))
        self.small(240, three, seed=4)
        asked, url = [], f"zmq:tcp://127.0.0.1:{self.port}"
        with simulator(self.folder, "--listen", url, "--speed", "max", "--journal", "arm.journal", "--workspace",
                       "-800,-800,-800,800,5,800", "--console", stdin=subprocess.PIPE) as sim:
            run = subprocess.Popen([NEEDLEPATH, *with_place(["run", "p.needleplan", "--session", "1", "--to", url, "--only-reachable"])],
                                   cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            stuck = threading.Timer(60, run.kill)
            stuck.start()
            self.addCleanup(stuck.cancel)
            for line in run.stderr:
                asked += re.findall(r"put in the cartridge .* confirm it at the executor as '(.*)'", line)
                if "put in the cartridge" in line:
                    sim.stdin.write("needle\n")
            run.stderr.close()
            self.assertEqual(run.wait(60), INCOMPLETE)
        shade = {c["from_order"]: c["lot"] for c in self.show("p.needleplan")["sessions"][0]["cartridges"]}
        made = [(order, n) for _, order, n in self.cartridges()]
        self.assertEqual(len(made), len(asked))
        self.assertGreater(sum(n for _, n in made), 0)
        for (order, n), lot in zip(made, asked):
            self.assertEqual(lot, shade[max(first for first in shade if first <= order)], (order, n))

    def test_a_button_names_no_lot(self):
        pale, dark = self.small()["cartridges"]
        self.run_session("p.needleplan", sim=("--cartridge", "pale", "--cartridge", ""))
        self.assertEqual(self.cartridges(), [("pale", 0, pale["dots"]), (None, dark["from_order"], dark["dots"])])

    def test_an_executor_without_a_person_refuses(self):
        self.small()
        _, err = self.run_session("p.needleplan", status=LINK, sim=("--reload", "none"))
        self.assertIn("nobody who reloads pigment or changes the needle", err)

    def test_the_command_says_what_a_case_needs(self):
        self.plan("none", "")
        self.write("palette.yaml", "palette:\n  - {name: 'a: \"b\"', dilution: 7, lot: L1}\n  - {name: c, dilution: 16}\n")
        said = self.run_program("shades", "none.needleplan", "--palette", "palette.yaml")[0]
        block = re.search(r"^shades:\n(  - .*\n)+", said, re.M)[0]
        plan = self.plan("chosen", "\n" + block)
        self.assertTrue(all(s["cartridges"] for s in plan["sessions"]))

    def test_that_one_cartridge_makes_one_tone_is_said(self):
        """Where tones differ and no shades are named, by everything that shows or promises tones; nowhere where they are, or where tones are alike."""
        self.write("case.yaml", (self.folder / "case.yaml").read_text().replace("dots: {", "dots: {count: 300, "))
        alone = "which one cartridge cannot make"
        alike = (self.folder / "case.yaml").read_text().replace("{density_per_cm2: 60", "{tone_variation: 0, tone_front: 0.5, density_per_cm2: 60")
        self.write("alike.yaml", alike)
        for name, shades in (("none", ""), ("two", SHADES)):
            self.plan(name, shades)
        self.run_program("plan", "alike.yaml", "-o", "alike.needleplan")
        for name, told in (("none", True), ("two", False), ("alike", False)):
            with self.subTest(name):
                check = self.assertIn if told else self.assertNotIn
                check(alone, self.run_program("show", f"{name}.needleplan")[0])
                self.run_program("report", f"{name}.needleplan", "--sheet", "operator", "-o", f"{name}.html")
                check(alone, (self.folder / f"{name}.html").read_text())
                said = self.run_program("preview", f"{name}.needleplan", "-o", name, "--view", "front", "--distance", "1", "--when", "healed", "--width", "640")[1]
                check(alone, said)
        self.write("palette.yaml", "palette:\n  - {name: a, dilution: 12}\n")
        self.assertIn("one shade is one tone", self.run_program("shades", "none.needleplan", "--palette", "palette.yaml")[0])

    def test_what_is_refused(self):
        one = "{name: a, share: 1, dilution: 8"
        for shades, says in ((f"shades: [{one}, colour: red}}]", "colour"), ("shades: [{name: a, share: 1}]", "dilution"),
                             ("shades: [{name: a, share: 0.5, dilution: 8}]", "add up to 1, found 0.5"),
                             ("shades: [{name: a, share: 1, dilution: 2}]", "darker than the tones go"),
                             ("shades: [{name: a, share: 1, dilution: 60}]", "lighter than the tones go"),
                             (f"shades: [{one}, expires: soon}}]", "expected a day"),
                             ("shades: [{name: a, share: 0.5, dilution: 8}, {name: b, share: 0.5, dilution: 8}]", "is as dark as"),
                             ("shades: [{name: a, share: 0.5, dilution: 8}, {name: b, lot: a, share: 0.5, dilution: 9}]",
                              "could not be told"),
                             ("shades: [" + ", ".join(f"{{name: s{i}, share: 0.25, dilution: {8 + i}}}" for i in range(4)) + "]",
                              "1 to 3 entries, found 4")):
            with self.subTest(shades=shades):
                text = (self.folder / "case.yaml").read_text()
                self.write("bad.yaml", text + shades + "\n")
                line = text.count("\n") + 1
                self.refuse("plan", "bad.yaml", "-o", "bad.needleplan", says=[f"bad.yaml:{line}", says])
                self.assertFalse((self.folder / "bad.needleplan").exists())


if __name__ == "__main__":
    unittest.main()
