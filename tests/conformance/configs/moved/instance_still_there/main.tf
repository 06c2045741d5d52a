resource "terraform_data" "a" {
  count = 2
  input = count.index
}
resource "terraform_data" "b" {
  for_each = toset(["k"])
}
moved {
  from = terraform_data.a[1]
  to   = terraform_data.c
}
moved {
  from = terraform_data.b["k"]
  to   = terraform_data.b["l"]
}
moved {
  from = module.m[0]
  to   = module.m[1]
}
module "m" {
  source = "./m"
  count  = 1
}
