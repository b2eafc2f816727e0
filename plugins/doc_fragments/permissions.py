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

    WAF_POLICY_INFO = r"""
options: {}
notes:
  - Permissions to read, which check mode needs as well, are C(waf:policy:list) and C(waf:policy:get).
"""

    WAF_POLICY = r"""
options: {}
notes:
  - The permission to find domains, for O(domains) and to remove a policy, is C(waf:instance:list), which is C(waf:host:list) with identity policies.
  - Permissions to write are C(waf:policy:create), C(waf:policy:put) and C(waf:policy:delete).
"""

    WAF_LOCATION_INFO = r"""
options: {}
notes:
  - The service documents no permission for this.
"""

    WAF_IP_REPUTATION_TAG_INFO = r"""
options: {}
notes:
  - The service documents no permission for this.
"""

    WAF_SOURCE_IP_INFO = r"""
options: {}
notes:
  - With identity policies, the permission to read is C(waf:sourceIp:get). For roles and policies the service documents none.
"""

    WAF_GEOIP_RULE_INFO = r"""
options: {}
notes:
  - Permissions to read, which check mode needs as well, are C(waf:policy:list), C(waf:policy:get), C(waf:geoIpRule:list) and C(waf:geoIpRule:get).
"""

    WAF_GEOIP_RULE = r"""
options: {}
notes:
  - Permissions to write are C(waf:geoIpRule:create), C(waf:geoIpRule:put) and C(waf:geoIpRule:delete). With identity policies, C(enabled) needs
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
  - With identity policies, C(enabled) needs the permission C(waf:whiteBlackIpRule:put). The service documents no other one for these rules.
"""

    WAF_RULESET = r"""
options: {}
notes:
  - The service documents no permission for the lists of the rules of all policies, which are asked when a task is about four policies or more. Where
    they are refused, the rules of each policy are listed, with the permissions above.
"""

    WAF_DOMAIN_INFO = r"""
options: {}
notes:
  - Permissions to read, which check mode needs as well, are C(waf:instance:list), C(waf:instance:get), C(waf:policy:list) and C(waf:policy:get).
    With identity policies the first two are C(waf:host:list) and C(waf:host:get).
"""

    WAF_DOMAIN = r"""
options: {}
notes:
  - The permission to find a certificate, which check mode needs as well, is C(waf:certificate:list).
  - Permissions to write are C(waf:instance:create), C(waf:instance:put), C(waf:instance:delete) and C(waf:policy:put), the last to move a domain to
    another policy. With identity policies they are C(waf:host:create), C(waf:host:put), C(waf:host:delete) and C(waf:policy:put).
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

    SITE_DRIFT_INFO = r"""
options: {}
notes:
  - Permissions to read are needed for the services of the lists that are compared only.
  - For WAF they are C(waf:policy:list), C(waf:policy:get), C(waf:geoIpRule:list), C(waf:geoIpRule:get), C(waf:instance:list) and C(waf:instance:get).
    With identity policies the last two are C(waf:host:list) and C(waf:host:get). The service documents none for IP-intelligence rules.
  - For API Gateway they are C(apig:instances:list), C(apig:instances:get), C(apig:acls:list), C(apig:acls:get) and C(apig:acls:listBindedApis). With
    identity policies they are C(apig:instance:list), C(apig:instance:get), C(apig:acl:list), C(apig:acl:get) and C(apig:acl:listBoundApi). To a caller who
    may not list gateways, API Gateway answers with an empty list and not with a refusal.
  - For Workspace they are C(workspace:accessPolicies:get) and C(workspace:accessPolicies:getTarget).
"""

    SITE_INFO = r"""
options: {}
notes:
  - To know whether names of APIs, users and groups tell what is meant, these are listed where something is bound or kept off the internet. The permissions
    are C(apig:apis:list), which is C(apig:api:list) with identity policies, C(workspace:users:list) and C(workspace:userGroups:list).
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
  - To name the APIs that a policy is bound to in the message of a refusal, C(apig:acls:listBindedApis), or C(apig:acl:listBoundApi) with identity
    policies, is needed as well.
"""

    APIG_ACL_BINDING_INFO = r"""
options: {}
notes:
  - Permissions to read, which check mode needs as well, are C(apig:instances:list), C(apig:instances:get), C(apig:acls:list), C(apig:acls:get) and
    C(apig:acls:listBindedApis). With identity policies they are C(apig:instance:list), C(apig:instance:get), C(apig:acl:list), C(apig:acl:get) and
    C(apig:acl:listBoundApi).
  - To a caller who may not list gateways, API Gateway answers with an empty list and not with a refusal. The task then fails, for there is no such gateway.
"""

    APIG_ACL_BINDING = r"""
options: {}
notes:
  - Permissions to find environments and APIs, and the policies that an API has, which check mode needs as well, are C(apig:envs:list),
    C(apig:apis:list), C(apig:apis:get) and C(apig:apis:listBindedAcls). With identity policies they are C(apig:environment:list), C(apig:api:list),
    C(apig:api:get) and C(apig:api:listBoundAcl).
  - Permissions to write are C(apig:apis:bindAcls) and C(apig:apis:unbindAcls). With identity policies they are C(apig:api:bindAcl) and
    C(apig:api:unbindAcl).
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
