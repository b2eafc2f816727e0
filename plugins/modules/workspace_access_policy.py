#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: workspace_access_policy
short_description: Manage an access policy of Workspace
version_added: 0.1.0
description:
  - Decides from which addresses desktops can be reached, or which users and groups cannot reach theirs over the internet.
  - A policy is found by O(name) and O(access_control_type), or by O(id).
  - A change that needs several calls makes them in an order that never shuts out more than was asked for.
    A list is filled before it is enforced, released before it is emptied, and addresses are taken off last.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.writes
  - gatehouse.huaweicloud.resource
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.workspace_access_policy_info
  - gatehouse.huaweicloud.permissions.workspace_access_policy
options:
  name:
    description:
      - Name of the policy, 1 to 50 characters. It cannot be changed later.
      - Older editions of the service know the name V(PRIVATE_ACCESS) only.
      - One of O(name) and O(id) is required.
    type: str
  access_control_type:
    description:
      - V(ip_white_list) means that desktops can be reached from the listed addresses only.
      - V(access_type) means that the listed users and groups cannot reach their desktops over the internet.
      - It cannot be changed later.
      - Required unless O(id) is set.
    type: str
    choices: [access_type, ip_white_list]
  enabled:
    description:
      - Whether the list of addresses is in force. A new one is not unless the task says so.
      - A list without an address is not enforced unless O(block_all) is V(true), since that may lock everybody out.
      - Only for O(access_control_type=ip_white_list).
    type: bool
  block_all:
    description:
      - Whether every address is blocked, the listed ones included. Possible only while the list is enforced.
      - Only for O(access_control_type=ip_white_list).
    type: bool
  ip_addresses:
    description:
      - IPv4 addresses and CIDR blocks that desktops can be reached from, 1000 at most. Order and notation mean nothing.
      - The list replaces the one that the policy has, unless O(purge_ip_addresses) is V(false). An empty list empties it.
      - Only for O(access_control_type=ip_white_list).
    type: list
    elements: str
  purge_ip_addresses:
    description:
      - Whether addresses that are not in O(ip_addresses) are taken off the list.
      - If left out, they are. With V(false), addresses are only added.
    type: bool
  removed_ip_addresses:
    description:
      - Addresses and CIDR blocks that are taken off the list if they are on it.
      - None of them can be in O(ip_addresses) as well.
      - Only for O(access_control_type=ip_white_list).
    type: list
    elements: str
  objects:
    description:
      - Users and groups that the policy applies to, 1 to 2000. Order means nothing.
      - The list replaces the one that the policy has. It cannot be empty; remove the policy instead.
      - Only for O(access_control_type=access_type).
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - Whether a user or a group of users is meant.
        type: str
        choices: [user, group]
        required: true
      name:
        description:
          - Name of the user or group. Its ID is looked up.
          - One of O(objects[].name) and O(objects[].id) is required. With both, both have to be right.
        type: str
      id:
        description:
          - ID of the user or group.
        type: str
notes:
  - The service lists 199 access policies at most. In an account with more, tasks fail instead of guessing.
seealso:
  - module: gatehouse.huaweicloud.workspace_access_policy_info
  - name: Updating a Specified Access Policy
    description: The page of the Workspace API reference, UpdateAccessPolicy.
    link: https://support.huaweicloud.com/intl/en-us/api-workspace/UpdateAccessPolicy.html
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
    - name: Desktops are reached from the offices only
      gatehouse.huaweicloud.workspace_access_policy:
        name: offices
        access_control_type: ip_white_list
        ip_addresses:
          - 192.0.2.0/24
          - 198.51.100.7
        enabled: true

    - name: Let one more address in and keep the others
      gatehouse.huaweicloud.workspace_access_policy:
        name: offices
        access_control_type: ip_white_list
        ip_addresses:
          - 203.0.113.9
        purge_ip_addresses: false

    - name: Take one address off the list
      gatehouse.huaweicloud.workspace_access_policy:
        name: offices
        access_control_type: ip_white_list
        removed_ip_addresses:
          - 198.51.100.7

    - name: Contractors and one user do not come over the internet
      gatehouse.huaweicloud.workspace_access_policy:
        name: PRIVATE_ACCESS
        access_control_type: access_type
        objects:
          - type: group
            name: contractors
          - type: user
            name: anna

    - name: Remove the list
      gatehouse.huaweicloud.workspace_access_policy:
        name: offices
        access_control_type: ip_white_list
        state: absent
"""

RETURN = r"""
access_policy:
  description: The policy as the service holds it, or as it would be in check mode. Empty when it is absent.
  returned: success
  type: dict
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
      sample: WKS.0001
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import resource_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._workspace import ACCESS_POLICY

DECLARATION = resource_module(ACCESS_POLICY)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
