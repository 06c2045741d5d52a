variable "v" { default = 1 }
resource "terraform_data" "a" { input = var.v }
output "known" { value = "s${var.v}" }
output "sens" { 
  value = 4
  sensitive = false
}
output "nul" { value = 2 }
