"""core/include/needlepath/plugin.h is the ABI: it stands alone in every C from C11 and every C++ from C++11, and what a minor
version has brought, a file of tests/abi/, is there with the same place, size and type for ever.  With --write the file of a new minor version is
written; until then what it adds may change."""
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
include = root / "core/include"
STANDARDS = [("cc", "c", s) for s in ("c11", "c17", "c2x")] + [("c++", "c++", s) for s in ("c++11", "c++14", "c++17", "c++20", "c++2b")]
FLAGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only".split()


def compile_alone(header, compiler, language, standard):
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "alone.txt"
        source.write_text(f"#include <needlepath/{header}>\n#include <needlepath/{header}>\n")
        result = subprocess.run([compiler, "-x", language, f"-std={standard}", *FLAGS, "-I", include, source], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"needlepath/{header} does not compile alone as {standard}\n{result.stderr}")


def declared(declaration):
    """Each member of a DECLARATION: name, and the declaration without the others' names."""
    pointer = re.search(r"\(\*(\w+)\)\(", declaration)
    if pointer:
        return [(pointer[1], declaration)]
    first, *others = declaration.split(",")
    kind, stars, name = re.fullmatch(r"(.*?)((?:\s*\*\s*)?)(\w+(?:\[\d+\])?)", first.strip()).groups()
    members = [first.strip()] + [f"{kind.strip()} {o.strip()}" for o in others]
    return [(re.search(r"(\w+)(?:\[\d+\])?$", m)[1], m) for m in members]


def dump():
    """What the header says, a line each: constants with values, members with place, size and type."""
    text = re.sub(r"/\*.*?\*/", " ", (include / "needlepath/plugin.h").read_text(), flags=re.S)
    out = ["#include <needlepath/plugin.h>", "#include <stdio.h>", "int main(void) {"]
    for name in re.findall(r"^#define (NP_\w+) ", text, re.M):
        if name not in ("NP_PLUGIN_EXPORT", "NP_PLUGIN_ABI_MINOR", "NP_PLUGIN_ENTRY"):
            out.append(f'printf("{name} %llu\\n", (unsigned long long)({name}));')
    for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", text, re.S):
        for declaration in " ".join(body.split()).split(";")[:-1]:
            for member, kind in declared(declaration.strip()):
                out.append(f'printf("{name}.{member} at %zu, %zu bytes: {kind}\\n", offsetof({name}, {member}), sizeof((({name} *)0)->{member}));')
    out.append('puts("entry " NP_PLUGIN_ENTRY); return 0; }')
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "dump"
        program.with_suffix(".c").write_text("\n".join(out))
        subprocess.run(["cc", "-I", include, "-o", program, program.with_suffix(".c")], check=True)
        return subprocess.run([program], capture_output=True, text=True, check=True).stdout


for header in ("plugin.h", "plugin_kit.h", "plugin_test.h"):
    for compiler, language, standard in STANDARDS:
        compile_alone(header, compiler, language, standard)
now = dump()
minor = int(re.search(r"NP_PLUGIN_ABI_MINOR (\d+)", (include / "needlepath/plugin.h").read_text())[1])
frozen = {int(p.stem.split(".")[1]): p for p in (root / "tests/abi").glob("1.*.txt")}
lines = [line for n in sorted(frozen) for line in frozen[n].read_text().splitlines()]
new = [line for line in now.splitlines() if line not in lines]
if "--write" in sys.argv and minor not in frozen:
    (root / "tests/abi" / f"1.{minor}.txt").write_text("".join(f"{line}\n" for line in new))
    new = []
gone = [line for line in lines if line not in now.splitlines()]
if new and minor not in frozen and not gone:
    print(f"abi: {len(new)} lines are new in 1.{minor}, which may still change: once it is as it shall be, write its file (--write)")
    sys.exit(0)
if gone or new:
    print("needlepath/plugin.h is not what tests/abi/ says; what is there stays, and what is new takes a new NP_PLUGIN_ABI_MINOR, and its file (--write)")
    sys.exit("\n".join([f"- {g}" for g in gone] + [f"+ {n}" for n in new]))
print(f"abi: {len(lines)} constants and members are those of ABI 1.0 to 1.{minor}; the headers stand alone in {len(STANDARDS)} standards")
