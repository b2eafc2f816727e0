#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_policy_info
short_description: List the WAF policies
version_added: 1.0.0
description:
  - Returns all WAF policies, or those with a name or an ID.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_policy_info
options:
  name:
    description:
      - Return only the policies with this name.
    type: str
  id:
    description:
      - Return only the policy with this ID.
    type: str
seealso:
  - module: gatehouse.huaweicloud.waf_policy
"""

EXAMPLES = r"""
- name: Read all WAF policies
  gatehouse.huaweicloud.waf_policy_info:
  register: found

- name: Show the policies whose geolocation rules do nothing
  ansible.builtin.debug:
    msg: >-
      {{ found.policies | rejectattr('options.geoip') | map(attribute='name') }}

- name: Read one policy
  gatehouse.huaweicloud.waf_policy_info:
    name: storefront
"""

RETURN = r"""
policies:
  description: The policies, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the policy. Missing in check mode for a policy that would be created.
      type: str
      returned: when the policy exists
      sample: 38ff0cb9a10e4d5293c642bc0350fa6d
    name:
      description: Name of the policy.
      type: str
      returned: always
      sample: storefront
    level:
      description: How strictly basic web protection judges.
      type: str
      returned: always
      sample: medium
    mode:
      description: What basic web protection does with an attack.
      type: str
      returned: always
      sample: block
    full_detection:
      description: Whether a request that a precise protection rule blocks is checked to the end before it is blocked.
      type: bool
      returned: always
      sample: false
    options:
      description:
        - The switches of the protections, by the names that the API has for them.
        - A switch that the service does not tell is V(none), and so is, in check mode, one of a new policy whose default is not documented.
      type: dict
      returned: always
      sample:
        cc: true
        geoip: true
        webattack: true
    domains:
      description: Host names of the domains that the policy protects, sorted. A domain in both modes is there twice.
      type: list
      elements: str
      returned: always
      sample: [pay.example.com, shop.example.com]
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
      sample: WAF.00012003
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import info_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_policies import POLICY

DECLARATION = info_module(POLICY)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
