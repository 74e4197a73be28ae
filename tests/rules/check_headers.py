"""Every function that a .c file gives to others is declared in the header of that file: ROOM/x.h or ROOM/private/x.h for x.c, and
for x_y.c too, where a module is in several files.

Who looks for np_tree_walk opens tree.h, and finds tree.c beside it.  headers_allowed.txt lists those of old; it only ever gets
shorter."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
ALLOWED_FILE = root / "tests/rules/headers_allowed.txt"
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
DEFINED = re.compile(r"^(?!static|typedef|#|extern|struct \w+ \{|enum|union)[A-Za-z_][\w \t\*]*?\b(\w+)\(([^;{}]*)\)\s*\n\{", re.M)


def functions(path):
    return [m[1] for m in DEFINED.finditer(COMMENT.sub("", path.read_text())) if m[1] != "main"]


def headers_of(path):
    return [h for folder in (path.parent, path.parent / "private") for h in folder.glob("*.h")
            if f"{path.stem}_".startswith(f"{h.stem}_")]


found = []
for top in ("core", "protocol", "sim"):
    for path in sorted((root / top).rglob("*.c")):
        text = "".join(COMMENT.sub("", h.read_text()) for h in headers_of(path))
        found += [f"{path.relative_to(root)}: {f}" for f in functions(path) if not re.search(rf"\b{f}\(", text)]
allowed = ALLOWED_FILE.read_text().split("\n")[:-1] if ALLOWED_FILE.exists() else []
bad = [f"{line}() is not declared in the file's own header" for line in found if line not in allowed]
bad += [f"{line}: is in order: take it off {ALLOWED_FILE.name}" for line in allowed if line not in found]
print("\n".join(bad) if bad else f"headers: {len(allowed)} functions of old are declared elsewhere than in their file's header")
sys.exit(1 if bad else 0)
