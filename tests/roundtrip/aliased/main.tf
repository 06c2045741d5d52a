resource "terraform_data" "rewritten" {}

provider "terraform" {
  alias = "other"
}

resource "terraform_data" "aliased" {
  provider = terraform.other
}

module "passed" {
  source    = "./passed"
  providers = { terraform = terraform.other }
}
