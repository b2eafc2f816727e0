# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What those who certify collections ask of an artifact, as far as no other check does: certification.py ARTIFACT

Red Hat's list for certified collections and Galaxy's own rules. ansible-lint, ansible-test sanity, galaxy-importer and antsibull-changelog have sessions of
their own; "make release-check" runs all of it.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tarfile
import typing as t
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import yaml

# The headings of Red Hat's template for the README of a collection.
HEADINGS = (
    *("Description", "Requirements", "Installation", "Use Cases", "Testing", "Support", "Release Notes and Roadmap", "Related Information"),
    "License Information",
)
# Galaxy asks for one of these, and takes 20 tags at most.
TAGS = frozenset({"application", "cloud", "database", "eda", "infrastructure", "linux", "monitoring", "networking", "security", "storage", "tools", "windows"})
_MOST_TAGS = 20
_MOST_BYTES = 20_000_000
_LONGEST_SUMMARY = 80
# What is nothing of a user's: leftovers of tools, and what only the checkout needs.
_UNWANTED = re.compile(
    r"(^|/)(\.git|\.github|\.gitlab[^/]*|\.cache|\.venv|__pycache__|[^/]*\.(py[co]|tar\.gz|retry|swp|orig|rej)|\.DS_Store|node_modules)(/|$)"
)
_SWITCHED_OFF = re.compile(r"#\s*(noqa|nosec|pylint:\s*disable|skip_ansible_lint)|#!skip")
_SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
_KEYWORDS_OF_A_TASK = frozenset(
    {
        *("action", "always", "any_errors_fatal", "args", "async", "become", "become_user", "block", "changed_when", "check_mode", "connection", "debugger"),
        *("delay", "delegate_facts", "delegate_to", "diff", "environment", "failed_when", "ignore_errors", "ignore_unreachable", "listen", "local_action"),
        *("loop", "loop_control", "module_defaults", "name", "no_log", "notify", "poll", "register", "rescue", "retries", "run_once", "tags", "throttle"),
        *("timeout", "until", "vars", "when"),
    }
)


@dataclass
class Report:
    """What was looked at, and what is amiss with it."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def note(self, subject: str, complaints: t.Iterable[str]) -> None:
        """Keep what is amiss with a subject."""
        self.found.setdefault(subject, []).extend(complaints)

    @property
    def lines(self) -> list[str]:
        """A line for each subject, and one for each complaint."""
        told = []
        for subject, complaints in self.found.items():
            told.append(f"{'no ' if complaints else 'yes'}  {subject}")
            told += [f"       {one}" for one in complaints]
        return told

    @property
    def passed(self) -> bool:
        """Whether nothing is amiss."""
        return not any(self.found.values())


def read(artifact: Path) -> dict[str, bytes]:
    """The files of an artifact by their paths."""
    with tarfile.open(artifact) as archive:
        return {member.name: _content(archive, member) for member in archive if member.isfile()}


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def certified(files: t.Mapping[str, bytes], version: str | None = None) -> Report:
    """What is amiss with the files of a collection; version is the one that it should have, if that is known."""
    report = Report()
    texts = {name: content.decode("utf-8", errors="replace") for name, content in files.items()}
    report.note("README.md has the headings of the template, in order", _headings(texts.get("README.md", "")))
    report.note("meta/runtime.yml says which versions of ansible-core are supported", _requires(texts.get("meta/runtime.yml", "{}")))
    report.note("the metadata are whole, and the version is a semantic one", _metadata(texts, version))
    report.note("the changelog knows the version", _changelog(texts))
    report.note("no check is switched off, and nothing is ignored", _ignored(texts))
    report.note("every module is documented with author, version, summary, examples, results and its modes", _documentation(texts))
    report.note("modules that tell something have check mode and change nothing", _only_told(texts))
    report.note("examples, roles and playbooks name modules and roles in full", _short_names(texts))
    report.note("every file says under which licence it is", _unlicensed(texts))
    report.note("the artifact is small and holds nothing but the collection", _unwanted(files))
    return report


def _headings(readme: str) -> list[str]:
    told = re.findall(r"^## (.+?)\s*$", readme, re.MULTILINE)
    lacking = [one for one in HEADINGS if one not in told]
    if lacking:
        return [f"lacking: {', '.join(lacking)}"]
    return [] if [one for one in told if one in HEADINGS] == list(HEADINGS) else ["they stand in another order"]


def _requires(runtime: str) -> list[str]:
    wanted = str((yaml.safe_load(runtime) or {}).get("requires_ansible") or "")
    return [] if re.fullmatch(r">=2\.\d+\.\d+(,<\d+(\.\d+)*)?", wanted) else [f"requires_ansible is {wanted!r}"]


def _metadata(texts: t.Mapping[str, str], version: str | None) -> t.Iterator[str]:
    told = json.loads(texts.get("MANIFEST.json", "{}")).get("collection_info", {})
    for name in ("authors", "description", "documentation", "homepage", "issues", "license", "readme", "repository"):
        if not told.get(name):
            yield f"galaxy.yml says no {name}"
    tags = told.get("tags") or []
    if len(tags) > _MOST_TAGS or not TAGS.intersection(tags):
        yield f"tags: one of {', '.join(sorted(TAGS))} is needed, and {_MOST_TAGS} at most"
    if not _SEMANTIC.fullmatch(str(told.get("version"))):
        yield f"version {told.get('version')!r} is no semantic version"
    if version not in (None, told.get("version")):
        yield f"version {told.get('version')!r} is not {version!r}"
    if told.get("dependencies"):
        yield f"it needs other collections: {', '.join(told['dependencies'])}"
    for name in ("LICENSE", "CHANGELOG.md", "meta/execution-environment.yml", "requirements.txt"):
        if name not in texts:
            yield f"there is no {name}"


def _changelog(texts: t.Mapping[str, str]) -> list[str]:
    version = json.loads(texts.get("MANIFEST.json", "{}")).get("collection_info", {}).get("version")
    releases = (yaml.safe_load(texts.get("changelogs/changelog.yaml", "{}")) or {}).get("releases") or {}
    heading = f"## v{version}".replace(".", r"\.")
    return [] if version in releases and heading in texts.get("CHANGELOG.md", "") else [f"it does not tell of {version}"]


def _ignored(texts: t.Mapping[str, str]) -> t.Iterator[str]:
    for name, text in texts.items():
        if re.fullmatch(r"tests/sanity/ignore.*|\.ansible-lint-ignore", name):
            yield name
        if name.startswith(("plugins/", "roles/", "playbooks/")) and _SWITCHED_OFF.search(text):
            yield f"{name} switches a check off"


def _modules(texts: t.Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The texts that document each module, by name."""
    found = {}
    for name, text in texts.items():
        path = PurePosixPath(name)
        if path.parent == PurePosixPath("plugins/modules") and path.suffix == ".py":
            found[path.stem] = {
                target.id: str(node.value.value)
                for node in ast.parse(text).body
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
    return found


def _documentation(texts: t.Mapping[str, str]) -> t.Iterator[str]:
    for name, told in _modules(texts).items():
        documentation = yaml.safe_load(told.get("DOCUMENTATION", "{}")) or {}
        lacking = [one for one in ("module", "short_description", "description", "version_added", "author") if not documentation.get(one)]
        lacking += [one for one in ("EXAMPLES", "RETURN") if not told.get(one, "").strip()]
        if not any("attributes" in str(one) for one in documentation.get("extends_documentation_fragment", [])):
            lacking.append("attributes")
        if lacking:
            yield f"{name} lacks {', '.join(lacking)}"
        if len(str(documentation.get("short_description"))) > _LONGEST_SUMMARY:
            yield f"{name} has a summary of more than {_LONGEST_SUMMARY} characters"


def _only_told(texts: t.Mapping[str, str]) -> t.Iterator[str]:
    for name in _modules(texts):
        if name.endswith(("_info", "_facts")):
            text = texts[f"plugins/modules/{name}.py"]
            # These make declarations whose result is never changed; tests/unit runs them and looks at the requests.
            if not re.search(r"\b(info_module|action_info_module|report_module|facts_module|caller_module)\(", text):
                yield f"{name} is declared as something that may change"
            if "huaweicloud.attributes.reads" not in text:
                yield f"{name} does not say in its attributes that it changes nothing"


def _short_names(texts: t.Mapping[str, str]) -> t.Iterator[str]:
    for name, told in _modules(texts).items():
        for entry in yaml.safe_load(told.get("EXAMPLES", "[]")) or []:
            for task in _tasks(entry):
                yield from (f"the examples of {name}: {one}" for one in _short(task))
    for name, text in texts.items():
        if re.fullmatch(r"(roles/[^/]+/(tasks|handlers)|playbooks(/tasks)?)/[^/]+\.yml", name):
            for entry in yaml.safe_load(text) or []:
                for task in _tasks(entry):
                    yield from (f"{name}: {one}" for one in _short(task))


def _tasks(entry: t.Mapping[str, t.Any]) -> t.Iterator[t.Mapping[str, t.Any]]:
    """The tasks of a play, of a block, or the task itself."""
    lists = [one for one in ("pre_tasks", "tasks", "post_tasks", "handlers", "block", "rescue", "always") if isinstance(entry.get(one), list)]
    for one in lists:
        for task in entry[one]:
            yield from _tasks(task)
    if not lists and "hosts" not in entry and "import_playbook" not in entry:
        yield entry


def _short(task: t.Mapping[str, t.Any]) -> list[str]:
    """The modules of a task, and the roles that it names, that are not named in full."""
    modules = [key for key in task if key not in _KEYWORDS_OF_A_TASK and not key.startswith("with_")]
    roles = [str(task[one].get("name")) for one in modules if one.endswith(("include_role", "import_role")) and isinstance(task[one], dict)]
    return [one for one in (*modules, *roles) if one.count(".") < 2]


def _unlicensed(texts: t.Mapping[str, str]) -> t.Iterator[str]:
    told = re.findall(r"(?s)path = (\[.*?\]|\".*?\")", texts.get("REUSE.toml", ""))
    covered = [re.compile(_glob(one)) for one in re.findall(r'"([^"]+)"', "".join(told))]
    for name, text in texts.items():
        made = name in ("MANIFEST.json", "FILES.json") or name.startswith("LICENSE")
        if not made and "SPDX-License-Identifier" not in text and not any(one.fullmatch(name) for one in covered):
            yield name


def _glob(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")


def _unwanted(files: t.Mapping[str, bytes]) -> t.Iterator[str]:
    yield from (name for name in files if _UNWANTED.search(name))
    size = sum(map(len, files.values()))
    if size > _MOST_BYTES:
        yield f"{size} bytes"


def main(arguments: t.Sequence[str]) -> int:
    """0 when nothing is amiss with the artifact that is named."""
    report = certified(read(Path(arguments[0])), *arguments[1:2])
    print("\n".join(report.lines))
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
