# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that can be told from everything else, a run that uses them all, and the search for what it left behind."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import typing as t
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.gatehouse.huaweicloud.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import CONNECTION_ARGUMENTS
from gatehouse_emulator.account import DEMO, PROJECT, REGION
from plays import Ended, emulator, prepared, ran, through

# The options that hold a secret, and the environment variables that their documentation names.
KINDS = tuple(name for name, argument in CONNECTION_ARGUMENTS.items() if argument.get("no_log"))
VARIABLES = {kind: tuple(re.findall(r"E\((\w+)\)", str(yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"][kind]["description"]))) for kind in KINDS}
# What the emulator issues begins with this.
ISSUED = re.compile(rb"gatehouse-issued-[\w-]+")
# Characters that one notation or another spells in its own way.
BETWEEN = "/+=%&"
_PIECE = 12
# Beside a module, what its process says to the log of the system goes to a file as well.
_SYSLOG = """\
import os
import syslog

def _record(*said):
    with open({path!r}, "a", encoding="utf-8") as file:
        file.write(" ".join(str(word) for word in said) + chr(10))

syslog.syslog = _record
"""


@dataclass(frozen=True)
class Secret:
    """A text with a beginning and an end that are nowhere else, so that a part of it is found as well."""

    label: str
    text: str

    @property
    def pieces(self) -> tuple[str, str]:
        """Its first and its last characters: letters and digits, which JSON, URLs and Python's repr leave as they are."""
        return self.text[:_PIECE], self.text[-_PIECE:]


def secret(label: str, between: str = BETWEEN) -> Secret:
    """The secret of this label, the same in every run."""
    digest = hashlib.sha256(label.encode()).hexdigest()
    return Secret(label, digest[:20] + between + digest[20:40])


def forms(piece: str) -> set[bytes]:
    """How a piece of a secret looks as it is, in hexadecimal digits, and in Base64 wherever it begins there."""
    plain = piece.encode()
    told = {plain, plain.hex().encode(), plain.hex().upper().encode()}
    for offset in range(3):
        # What is before a piece decides how its first characters look, and what comes after it the last ones.
        first, last = (offset * 8 + 5) // 6, (offset + len(plain)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            told.add(encode(b"\0" * offset + plain + b"\0\0\0")[first:last])
    return told


def found(text: bytes, secrets: t.Iterable[Secret]) -> list[str]:
    """What a text holds of secrets, each with what is around it."""
    needles = {form: one.label for one in secrets for piece in one.pieces for form in forms(piece)}
    places = [(text.find(needle), label) for needle, label in needles.items() if needle in text]
    places += [(match.start(), "issued by the emulator") for match in ISSUED.finditer(text)]
    return [f"{label}: ...{text[max(0, place - 100) : place + 60]!r}..." for place, label in sorted(places)]


def left_behind(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its name."""
    listed = (Path(place) / name for place, _folders, names in os.walk(folder) for name in names)
    return {str(path.relative_to(folder)): path.read_bytes() for path in listed if path.is_file() and not path.is_symlink()}


@dataclass(frozen=True)
class Traces:
    """All that a run shows and leaves."""

    ended: Ended
    files: t.Mapping[str, bytes]
    journal: list[dict[str, t.Any]]

    @property
    def texts(self) -> dict[str, bytes]:
        """Each text in which a secret could be, by where it is."""
        return {"stdout": self.ended.stdout.encode(), "stderr": self.ended.stderr.encode(), **self.files}

    def leaks(self, secrets: t.Collection[Secret]) -> list[str]:
        """Where secrets are, as lines of a report."""
        return [f"{where}: {line}" for where, text in self.texts.items() for line in found(text, secrets)]


def vault(folder: Path, secrets: t.Mapping[str, str]) -> None:
    """A file of variables whose values are encrypted, each for itself."""
    (folder / "password").write_text("the vault of a test", encoding="ascii")
    locked = VaultLib([("default", VaultSecret(b"the vault of a test"))])
    lines = ["---"]
    for name, value in secrets.items():
        lines += [f"{name}: !vault |", *(f"  {line}" for line in locked.encrypt(value).decode().splitlines())]
    (folder / "vault.yml").write_text("\n".join(lines) + "\n", encoding="ascii")


def traced(
    folder: Path,
    door: str,
    play: t.Mapping[str, t.Any],
    hidden: t.Mapping[str, str],
    identity: t.Mapping[str, t.Any],
    faults: t.Sequence[t.Mapping[str, t.Any]],
    environment: t.Mapping[str, str],
) -> Traces:
    """A play with everything on that shows or keeps something, on a cloud with an identity and faults of its own."""
    variables = {
        **prepared(folder),
        **environment,
        "ANSIBLE_LOG_PATH": str(folder / "log"),
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit,ansible.builtin.tree",
        "JUNIT_OUTPUT_DIR": str(folder / "junit"),
        "ANSIBLE_CALLBACK_TREE_DIR": str(folder / "tree"),
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "facts"),
        "ANSIBLE_RETRY_FILES_ENABLED": "true",
        "ANSIBLE_RETRY_FILES_SAVE_PATH": str(folder / "retry"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
        "ANSIBLE_DISPLAY_TRACEBACK": "error",
        "ANSIBLE_INJECT_INVOCATION": "true",
        "ANSIBLE_PIPELINING": "true",
        "HOME": str(folder / "user"),
        "TMPDIR": str(folder / "temporary"),
    }
    for name in ("user", "temporary", "retry", "syslog"):
        (folder / name).mkdir()
    (folder / "syslog" / "sitecustomize.py").write_text(_SYSLOG.format(path=str(folder / "syslog" / "said")), encoding="utf-8")
    variables["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder / "syslog"), os.environ.get("PYTHONPATH"))))
    vault(folder, hidden)
    with emulator() as port:
        base = f"http://127.0.0.1:{port}"
        _control(f"{base}/_emulator/reset", {**DEMO, "projects": [{"id": PROJECT, "name": REGION}], **identity})
        _control(f"{base}/_emulator/faults", list(faults))
        whole = {**play, "vars": {"cloud": base}, "vars_files": ["vault.yml"]}
        (folder / "plays.yml").write_text(yaml.safe_dump([whole], sort_keys=False), encoding="utf-8")
        ended = ran(folder, variables, "plays.yml", "-vvvv", "--diff", "--vault-password-file", str(folder / "password"), *through(door))
        with urllib.request.urlopen(f"{base}/_emulator/journal", timeout=10) as answer:
            journal = json.loads(answer.read())
    return Traces(ended, left_behind(folder), journal)


def _control(url: str, told: t.Any) -> None:
    request = urllib.request.Request(url, json.dumps(told).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()
