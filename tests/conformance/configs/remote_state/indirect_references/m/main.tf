variable "v" {}
output "o" { value = var.v }
data "terraform_remote_state" "var" {
  backend = "local"
  config = { path = var.v }
}
