# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options that say where the cloud is and who calls."""

from __future__ import annotations


class ModuleDocFragment:
    """For every module of the collection."""

    DOCUMENTATION = r"""
options:
  access_key:
    description:
      - Access key (AK) that signs the requests, together with O(secret_key).
      - If left out, the environment variables E(HW_ACCESS_KEY) and E(HUAWEICLOUD_SDK_AK) are used, in this order.
        The first pair of variables that is complete is taken; an access key of one pair is never used with the secret key of the other.
      - An empty value counts as not set. This is true of every option of the connection and of its environment variables.
    type: str
  secret_key:
    description:
      - Secret key (SK) that belongs to O(access_key). It never leaves the machine; only signatures made with it do.
      - If left out, the environment variables E(HW_SECRET_KEY) and E(HUAWEICLOUD_SDK_SK) are used, in this order.
    type: str
  security_token:
    description:
      - Security token of a temporary O(access_key).
      - If left out, the environment variables E(HW_SECURITY_TOKEN) and E(HUAWEICLOUD_SDK_SECURITY_TOKEN) are used, in this order,
        but only for an access key that comes from the environment as well.
    type: str
  auth_token:
    description:
      - A ready IAM token. It is used in place of O(access_key) and O(secret_key).
      - If left out, the environment variable E(HW_AUTH_TOKEN) is used, unless the task has keys of its own.
    type: str
  region:
    description:
      - Region, for example V(cn-north-4). The hosts of the services and the project are found by it.
      - If left out, the environment variable E(HW_REGION_NAME) is used.
    type: str
  project_id:
    description:
      - ID of the project of the region, 32 characters. It is not the ID of the account.
      - If left out, the environment variables E(HW_PROJECT_ID) and E(HUAWEICLOUD_SDK_PROJECT_ID) are used, in this order,
        and without them the project named as the region is looked up through IAM.
    type: str
  enterprise_project_id:
    description:
      - Enterprise project that the objects in WAF belong to. V(0) is the default one. It is sent with every call to WAF that takes it;
        API Gateway and Workspace do not use it here.
      - What belongs to another enterprise project looks absent.
      - V(all_granted_eps) stands for every enterprise project and is for the C(_info) modules only.
      - If left out, the environment variable E(HW_ENTERPRISE_PROJECT_ID) is used.
    type: str
  cloud:
    description:
      - Domain of the cloud that the hosts of the services belong to.
      - If left out, the environment variable E(HW_CLOUD) is used, and without it V(myhuaweicloud.com).
    type: str
  endpoints:
    description:
      - URLs to call in place of the regular hosts, by service. The services are V(waf), V(apig), V(workspace) and V(iam).
      - For a service that is left out, the environment variables E(HW_ENDPOINT_WAF), E(HW_ENDPOINT_APIG), E(HW_ENDPOINT_WORKSPACE)
        and E(HW_ENDPOINT_IAM) are used, then E(HW_ENDPOINT) for all of them, and then the regular host,
        which is C(https://SERVICE.REGION.CLOUD).
    type: dict
  validate_certs:
    description:
      - Whether the certificates of the services are verified.
      - If left out, they are.
    type: bool
  ca_path:
    description:
      - File with the certificates of the authorities to trust, for a proxy or an endpoint with one of its own.
      - If left out, the environment variable E(REQUESTS_CA_BUNDLE) is used, and without it those that the Python library
        C(requests) trusts.
    type: path
  timeout:
    description:
      - Seconds to wait for a connection, and for an answer.
      - If left out, 30.
    type: int
  max_retries:
    description:
      - How often a request is sent again when the service throttles, or fails in a way that passes.
      - A creation whose answer was lost is never sent again blindly. The object is looked for instead.
      - Waits grow from one second to one minute with random jitter, a C(Retry-After) of the service is obeyed,
        and all tries of one request together take five minutes at most.
      - If left out, 5.
    type: int
requirements:
  - requests >= 2.28
notes:
  - Proxies are taken from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - All modules of the collection are in the action group C(gatehouse.huaweicloud.huaweicloud),
    so that C(module_defaults) can say the connection once for a play.
"""
