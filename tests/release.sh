#!/usr/bin/env bash
# Copyright: (c) 2026, qlikops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Makes a release in a commit of its own: version, changelog, tarball, bills of materials. Nothing is tagged or pushed.
# Usage: release.sh VERSION FOLDER_OF_THE_RELEASE_TOOLS

set -euo pipefail
cd "$(dirname "$0")/.."
version=$1
tools=$2
dist=.build/dist/$version

refuse() {
    echo "No release: $1 Nothing was changed." >&2
    exit 1
}

[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || refuse "'$version' is no version; say make release VERSION=1.2.3."
[ -z "$(git status --porcelain)" ] || refuse "the work tree has changes that are not committed."
[ -z "$(git tag --list "$version")" ] || refuse "there is a tag $version already."
[ -n "$(find changelogs/fragments -name '*.yml' -print -quit)" ] || refuse "there is no changelog fragment, so nothing is new."
if grep -q "^  $version:" changelogs/changelog.yaml 2>/dev/null; then refuse "the changelog has $version already."; fi

trap 'git reset --quiet --hard && echo "No release: the step above failed. Nothing was changed." >&2' ERR
sed -i "s/^version: .*/version: $version/" galaxy.yml
sed -i "s/^VERSION = .*/VERSION = \"$version\"/" plugins/module_utils/_version.py
antsibull-changelog release

rm -rf "$dist"
mkdir -p "$dist"
ansible-galaxy collection build --output-path "$dist" >/dev/null
# The test builds the tarball, installs it in an empty folder and runs a playbook from there.
pytest -q tests/integration/test_package.py tests/unit/project

# One bill for what runs at the user's, in the versions that the tests ran with, and one for what the tests need.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '[project]\nname = "qlikops.cloud"\nversion = "%s"\ndependencies = ["requests"]\n' "$version" >"$work/pyproject.toml"
bill() {
    "$tools/cyclonedx-py" environment "$1" --pyproject "$work/pyproject.toml" --mc-type library --output-reproducible -o "$2"
}
.build/installer/bin/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header \
    --constraint requirements-dev.txt meta/ee-requirements.txt >"$work/requirements.txt"
python tests/install.py "$work/venv" "$work/requirements.txt"
bill "$work/venv" "$dist/qlikops-cloud-$version.cdx.json"
bill .venv "$dist/qlikops-cloud-$version-development.cdx.json"

git add --all
git commit --quiet --message "Release $version"
echo "Made the commit \"Release $version\", and in $dist:"
ls "$dist"
echo "Look at them. What is left to do is in CONTRIBUTING.md."
