resource "terraform_data" "rewritten" {}

import {
  for_each = { a = "id-a", b = "id-b" }
  to       = terraform_data.taken[each.key]
  id       = each.value
}

resource "terraform_data" "taken" {
  for_each = toset(["a", "b", "new"])
}

import {
  to = terraform_data.changed
  id = "before"
}

resource "terraform_data" "changed" {
  input = "changed"
}
