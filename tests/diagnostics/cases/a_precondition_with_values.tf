locals {
  size = 3
}
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = local.size % 2 == 0
      error_message = "The size must be even, but is ${local.size}."
    }
  }
}
