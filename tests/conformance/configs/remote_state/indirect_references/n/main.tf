resource "terraform_data" "b" { input = "other.tfstate" }
output "o" { value = terraform_data.b.input }
