variable "v" { default = 1 }
resource "terraform_data" "a" { input = var.v }
output "known" { value = var.v }
output "unk" { value = terraform_data.a.id }
output "upd" { value = terraform_data.a.output }
output "sens" { 
  value = { a = var.v, b = terraform_data.a.output }
  sensitive = true 
}
output "dep" {
  value = "x"
  depends_on = [terraform_data.a]
}
output "pre" {
  value = 1
  precondition {
    condition = terraform_data.a.output < 3
    error_message = "too big ${terraform_data.a.output}"
  }
}
output "nul" { value = null }
output "empty" { value = [] }
