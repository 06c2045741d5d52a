variable "secret" {
  type      = string
  sensitive = true
}

resource "terraform_data" "holder" {
  input = { text = "-${var.secret}-" }
}
