variable "a" {
  type = string
}
variable "b" {
  type = list(any)
}
variable "c" {
  type    = map(string)
  default = "list"
}
variable "d" {
  type = object({ a = string, b = optional(number, 1) })
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
