variable "t" {
  ephemeral = true
}
resource "terraform_data" "a" {
  count = var.t
}
resource "terraform_data" "b" {
  for_each = toset([var.t])
}
module "m" {
  source = "./m"
  count = var.t
}
resource "terraform_data" "c" {
  lifecycle {
    replace_triggered_by = [terraform_data.d]
  }
  triggers_replace = ephemeralasnull(var.t)
}
resource "terraform_data" "d" {
  input = { a = { b = [var.t] } }
}
output "o" { value = { a = var.t } }
