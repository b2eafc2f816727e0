# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site: which pages it has, laid out for Sphinx, and what is broken in what Sphinx has made of them."""

from __future__ import annotations

import os
import re
import shutil
import sys
import typing as t
import zlib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

REPOSITORY = "https://github.com/gatehouse/huaweicloud/blob/main"

# A page that does not exist yet is left out; one that exists and stands nowhere is a warning of Sphinx, and so an error.
CHAPTERS: t.Mapping[str, t.Sequence[str]] = {
    "Start": ("README.md", "docs/quick-start.md", "docs/authentication.md", "docs/permissions.md", "docs/terraform.md"),
    "Guides": (
        *("docs/onboarding.md", "docs/staged-rollout.md", "docs/gateway-and-workspace.md", "docs/large-sets.md", "docs/rehearsal.md", "docs/drift.md"),
        *("docs/inventory.md", "docs/events.md", "docs/awx.md", "docs/execution-environment.md", "docs/bootstrapping.md", "docs/troubleshooting.md"),
    ),
    "Reference": (
        *("reference/index.rst", "roles/onboarding/README.md", "roles/waf_policy_baseline/README.md", "roles/waf_domain_onboarding/README.md"),
        *("roles/apig_access/README.md", "roles/workspace_access/README.md", "roles/awx_bootstrap/README.md"),
        *("reference/environment_variables.rst", "extensions/emulator/README.md"),
    ),
    "Background": (
        *("docs/performance.md", "benchmarks/README.md", "docs/reliability.md", "docs/architecture.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"),
    ),
}

# Names that are shorter beside every page than on top of the page itself.
TITLES = {
    "README": "Overview",
    "CHANGELOG": "Release notes",
    "docs/permissions": "Permissions",
    "docs/inventory": "The inventory",
    "docs/events": "Attack events",
    "docs/awx": "AWX and AAP",
    "docs/execution-environment": "Execution environments",
    "docs/bootstrapping": "Bootstrapping",
    "docs/reliability": "Reliability",
    "reference/index": "Modules, roles and plugins",
    "reference/environment_variables": "Environment variables",
}

# What a page of antsibull-docs refers to in Ansible's own documentation.
TARGETS = (
    ("action_plugins std:label", "plugins/action.html#action-plugins", "Action plugins"),
    ("ansible_configuration_settings std:label", "reference_appendices/config.html#ansible-configuration-settings", "Ansible Configuration Settings"),
    ("common_return_values std:label", "reference_appendices/common_return_values.html#common-return-values", "Return Values"),
    *(
        (f"{name} std:envvar", f"reference_appendices/config.html#envvar-{name}", "-")
        for name in ("ANSIBLE_CACHE_PLUGIN", "ANSIBLE_CACHE_PLUGIN_CONNECTION", "ANSIBLE_CACHE_PLUGIN_PREFIX", "ANSIBLE_CACHE_PLUGIN_TIMEOUT")
    ),
)

_LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")


def pages_of(collection: Path) -> list[str]:
    """The Markdown pages of the repository that are for the site: those of the chapters, and all others of docs."""
    named = [name for chapter in CHAPTERS.values() for name in chapter if name.endswith(".md")]
    others = [f"docs/{path.name}" for path in sorted((collection / "docs").glob("*.md"))]
    return [name for name in dict.fromkeys([*named, *others]) if (collection / name).is_file()]


def adapted(text: str, name: str, pages: t.Collection[str], collection: Path) -> str:
    """A page whose links to what is no page of the site lead to the repository instead; a link to what is not in it either is an error."""

    def adapt(link: re.Match[str]) -> str:
        target, mark, anchor = link[2].partition("#")
        if not target or urlsplit(target).scheme:
            return link[0]
        path = os.path.normpath(os.path.join(os.path.dirname(name), target))
        found = next((one for one in (path, f"{path}/README.md") if one in pages or one.startswith(("docs/pictures/", "reference/"))), None)
        if not found and not (collection / path).exists():
            raise SystemExit(f"{name}: the link to {link[2]} leads nowhere")
        if found:
            return f"{link[1]}{os.path.relpath(found, os.path.dirname(name) or '.')}{mark}{anchor}{link[3]}"
        return f"{link[1]}{REPOSITORY}/{path}{mark}{anchor}{link[3]}"

    return _LINK.sub(adapt, text)


def shortened(page: str) -> str:
    """A page of the reference with short names, and without the table of contents that the theme has beside every page.

    The pages that the contents name are called orphans by antsibull-docs, because they stand in no hierarchy of its own.
    """
    for pattern, text in (
        (r"^\.\. contents::\n(?: +:.*\n)*", ""),
        (r"^gatehouse\.huaweicloud\.(\w+ \w+ --)", r"\1"),
        (r"^    (\w+)_(module|role|inventory)$", r"    \1 <\1_\2>"),
        (r"^Gatehouse\.Huaweicloud\n=+$", f"{TITLES['reference/index']}\n{'=' * 40}"),
    ):
        page = re.sub(pattern, text, page, flags=re.MULTILINE)
    return page.replace(":orphan:\n", "")


def lay_out(collection: Path, source: Path) -> None:
    """The pages of a collection in a folder, where the reference is already, as Sphinx takes them: with an index and what it links to elsewhere."""
    pages = pages_of(collection)
    for name in pages:
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(adapted((collection / name).read_text(encoding="utf-8"), name, pages, collection), encoding="utf-8")
    if (collection / "docs" / "pictures").is_dir():
        shutil.copytree(collection / "docs" / "pictures", source / "docs" / "pictures", dirs_exist_ok=True)
    for path in sorted((source / "reference").glob("*.rst")):
        path.write_text(shortened(path.read_text(encoding="utf-8")), encoding="utf-8")
    index = adapted((collection / "docs" / "docsite" / "index.md").read_text(encoding="utf-8"), "index.md", pages, collection)
    (source / "index.md").write_text(f"{index}\n{tables_of_contents(source)}", encoding="utf-8")
    (source / "_labels.inv").write_bytes(inventory())


def tables_of_contents(source: Path) -> str:
    """A table of contents for each chapter, of the pages that there are."""
    tables = []
    for chapter, names in CHAPTERS.items():
        entries = [os.path.splitext(name)[0] for name in names if (source / name).is_file()]
        lines = [f"{TITLES[one]} <{one}>" if one in TITLES else f"Role {one.split('/')[1]} <{one}>" if one.startswith("roles/") else one for one in entries]
        tables.append("\n".join(["```{toctree}", f":caption: {chapter}", ":hidden:", ":maxdepth: 1", "", *lines, "```", ""]))
    return "\n".join(tables)


def inventory() -> bytes:
    """The targets in the format of Sphinx, version 2."""
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: \n# The remainder of this file is compressed using zlib.\n"
    lines = "".join(f"{target} -1 {where} {title}\n" for target, where, title in TARGETS)
    return head.encode() + zlib.compress(lines.encode())


class _Page(HTMLParser):
    """What a page can be pointed at, and what it points at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.anchors |= {told[key] or "" for key in ("id", "name") if key in told}
        loads = tag in ("img", "script", "iframe", "source") or (tag == "link" and told.get("rel") in ("stylesheet", "icon", "preload", "preconnect"))
        for key in ("href", "src"):
            if told.get(key):
                (self.fetched if loads else self.links).add(str(told[key]))


def broken(site: Path) -> list[str]:
    """What is wrong with the links of a site: pages, files and anchors that are not there, addresses that are none, and what would come from the network."""
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        for link in sorted(page.links | page.fetched):
            wrong = _wrong(link, path, pages, fetched=link in page.fetched)
            if wrong:
                found.append(f"{path.relative_to(site)}: {link}: {wrong}")
    return found if pages else [f"{site}: there is no page"]


def _wrong(link: str, path: Path, pages: t.Mapping[Path, _Page], fetched: bool) -> str:
    """What is wrong with one link, or nothing."""
    parts = urlsplit(link)
    if parts.scheme in ("data", "mailto"):
        return ""
    if parts.scheme or parts.netloc:
        if fetched:
            return "would come from the network"
        return "" if parts.scheme == "https" and "." in parts.netloc and " " not in link else "is no address"
    file, anchor = urldefrag(link)
    target = Path(os.path.normpath(path.parent / unquote(file.partition("?")[0]))) if file else path
    if not target.exists():
        return "is not there"
    if anchor and target in pages and unquote(anchor) not in pages[target].anchors:
        return "has no such anchor"
    return ""


def main() -> int:
    """lay-out COLLECTION FOLDER, or check SITE: 0 when nothing is broken."""
    if sys.argv[1:2] == ["lay-out"] and len(sys.argv) == 4:
        lay_out(Path(sys.argv[2]), Path(sys.argv[3]))
        return 0
    if sys.argv[1:2] == ["check"] and len(sys.argv) == 3:
        lines = broken(Path(sys.argv[2]))
        print("\n".join(lines) or f"Every link leads somewhere: {len(list(Path(sys.argv[2]).rglob('*.html')))} pages.")
        return 1 if lines else 0
    print("lay-out COLLECTION FOLDER or check SITE is expected", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
