"""needlepath is two programs: the one that shows, signs and runs plans does not carry Embree."""
import os
import re
import subprocess
import unittest

from programs import BUILD, NEEDLEPATH, INVALID, USAGE, Case


class TwoPrograms(Case):
    def test_the_light_one_links_no_geometry(self):
        libraries = subprocess.run(["ldd", NEEDLEPATH], capture_output=True, text=True, check=True).stdout
        self.assertIn("libsqlite3", libraries)
        for name in ("embree", "cairo"):
            self.assertNotIn(name, libraries)

    def test_a_part_that_is_missing_is_named(self):
        _, err = self.run_program("plan", "x.yaml", "-o", "x.needleplan", status=INVALID,
                                  env={"NEEDLEPATH_LIBEXEC": str(self.folder)})
        self.assertIn("needlepath-geometry: cannot run this part of needlepath: No such file", err)
        self.run_program("show", "--help", env={"NEEDLEPATH_LIBEXEC": str(self.folder)})

    def test_threads_without_work_sleep(self):
        """In the program that plans, unless the user says otherwise: spinning took a third of its time on a busy machine."""
        self.run_program("case", "new", "crown", "-o", "case.yaml")
        for said, policies in (({}, "PASSIVE"), ({"OMP_WAIT_POLICY": "active"}, "ACTIVE")):
            _, err = self.run_program("case", "check", "case.yaml", env={"OMP_DISPLAY_ENV": "verbose", **said})
            self.assertEqual(re.findall(r"OMP_WAIT_POLICY ?= ?'(\w+)'", err)[-1], policies)

    def test_groups_list_their_commands(self):
        for group, member in (("case", "case new"), ("keys", "keys curve"), ("plugin", "plugin list")):
            self.assertIn(member, self.run_program(group, "--help")[0])
            self.assertIn(member, self.run_program("help", group)[0])
            self.assertIn(member, self.run_program(group, status=USAGE)[1])

    def test_a_misspelt_command_is_suggested(self):
        for words, meant in ((["pln"], "plan"), (["shwo", "x"], "show"), (["case", "nwe"], "case new"), (["repot"], "report")):
            _, err = self.run_program(*words, status=USAGE)
            self.assertIn(f"did you mean '{meant}'?", err)
        _, err = self.run_program("zzzzzz", status=USAGE)
        self.assertNotIn("did you mean", err)

    def test_every_command_of_the_overview_has_help_and_a_man_page(self):
        lines = self.run_program("--help")[0].split("commands:\n")[1].split("\n\n")[0].splitlines()
        names = [line[2:18].strip() for line in lines]
        self.assertGreater(len(names), 15)
        for name in names:
            self.assertIn(f"usage: needlepath {name}", self.run_program(*name.split(), "--help")[0])
            self.assertTrue((BUILD / "share" / f"needlepath-{name.replace(' ', '-')}.1").exists(), name)


if __name__ == "__main__":
    unittest.main()
