#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs ansible-test sanity on a copy of the work tree, because ansible-test refuses symbolic links.
# Usage: sanity.sh FOLDER_OF_ANSIBLE_TEST [--prime-venvs]
# With --prime-venvs it only makes the environments that the tests need, which takes the network.

set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(realpath "$1")
shift
python=$("$bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
core=$("$bin/python" -c 'from ansible.release import __version__; print(__version__)')
# A run with another core may be under way.
copy=.build/sanity/$core/ansible_collections/qlikops/cloud
primed=$PWD/.build/ansible-test/primed-$python-$core
if [ "${1:-}" = --prime-venvs ] && [ -e "$primed" ]; then exit 0; fi

rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    if [ -f "$file" ]; then printf '%s\0' "$file"; fi
done | xargs -0 cp --parents -t "$copy"
# A repository of its own: in an ignored folder of this one ansible-test finds nothing to test, and succeeds.
git init --quiet "$copy"

# Two clones at once must not make the same environments.
export XDG_CONFIG_HOME=${XDG_CONFIG_HOME:-$HOME/.config} XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache}
export HOME=$PWD/.build/ansible-test
# Without access to its download host ansible-test cannot bootstrap pip; Python's own copy does as well. Which version it
# asks for differs by ansible-core and is written nowhere but in its source.
source=$("$bin/python" -c 'import ansible_test; print(ansible_test.__path__[0])')/_internal/python_requirements.py
pip=$(sed -n "s/^ *pip='\([0-9.]*\)',.*/\1/p" "$source" | head -n 1)
cache=$HOME/.ansible/test/cache/get_pip_${pip//./_}.py
url=https://ci-files.testing.ansible.com/ansible-test/get-pip-$pip.py
if [ ! -e "$cache" ] && ! "$bin/python" -c "import urllib.request; urllib.request.urlopen('$url', timeout=5)" 2>/dev/null; then
    mkdir -p "$(dirname "$cache")"
    printf 'import subprocess, sys\nsubprocess.check_call([sys.executable, "-m", "ensurepip"])\n' >"$cache"
fi

cd "$copy"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! "$bin/ansible-test" sanity --local --python "$python" --color no "$@" >"$log" 2>&1 ||
    grep -q "All targets skipped" "$log"; then
    cat "$log"
    exit 1
fi
touch "$primed"
echo "ansible-test sanity ${*:+"$* "}passed with ansible-core $core on Python $python"
