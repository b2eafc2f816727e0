# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: a site comes to a local cloud, from nothing to protected; it is looked at; and it goes again.

Started by "make demo". The Python that runs this needs ansible-core, requests and the requirements of the emulator.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import tempfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

from emulated_cloud import Cloud, CloudFailed, emulated_cloud
from playbook import Run, demo_environment, run_playbook
from summary import summary

COLLECTION = Path(__file__).absolute().parents[2]
ONBOARD, OFFBOARD, STATUS = "playbooks/onboard.yml", "playbooks/offboard.yml", "playbooks/status.yml"
SITE = "playbooks/vars/storefront.yml"
# Where the visitors are, and what each shall get.
VISITORS = (("shop.example.com", "Cuba", 418), ("shop.example.com", "South Africa", 200))


def main() -> int:
    """The exit code: 0 only when everything came, was as promised, and went again, and what was run again changed nothing."""
    parser = argparse.ArgumentParser(description="Bring a site to a local cloud, look at it, and take it back.")
    parser.add_argument("--module-python", metavar="PATH", help="the Python that runs the modules, if not this one")
    module_python = parser.parse_args().module_python
    signal.signal(signal.SIGTERM, _stop)
    try:
        with tempfile.TemporaryDirectory(prefix="gatehouse-demo-") as folder:
            return _demo(Path(folder), module_python)
    except CloudFailed as error:
        print(f"The demo failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nThe demo was stopped.", file=sys.stderr)
        return 130


def _stop(number: int, frame: t.Any) -> t.NoReturn:
    """Leave through every finally, so that nothing is left running."""
    del number, frame
    raise KeyboardInterrupt


class _Failed(Exception):
    """Something was not as promised."""


@dataclass(frozen=True)
class _Stage:
    """The cloud, and how playbooks are run against it."""

    cloud: Cloud
    environment: t.Mapping[str, str]
    options: tuple[str, ...]

    def run(self, playbook: str, *words: str, shown: bool = False) -> Run:
        """Run a playbook. Raises _Failed for one that fails."""
        self.cloud.forget()
        done = run_playbook([playbook, *words, *self.options], COLLECTION, self.environment, shown=shown)
        if not done.succeeded:
            raise _Failed("The run failed; see above." if shown else f"{done.output}\nThe run failed; see above.")
        return done

    def again(self, playbook: str) -> str:
        """Run a playbook once more, and what came of it. Raises _Failed if it changed anything."""
        done, writes = self.run(playbook, "--extra-vars", f"@{SITE}"), self.cloud.writes()
        if done.changes or writes:
            raise _Failed(f"{done.output}\nA second run should have changed nothing.")
        return _told(done, writes)


def _demo(scratch: Path, module_python: str | None) -> int:
    with emulated_cloud(COLLECTION / "extensions" / "emulator", scratch, COLLECTION / SITE) as cloud:
        looks = {"resolver": [cloud.dns], "waf_address": cloud.waf, "origin_address": cloud.origin}
        options = ["--extra-vars", json.dumps({"onboarding_check": looks, "status_check": {"resolver": [cloud.dns]}})]
        if module_python:
            # An implicit localhost has this variable already; only extra variables win over it.
            options += ["--extra-vars", f"ansible_python_interpreter={module_python}"]
        stage = _Stage(cloud, demo_environment(os.environ, COLLECTION, scratch, cloud.url), tuple(options))
        try:
            _come(stage)
            _look(stage)
            _go(stage)
        except _Failed as reason:
            print(f"\nThe demo failed: {reason}", file=sys.stderr)
            return 1
    return 0


def _come(stage: _Stage) -> None:
    """The site comes: once without DNS, once more with it, and a third time for nothing."""
    words = ("--diff", "--extra-vars", f"@{SITE}")
    _say(f"A local cloud listens on {stage.cloud.url}. Onboarding the site of {SITE}:", f"ansible-playbook {ONBOARD} {' '.join(words)}")
    first = stage.run(ONBOARD, *words, shown=True)
    print(f"\nFirst run: {_told(first, stage.cloud.writes())}")
    for domain in stage.cloud.state()["domains"]:
        stage.cloud.lead(domain["hostname"], f"{domain['access_code']}.vip1.huaweicloudwaf.com")
    switched = stage.run(ONBOARD, "--extra-vars", f"@{SITE}")
    print(f"DNS now leads to WAF. The same again: {_told(switched, stage.cloud.writes())} (the steps that say so)")
    print(f"And again: {stage.again(ONBOARD)}")


def _look(stage: _Stage) -> None:
    """What is there now, and what visitors get. Raises _Failed where that is not as promised."""
    _say("What exists now:")
    print(summary(stage.cloud.state()))
    _say(f"Where the domains stand: ansible-playbook {STATUS}")
    print("\n".join(re.findall(r'^\s+"(.*)",?$', stage.run(STATUS).output, re.MULTILINE)))
    _say("Visitors, through WAF:")
    for host_name, location, expected in VISITORS:
        status = stage.cloud.visit(host_name, location)
        print(f"  {host_name} from {location}: {status} ({'let through' if status == 200 else 'refused'})")
        if status != expected:
            raise _Failed(f"A visitor from {location} should have got {expected}.")


def _go(stage: _Stage) -> None:
    """The site goes, DNS first, and once more for nothing; nothing is left. Raises _Failed if something is."""
    for domain in stage.cloud.state()["domains"]:
        stage.cloud.lead(domain["hostname"], None)
    _say(f"Offboarding it, once DNS leads elsewhere: ansible-playbook {OFFBOARD} --extra-vars @{SITE}")
    gone = stage.run(OFFBOARD, "--extra-vars", f"@{SITE}")
    print(f"{gone.recap}\nFirst run: {_told(gone, stage.cloud.writes())}\nAnd again: {stage.again(OFFBOARD)}")
    state = stage.cloud.state()
    left = [*state["policies"], *state["domains"], *(acl for gateway in state["gateways"] for acl in gateway["acls"]), *state["workspace"]["policies"]]
    print(f"What is left of it: {left or 'nothing'}")
    if left:
        raise _Failed("Nothing should be left.")


def _told(run: Run, writes: int) -> str:
    return f"{run.changes} changed, {writes} writes to the cloud"


def _say(*lines: str) -> None:
    print("\n" + "\n".join(lines), flush=True)


if __name__ == "__main__":
    sys.exit(main())
