module "n" {
  source   = "./m"
  for_each = toset(["k"])
}
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
moved {
  from = terraform_data.b
  to   = module.m.terraform_data.x
}
moved {
  from = module.m
  to   = module.n["k"]
}
