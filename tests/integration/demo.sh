#!/usr/bin/env bash
# The main job, on real input: a full treatment planned, approved, streamed to the simulator, and looked at.
# Called by `./dev demo`; leaves everything in build/demo.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=$PWD/tests/integration
work=$PWD/build/demo
PATH=$PWD/build/release/bin:$PATH
rm -rf "$work"
mkdir -p "$work"
cd "$work"
SECONDS=0

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }

step "1. A case: full scalp on the built-in head"
needlepath case new full-scalp -o case.yaml

step "2. The plan"
needlepath plan case.yaml -o head.needleplan

step "3. An operator's key, and the approval"
needlepath keys new operator.key --name demo --no-passphrase
needlepath approve head.needleplan --key operator.key --executor any

step "4. Session 1 to the simulator over ZeroMQ (journal in memory, simulated time as fast as it goes)"
port=$((20000 + RANDOM % 12000))
needlepath-sim --listen "zmq:tcp://127.0.0.1:$port" --speed max --journal memory --record record.csv \
    --operator operator.key.pub >sim.log 2>&1 &
sim=$!
trap 'kill $sim 2>/dev/null || true' EXIT
needlepath run head.needleplan --session 1 --to "zmq:tcp://127.0.0.1:$port" --head-is-arm-frame
kill $sim 2>/dev/null || true
wait $sim 2>/dev/null || true

step "5. The witness: the simulator's own record against the plan"
needlepath export head.needleplan --session 1 --format csv -o planned.csv
/usr/bin/python3 -B "$here/compare_record.py" planned.csv record.csv

step "6. The report"
needlepath report head.needleplan -o report
needlepath show head.needleplan

step "7. What a person will see: at a metre, and the hairline near, before and healed"
needlepath preview head.needleplan -o preview --when healed --compare
needlepath preview head.needleplan -o preview --view front --distance 0.4 --when healed,10y

printf '\nDone in %d s. Look at\n  %s\n' "$SECONDS" "$work/report/report.html"
printf '  %s\n' "$work"/report/*.png "$work"/preview/*.png
