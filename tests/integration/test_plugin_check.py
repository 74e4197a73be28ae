"""`needlepath plugin check`: each way to be wrong is found by the rule that names it, and what is right passes."""
import concurrent.futures
import json
import os
import re
import unittest

from programs import BUILD, INVALID, SANITIZED, SOURCE, Case

BAD = BUILD / "tests" / "badplugins"
BUNDLED = sorted((BUILD / "lib" / "needlepath" / "plugins").glob("*.so"))

# The strategies of tests/badplugins/wrong.c, and the rule that finds each.
WRONG = {
    "nan_density": "paint.range", "endless_depth": "paint.range", "negative_density": "paint.range", "much_coverage": "paint.range",
    "flat_tilt": "paint.range", "dark_tone": "paint.range", "long_dwell": "paint.range", "session_none": "paint.range",
    "deep": "paint.limits", "leaning": "paint.limits",
    "crash_paint": "run.crash", "abort_paint": "run.crash", "exit_paint": "run.crash", "hang_paint": "run.crash",
    "silent_paint": "fail.sentence", "odd_return": "fail.sentence", "paint_fails": "run.default",
    "crash_layout": "run.crash", "silent_layout": "fail.sentence", "layout_fails": "run.default",
    "crash_prepare": "run.crash", "prepare_fails": "run.default", "silent_prepare": "fail.sentence", "crash_finish": "run.crash",
    "pin_far": "layout.valid", "pin_deep": "layout.valid", "pin_early": "layout.valid", "pin_nan": "run.default", "pin_short": "run.default",
    "pin_moves": "layout.pure", "curve_nan": "run.default", "curve_short": "run.default", "curve_far": "layout.valid",
    "counts_calls": "pure.repeat", "by_dice": "pure.repeat", "by_time": "pure.repeat", "running_sum": "pure.order", "by_place": "pure.order",
    "by_count": "pure.batch", "by_process": "pure.process", "by_address": "pure.process", "by_thread": "pure.threads",
    "writes_behind": "memory.bounds", "writes_before": "memory.bounds", "reads_behind": "memory.bounds", "writes_samples": "memory.inputs",
    "writes_params": "memory.inputs", "layout_writes_params": "memory.inputs", "prepare_writes_head": "memory.inputs",
    "prepare_writes_points": "memory.inputs", "prepare_writes_text": "memory.inputs", "reads_unlisted": "channels.listed", "leaks_paint": "memory.leak", "leaks_state": "memory.leak",
    "no_finish": "state.finish", "unchecked_memory": "memory.fail", "unchecked_aligned": "memory.fail", "silent_memory": "memory.fail",
    "wants_one": "samples.none", "fixed_room": "samples.many", "wants_inside": "samples.outside", "root_of_hair": "samples.hair",
    "crash_at_most": "params.ends", "silent_at_least": "fail.sentence", "nan_at_least": "paint.range",
    "deaf": "time.cancel", "deaf_later": "time.cancel", "asleep": "time.cancel", "slow": "time.sample",
    "rounds_up": "process.float", "traps": "process.float", "handles_signals": "process.signals", "blocks_signals": "process.signals",
    "sets_limits": "process.limits", "leaves_thread": "process.threads", "right": None,
}
# Files that cannot be loaded, or say of themselves what is not right (tests/badplugins/at_load.c), and their rule; else it is "descriptor".
LOAD = {**dict.fromkeys(("crash", "exits"), "load"),
        **dict.fromkeys(("no_entry", "null_entry", "wrong_magic", "other_abi", "newer_abi", "required", "small_structs", "no_strategies",
                         "null_strategy", "many_params", "value_many", "value_null"), "abi")}


class Check(Case):
    def check(self, path, *args, status=INVALID, timeout="20"):
        out, err = self.run_program("plugin", "check", str(path), "--json", *args, status=status, env={"NEEDLEPATH_PLUGIN_TIMEOUT_S": timeout})
        self.assertNotIn("internal", err)
        return json.loads(out)

    def rules(self, found):
        return [f["rule"] for f in found["findings"]]


class BadPlugins(Check):
    @unittest.skipIf(SANITIZED, "a sanitizer has an allocator and fault handlers of its own, and no filter")
    def test_each_wrong_strategy_is_found_by_its_rule(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            both = list(pool.map(self.check, (BAD / "wrong" / name for name in ("wrong.so", "wrong_too.so"))))
        rules = {}
        for f in both[0]["findings"] + both[1]["findings"]:
            self.assertEqual([k for k in ("seen", "mend", "must") if not f[k]], [])
            rules.setdefault(re.match(r"strategy (\w+), ", f["where"])[1], set()).add(f["rule"])
        for strategy, rule in WRONG.items():
            with self.subTest(strategy=strategy):
                self.assertEqual(rules.get(strategy, set()), {rule} - {None})
        self.assertEqual(set(rules) | {"right"}, set(WRONG))
        self.assertGreater(len(WRONG), 60)

    def test_each_file_that_is_refused_is_named(self):
        files = sorted((BAD / "load").glob("*.so"))
        self.assertGreater(len(files), 40)
        for path in files:
            with self.subTest(file=path.stem):
                self.assertEqual([r for r in self.rules(self.check(path)) if r != "file.exports"], [LOAD.get(path.stem, "descriptor")])
        self.assertEqual(self.rules(self.check(BAD / "hang" / "hang.so", timeout="1")), ["load"])

    @unittest.skipIf(SANITIZED, "a sanitizer exports names of its own")
    def test_files(self):
        self.assertEqual(self.rules(self.check(BAD / "wrong" / "exports.so")), ["file.exports"])
        self.assertIn("file.code", self.rules(self.check(BAD / "wrong" / "executable_stack.so")))
        self.write("text.so", "no library")
        self.assertEqual(self.rules(self.check("text.so")), ["load"])
        os.mkfifo(self.folder / "pipe.so")
        self.check("pipe.so", timeout="1")
        self.assertNotIn("findings", self.check("nonesuch.so"))

    def test_strictness_and_seeds(self):
        path = BAD / "wrong" / "exports.so"
        if not SANITIZED:
            self.check(path, "--strict", "1", status=0)
            self.check(path, "--strict", "2")
        self.refuse("plugin", "check", str(path), "--strict", "11", status=2, says="--strict")

    def test_what_a_person_sees(self):
        out, err = self.run_program("plugin", "check", str(BAD / "load" / "bad_id.so"), status=INVALID)
        self.assertIn("descriptor: strategy 0: its id 'Not An Id' is not well-formed", out)
        self.assertIn("    mend: ", out)
        self.assertIn("bad_id.so breaks 1 of the rules", err)


class Bundled(Check):
    def test_what_comes_with_needlepath_passes_at_the_strictest(self):
        self.assertGreater(len(BUNDLED), 2)
        for path in BUNDLED:
            with self.subTest(plugin=path.stem):
                found = self.check(path, "--strict", "10", status=0)
                self.assertEqual(found["findings"], [])
                self.assertEqual([s["id"] for s in found["strategies"]], [path.stem])


class Rules(Check):
    def test_docs_have_the_rules_of_the_code(self):
        text = (SOURCE / "core" / "field" / "check_rules.c").read_text()
        rows = re.findall(r'\{"([\w.]+)",\s*(\d+),\s*((?:"[^"]*"\s*)+),\s*((?:"[^"]*"\s*)+)\}', text)
        join = lambda strings: "".join(re.findall(r'"([^"]*)"', strings))
        docs = re.findall(r"^\| `([\w.]+)` \| (\d+) \| (.*?) \| (.*?) \|$", (SOURCE / "docs" / "rules.md").read_text(), re.M)
        self.assertEqual(docs, [(id, level, join(what), join(mend)) for id, level, what, mend in rows])
        self.assertGreater(len(docs), 30)


if __name__ == "__main__":
    unittest.main()
