# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doors cost before the first task: imports in the process of Ansible, and the size of what a module is packed into."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import typing as t
from pathlib import Path

from runs import PLAYBOOK

# Ansible's own loader of collections compiles each file anew, as in a real run.
_IMPORTS = """
import json, sys, time
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader()
import ansible.plugins.action.normal, ansible.playbook.play, ansible.executor.task_queue_manager
took = {}
def timed(name, module):
    begun = time.process_time()
    __import__(module)
    took[name] = (time.process_time() - begun) * 1000
timed("requests and what it needs", "requests")
timed("our layers and the first action plugin", "ansible_collections.gatehouse.huaweicloud.plugins.action.waf_geoip_rule")
timed("the action plugin of another module of the service", "ansible_collections.gatehouse.huaweicloud.plugins.action.waf_ip_reputation_rule")
timed("the action plugin of another service", "ansible_collections.gatehouse.huaweicloud.plugins.action.apig_acl")
print(json.dumps(took))
"""


def imports(rounds: int) -> str:
    """Milliseconds of processor that importing an action plugin takes in the parent, once in a run."""
    found: dict[str, list[float]] = {}
    for _number in range(rounds):
        for name, taken in json.loads(subprocess.run([sys.executable, "-c", _IMPORTS], capture_output=True, check=True).stdout).items():
            found.setdefault(name, []).append(taken)
    rows = "\n".join(f"| {name} | {statistics.median(taken):.0f} |" for name, taken in found.items())
    return f"### Start: what is imported once in a run, by the process that forks the tasks\n\n| | CPU, ms |\n| --- | ---: |\n{rows}"


def payloads(variables: t.Mapping[str, str], folder: Path) -> str:
    """Kilobytes that a module is packed into, for every task and item of the module door."""
    tasks = {
        "gatehouse.huaweicloud.waf_geoip_rule_info": {"policy": "policy-0"},
        "ansible.builtin.uri": {"url": "http://127.0.0.1:9"},
        "ansible.builtin.ping": {},
    }
    rows = []
    for name, options in tasks.items():
        kept = folder / "kept" / name
        play = folder / "payload.json"
        play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [{name: options, "ignore_errors": True}]}]), encoding="ascii")
        settings = {"ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TEMP": str(kept), "ANSIBLE_PIPELINING": "0"}
        words = [*PLAYBOOK, str(play), "--extra-vars", "gatehouse_in_process=false"]
        subprocess.run(words, env={**variables, **settings}, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        (packed,) = kept.rglob("AnsiballZ_*.py")
        rows.append(f"| {name} | {packed.stat().st_size / 1024:.0f} |")
    table = "\n".join(rows)
    return f"### Start: what a module is packed into, through the module door\n\n| | KB |\n| --- | ---: |\n{table}"
