variable "size" {
  type    = number
  default = 2
  validation {
    condition     = var.size > 0
    error_message = "Too small."
  }
}
resource "terraform_data" "a" {
  input = var.size
  lifecycle {
    precondition {
      condition     = var.size < 10
      error_message = "Too large."
    }
    postcondition {
      condition     = self.output == 2
      error_message = "It is ${self.output}."
    }
  }
}
check "size" {
  assert {
    condition     = var.size == 3
    error_message = "The size is ${var.size}, not 3."
  }
  assert {
    condition     = terraform_data.a.id != ""
    error_message = "No id."
  }
}
output "size" {
  value = var.size
  precondition {
    condition     = var.size > 1
    error_message = "Not more than one."
  }
}
