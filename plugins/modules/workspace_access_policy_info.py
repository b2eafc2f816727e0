#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: workspace_access_policy_info
short_description: List the access policies of Workspace
version_added: 0.1.0
description:
  - Returns all access policies of the project, or those with a name, a type or an ID.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.workspace_access_policy_info
options:
  name:
    description:
      - Return only the policies with this name. There can be one of each type.
    type: str
  access_control_type:
    description:
      - Return only the policies of this type.
    type: str
    choices: [access_type, ip_white_list]
  id:
    description:
      - Return only the policy with this ID. O(name) and O(access_control_type) do not matter then.
    type: str
seealso:
  - module: gatehouse.huaweicloud.workspace_access_policy
"""

EXAMPLES = r"""
- name: Read all access policies
  gatehouse.huaweicloud.workspace_access_policy_info:

- name: Read the lists of addresses
  gatehouse.huaweicloud.workspace_access_policy_info:
    access_control_type: ip_white_list
"""

RETURN = r"""
access_policies:
  description: The policies, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the policy. Missing in check mode for a policy that would be created.
      type: str
      returned: when the policy exists
      sample: 20b726affecc4411bcdc49a66e3e8f63
    name:
      description: Name of the policy.
      type: str
      returned: always
      sample: offices
    access_control_type:
      description: Kind of the policy.
      type: str
      returned: always
      sample: ip_white_list
    enabled:
      description: Whether the list of addresses is in force.
      type: bool
      returned: always
      sample: true
    block_all:
      description: Whether every address is blocked.
      type: bool
      returned: always
      sample: false
    ip_addresses:
      description: Addresses and CIDR blocks of the list, sorted, in their one notation. Empty for V(access_type).
      type: list
      elements: str
      returned: always
      sample: [192.0.2.0/24, 198.51.100.7]
    objects:
      description: Users and groups that the policy applies to, by type and ID. Empty for V(ip_white_list).
      type: list
      elements: dict
      returned: always
      sample: []
      contains:
        type:
          description: V(user) or V(group).
          type: str
          returned: always
          sample: user
        id:
          description: ID of the user or group.
          type: str
          returned: always
          sample: 4f9d2f4a6c9b4f0e8a3b2c1d0e9f8a7b
        name:
          description: Name of the user or group.
          type: str
          returned: always
          sample: anna
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
      sample: WKS.00121102
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import info_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._workspace import ACCESS_POLICY

DECLARATION = info_module(ACCESS_POLICY)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
