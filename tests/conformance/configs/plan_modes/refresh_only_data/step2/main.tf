resource "terraform_data" "a" { input = 2 }
resource "terraform_data" "n" { input = 2 }
data "terraform_remote_state" "s" {
    backend = "local"
    config = { path = "s.tfstate" }
    depends_on = [terraform_data.a]
}
data "terraform_remote_state" "t" {
    backend = "local"
    config = { path = "s.tfstate" }
    depends_on = [terraform_data.n]
}
output "o" { value = data.terraform_remote_state.s.outputs }
output "t" { value = data.terraform_remote_state.t.outputs }
