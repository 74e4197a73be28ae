"""What a case says of the person: which reasons it serves, what blocks, delays or asks, and that a block stops the approval."""
import json
import unittest

from programs import INVALID, Case


class Person(Case):
    def setUp(self):
        super().setUp()
        self.run_program("case", "new", "fut-scar", "-o", "case.yaml")
        self.plain = (self.folder / "case.yaml").read_text()

    def say(self, person):
        (self.folder / "case.yaml").write_text(f"{self.plain}\nperson: {{{person}}}\n")

    def test_check_says_what_is_served_and_what_speaks_against_it(self):
        self.assertIn("the case says nothing of the person's age and health", self.run_program("case", "check", "case.yaml")[0])
        self.say("reasons: [scars, low_density], age_years: 40, scar_months: 8, scar_seen_by: Anna, conditions: [blood_thinners]")
        out = self.run_program("case", "check", "case.yaml")[0]
        for line in ("scars: served by layer 'scar' (scar_fill)", "low_density: NOT SERVED: no layer of diffuse_density",
                     "asks: a scar of 8 months: some wait for 9 to 12", "[domain.md 3, C]",
                     "asks: blood_thinners: ask the doctor who prescribes them [domain.md 6, C]"):
            self.assertIn(line, out)
        told = json.loads(self.run_program("case", "check", "case.yaml", "--json")[0])
        self.assertEqual([f["weight"] for f in told["person"]["findings"]], ["asks", "asks", "asks"])
        self.assertEqual([(r["reason"], r["served"]) for r in told["person"]["reasons"]], [("scars", True), ("low_density", False)])

    def test_a_block_stops_check_and_approval_until_it_is_cleared(self):
        self.run_program("keys", "new", "op.key", "--name", "tester", "--no-passphrase")
        self.say("age_years: 40, scar_months: 30, conditions: [keloids]")
        self.refuse("case", "check", "case.yaml", says=["keloids", "domain.md 3, 6, C", "cleared_by"])
        self.assertIn("the person: DO NOT TREAT: keloids", self.run_program("plan", "case.yaml", "-o", "p.needleplan")[1])
        self.refuse("approve", "p.needleplan", "--key", "op.key", "--executor", "any", says=["p.needleplan", "keloids"])
        self.assertEqual(self.show("p.needleplan")["approvals"], [])
        self.run_program("approve", "p.needleplan", "--key", "op.key", "--executor", "any", "--air-only")
        self.run_program("report", "p.needleplan", "--sheet", "operator", "-o", "o.html", "-f")
        self.assertIn("Do not treat: keloids: ", (self.folder / "o.html").read_text())
        self.say("age_years: 40, scar_months: 30, conditions: [keloids], cleared: [keloids], cleared_by: '<b>Dr</b>'")
        self.assertIn("cleared by <b>Dr</b>", self.run_program("case", "check", "case.yaml")[0])
        self.run_program("plan", "case.yaml", "-o", "q.needleplan")
        self.run_program("approve", "q.needleplan", "--key", "op.key", "--executor", "any")
        self.run_program("report", "q.needleplan", "--sheet", "operator", "-o", "o.html", "-f")
        self.assertIn("cleared by &lt;b&gt;Dr", (self.folder / "o.html").read_text())

    def test_who_plans_and_signs_is_told_what_delays(self):
        self.run_program("keys", "new", "op.key", "--name", "tester", "--no-passphrase")
        self.say("age_years: 30, scar_months: 30, conditions: [pregnant]")
        for command in (["plan", "case.yaml", "-o", "p.needleplan"],
                        ["approve", "p.needleplan", "--key", "op.key", "--executor", "any"]):
            self.assertIn("the person: NOT NOW: pregnant", self.run_program(*command)[1])
        self.say("age_years: 17.9, scar_months: 30")
        self.refuse("case", "check", "case.yaml", says="under 18: 17.9 years")

    def test_the_sheet_asks_in_words_of_people(self):
        self.say("conditions: [blood_thinners, alcohol_or_drugs], scar_seen_by: Anna")
        self.run_program("plan", "case.yaml", "-o", "p.needleplan")
        self.run_program("report", "p.needleplan", "--sheet", "operator", "-o", "o.html", "-f")
        text = (self.folder / "o.html").read_text()
        for says in ("Not now: alcohol or drugs: not under alcohol", "Ask: blood thinners: ask the doctor who prescribes them<",
                     "how old is the person? Nobody under 18<", "how old is the scar? It wants 6 months at least, 9 to 12 for some<"):
            self.assertIn(says, text)

    def test_a_scar_that_was_looked_at_says_nothing_of_health(self):
        self.say("scar_months: 20, scar_raised_mm: 0, scar_seen_by: Anna")
        self.assertIn("the case says nothing of the person's age and health", self.run_program("case", "check", "case.yaml")[0])
        self.run_program("plan", "case.yaml", "-o", "p.needleplan")
        self.run_program("report", "p.needleplan", "--sheet", "operator", "-o", "o.html", "-f")
        self.assertIn("ask for age, keloids, infection", (self.folder / "o.html").read_text())

    def test_clearance_is_offered_only_where_it_counts(self):
        self.say("age_years: 16, scar_months: 30")
        err = self.refuse("case", "check", "case.yaml", says=["under 18", "no clearance lifts that"])
        self.assertNotIn("cleared_by", err)
        self.say("age_years: 40, scar_months: 30, scar_raised_mm: 0.51")
        self.refuse("case", "check", "case.yaml", says=["raised by 0.51 mm", "at most 0.5 mm", "no clearance lifts that"])
        self.say("age_years: 40, scar_months: 30, conditions: [keloids], cleared: [keloids], cleared_by: ' '")
        self.refuse("case", "check", "case.yaml", says="cleared_by: expected the doctor's name, found blanks")

    def test_a_scar_that_nobody_has_looked_at_is_told_as_such(self):
        """The template states nothing of a scar, as it cannot know: all say so until a person is named, and none warns."""
        self.assertNotRegex(self.plain, r"(?m)^[^#]*(age_months|raised|red:|scar_months)")
        for person, says in (("", "scars not looked at by anybody"), ("scar_seen_by: <Anna>, scar_months: 14", "scars looked at by <Anna>")):
            if person:
                self.say(person)
            out, err = self.run_program("plan", "case.yaml", "-o", "p.needleplan", "-f")
            self.assertIn(says, out)
            self.assertNotIn("WARNING", out + err)
            self.assertIn(says, self.run_program("show", "p.needleplan")[0])
            self.assertIn(says, self.show("p.needleplan")["scars"])
            self.run_program("report", "p.needleplan", "-o", "report")
            self.run_program("report", "p.needleplan", "--sheet", "operator", "-o", "o.html", "-f")
            for page in ("report/report.html", "o.html"):
                self.assertIn(says.replace("<", "&lt;").replace(">", "&gt;"), (self.folder / page).read_text())
            self.assertEqual("nobody has looked at the scar" in self.run_program("case", "check", "case.yaml")[0], not person)
        self.say("scar_seen_by: ' '")
        self.refuse("case", "check", "case.yaml", says="scar_seen_by: expected a name, found blanks")

    def test_other_cases_say_nothing_of_scars(self):
        self.run_program("case", "new", "crown", "-o", "case.yaml", "-f")
        self.run_program("plan", "case.yaml", "-o", "p.needleplan")
        self.assertNotIn("scars", self.show("p.needleplan"))

    def test_mistakes_name_their_line(self):
        self.say("conditions: [keloid]")
        line = self.plain.count("\n") + 2
        self.refuse("case", "check", "case.yaml", says=[f"case.yaml:{line}:", "did you mean 'keloids'"])
        self.refuse("plan", "case.yaml", "-o", "x.needleplan", says="keloids", status=INVALID)


if __name__ == "__main__":
    unittest.main()
