resource "terraform_data" "a" { input = 1 }
data "terraform_remote_state" "r" {
  backend = "local"
  config = { path = "o.tfstate" }
}
output "o" { value = data.terraform_remote_state.r.outputs }
