terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
      configuration_aliases = [terraform.y]
    }
  }
}
resource "terraform_data" "b" { provider = terraform.y }
module "n" {
  source = "../n"
  providers = { terraform = terraform.y }
}
output "o" { value = "${terraform_data.b.id}-${module.n.o}" }
