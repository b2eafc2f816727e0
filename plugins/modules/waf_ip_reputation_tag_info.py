#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_ip_reputation_tag_info
short_description: List the tags that IP-intelligence rules of WAF know
version_added: 1.0.0
description:
  - Returns the operators of data centres that the O(gatehouse.huaweicloud.waf_ip_reputation_rule#module:tags) of an IP-intelligence rule can name,
    as the service tells them now.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_ip_reputation_tag_info
seealso:
  - module: gatehouse.huaweicloud.waf_ip_reputation_rule
"""

EXAMPLES = r"""
- name: Read the tags that a rule can name
  gatehouse.huaweicloud.waf_ip_reputation_tag_info:
  register: found

- name: Show them
  ansible.builtin.debug:
    msg: "{{ found.ip_reputation_tags | map(attribute='name') }}"
"""

RETURN = r"""
ip_reputation_tags:
  description: The tags, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: What a rule names the operator by.
      type: str
      returned: always
      sample: AliCloud
    type:
      description: The type of rule that takes it.
      type: str
      returned: always
      sample: idc
    title:
      description: Its name in English. V(none) if the service tells none.
      type: str
      returned: always
      sample: Alibaba Cloud
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
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_facts import REPUTATION_TAGS

DECLARATION = report_module(REPUTATION_TAGS)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
