"""No source file over 600 lines: past that it wants splitting along a seam that has a name.  No C function over 60: it fits on a
screen.  (Tests may be longer: tables of what is expected are.)"""
import pathlib
import sys

from functions import functions

FILE_LIMIT, FUNCTION_LIMIT = 600, 60
root = pathlib.Path(sys.argv[1])
files, lengths, bad = [], [], []
for top in ("core", "plugins", "protocol", "sim", "tests"):
    for path in sorted((root / top).rglob("*")):
        if path.suffix not in (".c", ".h", ".py", ".sh"):
            continue
        lines = path.read_text().splitlines()
        files.append(len(lines))
        if len(lines) > FILE_LIMIT:
            bad.append(f"{path.relative_to(root)}: {len(lines)} lines; at most {FILE_LIMIT}")
        for head, length in functions(lines) if top != "tests" and path.suffix in (".c", ".h") else ():
            lengths.append(length)
            if length > FUNCTION_LIMIT:
                bad.append(f"{path.relative_to(root)}: a function of {length} lines; at most {FUNCTION_LIMIT}: {head}")
if not lengths:
    bad.append("no function found: the tree is not formatted as this rule expects")
print("\n".join(bad) if bad else f"sizes: {len(files)} files, the longest of {max(files)} lines; {len(lengths)} functions, the "
      f"longest of {max(lengths)}")
sys.exit(1 if bad else 0)
