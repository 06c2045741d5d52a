resource "terraform_data" "s" { input = 1 }
resource "terraform_data" "a" { 
  input = terraform_data.s.output 
  depends_on = [terraform_data.t]
}
resource "terraform_data" "t" { }
import {
  to = terraform_data.a
  id = "x"
}
