#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_domain
short_description: Manage a domain that WAF protects
version_added: 1.0.0
description:
  - Adds a domain to WAF, in cloud mode or in dedicated mode, with its origin servers, its policy and its certificate, and removes it.
  - A domain is found by O(domain), with O(port) where it has one, or by O(id). Where a host name is in WAF in both modes, O(mode) or O(id) has
    to tell which is meant.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.writes
  - gatehouse.huaweicloud.resource
  - gatehouse.huaweicloud.resource.planned
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_domain_info
  - gatehouse.huaweicloud.permissions.waf_domain
options:
  domain:
    description:
      - Host name, such as V(shop.example.com), or with a wildcard, such as V(*.example.com); V(*) stands for every host name. Case means nothing.
      - It cannot be changed. One of O(domain) and O(id) is required.
    type: str
  port:
    description:
      - Port of the domain where it is not a standard one. It belongs to the name, so that the same host name with another port is another domain.
      - Left out for the ports 80 and 443.
    type: int
  mode:
    description:
      - V(cloud) for a domain whose DNS leads to WAF in the cloud, V(dedicated) for one that dedicated WAF engines protect.
      - A new domain is in cloud mode unless the task says otherwise. It cannot be changed; a domain that is there in the other mode only is refused.
    type: str
    choices: [cloud, dedicated]
  servers:
    description:
      - Origin servers that WAF hands requests on to. Order means nothing.
      - The list replaces the one that the domain has. It cannot be empty.
      - Required to add a domain.
    type: list
    elements: dict
    suboptions:
      address:
        description:
          - IP address or host name of the server.
        type: str
        required: true
      port:
        description:
          - Port of the server.
        type: int
        required: true
      front_protocol:
        description:
          - What clients speak with WAF. V(https) needs a O(certificate).
        type: str
        required: true
        choices: [http, https]
      back_protocol:
        description:
          - What WAF speaks with the server.
        type: str
        required: true
        choices: [http, https]
      weight:
        description:
          - Share of the requests that the server gets, beside the weights of the others, 0 to 65535. It is 1 if left out.
        type: int
      type:
        description:
          - Kind of the address. It is told by an IP address, and V(ipv4) for a host name, if left out.
        type: str
        choices: [ipv4, ipv6]
      vpc_id:
        description:
          - ID of the VPC that the server is in. Required in dedicated mode, and for it only.
        type: str
  proxy:
    description:
      - Whether a proxy such as a CDN is in front of WAF, so that WAF takes the address of the client from a header.
      - A new domain has none unless the task says otherwise.
    type: bool
  policy:
    description:
      - Name or ID of the WAF policy that looks at the requests. A domain that has another one is moved to it.
      - If it is left out for a new domain, the service makes a policy, which the result tells.
    type: str
  certificate:
    description:
      - Name or ID of a certificate that has been uploaded to WAF. Required if a O(servers[].front_protocol) is V(https).
      - One that has expired is refused, and one that does not cover O(domain), where the service tells the names.
    type: str
  protection:
    description:
      - What WAF does with requests. V(on) protects, V(suspended) lets everything through and looks at nothing, V(bypass) leads requests past WAF.
      - The service decides it for a new domain unless the task says it.
    type: str
    choices: ["on", suspended, bypass]
  access_status:
    description:
      - Whether requests to the domain come to WAF, as the service has it. WAF looks by itself; V(connected) or V(disconnected) here overrides that.
      - The service tells V(2) for a domain whose check is skipped.
    type: str
    choices: [connected, disconnected]
  description:
    description:
      - Description of the domain. The service takes it when the domain is added, and no change of it.
    type: str
  wait:
    description:
      - Whether to wait, after the change, until WAF tells that the domain is connected.
      - WAF looks every 30 minutes, and counts a domain as connected that gets 20 requests in 5 minutes.
      - Check mode does not wait, and predicts a domain that is connected.
    type: bool
  wait_timeout:
    description:
      - Seconds to wait at most. They are 300 if left out. O(deadline) ends the task if it is earlier.
      - When the time is over, the task fails; the change stays.
    type: int
  keep_policy:
    description:
      - Whether the policy stays when a domain in dedicated mode is removed. It stays unless this is V(false).
      - With V(false) the service removes it, with its rules, unless another domain uses it.
      - In cloud mode the policy stays always, and V(false) is refused.
    type: bool
notes:
  - Adding a domain does not take protection and access status. Each is set by a call of its own afterwards; when one fails, the message says what
    is live, and the next run completes it.
seealso:
  - module: gatehouse.huaweicloud.waf_domain_info
  - module: gatehouse.huaweicloud.waf_access_progress
  - name: Adding a Domain Name to the Cloud WAF
    description: The page of the WAF API reference, CreateHost.
    link: https://support.huaweicloud.com/intl/en-us/api-waf/CreateHost.html
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
    - name: The manual is behind WAF
      gatehouse.huaweicloud.waf_domain:
        domain: docs.example.com
        policy: storefront
        certificate: storefront-certificate
        servers:
          - address: 192.0.2.30
            port: 8080
            front_protocol: https
            back_protocol: http
        protection: suspended
      register: docs

    - name: Show what its DNS shall lead to
      ansible.builtin.debug:
        var: docs.domain.cname

    - name: The DNS leads to WAF, so WAF protects it
      gatehouse.huaweicloud.waf_domain:
        domain: docs.example.com
        protection: "on"
        access_status: connected
        wait: true

    - name: A domain behind dedicated engines
      gatehouse.huaweicloud.waf_domain:
        domain: intern.example.com
        port: 8081
        mode: dedicated
        servers:
          - address: 192.0.2.31
            port: 8081
            front_protocol: http
            back_protocol: http
            vpc_id: 00000000-0000-0000-0000-000000000001

    - name: Remove it, with the policy that the service made for it
      gatehouse.huaweicloud.waf_domain:
        domain: intern.example.com
        port: 8081
        state: absent
        keep_policy: false

    - name: Remove the manual
      gatehouse.huaweicloud.waf_domain:
        domain: docs.example.com
        state: absent
"""

RETURN = r"""
domain:
  description: The domain as the service holds it, or as it would be in check mode. Empty when it is absent.
  returned: success
  type: dict
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
      description: First label of RV(domain.cname), which WAF makes. V(none) where RV(domain.cname) is.
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

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import resource_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_domains import DOMAIN

DECLARATION = resource_module(DOMAIN)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
