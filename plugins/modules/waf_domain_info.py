#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_domain_info
short_description: List the domains that WAF protects
version_added: 1.0.0
description:
  - Returns all domains in cloud mode and in dedicated mode, or those with a host name, a port, a mode or an ID.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_domain_info
options:
  domain:
    description:
      - Return only the domains with this host name, in any case, of every port and mode.
    type: str
  port:
    description:
      - Return only the domains with this port, which is not a standard one.
    type: int
  mode:
    description:
      - Return only the domains in this mode.
    type: str
    choices: [cloud, dedicated]
  id:
    description:
      - Return only the domain with this ID.
    type: str
seealso:
  - module: gatehouse.huaweicloud.waf_domain
"""

EXAMPLES = r"""
- name: Read all domains
  gatehouse.huaweicloud.waf_domain_info:
  register: listed

- name: Show what the DNS of each domain in cloud mode shall lead to
  ansible.builtin.debug:
    msg: >-
      {{ listed.domains | selectattr('mode', 'eq', 'cloud')
         | items2dict(key_name='domain', value_name='cname') }}

- name: Read one domain
  gatehouse.huaweicloud.waf_domain_info:
    domain: shop.example.com
"""

RETURN = r"""
domains:
  description: The domains, sorted by host name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: ID of the domain in WAF. Missing in check mode for a domain that would be added.
      type: str
      returned: when the domain exists
      sample: 5e1e55c1ab7c4f0c9d1b0f9f3a1c2d3e
    domain:
      description: Host name, without the port.
      type: str
      returned: always
      sample: docs.example.com
    port:
      description: Port that is not the standard one. V(none) for the standard ports.
      type: int
      returned: always
      sample: 8081
    mode:
      description: V(cloud) or V(dedicated).
      type: str
      returned: always
      sample: cloud
    servers:
      description: Origin servers, sorted.
      type: list
      elements: dict
      returned: always
      sample:
        - {address: 192.0.2.30, port: 8080, front_protocol: https, back_protocol: http, weight: 1, type: ipv4, vpc_id: null}
    proxy:
      description: Whether a proxy such as a CDN is in front of WAF.
      type: bool
      returned: always
      sample: false
    policy:
      description: Name of the policy. V(none) in check mode when the service would make one.
      type: str
      returned: always
      sample: storefront
    policy_id:
      description: ID of the policy. V(none) in check mode for a policy that is not there yet.
      type: str
      returned: always
      sample: 38ff0cb9a10e4d5293c642bc0350fa6d
    certificate:
      description: Name of the certificate. V(none) when there is none.
      type: str
      returned: always
      sample: storefront-certificate
    certificate_id:
      description: ID of the certificate. V(none) when there is none.
      type: str
      returned: always
      sample: 0a1b2c3d4e5f60718293a4b5c6d7e8f9
    protection:
      description: V(on), V(suspended) or V(bypass). V(none) in check mode for a domain that would be added, when the task does not say it.
      type: str
      returned: always
      sample: "on"
    access_status:
      description:
        - V(connected) or V(disconnected); V(2) when the check is skipped. V(none) in check mode for a domain that would be added, when the task
          does not say it.
      type: str
      returned: always
      sample: disconnected
    description:
      description: Description of the domain.
      type: str
      returned: always
      sample: The manual
    cname:
      description: Name that the DNS of the domain shall lead to. V(none) in dedicated mode, and in check mode for a domain that would be added.
      type: str
      returned: always
      sample: 7f83b1657ff1fc53b92dc18148a1d65d.vip1.huaweicloudwaf.com
    access_code:
      description: First label of RV(domains[].cname), which WAF makes. V(none) where RV(domains[].cname) is.
      type: str
      returned: always
      sample: 7f83b1657ff1fc53b92dc18148a1d65d
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
      sample: WAF.00014001
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import info_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_domains import DOMAIN

DECLARATION = info_module(DOMAIN)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
