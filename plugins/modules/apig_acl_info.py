#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: apig_acl_info
short_description: List the access control policies of an API Gateway
version_added: 0.1.0
description:
  - Returns all access control policies of a gateway, or the one with a name or an ID.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.apig_acl_info
options:
  gateway:
    description:
      - Name or ID of the gateway (APIG instance) that the policies belong to.
    type: str
    required: true
  name:
    description:
      - Return only the policy with this name.
    type: str
  id:
    description:
      - Return only the policy with this ID.
    type: str
seealso:
  - module: gatehouse.huaweicloud.apig_acl
"""

EXAMPLES = r"""
- name: Read all access control policies of a gateway
  gatehouse.huaweicloud.apig_acl_info:
    gateway: storefront-gateway

- name: Read one policy
  gatehouse.huaweicloud.apig_acl_info:
    gateway: storefront-gateway
    name: offices
"""

RETURN = r"""
acls:
  description: The policies, sorted by name.
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
      sample: APIG.3030
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._apig import ACL
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import info_module, run

DECLARATION = info_module(ACL)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
