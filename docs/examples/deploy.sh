#!/usr/bin/env bash
# One stack from a shell, as any scheduler or CI system can run it: plan, guards, deployment behind the gate.
#   docs/examples/deploy.sh dev
# Needs in the environment: PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, AEP_CLIENT_ID, AEP_CLIENT_SECRET, and what the
# stack file names as env:NAME. Keep AEP_JOURNAL_DIR between runs. Exit code 9: a guard refused the plan; 1: the gate is closed.
set -euo pipefail
stack=${1:?usage: docs/examples/deploy.sh STACK}

ci/plan.sh "$stack"
npm run -s aep -- verify --stack "$stack" --gate
