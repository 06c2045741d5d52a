terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
provider "terraform" {
  alias = "x"
}
module "m" {
  source = "./m"
  providers = { terraform.y = terraform.x }
  count = 2
}
resource "terraform_data" "a" {
  provider = terraform.x
  input = module.m[1].o
}
