# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages show runs as it stands, in the order of a page: plays, tasks and commands, against an emulator; and what is made for them is current."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import typing as t
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from plays import ROOT, SECRET, emulator_with, surroundings
from test_examples import PLAY, as_play

TOOLING = ROOT / "tests" / "tooling"


@pytest.fixture(scope="module")
def ports() -> t.Iterator[dict[str, str]]:
    """The ports of an emulator with the demo account: api, dns, waf."""
    with emulator_with("dns", "waf", lifetime=900) as told:
        yield told


def tool(name: str, monkeypatch: pytest.MonkeyPatch) -> t.Any:
    """One of the programs that make the pages."""
    monkeypatch.syspath_prepend(str(TOOLING))
    return importlib.import_module(name)


@dataclass(frozen=True)
class Example:
    """A block of a page, and what the comment before it says of it."""

    language: str
    text: str
    told: str


def examples_on(page: str) -> list[Example]:
    """The blocks of a Markdown page, in their order. A comment before one says: "not run: REASON", "saved as FILE", or "with FILE" for what has to be there."""
    found = re.findall(r"(?:^<!-- example: (.+?) -->\n)?^```(\S*)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [Example(language, text, told) for told, language, text in found]


def script_of(examples: t.Sequence[Example], folder: Path) -> list[str]:
    """The commands that carry the examples of a page out; what they need is saved in the folder."""
    lines: list[str] = []
    for number, one in enumerate(examples):
        kind, _as, what = one.told.partition(" as " if one.told.startswith("saved as ") else ": " if one.told.startswith("not run: ") else " ")
        assert (kind in ("", "saved", "not run", "with")) and bool(kind) == bool(what), f"what shall be done with it? {one.told}"
        if kind == "with":
            shutil.copy(ROOT / what, folder)
        if one.language == "json":
            json.loads(one.text)
        if kind == "not run" or one.language in ("json", "hcl", "text", ""):
            continue
        if one.language == "shell":
            lines.append(one.text)
            continue
        assert one.language == "yaml", f"a block of the language {one.language!r} is not run"
        content = yaml.safe_load(one.text)
        name = what if kind == "saved" else f"example-{number}.waf_domains.yml" if "plugin" in content else f"example-{number}.yml"
        (folder / name).write_text(as_whole(one.text), encoding="utf-8")
        if kind == "saved":
            continue
        if isinstance(content, dict) and any(isinstance(job, dict) and "script" in job for job in content.values()):
            lines += [line for job in content.values() for line in job["script"]]
        elif "plugin" in content:
            lines.append(f"ansible-inventory -i {name} --list")
        else:
            lines.append(f"ansible-playbook {name}")
    return lines


def as_whole(text: str) -> str:
    """An example as a file: tasks are put into a play, and so is what only lacks its hosts; all else is whole as it is."""
    content = yaml.safe_load(text)
    if isinstance(content, list) and "hosts" not in content[0]:
        return as_play(text)
    return yaml.safe_dump([{**PLAY, **content}], sort_keys=False) if "tasks" in content else text


# Pages whose examples test_examples.py runs, several times each.
OF_THEIR_OWN = {"docs/large-sets.md", "roles/onboarding/README.md"}
PAGES = sorted(
    str(path.relative_to(ROOT)) for place in ("README.md", "docs/*.md", "roles/*/README.md", "extensions/emulator/README.md") for path in ROOT.glob(place)
)
# make has commands of its own; here it is looked whether it knows them. The playbooks of the collection, of which pages tell many runs, are run by their own
# tests; "make examples" runs them here as well.
WHOLE = os.environ.get("GATEHOUSE_EXAMPLES") == "whole"
PLAYBOOKS = r"""
ansible-playbook() {
  case "$1" in
    gatehouse.huaweicloud.*) test -f "$CHECKOUT/playbooks/${1##*.}.yml" || { echo "there is no playbook $1"; return 1; } ;;
    *) command ansible-playbook "$@" ;;
  esac
}
"""
HEAD = r"""
set -euo pipefail
make() { for word; do case "$word" in *=*) ;; *) grep -q "^$word:" "$CHECKOUT/Makefile" || { echo "make knows no $word"; return 1; } ;; esac; done; }
"""


def asked(port: str, method: str, path: str) -> None:
    """A request to the emulator about itself."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/_emulator/{path}", method=method)
    urllib.request.urlopen(request, timeout=10).close()


@pytest.mark.parametrize("page", sorted({*PAGES} - OF_THEIR_OWN))
def test_every_example_of_a_page_runs(page: str, tmp_path: Path, ports: t.Mapping[str, str]) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for told, name in (("8642", "api"), ("8653", "dns"), ("8680", "waf")):
        text = text.replace(f":{told}", f":{ports[name]}")
    lines = script_of(examples_on(text), tmp_path)
    if not lines:
        return
    asked(ports["api"], "DELETE", "faults")
    asked(ports["api"], "POST", "reset")
    url = f"http://127.0.0.1:{ports['api']}"
    keys = {"HW_ACCESS_KEY": "GATEHOUSEDEMOKEY0001", "HW_SECRET_KEY": SECRET, "HW_REGION_NAME": "cn-north-4", "HW_ENDPOINT": url}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = surroundings(tmp_path, **keys, PATH=path, CHECKOUT=str(ROOT), ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
    (tmp_path / "page.sh").write_text("\n".join([HEAD, "" if WHOLE else PLAYBOOKS, *lines]), encoding="utf-8")
    ended = subprocess.run(
        ["bash", "page.sh"], cwd=tmp_path, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=240, check=False
    )
    asked(ports["api"], "DELETE", "faults")
    assert ended.returncode == 0, f"{page}\n{ended.stdout}{ended.stderr}"
    # Ansible takes a name that it cannot resolve in a pattern for a warning.
    assert "Could not match supplied host pattern" not in ended.stderr, ended.stderr


def test_the_examples_of_a_page_are_all_found() -> None:
    page = """text
```shell
make demo
```
<!-- example: saved as site.yml -->
```yaml
a: 1
```
<!-- example: not run: it needs Galaxy -->
```shell
no
```
"""
    assert [(one.language, one.told) for one in examples_on(page)] == [("shell", ""), ("yaml", "saved as site.yml"), ("shell", "not run: it needs Galaxy")]
    for name in PAGES:
        text = (ROOT / name).read_text(encoding="utf-8")
        found = examples_on(text)
        assert len(found) * 2 == len(re.findall(r"^```", text, re.MULTILINE)), name
        assert sum(bool(one.told) for one in found) == text.count("<!-- example: "), name


@pytest.mark.parametrize("told", ["not run", "not run: ", "skipped: no time", "saved", "saved as "])
def test_a_block_is_not_left_out_without_a_reason(told: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="what shall be done"):
        script_of([Example("shell", "make demo\n", told)], tmp_path)


def test_what_is_made_from_code_and_figures_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    stale = [name for name, text in tool("made", monkeypatch).made(ROOT).items() if (ROOT / name).read_text(encoding="utf-8") != text]
    assert not stale, f"python3 tests/tooling/made.py writes them: {stale}"


def test_the_page_about_failures_has_every_code_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    told = set(re.findall(r"^\| `([A-Z]+\.\d+)` \| \S", (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8"), re.MULTILINE))
    errors = tool("made", monkeypatch).errors(ROOT)
    assert told == {*errors._WAYS_OUT, *errors.MISSING_CODES, *errors.THROTTLED_CODES, *errors.TAKEN_CODES}


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = tool("pages", monkeypatch)
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there">1</a> <a href="#here">2</a> <p id="here"></p> <a href="https://example.com/x">3</a>', encoding="ascii"
    )
    (tmp_path / "b.html").write_text('<h1 id="there">b</h1>', encoding="ascii")
    assert pages.broken(tmp_path) == []
    links = ("c.html", "b.html#nowhere", "#nowhere", "http://example.com")
    (tmp_path / "a.html").write_text(" ".join(f'<a href="{link}">x</a>' for link in links) + '<img src="https://example.com/x.png">', encoding="ascii")
    assert len(pages.broken(tmp_path)) == len(links) + 1
    with pytest.raises(SystemExit, match="leads nowhere"):
        pages.adapted("[x](no-such-file.md)", "docs/x.md", [], ROOT)


def test_a_link_to_what_is_no_page_leads_to_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = tool("pages", monkeypatch)
    text = pages.adapted(
        "[a](../galaxy.yml) [b](b.md#c) [r](../roles/onboarding) [e](https://example.com)", "docs/x.md", ["docs/b.md", "roles/onboarding/README.md"], ROOT
    )
    assert text == f"[a]({pages.REPOSITORY}/galaxy.yml) [b](b.md#c) [r](../roles/onboarding/README.md) [e](https://example.com)"
