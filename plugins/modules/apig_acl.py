#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: apig_acl
short_description: Manage an access control policy of an API Gateway
version_added: 0.1.0
description:
  - Lets addresses or accounts in, or keeps them out. A policy acts only on the APIs that it is bound to;
    M(gatehouse.huaweicloud.apig_acl_binding) binds it.
  - A policy is found by O(gateway) and O(name), or by O(gateway) and O(id). With both O(id) and O(name) it is renamed.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.writes
  - gatehouse.huaweicloud.resource
  - gatehouse.huaweicloud.resource.planned_removal
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.apig_acl_info
  - gatehouse.huaweicloud.permissions.apig_acl
options:
  gateway:
    description:
      - Name or ID of the gateway (APIG instance) that the policy belongs to.
    type: str
    required: true
  name:
    description:
      - Name of the policy, 3 to 64 characters. It begins with a letter and consists of letters, digits and C(_).
      - Names are unique in a gateway.
      - One of O(name) and O(id) is required.
    type: str
  type:
    description:
      - V(permit) lets only those in that O(entries) lists, V(deny) keeps them out.
      - Required to create a policy.
    type: str
    choices: [permit, deny]
  entity_type:
    description:
      - What O(entries) lists. V(ip) means addresses, V(domain) names of accounts (not DNS names), V(domain_id) IDs of accounts.
      - It cannot be changed later. A task that asks for it is refused before anything is written.
      - Required to create a policy.
    type: str
    choices: [ip, domain, domain_id]
  entries:
    description:
      - Those who are let in or kept out, 1 to 100. Order means nothing.
      - With O(entity_type=ip), addresses, CIDR blocks, and ranges such as V(192.0.2.1-192.0.2.9).
        Other notations of the same network are the same value. V(192.0.2.7/32) is V(192.0.2.7), V(192.0.2.7/24) is V(192.0.2.0/24).
      - With O(entity_type=domain), account names of 1 to 64 ASCII characters that are not digits only, 1024 characters together.
      - The list replaces the one that the policy has.
      - In results it is C(entries) and never C(values), for a template would take that for the method of a dictionary.
      - Required to create a policy.
    type: list
    elements: str
    aliases: [values]
notes:
  - A policy that is bound to APIs cannot be removed; the service refuses it with C(APIG.3447). Unbind it first, with
    M(gatehouse.huaweicloud.apig_acl_binding).
seealso:
  - module: gatehouse.huaweicloud.apig_acl_info
  - module: gatehouse.huaweicloud.apig_acl_binding
  - name: Modifying an Access Control Policy
    description: The page of the API Gateway API reference, UpdateAclStrategyV2.
    link: https://support.huaweicloud.com/intl/en-us/api-apig/UpdateAclStrategyV2.html
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
    - name: Only the offices call the APIs that this policy is bound to
      gatehouse.huaweicloud.apig_acl:
        gateway: storefront-gateway
        name: offices
        type: permit
        entity_type: ip
        entries:
          - 192.0.2.0/24
          - 198.51.100.7

    - name: Keep two accounts out
      gatehouse.huaweicloud.apig_acl:
        gateway: storefront-gateway
        name: former_partners
        type: deny
        entity_type: domain
        entries:
          - partner-one
          - partner-two

    - name: Remove the policy
      gatehouse.huaweicloud.apig_acl:
        gateway: storefront-gateway
        name: former_partners
        state: absent
"""

RETURN = r"""
acl:
  description: The policy as the service holds it, or as it would be in check mode. Empty when it is absent.
  returned: success
  type: dict
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
      description: What RV(acl.entries) lists.
      type: str
      returned: always
      sample: ip
    entries:
      description: Addresses, account names or account IDs, sorted, in their one notation.
      type: list
      elements: str
      returned: always
      sample: [192.0.2.0/24, 198.51.100.7]
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
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import resource_module, run

DECLARATION = resource_module(ACL)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
