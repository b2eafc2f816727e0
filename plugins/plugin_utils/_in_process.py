# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The second door: a task in the process of Ansible itself, in milliseconds, with the result that its module would give.

Each module has an action plugin of its name that names its declaration. Ansible loads that plugin before it forks the process of a
task, so that libraries are imported once in a run, and each loop has one process, so that connections stay open over its items.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import os
import shutil
import sys
import traceback
import typing as t
import warnings

from ansible import constants as C  # noqa: N812  # as all of Ansible calls it
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as ModuleDoor
from ansible.utils.display import Display
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import secrets_in
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import REQUESTS_MISSING
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import Context, Declaration, Failed, Result, execute, said

try:
    # From ansible-core 2.19 on.
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:
    from ansible.parsing.ajson import AnsibleJSONEncoder

    _ENCODING: dict[str, t.Any] = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
else:
    _ENCODING = {"cls": get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)}

SWITCH = "gatehouse_in_process"
_DISCOVERED = frozenset({"", "auto", "auto_legacy", "auto_silent", "auto_legacy_silent"})

_display = Display()


class InProcess(ModuleDoor):  # type: ignore[misc]  # ansible-core ships no types
    """What the action plugins of our modules have in common."""

    declaration: t.ClassVar[Declaration]

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """The result of the task, from in here or from its module in a process of its own."""
        variables = task_vars or {}
        reason = self._reason_for_the_module_door(variables)
        if reason:
            _display.v(f"{self._task.action} runs in a process of its own: {reason}", host=variables.get("inventory_hostname"))
            return dict(super().run(tmp, variables))
        # The same words that a module gets, in the same notation: plain values, which no template engine trusts.
        told = json.loads(json.dumps(self._task.args, **_ENCODING))
        self._update_module_args(self._task.action, told, variables)
        with _surroundings(self._environment(), self._loader.get_basedir()):
            answer = answered(self.declaration, told, _memory(os.getpid()))
        return self._received(answer)

    def _reason_for_the_module_door(self, variables: t.Mapping[str, t.Any]) -> str | None:
        """Why the task has to be carried out by its module in a process of its own; None when it can be carried out here."""
        if self._connection.transport not in ("local", "ansible.builtin.local"):
            return f"the connection is {self._connection.transport}"
        if self._connection.become is not None:
            return "it becomes another user"
        if self._task.async_val:
            return "it is asynchronous"
        if not boolean(self._templar.template(variables.get(SWITCH, True)), strict=False):
            return f"{SWITCH} is false"
        if REQUESTS_MISSING:
            return f"{sys.executable} has no library requests"
        program = self._wanted_interpreter(variables)
        if program and not _same_program(program, sys.executable):
            return f"ansible_python_interpreter is {program}, and Ansible runs with {sys.executable}"
        return None

    def _wanted_interpreter(self, variables: t.Mapping[str, t.Any]) -> str | None:
        """The interpreter that the host, or the configuration, names for modules; None when one would be looked for."""
        host = variables.get("ansible_delegated_vars", {}).get(self._task.delegate_to) if self._task.delegate_to else None
        value = C.config.get_config_value("INTERPRETER_PYTHON", variables=variables if host is None else host)
        named = str(self._templar.template(value) or "").strip()
        return None if named in _DISCOVERED else named

    def _environment(self) -> dict[str, str]:
        """The environment variables that the task, its blocks and its play set."""
        found: dict[str, t.Any] = {}
        self._compute_environment_string(found)
        return {str(name): str(value) for name, value in found.items()}

    def _received(self, answer: Result) -> Result:
        """An answer as Ansible takes it from a module, which differs between its versions: who failed, which strings are trusted."""
        output = {"rc": 0, "stdout": json.dumps(answer), "stderr": ""}
        # From ansible-core 2.19 on with the name of a serialization profile.
        profile = ["legacy"] if len(inspect.signature(self._parse_returned_data).parameters) > 1 else []
        received = self._parse_returned_data(output, *profile)
        # From ansible-core 2.21 on an object.
        result = received if isinstance(received, dict) else received.as_result_dict(for_round_trip=True)
        return dict(wrap_var(result))


def answered(declaration: Declaration, told: t.Mapping[str, t.Any], memory: Memory) -> Result:
    """What the module would print when it is told this: its options, and Ansible's own words to it, which begin with _ansible_."""
    parameters = said({name: value for name, value in told.items() if not name.startswith("_ansible_")})
    validator = ArgumentSpecValidator(
        {name: dict(argument) for name, argument in declaration.argument_spec.items()},
        required_one_of=[list(names) for names in declaration.required_one_of],
    )
    validation = validator.validate(parameters)
    options = validation.validated_parameters
    try:
        _refuse(validation, told["_ansible_module_name"])
        result = execute(declaration, Context(options, told["_ansible_check_mode"], told["_ansible_diff"], os.environ, memory))
    except Failed as failure:
        result = _failed(failure, told)
    # Always until ansible-core 2.20, then as the configuration says.
    if told.get("_ansible_inject_invocation", True):
        result["invocation"] = {"module_args": options}
    result.update(_remarks(validation))
    return _masked(result, {*validation._no_log_values, *secrets_in(options, os.environ)})


def _refuse(validation: ValidationResult, name: str) -> None:
    """Raises Failed for options that do not fit, in the words of a module."""
    if validation.errors.errors:
        refusal = validation.errors.msg
        if isinstance(validation.errors[0], UnsupportedError):
            refusal = f"Unsupported parameters for ({name}) module: {refusal}"
        raise Failed({"msg": refusal})


def _failed(failure: Failed, told: t.Mapping[str, t.Any]) -> Result:
    """The result of a failure, with or without a traceback as fail_json has it in this version of ansible-core."""
    result = {**failure.result, "failed": True}
    events = told.get("_ansible_tracebacks_for")
    if events is None:
        # Up to ansible-core 2.18. Options that do not fit have no cause, and no traceback there.
        if failure.__cause__ and (told["_ansible_debug"] or told["_ansible_verbosity"] >= 3):
            result.setdefault("exception", "".join(traceback.format_tb(failure.__traceback__)))
    elif "error" in events:
        result.setdefault("exception", "".join(traceback.format_exception(failure)))
    else:
        result.pop("exception", None)
    return result


def _remarks(validation: ValidationResult) -> Result:
    """The warnings and deprecations of the options, if there are any."""
    doubled = [f"Both option {one['option']} and its alias {one['alias']} are set." for one in validation._warnings]
    deprecations = [
        {"msg": one["msg"], **({"date": one["date"]} if one.get("date") else {"version": one.get("version")}), "collection_name": one.get("collection_name")}
        for one in validation._deprecations
    ]
    return {**({"warnings": doubled} if doubled else {}), **({"deprecations": deprecations} if deprecations else {})}


def _masked(result: Result, secrets: t.Collection[str]) -> Result:
    """A result without secrets. As in a module, what is true, false or nothing at its top is no secret."""
    plain = {name: value for name, value in result.items() if value is None or isinstance(value, bool)}
    return {**remove_values(result, secrets), **plain}


@functools.lru_cache(maxsize=1)
def _memory(process: int) -> Memory:
    """What the tasks of one process share. A fork gets a new one: it must not use the open connections of its parent."""
    return Memory(os.path.join(C.DEFAULT_LOCAL_TMP, "gatehouse.huaweicloud"))


@contextlib.contextmanager
def _surroundings(variables: t.Mapping[str, str], folder: str) -> t.Iterator[None]:
    """The environment variables and the folder that a module would run with, for the time of one task; a process runs one at a time."""
    kept = {name: os.environ.get(name) for name in variables}
    # Where it can be, a handle that needs no right to read the folder.
    here = os.open(".", getattr(os, "O_PATH", os.O_RDONLY))
    try:
        os.environ.update(variables)
        os.chdir(folder)
        # What libraries warn of on the way goes to the standard error of a module, which nobody sees.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.fchdir(here)
        os.close(here)
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _same_program(one: str, other: str) -> bool:
    """Whether two names stand for one interpreter with the same libraries: virtual environments share the file, but not the folder."""
    places = [shutil.which(name) or name for name in (one, other)]
    folders = {os.path.realpath(os.path.dirname(os.path.abspath(place))) for place in places}
    return len(folders) == 1 and len({os.path.realpath(place) for place in places}) == 1
