import {
  to       = terraform_data.t[3]
  id       = "x"
}
resource "terraform_data" "t" { count = 2 }
