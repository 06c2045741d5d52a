variable "word" { default = "a" }
variable "secret" {
  type      = string
  default   = "hunter2"
  sensitive = true
}
resource "terraform_data" "updated" {
  input = var.word
}
resource "terraform_data" "replaced" {
  triggers_replace = [var.word, { deep = 1 }]
}
resource "terraform_data" "destroyed" {
  input = var.secret
}
resource "terraform_data" "counted" {
  count = 2
  input = { index = count.index, of = [true, null, 1.5, "x"] }
}
output "kept" { value = terraform_data.updated.output }
output "secret" {
  value     = var.secret
  sensitive = true
}
output "gone" { value = [1, "a", { b = null }] }
# then
variable "word" { default = "b" }
variable "secret" {
  type      = string
  default   = "hunter3"
  sensitive = true
}
resource "terraform_data" "updated" {
  input = var.word
}
resource "terraform_data" "replaced" {
  triggers_replace = [var.word, { deep = 1 }]
  lifecycle { create_before_destroy = true }
}
resource "terraform_data" "created" {
  input = terraform_data.replaced.id
}
resource "terraform_data" "counted" {
  count = 1
  input = { index = count.index, of = [true, null, 1.5, "x"] }
}
output "kept" { value = terraform_data.updated.output }
output "secret" {
  value     = var.secret
  sensitive = true
}
output "new" { value = terraform_data.created.id }
# then
# nothing is left
