#!/usr/bin/env bash
# Makes the expected traces that tests/Gyre.Conformance.Tests compares with: random programs, run on CPython's own asyncio.
#
#   eng/regenerate-conformance.sh KIT [FIRST_SEED [COUNT]]
#
# KIT is a folder with generate.py, oracle.py and trace.mjs, where "npm install pyodide" has been run. Needs python3 and node.
set -euo pipefail
kit=${1:?the folder of the conformance kit}
first=${2:-1}
count=${3:-5000}
target=$(cd "$(dirname "$0")/.." && pwd)/tests/Gyre.Conformance.Tests/traces.jsonl.br
cd "$kit"
programs=$(mktemp)
trap 'rm -f "$programs"' EXIT
python3 generate.py "$first" "$count" > "$programs"
node trace.mjs < "$programs" | node -e '
  const zlib = require("zlib");
  const brotli = zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 9,
    [zlib.constants.BROTLI_PARAM_LGWIN]: 24 } });
  process.stdin.pipe(brotli).pipe(process.stdout);' > "$target"
ls -l "$target"
