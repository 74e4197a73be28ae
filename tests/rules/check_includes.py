"""The include rules of the house: who may include whom (docs/map.md), and that nothing goes backwards."""
import pathlib
import re
import sys

ORDER = ["base", "case", "scan", "field", "dots", "tour", "plan", "link", "stream", "report", "cli"]
# Other top folders: the rooms of core they may use.
GUESTS = {"protocol": set(), "sim": {"base", "link"}, "plugins": set()}
# Rooms of core that may use less than all before them: sim shares links, so they must know nothing of plans.
APART = {"link": {"base", "link"}}
WIRE_USERS = {"link", "plan", "stream", "report", "cli", "sim", "protocol"}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]', re.M)


def problems(root):
    for path in sorted(root.glob("**/*.[ch]")):
        parts = path.relative_to(root).parts
        if parts[0] not in ("core", "plugins", "protocol", "sim"):
            continue
        room = parts[1] if parts[0] == "core" else parts[0]
        for bracket, target in INCLUDE.findall(path.read_text()):
            first = target.split("/")[0]
            where = f"{path.relative_to(root)} includes {target}"
            if parts[0] == "core" and room == "include":
                if bracket == '"':
                    yield f"{where}: an installed header includes installed headers alone"
            elif first == "needlepath":
                if room not in ("field", "scan", "cli", "plugins"):
                    yield f"{where}: the plugin ABI is for plugins and the rooms that speak it"
            elif first in ORDER and "/" in target:
                allowed = APART.get(room) or (set(ORDER[: ORDER.index(room) + 1]) if room in ORDER else GUESTS[room])
                if first not in allowed:
                    yield f"{where}: {room} may include {', '.join(sorted(allowed)) or 'nothing'} of core"
            elif first == "protocol" and "/" in target:
                if room not in WIRE_USERS:
                    yield f"{where}: {room} does not speak on the wire"
            elif first == "sim" and "/" in target and room != "sim":
                yield f"{where}: the simulator is the independent witness"
            elif room == "plugins" and bracket == '"' and not (path.parent / target).exists():
                yield f"{where}: a plugin includes needlepath/plugin.h and its own files"
            elif room == "protocol" and bracket == "<" and first in ("zmq.h", "sqlite3.h", "libserialport.h"):
                yield f"{where}: protocol depends on msgpack-c and libsodium alone"


found = list(problems(pathlib.Path(sys.argv[1])))
print("\n".join(found) if found else "includes: all rules hold")
sys.exit(1 if found else 0)
