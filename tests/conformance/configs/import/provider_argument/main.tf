provider "terraform" { alias = "z" }
import {
  provider = terraform.z
  to = terraform_data.a
  id = "x"
}
resource "terraform_data" "a" { provider = terraform.z }
