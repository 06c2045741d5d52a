import {
  to = terraform_data.b
  id = "y"
}
output "x" { value = 1 }
