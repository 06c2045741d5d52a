resource "terraform_data" "rewritten" {}

variable "size" {
  type    = number
  default = 3
  validation {
    condition     = var.size > 0
    error_message = "The size is above zero."
  }
}

resource "terraform_data" "guarded" {
  count = 2
  input = var.size
  lifecycle {
    precondition {
      condition     = var.size < 10
      error_message = "The size is below ten."
    }
    postcondition {
      condition     = self.output == var.size
      error_message = "The size is kept."
    }
  }
}

check "fails" {
  assert {
    condition     = terraform_data.guarded[0].output == 4
    error_message = "It is ${terraform_data.guarded[0].output}."
  }
}

output "size" {
  value = terraform_data.guarded[1].output
  precondition {
    condition     = var.size != 5
    error_message = "Five is out of fashion."
  }
}
