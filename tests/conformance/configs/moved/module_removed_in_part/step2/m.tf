resource "terraform_data" "r2" { input = "k2" }
moved {
  from = terraform_data.r
  to   = terraform_data.r2
}
moved {
  from = terraform_data.s[1]
  to   = terraform_data.t
}
resource "terraform_data" "t" {}
