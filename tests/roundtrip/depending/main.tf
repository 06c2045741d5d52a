resource "terraform_data" "rewritten" {}

resource "terraform_data" "a" {}

resource "terraform_data" "b" {
  depends_on = [terraform_data.a]
}

locals {
  through = "${terraform_data.b.id}-local"
}

module "leaf" {
  source     = "./leaf"
  value      = local.through
  depends_on = [terraform_data.a]
}

resource "terraform_data" "last" {
  depends_on = [module.leaf]
}
