variable "x" {
  type = number
  default = 1
}
resource "terraform_data" "a" { input = var.x }
data "terraform_remote_state" "r" {
  backend = "local"
  config = { path = "other.tfstate" }
  depends_on = [terraform_data.a]
  lifecycle {
    precondition {
      condition = terraform_data.a.output < 3
      error_message = "too big"
    }
    postcondition {
      condition = self.outputs.v == "hi"
      error_message = "not hi"
    }
  }
}
check "c" {
  data "terraform_remote_state" "k" {
    backend = "local"
    config = { path = "other.tfstate" }
    depends_on = [terraform_data.a]
  }
  assert {
    condition = data.terraform_remote_state.k.outputs.v == "ho"
    error_message = "not ho"
  }
}
