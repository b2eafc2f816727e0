# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two doors into a module, with its HTTP carried to a WSGI application: its real main(), and its real action plugin."""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import json
import os
import re
import socket
import sys
import threading
import typing as t
from dataclasses import dataclass, field
from unittest import mock
from urllib.parse import urlsplit

import requests
from ansible import module_utils
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as remarks
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins import loader as plugin_loader
from ansible.release import __version__
from ansible.template import Templar
from ansible.utils.unsafe_proxy import AnsibleUnsafe
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from werkzeug.test import Client as WsgiClient

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from ansible_collections.gatehouse.huaweicloud.plugins.plugin_utils import _in_process
from gatehouse_emulator.faults import ConnectionCut

_CORE = tuple(int(number) for number in __version__.split(".")[:2])
# Whether this ansible-core tells the invocation only when it is asked to, and has a value for what is omitted.
TELLS_WHEN_ASKED, OMITS = _CORE >= (2, 21), _CORE >= (2, 19)
PLUGINS = "ansible_collections.gatehouse.huaweicloud.plugins"
Result = dict[str, t.Any]


# The emulated cloud changes its state by one request at a time, as where it is served.
_ONE_BY_ONE = threading.Lock()


class WsgiAdapter(BaseAdapter):
    """Hands a prepared request to a WSGI application instead of a socket."""

    def __init__(self, application: t.Any, delivered: t.Callable[[t.Any], None]) -> None:
        super().__init__()
        self._client = WsgiClient(application)
        self._delivered = delivered

    def send(self, request: t.Any, **options: t.Any) -> requests.Response:
        """The response to a request; a cut connection is what requests calls a ConnectionError."""
        self._delivered(request)
        parts = urlsplit(request.url)
        headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
        try:
            with _ONE_BY_ONE:
                answer = self._client.open(
                    parts.path, method=request.method, query_string=parts.query, headers=headers, data=request.body, base_url=f"{parts.scheme}://{parts.netloc}"
                )
        except ConnectionCut as error:
            raise requests.exceptions.ConnectionError("Connection aborted.", str(error)) from error
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers = CaseInsensitiveDict(answer.headers.items())
        response.raw = io.BytesIO(answer.get_data())
        response.request = request
        response.url = request.url
        return response

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class Asked:
    """A task, and where its requests go."""

    module: str
    options: t.Mapping[str, t.Any]
    check: bool
    diff: bool
    application: t.Any
    delivered: t.Callable[[t.Any], None]
    memory: Memory = field(default_factory=Memory)


def through_the_module(asked: Asked) -> Result:
    """What the module prints."""
    loaded = importlib.import_module(f"{PLUGINS}.modules.{asked.module}")
    printed = io.StringIO()
    told = {
        **asked.options,
        "_ansible_check_mode": asked.check,
        "_ansible_diff": asked.diff,
        "_ansible_remote_tmp": "/tmp",
        "_ansible_module_name": f"gatehouse.huaweicloud.{asked.module}",
        # Older versions always tell, and do not know the word.
        **({"_ansible_inject_invocation": True} if TELLS_WHEN_ASKED else {}),
    }
    with _module_arguments(told), _carried(asked), contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        loaded.main()
    result = dict(json.loads(printed.getvalue()))
    if "warnings" in result:
        # From 2.19 on a warning is an object until Ansible shows it.
        result["warnings"] = [one["event"]["msg"] if isinstance(one, dict) else one for one in result["warnings"]]
    return result


def in_process(asked: Asked) -> Result:
    """What the action plugin answers, before Ansible takes it as it takes what a module prints."""
    task = Task()
    task.action = f"gatehouse.huaweicloud.{asked.module}"
    task.args = dict(asked.options)
    task.check_mode, task.diff, task.async_val = asked.check, asked.diff, 0
    loader = DataLoader()
    play = PlayContext()
    words = ("/dev/null",) if "new_stdin" in plugin_loader.connection_loader.get("local", class_only=True).__init__.__code__.co_varnames else ()
    action = importlib.import_module(f"{PLUGINS}.action.{asked.module}").ActionModule(
        task=task,
        connection=plugin_loader.connection_loader.get("local", play, *words),
        play_context=play,
        loader=loader,
        templar=Templar(loader=loader, variables={}),
        shared_loader_obj=plugin_loader,
    )
    answers: list[Result] = []
    received = action._received

    def kept(answer: Result) -> Result:
        answers.append(answer)
        return dict(received(answer))

    # The memory of the process is that of the emulated cloud: another cloud is another process.
    with mock.patch.object(_in_process, "_memory", return_value=asked.memory), mock.patch.object(action, "_received", kept), _carried(asked):
        result = action.run(task_vars={"ansible_python_interpreter": sys.executable, "ansible_inject_invocation": True})
    (answer,) = answers
    assert answer.get("msg") == result.get("msg")
    assert [text for text in texts(result) if trusted(text)] == [], "what a cloud says is no template"
    return dict(json.loads(json.dumps(answer)))


def texts(value: t.Any) -> t.Iterator[str]:
    """Every text in a result."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, t.Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts(inner)


def trusted(text: str) -> bool:
    """Whether Ansible would take a text for a template: from ansible-core 2.19 on what is marked as one, before whatever is not marked as none."""
    if OMITS:
        from ansible.template import is_trusted_as_template

        return bool(is_trusted_as_template(text))
    return not isinstance(text, AnsibleUnsafe)


DOORS: t.Mapping[str, t.Callable[[Asked], Result]] = {"module": through_the_module, "in_process": in_process}


@contextlib.contextmanager
def _carried(asked: Asked) -> t.Iterator[None]:
    """Requests go to the application."""
    kept = requests.sessions.HTTPAdapter
    requests.sessions.HTTPAdapter = lambda **sizes: WsgiAdapter(asked.application, asked.delivered)  # type: ignore[misc, assignment]
    try:
        with _within_this_machine():
            yield
    finally:
        requests.sessions.HTTPAdapter = kept  # type: ignore[misc]


@contextlib.contextmanager
def _within_this_machine() -> t.Iterator[None]:
    """Whatever else a module does with the network ends at loopback."""

    def only_here(kept: t.Any, place: int) -> t.Any:
        def call(self: socket.socket, *words: t.Any) -> t.Any:
            if isinstance(words[place], tuple) and not str(words[place][0]).startswith(("127.", "::1")):
                raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
            return kept(self, *words)

        return call

    def found(host: t.Any, *words: t.Any, **more: t.Any) -> t.Any:
        if not re.fullmatch(r"[0-9.]+|[0-9a-fA-F:]+|localhost", str(host)):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return looked_up(host, *words, **more)

    looked_up = socket.getaddrinfo
    with (
        mock.patch.object(socket.socket, "connect", only_here(socket.socket.connect, 0)),
        mock.patch.object(socket.socket, "sendto", only_here(socket.socket.sendto, -1)),
        mock.patch.object(socket, "getaddrinfo", found),
    ):
        yield


@contextlib.contextmanager
def _module_arguments(arguments: t.Mapping[str, t.Any]) -> t.Iterator[None]:
    """What ansible-core hands to a module; from 2.19 on with the name of a serialization profile."""
    names = ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE")
    kept = {name: getattr(basic, name, None) for name in names}
    # A module has a process of its own, in which nobody has warned yet.
    remarks._global_warnings.clear()
    remarks._global_deprecations.clear()
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": dict(arguments)}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    # From 2.19 on, what warns asks whether it is Ansible itself or a module.
    place = getattr(module_utils, "_internal", mock.Mock())
    try:
        with mock.patch.object(place, "is_controller", False):
            yield
    finally:
        for name, value in kept.items():
            setattr(basic, name, value)
