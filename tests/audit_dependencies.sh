#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Asks a database of vulnerabilities about all pinned packages. Among them is the only one that users need, requests.
# Usage: audit_dependencies.sh FOLDER_OF_THE_RELEASE_TOOLS

set -euo pipefail
cd "$(dirname "$0")/.."
database=${OSV_URL:-https://api.osv.dev/v1/query}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for file in requirements-*.txt tests/{benchmark,mutation,local_tenant/foreign_clients}/requirements.txt; do
    echo "$file:"
    # Without --strict a package that could not be looked up counts as safe.
    if report=$("$1/pip-audit" --strict --disable-pip --require-hashes --progress-spinner off \
        --vulnerability-service osv --osv-url "$database" --requirement "$file" 2>"$log"); then
        echo "No known vulnerability."
    elif [ -n "$report" ]; then
        echo "$report"
        exit 1
    else
        echo "NOT CHECKED: there was no usable answer from $database. This check needs the network." >&2
        tail -n 1 "$log" | cut -c 1-300 >&2
        exit 2
    fi
done
