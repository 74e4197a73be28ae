"""Runs the scenarios of scenarios.txt: spin makes a verifier of record.pml, gcc builds it, and what it finds must be what stands there.

    run.py [NAME...]       all of them without a name
    run.py --trail NAME    the shortest way to what breaks
"""
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
PROPERTIES = ("ONCE", "TOLD", "DURABLE", "SOUND")
MEMORY_MB = 900
SKIPPED = 77  # SKIP_RETURN_CODE in CMakeLists.txt


def read_scenarios():
    """{name: (kind, switches)}"""
    rows = {}
    for number, line in enumerate((here / "scenarios.txt").read_text().splitlines(), 1):
        match = re.fullmatch(r"(\w+): +(holds|breaks|reaches) +(.*)", line)
        if not match:
            if line and not line.startswith("#"):
                sys.exit(f"model: scenarios.txt:{number}: this is no scenario: {line}")
            continue
        name, kind, words = match[1], match[2], match[3].split()
        if kind == "breaks" and words[0] not in PROPERTIES:
            sys.exit(f"model: scenarios.txt:{number}: {words[0]} is none of {', '.join(PROPERTIES)}")
        if kind == "reaches":
            words[0] = f"GOAL={words[0]}"
        rows[name] = kind, [*PROPERTIES, *words] if kind == "holds" else words
    return rows


def call(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"model: {' '.join(map(str, command))} failed\n{result.stdout}{result.stderr}")
    return result.stdout


def verify(switches, folder, shortest=False):
    """(the assertion that breaks or None, how many states were seen)"""
    call(["spin", "-a", *(f"-D{s}" for s in switches), here / "record.pml"], folder)
    breadth_first = ["-DBFS"] if shortest else []
    # Most searches are shorter than what an optimiser would take.
    call(["gcc", "-O0", "-w", "-DSAFETY", f"-DMEMLIM={MEMORY_MB}", *breadth_first, "-o", "pan", "pan.c"], folder)
    report = call(["./pan", "-E", "-w20", "-m10000"], folder)
    errors, states = re.search(r"errors: (\d+)", report), re.search(r"(\d+) states, stored", report)
    broken = re.search(r"assertion violated +([^-\s].*) \(at", report)  # "- ..." would be an error of the model's own
    incomplete = "Search not completed" in report or "depth too small" in report
    if not errors or not states or bool(broken) != (errors[1] != "0") or (incomplete and not broken):
        sys.exit("model: the search did not come to its end, or the model itself is wrong\n" + report)
    return broken and broken[1], int(states[1])


def run(name, kind, switches):
    with tempfile.TemporaryDirectory() as folder:
        broken, states = verify(switches, folder)
    good = (broken is None) == (kind == "holds")
    seconds = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    print(f"{'ok  ' if good else 'FAIL'} {name:26} {kind:7} {states:>8,} states {seconds:6.1f} s", flush=True)
    if not good:
        print(f"     {broken or 'nothing was found to break'}; --trail {name} shows how")
    return good


def show_trail(name, kind, switches):
    with tempfile.TemporaryDirectory() as folder:
        broken, _ = verify(switches, folder, shortest=True)
        if broken is None:
            sys.exit(f"model: nothing breaks in {name}")
        text = call(["spin", "-t", "-T", "-k", "record.pml.trail", *(f"-D{s}" for s in switches), here / "record.pml"], folder)
    print(re.split(r"spin: ", text)[0].rstrip())
    print(f"broken: {broken}")


def main():
    if not shutil.which("spin"):
        print("SKIPPED: spin is not installed; `./dev deps` installs it")
        sys.exit(SKIPPED)
    rows, names = read_scenarios(), sys.argv[1:]
    trail = names[:1] == ["--trail"]
    names = names[1:] if trail else names or list(rows)
    unknown = [n for n in names if n not in rows]
    if unknown or not names:
        sys.exit(f"model: no scenario {', '.join(unknown)}; there are {', '.join(rows)}")
    if trail:
        show_trail(names[0], *rows[names[0]])
        return
    failed = [n for n in names if not run(n, *rows[n])]
    if failed:
        sys.exit(f"model: not as scenarios.txt says: {', '.join(failed)}")
    print(f"model: {len(names)} scenarios are as scenarios.txt says")


main()
