"""The density's part of docs/benchmarks.md: density_table.py BENCH_DENSITY NEEDLEPATH OUT.json, the page on standard output.

Of a window of 1 cm2 a count is off by chance, by sqrt(F / N) for N dots wanted and a Fano factor F; the mean over seeds is not."""
import json
import os
import subprocess
import sys
import tempfile

QUICK = bool(os.environ.get("NEEDLEPATH_BENCH_QUICK"))
SEEDS = 4 if QUICK else 40
SCANS = os.path.join(os.path.dirname(__file__), "..", "..", "..", "shared", "scans")
HEADS = [("built-in head", []), ("ict_head", ["--scan", os.path.join(SCANS, "ict_head.yaml")]),
         ("lee_perry_smith", ["--scan", os.path.join(SCANS, "lee_perry_smith.yaml")])]
TEMPLATES = ["fade", "double-crown", "womens-diffuse"]


def main():
    bench, needlepath, out = sys.argv[1:]
    rows = []
    print("## Density\n")
    print(f"Windows of 1 cm2, all of it at least 5 mm inside, {SEEDS} seeds each: dots made over dots that the field asks for. "
          "Bias: what the mean over seeds is off by, beyond chance; goal: no mean off by 5 %. Share within 5 % of single "
          "windows, beside what the pattern's own Fano factor gives.\n")
    print("| case | head | windows | dots wanted in one | Fano | bias, RMS | worst mean off by | means off by 5 % | "
          "within 5 % | by Fano |\n|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for template in TEMPLATES if not QUICK else TEMPLATES[1:]:
            for head, options in HEADS if not QUICK else HEADS[:1]:
                if options and not os.path.exists(options[1]):
                    continue
                case = os.path.join(folder, f"{template}-{head.replace(' ', '_')}.yaml")
                subprocess.run([needlepath, "case", "new", template, *options, "-o", case], check=True, stdout=subprocess.PIPE)
                r = json.loads(subprocess.run([bench, case, str(SEEDS)], check=True, stdout=subprocess.PIPE).stdout)
                rows.append(dict(r, template=template, head=head))
                print(f"| {template} | {head} | {r['windows']} | {r['wanted']:.0f} | {r['fano']:.3f} | "
                      f"{100 * r['bias_rms']:.2f} % | {100 * r['worst_mean']:.1f} % | {r['mean_off_by_5']:.3g} | "
                      f"{100 * r['within']:.0f} % | {100 * r['within_by_fano']:.0f} % |", flush=True)
    with open(out, "w") as f:
        json.dump(rows, f, indent=1)


main()
