resource "terraform_data" "network" {}
output "id" { value = terraform_data.netwrok.id }
