variable "x" {
  type = number
  default = 1
}
resource "terraform_data" "a" { 
  input = "other.tfstate" 
  triggers_replace = var.x
}
data "terraform_remote_state" "r" {
  backend = "local"
  config = { path = terraform_data.a.input }
}
data "terraform_remote_state" "s" {
  backend = "local"
  config = { path = terraform_data.a.output }
}
data "terraform_remote_state" "t" {
  count = terraform_data.a.input == "other.tfstate" ? 1 : 0
  backend = "local"
  config = { path = "other.tfstate" }
}
output "o" { value = data.terraform_remote_state.r.outputs }
