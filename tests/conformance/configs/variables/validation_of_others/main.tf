variable "a" {
  type = number
  default = 1
  validation {
    condition = var.a < var.b
    error_message = "a ${var.a} must be less than b ${var.b}"
  }
  validation {
    condition = var.a > 0
    error_message = "positive"
  }
}
variable "b" {
  type = number
  default = 2
  validation {
    condition = var.b < length(local.l)
    error_message = "too long"
  }
  validation {
    condition = terraform_data.x.input == "q"
    error_message = "hm"
  }
}
locals { l = ["a", "b", "c"] }
resource "terraform_data" "x" { input = "q" }
