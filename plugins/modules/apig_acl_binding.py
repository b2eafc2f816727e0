#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: apig_acl_binding
short_description: Bind an access control policy of an API Gateway to APIs
version_added: 1.0.0
description:
  - A policy acts only on the APIs that it is bound to. One task says to which APIs a policy is bound in one environment.
  - API Gateway binds and unbinds in its own time. The task reads every two seconds what is bound, until it is as asked for.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.writes
  - gatehouse.huaweicloud.resource.planned
  - gatehouse.huaweicloud.permissions
  - gatehouse.huaweicloud.permissions.apig_acl_binding_info
  - gatehouse.huaweicloud.permissions.apig_acl_binding
options:
  state:
    description:
      - V(present) binds the APIs in O(apis) that are not bound, and leaves all others as they are unless O(purge) is V(true).
      - V(absent) unbinds the APIs in O(apis), or all of the environment if O(apis) is left out. O(purge) means nothing then.
        A policy that does not exist is bound to nothing.
    type: str
    choices: [present, absent]
    default: present
  gateway:
    description:
      - Name or ID of the gateway (APIG instance) that the policy and the APIs belong to.
    type: str
    required: true
  acl:
    description:
      - Name or ID of the access control policy.
    type: str
    required: true
  environment:
    description:
      - Name or ID of the environment, such as V(RELEASE), which every gateway has.
    type: str
    required: true
  apis:
    description:
      - Names or IDs of APIs. Order means nothing. Where two APIs have one name, write the ID of the one that is meant.
      - An API that shall be bound has to be published in the environment. It has one policy of each type there; one that has another of the same
        type is refused before anything is written.
      - An empty list is no API. If O(apis) is left out, O(state=present) changes nothing and tells what is bound.
    type: list
    elements: str
  purge:
    description:
      - Whether the APIs of the environment that O(apis) does not list are unbound. They are not if left out.
      - It needs O(apis). V(true) with an empty list unbinds all.
    type: bool
  wait_timeout:
    description:
      - Seconds to wait until what was asked for shows, once for binding and once for unbinding; 180 if left out. O(deadline) ends the wait as well.
      - When it is over, the task fails and names what is bound and what is missing. The next run goes on from there.
    type: int
notes:
  - APIs are bound before others are unbound.
  - The documents do not tell whether a policy replaces another one of its type that an API has. The task does not let it come to that.
  - Some editions of the documents say that an API has one policy in an environment, of whatever type. The service refuses a second one there.
seealso:
  - module: gatehouse.huaweicloud.apig_acl
  - module: gatehouse.huaweicloud.apig_acl_binding_info
  - name: Binding an Access Control Policy to an API
    description: The page of the API Gateway API reference, CreateApiAclBindingV2.
    link: https://support.huaweicloud.com/intl/en-us/api-apig/CreateApiAclBindingV2.html
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
    - name: Make a policy that lets the warehouse in
      gatehouse.huaweicloud.apig_acl:
        gateway: storefront-gateway
        name: warehouse
        type: permit
        entity_type: ip
        entries:
          - 192.0.2.0/24

    # In check mode, the task above makes no policy.
    - name: Only the warehouse calls these two APIs
      gatehouse.huaweicloud.apig_acl_binding:
        gateway: storefront-gateway
        acl: warehouse
        environment: RELEASE
        apis:
          - orders
          - catalogue
        planned: true

    - name: It calls this one, and what is bound beside it is unbound
      gatehouse.huaweicloud.apig_acl_binding:
        gateway: storefront-gateway
        acl: warehouse
        environment: RELEASE
        apis:
          - orders
        purge: true
        planned: true

    - name: Unbind the policy from all APIs of the environment
      gatehouse.huaweicloud.apig_acl_binding:
        gateway: storefront-gateway
        acl: warehouse
        environment: RELEASE
        state: absent

    - name: Remove the policy, which can be done once it is not bound
      gatehouse.huaweicloud.apig_acl:
        gateway: storefront-gateway
        name: warehouse
        state: absent
"""

RETURN = r"""
acl_binding:
  description: What the policy is bound to in the environment, or would be in check mode. Empty when it is bound to nothing there.
  returned: success
  type: dict
  contains:
    gateway:
      description: Name of the gateway.
      type: str
      returned: always
      sample: storefront-gateway
    gateway_id:
      description: ID of the gateway.
      type: str
      returned: always
      sample: 93b6dd2f0c8b4f2fa3d0f5f4b1d3a0c1
    acl:
      description: Name of the policy.
      type: str
      returned: always
      sample: offices
    acl_id:
      description: ID of the policy. V(none) in check mode for a policy that would be created, with O(planned=true).
      type: str
      returned: always
      sample: 7eb619ecf2a24943b099833cd24a01ba
    environment:
      description: Name of the environment.
      type: str
      returned: always
      sample: RELEASE
    environment_id:
      description: ID of the environment.
      type: str
      returned: always
      sample: DEFAULT_ENVIRONMENT_RELEASE_ID
    apis:
      description: The APIs that the policy is bound to in the environment, all of them, sorted by name.
      type: list
      elements: dict
      returned: always
      contains:
        name:
          description: Name of the API.
          type: str
          returned: always
          sample: orders
        id:
          description: ID of the API.
          type: str
          returned: always
          sample: 5f918d104dc84480a75166ba99efff21
api_error:
  description: What the cloud answered when it refused a call.
  returned: when the task failed and the cloud had answered
  type: dict
  contains:
    status:
      description: HTTP status of the answer.
      type: int
      returned: always
      sample: 404
    code:
      description: Error code of the service. V(none) if the answer had none.
      type: str
      returned: always
      sample: APIG.3015
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._apig_bindings import ACL_BINDING
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import action_module, run

DECLARATION = action_module(ACL_BINDING)


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
