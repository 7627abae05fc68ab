#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Seeds a local tenant: what would change, the change itself, and that nothing is left to change.

set -euo pipefail
# Whoever works with real tenants has these set: the demo must neither reach such a tenant nor stumble over its credentials.
unset "${!QLIK_@}"
# A proxy could not reach the local tenant.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

work=$(mktemp -d)
python -m local_tenant --port 0 >"$work/environment" &
tenant=$!
trap 'kill "$tenant" 2>/dev/null || true; wait "$tenant" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 300); do
    if [ "$(wc -l <"$work/environment")" -ge 2 ] || ! kill -0 "$tenant" 2>/dev/null; then break; fi
    sleep 0.1
done
# shellcheck disable=SC1091
source "$work/environment"
: "${QLIK_TENANT_URL:?the local tenant did not start}"

seed() { ansible-playbook -i localhost, qlikops.cloud.seed "$@"; }

echo "== A dry run shows what would change on $QLIK_TENANT_URL"
seed --check --diff
echo "== The run"
seed
echo "== The same again: nothing is left to change"
seed | tee "$work/again"
if ! grep -q ' changed=0 ' "$work/again"; then
    echo "The second run changed something" >&2
    exit 1
fi
