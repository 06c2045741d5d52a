variable "v" { default = { a = 1, b = { c = [1, 2], d = "x" } } }
resource "terraform_data" "a" {
  input = var.v
  triggers_replace = { k = var.v.a, l = "const" }
  lifecycle {
    ignore_changes = [input.b.c[0], input["a"], triggers_replace.k]
  }
}
resource "terraform_data" "b" {
  input = [var.v.a, { z = var.v.b.d }]
  lifecycle {
    ignore_changes = [input[1].z]
  }
}
