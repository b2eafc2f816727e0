#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_geoip_rule
short_description: Manage a geolocation access control rule of a WAF policy
version_added: 0.1.0
description:
  - Blocks, allows or logs requests by the country or the Chinese province they come from.
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
  - gatehouse.huaweicloud.permissions.waf_geoip_rule_info
  - gatehouse.huaweicloud.permissions.waf_geoip_rule
options:
  name:
    description:
      - Name of the rule, 1 to 128 letters, digits, and characters of C(-_:.).
      - The service allows several rules of one name. Such a name is refused with the IDs that have it; say O(id) then.
      - One of O(name) and O(id) is required.
    type: str
  locations:
    description:
      - Locations that the rule applies to. Order means nothing, and case makes no change to one that the rule has.
        A new one is sent as it is written, and the service takes its own spelling only. Check mode compares with the service's
        map and names near ones.
      - Ten countries are said with two letters, V(AU), V(BR), V(CA), V(CN), V(DE), V(FR), V(IN), V(JP), V(UK) and V(US);
        every other country with its English name, such as V(Peru) or V(South Africa).
      - Other pairs of letters are Chinese provinces, not ISO country codes. V(BJ) is Beijing and not Benin, V(FJ) is Fujian and not Fiji.
        V(HK), V(MO) and V(TW) are among them.
      - A location can be in one rule of a policy only. The service refuses a second one with C(WAF.00022004).
      - The list replaces the one that the rule has. It cannot be empty; remove the rule instead.
      - Required to create a rule.
    type: list
    elements: str
  action:
    description:
      - What WAF does with a request from one of O(locations).
      - V(block) refuses it, V(allow) lets it through, V(log) lets it through and records it.
      - Required to create a rule.
    type: str
    choices: [block, allow, log]
  enabled:
    description:
      - Whether the rule is in force. A new rule is unless the task says otherwise.
    type: bool
  description:
    description:
      - Description of the rule. An empty text clears it.
    type: str
notes:
  - Rules act only while the geolocation switch of their policy is on, which a warning tells, and need some minutes to take effect.
  - The starter edition of WAF has no geolocation rules; the service refuses them with C(WAF.00013002).
seealso:
  - module: gatehouse.huaweicloud.waf_geoip_rule_info
  - name: Updating a Geolocation Access Control Rule
    description: The page of the WAF API reference, UpdateGeoipRule.
    link: https://support.huaweicloud.com/intl/en-us/api-waf/UpdateGeoipRule.html
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
    - name: Nobody in these countries reaches the shop
      gatehouse.huaweicloud.waf_geoip_rule:
        policy: storefront
        name: embargo
        locations:
          - Peru
          - Indonesia
        action: block
        description: Nobody from there

    - name: Look at the effect first
      gatehouse.huaweicloud.waf_geoip_rule:
        policy: storefront
        name: embargo
        action: log

    - name: Switch the rule off and keep it
      gatehouse.huaweicloud.waf_geoip_rule:
        policy: storefront
        name: embargo
        enabled: false

    - name: Remove the rule
      gatehouse.huaweicloud.waf_geoip_rule:
        policy: storefront
        name: embargo
        state: absent
"""

RETURN = r"""
geoip_rule:
  description: The rule as the service holds it, or as it would be in check mode. Empty when it is absent.
  returned: success
  type: dict
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
      sample: WAF.00022004
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import resource_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_rules import GEOIP_RULE

DECLARATION = resource_module(GEOIP_RULE)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
