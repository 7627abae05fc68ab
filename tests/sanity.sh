#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs ansible-test sanity on a copy of the work tree, because ansible-test refuses symbolic links.
# Usage: sanity.sh FOLDER_OF_ANSIBLE_TEST

set -euo pipefail
cd "$(dirname "$0")/.."
bin=$1
copy=.build/sanity/ansible_collections/qlikops/cloud

rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    if [ -f "$file" ]; then printf '%s\0' "$file"; fi
done | xargs -0 cp --parents -t "$copy"
# A repository of its own: in an ignored folder of this one ansible-test finds nothing to test, and succeeds.
git init --quiet "$copy"

# Without access to its download host ansible-test cannot bootstrap pip; Python's own copy does as well.
core=$("$bin/python" -c 'from ansible.release import __version__; print(__version__)')
case $core in
    2.21.*) bootstrap=get_pip_25_2.py ;;
    *) bootstrap=get_pip_24_2.py ;;
esac
cache=$HOME/.ansible/test/cache/$bootstrap
host=https://ci-files.testing.ansible.com
if [ ! -e "$cache" ] && ! "$bin/python" -c "import urllib.request; urllib.request.urlopen('$host', timeout=5)" 2>/dev/null; then
    mkdir -p "$(dirname "$cache")"
    printf 'import subprocess, sys\nsubprocess.check_call([sys.executable, "-m", "ensurepip"])\n' >"$cache"
fi

cd "$copy"
python=$("$bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! "$bin/ansible-test" sanity --local --python "$python" --color no >"$log" 2>&1 ||
    grep -q "All targets skipped" "$log"; then
    cat "$log"
    exit 1
fi
echo "ansible-test sanity passed with ansible-core $core on Python $python"
