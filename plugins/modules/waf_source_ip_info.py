#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_source_ip_info
short_description: Show the addresses that WAF calls origins from
version_added: 1.0.0
description:
  - Returns the addresses that requests reach the servers behind WAF from, in cloud mode. The firewall of an origin has to let them through before
    DNS is switched, and best nothing else.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_source_ip_info
seealso:
  - module: gatehouse.huaweicloud.waf_access_progress
  - name: Querying the IP addresses of WAF
    description: The page of the WAF API reference, ShowSourceIp.
    link: https://support.huaweicloud.com/intl/en-us/api-waf/ShowSourceIp.html
"""

EXAMPLES = r"""
- name: Read the addresses that WAF calls origins from
  gatehouse.huaweicloud.waf_source_ip_info:
  register: waf

- name: Show what the firewall of the origin has to let through
  ansible.builtin.debug:
    msg: >-
      {{ waf.source_ips.addresses }},
      last changed at {{ waf.source_ips.last_modify }}
"""

RETURN = r"""
source_ips:
  description: The addresses that WAF calls origins from.
  returned: success
  type: dict
  contains:
    addresses:
      description: All of them, addresses and CIDR blocks as the service spells them, sorted as text.
      type: list
      elements: str
      returned: always
      sample: [192.0.2.0/28, 198.51.100.32/28]
    last_modify:
      description: When they changed last, in UTC. V(none) if the service does not tell.
      type: str
      returned: always
      sample: "2026-01-08T02:56:19Z"
    groups:
      description: The groups that the service tells them in.
      type: list
      elements: dict
      returned: always
      contains:
        addresses:
          description: The addresses of the group, sorted as text.
          type: list
          elements: str
          returned: always
          sample: [192.0.2.0/28]
        update_time:
          description: When the group changed last, in UTC. V(none) if the service does not tell.
          type: str
          returned: always
          sample: "2026-01-08T02:56:19Z"
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
      sample: WAF.00012003
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import report_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_facts import SOURCE_IPS

DECLARATION = report_module(SOURCE_IPS)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
