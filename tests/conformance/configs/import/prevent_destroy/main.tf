import {
  to = terraform_data.a
  id = "x"
}
resource "terraform_data" "a" { 
  triggers_replace = 1
  lifecycle { prevent_destroy = true }
}
