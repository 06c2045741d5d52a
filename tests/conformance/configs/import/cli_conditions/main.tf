variable "x" { default = 1 }
resource "terraform_data" "a" { 
  lifecycle {
    precondition {
      condition = var.x == 2
      error_message = "Pre."
    }
    postcondition {
      condition = self.id == "b"
      error_message = "Post."
    }
  }
}
