# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The peer: the same check-and-update loop as a script on the vendor's SDK. sdk_rules.py WISHES_FILE"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkwaf.v1 import (
    CreateGeoipRuleRequest,
    CreateGeoIpRuleRequestBody,
    ListGeoipRuleRequest,
    ListPolicyRequest,
    UpdateGeoipRuleRequest,
    UpdateGeoipRuleRequestBody,
    WafClient,
)

WHITE = {"block": 0, "allow": 1, "log": 2}


def main() -> None:
    """Every rule is as the file says; what is so already is left alone."""
    wishes = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["wishes"]
    credentials = BasicCredentials(os.environ["HW_ACCESS_KEY"], os.environ["HW_SECRET_KEY"], os.environ["HW_PROJECT_ID"])
    client = WafClient.new_builder().with_credentials(credentials).with_endpoint(os.environ["HW_ENDPOINT"]).build()
    policies: dict[str, str] = {}
    changed = 0
    for wish in wishes:
        if wish["policy"] not in policies:
            found = client.list_policy(ListPolicyRequest(name=wish["policy"], page=1, pagesize=100)).items
            policies[wish["policy"]] = next(one.id for one in found if one.name == wish["policy"])
        policy = policies[wish["policy"]]
        rules = client.list_geoip_rule(ListGeoipRuleRequest(policy_id=policy, page=1, pagesize=100)).items
        rule = next((one for one in rules if one.name == wish["name"]), None)
        asked = {"name": wish["name"], "geoip": "|".join(wish["locations"]), "white": WHITE[wish["action"]]}
        if rule is None:
            client.create_geoip_rule(CreateGeoipRuleRequest(policy_id=policy, body=CreateGeoIpRuleRequestBody(**asked)))
        elif set(rule.geoip.split("|")) != set(wish["locations"]) or rule.white != asked["white"]:
            client.update_geoip_rule(UpdateGeoipRuleRequest(policy_id=policy, rule_id=rule.id, body=UpdateGeoipRuleRequestBody(**asked)))
        else:
            continue
        changed += 1
    print(f"changed={changed}")


if __name__ == "__main__":
    main()
