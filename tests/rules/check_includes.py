"""Who may include whom: the edges of cmake/rooms.txt, and nothing private from another room.

Fails on an edge that is not in the table, on one in the table that nothing uses, on a cycle, on a private header included from
another room, and on names of private headers that do not carry the room's prefix."""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]', re.M)
PREFIX = {"protocol": "wire"}  # where it is not the room's name
PROGRAMS = {"sim", "cli"}  # nobody includes them: all that they declare is private
# What protocol needs beside libc, so that firmware can take it.
PROTOCOL_LIBRARIES = {"msgpack", "sodium"}
LIBC = {"assert", "ctype", "endian", "errno", "limits", "math", "stdalign", "stdarg", "stdbool", "stddef", "stdint", "stdio",
        "stdlib", "string", "time"}


def table(root):
    rooms = {}
    for line in (root / "cmake/rooms.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            room, edges = line.split(":")
            rooms[room] = edges.split()
    return rooms


def room_of(parts):
    if parts[0] == "core":
        return parts[1] if len(parts) > 2 else None
    return parts[0]


def cycles(rooms):
    order = []
    for room, edges in rooms.items():
        for edge in edges:
            if edge not in rooms:
                yield f"cmake/rooms.txt: {room} uses {edge}, which has no line"
            elif edge not in order:
                yield f"cmake/rooms.txt: {room} uses {edge}, which stands after it"
        order.append(room)


def problems(root):
    rooms = table(root)
    yield from cycles(rooms)
    used = {room: set() for room in rooms}
    for path in sorted(root.glob("**/*.[ch]")):
        parts = path.relative_to(root).parts
        if parts[0] not in ("core", "plugins", "protocol", "sim"):
            continue
        room = room_of(parts)
        for bracket, target in INCLUDE.findall(path.read_text()):
            first = target.split("/")[0]
            where = f"{'/'.join(parts)} includes {target}"
            if room == "include":
                if bracket == '"':
                    yield f"{where}: an installed header includes installed headers alone"
            elif room == "plugins":
                own = bracket == '"' and "/" not in target and (path.parent / target).exists()
                if not own and (bracket == '"' or first != "needlepath" and first.removesuffix(".h") not in LIBC):
                    yield f"{where}: a plugin includes installed headers (needlepath/), libc's and its own files, as a stranger's would"
            elif first == "needlepath":
                if room not in ("field", "head", "make", "cli", "plugin_test"):
                    yield f"{where}: the plugin ABI is for plugins and the rooms that speak it"
            elif bracket == '"' and first in rooms and "/" in target:
                if first != room:
                    used[room].add(first)
                    if first not in rooms[room]:
                        yield f"{where}: {room} may use {', '.join(rooms[room]) or 'no other room'} (cmake/rooms.txt)"
                    if "/private/" in target:
                        yield f"{where}: that header is private to {first}"
            elif room == "protocol" and bracket == "<":
                if first.removesuffix(".h") not in PROTOCOL_LIBRARIES | LIBC:
                    yield f"{where}: protocol depends on msgpack-c, libsodium and libc alone"
    for room, edges in rooms.items():
        for edge in edges:
            if edge not in used[room]:
                yield f"cmake/rooms.txt: {room} may use {edge}, and nothing in it does"


DECLARATION = re.compile(
    r"^(?:typedef )?(?:struct|enum|union) (\w+) \{|^#define (\w+)|^(?!typedef|#)[a-z][\w *]*?\b(\w+)\(", re.M)


def private_names(root):
    """What a private header declares begins with its room's name, unless it completes an opaque type of a public one."""
    public = "".join(p.read_text() for pattern in ("core/*/*.h", "core/include/needlepath/*.h", "protocol/*.h") for p in root.glob(pattern))
    headers = list(root.glob("core/*/private/*.h")) + list(root.glob("protocol/private/*.h"))
    headers += [p for room in PROGRAMS for p in list(root.glob(f"core/{room}/*.h")) + list(root.glob(f"{room}/*.h"))]
    for path in sorted(headers):
        room = room_of(path.relative_to(root).parts)
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        for match in DECLARATION.finditer(text):
            name = next(group for group in match.groups() if group)
            if name.startswith(("np_", "NP_")) and not name.endswith("_H") and f"typedef struct {name} {name};" not in public:
                yield f"{path.relative_to(root)} declares {name}: what is private begins with {PREFIX.get(room, room)}_"


def main():
    root = pathlib.Path(sys.argv[1])
    found = list(problems(root)) + list(private_names(root))
    print("\n".join(found) if found else f"includes: all rules hold; {len(table(root))} rooms")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
