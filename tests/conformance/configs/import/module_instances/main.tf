module "m" { 
  source = "./m" 
  count = 2
}
module "e" { 
  source = "./m" 
  for_each = toset(["k"])
}
module "s" { source = "./m" }
import {
  to = module.m[1].terraform_data.a
  id = "x1"
}
import {
  to = module.e["k"].terraform_data.a
  id = "x2"
}
import {
  to = module.s.terraform_data.a
  id = "x3"
}
