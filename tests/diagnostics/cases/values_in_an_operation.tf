variable "replicas" { default = "many" }
output "sum" { value = var.replicas + 1 }
