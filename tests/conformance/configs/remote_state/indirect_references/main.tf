variable "x" {
  type = number
  default = 1
}
resource "terraform_data" "a" { 
  input = "other.tfstate" 
  triggers_replace = var.x
}
locals { 
  l = terraform_data.a.input 
  l2 = local.l
}
module "m" {
  source = "./m"
  v = terraform_data.a.input
}
module "n" {
  source = "./n"
}
data "terraform_remote_state" "local" {
  backend = "local"
  config = { path = local.l }
}
data "terraform_remote_state" "local2" {
  backend = "local"
  config = { path = local.l2 }
}
data "terraform_remote_state" "module" {
  backend = "local"
  config = { path = module.m.o }
}
data "terraform_remote_state" "module2" {
  backend = "local"
  config = { path = module.n.o }
}
data "terraform_remote_state" "module_whole" {
  backend = "local"
  config = { path = module.n["o"] }
}
data "terraform_remote_state" "data" {
  backend = "local"
  config = { path = data.terraform_remote_state.plain.outputs.p }
}
data "terraform_remote_state" "data2" {
  backend = "local"
  config = { path = data.terraform_remote_state.local.config.path }
}
data "terraform_remote_state" "plain" {
  backend = "local"
  config = { path = "other.tfstate" }
}
data "terraform_remote_state" "fe" {
  for_each = { k = terraform_data.a.input }
  backend = "local"
  config = { path = each.value }
}
data "terraform_remote_state" "cond" {
  backend = "local"
  config = { path = "other.tfstate" }
  lifecycle {
    postcondition {
      condition = terraform_data.a.input == "other.tfstate"
      error_message = "x"
    }
  }
}
data "terraform_remote_state" "unused" {
  backend = "local"
  config = { path = true ? "other.tfstate" : terraform_data.a.input }
}
