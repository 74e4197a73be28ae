"""Every function that a .c file gives to others is declared in the header of that file: ROOM/x.h or ROOM/private/x.h for x.c, and
for x_y.c too, where a module is in several files.

Who looks for np_tree_walk opens tree.h, and finds tree.c beside it."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
DEFINED = re.compile(r"^(?!static|typedef|#|extern|struct \w+ \{|enum|union)[A-Za-z_][\w \t\*]*?\b(\w+)\(([^;{}]*)\)\s*\n\{", re.M)


def functions(path):
    return [m[1] for m in DEFINED.finditer(COMMENT.sub("", path.read_text())) if m[1] != "main"]


def headers_of(path):
    return [h for folder in (path.parent, path.parent / "private") for h in folder.glob("*.h")
            if f"{path.stem}_".startswith(f"{h.stem}_")]


found, count = [], 0
for top in ("core", "protocol", "sim"):
    for path in sorted((root / top).rglob("*.c")):
        text = "".join(COMMENT.sub("", h.read_text()) for h in headers_of(path))
        names = functions(path)
        count += len(names)
        found += [f"{path.relative_to(root)}: {f}() is not declared in the file's own header" for f in names
                  if not re.search(rf"\b{f}\(", text)]
if not count:
    found = ["no function found: the pattern does not fit the tree"]
print("\n".join(found) if found else f"headers: {count} functions, each declared in the header of its file")
sys.exit(1 if found else 0)
