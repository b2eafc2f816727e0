# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: a site is onboarded on a local cloud, twice, and what came of it is told.

Started by "make demo". The Python that runs this needs ansible-core, requests and the requirements of the emulator.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import typing as t
from pathlib import Path

from emulated_cloud import CloudFailed, emulated_cloud
from playbook import Run, demo_environment, run_playbook
from summary import summary

COLLECTION = Path(__file__).absolute().parents[2]
PLAYBOOK = "playbooks/onboard.yml"
SITE = "playbooks/vars/storefront.yml"


def main() -> int:
    """The exit code: 0 only when both runs succeeded and the second one changed nothing."""
    parser = argparse.ArgumentParser(description="Onboard a site on a local cloud, twice.")
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


def _demo(scratch: Path, module_python: str | None) -> int:
    with emulated_cloud(COLLECTION / "extensions" / "emulator", scratch) as cloud:
        environment = demo_environment(os.environ, COLLECTION, scratch, cloud.url)
        arguments = [PLAYBOOK, "--diff", "--extra-vars", f"site_file={SITE}"]
        if module_python:
            # An implicit localhost has this variable already; only extra variables win over it.
            arguments += ["--extra-vars", f"ansible_python_interpreter={module_python}"]
        _say(f"A local cloud listens on {cloud.url}. Onboarding the site of {SITE}:", f"ansible-playbook {' '.join(arguments)}")
        first = run_playbook(arguments, COLLECTION, environment, shown=True)
        first_writes = cloud.writes()
        if not first.succeeded:
            return _failed("The first run failed; see above.")
        _say("The same again:")
        cloud.forget()
        second = run_playbook(arguments, COLLECTION, environment, shown=False)
        second_writes = cloud.writes()
        print(second.output if not second.succeeded else second.recap)
        if not second.succeeded:
            return _failed("The second run failed; see above.")
        _say("What exists now:")
        print(summary(cloud.state()))
        print(f"\nFirst run:  {_told(first, first_writes)}\nSecond run: {_told(second, second_writes)}")
        if second.changes or second_writes:
            return _failed("The second run should have changed nothing.")
        return 0


def _told(run: Run, writes: int) -> str:
    return f"{run.changes} changed, {writes} writes to the cloud"


def _say(*lines: str) -> None:
    print("\n" + "\n".join(lines), flush=True)


def _failed(reason: str) -> int:
    print(f"\nThe demo failed: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
