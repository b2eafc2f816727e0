#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: site_drift_info
short_description: Tell where an account and the file of its site differ
version_added: 1.0.0
description:
  - Compares what an account holds with what the variables of the role P(gatehouse.huaweicloud.onboarding#role) say, as the modules compare. Order, case
    and notation are no difference, and neither is what an item does not say. An item whose C(state) is V(absent) is in step when there is no such object.
  - What nobody listed is found as well. Where the list is in the site, these are looked at. Of C(onboarding_policies), C(onboarding_waf_domains) and
    C(onboarding_access_policies) everything that the account has; of C(onboarding_geoip_rules) and C(onboarding_ip_reputation_rules) the rules of every policy
    that the site names anywhere; of C(onboarding_acls) and C(onboarding_acl_bindings) what the gateways have that the site names anywhere. If it
    names none, all policies or gateways are looked at. What is not a list of the site is not read.
  - An API that is bound beside those of an item of C(onboarding_acl_bindings) is a difference, unless its C(purge) is V(false). So is an address
    beside those of an item of C(onboarding_access_policies), unless its C(purge_ip_addresses) is V(false).
  - With C(onboarding_enforcement) V(log) in the site, V(block) in it means V(log), as in the role.
  - An object that was renamed is one that was removed and one that was added, unless its item says the ID.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.site_drift_info
options:
  site:
    description:
      - The variables of the role, as the file of a site has them and M(gatehouse.huaweicloud.site_info) returns them.
      - An item that the role would refuse, and two items about the same object, are refused with the list, the number of the item and the reason, before
        anything is read.
    type: dict
    required: true
  policies:
    description:
      - Names or IDs of WAF policies. Only these, their rules and their domains are compared, whatever other policies the site names. A domain is theirs
        by the site or by the account.
      - If left out, all that the site names.
    type: list
    elements: str
  gateways:
    description:
      - Names or IDs of API gateways. Only their access control policies and bindings are compared.
      - If left out, all that the site names.
    type: list
    elements: str
seealso:
  - module: gatehouse.huaweicloud.site_info
"""

EXAMPLES = r"""
- name: Compare the account with what was written down
  gatehouse.huaweicloud.site_drift_info:
    site:
      onboarding_policies:
        - name: storefront
          mode: block
      onboarding_geoip_rules:
        - policy: storefront
          name: embargo
          locations: [Cuba, Syria]
          action: block
  register: compared

- name: Show what was changed by hand
  ansible.builtin.debug:
    msg: "{{ item.list }}: {{ item.item }} was {{ item.drift }}"
  loop: "{{ compared.drift }}"
  loop_control:
    label: "{{ item.item }}"
"""

RETURN = r"""
drift:
  description:
    - What differs, list by list in the order of the role. In a list the items come in the order of the site, then what was added, by name.
    - It is empty when the account is as the site says.
  returned: success
  type: list
  elements: dict
  contains:
    list:
      description: The variable of the role.
      type: str
      returned: always
      sample: onboarding_geoip_rules
    item:
      description: How the object is called, with its policy or gateway.
      type: str
      returned: always
      sample: embargo of storefront
    drift:
      description:
        - V(added) for an object that the site does not list, or says to be absent. V(changed) for one that differs. V(removed) for one that is not there.
      type: str
      returned: always
      sample: changed
    file:
      description: What the site says. Empty when the object was added.
      type: dict
      returned: always
      sample: {policy: storefront, name: embargo, locations: [Cuba, Syria], action: block}
    account:
      description: What the account holds, in the words of an item. Empty when the object was removed.
      type: dict
      returned: always
      sample: {policy: storefront, name: embargo, locations: [Cuba, Syria], action: log, enabled: true, description: ""}
    fields:
      description: The options that differ. Empty unless the object was changed.
      type: list
      elements: str
      returned: always
      sample: [action]
in_step:
  description: How many items of the site are as they say.
  returned: success
  type: int
  sample: 17
items_in_step:
  description: These items.
  returned: success
  type: list
  elements: dict
  contains:
    list:
      description: The variable of the role.
      type: str
      returned: always
      sample: onboarding_policies
    item:
      description: How the object is called.
      type: str
      returned: always
      sample: storefront
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

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._drift import SITE_DRIFT
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import facts_module, run

DECLARATION = facts_module(SITE_DRIFT)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
