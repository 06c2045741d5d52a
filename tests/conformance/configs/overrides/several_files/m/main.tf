variable "p" {}
variable "q" {}
output "r" { value = "${var.p}${var.q}" }
