"""One page for the operator, for the client, and for the weeks after: what stands on it, how long it is, and what is refused."""
import re
import unittest

from programs import INVALID, USAGE, Case

PALETTE = """palette:
  - {name: "<b>dark</b>", dilution: 6, lot: A12, expires: 2026-11-30, stock_percent: 15}
  - {name: pale, dilution: 20, lot: A13, expires: 2027-05-31}
"""


def pages(pdf):
    """How many pages a PDF of cairo has."""
    data = pdf.read_bytes()
    assert data.startswith(b"%PDF-")
    return len(re.findall(rb"/Type /Page\b", data))


def words(html):
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", html.read_text(), flags=re.S)
    return re.sub(r"\s+", " ", text)


class Sheets(Case):
    def setUp(self):
        super().setUp()
        long = "<script>x</script> & " + 40 * "Wide "
        self.make_plan("hairline", edit=lambda t: t.replace("title: Hairline", f"title: '{long[:190]}'"))
        self.write("palette.yaml", PALETTE)

    def sheet(self, kind, name, *options, **how):
        self.run_program("report", "p.needleplan", "--sheet", kind, "-o", name, "-f", *options, **how)
        return self.folder / name

    def test_each_is_one_page_and_the_same_again(self):
        for kind in ("operator", "client", "aftercare"):
            pdf = self.sheet(kind, f"{kind}.pdf")
            self.assertEqual(pages(pdf), 1)
            before = pdf.read_bytes()
            self.assertEqual(self.sheet(kind, f"{kind}.pdf").read_bytes(), before)
            html = self.sheet(kind, f"{kind}.html").read_text()
            self.assertNotIn("<script", html)
            self.assertIn("&lt;script&gt;", html)
            self.assertIn("\u2026", html)  # the title was cut

    def test_what_no_font_can_show_is_not_drawn_as_boxes(self):
        """A private character, which no font has: on paper nobody could read whose sheet it is."""
        self.make_plan("hairline", edit=lambda t: t.replace("title: Hairline", "title: 'No. \uE123'"))
        self.refuse("report", "p.needleplan", "--sheet", "operator", "-o", "odd.pdf", says=["\uE123", "no font", ".html"])
        self.assertIn("\uE123", self.sheet("operator", "odd.html").read_text())
        self.make_plan("hairline", edit=lambda t: t.replace("title: Hairline", "title: 'Zoë Šťastná, naïve – №'"))
        self.sheet("operator", "names.pdf")

    def test_the_operator_has_all_that_is_worked_by(self):
        html = self.sheet("operator", "o.html", "--palette", "palette.yaml", "--start", "2026-12-01")
        self.assertNotIn("<b>dark", html.read_text())
        text = words(html)
        figures = self.show("p.needleplan")
        for part in ("Approved by tester", "for ANY executor", "none yet: measure the marks on the head", "Needle 0.20 mm",
                     "dark", "6 parts of water to 1, lot A12, expires 2026-11-30", "expires on 2026-11-30, before the first session",
                     "frontal 0.50, temple 0.45", "calibration +0.00, indentation 0.00", "every 100 dots",
                     "depth 0.30 to 1.50 mm", figures["digest"], "2026-12-01: ", "from 2026-12-08, ", "from 2026-12-31, "):
            self.assertIn(part, text)
        for session in figures["sessions"]:
            self.assertIn(f"{session['dots']} dots in ", text)
        for jargon in ("domain.md", "--palette", "`", "by strategy", "seed", "_mm", "hairline 1."):
            self.assertNotIn(jargon, text)
        dots = [int(n) for n in re.findall(r"nearest to the tone of (\d+) dots", text)]
        self.assertEqual(sum(dots), figures["dots"])
        self.assertNotIn("before the first session", words(self.sheet("operator", "o.html", "--palette", "palette.yaml",
                                                                      "--start", "2026-11-30")))

    def test_the_operator_reads_the_spacing_that_is_kept(self):
        """Not a limit that a session has no room for: that one is warned of."""
        for asked, kept in ("0.7", True), ("3", False):
            self.make_plan("hairline", edit=lambda t: t.replace("session_spacing_min_mm: 0.7", f"session_spacing_min_mm: {asked}"))
            least = min(session["spacing_min_mm"] for session in self.show("p.needleplan")["sessions"])
            self.assertEqual(least >= float(asked) - 0.002, kept)
            text = words(self.sheet("operator", "o.html"))
            self.assertIn(f"{float(asked) if kept else least:.2f} mm within a session", text)
            self.assertEqual("keeps" in text and "not the 3.00 mm that the case asks for" in text, not kept)
            self.assertNotIn("limits.", text)

    def test_a_plan_that_nobody_signed_says_so(self):
        self.run_program("plan", "case.yaml", "-o", "unsigned.needleplan")
        self.run_program("report", "unsigned.needleplan", "--sheet", "operator", "-o", "o.html", "-f")
        self.assertIn("Not approved: no arm will run this plan.", words(self.folder / "o.html"))

    def test_the_client_reads_words_of_people(self):
        html = self.sheet("client", "c.html", "--start", "2026-12-01")
        text = words(html)
        self.run_program("report", "p.needleplan", "-o", "report")
        height = re.search(r"its middle is (\d+) mm over the glabella", (self.folder / "report" / "report.html").read_text())[1]
        for part in (f"its middle lies {height} mm above the point between your eyebrows", "a new hairline",
                     "against the hair of 413 people", "nothing looked made", "then 30 % of the dots are there", "2026-12-01",
                     "From the front, from your right, from the back and from above", "an estimate"):
            self.assertIn(part, text)
        self.assertEqual(html.read_text().count("<img"), 1)
        for jargon in ("Clark", "Fano", "digest", "layer", "domain.md", "glabella"):
            self.assertNotIn(jargon, text)

    def test_the_client_of_a_scar_reads_where_it_lies_and_is_promised_no_hairline(self):
        self.make_plan("fut-scar", edit=lambda t: t.replace("name: scar\n", "name: old_scar\n"))
        text = words(self.sheet("client", "c.html"))
        self.assertRegex(text, r"old scar scar tissue filled .* They begin \d+ mm above the bump at the back of your head and \d+ mm")
        self.assertNotIn("hairline", text)
        self.assertNotIn("old_scar", text)

    def test_the_client_is_told_what_does_not_look_like_hair(self):
        """In a grid, which nobody would take for hair: each figure that is out is a sentence."""
        self.make_plan("crown", edit=lambda t: t.replace("pattern: follicular", "pattern: even"))
        text = words(self.sheet("client", "c.html"))
        self.assertIn("Dots are spread too evenly: hair is less regular.", text)
        self.assertNotIn("nothing looked made", text)

    def test_aftercare_has_its_sources(self):
        text = words(self.sheet("aftercare", "a.html"))
        for part in ("dry for 3 days, and for 5 if it is sore", "SPF 30", "hat", "3 to 6 years", "Liu and others, J Cosmet Dermatol 2025",
                     "no trial of aftercare was found"):
            self.assertIn(part, text)
        for jargon in ("domain.md", ", C]", "[E]"):
            self.assertNotIn(jargon, text)

    def test_all_say_that_scabs_go_before_the_second_session(self):
        """Scabs fall after 7 to 10 days, and it is due on the seventh."""
        for kind in ("operator", "client", "aftercare"):
            text = words(self.sheet(kind, "s.html"))
            self.assertIn("7 days after the first, if no scab is left", text)
            self.assertNotIn("day of your choice, if", text)
            self.assertIn("from 2026-12-08, if no scab is left", words(self.sheet(kind, "s.html", "--start", "2026-12-01")))
        self.assertIn("session 2 is 7 days after session 1, and scabs fall after 7 to 10: is none left on the day?",
                      self.run_program("case", "check", "case.yaml")[0])

    def test_what_is_refused(self):
        refused = [(["--sheet", "nurse", "-o", "x.pdf"], "operator"), (["--sheet", "client", "-o", "x.doc"], "ends in .html or .pdf"),
                   (["--sheet", "client", "-o", "x.pdf", "--palette", "palette.yaml"], "--palette is for --sheet operator"),
                   (["-o", "x", "--start", "2026-12-01"], "--start is for --sheet"),
                   (["--sheet", "client", "-o", "x.pdf", "--start", "2026-02-30"], "is no day"),
                   (["--sheet", "client", "-o", "x.pdf", "--start", "soon"], "is no day")]
        for options, says in refused:
            with self.subTest(options=options):
                self.refuse("report", "p.needleplan", *options, status=USAGE, says=says)
        self.write("bad.yaml", "palette: [{name: x, dilution: lots}]\n")
        self.refuse("report", "p.needleplan", "--sheet", "operator", "-o", "x.pdf", "--palette", "bad.yaml",
                    says=["bad.yaml:1", "dilution"])
        self.refuse("report", "case.yaml", "--sheet", "operator", "-o", "x.pdf", status=INVALID)
        self.write("mine.html", "of somebody")
        self.refuse("report", "p.needleplan", "--sheet", "client", "-o", "mine.html", says=["mine.html is already there", "--force"])
        self.assertEqual((self.folder / "mine.html").read_text(), "of somebody")
        self.refuse("report", "p.needleplan", "-o", "x", "--force", status=USAGE, says="--force is for --sheet")


if __name__ == "__main__":
    unittest.main()
