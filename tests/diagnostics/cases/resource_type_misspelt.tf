resource "terraform_data" "network" {}
output "id" { value = terraform_dta.network.id }
