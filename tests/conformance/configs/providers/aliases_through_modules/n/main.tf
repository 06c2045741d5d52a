resource "terraform_data" "c" { input = "const" }
output "o" { value = terraform_data.c.input }
