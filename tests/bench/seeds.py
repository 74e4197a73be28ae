"""Plans templates with many seeds: what `case new` writes must plan whatever its seed is, as the seed draws each pattern anew.

One plan after the other on one thread at the lowest priority, so that it can run beside other work.  The order of dots is made
without kicks, since no check asks how good it is.  A plan that fails prints the command that makes it again, and the exit status
is 1; an interrupt (Ctrl-C) prints what was planned so far.  usage: seeds.py NEEDLEPATH [TEMPLATE...] [--from SEED] [--seeds N]"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

CASE = pathlib.Path("case.yaml")
TEMPLATES = ("full-scalp", "fade", "hairline", "diffuse", "crown", "womens-diffuse", "double-crown",
             "fut-scar", "fue-scars", "facelift", "post-transplant")


def plan(needlepath, seed):
    """None, or what was wrong."""
    got = subprocess.run([needlepath, "plan", str(CASE), "-o", "p.needleplan", "--force", "--seed", str(seed), "--tour-kicks", "0"],
                         capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    return None if got.returncode == 0 else got.stderr.strip() or f"exit status {got.returncode}"


def try_template(needlepath, template, seeds):
    subprocess.run([needlepath, "case", "new", template, "-o", str(CASE), "--force"], capture_output=True, check=True)
    failed, planned, began = 0, 0, time.monotonic()
    try:
        for seed in seeds:
            wrong = plan(needlepath, seed)
            planned += 1
            if wrong:
                failed += 1
                print(f"needlepath case new {template} -o case.yaml; needlepath plan case.yaml -o p.needleplan --seed {seed} "
                      f"--tour-kicks 0\n  {wrong}", flush=True)
    finally:
        print(f"{template:16} {planned:6} seeds from {seeds.start}, {failed} failed, {time.monotonic() - began:.0f} s", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("needlepath", type=os.path.abspath)
    parser.add_argument("templates", nargs="*", metavar="TEMPLATE")
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1000)
    args = parser.parse_args()
    os.nice(19)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="needlepath-seeds-") as folder:
        os.chdir(folder)
        for template in args.templates or TEMPLATES:
            failed += try_template(args.needlepath, template, range(args.first, args.first + args.seeds))
        os.chdir("/")
    sys.exit(failed > 0)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
