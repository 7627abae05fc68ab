#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs tests with several versions of Python and ansible-core, each pair in an environment of its own.
# Usage: matrix.sh install|sanity|pytest oldest|all [ARGUMENT_OF_SANITY_OR_PYTEST]...
# "oldest" is the oldest ansible-core for the Python of .venv; "all" is the oldest and the newest for every Python on
# this machine. "install" makes the environments, which the others do too.

set -euo pipefail
cd "$(dirname "$0")/.."
what=$1
which=$2
shift 2
if [ "$which" = oldest ]; then
    here=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if ! mapfile -t pairs < <(grep "^$here " tests/environments.txt) || [ "${#pairs[@]}" = 0 ]; then
        echo "Python $here is newer than the ones in tests/environments.txt" >&2
        exit 1
    fi
else
    mapfile -t pairs < <(grep -v '^#' tests/environments.txt | sed 's/^\([^ ]*\) .*/&\n\1 newest/')
fi

failed=0
for pair in "${pairs[@]}"; do
    read -r version core <<<"$pair"
    if ! python=$(.venv/bin/python tests/pythons.py "$version"); then
        echo "Skipped ansible-core $core on Python $version: there is no python$version"
        if [ -n "${LEFT_OUT:-}" ]; then echo "Python $version: there is no python$version" >>"$LEFT_OUT"; fi
        continue
    fi
    venv=$PWD/.build/venv-$version-$core
    locks=(requirements-demo.txt requirements-dev.txt)
    if [ "$core" != newest ]; then locks+=("tests/ansible_core/$core.txt"); fi
    "$python" tests/install.py "$venv" "${locks[@]}"
    # ansible-test must not see the modules of the tests.
    sanity=(env -u PYTHONPATH "PATH=$venv/bin:$PATH" tests/sanity.sh "$venv/bin")
    case $what in
    sanity)
        "${sanity[@]}" || failed=1
        ;;
    pytest)
        echo "ansible-core $core on Python $version"
        PATH=$venv/bin:$PATH "$venv/bin/pytest" -q -n "${JOBS:-$(getconf _NPROCESSORS_ONLN)}" --dist worksteal "$@" || failed=1
        ;;
    esac
done
exit "$failed"
