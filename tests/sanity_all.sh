#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs ansible-test sanity with the oldest ansible-core that the collection supports, and with the newest for each Python.

set -euo pipefail
cd "$(dirname "$0")/.."
# ansible-test must see each environment by itself, and not the modules of the tests.
unset PYTHONPATH
oldest=$(sed -n 's/^requires_ansible: ">=\([0-9]*\.[0-9]*\)\..*/\1/p' meta/runtime.yml)

interpreter() {
    local candidate
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        # A name on the path can be a shim for a version that is not installed.
        if "$candidate" -c '' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

failed=0
for pair in "3.10 $oldest" "3.11 $oldest" "3.10 newest" "3.11 newest" "3.12 newest" "3.13 newest"; do
    read -r version core <<<"$pair"
    if ! python=$(interpreter "$version"); then
        echo "Skipped ansible-core $core on Python $version: there is no python$version"
        continue
    fi
    venv=$PWD/.build/venv-$version-$core
    wanted=ansible-core
    if [ "$core" != newest ]; then wanted="ansible-core==$core.*"; fi
    "$python" -m venv --clear "$venv"
    "$venv/bin/pip" install -qq --disable-pip-version-check "$wanted"
    PATH=$venv/bin:$PATH tests/sanity.sh "$venv/bin" || failed=1
done
exit "$failed"
