resource "terraform_data" "w" { input = 1 }
data "terraform_remote_state" "a" {
  backend = "local"
  config = { path = "./s/terraform.tfstate" }
  depends_on = [terraform_data.w]
}
data "terraform_remote_state" "b" {
  backend = "local"
  config = { path = "./s/terraform.tfstate" }
  depends_on = [data.terraform_remote_state.a]
}
locals { l = terraform_data.w.id }
data "terraform_remote_state" "c" {
  backend = "local"
  config = { path = "./s/terraform.tfstate" }
  depends_on = [local.l]
}
module "m" {
  source = "./m"
  depends_on = [terraform_data.w]
}
module "q" {
  source = "./n"
  x = "1"
}
data "terraform_remote_state" "d" {
  backend = "local"
  config = { path = "./s/terraform.tfstate" }
  depends_on = [module.q]
}
data "terraform_remote_state" "e" {
  backend = "local"
  config = { path = module.q.o == "" ? "x" : "./s/terraform.tfstate" }
}
data "terraform_remote_state" "f" {
  backend = "local"
  config = { path = data.terraform_remote_state.a.backend == "x" ? "x" : "./s/terraform.tfstate" }
}
module "p" {
  source = "./n"
  x = terraform_data.w.id
}
data "terraform_remote_state" "g" {
  backend = "local"
  config = { path = module.p.k == "" ? "x" : "./s/terraform.tfstate" }
}
data "terraform_remote_state" "h" {
  backend = "local"
  config = { path = "./s/terraform.tfstate" }
  depends_on = [module.p.k]
}
