resource "terraform_data" "a" {
  input = 3
  lifecycle {
    postcondition {
      condition = self.output > 5 || self.id == "zz"
      error_message = "output is ${self.output}"
    }
  }
}
resource "terraform_data" "b" { input = terraform_data.a.id }
resource "terraform_data" "c" {  }
