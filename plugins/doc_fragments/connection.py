# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options that say where the cloud is and who calls."""

from __future__ import annotations


class ModuleDocFragment:
    """For every module of the collection."""

    DOCUMENTATION = r"""
options:
  credential_source:
    description:
      - Where the credentials come from. V(auto) takes the first source that is complete, in the order V(options), V(environment), V(profile), V(metadata);
        any other value pins one.
      - Within a source a token comes before keys, keys before a user with password, and that before an ID token.
      - What the task itself begins to say is never passed over. If a part is missing in the options and not in the environment either, the task fails and
        names it. A source of another kind that lacks a part is passed over with a warning, and if no source is complete the error says what each lacks.
      - If left out, V(auto).
    type: str
    choices:
      - auto
      - options
      - environment
      - profile
      - metadata
    version_added: 1.0.0
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
  user_name:
    description:
      - Name of an IAM user. IAM gives a token for it, together with O(user_password) and O(domain_name); the token is kept in memory for the items of a loop,
        and renewed in time and once when a service says that it has expired.
      - If left out, the environment variable E(HW_USER_NAME) is used.
    type: str
    version_added: 1.0.0
  user_password:
    description:
      - Password of O(user_name). It is sent to IAM only.
      - If left out, the environment variable E(HW_USER_PASSWORD) is used.
    type: str
    version_added: 1.0.0
  domain_name:
    description:
      - Name of the account that O(user_name) belongs to.
      - If left out, the environment variable E(HW_DOMAIN_NAME) is used.
    type: str
    version_added: 1.0.0
  idp_id:
    description:
      - ID of an OpenID Connect identity provider in IAM. IAM gives a token for O(id_token) or O(id_token_file).
      - If left out, the environment variables E(HW_ASSUME_ROLE_IDP_ID) and E(HUAWEICLOUD_SDK_IDP_ID) are used, in this order.
    type: str
    version_added: 1.0.0
  id_token:
    description:
      - The ID token that O(idp_id) has given.
      - If left out, the environment variable E(HW_ASSUME_ROLE_ID_TOKEN) is used.
    type: str
    version_added: 1.0.0
  id_token_file:
    description:
      - File that holds the ID token, as a container cluster or a CI system writes it. It is read anew for each task.
      - If left out, the environment variables E(HW_ASSUME_ROLE_ID_TOKEN_FILE) and E(HUAWEICLOUD_SDK_ID_TOKEN_FILE) are used, in this order.
    type: path
    version_added: 1.0.0
  profile:
    description:
      - Name of a profile in the configuration of the command line tool KooCLI. A profile that is named and cannot be used is an error.
      - If left out, the environment variable E(HW_PROFILE) is used, and without it the current profile.
      - A profile may hold keys, keys of a login through SSO, an agency to assume, or say that the machine has one. Its region and project are used where
        neither the task nor the environment says one. KooCLI encrypts by default; C(hcloud configure set --cli-auth-encrypt=false) opens the file.
    type: str
    version_added: 1.0.0
  shared_config_file:
    description:
      - Configuration file of KooCLI.
      - If left out, the environment variable E(HW_SHARED_CONFIG_FILE) is used, and without it C(~/.hcloud/config.json). If there is no such file, the profile
        of the SDK is read, C(~/.huaweicloud/credentials) or the file that E(HUAWEICLOUD_SDK_CREDENTIALS_FILE) names.
    type: path
    version_added: 1.0.0
  assume_agency:
    description:
      - Agency to assume with the credentials, whichever their source is. IAM gives temporary keys for it, which are kept in memory and renewed in time.
      - If left out, an agency that the environment or the profile names is assumed.
    type: dict
    suboptions:
      agency_name:
        description:
          - Name of the agency.
          - If O(assume_agency) is left out, the environment variable E(HW_ASSUME_ROLE_AGENCY_NAME) is used.
        type: str
      domain_name:
        description:
          - Name of the account that the agency belongs to. This or O(assume_agency.domain_id) is needed.
          - If O(assume_agency) is left out, the environment variable E(HW_ASSUME_ROLE_DOMAIN_NAME) is used.
        type: str
      domain_id:
        description:
          - ID of the account that the agency belongs to.
          - If O(assume_agency) is left out, the environment variable E(HW_ASSUME_ROLE_DOMAIN_ID) is used.
        type: str
      duration:
        description:
          - Seconds that the temporary keys are good for, from 900 to 86400; they are renewed when a task takes longer.
          - If O(assume_agency) is left out, the environment variable E(HW_ASSUME_ROLE_DURATION) is used, and without it 900.
        type: int
    version_added: 1.0.0
  region:
    description:
      - Region, for example V(cn-north-4). The hosts of the services and the project are found by it.
      - If left out, the environment variable E(HW_REGION_NAME) is used, and without it the region of the profile that is in use.
    type: str
  project_id:
    description:
      - ID of the project of the region, 32 characters. It is not the ID of the account.
      - If left out, the environment variables E(HW_PROJECT_ID) and E(HUAWEICLOUD_SDK_PROJECT_ID) are used, in this order,
        without them the project of the profile that is in use, and without that O(project_name) is looked up through IAM.
    type: str
  project_name:
    description:
      - Name of the project, where it is not that of the region, for example V(cn-north-4_shops).
      - If left out, the environment variable E(HW_PROJECT_NAME) is used, and without it the name of the region.
    type: str
    version_added: 1.0.0
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
      - URLs to call in place of the regular hosts, by service. The services are V(waf), V(apig), V(workspace), V(iam) and V(sts), and V(metadata) for the
        metadata service of the machine, which is at C(http://169.254.169.254).
      - For a service that is left out, the environment variables E(HW_ENDPOINT_WAF), E(HW_ENDPOINT_APIG), E(HW_ENDPOINT_WORKSPACE),
        E(HW_ENDPOINT_IAM), E(HW_ENDPOINT_STS) and E(HW_ENDPOINT_METADATA) are used, then E(HW_ENDPOINT) for all of them but V(metadata),
        then, for V(iam), E(HW_AUTH_URL) and E(HUAWEICLOUD_SDK_IAM_ENDPOINT), and then the regular host, which is C(https://SERVICE.REGION.CLOUD).
    type: dict
  validate_certs:
    description:
      - Whether the certificates of the services are verified.
      - If left out, they are, unless the environment variable E(HW_INSECURE) is true and O(ca_path) is not set. Then every task warns of it.
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
      - A creation whose answer was lost is never sent again blindly. The object is looked for instead. A wrong signature is never sent again either.
      - Waits grow from one second to one minute with random jitter, and a C(Retry-After) of the service is obeyed up to one minute.
      - If left out, the environment variable E(HW_MAX_RETRIES) is used, and without it 5.
    type: int
  deadline:
    description:
      - Seconds that the requests of one task, or of one item of a loop, may take together with all waits. When they are over, nothing more is sent, and
        the task fails and says what is live.
      - If left out, 600.
    type: int
    version_added: 1.0.0
  max_requests_per_second:
    description:
      - How many requests are sent in a second at most, for accounts that share a quota. It may be a fraction, such as V(0.5).
      - Tasks that run in the process of Ansible share the limit over all hosts of a run. A task in a process of its own keeps it for itself.
      - If left out, there is no limit.
    type: float
    version_added: 1.0.0
requirements:
  - requests >= 2.28
notes:
  - Proxies are taken from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - All modules of the collection are in the action group C(gatehouse.huaweicloud.huaweicloud),
    so that C(module_defaults) can say the connection once for a play.
"""
