variable "ports" { default = { http = 80, https = 443 } }
locals { name = "htps" }
output "x" { value = var.ports[local.name] }
