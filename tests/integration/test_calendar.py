"""Sessions in their order and not before their day, at the commands: refused, or made with a reason that show and the report name."""
import re
import sqlite3

from programs import INVALID, USAGE, free_port, simulator
from streaming import StreamCase

REASON = "flight home on <Tuesday>"


class Calendar(StreamCase):
    def session(self, number, *more, status=0, command="run"):
        return self.run_program(command, "p.needleplan", "--session", str(number), "--to", self.target, "--head-is-arm-frame", *more,
                                status=status)

    def check_shares(self, percent):
        """What the client reads of how many dots are there after each session, in the order in which they were made."""
        self.run_program("report", "p.needleplan", "--sheet", "client", "-o", "c.html", "-f")
        text = re.sub(r"<[^>]*>", " ", (self.folder / "c.html").read_text())
        for session, share in percent.items():
            self.assertRegex(text, rf"Session {session}\s[^;]*;[^;]*; then {share} % of the dots are there")

    def test_order_and_days(self):
        self.plan(100)
        self.target = f"zmq:tcp://127.0.0.1:{free_port()}"
        with simulator(self.folder, *self.sim_args(self.target)):
            _, err = self.session(2, status=INVALID)
            self.assertRegex(err, r"(\d+) of \1 dots of session 1 are not made")
            self.session(2, command="air")
            for reason in ("", "  ", "two\nlines", "x" * 201):
                self.session(2, "--early", reason, status=USAGE)
            self.session(2, "--early", REASON, command="air", status=USAGE)
            self.session(1)
            _, err = self.session(2, status=INVALID)
            self.assertRegex(err, r"session 2 is due on \d{4}-\d\d-\d\d, 7 days after session 1, and today is")
            self.assertIn("--early", err)
            _, err = self.session(2, "--early", REASON)
            self.assertIn("EARLY: session 2 is due on", err)
            # as if both had been made some weeks ago: session 3 is due
            with sqlite3.connect(self.folder / "p.needleplan") as db:
                db.execute("UPDATE runs SET started_unix_s = started_unix_s - 30 * 86400")
            db.close()
            _, err = self.session(3)
            self.assertNotIn("EARLY", err)
        runs = self.show("p.needleplan")["runs"]
        self.assertEqual([(run["session"], run.get("early", {}).get("reason")) for run in runs], [(1, None), (2, REASON), (3, None)])
        self.assertRegex(runs[1]["early"]["found"], "^session 2 is due on")
        self.check_shares({1: 30, 2: 70, 3: 100})
        with sqlite3.connect(self.folder / "p.needleplan") as db:
            db.execute("UPDATE runs SET started_unix_s = started_unix_s - 60 * 86400 WHERE session = 3")
        db.close()
        self.check_shares({3: 30, 1: 60, 2: 100})
        out, _ = self.run_program("show", "p.needleplan")
        self.assertRegex(out, f"EARLY: session 2 is due on .*; the reason given: {REASON}")
        self.run_program("report", "p.needleplan", "-o", "report")
        self.assertIn("the reason given: flight home on &lt;Tuesday&gt;", (self.folder / "report" / "report.html").read_text())


if __name__ == "__main__":
    import unittest
    unittest.main()
