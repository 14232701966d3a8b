#!/usr/bin/env bash
# Compares two commits: builds both, each in a folder of its own, and runs the cases of `micro` by turns.
#
#   bash bench/compare.sh BEFORE [AFTER] [-- OPTIONS]
#
# AFTER is HEAD when it is not given. OPTIONS go to `Gyre.Bench compare`: --case NAME… --rounds N --scale X --threshold PERCENT.
# A line a case: the median ratio of the pairs, its bootstrap interval, and "slower", "faster" or "no difference
# shown". The exit code is 1 when a case is surely slower by more than the threshold.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

commits=()
while (($# > 0)); do
  if [[ $1 == -- ]]; then
    shift
    break
  fi
  commits+=("$1")
  shift
done
if ((${#commits[@]} < 1 || ${#commits[@]} > 2)); then
  echo "usage: bench/compare.sh BEFORE [AFTER] [-- OPTIONS]" >&2
  exit 2
fi

built=()
for commit in "${commits[0]}" "${commits[1]:-HEAD}"; do
  sha=$(git rev-parse --verify --short=12 "$commit^{commit}")
  tree=$PWD/artifacts/compare/$sha
  if [[ ! -e $tree/.built ]]; then
    rm -rf "$tree"
    git worktree prune
    git worktree add --quiet --force --detach "$tree" "$sha"
    dotnet build "$tree/bench/Gyre.Bench" -c Release -v quiet >&2
    touch "$tree/.built"
  fi
  built+=("$tree/artifacts/bin/Gyre.Bench/release/Gyre.Bench.dll")
done

# This checkout's program compares; it need not be one of the two.
dotnet build bench/Gyre.Bench -c Release -v quiet >&2
dotnet artifacts/bin/Gyre.Bench/release/Gyre.Bench.dll compare "${built[@]}" "$@"
