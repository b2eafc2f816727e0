#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: apig_acl_binding_info
short_description: Show which APIs the access control policies of an API Gateway are bound to
version_added: 1.0.0
description:
  - Returns one entry for each policy and environment in which the policy is bound to anything, with all APIs that it is bound to there.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.apig_acl_binding_info
options:
  gateway:
    description:
      - Name or ID of the gateway (APIG instance).
    type: str
    required: true
  acl:
    description:
      - Return only what the policy with this name or ID is bound to.
    type: str
  environment:
    description:
      - Return only what is bound in the environment with this name or ID.
    type: str
  api:
    description:
      - Return only the entries that have the API with this name or ID among their APIs. Such an entry lists the others as well.
    type: str
seealso:
  - module: gatehouse.huaweicloud.apig_acl_binding
  - module: gatehouse.huaweicloud.apig_acl_info
"""

EXAMPLES = r"""
- name: Read which APIs have which policies
  gatehouse.huaweicloud.apig_acl_binding_info:
    gateway: storefront-gateway
  register: bindings

- name: Show the policies that act on anything in RELEASE
  ansible.builtin.debug:
    msg: >-
      {{ bindings.acl_bindings | selectattr('environment', 'eq', 'RELEASE')
         | map(attribute='acl') }}

- name: Read which policies one API has
  gatehouse.huaweicloud.apig_acl_binding_info:
    gateway: storefront-gateway
    api: orders
"""

RETURN = r"""
acl_bindings:
  description: What each policy is bound to in each environment, sorted by the names of policy and environment.
  returned: success
  type: list
  elements: dict
  contains:
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
    acl:
      description: Name of the policy.
      type: str
      returned: always
      sample: offices
    acl_id:
      description: ID of the policy.
      type: str
      returned: always
      sample: 7eb619ecf2a24943b099833cd24a01ba
    environment:
      description: Name of the environment.
      type: str
      returned: always
      sample: RELEASE
    environment_id:
      description: ID of the environment.
      type: str
      returned: always
      sample: DEFAULT_ENVIRONMENT_RELEASE_ID
    apis:
      description: The APIs that the policy is bound to in the environment, all of them, sorted by name.
      type: list
      elements: dict
      returned: always
      contains:
        name:
          description: Name of the API.
          type: str
          returned: always
          sample: orders
        id:
          description: ID of the API.
          type: str
          returned: always
          sample: 5f918d104dc84480a75166ba99efff21
api_error:
  description: What the cloud answered when it refused a call.
  returned: when the task failed and the cloud had answered
  type: dict
  contains:
    status:
      description: HTTP status of the answer.
      type: int
      returned: always
      sample: 404
    code:
      description: Error code of the service. V(none) if the answer had none.
      type: str
      returned: always
      sample: APIG.3015
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._apig_bindings import ACL_BINDING
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import action_info_module, run

DECLARATION = action_info_module(ACL_BINDING)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
