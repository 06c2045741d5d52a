resource "terraform_data" "a" { input = "x" }
import {
  to = terraform_data.a
  id = "y"
}
output "id" { value = terraform_data.a.id }
output "out" { value = terraform_data.a.output }
