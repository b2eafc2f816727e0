# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What Terraform hands over: "terraform output -json > terraform-output.json", committed beside local.yml. It holds names and ids, no secret.
output "policy_id" {
  value = huaweicloud_waf_policy.storefront.id
}

output "domain" {
  value = "new.example.com"
}
