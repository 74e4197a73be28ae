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
*) echo "usage: ./dev bench tour FILE.xyz --seconds S [--metric length|time] [--closed] -o TOUR.txt" >&2; exit 2 ;;
esac
