# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An event source of ansible-rulebook: the attack events of WAF."""

from __future__ import annotations

DOCUMENTATION = r"""
---
short_description: The attack events of Huawei Cloud WAF
description:
  - An event source of ansible-rulebook that tells the attack events of WAF, those requests that it refused, or took note of, as they come.
  - It asks the service from time to time. Each time it looks back beyond the time of the last one, for events arrive late, and tells what is new.
    No event is told twice. What happens while the source does not run is told only as far as O(lookback) reaches.
  - If the service throttles, fails or cannot be reached, it says so once, waits longer and longer, up to five minutes, and goes on where it was. If an
    option is wrong, or the service refuses the caller, it ends with the reason.
  - It takes the options of the connection that the modules take, and the same environment variables. An empty option counts as left out.
  - An event has C(id), C(time), C(timestamp) (milliseconds since 1970), C(address), C(location), C(host), C(domain_id), C(policy_id), C(url), C(attack),
    C(rule), C(action), C(status) and C(payload_location), as far as the service tells them.
  - Text that would begin a template of Ansible is taken apart, C({ {) for two braces, for it comes from who attacks.
options:
  interval:
    description:
      - Seconds from one look to the next, 1 to 3600.
    type: int
    default: 30
  overlap:
    description:
      - Seconds that an event may arrive late, up to 86400. So far each look reaches back beyond the last one.
    type: int
    default: 600
  lookback:
    description:
      - Seconds before the start that are told as well, up to 2500000. Nothing that was before the start if left out.
    type: int
    default: 0
  attacks:
    description:
      - Types of attack, such as C(sqli), C(xss), C(custom_geoip) or C(custom_idc_ip). Others are not told. All if left out.
    type: list
    elements: str
  actions:
    description:
      - What WAF did, such as C(block) or C(log). Other events are not told. All if left out.
    type: list
    elements: str
  request_details:
    description:
      - Whether an event also has what the request carried, C(request_line), C(headers), C(cookie), C(payload), C(request_body), C(response_body), and
        C(process_time), C(response_time), C(response_size). Sessions and passwords of visitors may be in there, and ansible-rulebook hands events to
        playbooks and logs.
    type: bool
    default: false
  credential_source:
    description:
      - >-
        Pins one source of credentials: C(options), C(environment), C(profile) or C(metadata); C(auto) if left out.
    type: str
  access_key:
    description:
      - Access key.
      - The first environment variable that is set of E(HW_ACCESS_KEY), E(HUAWEICLOUD_SDK_AK) stands in for it.
    type: str
  secret_key:
    description:
      - Secret key.
      - The first environment variable that is set of E(HW_SECRET_KEY), E(HUAWEICLOUD_SDK_SK) stands in for it.
    type: str
  security_token:
    description:
      - Belongs to a temporary access key.
      - The first environment variable that is set of E(HW_SECURITY_TOKEN), E(HUAWEICLOUD_SDK_SECURITY_TOKEN) stands in for it.
    type: str
  auth_token:
    description:
      - A token from IAM; it wins over keys, but one of the environment does not win over keys of the options.
      - The environment variable E(HW_AUTH_TOKEN) stands in for it.
    type: str
  user_name:
    description:
      - IAM user, for a token that is asked for and renewed.
      - The environment variable E(HW_USER_NAME) stands in for it.
    type: str
  user_password:
    description:
      - Password of the user.
      - The environment variable E(HW_USER_PASSWORD) stands in for it.
    type: str
  domain_name:
    description:
      - Account of the user.
      - The environment variable E(HW_DOMAIN_NAME) stands in for it.
    type: str
  idp_id:
    description:
      - OpenID Connect provider, for a token that is asked for.
      - The first environment variable that is set of E(HW_ASSUME_ROLE_IDP_ID), E(HUAWEICLOUD_SDK_IDP_ID) stands in for it.
    type: str
  id_token:
    description:
      - What the provider has given.
      - The environment variable E(HW_ASSUME_ROLE_ID_TOKEN) stands in for it.
    type: str
  id_token_file:
    description:
      - File with it.
      - The first environment variable that is set of E(HW_ASSUME_ROLE_ID_TOKEN_FILE), E(HUAWEICLOUD_SDK_ID_TOKEN_FILE) stands in for it.
    type: path
  profile:
    description:
      - Profile of KooCLI; the current one if left out.
      - The environment variable E(HW_PROFILE) stands in for it.
    type: str
  shared_config_file:
    description:
      - Configuration file of KooCLI; C(~/.hcloud/config.json) if left out.
      - The environment variable E(HW_SHARED_CONFIG_FILE) stands in for it.
    type: path
  assume_agency:
    description:
      - >-
        Agency to assume with the credentials: C(agency_name), C(domain_name) or C(domain_id), C(duration).
      - The first environment variable that is set of E(HW_ASSUME_ROLE_AGENCY_NAME), E(HW_ASSUME_ROLE_DOMAIN_NAME), E(HW_ASSUME_ROLE_DOMAIN_ID),
        E(HW_ASSUME_ROLE_DURATION) stands in for it.
    type: dict
  region:
    description:
      - Region, such as C(cn-north-4).
      - The environment variable E(HW_REGION_NAME) stands in for it.
    type: str
  project_id:
    description:
      - Project; looked up by name if left out.
      - The first environment variable that is set of E(HW_PROJECT_ID), E(HUAWEICLOUD_SDK_PROJECT_ID) stands in for it.
    type: str
  project_name:
    description:
      - Name of the project; that of the region if left out.
      - The environment variable E(HW_PROJECT_NAME) stands in for it.
    type: str
  enterprise_project_id:
    description:
      - Enterprise project, for WAF.
      - The environment variable E(HW_ENTERPRISE_PROJECT_ID) stands in for it.
    type: str
  cloud:
    description:
      - Domain of the cloud; C(myhuaweicloud.com) if left out.
      - The environment variable E(HW_CLOUD) stands in for it.
    type: str
  endpoints:
    description:
      - URL of a service, by C(waf), C(apig), C(workspace), C(iam), C(sts), C(metadata).
      - The first environment variable that is set of E(HW_ENDPOINT_WAF), E(HW_ENDPOINT_APIG), E(HW_ENDPOINT_WORKSPACE), E(HW_ENDPOINT_IAM),
        E(HW_ENDPOINT_STS), E(HW_ENDPOINT_METADATA), E(HW_ENDPOINT), E(HW_AUTH_URL), E(HUAWEICLOUD_SDK_IAM_ENDPOINT) stands in for it.
    type: dict
  validate_certs:
    description:
      - Whether TLS certificates are verified; they are if left out. C(HW_INSECURE=true) turns that off, and a warning says so.
      - The environment variable E(HW_INSECURE) stands in for it.
    type: bool
  ca_path:
    description:
      - Certificates to trust.
      - The environment variable E(REQUESTS_CA_BUNDLE) stands in for it.
    type: path
  timeout:
    description:
      - Seconds for one request; 30 if left out.
    type: int
  max_retries:
    description:
      - How often a request is sent again; 5 if left out.
      - The environment variable E(HW_MAX_RETRIES) stands in for it.
    type: int
  deadline:
    description:
      - Seconds for one page of events, with its tries; 60 if left out.
    type: int
  max_requests_per_second:
    description:
      - Limit for accounts that share a quota; none if left out.
    type: float
requirements:
  - requests
"""

EXAMPLES = r"""
# With the credentials of the environment
- gatehouse.huaweicloud.waf_events:
    region: cn-north-4

# What geolocation rules refused or noted, looked for every ten seconds, with a key from the variables of the rulebook
- gatehouse.huaweicloud.waf_events:
    region: cn-north-4
    access_key: "{{ waf_access_key }}"
    secret_key: "{{ waf_secret_key }}"
    attacks: [custom_geoip]
    interval: 10
"""

import asyncio
import contextlib
import logging
import os
import sys
import threading
import typing as t
from functools import partial
from pathlib import Path


def _make_importable() -> None:
    """Let this collection be imported: ansible-rulebook runs this file by its path, and knows collections as folders only."""
    folder = Path(__file__).absolute().parents[6]
    if folder.name != "ansible_collections":
        raise ImportError(f"waf_events.py needs the rest of gatehouse.huaweicloud: install the collection. {__file__} is in no collection.")
    known = sys.modules.get("ansible_collections")
    if known is None:
        with contextlib.suppress(ImportError):
            # That of the package ansible hides every other.
            import ansible_collections as known
    if known is None:
        sys.path.append(str(folder.parent))
    else:
        known.__path__ = [*known.__path__, str(folder)]


try:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _waf_events
except ImportError:
    _make_importable()
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _waf_events

LOG = logging.getLogger("gatehouse.huaweicloud.waf_events")
Queue = t.Any
_Made = t.TypeVar("_Made")


async def main(queue: Queue, args: dict[str, t.Any]) -> None:
    """Put events into the queue until the task is cancelled. Raises Stopped for what no waiting mends."""
    await watch(queue, _waf_events.Events(args, os.environ, LOG.warning), asyncio.sleep)


async def watch(queue: Queue, events: _waf_events.Events, sleep: t.Callable[[float], t.Awaitable[None]]) -> None:
    """Look, tell, and wait, again and again."""
    while True:
        delayed = None
        look = events.look()
        try:
            while True:
                page = await _beside(partial(next, look, None))
                if page is None:
                    break
                for event in page:
                    await queue.put(events.words(event))
                    # Only now: one that was not handed over is told by the next look.
                    events.tell(event)
        except _waf_events.Delayed as error:
            delayed = error
        await sleep(events.pause(delayed))


async def _beside(job: t.Callable[[], _Made]) -> _Made:
    """What a job that blocks gives, from a thread of its own, which keeps nobody from ending meanwhile."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_Made] = loop.create_future()

    def hand_over(made: _Made | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(t.cast("_Made", made))
        else:
            future.set_exception(error)

    def work() -> None:
        made, error = None, None
        try:
            made = job()
        except BaseException as caught:
            error = caught
        # Where the loop is closed nobody waits any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(hand_over, made, error)

    threading.Thread(target=work, name="gatehouse waf_events", daemon=True).start()
    return await future


if __name__ == "__main__":
    # By hand: python waf_events.py prints events, with the connection of the environment.
    class _Printed:
        async def put(self, event: dict[str, t.Any]) -> None:
            print(event, flush=True)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(_Printed(), {}))
