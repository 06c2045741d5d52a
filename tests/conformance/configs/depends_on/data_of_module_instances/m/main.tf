variable "x" {}
resource "terraform_data" "b" { input = var.x }
data "terraform_remote_state" "r" {
  backend = "local"
  config = { path = "other.tfstate" }
  depends_on = [terraform_data.b]
}
output "o" { value = data.terraform_remote_state.r.outputs.p }
