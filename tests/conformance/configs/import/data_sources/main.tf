resource "terraform_data" "a" { }
import {
  to = terraform_data.a
  id = "s.tfstate"
}
data "terraform_remote_state" "s" {
  backend = "local"
  config = { path = terraform_data.a.id }
}
data "terraform_remote_state" "t" {
  backend = "local"
  config = { path = "s.tfstate" }
  depends_on = [terraform_data.a]
}
