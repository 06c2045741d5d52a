variable "t" {
  ephemeral = true
  validation {
    condition = length(var.t) > 3
    error_message = "too short: ${var.t}"
  }
}
locals {
  l = "x-${var.t}"
  m = { a = var.t, b = 1 }
}
resource "terraform_data" "a" {
  input = local.m.b
  lifecycle {
    precondition {
      condition = local.l != "x-abcd"
      error_message = "no abcd: ${local.l}"
    }
  }
}
output "o" {
  value = local.m.b
}
check "c" {
  assert {
    condition = local.l != "x-efgh"
    error_message = "no efgh"
  }
}
