#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Pins all packages that anything here installs, with their hashes.
# Usage: lock.sh [--upgrade]

set -euo pipefail
cd "$(dirname "$0")/.."
# Without a header and with no index in it, a lock file says only what is installed.
options=("$@" --quiet --universal --generate-hashes --no-header --no-config)

lock() {
    .build/installer/bin/uv pip compile "${options[@]}" "${@:3}" --python-version "$2" "$1.in" -o "$1.txt"
}

read -r oldest _ < <(grep -v '^#' tests/environments.txt)
lock requirements-installer "$oldest"
lock requirements-dev "$oldest"
# What is installed beside the development tools, or before them, has their versions.
lock requirements-demo "$oldest" --constraint requirements-dev.txt
lock tests/benchmark/requirements "$oldest" --constraint requirements-dev.txt
lock tests/eda/requirements "$oldest" --constraint requirements-dev.txt
# yattag is not published as a wheel, and only the pages of cosmic-ray need it.
lock tests/mutation/requirements "$oldest" --constraint requirements-dev.txt --no-emit-package yattag
lock requirements-release "$oldest"
lock tests/local_tenant/foreign_clients/requirements "$oldest"
for file in tests/locks/pips/*.in; do
    lock "${file%.in}" "$oldest"
done
for file in tests/ansible_core/*.in; do
    core=$(basename "$file" .in)
    read -r python _ < <(grep " $core\$" tests/environments.txt)
    lock "tests/ansible_core/$core" "$python"
done
