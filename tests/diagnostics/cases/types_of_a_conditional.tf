variable "big" { default = true }
output "x" { value = var.big ? { a = 1 } : [1, 2] }
