#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: caller_info
short_description: Show who calls, with which credentials, and where
version_added: 1.0.0
description:
  - Returns the account, the user and the project that tasks with the same connection act for, the source of their credentials and when they expire,
    and the URLs of the services.
  - It is a quick check of a new connection. Wrong credentials fail with the reason, and where there are none the error names every source
    that was tried and what it lacks.
  - No secret is in the result.
author:
  - Gatehouse contributors (@gatehouse)
extends_documentation_fragment:
  - gatehouse.huaweicloud.connection
  - gatehouse.huaweicloud.attributes
  - gatehouse.huaweicloud.attributes.reads
  - gatehouse.huaweicloud.permissions
notes:
  - With a token, IAM tells the account and the user. With keys, IAM tells the account, and STS the user; what a region or the permissions of the
    caller do not allow is V(none).
"""

EXAMPLES = r"""
- name: Find out who calls
  gatehouse.huaweicloud.caller_info:
  register: me

- name: Stop when this is not the account that is meant
  ansible.builtin.assert:
    that: me.caller.account_name == 'gatehouse-demo'

- name: Check that the machine has an agency
  gatehouse.huaweicloud.caller_info:
    credential_source: metadata
"""

RETURN = r"""
caller:
  description: Who calls.
  returned: success
  type: dict
  contains:
    account_id:
      description: ID of the account. V(none) if it is not told.
      type: str
      returned: always
      sample: fedcba9876543210fedcba9876543210
    account_name:
      description: Name of the account. V(none) if it is not told.
      type: str
      returned: always
      sample: example-account
    user_id:
      description: ID of the IAM user. V(none) for an agency, and if it is not told.
      type: str
      returned: always
      sample: 0a1b2c3d4e5f60718293a4b5c6d7e8f9
    user_name:
      description: Name of the IAM user. V(none) for an agency, and if it is not told.
      type: str
      returned: always
      sample: deploy
    principal_urn:
      description: The caller as STS names it. V(none) with a token, and if it is not told.
      type: str
      returned: always
      sample: iam::fedcba9876543210fedcba9876543210:user:deploy
    project_id:
      description: ID of the project that calls go to.
      type: str
      returned: always
      sample: 0123456789abcdef0123456789abcdef
    project_name:
      description: Name of the project. V(none) if the caller may not see it.
      type: str
      returned: always
      sample: cn-north-4
    region:
      description: The region. V(none) if none is set and all that would need it is.
      type: str
      returned: always
      sample: cn-north-4
    credential_source:
      description: V(options), V(environment), V(profile) or V(metadata).
      type: str
      returned: always
      sample: profile
    credential_kind:
      description: V(access_key), V(auth_token), V(password), V(id_token) or V(metadata).
      type: str
      returned: always
      sample: access_key
    credentials_from:
      description: The source in words.
      type: str
      returned: always
      sample: the profile 'default' of /home/deploy/.hcloud/config.json
    agency_name:
      description: The agency that is assumed with them. V(none) for none.
      type: str
      returned: always
      sample: edge-operator
    temporary:
      description: Whether requests are sent with a token or a temporary key.
      type: bool
      returned: always
      sample: true
    expires_at:
      description: When the token or the temporary key expires, in UTC. V(none) for keys that stay, and if it is not known.
      type: str
      returned: always
      sample: "2026-01-08T02:56:19Z"
    endpoints:
      description: The URLs of the services that are in force, by service.
      type: dict
      returned: always
      sample:
        apig: https://apig.cn-north-4.myhuaweicloud.com
        iam: https://iam.cn-north-4.myhuaweicloud.com
        sts: https://sts.cn-north-4.myhuaweicloud.com
        waf: https://waf.cn-north-4.myhuaweicloud.com
        workspace: https://workspace.cn-north-4.myhuaweicloud.com
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
      sample: APIGW.0301
    request_id:
      description: ID of the request, which the support asks for. V(none) if the answer had none.
      type: str
      returned: always
      sample: 1f2e3d4c5b6a79880011223344556677
"""

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import caller_module, run

DECLARATION = caller_module()


def main() -> None:
    run(DECLARATION)


if __name__ == "__main__":
    main()
