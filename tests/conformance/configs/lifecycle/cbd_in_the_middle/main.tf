variable "v" { default = "1" }
resource "terraform_data" "base" {
  triggers_replace = var.v
}
resource "terraform_data" "mid" {
  triggers_replace = terraform_data.base.id
  lifecycle { create_before_destroy = true }
}
resource "terraform_data" "top" {
  count = 2
  input = terraform_data.mid.id
}
