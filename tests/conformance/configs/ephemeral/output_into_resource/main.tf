variable "t" {
  ephemeral = true
}
module "m" {
  source = "./m"
  t = var.t
}
resource "terraform_data" "a" {
  input = module.m.e
}
resource "terraform_data" "b" {
  triggers_replace = [module.m.e]
}
