"""One condition an assert: of `a && b`, or in Python `a and b`, nobody could say which one failed.

Looks at assert, assert_true and assert_non_null in C and at assertTrue in the Python tests.  An `&&` in further parentheses is part
of one condition."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
CALL = re.compile(r"\b(?:assert|assert_true|assert_non_null|self\.assertTrue)\(")
TEXT = re.compile(r'"(?:\\.|[^"\\])*"')
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def argument(text, begin):
    """The call's argument, from BEGIN to its closing parenthesis, with all that stands in further brackets left out."""
    depth, kept = 0, []
    for c in text[begin:]:
        if c in ")]}":
            if depth == 0:
                break
            depth -= 1
        if depth == 0:
            kept.append(c)
        if c in "([{":
            depth += 1
    return "".join(kept)


found, count = [], 0
for top in ("core", "plugins", "protocol", "sim", "tests"):
    for path in sorted(p for p in (root / top).rglob("*") if p.suffix in (".c", ".h", ".py") and "rules" not in p.parts):
        text = TEXT.sub(blank, path.read_text())
        if path.suffix != ".py":
            text = COMMENT.sub(blank, text)
        for call in CALL.finditer(text):
            count += 1
            if re.search(r"&&|\band\b", argument(text, call.end())):
                line = text.count("\n", 0, call.start()) + 1
                found.append(f"{path.relative_to(root)}:{line}: two conditions in one assert: write two, so that a failure says which")
print("\n".join(found) if found else f"asserts: {count}, each of one condition")
sys.exit(1 if found or not count else 0)
