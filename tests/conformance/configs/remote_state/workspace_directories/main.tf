data "terraform_remote_state" "a" {
  backend   = "local"
  workspace = "dev"
  config    = { path = "x.tfstate", workspace_dir = "ws" }
}
data "terraform_remote_state" "b" {
  backend   = "local"
  workspace = "default"
  config    = { path = "x.tfstate", workspace_dir = "ws" }
}
data "terraform_remote_state" "c" {
  backend   = "local"
  workspace = "dev"
  config    = { }
}
output "a" { value = data.terraform_remote_state.a.outputs }
output "b" { value = data.terraform_remote_state.b.outputs }
output "c" { value = data.terraform_remote_state.c.outputs }
