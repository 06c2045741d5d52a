data "terraform_remote_state" "a" {
  backend   = "local"
  config    = { path = "nope.tfstate" }
}
data "terraform_remote_state" "b" {
  backend   = "local"
  workspace = "nope"
}
data "terraform_remote_state" "c" {
  backend   = "local"
  defaults = { x = 1 }
  config    = { path = "nope.tfstate" }
}
