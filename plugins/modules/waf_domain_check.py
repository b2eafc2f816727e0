#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: waf_domain_check
short_description: Check with DNS and requests whether a domain is behind WAF
version_added: 1.0.0
description:
  - Looks at one domain from the outside and tells how far it is behind WAF. Does its DNS lead to WAF, does WAF answer as the origin does, is an attack
    refused, is the origin reached through WAF.
  - Each check ends as V(passed), V(failed) or V(unknown), with what was seen in words and, where there is something to do, an advice. A check that
    fails is a result and no failure of the task. Let C(failed_when) or C(until) decide.
  - It changes nothing, neither in the cloud nor elsewhere. It sends a few C(GET) requests to WAF and to the origin, two of which hold a harmless attack
    sample. No credentials go along with them, they do not use proxies, and redirects are not followed.
  - Only the names of the domain are looked up. Before DNS is switched, requests are sent to the addresses of WAF's CNAME with the name of the
    domain in them, as a browser does with an entry in the local hosts file.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.waf_domain_check
options:
  domain:
    description:
      - Host name or ID of the domain in WAF.
    type: str
    required: true
  sample_host:
    description:
      - The host to look at. A wildcard domain needs it.
      - If left out, the domain itself.
    type: str
  checks:
    description:
      - The checks to make. If left out, all of them.
      - V(dns_switched) asks the resolver and the servers of the zone whether the DNS of the host leads to WAF. With addresses in the place of an alias,
        they have to be those of WAF's CNAME.
      - V(answered_through_waf) sends a normal request to WAF and to the origin and compares the answers, that is their status, ETag or body, and the
        target of a redirect. An origin that does not let others in than WAF leaves nothing to compare with. Then it is V(unknown), or V(failed) for an
        answer that is none of the origin's.
      - V(attack_refused) sends attack samples to WAF and looks for its page for refused requests.
      - V(origin_reached) tells whether the normal request got through WAF to the origin, which it does when the origin lets the back-to-source addresses in.
    type: list
    elements: str
    choices:
      - dns_switched
      - answered_through_waf
      - attack_refused
      - origin_reached
  resolver:
    description:
      - Resolvers to ask, each an address or a name and a port if it is not 53, such as V(192.0.2.53) or V(192.0.2.53:5353). The next one is asked when one
        has no answer.
      - If left out, those of the system.
    type: list
    elements: str
  authoritative:
    description:
      - Whether the servers of the zone are asked as well, which know of a change before resolvers do. For this the network has to let DNS out to them.
    type: bool
    default: true
  waf_address:
    description:
      - Address of WAF to send requests to, with a port if it is not that of the domain, such as V(192.0.2.7:8080).
      - If left out, the first one of O(waf_addresses), else an address of the domain's CNAME. In dedicated mode there is no CNAME.
    type: str
  waf_addresses:
    description:
      - Addresses that DNS shall lead to, such as those of the load balancer in front of dedicated instances.
      - If left out, those of the domain's CNAME.
    type: list
    elements: str
  origin_address:
    description:
      - Address of the origin to compare with, with a port if it is not that of the domain's server.
      - If left out, the first server of the domain.
    type: str
  path:
    description:
      - Path of the normal request. Choose one whose page is the same each time.
    type: str
    default: /
  scheme:
    description:
      - How to speak to WAF.
      - If left out, V(http) for a domain whose servers take nothing else, and V(https) for any other.
    type: str
    choices:
      - http
      - https
  attack_path:
    description:
      - Path and query of the attack sample.
      - If left out, C(/?id=1%20or%201=1--), an attack on a database, and C(/?x=%3Cscript%3Ealert(1)%3C/script%3E), one on a browser. That one of them is
        refused is enough.
    type: str
requirements:
  - dnspython >= 2.4
notes:
  - O(timeout) holds for each request; a question to a DNS server takes 5 seconds at most and is asked twice. O(deadline) holds for all of them together.
  - O(validate_certs) and O(ca_path) hold for WAF and the origin, too. The certificate has to be good for the host.
  - No more than 64 KiB of a page are read. Longer ones are compared by status and ETag.
  - What is seen depends on the place that the task runs at. A geolocation rule may refuse it, and names may lead elsewhere inside a company.
seealso:
  - module: gatehouse.huaweicloud.waf_access_progress
"""

EXAMPLES = r"""
- name: Look at a domain before its DNS is switched
  gatehouse.huaweicloud.waf_domain_check:
    domain: shop.example.com
    checks: [answered_through_waf, attack_refused, origin_reached]
  register: tested

- name: Tell what was seen
  ansible.builtin.debug:
    msg: >-
      {{ tested.domain_check.checks | dict2items
         | map(attribute='value.seen') }}

- name: Record the steps that were seen to be done
  gatehouse.huaweicloud.waf_access_progress:
    domain: shop.example.com
    origin_whitelisted: "{{ seen.origin_whitelisted | default(omit, true) }}"
    verified_locally: "{{ seen.verified_locally | default(omit, true) }}"
  vars:
    seen: "{{ tested.domain_check.suggested_progress }}"

- name: Wait two hours at most until DNS leads to the dedicated load balancer
  gatehouse.huaweicloud.waf_domain_check:
    domain: pay.example.com
    waf_addresses: [192.0.2.80, 192.0.2.81]
    checks: [dns_switched]
  register: switched
  until: switched.domain_check.checks.dns_switched.outcome == 'passed'
  retries: 24
  delay: 300
"""

RETURN = r"""
domain_check:
  description: What the checks show.
  returned: success
  type: dict
  contains:
    domain:
      description: Host name of the domain in WAF.
      type: str
      returned: always
      sample: shop.example.com
    id:
      description: ID of the domain in WAF.
      type: str
      returned: always
      sample: 3f0c2f1f0d5e4b7f9f5a6c1d2e3f4a5b
    mode:
      description: V(cloud) or V(dedicated).
      type: str
      returned: always
      sample: cloud
    cname:
      description: The name that DNS shall lead to. V(none) in dedicated mode.
      type: str
      returned: always
      sample: 0123456789abcdef0123456789abcdef.vip1.huaweicloudwaf.com
    protection:
      description:
        - What becomes of attacks, as the account says. V(block) and V(log) are the mode of the policy, V(off) is basic web protection turned off,
          V(suspended) and V(bypassed) are the protection of the domain. V(none) if the account does not tell.
      type: str
      returned: always
      sample: block
    access_status:
      description: Whether WAF itself takes the domain for connected, V(connected), V(not_connected) or V(skipped). V(none) if it does not tell.
      type: str
      returned: always
      sample: not_connected
    checks:
      description: The checks that were made, by name.
      type: dict
      returned: always
      sample:
        dns_switched:
          outcome: failed
          seen: >-
            The resolver: shop.example.com -> 192.0.2.10 (TTL 300 s), which is not WAF. ns1.example.com, for the zone example.com:
            shop.example.com -> 192.0.2.10 (TTL 300 s), which is not WAF.
          advice: Let the DNS of shop.example.com lead to 0123456789abcdef0123456789abcdef.vip1.huaweicloudwaf.com.
        attack_refused:
          outcome: passed
          seen: A normal request got HTTP 200; /?id=1%20or%201=1-- got HTTP 418.
          advice: null
    suggested_progress:
      description: The steps of M(gatehouse.huaweicloud.waf_access_progress) that the checks speak for. It is V(none) for a step that they do not tell of.
      type: dict
      returned: always
      contains:
        origin_whitelisted:
          description: V(completed) if the origin was reached through WAF, V(pending) if not.
          type: str
          returned: always
          sample: completed
        verified_locally:
          description: V(completed) if a normal request works through WAF and an attack is refused, V(pending) if not.
          type: str
          returned: always
          sample: completed
        dns_switched:
          description: V(completed) if DNS leads to WAF, V(pending) if not.
          type: str
          returned: always
          sample: pending
api_error:
  description: What the cloud answered when it refused a call.
  returned: when the task failed and the cloud had answered
  type: dict
  contains:
    status:
      description: HTTP status of the answer.
      type: int
      returned: always
      sample: 403
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
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_check import DOMAIN_CHECK

DECLARATION = report_module(DOMAIN_CHECK)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
