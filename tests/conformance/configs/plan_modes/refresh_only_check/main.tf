resource "terraform_data" "a" { input = 1 }
check "k" {
  data "terraform_remote_state" "s" {
    backend = "local"
    config = { path = "s.tfstate" }
  }
  assert {
    condition = data.terraform_remote_state.s.outputs.o == "so"
    error_message = "No."
  }
}
