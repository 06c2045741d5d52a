variable "x" {}
output "p" { value = var.x.plain }
output "s" { 
  value = var.x 
  sensitive = true
}
resource "terraform_data" "q" { input = var.x }
