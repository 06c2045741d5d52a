variable "x" {
  type = number
  default = 1
}
resource "terraform_data" "a" { input = var.x }
module "m" {
  source = "./m"
  depends_on = [terraform_data.a]
}
output "o" { value = module.m.o }
