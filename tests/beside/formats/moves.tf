resource "terraform_data" "old" { input = 1 }
resource "terraform_data" "counted" {
  count = 2
  input = count.index
}
resource "terraform_data" "let_go" { input = "stays" }
# then
resource "terraform_data" "new" { input = 1 }
resource "terraform_data" "counted" {
  for_each = toset(["x", "y"])
  input    = each.key
}
moved {
  from = terraform_data.old
  to   = terraform_data.new
}
moved {
  from = terraform_data.counted[0]
  to   = terraform_data.counted["x"]
}
removed {
  from = terraform_data.let_go
  lifecycle { destroy = false }
}
import {
  to = terraform_data.brought
  id = "11111111-2222-3333-4444-555555555555"
}
resource "terraform_data" "brought" { input = "new" }
