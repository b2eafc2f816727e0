#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: apig_acls
short_description: Manage many access control policies of API Gateways
version_added: 1.0.0
description:
  - Makes whole sets of access control policies be as listed, over one gateway or many, with one list call for each five hundred policies
    that are there and nothing written that is as it shall be.
  - Every item is looked at before anything is written, and policies that are removed go last.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.writes
  - gatehouse.huaweicloud.sets
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.apig_acl_info
  - gatehouse.huaweicloud.permissions.apig_acl
options:
  acls:
    description:
      - The policies, each as M(gatehouse.huaweicloud.apig_acl) takes one. What no item names is left alone unless O(purge) is set.
      - Their order means nothing. Two items about one policy are refused, with the positions of both.
    type: list
    elements: dict
    required: true
    suboptions:
      state:
        description:
          - Whether the policy shall exist.
          - V(present) creates it or changes it to be as the item says. What an item does not say is left as it is.
          - V(absent) removes it.
        type: str
        choices: [present, absent]
        default: present
      gateway:
        description:
          - Name or ID of the gateway (APIG instance) that the policy belongs to. O(gateway) if left out.
        type: str
      id:
        description:
          - ID of the policy. It tells policies of one name apart. The service chooses IDs.
          - One of O(acls[].name) and O(acls[].id) is required; with both, the policy is renamed.
        type: str
      name:
        description:
          - Name of the policy, 3 to 64 characters. It begins with a letter and consists of letters, digits and C(_).
          - Names are unique in a gateway.
        type: str
      type:
        description:
          - V(permit) lets only those in that O(acls[].entries) lists, V(deny) keeps them out.
          - Required to create a policy.
        type: str
        choices: [permit, deny]
      entity_type:
        description:
          - What O(acls[].entries) lists. V(ip) means addresses, V(domain) names of accounts (not DNS names), V(domain_id) IDs of accounts.
          - It cannot be changed later. A task that asks for it is refused before anything is written.
          - Required to create a policy.
        type: str
        choices: [ip, domain, domain_id]
      entries:
        description:
          - Those who are let in or kept out, 1 to 100. Order means nothing.
          - With O(acls[].entity_type=ip), addresses, CIDR blocks, and ranges such as V(192.0.2.1-192.0.2.9).
            Other notations of the same network are the same value. V(192.0.2.7/32) is V(192.0.2.7), V(192.0.2.7/24) is V(192.0.2.0/24).
          - With O(acls[].entity_type=domain), account names of 1 to 64 ASCII characters that are not digits only, 1024 characters together.
          - The list replaces the one that the policy has.
          - In results it is C(entries) and never C(values), for a template would take that for the method of a dictionary.
          - Required to create a policy.
        type: list
        elements: str
  gateway:
    description:
      - Name or ID of the gateway of all items that name none.
    type: str
  gateways:
    description:
      - Names or IDs of gateways that O(purge) looks at, beside those that items name, such as one that no item is in any more.
    type: list
    elements: str
  planned:
    description:
      - Names of access control policies whose bindings other tasks of the same play remove.
      - They can be removed then, as check mode sees it, as with O(planned) of M(gatehouse.huaweicloud.apig_acl).
      - Of these, the service decides whether they are still bound, for a read may show a binding that has just been removed.
    type: list
    elements: str
notes:
  - A policy that is bound to APIs cannot be removed. A set that would remove one is refused before anything is written, unless O(planned) names it.
seealso:
  - module: gatehouse.huaweicloud.apig_acl
  - module: gatehouse.huaweicloud.apig_acl_binding
  - module: gatehouse.huaweicloud.apig_acl_info
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
    - name: Offices and partners of the shop
      gatehouse.huaweicloud.apig_acls:
        gateway: storefront-gateway
        acls:
          - name: offices
            type: permit
            entity_type: ip
            entries: [203.0.113.0/26, 198.51.100.17]
          - name: former_partners
            type: deny
            entity_type: domain
            entries: [parcels-overland]
"""

RETURN = r"""
acls:
  description:
    - The policies that items say shall exist, in the order of the items, as the service holds them, or as they would be in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the policy. Missing in check mode for a policy that would be created.
      type: str
      returned: when the policy exists
      sample: 7eb619ecf2a24943b099833cd24a01ba
    gateway:
      description: Name of the gateway.
      type: str
      returned: always
      sample: storefront-gateway
    gateway_id:
      description: ID of the gateway.
      type: str
      returned: always
      sample: 93b6dd2f0c8b4f2fa3d0f5f4b1d3a0c1
    name:
      description: Name of the policy.
      type: str
      returned: always
      sample: offices
    type:
      description: Whether those who are listed are let in or kept out.
      type: str
      returned: always
      sample: permit
    entity_type:
      description: What RV(acls[].entries) lists.
      type: str
      returned: always
      sample: ip
    entries:
      description: Addresses, account names or account IDs, sorted, in their one notation.
      type: list
      elements: str
      returned: always
      sample: [192.0.2.0/24, 198.51.100.7]
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
  sample: /srv/edge/backup/acls-20260108T025619Z-k3j4d9.json
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
      sample: APIG.3206
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._apig import ACL
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._set_modules import set_module

DECLARATION = set_module(ACL, "acls")


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
