"""What documents and comments point at is there.

Every "domain.md 1.3" names a section of docs/domain.md; every path that begins with a folder of the tree, and every link of a
Markdown file, names a file (capitals such as ROOM or MODULE, `*` and `...` stand for any name); every `needlepath COMMAND`
and `./dev COMMAND` is a command; and docs/map.md lists the rooms of cmake/rooms.txt."""
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


def check_links(path, text):
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


def main():
    sections = set(re.findall(rf"^#+ ({NUMBER}) ", (root / "docs/domain.md").read_text(), re.M))
    commands = set()
    for source in (root / "core/cli").glob("*.c"):
        commands |= set(re.findall(r"np_command \w+ = \{\s*\.name = \"([^\"]+)\"", source.read_text()))
    if not commands or not sections:
        sys.exit("docs: found no commands in core/cli, or no sections in docs/domain.md")
    files = [p for top in TOPS for p in sorted((root / top).rglob("*")) if p.suffix in SOURCES and "corpus" not in p.parts]
    files += [root / "README.md", root / "CMakeLists.txt"]
    for path in files:
        text = path.read_text()
        check_citations(path, text, sections)
        check_paths(path, text)
        if path.suffix == ".md":
            check_links(path, text)
            check_commands(path, text, commands)
    check_rooms()
    if problems:
        sys.exit("docs:\n" + "\n".join(problems))
    print(f"docs: what {len(files)} files point at is there")


main()
