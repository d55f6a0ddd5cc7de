#!/usr/bin/env bash
# Previews a stack and judges the plan: preview.json, plan.json and plan.md in out/STACK. Exit code 9 when a guard refuses it.
# With PULUMI_BACKEND_URL the plan is against the stack's state; without it (a pull request from a fork) against AEP_BASE_REF.
set -euo pipefail
stack=${1:?usage: ci/plan.sh STACK}
out=out/$stack
mkdir -p "$out"

aep() { npm run -s aep -- "$@"; }

if [ -n "${PULUMI_BACKEND_URL:-}" ]; then
  aep pulumi preview --stack "$stack" --json >"$out/preview.json" || true # what failed stands in it, and `aep plan` says so
else
  ci/baseline.sh "$stack" "$out/preview.json"
  note="Compared with what the base branch declares, on an emulator: this job has no access to the stack's state."
fi

allow=()
while read -r name; do
  allow+=(--allow "$name")
done < <(sed -e 's/[[:space:]]*#.*//' -e '/^[[:space:]]*$/d' ci/allow.txt)

aep plan "$out/preview.json" "${allow[@]}" --json >"$out/plan.json" || true # it ends as the next line does
code=0
aep plan "$out/preview.json" "${allow[@]}" --markdown >"$out/plan.md" || code=$?
[ -z "${note:-}" ] || printf '\n%s\n' "$note" >>"$out/plan.md"
cat "$out/plan.md"
exit "$code"
