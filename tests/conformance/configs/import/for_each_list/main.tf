import {
  for_each = ["x", "y"]
  to       = terraform_data.t[each.key]
  id       = each.value
}
resource "terraform_data" "t" { count = 3 }
