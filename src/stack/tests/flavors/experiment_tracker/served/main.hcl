variable "cluster" {}
variable "ingress" {}
variable "network" { default = null }
output "uri" { value = "https://${var.ingress.host}" }
