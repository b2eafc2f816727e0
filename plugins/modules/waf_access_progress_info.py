#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_access_progress_info
short_description: Show how far domains have come on their way behind WAF
version_added: 0.1.0
description:
  - Returns the recorded progress of one domain, or of all domains in cloud mode and in dedicated mode.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_access_progress_info
options:
  domain:
    description:
      - Return only the domain with this host name or ID. A host name that was added in both modes is returned twice.
    type: str
seealso:
  - module: gatehouse.huaweicloud.waf_access_progress
"""

EXAMPLES = r"""
- name: Read the progress of all domains
  gatehouse.huaweicloud.waf_access_progress_info:
  register: domains

- name: Show the domains whose DNS does not lead to WAF yet
  ansible.builtin.debug:
    msg: >-
      {{ domains.access_progress | selectattr('dns_switched', 'ne', 'completed')
         | map(attribute='domain') }}

- name: Read the progress of one domain
  gatehouse.huaweicloud.waf_access_progress_info:
    domain: shop.example.com
"""

RETURN = r"""
access_progress:
  description: The progress of each domain, sorted by host name.
  returned: success
  type: list
  elements: dict
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

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import action_info_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_progress import ACCESS_PROGRESS

DECLARATION = action_info_module(ACCESS_PROGRESS)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
