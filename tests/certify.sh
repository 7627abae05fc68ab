#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Imports the tarball as Galaxy and Automation Hub do, and makes errors of the importer's warnings.
# Usage: certify.sh FOLDER_OF_THE_RELEASE_TOOLS

set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '[galaxy-importer]\nRUN_ANSIBLE_TEST = False\nCHECK_REQUIRED_TAGS = True\nLOG_LEVEL_MAIN = WARNING\n' >"$work/config"
ansible-galaxy collection build --output-path "$work" >/dev/null
cd "$work"
export PATH=$tools:$PATH GALAXY_IMPORTER_CONFIG=$work/config
python -m galaxy_importer.main qlikops-cloud-*.tar.gz >log 2>&1 || { cat log && exit 1; }
if [ -s log ]; then
    cat log
    exit 1
fi
echo "galaxy-importer has nothing to say about the tarball"
