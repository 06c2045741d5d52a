variable "v" {}
output "o" { value = var.v * 2 }
