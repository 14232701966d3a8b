#!/usr/bin/env bash
# Everything at full length, one after the other, a line a check: nothing lost, nothing grown, everything bounded.
# About 20 minutes on a machine that does nothing else; no step may take longer than its limit.
#
#   bash bench/full.sh              all steps
#   bash bench/full.sh churn idle   only these: bytes churn idle starvation proxy growth micro
#
# Logs go to artifacts/full. The last line says how many checks held; the exit code is 1 when one did not.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly only=" $* "
readonly logs=$PWD/artifacts/full
readonly soak=(dotnet artifacts/bin/Gyre.Soak/release/Gyre.Soak.dll)
readonly bench=(dotnet artifacts/bin/Gyre.Bench/release/Gyre.Bench.dll)

ulimit -n "$(ulimit -Hn)"
mkdir -p "$logs"
for project in Gyre.Bench Gyre.Soak; do
  dotnet build "bench/$project" -c Release -v quiet >"$logs/build.log" 2>&1 || { cat "$logs/build.log"; exit 1; }
done

held=0
failed=0

step() { # GROUP NAME LIMIT-SECONDS COMMAND...
  local group=$1 name=$2 limit=$3 start=$SECONDS code=0
  local log=$logs/$name.log
  shift 3
  [[ $only == "  " || $only == *" $group "* ]] || return 0
  timeout --kill-after=10 "$limit" "$@" >"$log" 2>&1 </dev/null || code=$?
  grep -E '^(ok|FAILED) ' "$log" | sed "s/^/$name: /"
  held=$((held + $(grep -c '^ok ' "$log")))
  failed=$((failed + $(grep -c '^FAILED ' "$log")))
  if [[ $code != 0 ]] && ! grep -q '^FAILED ' "$log"; then
    failed=$((failed + 1))
    echo "$name: FAILED  exit code $code, limit $limit s"
    tail -n 20 "$log"
  fi
  echo "$name: $((SECONDS - start)) s"
}

for transport in tcp unix pipe tls; do
  step bytes "bytes-$transport" 1200 "${soak[@]}" bytes --transport "$transport"
done
step churn churn 900 "${soak[@]}" churn
step idle idle 180 "${soak[@]}" idle
step starvation starvation 120 "${soak[@]}" starvation
step proxy proxy 120 "${soak[@]}" proxy
step growth growth 300 "${bench[@]}" growth --svg "$logs/growth.svg"
step micro micro 300 "${bench[@]}" micro --json
[[ -e $logs/micro.log ]] && grep '^{' "$logs/micro.log"

echo "$held checks held, $failed failed"
[[ $failed == 0 ]]
