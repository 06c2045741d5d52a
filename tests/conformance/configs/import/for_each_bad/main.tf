import {
  for_each = 5
  to       = terraform_data.t[each.key]
  id       = each.value
}
resource "terraform_data" "t" { for_each = toset(["a"]) }
