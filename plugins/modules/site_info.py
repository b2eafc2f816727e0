#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: site_info
short_description: Tell what an account holds as the variables of the role onboarding
version_added: 1.0.0
description:
  - Reads WAF policies with their rules, domains with their steps, access control policies of API gateways with what they are bound to, and access
    policies of Workspace, and returns them as a site, that is in the words of the role P(gatehouse.huaweicloud.onboarding#role).
  - The site applied to the same account changes nothing. Applied to an account that has nothing but what no site makes (certificates, gateways with
    their APIs and environments, Workspace users and groups), it makes everything.
  - Objects go by their names. One whose name another one has, or whose name the module would not take, goes by its ID, and a warning names it.
    So does a warning name what the options have no word for, such as a value that a newer edition of the service has. The site leaves that out.
  - What the modules have no option for is not in a site, such as precise protection rules. Neither is C(access_status) of a domain, which WAF finds out
    by itself, and C(domains) of a policy, which the domains say.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.site_drift_info
  - gatehouse.huaweicloud.permissions.site_info
options:
  policies:
    description:
      - Names or IDs of WAF policies. The site has these, their rules, and their domains, and nothing of other policies.
      - If left out, all of them.
    type: list
    elements: str
  gateways:
    description:
      - Names or IDs of API gateways whose access control policies and bindings the site has.
      - If left out, all of them.
    type: list
    elements: str
  include:
    description:
      - The lists that the site has. Nothing is read for those that are left out, so that a service that the account has not bought, or that the
        caller may not read, is no obstacle.
      - If left out, all of them.
    type: list
    elements: str
    choices: [policies, geoip_rules, ip_reputation_rules, acls, acl_bindings, access_policies, waf_domains]
seealso:
  - module: gatehouse.huaweicloud.site_drift_info
"""

EXAMPLES = r"""
- name: Read the whole account
  gatehouse.huaweicloud.site_info:
  register: account

- name: Keep it as a file that the playbook onboard takes
  ansible.builtin.copy:
    content: "{{ account.text }}"
    dest: site.yml
    mode: "0600"

- name: Read one policy with its rules, where the account has no Workspace
  gatehouse.huaweicloud.site_info:
    policies: [storefront]
    include: [policies, geoip_rules, ip_reputation_rules]
"""

RETURN = r"""
site:
  description:
    - The variables of the role. C(onboarding_evidence) is V(false), for the items of C(onboarding_waf_domains) say the steps.
    - A list that was read and has no item is there and empty.
  returned: success
  type: dict
  sample:
    onboarding_evidence: false
    onboarding_geoip_rules:
      - {policy: storefront, name: embargo, locations: [Cuba, Syria], action: block, enabled: true, description: ""}
text:
  description:
    - The same as YAML for a file, as a person would write it.
    - A text of the account that looks like a template is marked with C(!unsafe), so that nothing that somebody else wrote into the account is run
      where the file is read.
  returned: success
  type: str
  sample: |
    onboarding_evidence: false

    onboarding_geoip_rules:
      - policy: storefront
        name: embargo
        locations:
          - Cuba
          - Syria
        action: block
        enabled: true
        description: ""
region:
  description: The region that was read. V(none) if neither the task nor the environment tells one.
  returned: success
  type: str
  sample: cn-north-4
project_id:
  description: ID of the project that was read.
  returned: success
  type: str
  sample: 0123456789abcdef0123456789abcdef
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

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import facts_module, run
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._site import SITE

DECLARATION = facts_module(SITE)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
