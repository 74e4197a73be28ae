"""Every function that a .c file gives to others is declared in the header of that file: ROOM/x.h or ROOM/private/x.h for x.c, and
for x_y.c too, where a module is in several files.

Who looks for np_tree_walk opens tree.h, and finds tree.c beside it.

And a function that a room keeps to itself is no static one for a reason: another file of the code calls it, or its own does and a test
tries it by itself.  What only tests call belongs to the tests."""
import collections
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
DEFINED = re.compile(r"^(?!static|typedef|#|extern|struct \w+ \{|enum|union)[A-Za-z_][\w \t\*]*?\b(\w+)\(([^;{}]*)\)\s*\n\{", re.M)


def functions(path):
    return [m[1] for m in DEFINED.finditer(COMMENT.sub("", path.read_text())) if m[1] != "main"]


def headers_of(path):
    return [h for folder in (path.parent, path.parent / "private", root / "core/include/needlepath") for h in folder.glob("*.h")
            if f"{path.stem}_".startswith(f"{h.stem}_")]


words = {p: collections.Counter(re.findall(r"\w+", COMMENT.sub("", p.read_text())))
         for top in ("core", "plugins", "protocol", "sim", "tests") for p in (root / top).rglob("*.[ch]")}
users = collections.defaultdict(set)  # of a name: the files that say it, but for headers that only declare it
for path, counts in words.items():
    declares = path.suffix == ".h" and path.relative_to(root).parts[0] != "tests"
    for name, n in counts.items():
        if n > declares:
            users[name].add(path)


# They stand in for the C library's (core/field/trial/allocator.c): plugins call them.
STAND_IN = {"memalign", "posix_memalign"}


def is_private_for_a_reason(name, path):
    """Called from another file; or from its own, and tested by itself."""
    if name in STAND_IN:
        return True
    others = users[name] - {path}
    in_tests = {p for p in others if p.relative_to(root).parts[0] == "tests"}
    return bool(others - in_tests) or bool(in_tests) and words[path][name] > 1


found, count = [], 0
for top in ("core", "protocol", "sim"):
    for path in sorted((root / top).rglob("*.c")):
        text = "".join(COMMENT.sub("", h.read_text()) for h in headers_of(path))
        names = functions(path)
        count += len(names)
        found += [f"{path.relative_to(root)}: {f}() is not declared in the file's own header" for f in names
                  if not re.search(rf"\b{f}\(", text)]
        found += [f"{path.relative_to(root)}: no other file calls {f}(): make it static, or move it to the tests" for f in names
                  if not f.startswith("np_") and not is_private_for_a_reason(f, path)]
if not count:
    found = ["no function found: the pattern does not fit the tree"]
print("\n".join(found) if found else f"headers: {count} functions, each declared in the header of its file")
sys.exit(1 if found else 0)
