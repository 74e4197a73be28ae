"""The files of protocol/ that firmware takes use no printf, no heap, no floating point and nothing that POSIX added to C: a C library's
own of these bring what a small board has not."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1]) / "protocol"
FORBIDDEN = {r"#include <(?:stdio|stdlib|math|time|errno|unistd)\.h>": "a header of what firmware has not",
             r"\b(?:double|float)\b": "floating point",
             r"\b\w*printf\(|\bstrnlen\(|\bstrdup\(|\b(?:m|c|re)alloc\(": "a function that brings what firmware has not"}
bad, seen = [], 0
for path in sorted([*root.glob("*.[ch]"), *root.glob("private/*.[ch]"), *root.glob("example/*.[ch]")]):
    if path.name.startswith("sender"):
        continue
    seen += 1
    code = re.sub(r"/\*.*?\*/|\"(?:[^\"\\]|\\.)*\"", lambda m: "\n" * m.group(0).count("\n") if m.group(0)[0] == "/" else '""',
                  path.read_text(), flags=re.S)
    code = re.sub(r"format\(printf,", "", code)
    for number, line in enumerate(code.split("\n"), 1):
        for pattern, what in FORBIDDEN.items():
            if re.search(pattern, line):
                bad.append(f"protocol/{path.relative_to(root)}:{number}: {what}: {line.strip()}")
if seen < 20:
    bad.append(f"only {seen} files: does this rule still see them?")
print("\n".join(bad) if bad else f"firmware: {seen} files of protocol/ take nothing that a small board has not")
sys.exit(1 if bad else 0)
