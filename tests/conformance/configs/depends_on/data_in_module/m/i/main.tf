data "terraform_remote_state" "r" {
  backend = "local"
  config = { path = "other.tfstate" }
}
data "terraform_remote_state" "r2" {
  count = 1
  backend = "local"
  config = { path = "other.tfstate" }
}
resource "terraform_data" "b" { input = data.terraform_remote_state.r.outputs.v }
output "o" { value = data.terraform_remote_state.r.outputs }
