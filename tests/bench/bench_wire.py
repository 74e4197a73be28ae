"""Measures sessions over loopback ZeroMQ: dots a second and syncs a dot, with the executor's journal in memory and on disk.

usage: bench_wire.py PLAN.needleplan      (approved; its session 1 is made on a copy)
"""
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

BIN = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "bin"


def measure(plan, journal, folder):
    shutil.copy(plan, folder / "p.needleplan")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        target = f"zmq:tcp://127.0.0.1:{s.getsockname()[1]}"
    sim = subprocess.Popen([BIN / "needlepath-sim", "--listen", target, "--speed", "max", "--journal", journal, "--once",
                            "--json"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        sim.stdout.readline()
        began = time.monotonic()
        subprocess.run([BIN / "needlepath", "run", "p.needleplan", "--session", "1", "--to", target, "--timeout", "10"],
                       cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took = time.monotonic() - began
        summary = json.loads(sim.communicate(timeout=20)[0])
    finally:
        sim.kill()
        sim.wait()
    return {"journal": journal, "dots": summary["done"], "seconds": round(took, 2),
            "dots_per_s": round(summary["done"] / took), "syncs_per_dot": round(summary["syncs"] / summary["done"], 2)}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for journal in ("memory", "arm.journal"):
        # Beside the plan, so that the disk is the one that is meant.
        with tempfile.TemporaryDirectory(dir=pathlib.Path(sys.argv[1]).resolve().parent) as folder:
            print(json.dumps(measure(sys.argv[1], journal, pathlib.Path(folder))), flush=True)


if __name__ == "__main__":
    main()
