#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_ip_reputation_rule
short_description: Manage an IP intelligence (IP reputation) rule of a WAF policy
version_added: 0.1.0
description:
  - Blocks, allows or logs requests that come from the networks of data centres and cloud providers.
  - A rule is found by O(policy) and O(name), or by O(policy) and O(id). With both O(id) and O(name) it is renamed.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.writes
  - gatehouse.huaweicloud.resource
  - gatehouse.huaweicloud.resource.waf_policy
  - gatehouse.huaweicloud.resource.planned
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_ip_reputation_rule_info
  - gatehouse.huaweicloud.permissions.waf_ip_reputation_rule
options:
  name:
    description:
      - Name of the rule, 1 to 256 characters.
      - The service allows several rules of one name. Such a name is refused with the IDs that have it; say O(id) then.
      - One of O(name) and O(id) is required.
    type: str
  type:
    description:
      - Type of the intelligence. V(idc) means the networks of data centres; there is no other.
      - If left out, a new rule is of type V(idc).
    type: str
    choices: [idc]
  tags:
    description:
      - Tags of the networks that the rule applies to. Order means nothing, and case makes no change to one that the rule has.
        A new one is sent as it is written, and the service takes its own spelling only. Check mode compares with the service's
        map and names near ones.
      - The service knows V(Dr.Peng), V(Google), V(Tencent), V(MeiTuan), V(HW), V(Amazon), V(AliCloud), V(Microsoft) and V(VNET);
        a region can have others.
      - A tag can be in one rule of a policy only. The service refuses a second one with C(WAF.00022004).
      - The list replaces the one that the rule has. It cannot be empty; remove the rule instead.
      - Required to create a rule.
    type: list
    elements: str
  action:
    description:
      - What WAF does with a request from one of these networks.
      - V(block) refuses it, V(allow) lets it through, V(log) lets it through and records it.
      - Required to create a rule.
    type: str
    choices: [block, allow, log]
  enabled:
    description:
      - Whether the rule is in force. A new rule is.
      - The service takes no status at creation, so a rule that is created with V(false) is in force for a moment before it is switched off.
    type: bool
  description:
    description:
      - Description of the rule. An empty text clears it.
    type: str
notes:
  - Needs the professional edition of WAF or a higher one in cloud mode, or dedicated engines of September 2022 or later.
seealso:
  - module: gatehouse.huaweicloud.waf_ip_reputation_rule_info
  - name: Updating IP Intelligence Protection Rules
    description: The page of the WAF API reference, UpdateIpReputationRule.
    link: https://support.huaweicloud.com/intl/en-us/api-waf/UpdateIpReputationRule.html
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
    - name: Log what comes from the networks of two cloud providers
      gatehouse.huaweicloud.waf_ip_reputation_rule:
        policy: storefront
        name: data centres
        tags:
          - AliCloud
          - Tencent
        action: log

    - name: Block it
      gatehouse.huaweicloud.waf_ip_reputation_rule:
        policy: storefront
        name: data centres
        action: block

    - name: Remove the rule
      gatehouse.huaweicloud.waf_ip_reputation_rule:
        policy: storefront
        name: data centres
        state: absent
"""

RETURN = r"""
ip_reputation_rule:
  description: The rule as the service holds it, or as it would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: ID of the rule. Missing in check mode for a rule that would be created.
      type: str
      returned: when the rule exists
      sample: 0b53a0cd878948e7a1875909076a0f7e
    policy:
      description: Name of the policy.
      type: str
      returned: always
      sample: storefront
    policy_id:
      description: ID of the policy.
      type: str
      returned: always
      sample: 6d392034d94c4e8a95a78c98127453b6
    name:
      description: Name of the rule.
      type: str
      returned: always
      sample: data centres
    type:
      description: Type of the intelligence.
      type: str
      returned: always
      sample: idc
    tags:
      description: Tags of the networks that the rule applies to, sorted.
      type: list
      elements: str
      returned: always
      sample: [AliCloud, Tencent]
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
      sample: No bots
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
      sample: WAF.00022004
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import resource_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_rules import IP_REPUTATION_RULE

DECLARATION = resource_module(IP_REPUTATION_RULE)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
