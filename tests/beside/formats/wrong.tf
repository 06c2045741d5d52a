# refused
variable "unused" {}
resource "terraform_data" "a" {
  input = var.missing
  colour = "red"
}
resource "terraform_nothing" "b" {}
output "o" { value = upper(1, 2) }
