#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_geoip_rule_info
short_description: List the geolocation access control rules of a WAF policy
version_added: 0.1.0
description:
  - Returns all geolocation rules of a policy, or those with a name or an ID.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.resource.waf_policy
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_geoip_rule_info
options:
  name:
    description:
      - Return only the rules with this name. There can be several.
    type: str
  id:
    description:
      - Return only the rule with this ID.
    type: str
seealso:
  - module: gatehouse.huaweicloud.waf_geoip_rule
"""

EXAMPLES = r"""
- name: Read all geolocation rules of a policy
  gatehouse.huaweicloud.waf_geoip_rule_info:
    policy: storefront
  register: rules

- name: Show the locations that are blocked
  ansible.builtin.debug:
    msg: >-
      {{ rules.geoip_rules | selectattr('action', 'eq', 'block')
         | map(attribute='locations') | flatten }}

- name: Read one rule
  gatehouse.huaweicloud.waf_geoip_rule_info:
    policy: storefront
    name: embargo
"""

RETURN = r"""
geoip_rules:
  description: The rules, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the rule. Missing in check mode for a rule that would be created.
      type: str
      returned: when the rule exists
      sample: 02dafa406c4941368a1037b020f15a53
    policy:
      description: Name of the policy.
      type: str
      returned: always
      sample: storefront
    policy_id:
      description: ID of the policy.
      type: str
      returned: always
      sample: 38ff0cb9a10e4d5293c642bc0350fa6d
    name:
      description: Name of the rule.
      type: str
      returned: always
      sample: embargo
    locations:
      description: Locations that the rule applies to, sorted.
      type: list
      elements: str
      returned: always
      sample: [BJ, Indonesia, Peru]
    action:
      description: What WAF does with a request from there.
      type: str
      returned: always
      sample: block
    enabled:
      description: Whether the rule is in force.
      type: bool
      returned: always
      sample: true
    description:
      description: Description of the rule.
      type: str
      returned: always
      sample: Nobody from there
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
      sample: WAF.00022001
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import info_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_rules import GEOIP_RULE

DECLARATION = info_module(GEOIP_RULE)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
