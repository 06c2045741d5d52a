variable "v" { }
locals { l = terraform_data.a.id }
resource "terraform_data" "a" { input = var.v }
resource "terraform_data" "b" { 
  input = local.l 
  count = 2
}
output "o" { value = terraform_data.b[*].id }
