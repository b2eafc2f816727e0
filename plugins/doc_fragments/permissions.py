# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the caller must be allowed to do, as docs/permissions.md tells it: a module that writes needs what its twin needs, and more."""

from __future__ import annotations


class ModuleDocFragment:
    """For every module, and a fragment of its name for each."""

    DOCUMENTATION = r"""
options: {}
notes:
  - Without O(project_id), and without one in the environment, the caller needs the permission C(iam:projects:listProjects).
"""

    WAF_GEOIP_RULE_INFO = r"""
options: {}
notes:
  - Permissions to read, which check mode needs as well, are C(waf:policy:list), C(waf:policy:get), C(waf:geoIpRule:list) and C(waf:geoIpRule:get).
"""

    WAF_GEOIP_RULE = r"""
options: {}
notes:
  - Permissions to write are C(waf:geoIpRule:create), C(waf:geoIpRule:put) and C(waf:geoIpRule:delete). With identity policies, O(enabled) needs
    C(waf:whiteBlackIpRule:put) as well.
"""

    WAF_IP_REPUTATION_RULE_INFO = r"""
options: {}
notes:
  - Permissions to read, which check mode needs as well, are C(waf:policy:list) and C(waf:policy:get). The service documents none for the rules themselves.
"""

    WAF_IP_REPUTATION_RULE = r"""
options: {}
notes:
  - With identity policies, O(enabled) needs the permission C(waf:whiteBlackIpRule:put). The service documents no other one for these rules.
"""

    WAF_ACCESS_PROGRESS_INFO = r"""
options: {}
notes:
  - Permissions to read, which check mode needs as well, are C(waf:instance:list) and C(waf:instance:get), which are C(waf:host:list) and
    C(waf:host:get) with identity policies.
"""

    WAF_ACCESS_PROGRESS = r"""
options: {}
notes:
  - The service documents no permission to record steps.
"""

    WAF_DOMAIN_CHECK = r"""
options: {}
notes:
  - Permissions to read are C(waf:instance:list), C(waf:instance:get) and C(waf:policy:get), which are C(waf:host:list), C(waf:host:get) and
    C(waf:policy:get) with identity policies. Without C(waf:policy:get) the reason why attacks are not refused is not told.
"""

    APIG_ACL_INFO = r"""
options: {}
notes:
  - Permissions to read, which check mode needs as well, are C(apig:instances:list), C(apig:instances:get) and C(apig:acls:list). With
    identity policies they are C(apig:instance:list), C(apig:instance:get) and C(apig:acl:list).
  - To a caller who may not list gateways, API Gateway answers with an empty list and not with a refusal. The task then fails, for there is no such gateway.
"""

    APIG_ACL = r"""
options: {}
notes:
  - Permissions to write are C(apig:acls:get), C(apig:acls:create), C(apig:acls:update) and C(apig:acls:delete). With identity policies they are
    C(apig:acl:get), C(apig:acl:create), C(apig:acl:update) and C(apig:acl:delete).
"""

    WORKSPACE_ACCESS_POLICY_INFO = r"""
options: {}
notes:
  - Permissions to read are C(workspace:accessPolicies:get) and C(workspace:accessPolicies:getTarget).
"""

    WORKSPACE_ACCESS_POLICY = r"""
options: {}
notes:
  - Permissions to find users and groups, which check mode needs as well, are C(workspace:users:list) and C(workspace:userGroups:list).
  - Permissions to write are C(workspace:accessPolicies:create), C(workspace:accessPolicies:update), C(workspace:accessPolicies:updateTarget) and
    C(workspace:accessPolicies:delete). The service keeps addresses in address groups of the load balancer, so that the caller needs
    C(elb:ipgroups:create), C(elb:ipgroups:update) and C(elb:ipgroups:delete) as well.
"""
