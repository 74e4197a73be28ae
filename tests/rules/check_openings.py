"""Every .c and .h opens with a comment that says what it is for, and why it is so where that is not plain.

Whoever opens a file reads that first; five words are the least that can say anything."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
OPENING = re.compile(r"/\*(.*?)\*/", re.S)
files = [p for top in ("core", "plugins", "protocol", "sim", "tests") for p in sorted((root / top).rglob("*.[ch]"))]
bad = []
for path in files:
    opening = OPENING.match(path.read_text())
    words = re.findall(r"\w+", opening[1]) if opening else []
    if len(words) < 5:
        what = "begins without a comment" if not opening else f"begins with a comment of {len(words)} words"
        bad.append(f"{path.relative_to(root)} {what}: say what the file is for, and why it is so")
print("\n".join(bad) if bad else f"openings: {len(files)} files say what they are for")
sys.exit(1 if bad or not files else 0)
