variable "cluster" {
  type = object({
    name  = string
    sizes = list(number)
  })
  default = { name = "x", sizes = [1, "two"] }
}
