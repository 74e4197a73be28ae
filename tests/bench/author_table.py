"""The plugin author's part of docs/benchmarks.md: author_table.py BUILD OUT.json, the page on standard output.

Machine time from an empty folder to a checked plugin, by the commands of docs/plugin-author.md, against needlepath as installed into a folder; and what
a look at one takes."""
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

GOAL_S, PREVIEW_GOAL_S, REPEATS = 20, 2, 3


def timed(*command, cwd):
    """Wall and processor seconds of COMMAND and all that it starts."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command}\n{done.stdout}{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - begin, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def author(prefix, folder, language):
    name = f"wave_{language}"
    shutil.rmtree(folder / name, True)
    needlepath, project = prefix / "bin" / "needlepath", folder / name
    steps = {"new": timed(needlepath, "plugin", "new", name, "--lang", language, cwd=folder),
             "configure": timed("cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={prefix}", cwd=project),
             "build": timed("cmake", "--build", "build", cwd=project),
             "check": timed(needlepath, "plugin", "check", f"build/{name}.so", cwd=project)}
    looks = [timed(needlepath, "plugin", "preview", f"build/{name}.so", cwd=project) for _ in range(REPEATS)]
    return steps, looks


def median(runs, of):
    return statistics.median(map(of, runs))


def main():
    build, out = map(pathlib.Path, sys.argv[1:])
    languages = ["c", "cpp"] + ["rust"] * bool(shutil.which("cargo"))
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        folder, prefix = pathlib.Path(folder), pathlib.Path(folder) / "installed"
        subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, capture_output=True)
        for language in languages:
            results[language] = [author(prefix, folder, language) for _ in range(REPEATS)]
    out.write_text(json.dumps(results))
    print("## A plugin's author\n\n`./dev bench author`. From an empty folder to a checked plugin: `plugin new`, cmake, build, `plugin check` at its strictest; seconds of "
          f"wall time, medians of {REPEATS} runs, and of processor time in all. Load {os.getloadavg()[0]:.1f} at the end:\n")
    print("| language | new | configure | build | check | all, s | CPU s | goal | |\n|---|---|---|---|---|---|---|---|---|")
    for language, runs in results.items():
        steps = [median(runs, lambda r: r[0][step][0]) for step in ("new", "configure", "build", "check")]
        wall, cpu = median(runs, lambda r: sum(s[0] for s in r[0].values())), median(runs, lambda r: sum(s[1] for s in r[0].values()))
        print(f"| {language} | {' | '.join(f'{s:.2f}' for s in steps)} | {wall:.1f} | {cpu:.1f} | < {GOAL_S} s | {'met' if wall < GOAL_S else 'missed'} |")
    if "rust" not in languages:
        print("\ncargo is not here: Rust is not measured.")
    looks = [look for run in results["c"] for look in run[1]]
    wall, cpu = (statistics.median(look[i] for look in looks) for i in (0, 1))
    print(f"\nA look at it (`plugin preview`, the crown of the built-in head, five pictures): {wall:.2f} s, {cpu:.2f} s of processor time (goal < {PREVIEW_GOAL_S} s: "
          f"{'met' if wall < PREVIEW_GOAL_S else 'missed'}).")


main()
