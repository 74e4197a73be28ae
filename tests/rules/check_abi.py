"""core/include/needlepath/plugin.h is the ABI: it stands alone in every C from C11 and every C++ from C++11, and what ABI 1.0 has,
tests/abi/1.0.txt, is there with the same place, size and type for ever.  With --write that file is written anew, while the ABI is 1.0."""
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
include = root / "core/include"
frozen = root / "tests/abi/1.0.txt"
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
if "--write" in sys.argv and minor == 0:
    frozen.write_text(now)
lines = frozen.read_text().splitlines()
gone = [line for line in lines if line not in now.splitlines()]
new = [line for line in now.splitlines() if line not in lines]
if gone or (new and minor == 0):
    sys.exit("needlepath/plugin.h is not what tests/abi/1.0.txt says\n" + "\n".join(["- " + g for g in gone] + ["+ " + n for n in new if minor == 0]))
print(f"abi: {len(lines)} constants and members are those of ABI 1.0; both headers stand alone in {len(STANDARDS)} standards")
