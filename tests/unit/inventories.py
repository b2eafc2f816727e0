# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin in this process, with a cloud for each region, and through the command line."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import typing as t
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

import requests
import yaml
from ansible import constants
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible.utils.display import Display

from ansible_collections.gatehouse.huaweicloud.plugins.doc_fragments import connection
from ansible_collections.gatehouse.huaweicloud.plugins.inventory import waf_domains
from ansible_collections.gatehouse.huaweicloud.plugins.inventory.waf_domains import InventoryModule
from doors import WsgiAdapter, texts, trusted
from gatehouse_emulator import create_app
from plays import Ended

NAME = InventoryModule.NAME
KEYS = {"access_key": "GATEHOUSEDEMOKEY0001", "secret_key": "gatehouse-demo-secret-0000000000000001"}
REGION = "cn-north-4"


def described() -> dict[str, t.Any]:
    """Every option of the plugin as its documentation has it, with those of the fragments."""
    texts = [one.ModuleDocFragment.DOCUMENTATION for one in (connection, constructed, inventory_cache)]
    options: dict[str, t.Any] = {}
    for text in (*texts, waf_domains.DOCUMENTATION):
        options.update(yaml.safe_load(text)["options"])
    return options


@dataclass
class Clouds:
    """An emulated cloud for each region, found by the host of a request; accounts are told apart by their key."""

    seeds: t.Mapping[str, t.Any]
    requests: list[t.Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.applications = {region: create_app(seed) for region, seed in self.seeds.items()}

    def control(self, region: str, method: str, what: str, body: t.Any = None) -> t.Any:
        """The answer of a control endpoint of a region."""
        answer = self.applications[region].test_client().open(f"/_emulator/{what}", method=method, json=body)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.get_json()

    @contextlib.contextmanager
    def carried(self) -> t.Iterator[None]:
        """Requests go to these clouds, and none to the network."""
        requests_ = self.requests
        applications = self.applications

        class Adapter(requests.adapters.BaseAdapter):
            def send(self, request: t.Any, **options: t.Any) -> requests.Response:
                region = str(urlsplit(request.url).hostname).split(".")[1]
                if region not in applications:
                    requests_.append(request)
                    raise requests.exceptions.ConnectionError(f"nothing answers in {region}")
                return WsgiAdapter(applications[region], requests_.append).send(request, **options)

            def close(self) -> None:
                """Nothing is open."""

        with mock.patch.object(requests.sessions, "HTTPAdapter", side_effect=lambda **sizes: Adapter()):
            yield


@dataclass
class Told:
    """What came of an inventory: its hosts with their variables, its groups with their hosts, what was warned of."""

    data: InventoryData
    warnings: list[str]

    @property
    def hosts(self) -> dict[str, dict[str, t.Any]]:
        return {name: {key: value for key, value in host.vars.items() if not key.startswith("inventory_")} for name, host in self.data.hosts.items()}

    def group(self, name: str) -> list[str]:
        return sorted(host.name for host in self.data.groups[name].hosts)

    @property
    def groups(self) -> set[str]:
        return set(self.data.groups) - {"all", "ungrouped"}


def told(folder: Path, clouds: Clouds, text: str | None = None, use: bool = True, environment: t.Mapping[str, str] | None = None, **said: t.Any) -> Told:
    """What the plugin makes of a file, given as its text or by the options that it says beside the demo keys."""
    path = folder / "edge.waf_domains.yml"
    whole = {"plugin": NAME, **({} if said.get("accounts") else KEYS), "region": REGION, "max_retries": 0, **said}
    path.write_text(text or yaml.safe_dump({name: value for name, value in whole.items() if value is not None}), encoding="utf-8")
    constants.config.initialize_plugin_configuration_definitions("inventory", NAME, described())
    plugin = InventoryModule()
    plugin._load_name, plugin._original_path, plugin._redirected_names = NAME, waf_domains.__file__, [NAME]
    plugin.ansible_name, plugin.ansible_aliases = NAME, [NAME]
    data, warnings = InventoryData(), []
    with (
        mock.patch.object(Display, "warning", lambda self, msg, *words, **more: warnings.append(msg)),
        mock.patch.object(constants, "DEFAULT_LOCAL_TMP", str(folder / "local")),
        mock.patch.dict("os.environ", {"HOME": str(folder), **(environment or {})}, clear=True),
        clouds.carried(),
    ):
        assert plugin.verify_file(str(path))
        plugin.parse(data, DataLoader(), str(path), use)
        if plugin.get_option("cache"):
            plugin.update_cache_if_changed()
    data.reconcile_inventory()
    assert [text for host in data.hosts.values() for text in texts(host.vars) if "{" in text and trusted(text)] == [], "what a cloud says is no template"
    return Told(data, warnings)


def listed(folder: Path, environment: t.Mapping[str, str], *words: str) -> Ended:
    """A run of ansible-inventory in a folder."""
    command = [sys.executable, "-m", "ansible", "inventory", *words]
    return subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)


def variables(ended: Ended) -> dict[str, dict[str, t.Any]]:
    """The variables of the hosts that ansible-inventory lists."""
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return dict(json.loads(ended.stdout)["_meta"]["hostvars"])
