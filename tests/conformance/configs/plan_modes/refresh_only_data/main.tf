resource "terraform_data" "a" { input = 1 }
data "terraform_remote_state" "s" {
    backend = "local"
    config = { path = "s.tfstate" }
    depends_on = [terraform_data.a]
}
output "o" { value = data.terraform_remote_state.s.outputs }
