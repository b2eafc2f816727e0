# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: waf_domains
short_description: The domains that WAF protects, as hosts
version_added: 1.0.0
description:
  - Makes a host of each domain that WAF protects, in cloud mode and in dedicated mode, with a local connection. Where asked for, WAF policies and
    gateways of API Gateway become hosts as well.
  - A play over these hosts runs a task for each domain, in the process of Ansible. C(--limit) picks some of them, and job slicing of AWX spreads them.
  - Its file ends in C(waf_domains.yml) or C(waf_domains.yaml).
  - Domains are in the group C(waf_domains), policies in C(waf_policies), gateways in C(apig_gateways). For more groups see O(default_groups).
  - Everything comes from calls that list, a hundred domains each, made side by side.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description:
      - Says that the file is for this plugin.
    type: str
    required: true
    choices: [gatehouse.huaweicloud.waf_domains]
  regions:
    description:
      - Regions to read. If left out, the one of O(region) and what stands in for it.
      - With more than one, the project of each is looked up by name. O(project_id) is refused then, and its environment variables are not used.
    type: list
    elements: str
  accounts:
    description:
      - Accounts to read. If left out, the one that the options of the connection, or the environment, are for.
      - An account takes every option of the connection, and O(regions). What it leaves out is as the file says. An account that has credentials
        of its own gets none of those of the file; one that has only O(assume_agency) assumes it with those.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - A name of your choice for the account, for the variable C(waf_account), for groups and for messages.
        type: str
        required: true
      regions:
        description:
          - Regions to read in this account. An account that says O(region) and not this reads that one.
        type: list
        elements: str
  include:
    description:
      - What becomes a host.
    type: list
    elements: str
    choices: [domains, policies, gateways]
    default: [domains]
  filters:
    description:
      - Which of them. All filters have to fit, and of a filter one of its values. The names of hosts do not depend on filters.
      - O(filters.policies) is for domains and for policies that are hosts, the others are for domains. Gateways are not filtered.
    type: dict
    suboptions:
      policies:
        description:
          - Names or IDs of WAF policies.
        type: list
        elements: str
      modes:
        description:
          - Modes.
        type: list
        elements: str
        choices: [cloud, dedicated]
      protection:
        description:
          - Whether requests are looked at.
        type: list
        elements: str
        choices: ["on", suspended, bypass]
      access_status:
        description:
          - Whether traffic comes by way of WAF.
        type: list
        elements: str
        choices: [connected, disconnected]
      domains:
        description:
          - Globs such as V(*.shop.example.com), in any case. They are compared with the domain, and with the domain and its port.
        type: list
        elements: str
      enterprise_project_ids:
        description:
          - Enterprise projects. Each is read by itself in place of O(enterprise_project_id), so that C(waf_enterprise_project_id) is known for
            every domain.
        type: list
        elements: str
  details:
    description:
      - Whether to read each domain by itself as well, which is a call for each, for what no list tells. It adds the variables C(waf_servers),
        C(waf_proxy), C(waf_certificate), C(waf_certificate_id) and C(waf_description).
    type: bool
    default: false
  default_groups:
    description:
      - Whether domains are put into groups by their variables, C(waf_policy_NAME), C(waf_mode_NAME), C(waf_protection_NAME), C(waf_access_NAME),
        C(waf_enterprise_project_ID), C(waf_region_NAME), and with O(accounts) C(waf_account_NAME).
      - What cannot be in the name of a group is replaced by an underscore.
    type: bool
    default: true
  on_unreadable:
    description:
      - What happens when an account or a region, or a part of one, cannot be read.
      - With V(fail), there is no inventory. With V(warn), it is what could be read, and every other part is a warning. Half a list is never taken, and
        if nothing can be read there is no inventory either.
    type: str
    choices: [fail, warn]
    default: fail
  max_concurrency:
    description:
      - How many requests are on their way at once, 1 to 64, over all accounts and regions.
    type: int
    default: 8
notes:
  - Every option but O(compose), O(groups) and O(keyed_groups) may be a template, with lookups and extra variables, or encrypted with Ansible Vault.
  - What cannot be read ends the run only if the configuration of Ansible says C(any_unparsed_is_failed) in the section C(inventory). Otherwise Ansible
    warns and goes on without hosts.
  - The permissions to read are C(waf:instance:list), which is C(waf:host:list) with identity policies, and C(waf:policy:list). With gateways,
    C(apig:instances:list). With details, C(waf:instance:get), which is C(waf:host:get) with identity policies.
  - C(docs/inventory.md) in the collection tells the variables of hosts, how names are made, and what to mind with AWX.
"""

EXAMPLES = r"""
# edge.waf_domains.yml: the domains of one region; credentials: the environment
plugin: gatehouse.huaweicloud.waf_domains
region: cn-north-4
# ---
# # Domains under two policies reached by way of WAF, grouped by step
# plugin: gatehouse.huaweicloud.waf_domains
# region: cn-north-4
# filters:
#   policies: [storefront, checkout]
#   access_status: [connected]
# compose:
#   origin_label: waf_domain | replace('.', '-')
# groups:
#   not_switched: waf_dns_switched == 'pending'
# keyed_groups:
#   - key: waf_origin_whitelisted
#     prefix: whitelisted
# ---
# # Two accounts, two regions, a cache; an account that fails is a warning
# plugin: gatehouse.huaweicloud.waf_domains
# regions: [cn-north-4, cn-east-3]
# accounts:
#   - name: shops
#     access_key: "{{ lookup('ansible.builtin.env', 'SHOPS_ACCESS_KEY') }}"
#     secret_key: "{{ lookup('ansible.builtin.env', 'SHOPS_SECRET_KEY') }}"
#   - name: banks
#     regions: [cn-north-4]
#     access_key: "{{ lookup('ansible.builtin.env', 'BANKS_ACCESS_KEY') }}"
#     secret_key: "{{ lookup('ansible.builtin.env', 'BANKS_SECRET_KEY') }}"
# on_unreadable: warn
# cache: true
# cache_plugin: ansible.builtin.jsonfile
# cache_connection: inventory-cache
# cache_timeout: 600
# ---
# # Everything there is, with origin servers and certificates
# plugin: gatehouse.huaweicloud.waf_domains
# region: cn-north-4
# include: [domains, policies, gateways]
# details: true
"""

import hashlib
import json
import os
import typing as t
from difflib import get_close_matches
from functools import lru_cache, partial

from ansible import constants
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _client, _sources
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import CONNECTION_ARGUMENTS, Notes, client_for
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._crew import Crew
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import GatehouseError, InputError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import MOST_AT_ONCE, REQUESTS_MISSING
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_inventory import (
    DEFAULT_GROUPS,
    DOMAINS,
    GATEWAYS,
    GROUPS,
    KINDS,
    Hosts,
    Reading,
    Realm,
    Variables,
    filtered,
    merged,
    named,
    read,
    unknown_policies,
)

try:
    # From ansible-core 2.19 on; before it, every text is a template unless it is marked as none.
    from ansible.template import trust_as_template
except ImportError:
    trust_as_template = str

_LIST: t.Mapping[str, t.Any] = {"type": "list", "elements": "str"}
_FILTERS: t.Mapping[str, t.Mapping[str, t.Any]] = {
    "policies": _LIST,
    "modes": {**_LIST, "choices": ["cloud", "dedicated"]},
    "protection": {**_LIST, "choices": ["on", "suspended", "bypass"]},
    "access_status": {**_LIST, "choices": ["connected", "disconnected"]},
    "domains": _LIST,
    "enterprise_project_ids": _LIST,
}
ARGUMENTS: t.Mapping[str, t.Mapping[str, t.Any]] = {
    **CONNECTION_ARGUMENTS,
    "regions": _LIST,
    "accounts": {
        "type": "list",
        "elements": "dict",
        "options": {**CONNECTION_ARGUMENTS, "name": {"type": "str", "required": True}, "regions": _LIST},
    },
    "include": {**_LIST, "choices": list(KINDS), "default": [DOMAINS]},
    "filters": {"type": "dict", "options": _FILTERS},
    "details": {"type": "bool", "default": False},
    "default_groups": {"type": "bool", "default": True},
    "on_unreadable": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
    "max_concurrency": {"type": "int", "default": 8},
}
# What proves who one is comes from one place as a whole.
_CREDENTIALS = tuple(name for name in CONNECTION_ARGUMENTS if name in (*_sources.FAMILIES[0], "credential_source", "profile", "assume_agency"))
# What hold templates for the variables of hosts.
_LEFT_ALONE = ("compose", "groups", "keyed_groups", "plugin")
_MOST_TOLD = 5
# Of what is in the cache; what another version has left there is read anew.
_SCHEMA = 1
# Of the group of each kind: they are carried out here, with the Python of Ansible.
_HERE = {"ansible_connection": trust_as_template("local"), "ansible_python_interpreter": trust_as_template("{{ ansible_playbook_python }}")}


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]  # ansible-core ships no types
    """The inventory plugin."""

    NAME = "gatehouse.huaweicloud.waf_domains"

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, t.Any] = {}
        self._notes = Notes()

    def verify_file(self, path: str) -> bool:
        """Whether a file is for this plugin, by its name."""
        return bool(super().verify_file(path)) and path.endswith(("waf_domains.yml", "waf_domains.yaml"))

    def set_options(self, task_keys: t.Any = None, var_options: t.Any = None, direct: t.Any = None) -> None:
        """As every plugin, from what the file means: templates carried out, and what is empty left out, for AWX renders an unfilled field so."""
        self._said = self._meant(direct or {})
        super().set_options(task_keys=task_keys, var_options=var_options, direct=self._said)

    def _meant(self, direct: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        self.templar.available_variables = self._vars or {}
        said = {}
        for name, value in direct.items():
            try:
                said[str(name)] = value if name in _LEFT_ALONE else self._plain(value)
            except AnsibleError as error:
                raise AnsibleParserError(f"{name}: {self._masked(str(error))}") from None
        return {name: value for name, value in said.items() if value not in ("", None)}

    def _plain(self, value: t.Any) -> t.Any:
        """A value of the file with its templates carried out, and without what is empty."""
        if isinstance(value, t.Mapping):
            inner = {str(name): self._plain(one) for name, one in value.items()}
            return {name: one for name, one in inner.items() if one not in ("", None)}
        if isinstance(value, (list, tuple)):
            return [one for one in map(self._plain, value) if one not in ("", None)]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if not isinstance(value, str):
            # Encrypted.
            return str(value)
        came = self.templar.template(value)
        return str.__str__(came) if isinstance(came, str) else came if came is value else self._plain(came)

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Fill the inventory. Raises AnsibleParserError with what is wrong and how to mend it; no error shows a secret."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        if REQUESTS_MISSING:
            raise AnsibleError(missing_required_lib("requests"))
        options = self._checked()
        try:
            self._fill(self._kinds(options, path, cache), options)
        finally:
            for warning in dict.fromkeys(self._notes.warnings):
                self.display.warning(self._masked(warning))

    def _checked(self) -> dict[str, t.Any]:
        """The options as their types have them. Raises AnsibleParserError."""
        known = set(self.option_definitions)
        for name in self._said:
            if name not in known:
                near = get_close_matches(name, known, 3, 0.75)
                raise AnsibleParserError(f"There is no option {name!r}{' (near: ' + ', '.join(near) + ')' if near else ''} in {self.NAME}.")
        said = {name: value for name, value in self._said.items() if name in ARGUMENTS}
        self._notes.secrets |= _sources.secrets_in(said, os.environ, ARGUMENTS)
        for account in said.get("accounts") or ():
            if isinstance(account, dict):
                self._notes.secrets |= _sources.secrets_in(account, {}, {*CONNECTION_ARGUMENTS, "name", "regions"})
        filters = said.get("filters")
        if isinstance(filters, dict) and "protection" in filters:
            # YAML reads the word on as true.
            listed = filters["protection"] if isinstance(filters["protection"], list) else [filters["protection"]]
            said["filters"] = {**filters, "protection": ["on" if one is True else one for one in listed]}
        validation = ArgumentSpecValidator({name: dict(argument) for name, argument in ARGUMENTS.items()}).validate(said)
        if validation.error_messages:
            raise AnsibleParserError(self._masked("; ".join(validation.error_messages)))
        options: dict[str, t.Any] = validation.validated_parameters
        if not 1 <= options["max_concurrency"] <= MOST_AT_ONCE:
            raise AnsibleParserError(f"max_concurrency: {options['max_concurrency']} is not a number from 1 to {MOST_AT_ONCE}.")
        return options

    def _kinds(self, options: t.Mapping[str, t.Any], path: str, cache: bool) -> dict[str, Hosts]:
        """What becomes hosts, by kind: from the cache while it is good, else from the cloud."""
        wanted = bool(self.get_option("cache"))
        key, asked = (self.get_cache_key(path), _fingerprint(options)) if wanted else ("", "")
        if wanted and cache:
            held = _good(self._cache.get(key), asked)
            if held is not None:
                return held
        kinds, whole = self._read(options)
        if wanted and whole:
            self._cache[key] = {"schema": _SCHEMA, "asked": asked, "hosts": kinds}
        return kinds

    def _read(self, options: t.Mapping[str, t.Any]) -> tuple[dict[str, Hosts], bool]:
        """What the cloud holds, and whether that is all. Raises AnsibleParserError for what cannot be read, unless options take a warning."""
        crew = Crew(options["max_concurrency"])
        memory = Memory(os.path.join(constants.DEFAULT_LOCAL_TMP, "gatehouse.huaweicloud"))
        try:
            readings = read(list(self._realms(options, memory, crew)), crew, (options.get("filters") or {}) if options["details"] else None)
        except InputError as error:
            raise AnsibleParserError(self._masked(str(error))) from None
        except Exception as error:
            # Ansible would show it beside the mask for secrets.
            told = f"This is a defect of gatehouse.huaweicloud: {type(error).__name__}: {error}. Please report it."
            raise AnsibleError(self._masked(told)) from None
        failed = [f"{reading.realm.words}: {error}" for reading in readings for error in reading.errors]
        if failed and (options["on_unreadable"] == "fail" or not any(reading.hosts for reading in readings)):
            rest = [f"and {len(failed) - _MOST_TOLD} more"] if len(failed) > _MOST_TOLD else []
            hint = " To go on without what cannot be read, set on_unreadable to warn." if any(reading.hosts for reading in readings) else ""
            raise AnsibleParserError(self._masked(f"This could not be read: {'; '.join([*failed[:_MOST_TOLD], *rest])}{hint}"))
        self._notes.warnings += [f"This could not be read, so the inventory lacks it: {one}" for one in failed]
        self._notes.warnings += list(_empty(readings))
        return merged(readings), not failed

    def _realms(self, options: t.Mapping[str, t.Any], memory: Memory, crew: Crew) -> t.Iterator[Realm]:
        """Every account with each of its regions and each enterprise project that is asked for. Raises InputError."""
        common = {name: options.get(name) for name in CONNECTION_ARGUMENTS}
        projects = (options.get("filters") or {}).get("enterprise_project_ids") or [None]
        kinds = tuple(kind for kind in KINDS if kind in options["include"])
        for account in options.get("accounts") or [{}]:
            own = {name: account[name] for name in CONNECTION_ARGUMENTS if account.get(name) not in (None, "")}
            # An agency of its own may well be assumed with the credentials of the file.
            begun = any(name in own for name in _CREDENTIALS if name != "assume_agency")
            connection = {**common, **(dict.fromkeys(_CREDENTIALS) if begun else {}), **own}
            regions = account.get("regions") or ([own["region"]] if "region" in own else None) or options.get("regions") or [connection.get("region")]
            environment = dict(os.environ)
            if len(set(regions)) > 1:
                # The id of a project is for one region.
                if connection.get("project_id"):
                    called = f" of the account {account['name']!r}" if account else ""
                    raise InputError(f"project_id{called}: it belongs to one region, and there are several. Leave it out, or list an account for each region.")
                environment = {name: value for name, value in environment.items() if name not in _client.VARIABLES["project_id"]}
            for region in dict.fromkeys(regions):
                for number, project in enumerate(dict.fromkeys(projects)):
                    said = {**connection, "region": region, **({"enterprise_project_id": project} if project else {})}
                    client = partial(client_for, said, environment, memory, self._notes, crew)
                    # Gateways are the same for each enterprise project.
                    here = kinds if number == 0 else tuple(kind for kind in kinds if kind != GATEWAYS)
                    if here:
                        yield Realm(account.get("name"), _region(said, environment), here, client, _caller(said, environment), project)

    def _fill(self, kinds: t.Mapping[str, Hosts], options: t.Mapping[str, t.Any]) -> None:
        """Put hosts into the inventory, with their variables and groups."""
        filters = options.get("filters") or {}
        for unknown in unknown_policies(kinds, filters):
            self._notes.warnings.append(f"filters.policies: there is no WAF policy {unknown}.")
        groups: dict[str, set[str]] = {}
        names = named(kinds)
        for kind in KINDS:
            if kind in options["include"]:
                hosts = names.get(kind, {})
                left = filtered(kind, hosts, filters)
                if hosts and not left:
                    self._notes.warnings.append(f"The filters leave none of the {len(hosts)} {kind}.")
                self._add(kind, left, options, groups)
        for name, sources in groups.items():
            if len(sources) > 1:
                self._notes.warnings.append(f"The group {name} is for {' and '.join(sorted(sources))}: their names differ in characters that no group has.")

    def _add(self, kind: str, hosts: t.Mapping[str, Variables], options: t.Mapping[str, t.Any], groups: dict[str, set[str]]) -> None:
        group = self.inventory.add_group(GROUPS[kind])
        for name, value in _HERE.items():
            self.inventory.set_variable(group, name, value)
        constructed = {name: self.get_option(name) for name in ("strict", "compose", "groups", "keyed_groups")}
        strict = constructed["strict"]
        for host in sorted(hosts):
            variables = {name: _value(value) for name, value in hosts[host].items()}
            self.inventory.add_host(host, group)
            # What is set by way of the inventory is looked at once more, for each variable of each host.
            held = self.inventory.get_host(host)
            for name, value in variables.items():
                held.set_variable(name, value)
            if kind == DOMAINS and options["default_groups"]:
                for prefix, source in DEFAULT_GROUPS:
                    if variables[source] not in (None, ""):
                        by_value = f"{prefix}_{variables[source]}"
                        self._join(host, by_value, groups)
            self._set_composite_vars(constructed["compose"], variables, host, strict)
            self._add_host_to_composed_groups(constructed["groups"], variables, host, strict)
            self._add_host_to_keyed_groups(constructed["keyed_groups"], variables, host, strict)

    def _join(self, host: str, group: str, groups: dict[str, set[str]]) -> None:
        name = self._sanitize_group_name(group)
        if name not in groups:
            self.inventory.add_group(name)
        groups.setdefault(name, set()).add(group)
        self.inventory.add_child(name, host)

    def _masked(self, text: str) -> str:
        return str(remove_values(text, _sources.forms_of(self._notes.secrets)))


def _region(said: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> str | None:
    return _client.chosen(said, environment, "region")


def _caller(said: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> str:
    """What is the same for all that prove who they are in the same way. It stays in this process."""
    try:
        source = _sources.source_from(said, environment)
    except GatehouseError:
        # The client will tell.
        return json.dumps(sorted(map(str, said.items())))
    return json.dumps([source.name, source.kind, sorted(source.parts.items())])


@lru_cache(maxsize=4096)
def _trusted(value: str) -> t.Any:
    """A text that ends as it stands; many domains have the same."""
    return trust_as_template(value)


def _value(value: t.Any) -> t.Any:
    """A value of the cloud as a variable: never a template, whatever is in it."""
    if isinstance(value, str):
        # A text that can be no template is trusted: ansible-inventory marks all others in its output, where not every reader knows the mark.
        return wrap_var(value) if "{" in value else _trusted(value)
    if isinstance(value, dict):
        return {name: _value(one) for name, one in value.items()}
    return [_value(one) for one in value] if isinstance(value, list) else value


def _empty(readings: t.Iterable[Reading]) -> t.Iterator[str]:
    """A warning for each realm without a host of a kind that it was read for."""
    for reading in readings:
        for kind, hosts in reading.hosts.items():
            if not hosts:
                hint = "Check region and enterprise_project_id: what belongs to another enterprise project looks absent."
                if kind == GATEWAYS:
                    # Who may not list them gets an empty list, not a refusal.
                    hint = "Check region, and that the caller may list gateways (apig:instances:list)."
                yield f"There are no {kind} in {reading.realm.words}. {hint}"


def _fingerprint(options: t.Mapping[str, t.Any]) -> str:
    """What a cache is good for: where is read and what, and by whom as far as that is no secret."""

    def open_only(said: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        return {name: value for name, value in said.items() if value is not None and name not in _sources.SECRET_OPTIONS}

    shaping = {name: options.get(name) for name in (*CONNECTION_ARGUMENTS, "regions", "details")}
    accounts = [open_only(account) for account in options.get("accounts") or ()]
    kinds = [kind for kind in KINDS if kind in options["include"]]
    filters = options.get("filters") or {}
    # With details, filters decide what is read.
    filters = filters if options["details"] else filters.get("enterprise_project_ids")
    families = [variable for family in _sources.FAMILIES for part, variable in family.items() if part not in _sources.SECRET_OPTIONS]
    others = [variable for listed in _client.VARIABLES.values() for variable in listed]
    services = (*_client.SERVICES, _sources.METADATA)
    endpoints = ["HW_ENDPOINT", *(f"HW_ENDPOINT_{service.upper()}" for service in services)]
    variables = (*families, *others, *_sources.AGENCY_VARIABLES.values(), *endpoints)
    told = [open_only(shaping), accounts, kinds, filters, {name: os.environ.get(name) for name in variables}]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode("utf-8", "surrogatepass")).hexdigest()


def _good(held: t.Any, asked: str) -> dict[str, Hosts] | None:
    """The hosts in a cache; None for what is another's, or of another version, or broken."""
    if not isinstance(held, dict) or held.get("schema") != _SCHEMA or held.get("asked") != asked:
        return None
    kinds = held.get("hosts")
    if not isinstance(kinds, dict) or not all(isinstance(hosts, list) and all(isinstance(host, dict) for host in hosts) for hosts in kinds.values()):
        return None
    return kinds
