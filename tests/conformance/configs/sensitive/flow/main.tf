variable "s" {
  sensitive = true
  default = "sec"
}
variable "o" {
  type = object({ a = string, b = string })
  sensitive = true
  default = { a = "1", b = "2" }
}
locals {
  m = { plain = 1, secret = var.s }
  l = [var.s, "x"]
  c = var.s == "sec" ? "yes" : "no"
}
resource "terraform_data" "a" {
  input = local.m
  triggers_replace = local.l
}
resource "terraform_data" "b" {
  input = [for k, v in local.m : v]
}
resource "terraform_data" "c" {
  input = "${local.c} ${nonsensitive(local.c)}"
}
resource "terraform_data" "d" {
  input = terraform_data.a.output.plain
}
resource "terraform_data" "e" {
  input = var.o
}
module "m" {
  source = "./m"
  x = local.m
}
output "x" { value = nonsensitive(var.o).a }
output "y" {
  value = issensitive(local.m) || issensitive(local.m.secret)
}
output "z" {
  value = module.m.p
}
output "w" {
  value = module.m.s
  sensitive = true
}
