#!/usr/bin/env bash
# Runs the fuzzing targets of build/fuzz, two at a time: fuzz.sh [TARGET] [--seconds S | --runs N]
# [--seed S] (without it each run searches elsewhere; the tests use one seed).  New inputs are not
# kept (corpus/TARGET is kept by hand, small); what crashes stays in build/fuzz/findings and is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=20 runs=-1 seed=0 targets=()
while [ $# -gt 0 ]; do
    case $1 in
    --seconds) seconds=${2:?--seconds wants a number}; shift 2 ;;
    --runs) runs=${2:?--runs wants a number} seconds=0; shift 2 ;;
    --seed) seed=${2:?--seed wants a number}; shift 2 ;;
    -*) echo "fuzz: unknown option '$1'" >&2; exit 2 ;;
    *) targets+=("$1"); shift ;;
    esac
done
known=$(cd tests/fuzz && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')
[ ${#targets[@]} -gt 0 ] || mapfile -t targets <<<"$known"
for t in "${targets[@]}"; do
    grep -qx "$t" <<<"$known" || { echo "fuzz: no target '$t'; there are:" $known >&2; exit 2; }
done
findings=build/fuzz/findings
mkdir -p "$findings"
# A smaller quarantine and shorter stacks of allocations: twice as many runs a second, and the same findings.
export ASAN_OPTIONS=exitcode=99:detect_leaks=1:quarantine_size_mb=8:malloc_context_size=4 UBSAN_OPTIONS=print_stacktrace=1 \
    LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0

run_one() {
    local t=$1 log=$findings/$1.log found dictionary=() work
    [ -f "tests/fuzz/$t.dict" ] && dictionary=(-dict="tests/fuzz/$t.dict")
    work=$(mktemp -d)
    local status=0
    "build/fuzz/tests/fuzz/fuzz_$t" "$work" "tests/fuzz/corpus/$t" "${dictionary[@]}" -max_total_time="$seconds" \
        -runs="$runs" -seed="$seed" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -print_funcs=0 \
        -artifact_prefix="$findings/$t-" >"$log" 2>&1 || status=$?
    rm -rf "$work"
    if [ "$status" -eq 0 ]; then
        echo "$t: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs, nothing found"
        return 0
    fi
    found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
    grep -m 3 -E 'ERROR: |runtime error|does not hold|SUMMARY: ' "$log" || tail -5 "$log"
    echo "$t: FOUND ${found:-something (see $log)}; log $log"
    [ -z "$found" ] || echo "  replay: build/fuzz/tests/fuzz/fuzz_$t $found; once fixed, keep it: tests/fuzz/corpus/$t/"
    return 1
}

failed=0 running=0
for t in "${targets[@]}"; do
    if [ "$running" -eq 2 ]; then
        wait -n || failed=1
        running=$((running - 1))
    fi
    run_one "$t" &
    running=$((running + 1))
done
for ((; running > 0; running--)); do
    wait -n || failed=1
done
exit "$failed"
