#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_policy
short_description: Manage a WAF policy
version_added: 1.0.0
description:
  - Creates, changes or removes a WAF policy, which holds the rules that judge requests, switches its protections on and off, and brings domains under it.
  - A policy is found by O(name) or O(id). With both O(id) and O(name) it is renamed.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.writes
  - gatehouse.huaweicloud.resource
  - gatehouse.huaweicloud.resource.planned_removal
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_policy_info
  - gatehouse.huaweicloud.permissions.waf_policy
options:
  name:
    description:
      - Name of the policy, 1 to 256 letters, digits, and characters of C(_-). Some editions of WAF take 64 characters and no C(-).
      - If several policies have the name, it is refused with the IDs that have it; say O(id) then.
      - One of O(name) and O(id) is required.
    type: str
  level:
    description:
      - How strictly basic web protection judges.
      - V(low) blocks requests with obvious signs of an attack only, V(medium) fits most sites, V(high) finds complex attacks as well.
      - A new policy has V(medium) unless the task says otherwise.
    type: str
    choices: [low, medium, high]
  mode:
    description:
      - What basic web protection does with an attack.
      - V(log) lets it through and records it, V(block) refuses it.
      - A new policy has V(log) unless the task says otherwise.
    type: str
    choices: [log, block]
  full_detection:
    description:
      - Whether a request that a precise protection rule blocks is checked by the other protections first, and blocked at the end.
      - A new policy blocks it at once unless the task says otherwise.
    type: bool
  options:
    description:
      - Switches of the protections, by the names that the API has for them. A switch that is left out is left as it is.
      - In a new policy C(webattack), C(common), C(crawler), C(crawler_scanner), C(cc), C(custom), C(whiteblackip), C(ignore), C(privacy) and
        C(antitamper) are on unless the task says otherwise. The documents do not tell the default of C(precise), C(antileakage), C(bot_enable) and those
        that stand below it in this list.
      - In a new policy C(geoip) is off, so that geolocation rules do nothing until it is switched on. IP-intelligence rules have no switch.
      - Which protections can be switched depends on the edition of WAF. A switch that the service leaves as it was is told in a warning.
    type: dict
    suboptions:
      webattack:
        description: Basic web protection as a whole.
        type: bool
      common:
        description: General check of basic web protection.
        type: bool
      crawler:
        description: Detection of crawlers as a whole. The SDK of the vendor calls it reserved and always on; other editions switch it off.
        type: bool
      crawler_engine:
        description: Detection of search engines.
        type: bool
      crawler_scanner:
        description: Detection of scanners.
        type: bool
      crawler_script:
        description: Detection of script tools.
        type: bool
      crawler_other:
        description: Detection of other crawlers.
        type: bool
      webshell:
        description: Detection of web shells.
        type: bool
      cc:
        description: Rules against CC attacks.
        type: bool
      custom:
        description: Precise protection rules.
        type: bool
      precise:
        description: Precise protection; its rules have C(custom).
        type: bool
      whiteblackip:
        description: Rules that block or allow IP addresses.
        type: bool
      geoip:
        description: Geolocation rules. They do nothing while it is off.
        type: bool
      ignore:
        description: Rules that mask false alarms.
        type: bool
      privacy:
        description: Rules that mask data in logs.
        type: bool
      antitamper:
        description: Rules against web tampering.
        type: bool
      antileakage:
        description: Rules against information leakage.
        type: bool
      bot_enable:
        description: Protection against crawlers as a whole.
        type: bool
      bot_manager_enable:
        description: Bot management.
        type: bool
      modulex_enabled:
        description: Smart access control.
        type: bool
      followed_action:
        description: Rules that punish known attack sources.
        type: bool
      anticrawler:
        description: Rules against crawlers that run JavaScript.
        type: bool
      scan_protection:
        description: Scan protection as a whole.
        type: bool
      high_frequency_scan_blocking:
        description: Blocking of scans of a high frequency.
        type: bool
      directory_traversal_protection:
        description: Protection against directory traversal.
        type: bool
  domains:
    description:
      - Host names or IDs of domains in WAF that the policy shall protect. Case means nothing. A host name that is in both modes needs the ID.
      - A domain always has exactly one policy. Those that are listed are moved under this one after its properties are set; those that are not listed stay.
      - To take a domain away from a policy, list it in another one.
    type: list
    elements: str
notes:
  - A policy that protects domains cannot be removed. Its rules are removed with it.
  - While a policy is created or changed, the result of a failure says which part is done; the next run does the rest.
seealso:
  - module: gatehouse.huaweicloud.waf_policy_info
  - module: gatehouse.huaweicloud.waf_geoip_rule
  - module: gatehouse.huaweicloud.waf_ip_reputation_rule
  - name: Updating a Protection Policy
    description: The page of the WAF API reference, UpdatePolicy.
    link: https://support.huaweicloud.com/intl/en-us/api-waf/UpdatePolicy.html
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
    - name: A policy that blocks attacks and enforces its geolocation rules
      gatehouse.huaweicloud.waf_policy:
        name: checkout
        mode: block
        options:
          geoip: true

    - name: Bring a domain under it
      gatehouse.huaweicloud.waf_policy:
        name: checkout
        domains:
          - pay.example.com

    - name: Judge more strictly
      gatehouse.huaweicloud.waf_policy:
        name: checkout
        level: high

    - name: Bring the domain back under the policy that it had
      gatehouse.huaweicloud.waf_policy:
        name: storefront
        domains:
          - pay.example.com

    - name: Remove the policy and its rules
      gatehouse.huaweicloud.waf_policy:
        name: checkout
        state: absent
"""

RETURN = r"""
policy:
  description: The policy as the service holds it, or as it would be in check mode. Empty when it is absent.
  returned: success
  type: dict
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
      sample: WAF.00022003
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import resource_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_policies import POLICY

DECLARATION = resource_module(POLICY)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
