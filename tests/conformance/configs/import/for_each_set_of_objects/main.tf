import {
  for_each = toset([{k="a", i="1"},{k="b", i="2"}])
  to       = terraform_data.t[each.value.k]
  id       = each.key.i
}
resource "terraform_data" "t" { for_each = toset(["a","b"]) }
