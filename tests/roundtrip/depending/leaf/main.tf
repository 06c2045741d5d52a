variable "value" {}

resource "terraform_data" "leaf" {
  input = var.value
}

resource "terraform_data" "alone" {}
