variable "x" {
  type = number
  default = 1
}
resource "terraform_data" "a" { input = var.x }
module "m" {
  source = "./m"
  for_each = toset(["k","l"])
  x = each.key == "k" ? var.x : 5
}
output "o" { value = { for k, v in module.m : k => v.o } }
data "terraform_remote_state" "k" {
  backend = "local"
  config = { path = "other.tfstate" }
  depends_on = [module.m["k"]]
}
data "terraform_remote_state" "l" {
  backend = "local"
  config = { path = "other.tfstate" }
  depends_on = [module.m]
}
