#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Seeds a local tenant: what would change, the change itself, and that nothing is left to change.

set -euo pipefail
work=$(mktemp -d)
python -m local_tenant --port 0 >"$work/environment" &
tenant=$!
trap 'kill "$tenant" 2>/dev/null; wait "$tenant" 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 100); do
    [ "$(wc -l <"$work/environment")" -ge 2 ] && break
    sleep 0.1
done
# shellcheck disable=SC1091
source "$work/environment"

seed() { ansible-playbook -i localhost, qlikops.cloud.seed "$@"; }

echo "== A dry run shows what would change on $QLIK_TENANT_URL"
seed --check --diff
echo "== The run"
seed
echo "== The same again: nothing is left to change"
seed | tee "$work/again"
grep -q 'changed=0 ' "$work/again"
