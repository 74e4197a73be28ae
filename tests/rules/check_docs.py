"""What documents and comments point at is there.

Every "domain.md 1.3" names a section of docs/domain.md; every path that begins with a folder of the tree, and every link of a
Markdown file, names a file (capitals such as ROOM or MODULE, `*` and `...` stand for any name); every `needlepath COMMAND`
and `./dev COMMAND` is a command; docs/map.md lists the rooms of cmake/rooms.txt, and for each the tests that there are.

What documents list of a table in the code is the table: states of a run and of a dot in docs/plan-file.md, states and outcomes on the
wire in protocol/SPEC.md, kinds of links."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1]).resolve()
TOPS = ("core", "plugins", "protocol", "sim", "tests", "docs", "cmake")
SOURCES = {".c", ".h", ".py", ".sh", ".md", ".txt", ".cmake", ".pml", ".yml"}
SPACE = r"[ \t]*(?:\n[ \t]*(?:\*|//|#)?[ \t]*)?"  # a citation may go on in the comment's next line
NUMBER = r"\d+(?:\.\d+)?"
REMARK = rf"(?: \w+|{SPACE}\([^)]*\))?"  # "1.3 (depth), 1.4 angle and 1.5"
CITATION = re.compile(rf"domain\.md,?{SPACE}(?:sections?{SPACE})?({NUMBER}(?:{REMARK}(?:,|{SPACE} and){SPACE}\d+\.\d+)*)")
PATH = re.compile(rf"(?<![\w/.$}}-])((?:{'|'.join(TOPS)})/[\w./*-]*[\w*])")
LINK = re.compile(r"\]\(([^)\s]+)\)")
DEV = re.compile(r"(?:^ {4}|`)\./dev ([a-z]+)", re.M)
COMMAND = re.compile(r"(?:^ {4}|`)needlepath ([a-z]+(?: [a-z]+)?)", re.M)
problems = []


def complain(path, text, at, what):
    problems.append(f"{path.relative_to(root)}:{text.count(chr(10), 0, at) + 1}: {what}")


def exists(name):
    name = re.sub(r"\*+", "*", re.sub(r"(?<![a-z])[A-Z]{2,}(?=[_./]|$)", "*", name.removesuffix("*/").replace("...", "*")))
    return (root / name).exists() or any(root.glob(name))


def anchors(path):
    """The anchors that a Markdown file's headings have on the usual hosts."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def check_citations(path, text, sections):
    for match in CITATION.finditer(text):
        for number in re.findall(NUMBER, re.sub(r"\([^)]*\)", "", match[1])):
            if number not in sections:
                complain(path, text, match.start(), f"docs/domain.md has no section {number}")


def check_paths(path, text):
    for match in PATH.finditer(text):
        if not exists(match[1]):
            complain(path, text, match.start(), f"there is no {match[1]}")


def check_hyperlinks(path, text):
    for match in LINK.finditer(text):
        name, _, anchor = match[1].partition("#")
        if "://" in name:
            continue
        target = path.parent / name if name else path
        if not target.exists():
            complain(path, text, match.start(), f"there is no {name}")
        elif anchor and anchor not in anchors(target):
            complain(path, text, match.start(), f"{name or 'this file'} has no heading for #{anchor}")


def check_commands(path, text, commands):
    for match in COMMAND.finditer(text):
        words = match[1].split()
        if not any(c in (words[0], match[1]) or len(words) == 1 and c.split()[0] == words[0] for c in commands):
            complain(path, text, match.start(), f"needlepath has no command '{match[1]}'")
    dev = re.findall(r"^([a-z]+)\)", (root / "dev").read_text(), re.M)
    for match in DEV.finditer(text):
        if match[1] not in dev:
            complain(path, text, match.start(), f"./dev has no command '{match[1]}'")


def check_rooms():
    listed = re.findall(r"^([a-z]+):", (root / "cmake/rooms.txt").read_text(), re.M)
    text = (root / "docs/map.md").read_text()
    block = re.search(r"^```\n(.*?)^```", text, re.M | re.S)[1]
    shown = set(re.findall(r"^ {2}([a-z]+)/ ", block, re.M)) | set(re.findall(r"^([a-z]+)/", block, re.M))
    for room in listed:
        if room not in shown:
            problems.append(f"docs/map.md: the room {room} of cmake/rooms.txt is not on the map")
    for room in re.findall(r"^ {2}([a-z]+)/ ", block, re.M):
        if room not in listed + ["include"]:
            problems.append(f"docs/map.md: {room} is no room of cmake/rooms.txt")


def rows(path, table):
    """The X(...) rows of TABLE in PATH: (first argument, the first string behind it)."""
    text = re.sub(r"\\\n", " ", (root / path).read_text())
    body = re.search(rf"#define {table}\(X\)(.*)", text)
    found = re.findall(r'X\((\w+),\s*"([^"]*)"', body[1]) if body else []
    if not found:
        sys.exit(f"docs: {path} has no table {table}")
    return found


def compare(document, what, listed, table):
    """LISTED and TABLE: names in their order."""
    if list(listed) != list(table):
        problems.append(f"{document}: {what}: the document lists {', '.join(listed)}; the code has {', '.join(table)}")


def listed_in(document, pattern):
    match = re.search(pattern, (root / document).read_text(), re.S)
    if not match:
        sys.exit(f"docs: {document} has no list like {pattern}")
    return " ".join(re.sub(r"\([^)]*\)", "", match[1]).split())


def numbered(text):
    return re.findall(r"(\d+) ([\w ]*\w)", text)


def check_tables():
    plan, spec = "docs/plan-file.md", "protocol/SPEC.md"
    states = listed_in(plan, r"\n    runs .*?state: (.*?);")
    compare(plan, "states of a run", states.replace(" ,", ",").strip().split(", "),
            [text for _, text in rows("core/plan/plan.h", "NP_PLAN_RUN_TABLE")])
    journal = re.search(r"\n    journal .*?state \((.*?)\)", (root / plan).read_text(), re.S)[1]
    enum = re.findall(r"NP_JOURNAL_\w+ = (\d+)", (root / "core/plan/journal.h").read_text())
    compare(plan, "states of a dot", [n for n in re.findall(r"\b(\d) ", journal) if f"{n} reserved" not in journal], enum)
    for what, table in (("State", "NP_WIRE_STATE_TABLE"), ("Outcome", "NP_WIRE_OUTCOME_TABLE")):
        names = [f"{i} {name.lower().replace('_', ' ')}" for i, (name, _) in enumerate(rows("protocol/wire.h", table))]
        listed = numbered(listed_in(spec, rf"\*\*{what}\*\*: (.*?)\."))
        compare(spec, f"{what.lower()}s", [f"{n} {name.lower()}" for n, name in listed], names)


def check_model():
    """docs/preview.md: the constants of the skin model, with their defaults and ranges."""
    document = "docs/preview.md"
    table = re.search(r"#define NP_SKIN_MODEL_TABLE\(X\)(.*?)\n\n", (root / "core/skin/deposit.h").read_text(), re.S)[1]
    number = r"([\d.e-]+)"
    in_code = ["|".join(row) for row in re.findall(rf"X\((\w+), {number}, {number}, {number},", table)]
    listed = ["|".join(row) for row in re.findall(rf"^\| (\w+) \| {number} \| ([\d.]+(?:e-\d+)?)-{number} \|", (root / document).read_text(), re.M)]
    compare(document, "constants of the skin model", listed, in_code)


def check_links(texts):
    kinds = [name for name, _ in rows("core/link/kinds.h", "NP_LINK_KIND_TABLE")]
    for path, text in texts.items():
        for match in re.finditer(r"--(?:to|listen) '?([a-z]+):", text):
            if match[1] not in kinds:
                complain(path, text, match.start(), f"there is no link {match[1]}:")
    for kind in kinds:
        if not any(f"{kind}:" in text for text in texts.values()):
            problems.append(f"core/link/kinds.h: no document says how {kind}: is written")


def check_tests():
    """docs/map.md: the table of rooms and what tests them beside tests/unit/ROOM."""
    document = "docs/map.md"
    table = re.search(r"^\| room \|.*\n\|[-|]*\n((?:\|.*\n)+)", (root / document).read_text(), re.M)
    if not table:
        sys.exit(f"docs: {document} has no table of rooms and their tests")
    there = {f"{kind}/{p.stem.removeprefix(prefix)}" for kind, prefix, suffix in (("integration", "test_", "py"), ("fuzz", "fuzz_", "c"))
             for p in (root / "tests" / kind).glob(f"{prefix}*.{suffix}")}
    rooms, named = [], set()
    for line in table[1].splitlines():
        room, _, others = (cell.strip() for cell in line.strip("|").split("|"))
        rooms.append(room)
        named |= set(re.findall(r"(?:integration|fuzz)/\w+", others))
    problems.extend(f"{document}: there is no test {name}" for name in sorted(named - there))
    problems.extend(f"{document}: no room's row names the test {name}" for name in sorted(there - named))
    for room in re.findall(r"^([a-z]+):", (root / "cmake/rooms.txt").read_text(), re.M):
        if room not in rooms:
            problems.append(f"{document}: the table of tests has no row for {room}")


def main():
    sections = set(re.findall(rf"^#+ ({NUMBER}) ", (root / "docs/domain.md").read_text(), re.M))
    commands = set()
    for source in (root / "core/cli").glob("*.c"):
        commands |= set(re.findall(r"np_command \w+ = \{\s*\.name = \"([^\"]+)\"", source.read_text()))
    if not commands or not sections:
        sys.exit("docs: found no commands in core/cli, or no sections in docs/domain.md")
    files = [p for top in TOPS for p in sorted((root / top).rglob("*")) if p.suffix in SOURCES and "corpus" not in p.parts]
    files += [root / "README.md", root / "CMakeLists.txt"]
    texts = {path: path.read_text() for path in files}
    for path, text in texts.items():
        check_citations(path, text, sections)
        check_paths(path, text)
        if path.suffix == ".md":
            check_hyperlinks(path, text)
            check_commands(path, text, commands)
    check_rooms()
    check_tables()
    check_model()
    check_links({path: text for path, text in texts.items() if path.suffix == ".md"})
    check_tests()
    if problems:
        sys.exit("docs:\n" + "\n".join(problems))
    print(f"docs: what {len(files)} files point at is there")


main()
