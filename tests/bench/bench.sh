#!/usr/bin/env bash
# Measures needlepath: `bench.sh TOPIC ARGUMENTS` runs one program; without arguments all topics, one function each, into
# docs/benchmarks.md and build/benchmarks.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=build/release/tests/bench
needlepath=build/release/bin/needlepath
export NEEDLEPATH_LIBEXEC=$PWD/build/release/libexec/needlepath # the readers and helpers that benches start lie there

# Threads that wait must not spin: where another program wants a core, spinning makes placing several times slower.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}

usage() {
    cat >&2 <<'EOT'
usage: ./dev bench                     everything, into docs/benchmarks.md and build/benchmarks.json
                                       (NEEDLEPATH_BENCH_QUICK=1: few dots, into build/benchmarks.md)
       ./dev bench tour FILE.xyz --seconds S [--metric length|time] [--closed | --first I --last I] -o TOUR.txt
       ./dev bench dots SCAN --count N [--pattern even|follicular] [--fast] [--shares 0.333,0.667,1]
                                       [--repeat K] [--figures] [-o OUT.csv]     (SCAN: a mesh in mm, or head, ball, flat, ramp, contrast, uniform, fold)
       ./dev bench density CASE.yaml [SEEDS] [--windows]     (dots over what the field asks for, in windows of 1 cm2)
       ./dev bench moves CASE.yaml DOTS.csv [--tilt DEG] [--body MM] [--reload N] [--check N] [--repeat K]
       ./dev bench fit [COUNT [SEED]]       (random changes of each real head in ../shared/scans)
       ./dev bench plugin                   (what the helper process of a strategy costs)
       ./dev bench author                   (from an empty folder to a checked plugin, for C, C++ and Rust)
       ./dev bench tree                     (sizes of the sources, and how many of the tree's rules are broken)
       ./dev bench preview                  (times of a preview's views, and how true their colours are)
       ./dev bench wire                     (throughput, recovery, stops, over ZeroMQ and 115,200 baud: 2 minutes)
EOT
    exit 2
}

# Each topic prints its part of the page and writes build/bench_TOPIC.json.
bench_tour() { /usr/bin/python3 -B tests/bench/tour_table.py "$bin/bench_tour" build/bench_tour.json; }
bench_dots() { /usr/bin/python3 -B tests/bench/dots_table.py "$bin/bench_dots" "$needlepath" build/bench_dots.json; }
bench_density() {
    NEEDLEPATH_PLUGIN_PATH=build/release/lib/needlepath/plugins \
        /usr/bin/python3 -B tests/bench/density_table.py "$bin/bench_density" "$needlepath" build/bench_density.json
}
bench_wire() { /usr/bin/python3 -B tests/bench/bench_wire.py build/release build/bench_wire.json; }
bench_fit() { "$bin/bench_fit" ../shared/scans "${1:-100}" "${2:-70001}" build/bench_fit.json; }
bench_preview() { /usr/bin/python3 -B tests/bench/preview_table.py "$bin/bench_preview" build/release/tests build/bench_preview.json; }
bench_tree() { /usr/bin/python3 -B tests/bench/tree_table.py build/bench_tree.json; }
bench_plugin() {
    NEEDLEPATH_PLUGIN_PATH=build/release/lib/needlepath/plugins:build/release/tests/badplugins/hostile \
        "$bin/bench_plugin" build/bench_plugin.json
}
bench_author() { /usr/bin/python3 -B tests/bench/author_table.py build/release build/bench_author.json; }
bench_plan() { /usr/bin/python3 -B tests/bench/plan_table.py "$needlepath" build/bench_plan.json; }

everything() {
    local page=build/benchmarks.md topics=(tour dots density plan plugin author preview wire fit tree) topic
    {
        echo "# Benchmarks"
        echo
        echo "Made by \`./dev bench\`: $(nproc) cores of $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(date +%F)."
        echo "Load before: $(cut -d' ' -f1-3 /proc/loadavg). Seconds are medians of wall time; on a busy machine they are long."
        for topic in "${topics[@]}"; do
            echo
            "bench_$topic"
        done
    } >"$page"
    /usr/bin/python3 -B - "${topics[@]}" <<'EOT'
import json, sys
with open("build/benchmarks.json", "w") as out:
    json.dump({t: json.load(open(f"build/bench_{t}.json")) for t in sys.argv[1:]}, out, indent=1)
EOT
    # A quick run only shows that the bench works: its page is not the one to keep.
    if [ -z "${NEEDLEPATH_BENCH_QUICK:-}" ]; then
        mv "$page" docs/benchmarks.md
        page=docs/benchmarks.md
    fi
    echo "wrote $page and build/benchmarks.json"
}

topic=${1:-}
[ $# -gt 0 ] && shift
case $topic in
"") everything ;;
tour | dots | density | moves)
    [ $# -gt 0 ] || usage
    export NEEDLEPATH_PLUGIN_PATH=$PWD/build/release/lib/needlepath/plugins
    program=$PWD/$bin/bench_$topic
    cd "${NEEDLEPATH_CALLED_IN:-.}"
    exec "$program" "$@"
    ;;
fit) bench_fit "$@" ;;
wire) [ $# -eq 0 ] || usage; bench_wire ;;
plugin) [ $# -eq 0 ] || usage; bench_plugin ;;
author) [ $# -eq 0 ] || usage; bench_author ;;
preview) [ $# -eq 0 ] || usage; bench_preview ;;
tree) [ $# -eq 0 ] || usage; bench_tree ;;
*) usage ;;
esac
