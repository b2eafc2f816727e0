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
import gc
import inspect
import json
import os
import re
import shutil
import sys
import traceback
import typing as t
import warnings

from ansible import constants
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as ModuleDoor
from ansible.utils.display import Display

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Notes
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import REQUESTS_MISSING
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import (
    Context,
    Declaration,
    Failed,
    Result,
    execute,
    items_meant,
    no_text,
    said,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._progress import Progress
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sources import forms_of, secrets_in

try:
    # From ansible-core 2.19 on.
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:
    from ansible.parsing.ajson import AnsibleJSONEncoder
    from ansible.utils.unsafe_proxy import wrap_var

    _ENCODING: dict[str, t.Any] = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
else:
    _ENCODING = {"cls": get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)}

    def wrap_var(value: t.Any) -> t.Any:
        """The value: a string that nobody marked as trusted is not."""
        return value


# What _parse_returned_data wants beside the output: from ansible-core 2.19 on the name of a serialization profile.
_PROFILE = ("legacy",) if len(inspect.signature(ModuleDoor._parse_returned_data).parameters) > 2 else ()

SWITCH = "gatehouse_in_process"
_DISCOVERED = frozenset({"", "auto", "auto_legacy", "auto_silent", "auto_legacy_silent"})
# Variables that an interpreter and its libraries read when they start; a process that runs already takes no notice.
_READ_AT_START = re.compile(r"PYTHON|LD_|DYLD_|OPENSSL_")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_display = Display()


class Aside(Exception):
    """Why a task has to be carried out by its module, in a process of its own. Raised before anything is sent."""


class InProcess(ModuleDoor):  # type: ignore[misc]  # ansible-core ships no types
    """What the action plugins of our modules have in common."""

    declaration: t.ClassVar[Declaration]

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """The result of the task, from in here or from its module in a process of its own."""
        variables = task_vars or {}
        try:
            answer = self._answer(variables)
        except Aside as reason:
            _display.v(f"{self._task.action} runs in a process of its own: {reason}", host=variables.get("inventory_hostname"))
            return dict(super().run(tmp, variables))
        return self._received(answer)

    def _answer(self, variables: t.Mapping[str, t.Any]) -> Result:
        """What the module would print. Raises Aside."""
        self._check_the_task(variables)
        self._check_the_interpreter(variables)
        environment = self._environment()
        try:
            # The same words that a module gets, in the same notation: plain values, which no template engine trusts.
            arguments = json.loads(json.dumps(self._task.args, **_ENCODING))
        except (TypeError, ValueError):
            raise Aside("its options are no JSON") from None
        if no_text(arguments) is not None:
            # Up to ansible-core 2.18 the module refuses them, later Ansible itself.
            raise Aside("its options are no text")
        self._update_module_args(self._task.action, arguments, variables)
        _spare_the_forked(os.getpid())
        with _surroundings(environment, self._loader.get_basedir()):
            return answered(self.declaration, arguments, _memory(os.getpid()), Progress(functools.partial(self._show, variables.get("inventory_hostname"))))

    def _show(self, host: str | None, text: str, verbosity: int) -> None:
        """A line of a task that is under way: on standard error, since standard output can be a document that a callback writes."""
        if self._task.no_log:
            return
        if verbosity:
            _display.verbose(f"{self._task.action}: {text}", host=host, caplevel=verbosity - 1)
        else:
            _display.display(f"{self._task.action} [{host}]: {text}", stderr=True)

    def _check_the_task(self, variables: t.Mapping[str, t.Any]) -> None:
        """Raises Aside for a task that another process has to carry out."""
        if self._connection.transport != "local":
            raise Aside(f"the connection is {self._connection.transport}")
        if self._connection.become is not None:
            raise Aside("it becomes another user")
        if self._task.async_val:
            raise Aside("it is asynchronous")
        if constants.DEFAULT_KEEP_REMOTE_FILES:
            raise Aside("the files of modules are kept")
        for host in (variables, self._variables_of_the_place(variables)):
            switch = self._templated(host.get(SWITCH))
            if switch is not None and not boolean(switch, strict=False):
                raise Aside(f"{SWITCH} is false")

    def _check_the_interpreter(self, variables: t.Mapping[str, t.Any]) -> None:
        """Raises Aside where another interpreter is wanted for modules than the one that runs this, or where this one lacks a library."""
        lacking = [*(["requests"] if REQUESTS_MISSING else []), *self.declaration.lacking]
        if lacking:
            raise Aside(f"{sys.executable} cannot import the library {lacking[0]}")
        named = self._templated(constants.config.get_config_value("INTERPRETER_PYTHON", variables=self._variables_of_the_place(variables)))
        program = str(named or "").strip()
        # Where none is named, one would be looked for.
        if program not in _DISCOVERED and not _same_program(program, sys.executable):
            raise Aside(f"ansible_python_interpreter is {program}, and Ansible runs with {sys.executable}")

    def _variables_of_the_place(self, variables: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
        """The variables of the host that carries the task out."""
        delegated: t.Mapping[str, t.Any] = variables.get("ansible_delegated_vars", {}).get(self._task.delegate_to) or {}
        return delegated if self._task.delegate_to and delegated else variables

    def _templated(self, value: t.Any) -> t.Any:
        """A value of a variable; None where it is omitted."""
        # An omitted value can stand in a mapping only.
        return self._templar.template({"value": value}).get("value") if isinstance(value, str) else value

    def _environment(self) -> dict[str, str]:
        """The environment variables that the task, its blocks and its play set. Raises Aside for those that only a new process would heed."""
        found: dict[str, t.Any] = {}
        self._compute_environment_string(found)
        environment = {str(name): str(value) for name, value in found.items()}
        for name in environment:
            if _READ_AT_START.match(name) or not _NAME.fullmatch(name):
                raise Aside(f"its environment sets {name!r}")
        return environment

    def _received(self, answer: Result) -> Result:
        """An answer as Ansible takes it from a module, which differs between its versions: who failed, which strings are trusted."""
        output = {"rc": 0, "stdout": json.dumps(answer), "stderr": ""}
        received = self._parse_returned_data(output, *_PROFILE)
        # From ansible-core 2.21 on an object.
        result = received if isinstance(received, dict) else received.as_result_dict(for_round_trip=True)
        return dict(wrap_var(result))


def answered(declaration: Declaration, arguments: t.Mapping[str, t.Any], memory: Memory, progress: Progress | None = None) -> Result:
    """What the module would print for these arguments: its options, and Ansible's own words to it, which begin with _ansible_. Raises Aside."""
    parameters = said({name: value for name, value in arguments.items() if not name.startswith("_ansible_")})
    validator = ArgumentSpecValidator(
        {name: dict(argument) for name, argument in declaration.argument_spec.items()},
        required_one_of=[list(names) for names in declaration.required_one_of],
    )
    try:
        validation = validator.validate(parameters)
        # A number of more digits than Python writes breaks the mask for secrets, and that would be after the task.
        json.dumps(validation.validated_parameters)
    except Exception:
        # Some values break Ansible's own checks, and its words for that differ from version to version.
        raise Aside("its options cannot be checked") from None
    options = validation.validated_parameters
    notes = Notes(progress=progress or Progress())
    context = Context(options, arguments["_ansible_check_mode"], arguments["_ansible_diff"], os.environ, memory, notes)
    try:
        _refuse(validation, arguments["_ansible_module_name"], functools.partial(items_meant, declaration.argument_spec, parameters, validation))
        result = execute(declaration, context)
    except Failed as failure:
        result = _failed(failure, arguments)
    # Always until ansible-core 2.20, then as the configuration says.
    if arguments.get("_ansible_inject_invocation", True):
        result["invocation"] = {"module_args": options}
    result.update(_remarks(validation, result.pop("warnings", [])))
    return _masked(result, {*validation._no_log_values, *secrets_in(options, os.environ, declaration.argument_spec), *forms_of(context.notes.secrets)})


def _refuse(validation: ValidationResult, name: str, meant: t.Callable[[], str]) -> None:
    """Raises Failed for options that do not fit, in the words of a module."""
    if validation.errors.errors:
        refusal = validation.errors.msg
        if isinstance(validation.errors[0], UnsupportedError):
            refusal = f"Unsupported parameters for ({name}) module: {refusal}"
        raise Failed({"msg": meant() + refusal})


def _failed(failure: Failed, arguments: t.Mapping[str, t.Any]) -> Result:
    """The result of a failure, with or without a traceback as fail_json has it in this version of ansible-core."""
    result = {**failure.result, "failed": True}
    events = arguments.get("_ansible_tracebacks_for")
    if events is None:
        # Up to ansible-core 2.18. Options that do not fit have no cause, and no traceback there.
        if failure.__cause__ and (arguments["_ansible_debug"] or arguments["_ansible_verbosity"] >= 3):
            result.setdefault("exception", "".join(traceback.format_tb(failure.__traceback__)))
    elif "error" in events:
        result.setdefault("exception", "".join(traceback.format_exception(failure)))
    else:
        result.pop("exception", None)
    return result


def _remarks(validation: ValidationResult, told: t.Sequence[str]) -> Result:
    """The warnings and deprecations of the options, and what the task warns of, if there are any."""
    warned = [*(f"Both option {one['option']} and its alias {one['alias']} are set." for one in validation._warnings), *told]
    deprecations = [
        {"msg": one["msg"], **({"date": one["date"]} if one.get("date") else {"version": one.get("version")}), "collection_name": one.get("collection_name")}
        for one in validation._deprecations
    ]
    return {**({"warnings": warned} if warned else {}), **({"deprecations": deprecations} if deprecations else {})}


def _masked(result: Result, secrets: t.Collection[str]) -> Result:
    """A result without secrets. As in a module, what is true, false or nothing at its top is no secret."""
    plain = {name: value for name, value in result.items() if value is None or isinstance(value, bool)}
    return {**remove_values(result, secrets), **plain}


@functools.lru_cache(maxsize=1)
def _memory(process: int) -> Memory:
    """What the tasks of one process share: Ansible forks one for each task, and its items run there. Open connections never cross a fork."""
    return Memory(os.path.join(constants.DEFAULT_LOCAL_TMP, "gatehouse.huaweicloud"))


@functools.lru_cache(maxsize=1)
def _spare_the_forked(process: int) -> None:
    """Let the search for unused objects pass over what Ansible held before the fork: it would copy all of that, for a process that ends with its task."""
    del process
    gc.freeze()


@contextlib.contextmanager
def _surroundings(variables: t.Mapping[str, str], folder: str) -> t.Iterator[None]:
    """The environment variables and the folder that a module would run with, for the time of one task; a process runs one at a time."""
    kept = {name: os.environ.get(name) for name in variables}
    with _inside(folder), warnings.catch_warnings():
        # What libraries warn of on the way goes to the standard error of a module, which nobody sees.
        warnings.simplefilter("ignore")
        try:
            os.environ.update(variables)
            yield
        finally:
            for name, value in kept.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


@contextlib.contextmanager
def _inside(folder: str) -> t.Iterator[None]:
    """The current folder, for a time. Raises Aside where it cannot be."""
    try:
        # Where there is such a thing, a handle that needs no right to read the folder.
        here = os.open(".", getattr(os, "O_PATH", os.O_RDONLY))
    except OSError:
        # Nobody may stay where this user may not be, and Ansible does not need to.
        here = None
    try:
        try:
            os.chdir(folder)
        except OSError:
            raise Aside("the folder of the playbook cannot be entered") from None
        yield
    finally:
        if here is not None:
            with contextlib.suppress(OSError):
                os.fchdir(here)
            os.close(here)


@functools.lru_cache(maxsize=16)
def _same_program(one: str, other: str) -> bool:
    """Whether two names stand for one interpreter with the same libraries: virtual environments share the file, but not the folder."""
    places = [shutil.which(name) or name for name in (one, other)]
    folders = {os.path.realpath(os.path.dirname(os.path.abspath(place))) for place in places}
    return len(folders) == 1 and len({os.path.realpath(place) for place in places}) == 1
