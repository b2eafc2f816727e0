# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The border with Ansible: options in, a result or a failure out."""

from __future__ import annotations

import functools
import json
import os
import re
import traceback
import typing as t
from dataclasses import dataclass, field

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.common.validation import check_type_list
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._caller import caller
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import CONNECTION_ARGUMENTS, Client, Notes, client_for
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import GatehouseError, MissingLibrary
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import shown
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import (
    Action,
    Outcome,
    Report,
    Resource,
    ensure_absent,
    ensure_present,
    listed,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sources import forms_of, secrets_in

Options = t.Mapping[str, t.Any]
Result = dict[str, t.Any]

_REPORT = "Please report it with its traceback, which -vvv shows (from ansible-core 2.19 on: ANSIBLE_DISPLAY_TRACEBACK=error)."
# Half of a pair of surrogates.
_HALF = re.compile("[\ud800-\udfff]")
# Items that a message names.
_MOST_NAMED = 5
STATE = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}


@dataclass(frozen=True)
class Context:
    """What a door hands over: validated options, the modes, the environment of the task, and what tasks may share.

    notes grow while the task is carried out; the door masks the secrets in them.
    """

    options: Options
    check_mode: bool = False
    diff_mode: bool = False
    environment: t.Mapping[str, str] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    notes: Notes = field(default_factory=Notes)


@dataclass(frozen=True)
class Declaration:
    """A module: its arguments, the rules between them, and what it does with a client. Both doors work from this.

    lacking are the libraries that it alone needs and that are not there.
    """

    argument_spec: t.Mapping[str, t.Mapping[str, t.Any]]
    carry_out: t.Callable[[Client, Context], Result]
    required_one_of: tuple[tuple[str, ...], ...] = ()
    lacking: tuple[str, ...] = ()


class Failed(Exception):
    """A task that failed, as the result to return. A missing library is told in Ansible's own words."""

    def __init__(self, result: Result) -> None:
        super().__init__(result["msg"])
        self.result = result


def is_planned(context: Context) -> bool:
    """Whether what an object belongs to may be missing: in check mode, and where the object shall not be."""
    return bool(context.options.get("planned")) and (context.check_mode or context.options.get("state") == "absent")


def resource_module(resource: Resource) -> Declaration:
    """The declaration of the module that makes one object of a resource be or not be."""
    name = resource.fields[0].name

    def carry_out(client: Client, context: Context) -> Result:
        options = context.options
        store = resource.store(client, {**options, "planned": is_planned(context)})
        ensure = ensure_absent if options["state"] == "absent" else ensure_present
        outcome = ensure(resource, store, options, context.check_mode)
        if resource.afterwards and options["state"] == "present":
            outcome = resource.afterwards(store, options, outcome, context.check_mode)
        return _told(resource.kind, outcome, context)

    return Declaration(
        {
            **CONNECTION_ARGUMENTS,
            **STATE,
            **resource.arguments(),
        },
        carry_out,
        required_one_of=((name, "id"),),
    )


def info_module(resource: Resource) -> Declaration:
    """The declaration of the twin that lists the objects of a resource."""

    def carry_out(client: Client, context: Context) -> Result:
        store = resource.store(client, context.options)
        return {"changed": False, resource.plural: listed(resource, store, context.options)}

    return Declaration(
        {
            **CONNECTION_ARGUMENTS,
            **{place.name: place.argument for place in resource.places},
            "id": {"type": "str"},
            **{name: resource.options[name].argument for name in resource.finders},
        },
        carry_out,
    )


def action_module(action: Action) -> Declaration:
    """The declaration of a module over plain functions."""

    def carry_out(client: Client, context: Context) -> Result:
        return _told(action.kind, action.ensure(client, context.options, context.check_mode), context)

    return Declaration({**CONNECTION_ARGUMENTS, **action.arguments}, carry_out)


def action_info_module(action: Action) -> Declaration:
    """The declaration of its info twin."""

    def carry_out(client: Client, context: Context) -> Result:
        return {"changed": False, action.plural: list(action.listed(client, context.options))}

    return Declaration({**CONNECTION_ARGUMENTS, **action.asked}, carry_out)


def report_module(report: Report) -> Declaration:
    """The declaration of a module that only tells something."""

    def carry_out(client: Client, context: Context) -> Result:
        return {"changed": False, report.key: report.told(client, context.options)}

    return Declaration({**CONNECTION_ARGUMENTS, **report.arguments}, carry_out, lacking=report.lacking)


def facts_module(report: Report) -> Declaration:
    """The declaration of a module that only tells, several things at once: its report gives all of the result, by key."""

    def carry_out(client: Client, context: Context) -> Result:
        return {"changed": False, **report.told(client, context.options)}

    return Declaration({**CONNECTION_ARGUMENTS, **report.arguments}, carry_out, lacking=report.lacking)


def fitting(arguments: t.Mapping[str, t.Mapping[str, t.Any]], required_one_of: t.Sequence[t.Sequence[str]], said: Options) -> Result:
    """What is said where no task says it, as a task with these arguments would take it. Raises ValueError with Ansible's reason."""
    validator = ArgumentSpecValidator(
        {name: dict(argument) for name, argument in arguments.items()}, required_one_of=[list(names) for names in required_one_of]
    )
    try:
        checked = validator.validate(dict(said))
        # A number of more digits than Python writes is no value.
        json.dumps(checked.validated_parameters)
    except Exception:
        # Some values break Ansible's own checks.
        raise ValueError("it holds a value that cannot be checked.") from None
    if checked.error_messages:
        unknown = "Unsupported parameters: " if isinstance(checked.errors[0], UnsupportedError) else ""
        raise ValueError(unknown + " ".join(checked.error_messages[0].split()).rstrip(".") + ".")
    return {name: value for name, value in checked.validated_parameters.items() if value is not None}


def caller_module() -> Declaration:
    """The declaration of the module that tells who calls."""

    def carry_out(client: Client, context: Context) -> Result:
        del context
        return {"changed": False, "caller": caller(client)}

    return Declaration(dict(CONNECTION_ARGUMENTS), carry_out)


def _told(kind: str, outcome: Outcome, context: Context) -> Result:
    result: Result = {"changed": outcome.changed, kind: dict(outcome.after)}
    if context.diff_mode:
        result["diff"] = {"before": dict(outcome.before), "after": dict(outcome.after)}
    return result


def execute(declaration: Declaration, context: Context) -> Result:
    """Carry a task out. Raises Failed with the result of a failure, whatever it is. Warnings are part of either."""
    try:
        return _with_warnings(_carried_out(declaration, context), context.notes)
    except Failed as failure:
        failure.result = _with_warnings(failure.result, context.notes)
        raise


def _carried_out(declaration: Declaration, context: Context) -> Result:
    try:
        client = client_for(context.options, context.environment, context.memory, context.notes)
        return declaration.carry_out(client, context)
    except MissingLibrary as error:
        raise Failed({"msg": missing_required_lib(error.library), "exception": error.details}) from None
    except GatehouseError as error:
        result: Result = {"msg": str(error), **error.report}
        if error.facts is not None:
            result["api_error"] = error.facts
        raise Failed(result) from error
    except Exception as error:
        # A defect of ours. Only a result passes through the mask for secrets, so a traceback must not get out beside it.
        told = f"This is a defect of gatehouse.huaweicloud: {type(error).__name__}: {error}. What the task did before it is not undone. {_REPORT}"
        raise Failed({"msg": told, "exception": traceback.format_exc()}) from error


def _with_warnings(result: Result, notes: Notes) -> Result:
    return {**result, "warnings": list(notes.warnings)} if notes.warnings else result


def no_text(parameters: Options) -> str | None:
    """The first option with a text that no encoding of Unicode can hold: half of a pair of surrogates, which escapes in JSON can spell."""
    for name, value in parameters.items():
        if _HALF.search(json.dumps([name, value], ensure_ascii=False)):
            return name
    return None


def said(parameters: Options) -> dict[str, t.Any]:
    """What a task says, before its types are checked: an empty option of the connection counts as not set, for AWX renders an unfilled field so."""
    return {name: value for name, value in parameters.items() if not (value == "" and name in CONNECTION_ARGUMENTS)}


def items_meant(argument_spec: Options, parameters: Options, refusal: ValidationResult) -> str:
    """The beginning of a message: the items of lists that Ansible means when it refuses the options of a task, for its own words name none of them.

    Looked for once it has refused: each item is checked alone, and is meant when it is refused with the same words.
    """

    def is_meant(alone: Options) -> bool:
        errors = ArgumentSpecValidator({name: dict(argument_spec[name]) for name in alone}).validate(alone).errors
        if not errors.errors:
            return False
        # Unknown options are told for all items together.
        return bool(isinstance(errors[0], UnsupportedError) if isinstance(refusal.errors[0], UnsupportedError) else errors.msg == refusal.errors.msg)

    found = list(_items_meant(argument_spec, parameters, "", is_meant))
    rest = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return f"{', '.join(found[:_MOST_NAMED])}{rest}: " if found else ""


def _items_meant(argument_spec: Options, options: Options, of: str, is_meant: t.Callable[[Options], bool]) -> t.Iterator[str]:
    """The items of the lists in some options, at every depth, that are meant."""
    for name, argument in argument_spec.items():
        inner = argument.get("options", {})
        # What an item is called by: an option of its own choice.
        finders = ("name", "id", *(one for one, below in inner.items() if below.get("required") and "choices" not in below))
        for number, item in enumerate(_listed(argument, options.get(name)), 1):
            parts = item if isinstance(item, dict) else {}
            lists = {one: below for one, below in inner.items() if _listed(below, parts.get(one))}
            called = next((f" ({shown(str(parts[one]))})" for one in finders if parts.get(one)), "")
            bare = {one: value for one, value in parts.items() if one not in lists} if parts else item
            if is_meant({name: [bare]}):
                yield f"item {number} of {name}{of}{called}"
            else:
                yield from _items_meant(lists, parts, f" of {name} item {number}{called}", functools.partial(_with, is_meant, name, bare))


def _listed(argument: Options, value: t.Any) -> list[t.Any]:
    """The items in a value of an option; none where it lists none."""
    try:
        return list(check_type_list(value)) if argument.get("elements") == "dict" and value is not None else []
    except TypeError:
        return []


def _with(is_meant: t.Callable[[Options], bool], name: str, bare: Options, below: Options) -> bool:
    """Whether what is below is meant, in an item that has nothing else to be looked at."""
    return is_meant({name: [{**bare, **below}]})


class _Module(AnsibleModule):  # type: ignore[misc]  # ansible-core ships no types
    """AnsibleModule that masks the secrets of the environment as it masks those of the task, and takes empty connection options as not set."""

    params: dict[str, t.Any]

    def _load_params(self) -> None:
        super()._load_params()
        odd = no_text(self.params)
        if odd is not None:
            self.params = {}
            self.fail_json(f"{odd!r} holds half of a pair of surrogates (U+D800 to U+DFFF), which is no character. Mend the text that it comes from.")
        self.params = said(self.params)
        # Ansible puts what it makes of the options in the place of what was said.
        self._said = dict(self.params)
        # Before Ansible tells the log of the system what it was called with.
        self.hide_secrets()

    def hide_secrets(self, others: t.Iterable[str] = ()) -> None:
        """Mask the secrets of the task and of its environment, and others that came up on the way."""
        self.no_log_values.update(secrets_in(self.params, os.environ, self.argument_spec), forms_of(others))

    def fail_json(self, msg: str, **kwargs: t.Any) -> t.NoReturn:
        self.hide_secrets()
        refusal = getattr(self, "validation_result", None)
        if refusal is not None and refusal.errors.errors:
            msg = items_meant(self.argument_spec, self._said, refusal) + msg
        super().fail_json(msg, **kwargs)
        raise SystemExit(1)


def run(declaration: Declaration) -> None:
    """The module door: a process of its own for one task."""
    module = _Module(
        argument_spec={name: dict(argument) for name, argument in declaration.argument_spec.items()},
        supports_check_mode=True,
        required_one_of=[list(names) for names in declaration.required_one_of],
    )
    module.hide_secrets()
    # Ansible keeps its own copy of diff mode in a private attribute; it is the only place.
    context = Context(module.params, bool(module.check_mode), bool(module._diff), os.environ)
    try:
        result = execute(declaration, context)
    except Failed as failure:
        # Inside, for older versions of ansible-core add the traceback of what is being handled.
        _end(module, context, module.fail_json, failure.result)
    else:
        _end(module, context, module.exit_json, result)


def _end(module: _Module, context: Context, end: t.Callable[..., None], result: Result) -> None:
    """Say what came of the task."""
    module.hide_secrets(context.notes.secrets)
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    end(**result)
