# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people and their templates may write into a task: wishes that make sense, with some options replaced by what makes none.

Options are read from the declarations, and sensible values from the cases of the laws, so that a new module or option joins by itself.
"""

from __future__ import annotations

import importlib
import typing as t
from dataclasses import dataclass

from hypothesis import strategies as st

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import CONNECTION_ARGUMENTS, SERVICES
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import Declaration
from cloud import CONNECTION, MODULE_FILES, URL
from doors import PLUGINS
from test_laws import CASES, Case
from wishes import SETS

Options = dict[str, t.Any]
Argument = t.Mapping[str, t.Any]

MODULES = sorted(path.stem for path in MODULE_FILES.glob("*.py"))
SECRETS = (CONNECTION["secret_key"], "fake-drawn-secret-0001", "fake drawn secret 0002")

# What YAML makes of words without quotes, and numbers in the notations that it knows.
_PLAIN = (False, True, None, 0, 1, -1, 493, 10**20, 1.0, 1e3, 1e300, -0.5, float("inf"), 20260101)
_NESTED: tuple[t.Any, ...] = (
    [],
    {},
    [[]],
    [{}],
    {"": ""},
    {"a": {"b": [1, None]}},
    [["a", ["b"]]],
    [None],
    [False, "CA"],
    [1.0, 0],
    [{"name": "anna"}],
    {"type": "user", "name": "anna"},
    [{"type": ["user"], "name": {}}],
)
_WORDS = (
    *(
        "",
        " ",
        "  a",
        "a ",
        "\t",
        "\n",
        "a\nb",
        "a\r\nX-Auth-Token: b",
        "\x00",
        "a\x00b",
        "\x1b[31m",
        "\x7f",
        "\ud800",
        "a\udfff",
        "e\u0301",
        "\u00e9",
        "\u00df",
    ),
    *(
        "\u0130",
        "\ufb01",
        "\u202egpj",
        "\u05e9\u05dc\u05d5\u05dd",
        "\u200b",
        "\ufeff",
        "\u00a0",
        "\u2028",
        "\u4e2d\u56fd",
        "\uff11\uff12",
        "\u0663",
        "\U0001f6a7",
    ),
    *("\U0001f469\u200d\U0001f469\u200d\U0001f467", "null", "~", "NO", "No", "False", "True", "yes", "off", "0755", "1e3", "1_000", "0x10", "2026-01-01"),
    *(
        "2026-01-01T00:00:00+00:00",
        "12:34:56",
        ".",
        "..",
        "../..",
        "%2e%2e",
        "a/b",
        "a?b=c",
        "a#b",
        "a%00b",
        "a&b",
        "a=b",
        "a;b",
        "'",
        '"',
        "\\",
        "`",
        "<b>",
        "$HOME",
    ),
    *(
        "{{ 7 * 7 }}",
        "{% raw %}",
        "{0}",
        "%s",
        "%(a)s",
        "' or 1=1 --",
        "a|b",
        "a,b",
        "None",
        "nan",
        "[]",
        "{}",
        "{",
        '{"a": 1}',
        "a=1 b=2",
        "x" * 65,
        "x" * 129,
    ),
    *(
        "x" * 3000,
        "\u00e9" * 300,
        "1" * 4000,
        "~/x",
        "/",
        "/etc/hostname",
        "/nonexistent",
        "0" * 32,
        "a" * 32,
        "all_granted_eps",
        "default",
        "*",
        "-",
        "_",
        "--",
        "\\u0000",
    ),
)
_ADDRESSES = (
    *("192.0.2.7/24", "192.0.2.0/255.255.255.0", "192.0.2.0/0.0.0.255", "010.0.0.1", "0x7f.1", "127.1", "2130706433", "::ffff:192.0.2.1", "fe80::1%eth0"),
    *(
        "fe80::1%eth0-fe80::5",
        "2001:DB8::/64",
        "192.0.2.9-192.0.2.1",
        "192.0.2.1-192.0.2.9",
        "192.0.2.1 - 192.0.2.9",
        "0.0.0.0/0",
        "0.0.0.0",
        "255.255.255.255",
    ),
    *(
        "192.0.2.1/33",
        "192.0.2.1/-1",
        "192.0.2.1/",
        "/24",
        "::/0",
        "192.0.2.1\u2013192.0.2.9",
        "\uff11\uff19\uff12.0.2.1",
        "192.0.2.1:443",
        "http://192.0.2.1",
        "192.0.2.1/24/24",
    ),
    *("192.0.2.1-192.0.2.1", "192.0.2.1-2001:db8::1", "-", "192.0.2.1-", "[2001:db8::1]", "192.0.2.1/ 24", "192.0.2.1,192.0.2.2", "1.2.3.4\n"),
)
_URLS = (
    *(
        URL,
        f"{URL}/",
        f"{URL}/elsewhere",
        "http://cloud.test:0",
        "http://cloud.test:99999",
        "http://[::1",
        "http://[::1]:80",
        "https://",
        "cloud.test",
        "ftp://cloud.test",
    ),
    *(
        "http://user:word@cloud.test",
        f"{URL}?a=b",
        f"{URL}#a",
        "http://a b",
        "http://\u00e9.test",
        "http://cloud..test",
        "http://-cloud.test",
        "http://a\nb",
        "//cloud.test",
        "\x00",
    ),
)


# One that can be made, one below, one below a file, and none.
A_FILE = "file"
_FOLDERS = ("kept", "kept/below", f"{A_FILE}/below", "")
# Requests side by side get ids in any order: what can be is one at a time.
_AT_ONCE = (1, "1", 1.0, 0, -1, 65, 10**30, "", "many", [], None)


@dataclass(frozen=True)
class Input:
    """A task, and a task that has been carried out before it."""

    module: str
    options: Options
    before: Options | None = None


def declared(module: str) -> Declaration:
    """The declaration of a module."""
    return t.cast(Declaration, importlib.import_module(f"{PLUGINS}.modules.{module}").DECLARATION)


def needs(module: str) -> Argument:
    """What the account holds beside the demo account for a module or its twin."""
    return next((case.needs for case in CASES if case.module in SETS.get(module, (module.removesuffix("_info"),))), {})


def _set_cases(module: str) -> list[Case]:
    """Sets of the wishes of the laws, as the wishes of a module about sets. One request at a time, so that the cloud chooses the same ids each time."""
    made = []
    for single in SETS[module]:
        case = next(one for one in CASES if one.module == single)
        own = {name: value for name, value in case.identity.items() if name not in case.place}
        first, second = {**own, **case.first}, {**own, **case.first, **case.second}
        listed: tuple[t.Any, ...] = ([first], [second], [first, {**second, "name": "another"}], [{**own, "state": "absent"}])
        if module == "waf_ruleset":
            listed = tuple([{**case.place, f"{single.removeprefix('waf_')}s": items}] for items in listed)
        name = "policies" if module == "waf_ruleset" else "acls" if module == "apig_acls" else "rules"
        place = {} if module == "waf_ruleset" else dict(case.place)
        made += [Case(module, "", {**place, "max_concurrency": 1}, {name: items}, {name: other}) for items, other in zip(listed, listed[1:])]
    return made


SET_CASES = {module: _set_cases(module) for module in SETS}


def _sensible() -> dict[str, list[t.Any]]:
    """Values that make sense, by option."""
    found: dict[str, list[t.Any]] = {}
    for case in [*CASES, *(one for listed in SET_CASES.values() for one in listed)]:
        for wish in (case.identity, case.first, case.second, case.sets, case.lasting):
            for name, value in wish.items():
                found.setdefault(name, []).append([value] if name in case.sets and wish is case.sets else value)
        if case.renamed:
            found["name"].append(case.renamed)
    return {**found, **{name: [value] for name, value in CONNECTION.items()}}


SENSIBLE = _sensible()
_TEXTS = st.one_of(st.sampled_from(_WORDS), st.sampled_from(_WORDS), st.sampled_from(_ADDRESSES), st.text(st.characters(), max_size=12))
_VALUES = st.one_of(st.sampled_from(_PLAIN), st.sampled_from(_NESTED), st.sampled_from(_WORDS), st.sampled_from(_URLS))
_MANY = st.builds(
    lambda count, start: [f"10.{start}.{n // 250}.{n % 250}" for n in range(count)], st.sampled_from((99, 101, 999, 1001, 3000)), st.integers(0, 9)
)


def fitting(name: str, argument: Argument) -> st.SearchStrategy[t.Any]:
    """Values of the type of an option, sensible or not."""
    kind = argument.get("type", "str")
    if name == "backup_dir":
        # Relative to the folder of the test: nothing is written elsewhere.
        return st.sampled_from(_FOLDERS)
    if name == "max_concurrency":
        return st.sampled_from(_AT_ONCE)
    if name == "endpoints":
        return st.dictionaries(st.sampled_from((*SERVICES, "ecs", "")), st.one_of(st.sampled_from(_URLS), _VALUES), max_size=4)
    strategies: list[st.SearchStrategy[t.Any]] = [st.sampled_from(argument["choices"])] if argument.get("choices") else []
    if name in SENSIBLE:
        strategies.append(st.sampled_from(SENSIBLE[name]))
    if argument.get("no_log"):
        strategies.append(st.sampled_from(SECRETS))
    if kind == "bool":
        strategies.append(st.sampled_from((True, False, "yes", "no", "on", "0", 1, 0, "maybe", 2)))
    elif kind == "int":
        strategies.append(st.one_of(st.integers(-2, 5), st.sampled_from((3600, 3601, 10**30, "7", " 7", "7.0", 7.0, 7.5, "\u0663", "1" * 5000))))
    elif kind == "list":
        member = {"type": argument.get("elements", "str"), **({"options": argument["options"]} if "options" in argument else {})}
        strategies.append(st.lists(fitting(name, member) if member["type"] == "dict" else st.one_of(_TEXTS, st.sampled_from(_members(name))), max_size=5))
        strategies.append(_mixed(name))
        strategies.append(_MANY)
    elif kind == "dict" and "options" in argument:
        options = {inner: st.one_of(fitting(inner, one), _VALUES) for inner, one in argument["options"].items()}
        strategies.append(st.fixed_dictionaries({}, optional={**options, "typo": _VALUES}))
    elif not argument.get("choices"):
        strategies.append(_TEXTS)
    return st.one_of(strategies)


def _members(name: str) -> list[t.Any]:
    return [member for value in SENSIBLE.get(name, []) for member in (value if isinstance(value, list) else [value])] or ["a"]


def _mixed(name: str) -> st.SearchStrategy[list[t.Any]]:
    """A sensible list in which one member is what YAML or a template made of it."""
    sensible = st.lists(st.sampled_from(_members(name)), max_size=3)
    return st.builds(lambda first, odd, last: [*first, odd, *last], sensible, st.one_of(_VALUES, _TEXTS), sensible)


# What the demo account holds, by option.
_THERE = {
    "domain": "shop.example.com",
    "site": {"onboarding_policies": [{"name": "storefront"}], "onboarding_acls": [], "onboarding_waf_domains": [{"domain": "shop.example.com"}]},
}


@st.composite
def inputs(draw: st.DrawFn, module: str) -> Input:
    """Tasks for a module: from sensible ones to those in which nothing is."""
    spec = declared(module).argument_spec
    # What is no resource has no case; what it cannot do without is there all the same, and in the account.
    needed = {name: _THERE[name] for name, argument in spec.items() if argument.get("required") and name in _THERE}
    cases = SET_CASES.get(module) or [case for case in CASES if case.module == module.removesuffix("_info")] or [Case(module, "", needed, {}, {})]
    case = draw(st.sampled_from(cases))
    wish = {**case.identity, **draw(st.sampled_from((case.first, case.second, {}, {**case.first, **case.second})))}
    options = {**CONNECTION, **{name: value for name, value in wish.items() if name in spec}}
    own = sorted(name for name in spec if name not in CONNECTION_ARGUMENTS) or sorted(spec)
    # The options of the connection are many, and most odd values of them end the task: they are drawn as often as one of the others.
    names = st.one_of(st.sampled_from(own), st.sampled_from(own), st.sampled_from(own), st.sampled_from(sorted(CONNECTION_ARGUMENTS)))
    for name in draw(st.lists(names, max_size=draw(st.sampled_from((1, 2, 4))), unique=True)):
        argument = spec[name]
        called = draw(st.sampled_from([name, name, *argument.get("aliases", [])]))
        fate = draw(st.sampled_from(("fits", "fits", "fits", "fits", "odd", "left out")))
        fate = "fits" if name in ("backup_dir", "max_concurrency") else fate
        if called != name or fate == "left out":
            options.pop(name, None)
        if fate != "left out":
            options[called] = draw(fitting(name, argument) if fate == "fits" else _VALUES)
    if draw(st.integers(0, 24)) == 0:
        options[draw(st.sampled_from(("typo", "", "State", "\u00e9")))] = draw(_VALUES)
    before = case.wish if module.removesuffix("_info") in MODULES else None
    return Input(module, options, draw(st.sampled_from((None, before))))
