#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Brings a new server to carry out a playbook of its own: installs ansible-core and this collection below one folder, pulls a repository and runs
# the playbook in it, with the keys of the server's agency. It can be run again at any time: what is there is not installed anew.
#
#   GATEHOUSE_REPOSITORY   URL of the Git repository with the playbook; required
#   GATEHOUSE_PLAYBOOK     the playbook in it (local.yml)
#   GATEHOUSE_BRANCH       its branch or tag (main)
#   GATEHOUSE_ARTIFACT     the collection: a name as ansible-galaxy takes it, a URL or a file (gatehouse.huaweicloud)
#   GATEHOUSE_SHA256       SHA-256 of the artifact, where it is a URL or a file
#   GATEHOUSE_CORE         what pip is asked for (ansible-core>=2.16)
#   GATEHOUSE_HOME         where everything goes (/opt/gatehouse)
#   GATEHOUSE_PATIENCE     seconds to wait for the network and for the keys of the agency (120)
#
# HW_REGION_NAME and the other variables of the collection are handed on. Words on the command line go to ansible-pull.
set -euo pipefail

repository=${GATEHOUSE_REPOSITORY:?Set GATEHOUSE_REPOSITORY to the URL of the Git repository with the playbook.}
playbook=${GATEHOUSE_PLAYBOOK:-local.yml}
branch=${GATEHOUSE_BRANCH:-main}
artifact=${GATEHOUSE_ARTIFACT:-gatehouse.huaweicloud}
core=${GATEHOUSE_CORE:-ansible-core>=2.16}
home=${GATEHOUSE_HOME:-/opt/gatehouse}
patience=${GATEHOUSE_PATIENCE:-120}

fail() {
  echo "gatehouse: $*" >&2
  exit 1
}

# A new server may be faster than its network. What still fails after the patience is over is an error of its own and not one of a later step.
patiently() {
  local what=$1 until=$((SECONDS + patience))
  shift
  while ! "$@"; do
    ((SECONDS < until)) || fail "$what: still not there after $patience seconds."
    echo "gatehouse: $what: not there yet." >&2
    sleep 5
  done
}

for program in python3 git; do
  command -v "$program" > /dev/null || fail "$program is missing; the packages of the image have to bring it."
done
mkdir -p "$home"
chmod 700 "$home"
export ANSIBLE_HOME="$home/ansible"
export ANSIBLE_COLLECTIONS_PATH="$home/collections"
export ANSIBLE_LOCALHOST_WARNING=false
export ANSIBLE_PYTHON_INTERPRETER="$home/python/bin/python"

# What is installed is known by what was asked for, and only once all of it is there.
asked="$core $artifact ${GATEHOUSE_SHA256:-}"
if [[ ! -f $home/installed || $(< "$home/installed") != "$asked" ]]; then
  [[ -x $home/python/bin/python ]] || python3 -m venv "$home/python"
  patiently "the package index" "$home/python/bin/python" -m pip install --quiet --disable-pip-version-check "$core" requests dnspython
  file=$artifact
  if [[ $artifact == *://* ]]; then
    file=$home/artifact.tar.gz
    patiently "the artifact" "$home/python/bin/python" -c 'import sys, urllib.request; urllib.request.urlretrieve(*sys.argv[1:])' "$artifact" "$file"
  fi
  if [[ -n ${GATEHOUSE_SHA256:-} ]]; then
    echo "$GATEHOUSE_SHA256  $file" | sha256sum --check --quiet - > /dev/null 2>&1 || fail "$artifact is not what GATEHOUSE_SHA256 says; nothing of it was installed."
  fi
  patiently "the collection" "$home/python/bin/ansible-galaxy" collection install --force "$file"
  echo "$asked" > "$home/installed"
fi

# The agency may be bound to the server a moment after it has started.
known() {
  "$home/python/bin/ansible" localhost --connection local --module-name gatehouse.huaweicloud.caller_info --args "credential_source=metadata" > "$home/caller.log" 2>&1
}
patiently "the keys of the agency (see $home/caller.log)" known

exec "$home/python/bin/ansible-pull" --url "$repository" --checkout "$branch" --directory "$home/repository" --inventory localhost, --connection local "$@" "$playbook"
