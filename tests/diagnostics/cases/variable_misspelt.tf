variable "region" { default = "eu" }
output "place" { value = var.regoin }
