# Gives unknowns a type.

variable "text" { type = string }
variable "number" { type = number }
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "set" { type = set(string) }
variable "map" { type = map(number) }
variable "objects" { type = list(object({ id = number, tags = map(string) })) }

output "text" { value = var.text }
output "number" { value = var.number }
output "flag" { value = var.flag }
output "list" { value = var.list }
output "set" { value = var.set }
output "map" { value = var.map }
output "objects" { value = var.objects }
