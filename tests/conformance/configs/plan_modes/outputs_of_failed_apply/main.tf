resource "terraform_data" "a" { 
  input = 1 
  provisioner "local-exec" { command = "exit 1" }
}
resource "terraform_data" "b" { input = 2 }
output "a" { value = terraform_data.a.output }
output "b" { value = terraform_data.b.output }
output "c" { value = "c" }
