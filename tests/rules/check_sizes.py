"""No source file over 600 lines: past that it wants splitting along a seam that has a name."""
import pathlib
import sys

LIMIT = 600
root = pathlib.Path(sys.argv[1])
long = [(len(p.read_text().splitlines()), p.relative_to(root)) for top in ("core", "plugins", "protocol", "sim", "tests")
        for p in sorted((root / top).rglob("*")) if p.suffix in (".c", ".h", ".py", ".sh")]
found = [f"{n} lines: {p}" for n, p in long if n > LIMIT]
print("\n".join(found) if found else f"sizes: {len(long)} files, the longest of {max(long)[0]} lines")
sys.exit(1 if found else 0)
