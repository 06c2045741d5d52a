import {
  for_each = { a = "id-a", b = "id-b" }
  to       = terraform_data.t[each.key]
  id       = each.value
}
resource "terraform_data" "t" { 
  for_each = toset(["a", "b", "c"]) 
  input = each.key
}
