#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs tests with several versions of Python and ansible-core, each pair in an environment of its own.
# Usage: matrix.sh sanity|pytest oldest|all
# "oldest" is the oldest ansible-core for the Python of .venv, where pytest runs only what runs ansible-playbook; "all"
# is every pair whose Python there is, with the tests that run modules directly too.

set -euo pipefail
cd "$(dirname "$0")/.."
what=$1
oldest=$(sed -n 's/^requires_ansible: ">=\([0-9]*\.[0-9]*\)\..*/\1/p' meta/runtime.yml)
tests=(tests/integration tests/modules)
pairs=("3.10 $oldest" "3.11 $oldest" "3.10 newest" "3.11 newest" "3.12 newest" "3.13 newest")
if [ "$2" = oldest ]; then
    here=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    # The first ansible-core that runs on Python 3.13 is 2.18.
    if [ "${here#3.}" -ge 13 ]; then oldest=2.18; fi
    pairs=("$here $oldest")
    tests=(tests/integration)
fi

interpreter() {
    local candidate
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python .venv/bin/python; do
        # A name on the path can be a shim for a version that is not installed.
        if "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

failed=0
for pair in "${pairs[@]}"; do
    read -r version core <<<"$pair"
    if ! python=$(interpreter "$version"); then
        echo "Skipped ansible-core $core on Python $version: there is no python$version"
        continue
    fi
    venv=$PWD/.build/venv-$version-$core
    if [ ! -e "$venv/ready" ] || [ requirements-dev.txt -nt "$venv/ready" ]; then
        "$python" -m venv --clear "$venv"
        .venv/bin/uv pip install --quiet --python "$venv" --require-hashes -r requirements-dev.txt
        if [ "$core" != newest ]; then .venv/bin/uv pip install --quiet --python "$venv" "ansible-core==$core.*"; fi
        touch "$venv/ready"
    fi
    if [ "$what" = sanity ]; then
        # ansible-test must not see the modules of the tests.
        (unset PYTHONPATH && PATH=$venv/bin:$PATH tests/sanity.sh "$venv/bin") || failed=1
    else
        echo "ansible-core $core on Python $version"
        PATH=$venv/bin:$PATH "$venv/bin/pytest" -q -n 2 --dist loadfile "${tests[@]}" || failed=1
    fi
done
exit "$failed"
