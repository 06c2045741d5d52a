variable "x" {}
data "terraform_remote_state" "z" {
  backend = "local"
  config = { path = "./s/terraform.tfstate" }
}
output "o" { value = data.terraform_remote_state.z.outputs.x }
output "k" { value = "k" }
resource "terraform_data" "in" { input = var.x }
