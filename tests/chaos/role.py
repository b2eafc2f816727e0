# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role under bad weather, through the code of ansible-playbook in one process: python role.py SHARE FIRST LAST FOLDER tells the count as JSON.

The retries do not wait: the sleep is taken out before Ansible forks a process for each task.
"""

from __future__ import annotations

import copy
import importlib
import json
import os
import sys
import traceback
import typing as t
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import judge
import plays
import weather
from judge import Tally
from patience import no_waiting
from recordings import settings
from stories import ACCOUNT, OTHER, State, bound

HERE = Path(__file__).resolve().parent
SITE = HERE / "site.yml"
LIFETIME = 3600
_OURS = "ansible_collections.gatehouse.huaweicloud.plugins.action"
_ACTIONS = sorted((plays.ROOT / "plugins" / "action").glob("*.py"))
# One after the other: the site comes, and goes.
PLAYBOOKS = ("onboard", "offboard")
# A task that only reads is not asked what it wrote. The role tells, after what its task said, how far it came.
_READS = ("_info", "waf_domain_check")
_REACHED = "Carried out whole before that: "
# No domain of the site is led to WAF, or it would not be removed.
_DNS = [{"name": f"{name}.example.com", "type": "A", "value": "192.0.2.1"} for name in ("docs", "ledger", "retired")]
# What the site names and finds: removed, changed, or as it shall be.
_OLD_POLICIES = [{"id": "old-6", "name": "retired"}, {"id": "old-7", "name": "checkout", "level": 1, "options": {"cc": False}}]
_OLD_ACLS = [
    {"id": f"old-{name}", "acl_name": name, "acl_type": kind, "entity_type": "IP", "acl_value": "192.0.2.50", "bindings": [bound(api, "RELEASE", "old")]}
    for name, kind, api in (("retired", "DENY", "catalogue"), ("offices", "PERMIT", "returns"))
]
_OLD_DOMAINS = [
    {"id": "old-9", "hostname": "docs.example.com", "mode": "cloud", "policy": "storefront", "description": "docs", "protect_status": 0, "server": [OTHER]},
    {"id": "old-10", "hostname": "retired.example.com", "mode": "cloud", "policy": "retired", "server": [OTHER]},
]
_OLD_RULES = [
    {"id": "old-1", "name": "retired", "geoip": "Peru", "white": 0},
    {"id": "old-2", "name": "review", "geoip": "Angola|SD", "white": 1, "status": 1, "description": "left alone"},
]
_OLD_ACCESS = {
    "policy_id": "old-4",
    "policy_name": "offices",
    "access_control_type": "IP_WHITE_LIST",
    "is_enable": True,
    "is_block_all": False,
    "ip_list": [{"ip_address": f"192.0.2.{number}", "subnet_mask": "255.255.255.255"} for number in (4, 5, 6, 7)],
    "objects": [],
}


def bare() -> State:
    """The account without what the site names, but for domains whose progress it tells."""
    return {**copy.deepcopy(ACCOUNT), "dns": _DNS}


def drifted() -> State:
    """The account with objects that the site names."""
    account = bare()
    account["policies"][0]["geoip_rules"] += _OLD_RULES
    account["policies"] += _OLD_POLICIES
    account["domains"] += _OLD_DOMAINS
    account["gateways"][0]["acls"] += _OLD_ACLS
    account["workspace"]["policies"].append(_OLD_ACCESS)
    return account


@dataclass
class Port:
    """An emulator on a port, and its DNS."""

    url: str
    dns: str

    def ask(self, method: str, what: str, body: t.Any = None) -> t.Any:
        """The answer of a control endpoint."""
        content = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/_emulator/{what}", content, method=method), timeout=60) as answer:
            return json.loads(answer.read())


@dataclass(frozen=True)
class Ended:
    """A run of a playbook: whether it succeeded, a task changed something or the secret was told, its failures by what failed, and what was printed."""

    succeeded: bool
    changed: bool
    leaked: bool
    failures: tuple[tuple[str, str], ...]
    output: str

    @property
    def messages(self) -> list[str]:
        """What the failures say."""
        return [message for _action, message in self.failures]


def amiss(action: str, message: str) -> str | None:
    """What is wrong with the words of a failure in a playbook."""
    wrong = judge.amiss(message)
    if action == "ansible.builtin.fail" and _REACHED not in message:
        return wrong or "it does not say how far it came"
    return None if action.endswith((*_READS, ".fail")) and wrong != judge.DEFECT else wrong


def played(folder: Path, cloud: Port, playbook: str) -> Ended:
    """A run of a playbook, in a fork of this process, which has imported everything already."""
    recording = folder / "recording"
    recording.write_text("", encoding="ascii")
    variables = {"site_file": str(SITE), "connection_options": _connection(cloud), "site_check": {"resolver": [cloud.dns]}}
    (folder / "variables.json").write_text(json.dumps(variables), encoding="ascii")
    words = ["ansible-playbook", "--extra-vars", f"@{folder / 'variables.json'}", str(plays.ROOT / "playbooks" / f"{playbook}.yml")]
    output = folder / "output"
    process = os.fork()
    if not process:
        _play(words, output)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    recorded = recording.read_text(encoding="utf-8")
    results = [json.loads(line) for line in recorded.splitlines()]
    items = [line for line in results if "results" not in line["result"]]
    failed = [line for line in items if line["event"].endswith("failed")]
    changed = any(line["result"].get("changed") for line in items)
    said = output.read_text(encoding="utf-8")
    return Ended(status == 0, changed, plays.SECRET in said + recorded, tuple((line["action"], str(line["result"].get("msg"))) for line in failed), said)


def _play(words: list[str], output: Path) -> t.NoReturn:
    """What ansible-playbook does, and the end of this process."""
    from ansible.cli.playbook import PlaybookCLI

    status = 1
    try:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(handle, stream)
        status = PlaybookCLI(words).run()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _connection(cloud: Port) -> dict[str, t.Any]:
    return {
        "access_key": "GATEHOUSEDEMOKEY0001",
        "secret_key": plays.SECRET,
        "region": "cn-north-4",
        "endpoints": dict.fromkeys(("waf", "apig", "workspace", "iam"), cloud.url),
    }


# What a state says that depends on ids and times.
_DRAWN = ("id", "policy_id", "bind_id", "api_id", "env_id", "create_time", "access_code")


def plain(state: t.Any) -> t.Any:
    """A state without what the order of requests decides: new ids, times, and the order of lists."""
    if isinstance(state, dict):
        return {name: plain(value) for name, value in state.items() if name not in _DRAWN}
    if isinstance(state, list):
        return sorted((plain(item) for item in state), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(state, str) and ("|" in state or "," in state):
        return sorted(state.replace("|", ",").split(","))
    return state


def objects(state: State) -> dict[str, list[str]]:
    """The objects of each kind and place by name, each with everything it holds."""
    found: dict[str, list[str]] = {}
    policies = [{key: value for key, value in policy.items() if not key.endswith("_rules")} for policy in state["policies"]]
    acls = [(gateway, acl) for gateway in state["gateways"] for acl in gateway["acls"]]
    shelves = [
        ("policy", policies, "name"),
        *((f"{policy['name']} {kind}", policy[kind], "name") for policy in state["policies"] for kind in ("geoip_rules", "ip_reputation_rules")),
        *((gateway["name"], [{key: value for key, value in acl.items() if key != "bindings"}], "acl_name") for gateway, acl in acls),
        *((f"{gateway['name']} {acl['acl_name']} {one['env_name']}", [one], "api_name") for gateway, acl in acls for one in acl["bindings"]),
        *((f"{mode} domain", [one for one in state["domains"] if one["mode"] == mode], "hostname") for mode in ("cloud", "premium")),
        ("access", state["workspace"]["policies"], "policy_name"),
    ]
    for place, shelf, label in shelves:
        for one in shelf:
            found.setdefault(f"{place} {one.get('access_control_type', '')} {one[label]}", []).append(json.dumps(one, sort_keys=True))
    return found


@dataclass
class Campaign:
    """The site made with many seeds, at one share of faults."""

    cloud: Port
    folder: Path
    share: float
    tally: Tally = field(default_factory=Tally)

    def tell(self, seeds: t.Iterable[int]) -> Tally:
        """Make the site come and go with each seed, in turns from an account without it and from one with other values."""
        accounts = (bare(), drifted())
        declared = [self._declared(account) for account in accounts]
        for seed in seeds:
            self.tally.seeds += 1
            state = self.cloud.ask("POST", "reset", accounts[seed % 2])
            for playbook, wanted in zip(PLAYBOOKS, declared[seed % 2]):
                if not self._one(seed, playbook, state, wanted):
                    break
                state = self.cloud.ask("GET", "state")
        return self.tally

    def _declared(self, account: State) -> list[State]:
        """What the site leads to in fine weather, once it has come and once it has gone again, with nothing of it left."""
        before = objects(self.cloud.ask("POST", "reset", account))
        states = []
        for playbook in PLAYBOOKS:
            ended = played(self.folder, self.cloud, playbook)
            if not ended.succeeded:
                raise SystemExit(f"In fine weather the playbook {playbook} fails:\n{ended.output}")
            states.append(t.cast("State", self.cloud.ask("GET", "state")))
        left = sorted(set(objects(states[-1])) - set(before))
        if left:
            raise SystemExit(f"In fine weather the site leaves behind: {left}")
        return states

    def _one(self, seed: int, playbook: str, state: State, declared: State) -> bool:
        """Run a playbook until it succeeds; whether it has, as declared."""
        # What no run in fine weather has touched is nobody's business.
        lasting = objects(declared)
        neighbours = {name: held for name, held in objects(state).items() if lasting.get(name) == held}
        unexcused = 0
        for runs in range(1, judge.MOST_RUNS + 1):
            where = f"{playbook}, run {runs}"
            ended = self._run(playbook, weather.rules(self.share, "role", playbook, seed, runs))
            self._look(seed, where, neighbours)
            if ended.leaked:
                self.tally.leaks += 1
                self._violated(seed, f"{where}: a secret is told")
            if ended.succeeded:
                self.tally.fulfilled(runs)
                break
            self.tally.failures += 1
            for action, message in ended.failures:
                wrong = amiss(action, message)
                if wrong:
                    self.tally.wordless += 1
                    self._violated(seed, f"{where}: {wrong}: {action}: {message}")
            unexcused += not all(judge.excused(message) for message in ended.messages)
            if unexcused > judge.MOST_FAILURES or not ended.messages:
                self._violated(seed, f"{where}: {unexcused} runs failed, the last with: {ended.messages or ended.output}")
                return False
        else:
            self._violated(seed, f"{playbook}: {judge.MOST_RUNS} runs were not enough")
            return False
        now = self.cloud.ask("GET", "state")
        if plain(now) != plain(declared):
            self._violated(seed, f"{where}: the site is not as declared but {now}")
            return False
        ended = self._run(playbook, [])
        writes = [entry["operation"] for entry in self.cloud.ask("GET", "journal") if entry["write"]]
        if not ended.succeeded or ended.changed or writes:
            self._violated(seed, f"{playbook}: one more run in fine weather wrote {writes}: {ended.output}")
        return True

    def _run(self, playbook: str, rules: list[dict[str, t.Any]]) -> Ended:
        self.cloud.ask("DELETE", "faults")
        self.cloud.ask("DELETE", "journal")
        self.cloud.ask("POST", "faults", rules)
        ended = played(self.folder, self.cloud, playbook)
        self.tally.heard(self.cloud.ask("GET", "journal"))
        return ended

    def _look(self, seed: int, where: str, neighbours: t.Mapping[str, list[str]]) -> None:
        now = objects(self.cloud.ask("GET", "state"))
        twice = [name for name, held in now.items() if len(held) > 1]
        if twice:
            self.tally.duplicates += 1
            self._violated(seed, f"{where}: it is there twice: {twice}")
        changed = [name for name, held in neighbours.items() if now.get(name) != held]
        if changed:
            self.tally.foreign += 1
            self._violated(seed, f"{where}: something else has changed: {changed}")

    def _violated(self, seed: int, what: str) -> None:
        self.tally.violations.append(f'make chaos ARGS="--seed {seed} --share {self.share} --only role": {what}')


def told(share: float, seeds: t.Iterable[int], folder: Path) -> Tally:
    """What came of the role with these seeds. The process is given up to it: its environment, its folder, and where it finds collections."""
    (folder / "ansible.cfg").write_text(settings(plays.ROOT / "tests" / "callback", folder / "recording"), encoding="utf-8")
    surroundings = plays.surroundings(folder, ANSIBLE_CONFIG=str(folder / "ansible.cfg"))
    os.environ.clear()
    os.environ.update(surroundings)
    os.chdir(folder)
    from ansible.plugins.loader import init_plugin_loader

    # Before ours are imported: Ansible would import them once more.
    init_plugin_loader()
    for name in ("ansible.cli.playbook", "ansible.executor.playbook_executor", *(f"{_OURS}.{path.stem}" for path in _ACTIONS)):
        importlib.import_module(name)
    with no_waiting(), plays.emulator_with("dns", lifetime=LIFETIME) as ports:
        return Campaign(Port(f"http://127.0.0.1:{ports['api']}", f"127.0.0.1:{ports['dns']}"), folder, share).tell(seeds)


if __name__ == "__main__":
    print(json.dumps(vars(told(float(sys.argv[1]), range(int(sys.argv[2]), int(sys.argv[3]) + 1), Path(sys.argv[4]).resolve()))))
