"""The examples of docs/plugin-author.md are whole plugins: they compile, as they stand there, against the installed headers."""
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
blocks = re.findall(r"^```c\n(.*?)^```", (root / "docs/plugin-author.md").read_text(), re.M | re.S)
blocks = [b for b in blocks if "NP_KIT_PLUGIN" in b]  # the others are run by tests/integration/test_kit.py
if len(blocks) != 2:
    sys.exit(f"docs/plugin-author.md: expected two whole plugins in C, found {len(blocks)}")
with tempfile.TemporaryDirectory() as folder:
    for number, block in enumerate(blocks):
        source = pathlib.Path(folder) / f"example{number}.c"
        source.write_text(block)
        flags = "-std=c17 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror -shared -fPIC".split()
        command = ["cc", *flags, "-I", str(root / "core/include"), "-o", str(source.with_suffix(".so")), str(source), "-lm"]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            sys.exit("docs/plugin-author.md: an example does not compile\n" + result.stderr)
lines = len([line for line in blocks[0].splitlines() if line.strip()])
if lines > 60:
    sys.exit(f"docs/plugin-author.md: the example has {lines} lines; it promises sixty")
print(f"plugin guide: both examples compile; the first has {lines} lines")
