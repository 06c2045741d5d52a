resource "terraform_data" "a" {
  for_each = toset(["x2", "y2", "z"])
  input    = each.key
}
moved {
  from = terraform_data.a["y2"]
  to   = terraform_data.a["x2"]
}
moved {
  from = terraform_data.a["x2"]
  to   = terraform_data.a["y2"]
}
