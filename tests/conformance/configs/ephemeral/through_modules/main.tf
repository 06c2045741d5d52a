variable "t" {
  ephemeral = true
}
module "m" {
  source = "./m"
  t = var.t
}
resource "terraform_data" "a" {
  input = module.m.o
}
output "x" {
  value = module.m.e
  ephemeral = true
}
