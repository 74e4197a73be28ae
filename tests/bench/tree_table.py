"""The sources' part of docs/benchmarks.md: tree_table.py OUT.json, the page on standard output.

Sizes of functions and files, and how many of the rules of tests/rules the tree breaks."""
import json
import pathlib
import re
import statistics
import sys

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "tests/rules"))
from check_includes import problems, table  # noqa: E402
from functions import functions  # noqa: E402

TOPS = ("core", "protocol", "sim", "plugins")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def comment_lines(text):
    """Lines on which there is a comment and no code."""
    marked = COMMENT.sub(lambda m: re.sub(r"[^\n]+", "\0", m[0]), text)
    return sum(1 for line in marked.split("\n") if "\0" in line and not line.replace("\0", "").strip())


def measure(tops):
    lengths, files, lines, comments, asserts = [], [], 0, 0, 0
    for path in sorted(p for top in tops for p in (root / top).rglob("*.[ch]")):
        text = path.read_text()
        own = text.splitlines()
        lengths += [length for _, length in functions(own)]
        files += [len(own)] if path.suffix == ".c" else []
        lines += len(own)
        comments += comment_lines(text)
        asserts += len(re.findall(r"\b(?:assert|_Static_assert)\(", text))
    return {"functions": len(lengths), "median": statistics.median(lengths), "mean": statistics.mean(lengths),
            "percentile_99": sorted(lengths)[len(lengths) * 99 // 100], "longest": max(lengths),
            "over_40": sum(n > 40 for n in lengths), "over_60": sum(n > 60 for n in lengths), "c_files": len(files),
            "file_median": statistics.median(files), "file_longest": max(files), "lines": lines, "comment_lines": comments,
            "asserts": asserts}


def row(name, m):
    return (f"| {name} | {m['functions']} | {m['median']:.0f} / {m['mean']:.1f} / {m['percentile_99']} / {m['longest']} | "
            f"{100 * m['over_40'] / m['functions']:.1f} % | {m['over_60']} | {m['c_files']} | {m['file_median']:.0f} / "
            f"{m['file_longest']} | {m['lines']} | {100 * m['comment_lines'] / m['lines']:.0f} % | {m['asserts']} |")


def main():
    measured = {name: measure(tops) for name, tops in [*((t, [t]) for t in TOPS), ("all", TOPS)]}
    broken = list(problems(root))
    rooms = table(root)
    facts = {"rooms": len(rooms), "edges": sum(map(len, rooms.values())),
             "private_headers": len([p for top in TOPS for p in (root / top).rglob("private/*.h")]),
             "private_included_from_outside": sum("that header is private" in p for p in broken),
             "edges_not_in_the_table": sum(" may use " in p and "nothing in it does" not in p for p in broken),
             "edges_unused": sum("nothing in it does" in p for p in broken)}
    print("## The sources\n\nBy `./dev bench tree`. Lines of a function, from its return type to its closing brace: median / mean / "
          "99 % / longest; of a .c file: median / longest. Comments: the share of lines that hold nothing else.\n")
    print("| | functions | lines of one | over 40 | over 60 | .c files | lines of one | lines in all | comments | asserts |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, m in measured.items():
        print(row(name, m))
    print(f"\n| rule | found |\n|---|---|\n| edges between the {facts['rooms']} rooms (cmake/rooms.txt) | {facts['edges']} |\n"
          f"| edges that are not in the table | {facts['edges_not_in_the_table']} |\n"
          f"| edges in the table that nothing uses | {facts['edges_unused']} |\n| private headers | {facts['private_headers']} |\n"
          f"| of these included from another room | {facts['private_included_from_outside']} |\n"
          f"| functions over 60 lines | {measured['all']['over_60']} |")
    pathlib.Path(sys.argv[1]).write_text(json.dumps({**measured, **facts}, indent=1))


main()
