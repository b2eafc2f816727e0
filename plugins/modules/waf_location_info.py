#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_location_info
short_description: List the locations that geolocation rules of WAF know
version_added: 1.0.0
description:
  - Returns the countries and Chinese provinces that the O(gatehouse.huaweicloud.waf_geoip_rule#module:locations) of a geolocation rule can name,
    as the service tells them now.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_location_info
options:
  name:
    description:
      - Return only the locations whose name or title has this text in it. Case means nothing.
    type: str
seealso:
  - module: gatehouse.huaweicloud.waf_geoip_rule
"""

EXAMPLES = r"""
- name: Look for the spelling of a location
  gatehouse.huaweicloud.waf_location_info:
    name: korea
  register: found

- name: Show what a rule can name
  ansible.builtin.debug:
    msg: "{{ found.locations | map(attribute='name') }}"

- name: Read all locations
  gatehouse.huaweicloud.waf_location_info:
"""

RETURN = r"""
locations:
  description: The locations, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: What a rule names the location by.
      type: str
      returned: always
      sample: BJ
    title:
      description: Its name in English. V(none) if the service tells none.
      type: str
      returned: always
      sample: Beijing
    groups:
      description: The groups of the map that it belongs to, such as a continent, or C(CN) for the Chinese provinces, sorted.
      type: list
      elements: str
      returned: always
      sample: [CN]
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

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import report_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_facts import LOCATIONS

DECLARATION = report_module(LOCATIONS)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
