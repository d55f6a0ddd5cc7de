#!/usr/bin/env bash
# Looks at every deployed stack and writes out/drift.md and out/drift.sarif. The one line on standard output is code=0 when
# nothing differs, code=7 when something does; when a stack could not be looked at the script fails and says nothing.
set -euo pipefail
mkdir -p out
code=0
npm run -s aep -- drift --all --markdown out/drift.md --sarif out/drift.sarif >&2 || code=$?
[ "$code" = 0 ] || [ "$code" = 7 ] || exit "$code"
echo "code=$code"
