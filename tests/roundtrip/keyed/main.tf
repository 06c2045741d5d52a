resource "terraform_data" "rewritten" {}

locals {
  keys = ["plain", "with.dot", "with space", "qu\"ote", "back\\slash", "ünï", "$${x}", "[0]", "a/b:c"]
}

resource "terraform_data" "each" {
  for_each = toset(local.keys)
  input    = each.value
}

resource "terraform_data" "mapped" {
  for_each = { for i, k in local.keys : k => { number = i, on = i % 2 == 0, empty = null } }
  input    = each.value
}

resource "terraform_data" "one" {
  input = [terraform_data.each["with.dot"].id, terraform_data.mapped["qu\"ote"].output]
}

output "all" {
  value = { for k, e in terraform_data.each : k => e.id }
}
