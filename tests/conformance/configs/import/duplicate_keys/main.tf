import {
  to = terraform_data.a[0]
  id = "x"
}
import {
  to = terraform_data.a[1]
  id = "y"
}
import {
  to = terraform_data.a[0]
  id = "z"
}
resource "terraform_data" "a" { count = 2 }
