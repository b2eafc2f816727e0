#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_access_progress
short_description: Record how far a domain has come on its way behind WAF
version_added: 0.1.0
description:
  - Records the three steps that bring a domain behind WAF, as the console shows them.
  - It is a record of what people did. It changes neither traffic nor DNS, and WAF does not verify it.
  - Works for domains in cloud mode and in dedicated mode.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.writes
  - gatehouse.huaweicloud.resource.planned
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_access_progress_info
  - gatehouse.huaweicloud.permissions.waf_access_progress
options:
  domain:
    description:
      - Host name of the domain as it was added to WAF, in any case, or its ID. A host name that was added in both modes needs the ID.
    type: str
    required: true
  state:
    description:
      - V(present) records the steps that the task names and leaves the others as they are.
      - V(absent) puts every step back to V(pending). A domain that does not exist has nothing to put back.
    type: str
    choices: [present, absent]
    default: present
  origin_whitelisted:
    description:
      - Step 1. WAF's back-to-source addresses have been let through by the firewall of the origin.
    type: str
    choices: [pending, completed, skipped]
  verified_locally:
    description:
      - Step 2. The domain has been tested against WAF before the change of its DNS.
    type: str
    choices: [pending, completed, skipped]
  dns_switched:
    description:
      - Step 3. The DNS of the domain leads to WAF.
    type: str
    choices: [pending, completed, skipped]
notes:
  - Each step that differs is one call. When one fails, the message says which are recorded.
seealso:
  - module: gatehouse.huaweicloud.waf_access_progress_info
  - name: Modifying the Domain Name Access Progress
    description: The page of the WAF API reference, UpdateAccessProgress.
    link: https://support.huaweicloud.com/intl/en-us/api-waf/UpdateAccessProgress.html
"""

EXAMPLES = r"""
# Credentials come from the environment: HW_ACCESS_KEY, HW_SECRET_KEY.
- name: Manage access at the edge
  hosts: localhost
  connection: local
  gather_facts: false
  module_defaults:
    group/gatehouse.huaweicloud.huaweicloud:
      region: cn-north-4
  tasks:
    - name: The origin lets WAF through, and nobody tested locally
      gatehouse.huaweicloud.waf_access_progress:
        domain: shop.example.com
        origin_whitelisted: completed
        verified_locally: skipped

    - name: The DNS leads to WAF
      gatehouse.huaweicloud.waf_access_progress:
        domain: shop.example.com
        dns_switched: completed

    - name: Start over
      gatehouse.huaweicloud.waf_access_progress:
        domain: shop.example.com
        state: absent
"""

RETURN = r"""
access_progress:
  description: The progress as the service holds it, or as it would be in check mode. Empty when the domain does not exist.
  returned: success
  type: dict
  contains:
    domain:
      description: Host name of the domain.
      type: str
      returned: always
      sample: shop.example.com
    id:
      description: ID of the domain in WAF.
      type: str
      returned: always
      sample: 5e1e55c1ab7c4f0c9d1b0f9f3a1c2d3e
    mode:
      description: V(cloud) or V(dedicated).
      type: str
      returned: always
      sample: cloud
    origin_whitelisted:
      description: Whether WAF's back-to-source addresses have been let through at the origin.
      type: str
      returned: always
      sample: completed
    verified_locally:
      description: Whether the domain has been tested before the DNS change.
      type: str
      returned: always
      sample: skipped
    dns_switched:
      description: Whether the DNS of the domain leads to WAF.
      type: str
      returned: always
      sample: pending
api_error:
  description: What the cloud answered when it refused a call.
  returned: when the task failed and the cloud had answered
  type: dict
  contains:
    status:
      description: HTTP status of the answer.
      type: int
      returned: always
      sample: 400
    code:
      description: Error code of the service. V(none) if the answer had none.
      type: str
      returned: always
      sample: WAF.00014001
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import action_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_progress import ACCESS_PROGRESS

DECLARATION = action_module(ACCESS_PROGRESS)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
