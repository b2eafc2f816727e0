#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_ip_reputation_rules
short_description: Manage many IP intelligence (IP reputation) rules of WAF policies
version_added: 1.0.0
description:
  - Makes whole sets of IP intelligence rules be as listed, over one policy or many, with one list call for each hundred rules that are there
    and nothing written that is as it shall be.
  - Every item is looked at before anything is written. A tag that moves from one rule to another is taken from the one before it is
    given to the other, and rules that are removed go last.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.writes
  - gatehouse.huaweicloud.sets
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_ip_reputation_rule_info
  - gatehouse.huaweicloud.permissions.waf_ip_reputation_rule
  - gatehouse.huaweicloud.permissions.waf_ruleset
options:
  rules:
    description:
      - The rules, each as M(gatehouse.huaweicloud.waf_ip_reputation_rule) takes one. What no item names is left alone unless O(purge) is set.
      - Their order means nothing. Two items about one rule are refused, with the positions of both.
    type: list
    elements: dict
    required: true
    suboptions:
      state:
        description:
          - Whether the rule shall exist.
          - V(present) creates it or changes it to be as the item says. What an item does not say is left as it is.
          - V(absent) removes it.
        type: str
        choices: [present, absent]
        default: present
      policy:
        description:
          - Name or ID of the WAF policy that the rule belongs to. O(policy) if left out.
        type: str
      id:
        description:
          - ID of the rule. It tells rules of one name apart. The service chooses IDs.
          - One of O(rules[].name) and O(rules[].id) is required; with both, the rule is renamed.
        type: str
      name:
        description:
          - Name of the rule, 1 to 256 characters.
          - The service allows several rules of one name. Such a name is refused with the IDs that have it; say O(rules[].id) then.
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
            A new one has to be spelled as the service's map has it. One that is not is refused before anything is written, with near ones.
          - The service knows V(Dr.Peng), V(Google), V(Tencent), V(MeiTuan), V(HW), V(Amazon), V(AliCloud), V(Microsoft) and V(VNET);
            a region can have others.
          - A tag can be in one rule of a policy only. The set is carried out in an order in which it is taken from one before it is given to another.
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
  policy:
    description:
      - Name or ID of the policy of all items that name none.
    type: str
  policies:
    description:
      - Names or IDs of policies that O(purge) looks at, beside those that items name, such as one that no item is in any more.
    type: list
    elements: str
  planned:
    description:
      - Names of policies that other tasks of the same play make and remove.
      - In check mode what is missing of them counts as there and empty, and what belongs to them is gone with them, as with
        O(planned) of M(gatehouse.huaweicloud.waf_geoip_rule).
    type: list
    elements: str
seealso:
  - module: gatehouse.huaweicloud.waf_ip_reputation_rule
  - module: gatehouse.huaweicloud.waf_ruleset
  - module: gatehouse.huaweicloud.waf_ip_reputation_rule_info
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
    - name: Data centres do not shop
      gatehouse.huaweicloud.waf_ip_reputation_rules:
        policy: storefront
        rules:
          - name: scrapers
            tags: [Amazon, AliCloud]
            action: block
          - name: watched
            tags: [Google]
            action: log
"""

RETURN = r"""
ip_reputation_rules:
  description:
    - The rules that items say shall exist, in the order of the items, as the service holds them, or as they would be in check mode.
  returned: success
  type: list
  elements: dict
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
changed_items:
  description: What was changed, or would be in check mode, in the order in which it is done.
  returned: success, or when a part was done
  type: list
  elements: dict
  contains:
    action:
      description: What was done, V(create), V(update) or V(remove).
      type: str
      returned: always
      sample: update
    kind:
      description: What kind of object it is.
      type: str
      returned: always
      sample: geoip_rule
    name:
      description: Name of the object. Beside it stands what it belongs to, such as its policy.
      type: str
      returned: always
      sample: embargo
    id:
      description: ID of the object. V(none) in check mode for one that would be created.
      type: str
      returned: always
      sample: 02dafa406c4941368a1037b020f15a53
    reason:
      description: Why, such as the properties that differ.
      type: str
      returned: always
      sample: 'locations: +Peru'
    position:
      description: The item that says it. Missing for what is purged.
      type: str
      returned: when an item says it
      sample: item 3 of rules
counts:
  description: How many objects were created, updated, removed, and found as they shall be.
  returned: success, or when a part was done
  type: dict
  sample: {created: 2, updated: 1, removed: 0, unchanged: 997}
plan:
  description:
    - The changes as they would be carried out. C(writes) is how many there are, C(steps) has them as RV(changed_items) does, each
      with its number from 1 and, in C(after_steps), the numbers of those that have to be done before it.
    - One object can need two steps, where something moves from it to another one and back.
  returned: success in check mode
  type: dict
  sample:
    writes: 1
    steps: [{step: 1, action: update, kind: geoip_rule, name: embargo, reason: 'locations: +Peru', after_steps: []}]
backup_file:
  description: Path of the file that holds what was there before.
  returned: when O(backup) is set and something was changed
  type: str
  sample: /srv/edge/backup/ip_reputation_rules-20260108T025619Z-k3j4d9.json
failed_items:
  description: Items that cannot be carried out, and changes that failed, each with what RV(changed_items) tells of it, its C(msg) and its C(api_error).
  returned: when the task failed because of some items
  type: list
  elements: dict
  sample: [{position: item 3 of rules, name: embargo, msg: 'locations: it cannot be empty.', api_error: null}]
not_tried_items:
  description: Changes that were not begun because others failed, as in RV(changed_items).
  returned: when the task failed because of some items
  type: list
  elements: dict
  sample: []
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

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._set_modules import set_module
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_rules import IP_REPUTATION_RULE

DECLARATION = set_module(IP_REPUTATION_RULE, "rules")


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
