variable "names" { default = ["a", "b"] }
locals { at = 5 }
output "x" { value = var.names[local.at] }
