variable "v" { default = 1 }
resource "terraform_data" "a" { input = 7 }
output "o" { value = "new" }
output "q" { value = terraform_data.a.id }
