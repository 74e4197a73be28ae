"""The whole tree is as .clang-format says (clang-format 14; `./dev format` makes it so)."""
import pathlib
import shutil
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
formatter = shutil.which("clang-format-14")
if not formatter:
    sys.exit("format: clang-format-14 is missing; `./dev deps` installs it")
files = [str(p) for top in ("core", "plugins", "protocol", "sim", "tests") for p in sorted((root / top).rglob("*.[ch]"))]
result = subprocess.run([formatter, "--dry-run", "--Werror", *files], cwd=root, capture_output=True, text=True)
if result.returncode:
    wrong = sorted({line.split(":")[0] for line in result.stderr.splitlines() if "error:" in line})
    sys.exit("format: run `./dev format`; not as .clang-format says:\n" + "\n".join(wrong))
print(f"format: {len(files)} files are as .clang-format says")
