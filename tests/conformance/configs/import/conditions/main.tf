import {
  to = terraform_data.a
  id = "x"
}
resource "terraform_data" "a" { 
  lifecycle {
    postcondition {
      condition = self.id == "y"
      error_message = "Not y."
    }
  }
}
