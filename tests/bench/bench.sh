#!/usr/bin/env bash
# Measures needlepath: `bench.sh TOPIC ARGUMENTS` runs one program, without arguments all topics, one function each, into
# docs/benchmarks.md and build/benchmarks.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=build/release/tests/bench

topic=${1:-}
[ $# -gt 0 ] && shift
case $topic in
tour) exec "$bin/bench_tour" "$@" ;;
dots) exec "$bin/bench_dots" "$@" ;;
*)
    echo "usage: ./dev bench tour FILE.xyz --seconds S [--metric length|time] [--closed] -o TOUR.txt" >&2
    echo "       ./dev bench dots SCAN --count N [--pattern even|follicular] [--shares 0.333,0.667,1] [-o OUT.csv]" >&2
    exit 2
    ;;
esac
