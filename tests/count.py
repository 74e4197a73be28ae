"""Counts the tests of ctest's last run: cmocka's and unittest's one by one, what skipped itself as skipped, other programs as one.

count.py BUILD_FOLDER prints "PASSED FAILED SKIPPED".  A program that failed without saying which of its tests did counts as one
failure.  Used by ./dev, whose sum closes a run."""
import pathlib
import re
import sys

SUMMARIES = {
    "passed": (r"\[  PASSED  \] (\d+) test\(s\)\.",),
    "skipped": (r"\[  SKIPPED \] (\d+) test\(s\), listed below:", r"^OK \(.*?skipped=(\d+)", r"^FAILED \(.*?skipped=(\d+)"),
    "failed": (r"\[  FAILED  \] (\d+) test\(s\), listed below:", r"^FAILED \(.*?failures=(\d+)", r"^FAILED \(.*?errors=(\d+)"),
    "ran": (r"^Ran (\d+) tests? in ",),
}


def count_one(text, good):
    """(passed, failed, skipped) of one program's output."""
    n = {key: sum(int(x) for pattern in patterns for x in re.findall(pattern, text, re.M)) for key, patterns in SUMMARIES.items()}
    passed = n["passed"] + max(0, n["ran"] - n["failed"] - n["skipped"] if n["ran"] else 0)
    failed, skipped = n["failed"], n["skipped"]
    if passed + failed + skipped == 0:  # a program that counts nothing
        return (1, 0, 0) if good else (0, 1, 0)
    return passed, failed if good or failed else 1, skipped


def count(log):
    totals = [0, 0, 0]
    for block in re.split(r"^\d+/\d+ Testing: ", log, flags=re.M)[1:]:
        one = count_one(block, re.search(r"^Test Passed\.$", block, re.M) is not None)
        totals = [a + b for a, b in zip(totals, one)]
    return totals


def check():
    """The counter itself, on outputs as the frameworks write them."""
    cmocka = "[  PASSED  ] 3 test(s).\n[  SKIPPED ] 2 test(s), listed below:\n[  FAILED  ] 1 test(s), listed below:\n"
    assert count_one(cmocka, False) == (3, 1, 2)
    assert count_one("Ran 5 tests in 0.1s\n\nOK (skipped=2)\n", True) == (3, 0, 2)
    assert count_one("Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=1)\n", False) == (3, 2, 0)
    assert count_one("includes: all rules hold", True) == (1, 0, 0)
    assert count_one("Segmentation fault", False) == (0, 1, 0)
    assert count_one("[  PASSED  ] 3 test(s).\n==1==ERROR: LeakSanitizer", False) == (3, 1, 0)


if __name__ == "__main__":
    check()
    folder = pathlib.Path(sys.argv[1])
    print(*count((folder / "Testing/Temporary/LastTest.log").read_text(errors="replace")))
