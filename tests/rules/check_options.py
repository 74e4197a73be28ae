"""An option that a program asks for is one that a table near by has: in the same file, or in a header that it includes.

np_args_text(args, "speeed") would end the program when that line is reached, which no test may do."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
ASKED = re.compile(r'\bnp_args_(?:flag|text|text_at|number|integer|count)\(\s*\w+,\s*"([^"]*)"')
ROW = re.compile(r'\.name\s*=\s*"([^"]*)"')
INCLUDE = re.compile(r'#include "((?:base/realtime|(?:cli|sim)/[\w/]+)\.h)"')
bad, asked = [], 0
for path in sorted([*(root / "core/cli").glob("*.c"), *(root / "sim").glob("*.c")]):
    text = path.read_text()
    have = set(ROW.findall(text))
    for header in INCLUDE.findall(text):
        where = root / "core" / header if not header.startswith("sim/") else root / header
        have |= set(ROW.findall(re.sub(r"\\\n", " ", where.read_text())))
    for name in ASKED.findall(text):
        asked += 1
        if name not in have:
            bad.append(f'{path.relative_to(root)}: no option table has "{name}"')
if asked < 50:
    bad.append(f"only {asked} options are asked for: does this rule still see them?")
print("\n".join(bad) if bad else f"options: {asked} are asked for by name, and each has a row")
sys.exit(1 if bad else 0)
