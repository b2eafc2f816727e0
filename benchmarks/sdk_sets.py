# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The peer of a set: the same comparison as a script on the vendor's SDK, eight requests at once. sdk_sets.py WISHES_FILE"""

from __future__ import annotations

import json
import os
import sys
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkwaf.v1 import (
    CreateGeoipRuleRequest,
    CreateGeoIpRuleRequestBody,
    DeleteGeoipRuleRequest,
    ListGeoipRuleRequest,
    ListPolicyRequest,
    UpdateGeoipRuleRequest,
    UpdateGeoipRuleRequestBody,
    WafClient,
)

WHITE = {"block": 0, "allow": 1, "log": 2}
AT_ONCE, PAGE = 8, 100


def main() -> None:
    """Every rule is as the file says, what is so already is left alone, and what the file does not name goes if it says so."""
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    credentials = BasicCredentials(os.environ["HW_ACCESS_KEY"], os.environ["HW_SECRET_KEY"], os.environ["HW_PROJECT_ID"])
    client = WafClient.new_builder().with_credentials(credentials).with_endpoint(os.environ["HW_ENDPOINT"]).build()
    policies = {one.name: one.id for one in client.list_policy(ListPolicyRequest(page=1, pagesize=100)).items}
    ids = [policies[name] for name in dict.fromkeys(wish["policy"] for wish in asked["wishes"])]

    def page(place: tuple[str, int]) -> t.Any:
        return client.list_geoip_rule(ListGeoipRuleRequest(policy_id=place[0], page=place[1], pagesize=PAGE))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        held: dict[tuple[str, str], t.Any] = {}
        more: list[tuple[str, int]] = []
        for policy, answer in zip(ids, pool.map(page, [(policy, 1) for policy in ids])):
            held.update({(policy, rule.name): rule for rule in answer.items})
            more += [(policy, number) for number in range(2, -(-answer.total // PAGE) + 1)]
        for (policy, _number), answer in zip(more, pool.map(page, more)):
            held.update({(policy, rule.name): rule for rule in answer.items})
        writes: list[t.Callable[[], t.Any]] = []
        for wish in asked["wishes"]:
            policy = policies[wish["policy"]]
            rule = held.pop((policy, wish["name"]), None)
            body = {"name": wish["name"], "geoip": "|".join(wish["locations"]), "white": WHITE[wish["action"]]}
            if rule is None:
                made = CreateGeoipRuleRequest(policy_id=policy, body=CreateGeoIpRuleRequestBody(**body))
                writes.append(lambda made=made: client.create_geoip_rule(made))
            elif set(rule.geoip.split("|")) != set(wish["locations"]) or rule.white != body["white"]:
                changed = UpdateGeoipRuleRequest(policy_id=policy, rule_id=rule.id, body=UpdateGeoipRuleRequestBody(**body))
                writes.append(lambda changed=changed: client.update_geoip_rule(changed))
        if asked["purge"]:
            for (policy, _name), rule in held.items():
                gone = DeleteGeoipRuleRequest(policy_id=policy, rule_id=rule.id)
                writes.append(lambda gone=gone: client.delete_geoip_rule(gone))
        for _answer in pool.map(lambda write: write(), writes):
            pass
    print(f"changed={len(writes)}")


if __name__ == "__main__":
    main()
