#!/usr/bin/env bash
# The plan of a change whose job may not reach the stack's state: what HEAD declares, compared with what AEP_BASE_REF declares.
# The base's program is applied to an emulator on this machine with its state in a scratch folder, then HEAD's is previewed.
# No secret is used: credentials are the emulator's, and every env:NAME of the stack file is a placeholder.
set -euo pipefail
stack=${1:?usage: ci/baseline.sh STACK FILE}
file=$(realpath -m "${2:?usage: ci/baseline.sh STACK FILE}")
base=${AEP_BASE_REF:?the commit to compare with}
root=$PWD
scratch=$(mktemp -d)
export PATH="$root/node_modules/.bin:$PATH"

cleanup() {
  [ -z "${emulator:-}" ] || kill "$emulator" 2>/dev/null || true
  git worktree remove --force "$scratch/base" 2>/dev/null || true
  git worktree remove --force "$scratch/head" 2>/dev/null || true
  rm -rf "$scratch"
}
trap cleanup EXIT

node -- cli/aep.ts emulator --port 0 --env-file "$scratch/emulator.env" >"$scratch/emulator.log" 2>&1 &
emulator=$!
for name in base head; do
  commit=$([ "$name" = base ] && echo "$base" || echo HEAD)
  git worktree add --quiet --detach "$scratch/$name" "$commit"
  ln -s "$root/node_modules" "$scratch/$name/node_modules"
  settings=$scratch/$name/stacks/Pulumi.$stack.yaml
  [ -f "$settings" ] || continue
  if grep -q '^ *secure:' "$settings"; then
    echo "stacks/Pulumi.$stack.yaml holds sealed values: this job has no passphrase to open them. Write env:NAME instead." >&2
    exit 1
  fi
  sed -i.sealed -e '/^encryptionsalt:/d' -e '/^encryptedkey:/d' -e '/^secretsprovider:/d' "$settings"
  while read -r variable; do
    export "${variable#env:}=placeholder"
  done < <(grep -oE 'env:[A-Za-z_][A-Za-z0-9_]*' "$settings")
done
until [ -s "$scratch/emulator.env" ]; do
  kill -0 "$emulator" || { cat "$scratch/emulator.log" >&2; exit 1; }
  sleep 0.2
done
set -a
# shellcheck disable=SC1091 # written by the emulator
. "$scratch/emulator.env"
set +a
mkdir "$scratch/state"
export AEP_SANDBOX=dev AEP_TENANT_ID=acme PULUMI_BACKEND_URL="file://$scratch/state" PULUMI_CONFIG_PASSPHRASE=baseline
export PULUMI_HOME=$scratch/home AEP_JOURNAL_DIR=$scratch/journal

cd "$scratch/base"
if [ -f "stacks/Pulumi.$stack.yaml" ]; then
  node -- "$root/cli/aep.ts" pulumi stack init "$stack" >&2
  node -- "$root/cli/aep.ts" pulumi up --stack "$stack" --yes --skip-preview >&2
  salt=$(grep '^encryptionsalt:' "stacks/Pulumi.$stack.yaml")
fi
cd "$scratch/head"
if [ -n "${salt:-}" ]; then
  echo "$salt" >>"stacks/Pulumi.$stack.yaml"
else
  node -- "$root/cli/aep.ts" pulumi stack init "$stack" >&2 # new in this change: everything is created
fi
node -- "$root/cli/aep.ts" pulumi preview --stack "$stack" --json >"$file" || true # what failed stands in it
