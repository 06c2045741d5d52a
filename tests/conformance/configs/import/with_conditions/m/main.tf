variable "names" {}
resource "terraform_data" "a" {
  for_each = toset(var.names)
  lifecycle {
    postcondition {
      condition = self.id != ""
      error_message = "no"
    }
  }
}
resource "terraform_data" "b" { input = [for a in terraform_data.a : a.id] }
