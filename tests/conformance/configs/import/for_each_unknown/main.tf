resource "terraform_data" "s" {}
import {
  for_each = { a = terraform_data.s.id }
  to       = terraform_data.t[each.key]
  id       = each.value
}
resource "terraform_data" "t" { for_each = toset(["a"]) }
