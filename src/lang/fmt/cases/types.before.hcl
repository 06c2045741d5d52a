variable "a" { 
type = "string" 
}
variable "b" {
type = list
}
variable "c" {
  type = "map"
  default = "list"
}
variable "d" {
  type = object({a=string,b=optional(number,1)})
nested {
type = "string"
}
}
variable "e" {
  type = "number"
}
output "f" {
type = "string"
}
